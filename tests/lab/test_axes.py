"""Axes of a laboratory: always a rotation, by name or by nearness."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.lab.axes import axes_text, nearest_axis, read_axes, rotation

NAMES = [sign + letter for sign in "+-" for letter in "XYZ"]
PAIRS = [(up, forward) for up, forward in itertools.product(NAMES, NAMES) if up[1] != forward[1]]


@pytest.mark.parametrize(("up", "forward"), PAIRS)
def test_any_two_axes_make_a_rotation_that_says_its_name(up, forward):
    turn = read_axes(f"{forward.lower()} FORWARD , {up} up")
    assert np.linalg.det(turn) == 1.0
    np.testing.assert_array_equal(turn @ turn.T, np.eye(3))
    assert axes_text(turn) == f"{up} up, {forward} forward"
    vector = np.zeros(3)
    vector["XYZ".index(up[1])] = 1.0 if up[0] == "+" else -1.0
    np.testing.assert_array_equal(turn @ vector, [0.0, 1.0, 0.0])


@given(st.sampled_from(PAIRS), st.lists(st.floats(-0.4, 0.4), min_size=2, max_size=2))
def test_the_nearest_axes_of_a_leaning_person_are_those_of_the_laboratory(pair, lean):
    turn = read_axes(f"{pair[0]} up, {pair[1]} forward")
    up, angle = nearest_axis(turn.T @ [lean[0], 1.0, lean[1]])
    forward, _ = nearest_axis(turn.T @ [1.0, lean[0], lean[1]], up)
    np.testing.assert_array_equal(rotation(up, forward), turn)
    assert angle == pytest.approx(np.degrees(np.arctan(np.hypot(*lean))), abs=1e-5)
