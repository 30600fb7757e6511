"""A model and its markers as the arrays of a fit."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats, Ints
from retrogait.kernels.functions import evaluate
from retrogait.kernels.inverse_kinematics import Goal, linearise, new_space, share_weights
from retrogait.kernels.markers import Sites, Variables, differentiate
from retrogait.kernels.model import Primitive
from retrogait.model import Model
from retrogait.osim.markers import MarkerSet
from retrogait.osim.tasks import Tasks

Flags: TypeAlias = npt.NDArray[np.bool_]

LEAP = 0.5
"""Longest step of an angle [rad]: where few markers are left, a full step would wind a limb up."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A model, the markers used of it, what is held and what is free."""

    model: Model
    sites: Sites
    variables: Variables
    goal: Goal
    held: Floats
    """(frame, coordinate) held coordinates at their values, free ones at their defaults."""


def make_problem(
    model: Model,
    marker_set: MarkerSet,
    used: list[int],
    observed: Floats,
    weight: Floats,
    time: Floats,
    tasks: Tasks,
) -> tuple[Problem, tuple[str, ...]]:
    """Arrays for the kernels, and the free coordinates that no marker can tell."""
    sites = Sites(marker_set.sites.link[used], np.ascontiguousarray(marker_set.sites.location[used]))
    held = np.tile(model.default, (time.size, 1))
    for c in np.flatnonzero(model.prescribed >= 0).tolist():
        held[:, c] = [evaluate(*model.functions, int(model.prescribed[c]), t)[0] for t in time]
    pull = np.zeros(len(model.coordinates))
    target = held.copy()
    for name, task in tasks.coordinates.items():
        c = model.coordinates.index(name)
        pull[c] = task.weight
        if task.value is not None:
            target[:, c] = task.value
    at_root = root_coordinates(model)
    free = (model.tree.driver < 0) & (model.locked == 0) & (model.prescribed < 0)
    bound = (marker_set.clamped != 0) & ~at_root
    lower, upper = np.where(bound, model.lower, -np.inf), np.where(bound, model.upper, np.inf)
    variables = make_variables(model, free, lower, upper)
    told = _told(model, variables, sites.link[(weight > 0.0) & ~np.isnan(observed[:, :, 0]).all(axis=0)])
    told |= pull[variables.coordinate] > 0.0
    unmoved = tuple(model.coordinates[c] for c in variables.coordinate[~told])
    return Problem(model, sites, variables, Goal(observed, weight, target, pull), held), unmoved


def make_variables(model: Model, free: Flags, lower: Floats, upper: Floats) -> Variables:
    """Which coordinates move what.

    Parameters
    ----------
    free         : (coordinate,) True where a coordinate that has no driver may move
    lower, upper : (coordinate,) [rad or m]
    """
    tree = model.tree
    rows = np.flatnonzero(free)
    column = np.full(len(model.coordinates), -1, np.int64)
    column[rows] = np.arange(rows.size)
    follows = tree.driver >= 0
    column[follows] = column[tree.driver[follows]]
    first: list[int] = [0]
    twist: list[int] = []
    twist_row = np.full(tree.kind.size, -1, np.int64)
    for link in range(tree.parent.size):
        own: dict[int, int] = {}
        for k in range(tree.first[link], tree.last[link]):
            variable = int(column[tree.coordinate[k]]) if tree.coordinate[k] >= 0 else -1
            if variable >= 0:
                twist_row[k] = own.setdefault(variable, len(twist) + len(own))
        twist += list(own)
        first.append(len(twist))
    turning = column[tree.coordinate[(tree.kind == Primitive.ROTATION) & (tree.coordinate >= 0)]]
    return Variables(
        coordinate=rows.astype(np.int64),
        column=column,
        lower=np.ascontiguousarray(lower[rows]),
        upper=np.ascontiguousarray(upper[rows]),
        leap=np.where(np.isin(np.arange(rows.size), turning), LEAP, np.inf),
        twist_first=np.array(first, np.int64),
        twist=np.array(twist, np.int64),
        twist_row=twist_row,
    )


def sensitivity(problem: Problem, q: Floats, frame: int) -> Floats:
    """How far noise of the markers moves each coordinate at one pose.

    Parameters
    ----------
    q     : (coordinate,) [rad or m]
    frame : whose markers are seen

    Returns
    -------
    ndarray (coordinate,)
        Standard deviation of the coordinate per standard deviation of each marker axis [rad/m or 1]; zero of
        a held one, infinite where the markers leave it free.
    """
    model, variables = problem.model, problem.variables
    space = new_space(model.tree, problem.sites, variables)
    observed = problem.goal.observed[frame]
    share_weights(observed, problem.goal.weight, space.share)
    space.q[:] = q
    x = np.ascontiguousarray(q[variables.coordinate])
    linearise(
        model.tree, model.functions, problem.sites, variables, observed,
        problem.goal.target[frame], problem.goal.pull, x, space,
    )  # fmt: skip
    jacobian = np.zeros((problem.sites.link.size, 3, x.size))
    differentiate(model.tree, variables, problem.sites, space.twist, space.position, jacobian)
    weighted = np.repeat(space.share, 3)[:, None] * jacobian.reshape(-1, x.size)
    matrix = np.tril(space.matrix) + np.tril(space.matrix, -1).T
    scale = np.sqrt(np.diag(matrix))
    told = scale > 0.0
    spread = np.full(x.size, np.inf)
    inverse = np.linalg.pinv(matrix[np.ix_(told, told)], rcond=1e-10, hermitian=True)
    spread[told] = np.linalg.norm(inverse @ weighted[:, told].T, axis=1)
    out = np.zeros(q.size)
    out[variables.coordinate] = spread
    return out


def root_coordinates(model: Model) -> Flags:
    """Coordinates of joints to ground."""
    tree = model.tree
    out = np.zeros(len(model.coordinates), np.bool_)
    for link in np.flatnonzero(tree.parent == 0):
        own = tree.coordinate[tree.first[link] : tree.last[link]]
        out[own[own >= 0]] = True
    return out


def _told(model: Model, variables: Variables, carrying: Ints) -> Flags:
    """Variables that move a link which carries a marker."""
    out = np.zeros(variables.coordinate.size, np.bool_)
    for carrier in np.unique(carrying).tolist():
        link = carrier
        while link > 0:
            out[variables.twist[variables.twist_first[link] : variables.twist_first[link + 1]]] = True
            link = int(model.tree.parent[link])
    return out
