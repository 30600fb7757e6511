"""The table that a run prints: units in its headers, every caveat below it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.report.answers import NO_ANSWER, answer
from retrogait.report.sensitivity import VARIED
from retrogait.report.summary import Row

_MARK = "†"
_WIDE = 126  # columns of text that hold the whole table; a narrower screen gets it in two
_NAMED = 3  # trials that a footnote lists in full
_ASSUMED = {
    "predicted": "predicted: nobody walked this, the motion is the optimum of an assumed cost",
    "synthetic": "synthetic: the input is made up, not a recording",
}


@dataclass(frozen=True, slots=True)
class _Column:
    field: str
    header: str
    digits: str
    span: tuple[str, str] | None = None
    criteria: tuple[str, ...] = ()


_CRITERIA = ("tibiofemoral_peak_plain", "tibiofemoral_peak_weighted")

_LOADS = (
    _Column(
        "tibiofemoral_peak",
        "tibio-\nfemoral\npeak\nBW",
        ".2f",
        ("tibiofemoral_low", "tibiofemoral_high"),
        _CRITERIA,
    ),
    _Column("tibiofemoral_impulse", "\n\nimpulse\nBW·s", ".2f"),
    _Column("patellofemoral_peak_geometry", "patello-\nfemoral\npeak\nBW", ".2f"),
    _Column(
        "patellofemoral_peak_closed_form",
        "\nclosed\nform\nBW",
        ".2f",
        ("patellofemoral_low", "patellofemoral_high"),
    ),
    _Column("patellofemoral_impulse_geometry", "\n\nimpulse\nBW·s", ".2f"),
    _Column("patellofemoral_impulse_closed_form", "\nclosed\nform\nBW·s", ".2f"),
    _Column("extension_moment_peak", "knee ext.\nmoment\npeak\nN·m/kg", ".2f"),
    _Column("quadriceps_activation_peak", "quadri-\nceps\npeak\n0 to 1", ".2f"),
    _Column("reserve_share", "largest\nreserve\n% of\nmoment", ".0%"),
)

_CYCLES = (
    _Column("stance_share", "\n\nstance\n%", ".0f"),
    _Column("cadence", "\ncad-\nence\n1/min", ".0f"),
    _Column("step_length", "\n\nstep\nm", ".2f"),
    _Column("tibiofemoral_loading_rate", "tibiof.\nloading\nrate\nBW/s", ".0f"),
    _Column("tibiofemoral_impulse", "tibiof.\nper\nstride\nBW·s", ".2f"),
    _Column("tibiofemoral_impulse_per_minute", "\nper\nminute\nBW·s", ".0f"),
    _Column("tibiofemoral_impulse_per_km", "\nper\nkm\nBW·s", ".0f"),
    _Column("patellofemoral_impulse", "pat.fem.\nper\nstride\nBW·s", ".2f"),
    _Column("patellofemoral_impulse_per_minute", "\nper\nminute\nBW·s", ".1f"),
    _Column("patellofemoral_impulse_per_km", "\nper\nkm\nBW·s", ".0f"),
)
"""Measures of the complete cycles of a leg."""


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
    for group in [_LOADS] if wide else [_LOADS[:4], _LOADS[4:]]:
        console.print(_table(rows, group, f"Knee loads{caveat}", wide=wide))
    walked = [row for row in rows if row.cycles]
    if walked:
        title = "Complete cycles, mean, and what one knee takes up in them"
        for group in [_CYCLES] if wide else [_CYCLES[:4], _CYCLES[4:]]:
            console.print(_table(walked, group, title, wide=wide))
    for line in _footnotes(rows):
        console.print(Text(line), style="dim")


def _table(rows: Sequence[Row], columns: Sequence[_Column], title: str, *, wide: bool) -> Table:
    table = Table(title=title, title_justify="left", pad_edge=False, box=None, padding=(0, 1, 0, 0))
    longest = max((len(row.trial) + 2 * (row.origin in _ASSUMED) for row in rows), default=0)
    table.add_column("trial", overflow="fold", min_width=min(longest, 22 if wide else 7))
    for header in ("walk", "side"):
        table.add_column(header, no_wrap=True)
    for column in columns:
        table.add_column(column.header, justify="right", no_wrap=True)
    cycled = columns[0] in _CYCLES
    table.add_column("\n\n\ncycles" if cycled else "\nframes\nfailed\nof all", justify="right", no_wrap=True)
    for trial, of_trial in groupby(rows, key=lambda row: row.trial):
        for number, same in enumerate(_alike(of_trial, _CYCLES if cycled else _LOADS)):
            row = same[0]
            name = "" if number else trial + (f" {_MARK}" if row.origin in _ASSUMED else "")
            failed = Text(f"{row.frames_failed}/{row.frames}", style="red" if row.frames_failed else "")
            table.add_row(
                Text(name),
                "" if number else _walk(row),
                row.side if len(same) == 1 else "both",
                *(_shown(row, column) for column in columns),
                str(row.cycles) if cycled else failed,
            )
    return table


def _alike(rows: Iterable[Row], columns: Sequence[_Column]) -> list[list[Row]]:
    """Sides of one trial that show the same numbers, as those of a mirrored stride do."""
    lines: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        lines.setdefault(tuple(_shown(row, column) for column in columns), []).append(row)
    return list(lines.values())


def _assumed(rows: Iterable[Row]) -> list[str]:
    """Return the origins among the rows that are no recording."""
    return sorted({row.origin for row in rows} & _ASSUMED.keys())


def _walk(row: Row) -> str:
    incline = f" {row.incline:+g}°" if row.incline else ""
    return f"{row.direction} {answer(row.speed, 'g')} m/s{incline}"


def _shown(row: Row, column: _Column) -> str:
    """Number, and below it what it is by each sharing criterion, and its span with other assumptions."""
    value = row.measures.get(column.field, math.nan) if column in _CYCLES else getattr(row, column.field)
    lines = [answer(value, column.digits)]
    if column.criteria and _compared(row):
        lines.append("/".join(f"{getattr(row, field):.1f}" for field in column.criteria))
    if column.span is not None:
        low, high = (getattr(row, field) for field in column.span)
        lines += [f"{low:.1f}–{high:.1f}"] if math.isfinite(low) else []
    return "\n".join(lines)


def _compared(row: Row) -> bool:
    """Whether a row has its peak by both sharing criteria."""
    return all(math.isfinite(getattr(row, field)) for field in _CRITERIA)


def _footnotes(rows: Sequence[Row]) -> Iterator[str]:
    """Lines that say what the numbers are, what they rest on and what is missing."""
    yield (
        "BW = body weight. Impulses among the knee loads run over the whole window, not over one stride. "
        "Patellofemoral: by the model's geometry, and by the closed form."
    )
    if any(row.cycles for row in rows):
        yield "A cycle is from initial contact to the next. Its patellofemoral loads are by the closed form."
    if any(map(_compared, rows)):
        named = " and ".join(sorted({row.sharing for row in rows if row.sharing}))
        yield (
            f"Muscles share the load by the {named} criterion. Below a tibiofemoral peak: the same with "
            "plain / with weighted sharing; their gap is the least that is not known of it."
        )
    if any(math.isfinite(row.tibiofemoral_low) for row in rows):
        yield f"Below a predicted peak: its span {VARIED}."
    for key in _assumed(rows):
        yield f"{_MARK} {_ASSUMED[key]}."
    yield from notes_of(rows)


def notes_of(rows: Sequence[Row]) -> Iterator[str]:
    """Remarks on the rows, one line each, with the trials that it is about."""
    remarks: dict[str, dict[str, None]] = {}
    for row in rows:
        for remark in _remarks(row):
            remarks.setdefault(remark, {})[row.trial] = None
    for remark, trials in remarks.items():
        yield f"{_together(list(trials), len({row.trial for row in rows}))}: {remark}"


def _remarks(row: Row) -> Iterator[str]:
    if row.frames_failed:
        yield f"{row.frames_failed} of {row.frames} frames failed and are left out."
    said = f"the trial is {row.origin}, not recorded"  # the mark says it already
    yield from (note for note in row.notes if note != said)
    if not row.notes and _has_gap(row):
        yield f"{NO_ANSWER} stands for no answer; the result gives no reason."


def _together(trials: list[str], of: int) -> str:
    """Trials that one remark is about, in few words: `summary.csv` has them all."""
    if len(trials) <= _NAMED:
        return ", ".join(trials)
    return (
        f"all {of} trials" if len(trials) == of else f"{trials[0]} and {len(trials) - 1} of {of - 1} others"
    )


def _has_gap(row: Row) -> bool:
    return any(math.isnan(getattr(row, column.field)) for column in _LOADS)
