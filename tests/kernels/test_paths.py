import numpy as np
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.model import Surface
from retrogait.kernels.paths import measure_paths
from retrogait.kernels.status import Physics
from retrogait.kernels.strand import new_strand
from tests.bodies import (
    TURN,
    Muscle,
    PathPoint,
    Sketch,
    Wrap,
    Z,
    any_state,
    few,
    grow,
    law,
    planar_leg,
    seeds,
)  # fmt: skip
from tests.kernels import naive

SAME = 1e-11  # m or 1: rounding along five links
STEP = 1e-5  # rad, of a central difference
WRAP_ARM_TOL = 1e-7  # m: STEP^2 times a third derivative of order 1 m, and rounding over STEP
LINKS = few(5, 3)
MUSCLES = few(6, 3)


def measure(model, q, physics=Physics.DEFAULT):
    """Lengths, moment arms, pulls, and the work arrays, which must be zero again."""
    tree, paths = model.tree, model.paths
    links, muscles = tree.parent.size, paths.first.size
    pose = new_pose(links, tree.kind.size)
    still = np.zeros(q.size)
    place(tree, model.functions, q, still, still, pose)
    length = np.full(muscles, np.nan)
    arm = np.full(paths.arm_coordinate.size, np.nan)
    pull = np.full((paths.chain.size, 6), np.nan)
    wrench, force = np.zeros((links, 6)), np.zeros(q.size)
    strand = new_strand(int(paths.capacity[0]))
    measure_paths(
        tree, model.functions, paths, q, pose, int(physics), strand, wrench, force, length, arm, pull
    )
    assert_array_equal(force, 0.0)
    assert_array_equal(wrench, 0.0)
    return length, arm, pull


def coupled(model, q):
    return naive.couple(model.tree, model.functions, q, np.zeros_like(q), np.zeros_like(q))[0]


def any_pose(seed):
    model = grow(seed, links=LINKS, muscles=MUSCLES)
    return model, coupled(model, any_state(model, seed)[0][0])


@law()
@given(seed=seeds)
def test_lengths_are_sums_of_straight_pieces(seed):
    model, q = any_pose(seed)
    still = np.zeros_like(q)
    expected = [naive.path(model, m, q, still)[0] for m in range(MUSCLES)]
    assert_allclose(measure(model, q)[0], expected, rtol=SAME)


@law(15)
@given(seed=seeds)
def test_moment_arms_are_minus_the_slope_of_the_length_couplers_included(seed):
    model, q = any_pose(seed)
    arm = measure(model, q)[1]
    paths = model.paths
    for m in range(MUSCLES):
        rows = range(paths.arm_first[m], paths.arm_first[m + 1])
        expected = [naive.moment_arm(model, m, q, paths.arm_coordinate[row]) for row in rows]
        assert_allclose(arm[list(rows)], expected, atol=SAME * (1.0 + np.abs(expected).max(initial=0.0)))


@law(15)
@given(seed=seeds)
def test_a_coordinate_without_an_arm_does_not_change_the_length(seed):
    model, q = any_pose(seed)
    paths = model.paths
    for m in range(MUSCLES):
        own = set(paths.arm_coordinate[paths.arm_first[m] : paths.arm_first[m + 1]].tolist())
        for c in set(np.flatnonzero(model.tree.driver < 0).tolist()) - own:
            assert abs(naive.moment_arm(model, m, q, c)) < SAME


@law(15)
@given(seed=seeds)
def test_pulls_are_the_forces_that_cross_each_joint(seed):
    model, q = any_pose(seed)
    pull = measure(model, q)[2]
    paths = model.paths
    for m in range(MUSCLES):
        for crossing in range(paths.chain_first[m], paths.chain_first[m + 1]):
            expected = naive.pull(model, m, q, int(paths.chain[crossing]))
            assert_allclose(pull[crossing], expected, atol=SAME * (1.0 + np.abs(expected).max()))


def bent_knee(surface, size, sign=1):
    """Two rods and a muscle over the front (sign 1) of an object that is centred on their joint."""
    s = Sketch()
    thigh = s.link(0, [(TURN, Z, s.coordinate())])
    shank = s.link(thigh, [(TURN, -Z, s.coordinate())], offset=(0.0, -0.4, 0.0))
    wrap = Wrap(surface, thigh, (0.0, -0.4, 0.0), size, axis=0, sign=sign)
    points = [PathPoint(thigh, (0.06, -0.1, 0.004)), PathPoint(shank, (0.05, -0.1, -0.003))]
    s.muscles.append(Muscle("over", points, wraps=[wrap]))
    return s.model()


def test_a_wrapped_path_keeps_length_arm_and_lines_of_action_consistent():
    for surface, size in ((Surface.CYLINDER, (0.04, 0.2, 0.0)), (Surface.SPHERE, (0.04, 0.0, 0.0))):
        model = bent_knee(surface, size)
        for flexion in (0.4, 0.6, 0.8):
            q = np.array([0.3, flexion])
            length, arm, pull = measure(model, q)
            ends = [measure(model, q + np.array([0.0, step]))[0][0] for step in (-STEP, STEP)]
            still = np.zeros(2)
            assert length[0] > naive.path(model, 0, q, still)[0] + 1e-4
            assert_allclose(arm[0], -(ends[1] - ends[0]) / (2.0 * STEP), atol=WRAP_ARM_TOL)
            # the shank turns about -Z: the arm is minus the moment of the line of action about Z
            assert_allclose(arm[0], -pull[0, 5], atol=SAME)
            assert_allclose(np.linalg.norm(pull[0, :3]), 1.0, rtol=SAME)


def test_a_cylinder_about_the_joint_has_its_radius_as_moment_arm():
    model = bent_knee(Surface.CYLINDER, (0.04, 0.2, 0.0))
    model.paths.location[:, 2] = 0.0  # in the plane, so that the arc is a circle
    for flexion in (0.9, 1.4):
        assert_allclose(measure(model, np.array([0.0, flexion]))[1], [-0.04], rtol=1e-9)


def test_a_path_that_clears_its_wrap_object_is_straight():
    model = bent_knee(Surface.CYLINDER, (0.01, 0.2, 0.0), sign=0)
    q = np.zeros(2)
    assert_allclose(measure(model, q)[0][0], naive.path(model, 0, q, q)[0], rtol=SAME)


def test_the_patella_turns_the_quadriceps_arm_into_an_extension_arm():
    model = planar_leg().model()
    q = np.zeros(len(model.coordinates))
    q[model.coordinates.index("knee_angle_r")] = 0.8
    _, arm, _ = measure(model, coupled(model, q))
    paths = model.paths
    m, knee = model.muscle_names.index("vasint_r"), model.coordinates.index("knee_angle_r")
    row = paths.arm_first[m]
    assert paths.arm_coordinate[row : paths.arm_first[m + 1]].tolist() == [knee]
    assert -0.09 < arm[row] < -0.02
