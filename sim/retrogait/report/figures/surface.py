"""Loads over speed and incline: filled contours between conditions, which dots mark; holes are hatched."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from retrogait.arrays import Floats
from retrogait.report.figures.compose import drawing, grid, legend, letters, missing_patch
from retrogait.report.figures.style import FAINT, INK, LIKE, MISSING, SHADES, Size
from retrogait.report.gathered.choice import PREDICTED
from retrogait.report.gathered.labels import label
from retrogait.report.gathered.surface import BETWEEN, HOLES, Surface, has_cell, levels, reference

_MOST_NUMBERS = 8
"""Points along an axis between which a number at each still has room."""

_DIGITS = 1

_PAD = 0.07
"""Room around the outermost conditions over their distance, so that their dots are whole [1]."""


class _Drawn(NamedTuple):
    """What is the same in all panels of one measure."""

    levels: Floats
    like: tuple[float, float] | None


def draw_surfaces(rows: Sequence[Sequence[Surface]], size: Size) -> Figure:
    """Figure with a row per measure and a column per direction.

    Parameters
    ----------
    rows
        Of one measure each, as `retrogait.report.gathered.surface.surfaces` has them.
    size
        What it is made for.
    """
    every = [surface for row in rows for surface in row]
    upright = size.columns == 1
    with drawing(size):
        shape = (sum(map(len, rows)), 1) if upright else (len(rows), max(map(len, rows)))
        figure, axes = grid(size, *shape, _notes(every))
        flat = [axis for row in axes for axis in row]
        panels = iter(flat)
        alike = []
        for row in rows:
            common = _Drawn(levels(row), reference(row))
            alike.append(common.like)
            mine = [next(panels) for _ in row]
            for axis, surface in zip(mine, row, strict=True):
                shades = _draw(axis, surface, common, size)
            bar = figure.colorbar(shades, ax=mine, aspect=25, pad=0.02)
            bar.set_label(label(row[0].measure))
            bar.outline.set_visible(False)
        letters(flat)
        legend(figure, size, _handles(every, next((one[0] for one in alike if one), None), size))
    return figure


def _draw(axis: Axes, surface: Surface, common: _Drawn, size: Size) -> QuadContourSet:
    """Draw one direction; returns what the colour bar explains."""
    known = np.ma.masked_invalid(surface.values)
    grid_of = surface.speed, surface.incline, known
    corner = surface.speed[0], surface.incline[0]
    across, along = np.ptp(surface.speed), np.ptp(surface.incline)
    axis.add_patch(
        Rectangle(corner, across, along, facecolor="white", edgecolor=FAINT, hatch=MISSING, linewidth=0.0)
    )
    shades = axis.contourf(*grid_of, levels=common.levels, cmap=SHADES, corner_mask=False)
    shades.set_edgecolor("face")  # else a viewer shows hairlines between the levels
    if has_cell(surface.values):
        plain: dict[str, Any] = {"corner_mask": False, "linewidths": 0.5 * size.line}
        lines = axis.contour(*grid_of, levels=common.levels, colors="white", **plain)
        if not _is_sparse(surface):
            axis.clabel(lines, fmt="%g", fontsize=size.note)
        if common.like is not None:
            like: dict[str, Any] = {"colors": LIKE, "linestyles": "dashed", "linewidths": 1.3 * size.line}
            axis.contour(*grid_of, levels=[common.like[1]], corner_mask=False, **like)
    y, x = np.nonzero(np.isfinite(surface.values))
    axis.plot(surface.speed[x], surface.incline[y], zorder=5, **_dots(size))
    if _is_sparse(surface):
        for row, at in zip(y.tolist(), x.tolist(), strict=True):
            place = float(surface.speed[at]), float(surface.incline[row])
            _write(axis, place, float(surface.values[row, at]), size)
    axis.set_xlim(corner[0] - _PAD * across, corner[0] + (1.0 + _PAD) * across)
    axis.set_ylim(corner[1] - _PAD * along, corner[1] + (1.0 + 2.0 * _PAD) * along)  # numbers stand on top
    if _is_sparse(surface):
        axis.set_xticks(surface.speed)
        axis.set_yticks(surface.incline)
    axis.set_xlabel(label("speed"))
    axis.set_ylabel(label("incline"))
    axis.set_title(surface.direction)
    return shades


def _write(axis: Axes, at: tuple[float, float], value: float, size: Size) -> None:
    """Write a value above its dot."""
    written = axis.annotate(
        f"{value:.{_DIGITS}f}", at, (0.0, 0.45 * size.text), textcoords="offset points",
        ha="center", va="bottom", fontsize=size.note, zorder=6,
        bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0.0, "pad": 0.4},
    )  # fmt: skip
    written.set_in_layout(False)  # it lies inside the panel, and measuring a hundred of them takes seconds


def _is_sparse(surface: Surface) -> bool:
    """Whether there is room for a number at every point."""
    return bool(max(surface.values.shape) <= _MOST_NUMBERS)


def _dots(size: Size) -> dict[str, Any]:
    return {
        "linestyle": "none",
        "marker": "o",
        "markersize": 2.6 * size.line,
        "color": INK,
        "markerfacecolor": "white",
        "markeredgewidth": 0.6 * size.line,
    }


def _handles(every: Sequence[Surface], speed: float | None, size: Size) -> list[Artist]:
    handles: list[Artist] = [Line2D([], [], label="condition", **_dots(size))]
    if speed is not None:
        like = f"as forward, level, {speed:g} m/s"
        handles.append(Line2D([], [], color=LIKE, linestyle="dashed", label=like))
    if any(np.isnan(surface.values).any() for surface in every):
        handles.append(missing_patch("no condition"))
    return handles


def _notes(every: Sequence[Surface]) -> list[str]:
    notes = [PREDICTED] if any(surface.predicted for surface in every) else []
    holes = [HOLES] if any(np.isnan(surface.values).any() for surface in every) else []
    return [*notes, " ".join([BETWEEN, *holes]), "Incline: positive uphill in the direction of travel."]
