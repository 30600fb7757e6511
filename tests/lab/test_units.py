"""Units as laboratories write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.lab.units import extent_of, force_unit, guess_length, length_unit, moment_unit


@pytest.mark.parametrize(
    ("text", "factor"),
    [("Nmm", 1e-3), ("N.mm", 1e-3), ("N mm", 1e-3), ("N*mm", 1e-3), ("Newton-millimeters", 1e-3), ("Nm", 1.0),
     ("N·m", 1.0), (" N.m ", 1.0), ("Newton meters", 1.0), ("kNm", 1e3), ("Ncm", 1e-2)],
)  # fmt: skip
def test_moments_are_read_in_every_spelling(text, factor):
    assert moment_unit(text).factor == pytest.approx(factor)


@pytest.mark.parametrize("text", ["", "N", "mm", "V", "m", "Nmmm", "lbf ft"])
def test_what_is_no_moment_is_none(text):
    assert moment_unit(text) is None


def test_lengths_and_forces_are_read_in_the_words_of_files():
    assert (length_unit("MM ").factor, length_unit("m").factor) == (1e-3, 1.0)
    assert (force_unit("N").factor, force_unit("kN").factor) == (1.0, 1e3)
    assert length_unit("V") is None
    assert force_unit("V") is None


@given(st.floats(0.5, 2.3), st.sampled_from(["m", "cm", "mm"]))
def test_the_unit_of_a_person_is_found_from_the_size(size, name):
    assert guess_length(size / length_unit(name).factor).name == name


def test_the_extent_is_that_of_the_markers_that_are_seen():
    position = np.zeros((3, 4, 3))
    position[:, 1, 2] = 1.7
    position[:, 3] = np.nan
    position[1] = np.nan
    assert extent_of(position) == pytest.approx(1.7)
    assert np.isnan(extent_of(np.full((2, 2, 3), np.nan)))
