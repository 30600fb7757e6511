"""The table of a validation: how far an estimated knee force is from a measured one."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.io.sheet import number, write_sheet
from retrogait.report.answers import answer

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


NO_SCORE = Score(math.nan, math.nan, math.nan, math.nan, math.nan)
"""Of what was not compared."""


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
    medial, lateral
        Scores of the force on either compartment, where the analysis has them.
    """

    variant: str
    trial: str
    side: str
    axial: Score
    resultant: Score
    points: int
    frames: int
    frames_failed: int
    medial: Score = NO_SCORE
    lateral: Score = NO_SCORE


KINDS = ("axial", "resultant", "medial", "lateral")
"""Scores of an `Agreement`."""

_FIELDS = {
    "rmse": "RMSE [BW]",
    "first_peak": "first peak error [BW]",
    "second_peak": "second peak error [BW]",
    "peak": "peak error [BW]",
    "r_squared": "R2 [1]",
}


def render(
    rows: Sequence[Agreement],
    notes: Iterable[str],
    console: Console | None = None,
    *,
    base: str = "base",
) -> None:
    """Print every trial of the plain analysis, what each choice alone changes, and what the numbers rest on.

    Parameters
    ----------
    rows
        Trials and means.
    notes
        One line each.
    console
        Where to print; standard output when None.
    base
        Variant that the others are compared with.
    """
    console = console or Console()
    trials = [row for row in rows if row.variant == base]
    console.print(_table(trials, "Estimated against measured tibiofemoral force", "trial", base))
    last = {row.variant: row for row in rows}  # the mean, where there is more than one trial
    if len(last) > 1:
        title = "Effect of each choice alone, mean of trials"
        console.print()
        console.print(_table(list(last.values()), title, "choice", base))
    for note in notes:
        console.print(Text(note), style="dim")


def _table(rows: Sequence[Agreement], title: str, first: str, base: str) -> Table:
    """A line per trial, or per variant with its change against the base."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(f"\n\n{first}", overflow="fold")
    table.add_column("\n\nside", no_wrap=True)
    by_variant = first == "choice"
    compartments = any(math.isfinite(row.medial.rmse) for row in rows)
    headers = ["axial\nRMSE\nBW", *(["\nchange\nBW"] if by_variant else []), "\n1st peak\nBW",
               "\n2nd peak\nBW", "\npeak\nBW", "\nR²\n1", "resultant\nRMSE\nBW", "\npeak\nBW",
               *(["medial\nRMSE\nBW", "\nR²\n1", "lateral\nRMSE\nBW", "\nR²\n1"] if compartments else []),
               "\nfailed\nframes"]  # fmt: skip
    for header in headers:
        table.add_column(header, justify="right", no_wrap=True)
    plain = next((row.axial.rmse for row in rows if row.variant == base), math.nan)
    for row in rows:
        is_base = row.variant == base
        change = math.nan if is_base else row.axial.rmse - plain
        table.add_row(
            Text(row.variant if by_variant else row.trial),
            row.side,
            answer(row.axial.rmse, ".3f"),
            *([answer(change, "+.3f")] if by_variant else []),
            *(answer(getattr(row.axial, name), "+.2f") for name in ("first_peak", "second_peak", "peak")),
            answer(row.axial.r_squared, ".2f"),
            answer(row.resultant.rmse, ".3f"),
            answer(row.resultant.peak, "+.2f"),
            *(
                answer(getattr(score, name), ".2f")
                for score in (row.medial, row.lateral)
                for name in ("rmse", "r_squared")
                if compartments
            ),
            Text(f"{row.frames_failed}/{row.frames}", style="red" if row.frames_failed else ""),
            style="bold" if (is_base if by_variant else row.trial == MEAN) else "",
        )
    return table


def to_csv(rows: Iterable[Agreement], path: Path) -> None:
    """Write the rows for a spreadsheet: units in the header, an empty cell for no answer.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    header = [
        "variant", "trial", "side",
        *(f"{kind} {text}" for kind in KINDS for text in _FIELDS.values()),
        "points", "frames", "frames failed",
    ]  # fmt: skip
    cells = (
        [
            row.variant, row.trial, row.side,
            *(number(getattr(getattr(row, kind), name)) for kind in KINDS for name in _FIELDS),
            row.points, row.frames, row.frames_failed,
        ]
        for row in rows
    )  # fmt: skip
    write_sheet(path, header, cells)
