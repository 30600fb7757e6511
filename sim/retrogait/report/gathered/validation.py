"""Measured and estimated knee forces, as `retrogait validate` stored them."""

import csv
import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ResultError
from retrogait.report.gathered.labels import unit

CURVES, SCORES, RECORD = "curves.csv", "validation.csv", "validation.json"
"""Files that `retrogait validate` leaves."""

FORCE = "tibiofemoral_force"
"""Curve of the registry whose unit all of them have."""

ESTIMATES = ("axial", "resultant")


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """One trial under one set of choices.

    Attributes
    ----------
    variant, trial
        Names.
    percent
        (point,) of the cycle [%].
    measured, axial, resultant
        (point,) measured total, and the estimate along the tibia and as a whole, in the unit of `FORCE`; NaN
        where there is no answer.
    rmse, r_squared
        By estimate, as stored.
    """

    variant: str
    trial: str
    percent: Floats
    measured: Floats
    axial: Floats
    resultant: Floats
    rmse: dict[str, float]
    r_squared: dict[str, float]


@dataclass(frozen=True, eq=False, slots=True)
class Validation:
    """Everything of one folder.

    Attributes
    ----------
    name
        Of the experiment.
    compared
        In the order of the file: the plain analysis first.
    remarks
        What the reader of the numbers must know.
    digest
        SHA-256 of inputs, settings and curves: the same numbers, the same text.
    """

    name: str
    compared: tuple[Compared, ...]
    remarks: tuple[str, ...]
    digest: str


def is_validation(folder: Path) -> bool:
    """Whether a folder is of `retrogait validate` with measured forces."""
    return (folder / CURVES).is_file() and (folder / RECORD).is_file()


def read_validation(folder: Path) -> Validation:
    """Read curves, scores and record.

    Raises
    ------
    ResultError
        A file is absent or damaged, or a column is not what this program draws in the unit of the registry.
    """
    if not is_validation(folder):
        raise ResultError(
            f"{folder}: no {CURVES} and {RECORD} here; expected a folder of `retrogait validate EXPERIMENT`"
        )
    of = unit(FORCE)
    path = folder / CURVES
    rows = _rows(
        path, ["variant", "trial", "cycle [%]", *(f"{name} [{of}]" for name in ("measured", *ESTIMATES))]
    )
    scores = folder / SCORES
    numbers = [f"{name} {what}" for name in ESTIMATES for what in (f"RMSE [{of}]", "R2 [1]")]
    told = {(row[0], row[1]): row[2:] for row in _rows(scores, ["variant", "trial", *numbers])}
    found: dict[tuple[str, str], list[list[str]]] = {}
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(row[2:])
    compared = []
    for (variant, trial), points in found.items():
        values = np.array([[_number(cell, path) for cell in point] for point in points]).T
        score = [_number(cell, scores) for cell in told.get((variant, trial), [""] * len(numbers))]
        rmse, r_squared = (dict(zip(ESTIMATES, score[k::2], strict=True)) for k in (0, 1))
        percent, measured, axial, resultant = values
        compared.append(Compared(variant, trial, percent, measured, axial, resultant, rmse, r_squared))
    if not compared:
        raise ResultError(f"{path}: holds no curve; run the validation again")
    record = _record(folder / RECORD)
    told_again = json.dumps([record.get("parameters"), record.get("inputs")], sort_keys=True)
    digest = hashlib.sha256(told_again.encode() + path.read_bytes()).hexdigest()
    name = str(record.get("parameters", {}).get("name", folder.name))
    return Validation(name, tuple(compared), tuple(map(str, record.get("remarks", ()))), digest)


def _rows(path: Path, names: list[str]) -> list[list[str]]:
    """Cells of some columns, by row."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            header = list(reader.fieldnames or ())
            absent = [name for name in names if name not in header]
            if absent:
                raise ResultError(
                    f"{path}: has no column `{absent[0]}`, found {', '.join(header[:6])}: made by another "
                    "version, or changed since; run the validation again"
                )
            return [[row[name] or "" for name in names] for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ResultError(f"{path}: cannot be read as a table ({error})") from error


def _number(cell: str, path: Path) -> float:
    try:
        return float(cell) if cell else math.nan
    except ValueError:
        raise ResultError(f"{path}: found {cell!r}, expected a number; run the validation again") from None


def _record(path: Path) -> dict[str, dict[str, object]]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: not the record of a validation ({error}); run it again") from error
    if not isinstance(found, dict):
        raise ResultError(f"{path}: not the record of a validation; run it again")
    return found
