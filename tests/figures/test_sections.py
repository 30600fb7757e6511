"""Sections of the page: every number of a chart is in its table, and the words fit the numbers."""

import numpy as np
import pytest

from retrogait.io.results import read_result
from retrogait.report.folder import open_folder
from retrogait.report.gathered.contributions import WITHOUT
from retrogait.report.page import contributions as contributions_page
from retrogait.report.page.contributions import contribution_section
from retrogait.report.page.surfaces import surface_section

SUM = 1e-9  # BW: parts and whole are the same numbers, added in another order


def references(thing):
    """Names of columns that traces refer to."""
    if isinstance(thing, dict):
        if "$column" in thing:
            yield thing["$column"]
        else:
            for value in thing.values():
                yield from references(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from references(value)


@pytest.fixture(scope="module")
def sections(walks):
    with open_folder(walks) as folder:
        return surface_section(folder), contribution_section(folder)


def test_every_trace_refers_to_columns_of_its_table(sections):
    charts = [chart for section in sections for chart in section.charts]
    assert len({chart.id for chart in charts}) == len(charts) == 6
    for chart in charts:
        names = {one.name for one in chart.table.columns}
        assert set(references(list(chart.traces))) <= names


def test_predictions_say_so(sections):
    for section in sections:
        for chart in section.charts:
            assert "(predicted)" in chart.title


def test_a_surface_reads_each_load_by_level_forward_walking(sections):
    surface, _ = sections
    retro = next(chart for chart in surface.charts if chart.id == "surface-patellofemoral-peak-retro")
    like = retro.table["like level forward walking"].values
    assert len(like) == 6
    assert all("level forward" in one for one in like)
    assert "<strong>retro at 0.8 m/s</strong>" in surface.html
    assert "Hart HF" in surface.html


def test_a_hole_is_covered_and_has_no_value(holed):
    with open_folder(holed) as folder:
        section = surface_section(folder)
    retro = next(chart for chart in section.charts if chart.id == "surface-tibiofemoral-peak-retro")
    forward = next(chart for chart in section.charts if chart.id == "surface-tibiofemoral-peak-forward")
    hatched = [next(trace for trace in chart.traces if "fillpattern" in trace) for chart in (retro, forward)]
    assert [len(trace["x"]) for trace in hatched] == [6, 0]  # one cell with its five corners and a break
    assert np.isnan(retro.table["peak tibiofemoral force"].numbers).sum() == 1
    discs = retro.traces[-1]
    assert discs["customdata"]["rows"] == [0, 5]
    assert np.isfinite(retro.table["peak tibiofemoral force"].numbers[:5]).all()
    assert "hatching" in section.html


def test_bars_sum_to_the_peak_of_the_result(sections, walks):
    _, section = sections
    for chart, measure in zip(section.charts, contributions_page.MEASURES, strict=True):
        table = chart.table
        parts = [table[trace["name"]].numbers for trace in chart.traces]
        peak = next(one for one in table.columns if one.unit == "BW").numbers
        np.testing.assert_allclose(np.sum(parts, axis=0), peak, atol=SUM)
        for row, (name, side) in enumerate(zip(table["condition"].values, table["leg"].values, strict=True)):
            stored = read_result(walks / f"{name}.h5")["measure_mean"].sel(side=side, measure=measure)
            assert peak[row] == pytest.approx(float(stored), abs=1e-6)


def test_each_shown_condition_has_its_sentence(sections):
    _, section = sections
    for chart in section.charts:
        for said in chart.table["in a sentence"].values:
            assert said in section.html
    assert WITHOUT in {trace["name"] for trace in section.charts[0].traces}


def test_of_many_conditions_those_near_the_level_are_shown(walks, monkeypatch):
    monkeypatch.setattr(contributions_page, "MOST_WALKS", 8)
    with open_folder(walks) as folder:
        chosen = contributions_page.conditions_of(folder)
        assert {one.incline for one in chosen} == {0.0}
        assert len(chosen) == 6
        monkeypatch.setattr(contributions_page, "MOST_WALKS", 3)
        assert len(contributions_page.conditions_of(folder)) == 3


def test_walks_that_make_no_grid_have_no_surface(walks, spoilt):
    def flat(file):
        file["incline"][...] = 0.0

    with open_folder(spoilt("results.h5", flat)) as folder:
        assert surface_section(folder) is None
