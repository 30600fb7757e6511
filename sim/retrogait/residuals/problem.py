"""The residual of a trial: which coordinates have it, how large it is, how large it may be."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Bools, Floats, Ints
from retrogait.errors import MotionError
from retrogait.gait.links import links_to_ground, root_link
from retrogait.kernels.kinematics import new_pose
from retrogait.kernels.model import Functions, Primitive, Tree
from retrogait.kernels.plan import Motion
from retrogait.kernels.residuals import invert_motion
from retrogait.model import Model
from retrogait.residuals.outcome import Limits, Size

FORCE_LIMIT = 0.05
"""Largest residual force as a share of the largest ground force (Hicks et al. 2015, doi 10.1115/1.4029304)
[1]."""

MOMENT_LIMIT = 0.01
"""Largest residual moment as a share of the height of the centre of mass times the largest ground force, from
the same source [1]."""


class Problem(NamedTuple):
    """A motion with what is asked of it.

    rows    : coordinates that hang the model from ground
    turning : (row,) which of them are angles
    scale   : (row,) limit of each [N m or N]
    trunk   : link whose centre of mass may be moved
    """

    functions: Functions
    motion: Motion
    rows: Ints
    turning: Bools
    scale: Floats
    trunk: int


def limits_of(model: Model, tree: Tree, motion: Motion) -> Limits:
    """Limits of the residual: from the largest ground force, and the height of the centre of mass above it.

    Raises
    ------
    MotionError
        The model has no gravity, so nothing is high.
    """
    size = float(np.linalg.norm(tree.gravity))
    if size == 0.0:
        raise MotionError(f"{model.file}: has no gravity; residual_reduction needs to know what is up")
    up = -tree.gravity / size
    ground = float(np.linalg.norm(motion.load[:, :, :3].sum(axis=1), axis=1).max())
    pressed = motion.load[:, :, :3] @ up
    floor = float((pressed * (motion.load[:, :, 3:6] @ up)).sum() / pressed.sum())
    height = float((invert(model.functions, tree, motion).centre @ up).mean()) - floor
    return Limits(FORCE_LIMIT * ground, MOMENT_LIMIT * height * ground)


class Inverse(NamedTuple):
    """What `invert_motion` writes: (frame, coordinate), (frame, link, 3) and (frame, 3)."""

    force: Floats
    position: Floats
    centre: Floats


def invert(functions: Functions, tree: Tree, motion: Motion) -> Inverse:
    """Generalised forces, places of all links and centre of mass, frame by frame."""
    frames, links = motion.q.shape[0], tree.parent.size
    out = Inverse(np.zeros(motion.q.shape), np.zeros((frames, links, 3)), np.zeros((frames, 3)))
    invert_motion(
        tree, functions, motion.q, motion.qd, motion.qdd, motion.load_link, motion.load,
        new_pose(links, tree.kind.size), np.zeros((links, 6)), *out,
    )  # fmt: skip
    return out


def size_of(problem: Problem, tree: Tree) -> Size:
    """How large the residual is."""
    residual = invert(problem.functions, tree, problem.motion).force[:, problem.rows]
    sizes = []
    for kind in (~problem.turning, problem.turning):
        norm = np.linalg.norm(residual[:, kind], axis=1)
        sizes += [float(norm.max(initial=0.0)), float(np.sqrt((norm**2).mean()))]
    return Size(*sizes)


def root_coordinates(model: Model, tree: Tree) -> Ints:
    """Coordinates that hang the model from ground."""
    root = root_link(tree)
    rows = free_coordinates(model, tree, {root})
    if not rows:
        raise MotionError(
            f"{model.file}: {model.links[root]} is fixed to ground, so there is no residual to reduce"
        )
    return np.array(rows, np.int64)


def free_coordinates(model: Model, tree: Tree, links: Collection[int]) -> list[int]:
    """Coordinates of the joints of some links that can be moved; of a knee its flexion only."""
    flexion = {link: knee.coordinate for knee in model.knees for link in (knee.link, knee.patella)}
    found = []
    for link in sorted(links):
        for c in tree.coordinate[tree.first[link] : tree.last[link]]:
            free = c >= 0 and tree.driver[c] < 0 and not model.locked[c] and model.prescribed[c] < 0
            if free and flexion.get(link, c) == c:
                found.append(int(c))
    return list(dict.fromkeys(found))


def movable_coordinates(model: Model, problem: Problem) -> list[int]:
    """Coordinates between ground and the trunk, and between ground and every loaded foot."""
    ends = [problem.trunk, *map(int, problem.motion.load_link)]
    links = {link for end in ends for link in links_to_ground(model.tree, end)}
    return free_coordinates(model, model.tree, links)


def angles_among(tree: Tree, rows: Iterable[int]) -> Bools:
    """Which of some coordinates turn a body."""
    turned = set(tree.coordinate[tree.kind == Primitive.ROTATION].tolist())
    return np.array([int(c) in turned for c in rows])
