"""The table says what the curves say, and what they do not."""

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from retrogait.gait.measures import MEASURES
from retrogait.report.summary import SHOWN, summarize, to_csv
from retrogait.report.table import render
from tests.fake_predict import SENSITIVITY
from tests.fake_result import FRAMES, fake_result

ARCH = 2.0 / math.pi  # BW·s: integral of sin(pi t) over one second
TRAPEZES = 1e-4  # relative: a half sine by 100 trapezes is short by pi^2 / (12 * 100^2)


def printed(rows):
    console = Console(file=io.StringIO(), width=200)
    render(rows, console)
    return console.file.getvalue()


def test_peaks_and_impulses_are_those_of_the_curves():
    right, left = summarize(fake_result())

    assert (right.side, left.side) == ("right", "left")
    assert right.tibiofemoral_peak == pytest.approx(3.0)
    assert left.tibiofemoral_peak == pytest.approx(2.0)
    assert right.tibiofemoral_impulse == pytest.approx(3.0 * ARCH, rel=TRAPEZES)
    assert right.patellofemoral_peak_geometry == pytest.approx(1.0)
    assert right.patellofemoral_peak_closed_form == pytest.approx(0.8)
    assert right.patellofemoral_impulse_closed_form == pytest.approx(0.8 * ARCH, rel=TRAPEZES)
    assert right.extension_moment_peak == pytest.approx(0.5)
    assert right.quadriceps_activation_peak == pytest.approx(0.4)
    assert (right.frames, right.frames_failed, right.duration) == (FRAMES, 0, 1.0)


def test_the_peak_by_either_sharing_criterion_stands_beside_the_one_in_force():
    right, left = summarize(fake_result(failed=[50]))
    assert right.sharing == "plain"
    assert right.tibiofemoral_peak_plain == pytest.approx(right.tibiofemoral_peak)
    assert right.tibiofemoral_peak_weighted == pytest.approx(0.8 * right.tibiofemoral_peak)
    assert left.tibiofemoral_peak_weighted == pytest.approx(0.8 * left.tibiofemoral_peak)
    shown = io.StringIO()
    render([right], Console(file=shown, width=126))
    assert "3.0/2.4" in shown.getvalue()
    assert "by the plain criterion" in shown.getvalue()


def test_a_result_of_before_criteria_were_stored_has_neither():
    old = fake_result().drop_vars(["tibiofemoral_force_sharing", "criterion"])
    del old.attrs["sharing"]
    row = summarize(old)[0]
    assert row.sharing == ""
    assert math.isnan(row.tibiofemoral_peak_plain)
    assert math.isnan(row.tibiofemoral_peak_weighted)
    shown = io.StringIO()
    render([row], Console(file=shown, width=126))
    assert "criterion" not in shown.getvalue()


def test_the_largest_reserve_is_a_share_of_its_own_moment_and_names_it():
    right, left = summarize(fake_result())
    assert (right.reserve_share, right.reserve_coordinate) == (pytest.approx(0.1), "knee_angle_r")
    assert (left.reserve_share, left.reserve_coordinate) == (pytest.approx(0.05), "hip_flexion_l")


def test_a_failed_frame_is_counted_and_enters_nothing():
    right, _ = summarize(fake_result(failed=[0, 30]))
    whole, _ = summarize(fake_result())
    assert right.frames_failed == 2
    assert right.tibiofemoral_peak == pytest.approx(3.0)
    assert right.quadriceps_activation_peak == pytest.approx(0.4)
    # two steps around frame 30 and one beside frame 0 are left out, none is bridged
    lost = 3.0 * np.sin(np.pi * np.array([0.29, 0.30, 0.31, 0.0, 0.01])) * 0.01
    short = lost[0] / 2 + lost[1] + lost[2] / 2 + (lost[3] + lost[4]) / 2
    assert right.tibiofemoral_impulse == pytest.approx(whole.tibiofemoral_impulse - short)


def test_a_result_without_a_solved_frame_has_no_numbers_and_does_not_warn():
    right, _ = summarize(fake_result(failed=range(FRAMES), notes=["every frame failed"]))
    assert math.isnan(right.tibiofemoral_peak)
    assert math.isnan(right.tibiofemoral_impulse)
    assert math.isnan(right.reserve_share)
    assert right.reserve_coordinate == ""
    text = printed([right])
    assert "–" in text
    assert "walk: every frame failed" in text
    assert f"{FRAMES} of {FRAMES} frames failed and are left out" in text


def test_a_missing_method_shows_as_a_dash_with_its_reason():
    dataset = fake_result(notes=["no patella in this model"])
    dataset["patellofemoral_force"][:, :, 0] = np.nan
    rows = summarize(dataset)
    assert math.isnan(rows[0].patellofemoral_peak_geometry)
    text = printed(rows)
    assert "–" in text
    assert "walk: no patella in this model" in text


def test_a_dash_without_a_reason_says_so():
    dataset = fake_result()
    dataset["patellofemoral_force"][:, :, 0] = np.nan
    assert "the result gives no reason" in printed(summarize(dataset))


def test_the_table_shows_units_condition_and_numbers():
    text = printed(summarize(fake_result("slope", direction="retro", speed=0.8, incline=-5.0)))
    for word in ("BW·s", "N·m/kg", "% of", "slope", "retro 0.8 m/s -5°", "3.00", "10%", "0/101"):
        assert word in text


@pytest.mark.parametrize("origin", ["predicted", "synthetic"])
def test_what_nobody_measured_is_labelled_in_the_title_and_below(origin):
    text = printed(summarize(fake_result(origin=origin)))
    title, *_, last = text.strip().splitlines()
    assert origin in title
    assert last.startswith(f"† {origin}: ")
    assert "walk †" in text
    assert "†" not in printed(summarize(fake_result(origin="recorded")))


def test_the_csv_holds_every_row_with_units_and_empty_cells_for_no_answer(tmp_path):
    dataset = fake_result(notes=["a", "b"])
    dataset["patellofemoral_force"][:, :, 0] = np.nan
    path = tmp_path / "summary.csv"
    to_csv(summarize(dataset), path)
    with path.open(encoding="utf-8", newline="") as file:
        right, left = csv.DictReader(file)
    assert right["tibiofemoral peak [BW]"] == "3"
    assert left["tibiofemoral peak [BW]"] == "2"
    assert right["patellofemoral peak, geometry [BW]"] == ""
    assert right["notes"] == "a; b"
    assert [entry.name for entry in tmp_path.iterdir()] == ["summary.csv"]


@pytest.mark.parametrize(("width", "tables"), [(126, 1), (80, 2)])
def test_the_table_fits_a_wide_and_a_narrow_screen(width, tables):
    console = Console(file=io.StringIO(), width=width)
    render(summarize(fake_result("subject_07_retro_slow", direction="retro", incline=-5)), console)
    text = console.file.getvalue()
    assert text.count("0/101") == 2 * tables
    assert max(map(len, text.splitlines())) <= width


def predicted(name="retro_1.0_0", **attributes):
    return summarize(fake_result(name, origin="predicted", sensitivity=SENSITIVITY, **attributes))


def test_a_predicted_peak_has_its_span_beside_it_in_table_and_csv(tmp_path):
    rows = predicted()
    assert (rows[0].tibiofemoral_low, rows[0].tibiofemoral_high) == (2.55, 3.52)
    assert (rows[0].patellofemoral_low, rows[0].patellofemoral_high) == (
        0.7,
        1.3,
    )  # cases without a peak count not
    text = printed(rows)
    assert "2.5–3.5" in text
    assert "0.7–1.3" in text
    assert "its span with other tendons, weights, ground and strength" in text
    to_csv(rows, tmp_path / "summary.csv")
    with (tmp_path / "summary.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["tibiofemoral peak, highest of the sensitivity [BW]"] == "3.52"


@pytest.mark.parametrize("sensitivity", [None, {}, {"base": {"peak_tibiofemoral": 3.0}}])
def test_without_other_cases_there_is_no_span(sensitivity):
    rows = summarize(fake_result(sensitivity=sensitivity))
    assert math.isnan(rows[0].tibiofemoral_low)
    assert "span" not in printed(rows)


def test_sides_with_equal_numbers_are_one_line():
    dataset = fake_result()
    for name, one, other in (("tibiofemoral_force", 0, 1), ("reserve", slice(1, 3), slice(4, 6))):
        dataset[name].values[:, other] = dataset[name].values[:, one]
    dataset["tibiofemoral_force_sharing"].values[:, 1] = dataset["tibiofemoral_force_sharing"].values[:, 0]
    text = printed(summarize(dataset))
    assert "both" in text
    assert "right" not in text
    assert "both" not in printed(summarize(fake_result()))


def test_a_remark_on_many_trials_is_said_once():
    names = [f"walk{k}" for k in range(5)]
    rows = [row for name in names for row in summarize(fake_result(name, notes=["common"]))]
    assert "all 5 trials: common" in printed(rows)
    rows += summarize(fake_result("other", notes=["own"]))
    text = printed(rows)
    assert "walk0 and 4 of 5 others: common" in text
    assert "other: own" in text
    assert text.count("common") == 1


def walked(**attributes):
    """A result with two right cycles and no left one, its measures counted from 1."""
    dataset = fake_result(**attributes)
    values = np.full((2, len(MEASURES)), np.nan)
    values[0] = 1.0 + np.arange(len(MEASURES))
    return dataset.assign(
        cycles=("side", [2, 0]), measure_mean=(("side", "measure"), values)
    ).assign_coords(measure=list(MEASURES))  # fmt: skip


def test_the_measures_of_the_cycles_are_those_that_were_stored():
    right, left = summarize(walked())
    assert (right.cycles, left.cycles) == (2, 0)
    assert list(right.measures) == list(SHOWN)
    assert right.measures["cadence"] == 1.0 + list(MEASURES).index("cadence")
    assert all(math.isnan(value) for value in left.measures.values())


def test_a_result_of_before_cycles_were_stored_has_none():
    right, _ = summarize(fake_result())
    assert right.cycles == 0
    assert math.isnan(right.measures["cadence"])
    assert "cycle" not in printed([right]).lower()


def test_the_csv_says_who_first_then_knee_loads_then_gait_then_doubts(tmp_path):
    path = tmp_path / "summary.csv"
    rows = summarize(walked(), {"subject": "Ada", "mass [kg]": 70.0, "side": "dominant"})
    to_csv([*rows, *summarize(fake_result("other"), {"exponent": 3.0})], path)
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert header[:6] == ["trial", "subject", "mass [kg]", "label side", "exponent", "side"]
    order = ["speed [m/s]", "complete cycles", "tibiofemoral peak [BW]", "tibiofemoral impulse [BW s]",
             "tibiofemoral impulse per km [BW s/km]", "cadence [1/min]", "step length [m]",
             "notes"]  # fmt: skip
    places = [header.index(name) for name in order]
    assert places == sorted(places)
    assert len(set(header)) == len(header)
    with path.open(encoding="utf-8", newline="") as file:
        right, left, other, _ = csv.DictReader(file)
    cadence = list(MEASURES).index("cadence")
    assert (right["cadence [1/min]"], left["cadence [1/min]"]) == (str(1 + cadence), "")
    assert (right["subject"], right["label side"], right["side"]) == ("Ada", "dominant", "right")
    assert (other["subject"], other["exponent"]) == ("", "3")


@pytest.mark.parametrize(("width", "tables"), [(126, 2), (80, 4)])
def test_cycles_have_a_table_of_their_own_that_fits(width, tables):
    console = Console(file=io.StringIO(), width=width)
    rows = summarize(walked(direction="retro", incline=-5))
    rows = [replace(row, trial="subject_07_retro_slow") for row in rows]
    render(rows, console)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert text.count("frames") + text.count("Complete cycles, mean") == tables
    assert f"{1 + list(MEASURES).index('cadence')}" in text
