"""What each muscle adds to the peak force of a joint, with the one sentence that says why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from retrogait.errors import ConfigError, MotionError
from retrogait.report.folder import COLLECTION, Condition, Folder
from retrogait.report.gathered.choice import DIRECTIONS, choose, walk
from retrogait.report.gathered.contributions import PEAKS, Contributions, contributions, explain
from retrogait.report.gathered.labels import column as row_of
from retrogait.report.gathered.labels import words
from retrogait.report.gathered.stack import Layer, layers
from retrogait.report.page.parts import Chart, Column, Section, Table, column

MEASURES = ("tibiofemoral_peak", "patellofemoral_peak")

MOST_WALKS = 10
"""Conditions whose every frame is read: each takes 50 ms, and more bars are hard to compare."""

_PATTERNS = ("", "/", ".", "x", "-", "+")
"""Tell muscles of one family apart."""


@dataclass(frozen=True, eq=False, slots=True)
class _Bar:
    """One condition: its name in words and what its forces are made of, one per measure."""

    title: str
    condition: Condition
    parts: tuple[Contributions, ...]


def contribution_section(folder: Folder) -> Section | None:
    """Section of stacked bars, one chart per joint; None where no file of a condition can be taken apart.

    Parameters
    ----------
    folder
        Of a run.
    """
    chosen = conditions_of(folder)
    bars = [bar for one in chosen if (bar := _bar(folder, one)) is not None]
    if not bars:
        return None
    charts = [_chart(bars, number) for number in range(len(MEASURES))]
    of = len(folder.stored)
    some = f" {len(bars)} of {of} conditions are shown." if len(bars) < of else ""
    first = (
        {one.name for one in choose(folder)} if len(bars) > len(DIRECTIONS) else {one.name for one in chosen}
    )
    html = (
        "<p>A contact force is what ground, weight and inertia make without muscles, and the pull of every "
        "muscle. Along the force itself these parts are plain numbers that sum to it exactly. The "
        f"patellofemoral force is that of the closed form, of which each head makes the share of its "
        f"tension.{some}</p>" + "".join(_sentences(bars, number, first) for number in range(len(MEASURES)))
    )
    return Section("contributions", "Which muscles make the peaks", html, charts)


def conditions_of(folder: Folder) -> list[Condition]:
    """Conditions to take apart: all of few, else those nearest to level, else some from low to high peaks."""
    where = folder.path / COLLECTION
    row = row_of(folder.collection, "measure", MEASURES[0], where)
    peaks = folder.collection["measure_mean"][:, :, row].to_numpy()
    known = [one for one in folder.stored if one.path is not None and np.isfinite(peaks[one.row]).any()]
    if len(known) > MOST_WALKS:
        flattest = min(abs(one.incline) for one in known)
        level = [one for one in known if abs(one.incline) == flattest]
        known = level if 0 < len(level) < len(known) else known
    if len(known) > MOST_WALKS:
        known.sort(key=lambda one: (DIRECTIONS.index(one.direction), float(np.nanmean(peaks[one.row]))))
        known = [known[round(k * (len(known) - 1) / (MOST_WALKS - 1))] for k in range(MOST_WALKS)]
    return sorted(known, key=lambda one: (DIRECTIONS.index(one.direction), *one.walk))


def _bar(folder: Folder, one: Condition) -> _Bar | None:
    """Forces of one condition; None where no complete cycle is found on the forces that its file has."""
    try:
        parts = contributions(folder.result(one.name), MEASURES, where=one.path or one.name)
    except (ConfigError, MotionError):
        return None
    return _Bar(walk(one), one, tuple(parts))


def _chart(bars: Sequence[_Bar], number: int) -> Chart:
    measure = MEASURES[number]
    parts = [bar.parts[number] for bar in bars]
    stack = layers(parts, at_peak=True)
    said = words(measure)
    kinds = [bar.condition.predicted for bar in bars]
    predicted = " (predicted)" if all(kinds) else " (some predicted)" if any(kinds) else ""
    unit = parts[0].unit
    return Chart(
        id=f"contributions-{measure.replace('_', '-')}",
        title=f"{said[0].upper()}{said[1:]} by muscle{predicted}",
        caption=f"Each bar is the mean over the peaks of the cycles of one leg, its parts sum to the {said}.",
        traces=[_trace(layer, unit) for layer in stack],
        layout={
            "barmode": "relative",
            "xaxis": {"title": {"text": f"[{unit}]"}},
            "yaxis": {"type": "category", "autorange": "reversed", "ticksuffix": " "},
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        },
        table=_table(bars, number, stack, unit),
        alt=f"Stacked bars: {said} of {len(bars)} walks by muscle; the list above says what makes most",
        height=130 + 28 * len(bars) + 14 * sum(not layer.small for layer in stack),
    )


def _table(bars: Sequence[_Bar], number: int, stack: Sequence[Layer], unit: str) -> Table:
    parts = [bar.parts[number] for bar in bars]
    heights = [dict(zip(one.names, one.peak_parts.tolist(), strict=True)) for one in parts]
    said = words(MEASURES[number])
    return Table(
        f"contributions-{MEASURES[number].replace('_', '-')}",
        f"{said} by muscle",
        [
            Column("condition", "", [bar.condition.name for bar in bars]),
            Column("walk", "", _distinct(bars)),
            Column("leg", "", [one.side for one in parts]),
            Column(said, unit, np.array([one.peak for one in parts])),
            Column("time of the peak", "% of the cycle", np.array([one.peak_time for one in parts])),
            *(
                Column(layer.name, unit, np.array([height.get(layer.name, 0.0) for height in heights]))
                for layer in stack
            ),
            Column("in a sentence", "", [explain(one) for one in parts]),
        ],
    )


def _distinct(bars: Sequence[_Bar]) -> list[str]:
    """Names of the bars, which one axis must tell apart."""
    mixed = len({bar.condition.predicted for bar in bars}) > 1  # else the title of the chart says it for all
    titles = [f"{bar.title}{' (predicted)' if mixed and bar.condition.predicted else ''}" for bar in bars]
    return [
        f"{title}, {bar.condition.name}" if titles.count(title) > 1 else title
        for title, bar in zip(titles, bars, strict=True)
    ]


def _trace(layer: Layer, unit: str) -> dict[str, Any]:
    pattern = _PATTERNS[layer.rank % len(_PATTERNS)]
    return {
        "type": "bar",
        "orientation": "h",
        "name": layer.name,
        "y": column("walk"),
        "x": column(layer.name),
        "showlegend": not layer.small,
        "marker": {
            "color": layer.colour,
            "line": {"color": "@card", "width": 0.5},
            "pattern": {"shape": pattern, "fgcolor": "#000000", "size": 6},
        },
        "hovertemplate": f"{layer.name}: %{{x:.2f}} {unit}<extra>%{{y}}</extra>",
    }


def _sentences(bars: Sequence[_Bar], number: int, first: Collection[str]) -> str:
    """A sentence for each bar; those of the walks that the page opens with stand open, the others fold."""
    titles = _distinct(bars)
    shown: list[str] = []
    folded: list[str] = []
    for title, bar in zip(titles, bars, strict=True):
        item = f"<li><strong>{escape(title)}</strong>: {escape(explain(bar.parts[number]))}</li>"
        (shown if bar.condition.name in first else folded).append(item)
    html = f"<h3>The peak of the {PEAKS[MEASURES[number]].joint} force</h3>"
    if shown:
        html += f"<ul>{''.join(shown)}</ul>"
    if folded:
        said = f"{len(folded)} more walks" if shown else "Each in a sentence"
        html += f"<details><summary>{said}</summary><ul>{''.join(folded)}</ul></details>"
    return html
