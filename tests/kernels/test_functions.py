import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from retrogait.kernels.functions import evaluate
from tests.bodies import IDENTITY, ZERO, Sketch, law, seeds
from tests.kernels import naive

SAME = 1e-12  # relative: the same polynomial in another order
STEP = 1e-5  # of a central difference
SLOPE_TOL = 1e-8  # STEP^2 times a third derivative of order one, and rounding over STEP
KNOT_GAP = 1e-9  # either side of a knot


def any_functions(seed):
    """Two rows of every kind, spline and polynomial of different length."""
    rng = np.random.default_rng(seed)
    sketch = Sketch()
    for order in (1, 2, 3, 4, 7):
        sketch.polynomial(*rng.normal(size=order))
    for knots in (2, 5):
        sketch.spline(np.cumsum(rng.uniform(0.2, 0.6, knots)) - 1.0, rng.normal(size=knots))
    return sketch.functions()


def values(functions, row, x):
    return np.array(evaluate(*functions, row, x))


@law()
@given(seed=seeds, x=st.floats(-3.0, 3.0))
def test_value_and_two_derivatives_are_those_of_the_written_polynomial(seed, x):
    functions = any_functions(seed)
    for row in range(functions.kind.size):
        expected = np.array(naive.function(functions, row, x))
        size = 1.0 + np.abs(functions.coefficient[row]).sum() * 3.0**6
        assert_allclose(values(functions, row, x), expected, rtol=SAME, atol=SAME * size)


@law()
@given(seed=seeds, x=st.floats(-0.9, 0.9))
def test_derivatives_are_the_slopes_of_what_stands_before_them(seed, x):
    functions = any_functions(seed)
    for row in range(5):
        low, here, high = (values(functions, row, x + step) for step in (-STEP, 0.0, STEP))
        size = 1.0 + 100.0 * np.abs(functions.coefficient[row]).sum()
        assert_allclose(here[1:], (high - low)[:2] / (2 * STEP), atol=SLOPE_TOL * size)


def test_the_first_two_rows_are_the_identity_and_zero():
    functions = Sketch().functions()
    assert evaluate(*functions, IDENTITY, 0.7) == (0.7, 1.0, 0.0)
    assert evaluate(*functions, ZERO, 0.7) == (0.0, 0.0, 0.0)


@law()
@given(seed=seeds)
def test_a_spline_is_smooth_across_its_knots_and_straight_beyond_them(seed):
    functions = any_functions(seed)
    row = functions.kind.size - 1
    first, count = functions.first[row], functions.knots[row]
    knots = functions.knot[first : first + count]
    for knot in knots:
        before, after = (values(functions, row, knot + gap) for gap in (-KNOT_GAP, KNOT_GAP))
        size = 1.0 + np.abs(functions.cubic).max()
        assert_allclose(before, after, atol=20.0 * KNOT_GAP * size)
    for end, way in ((knots[0], -1.0), (knots[-1], 1.0)):
        at_end = values(functions, row, end)
        beyond = values(functions, row, end + 2.0 * way)
        assert_allclose(beyond[0], at_end[0] + 2.0 * way * at_end[1], rtol=SAME, atol=SAME)
        assert beyond[1] == pytest.approx(at_end[1], rel=SAME)
        assert beyond[2] == 0.0


def test_what_is_not_a_number_stays_so():
    functions = any_functions(0)
    assert all(np.isnan(values(functions, row, np.nan)[0]) for row in range(functions.kind.size) if row != 1)


def test_a_knot_belongs_to_the_piece_on_its_right():
    sketch = Sketch()
    row = sketch.spline([0.0, 1.0, 2.0], [0.0, 1.0, 0.0])
    functions = sketch.functions()
    assert values(functions, row, 1.0)[0] == functions.cubic[1, 0] == pytest.approx(1.0)
    assert values(functions, row, 2.0)[0] == functions.cubic[2, 0]
