"""Tables of metadata: one row per trial, a header with units, as spreadsheets save them (`.csv`, `.tsv`)."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from retrogait.errors import FileError
from retrogait.io.text import read_text_bytes, shown

MAX_BYTES = 1 << 26
"""Largest table read [byte]: a million rows of some cells each."""

_DELIMITERS = (",", ";", "\t")
_HEADER = re.compile(r"(.*?)\s*(?:[\[(]([^\[\]()]*)[\])])?")


class Column(NamedTuple):
    """One column.

    name  : its header without the unit
    label : its header as it is written
    unit  : what stands in brackets at the end of the header, or nothing
    """

    name: str
    label: str
    unit: str


class Row(NamedTuple):
    """One row.

    number : in the file, the header being the first
    cells  : column name to text without blanks around it, empty where there is none
    """

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, eq=False)
class Metadata:
    """A table of metadata.

    Attributes
    ----------
    path
        File read.
    columns
        In the order of the file.
    rows
        Those that hold anything.
    """

    path: Path
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def read_metadata(path: Path | str) -> Metadata:
    """Read a table of metadata.

    Commas, semicolons or tabs separate the cells, whichever the header has most of. ``speed [m/s]`` and
    ``speed (m/s)`` are the column ``speed`` with a unit.

    Raises
    ------
    FileError
        The file cannot be read, has no rows, names a column twice or not at all, or has a row of another
        length.
    """
    path = Path(path)
    raw, _ = read_text_bytes(path, MAX_BYTES)
    try:
        lines = raw.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 text (byte {error.start}); save it as CSV UTF-8") from None
    delimiter = max(_DELIMITERS, key=lines[0].count)
    rows: list[Row] = []
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        columns = _columns(path, next(reader, []))
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) != len(columns):
                raise FileError(
                    f"{path}: row {reader.line_num}: {len(cells)} cells, "
                    f"expected {len(columns)} as in the header"
                )
            named = {column.name: cell for column, cell in zip(columns, cells, strict=True)}
            rows.append(Row(reader.line_num, named))
    except csv.Error as error:
        raise FileError(f"{path}: row {reader.line_num}: not a row of cells ({error})") from None
    if not rows:
        raise FileError(f"{path}: has no rows below its header")
    return Metadata(path, columns, tuple(rows))


def _columns(path: Path, header: list[str]) -> tuple[Column, ...]:
    columns = []
    for label in map(str.strip, header):
        match = _HEADER.fullmatch(label)
        name, unit = (match[1].strip(), (match[2] or "").strip()) if match else (label, "")
        if not name:
            raise FileError(f"{path}: row 1: a column has no name, expected one in every cell")
        columns.append(Column(name, label, unit))
    for name, count in Counter(column.name for column in columns).items():
        if count > 1:
            raise FileError(f"{path}: row 1: {count} columns are called {shown(name)}")
    return tuple(columns)
