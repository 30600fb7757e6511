"""Measures of a walk made of formulas, wherever its record begins, and whichever way it goes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.errors import ConfigError, MotionError
from retrogait.gait.cycle import PERCENT
from retrogait.gait.events import Cycle
from retrogait.gait.forces import GroundForces
from retrogait.gait.ground import Footfall
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.strides import mean_measures, measure_gait
from tests.fake_walk import ACTIVATION, HEADS, PERIOD, RATE, SPEED, STANCE, angles, fake_walk, upward

SAME = 1e-9  # relative: the same rows in another order
LATE = 1.5  # % of the cycle: four threshold crossings of 0.3 % each, and rows that are 1 % apart
CHORD = 0.01  # relative: peaks between rows, angles at an event that is late by up to LATE
ROWS = round(PERIOD * RATE)


def only(gait, name, stride=0):
    return float(gait[name].to_numpy()[stride])


def test_every_measure_and_curve_has_its_unit_and_axes():
    gait = measure_gait(fake_walk())
    assert not set(MEASURES) & set(CURVES)
    for name, measure in MEASURES.items():
        assert (gait[name].dims, gait[name].attrs["units"]) == (("stride",), measure.unit)
    for name, curve in CURVES.items():
        assert (gait[name].dims, gait[name].attrs["units"]) == (("stride", "percent"), curve.unit)
    assert gait.sizes == {"stride": 2, "percent": 101}


def test_the_numbers_are_those_of_the_formulas():
    gait = measure_gait(fake_walk())
    assert gait["side"].to_numpy().tolist() == ["right", "left"]
    expected = {
        "stride_time": PERIOD,
        "cadence": 120.0 / PERIOD,
        "stance_share": 100.0 * STANCE,
        "double_support": 100.0 * (2.0 * STANCE - 1.0),
        "stride_length": SPEED * PERIOD,
        "speed": SPEED,
        "braking_force": 0.2,
        "propulsive_force_time": 75.0 * STANCE,
        "hip_flexion_contact": 30.0,
        "hip_flexion_minimum": -10.0,
        "hip_range": 40.0,
        "knee_flexion_swing_peak": 30.0 - 20.0 * math.cos(2.0 * math.pi * STANCE),
        "knee_flexion_peak": 50.0,
        "ankle_dorsiflexion_minimum": -10.0,
        "ankle_range": 20.0,
        "hip_flexion_moment_peak": 0.5,
        "knee_extension_moment_peak": 0.6,
        "ankle_plantarflexion_moment_peak": 1.5,
        "vasti_activation": np.mean(HEADS[1:]),
        "rectus_femoris_activation": ACTIVATION[0],
        "gastrocnemius_activation": np.mean(ACTIVATION[1:3]),
        "tibialis_anterior_activation": ACTIVATION[3],
        "biceps_femoris_activation": ACTIVATION[4],
    } | dict.fromkeys(("swing_share",), 100.0 * (1.0 - STANCE))  # fmt: skip
    for name, value in expected.items():
        late = LATE if MEASURES[name].unit == "%" else 0.0
        assert only(gait, name) == pytest.approx(value, rel=2.0 * CHORD, abs=late), name
    humps = upward(PERCENT / 100.0)
    assert only(gait, "ground_force_first_time") == pytest.approx(humps.argmax(), abs=LATE)
    peak = upward(np.linspace(0.0, STANCE, 1001)).max()
    assert only(gait, "ground_force_first") == pytest.approx(peak, rel=CHORD)
    assert only(gait, "tibiofemoral_peak") == pytest.approx(3.0 * peak, rel=CHORD)
    assert only(gait, "patellofemoral_peak") == pytest.approx(1.5 * peak, rel=CHORD)
    assert math.isnan(only(gait, "cost_of_transport"))


def test_cumulative_loads_are_those_of_the_formulas():
    gait = measure_gait(fake_walk())
    # Over stance the humps integrate to 2/pi (1 + 0.3/3) of its length; the second harmonic cancels.
    stride = 3.0 * STANCE * PERIOD * 2.0 / math.pi * 1.1
    for name, expected in (
        ("tibiofemoral_impulse", stride),
        ("tibiofemoral_impulse_per_step", stride / 2.0),
        ("tibiofemoral_impulse_per_minute", stride * 60.0 / PERIOD),
        ("tibiofemoral_impulse_per_km", stride * 1000.0 / (SPEED * PERIOD)),
        ("patellofemoral_impulse", stride / 2.0),
        ("patellofemoral_impulse_per_km", stride / 2.0 * 1000.0 / (SPEED * PERIOD)),
        ("knee_adduction_moment_impulse", 0.4 / 3.0 * stride),
    ):
        assert only(gait, name) == pytest.approx(expected, rel=CHORD), name
    minute, km = only(gait, "tibiofemoral_impulse_per_minute"), only(gait, "tibiofemoral_impulse_per_km")
    assert km / minute == pytest.approx(1000.0 / (60.0 * only(gait, "speed")))


def test_what_needs_the_model_has_no_answer_until_somebody_looks_deeper():
    without = measure_gait(fake_walk())
    for name in ("soleus_eccentric_work", "metabolic_power_bhargava", "trunk_lean_mean", "trunk_lean"):
        assert np.isnan(without[name]).all(), name
    assert np.isfinite(without["ankle_negative_work_early"]).all()


def test_curves_run_from_contact_to_contact():
    gait = measure_gait(fake_walk())
    late = (float(gait["start"][0]) % PERIOD) / PERIOD
    hip, knee, ankle = np.degrees(angles(PERCENT / 100.0 + late))
    for name, curve in (("hip_flexion", hip), ("knee_flexion", knee), ("ankle_dorsiflexion", ankle)):
        np.testing.assert_allclose(gait[name].to_numpy()[0], curve, atol=0.05)


def test_power_is_moment_times_rate():
    gait = measure_gait(fake_walk())
    # Knee: 0.6 sin extension moment against 20 sin deg of flexion per radian of phase.
    most = -0.6 * math.radians(20.0) * 2.0 * math.pi / PERIOD
    assert gait["knee_power"].to_numpy().min() == pytest.approx(most, rel=CHORD)
    # Hip: 0.5 cos against -20 sin deg, a quarter of the product at the peak of the double wave.
    most_of_hip = 0.25 * math.radians(20.0) * 2.0 * math.pi / PERIOD
    np.testing.assert_allclose(gait["hip_power"].to_numpy().max(), most_of_hip, rtol=CHORD)


@given(begin=st.integers(0, ROWS), margin=st.integers(0, 15))
def test_a_stride_that_repeats_itself_measures_the_same_wherever_it_begins(begin, margin):
    whole = mean_measures(measure_gait(fake_walk()))
    moved = fake_walk((begin - margin) / RATE, (begin + ROWS + margin) / RATE)
    gait = measure_gait(moved)
    assert sorted(gait["side"].to_numpy().tolist()) == ["left", "right"]
    for name, value in mean_measures(gait).items():
        assert value == pytest.approx(whole[name], rel=SAME, abs=SAME, nan_ok=True), name


def test_both_legs_of_a_symmetric_walk_measure_the_same():
    gait = measure_gait(fake_walk())
    for name in MEASURES:
        left, right = gait[name].to_numpy()
        assert left == pytest.approx(right, rel=SAME, abs=SAME, nan_ok=True), name


def test_walking_played_backwards_swaps_work_and_mirrors_time():
    ahead = mean_measures(measure_gait(fake_walk()))
    back = mean_measures(measure_gait(fake_walk(backwards=True)))
    for name in (
        "stance_share", "double_support", "ground_force_impulse", "stride_length", "knee_range",
        "tibiofemoral_impulse", "tibiofemoral_impulse_per_km", "knee_adduction_moment_impulse",
    ):  # fmt: skip
        assert back[name] == pytest.approx(ahead[name], rel=SAME), name
    assert back["knee_flexion_contact"] == pytest.approx(ahead["knee_flexion_toe_off"], rel=SAME)
    assert back["braking_force"] == pytest.approx(ahead["propulsive_force"], rel=SAME)
    for joint in ("hip", "knee", "ankle"):
        assert back[f"{joint}_positive_work"] == pytest.approx(-ahead[f"{joint}_negative_work"], rel=SAME)
    for one, other in (("first", "second"), ("second", "first")):
        for stem in ("tibiofemoral", "knee_adduction_moment"):
            assert back[f"{stem}_{one}"] == pytest.approx(ahead[f"{stem}_{other}"], rel=SAME)
    mirrored = ahead["stance_share"] - ahead["ground_force_second_time"]
    assert back["ground_force_first_time"] == pytest.approx(mirrored, rel=SAME)


def test_a_recorded_walk_gives_every_complete_cycle_and_is_never_repeated():
    gait = measure_gait(fake_walk(-0.2, 2.7, origin="recorded"))
    # Right contacts at 0, 1, 2 and left at 0.5, 1.5, 2.5 s.
    assert gait["side"].to_numpy().tolist() == ["right", "left", "right", "left"]
    np.testing.assert_allclose(gait["start"], [0.0, 0.5, 1.0, 1.5], atol=LATE / 100.0)


def test_a_recorded_stride_without_a_second_contact_is_refused_by_name():
    with pytest.raises(MotionError, match=r"walk: no complete cycle.* lies between 0\.1 and 1 s") as caught:
        measure_gait(fake_walk(0.1, 1.0, origin="recorded"))
    assert "\n" not in str(caught.value)


def test_a_cycle_that_is_given_is_measured():
    one = Cycle("right", 0.0, 0.1, 0.5, 0.6, 1.0)
    gait = measure_gait(fake_walk(origin="recorded"), cycles=[one])
    assert only(gait, "double_support") == pytest.approx(20.0)
    assert only(gait, "stride_time") == 1.0


def test_on_a_treadmill_the_belt_gives_the_stride():
    gait = measure_gait(fake_walk(travel=False))
    assert only(gait, "stride_length") == pytest.approx(SPEED * PERIOD)
    assert only(gait, "propulsive_force") == pytest.approx(0.2, rel=CHORD)
    unknown = measure_gait(fake_walk(travel=False, speed=math.nan))
    assert math.isnan(only(unknown, "stride_length"))
    assert only(unknown, "propulsive_force") == pytest.approx(0.2, rel=CHORD)


def test_unfiltered_ground_forces_replace_those_of_the_result():
    walk = fake_walk()
    ground = GroundForces(
        walk["time"].to_numpy(),
        ("right", "left"),
        1.5 * walk["ground_reaction_force"].to_numpy(),
        np.full((ROWS + 1, 2, 3), np.nan),
    )
    assert only(measure_gait(walk, ground), "braking_force") == pytest.approx(0.3, rel=CHORD)
    assert only(measure_gait(walk, ground), "tibiofemoral_peak") == pytest.approx(
        only(measure_gait(walk), "tibiofemoral_peak"))  # fmt: skip


def test_a_failed_frame_has_no_peak_and_keeps_its_angles():
    gait = measure_gait(fake_walk(failed=[20]))
    right = gait["side"].to_numpy().tolist().index("right")
    assert math.isnan(only(gait, "tibiofemoral_peak", right))
    assert math.isnan(only(gait, "knee_negative_work", right))
    assert math.isnan(only(gait, "vasti_activation", right))
    assert math.isfinite(only(gait, "knee_flexion_swing_peak", right))
    assert math.isfinite(only(gait, "ground_force_first", right))


def test_the_other_engine_can_be_asked_for_and_a_third_cannot():
    walk = fake_walk()
    closed, geometry = (
        only(measure_gait(walk, method=method), "patellofemoral_peak")
        for method in ("closed_form", "geometry")
    )
    assert geometry == pytest.approx(2.0 * closed)
    with pytest.raises(ConfigError, match="method is 'guess', expected one of: 'geometry', 'closed_form'"):
        measure_gait(walk, method="guess")


@pytest.mark.parametrize("travel", [True, False])
@pytest.mark.parametrize("begin", [0.25, 0.75])
def test_a_step_is_half_a_stride_over_ground_and_on_a_belt(travel, begin):
    walk = fake_walk(begin, begin + PERIOD, travel=travel)
    falls = []
    for side, contact in (("right", 1.0), ("left", 0.5 if begin < 0.5 else 1.5)):
        ankle = np.array([SPEED * contact if travel else 0.3, 0.1, 0.1 if side == "right" else -0.1])
        falls.append(Footfall(side, contact, 0.1, 0.2, ankle, math.radians(20.0)))
    gait = measure_gait(walk, falls=falls)
    np.testing.assert_allclose(gait["step_length"], 0.5 * SPEED * PERIOD)
    np.testing.assert_allclose(gait["contact_place"], 10.0)
    np.testing.assert_allclose(gait["contact_place_next"], 20.0)
    np.testing.assert_allclose(gait["foot_angle_contact"], 20.0)
    np.testing.assert_allclose(gait["foot_strike"], 1.0)


def test_a_planar_model_has_no_adduction_moment_rather_than_none_at_all():
    walk = fake_walk()
    walk["knee_adduction_moment"][:] = 0.0
    gait = measure_gait(walk)
    for name in ("knee_adduction_moment_first", "knee_adduction_moment_impulse"):
        assert np.isnan(gait[name]).all()
    assert np.isfinite(gait["knee_extension_moment_impulse"]).all()


def test_the_mean_skips_a_leg_without_a_value():
    gait = measure_gait(fake_walk(failed=[20]), cost_of_transport=3.5)
    means = mean_measures(gait)
    assert means["tibiofemoral_peak"] == pytest.approx(float(np.nanmax(gait["tibiofemoral_peak"])))
    assert means["cost_of_transport"] == 3.5
    assert math.isnan(means["step_length"])
