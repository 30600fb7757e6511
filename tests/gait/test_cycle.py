"""Cutting, resampling and repeating a stride change no value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.gait.cycle import TURNS, cut, find_period, sample, unroll

EXACT = 1e-12  # straight lines through their own knots
CHORD = (
    2e-2  # of a unit amplitude: straight lines twice through some 40 rows per period, with a second harmonic
)
PERIOD_ERROR = 0.2  # of the time between two rows: the same chords, seen along the time; 0.11 in 20 000 waves


def wave(time, period):
    turn = 2.0 * np.pi * time / period
    return np.column_stack([np.sin(turn), 0.5 * np.cos(2.0 * turn), 0.3 * np.cos(turn + 1.0)])


def test_a_cut_begins_and_ends_at_its_times():
    time = np.arange(11.0)
    percent, values = cut(time, np.column_stack([time, -time]), 2.5, 7.5)
    assert_allclose(percent, [0, 10, 30, 50, 70, 90, 100], atol=EXACT)
    assert_allclose(values[:, 0], [2.5, 3, 4, 5, 6, 7, 7.5], atol=EXACT)
    assert_allclose(values[:, 1], -values[:, 0], atol=EXACT)


def test_a_missing_value_spreads_no_further_than_its_neighbours():
    values = np.array([0.0, 1.0, np.nan, 3.0, 4.0])
    got = sample(np.arange(5.0), values, np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0]))
    assert_array_equal(got, [0.5, 1.0, np.nan, np.nan, np.nan, 3.0, 4.0])


@given(period=st.floats(0.8, 1.6), margin=st.floats(0.0, 0.3), begin=st.floats(-2.0, 2.0))
def test_the_period_of_a_wave_is_found_with_margins_or_without(period, margin, begin):
    time = begin + np.linspace(0.0, period + margin, 61)
    found = find_period(time, wave(time, period), 0.02)
    assert found == pytest.approx(period, abs=PERIOD_ERROR * (time[1] - time[0]))


def test_what_does_not_come_back_has_no_period():
    time = np.linspace(0.0, 2.0, 101)
    drifting = wave(time, 1.0) + 0.1 * time[:, None]
    assert find_period(time, drifting, 0.02) is None


def test_part_of_a_stride_has_no_period():
    time = np.linspace(0.0, 0.9, 46)
    assert find_period(time, wave(time, 1.0), 0.02) is None


@given(start=st.floats(0.0, 0.2), period=st.floats(0.9, 1.1))
def test_an_unrolled_stride_repeats_and_is_itself(start, period):
    time = np.linspace(0.0, 1.4, 57)
    values = wave(time, period)
    long, repeated = unroll(time, values, start, period)
    assert (np.diff(long) > 0.0).all()
    assert long[-1] == pytest.approx(start + TURNS * period, abs=EXACT)
    assert_array_equal(repeated[-1], repeated[0])
    at = start + np.linspace(0.0, period, 20)
    assert_allclose(sample(long, repeated, at + period), sample(long, repeated, at), atol=1e-9)
    assert_allclose(sample(long, repeated, at), wave(at, period), atol=CHORD)
