"""The first step: one factor of all masses, and where the trunk's centre of mass is."""

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.model import Tree
from retrogait.residuals.least import least
from retrogait.residuals.outcome import Bounds
from retrogait.residuals.problem import Problem, invert

RIDGE = 0.02
"""The same for mass and trunk: enough to leave alone what the residual says nothing about [1]."""

ROUNDS = 3  # of Gauss and Newton; the problem is nearly linear


def adjusted_tree(tree: Tree, trunk: int, factor: float, shift: Floats) -> Tree:
    """Tree with all masses times a factor, and the trunk's centre of mass moved in its link's axes [m]."""
    com = tree.com.copy()
    com[trunk] += shift
    return tree._replace(mass=tree.mass * factor, inertia=tree.inertia * factor, com=com)


def fit_body(problem: Problem, tree: Tree, bounds: Bounds) -> tuple[float, Floats]:
    """Factor of all masses, and shift of the trunk's centre of mass in its link's axes [m].

    The centre moves level only, as in RRA: how high it lies hardly matters to a trunk that hardly turns.
    """
    directions = _level_axes(problem, tree)
    count = problem.motion.time.size

    def body(x: Floats) -> tuple[float, Floats]:
        return 1.0 + bounds.mass * float(x[0]), bounds.trunk * (x[1:] @ directions)

    def residual(x: Floats) -> Floats:
        moved = adjusted_tree(tree, problem.trunk, *body(x))
        force = invert(problem.functions, moved, problem.motion).force[:, problem.rows]
        return np.asarray((force / problem.scale).ravel())

    x = np.zeros(3)
    for _ in range(ROUNDS):
        now = residual(x)
        slope = np.array([residual(x + step) - now for step in 0.01 * np.eye(3)]).T / 0.01
        curvature = slope.T @ slope / count + RIDGE**2 * np.eye(3)
        x = least(curvature, slope.T @ (now - slope @ x) / count)
    return body(x)


def _level_axes(problem: Problem, tree: Tree) -> Floats:
    """(2, 3) forward and sideways of the trunk in its link's axes, level in the middle of the trial."""
    motion = problem.motion
    middle = motion.time.size // 2
    still = np.zeros(motion.q.shape[1])
    pose = new_pose(tree.parent.size, tree.kind.size)
    place(tree, problem.functions, motion.q[middle], still, still, pose)
    up = -pose.rotation[problem.trunk].reshape(3, 3).T @ tree.gravity
    up /= np.linalg.norm(up)
    ahead = np.eye(3)[np.abs(up).argmin()]
    ahead = ahead - (ahead @ up) * up
    ahead /= np.linalg.norm(ahead)
    return np.array([ahead, np.cross(up, ahead)])
