"""The table of all conditions: what was walked, what came of it, and the loads of the knee."""

from html import escape

import numpy as np

from retrogait.collection import SIDES
from retrogait.gait.window import WINDOW_LOADS
from retrogait.report.folder import COLLECTION, STORED, Folder
from retrogait.report.gathered.labels import column as row_of
from retrogait.report.gathered.labels import unit
from retrogait.report.page.parts import Column, Section, Table

_MEASURES = {
    "tibiofemoral_peak": "tibiofemoral peak",
    "patellofemoral_peak": "patellofemoral peak, closed form",
    "knee_extension_moment_peak": "knee extension moment peak",
    "knee_adduction_moment_first": "knee adduction moment, first peak",
    "stance_share": "stance share",
    "stride_time": "stride time",
}
"""Measures of a cycle in the table, and how it calls them."""

_WINDOW = {
    "tibiofemoral_peak": "tibiofemoral peak of the window",
    "patellofemoral_peak_geometry": "patellofemoral peak of the window, geometry",
    "patellofemoral_peak_closed_form": "patellofemoral peak of the window, closed form",
    "quadriceps_activation_peak": "quadriceps activation peak of the window",
}


def overview(folder: Folder) -> Section:
    """Section of one table: a row for each condition and leg."""
    table = summary(folder)
    failed = [one for one in folder.conditions if one.status != STORED]
    html = (
        "<p>One row for each condition and leg. Measures are the mean over the complete cycles of that leg, "
        "and SD their sample standard deviation; peaks of the window need no complete cycle. BW is body "
        "weight. Press a heading to sort.</p>"
    )
    if failed:
        reasons = {one.name: one.reason for one in folder.failures}
        items = "".join(
            f"<li><strong>{escape(one.name)}</strong>: {escape(reasons.get(one.name, one.status))}</li>"
            for one in failed[:_MOST_FAILURES]
        )
        more = f"<li>and {len(failed) - _MOST_FAILURES} more</li>" if len(failed) > _MOST_FAILURES else ""
        html += (
            f'<p class="bad">{len(failed)} of {len(folder.conditions)} conditions have no result.</p>'
            f"<ul>{items}{more}</ul>"
        )
    return Section("summary", "Summary", html, tables=(table,))


_MOST_FAILURES = 20


def summary(folder: Folder) -> Table:
    """Every condition, those without a result too; numbers are those of results.h5."""
    whole, where = folder.collection, folder.path / COLLECTION
    legs = [
        (one, leg)
        for one in folder.conditions
        for leg in range(len(SIDES))
        if one.status == STORED or leg == 0
    ]
    rows, sides = np.array([one.row for one, _ in legs]), np.array([leg for _, leg in legs])
    columns = [
        Column("condition", "", [one.name for one, _ in legs]),
        Column("side", "", [SIDES[leg] if one.status == STORED else "" for one, leg in legs]),
        Column("direction", "", [one.direction for one, _ in legs]),
        Column("speed", "m/s", np.array([one.speed for one, _ in legs])),
        Column("incline", "deg", np.array([one.incline for one, _ in legs])),
        Column("origin", "", [one.origin for one, _ in legs]),
        Column("status", "", [one.status for one, _ in legs]),
        Column("frames", "", np.array([one.frames for one, _ in legs])),
        Column("frames failed", "", np.array([one.frames_failed for one, _ in legs])),
        Column("cycles", "", whole["cycles"].to_numpy()[rows, sides]),
    ]
    for name, title in _MEASURES.items():
        at = row_of(whole, "measure", name, where)
        mean, deviation = (
            whole[f"measure_{kind}"][:, :, at].to_numpy()[rows, sides] for kind in ("mean", "sd")
        )
        if np.isfinite(mean).any():
            columns.append(Column(title, unit(name), mean))
        if np.isfinite(deviation).any():
            columns.append(Column(f"{title}, SD", unit(name), deviation))
    for name, title in _WINDOW.items():
        values = whole[f"window_{name}"].to_numpy()[rows, sides]
        if np.isfinite(values).any():
            columns.append(Column(title, WINDOW_LOADS[name].unit, values))
    for name, of in folder.label_units.items():
        values = whole[name].to_numpy()[rows]
        shown = values if values.dtype.kind in "fi" else [str(value) for value in values]
        if name not in {one.name for one in columns}:
            columns.append(Column(name, of, shown))
    return Table("conditions", f"Conditions of {folder.name}", columns)
