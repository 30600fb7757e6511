"""What a page is made of: tables of numbers, charts that refer to them, sections that hold both.

No number is stored twice: an array of a Plotly trace is a reference to a column of the chart's table, which
the page resolves, and the same table is what the reader downloads as CSV.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from retrogait.errors import ResultError

Reference: TypeAlias = dict[str, Any]
"""Stands in a trace for an array of the table; made by `column`."""

COLOURS = ("forward", "retro", "ink", "soft", "line", "card", "paper", "good", "bad", "mixed")
"""Colours that a trace or layout names: ``{"color": "@forward"}``, or ``@forward-soft`` for its pale tone.

The page replaces them by those of the reader's scheme, light or dark, also when it changes.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one quantity.

    Attributes
    ----------
    name
        Header of the CSV and what `column` refers to; unique in its table.
    unit
        As written beside the name; "" or "1" where there is none.
    values
        (row,) numbers, or text. Numbers keep the precision of their array: float32 stays float32.
    """

    name: str
    unit: str
    values: npt.NDArray[Any] | Sequence[str]

    @property
    def numbers(self) -> npt.NDArray[Any] | None:
        """Values as numbers; None for text."""
        if not len(self.values) and not isinstance(self.values, np.ndarray):
            return None  # an empty list is of text, as numbers come in arrays
        array = np.asarray(self.values)
        return array if array.dtype.kind in "fiub" else None

    @property
    def header(self) -> str:
        """Name and unit, as in the CSV."""
        return self.name if self.unit in {"", "1"} else f"{self.name} [{self.unit}]"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length.

    Attributes
    ----------
    id
        Unique in the page, letters, digits and hyphens; also the name of the CSV file.
    title
        What it holds.
    columns
        In the order of the CSV.

    Raises
    ------
    ResultError
        Two columns share a name or differ in length.
    """

    id: str
    title: str
    columns: Sequence[Column]

    def __post_init__(self) -> None:
        """Refuse what no reader could tell apart."""
        names = [one.name for one in self.columns]
        if len(set(names)) < len(names):
            raise ResultError(f"table {self.id}: two columns share a name")
        if len({len(one.values) for one in self.columns}) > 1:
            raise ResultError(f"table {self.id}: its columns differ in length")

    def __getitem__(self, name: str) -> Column:
        """Column of that name."""
        for one in self.columns:
            if one.name == name:
                return one
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing whose every number is in its table.

    Attributes
    ----------
    id
        Unique in the page, letters, digits and hyphens.
    title
        Heading above the drawing; says so where it shows predictions.
    caption
        Plain text below: what is drawn, how to read it, where it is from.
    traces
        Plotly traces as JSON; arrays are made by `column`. A colour may be a word, see `COLOURS`.
    layout
        Plotly layout as JSON; font, colours of axes and background are set by the page.
    table
        What is drawn.
    alt
        One sentence for who cannot see the drawing; the title where empty.
    height
        Of the drawing [px].
    """

    id: str
    title: str
    caption: str
    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    table: Table
    alt: str = ""
    height: int = 360
    extra: Mapping[str, Any] = field(default_factory=dict)
    """For the page's own script, JSON; sections of other modules leave it empty."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under one heading.

    Attributes
    ----------
    id
        Unique in the page; the target of the contents.
    title
        Heading.
    html
        What stands under the heading before the charts; HTML, its texts escaped already.
    charts
        In order.
    tables
        Without a drawing, in order; each becomes a sortable table after the charts.
    downloads
        Not shown: ``html`` holds a button for each, see `csv_button`.
    """

    id: str
    title: str
    html: str = ""
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    downloads: Sequence[Table] = ()


def csv_button(table: Table) -> str:
    """HTML of the button that downloads a table."""
    return (
        f'<button type="button" class="csv" data-table="{escape(table.id)}">CSV'
        f'<span class="unseen"> of {escape(table.title)}</span></button>'
    )


def column(name: str, rows: tuple[int, int] | None = None, shape: tuple[int, int] | None = None) -> Reference:
    """Stand in a trace for the values of a column.

    Parameters
    ----------
    name
        Of the column.
    rows
        First row, and the row after the last; all where None.
    shape
        (rows, columns) to fold the values into, row by row, as ``z`` of a surface wants them.
    """
    reference: Reference = {"$column": name}
    if rows is not None:
        reference["rows"] = list(rows)
    if shape is not None:
        reference["shape"] = list(shape)
    return reference
