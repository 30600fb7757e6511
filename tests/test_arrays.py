"""Runs of True."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrogait.arrays import runs


@given(st.lists(st.booleans(), max_size=40))
def test_runs_cover_what_is_true_and_are_apart(flags):
    found = runs(flags)
    covered = np.zeros(len(flags), bool)
    for first, end in found:
        assert first < end
        covered[first:end] = True
    np.testing.assert_array_equal(covered, np.array(flags, bool))
    assert (found[1:, 0] > found[:-1, 1]).all()


def test_of_nothing_there_are_no_runs():
    assert runs([]).shape == runs([False, False]).shape == (0, 2)
