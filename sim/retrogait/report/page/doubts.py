"""When not to believe a curve: failed frames, forces that nothing carries, moments that muscles lack."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from retrogait.card.limits import PROJECT, load_limits
from retrogait.card.measure import LEAST_MOMENT
from retrogait.report.folder import Folder
from retrogait.report.page.inside import Inside
from retrogait.report.page.parts import Chart, Column, Section, Table, column

_SYMBOLS = {"forward": "circle", "retro": "diamond"}


def doubts(folder: Folder, inside: Mapping[str, Inside]) -> Section | None:
    """Section of what limits every other one; None where no file of a condition is left."""
    known = [one for one in folder.stored if one.name in inside]
    if not known:
        return None
    known.sort(key=lambda one: (one.direction, one.frames_failed > 0))  # what is marked alike stands together
    worst = [_worst(inside[one.name].reserves) for one in known]
    table = Table(
        "doubts",
        "Failed frames, residuals and reserves",
        [
            Column("condition", "", [one.name for one in known]),
            Column("direction", "", [one.direction for one in known]),
            Column("origin", "", [one.origin for one in known]),
            Column("frames", "", np.array([one.frames for one in known])),
            Column("frames failed", "", np.array([one.frames_failed for one in known])),
            Column(
                "residual force peak",
                "% of peak ground force",
                np.array([inside[one.name].residual_force for one in known]),
            ),
            Column("largest reserve", "% of peak moment", np.array([100.0 * share for share, _ in worst])),
            Column("coordinate of the largest reserve", "", [name for _, name in worst]),
        ],
    )
    charts = [_scatter(table)]
    if any(inside[one.name].failed for one in known):
        charts.append(_timeline(inside))
    html = (
        "<p>A <em>residual</em> is force at the pelvis that nothing carries: model, motion and ground forces "
        "do not agree. A <em>reserve</em> is what muscles could not give of a joint moment: loads come out "
        "too low there. A <em>failed</em> frame has no answer; it enters no mean and no peak.</p>"
    )
    return Section("doubts", "When not to believe a curve", html, charts, (table,))


def _worst(reserves: Mapping[str, tuple[float, float]]) -> tuple[float, str]:
    """Largest reserve as a share of its coordinate's largest moment, as the report card takes it."""
    shares = [(reserve / max(moment, LEAST_MOMENT), name) for name, (reserve, moment) in reserves.items()]
    return max(shares, default=(float("nan"), ""))


def _scatter(table: Table) -> Chart:
    kinds = list(zip(table["direction"].values, np.asarray(table["frames failed"].values) > 0, strict=True))
    traces: list[dict[str, Any]] = []
    for direction, bad in dict.fromkeys(kinds):
        rows = (kinds.index((direction, bad)), len(kinds) - kinds[::-1].index((direction, bad)))
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "cliponaxis": False,  # most trials lie in the corner, or should
                "name": f"{direction}, frames failed" if bad else str(direction),
                "x": column("largest reserve", rows),
                "y": column("residual force peak", rows),
                "text": column("condition", rows),
                "marker": {
                    "symbol": "x" if bad else _SYMBOLS.get(direction, "square"),
                    "size": 9,
                    "color": "@bad" if bad else f"@{direction if direction in _SYMBOLS else 'soft'}",
                    "line": {"color": "@card", "width": 1},
                },
                "hovertemplate": "%{text}<br>reserve %{x:.3g} %<br>residual %{y:.3g} %<extra></extra>",
            }
        )
    reserve, residual = _published("reserve"), _published("residual_force")
    limits = [
        *(_limit(x0=limit, x1=limit, yref="paper", y0=0, y1=1) for limit in reserve),
        *(_limit(y0=limit, y1=limit, xref="paper", x0=0, x1=1) for limit in residual),
    ]
    return Chart(
        id="doubts-chart",
        title="Residual and reserve of every condition",
        caption=f"One mark for each condition. Dotted: published limits, beyond which loads are to be read "
        f"with suspicion: reserves {_cited(reserve)}; residual forces {_cited(residual)}. A peak moment "
        f"below {LEAST_MOMENT:g} N m counts as that: toes and trunk have no more.",
        traces=traces,
        layout={
            "xaxis": {"title": {"text": "largest reserve [% of peak moment]"}, "rangemode": "tozero"},
            "yaxis": {
                "title": {"text": "residual force peak [% of peak ground force]"},
                "rangemode": "tozero",
            },
            "shapes": limits,
            "showlegend": True,
        },
        table=table,
        height=340,
    )


def _published(check: str) -> dict[float, str]:
    """Limits of a check of the report card that somebody published, to who did."""
    checks, sources = load_limits()
    one = next(one for one in checks if one.id == check)
    known = zip(one.limits, one.sources, strict=True)
    return {limit: str(sources[key]) for limit, key in known if key != PROJECT}


def _cited(limits: Mapping[float, str]) -> str:
    return ", ".join(f"{limit:g} % ({source})" for limit, source in limits.items())


def _limit(**place: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": "line", "line": {"color": "@soft", "dash": "dot", "width": 1.5}, **place}


MOST_BARS = 40
"""Conditions with failed frames that are drawn; the table has all."""


def _timeline(inside: Mapping[str, Inside]) -> Chart:
    """When frames failed, hatched on the time of each trial."""
    bad = {name: one for name, one in inside.items() if one.failed}
    shown = dict(list(bad.items())[:MOST_BARS])
    runs: Sequence[tuple[str, float, float]] = [
        (name, first, last) for name, one in shown.items() for first, last in one.failed
    ]
    table = Table(
        "failed-frames",
        "Failed frames",
        [
            Column("condition", "", [name for name, _, _ in runs]),
            Column("first failed", "s", np.array([first for _, first, _ in runs])),
            Column("last failed", "s", np.array([last for _, _, last in runs])),
            Column("time from first to last", "s", np.array([last - first for _, first, last in runs])),
            Column("trial begins", "s", np.array([shown[name].time[0] for name, _, _ in runs])),
            Column("trial ends", "s", np.array([shown[name].time[1] for name, _, _ in runs])),
        ],
    )
    more = f" The first {MOST_BARS} of {len(bad)}." if len(bad) > MOST_BARS else ""
    hatched = {
        "type": "bar",
        "orientation": "h",
        "name": "failed",
        "y": column("condition"),
        "base": column("first failed"),
        "x": column("time from first to last"),
        "marker": {
            "color": "@card",
            "line": {"color": "@bad", "width": 2},
            "pattern": {"shape": "/", "fgcolor": "@bad", "size": 6},
        },
        "hovertemplate": "%{y}: failed from %{base:.3f} s<extra></extra>",
    }
    ends = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": column(name),
            "y": column("condition"),
            "marker": {"symbol": "line-ns-open", "size": 16, "color": "@ink"},
            "hovertemplate": f"%{{y}}: {name} at %{{x:.3f}} s<extra></extra>",
        }
        for name in ("trial begins", "trial ends")
    ]
    return Chart(
        id="failed-chart",
        title="Failed frames in time",
        caption=f"Hatched: no answer.{more} Upright bars: begin and end of the trial.",
        traces=[hatched, *ends],
        layout={
            "xaxis": {"title": {"text": "time of the trial [s]"}},
            "yaxis": {"automargin": True, "type": "category"},
            "barmode": "overlay",
            "showlegend": False,
        },
        table=table,
        height=140 + 26 * len(shown),
    )
