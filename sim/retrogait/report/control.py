"""The table of a time-reversed control: forward, what force-velocity adds, what the motion adds, retro."""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.arrays import Floats
from retrogait.io.sheet import number, write_sheet
from retrogait.report.answers import answer

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
        for line, (cells, sides) in enumerate(lines.items()):
            side = sides[0] if len(sides) == 1 else "both"
            table.add_row(Text("" if line else name), side, *cells, "" if line else _gap(walk))
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
        yield answer(forward, digits)
        yield answer(others[0] - forward, f"+{digits}")
        yield answer(others[1] - others[0], f"+{digits}")
        yield answer(others[1], digits)


def _gap(walk: xr.Dataset) -> str:
    return f"{float(walk['moment_gap'].max()):.0e}"


def to_csv(walks: Mapping[str, xr.Dataset], path: Path) -> None:
    """Write every number of every walk for a spreadsheet: one row per load, an empty cell for no answer.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_sheet(path, _HEADER, _rows(walks))


def _rows(walks: Mapping[str, xr.Dataset]) -> Iterator[list[str]]:
    for name, walk in walks.items():
        attrs = walk.attrs
        numbers = (attrs["speed"], attrs["incline"], float(walk["moment_gap"].max()))
        common = [name, attrs["twin"], attrs["retro"], *map(number, numbers)]
        for load, kind in product(_LOADS, _KINDS):
            values = walk[f"{load}_{kind}"]
            for of, known in _labelled(values):
                full = np.append(known, [math.nan] * (len(_WALKS) - known.size))
                yield [*common, load, of, kind, values.attrs["units"], *map(number, (*full, *np.diff(full)))]


def _labelled(values: xr.DataArray) -> Iterable[tuple[str, Floats]]:
    """Label and values (walk,) of everything that a load is known of."""
    labels = [[str(name) for name in values[dim].to_numpy()] for dim in values.dims[1:]]
    numbers = values.to_numpy()
    for place in np.ndindex(numbers.shape[1:]):
        yield " ".join(names[k] for names, k in zip(labels, place, strict=True)), numbers[:, *place]
