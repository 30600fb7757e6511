"""Which way a person faces and travels."""

import math

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.links import root_link
from retrogait.gait.trial import Trial
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.plan import Motion
from retrogait.model import Model

OVERGROUND = 0.5
"""A pelvis that moves further than this within a trial travels over ground [m]."""

SPEED_TOLERANCE = 0.25
"""A mean speed further from the stated one than this share of it is worth a remark [1]."""


def facing_of(model: Model, motion: Motion) -> Floats:
    """Level unit vector along the pelvis' X, averaged over the trial.

    The pelvis is the body that hangs from ground and carries the most mass. One that faces straight up or
    down has no facing: zeros.
    """
    turns, _ = _follow_pelvis(model, motion.q)
    facing = _level(model, turns[:, :, 0].sum(axis=0))
    size = float(np.linalg.norm(facing))
    return facing / size if size > 1e-6 * motion.q.shape[0] else np.zeros(3)


def travel_of(model: Model, motion: Motion) -> Floats:
    """How far the pelvis went level, from the first frame to the last [m]."""
    _, places = _follow_pelvis(model, motion.q[[0, -1]])
    return _level(model, places[1] - places[0])


def _follow_pelvis(model: Model, q: Floats) -> tuple[Floats, Floats]:
    """Axes (frame, 3, 3) and origin (frame, 3) of the pelvis in ground."""
    tree = model.tree
    root = root_link(tree)
    pose = new_pose(tree.parent.size, tree.kind.size)
    still = np.zeros(q.shape[1])
    turns, places = np.empty((len(q), 9)), np.empty((len(q), 3))
    rotation, position = pose.rotation[root], pose.position[root]
    for frame, row in enumerate(q):
        place(tree, model.functions, row, still, still, pose)
        turns[frame] = rotation
        places[frame] = position
    return turns.reshape(-1, 3, 3) @ model.body_rotation[root].reshape(3, 3), places


def _level(model: Model, vector: Floats) -> Floats:
    """Part of a vector that is at right angles to gravity."""
    up = -model.tree.gravity / np.linalg.norm(model.tree.gravity)
    return np.asarray(vector - (vector @ up) * up)


def doubt_direction(model: Model, trial: Trial, motion: Motion) -> list[str]:
    """Compare the stated direction and speed with how the pelvis moves, where it travels over ground."""
    if not np.linalg.norm(model.tree.gravity) > 0.0:
        return []
    travel = travel_of(model, motion)
    distance = float(np.linalg.norm(travel))
    if distance < OVERGROUND:
        return []
    facing = facing_of(model, motion)
    if not facing.any():
        return []
    remarks = []
    ahead = float(facing @ travel)
    if (ahead < 0.0) != (trial.direction == "retro"):
        way = "forward" if ahead > 0.0 else "backward"
        remarks.append(f"the pelvis travels {abs(ahead):.1f} m {way} in a trial called {trial.direction}")
    speed = distance / float(motion.time[-1] - motion.time[0])
    if math.isfinite(trial.speed) and abs(speed - trial.speed) > SPEED_TOLERANCE * trial.speed:
        remarks.append(
            f"the pelvis travels at {speed:.2f} m/s, the trial is said to be at {trial.speed:g} m/s"
        )
    return remarks
