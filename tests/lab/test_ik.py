"""Coordinates from markers: what must hold whatever the numbers, and what OpenSim's tool says."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import retrogait as rg
from retrogait.errors import ConfigError, FileError, MotionError
from retrogait.ik import CoordinateTask, Tasks, read_tasks, solve_markers
from retrogait.ik.mass import check_mass
from retrogait.ik.solve import CHUNK
from retrogait.io.loads import LoadTable, read_external_loads
from retrogait.io.markers import read_markers
from retrogait.io.storage import read_table
from retrogait.osim.inverse_kinematics import run_inverse_kinematics
from retrogait.osim.markers import read_marker_set
from tests.bodies import few
from tests.lab.figure import figure, pose, recording, walk

EXACT = 1e-8  # rad or m; without noise the last step is far below the solver's tolerance
SAME = 1e-7  # rad or m; two ways to a minimum, each solved to 1e-8
NOISE = 0.005  # m; what skin does to markers
OPENSIM_ATOL = np.deg2rad(0.01)  # rad; asked for, at an accuracy of OpenSim's tool that reaches it
DEGREE_OF_TOOL = 1e-9  # accuracy at which OpenSim's tool stands to 0.01 deg; its default of 1e-5 does not
MASS_RTOL = 0.03  # 1; plates, and people who do not walk quite steadily
FRAMES = few(3 * CHUNK + 5, 4)


@pytest.fixture(scope="module")
def person():
    return figure()


def column(kinematics, name):
    return kinematics.values[:, kinematics.coordinates.index(name)]


def test_markers_of_a_pose_give_back_the_pose(person):
    model, marker_set = person
    q = walk(model, FRAMES)
    found = solve_markers(model, marker_set, recording(model, marker_set, q))
    assert_allclose(found.values, q, rtol=0.0, atol=EXACT)
    assert not found.failed.any()
    assert found.error.max() < EXACT
    assert not found.missing
    assert not found.unmoved


@pytest.mark.parametrize("heading", np.deg2rad([30.0, 90.0, 135.0, 180.0, -120.0][: few(5, 2)]))
def test_any_heading_is_found(person, heading):
    model, marker_set = person
    q = pose(model, np.random.default_rng(1), heading, place=(-2.0, 3.0))[None]
    found = solve_markers(model, marker_set, recording(model, marker_set, q))
    turn = np.remainder(found.values - q + np.pi, 2.0 * np.pi) - np.pi
    assert_allclose(turn, 0.0, rtol=0.0, atol=EXACT)


def test_turning_all_markers_about_the_vertical_turns_the_root_alone(person):
    model, marker_set = person
    markers = recording(model, marker_set, walk(model, 4), NOISE)
    angle = 0.7
    turn = np.array(
        [[np.cos(angle), 0.0, np.sin(angle)], [0.0, 1.0, 0.0], [-np.sin(angle), 0.0, np.cos(angle)]]
    )
    before = solve_markers(model, marker_set, markers)
    after = solve_markers(model, marker_set, replace(markers, position=markers.position @ turn.T))
    root = [name.startswith("pelvis") for name in model.coordinates]
    assert_allclose(after.values[:, ~np.array(root)], before.values[:, ~np.array(root)], rtol=0.0, atol=SAME)
    assert np.abs(after.values[:, root] - before.values[:, root]).max() > 0.1
    assert_allclose(after.error, before.error, rtol=0.0, atol=SAME)


def test_the_order_of_markers_and_the_unit_of_weights_do_not_matter(person):
    model, marker_set = person
    markers = recording(model, marker_set, walk(model, 4), NOISE)
    weights = {name: 1.0 + number % 3 for number, name in enumerate(markers.labels)}
    plain = solve_markers(model, marker_set, markers, weights=weights)
    order = np.random.default_rng(2).permutation(len(markers.labels))
    shuffled = replace(
        markers, labels=tuple(markers.labels[i] for i in order), position=markers.position[:, order]
    )
    doubled = {name: 2.0 * weight for name, weight in weights.items()}
    other = solve_markers(model, marker_set, shuffled, weights=doubled)
    assert_allclose(other.values, plain.values, rtol=0.0, atol=SAME)


def test_the_number_of_threads_changes_no_bit(person):
    model, marker_set = person
    markers = recording(model, marker_set, walk(model, FRAMES), NOISE)
    one = solve_markers(model, marker_set, markers, threads=1)
    for threads in (2, 3):
        assert_array_equal(solve_markers(model, marker_set, markers, threads=threads).values, one.values)


def test_a_marker_that_is_not_seen_counts_nothing_in_its_frames_and_is_listed(person):
    model, marker_set = person
    markers = recording(model, marker_set, walk(model, 4), NOISE)
    gone = markers.labels.index("tibia_r.1")
    position = markers.position.copy()
    position[1:3, gone] = np.nan
    found = solve_markers(model, marker_set, replace(markers, position=position))
    position = markers.position.copy()
    position[:, gone] += 10.0
    left_out = solve_markers(
        model, marker_set, replace(markers, position=position), weights={"tibia_r.1": 0.0}
    )
    assert found.missing == {"tibia_r.1": 2}
    assert_array_equal(np.isnan(found.error[:, gone]), [False, True, True, False])
    assert_allclose(found.values[1:3], left_out.values[1:3], rtol=0.0, atol=SAME)


def test_a_frame_that_shows_nothing_has_no_answer_and_is_not_written(person, tmp_path):
    model, marker_set = person
    q = walk(model, 4)
    markers = recording(model, marker_set, q)
    position = markers.position.copy()
    position[[0, 2]] = np.nan
    found = solve_markers(model, marker_set, replace(markers, position=position))
    assert_array_equal(np.isnan(found.values).all(axis=1), [True, False, True, False])
    assert_allclose(found.values[[1, 3]], q[[1, 3]], rtol=0.0, atol=EXACT)
    found.write(tmp_path / "ik.mot")
    table = read_table(tmp_path / "ik.mot")
    assert_allclose(table.time, markers.time[[1, 3]])
    assert_allclose(table.column("knee_angle_l"), np.rad2deg(column(found, "knee_angle_l")[[1, 3]]))


def test_clamps_hold_a_joint_but_not_where_somebody_stands(person):
    model, marker_set = person
    q = pose(model, np.random.default_rng(3))[None].copy()
    for name, value in (("knee_angle_r", -0.2), ("knee_angle_r_beta", -0.2), ("pelvis_tx", 60.0)):
        q[0, model.coordinates.index(name)] = value
    clamped = replace(marker_set, clamped=np.ones_like(marker_set.clamped))
    found = solve_markers(model, clamped, recording(model, marker_set, q))
    assert column(found, "knee_angle_r")[0] == 0.0
    assert_allclose(column(found, "pelvis_tx"), 60.0, atol=0.1)
    free = replace(marker_set, clamped=np.zeros_like(marker_set.clamped))
    assert_allclose(solve_markers(model, free, recording(model, marker_set, q)).values, q, atol=EXACT)


def test_a_locked_coordinate_stays_and_a_coupled_one_follows(person):
    model, marker_set = person
    locked = model.locked.copy()
    locked[model.coordinates.index("lumbar_extension")] = 1
    found = solve_markers(
        replace(model, locked=locked), marker_set, recording(model, marker_set, walk(model, 4), NOISE)
    )
    assert (column(found, "lumbar_extension") == 0.0).all()
    assert_array_equal(column(found, "knee_angle_r_beta"), column(found, "knee_angle_r"))


def test_a_target_pulls_a_coordinate_as_far_as_its_weight_says(person):
    model, marker_set = person
    markers = recording(model, marker_set, walk(model, 3), NOISE)
    told = {
        weight: solve_markers(
            model,
            marker_set,
            markers,
            tasks=Tasks(coordinates={"ankle_angle_r": CoordinateTask(weight, 0.4)}),
        )
        for weight in (1e-4, 1e3)
    }
    free = solve_markers(model, marker_set, markers)
    weak, strong = (np.abs(column(told[weight], "ankle_angle_r") - 0.4) for weight in (1e-4, 1e3))
    assert (weak < np.abs(column(free, "ankle_angle_r") - 0.4)).all()
    assert (strong < 1e-5).all()
    assert (free.cost <= told[1e-4].cost).all()


def test_a_coordinate_that_no_marker_tells_stays_at_its_default_and_is_named(person):
    model, marker_set = person
    nothing = {name: 0.0 for name in marker_set.labels if name.startswith("calcn_l")}
    found = solve_markers(model, marker_set, recording(model, marker_set, walk(model, 3)), weights=nothing)
    assert found.unmoved == ("ankle_angle_l",)
    assert (column(found, "ankle_angle_l") == 0.0).all()
    assert np.isinf(found.sensitivity[model.coordinates.index("ankle_angle_l")])
    assert np.isfinite(found.sensitivity[model.coordinates.index("knee_angle_l")])


def test_sensitivity_says_how_far_noise_moves_a_coordinate(person):
    model, marker_set = person
    frames = few(400, 40)
    once = recording(model, marker_set, pose(model, np.random.default_rng(5))[None])
    position = np.repeat(once.position, frames, axis=0)
    position = position + 1e-3 * np.random.default_rng(6).normal(size=position.shape)
    found = solve_markers(model, marker_set, replace(once, time=np.arange(frames) / 100.0, position=position))
    c = model.coordinates.index("hip_rotation_r")
    assert_allclose(found.values[:, c].std(), 1e-3 * found.sensitivity[c], rtol=few(0.15, 0.5))


def test_errors_of_frames_and_markers_are_those_of_the_markers_seen(person):
    model, marker_set = person
    markers = recording(model, marker_set, walk(model, 3))
    position = markers.position.copy()
    position[1, 0] += (0.0, 0.3, 0.0)
    position[2, 1] = np.nan
    found = solve_markers(model, marker_set, replace(markers, position=position), weights={"pelvis.0": 1e-6})
    assert found.largest[0] == "pelvis.0"
    assert_allclose(found.largest[1:], [markers.time[1], 0.3], rtol=1e-3)
    assert_allclose(found.frame_error[1], 0.3 / np.sqrt(len(markers.labels)), rtol=1e-3)
    assert_allclose(found.marker_error[0], 0.3 / np.sqrt(3.0), rtol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        ({"weights": {"tibia_r.9": 1.0}}, ConfigError, "neither model nor recording has; did you mean"),
        ({"weights": {"tibia_r.1": -1.0}}, ConfigError, "expected a number from 0 on"),
        ({"start": 5.0, "end": 6.0}, ConfigError, "expected a window within 0 to 0.02 s"),
        ({"threads": 0}, ConfigError, "expected a whole number from 1 on"),
        ({"tasks": Tasks(others=0.0)}, MotionError, "has 0 markers"),
        (
            {"tasks": Tasks(coordinates={"knee_r": CoordinateTask(1.0)})},
            ConfigError,
            "has no coordinate knee_r",
        ),
    ],
)
def test_what_cannot_be_used_is_named(person, arguments, kind, says):
    model, marker_set = person
    with pytest.raises(kind, match=says):
        solve_markers(model, marker_set, recording(model, marker_set, walk(model, 3)), **arguments)


def test_a_recording_without_a_marker_in_the_window_is_refused(person):
    model, marker_set = person
    markers = recording(model, marker_set, walk(model, 3))
    with pytest.raises(MotionError, match=r"no frame from 0 to 0.02 s shows a marker"):
        solve_markers(model, marker_set, replace(markers, position=np.full_like(markers.position, np.nan)))


TASKS = """<?xml version="1.0"?>
<OpenSimDocument Version="40000"><IKTaskSet><objects>
<IKMarkerTask name="A"><apply>true</apply><weight>2</weight></IKMarkerTask>
<IKMarkerTask name="B"><apply>false</apply><weight>3</weight></IKMarkerTask>
<IKCoordinateTask name="x"><apply>true</apply><weight>5</weight><value_type>manual_value</value_type>
<value>0.5</value></IKCoordinateTask>
<IKCoordinateTask name="y"><apply>true</apply><weight>7</weight></IKCoordinateTask>
</objects></IKTaskSet></OpenSimDocument>"""


def test_tasks_are_read_as_opensim_writes_them(tmp_path):
    path = tmp_path / "tasks.xml"
    path.write_text(TASKS)
    found = read_tasks(path)
    assert found.markers == {"A": 2.0, "B": 0.0}
    assert found.others == 0.0
    assert found.coordinates == {"x": CoordinateTask(5.0, 0.5), "y": CoordinateTask(7.0)}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (">2<", ">-2<", "expected a number from 0 on"),
        (">2<", ">two<", "expected a number"),
        ("manual_value", "from_file", "takes its value from another file"),
        ("IKTaskSet", "ForceSet", "is this another kind"),
        (">2<", ">0<", "holds no marker task"),
    ],
)
def test_tasks_that_cannot_be_used_are_named(tmp_path, old, new, says):
    path = tmp_path / "tasks.xml"
    path.write_text(TASKS.replace(old, new))
    with pytest.raises(FileError, match=says):
        read_tasks(path)


def plates(force):
    """One plate whose vertical force is given, at 100 Hz."""
    rows = np.zeros((force.size, 1, 3))
    forces = rows.copy()
    forces[:, 0, 1] = force
    return LoadTable(
        np.arange(force.size) / 100.0, forces, rows, rows, ("plate",), ("calcn_r",), ("ground",), ("ground",),
        (True,), (), {},
    )  # fmt: skip


def test_mass_is_that_of_whole_steps_whatever_part_of_one_is_recorded():
    time = np.arange(237) / 100.0
    force = 70.0 * 9.80665 * (1.0 + 0.3 * np.sin(2.0 * np.pi * time / 0.5))
    force[:20] = 0.0
    found = check_mass(77.0, plates(force))
    assert found.steps == 4
    assert_allclose(found.measured, 70.0, rtol=1e-10)
    assert_allclose(found.difference, 0.1, rtol=1e-9)


def test_mass_of_somebody_who_stands_is_the_mean():
    found = check_mass(70.0, plates(np.full(50, 70.0 * 9.80665)))
    assert (found.steps, round(found.measured, 9)) == (0, 70.0)


def test_plates_that_carry_nobody_long_enough_are_refused():
    with pytest.raises(MotionError, match="carry nobody"):
        check_mass(70.0, plates(np.zeros(50)))
    with pytest.raises(MotionError, match="less than a whole step"):
        check_mass(70.0, plates(700.0 * np.sin(np.linspace(0.0, np.pi, 60))))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("loads", "mass"), [("gait2392/subject01_walk1_grf.xml", 72.6), ("rajagopal_walk/grf_walk.xml", 85.27)]
)
def test_recorded_walks_weigh_what_their_models_do(shared_data, loads, mass):
    assert abs(check_mass(mass, read_external_loads(shared_data / loads)).difference) < MASS_RTOL


@pytest.mark.shared
@pytest.mark.opensim
@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "name", "trc", "start", "end"),
    [
        ("gait2392", "subject01_simbody.osim", "subject01_walk1.trc", 0.5, 0.8),
        ("rajagopal_walk", "subject_walk_scaled.osim", "markers_walk.trc", 0.6, 0.62),
    ],
)
def test_opensims_tool_comes_to_the_same_coordinates(shared_data, tmp_path, folder, name, trc, start, end):
    file, recorded = shared_data / folder / name, shared_data / folder / trc
    model = rg.load_model(file)
    marker_set = read_marker_set(file, model)
    # whatever hangs at the wrist: its one marker lies 1 cm from the axis, where a degree is 0.2 mm
    tasks = Tasks(coordinates={c: CoordinateTask(0.1) for c in model.coordinates if c.startswith("pro_sup")})
    theirs = run_inverse_kinematics(
        file, recorded, tmp_path, tasks=tasks, start=start, end=end, accuracy=DEGREE_OF_TOOL
    )
    ours = solve_markers(model, marker_set, read_markers(recorded), tasks=tasks, start=start, end=end)
    assert not ours.failed.any()
    assert_allclose(ours.time, theirs.time, atol=1e-6)
    mine = np.array([column(ours, c) for c in theirs.coordinates]).T
    assert_allclose(mine, theirs.values, rtol=0.0, atol=OPENSIM_ATOL)
    assert_allclose(ours.frame_error, theirs.frame_error, rtol=0.0, atol=1e-6)
    assert_allclose(np.nanmax(ours.error, axis=1), theirs.frame_worst, rtol=0.0, atol=1e-5)
