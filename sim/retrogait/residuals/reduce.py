"""From a trial to its reduction."""

from dataclasses import replace

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import MotionError
from retrogait.kernels.model import Tree
from retrogait.kernels.plan import Motion
from retrogait.model import Model
from retrogait.residuals.body import adjusted_tree, fit_body
from retrogait.residuals.motion import PRESSING, corrections, foot_travel, thinned
from retrogait.residuals.outcome import Bounds, Reduction
from retrogait.residuals.problem import (
    Problem,
    angles_among,
    limits_of,
    movable_coordinates,
    root_coordinates,
    size_of,
)

TARGET = 0.9
"""Share of these limits that is aimed at: whoever computes the residual anew should not find it above [1]."""


def reduce_residuals(
    model: Model,
    motion: Motion,
    tree: Tree | None = None,
    *,
    target: float = TARGET,
    bounds: Bounds | None = None,
) -> Reduction:
    """Bring the residual of a trial down.

    Parameters
    ----------
    model  : compiled
    motion : of the trial, with its ground forces
    tree   : the model's own if left out; another where gravity is tilted
    target : share of the limits to aim at [1]
    bounds : how far anything may be moved

    Returns
    -------
    Reduction
        With the old values where the residual is at the target already.

    Raises
    ------
    MotionError
        Nothing carries the model, or nothing that can move hangs it from ground.
    """
    tree = model.tree if tree is None else tree
    bounds = bounds or Bounds()
    rows = root_coordinates(model, tree)
    if not (motion.load.size and np.linalg.norm(motion.load[:, :, :3], axis=2).max() > PRESSING):
        raise MotionError(
            "residual_reduction needs ground forces: without them nothing carries the body; leave it out"
        )
    limits = limits_of(model, tree, motion)
    turning = angles_among(tree, rows)
    trunk = int(tree.mass.argmax())
    scale = np.where(turning, limits.moment, limits.force)
    whole = Problem(model.functions, motion, rows, turning, scale, trunk)
    before = size_of(whole, tree)
    best = Reduction(
        tree, motion, limits, before, before, 1.0, model.links[trunk], (0.0, 0.0, 0.0), {}, {}, 0.0
    )  # fmt: skip
    if before.share(limits) <= target:
        return best
    part = whole._replace(motion=thinned(motion))
    factor, shift = fit_body(part, tree, bounds)
    adjusted = adjusted_tree(tree, trunk, factor, shift)
    after = size_of(whole, adjusted)
    best = replace(
        best, tree=adjusted, mass=factor, shift=in_body(model, trunk, shift), after=after
    )  # fmt: skip
    if after.share(limits) <= target:
        return best
    movable = movable_coordinates(model, part)
    reach = np.where(angles_among(tree, movable), bounds.angle, bounds.length)
    for corrected in corrections(part, motion, adjusted, movable, reach):
        size = size_of(whole._replace(motion=corrected), adjusted)
        feet = foot_travel(whole, adjusted, corrected)
        if size.share(limits) < best.after.share(limits) and feet <= bounds.length:
            change = np.abs(corrected.q - motion.q).max(axis=0)
            moved = {model.coordinates[c]: float(change[c]) for c in movable}
            angles = dict(zip(moved, map(bool, angles_among(tree, movable)), strict=True))
            best = replace(best, motion=corrected, after=size, moved=moved, turning=angles, feet=feet)
        if best.after.share(limits) <= target:
            break
    return best


def in_body(model: Model, link: int, vector: Floats) -> tuple[float, float, float]:
    """A vector in a link's axes, in those of its body."""
    x, y, z = model.body_rotation[link].reshape(3, 3).T @ vector
    return float(x), float(y), float(z)
