"""Retro against forward at one speed: does what was found to grow or to fall do so here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrogait.errors import ConfigError
from retrogait.published.compare import INCLINE_SLACK, SPEED_SLACK, Condition
from retrogait.published.rows import Sign, Source, load_signs, load_sources

TIE = 0.01
"""Two measures that differ by less than this share of the larger are equal: a solver's tolerance moves them
as much [1]."""

NEAR = 0.1
"""An order holds this far beyond the speeds it was found at: less or more, unlike how much, hardly depends on
speed, and half a step of the bundled motions' grid must not leave an order untested [m/s]."""


class Sense(StrEnum):
    """Outcome of one order; a tie does not hold."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNTESTABLE = "not testable"


@dataclass(frozen=True, slots=True)
class SignTest:
    """One published order beside two strides.

    Attributes
    ----------
    row, measure, expect, source
        As published.
    against
        "forward", or the largest of those measures of the same retro stride that ``measure`` must exceed.
    other, retro
        The measure of ``against``, and of the retro stride.
    sense
        Whether the order holds.
    reason
        Why it cannot be tested, or nothing.
    """

    row: str
    measure: str
    expect: str
    against: str
    other: float
    retro: float
    sense: Sense
    reason: str
    source: Source


def compare_signs(
    forward: Mapping[str, float],
    retro: Mapping[str, float],
    forward_condition: Condition,
    retro_condition: Condition,
    signs: Sequence[Sign] | None = None,
) -> list[SignTest]:
    """Test every published order between two strides of one speed and incline.

    Parameters
    ----------
    forward, retro
        Measures by name, as in `retrogait.published.compare`.
    forward_condition, retro_condition
        What was walked; same speed and incline.
    signs
        Published orders; those of the package when None.

    Raises
    ------
    ConfigError
        The two are not one forward and one retro stride at one speed and incline: retro walkers choose to be
        slower, and speed alone moves every measure.
    """
    if (forward_condition.direction, retro_condition.direction) != ("forward", "retro"):
        raise ConfigError(
            f"conditions are {forward_condition} and {retro_condition}, expected forward first, then retro"
        )
    if (
        abs(forward_condition.speed - retro_condition.speed) > SPEED_SLACK
        or abs(forward_condition.incline - retro_condition.incline) > INCLINE_SLACK
    ):
        raise ConfigError(
            f"conditions are {forward_condition} and {retro_condition}, expected one speed and incline"
        )
    tested = load_signs() if signs is None else signs
    return [_test(sign, forward, retro, retro_condition) for sign in tested]


def _test(
    sign: Sign, forward: Mapping[str, float], retro: Mapping[str, float], condition: Condition
) -> SignTest:
    value = retro.get(sign.measure, math.nan)
    if sign.over:
        others = {name: retro.get(name, math.nan) for name in sign.over}
        known = not any(math.isnan(other) for other in others.values())
        against = max(others, key=others.__getitem__) if known else " and ".join(others)
        other = others[against] if known else math.nan
    else:
        against, other = "forward", forward.get(sign.measure, math.nan)
    reason = _beyond(sign, condition)
    if not reason and (math.isnan(value) or math.isnan(other)):
        reason = "no value"
    if reason:
        sense = Sense.UNTESTABLE
    else:
        more = (value - other) * (1.0 if sign.expect == "up" else -1.0)
        sense = Sense.HOLDS if more > TIE * max(abs(value), abs(other)) else Sense.FAILS
    source = load_sources()[sign.source]
    return SignTest(sign.id, sign.measure, sign.expect, against, other, value, sense, reason, source)


def _beyond(sign: Sign, condition: Condition) -> str:
    """Why an order says nothing about a condition, or nothing."""
    first, last = sign.speed
    if not first - NEAR <= condition.speed <= last + NEAR:
        return f"published at {_range(first, last)} m/s"
    low, high = sign.incline
    if not low - INCLINE_SLACK <= condition.incline <= high + INCLINE_SLACK:
        return f"published at {_range(low, high)} deg"
    return ""


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
