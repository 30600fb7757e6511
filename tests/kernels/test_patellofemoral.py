import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from retrogait.kernels.patellofemoral import closed_form_ratio, contact_area
from tests.bodies import law

READ_OFF = 0.02  # 1: van Eijden's ratios as printed, two digits
flexions = st.floats(-0.3, 2.6)  # rad


@pytest.mark.parametrize(("degrees", "ratio"), [(0.0, 0.462), (20.0, 0.65), (90.0, 0.98)])
def test_the_ratio_passes_through_the_published_values(degrees, ratio):
    assert closed_form_ratio(np.radians([degrees]))[0] == pytest.approx(ratio, abs=READ_OFF)


@law()
@given(a=flexions, b=flexions)
def test_more_flexion_never_means_less_force_or_area(a, b):
    low, high = np.sort([a, b])
    # the fit is flat within 1 % around its end; nothing physical falls there
    assert closed_form_ratio(high) >= 0.99 * closed_form_ratio(low)
    assert contact_area(high) >= contact_area(low) > 0.0


def test_outside_the_measurements_both_keep_their_last_value():
    low, high = np.radians([[-20.0, 0.0], [90.0, 130.0]])
    assert_allclose(closed_form_ratio(low), closed_form_ratio(low)[1])
    assert_allclose(closed_form_ratio(high), closed_form_ratio(high)[0])
    assert_allclose(contact_area(np.radians([-5.0, 0.0])), 210e-6)
    assert_allclose(contact_area(np.radians([60.0, 100.0])), 458e-6)


def test_the_area_is_linear_between_measurements():
    assert contact_area(np.radians([15.0]))[0] == pytest.approx((210.0 + 341.5) / 2.0 * 1e-6)


def test_any_shape_goes_in_and_comes_out():
    flexion = np.full((3, 2), 0.5)
    assert closed_form_ratio(flexion).shape == contact_area(flexion).shape == (3, 2)
    assert np.isnan(closed_form_ratio(np.array([np.nan]))).all()
