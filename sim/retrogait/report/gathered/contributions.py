"""What each muscle adds to the contact force of a knee; the parts sum to the whole.

A contact force F is the force without muscles plus the pull of every muscle, as vectors. Along the direction
of F itself, u = F/|F|, the parts u.F_i are numbers that sum to |F| exactly, and that is what is drawn. The
closed form of the patellofemoral force is k(flexion) times the quadriceps' pull, so each head makes the
share of its tension.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, MotionError, ResultError
from retrogait.gait.cycle import PERCENT, spread
from retrogait.gait.events import Cycle
from retrogait.gait.features import Curve
from retrogait.gait.forces import forces_of_result
from retrogait.gait.names import is_of
from retrogait.gait.record import Record, find_cycles, open_record
from retrogait.gait.signals import leg_signals
from retrogait.io.text import suggestion
from retrogait.report.gathered.labels import labels, unit, variable
from retrogait.report.gathered.muscles import anatomy, is_quadriceps

WITHOUT = "without muscles"
"""Part of the tibiofemoral force that ground, weight and inertia make alone."""

SUM_TOLERANCE = 1e-6
"""Parts of a sound file miss the whole by rounding alone, 1e-15 [BW]."""

SMALLEST_DEMAND = 0.02
"""Moments below this explain no muscle's pull [N m/kg]."""

_METHOD = "closed_form"


class _Window(NamedTuple):
    """Where a measure looks for its peak: joint, and parts of stance [1]."""

    joint: Literal["tibiofemoral", "patellofemoral"]
    first: float
    last: float


PEAKS: Mapping[str, _Window] = MappingProxyType(
    {
        "tibiofemoral_peak": _Window("tibiofemoral", 0.0, 1.0),
        "tibiofemoral_first": _Window("tibiofemoral", 0.0, 0.5),
        "tibiofemoral_second": _Window("tibiofemoral", 0.5, 1.0),
        "patellofemoral_peak": _Window("patellofemoral", 0.0, 1.0),
    }
)
"""Measures that can be taken apart; the windows are those of `retrogait.gait.features.force_measures`."""


@dataclass(frozen=True, eq=False, slots=True)
class Contributions:
    """A contact force of one knee, taken apart.

    Attributes
    ----------
    measure
        The peak, in `PEAKS`.
    unit
        Of all forces, from the registry.
    side
        Of the knee.
    cycles
        That were averaged.
    toe_off
        Mean over the cycles [%].
    muscles
        Of the model; the last is `WITHOUT` for the tibiofemoral force.
    percent
        (point,) of the cycle [%].
    parts
        (muscle, point) mean over the cycles.
    peak_parts
        (muscle,) at the peak of each cycle, averaged; sums to `peak`.
    peak
        Mean of the peaks, as the measure of that name.
    peak_time
        Mean time of the peaks [%].
    moments
        Internal moments at the peak by name of the curve [N m/kg].
    flexion
        Of the knee at the peak [deg].
    """

    measure: str
    unit: str
    side: str
    cycles: int
    toe_off: float
    muscles: tuple[str, ...]
    percent: Floats
    parts: Floats
    peak_parts: Floats
    peak: float
    peak_time: float
    moments: Mapping[str, float]
    flexion: float

    @property
    def total(self) -> Floats:
        """(point,) whole force over the cycle."""
        return np.asarray(self.parts.sum(axis=0))

    @property
    def names(self) -> tuple[str, ...]:
        """Muscles in words."""
        return tuple(name if name == WITHOUT else anatomy(name).words for name in self.muscles)

    @property
    def leading(self) -> int:
        """Row of the muscle that adds most to the peak."""
        mine = [row for row, name in enumerate(self.muscles) if name != WITHOUT]
        return max(mine, key=lambda row: float(self.peak_parts[row]))


def contributions(
    result: xr.Dataset, measures: Sequence[str], *, side: str | None = None, where: str | Path = ""
) -> list[Contributions]:
    """Take the contact forces of one knee apart.

    Parameters
    ----------
    result
        Of one condition, as made or as read.
    measures
        Peaks to look at, in `PEAKS`.
    side
        "right" or "left"; the first with a complete cycle and a force when None.
    where
        The file, for complaints.

    Returns
    -------
    list of Contributions
        One per measure.

    Notes
    -----
    Cycles are found on the ground forces of the result. Those of a recorded trial are filtered there, which
    moves a contact by up to some 20 ms against the measures beside them.

    Raises
    ------
    ConfigError
        A measure cannot be taken apart.
    MotionError
        There is no complete cycle with an answer.
    ResultError
        A quantity is absent, its unit is not that of the registry, or the parts miss the whole.
    """
    for measure in measures:
        if measure not in PEAKS:
            raise ConfigError(
                f"{measure!r} cannot be taken apart by muscle{suggestion(measure, PEAKS)}; expected "
                f"{', '.join(PEAKS)}"
            )
    record = open_record(result, forces_of_result(result))
    found = find_cycles(record)
    force = variable(result, "tibiofemoral_force", where)
    known = [bool(np.isfinite(force[:, row]).any()) for row in range(force.shape[1])]
    for row, one in enumerate(labels(result, "side", where)):
        cycles = [cycle for cycle in found if cycle.side == one]
        if cycles and known[row] and side in {None, one}:
            return [_of_leg(result, measure, one, record, cycles, where) for measure in measures]
    if not any(known):
        raise MotionError(f"{where}: the model gives no tibiofemoral force, so nothing can be taken apart")
    raise MotionError(f"{where}: no complete cycle of the {side or 'right or left'} leg to take apart")


def _of_leg(
    result: xr.Dataset, measure: str, side: str, record: Record, cycles: list[Cycle], where: str | Path
) -> Contributions:
    window = PEAKS[measure]
    apart = _tibiofemoral if window.joint == "tibiofemoral" else _patellofemoral
    muscles, parts = apart(result, side, where)
    parts[:, variable(result, "status", where) != 0] = np.nan
    signals = leg_signals(result, side, _METHOD)
    beside = [
        "hip_extension_moment", "knee_extension_moment", "ankle_plantarflexion_moment", "knee_flexion",
    ]  # fmt: skip
    rows = record.rows(np.column_stack([*parts, *(signals[name] for name in beside)]))
    at_peak, times, curves, toe_offs = [], [], [], []
    for cycle in cycles:
        percent, values = record.cut(rows, cycle)
        toe_off = 100.0 * (cycle.toe_off - cycle.start) / (cycle.end - cycle.start)
        whole = Curve(percent, values[:, : len(muscles)].sum(axis=1))
        when = whole.largest(window.first * toe_off, window.last * toe_off)[1]
        times.append(when)
        toe_offs.append(toe_off)
        at_peak.append([Curve(percent, column).at(when) for column in values.T])
        curves.append(record.resample(rows, cycle)[:, : len(muscles)].T)
    answered = np.isfinite(times)
    if not answered.any():
        raise MotionError(f"{where}: no cycle of the {side} leg has a {window.joint} force throughout")
    peak = np.array(at_peak)[answered].mean(axis=0)
    return Contributions(
        measure=measure,
        unit=unit(measure),
        side=side,
        cycles=int(answered.sum()),
        toe_off=float(np.mean(np.array(toe_offs)[answered])),
        muscles=muscles,
        percent=PERCENT,
        parts=spread(np.array(curves)[answered])[0],
        peak_parts=peak[: len(muscles)],
        peak=float(peak[: len(muscles)].sum()),
        peak_time=float(np.mean(np.array(times)[answered])),
        moments=dict(zip(beside[:-1], peak[len(muscles) : -1].tolist(), strict=True)),
        flexion=float(peak[-1]),
    )


def _tibiofemoral(result: xr.Dataset, side: str, where: str | Path) -> tuple[tuple[str, ...], Floats]:
    """Names and (muscle, frame) parts of the tibiofemoral force along itself [BW]; `WITHOUT` comes last."""
    row = labels(result, "side", where).index(side)
    force, bare, pull = (
        variable(result, name, where)[:, row]
        for name in ("tibiofemoral_force", "tibiofemoral_net_force", "tibiofemoral_contribution")
    )
    weight = float(result.attrs["body_weight"])
    every = np.concatenate([pull, bare[:, None]], axis=1) / weight
    force = force / weight
    _require_sum(every.sum(axis=1), force, result, where)
    size = np.linalg.norm(force, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.einsum("fma,fa->mf", every, force / size[:, None])
    names = [*labels(result, "muscle", where), WITHOUT]
    mine = [k for k, name in enumerate(names) if name == WITHOUT or np.any(along[k] != 0.0)]
    return tuple(names[k] for k in mine), along[mine]


def _patellofemoral(result: xr.Dataset, side: str, where: str | Path) -> tuple[tuple[str, ...], Floats]:
    """Names and (head, frame) parts of the patellofemoral force of the closed form [BW]."""
    row, method = labels(result, "side", where).index(side), labels(result, "method", where).index(_METHOD)
    force = variable(result, "patellofemoral_force", where)[:, row, method] / float(
        result.attrs["body_weight"]
    )
    names = labels(result, "muscle", where)
    heads = [k for k, name in enumerate(names) if is_quadriceps(name) and is_of(name, side)]
    tension = variable(result, "muscle_force", where)[:, heads].T
    pull = tension.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(pull > 0.0, tension / pull, 0.0)  # no pull, no force to share
    return tuple(names[k] for k in heads), share * force


def _require_sum(found: Floats, whole: Floats, result: xr.Dataset, where: str | Path) -> None:
    solved = variable(result, "status", where) == 0
    miss = np.abs(found - whole)[solved].max(initial=0.0)
    if not miss <= SUM_TOLERANCE:
        raise ResultError(
            f"{where}: what the muscles add misses the tibiofemoral force by {miss:.2g} BW, expected at most "
            f"{SUM_TOLERANCE:g}: the file was changed; run the study again"
        )


def explain(parts: Contributions) -> str:
    """One sentence: which muscle makes most of the peak, how much, when, and what it is needed for there."""
    row = parts.leading
    name = parts.names[row]
    verb = "make" if name in {"vasti", "hamstrings"} else "makes"
    share = f"{parts.peak_parts[row]:.2f} of {parts.peak:.2f} {parts.unit}"
    return f"The {name} {verb} {share} at {parts.peak_time:.0f} % of the cycle{_reason(parts, row)}."


def _reason(parts: Contributions, row: int) -> str:
    """The largest moment that the muscle can serve there; or that there is none."""
    demands = [
        (demand.sign * parts.moments[demand.curve], demand) for demand in anatomy(parts.muscles[row]).demands
    ]
    served = max(demands, key=lambda pair: pair[0], default=None)
    if served is None:
        return ""
    if not served[0] > SMALLEST_DEMAND:
        return ", though no joint asks for its moment there: it works against another muscle"
    size, demand = served
    reason = f" because the {demand.joint} needs {demand.sense} moment of {size:.2f} N m/kg there"
    if PEAKS[parts.measure].joint == "patellofemoral" and demand.joint == "knee":
        reason += f", with the knee at {parts.flexion:.0f} deg"
    return reason
