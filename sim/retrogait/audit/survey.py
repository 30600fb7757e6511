"""Poses to look at a model in, and its muscle paths there."""

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.paths import measure_paths
from retrogait.kernels.plan import Motion
from retrogait.kernels.status import Physics
from retrogait.kernels.strand import new_strand
from retrogait.model import Angle, Model

POSES = 24
"""Poses in which slopes are compared: a slope costs four of them per coordinate."""

FRAMES = 300
"""Most frames of a trial that are walked along in search of jumps; what happens between two is refined."""

FLEXION = (0.0, math.radians(75.0))
"""Knee flexion of level and sloped walking, taken where no trial says better [rad]."""

SAGITTAL = (
    (re.compile(r"hip.*flex", re.I), (math.radians(-20.0), math.radians(35.0))),
    (re.compile(r"ankle", re.I), (math.radians(-20.0), math.radians(15.0))),
)
"""Range of hip flexion and ankle dorsiflexion in walking, by name (Winter 1991) [rad]."""

AROUND = math.radians(8.0)
"""How far every other angle is taken from the model's default there [rad]."""

SEED = 5


@dataclass(frozen=True, eq=False)
class Survey:
    """The range of motion that an audit covers.

    Attributes
    ----------
    poses : (pose, coordinate) spread over the range, for what is smooth [rad or m]
    rates : (pose, coordinate) their speeds, zero where no trial gives them
    lines : (sample, coordinate) walks through the range, for what jumps
    times : of the samples of the first line, None where it is no trial [s]
    """

    poses: Floats
    rates: Floats
    lines: tuple[Floats, ...]
    times: Floats | None

    @property
    def where(self) -> str:
        """The range in words."""
        return "over the trial" if self.times is not None else "over the range of walking"


class Measured(NamedTuple):
    """Muscle paths of several poses.

    length : (pose, muscle) [m]
    arm    : (pose, arm) [m]
    """

    length: Floats
    arm: Floats


def survey_trial(motion: Motion) -> Survey:
    """Poses of a trial that has been fitted to the model."""
    few = np.unique(np.linspace(0, motion.time.size - 1, POSES).round().astype(np.int64))
    many = np.unique(np.linspace(0, motion.time.size - 1, FRAMES).round().astype(np.int64))
    return Survey(motion.q[few], motion.qd[few], (motion.q[many],), motion.time[many])


def survey_range(model: Model) -> Survey:
    """Poses of walking where there is no trial: knees from straight to swing, other angles as in walking.

    Only plain angles that nothing holds are moved; lengths and coupled or locked coordinates stay.
    """
    low, high = model.default.copy(), model.default.copy()
    for c in range(len(model.coordinates)):
        held = model.locked[c] or model.prescribed[c] >= 0 or model.tree.driver[c] >= 0
        if model.rotational[c] == Angle.PLAIN and not held:
            name = model.coordinates[c]
            known = next((reach for pattern, reach in SAGITTAL if pattern.search(name)), None)
            low[c], high[c] = known or (model.default[c] - AROUND, model.default[c] + AROUND)
    for knee in model.knees:
        ends = sorted(knee.flexion_sign * angle for angle in FLEXION)
        low[knee.coordinate], high[knee.coordinate] = ends
    bounded = model.lower < model.upper
    inside_low = np.where(bounded, np.clip(low, model.lower, model.upper), low)
    inside_high = np.where(bounded, np.clip(high, model.lower, model.upper), high)
    spread = np.random.default_rng(SEED).uniform(size=(POSES, low.size))
    poses = inside_low + spread * (inside_high - inside_low)
    middle = 0.5 * (inside_low + inside_high)
    lines = []
    for knee in model.knees:
        for start in (middle, poses[0], poses[1]):
            line = np.tile(start, (FRAMES // 3, 1))
            c = knee.coordinate
            line[:, c] = np.linspace(inside_low[c], inside_high[c], line.shape[0])
            lines.append(line)
    return Survey(coupled(model, poses), np.zeros_like(poses), tuple(coupled(model, q) for q in lines), None)


def coupled(model: Model, q: Floats) -> Floats:
    """(pose, coordinate) with every coupled coordinate where its coupler puts it; a copy."""
    q = np.array(q, np.float64)
    couple(model.tree, model.functions, q, np.zeros_like(q), np.zeros_like(q))
    return q


def measure(model: Model, q: Floats, physics: Physics = Physics.DEFAULT) -> Measured:
    """Lengths and moment arms of every muscle.

    Parameters
    ----------
    q       : (pose, coordinate), coupled coordinates in place [rad or m]
    physics : whose choices to follow
    """
    tree, paths = model.tree, model.paths
    pose = new_pose(tree.parent.size, tree.kind.size)
    strand = new_strand(int(paths.capacity[0]))
    wrench, force = np.zeros((tree.parent.size, 6)), np.zeros(tree.driver.size)
    pull = np.zeros((paths.chain.size, 6))
    length = np.zeros((q.shape[0], paths.first.size))
    arm = np.zeros((q.shape[0], paths.arm_coordinate.size))
    still = np.zeros(q.shape[1])
    for row in range(q.shape[0]):
        place(tree, model.functions, q[row], still, still, pose)
        measure_paths(
            tree, model.functions, paths, q[row], pose, int(physics), strand, wrench, force,
            length[row], arm[row], pull,
        )  # fmt: skip
    return Measured(length, arm)


def arm_owners(model: Model) -> list[tuple[int, int]]:
    """(muscle, coordinate) rows of every moment arm."""
    return [
        (muscle, int(model.paths.arm_coordinate[arm]))
        for muscle, (first, last) in enumerate(pairwise(model.paths.arm_first))
        for arm in range(first, last)
    ]


def crossing(model: Model, link: int) -> list[int]:
    """Muscles (rows) whose path crosses the joint of a link."""
    paths = model.paths
    return [
        muscle
        for muscle, (first, last) in enumerate(pairwise(paths.chain_first))
        if link in paths.chain[first:last]
    ]


def knee_muscles(model: Model) -> set[int]:
    """Muscles (rows) that cross any knee."""
    return {muscle for knee in model.knees for muscle in crossing(model, knee.link)}


def pose_words(model: Model, q: Floats, coordinate: int) -> str:
    """Where a pose is, in the words of one coordinate."""
    value = float(q[coordinate])
    if model.rotational[coordinate]:
        return f"{model.coordinates[coordinate]} = {math.degrees(value):.1f} deg"
    return f"{model.coordinates[coordinate]} = {1e3 * value:.1f} mm"


def listed(names: list[str], most: int = 4) -> str:
    """Names in one line, the first few of many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
