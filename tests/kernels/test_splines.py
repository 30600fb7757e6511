"""Natural splines against scipy's, against polynomials they must reproduce, and against their own
laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline, make_interp_spline

from retrogait.kernels.splines import (
    cubic_values,
    natural_cubic,
    quintic_derivatives,
    quintic_values,
)

# Shares of the largest value of each column set [1]: two ways to solve the same equations, where
# the m-th derivative divides differences of rounded values by the m-th power of a step. Steps here
# differ up to fifty-fold, which amplifies the rounding of both: 2.4e-11 was seen in a speed.
VALUE_RTOL = 1e-12
SPEED_RTOL = 1e-10
ACCELERATION_RTOL = 1e-8
# Quintic through 1 kHz samples of O(1): rounding 1e-16 over (1e-3 s)² is 1e-10 1/s², against 70
# 1/s².
ACCELERATION_RTOL_1KHZ = 1e-9
# A line has no derivative but its slope; the rest is rounding of values up to 100 over a step of
# 0.01 s.
LINE_ATOL = 1e-8


def wiggly_knots(rows, seed, unevenness):
    """Times with steps that differ by up to the given share, and two smooth noisy columns."""
    rng = np.random.default_rng(seed)
    time = 0.5 + 0.01 * (np.arange(rows) + unevenness * rng.uniform(-0.49, 0.49, rows))
    smooth = np.stack([np.sin(7.0 * time), 0.3 * np.cos(23.0 * time), time], axis=1)
    return time, smooth + 1e-3 * rng.normal(size=smooth.shape)


def quintic_at_knots(time, values):
    speed, acceleration = np.empty_like(values), np.empty_like(values)
    quintic_derivatives(time, values, speed, acceleration)
    return speed, acceleration


def quintic_everywhere(time, values, at):
    speed, acceleration = quintic_at_knots(time, values)
    results = [np.empty((len(at), values.shape[1])) for _ in range(3)]
    quintic_values(time, values, speed, acceleration, at, *results)
    return results


def cubic_everywhere(time, values, at):
    second = np.empty_like(values)
    natural_cubic(time, values, second)
    out = np.empty((len(at), values.shape[1]))
    cubic_values(time, values, second, at, out)
    return out


def scipy_natural_quintic(time, values):
    none = np.zeros(values.shape[1])
    ends = [(3, none), (4, none)]
    return make_interp_spline(time, values, k=5, bc_type=(ends, ends))


def assert_close_in_range(actual, expected, rtol):
    assert_allclose(actual, expected, rtol=0.0, atol=rtol * np.abs(expected).max())


knot_sets = st.builds(
    wiggly_knots,
    rows=st.integers(6, 60),
    seed=st.integers(0, 2**32 - 1),
    unevenness=st.floats(0.0, 1.0),
)


@given(knots=knot_sets)
@settings(deadline=None)
def test_quintic_derivatives_at_the_knots_are_those_of_scipy(knots):
    time, values = knots
    twin = scipy_natural_quintic(time, values)

    speed, acceleration = quintic_at_knots(time, values)

    assert_close_in_range(speed, twin(time, 1), SPEED_RTOL)
    assert_close_in_range(acceleration, twin(time, 2), ACCELERATION_RTOL)


@given(knots=knot_sets)
@settings(deadline=None)
def test_quintic_between_the_knots_is_that_of_scipy(knots):
    time, values = knots
    twin = scipy_natural_quintic(time, values)
    at = np.random.default_rng(1).uniform(time[0], time[-1], 40)  # in no order

    value, speed, acceleration = quintic_everywhere(time, values, at)

    assert_close_in_range(value, twin(at), VALUE_RTOL)
    assert_close_in_range(speed, twin(at, 1), SPEED_RTOL)
    assert_close_in_range(acceleration, twin(at, 2), ACCELERATION_RTOL)


@given(knots=knot_sets)
@settings(deadline=None)
def test_cubic_is_that_of_scipy_at_and_between_the_knots(knots):
    time, values = knots
    twin = CubicSpline(time, values, bc_type="natural")
    at = np.random.default_rng(1).uniform(time[0], time[-1], 40)
    second = np.empty_like(values)

    natural_cubic(time, values, second)

    assert_close_in_range(second, twin(time, 2), ACCELERATION_RTOL)
    assert_close_in_range(cubic_everywhere(time, values, at), twin(at), VALUE_RTOL)


@given(knots=knot_sets)
@settings(deadline=None)
def test_both_splines_pass_through_their_knots(knots):
    time, values = knots

    assert_close_in_range(quintic_everywhere(time, values, time)[0], values, VALUE_RTOL)
    assert_close_in_range(cubic_everywhere(time, values, time), values, VALUE_RTOL)


@given(knots=knot_sets)
@settings(deadline=None)
def test_reversing_time_reverses_speed_and_keeps_acceleration(knots):
    time, values = knots
    speed, acceleration = quintic_at_knots(time, values)

    back_speed, back_acceleration = quintic_at_knots(
        time[0] + time[-1] - time[::-1], np.ascontiguousarray(values[::-1])
    )

    assert_close_in_range(-back_speed[::-1], speed, SPEED_RTOL)
    assert_close_in_range(back_acceleration[::-1], acceleration, ACCELERATION_RTOL)


def test_quintic_of_a_parabola_is_the_parabola():
    time, _ = wiggly_knots(30, seed=2, unevenness=0.8)
    parabola = (4.0 - 3.0 * time + 2.0 * time**2)[:, np.newaxis]

    speed, acceleration = quintic_at_knots(time, parabola)

    assert_close_in_range(speed[:, 0], -3.0 + 4.0 * time, SPEED_RTOL)
    assert_close_in_range(acceleration[:, 0], np.full(time.size, 4.0), ACCELERATION_RTOL)


def test_a_line_stays_a_line_beyond_the_knots():
    time, _ = wiggly_knots(12, seed=3, unevenness=0.5)
    line = (100.0 - 40.0 * time)[:, np.newaxis]
    at = np.array([time[0] - 0.02, time[-1] + 0.02])

    value, speed, acceleration = quintic_everywhere(time, line, at)

    assert_allclose(value[:, 0], 100.0 - 40.0 * at, rtol=0.0, atol=LINE_ATOL)
    assert_allclose(speed, -40.0, rtol=0.0, atol=LINE_ATOL)
    assert_allclose(acceleration, 0.0, rtol=0.0, atol=1e2 * LINE_ATOL)  # one step smaller again
    assert_allclose(cubic_everywhere(time, line, at)[:, 0], 100.0 - 40.0 * at, rtol=LINE_ATOL)


def test_two_knots_make_a_straight_cubic():
    time, values = np.array([1.0, 3.0]), np.array([[2.0], [6.0]])

    assert_allclose(cubic_everywhere(time, values, np.array([1.0, 1.5, 3.0]))[:, 0], [2.0, 3.0, 6.0])


@pytest.mark.parametrize("rows", [200, 5000])
def test_accelerations_of_1_khz_samples_of_a_sine_are_its_own(rows):
    time = np.arange(rows) * 1e-3
    rate = 2.0 * np.pi * 1.3
    values = np.sin(rate * time)[:, np.newaxis]

    acceleration = quintic_at_knots(time, values)[1][:, 0]

    inside = slice(80, -80)  # the natural ends decay by a factor of about 2.3 per knot
    expected = -(rate**2) * values[inside, 0]
    assert_allclose(acceleration[inside], expected, rtol=0.0, atol=ACCELERATION_RTOL_1KHZ * rate**2)


def test_columns_do_not_touch_each_other():
    time, values = wiggly_knots(20, seed=4, unevenness=0.5)
    spoilt = values.copy()
    spoilt[7, 1] = np.nan

    speed, acceleration = quintic_at_knots(time, spoilt)

    clean_speed, clean_acceleration = quintic_at_knots(time, values)
    assert np.array_equal(speed[:, [0, 2]], clean_speed[:, [0, 2]])
    assert np.array_equal(acceleration[:, [0, 2]], clean_acceleration[:, [0, 2]])
    assert np.isnan(speed[:, 1]).all()
