"""The cycle of a result that the explorer shows: its own frames, none made between them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.errors import GaitError, ResultError
from retrogait.gait.events import Cycle
from retrogait.gait.forces import GroundForces, forces_of_result
from retrogait.gait.record import find_cycles, open_record
from retrogait.gait.signals import leg_signals
from retrogait.kernels.status import Status
from retrogait.model import Model
from retrogait.quantities import GRAVITY
from retrogait.report.explorer import SHOWN, SIDES, Span, Walk
from retrogait.scene import METHOD, Scene, scene_of

MOST_FRAMES = 256
"""Frames that are shown of a cycle: at 60 frames a second four times what anybody sees of a stride."""

PEAKS = {"tibiofemoral_force": "peak_tibiofemoral", "patellofemoral_force": "peak_patellofemoral"}
"""Curve to the name of its peak in a sensitivity."""

SAME = 1e-6
"""Share of a stride by which its last row may miss its first one in time [1]."""


def walk_of(
    result: xr.Dataset, model: Model | None, ground: GroundForces | None, remarks: Sequence[str] = ()
) -> Walk:  # fmt: skip
    """Walk of a result as the explorer shows it.

    Parameters
    ----------
    result
        Of `retrogait.analyze`, as made or as read.
    model
        That it was made with; None where it is not at hand, for curves without a figure.
    ground
        Ground forces as recorded; None for those of the result, without points of application.
    remarks
        Further ones.

    Raises
    ------
    ResultError
        The result has less than two frames.
    """
    attributes = result.attrs
    told = [*remarks]
    time = result["time"].to_numpy()
    if time.size < 2:
        raise ResultError(f"{attributes['trial']}: has {time.size} frames, expected two or more to show")
    try:
        record = open_record(result, forces_of_result(result) if ground is None else ground)
        cycles = find_cycles(record)
        period = record.period
    except GaitError as error:
        cycles, period = [], None
        told.append(f"no cycles were found: {error}")
    cycle = next((one for side in SIDES for one in cycles if one.side == side), None)
    frames, percent = _frames(time, cycle, period)
    if cycle is None:
        told.append("no complete cycle: 0 to 100 % are the whole window")
    every = -(-frames.size // MOST_FRAMES)
    if every > 1:
        told.append(f"every {_ordinal(every)} frame is shown, none between them")
        frames, percent = frames[::every], percent[::every]
    scene: Scene | None = None
    if model is not None:
        try:
            scene = scene_of(model, result, frames, ground)
            told += scene.remarks
        except GaitError as error:
            told.append(f"no figure: {error}")
    lasts = float(time[-1] - time[0]) if cycle is None else cycle.end - cycle.start
    return Walk(
        name=str(attributes["trial"]),
        direction=str(attributes["direction"]),
        speed=float(attributes["speed"]),
        incline=float(attributes["incline"]),
        origin=str(attributes["origin"]),
        basis="window" if cycle is None else "cycle",
        leg="right" if cycle is None else cycle.side,
        mass=float(attributes["body_weight"]) / GRAVITY,
        duration=lasts,
        repeats=period is not None and cycle is not None,
        percent=percent,
        time=time[frames],
        failed=result["status"].to_numpy()[frames] != Status.SOLVED,
        toe_off=math.nan if cycle is None else 100.0 * (cycle.toe_off - cycle.start) / lasts,
        curves=_curves(result, frames),
        spans=spans_of(result, frames),
        scene=scene,
        remarks=tuple(dict.fromkeys([*told, *attributes.get("notes", [])])),
    )


def _frames(time: Floats, cycle: Cycle | None, period: float | None) -> tuple[Ints, Floats]:
    """Rows of the result in the order of the cycle, and the time of each in it [%]."""
    if cycle is None:
        return np.arange(time.size), 100.0 * (time - time[0]) / (time[-1] - time[0])
    if period is None:
        rows = np.flatnonzero((time >= cycle.start) & (time <= cycle.end))
        return rows, 100.0 * (time[rows] - cycle.start) / (cycle.end - cycle.start)
    # One stride that repeats itself: the row at its end is that at its beginning.
    rows = np.flatnonzero(time - time[0] < period * (1.0 - SAME))
    percent = 100.0 * (((time[rows] - cycle.start) / period) % 1.0)
    order = np.argsort(percent, kind="stable")
    return rows[order], percent[order]


def _curves(result: xr.Dataset, frames: Ints) -> dict[str, Floats]:
    """(side, frame) of every curve that is shown."""
    nothing = np.full(result.sizes["time"], math.nan)
    known = [str(side) for side in result["side"].to_numpy()]
    upward = result["ground_reaction_force"].to_numpy()[:, :, 1] / float(result.attrs["body_weight"])
    of_leg: dict[str, Mapping[str, Floats]] = {}
    for side in SIDES:
        if side in known:
            of_leg[side] = leg_signals(result, side, METHOD) | {
                "ground_force_up": upward[:, known.index(side)]
            }
    return {
        name: np.array([of_leg.get(side, {}).get(name, nothing)[frames] for side in SIDES]) for name in SHOWN
    }


def spans_of(result: xr.Dataset, frames: Ints) -> dict[str, dict[str, Span]]:
    """How far the peaks are known: under other assumptions of a prediction, and by either way of sharing.

    Parameters
    ----------
    result
        Of `retrogait.analyze`; with the sensitivity of a prediction among its attributes.
    frames
        Rows that are shown: a peak beyond them is none of theirs.

    Returns
    -------
    dict
        By name of a curve and side.
    """
    cases: Mapping[str, Mapping[str, Any]] = result.attrs.get("sensitivity") or {}
    weight = float(result.attrs["body_weight"])
    spans: dict[str, dict[str, Span]] = {}
    for curve, peak in PEAKS.items():
        found = [float(case[peak]) for case in cases.values() if math.isfinite(case.get(peak, math.nan))]
        over = [f"{len(found)} assumptions"] if len(found) > 1 else []
        for side in map(str, result["side"].to_numpy()):
            by: list[float] = []
            if curve == "tibiofemoral_force" and "tibiofemoral_force_sharing" in result:
                shared = result["tibiofemoral_force_sharing"].sel(side=side).isel(time=frames)
                columns = shared.transpose("criterion", "time").to_numpy() / weight
                by = [float(np.nanmax(column)) for column in columns if np.isfinite(column).any()]
            told = [*over, *([f"{len(by)} ways to share load among muscles"] if len(by) > 1 else [])]
            if told:
                every = [*found, *by]
                spans.setdefault(curve, {})[side] = Span(min(every), max(every), " and ".join(told))
    return spans


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")
