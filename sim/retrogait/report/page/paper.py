"""How a table stands on a sheet of paper: upright or broad, in what type, and which columns find room.

A browser that is short of room breaks words, or cuts what is left over. So the room that each column needs is
estimated from its longest word, and the type chosen such that none is broken; what does not fit in type that
can be read is left to the CSV, and the page says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrogait.report.page.parts import Table

UPRIGHT, BROAD = 690.0, 950.0
"""Widths between the margins of a sheet, the narrower of A4 and US letter, less a little [px]."""

LARGEST, SMALLEST = 11.0, 6.8
"""Type of a table on paper [px]: 96 px are an inch, so 8.25 and 5.1 points."""

READABLE = 9.0
"""Type below which an upright table is turned rather than made smaller still [px]."""

PROSE = 24
"""Cells of more characters than this are wrapped between their words."""

_WIDTH = 0.58
"""Of a character, on average over the words of a column in the widest of common typefaces [em]."""
_GAP = 0.6
"""Between two columns [em]."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table stands on paper.

    Attributes
    ----------
    broad
        Whether the sheet is turned.
    type
        Size of the letters [px].
    columns
        How many find room, from the first.
    """

    broad: bool
    type: float
    columns: int


def fit(table: Table, cells: Sequence[Sequence[str]]) -> Fit:
    """Choose sheet and type.

    Parameters
    ----------
    table
        With its headings.
    cells
        Texts of every column, as they are shown.
    """
    widths = [
        _GAP + _WIDTH * max(_longest([one.header]), _needed(texts))
        for one, texts in zip(table.columns, cells, strict=True)
    ]
    upright = UPRIGHT / (sum(widths) or 1.0)
    if upright >= READABLE:
        return Fit(broad=False, type=min(LARGEST, upright), columns=len(widths))
    turned = BROAD / sum(widths)
    if turned >= SMALLEST:
        return Fit(broad=True, type=min(LARGEST, turned), columns=len(widths))
    kept, total = 0, 0.0
    for width in widths:
        total += width
        if total * SMALLEST > BROAD:
            break
        kept += 1
    return Fit(broad=True, type=SMALLEST, columns=max(kept, 1))


def _needed(texts: Sequence[str]) -> int:
    """Characters that a column must have room for in a row."""
    longest = max(map(len, texts), default=0)
    return longest if longest <= PROSE else max(PROSE, _longest(texts))


def _longest(texts: Iterable[str]) -> int:
    """Characters of the longest word."""
    return max((len(word) for text in texts for word in text.split()), default=0)
