"""What retrogait says, stage by stage, in arrays that OpenSim's answers can be laid beside."""

import numpy as np

from retrogait.gait.fit import fit_motion
from retrogait.gait.prepare import Preparation
from retrogait.kernels.dynamics import gather_forces, require_inertia, subtract_loads
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.plan import Body, Motion, new_answer
from retrogait.pipeline import make_plan, solve
from retrogait.settings import Settings


def motion_at(model, trial, cutoff, times=None):
    """A trial prepared as OpenSim does, at times of our choosing."""
    return fit_motion(model, trial, Preparation("opensim", cutoff), at=times)[0]


def still_motion(model, poses):
    """Poses without speed, acceleration or load, with coupled coordinates where they belong."""
    q = np.array(poses, np.float64)
    zero = np.zeros_like(q)
    couple(model.tree, model.functions, q, zero.copy(), zero.copy())
    frames = q.shape[0]
    return Motion(np.arange(frames) * 0.01, q, zero, zero, np.zeros((frames, 0, 9)), np.zeros(0, np.int64))


def every(motion, step):
    """Each ``step``-th frame."""
    chosen = [np.ascontiguousarray(column[::step]) for column in motion[:-1]]
    return Motion(*chosen, motion.load_link)


def tree_of(model, physics):
    """The compiled tree with the rates that ``physics`` stands for."""
    return model.tree._replace(rates=model.rates_opensim) if physics == "opensim" else model.tree


def place_once(model, q, qd, qdd, physics="default"):
    """Pose, velocity and acceleration of every link for one frame."""
    tree = tree_of(model, physics)
    pose = new_pose(tree.parent.size, tree.kind.size)
    place(tree, model.functions, q, qd, qdd, pose)
    return pose


def inverse_dynamics(model, motion, physics="opensim"):
    """(frame, coordinate): each coordinate's own share of the generalised force."""
    tree = tree_of(model, physics)
    pose = new_pose(tree.parent.size, tree.kind.size)
    wrench = np.zeros((tree.parent.size, 6))
    force = np.zeros(motion.q.shape)
    for frame in range(motion.time.size):
        place(tree, model.functions, motion.q[frame], motion.qd[frame], motion.qdd[frame], pose)
        require_inertia(tree, pose, wrench)
        subtract_loads(pose, motion.load_link, motion.load[frame], wrench)
        gather_forces(tree, pose, wrench, force[frame])
    return force


def solve_motion(model, motion, settings=None):
    """Everything the pipeline computes of a prepared motion."""
    settings = settings or Settings(physics="opensim")
    body = Body(tree_of(model, settings.physics), model.functions, model.paths, model.muscles)
    plan = make_plan(model, settings)
    answer = new_answer(motion.time.size, body, plan)
    solve(body, plan, motion, answer, threads=1)
    return answer


def arm_labels(model):
    """(muscle, coordinate) rows of every moment arm."""
    first = model.paths.arm_first
    return [
        (muscle, int(model.paths.arm_coordinate[arm]))
        for muscle in range(len(model.muscle_names))
        for arm in range(first[muscle], first[muscle + 1])
    ]
