"""One stride beside the published values of its condition."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from retrogait.errors import ConfigError
from retrogait.gait.measures import MEASURES
from retrogait.published.rows import Row, Source, load_rows, load_sources

SPEED_SLACK = 0.05
"""A condition this near to a published speed is at it: people on a treadmill hold theirs no better [m/s]."""

INCLINE_SLACK = 0.5
"""A condition this near to a published incline is at it [deg]: 8 % is 4.57 deg and stands for 5, at about
0.4 J/(kg m) of the cost of transport."""


class Verdict(StrEnum):
    """Where a measure lies. NO_VALUE: the stride has no such number."""

    INSIDE = "inside"
    BELOW = "below"
    ABOVE = "above"
    NO_VALUE = "no value"


@dataclass(frozen=True, slots=True)
class Condition:
    """What somebody walked.

    Attributes
    ----------
    direction
        "forward" or "retro".
    speed
        Positive [m/s].
    incline
        Positive uphill in the direction of travel [deg].

    Raises
    ------
    ConfigError
        The direction is neither, or the speed no positive number.
    """

    direction: str
    speed: float
    incline: float = 0.0

    def __post_init__(self) -> None:
        if self.direction not in {"forward", "retro"}:
            raise ConfigError(f"direction is {self.direction!r}, expected 'forward' or 'retro'")
        if not 0.0 < self.speed < math.inf or not math.isfinite(self.incline):
            raise ConfigError(
                f"condition is {self.speed} m/s at {self.incline} deg, expected numbers and a positive speed"
            )

    def __str__(self) -> str:
        slope = f"{self.incline:+g} deg" if self.incline else "level"
        return f"{self.direction} {float(self.speed)} m/s {slope}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of one condition beside one published value.

    Attributes
    ----------
    condition, measure, unit
        What was measured.
    value
        Of the stride; NaN with `Verdict.NO_VALUE`.
    published, low, high
        At the condition's speed; ``published`` is NaN where only a band was.
    verdict
        Where ``value`` lies.
    row, kind
        Id of the published row; "bar" or "reference".
    source
        Citation, and whether the number was seen.
    """

    condition: Condition
    measure: str
    unit: str
    value: float
    published: float
    low: float
    high: float
    verdict: Verdict
    row: str
    kind: str
    source: Source

    @property
    def counts(self) -> bool:
        """Whether the row enters a share of inside: its number was seen, and the stride has one."""
        return self.source.seen and self.verdict != Verdict.NO_VALUE


def compare(
    measures: Mapping[str, float], condition: Condition, rows: Sequence[Row] | None = None
) -> list[Comparison]:
    """Put the measures of a stride beside every published value of its condition.

    A row is interpolated in speed within its own range and never beyond, nor between inclines.

    Parameters
    ----------
    measures
        By name, in the units of `retrogait.gait.measures.MEASURES`; as from
        `retrogait.gait.strides.mean_measures`. What is missing or NaN has no value.
    condition
        What was walked.
    rows
        Published values; those of the package when None.

    Returns
    -------
    list of Comparison
        In the order of the table of measures; empty where nothing was published for the condition.

    Raises
    ------
    ConfigError
        A measure is unknown.
    """
    _require_known(measures)
    found = []
    for row in load_rows() if rows is None else rows:
        speed = _speed_in(row, condition)
        if speed is None:
            continue
        low, high = (float(np.interp(speed, row.speed, band)) for band in (row.low, row.high))
        value = float(measures.get(row.measure, math.nan))
        found.append(
            Comparison(
                condition=condition,
                measure=row.measure,
                unit=MEASURES[row.measure].unit,
                value=value,
                published=float(np.interp(speed, row.speed, row.value)) if row.value else math.nan,
                low=low,
                high=high,
                verdict=_verdict(value, low, high),
                row=row.id,
                kind=row.kind,
                source=load_sources()[row.source],
            )
        )
    order = {name: place for place, name in enumerate(MEASURES)}
    return sorted(found, key=lambda one: (one.kind, order[one.measure]))


def unpublished(measures: Mapping[str, float], condition: Condition) -> list[str]:
    """Measures that the stride has and nothing was published for, in the condition; in their order.

    Raises
    ------
    ConfigError
        A measure is unknown.
    """
    _require_known(measures)
    known = {row.measure for row in load_rows() if _speed_in(row, condition) is not None}
    return [name for name in MEASURES if math.isfinite(measures.get(name, math.nan)) and name not in known]


def _require_known(measures: Iterable[str]) -> None:
    unknown = [name for name in measures if name not in MEASURES]
    if unknown:
        raise ConfigError(f"{unknown[0]!r} is no measure, expected names of retrogait.gait.measures.MEASURES")


def _speed_in(row: Row, condition: Condition) -> float | None:
    """Speed to read a row at, None where it says nothing about the condition."""
    low, high = row.incline
    if row.direction != condition.direction or not (
        low - INCLINE_SLACK <= condition.incline <= high + INCLINE_SLACK
    ):
        return None
    first, last = row.speed[0], row.speed[-1]
    if not first - SPEED_SLACK <= condition.speed <= last + SPEED_SLACK:
        return None
    return min(max(condition.speed, first), last)


def _verdict(value: float, low: float, high: float) -> Verdict:
    if math.isnan(value):
        return Verdict.NO_VALUE
    if value < low:
        return Verdict.BELOW
    return Verdict.ABOVE if value > high else Verdict.INSIDE
