"""Markers in the wrong unit, and markers that were not seen and stand at the origin."""

from pathlib import Path

import numpy as np
import pytest

from retrogait.detective.units import check_markers
from retrogait.io.markers import Markers

LABELS = ("sternum", "sacrum", "r_heel", "l_heel")
BODY = np.array([[0.1, 1.4, 0.0], [-0.1, 1.0, 0.0], [0.2, 0.05, 0.1], [-0.3, 0.1, -0.1]])  # m


def markers(scale=1.0, unit="mm"):
    time = np.arange(50) / 100.0
    position = scale * (BODY + 1.2 * time[:, None, None] * np.array([1.0, 0.0, 0.0]))
    return Markers(Path("walk.trc"), LABELS, time, position, unit, 100.0, "0" * 64)


def test_sound_markers_are_passed():
    assert list(check_markers(markers())) == []


@pytest.mark.parametrize(
    ("scale", "unit", "mistake"),
    [(1000.0, "m", "markers_in_millimetres"), (0.001, "mm", "markers_in_metres")],
)
def test_a_header_with_the_wrong_unit_is_named(scale, unit, mistake):
    (finding,) = check_markers(markers(scale, unit))
    assert finding.mistake == mistake
    assert repr(unit) in finding.evidence


def test_markers_at_zero_are_named_with_their_frames():
    given = markers()
    given.position[10:15, 2] = 0.0
    (finding,) = check_markers(given)
    assert finding.mistake == "markers_at_zero"
    assert finding.where == "walk.trc: r_heel"
    assert "r_heel (5 frames from t = 0.1 s)" in finding.evidence


def test_a_marker_that_is_missing_is_no_mistake():
    given = markers()
    given.position[10:15, 2] = np.nan
    assert list(check_markers(given)) == []
