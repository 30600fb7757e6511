"""Report cards on the terminal, one in full or many as a table of letters, and as a file."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.card.grade import NOT_GRADED, card_rows
from retrogait.io.sheet import write_sheet

if TYPE_CHECKING:
    from retrogait.card import Card

STYLES = {"A": "green", "B": "green", "C": "yellow", "D": "red", "F": "bold red"}
"""A second cue beside the letter."""

_HEADER = 12
"""Width at which the title of a check is broken into lines, so that names of trials are not."""


def render_card(card: "Card", console: Console | None = None) -> None:
    """Print one card: every check with what was found, the limit that decided, and what to do.

    Parameters
    ----------
    card
        Of `retrogait.card.grade`.
    console
        Where to print; standard output when None.
    """
    console = console or Console()
    table = Table(box=None, pad_edge=False, title=_title(card), title_justify="left")
    for header in ("", "check", "found", "decided by", "published limit"):
        table.add_column(header, overflow="fold")
    for mark in card.marks:
        if mark.grade == NOT_GRADED and not mark.check.decides:
            continue  # what it is shown beside says why
        words = (mark.check.title, mark.words, mark.limit, mark.published_limit)
        table.add_row(_letter(mark.grade), *map(Text, words))
    console.print(table)
    for mark in card.decided_by:
        console.print(Text(f"{mark.check.title}: {mark.check.advice}"))
    for note in card.notes:
        console.print(Text(f"note: {note}"))


def render_cards(cards: Sequence["Card"], console: Console | None = None) -> None:
    """Print many cards, one line each: the letters, and what decided."""
    console = console or Console()
    if not cards:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("trial", no_wrap=True)
    table.add_column("grade")
    for mark in cards[0].marks:
        table.add_column(mark.check.title, max_width=_HEADER)
    for card in cards:
        table.add_row(Text(card.trial), _letter(card.grade), *(_letter(mark.grade) for mark in card.marks))
    console.print(table)
    for note in dict.fromkeys(note for card in cards for note in card.notes):
        console.print(Text(f"note: {note}"))


def to_csv(cards: Sequence["Card"], path: Path) -> None:
    """Write the rows of `retrogait.card.card_rows`; what is not known is empty."""
    rows = card_rows(cards)
    cells = (
        ["" if isinstance(cell, float) and math.isnan(cell) else cell for cell in row.values()]
        for row in rows
    )
    write_sheet(path, rows[0] if rows else (), cells)


def _title(card: "Card") -> Text:
    return Text.assemble(
        f"{card.trial} ({card.origin}): ", _letter(card.grade), card.words.removeprefix(card.grade)
    )


def _letter(letter: str) -> Text:
    return Text(letter, style=STYLES.get(letter, "dim"))
