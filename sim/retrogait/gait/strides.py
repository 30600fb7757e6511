"""The result of an analysis to the measures of its cycles: a thin layer over `events` and `features`."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, MotionError
from retrogait.gait.cycle import PERCENT, cut, find_period, sample, unroll
from retrogait.gait.events import CONTACT_SHARE, Cycle, complete_cycles, find_events
from retrogait.gait.features import (
    Curve,
    activity_measures,
    angle_measures,
    force_measures,
    ground_measures,
    moment_measures,
    work_measures,
)
from retrogait.gait.ground import Footfall, GroundForces, forces_of_result
from retrogait.gait.measures import CURVES, JOINTS, MEASURES, MUSCLES
from retrogait.gait.signals import facing, leg_signals, pelvis_path

SAME_POSE = math.radians(1.0)
"""A made-up or predicted stride whose angles come back this close repeats itself; people do not [rad]."""

OVERGROUND = 0.25
"""A pelvis that goes further in one stride travels over ground: on a treadmill it drifts less [m]."""

SAME_CONTACT = 0.02
"""A footfall this near to the start of a cycle is the same contact [s]."""


class _Record(NamedTuple):
    """What was measured of one trial, ready to be cut.

    time, curves : (row,), and by side and name (row,), on the clock of the analysis
    ground_time, force : (row,) and (row, side, 3) [BW], on the clock of the ground forces
    sides        : of ``force``
    period       : of a stride that repeats itself, else None [s]
    """

    time: Floats
    curves: dict[str, dict[str, Floats]]
    ground_time: Floats
    force: Floats
    sides: tuple[str, ...]
    period: float | None


class _Way(NamedTuple):
    """Travel in one cycle.

    along  : (3,) unit vector
    length : over the ground, or of the belt [m]; NaN where nobody said
    belt   : speed of the belt, 0 over ground [m/s]
    """

    along: Floats
    length: float
    belt: float


def measure_gait(
    result: xr.Dataset,
    ground: GroundForces | None = None,
    *,
    falls: Sequence[Footfall] = (),
    cycles: Sequence[Cycle] | None = None,
    cost_of_transport: float = math.nan,
    method: str = "closed_form",
) -> xr.Dataset:
    """Measures and curves of every complete cycle of a trial, either leg, either direction.

    Parameters
    ----------
    result
        Of `retrogait.analyze`, as made or as read.
    ground
        Forces on the feet from `retrogait.gait.ground.ground_forces`, unfiltered; None takes those of the
        result, whose filter moves contacts and lowers peaks.
    falls
        From `retrogait.gait.ground.footfalls`; without them contact order and step length are NaN.
    cycles
        To measure, for a record whose second contact no plate saw; None finds the complete ones. A made-up or
        predicted trial of one stride that repeats itself has a complete cycle of either leg, wherever in the
        stride the file begins.
    cost_of_transport
        Of the trial, known from elsewhere [J/(kg m)].
    method
        Engine of the patellofemoral force: "closed_form" or "geometry".

    Returns
    -------
    xarray.Dataset
        Dims ``stride`` and ``percent`` (0 to 100); every name of `retrogait.gait.measures.MEASURES` over
        ``stride`` and of `CURVES` over both; coordinates ``side``, ``start``, ``toe_off`` and ``end`` of each
        stride. NaN where there is no answer.

    Raises
    ------
    MotionError
        The trial has no complete cycle.
    ConfigError
        ``method`` is no engine.
    """
    ground = forces_of_result(result) if ground is None else ground
    engines = [str(name) for name in result["method"].to_numpy()]
    if method not in engines:
        raise ConfigError(f"method is {method!r}, expected one of: {', '.join(map(repr, engines))}")
    record = _record(result, ground, method)
    if cycles is None:
        cycles = _cycles(record)
    if not cycles:
        first, last = result["time"].to_numpy()[[0, -1]]
        raise MotionError(
            f"{result.attrs['trial']}: no complete cycle, from one initial contact of a foot to its next, "
            f"lies between {first:g} and {last:g} s; widen the window, or give the cycles"
        )
    rows = [_measure(result, record, cycle, falls) for cycle in cycles]
    data: dict[str, tuple[tuple[str, ...], Floats, dict[str, str]]] = {
        name: (("stride",), np.array([row[name] for row, _ in rows]), _about(name))
        for name in MEASURES
        if name != "cost_of_transport"
    }
    cost = np.full(len(cycles), cost_of_transport)
    data["cost_of_transport"] = (("stride",), cost, _about("cost_of_transport"))
    data |= {
        name: (("stride", "percent"), np.array([curves[name] for _, curves in rows]), _about(name))
        for name in CURVES
    }
    return xr.Dataset(
        data,
        coords={
            "stride": np.arange(len(cycles)),
            "percent": ("percent", PERCENT, {"units": "%", "long_name": "Time from initial contact."}),
            "side": ("stride", [cycle.side for cycle in cycles]),
            "start": ("stride", [cycle.start for cycle in cycles], {"units": "s"}),
            "toe_off": ("stride", [cycle.toe_off for cycle in cycles], {"units": "s"}),
            "end": ("stride", [cycle.end for cycle in cycles], {"units": "s"}),
        },
        attrs={key: result.attrs[key] for key in ("trial", "direction", "speed", "incline", "origin")},
    )


def mean_measures(gait: xr.Dataset) -> dict[str, float]:
    """Mean of every measure over the strides of `measure_gait` that have it; NaN where none has."""
    out = {}
    for name in MEASURES:
        values = gait[name].to_numpy()
        found = values[np.isfinite(values)]
        out[name] = float(found.mean()) if found.size else math.nan
    return out


def _about(name: str) -> dict[str, str]:
    measure = (MEASURES | CURVES)[name]
    return {"units": measure.unit, "long_name": measure.about}


def _record(result: xr.Dataset, ground: GroundForces, method: str) -> _Record:
    """The trial as it is, or the stride in its middle over and over where it repeats itself."""
    time = result["time"].to_numpy()
    force = ground.force / float(result.attrs["body_weight"])
    curves = {side: leg_signals(result, side, method) for side in map(str, result["side"].to_numpy())}
    period = _period(result)
    if period is None:
        return _Record(time, curves, ground.time, force, ground.sides, None)
    begin, end = max(time[0], ground.time[0]), min(time[-1], ground.time[-1])
    start = float(begin + max(0.0, 0.5 * (end - begin - period)))
    again, _ = unroll(time, time, start, period)
    return _Record(
        again,
        {side: {name: unroll(time, curve, start, period)[1] for name, curve in signals.items()}
         for side, signals in curves.items()},
        *unroll(ground.time, force, start, period),
        ground.sides,
        period,
    )  # fmt: skip


def _period(result: xr.Dataset) -> float | None:
    """Time after which a trial that nobody walked repeats itself; a recorded one never does."""
    if result.attrs["origin"] == "recorded":
        return None
    turns = np.flatnonzero(result["coordinate_unit"].to_numpy() == "rad")
    values = result["coordinate_value"].to_numpy()[:, turns]
    return find_period(result["time"].to_numpy(), values, SAME_POSE)


def _cycles(record: _Record) -> list[Cycle]:
    """Complete cycles within both clocks; of a stride that repeats itself, the first of each leg."""
    events = {
        side: find_events(record.ground_time, record.force[:, row, 1], CONTACT_SHARE)
        for row, side in enumerate(record.sides)
    }
    found = [
        cycle
        for cycle in complete_cycles(events)
        if cycle.start >= record.time[0] and cycle.end <= record.time[-1]
    ]
    if record.period is None:
        return found
    first: dict[str, Cycle] = {}
    for cycle in found:
        first.setdefault(cycle.side, cycle)
    return list(first.values())


def _way(result: xr.Dataset, record: _Record, cycle: Cycle) -> _Way:
    time = result["time"].to_numpy()
    ends = np.array([cycle.start, cycle.end] if record.period is None else [time[0], time[0] + record.period])
    first, last = sample(time, pelvis_path(result), np.clip(ends, time[0], time[-1]))
    length = float(np.linalg.norm(last - first))
    if length > OVERGROUND:
        return _Way((last - first) / length, length, 0.0)
    sign = 1.0 if result.attrs["direction"] == "forward" else -1.0
    belt = float(result.attrs["speed"])
    return _Way(sign * facing(result), belt * (cycle.end - cycle.start), belt)


def _ground(record: _Record, cycle: Cycle, way: _Way) -> tuple[Curve, Curve]:
    """Ground force upward and along the way [BW]."""
    percent, force = cut(
        record.ground_time, record.force[:, record.sides.index(cycle.side)], cycle.start, cycle.end
    )
    return Curve(percent, force[:, 1]), Curve(percent, force @ way.along)


def _measure(
    result: xr.Dataset, record: _Record, cycle: Cycle, falls: Sequence[Footfall]
) -> tuple[dict[str, float], dict[str, Floats]]:
    """Measures and resampled curves of one cycle."""
    way = _way(result, record, cycle)
    up, along = _ground(record, cycle, way)
    curve = {
        name: Curve(*cut(record.time, values, cycle.start, cycle.end))
        for name, values in record.curves[cycle.side].items()
    }
    lasts = cycle.end - cycle.start
    toe_off = 100.0 * (cycle.toe_off - cycle.start) / lasts
    both = cycle.opposite_toe_off - cycle.start + cycle.toe_off - cycle.opposite_contact
    measures = {
        "stride_time": lasts,
        "stride_frequency": 1.0 / lasts,
        "cadence": 120.0 / lasts,
        "stance_share": toe_off,
        "swing_share": 100.0 - toe_off,
        "double_support": 100.0 * both / lasts,
        "stride_length": way.length,
        "speed": way.length / lasts,
        **_footfall(cycle, falls, way, record.period),
        **ground_measures(up, along, toe_off, lasts),
        **angle_measures(curve["hip_flexion"], curve["knee_flexion"], curve["ankle_dorsiflexion"], toe_off),
        **moment_measures(
            curve["hip_extension_moment"], curve["knee_extension_moment"],
            curve["ankle_plantarflexion_moment"], curve["knee_flexion"], toe_off,
        ),
        **force_measures(curve["tibiofemoral_force"], curve["patellofemoral_force"], toe_off),
        **work_measures({joint: curve[f"{joint}_power"] for joint in JOINTS}, toe_off, lasts),
        **activity_measures(curve["vasti"], {name: curve[name] for name in MUSCLES}, toe_off),
    }  # fmt: skip
    curve |= {"ground_force_up": up, "ground_force_along": along}
    return measures, {name: sample(*one, PERCENT) for name, one in curve.items()}


def _footfall(cycle: Cycle, falls: Sequence[Footfall], way: _Way, period: float | None) -> dict[str, float]:
    """How the foot came down at the start of the cycle, and how far in front of the other."""
    out = dict.fromkeys(("contact_place", "contact_place_next", "step_length"), math.nan)
    start = cycle.start
    own = next(
        (f for f in falls if f.side == cycle.side and _apart(f.time, start, period) < SAME_CONTACT), None
    )
    if own is None:
        return out
    out |= {"contact_place": 100.0 * own.first, "contact_place_next": 100.0 * own.next}
    # Steps since the other foot came down; one that did so later in a repeated stride did so a period before.
    before = []
    for other in falls:
        turns = 1.0 if period is not None and other.time >= own.time else 0.0
        since = own.time - other.time + (period or 0.0) * turns
        if other.side != cycle.side and 0.0 < since < cycle.end - start:
            moved = 0.0 if way.belt else way.length * turns
            before.append((since, float((own.ankle - other.ankle) @ way.along) + moved + way.belt * since))
    if before:
        out["step_length"] = min(before)[1]
    return out


def _apart(one: float, other: float, period: float | None) -> float:
    """Time between two instants, of a repeated stride the shortest [s]."""
    if period is None:
        return abs(one - other)
    return abs((one - other + 0.5 * period) % period - 0.5 * period)
