"""Sections, charts and tables as HTML; the page's script draws into it what needs a script."""

import math
from collections.abc import Iterable, Iterator
from html import escape

import numpy as np

from retrogait.io.text import many
from retrogait.report.answers import NO_ANSWER
from retrogait.report.page.curves import OVERLAY
from retrogait.report.page.paper import PROSE, Fit, fit
from retrogait.report.page.parts import Chart, Column, Section, Table, csv_button

MOST_ROWS = 200
"""Rows of a table that are shown, by the order it is sorted in; the CSV has all. Ten thousand cells take a
browser a second."""


def to_html(section: Section) -> str:
    """HTML of a section."""
    return "\n".join(_section(section))


def is_ruled(section: Section) -> bool:
    """Whether the reader's choice of lines changes what a section shows."""
    return any(chart.extra.get("kind") == OVERLAY for chart in section.charts)


def _section(section: Section) -> Iterator[str]:
    name = escape(section.id)
    tables = [_laid_out(table) for table in section.tables]
    # Of tables alone, the heading turns with them.
    turned = ' class="broad"' if not section.charts and any(paper.broad for _, paper in tables) else ""
    yield f'<section id="{name}"{turned} aria-labelledby="{name}-title">'
    yield f'<h2 id="{name}-title">{escape(section.title)}</h2>'
    yield section.html
    overlays = is_ruled(section)
    if overlays:
        yield '<ul class="legend" aria-label="Lines drawn"></ul>'
    if section.charts:
        even = " even" if len(section.charts) in {2, 4} else ""
        yield f'<div class="charts{even if overlays else " whole"}">'
        yield from map(_figure, section.charts)
        yield "</div>"
    yield from (html for html, _ in tables)
    yield "</section>"


def _figure(chart: Chart) -> str:
    name = escape(chart.id)
    kind = escape(str(chart.extra.get("kind", "plain")))
    return (
        f'<figure class="chart {kind}" id="{name}"><h3 id="{name}-title">{escape(chart.title)}</h3>'
        f'<div class="plot" id="{name}-plot" role="img" aria-label="{escape(chart.alt or chart.title)}" '
        f'style="height:{chart.height}px"></div>'
        f'<p class="published soft"></p>'
        f"<figcaption>{escape(chart.caption)}</figcaption>{csv_button(chart.table)}</figure>"
    )


def table_html(table: Table) -> str:
    """Sortable table, scrolled by itself where it is wider than the page."""
    return _laid_out(table)[0]


def _laid_out(table: Table) -> tuple[str, Fit]:
    """HTML of a table, and how it stands on paper."""
    name = escape(table.id)
    rows = len(table.columns[0].values) if table.columns else 0
    shown = min(rows, MOST_ROWS)
    more = (
        f" The first {shown} of {rows} rows; sorting takes all, and the CSV has all." if rows > shown else ""
    )
    texts = [list(_texts(one, shown)) for one in table.columns]
    paper = fit(table, texts)
    kinds = [_kind(one, off=place >= paper.columns) for place, one in enumerate(table.columns)]
    head = "".join(
        f'<th scope="col"{kind}><button type="button">{escape(one.header)}</button></th>'
        for one, kind in zip(table.columns, kinds, strict=True)
    )
    cells = [
        [f"<td{kind}>{escape(text)}</td>" for text in column]
        for column, kind in zip(texts, kinds, strict=True)
    ]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    lacking = len(table.columns) - paper.columns
    if lacking:
        more += f'<span class="on-paper"> {many(lacking, "more column")} on the screen and in the CSV.</span>'
    html = (
        f'<figure class="table{" broad" if paper.broad else ""}" style="--type:{paper.type:.1f}px">'
        f'<figcaption id="{name}-caption">{escape(table.title)}.{more}</figcaption>'
        f'<div class="wide" tabindex="0" role="region" aria-labelledby="{name}-caption">'
        f'<table class="sortable" data-table="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{csv_button(table)}</figure>"
    )
    return html, paper


def _kind(column: Column, *, off: bool) -> str:
    """Classes of a cell: of numbers, of prose that wraps, left off paper."""
    kinds = ["number"] if column.numbers is not None else []
    if column.numbers is None and any(len(str(value)) > PROSE for value in column.values):
        kinds.append("prose")
    kinds += ["off"] if off else []
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _texts(column: Column, shown: int) -> Iterator[str]:
    numbers = column.numbers
    if numbers is None:
        yield from (str(value) or NO_ANSWER for value in column.values[:shown])
    else:
        yield from map(_number, numbers[:shown])


def _number(value: np.generic) -> str:
    """Four digits to read; the CSV has all."""
    number = float(value.item())
    if math.isnan(number):
        return NO_ANSWER
    if number == round(number) and abs(number) < 1e6:
        return f"{number:.0f}"
    return f"{number:.3g}" if abs(number) < 100 else f"{number:.4g}"


def contents(sections: Iterable[Section]) -> str:
    """Links to the sections."""
    items = "".join(f'<li><a href="#{escape(one.id)}">{escape(one.title)}</a></li>' for one in sections)
    return f'<nav aria-label="Contents"><ul class="contents">{items}</ul></nav>'
