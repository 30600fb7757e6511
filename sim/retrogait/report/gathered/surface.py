"""A load over speed and incline, as the conditions have it: a grid with holes, nothing between its points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.gait.cycle import spread
from retrogait.gait.measures import MEASURES
from retrogait.io.text import many
from retrogait.published import load_rows
from retrogait.published.rows import load_sources
from retrogait.report.folder import COLLECTION, STORED, Condition, Folder
from retrogait.report.gathered.choice import DIRECTIONS, of_one_origin
from retrogait.report.gathered.labels import column, require_unit

LOADS = ("tibiofemoral_peak", "patellofemoral_peak")
"""Measures that are shown where nobody says which."""

BETWEEN = (
    "Contours are drawn by straight lines between neighbouring conditions, which the dots mark; nothing is "
    "drawn beyond them."
)
"""What every picture of a surface says."""

HOLES = "Where a condition next to a place is missing, nothing is drawn but hatching."
"""Said where a surface has holes."""

_MOST_LEVELS = 10

LEVEL = 0.05
"""Inclines below this are level [deg]."""


@dataclass(frozen=True, eq=False, slots=True)
class Surface:
    """One measure in one direction.

    Attributes
    ----------
    measure
        In `retrogait.gait.measures.MEASURES`.
    unit
        Of the values, from the registry.
    direction
        "forward" or "retro".
    speed, incline
        (column,) [m/s] and (row,) [deg, positive uphill in the direction of travel], ascending; those of both
        directions together, so that two surfaces can be compared cell by cell.
    values
        (row, column) mean over the legs, and over conditions where one point has several; NaN where there is
        none.
    names
        (row, column) of the conditions, empty where there is none.
    predicted
        Whether any value is of a walk that nobody made.
    """

    measure: str
    unit: str
    direction: str
    speed: Floats
    incline: Floats
    values: Floats
    names: npt.NDArray[np.object_]
    predicted: bool

    @property
    def level(self) -> tuple[Floats, Floats]:
        """Speeds on the level that have a value [m/s], and the values."""
        rows = np.flatnonzero(np.abs(self.incline) < LEVEL)
        if not rows.size:
            return np.empty(0), np.empty(0)
        found = np.isfinite(self.values[rows[0]])
        return self.speed[found], self.values[rows[0]][found]


def surfaces(folder: Folder, measure: str, conditions: Sequence[Condition] | None = None) -> list[Surface]:
    """A measure over speed and incline, one surface per direction that has a condition.

    Parameters
    ----------
    folder
        Of a run.
    measure
        In `retrogait.gait.measures.MEASURES`.
    conditions
        To take; when None all of the study that are of one origin, see
        `retrogait.report.gathered.choice.of_one_origin`, those without a result as holes.

    Raises
    ------
    ConfigError
        The measure is unknown, or no direction has two speeds and two inclines.
    ResultError
        The measure is absent from the file, or a unit is not that of the registry.
    """
    file = folder.path / COLLECTION
    row = column(folder.collection, "measure", measure, file)
    for name in ("speed", "incline"):
        require_unit(name, folder.collection[name].attrs.get("units", "nothing"), file)
    taken = [
        one
        for one in (of_one_origin(folder.conditions) if conditions is None else conditions)
        if not math.isnan(sum(one.walk))
    ]
    speeds = sorted({one.walk[0] for one in taken})
    inclines = sorted({one.walk[1] for one in taken})
    if len(speeds) < 2 or len(inclines) < 2:
        raise ConfigError(
            f"{folder.path}: {many(len(speeds), 'speed')} and {many(len(inclines), 'incline')}, "
            "expected at least two of each for a surface; an overlay shows a single walk"
        )
    means = spread(folder.collection["measure_mean"][:, :, row].to_numpy().T)[0]
    out = []
    for direction in DIRECTIONS:
        mine = [one for one in taken if one.direction == direction and one.status == STORED]
        if not mine:
            continue
        values = np.full((len(inclines), len(speeds)), math.nan)
        names = np.full(values.shape, "", dtype=object)
        cells: dict[tuple[int, int], list[Condition]] = {}
        for one in mine:
            cells.setdefault((inclines.index(one.walk[1]), speeds.index(one.walk[0])), []).append(one)
        for cell, members in cells.items():
            values[cell] = spread(means[[one.row for one in members]])[0]
            names[cell] = ", ".join(one.name for one in members)
        predicted = any(one.predicted for one in mine)
        axes = np.array(speeds), np.array(inclines)
        out.append(Surface(measure, MEASURES[measure].unit, direction, *axes, values, names, predicted))
    return out


def has_cell(values: Floats) -> bool:
    """Whether four neighbours have values, so that something lies between them."""
    known = np.isfinite(values)
    return bool((known[1:, 1:] & known[1:, :-1] & known[:-1, 1:] & known[:-1, :-1]).any())


def levels(row: Sequence[Surface]) -> Floats:
    """Round values at which all surfaces of a measure have their contours, so that they can be compared."""
    values = np.concatenate([surface.values.ravel() for surface in row])
    span = float(np.nanmax(values) - np.nanmin(values)) or 1.0
    power = 10.0 ** math.floor(math.log10(span / _MOST_LEVELS))
    step = next(k * power for k in (1, 2, 5, 10) if span / (k * power) <= _MOST_LEVELS)
    low = math.floor(float(np.nanmin(values)) / step)
    high = math.ceil(float(np.nanmax(values)) / step)
    return np.array([step * k for k in range(low, max(high, low + 1) + 1)])


def reference(row: Sequence[Surface]) -> tuple[float, float] | None:
    """Speed and load of the middling forward walk on the level, to compare others with; None without one."""
    for surface in row:
        speed, load = surface.level
        if surface.direction == "forward" and speed.size:
            middle = (speed.size - 1) // 2
            return float(speed[middle]), float(load[middle])
    return None


def equal_speeds(speed: Floats, load: Floats, value: float) -> list[float]:
    """Speeds at which a load on the level has a value, by straight lines between neighbours, never beyond.

    Parameters
    ----------
    speed, load
        (point,) ascending speeds and their loads.
    value
        To find.
    """
    found = []
    for (v0, l0), (v1, l1) in pairwise(zip(speed.tolist(), load.tolist(), strict=True)):
        if min(l0, l1) <= value <= max(l0, l1):
            found.append(v0 if l0 == l1 else v0 + (v1 - v0) * (value - l0) / (l1 - l0))
    apart: list[float] = []
    for one in sorted(found):
        if not apart or one - apart[-1] > 1e-9:
            apart.append(one)
    return apart


def reading(value: float, level_forward: Surface) -> str:
    """What a load is like: the speed of forward walking on the level with the same, never beyond the study.

    Parameters
    ----------
    value
        Of the measure of the surface.
    level_forward
        Surface of the same study forward.

    Returns
    -------
    str
        "like level forward at 1.10 m/s", or how far off its end it lies; empty where the study has no level
        forward walk, or no value.
    """
    speed, load = level_forward.level
    if not speed.size or math.isnan(value):
        return ""
    same = equal_speeds(speed, load, value)
    if same:
        return f"like level forward at {' or '.join(f'{one:.2f}' for one in same)} m/s"
    end, of = (load.max(), "most") if value > load.max() else (load.min(), "least")
    return (
        f"{value / end:.2f} times the {of} of level forward"
        if end > 0.0
        else f"beyond the {of} of level forward"
    )


def published_bands(measure: str, value: float | None = None) -> list[str]:
    """Published bands of forward walking, each with its source.

    Parameters
    ----------
    measure
        In `retrogait.gait.measures.MEASURES`.
    value
        Bands that hold it alone; all when None.
    """
    told = []
    for row in load_rows():
        low, high = min(row.low), max(row.high)
        if (row.measure, row.kind, row.direction) != (measure, "reference", "forward"):
            continue
        if value is None or low <= value <= high:
            ends = " to ".join(f"{one:g}" for one in dict.fromkeys((row.speed[0], row.speed[-1])))
            told.append(
                f"walking forward {_slope(row.incline)} at {ends} m/s: {low:g} to {high:g} "
                f"{MEASURES[measure].unit} ({load_sources()[row.source].citation})"
            )
    return told


def _slope(incline: tuple[float, float]) -> str:
    if max(map(abs, incline)) < LEVEL:
        return "on the level"
    ends = " to ".join(f"{one:g}" for one in dict.fromkeys(incline))
    return f"at an incline of {ends} deg"
