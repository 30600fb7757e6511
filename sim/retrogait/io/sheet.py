"""Tables for a spreadsheet (`.csv`): a header with units, then rows; an empty cell for no answer."""

import csv
import math
from collections.abc import Iterable
from pathlib import Path

from retrogait.io.atomic import replacing


def write_sheet(path: Path, header: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    """Write a table whole or not at all.

    Parameters
    ----------
    path
        File to write, its folder made if need be.
    header
        Name of every column, with its unit.
    rows
        Cells; numbers as `number` writes them where fewer digits do.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    with replacing(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def number(value: float, digits: int = 6) -> str:
    """Cell with so many significant digits; empty for NaN and infinity."""
    return f"{value:.{digits}g}" if math.isfinite(value) else ""
