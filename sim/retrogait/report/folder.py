"""A results folder as reports read it: every condition at a glance, its numbers only when asked for.

`retrogait run` leaves results.h5 (measures and mean curves of all conditions), one file per condition with
every frame, manifest.json and failures.csv. `open_folder` reads names, labels and statuses and leaves the
arrays where they are, so that a study of a thousand conditions opens as fast as one of ten.
"""

import csv
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xarray as xr

from retrogait.collection import FORMAT
from retrogait.errors import ResultError
from retrogait.io.results import read_attributes, read_result

COLLECTION, MANIFEST, FAILURES = "results.h5", "manifest.json", "failures.csv"
"""Files of a results folder beside one per condition."""

STORED = "stored"
"""Status of a condition that has a result."""

PREDICTED = "predicted"
"""Origin of a motion that nobody walked."""

_OWN = ("direction", "speed", "incline", "origin", "status", "key", "seconds", "frames", "frames_failed")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a study.

    Attributes
    ----------
    row
        Of the collection.
    name
        Also of the result file.
    status
        `STORED`, or why there are no numbers.
    direction, speed, incline
        Which walk; m/s and deg, positive uphill in the direction of travel, NaN where unknown.
    origin
        "recorded", "synthetic" or "predicted"; empty without a result.
    frames, frames_failed
        In the result, and those without an answer.
    labels
        Further columns of the study, such as subject.
    path
        Result file; None where there is none.
    """

    row: int
    name: str
    status: str
    direction: str
    speed: float
    incline: float
    origin: str
    frames: int
    frames_failed: int
    labels: Mapping[str, float | str]
    path: Path | None

    @property
    def predicted(self) -> bool:
        """Whether nobody walked it."""
        return self.origin == PREDICTED

    @property
    def walk(self) -> tuple[float, float]:
        """Speed and incline, to find the walk the other way; rounded, as recorded speeds are measured."""
        return round(self.speed, 2), round(self.incline, 1)


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition without a result, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A results folder; a context manager, because results.h5 stays open for lazy reading.

    Attributes
    ----------
    path
        The folder.
    collection
        results.h5, its arrays read when they are asked for.
    manifest
        manifest.json; empty where there is none.
    failures
        Of failures.csv; empty where there is none.
    conditions
        In the order of the collection's rows, those without a result too.
    label_units
        Unit of each label of the study, "1" where it has none.
    """

    path: Path
    collection: xr.Dataset
    manifest: Mapping[str, Any]
    failures: tuple[Failure, ...]
    conditions: tuple[Condition, ...]
    label_units: Mapping[str, str]

    def __enter__(self) -> Self:
        """Nothing is left to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close results.h5."""
        self.close()

    def close(self) -> None:
        """Close results.h5; arrays that were not read by now cannot be."""
        self.collection.close()

    @property
    def name(self) -> str:
        """Of the study; of the folder where the manifest is missing."""
        return str(self.manifest.get("name") or self.path.resolve().name)

    @property
    def stored(self) -> tuple[Condition, ...]:
        """Conditions that have a result."""
        return tuple(one for one in self.conditions if one.status == STORED)

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins that occur among the stored conditions, sorted."""
        return tuple(sorted({one.origin for one in self.stored if one.origin}))

    def condition(self, name: str) -> Condition:
        """Condition of that name.

        Raises
        ------
        ResultError
            No condition is called that.
        """
        for one in self.conditions:
            if one.name == name:
                return one
        raise ResultError(f"{self.path}: no condition is called {name!r}")

    def result(self, name: str) -> xr.Dataset:
        """Every frame of one condition, read into memory.

        Raises
        ------
        ResultError
            There is no such condition, it has no result, or its file cannot be read.
        """
        return read_result(self._file_of(name))

    def about(self, name: str) -> dict[str, Any]:
        """Attributes of one condition's result: notes, settings, digests; no numbers are read.

        Raises
        ------
        ResultError
            As `result`.
        """
        return read_attributes(self._file_of(name))

    def _file_of(self, name: str) -> Path:
        one = self.condition(name)
        if one.path is None:
            raise ResultError(f"{self.path}: condition {name!r} has no result file ({one.status})")
        return one.path


def open_folder(path: str | Path) -> Folder:
    """Open a results folder.

    Parameters
    ----------
    path
        Folder that ``retrogait run`` stored.

    Returns
    -------
    Folder
        To be closed, best by a ``with`` block.

    Raises
    ------
    ResultError
        It is no folder, holds no results.h5, or that file is of another kind, damaged or empty.
    """
    path = Path(path)
    collection = _open_collection(path)
    try:
        conditions, units = _conditions(path, collection)
        manifest, failures = _manifest(path / MANIFEST), _failures(path / FAILURES)
    except (KeyError, OSError, TypeError, AttributeError) as error:
        collection.close()
        raise ResultError(f"{path / COLLECTION}: damaged, or not as `retrogait run` writes it") from error
    except ResultError:
        collection.close()
        raise
    if not any(one.status == STORED for one in conditions):
        collection.close()
        raise ResultError(
            f"{path}: none of its {len(conditions)} conditions has a result; {FAILURES} says why"
        )
    return Folder(path, collection, manifest, failures, conditions, units)


def _open_collection(path: Path) -> xr.Dataset:
    if not path.exists():
        raise ResultError(f"{path}: no such folder; expected one that `retrogait run` stored")
    if not path.is_dir():
        raise ResultError(f"{path}: a file, expected the folder that `retrogait run` stored it in")
    file = path / COLLECTION
    if not file.is_file():
        raise ResultError(
            f"{path}: holds no {COLLECTION}; expected a folder that `retrogait run` stored; run it again"
        )
    try:
        collection = xr.open_dataset(file, engine="h5netcdf")
    except (OSError, ValueError, KeyError, RuntimeError) as error:  # h5netcdf raises any
        raise ResultError(f"{file}: not an HDF5 file, or a damaged one; run the study again") from error
    found = collection.attrs.get("format")
    if found != FORMAT:
        collection.close()
        raise ResultError(f"{file}: not results of a study: its `format` is {found!r}, expected {FORMAT!r}")
    return collection


def _conditions(path: Path, collection: xr.Dataset) -> tuple[tuple[Condition, ...], dict[str, str]]:
    found = {
        str(name): variable.to_numpy()
        for name, variable in collection.variables.items()
        if variable.dims == ("condition",)
    }
    labels = [name for name in found if name not in {*_OWN, "condition"}]
    units = {name: str(collection[name].attrs.get("units", "1")) for name in labels}
    conditions = []
    for row, name in enumerate(found["condition"]):
        file = path / f"{name}.h5"
        conditions.append(
            Condition(
                row,
                str(name),
                str(found["status"][row]),
                str(found["direction"][row]),
                float(found["speed"][row]),
                float(found["incline"][row]),
                str(found["origin"][row]),
                int(found["frames"][row]),
                int(found["frames_failed"][row]),
                dict(_given((label, found[label][row]) for label in labels)),
                file if file.is_file() else None,
            )
        )
    return tuple(conditions), units


def _given(labels: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, float | str]]:
    """Labels that the condition has: neither empty text nor NaN."""
    for name, value in labels:
        if isinstance(value, str):
            if value:
                yield name, str(value)
        elif not math.isnan(value):
            yield name, float(value)


def _manifest(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ResultError(f"{path}: not JSON ({error}); run the study again to mend it") from error
    if not isinstance(content, dict):
        raise ResultError(f"{path}: not a manifest; run the study again to mend it")
    return content


def _failures(path: Path) -> tuple[Failure, ...]:
    if not path.is_file():
        return ()
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(Failure(row["case"], row["reason"]) for row in csv.DictReader(file))
