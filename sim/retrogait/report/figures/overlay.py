"""Forward on retro: mean curves, bands of one standard deviation, and where the foot leaves the ground."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from retrogait.io.text import many
from retrogait.report.figures.compose import (
    cycle_axis,
    drawing,
    grid,
    hatch_gaps,
    legend,
    letters,
    missing_patch,
    upright,
    zero_line,
)
from retrogait.report.figures.style import DIRECTION, SOFT, Size
from retrogait.report.gathered.choice import PREDICTED
from retrogait.report.gathered.labels import label
from retrogait.report.gathered.overlay import Line, Panel

_FADE = (1.0, 0.65, 0.4)
"""Opacity of several walks of one direction in one panel."""

_MARK = 3.5
"""Size of the mark of toe-off over the width of a curve [1]."""

_BAND = 0.2
"""Opacity of a band; two may cross."""


def draw_overlay(panels: Sequence[Sequence[Panel]], size: Size, side: str) -> Figure:
    """Figure of overlays.

    Parameters
    ----------
    panels
        Rows of one quantity, columns of one place, as `retrogait.report.gathered.overlay.overlays` has them;
        a single column is folded into as many as the size has.
    size
        What it is made for.
    side
        Leg, for the notes.
    """
    lines = [line for row in panels for panel in row for line in panel.lines]
    one_place = len(panels[0]) == 1
    columns = min(size.columns, len(panels)) if one_place else len(panels[0])
    order = [panel for row in panels for panel in row]
    with drawing(size):
        handles = _handles(panels, lines)
        notes = _notes(lines, side, panels[0][0].title if one_place else "")
        rows = -(-len(order) // columns)
        figure, axes = grid(size, rows, columns, notes, legend=-(-len(handles) // 3))
        every = [axis for row in axes for axis in row]
        gaps = [_draw(axis, panel, size) for axis, panel in zip(every, order, strict=False)]
        for axis in every[len(order) :]:
            axis.remove()
        if not one_place:
            _share(axes, order)
        letters(every[: len(order)])
        figure.align_ylabels()
        if any(gaps):
            handles.append(missing_patch("no answer"))
        legend(figure, size, handles)
    return figure


def _draw(axis: Axes, panel: Panel, size: Size) -> bool:
    """Draw the lines of one panel; whether one has a gap."""
    drawn: dict[str, int] = {}
    for line in panel.lines:
        colour, dashes = DIRECTION[line.direction]
        fade = _FADE[min(drawn.get(line.direction, 0), len(_FADE) - 1)]
        drawn[line.direction] = drawn.get(line.direction, 0) + 1
        if np.isfinite(line.deviation).any():
            low, high = line.mean - line.deviation, line.mean + line.deviation
            axis.fill_between(panel.percent, low, high, color=colour, alpha=_BAND * fade, linewidth=0.0)
        axis.plot(panel.percent, line.mean, color=colour, linestyle=dashes, alpha=fade)
        if np.isfinite(line.toe_off):
            axis.axvline(line.toe_off, color=colour, linestyle=dashes, linewidth=0.6 * size.line, alpha=fade)
            axis.plot([line.toe_off], [0.0], marker="^", markersize=_MARK * size.line, color=colour,
            alpha=fade,
                      clip_on=False, transform=axis.get_xaxis_transform())  # fmt: skip
    cycle_axis(axis, label("percent"))
    upright(axis, size, label(panel.quantity))
    zero_line(axis)
    return hatch_gaps(axis, panel.percent, [line.mean for line in panel.lines])


def _share(axes: Sequence[Sequence[Axes]], order: Sequence[Panel]) -> None:
    """One upright axis for each row of panels, its label and the places written once."""
    for axis, panel in zip(axes[0], order, strict=False):
        axis.set_title(panel.title)
    for row in axes:
        limits = [axis.get_ylim() for axis in row]
        for axis in row:
            axis.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
        for axis in row[1:]:
            axis.set_ylabel("")
    for row in axes[:-1]:
        for axis in row:
            axis.set_xlabel("")


def _handles(panels: Sequence[Sequence[Panel]], lines: Sequence[Line]) -> list[Artist]:
    """Entries of the legend: one per direction, or one per walk where a panel has several of one."""
    titled = all(panel.title for row in panels for panel in row)
    shown: dict[str, Artist] = {}
    drawn: dict[str, int] = {}
    for line in panels[0][0].lines if not titled else lines:
        name = line.direction if titled else f"{line.direction} {line.place}"
        if name in shown:
            continue
        colour, dashes = DIRECTION[line.direction]
        fade = _FADE[min(drawn.get(line.direction, 0), len(_FADE) - 1)] if not titled else 1.0
        drawn[line.direction] = drawn.get(line.direction, 0) + 1
        shown[name] = Line2D([], [], color=colour, linestyle=dashes, alpha=fade, label=name)
    handles = list(shown.values())
    if any(np.isfinite(line.deviation).any() for line in lines):
        handles.append(Patch(color=SOFT, alpha=_BAND, label="mean ± SD"))
    handles.append(Line2D([], [], color=SOFT, marker="^", markersize=_MARK, linewidth=0.6, label="toe-off"))
    return handles


def _notes(lines: Sequence[Line], side: str, place: str) -> list[str]:
    """What the curves are: leg, averages, predictions, failed frames."""
    told = not place and len({line.place for line in lines}) > 1
    over = dict.fromkeys(
        f"{line.over} ({line.direction}{' ' + line.place if told else ''})" for line in lines
    )
    single = {line.over for line in lines} == {many(1, "cycle")}
    where = f"{place[0].upper()}{place[1:]}, {side} leg" if place else f"{side.capitalize()} leg"
    averages = "One cycle each" if single else f"Averages over {' and '.join(over)}"
    notes = [f"{where}; 0 % is initial contact. {averages}."]
    if any(line.predicted for line in lines):
        notes.insert(0, PREDICTED)
    failed = max(line.failed for line in lines)
    if failed > 0.0:
        notes.append(f"Up to {100.0 * failed:.1f} % of the frames of a walk have no answer and are left out.")
    return notes
