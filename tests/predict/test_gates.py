"""Gates: a walk passes, and every way of not walking is caught and named."""

import numpy as np
import pytest

from retrogait.predict.condition import Condition
from retrogait.predict.figure import ROOT
from retrogait.predict.gates import CROUCH, WORK_ERROR, failures, stance_of, weight_error, work_error
from retrogait.quantities import GRAVITY
from tests.predict import paper

EXACT = 1e-12  # BW, J; sums of some hundred numbers


def told(figure, stride, condition=paper.CONDITION, objective=7.0, usual=None):
    return list(failures(figure, stride, condition, objective, usual))


def only(messages):
    (message,) = messages
    return message


@pytest.mark.parametrize("direction", ["forward", "retro"])
@pytest.mark.parametrize("incline", [-10.0, 0.0, 10.0])
def test_a_walk_passes_in_either_direction_and_on_a_slope(figure, direction, incline):
    condition = Condition(direction, 1.0, incline)
    stride = paper.stride(figure, condition)
    assert weight_error(figure, stride, condition) < EXACT
    if incline == 0.0:
        assert told(figure, stride, condition) == []
    # Without a joint that works, only level walking is in balance.
    else:
        assert only(told(figure, stride, condition)).startswith("work over a step")


def test_level_walking_on_a_slope_is_off_its_weight(figure, stride):
    uphill = Condition("forward", 1.2, 5.0)
    error = weight_error(figure, stride, uphill)
    assert error == pytest.approx(2.0 * np.sin(np.radians(2.5)), rel=1e-6)
    assert any("off the weight" in message for message in told(figure, stride, uphill))


def test_uphill_the_ground_pushes_the_way_the_person_goes(figure):
    forward, retro = (Condition(direction, 1.0, 8.0) for direction in ("forward", "retro"))
    stride = paper.stride(figure, retro)
    assert weight_error(figure, stride, retro) < EXACT
    assert weight_error(figure, stride, forward) == pytest.approx(2.0 * np.sin(np.radians(8.0)), rel=1e-6)


def test_work_is_that_of_joints_ground_and_gravity(figure, stride):
    """A joint that works at constant power, a sole that slides, a climb: each alone, by hand."""
    rows, period = stride.time.size, stride.time[-1]
    v, muscle = np.zeros_like(stride.v), np.zeros_like(stride.v)
    v[:, len(ROOT)], muscle[:, len(ROOT)] = 2.0, 3.0
    assert work_error(figure, stride._replace(v=v, muscle=muscle), paper.CONDITION) == pytest.approx(
        0.5 * period * 6.0
    )
    passive = stride._replace(v=v, passive=muscle)
    assert work_error(figure, passive, paper.CONDITION) == pytest.approx(0.5 * period * 6.0)
    slip, force = np.zeros_like(stride.slip), np.zeros_like(stride.force)
    slip[:, 0, 0], force[:, 0, 0] = 0.1, -50.0
    sliding = stride._replace(slip=slip, force=force)
    assert work_error(figure, sliding, paper.CONDITION) == pytest.approx(-0.5 * period * 5.0)
    for direction in ("forward", "retro"):
        uphill = Condition(direction, 1.2, 5.0)
        climbed = 1.2 * period * np.sin(np.radians(5.0))
        made = paper.stride(figure, uphill)
        assert work_error(figure, made, uphill) == pytest.approx(-0.5 * figure.mass * GRAVITY * climbed)
    assert rows == paper.ROWS + 1


def test_the_trunk_does_no_work(figure, stride):
    """Whatever stands in the rows of the trunk is a residual, not a joint."""
    muscle = np.zeros_like(stride.v)
    muscle[:, : len(ROOT)] = 1e3
    assert work_error(figure, stride._replace(muscle=muscle), paper.CONDITION) == 0.0


def heavier(figure, stride):
    return stride._replace(force=1.002 * stride.force)


def sideways(figure, stride):
    force = stride.force.copy()
    force[..., 0] += 0.002 * figure.mass * GRAVITY / stride.force.shape[1]
    return stride._replace(force=force)


def gaining(figure, stride):
    v, muscle = stride.v.copy(), np.zeros_like(stride.muscle)
    v[:, len(ROOT)] = 1.0
    muscle[:, len(ROOT)] = 2.4 * WORK_ERROR / stride.time[-1]
    return stride._replace(v=v, muscle=muscle)


def fallen(figure, stride):
    q = stride.q.copy()
    q[30, 0] = np.radians(-40.0)
    return stride._replace(q=q)


def crouching(figure, stride):
    q = stride.q.copy()
    alone = stance_of(figure, stride, 0) & ~stance_of(figure, stride, 1)
    q[np.flatnonzero(alone)[3], figure.row("knee_angle_r")] = CROUCH + np.radians(5.0)
    return stride._replace(q=q)


def saturated(figure, stride):
    activation = stride.activation.copy()
    activation[: paper.ROWS // 8, 4] = 1.0
    return stride._replace(activation=activation)


def carried_by(figure, stride, right):
    """The same walk with the weight on the right foot where told, else on the left one."""
    half = stride.force.shape[1] // 2
    force = np.zeros_like(stride.force)
    share = np.asarray(right, float)[:, None]
    weight = figure.mass * GRAVITY / half
    force[:, :half, 1], force[:, half:, 1] = share * weight, (1.0 - share) * weight
    return stride._replace(force=force)


def stumbling(figure, stride):
    phase = np.arange(paper.ROWS + 1) % paper.ROWS
    return carried_by(figure, stride, ((phase < 45) | ((phase > 60) & (phase < 70))) * 1.0)


def hopping(figure, stride):
    phase = np.arange(paper.ROWS + 1) % paper.ROWS
    return carried_by(figure, stride, (phase < 40) * 1.0)


def shuffling(figure, stride):
    return carried_by(figure, stride, np.full(paper.ROWS + 1, 0.5))


DOCTORED = [
    (heavier, "mean ground force off the weight by 0.0020 BW"),
    (sideways, "mean ground force off the weight by 0.0020 BW"),
    (gaining, "work over a step is 0.012 J, not zero"),
    (fallen, "the trunk leans 40 deg"),
    (crouching, f"the knee carries the body at {np.degrees(CROUCH) + 5.0:.0f} deg of flexion"),
    (saturated, "a muscle is fully active for 12 % of the stride"),
    (stumbling, "the foot touches down 2 times in a stride"),
    (hopping, "stance is 40 % of the stride"),
]


@pytest.mark.parametrize(("doctor", "why"), DOCTORED, ids=[d[0].__name__ for d in DOCTORED])
def test_what_is_not_walking_is_caught_and_named(figure, stride, doctor, why):
    assert told(figure, stride) == []
    assert only(told(figure, doctor(figure, stride))) == why


def test_two_feet_that_never_leave_the_ground_are_no_walk(figure, stride):
    messages = told(figure, shuffling(figure, stride))
    assert "stance is 100 % of the stride" in messages


def test_a_brief_peak_of_activation_and_a_knee_bent_off_single_support_are_walking(figure, stride):
    activation, q = stride.activation.copy(), stride.q.copy()
    activation[: paper.ROWS // 12, 4] = 1.0
    alone = stance_of(figure, stride, 0) & ~stance_of(figure, stride, 1)
    q[:-1][~alone, figure.row("knee_angle_r")] = CROUCH + np.radians(1.0)
    assert told(figure, stride._replace(activation=activation, q=q)) == []


def test_a_gait_much_dearer_than_its_neighbour_is_another_kind_of_gait(figure, stride):
    assert told(figure, stride, objective=15.0, usual=10.0) == []
    assert only(told(figure, stride, objective=17.0, usual=10.0)).startswith("cost 17.00, 1.7 times")


def test_a_stride_without_numbers_does_not_pass(figure, stride):
    nothing = type(stride)(*(np.full_like(part, np.nan) for part in stride))
    assert told(figure, nothing)
