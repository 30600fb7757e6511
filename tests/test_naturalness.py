"""The table of naturalness says what was inside, of what, and what did not count."""

import csv
import io
from dataclasses import replace

import msgspec
import pytest
from rich.console import Console

from retrogait.gait.strides import mean_measures, measure_gait
from retrogait.published import Condition, Sense, Verdict, compare, compare_signs
from retrogait.report.naturalness import (
    inside_share,
    render,
    signs_summary,
    signs_to_csv,
    summary_of,
    to_csv,
)
from retrogait.report.naturalness_curves import draw_walks
from retrogait.report.naturalness_grids import Walk, between_grid, cost_grid, inside_grid, orders_grid
from retrogait.report.naturalness_page import to_markdown
from retrogait.report.naturalness_walks import FITTED, render_walks
from tests.fake_walk import fake_walk

LEVEL, RETRO, NOWHERE = Condition("forward", 1.2), Condition("retro", 1.2), Condition("retro", 3.0, 20.0)


@pytest.fixture(scope="module")
def conditions():
    ahead, back = (mean_measures(measure_gait(fake_walk(backwards=way))) for way in (False, True))
    return {LEVEL: compare(ahead, LEVEL), RETRO: compare(back, RETRO), NOWHERE: compare(back, NOWHERE)}


@pytest.fixture(scope="module")
def signs():
    ahead, back = (mean_measures(measure_gait(fake_walk(backwards=way))) for way in (False, True))
    return {RETRO: compare_signs(ahead, back, LEVEL, RETRO)}


def printed(*what):
    console = Console(file=io.StringIO(), width=200)
    render(*what, console=console)
    return console.file.getvalue()


def test_only_seen_numbers_and_strides_with_a_value_count(conditions):
    rows = conditions[LEVEL]
    inside, counted = inside_share(rows)
    by_hand = [row for row in rows if row.source.seen and row.verdict != Verdict.NO_VALUE]
    assert (inside, counted) == (sum(row.verdict == "inside" for row in by_hand), len(by_hand))
    assert 0 < inside < counted < len(rows)


def test_the_summary_counts_bands_and_values_apart(conditions):
    text = summary_of(conditions[LEVEL])
    for kind, what in (("bar", "acceptance bands"), ("reference", "published values")):
        inside, counted = inside_share(row for row in conditions[LEVEL] if row.kind == kind)
        assert f"inside {inside} of {counted} {what}" in text
    assert "without a value of the stride" in text
    assert "not counted, because the published number was not seen (*)" in text


def test_a_condition_that_nobody_published_says_so_everywhere(conditions):
    assert conditions[NOWHERE] == []
    for text in (summary_of([]), printed({NOWHERE: []}), to_markdown({NOWHERE: []})):
        assert "nothing published for this condition" in text


def test_the_screen_shows_every_row_and_every_condition(conditions, signs):
    text = printed(conditions, signs)
    for condition, rows in conditions.items():
        assert str(condition) in text
        assert all(row.row in text for row in rows)
    assert "above" in text
    assert "*" in text
    assert signs_summary(signs[RETRO]) in text


def test_markdown_holds_one_line_per_row_and_every_citation(conditions, signs):
    text = to_markdown(conditions, signs)
    rows = sum(len(rows) for rows in conditions.values())
    rows += sum(one.sense != Sense.UNTESTABLE for one in signs[RETRO])
    tables = 3  # two conditions with rows, and the signs
    assert sum(line.startswith("| ") for line in text.splitlines()) == rows + tables
    assert all(one.source.citation in text for one in signs[RETRO])
    widths = {line.count("|") for line in text.splitlines() if line.startswith("|")}
    assert widths == {8}


def test_the_signs_of_a_reversed_walk_tie_and_fail(signs):
    found = {one.row: one.sense for one in signs[RETRO]}
    assert found["A20-knee"] == Sense.FAILS  # the same angles the other way round
    assert found["H01"] == Sense.UNTESTABLE
    holding = sum(sense == Sense.HOLDS for sense in found.values())
    tested = sum(sense != Sense.UNTESTABLE for sense in found.values())
    assert signs_summary(signs[RETRO]).startswith(f"{holding} of {tested} published orders hold")


def walk(condition, *, backwards=False, strides=True, costs=(3.0, 4.0), **changes):
    gait = measure_gait(fake_walk(backwards=backwards), cost_of_transport=costs[0])
    measures = mean_measures(gait) | changes
    by_model = {"one": costs[0], "other": costs[1]}
    rows = compare(measures, condition)
    return Walk(str(condition), condition, gait if strides else None, measures, by_model, rows)


def test_shares_of_inside_stand_by_speed_and_incline():
    walks = [walk(LEVEL), walk(Condition("forward", 1.2, 5.0)), walk(RETRO, backwards=True)]
    grid = inside_grid(walks)
    assert grid.head == ("walk", "level", "+5 deg")
    shares = ["{}/{}".format(*inside_share(one.rows)) for one in walks]
    assert grid.rows == (("forward 1.2 m/s", *shares[:2]), ("retro 1.2 m/s", shares[2], ""))
    assert between_grid(walks) is None
    between = walk(Condition("retro", 1.111), backwards=True, strides=False)
    assert inside_grid([*walks, between]) == grid
    assert between_grid([*walks, between]).rows[0][0] == "retro 1.111 m/s level"


def test_costs_of_every_model_stand_below_those_of_people():
    grid = cost_grid([walk(Condition("forward", 0.8), costs=(3.3074, 3.8984))])
    assert [row[1] for row in grid.rows] == ["people", "one", "other"]
    assert grid.rows[0][2] == "3.31 (2.72 to 3.90)"  # Koelewijn 2019, level, 0.8 m/s
    assert [row[2] for row in grid.rows[1:]] == ["3.31 (+0.0)", "3.90 (+1.0)"]
    assert cost_grid([walk(RETRO, backwards=True)]) is None


def test_orders_stand_once_each_with_the_speeds_where_they_hold():
    signs = {}
    for speed, incline, cost in ((1.0, 0.0, 4.0), (1.2, 0.0, 2.0), (1.2, 5.0, 4.0), (1.4, 5.0, 4.0)):
        pair = Condition("forward", speed, incline), Condition("retro", speed, incline)
        signs[pair[1]] = compare_signs({"cost_of_transport": 3.0}, {"cost_of_transport": cost}, *pair)
    rows = {row[-1]: row for row in orders_grid(signs).rows}
    assert len(rows) == len(orders_grid(signs).rows)
    assert rows["A11"] == ("cost_of_transport up", "1.0", "1.2", "A11")
    assert rows["C40-C42"][1:3] == ("1.2, 1.4 at +5 deg", "–")
    assert rows["H01"][1:3] == ("not testable: published at 1.787 m/s", "–")
    assert rows["A19-absorbs"][0] == "ankle_negative_share up, over the other joints"


def test_the_picture_shows_bands_of_people_only_where_they_were_seen():
    level = walk(LEVEL)
    picture = draw_walks("title", [level, walk(Condition("retro", 1.0), backwards=True)])
    assert "band, forward" in picture
    unseen = [replace(row, source=msgspec.structs.replace(row.source, seen=False)) for row in level.rows]
    assert "band, forward" not in draw_walks("title", [replace(level, rows=unseen)])


def test_the_screen_says_what_was_fitted_and_shows_other_costs_beside(signs):
    console = Console(file=io.StringIO(), width=200)
    render_walks([walk(LEVEL), walk(RETRO, backwards=True)], signs, console)
    text = console.file.getvalue()
    assert text.startswith(FITTED[:100])
    assert "3 (other 4)" in text
    assert "A29" not in text  # of retro walking, which stands in short
    console = Console(file=io.StringIO(), width=200)
    render_walks([walk(LEVEL), walk(RETRO, backwards=True)], signs, console, whole=True)
    assert "A29" in console.file.getvalue()


def test_csv_holds_every_row_with_units_in_its_head(conditions, signs, tmp_path):
    to_csv(conditions, tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(rows) for rows in conditions.values())
    first = conditions[LEVEL][0]
    assert rows[0]["speed [m/s]"] == "1.2"
    assert rows[0]["verdict"] == first.verdict
    assert float(rows[0]["value"]) == pytest.approx(first.value, rel=1e-5)
    missing = [row for row in rows if row["verdict"] == "no value"]
    assert {row["value"] for row in missing} == {""}
    signs_to_csv(signs, tmp_path / "signs.csv")
    with (tmp_path / "signs.csv").open(newline="") as file:
        assert [row["row"] for row in csv.DictReader(file)] == [one.row for one in signs[RETRO]]
