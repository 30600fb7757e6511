"""The page of a study, put together: read, arrange, pack."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.cycle import spread
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.names import SIDES
from retrogait.io.atomic import replacing
from retrogait.report.folder import COLLECTION, Folder
from retrogait.report.gathered.labels import column as row_of
from retrogait.report.gathered.labels import unit
from retrogait.report.gathered.people import people_of
from retrogait.report.page import curves, doubts, glance, grades, origin, overview
from retrogait.report.page.bands import published
from retrogait.report.page.contributions import contribution_section
from retrogait.report.page.controls import controls
from retrogait.report.page.inside import HEADS, Inside, look_inside
from retrogait.report.page.lines import Line, across, default_pair, default_side, lines_of
from retrogait.report.page.parts import Section, Table
from retrogait.report.page.payload import pack
from retrogait.report.page.render import contents, is_ruled, to_html
from retrogait.report.page.shell import asset, document, packed, packed_plotly
from retrogait.report.page.statistics import statistics
from retrogait.report.page.surfaces import surface_section

Report = Callable[[str], None]

MORE: tuple[Callable[[Folder], Section | None], ...] = (statistics, surface_section, contribution_section)
"""Sections after the curves, in order; one that a study has no numbers for is None."""

NO_CYCLE = (
    "<p>No condition has a complete cycle, from initial contact to initial contact, so there are no curves. "
    "The remarks below say why; peaks over the whole window stand in the summary.</p>"
)

_SCRIPTS = ("data.js", "theme.js", "align.js", "overlay.js", "charts.js", "tables.js", "page.js")


def write_page(folder: Folder, path: Path, report: Report = lambda _: None) -> int:
    """Write the page of a study.

    Parameters
    ----------
    folder
        Of the study.
    path
        File to write; replaced whole, at the very end.
    report
        Told what is being done.

    Returns
    -------
    int
        Size of the file [bytes].

    Raises
    ------
    ResultError
        A file of the folder is damaged or of another version.
    OSError
        The file cannot be written.
    """
    data = page(folder, report).encode("utf-8")
    with replacing(path) as partial:
        partial.write_bytes(data)
    return len(data)


def page(folder: Folder, report: Report = lambda _: None) -> str:
    """Text of the page; as `write_page`."""
    stored = folder.stored
    inside = look_inside(stored, lambda done: report(f"reading {done} of {len(stored)} conditions"))
    lines, grouped = lines_of(folder)
    report("arranging curves")
    sections = list(_sections(folder, inside, lines, grouped=grouped, report=report))
    sections.insert(0, glance.glance(folder, inside, {one.id for one in sections}))
    charts = [chart for section in sections for chart in section.charts]
    tables = _unique(
        [chart.table for chart in charts]
        + [table for section in sections for table in (*section.tables, *section.downloads)]
    )
    report("packing")
    about = {"lines": [_described(folder, line, inside) for line in lines]}
    drawn = _drawn(folder, lines)
    pair = default_pair(lines, drawn)
    form = controls(lines, pair, default_side(pair, drawn), grouped=grouped)
    return document(
        f"{folder.name}: knee loads",
        "\n".join([contents(sections), *_arranged(sections, form)]),
        style=asset("page.css"),
        script="".join(map(asset, _SCRIPTS)),
        payload=packed_plotly() + "\n" + packed("data", pack(tables, charts, about)),
        header=_header(folder),
        footer=_footer(),
    )


def _arranged(sections: Sequence[Section], form: str) -> Iterator[str]:
    """HTML of the sections; the form that rules some of them stays in sight beside those and no others."""
    for ruled, group in groupby(sections, key=is_ruled):
        html = "\n".join(map(to_html, group))
        yield f'<div class="ruled">{form}\n{html}</div>' if ruled else html


def _header(folder: Folder) -> str:
    description = str(folder.manifest.get("description", "")).strip()
    told = f"<p>{escape(description)}</p>" if description else ""
    return (
        f"<h1>{escape(folder.name)}</h1>"
        f'<p class="what"><strong>{escape(origin.foreword(folder))}</strong></p>{told}'
    )


def _footer() -> str:
    return (
        '<p class="soft">Made by <code>retrogait report</code>; complete in itself, nothing is fetched. '
        "Every number can be downloaded in the precision that it is stored in.</p>"
    )


def _sections(
    folder: Folder, inside: Mapping[str, Inside], lines: Sequence[Line], *, grouped: bool, report: Report
) -> Iterator[Section]:
    yield overview.overview(folder, inside)
    stack = {**curves.gather(folder, lines, grouped=grouped), **_heads(lines, inside, grouped=grouped)}
    units = {name: unit(name) for topic in curves.TOPICS for name in topic.curves if name in CURVES}
    units |= dict.fromkeys(HEADS, "1")
    percent = folder.collection["percent"].to_numpy()
    known = published(lines, _measures(folder, lines))
    drawn = list(curves.topics(stack, units, percent, lines, known))
    yield from drawn or [Section("curves", "Curves over the gait cycle", NO_CYCLE)]
    for build in MORE:
        report(f"arranging {build.__module__.rpartition('.')[2]}")
        section = build(folder)
        if section is not None:
            yield section
    for last in (
        grades.grades(folder, inside),
        doubts.doubts(folder, inside),
        origin.remarks(inside),
        origin.provenance(folder, inside),
    ):
        if last is not None:
            yield last


def _heads(
    lines: Sequence[Line], inside: Mapping[str, Inside], *, grouped: bool
) -> dict[str, dict[tuple[int, str], dict[str, Floats]]]:
    """Heads of the quadriceps that results.h5 has no curve of."""
    found: dict[str, dict[tuple[int, str], dict[str, Floats]]] = {}
    for head in HEADS:
        if head in CURVES:
            continue
        found[head] = {}
        for number, line in enumerate(lines):
            for side in SIDES:
                values = [
                    inside[one.name].heads[head, side]
                    for one in line.conditions
                    if one.name in inside and (head, side) in inside[one.name].heads
                ]
                if values:
                    found[head][number, side] = (
                        curves.compact(across(np.array(values))) if grouped else {"mean": values[0]}
                    )
    return found


def _measures(folder: Folder, lines: Sequence[Line]) -> dict[tuple[int, str], Floats]:
    """(line, side) to the mean of every measure over its conditions."""
    where = folder.path / COLLECTION
    rows = [row_of(folder.collection, "measure", name, where) for name in MEASURES]
    mean = folder.collection["measure_mean"].to_numpy()[:, :, rows]
    return {
        (number, side): spread(mean[line.rows, leg])[0]
        for number, line in enumerate(lines)
        for leg, side in enumerate(SIDES)
    }


def _drawn(folder: Folder, lines: Sequence[Line]) -> set[tuple[int, str]]:
    """(line, side) with a knee force over the cycle, or else with a knee moment."""
    measures = _measures(folder, lines)
    for name in ("tibiofemoral_peak", "knee_extension_moment_peak"):
        at = list(MEASURES).index(name)
        found = {key for key, values in measures.items() if np.isfinite(values[at])}
        if found:
            return found
    return set()


def _described(folder: Folder, line: Line, inside: Mapping[str, Inside]) -> dict[str, Any]:
    """What the page must know of a line beside its numbers."""
    stance = row_of(folder.collection, "measure", "stance_share", folder.path / COLLECTION)
    toe_off, between = spread(folder.collection["measure_mean"].to_numpy()[line.rows, :, stance])
    if len(line.conditions) == 1:
        between = folder.collection["measure_sd"].to_numpy()[line.rows[0], :, stance]
    cycles = folder.collection["cycles"].to_numpy()[line.rows]
    only = inside.get(line.conditions[0].name) if len(line.conditions) == 1 else None
    return {
        "name": line.name,
        "label": f"{line.direction} {line.walk}",
        "direction": line.direction,
        "origin": line.origin,
        "conditions": len(line.conditions),
        "people": people_of(line.conditions),
        "group": line.group,
        "toe_off": dict(zip(SIDES, toe_off.tolist(), strict=True)),
        "toe_off_sd": dict(zip(SIDES, between.tolist(), strict=True)),
        "cycles": dict(zip(SIDES, cycles.sum(axis=0).tolist(), strict=True)),
        "frames_failed": line.frames_failed,
        "failed": only.failed_percent if only else {},
    }


def _unique(tables: Sequence[Table]) -> list[Table]:
    return list({table.id: table for table in tables}.values())
