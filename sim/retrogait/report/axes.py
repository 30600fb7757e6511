"""Parts of an SVG plot: round numbers along an axis, the frame, text."""

import math
from collections.abc import Iterable, Iterator
from html import escape
from textwrap import wrap
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats

WIDTH, HEIGHT = 330, 240
"""Of one plot [px]."""

_LETTERS = 46  # of a title, that fit above one plot and no other
_SPARE = 0.05  # steps that a curve may leave the plot by, rather than give it a new empty band


def ticks(series: Iterable[Floats]) -> list[float]:
    """Two to eight round numbers that enclose every value, but for a twentieth of a step."""
    values = np.concatenate([np.ravel(values) for values in series])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    span = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 4.0))
    step = next(k * power for k in (1, 2, 2.5, 5, 10) if span / (k * power) <= 6.0)
    first, last = math.floor(low / step + _SPARE), math.ceil(high / step - _SPARE)
    return [k * step for k in range(first, max(last, first + 1) + 1)]


class Axis(NamedTuple):
    """Round numbers along a plot, and where the first and the last of them stand [px]."""

    ticks: list[float]
    first: float
    last: float

    def at(self, value: float) -> float:
        """Place of a value [px]."""
        share = (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return self.first + (self.last - self.first) * share


def axes(title: str, x_axis: Axis, y_axis: Axis, x_label: str, y_label: str) -> Iterator[str]:
    """Frame, grid, numbers and labels of one plot, its lower left corner at (0, `HEIGHT`)."""
    lines = wrap(title, _LETTERS, max_lines=2, placeholder=" …")
    for above, line in enumerate(reversed(lines)):
        yield text(WIDTH / 2, -12 - 16 * above, line, size=14, anchor="middle")
    for tick in x_axis.ticks:
        x = x_axis.at(tick)
        yield f'<path d="M{x:.1f} 0V{HEIGHT}" stroke="#e4e4e4"/>'
        yield text(x, HEIGHT + 17, f"{tick:g}", anchor="middle")
    for tick in y_axis.ticks:
        y = y_axis.at(tick)
        yield f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#e4e4e4"/>'
        yield text(-8, y + 4, f"{tick:g}", anchor="end")
    yield f'<path d="M0 0V{HEIGHT}H{WIDTH}" fill="none" stroke="#444444"/>'
    yield text(WIDTH / 2, HEIGHT + 38, x_label, size=13, anchor="middle")
    if y_label:
        yield f'<g transform="translate(-44 {HEIGHT / 2}) rotate(-90)">'
        yield text(0, 0, y_label, size=13, anchor="middle")
        yield "</g>"


def text(
    x: float, y: float, text: str, *, size: int = 12, anchor: str = "start", weight: str = "normal"
) -> str:
    """One line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="#222222">{escape(text)}</text>'
    )
