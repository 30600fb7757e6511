"""The table of all conditions: what was walked, what came of it, and the loads of the knee."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from retrogait.arrays import Bools, Ints
from retrogait.gait.names import SIDES
from retrogait.gait.window import WINDOW_LOADS
from retrogait.report.folder import COLLECTION, STORED, Folder
from retrogait.report.gathered.labels import column as row_of
from retrogait.report.gathered.labels import unit
from retrogait.report.page.inside import Inside
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

_OWN = {
    *("condition", "side", "direction", "speed", "incline", "origin", "grade", "cycles"),
    *("status", "frames", "frames failed"),
    *_MEASURES.values(),
    *(f"{title}, SD" for title in _MEASURES.values()),
    *_WINDOW.values(),
}
"""Columns that a label of the study may not be taken for."""

_MOST_REASONS, _MOST_NAMED = 20, 6
"""Reasons for a missing result that are written out, and conditions named beside each."""


def overview(folder: Folder, inside: Mapping[str, Inside]) -> Section:
    """Section of one table: a row for each condition and leg."""
    table = summary(folder, inside)
    failed = [one for one in folder.conditions if one.status != STORED]
    html = (
        "<p>One row for each condition and leg. Measures are the mean over the complete cycles of that leg, "
        "and SD their sample standard deviation; peaks of the window need no complete cycle. BW is body "
        'weight.<span class="on-screen"> Press a heading to sort.</span></p>'
    )
    if failed:
        reasons = {one.name: one.reason for one in folder.failures}
        by_reason: dict[str, list[str]] = {}
        for one in failed:
            by_reason.setdefault(reasons.get(one.name, one.status), []).append(one.name)
        items = "".join(
            f"<li><strong>{escape(_named(names))}</strong>: {escape(reason)}</li>"
            for reason, names in list(by_reason.items())[:_MOST_REASONS]
        )
        rest = len(by_reason) - _MOST_REASONS
        more = f"<li>and {rest} more reasons; failures.csv has all</li>" if rest > 0 else ""
        html += (
            f'<p class="bad">{len(failed)} of {len(folder.conditions)} conditions have no result.</p>'
            f"<ul>{items}{more}</ul>"
        )
    return Section("summary", "Summary", html, tables=(table,))


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"


def summary(folder: Folder, inside: Mapping[str, Inside]) -> Table:
    """Every condition, those without a result too; numbers are those of results.h5, grades of the files."""
    whole, where = folder.collection, folder.path / COLLECTION
    legs = [
        (one, leg)
        for one in folder.conditions
        for leg in range(len(SIDES))
        if one.status == STORED or leg == 0
    ]
    rows, sides = np.array([one.row for one, _ in legs]), np.array([leg for _, leg in legs])
    stored = np.array([one.status == STORED for one, _ in legs])
    labels = _labels(folder, rows)
    columns = [
        Column("condition", "", [one.name for one, _ in legs]),
        Column("side", "", [SIDES[leg] if one.status == STORED else "" for one, leg in legs]),
        Column("direction", "", [one.direction for one, _ in legs]),
        Column("speed", "m/s", np.array([one.speed for one, _ in legs])),
        Column("incline", "deg", np.array([one.incline for one, _ in legs])),
        *(one for one in labels if _tells_apart(one, stored)),
        Column("origin", "", [one.origin for one, _ in legs]),
    ]
    if any(one.card is not None for one in inside.values()):
        columns.append(Column("grade", "", [_grade(inside.get(one.name)) for one, _ in legs]))
    columns.append(Column("cycles", "", whole["cycles"].to_numpy()[rows, sides]))
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
    columns += [
        Column("status", "", [one.status for one, _ in legs]),
        Column("frames", "", np.array([one.frames for one, _ in legs])),
        Column("frames failed", "", np.array([one.frames_failed for one, _ in legs])),
        *(one for one in labels if not _tells_apart(one, stored)),
    ]
    return Table("conditions", f"Conditions of {folder.name}", columns)


def _labels(folder: Folder, rows: Ints) -> list[Column]:
    """Labels of the study, under names that no other column has."""
    found = []
    for name, of in folder.label_units.items():
        values = folder.collection[name].to_numpy()[rows]
        shown = values if values.dtype.kind in "fi" else [str(value) for value in values]
        found.append(Column(f"label {name}" if name in _OWN else name, of, shown))
    return found


def _tells_apart(label: Column, stored: Bools) -> bool:
    """Whether a label differs among the conditions that have a result: one that does not can wait."""
    return len({str(value) for value, there in zip(label.values, stored, strict=True) if there}) > 1


def _grade(inside: Inside | None) -> str:
    return inside.card.grade if inside is not None and inside.card is not None else ""
