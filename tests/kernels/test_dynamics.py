import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.kernels.dynamics import gather_forces, require_inertia, subtract_loads
from retrogait.kernels.kinematics import new_pose, place
from tests.bodies import TURN, G, Sketch, Z, any_loads, any_state, few, grow, law, planar_leg, seeds
from tests.kernels import naive

SAME = 1e-10  # relative to the largest force: rounding along five links and thirty particles
LINKS = few(5, 3)


def forces(model, q, qd, qdd, load, load_link):
    """Generalised forces and joint wrenches of one frame."""
    tree = model.tree
    pose = new_pose(tree.parent.size, tree.kind.size)
    wrench, force = np.full((tree.parent.size, 6), np.nan), np.full(q.size, np.nan)
    place(tree, model.functions, q, qd, qdd, pose)
    require_inertia(tree, pose, wrench)
    subtract_loads(pose, load_link, load, wrench)
    gather_forces(tree, pose, wrench, force)
    return force, wrench


def any_frame(seed, links=LINKS):
    model = grow(seed, links=links)
    q, qd, qdd = (x[0] for x in any_state(model, seed))
    load, load_link = any_loads(model, seed)
    return model, q, qd, qdd, load[0], load_link


def close(actual, expected):
    assert_allclose(actual, expected, rtol=0.0, atol=SAME * (1.0 + np.abs(expected).max()))


@law()
@given(seed=seeds)
def test_generalized_forces_are_those_of_dalemberts_principle(seed):
    model, *state = any_frame(seed)
    close(forces(model, *state)[0], naive.generalized_force(model.tree, model.functions, *state))


@law(15)
@given(seed=seeds)
def test_each_joint_carries_what_everything_distal_needs(seed):
    model, *state = any_frame(seed)
    wrench = forces(model, *state)[1]
    for link in range(1, model.tree.parent.size):
        close(wrench[link], naive.joint_wrench(model.tree, model.functions, *state, link))


def test_a_pendulum_obeys_the_textbook():
    m, l, angle, rate, change = 2.0, 0.5, 0.3, 1.7, -4.0
    sketch = Sketch()
    sketch.link(0, [(TURN, Z, sketch.coordinate())], mass=m, com=(0.0, -l, 0.0))
    none = np.zeros((0, 9)), np.zeros(0, np.int64)
    force, wrench = forces(sketch.model(), np.array([angle]), np.array([rate]), np.array([change]), *none)
    assert force[0] == pytest.approx(m * l**2 * change + m * G * l * np.sin(angle), rel=SAME)
    pull = m * (l * rate**2 + G * np.cos(angle))  # along the rod, towards the pivot
    across = m * (l * change + G * np.sin(angle))
    towards, sideways = (-np.sin(angle), np.cos(angle)), (np.cos(angle), np.sin(angle))
    assert_allclose(wrench[1, :2], pull * np.array(towards) + across * np.array(sideways), rtol=SAME)


def test_a_load_through_a_pivot_needs_no_moment_and_one_beside_it_does():
    sketch = Sketch(gravity=(0.0, 0.0, 0.0))
    sketch.link(0, [(TURN, Z, sketch.coordinate())], mass=1.0, offset=(0.2, 0.3, 0.0))
    model, still = sketch.model(), np.zeros(1)
    for point, expected in (((0.2, 0.3, 0.0), 0.0), ((0.5, 0.3, 0.0), -0.3 * 100.0)):
        load = np.array([[0.0, 100.0, 0.0, *point, 0.0, 0.0, 0.0]])
        force, wrench = forces(model, still, still, still, load, np.array([1]))
        assert force[0] == pytest.approx(expected, abs=1e-12)
        assert_allclose(wrench[1, :3], [0.0, -100.0, 0.0])


def test_only_the_links_in_between_feel_a_load():
    model = planar_leg().model()
    q = np.zeros(len(model.coordinates))
    free = forces(model, q, q, q, np.zeros((0, 9)), np.zeros(0, np.int64))[1]
    foot = model.links.index("calcn_r")
    load = np.array([[10.0, 700.0, 0.0, 0.1, 0.0, 0.0, 0.0, 5.0, 0.0]])
    loaded = forces(model, q, q, q, load, np.array([foot]))[1]
    patella = model.links.index("patella_r")
    assert_array_equal(loaded[patella], free[patella])
    for name in ("calcn_r", "tibia_r", "femur_r", "pelvis"):
        row = model.links.index(name)
        assert_allclose(loaded[row, :3] - free[row, :3], [-10.0, -700.0, 0.0], atol=1e-9)
