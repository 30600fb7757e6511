"""The method, frame by frame: motion and ground forces in, joint loads and muscle activations out."""

import math

import numpy as np

from retrogait._jit import kernel, section
from retrogait.arrays import Floats
from retrogait.kernels.dynamics import gather_forces, require_inertia, subtract_loads
from retrogait.kernels.functions import evaluate
from retrogait.kernels.joints import load_joints
from retrogait.kernels.kinematics import place
from retrogait.kernels.paths import measure_paths
from retrogait.kernels.plan import Answer, Body, Motion, Plan, Work
from retrogait.kernels.status import Status
from retrogait.kernels.tendons import solve_compliant, solve_rigid, start_fibers

SHARING_LIMIT = 1e-6
"""A frame counts as solved while sharing leaves at most this share of the largest moment [1]."""


@section
def fold_couplers(body: Body, q: Floats, force: Floats) -> None:
    """Move the share of every coupled coordinate to the coordinate that drives it.

    Parameters
    ----------
    q     : (coordinate,)
    force : (coordinate,) changed in place; coupled entries become zero
    """
    driver = body.tree.driver
    driver_function = body.tree.driver_function
    coupled = body.tree.coupled
    kind, coefficient, first, count, knot, cubic = body.functions
    for i in range(coupled.shape[0]):
        c = coupled[i]
        source = driver[c]
        gain = evaluate(kind, coefficient, first, count, knot, cubic, driver_function[c], q[source])[1]
        force[source] += force[c] * gain
        force[c] = 0.0


@kernel
def solve_frames(
    body: Body, plan: Plan, motion: Motion, answer: Answer, work: Work, first: int, last: int, chunk: int
) -> None:
    """Solve frames ``first`` to ``last`` (exclusive) one after another.

    Each frame starts load sharing from the one before, but for every ``chunk``-th, which starts from rest:
    so no digit depends on how frames are dealt to threads. With compliant tendons the fibre lengths of the
    frame before also give the fibre velocities, so a trial must then be one chunk.
    """
    tree = body.tree
    paths = body.paths
    compliant = plan.compliant[0] != 0
    shared = plan.shared
    arm_first = paths.arm_first
    arm_coordinate = paths.arm_coordinate
    step = math.inf
    fresh = True
    settled = 0  # frames solved in a row
    for frame in range(first, last):
        settled += 1
        if frame % chunk == 0:
            fresh = True
            settled = 0
            work.price[:] = 0.0
        q = motion.q[frame]
        qd = motion.qd[frame]
        force = answer.force[frame]
        folded = answer.reserve[frame]
        length = answer.length[frame]
        arm = answer.arm[frame]
        activation = answer.activation[frame]
        place(tree, body.functions, q, qd, motion.qdd[frame], work.pose)
        require_inertia(tree, work.pose, work.wrench)
        subtract_loads(work.pose, motion.load_link, motion.load[frame], work.wrench)
        gather_forces(tree, work.pose, work.wrench, force)
        for c in range(force.shape[0]):
            folded[c] = force[c]
        fold_couplers(body, q, folded)
        measure_paths(
            tree, body.functions, paths, q, work.pose, plan.physics[0], work.strand,
            work.path_wrench, work.path_force, length, arm, work.pull,
        )  # fmt: skip
        for muscle in range(length.shape[0]):
            speed = 0.0
            for row in range(arm_first[muscle], arm_first[muscle + 1]):
                speed -= arm[row] * qd[arm_coordinate[row]]
            work.velocity[muscle] = speed

        balanced = True
        if compliant:
            if frame + 1 < last:
                step = motion.time[frame + 1] - motion.time[frame]
            if fresh:
                solve_rigid(
                    body, plan, folded, length, arm, activation,
                    answer.tension[frame], answer.fiber_length[frame], work,
                )  # fmt: skip
                start_fibers(body, plan, length, step, activation, work)
            else:
                step = motion.time[frame] - motion.time[frame - 1]
                for muscle in range(length.shape[0]):
                    activation[muscle] = answer.activation[frame - 1, muscle]
            left, steps, balanced = solve_compliant(
                body, plan, folded, length, arm, step, activation,
                answer.tension[frame], answer.fiber_length[frame], work,
            )  # fmt: skip
            for muscle in range(length.shape[0]):
                work.fiber_before[muscle] = answer.fiber_length[frame, muscle]
        else:
            for j in range(shared.shape[0]):  # prices change smoothly: start from where they are heading
                now = work.price[j]
                if settled >= 2:
                    work.price[j] = 2.0 * now - work.price_before[j]
                work.price_before[j] = now
            left, steps = solve_rigid(
                body, plan, folded, length, arm, activation,
                answer.tension[frame], answer.fiber_length[frame], work,
            )  # fmt: skip
        answer.left[frame] = left
        answer.steps[frame] = steps

        scale = 1.0
        total = 0.0
        for c in range(force.shape[0]):
            total += force[c]
        for j in range(shared.shape[0]):
            scale = max(scale, abs(folded[shared[j]]), abs(work.target[j]))
        for muscle in range(length.shape[0]):
            f = answer.tension[frame, muscle]
            total += f
            for row in range(arm_first[muscle], arm_first[muscle + 1]):
                folded[arm_coordinate[row]] -= arm[row] * f
        load_joints(body, plan, frame, answer, work)
        if not math.isfinite(total):
            answer.status[frame] = Status.NOT_FINITE.value
        elif not balanced:
            answer.status[frame] = Status.EQUILIBRIUM.value
        elif not left <= SHARING_LIMIT * scale:
            answer.status[frame] = Status.SHARING.value
        else:
            answer.status[frame] = Status.SOLVED.value
        fresh = answer.status[frame] != Status.SOLVED.value
        if fresh:
            settled = -1
            discard(frame, answer)
            for j in range(work.price.shape[0]):  # a lost frame must not spoil the next one's start
                work.price[j] = 0.0


@section
def discard(frame: int, answer: Answer) -> None:
    """Replace what a failed frame says about muscles and contact by not-a-number."""
    answer.activation[frame] = np.nan
    answer.tension[frame] = np.nan
    answer.fiber_length[frame] = np.nan
    answer.reserve[frame] = np.nan
    answer.reaction[frame] = np.nan
    answer.contribution[frame] = np.nan
    answer.patella[frame] = np.nan
