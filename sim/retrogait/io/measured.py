"""Knee forces that an instrumented implant measured, over one gait cycle (`.csv`)."""

import csv
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.text import read_text_bytes, shown

COLUMNS = ("gait_cycle_percent", "medial_N", "lateral_N", "total_N")


@dataclass(frozen=True, eq=False)
class MeasuredForce:
    """Tibiofemoral force over one gait cycle of one leg, compression positive.

    Attributes
    ----------
    path
        File read.
    cycle : (row,)
        Strictly increasing from 0 to 100 [% of the gait cycle].
    medial, lateral, total : (row,)
        Force on each side of the tibial tray, and of both [N].
    digest
        SHA-256 of the file.
    """

    path: Path
    cycle: Floats
    medial: Floats
    lateral: Floats
    total: Floats
    digest: str


def read_measured(path: Path | str) -> MeasuredForce:
    """Read a measured knee force.

    Parameters
    ----------
    path
        Comma-separated table with the columns of `COLUMNS` in any order, one row per sample.

    Raises
    ------
    FileError
        The columns are others, a cell is no finite number, or the rows do not run from 0 to 100 %.
    """
    path = Path(path)
    text, digest = read_text_bytes(path)
    try:
        rows = csv.reader(text.decode("utf-8").splitlines(), strict=True)
        header = [label.strip() for label in next(rows, [])]
        _require_columns(path, header)
        values = [_numbers(path, rows.line_num, header, row) for row in rows if row]
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except csv.Error as error:
        raise FileError(f"{path}: line {rows.line_num}: not a comma-separated row ({error})") from None
    table = np.array(values, dtype=np.float64).reshape(-1, len(COLUMNS))
    column = {label: np.ascontiguousarray(table[:, i]) for i, label in enumerate(header)}
    cycle = column["gait_cycle_percent"]
    _require_cycle(path, cycle)
    return MeasuredForce(path, cycle, column["medial_N"], column["lateral_N"], column["total_N"], digest)


def _require_columns(path: Path, header: list[str]) -> None:
    if sorted(header) == sorted(COLUMNS):
        return
    lacking = [label for label in COLUMNS if label not in header]
    strange = [shown(label) for label in header if label not in COLUMNS]
    faults = [f"lacks {', '.join(lacking)}"] if lacking else []
    faults += [f"has {', '.join(strange)}"] if strange else []
    raise FileError(
        f"{path}: line 1: {' and '.join(faults) or 'names a column twice'}, "
        f"expected the columns {','.join(COLUMNS)}"
    )


def _numbers(path: Path, line: int, header: list[str], row: list[str]) -> list[float]:
    if len(row) != len(header):
        raise FileError(f"{path}: line {line}: {len(row)} cells, expected {len(header)}")
    numbers = []
    for label, cell in zip(header, row, strict=True):
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise FileError(
                f"{path}: line {line}, column {shown(label)}: found {shown(cell)}, expected a "
                "finite number; a gap cannot be compared with"
            )
        numbers.append(number)
    return numbers


def _require_cycle(path: Path, cycle: Floats) -> None:
    if cycle.size < 2 or cycle[0] != 0.0 or cycle[-1] != 100.0:
        found = f"from {cycle[0]:g} to {cycle[-1]:g}" if cycle.size else "no rows"
        raise FileError(
            f"{path}: gait_cycle_percent: found {found}, expected rows from 0 to 100 %, one whole cycle"
        )
    for before, after in pairwise(cycle):
        if after <= before:
            raise FileError(
                f"{path}: gait_cycle_percent: {after:g} % follows {before:g} %, expected increasing rows"
            )
