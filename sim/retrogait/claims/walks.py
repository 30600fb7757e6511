"""Results of the bundled walks: stored, read back, and read at any condition between them."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from retrogait.errors import ResultError
from retrogait.io.results import read_result, write_result
from retrogait.normalise import normalise
from retrogait.predict.gait import Gait
from retrogait.published import Condition, measures_between

FOLDER = "walks"
"""Of the results, inside that of the page."""

SPANS = {"tibiofemoral_peak": "peak_tibiofemoral", "patellofemoral_peak": "peak_patellofemoral"}
"""Measure to the name of its peak in a sensitivity."""


SHARING = "tibiofemoral_force_sharing"
"""Variable of a result that holds the tibiofemoral force by each named sharing criterion."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stored walk that a number was read from.

    Attributes
    ----------
    file
        Of the result, below the folder of the page.
    share
        With which it enters; those of all parts sum to 1.
    """

    file: str
    share: float

    def __str__(self) -> str:
        return self.file if self.share == 1.0 else f"{self.share:.4g} x {self.file}"


@dataclass(frozen=True, slots=True)
class Reading:
    """Measures at one condition.

    Attributes
    ----------
    condition
        What was walked, or lies between what was.
    measures
        By name; mean of both legs, straight lines between walks.
    spans
        Lowest and highest peak of the sensitivity as shares of the plain one, by measure; only those known.
        That of the tibiofemoral peak holds the named sharing criteria as well, where the result has them.
    parts
        Where they were read.
    """

    condition: Condition
    measures: Mapping[str, float]
    spans: Mapping[str, tuple[float, float]]
    parts: tuple[Part, ...]


class Walks:
    """Stored walks by condition.

    Parameters
    ----------
    readings
        One for each walk, each of one part.
    """

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._walked = {reading.condition: reading for reading in readings}
        names = {condition: str(row) for row, condition in enumerate(self._walked)}
        # Interpolating these tells how much of every walk there is in a number between them.
        self._shares = {
            condition: {name: float(names[condition] == name) for name in names.values()}
            for condition in names
        }

    def __len__(self) -> int:
        return len(self._walked)

    def at(self, condition: Condition) -> Reading | None:
        """Measures at a condition, by straight lines in speed and incline; None beyond the walks."""
        try:
            shares = measures_between(self._shares, condition)
        except KeyError:
            return None
        around = [
            (reading, share)
            for reading, share in zip(self._walked.values(), shares.values(), strict=True)
            if share > 0.0
        ]
        names = set.intersection(*(set(reading.measures) for reading, _ in around))
        known = set.intersection(*(set(reading.spans) for reading, _ in around))
        return Reading(
            condition,
            {name: sum(share * one.measures[name] for one, share in around) for name in sorted(names)},
            {
                name: (
                    sum(share * one.spans[name][0] for one, share in around),
                    sum(share * one.spans[name][1] for one, share in around),
                )
                for name in sorted(known)
            },
            tuple(Part(one.parts[0].file, share) for one, share in around),
        )

    def range_of(self, direction: str) -> str:
        """Speeds of one direction in words."""
        speeds = sorted({c.speed for c in self._walked if c.direction == direction})
        return f"{speeds[0]:g} to {speeds[-1]:g} m/s" if speeds else "none"


def store_walks(
    gaits: Iterable[Gait], folder: Path, report: Callable[[str], None] | None = None
) -> list[Path]:
    """Analyze gaits and store each as ``walks/NAME.h5``, its sensitivity with it.

    Parameters
    ----------
    folder
        Of the page.
    report
        Told in words about every gait.

    Raises
    ------
    ResultError
        A result cannot be written.
    """
    written = []
    for gait in gaits:
        if report is not None:
            report(f"analyzing {gait.condition.name}")
        dataset = normalise(gait.result, gait.model, gait.trial)
        dataset = dataset.assign_attrs(
            figures=dict(gait.figures),
            sensitivity={name: dict(case) for name, case in (gait.sensitivity or {}).items()} or None,
        )
        path = folder / FOLDER / f"{gait.condition.name}.h5"
        write_result(path, dataset)
        written.append(path)
    return written


def open_walks(paths: Iterable[Path], folder: Path) -> Walks:
    """Read what `store_walks` has stored.

    Raises
    ------
    ResultError
        A file is none of its results.
    """
    return Walks(read_walk(path, folder) for path in paths)


def read_walk(path: Path, folder: Path) -> Reading:
    """Measures and spans of one stored result; as `open_walks`."""
    dataset = read_result(path)
    if "measure_mean" not in dataset:
        raise ResultError(f"{path}: has no measures of cycles; make it again with this version")
    attributes = dataset.attrs
    condition = Condition(
        str(attributes["direction"]), float(attributes["speed"]), float(attributes["incline"])
    )
    part = Part(path.relative_to(folder).as_posix(), 1.0)
    return Reading(condition, _measures(dataset), _spans(dataset), (part,))


def _measures(dataset: xr.Dataset) -> dict[str, float]:
    """Every measure, mean of the legs that have it."""
    rows = dataset["measure_mean"].to_numpy()
    found = np.isfinite(rows)
    count = found.sum(axis=0)
    mean = np.where(found, rows, 0.0).sum(axis=0) / np.where(count > 0, count, math.nan)
    names = map(str, dataset["measure"].to_numpy())
    return {name: float(value) for name, value in zip(names, mean, strict=True)}


def _spans(dataset: xr.Dataset) -> dict[str, tuple[float, float]]:
    """Ends of the sensitivity as shares of its plain case, the other sharing criteria among the cases."""
    cases: Mapping[str, Mapping[str, float]] = dataset.attrs.get("sensitivity") or {}
    spans = {}
    for measure, key in SPANS.items():
        base = float(cases.get("base", {}).get(key, math.nan))
        shares = [float(case[key]) / base for case in cases.values() if key in case] if base > 0.0 else []
        if measure == "tibiofemoral_peak":
            shares += _criteria(dataset)
        if len(shares) > 1:
            spans[measure] = (min(1.0, *shares), max(1.0, *shares))
    return spans


def _criteria(dataset: xr.Dataset) -> list[float]:
    """Peak tibiofemoral force by every sharing criterion as a share of the result's own peak."""
    if SHARING not in dataset:
        return []
    own = float(np.nanmax(np.linalg.norm(dataset["tibiofemoral_force"].to_numpy(), axis=-1)))
    by_criterion = dataset[SHARING].to_numpy().reshape(-1, dataset[SHARING].shape[-1])
    return [float(np.nanmax(peaks)) / own for peaks in by_criterion.T if np.isfinite(peaks).any()]
