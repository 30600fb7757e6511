"""Bars of one comparison after the other, forward against retro, as SVG without colours of its own.

Colours are those of the page's style sheet, so that one picture serves light, dark and print.
"""

import math
from collections.abc import Callable, Iterator
from html import escape

import numpy as np

from retrogait.claims.judge import Tested, Value
from retrogait.report.axes import ticks
from retrogait.report.claims_words import names_of, number, spanned, title

WIDTH, LEFT, RIGHT = 360, 96, 46
"""Of the picture, and what its labels and its numbers take [px]."""

BAR, GAP, FOOT = 9, 8, 22
"""Thickness of a bar, room between groups, and below for the axis [px]."""


def draw_bars(tested: Tested) -> str:
    """SVG of every comparison of a test that has a number, spans as whiskers; empty where there is none."""
    groups = [
        (pair.place, [value for value in (pair.first, pair.second) if value and math.isfinite(value.value)])
        for pair in tested.pairs
    ]
    groups = [(place, values) for place, values in groups if values]
    if not groups:
        return ""
    bounds = [end for end in (tested.test.low, tested.test.high) if end is not None]
    numbers = [0.0, *bounds]
    for _, values in groups:
        for value in values:
            numbers += [end for end in (value.value, value.low, value.high) if math.isfinite(end)]
    marks = ticks([np.array(numbers)])
    scale = (WIDTH - LEFT - RIGHT) / (marks[-1] - marks[0])

    def at(value: float) -> float:
        return LEFT + (value - marks[0]) * scale

    parts: list[str] = []
    y = 4.0
    for place, values in groups:
        middle = y + BAR * len(values) / 2 + 4
        parts.append(
            f'<text x="{LEFT - 6}" y="{middle:.0f}" text-anchor="end">{escape(_short(place))}</text>'
        )
        for row, value in enumerate(values):
            kind = "forward" if value.condition.direction == "forward" else "retro"
            parts += _bar(value, kind, at(0.0), at(value.value), y + row * BAR)
            parts += _whisker(value, at, y + row * BAR + BAR / 2)
        y += BAR * len(values) + GAP
    for end in bounds:
        parts.append(f'<path class="limit" d="M{at(end):.1f} 2V{y:.0f}"/>')
    for mark in (marks[0], marks[-1]):
        parts.append(f'<text x="{at(mark):.1f}" y="{y + 14:.0f}" text-anchor="middle">{mark:g}</text>')
    parts.append(f'<path class="axis" d="M{at(marks[0]):.1f} {y:.0f}H{at(marks[-1]):.1f}"/>')
    height = y + FOOT
    told = f"{title(tested)}: " + "; ".join(
        f"{place}: " + ", ".join(f"{value.condition.direction} {spanned(value)}" for value in values)
        for place, values in groups
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(told, quote=True)}">'
        + "".join(parts)
        + "</svg>"
    )


def legend(tested: Tested) -> str:
    """What the bars of a test are, in HTML."""
    first, second = names_of(tested)
    ways = ("forward", "retro") if tested.test.kind == "retro" else (tested.test.direction,)
    keys = " ".join(f'<span class="key {way}"></span>{way}' for way in ways)
    order = f", above {first}, below {second}" if tested.test.kind == "trend" else ""
    whiskers = ", whiskers: span of the sensitivity" if tested.spanned else ""
    limit = ", dashed: bound" if tested.test.kind == "bound" else ""
    return f"{keys}{order}{whiskers}{limit}"


def _bar(value: Value, kind: str, zero: float, end: float, y: float) -> Iterator[str]:
    left, width = min(zero, end), abs(end - zero)
    yield f'<rect class="{kind}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR - 1}"/>'
    yield (
        f'<text class="value" x="{WIDTH - 2}" y="{y + BAR - 1:.0f}" text-anchor="end">'
        f"{number(value.value)}</text>"
    )


def _whisker(value: Value, at: Callable[[float], float], y: float) -> Iterator[str]:
    if math.isfinite(value.low):
        low, high = at(value.low), at(value.high)
        yield f'<path class="span" d="M{low:.1f} {y - 3:.1f}v6m0 -3H{high:.1f}m0 -3v6"/>'


def _short(place: str) -> str:
    """Label that fits; the heading tells the rest."""
    if " against " in place:
        return "preferred"
    return "over speed" if " to " in place and " from " not in place else place.partition(" from ")[0]
