"""Filters against scipy, against the recursions written out, and against the laws of a zero-phase
filter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.signal import butter, lfilter, lfiltic, sosfiltfilt

from retrogait.kernels.filters import lowpass, lowpass_opensim, reflect, run_in

# Shares of the largest value [1].
ROUNDING = 1e-12
"""Filter and mirror image add the same terms in another order."""
TWIN_RTOL = 1e-11
"""scipy's biquad at 6 Hz and 1 kHz subtracts numbers that agree to four digits, twice."""
GAIN_RTOL = 1e-6
"""A finite sine continued by odd reflection is a sine only if it ends at zeros, on whole
samples."""


def wandering(rows, seed, columns=3):
    """Random walks: power at all frequencies, and ends that do not match."""
    return np.cumsum(np.random.default_rng(seed).normal(size=(rows, columns)), axis=0)


def filtered(kernel, values, step, cutoff):
    values = np.ascontiguousarray(values)
    out = np.empty_like(values)
    kernel(values, step, cutoff, out)
    return out


def assert_close_in_range(actual, expected, rtol):
    assert_allclose(actual, expected, rtol=0.0, atol=rtol * np.abs(expected).max())


def scipy_sections(step, cutoff):
    """The same analogue prototype by scipy: corrected for two passes after the bilinear warp."""
    warped = np.tan(np.pi * cutoff * step) / (np.sqrt(2.0) - 1.0) ** 0.25
    return butter(2, 2.0 / np.pi * np.arctan(warped), output="sos")


signals = st.builds(wandering, rows=st.integers(2, 80), seed=st.integers(0, 2**32 - 1))
cutoffs = st.floats(0.005, 0.49)  # in sampling rates


@given(values=signals, cutoff=cutoffs)
@settings(deadline=None)
def test_filtering_the_reversed_signal_reverses_the_filtered_signal(values, cutoff):
    forward = filtered(lowpass, values, 1.0, cutoff)

    backward = filtered(lowpass, values[::-1], 1.0, cutoff)

    assert_close_in_range(backward[::-1], forward, ROUNDING)


@given(level=st.floats(-1e3, 1e3), slope=st.floats(-1e3, 1e3), cutoff=cutoffs)
@settings(deadline=None)
def test_constant_and_linear_signals_pass_unchanged(level, slope, cutoff):
    line = (level + slope * np.linspace(0.0, 1.0, 40))[:, np.newaxis]

    result = filtered(lowpass, line, 1.0, cutoff)

    assert_allclose(result, line, rtol=0.0, atol=ROUNDING * (1.0 + abs(level) + abs(slope)))


@given(values=signals, cutoff=cutoffs)
@settings(deadline=None)
def test_first_and_last_sample_stay(values, cutoff):
    result = filtered(lowpass, values, 1.0, cutoff)

    assert_allclose(result[[0, -1]], values[[0, -1]], atol=ROUNDING * (1.0 + np.abs(values).max()))


@pytest.mark.parametrize(
    ("rows", "step", "cutoff"), [(300, 1 / 60, 6.0), (100, 1 / 60, 20.0), (1500, 1e-3, 6.0)]
)
def test_the_default_filter_is_scipys_with_padding_that_outlasts_the_transient(rows, step, cutoff):
    values = wandering(rows, seed=1)

    twin = sosfiltfilt(
        scipy_sections(step, cutoff), values, axis=0, padtype="odd", padlen=run_in(step, cutoff)
    )

    assert_close_in_range(filtered(lowpass, values, step, cutoff), twin, TWIN_RTOL)


def test_a_run_in_longer_than_the_record_repeats_the_reflection():
    values = wandering(12, seed=2)
    pad = run_in(0.01, 2.0)
    assert pad > 5 * len(values)
    longer = values
    while len(longer) < 2 * pad + len(values):  # scipy reflects once: do it again and again
        longer = np.concatenate([2.0 * longer[0] - longer[:0:-1], longer, 2.0 * longer[-1] - longer[-2::-1]])
    start = (len(longer) - len(values)) // 2

    twin = sosfiltfilt(scipy_sections(0.01, 2.0), longer, axis=0, padlen=0)

    result = filtered(lowpass, values, 0.01, 2.0)
    assert_allclose(result, twin[start : start + len(values)], rtol=0.0, atol=TWIN_RTOL * np.ptp(longer))


@pytest.mark.parametrize(("rate", "cutoff"), [(60.0, 6.0), (1000.0, 5.0), (60.0, 20.0)])
def test_the_amplitude_at_the_cutoff_is_one_over_root_two(rate, cutoff):
    cycles = 24
    time = np.arange(round(cycles / cutoff * rate) + 1) / rate
    sine = np.sin(2.0 * np.pi * cutoff * time)[:, np.newaxis]

    result = filtered(lowpass, sine, 1.0 / rate, cutoff)

    assert_allclose(result, sine / np.sqrt(2.0), rtol=0.0, atol=GAIN_RTOL)


@given(values=signals)
@settings(deadline=None)
def test_opensims_filter_is_the_third_order_butterworth_started_on_its_first_samples(values):
    padded = np.concatenate([values, values[::-1], values])
    numerator, denominator = butter(3, 2.0 * 6.0 / 60.0)

    def one_pass(column):
        start = column[2::-1]
        state = lfiltic(numerator, denominator, y=start, x=start)
        return np.concatenate([column[:3], lfilter(numerator, denominator, column[3:], zi=state)[0]])

    twin = np.stack([one_pass(one_pass(column)[::-1])[::-1] for column in padded.T], axis=1)

    result = filtered(lowpass_opensim, padded, 1 / 60, 6.0)

    assert_allclose(result, twin, rtol=0.0, atol=TWIN_RTOL * (1.0 + np.abs(padded).max()))


def test_reflection_keeps_value_and_slope_at_both_ends():
    values = np.array([[1.0, 0.0], [2.0, 5.0], [4.0, 5.0], [7.0, 9.0]])
    out = np.empty((8, 2))

    reflect(values, 2, out)

    assert_allclose(out[:, 0], [-2.0, 0.0, 1.0, 2.0, 4.0, 7.0, 10.0, 12.0])
    assert_allclose(out[:, 1], [-5.0, -5.0, 0.0, 5.0, 5.0, 9.0, 13.0, 13.0])


def test_columns_do_not_touch_each_other():
    values = wandering(30, seed=5)
    spoilt = values.copy()
    spoilt[4, 1] = np.nan

    for kernel in (lowpass, lowpass_opensim):
        result = filtered(kernel, spoilt, 1 / 60, 6.0)
        assert np.array_equal(result[:, [0, 2]], filtered(kernel, values, 1 / 60, 6.0)[:, [0, 2]])
        assert np.isnan(result[10, 1])
