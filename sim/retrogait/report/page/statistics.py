"""Forward against retro walking across people, as a section of the page: differences, bands and clusters."""

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import xarray as xr

from retrogait.errors import GaitError
from retrogait.io.results import read_result
from retrogait.report.folder import COLLECTION, Folder
from retrogait.report.gathered.labels import label, words
from retrogait.report.page.parts import Chart, Column, Section, Table, column
from retrogait.report.statistics import (
    FOLDER,
    H5,
    LISTED,
    PREDICTED,
    clusters_of,
    counted_in,
    p_said,
    p_text,
    titled,
)
from retrogait.statistics.compare import compare_directions
from retrogait.statistics.pairs import PEOPLE

MOST_FILES = {"recorded": 30, "predicted": 200}
"""Result files that are opened while a page is made, of one person's strides or of predictions: more would
take longer than the rest of the page."""

MOST_PAIRS = 60
"""Pairs of predicted walks that are drawn below one another; the table has all."""

_PERCENT = "gait cycle"

TITLE = "Retro less forward: how much, and how surely"
"""Heading of the section."""


def statistics(folder: Folder) -> Section | None:
    """Section of the comparison that `retrogait statistics` stored in the folder, or else of one made now.

    Parameters
    ----------
    folder
        Results folder.

    Returns
    -------
    Section or None
        None where no forward walk has a retro counterpart.
    """
    dataset = _stored(folder)
    if dataset is None:
        files = _files_to_read(folder)
        if files:
            return Section(
                "statistics",
                TITLE,
                f"<p>This comparison reads {files} result files, which would keep the page waiting: "
                "<code>retrogait statistics</code> makes it, and the page then shows what it stored.</p>",
            )
        try:
            dataset = compare_directions(folder.path)
        except GaitError:
            return None
    return section_of(dataset)


def section_of(dataset: xr.Dataset) -> Section:
    """Section of a comparison.

    Parameters
    ----------
    dataset
        Of `retrogait.compare_directions`, as made or as read.
    """
    notes = "".join(f"<li>{escape(str(note))}</li>" for note in dataset.attrs["notes"])
    html = f"<p><strong>{escape(titled(dataset))}.</strong></p><ul>{notes}</ul>"
    left_out = [str(line) for line in dataset.attrs["left_out"]]
    if left_out:
        more = f" and {len(left_out) - LISTED} more" if len(left_out) > LISTED else ""
        html += f'<p class="soft">Left out: {escape("; ".join(left_out[:LISTED]))}{more}.</p>'
    if dataset.attrs["design"] == PREDICTED:
        tables = [_pairs(dataset)] if dataset.sizes["measure"] else []
        spans = [_spans(dataset, str(name)) for name in dataset["measure"].to_numpy()]
        charts = [chart for chart in spans if chart is not None]
    else:
        tables = [_measures(dataset)] if dataset.sizes["measure"] else []
        charts = [_chart(dataset, str(name)) for name in dataset["curve"].to_numpy()]
    return Section("statistics", TITLE, html, charts, tables)


def _stored(folder: Folder) -> xr.Dataset | None:
    """Comparison in the folder, unless the results are newer."""
    file = folder.path / FOLDER / H5
    if not file.is_file() or file.stat().st_mtime < (folder.path / COLLECTION).stat().st_mtime:
        return None
    dataset = read_result(file)
    return dataset if dataset.attrs.get("kind") == "statistics" else None


def _files_to_read(folder: Folder) -> int:
    """Files that the comparison would read, where they are too many for a page; else 0."""
    recorded = [one for one in folder.stored if one.origin == "recorded"]
    people = {next((str(one.labels[name]) for name in PEOPLE if name in one.labels), "") for one in recorded}
    kind = "recorded" if recorded else "predicted"
    count = len(recorded or folder.stored)
    return count if len(people) <= 1 and count > MOST_FILES[kind] else 0


def _measures(dataset: xr.Dataset) -> Table:
    def of(name: str) -> Any:  # noqa: ANN401 (an array of any type)
        return dataset[f"measure_{name}"].to_numpy()

    low, high = of("interval").T
    gav_low, gav_high = of("gav_interval").T
    columns = [
        Column("measure", "", [words(str(name)) for name in dataset["measure"].to_numpy()]),
        Column("unit", "", [str(unit) if unit != "1" else "" for unit in of("unit")]),
        Column("forward", "", of("forward")),
        Column("retro", "", of("retro")),
        Column("difference", "", of("difference")),
        Column("interval, low", "", low),
        Column("interval, high", "", high),
        Column("Cohen's d_z", "", of("dz")),
        Column("Hedges' g_av", "", of("gav")),
        Column("g_av, low", "", gav_low),
        Column("g_av, high", "", gav_high),
        Column("p", "", of("p")),
        Column("p, Holm", "", of("p_holm")),
        Column(f"{counted_in(dataset)}, forward", "", of("n_forward")),
        Column(f"{counted_in(dataset)}, retro", "", of("n_retro")),
    ]
    return Table("statistics-measures", f"{titled(dataset)}: single numbers", columns)


def _pairs(dataset: xr.Dataset) -> Table:
    """A row per pair, a column per measure."""
    columns = [Column("pair", "", _labels(dataset))]
    for name in map(str, dataset["measure"].to_numpy()):
        one = dataset.sel(measure=name)
        unit = str(one["measure_unit"].item())
        columns.append(Column(words(name), unit, one["measure_difference"].to_numpy()))
    return Table("statistics-pairs", f"{titled(dataset)}: differences", columns)


def _labels(dataset: xr.Dataset) -> list[str]:
    return [str(pair) for pair in dataset["pair"].to_numpy()]


def _spans(dataset: xr.Dataset, name: str) -> Chart | None:
    """Difference of every pair with its span; None where the measure has no span, or there are too many."""
    one = dataset.sel(measure=name)
    low, high = one["measure_span"].to_numpy().T
    if not np.isfinite(low).any() or low.size > MOST_PAIRS:
        return None
    unit = str(one["measure_unit"].item())
    difference = one["measure_difference"].to_numpy()
    columns = [
        Column("pair", "", _labels(dataset)),
        Column("forward", unit, one["measure_forward"].to_numpy()),
        Column("retro", unit, one["measure_retro"].to_numpy()),
        Column("difference", unit, difference),
        Column("span, low", unit, low),
        Column("span, high", unit, high),
        Column("below", unit, difference - low),
        Column("above", unit, high - difference),
    ]
    identity = f"statistics-{name.replace('_', '-')}"
    title = f"{_sentence(words(name))}: retro less forward, predicted"
    safe = int(np.count_nonzero((low > 0.0) | (high < 0.0)))
    told = f"The span leaves out 0 in {safe} of {low.size} pairs."
    span = {
        "type": "data",
        "symmetric": False,
        "array": column("above"),
        "arrayminus": column("below"),
        "color": "@soft",
        "thickness": 1.5,
    }
    return Chart(
        id=identity,
        title=title,
        caption=f"Dots: differences. Bars: their spans over assumptions that both walks share. {told}",
        traces=[
            {
                "type": "scatter",
                "mode": "markers",
                "x": column("difference"),
                "y": column("pair"),
                "error_x": span,
                "marker": {"color": "@ink", "size": 7},
            }
        ],
        layout={
            "showlegend": False,
            "xaxis": {"title": {"text": f"difference [{unit}]"}, "zeroline": True},
            "yaxis": {"type": "category", "autorange": "reversed", "automargin": True},
        },
        table=Table(identity, title, columns),
        alt=f"{title}. {told}",
        height=90 + 22 * low.size,
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _chart(dataset: xr.Dataset, name: str) -> Chart:
    one = dataset.sel(curve=name)
    unit = str(one["curve_unit"].item())
    low, high = one["curve_band"].to_numpy().T
    columns = [
        Column(_PERCENT, "%", one["percent"].to_numpy()),
        Column("forward mean", unit, one["curve_forward"].to_numpy()),
        Column("forward SD", unit, one["curve_forward_sd"].to_numpy()),
        Column("retro mean", unit, one["curve_retro"].to_numpy()),
        Column("retro SD", unit, one["curve_retro_sd"].to_numpy()),
        Column("difference", unit, one["curve_difference"].to_numpy()),
        Column("band, low", unit, low),
        Column("band, high", unit, high),
        Column("effect size", "", one["curve_effect"].to_numpy()),
    ]
    identity = f"statistics-{name.replace('_', '-')}"
    p = float(one["curve_p"])
    found = clusters_of(dataset, name)
    percent = f"{1 - dataset.attrs['alpha']:.0%}"
    answer = (
        f"Permutation test of the whole curve: {p_said(p)}, {p_text(float(one['curve_p_holm']))} adjusted "
        "for all curves here. "
        if math.isfinite(p)
        else "No test: too few. "
    )
    return Chart(
        id=identity,
        title=f"{_sentence(words(name))}: retro less forward",
        caption=f"{answer}Grey: {percent} confidence band of the whole curve. Bars below: clusters, with p.",
        traces=[_line("band, low"), _line("band, high", fill=True), _difference()],
        layout={
            "showlegend": False,
            "xaxis": {"title": {"text": label("percent")}, "range": [0, 100]},
            "yaxis": {
                "title": {"text": f"difference{f' [{unit}]' if unit != '1' else ''}"},
                "zeroline": True,
            },
            "shapes": [_bar(start, end, sign) for start, end, sign, _ in found],
            "annotations": [_told(start, end, p) for start, end, _, p in found],
        },
        table=Table(identity, f"{_sentence(words(name))}, forward and retro", columns),
        alt=f"{_sentence(words(name))}, retro less forward over the gait cycle. {answer}",
        height=300,
    )


def _line(name: str, *, fill: bool = False) -> Mapping[str, Any]:
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": column(_PERCENT),
        "y": column(name),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return trace | ({"fill": "tonexty", "fillcolor": "@line"} if fill else {})


def _difference() -> Mapping[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "retro less forward",
        "x": column(_PERCENT),
        "y": column("difference"),
        "line": {"color": "@ink", "width": 2},
    }


def _bar(start: float, end: float, sign: float) -> Mapping[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": max(0.0, start - 0.5),
        "x1": min(100.0, end + 0.5),
        "y0": 0,
        "y1": 0.03,
        "fillcolor": "@retro" if sign > 0 else "@forward",
        "line": {"width": 0},
    }


def _told(start: float, end: float, p: float) -> Mapping[str, Any]:
    return {
        "xref": "x",
        "yref": "paper",
        "x": float(np.clip((start + end) / 2, 8.0, 92.0)),
        "y": 0.04,
        "yanchor": "bottom",
        "showarrow": False,
        "text": p_said(p),
    }
