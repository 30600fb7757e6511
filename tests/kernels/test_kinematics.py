import numpy as np
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.model import Primitive, Rates
from tests.bodies import (
    SLIDE,
    TURN,
    Sketch,
    X,
    Y,
    Z,
    any_rotation,
    any_state,
    few,
    grow,
    law,
    seeds,
)  # fmt: skip
from tests.kernels import naive

SAME = 1e-11  # relative to the largest number: rounding along five links
LINKS = few(5, 3)


def posed(model, q, qd, qdd):
    pose = new_pose(model.tree.parent.size, model.tree.kind.size)
    place(model.tree, model.functions, q, qd, qdd, pose)
    return pose


def close(actual, expected):
    expected = np.asarray(expected)
    assert_allclose(actual, expected, rtol=0.0, atol=SAME * (1.0 + np.abs(expected).max(initial=0.0)))


@law()
@given(seed=seeds)
def test_links_stand_move_and_accelerate_as_products_of_matrices_say(seed):
    model = grow(seed, links=LINKS)
    q, qd, qdd = (x[0] for x in any_state(model, seed))
    pose = posed(model, q, qd, qdd)
    jets = naive.transforms(model.tree, model.functions, q, qd, qdd)
    close(pose.rotation.reshape(-1, 3, 3), [T[0][:3, :3] for T in jets])
    close(pose.position, [T[0][:3, 3] for T in jets])
    close(pose.spin, [naive.spin(T) for T in jets])
    close(pose.turn, [naive.turn(T) for T in jets])
    close(pose.acceleration, [T[2][:3, 3] - model.tree.gravity for T in jets])


@law(10)
@given(seed=seeds)
def test_each_primitive_moves_its_link_along_its_axis(seed):
    model = grow(seed, links=3)
    tree = model.tree
    q = any_state(model, seed)[0][0]
    still = np.zeros_like(q)
    pose = posed(model, q, still, still)
    for c in range(q.size):
        T = naive.transforms(tree, model.functions, q, np.eye(q.size)[c], still)
        for link in range(1, tree.parent.size):
            above = int(tree.parent[link])
            rows = [k for k in range(tree.first[link], tree.last[link]) if tree.coordinate[k] == c]
            turned = sum(
                (pose.slope[k] * pose.axis[k] for k in rows if tree.kind[k] == Primitive.ROTATION),
                np.zeros(3),
            )
            close(turned, naive.spin(T[link]) - naive.spin(T[above]))


def test_reusing_a_pose_leaves_no_trace_of_the_frame_before():
    model = grow(3)
    (q0, q1), (qd0, qd1), (qdd0, qdd1) = any_state(model, 3, frames=2)
    used = posed(model, q0, qd0, qdd0)
    place(model.tree, model.functions, q1, qd1, qdd1, used)
    for after, fresh in zip(used, posed(model, q1, qd1, qdd1), strict=True):
        assert_array_equal(after, fresh)


@law(10)
@given(seed=seeds)
def test_a_coupled_coordinate_follows_its_driver_with_both_rates(seed):
    model = grow(seed, links=4)
    state = any_state(model, seed, frames=3)
    q, qd, qdd = (x.copy() for x in state)
    couple(model.tree, model.functions, q, qd, qdd)
    for frame in range(3):
        expected = naive.couple(model.tree, model.functions, *(x[frame] for x in state))
        close(np.array([q[frame], qd[frame], qdd[frame]]), expected)
    free = model.tree.driver < 0
    assert_array_equal(q[:, free], state[0][:, free])


@law(10)
@given(seed=seeds)
def test_simbodys_rates_are_the_chain_rule_where_each_rotation_has_a_coordinate_of_its_own(seed):
    rng = np.random.default_rng(seed)
    sketch = Sketch()
    for _ in range(2):
        own = [sketch.coordinate() for _ in range(3)]
        sketch.link(len(sketch.links) - 1, [(TURN, axis, c) for axis, c in zip((Z, X, Y), own, strict=True)],
                    mass=1.0, offset=rng.normal(size=3), rotation=any_rotation(rng))  # fmt: skip
    exact = sketch.model()
    simbody = sketch.model(tree=exact.tree._replace(rates=np.full(3, int(Rates.FUNCTION))))
    state = [x[0] for x in any_state(exact, seed)]
    for a, b in zip(posed(simbody, *state), posed(exact, *state), strict=True):
        close(a, b)


@law(10)
@given(seed=seeds)
def test_quasi_rates_are_the_angular_velocity_in_the_parent_frame(seed):
    rng = np.random.default_rng(seed)
    sketch = Sketch()
    own = [sketch.coordinate() for _ in range(3)]
    frame = any_rotation(rng)
    sketch.link(0, [(TURN, axis, c) for axis, c in zip((X, Y, Z), own, strict=True)], rotation=frame)
    model = sketch.model()
    model = sketch.model(tree=model.tree._replace(rates=np.full(2, int(Rates.QUASI))))
    q, qd, qdd = (x[0] for x in any_state(model, seed))
    pose = posed(model, q, qd, qdd)
    close(pose.spin[1], frame @ qd)
    close(pose.turn[1], frame @ qdd)


def test_a_slider_on_a_turntable_feels_coriolis():
    sketch = Sketch(gravity=(0.0, 0.0, 0.0))
    table = sketch.link(0, [(TURN, Y, sketch.coordinate())])
    sketch.link(table, [(SLIDE, X, sketch.coordinate())])
    model = sketch.model()
    pose = posed(model, np.array([0.0, 2.0]), np.array([3.0, 5.0]), np.zeros(2))
    # -w^2 r outwards and 2 w v across: at angle zero X points along +X and the turn carries it to -Z
    close(pose.acceleration[2], [-(3.0**2) * 2.0, 0.0, -2.0 * 3.0 * 5.0])


def test_a_coordinate_that_is_not_a_number_reaches_everything_that_hangs_from_it():
    model = grow(5)
    q, qd, qdd = (x[0] for x in any_state(model, 5))
    k = int(np.flatnonzero(model.tree.coordinate >= 0)[0])
    q[model.tree.coordinate[k]] = np.nan
    link = int(np.flatnonzero((model.tree.first <= k) & (k < model.tree.last))[-1])
    pose = posed(model, q, qd, qdd)
    assert np.isnan(pose.acceleration[list(naive.family(model.tree, link) - {link})]).any(axis=1).all()
    assert np.isnan(pose.rotation[link]).any() or np.isnan(pose.position[link]).any()
