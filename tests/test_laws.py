"""Laws of mechanics that hold for any model and any motion, and statics worked out on paper."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import retrogait as rg
from retrogait.kernels.muscles import rigid_tendon
from retrogait.kernels.plan import Motion, new_answer
from retrogait.kernels.status import Status
from retrogait.pipeline import make_plan, solve
from retrogait.settings import Settings
from tests.bodies import (
    TURN,
    G,
    Muscle,
    PathPoint,
    Sketch,
    Z,
    any_loads,
    any_rotation,
    any_state,
    body_of,
    few,
    grow,
    law,
    planar_leg,
    seeds,
)  # fmt: skip
from tests.builders import legs as built_legs
from tests.builders import write
from tests.kernels import naive
from tests.trials import LEG, columns, pushes, reversed_in_time, trial_of, walk

SAME = 1e-10  # relative to the largest number: the same sums in another order
EXACT = 1e-12  # the same, one frame without splines
SHARE = 1e-6  # relative: sharing stops at 1e-9 of the largest moment, which small muscles magnify
SUM = 1e-9  # N, of parts that sum to a force of some thousand newtons
PLAYBACK = 1e-7  # relative to the largest force: a filter and splines run backwards, differentiated twice
POWER = 1e-5  # W relative: central difference of energy over 2e-4 s
TABLE = 3e-6  # of full force: tabulated muscle curves

FRAMES = few(3, 1)
ROWS = few(101, 12)
LINKS = few(5, 3)


def settled(model, q, qd, qdd, load, load_link, **choices):
    """Answer and plan of some frames; coupled coordinates must already follow."""
    motion = Motion(np.arange(len(q)) / 100.0, q, qd, qdd, load, load_link)
    body = body_of(model)
    plan = make_plan(model, Settings(**choices))
    answer = new_answer(len(q), body, plan)
    solve(body, plan, motion, answer, 1)
    return answer, plan


def any_case(seed, *, muscles=0, frames=FRAMES):
    """A model and frames of a motion in which coupled coordinates follow."""
    model = grow(seed, links=LINKS, muscles=muscles)
    state = np.array(any_state(model, seed, frames))
    for frame in range(frames):
        state[:, frame] = naive.couple(model.tree, model.functions, *state[:, frame])
    return model, *state, *any_loads(model, seed, frames)


def close(actual, expected, tolerance=SAME):
    expected = np.asarray(expected)
    size = 1.0 + np.nan_to_num(np.abs(expected)).max(initial=0.0)
    assert_allclose(actual, expected, rtol=0.0, atol=tolerance * size)


def fold(model, q, force):
    """Generalised forces with every coupled one moved to its driver."""
    force = force.copy()
    for c in np.flatnonzero(model.tree.driver >= 0):
        source = model.tree.driver[c]
        gain = [naive.function(model.functions, model.tree.driver_function[c], x)[1] for x in q[:, source]]
        force[:, source] += force[:, c] * gain
        force[:, c] = 0.0
    return force


def moments_of_muscles(model, answer):
    """(frame, coordinate) what the muscles' forces do through their moment arms."""
    out = np.zeros_like(answer.force)
    first = model.paths.arm_first
    for m in range(first.size - 1):
        for row in range(first[m], first[m + 1]):
            out[:, model.paths.arm_coordinate[row]] += answer.arm[:, row] * answer.tension[:, m]
    return out


# ---- any tree, any motion ------------------------------------------------------------------------


@law()
@given(seed=seeds)
def test_reversing_time_leaves_generalized_forces_and_joint_loads_unchanged(seed):
    model, q, qd, qdd, *loads = any_case(seed)
    forward, _ = settled(model, q, qd, qdd, *loads)
    backward, _ = settled(model, q, -qd, qdd, *loads)
    close(backward.force, forward.force, EXACT)
    close(backward.reaction, forward.reaction, EXACT)


@law()
@given(seed=seeds)
def test_tilting_gravity_is_tilting_everything_else(seed):
    model, q, qd, qdd, load, link = any_case(seed)
    upright, _ = settled(model, q, qd, qdd, load, link)
    R = any_rotation(np.random.default_rng([seed, 3]))
    tree = model.tree
    frames, offsets = tree.frame_rotation.copy(), tree.frame_offset.copy()
    for root in np.flatnonzero(tree.parent == 0):
        frames[root] = (R @ frames[root].reshape(3, 3)).ravel()
        offsets[root] = R @ offsets[root]
    turned = tree._replace(
        gravity=R @ tree.gravity, frame_rotation=frames, frame_offset=offsets,
        frame_aligned=np.zeros_like(tree.frame_aligned),
    )  # fmt: skip
    load = (load.reshape(-1, 3, 3) @ R.T).reshape(load.shape)
    tilted, _ = settled(dataclasses.replace(model, tree=turned), q, qd, qdd, load, link)
    close(tilted.force, upright.force)
    close(tilted.reaction, upright.reaction)  # in body axes


@law()
@given(seed=seeds)
def test_twice_the_mass_and_the_wrenches_is_twice_every_load(seed):
    model, q, qd, qdd, load, link = any_case(seed)
    single, _ = settled(model, q, qd, qdd, load, link)
    tree = model.tree._replace(mass=2.0 * model.tree.mass, inertia=2.0 * model.tree.inertia)
    heavy = load * np.repeat([2.0, 1.0, 2.0], 3)
    double, _ = settled(dataclasses.replace(model, tree=tree), q, qd, qdd, heavy, link)
    assert_array_equal(double.force, 2.0 * single.force)  # a power of two rounds nothing
    assert_array_equal(double.reaction, 2.0 * single.reaction)


@law(15)
@given(seed=seeds)
def test_joint_power_and_external_power_change_the_energy(seed):
    model, q, qd, qdd, load, link = any_case(seed, frames=1)
    answer, _ = settled(model, q, qd, qdd, load, link)
    tree, functions = model.tree, model.functions
    q, qd, qdd = q[0], qd[0], qdd[0]
    jets = naive.transforms(tree, functions, q, qd, qdd)
    power = answer.force[0] @ qd
    for wrench, where in zip(load[0], link, strict=True):
        power += wrench[:3] @ naive.point_velocity(jets[where], wrench[3:6])
        power += wrench[6:] @ naive.spin(jets[where])
    assert power == pytest.approx(naive.energy_rate(tree, functions, q, qd, qdd), rel=SAME, abs=1e-8)


@law(10)
@given(seed=seeds)
def test_the_energy_that_changes_is_half_m_v_squared_and_m_g_h(seed):
    model = grow(seed, links=3, couplers=False)
    q, qd, qdd = (x[0] for x in any_state(model, seed))
    step = 1e-4
    ends = [
        naive.energy(model.tree, model.functions, q + t * qd + 0.5 * t * t * qdd, qd + t * qdd)
        for t in (-step, step)
    ]
    rate = naive.energy_rate(model.tree, model.functions, q, qd, qdd)
    size = 1.0 + np.abs(ends).max() + abs(rate)
    assert (ends[1] - ends[0]) / (2.0 * step) == pytest.approx(rate, abs=POWER * size)


@law(15)
@given(seed=seeds)
def test_what_hangs_from_ground_gets_all_of_m_a_minus_m_g_that_loads_do_not_give(seed):
    model, q, qd, qdd, load, link = any_case(seed, frames=1)
    answer, _ = settled(model, q, qd, qdd, load, link)
    tree = model.tree
    needed = naive.needs(tree, model.functions, q[0], qd[0], qdd[0])
    missing = sum(F.sum(1) for _, _, F in needed.values()) - load[0, :, :3].sum(0)
    jets = naive.transforms(tree, model.functions, q[0], qd[0], qdd[0])
    roots = np.flatnonzero(tree.parent == 0)
    close(sum(jets[root][0][:3, :3] @ answer.reaction[0, root, :3] for root in roots), missing)


@law(15)
@given(seed=seeds, exponent=st.sampled_from([2, 3]))
def test_moment_arms_times_forces_and_reserves_are_the_moments(seed, exponent):
    model, q, qd, qdd, *loads = any_case(seed, muscles=few(8, 3))
    answer, plan = settled(model, q, qd, qdd, *loads, exponent=exponent, reserve=20.0)
    assert_array_equal(answer.status, Status.SOLVED)
    close(fold(model, q, answer.force), moments_of_muscles(model, answer) + answer.reserve)
    assert (answer.activation >= 0.0).all()
    assert (answer.activation <= 1.0).all()
    assert plan.shared.size > 0


@law(10)
@given(seed=seeds)
def test_a_muscle_gives_what_its_length_and_speed_allow_times_its_activation(seed):
    model, q, qd, qdd, load, link = any_case(seed, muscles=few(6, 3), frames=1)
    answer, _ = settled(model, q, qd, qdd, load, link, minimum_activation=0.3)
    paths = [naive.path(model, m, q[0], qd[0]) for m in range(len(model.muscle_names))]
    length, speed = np.array(paths).T.copy()
    active, passive, fiber_length = np.empty((3, length.size))
    rigid_tendon(model.muscles, length, speed, active, passive, fiber_length)
    close(answer.length[0], length)
    close(answer.fiber_length[0], fiber_length)
    close(answer.tension[0], answer.activation[0] * active)


@law(10)
@given(seed=seeds)
def test_joints_carry_what_inverse_dynamics_found_less_the_muscles_pull(seed):
    model, q, qd, qdd, load, link = any_case(seed, muscles=few(6, 3), frames=1)
    answer, _ = settled(model, q, qd, qdd, load, link)
    jets = naive.transforms(model.tree, model.functions, q[0], qd[0], qdd[0])
    for joint in range(1, len(model.links)):
        total = naive.joint_wrench(model.tree, model.functions, q[0], qd[0], qdd[0], load[0], link, joint)
        for m, tension in enumerate(answer.tension[0]):
            total -= tension * naive.pull(model, m, q[0], joint)
        R = jets[joint][0][:3, :3]
        close(answer.reaction[0, joint], np.concatenate([R.T @ total[:3], R.T @ total[3:]]))


# ---- a whole trial of a leg ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def leg():
    """A sketched leg in the plane."""
    return planar_leg().model()


@pytest.fixture(scope="module")
def legs(tmp_path_factory):
    """A model of both legs in space that OpenSim wrote."""
    return rg.load_model(write(built_legs(("r", "l")), tmp_path_factory.mktemp("laws") / "legs.osim"))


@pytest.fixture(scope="module", params=["sketched", "built"])
def trial(request):
    """A walking trial, with its model and its result."""
    model = request.getfixturevalue("leg" if request.param == "sketched" else "legs")
    feet = ("calcn_r",) if request.param == "sketched" else ("calcn_r", "calcn_l")
    rows = ROWS if request.param == "sketched" else few(101, 8)
    walking = walk(model, rows, feet)
    return model, walking, rg.analyze(model, walking, reserve=10.0, threads=1)


@pytest.fixture(scope="module")
def forward(leg):
    """A planar leg's walking trial."""
    return rg.analyze(leg, walk(leg, ROWS), reserve=10.0, threads=1)


def test_a_trial_played_backwards_has_the_same_moments_and_other_activations(trial):
    model, walking, forward = trial
    back = rg.analyze(model, reversed_in_time(walking), reserve=10.0, threads=1)
    for name in (
        "coordinate_value", "coordinate_acceleration", "generalized_force", "tibiofemoral_net_force",
        "knee_flexion", "knee_extension_moment", "knee_adduction_moment", "ground_reaction_force",
    ):  # fmt: skip
        close(back[name].values[::-1], forward[name].values, PLAYBACK)
    close(back["coordinate_speed"].values[::-1], -forward["coordinate_speed"].values, PLAYBACK)
    gap = np.abs(back["activation"].values[::-1] - forward["activation"].values)
    assert gap.max() > 0.01  # force-velocity: what shortened now lengthens


def test_contributions_sum_to_the_tibiofemoral_force(trial):
    forward = trial[2]
    whole = forward.tibiofemoral_net_force + forward.tibiofemoral_contribution.sum("muscle")
    assert_allclose(whole.values, forward.tibiofemoral_force.values, atol=SUM, rtol=0.0)
    pulls = np.abs(forward.tibiofemoral_contribution).max(("time", "side", "axis"))
    crossing = {f"{name}_{side}" for name in ("recfem", "vasint", "bflh", "gasmed") for side in "rl"}
    assert {str(m) for m in pulls.muscle.values[pulls.values > 0.0]} <= crossing
    assert float(pulls.max()) > 1.0


@pytest.mark.parametrize(
    "choices", [{}, {"exponent": 3}, {"passive": True}, {"minimum_activation": 0.02}], ids=str
)
def test_muscle_moments_and_reserves_fill_every_shared_moment_of_a_trial(leg, choices):
    forward = rg.analyze(leg, walk(leg, ROWS), reserve=10.0, threads=1, **choices)
    assert_array_equal(forward.status, Status.SOLVED)
    assert float(forward.activation.min()) >= choices.get("minimum_activation", 0.0)
    assert float(forward.activation.max()) <= 1.0
    shared = forward.coordinate_shared.values == 1
    assert list(forward.coordinate.values[shared]) == ["hip_flexion_r", "knee_angle_r", "ankle_angle_r"]
    q = forward.coordinate_value.values
    folded = fold(leg, q, forward.generalized_force.values)
    for frame in range(0, ROWS, few(20, 6)):
        for c in np.flatnonzero(shared):
            total = forward.reserve.values[frame, c]
            for m in range(len(leg.muscle_names)):
                tension = forward.muscle_force.values[frame, m]
                total += naive.moment_arm(leg, m, q[frame], c) * tension
            assert total == pytest.approx(folded[frame, c], abs=SUM * 1e3)


def mirrored(trial):
    """The same trial in a mirror that stands in the sagittal plane."""
    names = trial.motion.labels
    other = [swapped(name) for name in names]
    sign = [-1.0 if name in {"pelvis_list", "pelvis_rotation", "pelvis_tz"} else 1.0 for name in names]
    loads = trial.loads
    across, about = np.array([1.0, 1.0, -1.0]), np.array([-1.0, -1.0, 1.0])
    return dataclasses.replace(
        trial,
        motion=dataclasses.replace(trial.motion, labels=tuple(other), values=trial.motion.values * sign),
        loads=dataclasses.replace(
            loads, force=loads.force * across, point=loads.point * across, torque=loads.torque * about,
            body=tuple(swapped(body) for body in loads.body),
        ),
    )  # fmt: skip


def swapped(name):
    """A name of the other side."""
    return {"_r": name[:-2] + "_l", "_l": name[:-2] + "_r"}.get(name[-2:], name)


@pytest.mark.parametrize("exponent", [2, 3])
def test_the_right_leg_in_a_mirror_is_the_left_leg(legs, exponent):
    walking = walk(legs, few(40, 8), ("calcn_r", "calcn_l"))
    choices = {"reserve": 10.0, "threads": 1, "exponent": exponent}
    plain, mirror = (rg.analyze(legs, t, **choices) for t in (walking, mirrored(walking)))
    tolerance = SHARE if exponent == 2 else 100.0 * SHARE  # p = 3 is flat around zero
    for side, other in (("right", "left"), ("left", "right")):
        for name in (
            "knee_flexion", "knee_extension_moment", "knee_adduction_moment", "quadriceps_activation",
            "patellofemoral_force",
        ):  # fmt: skip
            close(mirror[name].sel(side=other), plain[name].sel(side=side), tolerance)
        across = np.array([1.0, 1.0, -1.0])
        for name in ("tibiofemoral_force", "tibiofemoral_net_force", "ground_reaction_force"):
            close(mirror[name].sel(side=other), plain[name].sel(side=side) * across, tolerance)
    others = [swapped(str(m)) for m in plain.muscle.values]
    close(mirror.muscle_length.sel(muscle=others), plain.muscle_length)
    close(mirror.activation.sel(muscle=others), plain.activation, tolerance)


def tilt_trial(trial, angle):
    """The same trial in axes turned by ``angle`` about Z."""
    c, s = np.cos(angle), np.sin(angle)
    R = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    values = trial.motion.values.copy()
    where = [trial.motion.labels.index(name) for name in ("pelvis_tx", "pelvis_ty", "pelvis_tilt")]
    values[:, where[:2]] = values[:, where[:2]] @ R[:2, :2].T
    values[:, where[2]] += angle
    turned = {name: getattr(trial.loads, name) @ R.T for name in ("force", "point", "torque")}
    return dataclasses.replace(
        trial,
        motion=dataclasses.replace(trial.motion, values=values),
        loads=dataclasses.replace(trial.loads, **turned),
    )


@pytest.mark.parametrize("direction", ["forward", "retro"])
def test_walking_on_an_incline_is_walking_on_the_level_with_everything_turned(leg, direction):
    incline = 0.12
    on_surface = walk(leg, ROWS, axes="surface", incline=incline, direction=direction)
    slope = incline if direction == "forward" else -incline  # uphill backwards: the way falls ahead
    level = tilt_trial(walk(leg, ROWS, direction=direction), slope)
    a, b = (rg.analyze(leg, t, reserve=10.0, threads=1) for t in (on_surface, level))
    joints = [c for c in leg.coordinates if c not in {"pelvis_tx", "pelvis_ty"}]
    for name in ("generalized_force", "reserve"):
        close(a[name].sel(coordinate=joints), b[name].sel(coordinate=joints), SHARE)
    for name in ("tibiofemoral_force", "activation", "knee_extension_moment", "joint_reaction_force"):
        close(a[name], b[name], SHARE)
    flat = rg.analyze(leg, walk(leg, ROWS, direction=direction), reserve=10.0, threads=1)
    assert np.abs(flat.generalized_force - a.generalized_force).max() > 10.0


@pytest.mark.parametrize("direction", ["forward", "retro"])
def test_an_incline_of_zero_is_the_level_bit_for_bit(leg, direction):
    surface, level = (
        rg.analyze(leg, walk(leg, ROWS, axes=axes, incline=0.0, direction=direction), threads=1)
        for axes in ("surface", "level")
    )
    for name in level.data_vars:
        assert_array_equal(surface[name].values, level[name].values, err_msg=str(name))


def test_twice_the_mass_the_strength_and_the_loads_is_the_same_effort(leg, forward):
    tree = leg.tree._replace(mass=2.0 * leg.tree.mass, inertia=2.0 * leg.tree.inertia)
    muscles = leg.muscles._replace(maximum_isometric_force=2.0 * leg.muscles.maximum_isometric_force)
    giant = dataclasses.replace(leg, tree=tree, muscles=muscles)
    trial = walk(leg, ROWS)
    loads = dataclasses.replace(trial.loads, force=2.0 * trial.loads.force, torque=2.0 * trial.loads.torque)
    result = rg.analyze(giant, dataclasses.replace(trial, loads=loads), reserve=20.0, threads=1)
    close(result.activation, forward.activation, SHARE)
    for name in ("generalized_force", "muscle_force", "tibiofemoral_force", "joint_reaction_moment"):
        close(result[name], 2.0 * forward[name], SHARE)
    close(result.patellofemoral_stress, 2.0 * forward.patellofemoral_stress, SHARE)


# ---- statics on paper ----------------------------------------------------------------------------


def seated_shank(*, second=False):
    """A shank of 4 kg held level in front of a level, fixed thigh, by one or two quadriceps.

    The knee is the origin of ground, the thigh lies along -X and the straight shank along +X, so the shank's
    own x points up and its own y to the thigh.
    """
    s = Sketch()
    level = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    knee = s.coordinate("knee_angle_r")
    s.link(0, [(TURN, -Z, knee)], name="tibia_r", mass=4.0, com=(0.0, -0.2, 0.0), rotation=level)
    for name, height in (("vasint_r", 0.02), ("vaslat_r", 0.05))[: 2 if second else 1]:
        points = [PathPoint(0, (-0.4, height, 0.0)), PathPoint(1, (0.04, -0.05, 0.0))]
        length = float(np.hypot(0.45, 0.04 - height))
        s.muscles.append(Muscle(name, points, strength=3000.0, optimal=0.1, slack=length - 0.1))
    return s.model()


def still_trial(angle):
    rows = 8
    return trial_of(np.arange(rows) / 100.0, ["knee_angle_r"], np.full((rows, 1), angle))


@pytest.mark.parametrize("second", [False, True])
def test_a_shank_held_level_loads_the_knee_as_statics_says(second):
    reserve = 2.0
    model = seated_shank(second=second)
    result = rg.analyze(model, still_trial(0.0), reserve=reserve, threads=1).isel(time=3, side=0)
    weight, moment = 4.0 * G, 4.0 * G * 0.2
    insertion = np.array([0.05, 0.04])
    origins = [np.array([-0.4, 0.02]), np.array([-0.4, 0.05])][: 2 if second else 1]
    pulls = [(o - insertion) / np.linalg.norm(o - insertion) for o in origins]
    arms = np.array([insertion[0] * u[1] - insertion[1] * u[0] for u in pulls])
    assert (arms > 0.02).all()
    assert float(result.knee_extension_moment) == pytest.approx(moment, rel=EXACT)
    # minimise sum a^2 / 2 + r^2 / 2 with sum F0 arm a + w r = moment: a in proportion to F0 arm
    gains = 3000.0 * arms
    effort = gains * moment / (gains @ gains + reserve**2)
    assert_allclose(result.activation, effort, rtol=10 * TABLE)
    # on the shank: its weight, the muscles' pull, and the femur's push that closes the sum
    push = np.array([0.0, weight]) - 3000.0 * effort @ np.array(pulls)
    assert_allclose(result.tibiofemoral_force, [push[1], -push[0], 0.0], rtol=10 * TABLE, atol=1e-6)
    assert_allclose(result.tibiofemoral_net_force, [weight, 0.0, 0.0], rtol=EXACT, atol=1e-9)
    assert float(result.tibiofemoral_force.sel(axis="y")) < -100.0  # compression


def test_a_leg_that_stands_without_muscles_carries_what_stands_on_it():
    s = Sketch()
    hip, knee = s.coordinate("hip_flexion_r"), s.coordinate("knee_angle_r")
    thigh = s.link(0, [(TURN, Z, hip)], name="femur_r", mass=8.0, com=(0, -0.2, 0), offset=(0, 0.9, 0))
    s.link(thigh, [(TURN, -Z, knee)], name="tibia_r", mass=4.0, com=(0, -0.2, 0), offset=(0, -0.4, 0))
    model = s.model()
    rows = 8
    push = np.zeros((rows, 1, 9))
    push[:, 0, :6] = [0.0, 600.0, 0.0, 0.05, 0.0, 0.0]  # 5 cm in front of a vertical leg
    trial = trial_of(np.arange(rows) / 100.0, list(model.coordinates), np.zeros((rows, 2)), push, ["tibia_r"])
    result = rg.analyze(model, trial, cutoff=None, threads=1).isel(time=2)
    assert float(result.tibiofemoral_net_force.sel(axis="y").isel(side=0)) == pytest.approx(
        4.0 * G - 600.0, rel=EXACT
    )
    # the ground pushes 600 N 5 cm in front of the knee, which it extends: flexors must pull 30 N m
    assert float(result.knee_extension_moment[0]) == pytest.approx(-600.0 * 0.05, rel=EXACT)
    hip_force = result.joint_reaction_force.sel(joint="joint1", axis="y")
    assert float(hip_force) == pytest.approx(12.0 * G - 600.0, rel=EXACT)


def test_every_column_of_the_walking_formula_is_finite():
    names = list(LEG)
    time, values = columns(names, 5)
    assert np.isfinite(values).all()
    assert np.isfinite(pushes(time, ["a", "b"])).all()
