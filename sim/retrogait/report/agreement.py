"""The table of a validation: how far an estimated knee force is from a measured one."""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.io.atomic import replacing
from retrogait.report.summary import NO_ANSWER

MEAN = "mean"
"""What stands for the trial in the row of the mean over trials."""

FIRST_PEAK = (5.0, 35.0)
SECOND_PEAK = (36.0, 65.0)
"""Parts of the gait cycle in which the two peaks of walking are looked for [%]."""


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement of two curves over the gait cycle; NaN where there is no answer.

    Attributes
    ----------
    rmse
        Root mean square of estimate less measurement [BW].
    first_peak, second_peak, peak
        Largest estimate less largest measurement: in `FIRST_PEAK`, in `SECOND_PEAK`, overall [BW].
    r_squared
        Squared correlation [1]: the likeness of the shapes, blind to level and scale.
    """

    rmse: float
    first_peak: float
    second_peak: float
    peak: float
    r_squared: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """One trial under one set of choices, or the mean over trials.

    Attributes
    ----------
    variant, trial, side
        Which; the trial is `MEAN` in a mean.
    axial, resultant
        Scores of the force along the tibia (y, compression positive) and of its magnitude, both
        against the measured total.
    points
        Points of the cycle that were compared.
    frames, frames_failed
        Frames in the result, and those left out.
    """

    variant: str
    trial: str
    side: str
    axial: Score
    resultant: Score
    points: int
    frames: int
    frames_failed: int


_FIELDS = {
    "rmse": "RMSE [BW]",
    "first_peak": "first peak error [BW]",
    "second_peak": "second peak error [BW]",
    "peak": "peak error [BW]",
    "r_squared": "R2 [1]",
}


def render(rows: Sequence[Agreement], notes: Iterable[str], console: Console | None = None) -> None:
    """Print the table with its means, and below it what the numbers are and rest on.

    Parameters
    ----------
    rows
        Trials and means, in the order to print.
    notes
        One line each.
    console
        Where to print; standard output when None.
    """
    console = console or Console()
    table = Table(
        title="Estimated against measured tibiofemoral force",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for header in ("\n\nvariant", "\n\ntrial", "\n\nside"):
        table.add_column(header, overflow="fold")
    for header in (
        "axial\nRMSE\nBW",
        "\n1st peak\nBW",
        "\n2nd peak\nBW",
        "\npeak\nBW",
        "\nR²\n1",
        "resultant\nRMSE\nBW",
        "\npeak\nBW",
        "\nR²\n1",
        "\nfailed\nframes",
    ):
        table.add_column(header, justify="right", no_wrap=True)
    before = ""
    for row in rows:
        failed = Text(f"{row.frames_failed}/{row.frames}", style="red" if row.frames_failed else "")
        table.add_row(
            Text("" if row.variant == before else row.variant),
            Text(row.trial),
            row.side,
            _cell(row.axial.rmse, ".3f"),
            *(_cell(getattr(row.axial, name), "+.2f") for name in ("first_peak", "second_peak", "peak")),
            _cell(row.axial.r_squared, ".2f"),
            _cell(row.resultant.rmse, ".3f"),
            _cell(row.resultant.peak, "+.2f"),
            _cell(row.resultant.r_squared, ".2f"),
            failed,
            style="bold" if row.trial == MEAN else "",
            end_section=row.trial == MEAN,
        )
        before = row.variant
    console.print(table)
    for note in notes:
        console.print(Text(note), style="dim")


def _cell(value: float, digits: str) -> str:
    return format(value, digits) if math.isfinite(value) else NO_ANSWER


def to_csv(rows: Iterable[Agreement], path: Path) -> None:
    """Write the rows for a spreadsheet: units in the header, an empty cell for no answer.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    kinds = ("axial", "resultant")
    with replacing(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["variant", "trial", "side"]
            + [f"{kind} {text}" for kind in kinds for text in _FIELDS.values()]
            + ["points", "frames", "frames failed"]
        )
        for row in rows:
            scores = [getattr(getattr(row, kind), name) for kind in kinds for name in _FIELDS]
            writer.writerow(
                [row.variant, row.trial, row.side]
                + [f"{value:.6g}" if math.isfinite(value) else "" for value in scores]
                + [row.points, row.frames, row.frames_failed]
            )
