"""The second step: a smooth correction of the motion."""

from collections.abc import Iterator

import numpy as np
from scipy.interpolate import BSpline

from retrogait.arrays import Floats
from retrogait.kernels.kinematics import couple
from retrogait.kernels.model import Tree
from retrogait.kernels.plan import Motion
from retrogait.residuals.least import least
from retrogait.residuals.problem import Problem, invert

KNOT = 0.06
"""Time between knots of the correction, which then follows 8 Hz, a little above the usual cut-off. With 0.1 s
recorded walks stayed 10 to 40 % above the limits where a foot lands; with this none of seven did, and feet
were moved less than with 0.07 s [s]."""

FOOT_HOLD = 0.003
"""Displacement of a loaded foot that weighs as much as the full bound of a coordinate [m]."""

PRESSING = 50.0
"""Ground force from which a foot counts as loaded [N]."""

REACH = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
"""Weights of the correction against the residual, from the least change to the most [1]."""

EVERY = 0.01
"""The fit looks at a frame every so often: the correction is far smoother [s]."""

DEGREE = 5
STEPS = (1e-6, 1e-4, 1e-2)  # of coordinate, speed and acceleration in difference quotients


def thinned(motion: Motion) -> Motion:
    """Every so many frames of a motion, `EVERY` apart or a little more."""
    step = max(1, int(EVERY / np.median(np.diff(motion.time))))
    q, qd, qdd, load = (values[::step].copy() for values in (motion.q, motion.qd, motion.qdd, motion.load))
    return Motion(motion.time[::step].copy(), q, qd, qdd, load, motion.load_link)


def corrections(
    problem: Problem, whole: Motion, tree: Tree, movable: list[int], reach: Floats
) -> Iterator[Motion]:
    """Corrected motions, from the least change to the most."""
    motion = problem.motion
    knots = _knots(motion.time)
    basis = [_basis(knots, motion.time, order) for order in range(3)]
    force, feet = _slopes(problem, tree, movable)
    count, splines = basis[0].shape
    # d(row)/d(coefficient): a coefficient moves a coordinate, its speed and its acceleration alike.
    slope = sum(np.einsum("fk,frc->frkc", b, d) for b, d in zip(basis, force, strict=True)) * reach
    slope = (slope / problem.scale[:, None, None]).reshape(count * problem.rows.size, -1)
    held = (np.einsum("fk,frc->frkc", basis[0], feet) * (reach / FOOT_HOLD)).reshape(-1, slope.shape[1])
    now = (invert(problem.functions, tree, motion).force[:, problem.rows] / problem.scale).ravel()
    curvature = slope.T @ slope / count
    stiffness = held.T @ held / count + np.eye(slope.shape[1]) / splines
    at = [_basis(knots, whole.time, order) for order in range(3)]
    for weight in REACH:
        found = least(curvature + weight**2 * stiffness, slope.T @ now / count)
        by_coordinate = found.reshape(splines, -1) * reach
        q, qd, qdd = whole.q.copy(), whole.qd.copy(), whole.qdd.copy()
        for values, b in zip((q, qd, qdd), at, strict=True):
            values[:, movable] += b @ by_coordinate
        couple(tree, problem.functions, q, qd, qdd)
        yield whole._replace(q=q, qd=qd, qdd=qdd)


def _slopes(problem: Problem, tree: Tree, movable: list[int]) -> tuple[list[Floats], Floats]:
    """How residual and feet follow the coordinates, by difference quotients.

    Returns
    -------
    force : (frame, row, movable) of the residual by coordinate, by speed and by acceleration
    feet  : (frame, foot and axis, movable) of the place of every loaded foot by coordinate
    """
    motion = problem.motion
    frames = motion.time.size
    now = invert(problem.functions, tree, motion)
    force = [np.zeros((frames, problem.rows.size, len(movable))) for _ in STEPS]
    feet = np.zeros((frames, motion.load_link.size * 3, len(movable)))
    pressing = np.linalg.norm(motion.load[:, :, :3], axis=2) > PRESSING
    for column, c in enumerate(movable):
        for order, step in enumerate(STEPS):
            moved = [motion.q.copy(), motion.qd.copy(), motion.qdd.copy()]
            moved[order][:, c] += step
            couple(tree, problem.functions, *moved)
            then = invert(problem.functions, tree, motion._replace(q=moved[0], qd=moved[1], qdd=moved[2]))
            force[order][:, :, column] = (then.force - now.force)[:, problem.rows] / step
            if order == 0:
                gone = (then.position - now.position)[:, motion.load_link] * pressing[:, :, None] / step
                feet[:, :, column] = gone.reshape(frames, -1)
    return force, feet


def _knots(time: Floats) -> Floats:
    """Knots in even steps of about `KNOT` that reach beyond both ends, so that the splines sum to one."""
    spans = max(1, round(float(time[-1] - time[0]) / KNOT))
    step = float(time[-1] - time[0]) / spans
    return np.asarray(time[0] + step * np.arange(-DEGREE, spans + DEGREE + 1))


def _basis(knots: Floats, time: Floats, order: int) -> Floats:
    """(frame, spline) derivative of every spline."""
    splines = BSpline(knots, np.eye(knots.size - DEGREE - 1), DEGREE)
    return np.asarray((splines.derivative(order) if order else splines)(time))


def foot_travel(problem: Problem, tree: Tree, corrected: Motion) -> float:
    """Largest displacement of a foot while it is loaded [m]."""
    motion = problem.motion
    there = invert(problem.functions, tree, corrected).position[:, motion.load_link]
    here = invert(problem.functions, tree, motion).position[:, motion.load_link]
    gone = np.linalg.norm(there - here, axis=2)
    return float(gone[np.linalg.norm(motion.load[:, :, :3], axis=2) > PRESSING].max(initial=0.0))
