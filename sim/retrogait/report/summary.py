"""What a study comes to: one row per trial and side, computed from stored results only."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from retrogait.arrays import Bools
from retrogait.gait.measures import MEASURES
from retrogait.gait.names import is_of
from retrogait.gait.window import peak, window_loads
from retrogait.io.sheet import number, write_sheet
from retrogait.report.sensitivity import patellofemoral_span, tibiofemoral_span


@dataclass(frozen=True, slots=True)
class Row:
    """What one side of one trial comes to; NaN where there is no answer.

    Attributes
    ----------
    trial, side, direction, speed, incline
        Which walk; speed in m/s, incline in deg, positive uphill in the direction of travel.
    duration
        Time between the first and the last frame [s].
    frames, frames_failed
        Frames in the result, and those left out of every other number.
    tibiofemoral_peak, tibiofemoral_impulse
        Magnitude of the contact force: largest value [BW], integral over the trial [BW s].
    patellofemoral_peak_geometry, patellofemoral_impulse_geometry
        The same of the patellofemoral force by the model's geometry.
    patellofemoral_peak_closed_form, patellofemoral_impulse_closed_form
        The same by the closed form.
    tibiofemoral_low, tibiofemoral_high, patellofemoral_low, patellofemoral_high
        Span of a predicted peak with other tendons, weights, ground and strength, the patellofemoral one by
        the closed form; NaN without a sensitivity [BW].
    extension_moment_peak
        Largest internal knee extension moment [N m/kg].
    quadriceps_activation_peak
        Largest activation of any head [1].
    reserve_share
        Largest peak reserve as a share of the peak moment of the same coordinate, over the
        coordinates of this leg that muscles balance [1].
    reserve_coordinate
        That coordinate, or nothing.
    origin
        ``recorded``, ``synthetic`` or ``predicted``.
    notes
        Remarks that the analysis left for whoever reads the numbers.
    cycles
        Complete cycles of this leg, which the measures are the mean of.
    measures
        By name in `retrogait.gait.measures.MEASURES`, those of `SHOWN`; NaN without a cycle.
    labels
        What the study calls the trial: swept settings, subject and so on.
    sharing
        Criterion behind every force but the next two: ``plain``, ``weighted`` or ``custom``.
    tibiofemoral_peak_plain, tibiofemoral_peak_weighted
        Largest contact force by each named sharing criterion [BW].
    """

    trial: str
    side: str
    direction: str
    speed: float
    incline: float
    duration: float
    frames: int
    frames_failed: int
    tibiofemoral_peak: float
    tibiofemoral_impulse: float
    patellofemoral_peak_geometry: float
    patellofemoral_impulse_geometry: float
    patellofemoral_peak_closed_form: float
    patellofemoral_impulse_closed_form: float
    tibiofemoral_low: float
    tibiofemoral_high: float
    patellofemoral_low: float
    patellofemoral_high: float
    extension_moment_peak: float
    quadriceps_activation_peak: float
    reserve_share: float
    reserve_coordinate: str
    origin: str
    notes: tuple[str, ...]
    cycles: int = 0
    measures: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, float | str] = field(default_factory=dict)
    sharing: str = ""
    tibiofemoral_peak_plain: float = math.nan
    tibiofemoral_peak_weighted: float = math.nan


def summarize(dataset: xr.Dataset, labels: Mapping[str, float | str] | None = None) -> list[Row]:
    """Rows of one result, one per side.

    Failed frames count as failed and enter nothing else; an integral skips the two steps that
    touch one instead of bridging them.

    Parameters
    ----------
    dataset
        Result of `retrogait.analyze`, as made or as read; the measures of its cycles are those that
        `retrogait.normalise.normalise` stored in it.
    labels
        Further columns.
    """
    solved = dataset.variables["status"].to_numpy() == 0
    time = dataset.variables["time"].to_numpy()
    tibia_span, patella_span = tibiofemoral_span(dataset), patellofemoral_span(dataset)
    loads = window_loads(dataset)
    cycles, measures = _of_cycles(dataset)
    reserves = _peaks_by_coordinate(dataset, solved)
    rows = []
    for k, side in enumerate(map(str, dataset.variables["side"].to_numpy())):
        share, coordinate = _largest_reserve(reserves, side)
        rows.append(
            Row(
                trial=str(dataset.attrs["trial"]),
                side=side,
                direction=str(dataset.attrs["direction"]),
                speed=float(dataset.attrs["speed"]),
                incline=float(dataset.attrs["incline"]),
                duration=float(time[-1] - time[0]),
                frames=time.size,
                frames_failed=int(np.count_nonzero(~solved)),
                tibiofemoral_low=tibia_span.low,
                tibiofemoral_high=tibia_span.high,
                patellofemoral_low=patella_span.low,
                patellofemoral_high=patella_span.high,
                reserve_share=share,
                reserve_coordinate=coordinate,
                origin=str(dataset.attrs["origin"]),
                notes=tuple(dataset.attrs["notes"]),
                cycles=cycles[k],
                measures=measures[k],
                labels=dict(labels or {}),
                sharing=str(dataset.attrs.get("sharing", "")),
                **_by_criterion(dataset, k, solved),
                **loads[k],
            )
        )
    return rows


def _by_criterion(dataset: xr.Dataset, side: int, solved: Bools) -> dict[str, float]:
    """Peak of one side by each named sharing criterion; nothing in a result of an older version."""
    if "tibiofemoral_force_sharing" not in dataset:
        return {}
    weight = float(dataset.attrs["body_weight"])
    force = dataset.variables["tibiofemoral_force_sharing"].to_numpy()[solved, side] / weight
    names = map(str, dataset.variables["criterion"].to_numpy())
    return {f"tibiofemoral_peak_{name}": peak(force[:, k]) for k, name in enumerate(names)}


def _of_cycles(dataset: xr.Dataset) -> tuple[list[int], list[dict[str, float]]]:
    """Number of cycles of each leg, and their mean measures; none in a result of an older version."""
    legs = dataset.sizes["side"]
    if "cycles" not in dataset:
        return [0] * legs, [dict.fromkeys(SHOWN, math.nan) for _ in range(legs)]
    stored = [str(name) for name in dataset.variables["measure"].to_numpy()]
    mean = dataset.variables["measure_mean"].to_numpy()
    found = [
        {name: float(row[stored.index(name)]) if name in stored else math.nan for name in SHOWN}
        for row in mean
    ]
    return [int(count) for count in dataset.variables["cycles"].to_numpy()], found


def _peaks_by_coordinate(dataset: xr.Dataset, solved: Bools) -> dict[str, tuple[float, float]]:
    """Largest reserve and moment of every coordinate that muscles balance, failed frames left out."""
    names = dataset.variables["coordinate"].to_numpy()
    reserve = dataset.variables["reserve"].to_numpy()
    moment = dataset.variables["generalized_force"].to_numpy()
    return {
        str(names[column]): (peak(np.abs(reserve[solved, column])), peak(np.abs(moment[solved, column])))
        for column in np.flatnonzero(dataset.variables["coordinate_shared"].to_numpy() == 1)
    }


def _largest_reserve(peaks: Mapping[str, tuple[float, float]], side: str) -> tuple[float, str]:
    worst = (math.nan, "")
    for name, (reserve, moment) in peaks.items():
        if is_of(name, side) and moment > 0.0:
            share = reserve / moment
            if not share <= worst[0]:  # also where there is no worst yet
                worst = (share, name)
    return worst


_WHO: dict[str, str] = {
    "side": "side",
    "direction": "direction",
    "speed": "speed [m/s]",
    "incline": "incline [deg]",
    "origin": "origin of the motion",
    "duration": "duration [s]",
    "frames": "frames",
    "frames_failed": "frames failed",
    "cycles": "complete cycles",
}

_LOADS: dict[str, str] = {
    "tibiofemoral_peak": "tibiofemoral peak [BW]",
    "tibiofemoral_peak_plain": "tibiofemoral peak, plain sharing [BW]",
    "tibiofemoral_peak_weighted": "tibiofemoral peak, weighted sharing [BW]",
    "tibiofemoral_impulse": "tibiofemoral impulse [BW s]",
    "patellofemoral_peak_geometry": "patellofemoral peak, geometry [BW]",
    "patellofemoral_impulse_geometry": "patellofemoral impulse, geometry [BW s]",
    "patellofemoral_peak_closed_form": "patellofemoral peak, closed form [BW]",
    "patellofemoral_impulse_closed_form": "patellofemoral impulse, closed form [BW s]",
    "tibiofemoral_low": "tibiofemoral peak, lowest of the sensitivity [BW]",
    "tibiofemoral_high": "tibiofemoral peak, highest of the sensitivity [BW]",
    "patellofemoral_low": "patellofemoral peak, closed form, lowest of the sensitivity [BW]",
    "patellofemoral_high": "patellofemoral peak, closed form, highest of the sensitivity [BW]",
    "extension_moment_peak": "knee extension moment peak [N m/kg]",
    "quadriceps_activation_peak": "quadriceps activation peak [1]",
}

SHOWN: dict[str, str] = {
    "tibiofemoral_loading_rate": "tibiofemoral loading rate",
    "tibiofemoral_impulse": "tibiofemoral impulse per stride",
    "tibiofemoral_impulse_per_step": "tibiofemoral impulse per step",
    "tibiofemoral_impulse_per_minute": "tibiofemoral impulse per minute",
    "tibiofemoral_impulse_per_km": "tibiofemoral impulse per km",
    "patellofemoral_impulse": "patellofemoral impulse per stride, closed form",
    "patellofemoral_impulse_per_step": "patellofemoral impulse per step, closed form",
    "patellofemoral_impulse_per_minute": "patellofemoral impulse per minute, closed form",
    "patellofemoral_impulse_per_km": "patellofemoral impulse per km, closed form",
    "knee_extension_moment_impulse": "knee extension moment impulse",
    "knee_adduction_moment_impulse": "knee adduction moment impulse",
    "loading_rate": "ground force loading rate",
    "cadence": "cadence",
    "stance_share": "stance share",
    "stride_time": "stride time",
    "stride_length": "stride length",
    "step_length": "step length",
    "contact_place": "first contact, heel 0 to toes 100",
}
"""Measures of a cycle that a summary has, in this order, and how a spreadsheet calls them."""

_DOUBTS: dict[str, str] = {
    "reserve_share": "largest reserve as share of moment [1]",
    "reserve_coordinate": "coordinate of the largest reserve",
    "sharing": "sharing criterion in force",
    "notes": "notes",
}


def to_csv(rows: Sequence[Row], path: Path) -> None:
    """Write the rows for a spreadsheet: units in the header, an empty cell for no answer.

    First what is called how and which walk it is, then the loads of the knee over the window and over the
    cycles, then the gait, then what to doubt.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    own = ["trial", *_WHO.values(), *_LOADS.values(), *_DOUBTS.values()]
    labels = list(dict.fromkeys(label for row in rows for label in row.labels))
    header = [
        "trial",
        *(f"label {label}" if label in own else label for label in labels),
        *_WHO.values(),
        *_LOADS.values(),
        *(f"{title} [{MEASURES[name].unit}]" for name, title in SHOWN.items()),
        *_DOUBTS.values(),
    ]
    cells = (
        [
            row.trial,
            *(row.labels.get(label, "") for label in labels),
            *(getattr(row, field) for field in (*_WHO, *_LOADS)),
            *(row.measures.get(name, math.nan) for name in SHOWN),
            *(getattr(row, field) for field in _DOUBTS),
        ]
        for row in rows
    )
    write_sheet(path, header, (map(_plain, row) for row in cells))


def _plain(value: Any) -> str:  # noqa: ANN401
    match value:
        case float():
            return number(value)
        case tuple():
            return "; ".join(value)
        case _:
            return str(value)
