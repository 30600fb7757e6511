"""Which walks can be asked for, what they are called, and what is said about far ones."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.errors import ConfigError
from retrogait.predict.condition import FASTEST, GRID, INCLINES, SLOWEST, STEEPEST, Condition

UPHILL = "uphill, how far the knee bends"
BENT = "meets the ground bent by"
QUIET = "vasti are too quiet"

speeds = st.floats(SLOWEST, FASTEST)
inclines = st.floats(-STEEPEST, STEEPEST)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sideways", 1.0, 0.0), "direction is 'sideways', expected 'forward' or 'retro'"),
        ((None, 1.0, 0.0), "direction is None, expected 'forward' or 'retro'"),
        (("forward", 0.0, 0.0), "speed is 0 m/s, expected 0.3 to 2.2"),
        (("forward", 9.0, 0.0), "speed is 9 m/s, expected 0.3 to 2.2"),
        (("forward", -1.0, 0.0), "retro walking is direction = 'retro'"),
        (("forward", "1.2", 0.0), r"speed is '1.2', expected a number \[m/s\]"),
        (("forward", True, 0.0), "speed is True, expected a number"),
        (("forward", math.nan, 0.0), "speed is nan, expected a number"),
        (("retro", 1.0, math.inf), r"incline is inf, expected a number \[deg\]"),
        (("retro", 1.0, None), "incline is None, expected a number"),
        (("retro", 1.0, 45.0), "incline is 45 deg, expected at most 15 either way"),
        (("retro", 1.0, -15.1), "incline is -15.1 deg"),
    ],
)
def test_a_walk_that_nobody_can_predict_is_refused_in_one_line(arguments, told):
    with pytest.raises(ConfigError, match=told) as caught:
        Condition(*arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        (("forward", 1.2, 0.0), "forward_1.2_0"),
        (("forward", 1, -0.0), "forward_1.0_0"),
        (("retro", 1.0, 5.0), "retro_1.0_+05"),
        (("retro", 1.25, -10.0), "retro_1.25_-10"),
        (("retro", 0.4, 2.5), "retro_0.4_+02.5"),
        (("forward", np.float64(1.6), np.float64(-5)), "forward_1.6_-05"),
    ],
)
def test_names_are_short_and_plain(condition, name):
    assert Condition(*condition).name == name


@given(one=st.tuples(speeds, inclines), other=st.tuples(speeds, inclines))
def test_different_walks_have_different_names(one, other):
    first, second = Condition("forward", *one), Condition("forward", *other)
    far = abs(one[0] - other[0]) > 1e-4 or abs(one[1] - other[1]) > 1e-2
    if far:
        assert first.name != second.name
    assert first.name != Condition("retro", *one).name


def test_the_grid_needs_no_remark_but_of_its_posture():
    for direction, row in GRID.items():
        for speed in row:
            for incline in INCLINES:
                notes = list(Condition(direction, speed, incline).notes())
                slow = incline == 0.0 and speed <= 1.0
                expected = [BENT] if direction == "retro" else [UPHILL] if incline > 0.0 else [QUIET][:slow]
                assert len(notes) == len(expected)
                assert all(words in note for words, note in zip(expected, notes, strict=True))


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (("retro", 1.7, 0.0), ["past the transition from walking to running", "an extrapolation", BENT]),
        (("forward", 1.7, 0.0), ["1.7 m/s is outside the range"]),
        (("forward", 2.1, 0.0), ["past the transition", "0.6 to 1.6 m/s, forward"]),
        (("retro", 1.0, 12.0), ["12 deg is outside the range", BENT]),
        (("forward", 1.3, 2.5), [UPHILL]),
        (("forward", 1.3, 2.4), []),
        (("forward", 1.1, 2.4), [QUIET]),
        (("forward", 1.0, -2.5), []),
        (("retro", 0.35, -12.0), ["0.35 m/s is outside", "-12 deg is outside", BENT]),
    ],
)
def test_a_walk_far_from_what_was_checked_says_so(condition, told):
    notes = list(Condition(*condition).notes())
    assert len(notes) == len(told)
    for note, words in zip(notes, told, strict=True):
        assert words in note


def test_retro_is_against_the_way_the_person_faces():
    assert (Condition("forward", 1.0, 0.0).sign, Condition("retro", 1.0, 0.0).sign) == (1, -1)
