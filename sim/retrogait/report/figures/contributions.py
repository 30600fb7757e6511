"""What each muscle adds to a contact force: stacked over the cycle, or at the peak of each of many walks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from retrogait.arrays import Floats
from retrogait.report.figures.compose import (
    PATCH,
    cycle_axis,
    drawing,
    grid,
    legend,
    legend_columns,
    letters,
    outer_labels,
    upright,
)
from retrogait.report.figures.style import HATCHES, INK, Size
from retrogait.report.gathered.choice import PREDICTED
from retrogait.report.gathered.contributions import PEAKS, Contributions, explain
from retrogait.report.gathered.labels import label
from retrogait.report.gathered.stack import REMAINDER, Layer, layers

MOST_CYCLES = 2
"""Walks whose whole cycle is drawn; of more, the peaks alone."""

REST = "all other muscles"


@dataclass(frozen=True, eq=False, slots=True)
class Walk:
    """One condition: its name in words, its force taken apart, and whether nobody walked it."""

    title: str
    parts: Contributions
    predicted: bool


def draw_contributions(walks: Sequence[Walk], size: Size) -> Figure:
    """Figure of contributions, of one measure and of every walk.

    Parameters
    ----------
    walks
        At least one, all of the same measure.
    size
        What it is made for.
    """
    whole = len(walks) <= MOST_CYCLES
    stack = layers([walk.parts for walk in walks], at_peak=not whole)
    shown = [layer.name for layer in stack if not layer.small]
    styles = _styles(stack)
    handles: list[Artist] = [Patch(label=name, **style) for name, style in styles.items()]
    with drawing(size):
        lines = -(-len(handles) // legend_columns(size, list(styles), PATCH))
        columns = 1 if not whole or size.columns == 1 else len(walks)
        rows = -(-len(walks) // columns) if whole else 1
        figure, axes = grid(size, rows, columns, _notes(walks), legend=lines + 1)
        flat = [axis for row in axes for axis in row]
        if whole:
            for axis, walk in zip(flat, walks, strict=True):
                _draw_cycle(axis, size, walk, shown, styles)
            top = max(axis.get_ylim()[1] for axis in flat)
            bottom = min(axis.get_ylim()[0] for axis in flat)
            for axis in flat:
                axis.set_ylim(bottom, top)
            outer_labels(flat, columns)
            handles.append(Line2D([], [], color=INK, label="their sum"))
            handles.append(Line2D([], [], color=INK, linestyle=(0, (1, 1)), linewidth=0.7, label="the peak"))
            letters(flat)
        else:
            _draw_peaks(flat[0], walks, shown, styles)
        legend(figure, size, handles, PATCH)
    return figure


def _stacked(parts: Contributions, shown: Sequence[str], values: Floats) -> list[tuple[str, Floats]]:
    """Heights by name in the order of drawing, the rest summed."""
    names = np.array(parts.names)
    out = [(name, values[names == name].sum(axis=0)) for name in shown]
    rest = ~np.isin(names, shown)
    if rest.any():
        out.append((REST, values[rest].sum(axis=0)))
    return out


def _styles(stack: Sequence[Layer]) -> dict[str, dict[str, Any]]:
    """Colour by family; a second muscle of one family is hatched."""
    edge = {"edgecolor": "white", "linewidth": 0.3}
    styles = {
        layer.name: {"facecolor": layer.colour, "hatch": HATCHES[layer.rank % len(HATCHES)], **edge}
        for layer in stack
        if not layer.small
    }
    if any(layer.small for layer in stack):
        styles[REST] = {"facecolor": REMAINDER, "hatch": HATCHES[0], **edge}
    return styles


def _draw_cycle(
    axis: Axes, size: Size, walk: Walk, shown: Sequence[str], styles: dict[str, dict[str, Any]]
) -> None:
    """Stack what adds upwards and what takes away downwards, and draw the sum over both."""
    parts = walk.parts
    above, below = np.zeros(parts.percent.size), np.zeros(parts.percent.size)
    for name, heights in _stacked(parts, shown, parts.parts):
        up, down = np.maximum(heights, 0.0), np.minimum(heights, 0.0)
        axis.fill_between(parts.percent, above, above + up, **styles[name])
        if (down < 0.0).any():
            axis.fill_between(parts.percent, below, below + down, **styles[name])
        above, below = above + up, below + down
    axis.plot(parts.percent, parts.total, color=INK)
    axis.axvline(parts.peak_time, color=INK, linestyle=(0, (1, 1)), linewidth=0.7)
    cycle_axis(axis, label("percent"))
    upright(axis, size, label(f"{PEAKS[parts.measure].joint}_force"))
    axis.set_title(walk.title)


def _draw_peaks(
    axis: Axes, walks: Sequence[Walk], shown: Sequence[str], styles: dict[str, dict[str, Any]]
) -> None:
    """One bar per walk, its parts from left to right."""
    for row, walk in enumerate(walks):
        right, left = 0.0, 0.0
        for name, height in _stacked(walk.parts, shown, walk.parts.peak_parts):
            length = float(height)
            start = right if length >= 0.0 else left
            axis.barh(row, length, left=start, height=0.75, **styles[name])
            right, left = right + max(length, 0.0), left + min(length, 0.0)
        axis.plot([walk.parts.peak] * 2, [row - 0.42, row + 0.42], color=INK)
        axis.annotate(f"{walk.parts.peak:.2f}", (right, row), (3, 0), textcoords="offset points", va="center")
    axis.set_yticks(range(len(walks)), [walk.title for walk in walks])
    axis.invert_yaxis()
    axis.set_xlim(right=1.12 * max(walk.parts.peak for walk in walks))  # room for the numbers
    axis.set_xlabel(label(walks[0].parts.measure))


def _notes(walks: Sequence[Walk]) -> list[str]:
    notes = [PREDICTED] if any(walk.predicted for walk in walks) else []
    told = walks if len(walks) <= MOST_CYCLES else [max(walks, key=lambda walk: walk.parts.peak)]
    sides = sorted({f"{walk.parts.side} leg" for walk in walks})
    notes += [f"{walk.title}: {_lowered(explain(walk.parts))}" for walk in told]
    notes.append(f"{' and '.join(sides).capitalize()}; 0 % is initial contact.")
    if PEAKS[walks[0].parts.measure].joint == "tibiofemoral":
        notes.append(
            "Parts are taken along the force itself, so they sum to it exactly; without muscles: what "
            "ground, weight and inertia make alone."
        )
    else:
        notes.append(
            "Each head of the quadriceps makes the share of its tension; the force is of the closed form."
        )
    return notes


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
