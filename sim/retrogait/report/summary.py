"""The table of a study: one row per trial and side, computed from stored results only."""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.arrays import Floats
from retrogait.io.atomic import replacing

NO_ANSWER = "–"
_MARK = "†"
_WIDE = 126  # columns of text that hold the whole table; a narrower screen gets it in two
_ASSUMED = {
    "predicted": "predicted: nobody walked this, the motion is the optimum of an assumed cost",
    "synthetic": "synthetic: the input is made up, not a recording",
}
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


@dataclass(frozen=True, slots=True)
class _Column:
    field: str
    header: str
    digits: str


_COLUMNS = (
    _Column("tibiofemoral_peak", "tibio-\nfemoral\npeak\nBW", ".2f"),
    _Column("tibiofemoral_impulse", "\n\nimpulse\nBW·s", ".2f"),
    _Column("patellofemoral_peak_geometry", "patello-\nfemoral\npeak\nBW", ".2f"),
    _Column("patellofemoral_peak_closed_form", "\nclosed\nform\nBW", ".2f"),
    _Column("patellofemoral_impulse_geometry", "\n\nimpulse\nBW·s", ".2f"),
    _Column("patellofemoral_impulse_closed_form", "\nclosed\nform\nBW·s", ".2f"),
    _Column("extension_moment_peak", "knee ext.\nmoment\npeak\nN·m/kg", ".2f"),
    _Column("quadriceps_activation_peak", "quadri-\nceps\npeak\n0 to 1", ".2f"),
    _Column("reserve_share", "largest\nreserve\n% of\nmoment", ".0%"),
)


def render(rows: Sequence[Row], console: Console | None = None) -> None:
    """Print the table, its units in the headers and every caveat below it.

    Parameters
    ----------
    rows
        Rows of any number of results.
    console
        Where to print; standard output when None. A table too wide for it is printed in two.
    """
    console = console or Console()
    origins = _assumed(rows)
    caveat = f" (not recorded: {' and '.join(origins)}, marked {_MARK})" if origins else ""
    wide = console.width >= _WIDE
    for group in [_COLUMNS] if wide else [_COLUMNS[:4], _COLUMNS[4:]]:
        console.print(_table(rows, group, f"Knee loads{caveat}", 22 if wide else 7))
    for line in _footnotes(rows):
        console.print(Text(line), style="dim")


def _table(rows: Sequence[Row], columns: Sequence[_Column], title: str, name_width: int) -> Table:
    table = Table(title=title, title_justify="left", pad_edge=False, box=None, padding=(0, 1, 0, 0))
    longest = max((len(row.trial) + 2 * (row.origin in _ASSUMED) for row in rows), default=0)
    table.add_column("trial", overflow="fold", min_width=min(longest, name_width))
    for header in ("walk", "side"):
        table.add_column(header, no_wrap=True)
    for column in columns:
        table.add_column(column.header, justify="right", no_wrap=True)
    table.add_column("\nframes\nfailed\nof all", justify="right", no_wrap=True)
    before = ""
    for row in rows:
        name = "" if row.trial == before else row.trial + (f" {_MARK}" if row.origin in _ASSUMED else "")
        before = row.trial
        cells = (_cell(getattr(row, column.field), column.digits) for column in columns)
        style = "red" if row.frames_failed else ""
        failed = Text(f"{row.frames_failed}/{row.frames}", style=style)
        table.add_row(Text(name), _walk(row) if name else "", row.side, *cells, failed)
    return table


def _assumed(rows: Iterable[Row]) -> list[str]:
    """Return the origins among the rows that are no recording."""
    return sorted({row.origin for row in rows} & _ASSUMED.keys())


def _walk(row: Row) -> str:
    incline = f" {row.incline:+g}°" if row.incline else ""
    return f"{row.direction} {_cell(row.speed, 'g')} m/s{incline}"


def _cell(value: float, digits: str) -> str:
    return format(value, digits) if math.isfinite(value) else NO_ANSWER


def _footnotes(rows: Sequence[Row]) -> Iterator[str]:
    """Lines that say what the numbers are, what they rest on and what is missing."""
    yield (
        "BW = body weight. Impulses run over the trial's whole window, not over one stride. "
        "Patellofemoral: by the model's geometry, and by the closed form."
    )
    for key in _assumed(rows):
        yield f"{_MARK} {_ASSUMED[key]}."
    for trial in dict.fromkeys(row.trial for row in rows):
        of_trial = [row for row in rows if row.trial == trial]
        first = of_trial[0]
        if failed := first.frames_failed:
            yield f"{trial}: {failed} of {first.frames} frames failed and are left out."
        said = f"the trial is {first.origin}, not recorded"  # the mark says it already
        yield from (f"{trial}: {note}" for note in first.notes if note != said)
        if not first.notes and any(_has_gap(row) for row in of_trial):
            yield f"{trial}: {NO_ANSWER} stands for no answer; the result gives no reason."


def _has_gap(row: Row) -> bool:
    return any(math.isnan(getattr(row, column.field)) for column in _COLUMNS)


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
