"""What a solved gait has to pass before it counts as walking.

A solver that stops at a point where equations hold and no small change helps may have found a hop, a crouch
or a stumble. These gates know what walking is in either direction, and nothing of what a study hopes to find.
"""

from collections.abc import Iterator

import numpy as np

from retrogait.arrays import Bools
from retrogait.predict.condition import Condition
from retrogait.predict.figure import ROOT, Figure
from retrogait.predict.stride import Stride
from retrogait.quantities import GRAVITY

CONTACT = 0.03
"""Vertical ground force from which a foot counts as on the ground [BW]: the smooth law never lets go
entirely."""

STANCE = (0.5, 0.85)
"""Share of the stride a foot is on the ground: below half nobody walks, there is a flight [1]."""

WEIGHT_ERROR = 1e-3
"""Largest error of the mean ground force of a stride against the weight, along either axis [BW]."""

WORK_ERROR = 0.01
"""Largest sum of the work of joints, ground and gravity over a step [J]: what ends as it began, mirrored, has
gained nothing. The sum is over nodes, so it holds the error of the discretisation besides."""

LEANS = np.radians(35.0)
"""Largest lean of the trunk from vertical [rad]."""

CROUCH = np.radians(70.0)
"""Largest flexion of the knee while its foot alone carries the body [rad]."""

SATURATED = 0.98
"""Activation at which a muscle is at its end; brief peaks may, a tenth of the stride may not [1]."""

WORSE = 1.6
"""How much dearer than its start's neighbours' a gait may be before it counts as another kind of gait [1]."""


def weight_error(figure: Figure, stride: Stride, condition: Condition) -> float:
    """Distance of the mean ground force from what holds the body on its slope [BW]."""
    incline = np.radians(condition.incline)
    carried = (stride.ground(0) + stride.ground(1))[:-1].mean(axis=0) / (figure.mass * GRAVITY)
    wanted = np.array([condition.sign * np.sin(incline), np.cos(incline)])
    return float(np.linalg.norm(carried - wanted))


def work_error(figure: Figure, stride: Stride, condition: Condition) -> float:
    """Work of joints, ground and gravity over a step, which is zero for a periodic motion [J]."""
    step = stride.time[1] - stride.time[0]
    joints = (stride.moment * stride.v)[:-1, len(ROOT) :].sum()
    ground = (stride.force * stride.slip)[:-1].sum()
    length = stride.q[-1, 1] - stride.q[0, 1]
    gravity = -condition.sign * GRAVITY * np.sin(np.radians(condition.incline)) * figure.mass * length
    return float(0.5 * (step * (joints + ground) + gravity))


def stance_of(figure: Figure, stride: Stride, side: int) -> Bools:
    """(row,) whether a foot is on the ground, last row left out."""
    return np.asarray(stride.ground(side)[:-1, 1] > CONTACT * figure.mass * GRAVITY)


def failures(
    figure: Figure, stride: Stride, condition: Condition, objective: float, usual: float | None
) -> Iterator[str]:
    """Say in words what keeps a gait from counting; nothing if it passes.

    Parameters
    ----------
    objective : of the gait
    usual     : of a neighbouring gait, None where there is none
    """
    if usual is not None and objective > WORSE * usual:
        yield f"cost {objective:.2f}, {objective / usual:.1f} times that of its neighbour"
    error = weight_error(figure, stride, condition)
    if error > WEIGHT_ERROR:
        yield f"mean ground force off the weight by {error:.4f} BW"
    work = work_error(figure, stride, condition)
    if abs(work) > WORK_ERROR:
        yield f"work over a step is {work:.3f} J, not zero"
    down = stance_of(figure, stride, 0)
    share = float(down.mean())
    if not STANCE[0] <= share <= STANCE[1]:
        yield f"stance is {100 * share:.0f} % of the stride"
    contacts = int(np.sum(down & ~np.roll(down, 1)))
    if contacts != 1:
        yield f"the foot touches down {contacts} times in a stride"
    lean = stride.q[:, 0]
    if np.abs(lean).max() > LEANS:
        yield f"the trunk leans {np.degrees(np.abs(lean).max()):.0f} deg"
    alone = down & ~stance_of(figure, stride, 1)
    knee = stride.q[:-1, figure.row("knee_angle_r")]
    if alone.any() and knee[alone].max() > CROUCH:
        yield f"the knee carries the body at {np.degrees(knee[alone].max()):.0f} deg of flexion"
    full = (stride.activation[:-1] > SATURATED).mean(axis=0)
    if full.max() > 0.1:
        yield f"a muscle is fully active for {100 * full.max():.0f} % of the stride"
