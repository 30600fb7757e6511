"""Which way a person faces and travels."""

import math

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.trial import Trial
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.plan import Motion
from retrogait.model import Model

OVERGROUND = 0.5
"""A pelvis that moves further than this within a trial travels over ground [m]."""

SPEED_TOLERANCE = 0.25
"""A mean speed further from the stated one than this share of it is worth a remark [1]."""


def facing_and_travel(model: Model, motion: Motion) -> tuple[Floats, Floats]:
    """Level unit vector along the pelvis' X, averaged over the trial, and how far the pelvis went level [m].

    The pelvis is the body that hangs from ground and carries the most mass. One that faces straight up or
    down has no facing: zeros.
    """
    tree = model.tree
    up = -tree.gravity / np.linalg.norm(tree.gravity)
    carried = tree.mass.copy()
    for link in range(carried.size - 1, 0, -1):
        carried[tree.parent[link]] += carried[link]
    roots = np.flatnonzero(tree.parent == 0)
    root = int(roots[carried[roots].argmax()])
    pose = new_pose(tree.parent.size, tree.kind.size)
    still = np.zeros(motion.q.shape[1])
    facing = np.zeros(3)
    places = []
    for q in motion.q:
        place(tree, model.functions, q, still, still, pose)
        body = pose.rotation[root].reshape(3, 3) @ model.body_rotation[root].reshape(3, 3)
        facing += body[:, 0]
        places.append(pose.position[root].copy())
    facing -= (facing @ up) * up
    travel = places[-1] - places[0]
    travel -= (travel @ up) * up
    size = float(np.linalg.norm(facing))
    return (facing / size if size > 1e-6 * motion.q.shape[0] else np.zeros(3)), travel


def doubt_direction(model: Model, trial: Trial, motion: Motion) -> list[str]:
    """Compare the stated direction and speed with how the pelvis moves, where it travels over ground."""
    if not np.linalg.norm(model.tree.gravity) > 0.0:
        return []
    facing, travel = facing_and_travel(model, motion)
    distance = float(np.linalg.norm(travel))
    if distance < OVERGROUND or not facing.any():
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
