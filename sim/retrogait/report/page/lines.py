"""What an overlay draws: each condition of a study, or groups where there are too many to tell apart."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.cycle import spread
from retrogait.gait.names import SIDES
from retrogait.report.folder import PREDICTED, Condition, Folder
from retrogait.report.gathered.people import counted

MOST_LINES = 60
"""Conditions that are drawn one by one; a study of more is drawn by groups [1]."""

SHARES = (5.0, 50.0, 95.0)
"""Shares of the conditions of a group below the lines of its band [%]."""

SPEED_STEP, INCLINE_STEP = 0.1, 1.0
"""Recorded walks as near as this are one group [m/s], [deg]; coarser by turns where groups are too many."""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition, or a group that is drawn as one.

    Attributes
    ----------
    name
        Of the condition, or what the group has in common; unique.
    conditions
        Of the group; one where it is a condition.
    direction, speed, incline
        Which walk: of a group the middle; m/s and deg.
    origin
        "recorded", "synthetic", "predicted", or several joined by " and ".
    group
        Whether it was made to hold several, and its name says how many, be it only one.
    """

    name: str
    conditions: tuple[Condition, ...]
    direction: str
    speed: float
    incline: float
    origin: str
    group: bool = False

    @property
    def rows(self) -> list[int]:
        """Of the collection, ascending."""
        return [one.row for one in self.conditions]

    @property
    def walk(self) -> str:
        """Speed and incline in words."""
        slope = f"{self.incline:+.3g} deg" if self.incline else "level"
        speed = f"{self.speed:.3g} m/s" if math.isfinite(self.speed) else "speed unknown"
        return f"{speed}, {slope}"

    @property
    def frames_failed(self) -> int:
        """Frames without an answer."""
        return sum(one.frames_failed for one in self.conditions)


_NEARLY = 2.0
"""What a pair of a recorded and a predicted walk costs `default_pair`: as much as 2 cm/s, or 0.2 deg."""


def lines_of(folder: Folder) -> tuple[list[Line], bool]:
    """Everything that can be drawn, and whether it is groups.

    Groups are made of direction, speed and incline; where those are too many, of ever coarser steps. Labels
    of the study, such as subject, are what a group is spread over.
    """
    stored = [one for one in folder.stored if one.direction]
    if len(stored) <= MOST_LINES:
        return [
            Line(one.name, (one,), one.direction, one.speed, one.incline, one.origin) for one in stored
        ], False
    coarse = 1.0
    while len(groups := _grouped(stored, coarse)) > MOST_LINES:
        coarse *= 2.0
    return groups, True


def _grouped(conditions: Sequence[Condition], coarse: float) -> list[Line]:
    found: dict[tuple[str, float, float, bool], list[Condition]] = {}
    for one in conditions:
        speed = _rounded(one.speed, SPEED_STEP * coarse)
        incline = _rounded(one.incline, INCLINE_STEP * coarse)
        found.setdefault((one.direction, speed, incline, one.origin == PREDICTED), []).append(one)
    order = sorted(
        found, key=lambda key: (key[0], *(math.inf if math.isnan(x) else x for x in key[1:3]), key[3])
    )
    return [_group(found[key], key) for key in order]


def _group(conditions: Sequence[Condition], key: tuple[str, float, float, bool]) -> Line:
    direction, speed, incline, _ = key
    origin = " and ".join(sorted({one.origin for one in conditions}))
    line = Line("", tuple(conditions), direction, speed, incline, origin, group=True)
    return replace(line, name=f"{direction} {line.walk}, {origin}: n = {counted(conditions)}")


def _rounded(value: float, step: float) -> float:
    return round(round(value / step) * step, 6) + 0.0 if math.isfinite(value) else math.nan


def default_pair(lines: Sequence[Line], drawn: Collection[tuple[int, str]] = ()) -> list[int]:
    """Rows of a forward and a retro line to begin with: equal speed and incline, else the nearest two.

    The most level incline counts first, then one origin, then speeds that are neither slow nor fast.

    Parameters
    ----------
    lines
        Of the study.
    drawn
        (line, side) that have a knee force; others are taken where there are none.
    """
    known = sorted({row for row, _ in drawn}) or list(range(len(lines)))
    forward = [row for row in known if lines[row].direction == "forward"]
    retro = [row for row in known if lines[row].direction == "retro"]
    if not forward or not retro:
        side = default_side(known, drawn)
        alike = [row for row in known if (row, side) in drawn] or known
        return alike[:2]
    speeds = [line.speed for line in lines if math.isfinite(line.speed)]
    middle = float(np.median(speeds)) if speeds else 0.0

    def cost(pair: tuple[int, int]) -> float:
        one, other = (lines[row] for row in pair)
        terms = (
            100.0 * abs(one.speed - other.speed),
            10.0 * abs(one.incline - other.incline),
            abs(one.incline) + abs(other.incline),
            abs(one.speed - middle) + abs(other.speed - middle),
            _NEARLY * (one.origin != other.origin) + 0.1 * (PREDICTED in one.origin + other.origin),
        )
        return sum(1e3 if math.isnan(term) else term for term in terms)

    pairs = [(one, other) for one in forward for other in retro]
    best = min(pairs, key=cost)
    return list(best)


def default_side(rows: Sequence[int], drawn: Collection[tuple[int, str]]) -> str:
    """Leg that most of these lines have a knee force of; the right one where both have as many."""
    return max(SIDES, key=lambda side: (sum((row, side) in drawn for row in rows), side == "right"))


def across(values: Floats) -> dict[str, Floats]:
    """Mean, standard deviation and `SHARES` over the first axis, of what has an answer; else NaN.

    Parameters
    ----------
    values
        (condition, ...).
    """
    values = np.asarray(values, dtype=np.float64)
    mean, deviation = spread(values)
    ranked = np.sort(values, axis=0)  # NaN last
    last = np.isfinite(values).sum(axis=0) - 1
    kinds = {"mean": mean, "sd": deviation}
    for share in SHARES:
        place = np.maximum(last * (share / 100.0), 0.0)
        below = np.floor(place).astype(np.intp)
        low, high = (
            np.take_along_axis(ranked, rows[None], axis=0)[0]
            for rows in (below, np.minimum(below + 1, np.maximum(last, 0)))
        )
        kinds[f"{share:g} %"] = low + (place - below) * (high - low)
    return kinds
