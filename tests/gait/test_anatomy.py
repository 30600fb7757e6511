"""Hip, ankle, lumbar joint and trunk of a model are found by what moves and carries them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import retrogait as rg
from retrogait.gait.anatomy import anatomy_of, upward_axis
from retrogait.kernels.kinematics import new_pose, place
from retrogait.share import share_folder
from tests.bodies import any_state, grow, law, planar_leg

SAME = 1e-12  # unit vectors, by two orders of the same turns


@law()
@given(seed=st.integers(0, 2**32 - 1))
def test_the_upward_axis_of_any_body_is_that_of_its_pose(seed):
    model = grow(seed)
    q, rate, _ = any_state(model, seed, frames=2)
    pose = new_pose(model.tree.parent.size, model.tree.kind.size)
    for link in range(1, len(model.links)):
        up = upward_axis(model, link, q)
        for frame in range(2):
            place(model.tree, model.functions, q[frame], 0.0 * rate[frame], 0.0 * rate[frame], pose)
            body = pose.rotation[link].reshape(3, 3) @ model.body_rotation[link].reshape(3, 3)
            assert_allclose(up[frame], body[:, 1], atol=SAME)


def test_the_planar_model_has_hips_and_ankles_and_a_trunk_in_one_body():
    model = rg.load_model(share_folder("models") / "planar.osim")
    found = anatomy_of(model)
    assert [model.joints[row] for row in found.hip] == [f"hip_{knee.side[0]}" for knee in model.knees]
    assert [model.joints[row] for row in found.ankle] == [f"ankle_{knee.side[0]}" for knee in model.knees]
    assert model.links[found.trunk] == "trunk"
    assert (found.lumbar, found.lumbar_coordinate) == (-1, -1)


def test_a_torso_that_hangs_from_the_pelvis_is_the_trunk_whichever_way_its_angle_counts():
    for sense in (1.0, -1.0):
        sketch = planar_leg()
        lean = sketch.coordinate("lumbar_lean")
        axis = (0.0, 0.0, sense)
        torso = sketch.link(1, [(1, axis, lean)], mass=20.0, com=(0.0, 0.3, 0.0), offset=(0.0, 0.1, 0.0))
        model = sketch.model()
        found = anatomy_of(model)
        assert (found.trunk, found.lumbar) == (torso, torso - 1)
        assert model.coordinates[found.lumbar_coordinate] == "lumbar_lean"
        assert found.lumbar_sense == sense


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "joint", "coordinate"),
    [
        ("gait2392/subject01_simbody.osim", "back", "lumbar_extension"),
        ("gait10dof18/subject01.osim", "back", "lumbar_extension"),
        ("models/2D_gait.osim", "lumbar", "lumbar"),
        ("gc6_treadmill/DM_nocontact.osim", "pelvis_torso", "lumbar_ext"),
    ],
)
def test_public_models_have_their_lumbar_joint(shared_data, file, joint, coordinate):
    model = rg.load_model(shared_data / file)
    found = anatomy_of(model)
    assert model.joints[found.lumbar] == joint
    assert model.coordinates[found.lumbar_coordinate] == coordinate
    assert found.lumbar_sense == 1.0
    assert [model.joints[row][:3] for row in found.hip] == ["hip"] * len(model.knees)
    assert [model.joints[row][:5] for row in found.ankle] == ["ankle"] * len(model.knees)
    upright = upward_axis(model, found.trunk, np.zeros((1, len(model.coordinates))))
    assert_allclose(upright, [[0.0, 1.0, 0.0]], atol=0.1)
