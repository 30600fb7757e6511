"""A comparison on the terminal: one line where all is well, else a sentence and a table of what moved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from retrogait.baseline.causes import causes
from retrogait.baseline.compare import Check, Comparison
from retrogait.baseline.explain import headline, others, place, words
from retrogait.baseline.markdown import numbers, worst_by_condition
from retrogait.io.text import many

ROWS = 12
"""Conditions in the table; the JUnit and Markdown files have all."""


def render(comparison: Comparison, console: Console) -> None:
    """Print a comparison."""
    console.print(Text(f"{headline(comparison)}."), style="" if comparison.passed else "bold")
    if not comparison.moved:
        return
    rows = worst_by_condition(comparison)
    console.print(_table(rows[:ROWS]))
    if len(rows) > ROWS:
        console.print(Text(f"and {many(len(rows) - ROWS, 'more condition')}"), style="dim")
    if told := others(comparison):
        console.print(Text(told), style="dim")
    for cause in causes(comparison):
        console.print(Text(f"differs: {cause}"), style="dim")


@contextmanager
def reading(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how many results of how many are read; it shows on a terminal only."""
    columns = (TextColumn("reading results"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _table(rows: list[Check]) -> Table:
    table = Table(title="Worst load of each condition", title_justify="left", box=None, pad_edge=False)
    for header in ("condition", "load", "where"):
        table.add_column(header, overflow="fold")
    for header in ("baseline", "now", "change", "tolerance"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("moved most by")
    for check in rows:
        table.add_row(
            Text(check.condition),
            Text(", ".join(filter(None, [words(check.quantity), check.muscle or check.side]))),
            Text(check.note or place(check)),
            *numbers(check),
            Text(check.mover.muscle if check.mover else ""),
        )
    return table
