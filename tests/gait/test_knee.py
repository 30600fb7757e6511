"""Measures of the compartments and of the patellofemoral engines, on curves whose answers are known."""

import math

import numpy as np
import pytest

from retrogait.gait.features import Curve
from retrogait.gait.knee import compartment_measures, engine_measures

PERCENT = np.linspace(0.0, 100.0, 101)
TOE_OFF, STRIDE = 60.0, 1.1


def straight(first, last):
    """A force that goes straight from one value to another over stance, and is zero in swing."""
    return Curve(PERCENT, np.where(PERCENT <= TOE_OFF, first + (last - first) * PERCENT / TOE_OFF, 0.0))


def test_peaks_impulse_and_share_are_those_of_stance():
    found = compartment_measures(straight(2.0, 1.0), straight(0.0, 1.0), TOE_OFF, STRIDE)
    assert found["medial_force_first"] == 2.0
    assert found["medial_force_first_time"] == 0.0
    assert found["medial_force_second"] == pytest.approx(1.5)
    assert found["lateral_force_second"] == pytest.approx(1.0)
    assert found["lateral_force_second_time"] == pytest.approx(TOE_OFF)
    assert found["medial_force_impulse"] == pytest.approx(1.5 * 0.6 * STRIDE)
    assert found["medial_share"] == pytest.approx(75.0)


def test_a_knee_without_an_answer_has_no_measures():
    nothing = Curve(PERCENT, np.full(PERCENT.size, math.nan))
    assert all(
        math.isnan(value) for value in compartment_measures(nothing, nothing, TOE_OFF, STRIDE).values()
    )


def test_the_engines_lie_apart_by_the_mean_and_the_largest_distance_whichever_is_above():
    one, other = Curve(PERCENT, PERCENT / 50.0), Curve(PERCENT, np.ones(PERCENT.size))
    for pair in ((one, other), (other, one)):
        engines = ("patellofemoral_force_geometry", "patellofemoral_force_closed_form")
        found = engine_measures(dict(zip(engines, pair, strict=True)))
        assert found["patellofemoral_gap_mean"] == pytest.approx(0.5)
        assert found["patellofemoral_gap_peak"] == pytest.approx(1.0)
