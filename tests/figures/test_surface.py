"""A surface holds what was computed, and its readings never go beyond it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrogait.errors import ConfigError
from retrogait.report.folder import open_folder
from retrogait.report.gathered.surface import (
    Surface,
    equal_speeds,
    has_cell,
    levels,
    published_bands,
    reading,
    surfaces,
)

LOAD = st.floats(0.1, 10.0)
MEASURE = "patellofemoral_peak"


def level(speed, load):
    """Surface of forward walks on the level alone."""
    values = np.array([load])
    names = np.full(values.shape, "walk", dtype=object)
    return Surface(MEASURE, "BW", "forward", np.array(speed), np.zeros(1), values, names, False)


def test_every_condition_stands_at_its_place_with_the_mean_of_its_legs(walks):
    with open_folder(walks) as folder:
        rows = surfaces(folder, MEASURE)
        row = [str(name) for name in folder.collection["measure"].to_numpy()].index(MEASURE)
        means = folder.collection["measure_mean"].to_numpy()[:, :, row].mean(axis=1)
        for one in folder.conditions:
            surface = next(found for found in rows if found.direction == one.direction)
            at = surface.incline.tolist().index(one.incline), surface.speed.tolist().index(one.speed)
            assert surface.values[at] == means[one.row]
            assert surface.names[at] == one.name
    assert [surface.direction for surface in rows] == ["forward", "retro"]
    assert all(surface.predicted for surface in rows)


def test_a_walk_without_a_result_is_a_hole(holed):
    with open_folder(holed) as folder:
        forward, retro = surfaces(folder, MEASURE)
    assert np.isfinite(forward.values).all()
    assert np.isnan(retro.values[1, 2])
    assert np.isfinite(retro.values).sum() == 5
    assert has_cell(retro.values)


def test_levels_hold_every_value_of_every_direction(walks):
    with open_folder(walks) as folder:
        rows = surfaces(folder, MEASURE)
    steps = levels(rows)
    assert steps[0] <= min(surface.values.min() for surface in rows)
    assert steps[-1] >= max(surface.values.max() for surface in rows)
    np.testing.assert_allclose(np.diff(steps), steps[1] - steps[0])


def test_one_speed_makes_no_surface(walks):
    with open_folder(walks) as folder:
        some = [one for one in folder.conditions if one.speed == 1.0]
        with pytest.raises(ConfigError, match="1 speed and 2 inclines, expected at least two of each"):
            surfaces(folder, MEASURE, some)


@settings(deadline=None)
@given(loads=st.lists(LOAD, min_size=2, max_size=6), value=LOAD)
def test_an_equal_speed_lies_between_conditions_and_has_the_load(loads, value):
    speed = 0.6 + 0.2 * np.arange(len(loads))
    found = equal_speeds(speed, np.array(loads), value)
    assert bool(found) == (min(loads) <= value <= max(loads))
    for one in found:
        assert speed[0] <= one <= speed[-1]
        assert np.interp(one, speed, loads) == pytest.approx(value, abs=1e-9)


def test_a_reading_names_the_speed_of_the_same_load():
    assert reading(0.6, level([0.8, 1.2], [0.4, 0.8])) == "like level forward at 1.00 m/s"


def test_a_load_with_two_equal_speeds_names_both():
    assert reading(0.6, level([0.8, 1.0, 1.2], [0.8, 0.4, 0.8])) == "like level forward at 0.90 or 1.10 m/s"


def test_a_reading_never_goes_beyond_the_study():
    forward = level([0.8, 1.2], [0.4, 0.8])
    assert reading(1.6, forward) == "2.00 times the most of level forward"
    assert reading(0.2, forward) == "0.50 times the least of level forward"
    assert reading(1.6, level([0.8, 1.2], [0.0, 0.0])) == "beyond the most of level forward"
    assert reading(np.nan, forward) == ""
    assert reading(0.2, level([0.8, 1.2], [np.nan, np.nan])) == ""


def test_published_bands_carry_their_source():
    (hart,) = published_bands(MEASURE, 0.9)
    assert "0.5 to 1.3 BW" in hart
    assert "Hart" in hart
    assert published_bands(MEASURE, 3.0) == []
    assert hart in published_bands(MEASURE)
