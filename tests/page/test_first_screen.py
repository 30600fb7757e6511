"""What the page says first: retro beside forward by origin, grades, and what to doubt; and how it groups."""

import h5py
import numpy as np
import pytest

from retrogait.card import grade
from retrogait.gait.measures import MEASURES
from retrogait.io.results import read_result
from retrogait.report.folder import open_folder
from retrogait.report.page import inside as inside_module
from retrogait.report.page.build import page
from retrogait.report.page.lines import default_pair, default_side, lines_of
from retrogait.report.page.origin import kind_of
from tests.page.made import both_ways, make_folder
from tests.page.test_page import unpacked

DIFFERENCE_ATOL = 1e-12  # BW: a mean of two equal legs, taken twice


def made(tmp_path, walks, **given):
    with open_folder(make_folder(tmp_path / "study", walks, **given)) as folder:
        text = page(folder)
    return text, unpacked(text)[1]


def test_retro_is_set_beside_forward_of_the_same_origin_only(tmp_path):
    walks = [
        ("forward", 1.0, 0.0, "recorded"),
        ("forward", 1.0, 0.0, "predicted"),
        ("forward", 1.2, 0.0, "predicted"),
        ("retro", 1.0, 0.0, "predicted"),
    ]
    text, tables = made(tmp_path, walks, labels={"body mass [kg]": 70.0})
    table = tables["glance-table"]
    rows = {
        origin: row
        for row, (measure, origin) in enumerate(zip(table["measure"], table["origin"], strict=True))
        if measure == "peak tibiofemoral force"
    }
    with h5py.File(tmp_path / "study" / "results.h5") as file:
        peak = file["measure_mean"][:, 0, list(MEASURES).index("tibiofemoral_peak")]
    assert table["forward, conditions"][rows["recorded"]] == 1
    assert table["retro less forward, pairs"][rows["recorded"]] == 0
    assert np.isnan(table["retro less forward, median"][rows["recorded"]])
    assert table["forward, conditions"][rows["predicted"]] == 2
    assert table["forward, lowest"][rows["predicted"]] == peak[1]
    assert table["retro less forward, pairs"][rows["predicted"]] == 1
    less = table["retro less forward, median"][rows["predicted"]]
    assert less == pytest.approx(peak[3] - peak[1], abs=DIFFERENCE_ATOL)
    assert "peak tibiofemoral force, recorded [BW]" in text


@pytest.mark.parametrize("direction", ["forward", "retro"])
def test_a_study_of_one_direction_subtracts_nothing(tmp_path, direction):
    text, tables = made(tmp_path, [(direction, 1.0, 0.0, "recorded")])
    assert set(tables["glance-table"]["retro less forward, pairs"]) == {0}
    assert "nothing is subtracted" in text
    assert 'href="#statistics"' not in text  # there is no such section to refer to


def test_a_study_without_a_cycle_still_says_what_was_walked(tmp_path):
    text, _ = made(tmp_path, both_ways(speeds=(1.0,), inclines=(0.0,)), cycles=0, hole=(0, 101))
    assert "1 forward recorded, 1 retro recorded; 1 m/s; level" in text
    assert "no complete cycle in 2 of 2 conditions" in text


def test_every_link_of_the_page_leads_somewhere(tmp_path):
    text, _ = made(tmp_path, both_ways(), failed={"walk2": [30, 31]}, lost=("gone",))
    for target in {part.split('"')[0] for part in text.split('href="#')[1:]}:
        assert f'id="{target}"' in text, target


def test_grades_on_the_page_are_those_of_the_report_card(tmp_path):
    text, tables = made(tmp_path, both_ways(), failed={"walk2": [30, 31]})
    for name, letter in zip(tables["grades"]["condition"], tables["grades"]["grade"], strict=True):
        assert letter == grade(read_result(tmp_path / "study" / f"{name}.h5")).grade
    summary = dict(zip(tables["conditions"]["condition"], tables["conditions"]["grade"], strict=True))
    assert summary == dict(zip(tables["grades"]["condition"], tables["grades"]["grade"], strict=True))
    assert "How far to believe each trial" in text
    assert "Hicks et al. 2015" in text


def test_a_prediction_is_not_praised_for_its_grade(tmp_path):
    text, _ = made(tmp_path, both_ways(speeds=(1.0,), origin="predicted"))
    assert "(by construction)" in text
    assert "consistent with itself by construction" in text


def test_too_many_conditions_are_not_graded_and_the_page_says_where_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(inside_module, "MOST_GRADED", 3)
    monkeypatch.setattr("retrogait.report.page.grades.MOST_GRADED", 3)
    text, tables = made(tmp_path, both_ways())
    assert "grades" not in tables
    assert "A page grades up to 3 conditions, and these are 12: <code>retrogait card</code>" in text
    assert "grade" not in tables["conditions"]


def test_files_of_an_older_version_are_not_graded(tmp_path):
    folder = make_folder(tmp_path / "old", both_ways(speeds=(1.0,)))
    for number in range(4):
        with h5py.File(folder / f"walk{number}.h5", "a") as file:
            del file["muscle_length"]
    with open_folder(folder) as opened:
        text = page(opened)
    assert "of an older version, and hold too little to be graded" in text
    assert "grades" not in unpacked(text)[1]


def test_conditions_lost_for_one_reason_stand_together(tmp_path):
    text, _ = made(tmp_path, both_ways(speeds=(1.0,)), lost=("first", "second"))
    assert "<strong>first, second</strong>: no &lt;ground&gt; forces" in text
    assert "no result of 2 of 6 conditions" in text


def test_remarks_that_differ_in_numbers_stand_together_and_the_csv_has_each(tmp_path):
    folder = make_folder(tmp_path / "r", both_ways(speeds=(1.0,), inclines=(0.0,)))
    for number, newtons in enumerate((85, 189)):
        with h5py.File(folder / f"walk{number}.h5", "a") as file:
            note = f"residual reaches {newtons} N in ss{number}_ik.mot, more than 5% of it"
            file.attrs["notes"] = f'["{note}"]'
    with open_folder(folder) as opened:
        text = page(opened)
    assert "residual reaches 85 … 189 N in ss0_ik.mot, ss1_ik.mot, more than 5% of it" in text
    assert len(set(unpacked(text)[1]["remarks-table"]["remark"])) == 2


@pytest.mark.parametrize(
    ("one", "other"), [("right knee: 3 N", "left knee: 3 N"), ("knee_angle_1 fails", "knee_angle_2 fails")]
)
def test_remarks_on_other_things_stay_apart(one, other):
    assert kind_of(one) != kind_of(other)


def test_a_pair_of_one_origin_is_drawn_first(tmp_path):
    walks = [("forward", 1.0, 0.0, "recorded"), *both_ways((1.0,), (0.0,), "predicted")]
    with open_folder(make_folder(tmp_path / "mixed", walks)) as folder:
        lines, _ = lines_of(folder)
        assert {lines[row].origin for row in default_pair(lines)} == {"predicted"}


def test_without_a_cycle_the_first_screen_has_the_peaks_of_the_window(tmp_path):
    walks = both_ways(speeds=(1.0,), inclines=(0.0,))
    _, tables = made(tmp_path, walks, cycles=0, hole=(0, 101))
    assert tables["glance-table"]["measure"][0] == "peak tibiofemoral force of the window"
    assert tables["glance-table"]["forward, median"][0] == 3.0  # as made


def test_the_leg_that_has_a_force_is_drawn_first():
    drawn = {(0, "left"), (1, "left"), (2, "right")}
    assert default_side([0, 1], drawn) == "left"
    assert default_side([0, 2], drawn) == "right"
    assert default_side([0], ()) == "right"


def test_lines_without_a_force_are_not_drawn_first(tmp_path):
    walks = [("forward", speed, 0.0, "recorded") for speed in (0.8, 1.0, 1.2)]
    with open_folder(make_folder(tmp_path / "left", walks)) as folder:
        lines, _ = lines_of(folder)
        assert default_pair(lines, {(1, "left"), (2, "left")}) == [1, 2]
        assert default_pair(lines) == [0, 1]


def test_an_unknown_speed_is_said_in_words(tmp_path):
    text, _ = made(tmp_path, [("forward", float("nan"), 0.0, "recorded")])
    assert "speed unknown, level" in text
    assert "nan m/s" not in text
