"""Kept starts: stored and read back, nearest first, and played backwards."""

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.errors import FileError
from retrogait.predict.condition import Condition
from retrogait.predict.figure import ROOT
from retrogait.predict.rough import backwards, textbook_seed
from retrogait.predict.seeds import Seed, blended, distance, nearest, read_seeds, write_seeds

NODES = 10
SINGLE = 2e-7  # relative; 32-bit numbers
HALF = 1e-3  # relative; 16-bit numbers
ROUNDING = 1e-12  # radians, meters or shares of order one; sums in another order
CROSSING = 1e-9  # rad; where a root finder stops


def any_seed(figure, condition, number=0):
    rng = np.random.default_rng(number)
    muscles = len(figure.muscles)
    return Seed(
        condition, 7.0 + number, 0.55, rng.standard_normal((NODES, len(figure.coordinates))),
        rng.uniform(0.01, 1.0, (NODES, muscles)), rng.uniform(0.0, 1.5, (NODES, muscles)),
    )  # fmt: skip


@pytest.fixture
def kept(figure):
    conditions = [("retro", 1.0, 5.0), ("forward", 1.2, 0.0), ("forward", 0.6, -10.0), ("retro", 0.4, 0.0)]
    return [any_seed(figure, Condition(*c), number) for number, c in enumerate(conditions)]


def test_seeds_come_back_as_they_were_written(tmp_path, figure, kept):
    path = tmp_path / "seeds.h5"
    write_seeds(path, kept, figure, {"about": "a test"})
    back = {seed.condition: seed for seed in read_seeds(path, figure)}
    assert back.keys() == {seed.condition for seed in kept}
    for seed in kept:
        same = back[seed.condition]
        assert (same.objective, same.duration) == (seed.objective, seed.duration)
        assert_allclose(same.q, seed.q, rtol=SINGLE)
        assert_allclose(same.activation, seed.activation, rtol=HALF)
        assert_allclose(same.tendon, seed.tendon, rtol=HALF, atol=HALF)
        assert same.q.dtype == np.float64


def test_the_file_does_not_depend_on_the_order_of_the_seeds(tmp_path, figure, kept):
    one, other = tmp_path / "one.h5", tmp_path / "other.h5"
    write_seeds(one, kept, figure, {})
    write_seeds(other, kept[::-1], figure, {})
    assert one.read_bytes() == other.read_bytes()
    names = [seed.condition.name for seed in read_seeds(one, figure)]
    assert names == sorted(names)


def test_the_file_says_what_it_holds(tmp_path, figure, kept):
    path = tmp_path / "seeds.h5"
    write_seeds(path, kept, figure, {"about": "a test"})
    with h5py.File(path) as file:
        assert file.attrs["about"] == "a test"
        assert file["speed"].attrs["units"] == "m/s"
        assert all("units" in file[name].attrs for name in file)


def test_there_are_no_seeds_where_there_is_no_file(tmp_path, figure):
    assert read_seeds(tmp_path / "nothing.h5", figure) == []


def test_seeds_of_another_model_are_refused(tmp_path, figure, kept):
    path = tmp_path / "seeds.h5"
    write_seeds(path, kept, figure, {})
    other = figure._replace(coordinates=(*figure.coordinates[:-1], "toe_angle_l"))
    with pytest.raises(FileError, match=r"seeds\.h5: holds gaits of another model; make them again"):
        read_seeds(path, other)
    with pytest.raises(FileError, match="another model"):
        read_seeds(path, figure._replace(strands=figure.strands[:-1]))


def test_a_file_that_holds_no_seeds_is_refused_by_name(tmp_path, figure, kept):
    path = tmp_path / "seeds.h5"
    path.write_bytes(b"not HDF5")
    with pytest.raises(FileError, match=r"seeds\.h5: not a file of gaits") as caught:
        read_seeds(path, figure)
    assert "\n" not in str(caught.value)
    write_seeds(path, kept, figure, {})
    with h5py.File(path, "r+") as file:
        del file["tendon"]
    with pytest.raises(FileError, match=r"seeds\.h5: not a file of gaits"):
        read_seeds(path, figure)


conditions = st.builds(
    Condition, st.sampled_from(["forward", "retro"]), st.floats(0.3, 2.2), st.floats(-15.0, 15.0)
)


@given(one=conditions, other=conditions, third=conditions)
def test_distance_is_a_metric_and_never_crosses_directions(one, other, third):
    assert distance(one, one) == 0.0
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == np.inf) == (one.direction != other.direction)
    assert distance(one, third) <= distance(one, other) + distance(other, third) + 1e-12


def test_a_step_of_the_grid_counts_one_either_way():
    level = Condition("forward", 1.2, 0.0)
    assert distance(level, Condition("forward", 1.4, 0.0)) == pytest.approx(1.0)
    assert distance(level, Condition("forward", 1.2, -5.0)) == pytest.approx(1.0)


def test_the_nearest_come_first_and_only_those_of_the_same_direction(kept):
    near = nearest(kept, Condition("forward", 1.0, 0.0), 5)
    assert [seed.condition.name for seed in near] == ["forward_1.2_0", "forward_0.6_-10"]
    assert nearest(kept, Condition("retro", 0.5, 0.0), 1)[0].condition.name == "retro_0.4_0"


def test_playing_backwards_twice_changes_nothing(figure):
    seed = any_seed(figure, Condition("forward", 1.2, 5.0))
    back = backwards(figure, seed)
    assert back.condition == Condition("retro", 1.2, -5.0)
    again = backwards(figure, back)
    assert again.condition == seed.condition
    assert_allclose(again.q, seed.q, atol=1e-12)
    assert_array_equal(again.activation, seed.activation)
    assert_array_equal(again.tendon, seed.tendon)


def test_the_last_pose_backwards_is_the_second_with_the_legs_swapped(figure):
    seed = any_seed(figure, Condition("forward", 1.2, 0.0))
    back = backwards(figure, seed)
    assert_array_equal(back.q[0], seed.q[0])
    assert_allclose(back.q[-1, 2:], seed.q[1, figure.mirror][2:])
    assert back.q[-1, 1] == pytest.approx(seed.q[1, 1] - 1.2 * 0.55)


@pytest.mark.parametrize("nodes", [10, 50])
def test_the_textbook_seed_is_a_step_that_begins_where_the_legs_cross(figure, nodes):
    seed = textbook_seed(figure, nodes)
    assert seed.q.shape == (nodes, len(figure.coordinates))
    assert (seed.condition.direction, seed.condition.incline) == ("forward", 0.0)

    def leg(side):
        hip, knee = (seed.q[0, figure.row(f"{name}_{side}")] for name in ("hip_flexion", "knee_angle"))
        return hip - 0.5 * knee

    assert leg("r") == pytest.approx(leg("l"), abs=CROSSING)
    knees = [figure.row(f"knee_angle_{side}") for side in "rl"]
    assert seed.q[0, knees[0]] < seed.q[0, knees[1]]  # the right leg stands, the left one swings
    length = seed.condition.speed * seed.duration
    assert seed.q[:, 1].max() == pytest.approx(length * (nodes - 1) / nodes)


def test_a_textbook_step_goes_over_into_its_mirror_image(figure):
    nodes = 200
    seed = textbook_seed(figure, nodes)
    angles = seed.q[:, len(ROOT) :]
    after = seed.q[0][figure.mirror][len(ROOT) :]
    steps = np.abs(np.diff(angles, axis=0)).max()
    assert np.abs(after - angles[-1]).max() <= 1.5 * steps


def cell(figure, speeds=(0.8, 1.0), inclines=(0.0, 5.0), direction="retro"):
    places = [(v, i) for v in speeds for i in inclines]
    return [any_seed(figure, Condition(direction, *place), n) for n, place in enumerate(places)]


@given(speed=st.floats(0.81, 0.99), incline=st.floats(0.1, 4.9))
def test_a_start_between_four_walks_is_their_mean_by_nearness(figure, speed, incline):
    corners = cell(figure)
    asked = Condition("retro", speed, incline)
    start = blended(corners, asked)
    u, w = (speed - 0.8) / 0.2, incline / 5.0
    weights = [(1 - u) * (1 - w), (1 - u) * w, u * (1 - w), u * w]
    assert start.condition == asked
    assert start.name == "the 4 walks around it"
    assert start.duration == pytest.approx(sum(x * s.duration for x, s in zip(weights, corners, strict=True)))
    for part in ("activation", "tendon"):
        mean = sum(x * getattr(s, part) for x, s in zip(weights, corners, strict=True))
        assert_allclose(getattr(start, part), mean, rtol=ROUNDING, atol=ROUNDING)
    mean = sum(x * s.q for x, s in zip(weights, corners, strict=True))
    assert_allclose(np.delete(start.q, 1, axis=1), np.delete(mean, 1, axis=1), rtol=0.0, atol=ROUNDING)


def test_the_mean_of_even_walks_walks_evenly_at_the_speed_asked_for(figure):
    corners = cell(figure)
    for seed in corners:
        seed.q[:, 1] = -seed.condition.speed * seed.duration * np.arange(NODES) / NODES
    start = blended(corners, Condition("retro", 0.93, 2.0))
    assert_allclose(start.q[:, 1], -0.93 * start.duration * np.arange(NODES) / NODES, rtol=0.0, atol=ROUNDING)


def test_on_an_edge_of_the_cell_two_walks_are_enough(figure):
    start = blended(cell(figure, inclines=(0.0,)), Condition("retro", 0.85, 0.0))
    assert start.name == "the 2 walks around it"


@pytest.mark.parametrize(
    "asked",
    [
        Condition("retro", 0.8, 5.0),
        Condition("retro", 1.1, 2.0),
        Condition("retro", 0.9, 5.1),
        Condition("forward", 0.9, 2.0),
    ],
)
def test_nothing_is_blended_at_a_walk_beyond_all_walks_or_across_directions(figure, asked):
    assert blended(cell(figure), asked) is None


def test_a_cell_with_a_corner_missing_is_not_guessed(figure):
    assert blended(cell(figure)[:3], Condition("retro", 0.9, 2.0)) is None
