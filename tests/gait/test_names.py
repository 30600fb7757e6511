"""What names of muscles tell."""

import pytest

from retrogait.gait.names import is_of, stem, without_leg


@pytest.mark.parametrize("name", ["vasmed_r", "r_vasmed", "hip_r_flexion"])
def test_a_letter_of_its_own_tells_the_leg(name):
    assert is_of(name, "right")
    assert not is_of(name, "left")


@pytest.mark.parametrize("name", ["ercspn", "lumbar_extension", "rect_fem"])
def test_a_letter_within_a_word_does_not(name):
    assert not is_of(name, "right")
    assert not is_of(name, "left")


def test_muscles_are_called_alike_whatever_the_model_writes():
    assert {stem(name) for name in ("Vas_Med_r", "l_vasmed", "vasmed")} == {"vasmed"}
    assert without_leg("vas_med_r") == "vas_med"
