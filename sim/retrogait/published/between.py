"""Measures at a published condition that nobody walked, from walks around it."""

from collections.abc import Iterable, Mapping, Sequence

from retrogait.published.compare import INCLINE_SLACK, SPEED_SLACK, Condition
from retrogait.published.rows import Row, load_rows


def rows_between(
    walked: Iterable[Condition], rows: Sequence[Row] | None = None
) -> dict[Condition, list[Row]]:
    """Published values for conditions that lie among walked ones and at none of them.

    Parameters
    ----------
    walked
        Conditions with measures.
    rows
        Published values; those of the package when None. A row over a range of inclines asks for nothing: it
        holds for what was walked.

    Returns
    -------
    dict
        Condition to its rows, in order of direction, speed and incline.
    """
    known = list(walked)
    asked: dict[Condition, list[Row]] = {}
    for row in load_rows() if rows is None else rows:
        low, high = row.incline
        for speed in _speeds(row, known) if low == high else ():
            condition = Condition(row.direction, speed, low)
            if not any(_is_near(condition, other) for other in known) and _around(known, condition):
                asked.setdefault(condition, []).append(row)
    return dict(sorted(asked.items(), key=lambda item: (item[0].direction, item[0].speed, item[0].incline)))


def _speeds(row: Row, known: Iterable[Condition]) -> set[float]:
    """Speed of a row; where it holds for a range, the walked ones therein."""
    first, last = row.speed[0], row.speed[-1]
    if first == last:
        return {first}
    return {c.speed for c in known if c.direction == row.direction and first <= c.speed <= last}


def measures_between(
    walked: Mapping[Condition, Mapping[str, float]], condition: Condition
) -> dict[str, float]:
    """Measures at a condition by straight lines in speed and incline between the walks around it.

    Parameters
    ----------
    walked
        Measures by name, by condition; those around ``condition`` have the same names.
    condition
        One of `rows_between`.

    Raises
    ------
    KeyError
        The condition does not lie among walked ones.
    """
    corners = _around(list(walked), condition)
    if not corners:
        raise KeyError(f"{condition} does not lie among the walked conditions")
    names = walked[next(iter(corners))]
    return {name: sum(share * walked[c][name] for c, share in corners.items()) for name in names}


def _is_near(one: Condition, other: Condition) -> bool:
    return (
        one.direction == other.direction
        and abs(one.speed - other.speed) <= SPEED_SLACK
        and abs(one.incline - other.incline) <= INCLINE_SLACK
    )


def _around(known: Sequence[Condition], condition: Condition) -> dict[Condition, float]:
    """Walked corners of the smallest rectangle around a condition with their shares; none if one lacks."""
    same = [other for other in known if other.direction == condition.direction]
    speeds = _ends({other.speed for other in same}, condition.speed)
    inclines = _ends({other.incline for other in same}, condition.incline)
    corners = {
        Condition(condition.direction, speed, incline): a * b
        for speed, a in speeds.items()
        for incline, b in inclines.items()
    }
    return corners if set(corners) <= set(same) else {}


def _ends(steps: set[float], value: float) -> dict[float, float]:
    """Steps on either side of a value with their shares; the value alone if it is one of them."""
    below = max((step for step in steps if step <= value), default=None)
    above = min((step for step in steps if step >= value), default=None)
    if below is None or above is None:
        return {}
    if below == above:
        return {value: 1.0}
    share = (value - below) / (above - below)
    return {below: 1.0 - share, above: share}
