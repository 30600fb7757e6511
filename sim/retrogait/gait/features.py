"""Numbers read off one cycle: peaks, times, angles at events, work. Arrays in, plain numbers out.

A NaN within a window is a frame without an answer, and makes what is read off that window NaN too.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.cycle import sample
from retrogait.gait.measures import JOINTS, MUSCLES

EARLY, LATE = 0.2, 0.8
"""Parts of the first peak between which the loading rate is taken: the foot of the curve is threshold, its
top is flat [1]."""

NONE = (math.nan, math.nan)


class Curve(NamedTuple):
    """One signal over one cycle.

    percent : (point,) 0 to 100, increasing [%]
    value   : (point,)
    """

    percent: Floats
    value: Floats

    def at(self, percent: float) -> float:
        """Value at one time [%]."""
        return float(sample(self.percent, self.value, np.array([percent]))[0])

    def window(self, first: float, last: float) -> "Curve":
        """The part between two times, its ends included [%]."""
        inside = (self.percent > first) & (self.percent < last)
        at = np.concatenate([[first], self.percent[inside], [last]])
        return Curve(at, sample(self.percent, self.value, at))

    def largest(self, first: float = 0.0, last: float = 100.0) -> tuple[float, float]:
        """Largest value in a window and its time [%]; NaN where a part has no answer."""
        part = self.window(first, last)
        if not np.isfinite(part.value).all():
            return NONE
        top = int(part.value.argmax())
        return float(part.value[top]), float(part.percent[top])

    def smallest(self, first: float = 0.0, last: float = 100.0) -> tuple[float, float]:
        """Smallest value in a window and its time [%]; NaN where a part has no answer."""
        value, when = Curve(self.percent, -self.value).largest(first, last)
        return -value, when

    def integral(self, first: float = 0.0, last: float = 100.0) -> float:
        """Integral over a window by trapezes [unit of the value times %]."""
        part = self.window(first, last)
        return float(np.trapezoid(part.value, part.percent))

    def mean(self, first: float = 0.0, last: float = 100.0) -> float:
        """Mean over a window."""
        return self.integral(first, last) / (last - first)


def _named(stem: str, found: tuple[float, float]) -> dict[str, float]:
    return {stem: found[0], f"{stem}_time": found[1]}


def ground_measures(up: Curve, along: Curve, toe_off: float, stride_time: float) -> dict[str, float]:
    """Peaks, impulse and loading rate of the ground force.

    Parameters
    ----------
    up, along
        Upward, and along the way of travel [BW].
    toe_off
        [%].
    stride_time
        [s].
    """
    middle = 0.5 * toe_off
    first, second = up.largest(0.0, middle), up.largest(middle, toe_off)
    valley = NONE
    if first[1] < second[1]:  # also NaN, and both at the middle, have nothing between
        valley = up.smallest(first[1], second[1])
    brake, when = along.smallest(0.0, toe_off)
    return {
        **_named("ground_force_first", first),
        **_named("ground_force_valley", valley),
        **_named("ground_force_second", second),
        "ground_force_impulse": up.integral(0.0, toe_off) / 100.0 * stride_time,
        "loading_rate": loading_rate(up, first, stride_time),
        **_named("braking_force", (-brake, when)),
        **_named("propulsive_force", along.largest(0.0, toe_off)),
    }


def loading_rate(up: Curve, peak: tuple[float, float], stride_time: float) -> float:
    """Mean slope from `EARLY` to `LATE` of a peak on the way up to it [BW/s].

    Parameters
    ----------
    peak
        Value [BW] and time [%] of the first peak.
    """
    if not peak[1] > 0.0:
        return math.nan
    rise = up.window(0.0, peak[1])
    times = []
    for share in (EARLY, LATE):
        # The last crossing: a bump right after contact is not the rise to the peak.
        below = np.flatnonzero(rise.value[:-1] <= share * peak[0])
        if not below.size:
            return math.nan
        k = int(below[-1])
        part = (share * peak[0] - rise.value[k]) / (rise.value[k + 1] - rise.value[k])
        times.append(float(rise.percent[k] + part * (rise.percent[k + 1] - rise.percent[k])))
    seconds = (times[1] - times[0]) / 100.0 * stride_time
    return (LATE - EARLY) * peak[0] / seconds if seconds > 0.0 else math.nan


def angle_measures(hip: Curve, knee: Curve, ankle: Curve, toe_off: float) -> dict[str, float]:
    """Joint angles at events and their ranges [deg]; ``toe_off`` in %."""
    loading = knee.largest(0.0, 0.5 * toe_off)
    straight = NONE if math.isnan(loading[1]) else knee.smallest(loading[1], toe_off)
    hip_top, hip_low = hip.largest(), hip.smallest()
    ankle_low = ankle.smallest()
    knee_top = knee.largest()[0]
    return {
        "hip_flexion_contact": hip.at(0.0),
        **_named("hip_flexion_peak", hip_top),
        **_named("hip_flexion_minimum", hip_low),
        "hip_range": hip_top[0] - hip_low[0],
        "knee_flexion_contact": knee.at(0.0),
        **_named("knee_flexion_stance_peak", loading),
        **_named("knee_flexion_stance_minimum", straight),
        "knee_flexion_toe_off": knee.at(toe_off),
        **_named("knee_flexion_swing_peak", knee.largest(toe_off, 100.0)),
        "knee_flexion_peak": knee_top,
        "knee_range": knee_top - knee.smallest()[0],
        "ankle_dorsiflexion_contact": ankle.at(0.0),
        **_named("ankle_dorsiflexion_peak", ankle.largest(0.0, toe_off)),
        **_named("ankle_dorsiflexion_minimum", ankle_low),
        "ankle_range": ankle.largest()[0] - ankle_low[0],
    }


def moment_measures(
    hip: Curve, knee: Curve, ankle: Curve, flexion: Curve, toe_off: float
) -> dict[str, float]:
    """Peaks of internal moments in stance.

    Parameters
    ----------
    hip, knee, ankle
        Hip and knee extension and ankle plantarflexion [N m/kg].
    flexion
        Of the knee [deg].
    toe_off
        [%].
    """
    flexing, when = hip.smallest(0.0, toe_off)
    extending = knee.largest(0.0, toe_off)
    return {
        **_named("hip_extension_moment_peak", hip.largest(0.0, toe_off)),
        **_named("hip_flexion_moment_peak", (-flexing, when)),
        **_named("knee_extension_moment_peak", extending),
        "knee_flexion_at_moment": math.nan if math.isnan(extending[1]) else flexion.at(extending[1]),
        **_named("ankle_plantarflexion_moment_peak", ankle.largest(0.0, toe_off)),
    }


def force_measures(tibiofemoral: Curve, patellofemoral: Curve, toe_off: float) -> dict[str, float]:
    """Peaks of the contact forces of the knee in stance [BW]; ``toe_off`` in %."""
    return {
        **_named("tibiofemoral_peak", tibiofemoral.largest(0.0, toe_off)),
        **_named("tibiofemoral_first", tibiofemoral.largest(0.0, 0.5 * toe_off)),
        **_named("tibiofemoral_second", tibiofemoral.largest(0.5 * toe_off, toe_off)),
        "tibiofemoral_mean": tibiofemoral.mean(0.0, toe_off),
        **_named("patellofemoral_peak", patellofemoral.largest(0.0, toe_off)),
    }


def work_measures(power: Mapping[str, Curve], toe_off: float, stride_time: float) -> dict[str, float]:
    """Positive and negative work of hip, knee and ankle over stance, and who does how much of it.

    Parameters
    ----------
    power
        Of each of `JOINTS` [W/kg].
    toe_off, stride_time
        [%] and [s].
    """
    out = {}
    for sign, name in ((1.0, "positive"), (-1.0, "negative")):
        work = {}
        for joint in JOINTS:
            percent, watts = power[joint]
            done = Curve(percent, np.maximum(sign * watts, 0.0)).integral(0.0, toe_off)
            work[joint] = done / 100.0 * stride_time
        total = sum(work.values())
        for joint, part in work.items():
            out[f"{joint}_{name}_work"] = sign * part
            out[f"{joint}_{name}_share"] = part / total if total > 0.0 else math.nan
    return out


def activity_measures(vasti: Curve, muscles: Mapping[str, Curve], toe_off: float) -> dict[str, float]:
    """Mean activations [1]: of the vasti over the cycle, of each of `MUSCLES` over stance."""
    return {
        "vasti_activation": vasti.mean(),
        **{f"{name}_activation": muscles[name].mean(0.0, toe_off) for name in MUSCLES},
    }
