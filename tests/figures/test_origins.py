"""Recorded and predicted walks of one study are never averaged into one line or one point."""

import numpy as np
import pytest

from retrogait.report.folder import open_folder
from retrogait.report.gathered.choice import choose, of_one_origin
from retrogait.report.gathered.surface import surfaces
from tests.page.made import both_ways, make_folder

GRID = both_ways(speeds=(0.8, 1.0), inclines=(0.0, 5.0), origin="predicted")


@pytest.fixture
def mixed(tmp_path):
    """A predicted grid, and a recorded forward walk at one of its places."""
    walks = [("forward", 1.0, 0.0, "recorded"), *GRID]
    with open_folder(make_folder(tmp_path / "mixed", walks, files=False)) as folder:
        yield folder


def test_an_overlay_of_both_directions_is_of_one_origin(mixed):
    assert {one.origin for one in choose(mixed)} == {"predicted"}


def test_recorded_walks_of_both_directions_come_first(tmp_path):
    walks = [*GRID, ("forward", 1.4, 0.0, "recorded"), ("retro", 1.4, 0.0, "recorded")]
    with open_folder(make_folder(tmp_path / "both", walks, files=False)) as folder:
        assert {one.origin for one in choose(folder)} == {"recorded"}


def test_a_recorded_walk_stands_beside_a_predicted_one_of_the_other_direction_alone(tmp_path):
    walks = [
        ("forward", 1.0, 0.0, "recorded"),
        ("retro", 1.0, 0.0, "predicted"),
        ("forward", 1.2, 0.0, "predicted"),
    ]
    with open_folder(make_folder(tmp_path / "halves", walks, files=False)) as folder:
        assert [(one.direction, one.origin) for one in choose(folder)] == [
            ("forward", "recorded"),
            ("retro", "predicted"),
        ]


def test_a_surface_leaves_recorded_walks_out_of_a_predicted_grid(mixed):
    assert {one.origin for one in of_one_origin(mixed.stored)} == {"predicted"}
    forward, _ = surfaces(mixed, "tibiofemoral_peak")
    row = next(
        one.row
        for one in mixed.stored
        if one.predicted and one.direction == "forward" and one.walk == (1.0, 0.0)
    )
    place = int(np.flatnonzero(forward.incline == 0.0)[0]), int(np.flatnonzero(forward.speed == 1.0)[0])
    alone = 2.5 + 0.1 * row  # as `made` makes it
    assert forward.values[place] == alone
    assert forward.names[place] == f"walk{row}"
