"""Measured against estimated knee force, a panel per trial, with the scores that were stored."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.report.figures.compose import (
    cycle_axis,
    drawing,
    grid,
    hatch_gaps,
    legend,
    letters,
    missing_patch,
    outer_labels,
    upright,
)
from retrogait.report.figures.style import INK, SERIES, SOFT, Size
from retrogait.report.gathered.labels import label, unit
from retrogait.report.gathered.validation import ESTIMATES, FORCE, Compared, Validation

_RANGE = 0.25
"""Opacity of the range of all sets of choices."""

_MEASURED = 1.8
"""Width of what was measured over that of an estimate: told apart without colour too [1]."""


def draw_validation(
    found: Validation, size: Size, *, estimate: str = "axial", patterns: Sequence[str] = ()
) -> Figure:
    """Figure of a validation.

    Parameters
    ----------
    found
        Of `retrogait.report.gathered.validation.read_validation`.
    size
        What it is made for.
    estimate
        "axial" or "resultant".
    patterns
        Sets of choices to draw as lines, names or patterns with ``*`` and ``?``. None: the plain analysis,
        and the range of all sets as a band.

    Raises
    ------
    ConfigError
        There is no such estimate or set of choices.
    """
    if estimate not in ESTIMATES:
        raise ConfigError(f"{estimate!r} is no estimate of a validation; expected {' or '.join(ESTIMATES)}")
    variants = list(dict.fromkeys(one.variant for one in found.compared))
    chosen = _chosen(variants, patterns)
    trials = list(dict.fromkeys(one.trial for one in found.compared))
    columns = min(size.columns, len(trials))
    with drawing(size):
        handles = _handles(chosen, size, 0 if patterns else len(variants))
        ranged = not patterns and len(variants) > 1
        notes = [
            f"Estimate: {estimate} force of the tibiofemoral joint. Measured: total force of the "
            "instrumented knee.",
            *([f"Estimated with the settings of the experiment; the range: {'; '.join(variants)}."] * ranged),
            *found.remarks[:1],
        ]
        figure, axes = grid(size, -(-len(trials) // columns), columns, notes, legend=-(-len(handles) // 3))
        flat = [axis for row in axes for axis in row]
        gaps = False
        for axis, trial in zip(flat, trials, strict=False):
            mine = [one for one in found.compared if one.trial == trial]
            gaps |= _draw(axis, mine, chosen, estimate, size, banded=ranged)
        for axis in flat[len(trials) :]:
            axis.remove()
        flat = flat[: len(trials)]
        top = max(axis.get_ylim()[1] for axis in flat)
        for axis in flat:
            axis.set_ylim(0.0, (1.0 + 0.11 * len(chosen)) * top)  # room for the scores
        outer_labels(flat, columns)
        letters(flat)
        if gaps:
            handles.append(missing_patch("no answer"))
        legend(figure, size, handles)
    return figure


def _chosen(variants: Sequence[str], patterns: Sequence[str]) -> list[str]:
    for pattern in patterns:
        if not any(fnmatchcase(one, pattern) for one in variants):
            raise ConfigError(f"no set of choices is called {pattern!r}{suggestion(pattern, variants)}")
    chosen = [one for one in variants if any(fnmatchcase(one, pattern) for pattern in patterns)]
    if len(chosen) > len(SERIES):
        raise ConfigError(
            f"{len(chosen)} sets of choices in one figure, expected at most {len(SERIES)}; name fewer"
        )
    return chosen or [variants[0]]


def _draw(
    axis: Axes, mine: Sequence[Compared], chosen: Sequence[str], estimate: str, size: Size, *, banded: bool
) -> bool:
    percent, measured = mine[0].percent, mine[0].measured
    curves = {one.variant: one.axial if estimate == "axial" else one.resultant for one in mine}
    if banded:
        every = np.array(list(curves.values()))
        known = np.isfinite(every).any(axis=0)
        low, high = (
            np.where(known, side(np.where(np.isfinite(every), every, worst), axis=0), np.nan)
            for side, worst in ((np.min, np.inf), (np.max, -np.inf))
        )
        axis.fill_between(percent, low, high, color=SOFT, alpha=_RANGE, linewidth=0.0)
    axis.plot(percent, measured, color=INK, linewidth=_MEASURED * size.line)
    told = []
    for variant, (colour, dashes) in zip(chosen, SERIES, strict=False):
        one = next((found for found in mine if found.variant == variant), None)
        if one is None:
            continue
        axis.plot(percent, curves[variant], color=colour, linestyle=dashes)
        who = f"{variant}: " if len(chosen) > 1 else ""
        told.append(f"{who}RMSE {one.rmse[estimate]:.2f} {unit(FORCE)}, R² {one.r_squared[estimate]:.2f}")
    axis.text(0.98, 0.98, "\n".join(told), transform=axis.transAxes, ha="right", va="top")
    cycle_axis(axis, label("percent"))
    upright(axis, size, label(FORCE))
    axis.set_title(mine[0].trial)
    return hatch_gaps(
        axis, percent, [measured, *(curves[variant] for variant in chosen if variant in curves)]
    )


def _handles(chosen: Sequence[str], size: Size, ranged: int) -> list[Artist]:
    handles: list[Artist] = [Line2D([], [], color=INK, linewidth=_MEASURED * size.line, label="measured")]
    for variant, (colour, dashes) in zip(chosen, SERIES, strict=False):
        name = "estimated" if ranged else f"estimated, {variant}"
        handles.append(Line2D([], [], color=colour, linestyle=dashes, label=name))
    if ranged > 1:
        handles.append(Patch(color=SOFT, alpha=_RANGE, label=f"range of {ranged} sets of choices"))
    return handles
