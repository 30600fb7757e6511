"""What the ground does to each foot, as recorded: before any filter moves the contacts."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.errors import MotionError
from retrogait.gait.events import CONTACT_SHARE, find_events
from retrogait.gait.fit import fit_motion
from retrogait.gait.prepare import Preparation
from retrogait.gait.trial import Trial
from retrogait.kernels.kinematics import new_pose, place
from retrogait.model import Model

FOOT_OF_SHANK = 0.62
"""Length of the foot over that of the shank [1]: 0.152 and 0.246 of stature (Winter 2009, figure 4.1)."""

ANKLE_FROM_HEEL = 0.21
"""Where the ankle stands along the foot, from the heel, in foot lengths [1]; 0.19 in gait2392, 0.23 in the
bundled planar model."""

PLACED_SHARE = 0.1
"""Upward force from which a centre of pressure is worth reading, in body weights [1]: below, it is a quotient
of two small noisy numbers, and on a treadmill lies anywhere."""

FIRST_LOAD, NEXT_LOAD = 0.03, 0.08
"""A foot has met the ground until the first, and comes down until the second [s after `PLACED_SHARE`]: by
later, a heel that came first has gone over."""


class GroundForces(NamedTuple):
    """Forces on the feet, several plates under one foot summed.

    time  : (row,) [s]
    sides : names of the feet
    force : (row, side, 3) in ground axes, X forward, Y up, Z right [N]
    point : (row, side, 3) mean of the points of application, weighted by the upward force; NaN under no
            force, or where nobody knows [m]
    """

    time: Floats
    sides: tuple[str, ...]
    force: Floats
    point: Floats


class Footfall(NamedTuple):
    """How one foot came down.

    side  : "right" or "left"
    time  : of the initial contact [s]
    first : centre of pressure until `FIRST_LOAD`, weighted by force, in foot lengths from heel to toe tip [1]
    next  : the same from there until `NEXT_LOAD` [1]
    ankle : (3,) where the ankle was, ground axes [m]
    """

    side: str
    time: float
    first: float
    next: float
    ankle: Floats


def ground_forces(model: Model, trial: Trial) -> GroundForces:
    """Forces on the feet at the rows of the loads file, unfiltered.

    Raises
    ------
    MotionError
        The trial has no ground forces, or does not fit the model.
    """
    if trial.loads is None:
        raise MotionError(f"{trial.name}: has no external loads, so nobody can tell when a foot is down")
    rows = trial.loads.time
    rows = rows[(rows >= trial.start) & (rows <= trial.end)]
    motion, _ = fit_motion(model, trial, Preparation("opensim", None, trial.spline), rows)
    shape = (rows.size, len(model.knees), 3)
    force, weighted = np.zeros(shape), np.zeros(shape)
    for i, link in enumerate(motion.load_link):
        side = _side_of(model, int(link))
        if side >= 0:
            push = motion.load[:, i, :3]
            force[:, side] += push
            # A point under no force may be anything.
            weighted[:, side] += np.where(push[:, 1:2] > 0.0, push[:, 1:2] * motion.load[:, i, 3:6], 0.0)
    up = force[:, :, 1:2]
    point = np.full(shape, np.nan)
    np.divide(weighted, up, out=point, where=up > 0.0)
    return GroundForces(rows, tuple(knee.side for knee in model.knees), force, point)


def forces_of_result(result: xr.Dataset) -> GroundForces:
    """Forces on the feet as an analysis used them: a filter spreads a contact by some 20 ms either way."""
    force = result["ground_reaction_force"].to_numpy()
    return GroundForces(
        result["time"].to_numpy(),
        tuple(map(str, result["side"].to_numpy())),
        force,
        np.full(force.shape, np.nan),
    )


def _side_of(model: Model, link: int) -> int:
    """Row of the knee above a link, -1 for none."""
    roots = [knee.link for knee in model.knees]
    while link >= 0 and link not in roots:
        link = int(model.tree.parent[link])
    return roots.index(link) if link >= 0 else -1


def footfalls(model: Model, trial: Trial, ground: GroundForces, body_weight: float) -> list[Footfall]:
    """Which part of the foot met the ground at every initial contact.

    The foot's length is estimated from the shank's and laid along the X axis of the foot's body, so that any
    OpenSim leg will do; heel and toe tip are good to some 5 % of it.

    Parameters
    ----------
    ground
        From `ground_forces`.
    body_weight
        [N].

    Returns
    -------
    list of Footfall
        Contacts that go on to carry `PLACED_SHARE` of the weight, with `NEXT_LOAD` more of record behind
        that, in order of time.
    """
    falls = []
    for side, knee in enumerate(model.knees):
        feet = [
            model.links.index(body)
            for body in (trial.loads.body if trial.loads else ())
            if body in model.links and _side_of(model, model.links.index(body)) == side
        ]
        if not feet:
            continue
        ankle = _ankle_link(model, feet[0], knee.link)
        upward = ground.force[:, side, 1]
        for contact in find_events(ground.time, upward, CONTACT_SHARE * body_weight).contact:
            loaded = np.flatnonzero((ground.time >= contact) & (upward >= PLACED_SHARE * body_weight))
            if not loaded.size or ground.time[loaded[0]] + NEXT_LOAD > ground.time[-1]:
                continue
            since = ground.time - ground.time[loaded[0]]
            rows = np.flatnonzero((since >= 0.0) & (since <= NEXT_LOAD))
            along, place_of_ankle = _along_foot(model, trial, ground, side, feet[0], ankle, rows)
            early = since[rows] <= FIRST_LOAD
            falls.append(
                Footfall(
                    knee.side,
                    float(contact),
                    _mean(along[early], upward[rows][early]),
                    _mean(along[~early], upward[rows][~early]),
                    place_of_ankle,
                )
            )
    return sorted(falls, key=lambda fall: fall.time)


def _ankle_link(model: Model, foot: int, tibia: int) -> int:
    """Link between tibia and foot that hangs from the tibia: its origin is the ankle."""
    while model.tree.parent[foot] != tibia:
        foot = int(model.tree.parent[foot])
    return foot


def _along_foot(
    model: Model, trial: Trial, ground: GroundForces, side: int, foot: int, ankle: int, rows: Ints
) -> tuple[Floats, Floats]:
    """Centre of pressure along the foot [foot lengths] at some rows, and the ankle at the first [m]."""
    motion, _ = fit_motion(model, trial, Preparation("opensim", None, trial.spline), ground.time[rows])
    pose = new_pose(model.tree.parent.size, model.tree.kind.size)
    still = np.zeros(motion.q.shape[1])
    knee = model.knees[side].link
    along = np.zeros(rows.size)
    first = np.zeros(3)
    for k, row in enumerate(rows):
        place(model.tree, model.functions, motion.q[k], still, still, pose)
        length = FOOT_OF_SHANK * float(np.linalg.norm(pose.position[ankle] - pose.position[knee]))
        axis = (pose.rotation[foot].reshape(3, 3) @ model.body_rotation[foot].reshape(3, 3))[:, 0]
        along[k] = ANKLE_FROM_HEEL + (ground.point[row, side] - pose.position[ankle]) @ axis / length
        if k == 0:
            first = pose.position[ankle].copy()
    return along, first


def _mean(values: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0.0 else float("nan")
