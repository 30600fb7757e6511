"""Published values of people, where the cycle has the event that they were read at."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.gait.measures import MEASURES
from retrogait.gait.names import SIDES
from retrogait.published import Comparison, Condition, compare
from retrogait.report.naturalness_curves import EVENTS
from retrogait.report.page.lines import Line

_MORE: Mapping[str, Mapping[str, str]] = {
    "patellofemoral_force_closed_form": {"patellofemoral_peak": "patellofemoral_peak_time"},
    "patellofemoral_force_geometry": {"patellofemoral_peak": "patellofemoral_peak_time"},
    "knee_extension_moment": {"knee_extension_moment_peak": "knee_extension_moment_peak_time"},
    "knee_adduction_moment": {
        "knee_adduction_moment_first": "knee_adduction_moment_first_time",
        "knee_adduction_moment_second": "knee_adduction_moment_second_time",
    },
    "medial_force": {
        "medial_force_first": "medial_force_first_time",
        "medial_force_second": "medial_force_second_time",
    },
    "lateral_force": {
        "lateral_force_first": "lateral_force_first_time",
        "lateral_force_second": "lateral_force_second_time",
    },
}
WHERE: Mapping[str, Mapping[str, str]] = MappingProxyType({**EVENTS, **_MORE})
"""Curve to its measures, each with the measure that tells its time; an empty one is initial contact."""


@dataclass(frozen=True, slots=True)
class Point:
    """A published band at an event of one line's cycle.

    Attributes
    ----------
    line, side
        Whose cycle has the event there.
    percent
        Of the cycle [%].
    measure
        What was published.
    row
        The published value with its band and source.
    """

    line: int
    side: str
    percent: float
    measure: str
    row: Comparison

    def as_json(self) -> dict[str, Any]:
        """Twin for the page; a number that is unknown is null."""
        source = self.row.source
        cited = source.citation + (f", doi {source.doi}" if source.doi else "")
        if self.row.kind == "bar":
            cited = f"range set as acceptable by this project: {cited}"
        elif not source.seen:
            cited += " (number not seen at its source)"
        return {
            "line": self.line,
            "side": self.side,
            "percent": self.percent,
            "measure": self.measure.replace("_", " "),
            "value": None if math.isnan(self.row.published) else self.row.published,
            "low": self.row.low,
            "high": self.row.high,
            "source": cited,
        }


Known: TypeAlias = Mapping[str, Sequence[Point]]
"""Curve to its published values."""


def published(lines: Sequence[Line], measures: Mapping[tuple[int, str], Floats]) -> dict[str, list[Point]]:
    """Find what was published for each line's speed, incline and direction.

    Parameters
    ----------
    lines
        Of the study.
    measures
        (line, side) to (measure,), in the order of `retrogait.gait.measures.MEASURES`.
    """
    found: dict[str, list[Point]] = {name: [] for name in WHERE}
    for number, line in enumerate(lines):
        for side in SIDES:
            values = measures.get((number, side))
            if values is None:
                continue
            named = dict(zip(MEASURES, map(float, values), strict=True))
            try:
                rows = compare(named, Condition(line.direction, line.speed, line.incline))
            except ConfigError:  # no speed is known
                continue
            for curve, events in WHERE.items():
                found[curve] += _of_curve(number, side, events, named, rows)
    return found


def _of_curve(
    number: int, side: str, events: Mapping[str, str], named: Mapping[str, float], rows: Sequence[Comparison]
) -> list[Point]:
    points: dict[float, Point] = {}
    for measure, when in events.items():
        percent = named[when] if when else 0.0
        fit = [row for row in rows if row.measure == measure and row.counts]
        if fit and math.isfinite(percent):
            # One band for each event: of people rather than of what was set as acceptable.
            best = max(fit, key=lambda row: row.kind == "reference")
            points.setdefault(percent, Point(number, side, percent, measure, best))
    return list(points.values())
