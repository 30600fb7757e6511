"""A predicted stride as OpenSim files: what is written is what a reader of trials gets."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from retrogait.io.storage import read_table
from retrogait.predict.condition import Condition
from retrogait.predict.figure import SIDES
from retrogait.predict.files import MARGIN, center_of_pressure, extended, window, write_files
from retrogait.predict.gait import trial_in_memory, trial_of
from tests.predict import paper

ANGLE = 1.01 * 0.5e-7 * np.pi / 180.0  # rad; half of the last digit written
PLACE = 1.01 * 0.5e-9  # m; the same
FORCE = 1.01 * 0.5e-4  # N; the same
CENTER = 1.01 * 0.5e-6  # m; the same
MOMENT = 1e-9  # N m; a product and its quotient


def test_the_files_hold_the_stride_and_some_rows_around_it(tmp_path, figure, stride):
    motion, forces, loads = write_files(tmp_path, "walk", figure, stride, "a walk")
    assert [path.name for path in (motion, forces, loads)] == ["walk.mot", "walk_grf.mot", "walk_grf.xml"]
    table = read_table(motion)
    inside = slice(MARGIN, MARGIN + stride.time.size)
    assert tuple(table.labels) == figure.coordinates
    assert table.values.shape[0] == stride.time.size + 2 * MARGIN
    assert_allclose(table.time[inside] - table.time[MARGIN], stride.time, atol=2e-9)
    turns = [not name.endswith(("_tx", "_ty")) for name in figure.coordinates]
    values = np.where(turns, np.radians(table.values), table.values)
    assert table.in_degrees
    assert_allclose(values[inside], stride.q, atol=np.where(turns, ANGLE, PLACE).max(), rtol=0)
    ground = read_table(forces)
    column = {label: ground.values[inside, row] for row, label in enumerate(ground.labels)}
    for side, letter in enumerate(SIDES):
        assert_allclose(column[f"ground_{letter}_vx"], stride.ground(side)[:, 0], atol=FORCE)
        assert_allclose(column[f"ground_{letter}_vy"], stride.ground(side)[:, 1], atol=FORCE)
        assert_allclose(column[f"ground_{letter}_px"], center_of_pressure(stride, side), atol=CENTER)
        for flat in ("vz", "py", "pz"):
            assert np.all(column[f"ground_{letter}_{flat}"] == 0.0)


def test_the_same_stride_gives_the_same_bytes(tmp_path, figure, stride):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = write_files(tmp_path / "one", "walk", figure, stride, "a walk")
    other = write_files(tmp_path / "other", "walk", figure, stride, "a walk")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


@pytest.mark.parametrize("direction", ["forward", "retro"])
def test_the_files_read_back_as_a_trial_are_the_stride(figure, direction):
    condition = Condition(direction, 1.2, -5.0)
    stride = paper.stride(figure, condition)
    trial, files = trial_in_memory(condition, figure, stride)
    assert sorted(files) == [f"{condition.name}{end}" for end in (".mot", "_grf.mot", "_grf.xml")]
    assert (trial.origin, trial.axes) == ("predicted", "surface")
    assert (trial.direction, trial.speed) == (direction, 1.2)
    assert (trial.start, trial.end) == window(stride)
    assert trial.end - trial.start == pytest.approx(stride.time[-1], abs=2e-9)
    assert trial.incline == pytest.approx(np.radians(-5.0))


def test_a_trial_of_written_files_is_the_trial_in_memory(tmp_path, figure, stride):
    ours, files = trial_in_memory(paper.CONDITION, figure, stride)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    stem = paper.CONDITION.name
    theirs = trial_of(paper.CONDITION, tmp_path / f"{stem}.mot", tmp_path / f"{stem}_grf.xml", window(stride))
    assert_allclose(theirs.motion.values, ours.motion.values, rtol=0, atol=0)
    assert_allclose(theirs.loads.force, ours.loads.force, rtol=0, atol=0)


def test_the_stride_before_and_the_one_after_go_on_where_it_ends(figure, stride):
    wide = extended(stride, MARGIN)
    step, count = stride.time[1], stride.time.size - 1
    length = stride.q[-1, 1] - stride.q[0, 1]
    assert_allclose(np.diff(wide.time), step, atol=2e-9)
    assert wide.time[0] == 0.0
    moved = wide.q.copy()
    assert_allclose(moved[MARGIN : MARGIN + count], stride.q[:-1])
    later = np.zeros(moved.shape[1])
    later[1] = length
    assert_allclose(moved[count:][: 2 * MARGIN], moved[: 2 * MARGIN] + later, atol=1e-12)
    place = wide.place[count:][: 2 * MARGIN] - wide.place[: 2 * MARGIN]
    assert_allclose(place[..., 0], length)
    assert_allclose(place[..., 1], 0.0)
    assert_allclose(wide.force[count:][: 2 * MARGIN], wide.force[: 2 * MARGIN])


def test_the_center_of_pressure_has_the_moment_of_the_spheres(figure, stride):
    rng = np.random.default_rng(7)
    place, force = stride.place.copy(), stride.force.copy()
    place[..., 1] = 0.02 * rng.standard_normal(place[..., 1].shape)
    force[..., 0] = 0.2 * rng.standard_normal(force[..., 0].shape) * force[..., 1]
    doctored = stride._replace(place=place, force=force)
    for side in (0, 1):
        point = center_of_pressure(doctored, side)
        down = doctored.ground(side)[:, 1] > 1.0
        assert 0.3 < down.mean() < 0.9
        about_origin = point * doctored.ground(side)[:, 1]
        assert_allclose(about_origin[down], doctored.ground_moment(side)[down], atol=MOMENT)
        half = len(figure.spheres) // 2
        assert_allclose(point[~down], place[~down, side * half + 1, 0])
