"""Which foot stands on which plate, by the centre of pressure against the feet."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats, runs
from retrogait.errors import MotionError
from retrogait.gait.names import SIDES
from retrogait.lab.feet import Landmarks

REACH = 0.20
"""A centre of pressure further from the line between heel and toe marker is not under that foot [m]."""

CLEARLY = 0.04
"""Distance by which a foot must be nearer than the other to be the one that pushes [m]."""

SHORTEST_BOTH = 0.04
"""A plate that carries the second foot for less has been grazed [s]."""

NEARBY = 0.2
"""Frames so long before and after a push tell where the feet are while a marker is hidden [s]."""

_SHORTEST = 0.02  # s; shorter pushes are noise around the threshold


class Stance(NamedTuple):
    """One foot on one plate.

    side       : "right" or "left"
    plate      : number of the plate, from 1
    start, end : first and last time the plate carries it [s]
    """

    side: str
    plate: int
    start: float
    end: float


def rows_within(time: Floats, start: float, end: float) -> slice:
    """Rows from one time to another, both included, to a nanosecond."""
    first, last = np.searchsorted(time, [start - 1e-9, end + 1e-9])
    return slice(int(first), int(last))


def find_stances(
    path: Path,
    time: Floats,
    marks: Landmarks,
    force_time: Floats,
    numbers: tuple[int, ...],
    force: Floats,
    point: Floats,
    window: tuple[float, float],
) -> tuple[list[Stance], list[str]]:
    """Assign every push of every plate to a foot.

    Parameters
    ----------
    path
        For messages.
    time, marks
        (frame,) [s] and where the feet are; axes with Y up.
    force_time, force, point
        (row,) [s], (row, plate, 3) [N] and [m]; point NaN where a plate carries nobody.
    numbers
        Of the plates.
    window
        Start and end of what is to be used [s]; pushes outside do not matter.

    Returns
    -------
    stances : list of Stance
        In order of time.
    evidence : list of str
        How near each foot was to the centre of pressure.

    Raises
    ------
    MotionError
        A plate carries both feet, or something that is no foot; the message gives the times and the longest
        window without them.
    """
    stances: list[Stance] = []
    both: list[tuple[int, float, float]] = []
    alien: list[tuple[int, float, float, float]] = []
    found: list[_Under] = []
    for column, number in enumerate(numbers):
        for first, last in runs(~np.isnan(point[:, column, 0])):
            start, end = float(force_time[first]), float(force_time[last - 1])
            if end - start < _SHORTEST or end <= window[0] or start >= window[1]:
                continue
            rows = np.arange(first, last)
            rows = rows[(force_time[rows] >= window[0]) & (force_time[rows] <= window[1])]
            under = _foot_under(force_time[rows], force[rows, column, 1], point[rows, column], time, marks)
            if not under.near <= REACH:  # nor where no foot is seen
                alien.append((number, start, end, under.near))
            elif under.shared >= SHORTEST_BOTH:
                both.append((number, start, end))
            else:
                stances.append(Stance(SIDES[under.side], number, start, end))
                found.append(under)
    _refuse_both(path, both, window)
    _refuse_alien(path, alien, window)
    evidence = []
    if stances:
        near, far = max(one.near for one in found), min(one.far for one in found)
        evidence.append(
            f"{len(stances)} pushes on plates belong to a foot whose heel and toe are {near:.3f} m or less "
            f"from the centre of pressure; the other foot is {far:.2f} m or more away"
        )
    return sorted(stances, key=lambda stance: (stance.start, stance.plate)), evidence


class _Under(NamedTuple):
    """Foot under which a push acts.

    side      : row of `SIDES`
    near, far : mean distance of that foot and of the other, weighted by force; NaN where no foot is seen [m]
    shared    : longest time for which the other foot was clearly nearer [s]
    """

    side: int
    near: float
    far: float
    shared: float


def _foot_under(times: Floats, upward: Floats, point: Floats, time: Floats, marks: Landmarks) -> _Under:
    """Foot nearest to the points (row, 3) of one push, whose upward force is given at (row,) times."""
    a, b = np.searchsorted(time, [times[0] - NEARBY, times[-1] + NEARBY])
    here = slice(int(a), int(b))
    distance = np.stack(
        [
            _distance(times, point, time[here], heel[here], toe[here])
            for heel, toe in zip(marks.heel, marks.toe, strict=True)
        ]
    )
    weight = np.where(np.isnan(distance).any(axis=0), 0.0, upward)
    if not weight.any():
        return _Under(0, math.nan, math.nan, 0.0)
    mean = (np.nan_to_num(distance) * weight).sum(axis=1) / weight.sum()
    side = int(mean.argmin())
    second = (distance[1 - side] + CLEARLY < distance[side]) & (distance[1 - side] < REACH)
    return _Under(side, float(mean[side]), float(mean[1 - side]), _longest(times, second))


def _distance(times: Floats, point: Floats, clock: Floats, heel: Floats, toe: Floats) -> Floats:
    """(row,) level distance of a centre of pressure from the line between heel and toe [m]."""
    ends = [np.column_stack([_at(times, clock, mark[:, k]) for k in (0, 2)]) for mark in (heel, toe)]
    start, along = ends[0], ends[1] - ends[0]
    to_point = point[:, [0, 2]] - start
    length = np.maximum((along * along).sum(axis=1), 1e-12)
    share = np.clip((to_point * along).sum(axis=1) / length, 0.0, 1.0)
    return np.asarray(np.linalg.norm(to_point - share[:, None] * along, axis=1))


def _at(times: Floats, clock: Floats, values: Floats) -> Floats:
    """Straight lines between the frames that show a marker; NaN where none is seen nearby."""
    seen = ~np.isnan(values)
    if not seen.any():
        return np.full(times.shape, np.nan)
    found = np.interp(times, clock[seen], values[seen])
    gap = np.abs(clock[seen][:, None] - times).min(axis=0) if seen.sum() < seen.size else np.zeros(times.size)
    found[gap > SHORTEST_BOTH] = np.nan
    return np.asarray(found)


def _longest(times: Floats, rows: Floats) -> float:
    """Longest time for which rows are True without a break [s]."""
    return max((float(times[b - 1] - times[a]) for a, b in runs(rows)), default=0.0)


def _refuse_both(path: Path, both: list[tuple[int, float, float]], window: tuple[float, float]) -> None:
    if not both:
        return
    places = [f"plate {number} from {start:.2f} to {end:.2f} s" for number, start, end in both]
    more = f" and {len(places) - 4} times more" if len(places) > 4 else ""
    raise MotionError(
        f"{path}: both feet stand on {', '.join(places[:4])}{more}: nobody can tell their forces apart; "
        f"{_advice([(start, end) for _, start, end in both], window)}"
    )


def _refuse_alien(
    path: Path, alien: list[tuple[int, float, float, float]], window: tuple[float, float]
) -> None:
    if not alien:
        return
    number, start, end, distance = alien[0]
    away = (
        f"{distance:.2f} m from the nearest foot" if math.isfinite(distance) else "under no foot that is seen"
    )
    more = f", and {len(alien) - 1} times more" if len(alien) > 1 else ""
    raise MotionError(
        f"{path}: plate {number} is pushed from {start:.2f} to {end:.2f} s {away}{more}: its corners, its "
        "channels or the names of the feet are wrong, or somebody else stands on it; "
        f"{_advice([(a, b) for _, a, b, _ in alien], window)}, or ignore_plates=[{number}]"
    )


def _advice(bad: list[tuple[float, float]], window: tuple[float, float]) -> str:
    """Longest part of the window that is free of bad spans."""
    start, free = window[0], (window[0], window[0])
    for a, b in sorted(bad):
        if min(a, window[1]) - start > free[1] - free[0]:
            free = (start, min(a, window[1]))
        start = max(start, b)
    if window[1] - start > free[1] - free[0]:
        free = (start, window[1])
    if free[1] - free[0] < 0.2:
        return "no window without that is left"
    return f"use start={np.ceil(free[0] * 1000) / 1000:g}, end={np.floor(free[1] * 1000) / 1000:g}"
