"""The result of an analysis to the measures of its cycles: a thin layer over `record` and `features`."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.gait.cycle import PERCENT, cut, sample
from retrogait.gait.depth import Depth, deep_measures
from retrogait.gait.events import Cycle
from retrogait.gait.features import (
    Curve,
    activity_measures,
    adduction_measures,
    angle_measures,
    force_measures,
    ground_measures,
    impulse_measures,
    moment_measures,
    strike_of,
    work_measures,
)
from retrogait.gait.forces import GroundForces, forces_of_result
from retrogait.gait.ground import Footfall
from retrogait.gait.knee import compartment_measures, engine_measures
from retrogait.gait.measures import CURVES, JOINTS, MEASURES, MUSCLES
from retrogait.gait.record import Record, find_cycles, open_record, require_cycles
from retrogait.gait.signals import facing, leg_signals, pelvis_path

OVERGROUND = 0.25
"""A pelvis that goes further in one stride travels over ground: on a treadmill it drifts less [m]."""

SAME_CONTACT = 0.02
"""A footfall this near to the start of a cycle is the same contact [s]."""


class Strides(NamedTuple):
    """What was read off some cycles.

    measures : one for each cycle, by name; all of `MEASURES` but the cost of transport from elsewhere, and
               but what nobody looked for
    curves   : (cycle, curve, percent) in the order of `CURVES`; NaN where nobody looked
    """

    measures: list[dict[str, float]]
    curves: Floats


class _Travel(NamedTuple):
    """What a whole trial says about its way.

    path      : (frame, 3) of the pelvis [m]
    facing    : (3,) level unit vector
    direction : "forward" or "retro"
    speed     : NaN where nobody said [m/s]
    """

    path: Floats
    facing: Floats
    direction: str
    speed: float


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
    depth: Depth | None = None,
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
    depth
        From `retrogait.gait.depth.look_deeper`; without it what needs the model is NaN: work and lengths of
        muscles, metabolic power, trunk, and contact forces but the knee's.
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
    record = open_record(result, forces_of_result(result) if ground is None else ground)
    if cycles is None:
        cycles = find_cycles(record)
    require_cycles(result, cycles)
    measures, curves = measure_cycles(result, record, cycles, falls, depth, method)
    data: dict[str, tuple[tuple[str, ...], Floats, dict[str, str]]] = {
        name: (("stride",), np.array([row.get(name, math.nan) for row in measures]), _about(name))
        for name in MEASURES
        if name != "cost_of_transport"
    }
    cost = np.full(len(cycles), cost_of_transport)
    data["cost_of_transport"] = (("stride",), cost, _about("cost_of_transport"))
    data |= {name: (("stride", "percent"), curves[:, k], _about(name)) for k, name in enumerate(CURVES)}
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


def measure_cycles(
    result: xr.Dataset,
    record: Record,
    cycles: Sequence[Cycle],
    falls: Sequence[Footfall] = (),
    depth: Depth | None = None,
    method: str = "closed_form",
) -> Strides:
    """Measures and curves of some cycles, as plain numbers and one array.

    Parameters
    ----------
    result, falls, depth, method
        As `measure_gait`.
    record
        Of the result, from `retrogait.gait.record.open_record`.
    cycles
        To measure.

    Raises
    ------
    ConfigError
        ``method`` is no engine.
    """
    engines = [str(name) for name in result["method"].to_numpy()]
    if method not in engines:
        raise ConfigError(f"method is {method!r}, expected one of: {', '.join(map(repr, engines))}")
    legs = {}
    for side in {cycle.side: None for cycle in cycles}:
        signals = leg_signals(result, side, method)
        if depth:
            signals |= depth.signals[side]
        legs[side] = (tuple(signals), record.rows(np.column_stack(list(signals.values()))))
    travel = _Travel(
        pelvis_path(result), facing(result), str(result.attrs["direction"]), float(result.attrs["speed"])
    )
    measures = []
    curves = np.empty((len(cycles), len(CURVES), PERCENT.size))
    nothing = np.full(PERCENT.size, math.nan)
    for row, cycle in enumerate(cycles):
        names, values = legs[cycle.side]
        percent, inside = record.cut(values, cycle)
        way = _way(travel, record, cycle)
        up, along = _ground(record, cycle, way)
        of = {name: Curve(percent, inside[:, k]) for k, name in enumerate(names)}
        found = _measure(of, up, along, cycle, way) | _footfall(cycle, falls, way, record.period)
        if depth:
            found |= deep_measures(of, depth.tilt, found["stance_share"], found["stride_time"], way.length)
        measures.append(found)
        drawn = [k for k, name in enumerate(names) if name in CURVES]
        resampled = sample(percent, inside[:, drawn], PERCENT)
        points = {names[k]: resampled[:, column] for column, k in enumerate(drawn)}
        points |= {"ground_force_up": sample(*up, PERCENT), "ground_force_along": sample(*along, PERCENT)}
        curves[row] = [points.get(name, nothing) for name in CURVES]
    return Strides(measures, curves)


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


def _way(travel: _Travel, record: Record, cycle: Cycle) -> _Way:
    time = record.frames
    ends = np.array([cycle.start, cycle.end] if record.period is None else [time[0], time[0] + record.period])
    first, last = sample(time, travel.path, np.clip(ends, time[0], time[-1]))
    length = float(np.linalg.norm(last - first))
    if length > OVERGROUND:
        return _Way((last - first) / length, length, 0.0)
    sign = 1.0 if travel.direction == "forward" else -1.0
    return _Way(sign * travel.facing, travel.speed * (cycle.end - cycle.start), travel.speed)


def _ground(record: Record, cycle: Cycle, way: _Way) -> tuple[Curve, Curve]:
    """Ground force upward and along the way [BW]."""
    percent, force = cut(
        record.ground_time, record.force[:, record.sides.index(cycle.side)], cycle.start, cycle.end
    )
    return Curve(percent, force[:, 1]), Curve(percent, force @ way.along)


def _measure(curve: dict[str, Curve], up: Curve, along: Curve, cycle: Cycle, way: _Way) -> dict[str, float]:
    """Measures of one cycle, those of the footfall left out."""
    lasts = cycle.end - cycle.start
    toe_off = 100.0 * (cycle.toe_off - cycle.start) / lasts
    both = cycle.opposite_toe_off - cycle.start + cycle.toe_off - cycle.opposite_contact
    return {
        "stride_time": lasts,
        "stride_frequency": 1.0 / lasts,
        "cadence": 120.0 / lasts,
        "stance_share": toe_off,
        "swing_share": 100.0 - toe_off,
        "double_support": 100.0 * both / lasts,
        "stride_length": way.length,
        "speed": way.length / lasts,
        **ground_measures(up, along, toe_off, lasts),
        **angle_measures(curve["hip_flexion"], curve["knee_flexion"], curve["ankle_dorsiflexion"], toe_off),
        **moment_measures(
            curve["hip_extension_moment"], curve["knee_extension_moment"],
            curve["ankle_plantarflexion_moment"], curve["knee_flexion"], toe_off, lasts,
        ),
        **adduction_measures(curve["knee_adduction_moment"], toe_off, lasts),
        **force_measures(curve["tibiofemoral_force"], curve["patellofemoral_force"], toe_off, lasts),
        **compartment_measures(curve["medial_force"], curve["lateral_force"], toe_off, lasts),
        **engine_measures(curve),
        **impulse_measures(curve["tibiofemoral_force"], curve["patellofemoral_force"], lasts, way.length),
        **work_measures({joint: curve[f"{joint}_power"] for joint in JOINTS}, toe_off, lasts),
        **activity_measures(curve["vasti"], {name: curve[name] for name in MUSCLES}, toe_off),
    }  # fmt: skip


def _footfall(cycle: Cycle, falls: Sequence[Footfall], way: _Way, period: float | None) -> dict[str, float]:
    """How the foot came down at the start of the cycle, and how far in front of the other."""
    names = ("contact_place", "contact_place_next", "foot_strike", "foot_angle_contact", "step_length")
    out = dict.fromkeys(names, math.nan)
    start = cycle.start
    own = next(
        (f for f in falls if f.side == cycle.side and _apart(f.time, start, period) < SAME_CONTACT), None
    )
    if own is None:
        return out
    out |= {"contact_place": 100.0 * own.first, "contact_place_next": 100.0 * own.next}
    out |= {"foot_strike": strike_of(100.0 * own.first), "foot_angle_contact": math.degrees(own.angle)}
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
