"""What the ground does to each foot, as recorded: before any filter moves the contacts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Bools, Floats, Ints
from retrogait.errors import MotionError
from retrogait.gait.cycle import sample
from retrogait.gait.events import CONTACT_SHARE, find_events
from retrogait.gait.fit import fit_motion
from retrogait.gait.forces import GroundForces
from retrogait.gait.prepare import Preparation
from retrogait.gait.trial import Trial
from retrogait.io.loads import LoadTable
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

POSES_APART = 0.005
"""Between poses of a foot that comes down, it turns evenly enough for straight lines [s]."""


class Footfall(NamedTuple):
    """How one foot came down.

    side  : "right" or "left"
    time  : of the initial contact [s]
    first : centre of pressure until `FIRST_LOAD`, weighted by force, in foot lengths from heel to toe tip [1]
    next  : the same from there until `NEXT_LOAD` [1]
    ankle : (3,) where the ankle was, ground axes [m]
    angle : of the foot's X axis above the ground as the foot begins to carry `PLACED_SHARE`, toes up
            positive [rad]
    """

    side: str
    time: float
    first: float
    next: float
    ankle: Floats
    angle: float


def ground_forces(model: Model, trial: Trial) -> GroundForces:
    """Forces on the feet at the rows of the loads file, unfiltered.

    Raises
    ------
    MotionError
        The trial has no ground forces, or does not fit the model.
    """
    if trial.loads is None:
        raise MotionError(f"{trial.name}: has no external loads, so nobody can tell when a foot is down")
    loads = trial.loads
    inside = (loads.time >= trial.start) & (loads.time <= trial.end)
    rows = loads.time[inside]
    shape = (rows.size, len(model.knees), 3)
    force, weighted = np.zeros(shape), np.zeros(shape)
    for link, push, where in _pushes(model, trial, loads, inside):
        side = _side_of(model, link)
        if side >= 0:
            force[:, side] += push
            # A point under no force may be anything.
            weighted[:, side] += np.where(push[:, 1:2] > 0.0, push[:, 1:2] * where, 0.0)
    up = force[:, :, 1:2]
    point = np.full(shape, np.nan)
    np.divide(weighted, up, out=point, where=up > 0.0)
    return GroundForces(rows, tuple(knee.side for knee in model.knees), force, point)


def _pushes(
    model: Model, trial: Trial, loads: LoadTable, inside: Bools
) -> Iterator[tuple[int, Floats, Floats]]:
    """Link, force and point of each load in ground axes, at some of the rows of its file."""
    named = set(loads.force_frame + loads.point_frame)
    if named <= {"ground"} and all(loads.has_point) and set(loads.body) <= set(model.links):
        for i, body in enumerate(loads.body):
            yield model.links.index(body), loads.force[inside, i], loads.point[inside, i]
        return
    motion, _ = fit_motion(model, trial, Preparation("opensim", None, trial.spline), loads.time[inside])
    for i, link in enumerate(motion.load_link):
        yield int(link), motion.load[:, i, :3], motion.load[:, i, 3:6]


def _side_of(model: Model, link: int) -> int:
    """Row of the knee above a link, -1 for none."""
    roots = [knee.link for knee in model.knees]
    while link >= 0 and link not in roots:
        link = int(model.tree.parent[link])
    return roots.index(link) if link >= 0 else -1


def footfalls(
    model: Model,
    trial: Trial,
    ground: GroundForces,
    body_weight: float,
    result: xr.Dataset | None = None,
) -> list[Footfall]:
    """Which part of the foot met the ground at every initial contact.

    The foot's length is estimated from the shank's and laid along the X axis of the foot's body, so that any
    OpenSim leg will do; heel and toe tip are good to some 5 % of it.

    Parameters
    ----------
    ground
        From `ground_forces`.
    body_weight
        [N].
    result
        Of `retrogait.analyze`: its coordinates place the feet, which saves fitting the motion once more; None
        takes those of the file, unfiltered.

    Returns
    -------
    list of Footfall
        Contacts that go on to carry `PLACED_SHARE` of the weight, with `NEXT_LOAD` more of record behind
        that, in order of time.
    """
    landings = []
    for side in range(len(model.knees)):
        upward = ground.force[:, side, 1]
        contacts = find_events(ground.time, upward, CONTACT_SHARE * body_weight).contact
        foot = _foot_link(model, trial, side) if contacts.size else -1
        if foot < 0:
            continue
        for contact in contacts:
            loaded = np.flatnonzero((ground.time >= contact) & (upward >= PLACED_SHARE * body_weight))
            if loaded.size and ground.time[loaded[0]] + NEXT_LOAD <= ground.time[-1]:
                since = ground.time - ground.time[loaded[0]]
                rows = np.flatnonzero((since >= 0.0) & (since <= NEXT_LOAD))
                landings.append(_Landing(side, foot, float(contact), rows))
    rise = _rise(trial)
    falls = []
    for landing, feet in zip(landings, _place_feet(model, trial, ground, landings, result), strict=True):
        rows = landing.rows
        upward = ground.force[rows, landing.side, 1]
        place = ANKLE_FROM_HEEL + ((ground.point[rows, landing.side] - feet.ankle) * feet.along).sum(axis=1)
        early = ground.time[rows] - ground.time[rows[0]] <= FIRST_LOAD
        first, after = _mean(place[early], upward[early]), _mean(place[~early], upward[~early])
        name = model.knees[landing.side].side
        falls.append(
            Footfall(name, landing.contact, first, after, feet.ankle[0], _pitch(feet.along[0]) - rise)
        )
    return sorted(falls, key=lambda fall: fall.time)


class _Landing(NamedTuple):
    """A foot that comes down: row of the knee, link, time [s], rows of the ground forces from then on."""

    side: int
    foot: int
    contact: float
    rows: Ints


class _Feet(NamedTuple):
    """Where a foot is in some rows: (row, 3) ankle [m], and X of the foot over the foot's length [1/m]."""

    ankle: Floats
    along: Floats


def _foot_link(model: Model, trial: Trial, side: int) -> int:
    """Link of the first body below a knee that a load acts on; -1 for none."""
    for body in trial.loads.body if trial.loads else ():
        link = model.links.index(body) if body in model.links else -1
        if link >= 0 and _side_of(model, link) == side:
            return link
    return -1


def _ankle_link(model: Model, foot: int, tibia: int) -> int:
    """Link between tibia and foot that hangs from the tibia: its origin is the ankle."""
    while model.tree.parent[foot] != tibia:
        foot = int(model.tree.parent[foot])
    return foot


def _place_feet(
    model: Model, trial: Trial, ground: GroundForces, landings: Sequence[_Landing], result: xr.Dataset | None
) -> list[_Feet]:
    """Place every foot that comes down, at instants that are close enough for straight lines between them."""
    if not landings:
        return []
    times = []
    for landing in landings:
        rows = ground.time[landing.rows]
        steps = math.ceil((rows[-1] - rows[0]) / POSES_APART) + 1
        times.append(rows if rows.size <= steps else np.linspace(rows[0], rows[-1], steps))
    every, row_of = np.unique(np.concatenate(times), return_inverse=True)
    if result is None:
        still = replace(trial, loads=None)
        q = fit_motion(model, still, Preparation("opensim", None, trial.spline), every)[0].q
    else:
        q = sample(result["time"].to_numpy(), result["coordinate_value"].to_numpy(), every)
    pose = new_pose(model.tree.parent.size, model.tree.kind.size)
    rest = np.zeros(q.shape[1])
    feet = []
    for landing, at in zip(landings, times, strict=True):
        ankle = _ankle_link(model, landing.foot, model.knees[landing.side].link)
        knee = model.knees[landing.side].link
        turned = model.body_rotation[landing.foot].reshape(3, 3)[:, 0]
        found = np.empty((at.size, 6))
        for k, row in enumerate(row_of[: at.size]):
            place(model.tree, model.functions, q[row], rest, rest, pose)
            length = FOOT_OF_SHANK * float(np.linalg.norm(pose.position[ankle] - pose.position[knee]))
            found[k, :3] = pose.position[ankle]
            found[k, 3:] = pose.rotation[landing.foot].reshape(3, 3) @ turned / length
        row_of = row_of[at.size :]
        moved = sample(at, found, ground.time[landing.rows]) if at.size > 1 else found
        feet.append(_Feet(moved[:, :3], moved[:, 3:]))
    return feet


def _pitch(axis: Floats) -> float:
    """Angle of an axis above the level of the trial's axes [rad]."""
    return math.atan2(float(axis[1]), math.hypot(float(axis[0]), float(axis[2])))


def _rise(trial: Trial) -> float:
    """Angle by which the ground rises towards where the person faces, in the trial's axes [rad]."""
    if trial.axes == "surface":
        return 0.0
    return trial.incline if trial.direction == "forward" else -trial.incline


def _mean(values: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0.0 else float("nan")
