"""Measured strides beside published values: on the screen and as CSV."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.io.sheet import number, write_sheet
from retrogait.published import Comparison, Condition, Sense, SignTest, Verdict
from retrogait.report.answers import answer

UNSEEN = "*"
"""Behind the verdict of a value that nobody here has read at its source."""

_STYLES = {
    Verdict.INSIDE: "green",
    Verdict.BELOW: "yellow",
    Verdict.ABOVE: "yellow",
    Verdict.NO_VALUE: "dim",
    Sense.HOLDS: "green",
    Sense.FAILS: "yellow",
    Sense.UNTESTABLE: "dim",
}
HEAD = ("measure", "stride", "published", "unit", "verdict", "kind", "source")
SIGN_HEAD = ("retro measure", "expected", "against", "other", "retro", "verdict", "source")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of words, for the screen and for a page.

    Attributes
    ----------
    title, head, rows
        As many cells in every row as in the head.
    notes
        Below it.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def inside_share(rows: Iterable[Comparison]) -> tuple[int, int]:
    """How many rows are inside, of how many that count.

    A row counts where its published number was seen and the stride has a value.
    """
    counted = [row for row in rows if row.counts]
    return sum(row.verdict == Verdict.INSIDE for row in counted), len(counted)


def summary_of(rows: Sequence[Comparison]) -> str:
    """One line: shares of inside by kind of row, and what did not count."""
    parts = []
    for kind, what in (("bar", "acceptance bands"), ("reference", "published values")):
        inside, counted = inside_share(row for row in rows if row.kind == kind)
        if counted:
            parts.append(f"inside {inside} of {counted} {what} ({inside / counted:.0%})")
    missing = sum(row.verdict == Verdict.NO_VALUE for row in rows)
    unseen = sum(not row.counts for row in rows) - missing
    if missing:
        parts.append(f"{missing} without a value of the stride")
    if unseen:
        parts.append(f"{unseen} not counted, because the published number was not seen ({UNSEEN})")
    if not any(row.kind == "reference" for row in rows):
        parts.append("nothing published for this condition")
    return "; ".join(parts)


def signs_summary(tests: Sequence[SignTest]) -> str:
    """One line: how many of the orders hold, of those that can be tested and were seen."""
    tested = [one for one in tests if one.sense != Sense.UNTESTABLE and one.source.seen]
    holding = sum(one.sense == Sense.HOLDS for one in tested)
    left = len(tests) - len(tested)
    return f"{holding} of {len(tested)} published orders hold" + (f"; {left} not testable" if left else "")


def render(
    conditions: Mapping[Condition, Sequence[Comparison]],
    signs: Mapping[Condition, Sequence[SignTest]] | None = None,
    console: Console | None = None,
    *,
    beside: Mapping[Condition, Mapping[str, str]] | None = None,
) -> None:
    """Print a table for every condition, and for every pair of directions.

    Parameters
    ----------
    conditions
        Rows of `retrogait.published.compare` by condition; one without rows says so.
    signs
        Rows of `retrogait.published.compare_signs` by the retro condition.
    console
        Where to print; standard output when None.
    beside
        What else to show beside the value of a measure, by condition and measure.
    """
    console = console or Console()
    for condition, rows in conditions.items():
        if rows:
            extra = (beside or {}).get(condition, {})
            table = (([*cells(row, extra), cited(row)], row.verdict) for row in rows)
            console.print(_table(str(condition), HEAD, table))
        else:
            console.print(Text(str(condition), style="italic"))
        console.print(Text(summary_of(rows), style="bold"))
    for condition, tests in (signs or {}).items():
        title = f"{condition} against forward"
        cells_of = (([*sign_cells(one), cited(one)], one.sense) for one in tests)
        console.print(_table(title, SIGN_HEAD, cells_of))
        console.print(Text(signs_summary(tests), style="bold"))


def _table(title: str, head: Sequence[str], rows: Iterable[tuple[list[str], Verdict | Sense]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, expand=True)
    for name in head:
        right = name in {"stride", "published", "other", "retro"}
        cites = name == "source"  # whole in Markdown and CSV; on a screen it gets what is left
        table.add_column(
            name,
            justify="right" if right else "left",
            overflow="ellipsis",
            no_wrap=True,
            ratio=1 if cites else None,
        )
    verdict = head.index("verdict")
    for cells, outcome in rows:
        table.add_row(
            *(
                Text(cell, style=_STYLES[outcome] if place == verdict else "")
                for place, cell in enumerate(cells)
            )
        )
    return table


def render_grid(grid: Grid, console: Console) -> None:
    """Print a table of words and its notes."""
    table = Table(title=grid.title, title_justify="left", box=None, pad_edge=False)
    for place, name in enumerate(grid.head):
        table.add_column(name, overflow="fold", no_wrap=place == 0)
    for row in grid.rows:
        table.add_row(*map(Text, row))
    console.print(table)
    for note in grid.notes:
        console.print(Text(note, style="dim"))


def cited(row: Comparison | SignTest) -> str:
    """Id of a published value and where it comes from."""
    return f"{row.row}: {row.source.citation}"


def cells(row: Comparison, beside: Mapping[str, str]) -> list[str]:
    """Cells of a comparison below `HEAD`, less the last."""
    mark = "" if row.source.seen else UNSEEN
    more = f" ({beside[row.measure]})" if row.measure in beside else ""
    return [
        row.measure,
        answer(row.value, ".3g") + more,
        _published(row),
        row.unit,
        row.verdict + mark,
        row.kind,
    ]


def sign_cells(one: SignTest) -> list[str]:
    """Cells of a sign test below `SIGN_HEAD`, less the last."""
    mark = "" if one.source.seen else UNSEEN
    return [
        one.measure,
        one.expect,
        one.against,
        answer(one.other, ".3g"),
        answer(one.retro, ".3g"),
        one.sense + mark + (f": {one.reason}" if one.reason else ""),
    ]


def _published(row: Comparison) -> str:
    """Mean and band, as far as there are any."""
    if math.isinf(row.low):
        return f"at most {row.high:.3g}"
    if math.isinf(row.high):
        return f"at least {row.low:.3g}"
    band = f"{row.low:.3g} to {row.high:.3g}"
    return band if math.isnan(row.published) else f"{row.published:.3g} ({band})"


def to_csv(conditions: Mapping[Condition, Sequence[Comparison]], path: Path) -> None:
    """Write every row for a spreadsheet; an empty cell for no answer and for no limit.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    head = (
        "direction", "speed [m/s]", "incline [deg]", "measure", "unit", "value", "published", "low", "high",
        "verdict", "counts", "kind", "row", "citation", "doi", "seen", "note",
    )  # fmt: skip
    write_sheet(
        path,
        head,
        (
            [
                condition.direction, f"{condition.speed:g}", f"{condition.incline:g}", row.measure, row.unit,
                *(number(value) for value in (row.value, row.published, row.low, row.high)),
                row.verdict, _yes(row.counts), row.kind, row.row,
                row.source.citation, row.source.doi, _yes(row.source.seen), row.source.note,
            ]
            for condition, rows in conditions.items()
            for row in rows
        ),
    )  # fmt: skip


def signs_to_csv(signs: Mapping[Condition, Sequence[SignTest]], path: Path) -> None:
    """Write every sign test for a spreadsheet, as `to_csv` does.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    head = (
        "speed [m/s]", "incline [deg]", "measure", "expected", "against", "other", "retro", "verdict",
        "reason", "row", "citation", "doi", "seen", "note",
    )  # fmt: skip
    write_sheet(
        path,
        head,
        (
            [
                f"{condition.speed:g}", f"{condition.incline:g}", one.measure, one.expect, one.against,
                number(one.other), number(one.retro), one.sense, one.reason, one.row,
                one.source.citation, one.source.doi, _yes(one.source.seen), one.source.note,
            ]
            for condition, tests in signs.items()
            for one in tests
        ),
    )  # fmt: skip


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
