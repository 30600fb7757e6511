"""What the checks look at: body, feet and ground forces of a trial on one clock, in ground axes."""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Bools, Floats, Ints
from retrogait.gait.fit import fit_motion
from retrogait.gait.ground import ANKLE_FROM_HEEL, FOOT_OF_SHANK
from retrogait.gait.links import links_to_ground, root_link
from retrogait.gait.prepare import Preparation
from retrogait.gait.trial import Trial
from retrogait.kernels.kinematics import new_pose, place
from retrogait.model import Model

APART = 0.01
"""Least time between two looks [s]."""

LONGEST = 6.0
"""No more of a trial than this is looked at: several strides, and a mistake is in all of them [s]."""

CUTOFF = 6.0
"""Low-pass cut-off of the motion, for accelerations of the centre of mass [Hz]."""

LOADED = 100.0
"""Ground force from which a centre of pressure means something [N]."""


class Scene(NamedTuple):
    """A trial as the checks see it.

    Attributes
    ----------
    time     : (look,) [s]
    up       : (3,) against gravity
    facing   : (3,) level, where the pelvis' X points on average; zeros where it has no such direction
    weight   : of the model [N]
    mass     : of the model [kg]
    pelvis   : (look, 3) its origin [m]
    sideways : (look, 3) the pelvis' Z, to the right
    needed   : (look, 3) force that weight and acceleration of the centre of mass ask for [N]
    ankle    : (look, side, 3) [m]
    along    : (look, side, 3) unit vector from heel to toe
    length   : (side,) of the foot [m]
    side     : (load,) which foot each ground force is said to act on, -1 for none
    force    : (look, load, 3) on the feet, unfiltered [N]
    point    : (look, load, 3) where it acts, NaN where the file gives it in a body's axes [m]
    torque   : (look, load, 3) free moment, likewise [N m]
    names    : of the sides and of the loads
    """

    time: Floats
    up: Floats
    facing: Floats
    weight: float
    mass: float
    pelvis: Floats
    sideways: Floats
    needed: Floats
    ankle: Floats
    along: Floats
    length: Floats
    side: Ints
    force: Floats
    point: Floats
    torque: Floats
    sides: tuple[str, ...]
    loads: tuple[str, ...]

    @property
    def total(self) -> Floats:
        """(look, 3) sum of all ground forces [N]."""
        return np.asarray(self.force.sum(axis=1))

    @property
    def loaded(self) -> Bools:
        """(look, load) where a force is large enough to have a place."""
        return np.asarray(np.linalg.norm(self.force, axis=2) > LOADED)

    def level(self, vectors: Floats) -> Floats:
        """Part of vectors (..., 3) that is at right angles to up."""
        return np.asarray(vectors - (vectors @ self.up)[..., None] * self.up)

    def foot_distance(self, load: int, side: int, lag: int = 0, *, ahead_only: bool = False) -> Floats:
        """(look,) level distance from where a force acts to a foot, a stretch from heel to toe [m].

        Parameters
        ----------
        load, side : rows
        lag        : looks by which the force is taken later than the foot; looks beyond an end have NaN
        ahead_only : leave out how far it is to the side
        """
        heel = self.ankle[:, side] - ANKLE_FROM_HEEL * self.length[side] * self.along[:, side]
        away = self.level(
            self.point[:, load] - heel if lag == 0 else shifted(self.point[:, load], lag) - heel
        )
        ahead = self.level(self.along[:, side])
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        way = np.clip((away * ahead).sum(axis=1), 0.0, self.length[side])
        left = away - way[:, None] * ahead
        return np.asarray(np.abs(left @ self.facing) if ahead_only else np.linalg.norm(left, axis=1))


def shifted(values: Floats, lag: int) -> Floats:
    """Rows taken ``lag`` rows later, NaN where there are none."""
    out = np.full_like(values, np.nan)
    count = values.shape[0] - abs(lag)
    if count > 0:
        out[max(0, -lag) : max(0, -lag) + count] = values[max(0, lag) : max(0, lag) + count]
    return out


def look_at(model: Model, trial: Trial) -> tuple[Scene, list[str]]:
    """Place body, feet and forces of a trial.

    Returns
    -------
    scene, notes : notes are what reading the motion gave rise to

    Raises
    ------
    MotionError
        The trial does not fit the model.
    """
    motion, notes = fit_motion(model, trial, Preparation("default", CUTOFF, trial.spline, forces=False))
    step = max(1, round(APART / float(np.median(np.diff(motion.time)))))
    rows = np.arange(0, motion.time.size, step)
    rows = rows[motion.time[rows] - motion.time[0] <= LONGEST]
    tree = model.tree
    root = root_link(model.tree)
    feet = [_foot(model, knee.link, motion.load_link) for knee in model.knees]
    count, sides = rows.size, len(feet)
    pose = new_pose(tree.parent.size, tree.kind.size)
    still = np.zeros(motion.q.shape[1])
    pelvis, axes, centre = np.zeros((count, 3)), np.zeros((count, 3, 3)), np.zeros((count, 3))
    ankle, along, shank = np.zeros((count, sides, 3)), np.zeros((count, sides, 3)), np.zeros(sides)
    for look, row in enumerate(rows):
        place(tree, model.functions, motion.q[row], still, still, pose)
        turned = pose.rotation.reshape(-1, 3, 3)
        pelvis[look] = pose.position[root]
        axes[look] = turned[root] @ model.body_rotation[root].reshape(3, 3)
        centre[look] = tree.mass @ (pose.position + np.einsum("lij,lj->li", turned, tree.com)) / model.mass
        for side, (foot, low) in enumerate(feet):
            ankle[look, side] = pose.position[low]
            along[look, side] = turned[foot] @ model.body_rotation[foot].reshape(3, 3)[:, 0]
            shank[side] = np.linalg.norm(pose.position[low] - pose.position[model.knees[side].link])
    time = motion.time[rows]
    up = -tree.gravity / (np.linalg.norm(tree.gravity) or 1.0)
    facing = axes[:, :, 0].mean(axis=0)
    facing = facing - (facing @ up) * up
    size = float(np.linalg.norm(facing))
    acceleration = np.gradient(np.gradient(centre, time, axis=0), time, axis=0)
    point, torque = _as_recorded(trial, time, motion.load_link.size)
    side_of = [_side_of(model, int(link)) for link in motion.load_link]
    gravity = float(np.linalg.norm(tree.gravity))
    scene = Scene(
        time=time,
        up=up,
        facing=facing / size if size > 0.1 else np.zeros(3),
        weight=model.mass * gravity,
        mass=model.mass,
        pelvis=pelvis,
        sideways=axes[:, :, 2],
        needed=model.mass * (acceleration - tree.gravity),
        ankle=ankle,
        along=along,
        length=FOOT_OF_SHANK * shank,
        side=np.array(side_of, np.int64),
        force=motion.load[rows, :, :3],
        point=point,
        torque=torque,
        sides=tuple(knee.side for knee in model.knees),
        loads=trial.loads.name if trial.loads else (),
    )
    return scene, notes


def _as_recorded(trial: Trial, time: Floats, count: int) -> tuple[Floats, Floats]:
    """(look, load, 3) points and free moments of the row nearest to each look."""
    point, torque = np.full((2, time.size, count, 3), np.nan)
    loads = trial.loads
    if loads is not None:
        middles = 0.5 * (loads.time[1:] + loads.time[:-1])
        rows = np.searchsorted(middles, time)
        for i in range(count):
            if loads.force_frame[i] == loads.point_frame[i] == "ground" and loads.has_point[i]:
                point[:, i], torque[:, i] = loads.point[rows, i], loads.torque[rows, i]
    return point, torque


def _foot(model: Model, tibia: int, loaded: Ints) -> tuple[int, int]:
    """Link of a foot, and the link between tibia and foot whose origin is the ankle."""
    below = [
        link for link in range(tibia + 1, len(model.links)) if tibia in links_to_ground(model.tree, link)
    ]
    pressed = [link for link in below if link in set(loaded.tolist())]
    foot = (pressed or below or [tibia])[0]
    low = foot
    while low > tibia and int(model.tree.parent[low]) != tibia:
        low = int(model.tree.parent[low])
    return foot, low


def _side_of(model: Model, link: int) -> int:
    """Row of the knee that a link is below, -1 for none."""
    above = links_to_ground(model.tree, link)
    return next((row for row, knee in enumerate(model.knees) if knee.link in above), -1)
