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
    angle_measures,
    force_measures,
    ground_measures,
    loading_rate,
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
    got = force_measures(Curve(PERCENT, force), NOTHING, TOE_OFF)
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
