"""Bands against NumPy's own quantiles, and of distributions that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from scipy.stats import qmc

from retrogait.sampling.bands import BLOCK, QUANTILES, bands

SAME = 1e-12  # relative: the same two neighbours, mixed in another order
KNOWN = 0.01  # standard deviations: 4 096 points of a Sobol sequence


@given(
    arrays.arrays(
        np.float64,
        st.tuples(st.integers(1, 40), st.integers(0, 5)),
        elements=st.one_of(st.floats(-1e6, 1e6), st.just(np.nan)),
    )
)
@pytest.mark.filterwarnings("ignore:All-NaN")
def test_bands_are_quantiles_of_what_has_an_answer(values):
    expected = np.nanquantile(values, np.array(QUANTILES) / 100.0, axis=0).T
    np.testing.assert_allclose(bands(values), expected.reshape(values.shape[1], 5), rtol=SAME, atol=1e-9)


def test_bands_of_a_normal_distribution_are_where_they_belong():
    draws = stats.norm.ppf(qmc.Sobol(1, rng=np.random.default_rng(0)).random_base2(12))
    np.testing.assert_allclose(bands(draws)[0], stats.norm.ppf(np.array(QUANTILES) / 100.0), atol=KNOWN)


def test_axes_stay_in_order_over_more_cells_than_one_block():
    values = np.arange(3.0)[:, None, None] + np.arange(2.0 * (BLOCK + 3)).reshape(2, -1)
    middle = bands(values, [50.0])
    np.testing.assert_array_equal(middle[..., 0], values[1])


def test_single_precision_is_mixed_in_double():
    values = np.array([[1.0], [2.0]], np.float32)
    assert bands(values, [30.0])[0, 0] == pytest.approx(1.3, abs=1e-15)
