"""Loads of the knee over speed and incline, and which level forward walk loads it as much."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.report.folder import Folder
from retrogait.report.gathered.choice import PREDICTED
from retrogait.report.gathered.labels import label, words
from retrogait.report.gathered.surface import (
    BETWEEN,
    HOLES,
    LOADS,
    Surface,
    has_cell,
    levels,
    published_bands,
    reading,
    reference,
    surfaces,
)
from retrogait.report.page.parts import Chart, Column, Section, Table, column

JOINTS = {"tibiofemoral_peak": "tibiofemoral joint", "patellofemoral_peak": "patellofemoral joint"}
"""What a load is of, in words."""

MOST_POINTS = 400
"""Points of the grid that a chart can show; recorded walks whose speeds all differ make more."""

_MOST_NUMBERS = 8
"""Points along an axis between which a number in each still has room."""

_LIKE_HEAD = "like level forward walking"

_LIKE = "#cc79a7"  # of Okabe & Ito; seen on both ends of the scale


def surface_section(folder: Folder) -> Section | None:
    """Section of contour charts, one per load and direction; None where the walks of a study are no grid.

    Parameters
    ----------
    folder
        Of a run.

    Raises
    ------
    ResultError
        A measure is absent from the file, or a unit is not that of the registry.
    """
    try:
        rows = [surfaces(folder, name) for name in LOADS]
    except ConfigError:  # one speed, or one incline
        return None
    rows = [row for row in rows if any(has_cell(one.values) for one in row)]
    if not rows or max(one.values.size for row in rows for one in row) > MOST_POINTS:
        return None
    charts = [chart for row in rows for chart in _charts(row)]
    html = "".join(_readings(row) for row in rows)
    holes = any(np.isnan(one.values).any() for row in rows for one in row)
    foreword = (
        f"<p>{BETWEEN} {HOLES if holes else ''} Each value is the mean of both legs. The incline is positive "
        'uphill in the direction of travel.<span class="on-screen"> Press or point at a dot to read what its '
        f"load is like; the CSV has it too.</span>{_origin(folder, rows)}</p>"
    )
    return Section("surfaces", "Loads over speed and incline", foreword + html, charts)


def _origin(folder: Folder, rows: Sequence[Sequence[Surface]]) -> str:
    """Which conditions are shown where a study has recorded and predicted ones."""
    if len(folder.origins) < 2:
        return ""
    kind = "predicted" if any(one.predicted for row in rows for one in row) else "recorded"
    return f" Of {kind} conditions alone: a mean of recorded and predicted walks is a number of nothing."


def _charts(row: Sequence[Surface]) -> Iterator[Chart]:
    base = next((one for one in row if one.direction == "forward"), None)
    steps, like = levels(row), reference(row)
    for surface in row:
        predicted = " (predicted)" if surface.predicted else ""
        low, high = float(np.nanmin(surface.values)), float(np.nanmax(surface.values))
        said = words(surface.measure)
        dashed = f" Dashed: as walking forward on the level at {like[0]:g} m/s." if like else ""
        yield Chart(
            id=f"surface-{surface.measure.replace('_', '-')}-{surface.direction}",
            title=f"{said[0].upper()}{said[1:]}, {surface.direction}{predicted}",
            caption=f"In {surface.unit}.{dashed} {PREDICTED if surface.predicted else ''}".strip(),
            traces=_traces(surface, steps, like),
            layout={
                "xaxis": {"title": {"text": label("speed")}, "zeroline": False, "showgrid": False},
                "yaxis": {"title": {"text": label("incline")}, "zeroline": False, "showgrid": False},
            },
            table=_table(surface, base),
            alt=f"{said} of {surface.direction} walking over speed and incline, from {low:.2f} to {high:.2f} "
            f"{surface.unit}; every value is in the CSV",
        )


def _table(surface: Surface, base: Surface | None) -> Table:
    """One row per point of the grid, incline by incline, and after them the holes, without a value."""
    order = np.argsort(np.isnan(surface.values.ravel()), kind="stable")
    speed, incline = (axis.ravel()[order] for axis in np.meshgrid(surface.speed, surface.incline))
    values, of = surface.values.ravel()[order], surface.measure
    return Table(
        f"surface-{surface.measure.replace('_', '-')}-{surface.direction}",
        f"{words(surface.measure)} of {surface.direction} walking",
        [
            Column("condition", "", [str(name) for name in surface.names.ravel()[order]]),
            Column("walking speed", "m/s", speed),
            Column("incline", "deg", incline),
            Column(words(surface.measure), surface.unit, values),
            Column(_LIKE_HEAD, "", ["" if base is None else reading(float(one), base) for one in values]),
            Column(
                "within the published", "", ["; ".join(published_bands(of, float(one))) for one in values]
            ),
        ],
    )


def _traces(surface: Surface, steps: Floats, like: tuple[float, float] | None) -> list[dict[str, Any]]:
    at: dict[str, Any] = {
        "x": column("walking speed"),
        "y": column("incline"),
        "z": column(words(surface.measure)),
        "type": "contour",
        "connectgaps": False,
        "hoverinfo": "skip",
    }
    contours = {"start": float(steps[0]), "end": float(steps[-1]), "size": float(steps[1] - steps[0])}
    traces: list[dict[str, Any]] = [
        {
            **at,
            "zmin": float(steps[0]),
            "zmax": float(steps[-1]),
            "colorscale": "Cividis",
            "contours": {**contours, "coloring": "fill"},
            "line": {"smoothing": 0, "width": 0.7, "color": "#ffffff"},
            "colorbar": {"thickness": 14, "title": {"text": surface.unit}, "outlinewidth": 0},
        },
    ]
    if like is not None:
        traces.append(
            {
                **at,
                "showscale": False,
                "contours": {"start": like[1], "end": like[1], "size": 1.0, "coloring": "none"},
                "line": {"smoothing": 0, "width": 2.5, "color": _LIKE, "dash": "dash"},
            }
        )
    return [*traces, _hatched(surface), _points(surface)]


def _hatched(surface: Surface) -> dict[str, Any]:
    """Cover cells that lack a corner: Plotly draws into them what nobody computed."""
    known = np.isfinite(surface.values)
    whole = known[1:, 1:] & known[1:, :-1] & known[:-1, 1:] & known[:-1, :-1]
    x: list[float | None] = []
    y: list[float | None] = []
    for row, at in np.argwhere(~whole):
        (left, right), (low, high) = (
            surface.speed[at : at + 2].tolist(),
            surface.incline[row : row + 2].tolist(),
        )
        x += [left, right, right, left, left, None]
        y += [low, low, high, high, low, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": "@card",
        "fillpattern": {"shape": "/", "fgcolor": "@line", "bgcolor": "@card", "size": 8},
        "line": {"width": 0, "color": "@line"},
        "hoverinfo": "skip",
    }


def _points(surface: Surface) -> dict[str, Any]:
    """A disc on every condition, with its value where there is room."""
    numbers = max(surface.values.shape) <= _MOST_NUMBERS
    known = (0, int(np.isfinite(surface.values).sum()))  # the holes come last, and get no disc
    of = f"<b>%{{customdata:.2f}} {surface.unit}</b> at %{{x}} m/s, %{{y}} deg"
    return {
        "type": "scatter",
        "mode": "markers+text" if numbers else "markers",
        "x": column("walking speed", known),
        "y": column("incline", known),
        "customdata": column(words(surface.measure), known),
        "text": column(_LIKE_HEAD, known),
        "texttemplate": "%{customdata:.1f}",
        "textfont": {"size": 11, "color": "@ink"},
        "cliponaxis": False,
        "marker": {
            "size": 26 if numbers else 8,
            "color": "@card",
            "line": {"color": "@ink", "width": 1},
        },
        "hovertemplate": f"{of}<br>%{{text}}<extra></extra>",
        "hoverlabel": {"align": "left", "font": {"size": 11}},
    }


def _readings(row: Sequence[Surface]) -> str:
    """List of what each retro walk on the level is like, or nothing."""
    base = next((one for one in row if one.direction == "forward"), None)
    retro = next((one for one in row if one.direction == "retro"), None)
    if base is None or retro is None:
        return ""
    items = []
    for speed, value in zip(*retro.level, strict=True):
        like = reading(float(value), base)
        if like:
            who = f"<strong>retro at {speed:g} m/s</strong>, {value:.2f} {escape(retro.unit)}"
            items.append(f"<li>{who}: {escape(like)}</li>")
    if not items:
        return ""
    predicted = f" {PREDICTED}" if retro.predicted or base.predicted else ""
    published = "; ".join(published_bands(retro.measure))
    told = f'<p class="soft">Published for people, {escape(published)}.</p>' if published else ""
    speeds = base.level[0]
    return (
        f"<h3>What retro on the level loads the {JOINTS[retro.measure]} like</h3>"
        f"<p>Level forward is walking forward on the level at {speeds[0]:g} to {speeds[-1]:g} m/s, between "
        f"conditions by straight lines; what counts is the {escape(words(retro.measure))}.{predicted}</p>"
        f"<ul>{''.join(items)}</ul>{told}"
    )
