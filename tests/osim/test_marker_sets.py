"""Markers of OpenSim models, and OpenSim's own inverse kinematics without its useless costs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import retrogait as rg
from retrogait.errors import FileError, ModelError
from retrogait.ik import Tasks
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.markers import locate
from retrogait.osim.inverse_kinematics import run_inverse_kinematics, strip
from retrogait.osim.markers import open_model, read_marker_set, write_marker_set
from retrogait.osim.tree import vector
from tests.osim import gait2392

pytestmark = [pytest.mark.shared, pytest.mark.opensim]

PLACE_ATOL = 1e-10  # m; rounding along the chain of bodies
STRIPPED_ATOL = np.deg2rad(0.01)  # rad; what the tool's accuracy leaves
ACCURATE = 1e-8  # of OpenSim's tool


@pytest.mark.parametrize(
    "name", ["gait2392/subject01_simbody.osim", "rajagopal_walk/subject_walk_scaled.osim"]
)
def test_markers_stand_where_opensim_has_them(shared_data, name):
    file = shared_data / name
    model = rg.load_model(file)
    marker_set = read_marker_set(file, model)
    source = open_model(file)
    state = source.initSystem()
    q = model.default.copy()[None]
    for c, coordinate in enumerate(source.getCoordinateSet()):
        if model.tree.driver[c] < 0:
            q[0, c] += 0.2
            coordinate.setValue(state, float(q[0, c]), False)
    source.assemble(state)
    source.realizePosition(state)
    q = np.ascontiguousarray([[c.getValue(state) for c in source.getCoordinateSet()]])
    still = np.zeros_like(q)
    couple(model.tree, model.functions, q, still.copy(), still.copy())
    pose = new_pose(len(model.links), model.tree.kind.size)
    place(model.tree, model.functions, q[0], still[0], still[0], pose)
    where = np.empty((len(marker_set.labels), 3))
    locate(marker_set.sites, pose, where)
    theirs = [vector(marker.getLocationInGround(state)) for marker in source.getMarkerSet()]
    assert marker_set.labels == tuple(str(marker.getName()) for marker in source.getMarkerSet())
    assert_allclose(where, theirs, rtol=0.0, atol=PLACE_ATOL)


def test_clamps_are_read(shared_data):
    file = shared_data / "rajagopal_walk" / "subject_walk_scaled.osim"
    model = rg.load_model(file)
    clamped = dict(zip(model.coordinates, read_marker_set(file, model).clamped, strict=True))
    assert clamped["knee_angle_r"] == 1
    assert clamped["knee_angle_r_beta"] == 0


def test_a_marker_set_that_cannot_be_used_is_named(shared_data, tmp_path):
    generic = shared_data / "models" / "gait2392_thelen2003muscle.osim"
    model = rg.load_model(generic)
    with pytest.raises(FileError, match="has no markers"):
        read_marker_set(generic, model)
    other = shared_data / "gait2392" / "subject01_simbody.osim"
    with pytest.raises(FileError, match="is not the file that this model was compiled from"):
        read_marker_set(other, model)
    with pytest.raises(FileError, match="no such file, expected a marker set"):
        read_marker_set(generic, model, tmp_path / "absent.xml")
    with pytest.raises(FileError, match="is a folder, expected a marker set"):
        read_marker_set(generic, model, tmp_path)
    write_marker_set(tmp_path / "set.xml", {"A": ("femur_r", (0.0, -0.1, 0.02))})
    found = read_marker_set(generic, model, tmp_path / "set.xml")
    assert (found.labels, found.body) == (("A",), ("femur_r",))
    write_marker_set(tmp_path / "set.xml", {"A": ("femur_x", (0.0, -0.1, 0.02))})
    with pytest.raises((FileError, ModelError), match="femur_x"):
        read_marker_set(generic, model, tmp_path / "set.xml")


def test_a_patella_without_markers_is_taken_out_of_the_tools_sight_and_put_back(shared_data, tmp_path):
    file = shared_data / "rajagopal_walk" / "subject_walk_scaled.osim"
    recorded = shared_data / "rajagopal_walk" / "markers_walk.trc"
    choices = {
        "start": 0.6,
        "end": 0.61,
        "accuracy": ACCURATE,
        "tasks": Tasks({"L.Wrist": 0.0, "R.Wrist": 0.0}),
    }
    found = run_inverse_kinematics(file, recorded, tmp_path / "stripped", **choices)
    assert found.folded == ("knee_angle_r_beta", "knee_angle_l_beta")
    knee, beta = (found.coordinates.index(name) for name in ("knee_angle_r", "knee_angle_r_beta"))
    assert_allclose(found.values[:, beta], found.values[:, knee], atol=1e-12)
    assert found.values[0, knee] > 0.05


def test_stripping_changes_nothing_in_the_answer(shared_data, tmp_path):
    file = shared_data / "gait2392" / "subject01_simbody.osim"
    recorded = shared_data / "gait2392" / "subject01_walk1.trc"
    tasks = gait2392.walking_tasks({})
    choices = {"start": 0.6, "end": 0.62, "accuracy": ACCURATE, "tasks": tasks}
    stripped = run_inverse_kinematics(file, recorded, tmp_path / "stripped", **choices)
    whole = run_inverse_kinematics(file, recorded, tmp_path / "whole", whole=True, **choices)
    assert stripped.coordinates == whole.coordinates
    assert_allclose(stripped.values, whole.values, rtol=0.0, atol=STRIPPED_ATOL)
    assert_allclose(stripped.frame_error, whole.frame_error, atol=1e-6)


def test_a_coupler_that_moves_a_marker_is_kept(shared_data):
    source = open_model(shared_data / "rajagopal_walk" / "subject_walk_scaled.osim")
    for marker in source.updMarkerSet():
        if marker.getName() == "R.Knee":
            marker.setParentFrame(source.getBodySet().get("patella_r"))
    source.initSystem()
    assert tuple(strip(source)) == ("knee_angle_l_beta",)


def test_a_recording_that_the_tool_cannot_use_is_named(shared_data, tmp_path):
    file = shared_data / "gait2392" / "subject01_simbody.osim"
    with pytest.raises(FileError, match="no such file"):
        run_inverse_kinematics(file, tmp_path / "absent.trc", tmp_path)
    with pytest.raises(FileError, match="no marker of the model"):
        run_inverse_kinematics(
            file, shared_data / "rajagopal_walk" / "markers_walk.trc", tmp_path, tasks=Tasks(others=0.0)
        )
