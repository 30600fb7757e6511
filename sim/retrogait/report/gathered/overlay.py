"""Forward against retro over the cycle: mean and spread of every curve that a picture lays on another."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.gait.cycle import spread
from retrogait.io.text import many
from retrogait.report.folder import COLLECTION, Condition, Folder
from retrogait.report.gathered.choice import DIRECTIONS, place
from retrogait.report.gathered.labels import column, labels, variable
from retrogait.report.gathered.people import counted


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One mean curve, with what it is a mean of.

    Attributes
    ----------
    direction
        "forward" or "retro".
    place
        Speed and incline in words.
    mean
        (point,) NaN where there is no answer.
    deviation
        (point,) sample standard deviation, over the cycles of one condition or between several; NaN where
        there is but one.
    over
        What mean and deviation are over: "12 cycles", "3 conditions (2 people)"; "1 cycle" has no deviation.
    toe_off
        Mean share of stance [%]; NaN where it is unknown.
    predicted
        Whether nobody walked it.
    failed
        Share of the frames without an answer [1].
    """

    direction: str
    place: str
    mean: Floats
    deviation: Floats
    over: str
    toe_off: float
    predicted: bool
    failed: float


@dataclass(frozen=True, eq=False, slots=True)
class Panel:
    """Curves of one quantity at one place, over one axis.

    Attributes
    ----------
    quantity
        In `retrogait.gait.measures.CURVES`.
    title
        Speed and incline; empty where the lines differ in them.
    percent
        (point,) of the cycle [%].
    lines
        Forward first.
    """

    quantity: str
    title: str
    percent: Floats
    lines: tuple[Line, ...]


def overlays(
    folder: Folder, conditions: Sequence[Condition], quantities: Sequence[str], *, side: str = "right"
) -> list[list[Panel]]:
    """Panels of every quantity (rows) at every place (columns).

    Parameters
    ----------
    folder
        Of a run.
    conditions
        To lay on one another. Those of one direction, speed and incline are averaged, each with one vote;
        where no speed and incline has both directions, all share one column.
    quantities
        Curves, in `retrogait.gait.measures.CURVES`.
    side
        Leg.

    Raises
    ------
    ConfigError
        A quantity is no curve of a cycle, or no condition has a cycle of that leg or an answer for it.
    ResultError
        A curve is absent from the file, or in another unit than the registry's.
    """
    file = folder.path / COLLECTION
    data = folder.collection
    rows = [column(data, "curve", name, file) for name in quantities]
    stance = column(data, "measure", "stance_share", file)
    percent = variable(data, "percent", file)
    leg = labels(data, "side", file).index(side)
    order = [one.row for one in conditions]
    cycles = data["cycles"].to_numpy()[order, leg]
    if not cycles.any():
        names = ", ".join(one.name for one in conditions[:3])
        raise ConfigError(f"{file}: no complete cycle of the {side} leg in {names}; try the other side")
    used = [(one, int(count)) for one, count in zip(conditions, cycles, strict=True) if count]
    toe_off = data["measure_mean"][:, leg, stance].to_numpy()
    panels = []
    for name, row in zip(quantities, rows, strict=True):
        mean, deviation = (
            {one.row: data[of][one.row, leg, row].to_numpy().astype(np.float64) for one, _ in used}
            for of in ("curve_mean", "curve_sd")
        )
        if not any(np.isfinite(mean[one.row]).any() for one, _ in used):
            raise ConfigError(
                f"{file}: `{name}` has no answer for the {side} leg of these conditions; try the other "
                "side, or another quantity"
            )
        found = []
        for title, members in _columns(used):
            lines = tuple(_line(group, mean, deviation, toe_off) for group in members)
            found.append(Panel(name, title, percent, lines))
        panels.append(found)
    return panels


_Counted = tuple[Condition, int]


def _columns(used: Sequence[_Counted]) -> Iterator[tuple[str, list[list[_Counted]]]]:
    """Title and groups of every column; a group is one direction at one speed and incline."""
    groups: dict[tuple[float, float], dict[str, list[_Counted]]] = {}
    for one in sorted(used, key=lambda pair: (pair[0].walk, DIRECTIONS.index(pair[0].direction))):
        walk = tuple(math.inf if math.isnan(value) else value for value in one[0].walk)
        groups.setdefault((walk[0], walk[1]), {}).setdefault(one[0].direction, []).append(one)
    if len(groups) == 1 or any(len(found) == len(DIRECTIONS) for found in groups.values()):
        for found in groups.values():
            first = next(iter(found.values()))[0][0]
            yield place(first.speed, first.incline), list(found.values())
    else:
        yield "", [group for direction in DIRECTIONS for found in groups.values()
                   if (group := found.get(direction))]  # fmt: skip


def _line(
    group: Sequence[_Counted], mean: dict[int, Floats], deviation: dict[int, Floats], toe_off: Floats
) -> Line:
    conditions = [one for one, _ in group]
    first, count = group[0]
    if len(group) == 1:
        curve, band = mean[first.row], deviation[first.row]
        over = many(count, "cycle")
    else:
        curve, band = spread(np.array([mean[one.row] for one in conditions]))
        over = counted(conditions)
    return Line(
        direction=first.direction,
        place=place(first.speed, first.incline),
        mean=curve,
        deviation=band,
        over=over,
        toe_off=float(spread(toe_off[[one.row for one in conditions]])[0]),
        predicted=any(one.predicted for one in conditions),
        failed=sum(one.frames_failed for one in conditions) / max(1, sum(one.frames for one in conditions)),
    )
