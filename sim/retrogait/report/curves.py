"""Curves side by side as one SVG picture, without a plotting library."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import numpy as np

from retrogait.arrays import Floats, runs
from retrogait.report.axes import HEIGHT, WIDTH, Axis, axes, text, ticks

_STYLES = (
    ("#000000", "", 2.4),
    ("#0072b2", "", 1.6),
    ("#d55e00", "6 3", 1.6),
    ("#009e73", "2 3", 1.8),
    ("#cc79a7", "8 3 2 3", 1.6),
    ("#e69f00", "12 4", 1.6),
)
"""Colour, dashes and width [px] by order of the labels. The colours are those of Okabe and Ito
(2008), which people with any colour vision tell apart; the dashes tell them apart in print."""

_LEFT, _TOP, _GAP, _BELOW = 64, 66, 34, 80  # margins around the plots [px]
_INSET = 24.0  # between the frame and the outermost dots, which would cover the numbers beside it [px]
_COLUMNS = 3
_LEGEND_ROW = 20  # px
_LETTER = 6.4  # mean width of a letter of running text [px]
_FOOT = 3  # half the width of a whisker's foot [px]


@dataclass(frozen=True, eq=False)
class Curve:
    """One line; NaN in ``y`` is a gap.

    label    : what the legend says; curves of one label look alike in every panel
    x, y     : (point,)
    whiskers : (point, 2) lowest and highest value that a point might as well have; NaN for none
    marked   : whether every point has a dot, as the few points of a sweep need
    shift    : to the right, so that the whiskers of several curves stand side by side [px]
    """

    label: str
    x: Floats
    y: Floats
    whiskers: Floats | None = None
    marked: bool = False
    shift: float = 0.0


@dataclass(frozen=True, eq=False)
class Panel:
    """One plot.

    title  : above it
    curves : in it
    scale  : panels of one scale share their upright axis; the other axis is that of all
    zero   : whether the upright axis holds zero, as one of sizes that are compared must
    """

    title: str
    curves: tuple[Curve, ...]
    scale: str = ""
    zero: bool = False


def draw(
    panels: Sequence[Panel], *, title: str, x_label: str, y_label: str, remarks: Sequence[str] = ()
) -> str:
    """Picture of all panels, with axes, grid and legend.

    Parameters
    ----------
    panels
        At least one, each with at least one curve that has a number.
    title
        Of the whole picture; also what a screen reader says.
    x_label, y_label
        Of every panel, units included.
    remarks
        Below the legend, each from a line of its own.

    Returns
    -------
    str
        A complete SVG document.
    """
    labels = list(dict.fromkeys(curve.label for panel in panels for curve in panel.curves))
    styles = {label: _STYLES[i % len(_STYLES)] for i, label in enumerate(labels)}
    inset = _INSET if any(curve.marked for panel in panels for curve in panel.curves) else 0.0
    x_axis = Axis(ticks(curve.x for panel in panels for curve in panel.curves), inset, WIDTH - inset)
    y_axes = {
        scale: Axis(ticks(_heights(panel for panel in panels if panel.scale == scale)), HEIGHT, 0.0)
        for scale in dict.fromkeys(panel.scale for panel in panels)
    }
    columns = 2 if len(panels) == 4 else min(_COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    width = _LEFT + columns * (WIDTH + _GAP)
    legend = list(_legend(labels, styles, width, _TOP + rows * (HEIGHT + _BELOW)))
    below = float(_TOP) + rows * (HEIGHT + _BELOW) + _LEGEND_ROW * (legend[-1][0] + 1)
    wrapped = [line for remark in remarks for line in wrap(remark, int((width - _LEFT) / _LETTER))]
    below += _LEGEND_ROW / 2 if wrapped else 0.0
    height = below + _LEGEND_ROW * len(wrapped)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        text(_LEFT, 24, title, size=16, weight="bold"),
    ]
    for i, panel in enumerate(panels):
        row, column = divmod(i, columns)
        parts.append(
            f'<g transform="translate({_LEFT + column * (WIDTH + _GAP)} {_TOP + row * (HEIGHT + _BELOW)})">'
        )
        y_axis = y_axes[panel.scale]
        parts += axes(panel.title, x_axis, y_axis, x_label, y_label if column == 0 else "")
        for curve in panel.curves:
            parts += _whiskers(curve, styles[curve.label], x_axis, y_axis)
        for curve in panel.curves:
            parts += _lines(curve, styles[curve.label], x_axis, y_axis)
        parts.append("</g>")
    parts += [entry for _, entry in legend]
    parts += [text(_LEFT, below + _LEGEND_ROW * row, line) for row, line in enumerate(wrapped)]
    return "\n".join([*parts, "</svg>", ""])


def _heights(panels: Iterable[Panel]) -> Iterator[Floats]:
    """Everything that an upright axis has to hold."""
    for panel in panels:
        if panel.zero:
            yield np.zeros(1)
        for curve in panel.curves:
            yield curve.y
            if curve.whiskers is not None:
                yield curve.whiskers


def _lines(curve: Curve, style: tuple[str, str, float], x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    """One polyline per run of numbers, and the dots on it."""
    colour, dashes, width = style
    known = np.isfinite(curve.x) & np.isfinite(curve.y)
    for first, last in runs(known):
        places = [
            (x_axis.at(x) + curve.shift, y_axis.at(y))
            for x, y in zip(curve.x[first:last], curve.y[first:last], strict=True)
        ]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
            f'stroke-dasharray="{dashes or "none"}" stroke-linejoin="round"/>'
        )
        if curve.marked:
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)


def _whiskers(curve: Curve, style: tuple[str, str, float], x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    """Draw an upright bar with feet at every point that has whiskers."""
    if curve.whiskers is None:
        return
    for value, (low, high) in zip(curve.x, curve.whiskers, strict=True):
        if math.isfinite(value) and math.isfinite(low) and math.isfinite(high):
            x = x_axis.at(value) + curve.shift
            bottom, top = y_axis.at(low), y_axis.at(high)
            foot, half = f"h{2 * _FOOT}", f"m{-_FOOT} 0"
            yield (
                f'<path d="M{x - _FOOT:.1f} {bottom:.1f}{foot}{half}V{top:.1f}{half}{foot}" fill="none" '
                f'stroke="{style[0]}" stroke-opacity="0.55"/>'
            )


def _legend(
    labels: Sequence[str], styles: dict[str, tuple[str, str, float]], width: float, top: float
) -> Iterator[tuple[int, str]]:
    """Row and text of every entry, broken where the picture ends."""
    x, row = float(_LEFT), 0
    for label in labels:
        colour, dashes, thickness = styles[label]
        needed = 60 + 7.2 * len(label)
        if x > _LEFT and x + needed > width:
            x, row = float(_LEFT), row + 1
        y = top + _LEGEND_ROW * row
        yield (
            row,
            (
                f'<path d="M{x:.0f} {y:.0f}h32" stroke="{colour}" stroke-width="{thickness}" '
                f'stroke-dasharray="{dashes or "none"}"/>' + text(x + 40, y + 4, label, size=13)
            ),
        )
        x += needed
