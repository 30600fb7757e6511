"""Numbers read off one cycle: peaks, times, angles at events, work. Arrays in, plain numbers out.

A NaN within a window is a frame without an answer, and makes what is read off that window NaN too.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.measures import JOINTS, MUSCLES

EARLY, LATE = 0.2, 0.8
"""Parts of the first peak between which the loading rate is taken: the foot of the curve is threshold, its
top is flat [1]."""

EARLY_STANCE = 0.2
"""Part of stance in which the foot takes the body's weight [1]."""

STEPS = 2
"""Steps of a stride, one of either foot [1]."""

MINUTE, KILOMETRE = 60.0, 1000.0
"""In s and m."""

NONE = (math.nan, math.nan)


class Curve(NamedTuple):
    """One signal over one cycle.

    percent : (point,) 0 to 100, increasing [%]
    value   : (point,)
    """

    percent: Floats
    value: Floats

    def at(self, percent: float) -> float:
        """Value at one time [%]; NaN beside a NaN, but not on a point with one next door."""
        left = min(max(int(self.percent.searchsorted(percent, "right")) - 1, 0), self.percent.size - 2)
        first, last = float(self.percent[left]), float(self.percent[left + 1])
        weight = (percent - first) / (last - first)
        low, high = float(self.value[left]), float(self.value[left + 1])
        if weight in {0.0, 1.0}:
            return high if weight else low
        return low * (1.0 - weight) + high * weight

    def window(self, first: float, last: float) -> "Curve":
        """The part between two times, its ends included [%]."""
        i = int(self.percent.searchsorted(first, "right"))
        j = int(self.percent.searchsorted(last, "left"))
        return Curve(
            np.concatenate([[first], self.percent[i:j], [last]]),
            np.concatenate([[self.at(first)], self.value[i:j], [self.at(last)]]),
        )

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

    def positive(self) -> "Curve":
        """The same with nothing below zero; NaN stays."""
        return Curve(self.percent, np.maximum(self.value, 0.0))

    def integral(self, first: float = 0.0, last: float = 100.0) -> float:
        """Integral over a window by trapezes [unit of the value times %]."""
        part = self.window(first, last)
        return float(np.trapezoid(part.value, part.percent))

    def mean(self, first: float = 0.0, last: float = 100.0) -> float:
        """Mean over a window."""
        return self.integral(first, last) / (last - first)


def integrals(percent: Floats, values: Floats, last: float = 100.0) -> Floats:
    """Integrals of several signals from the start of a cycle, as `Curve.integral` of each.

    Parameters
    ----------
    percent
        (point,) increasing from 0 [%].
    values
        (signal, point).
    last
        Where they end [%].

    Returns
    -------
    ndarray
        (signal,) [unit of the values times %].
    """
    end = min(int(percent.searchsorted(last, "left")), percent.size - 1)  # the last may be a hair before 100
    before = values[:, : end + 1]
    if percent[end] != last:
        share = (last - percent[end - 1]) / (percent[end] - percent[end - 1])
        before = before.copy()
        before[:, end] = values[:, end - 1] * (1.0 - share) + values[:, end] * share
    steps = np.diff(np.append(percent[:end], last))
    return np.asarray(0.5 * (before[:, 1:] + before[:, :-1]) @ steps)


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


def loading_rate(force: Curve, peak: tuple[float, float], stride_time: float, base: float = 0.0) -> float:
    """Mean slope from `EARLY` to `LATE` of a rise on the way up to its peak [BW/s].

    Parameters
    ----------
    peak
        Value [BW] and time [%] of the first peak.
    stride_time
        [s].
    base
        Where the rise begins [BW]: nothing for a foot that comes from the air, the smallest value before the
        peak for a knee that muscles load already.
    """
    if not peak[1] > 0.0:
        return math.nan
    rise = force.window(0.0, peak[1])
    times = []
    for share in (EARLY, LATE):
        # The last crossing: a bump right after contact is not the rise to the peak.
        level = base + share * (peak[0] - base)
        below = np.flatnonzero(rise.value[:-1] <= level)
        if not below.size:
            return math.nan
        k = int(below[-1])
        part = (level - rise.value[k]) / (rise.value[k + 1] - rise.value[k])
        times.append(float(rise.percent[k] + part * (rise.percent[k + 1] - rise.percent[k])))
    seconds = (times[1] - times[0]) / 100.0 * stride_time
    return (LATE - EARLY) * (peak[0] - base) / seconds if seconds > 0.0 else math.nan


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
    hip: Curve, knee: Curve, ankle: Curve, flexion: Curve, toe_off: float, stride_time: float
) -> dict[str, float]:
    """Peaks of internal moments in stance, and the impulse of the knee's.

    Parameters
    ----------
    hip, knee, ankle
        Hip and knee extension and ankle plantarflexion [N m/kg].
    flexion
        Of the knee [deg].
    toe_off, stride_time
        [%] and [s].
    """
    flexing, when = hip.smallest(0.0, toe_off)
    extending = knee.largest(0.0, toe_off)
    return {
        **_named("hip_extension_moment_peak", hip.largest(0.0, toe_off)),
        **_named("hip_flexion_moment_peak", (-flexing, when)),
        **_named("knee_extension_moment_peak", extending),
        "knee_flexion_at_moment": math.nan if math.isnan(extending[1]) else flexion.at(extending[1]),
        "knee_extension_moment_impulse": knee.positive().integral(0.0, toe_off) / 100.0 * stride_time,
        **_named("ankle_plantarflexion_moment_peak", ankle.largest(0.0, toe_off)),
    }


def adduction_measures(adduction: Curve, toe_off: float, stride_time: float) -> dict[str, float]:
    """Peaks and impulse of the external knee adduction moment in stance.

    Parameters
    ----------
    adduction
        [N m/kg].
    toe_off, stride_time
        [%] and [s].
    """
    middle = 0.5 * toe_off
    return {
        **_named("knee_adduction_moment_first", adduction.largest(0.0, middle)),
        **_named("knee_adduction_moment_second", adduction.largest(middle, toe_off)),
        "knee_adduction_moment_impulse": adduction.positive().integral(0.0, toe_off) / 100.0 * stride_time,
    }


def force_measures(
    tibiofemoral: Curve, patellofemoral: Curve, toe_off: float, stride_time: float
) -> dict[str, float]:
    """Peaks of the contact forces of the knee in stance [BW], and how fast the first builds up.

    Parameters
    ----------
    tibiofemoral, patellofemoral
        [BW].
    toe_off, stride_time
        [%] and [s].
    """
    first = tibiofemoral.largest(0.0, 0.5 * toe_off)
    base = tibiofemoral.smallest(0.0, first[1])[0] if first[1] > 0.0 else math.nan
    return {
        **_named("tibiofemoral_peak", tibiofemoral.largest(0.0, toe_off)),
        **_named("tibiofemoral_first", first),
        **_named("tibiofemoral_second", tibiofemoral.largest(0.5 * toe_off, toe_off)),
        "tibiofemoral_mean": tibiofemoral.mean(0.0, toe_off),
        "tibiofemoral_loading_rate": loading_rate(tibiofemoral, first, stride_time, base),
        **_named("patellofemoral_peak", patellofemoral.largest(0.0, toe_off)),
    }


def impulse_measures(
    tibiofemoral: Curve, patellofemoral: Curve, stride_time: float, stride_length: float
) -> dict[str, float]:
    """What one knee takes up in a stride, a step, a minute and a kilometre of walking.

    Parameters
    ----------
    tibiofemoral, patellofemoral
        [BW].
    stride_time, stride_length
        [s] and [m]; what is per kilometre is NaN without a length.
    """
    out = {}
    for name, force in (("tibiofemoral", tibiofemoral), ("patellofemoral", patellofemoral)):
        stride = force.integral() / 100.0 * stride_time
        out[f"{name}_impulse"] = stride
        out[f"{name}_impulse_per_step"] = stride / STEPS
        out[f"{name}_impulse_per_minute"] = stride * MINUTE / stride_time
        out[f"{name}_impulse_per_km"] = stride * KILOMETRE / stride_length
    return out


def work_measures(power: Mapping[str, Curve], toe_off: float, stride_time: float) -> dict[str, float]:
    """Positive and negative work of hip, knee and ankle, and who does how much of it over stance.

    Parameters
    ----------
    power
        Of each of `JOINTS` [W/kg].
    toe_off, stride_time
        [%] and [s].
    """
    percent = power[JOINTS[0]].percent
    watts = np.array([power[joint].value for joint in JOINTS])
    out = {}
    for sign, name in ((1.0, "positive"), (-1.0, "negative")):
        done = np.maximum(sign * watts, 0.0)
        for ending, end in (("", toe_off), ("_early", EARLY_STANCE * toe_off), ("_cycle", 100.0)):
            work = integrals(percent, done, end) / 100.0 * stride_time
            total = float(work.sum())
            for joint, part in zip(JOINTS, work.tolist(), strict=True):
                out[f"{joint}_{name}_work{ending}"] = sign * part
                if not ending:
                    out[f"{joint}_{name}_share"] = part / total if total > 0.0 else math.nan
    return out


def strike_of(place: float) -> float:
    """Part of the foot that met the ground first, by thirds of its length.

    Parameters
    ----------
    place
        Centre of pressure at contact, 0 at the heel and 100 at the toe tip [% of foot].

    Returns
    -------
    float
        1 for the rear third, -1 for the front one, 0 between, NaN where ``place`` is (Cavanagh, Lafortune
        1980, J Biomech 13:397-406).
    """
    if math.isnan(place):
        return math.nan
    return 1.0 if place < 100.0 / 3.0 else -1.0 if place > 200.0 / 3.0 else 0.0


def activity_measures(vasti: Curve, muscles: Mapping[str, Curve], toe_off: float) -> dict[str, float]:
    """Mean activations [1]: of the vasti over the cycle, of each of `MUSCLES` over stance."""
    return {
        "vasti_activation": vasti.mean(),
        **{f"{name}_activation": muscles[name].mean(0.0, toe_off) for name in MUSCLES},
    }
