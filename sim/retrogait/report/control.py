"""The table of a time-reversed control: forward, what force-velocity adds, what the motion adds, retro."""

import csv
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.arrays import Floats
from retrogait.io.atomic import replacing
from retrogait.report.summary import NO_ANSWER

_PARTS = ("force_velocity_alone", "kinematics_and_forces")
_WALKS = ("forward", "twin", "retro")
_LOADS = ("tibiofemoral", "patellofemoral", "quadriceps_activation", "activation")
_KINDS = ("peak", "mean")
_HEADER = (
    "walk", "twin", "retro walk", "speed [m/s]", "incline [deg]", "largest moment gap [N m or N]",
    "load", "of", "measure", "unit", *_WALKS, *_PARTS,
)  # fmt: skip


def render(walks: Mapping[str, xr.Dataset], notes: Iterable[str], console: Console | None = None) -> None:
    """Print peaks of both contact forces and the mean activation of the quadriceps, side by side.

    Parameters
    ----------
    walks
        Name to what `retrogait.reversal_control` says of it.
    notes
        One line each.
    console
        Where to print; standard output when None.
    """
    console = console or Console()
    table = Table(title="Time-reversed control", title_justify="left", box=None, pad_edge=False)
    table.add_column("\n\n\nwalk", overflow="fold")
    table.add_column("\n\n\nside", no_wrap=True)
    for title in ("tibiof.\npeak\nBW", "patellof.\npeak\nBW", "quadr.\nmean\n0 to 1"):
        head = title.split("\n")
        table.add_column("\n".join([*head, "forward"]), justify="right", no_wrap=True)
        table.add_column("\n\nforce-\nveloc.", justify="right", no_wrap=True)
        table.add_column("\n\nkine-\nmatics", justify="right", no_wrap=True)
        table.add_column("\n\n\nretro", justify="right", no_wrap=True)
    table.add_column("moment\ngap\nN m", justify="right", no_wrap=True)
    for name, walk in walks.items():
        lines: dict[tuple[str, ...], list[str]] = {}
        for row, side in enumerate(map(str, walk["side"].to_numpy())):
            lines.setdefault(tuple(_cells(walk, row)), []).append(side)
        for number, (cells, sides) in enumerate(lines.items()):
            side = sides[0] if len(sides) == 1 else "both"
            table.add_row(Text("" if number else name), side, *cells, "" if number else _gap(walk))
    console.print(table)
    for note in notes:
        console.print(Text(note), style="dim")


def _cells(walk: xr.Dataset, side: int) -> Iterable[str]:
    """Every number of one leg: the closed form of the patella, the mean over the heads that the model has."""
    patella = walk["patellofemoral_peak"].sel({"method": "closed_form"}).to_numpy()[:, side]
    heads = walk["quadriceps_activation_mean"].to_numpy()[:, side]
    quadriceps = heads[:, np.isfinite(heads).all(axis=0)]
    mean = quadriceps.sum(axis=1) / (quadriceps.shape[1] or math.nan)
    tibia = walk["tibiofemoral_peak"].to_numpy()[:, side]
    for values, digits in ((tibia, ".2f"), (patella, ".2f"), (mean, ".3f")):
        forward, *others = (float(value) for value in np.append(values, [math.nan] * (3 - values.size)))
        yield _cell(forward, digits)
        yield _cell(others[0] - forward, f"+{digits}")
        yield _cell(others[1] - others[0], f"+{digits}")
        yield _cell(others[1], digits)


def _cell(value: float, digits: str) -> str:
    return format(value, digits) if math.isfinite(value) else NO_ANSWER


def _gap(walk: xr.Dataset) -> str:
    return f"{float(walk['moment_gap'].max()):.0e}"


def to_csv(walks: Mapping[str, xr.Dataset], path: Path) -> None:
    """Write every number of every walk for a spreadsheet: one row per load, an empty cell for no answer.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with replacing(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for name, walk in walks.items():
            attrs = walk.attrs
            numbers = (attrs["speed"], attrs["incline"], float(walk["moment_gap"].max()))
            common = [name, attrs["twin"], attrs["retro"], *map(_number, numbers)]
            for load in _LOADS:
                for kind in _KINDS:
                    values = walk[f"{load}_{kind}"]
                    for of, known in _rows(values):
                        full = np.append(known, [math.nan] * (len(_WALKS) - known.size))
                        cells = [_number(value) for value in (*full, *np.diff(full))]
                        writer.writerow([*common, load, of, kind, values.attrs["units"], *cells])


def _rows(values: xr.DataArray) -> Iterable[tuple[str, Floats]]:
    """Label and values (walk,) of everything that a load is known of."""
    labels = [[str(name) for name in values[dim].to_numpy()] for dim in values.dims[1:]]
    numbers = values.to_numpy()
    for place in np.ndindex(numbers.shape[1:]):
        yield " ".join(names[k] for names, k in zip(labels, place, strict=True)), numbers[:, *place]


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
