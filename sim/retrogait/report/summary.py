"""What a study comes to: one row per trial and side, computed from stored results only."""

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.io.atomic import replacing
from retrogait.report.sensitivity import patellofemoral_span, tibiofemoral_span

NO_ANSWER = "–"
"""What a table shows where there is no number."""

_LEG = {"right": re.compile(r"(^|_)r(_|$)"), "left": re.compile(r"(^|_)l(_|$)")}


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


def summarize(dataset: xr.Dataset) -> list[Row]:
    """Rows of one result, one per side.

    Failed frames count as failed and enter nothing else; an integral skips the two steps that
    touch one instead of bridging them.

    Parameters
    ----------
    dataset
        Result of `retrogait.analyze`, as made or as read.
    """
    solved = dataset["status"].to_numpy() == 0
    time = dataset["time"].to_numpy()
    weight = float(dataset.attrs["body_weight"])
    mass = float(dataset.attrs["body_mass"])
    tibia_span, patella_span = tibiofemoral_span(dataset), patellofemoral_span(dataset)
    rows = []
    for side in map(str, dataset["side"].to_numpy()):
        knee = dataset.sel(side=side)
        tibia = np.linalg.norm(_solved(knee["tibiofemoral_force"], solved), axis=-1) / weight
        patella = _solved(knee["patellofemoral_force"], solved) / weight
        methods = {str(name): patella[:, k] for k, name in enumerate(dataset["method"].to_numpy())}
        share, coordinate = _largest_reserve(dataset, side, solved)
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
                tibiofemoral_peak=_peak(tibia),
                tibiofemoral_impulse=_impulse(time, tibia),
                patellofemoral_peak_geometry=_peak(methods["geometry"]),
                patellofemoral_impulse_geometry=_impulse(time, methods["geometry"]),
                patellofemoral_peak_closed_form=_peak(methods["closed_form"]),
                patellofemoral_impulse_closed_form=_impulse(time, methods["closed_form"]),
                tibiofemoral_low=tibia_span.low,
                tibiofemoral_high=tibia_span.high,
                patellofemoral_low=patella_span.low,
                patellofemoral_high=patella_span.high,
                extension_moment_peak=_peak(_solved(knee["knee_extension_moment"], solved)) / mass,
                quadriceps_activation_peak=_peak(_solved(knee["quadriceps_activation"], solved)),
                reserve_share=share,
                reserve_coordinate=coordinate,
                origin=str(dataset.attrs["origin"]),
                notes=tuple(dataset.attrs["notes"]),
            )
        )
    return rows


def _solved(variable: xr.DataArray, solved: np.typing.NDArray[np.bool_]) -> Floats:
    """Copy with NaN in the frames that failed; time is the first axis of every variable."""
    values: Floats = np.array(variable.to_numpy(), dtype=np.float64)
    values[~solved] = np.nan
    return values


def _peak(values: Floats) -> float:
    found = values[np.isfinite(values)]
    return float(found.max()) if found.size else math.nan


def _impulse(time: Floats, force: Floats) -> float:
    """Integral by trapezes over the steps whose two ends have an answer; NaN if none has."""
    steps = np.diff(time) * (force[1:] + force[:-1]) / 2.0
    found = steps[np.isfinite(steps)]
    return float(found.sum()) if found.size else math.nan


def _largest_reserve(
    dataset: xr.Dataset, side: str, solved: np.typing.NDArray[np.bool_]
) -> tuple[float, str]:
    names = dataset["coordinate"].to_numpy()
    reserve = np.abs(_solved(dataset["reserve"], solved))
    moment = np.abs(_solved(dataset["generalized_force"], solved))
    worst = (math.nan, "")
    for column in np.flatnonzero(dataset["coordinate_shared"].to_numpy() == 1):
        name = str(names[column])
        if _LEG[side].search(name) and (most := _peak(moment[:, column])) > 0.0:
            share = _peak(reserve[:, column]) / most
            if not share <= worst[0]:  # also where there is no worst yet
                worst = (share, name)
    return worst


_CSV: dict[str, str] = {
    "trial": "trial",
    "side": "side",
    "direction": "direction",
    "speed": "speed [m/s]",
    "incline": "incline [deg]",
    "duration": "duration [s]",
    "frames": "frames",
    "frames_failed": "frames failed",
    "tibiofemoral_peak": "tibiofemoral peak [BW]",
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
    "reserve_share": "largest reserve as share of moment [1]",
    "reserve_coordinate": "coordinate of the largest reserve",
    "origin": "origin of the motion",
    "notes": "notes",
}


def to_csv(rows: Iterable[Row], path: Path) -> None:
    """Write the rows for a spreadsheet: units in the header, an empty cell for no answer.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with replacing(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_CSV.values())
        for row in rows:
            writer.writerow([_plain(getattr(row, field)) for field in _CSV])


def _plain(value: Any) -> str:  # noqa: ANN401
    match value:
        case float():
            return f"{value:.6g}" if math.isfinite(value) else ""
        case tuple():
            return "; ".join(value)
        case _:
            return str(value)
