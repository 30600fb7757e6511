"""The frames that are shown are frames that were computed, in the order of the cycle."""

import math

import numpy as np
import pytest

from retrogait.errors import ResultError
from retrogait.explore import cycle as module
from retrogait.explore.cycle import spans_of, walk_of
from retrogait.gait.ground import ground_forces
from retrogait.gait.signals import leg_signals
from retrogait.gait.strides import measure_gait
from retrogait.scene import METHOD
from tests.explorer.walks import DOWNHILL, FORWARD, RETRO, gait, walk
from tests.fake_result import fake_result
from tests.fake_walk import fake_walk

SAME_TIME = 1e-9
"""Times in a cycle are differences of times [%]."""


@pytest.mark.parametrize("name", [FORWARD, RETRO, DOWNHILL])
def test_no_frame_is_made_between_those_of_the_result(name):
    result, shown = gait(name).result, walk(name)
    time = result["time"].to_numpy()
    rows = np.searchsorted(time, shown.time)

    np.testing.assert_array_equal(time[rows], shown.time)
    assert sorted(rows) == list(range(time.size - 1))  # the last row of a stride is its first
    signals = leg_signals(result, "left", METHOD)
    for curve in ("tibiofemoral_force", "patellofemoral_force", "knee_flexion", "vasti"):
        np.testing.assert_array_equal(shown.curves[curve][1], signals[curve][rows])


@pytest.mark.parametrize("name", [FORWARD, RETRO])
def test_a_predicted_stride_begins_where_the_right_foot_lands(name):
    one, shown = gait(name), walk(name)
    measured = measure_gait(one.result, ground_forces(one.model, one.trial))
    right = measured.sel(stride=measured["side"].to_numpy().tolist().index("right"))

    assert (np.diff(shown.percent) > 0.0).all()
    assert 0.0 <= shown.percent[0] < 100.0 / shown.percent.size
    assert shown.percent[-1] < 100.0
    lasts = float(right["end"] - right["start"])
    assert shown.duration == pytest.approx(lasts)
    assert shown.toe_off == pytest.approx(
        float(100.0 * (right["toe_off"] - right["start"]) / lasts), abs=SAME_TIME
    )
    assert shown.repeats


def test_a_recorded_cycle_is_cut_at_its_contacts():
    result = fake_walk(-0.2, 2.5, origin="recorded")

    shown = walk_of(result, None, None)

    assert shown.basis == "cycle"
    assert not shown.repeats
    assert shown.scene is None
    assert shown.percent[0] >= 0.0
    assert shown.percent[-1] <= 100.0
    assert np.isin(shown.time, result["time"].to_numpy()).all()


def test_a_record_without_a_cycle_is_shown_whole_and_says_so():
    shown = walk_of(fake_result(), None, None)

    assert shown.basis == "window"
    assert shown.percent[[0, -1]].tolist() == [0.0, 100.0]
    assert math.isnan(shown.toe_off)
    assert any("whole window" in remark for remark in shown.remarks)


def test_a_single_frame_is_no_walk():
    with pytest.raises(ResultError, match="has 1 frames, expected two or more"):
        walk_of(fake_result().isel(time=[0]), None, None)


def test_failed_frames_have_no_curve():
    shown = walk_of(fake_result(failed=(10, 11)), None, None)

    assert np.flatnonzero(shown.failed).tolist() == [10, 11]
    assert np.isnan(shown.curves["tibiofemoral_force"][:, 10:12]).all()
    assert np.isfinite(shown.curves["tibiofemoral_force"][:, [9, 12]]).all()


def test_of_too_many_frames_every_other_is_shown_and_that_is_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_FRAMES", 60)
    result = fake_result()

    shown = walk_of(result, None, None)

    np.testing.assert_array_equal(shown.time, result["time"].to_numpy()[::2])
    assert any("every second frame" in remark for remark in shown.remarks)


def test_the_span_of_a_peak_holds_every_assumption_and_either_way_of_sharing():
    one = gait(FORWARD)
    result = one.result.assign_attrs(sensitivity=dict(one.sensitivity))
    spans = spans_of(result, np.arange(result.sizes["time"]))
    weight = float(result.attrs["body_weight"])
    cases = [case["peak_tibiofemoral"] for case in one.sensitivity.values()]

    for side in ("right", "left"):
        shared = result["tibiofemoral_force_sharing"].sel(side=side).max("time").to_numpy() / weight
        assert spans["tibiofemoral_force"][side].low == pytest.approx(min(*cases, *shared))
        assert spans["tibiofemoral_force"][side].high == pytest.approx(max(*cases, *shared))
    assert spans["patellofemoral_force"]["left"].over == f"{len(cases)} assumptions"


def test_a_result_without_a_sensitivity_has_the_span_of_sharing_alone():
    result = fake_result()
    span = spans_of(result, np.arange(result.sizes["time"]))

    assert list(span) == ["tibiofemoral_force"]
    right = span["tibiofemoral_force"]["right"]
    assert (right.low, right.high) == pytest.approx((2.4, 3.0))


def test_a_span_is_that_of_the_leg_and_of_the_frames_that_are_shown():
    result = fake_result()
    force = result["tibiofemoral_force_sharing"].transpose("time", ...)
    weight = float(result.attrs["body_weight"])
    middle = result.sizes["time"] // 2

    spans = spans_of(result, np.arange(middle))["tibiofemoral_force"]

    for side in ("right", "left"):
        shown = force[:middle].sel(side=side)
        assert spans[side].low == pytest.approx(float(shown.max("time").min()) / weight)
        assert spans[side].high == pytest.approx(float(shown.max()) / weight)
        assert spans[side].high < spans["right"].high or side == "right"
