"""Electromyograms beside activations: a table, spreadsheets, and a picture with a panel per muscle."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.io.sheet import number, write_sheet
from retrogait.report.answers import answer
from retrogait.report.curves import Curve, Panel, draw

_MILLISECONDS = 1e3
_HEADER = (
    "trial", "channel", "side", "muscles", "correlation [1]", "lag [s]", "correlation at lag [1]",
    "on/off agreement [1]",
)  # fmt: skip


def render(trials: Sequence[xr.Dataset], notes: Iterable[str], console: Console | None = None) -> None:
    """Print the scores of every channel.

    Parameters
    ----------
    trials
        Of `retrogait.emg.compare.compare_emg`.
    notes
        One line each.
    console
        Where to print; standard output when None.
    """
    console = console or Console()
    table = Table(title="Activation against electromyogram", title_justify="left", box=None, pad_edge=False)
    for header in ("\ntrial", "\nchannel", "\nside"):
        table.add_column(header, overflow="fold")
    table.add_column("\nmuscles", overflow="fold", max_width=36)
    for header in ("r\n1", "lag\nms", "r there\n1", "on/off\n%"):
        table.add_column(header, justify="right", no_wrap=True)
    for one in trials:
        for row, channel in enumerate(map(str, one["channel"].to_numpy())):
            table.add_row(
                Text("" if row else str(one.attrs["trial"])),
                Text(channel),
                str(one["side"].to_numpy()[row]),
                Text(str(one["muscles"].to_numpy()[row])),
                _cell(one, "correlation", row, ".2f"),
                _cell(one, "lag", row, "+.0f", _MILLISECONDS),
                _cell(one, "correlation_at_lag", row, ".2f"),
                _cell(one, "agreement", row, ".0f", 100.0),
            )
    console.print(table)
    for note in notes:
        console.print(Text(note), style="dim")


def _cell(one: xr.Dataset, name: str, row: int, digits: str, factor: float = 1.0) -> str:
    value = float(one[name].to_numpy()[row])
    return answer(factor * value, digits)


def scores_to_csv(trials: Sequence[xr.Dataset], path: Path) -> None:
    """Write the scores, one row per channel; an empty cell for no answer.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_sheet(path, _HEADER, _scores(trials))


def _scores(trials: Sequence[xr.Dataset]) -> Iterator[list[str]]:
    for one in trials:
        labels = [one[name].to_numpy() for name in ("channel", "side", "muscles")]
        values = [one[name].to_numpy() for name in ("correlation", "lag", "correlation_at_lag", "agreement")]
        for row, numbers in enumerate(np.column_stack(values)):
            yield [one.attrs["trial"], *(str(label[row]) for label in labels), *map(number, numbers)]


def curves_to_csv(trials: Sequence[xr.Dataset], path: Path) -> None:
    """Write every curve, one row per frame and channel; an empty cell for no answer.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    header = ("trial", "channel", "time [s]", "envelope [own maximum]", "activation [1]")
    write_sheet(path, header, _points(trials))


def _points(trials: Sequence[xr.Dataset]) -> Iterator[list[str]]:
    for one in trials:
        time = one["time"].to_numpy()
        envelope, activation = one["envelope"].to_numpy(), one["activation"].to_numpy()
        for row, channel in enumerate(map(str, one["channel"].to_numpy())):
            for point in zip(time, envelope[row], activation[row], strict=True):
                yield [one.attrs["trial"], channel, *map(number, point)]


def picture(one: xr.Dataset) -> str:
    """SVG of one trial, a panel per channel: envelope and activation, each over its maximum in the window."""
    time = one["time"].to_numpy()
    panels = []
    for row, channel in enumerate(map(str, one["channel"].to_numpy())):
        curves = []
        for label, name in (("electromyogram", "envelope"), ("activation", "activation")):
            values = one[name].to_numpy()[row]
            most = float(np.nanmax(values, initial=0.0))
            if most > 0.0:
                curves.append(Curve(label, time, values / most))
        r, lag = _cell(one, "correlation", row, ".2f"), _cell(one, "lag", row, "+.0f", _MILLISECONDS)
        title = f"{channel.replace('_', ' ')}, {one['side'].to_numpy()[row]}: r = {r}, lag {lag} ms"
        panels.append(Panel(title, tuple(curves), zero=True))
    return draw(
        panels,
        title=f"{one.attrs['trial']}: activation against electromyogram",
        x_label="time [s]",
        y_label="share of own maximum [1]",
        remarks=[str(one.attrs["notes"][0])],
    )
