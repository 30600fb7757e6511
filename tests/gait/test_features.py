"""What is read off a curve is what the curve was made of."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.gait.features import (
    EARLY,
    LATE,
    Curve,
    adduction_measures,
    angle_measures,
    force_measures,
    ground_measures,
    impulse_measures,
    integrals,
    loading_rate,
    moment_measures,
    strike_of,
    work_measures,
)

EXACT = 1e-9
FINE = 2e-3  # of a unit amplitude: a half sine by 200 chords
PERCENT = np.linspace(0.0, 100.0, 401)
TOE_OFF = 60.0
NOTHING = Curve(PERCENT, np.zeros_like(PERCENT))


def hump(center, width, height):
    return np.where(
        np.abs(PERCENT - center) < width, height * 0.5 * (1 + np.cos(np.pi * (PERCENT - center) / width)), 0
    )


@given(
    first=st.floats(8.0, 24.0),
    second=st.floats(36.0, 52.0),
    low=st.floats(0.4, 1.1),
    high=st.floats(1.11, 1.4),
)
def test_two_humps_are_found_with_their_times_and_the_valley_between(first, second, low, high):
    up = Curve(PERCENT, hump(first, 7.0, low) + hump(second, 7.0, high))
    got = ground_measures(up, NOTHING, TOE_OFF, 1.1)
    step = PERCENT[1]
    assert got["ground_force_first_time"] == pytest.approx(first, abs=step)
    assert got["ground_force_second_time"] == pytest.approx(second, abs=step)
    assert got["ground_force_first"] == pytest.approx(low, abs=FINE)
    assert got["ground_force_second"] == pytest.approx(high, abs=FINE)
    assert got["ground_force_first_time"] < got["ground_force_valley_time"] < got["ground_force_second_time"]
    # A raised cosine covers half of the rectangle around it.
    assert got["ground_force_impulse"] == pytest.approx(7.0 * (low + high) / 100.0 * 1.1, rel=1e-2)


def test_a_single_hump_shows_by_its_time():
    got = ground_measures(Curve(PERCENT, hump(30.0, 29.0, 1.3)), NOTHING, TOE_OFF, 1.0)
    assert got["ground_force_first_time"] == pytest.approx(30.0, abs=EXACT)
    assert got["ground_force_second_time"] == pytest.approx(30.0, abs=EXACT)
    assert math.isnan(got["ground_force_valley"])


def test_braking_and_propulsion_are_both_positive():
    along = Curve(PERCENT, -hump(10.0, 5.0, 0.2) + hump(50.0, 5.0, 0.25))
    got = ground_measures(Curve(PERCENT, hump(15.0, 10.0, 1.0)), along, TOE_OFF, 1.0)
    assert (got["braking_force"], got["braking_force_time"]) == (pytest.approx(0.2), pytest.approx(10.0))
    assert (got["propulsive_force"], got["propulsive_force_time"]) == (
        pytest.approx(0.25), pytest.approx(50.0))  # fmt: skip


@given(peak=st.floats(0.8, 1.4), when=st.floats(5.0, 25.0), stride=st.floats(0.9, 1.4))
def test_the_loading_rate_of_a_ramp_is_its_slope(peak, when, stride):
    ramp = Curve(np.array([0.0, when, 100.0]), np.array([0.0, peak, 0.0]))
    assert loading_rate(ramp, (peak, when), stride) == pytest.approx(peak / (when / 100.0 * stride))


def test_a_bump_at_contact_is_not_the_rise_to_the_peak():
    at = np.array([0.0, 2.0, 4.0, 10.0, 20.0, 100.0])
    bump = Curve(at, np.array([0.0, EARLY + 0.1, 0.0, 0.0, 1.0, 0.0]))
    assert loading_rate(bump, (1.0, 20.0), 1.0) == pytest.approx(1.0 / 0.1)
    assert EARLY < LATE


@given(
    base=st.floats(0.1, 0.9), peak=st.floats(1.5, 4.0), when=st.floats(5.0, 25.0), stride=st.floats(0.9, 1.4)
)
def test_a_loaded_knee_is_loaded_faster_by_what_is_added(base, peak, when, stride):
    # Falls a little after contact, then a ramp to the peak: the rate is the slope of the ramp.
    at = np.array([0.0, 2.0, 2.0 + when, 59.0, 100.0])
    force = Curve(at, np.array([base + 0.05, base, peak, 0.0, 0.0]))
    got = force_measures(force, NOTHING, 2.0 * (2.0 + when) + 1.0, stride)
    assert got["tibiofemoral_loading_rate"] == pytest.approx((peak - base) / (when / 100.0 * stride))


def test_a_knee_that_is_only_unloaded_has_no_loading_rate():
    falling = Curve(np.array([0.0, 100.0]), np.array([2.0, 0.0]))
    assert math.isnan(force_measures(falling, NOTHING, TOE_OFF, 1.0)["tibiofemoral_loading_rate"])


def trapezes(percent, value, first, last):
    """Integral over a window, one trapeze after the other, in seconds per second of the cycle."""
    total = 0.0
    for k in range(len(percent) - 1):
        a, b = max(percent[k], first), min(percent[k + 1], last)
        if a < b:
            at = np.interp([a, b], percent, value)
            total += 0.5 * (at[0] + at[1]) * (b - a) / 100.0
    return total


@given(
    values=st.lists(st.floats(-3.0, 5.0), min_size=2, max_size=30),
    stride=st.floats(0.8, 2.0),
    length=st.floats(0.3, 2.0),
)
def test_impulses_are_those_of_a_hand_made_sum(values, stride, length):
    percent = np.linspace(0.0, 100.0, len(values))
    load = np.abs(values)
    got = impulse_measures(Curve(percent, load), Curve(percent, 0.5 * load), stride, length)
    whole = trapezes(percent, load, 0.0, 100.0) * stride
    assert got["tibiofemoral_impulse"] == pytest.approx(whole)
    assert got["tibiofemoral_impulse_per_step"] == pytest.approx(whole / 2.0)
    assert got["tibiofemoral_impulse_per_minute"] == pytest.approx(whole * (60.0 / stride))
    assert got["tibiofemoral_impulse_per_km"] == pytest.approx(whole * (1000.0 / length))
    for name in list(got)[:4]:
        assert got[name.replace("tibio", "patello")] == pytest.approx(0.5 * got[name])
    moment = Curve(percent, np.array(values))
    # Cut at the points of the curve: a line through zero keeps the triangle up to its next point.
    above = trapezes(percent, np.maximum(values, 0.0), 0.0, TOE_OFF) * stride
    knee = moment_measures(NOTHING, moment, NOTHING, NOTHING, TOE_OFF, stride)
    assert knee["knee_extension_moment_impulse"] == pytest.approx(above)
    assert adduction_measures(moment, TOE_OFF, stride)["knee_adduction_moment_impulse"] == pytest.approx(
        above
    )


@given(factor=st.floats(0.1, 10.0))
def test_every_load_grows_with_the_force_and_no_time_moves(factor):
    force = hump(15.0, 10.0, 2.0) + hump(48.0, 10.0, 3.0) + 0.2
    one, many = (
        force_measures(Curve(PERCENT, f * force), NOTHING, TOE_OFF, 1.1)
        | impulse_measures(Curve(PERCENT, f * force), NOTHING, 1.1, 1.3)
        for f in (1.0, factor)
    )
    for name, value in one.items():
        assert many[name] == pytest.approx(value * (1.0 if name.endswith("_time") else factor)), name


def test_played_backwards_early_and_late_change_places_and_impulses_stay():
    moment = Curve(PERCENT, hump(15.0, 10.0, 0.5) + hump(48.0, 10.0, 0.3))
    back = Curve(PERCENT, np.interp(np.mod(TOE_OFF - PERCENT, 100.0), PERCENT, moment.value))
    ahead, behind = (adduction_measures(one, TOE_OFF, 1.0) for one in (moment, back))
    assert behind["knee_adduction_moment_first"] == pytest.approx(ahead["knee_adduction_moment_second"])
    assert behind["knee_adduction_moment_second"] == pytest.approx(ahead["knee_adduction_moment_first"])
    assert behind["knee_adduction_moment_impulse"] == pytest.approx(ahead["knee_adduction_moment_impulse"])


def test_without_a_length_only_what_is_per_km_is_missing():
    got = impulse_measures(NOTHING, NOTHING, 1.0, math.nan)
    assert {name for name, value in got.items() if math.isnan(value)} == {
        "tibiofemoral_impulse_per_km",
        "patellofemoral_impulse_per_km",
    }


@given(percent=st.floats(0.0, 100.0), hole=st.integers(0, 400))
def test_a_value_at_a_time_lies_on_the_chord_and_is_nan_beside_a_nan(percent, hole):
    curve = Curve(PERCENT, hump(30.0, 20.0, 1.0))
    assert curve.at(percent) == pytest.approx(np.interp(percent, PERCENT, curve.value), abs=EXACT)
    curve.value[hole] = math.nan
    before, _, after = np.concatenate([[-1.0], PERCENT, [101.0]])[hole : hole + 3]
    beside = before < percent < after
    assert math.isnan(curve.at(percent)) == beside


def test_knee_angles_are_those_at_their_events():
    knee = Curve(PERCENT, 5.0 + hump(15.0, 10.0, 12.0) + hump(72.0, 25.0, 55.0))
    got = angle_measures(NOTHING, knee, NOTHING, TOE_OFF)
    assert got["knee_flexion_contact"] == pytest.approx(5.0, abs=EXACT)
    assert (got["knee_flexion_stance_peak"], got["knee_flexion_stance_peak_time"]) == (17.0, 15.0)
    assert got["knee_flexion_stance_minimum"] == pytest.approx(5.0, abs=EXACT)
    assert got["knee_flexion_swing_peak"] == pytest.approx(60.0, abs=0.1)
    assert got["knee_flexion_toe_off"] == pytest.approx(5 + 55 * 0.5 * (1 + np.cos(np.pi * 12 / 25)), abs=0.1)
    assert got["knee_range"] == pytest.approx(55.0, abs=0.1)
    assert got["hip_range"] == 0.0


def test_a_failed_frame_takes_the_answers_of_its_window_with_it_and_no_others():
    force = hump(15.0, 10.0, 2.0) + hump(48.0, 10.0, 3.0)
    force[np.searchsorted(PERCENT, 50.0)] = np.nan
    got = force_measures(Curve(PERCENT, force), NOTHING, TOE_OFF, 1.0)
    assert got["tibiofemoral_first"] == pytest.approx(2.0)
    for name in ("tibiofemoral_second", "tibiofemoral_peak", "tibiofemoral_peak_time", "tibiofemoral_mean"):
        assert math.isnan(got[name])


@given(
    hip=st.floats(0.1, 2.0), knee=st.floats(0.1, 2.0), ankle=st.floats(0.1, 2.0), stride=st.floats(0.8, 1.5)
)
def test_work_has_both_signs_and_shares_sum_to_one(hip, knee, ankle, stride):
    wave = np.sin(2.0 * np.pi * PERCENT / TOE_OFF)
    size_of = {"hip": hip, "knee": -knee, "ankle": ankle}
    power = {joint: Curve(PERCENT, size * wave) for joint, size in size_of.items()}
    got = work_measures(power, TOE_OFF, stride)
    lobe = TOE_OFF / 100.0 * stride / np.pi  # integral of one half of the wave
    for joint, size in (("hip", hip), ("knee", knee), ("ankle", ankle)):
        assert got[f"{joint}_positive_work"] == pytest.approx(size * lobe, rel=FINE)
        assert got[f"{joint}_negative_work"] == pytest.approx(-size * lobe, rel=FINE)
    for sign in ("positive", "negative"):
        shares = [got[f"{joint}_{sign}_share"] for joint in power]
        assert sum(shares) == pytest.approx(1.0)
        assert shares[0] == pytest.approx(hip / (hip + knee + ankle), rel=FINE)


def test_a_leg_that_does_no_work_has_no_shares():
    got = work_measures(dict.fromkeys(("hip", "knee", "ankle"), NOTHING), TOE_OFF, 1.0)
    assert got["ankle_negative_work"] == 0.0
    assert math.isnan(got["ankle_negative_share"])


@given(
    values=st.lists(st.tuples(st.floats(-3.0, 5.0), st.floats(-3.0, 5.0)), min_size=2, max_size=30),
    last=st.floats(0.5, 100.0),
    short=st.sampled_from([0.0, 1e-12]),
)
def test_integrals_of_many_signals_are_those_of_each(values, last, short):
    # The last row of a cycle may stand a rounding before its end.
    percent = np.linspace(0.0, 100.0 - short, len(values))
    signals = np.array(values).T
    got = integrals(percent, signals, last)
    for row in range(2):
        one = Curve(percent, signals[row]).integral(0.0, min(last, float(percent[-1])))
        assert got[row] == pytest.approx(one, abs=1e-8)


@given(
    watts=st.lists(st.floats(-3.0, 5.0), min_size=2, max_size=40),
    toe_off=st.floats(40.0, 80.0),
    stride=st.floats(0.8, 2.0),
)
def test_work_of_a_joint_is_a_hand_made_sum_in_stance_its_first_fifth_and_the_cycle(watts, toe_off, stride):
    percent = np.linspace(0.0, 100.0, len(watts))
    power = {joint: Curve(percent, np.zeros(len(watts))) for joint in ("knee", "ankle")}
    got = work_measures({"hip": Curve(percent, np.array(watts)), **power}, toe_off, stride)
    for sign, name in ((1.0, "positive"), (-1.0, "negative")):
        done = sign * np.maximum(sign * np.array(watts), 0.0)
        for ending, end in (("", toe_off), ("_early", 0.2 * toe_off), ("_cycle", 100.0)):
            expected = trapezes(percent, done, 0.0, end) * stride
            assert got[f"hip_{name}_work{ending}"] == pytest.approx(expected, abs=EXACT)
            assert got[f"knee_{name}_work{ending}"] == 0.0
    if got["hip_positive_work"] > 0.0:
        assert got["hip_positive_share"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("place", "order"), [(-5.0, 1.0), (20.0, 1.0), (50.0, 0.0), (80.0, -1.0), (105.0, -1.0)]
)
def test_what_meets_the_ground_first_goes_by_thirds_of_the_foot(place, order):
    assert strike_of(place) == order
    assert math.isnan(strike_of(math.nan))
