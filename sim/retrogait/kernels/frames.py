"""The method, frame by frame: motion and ground forces in, joint loads and muscle activations out."""

import math

import numpy as np

from retrogait._jit import kernel, section
from retrogait.arrays import Floats
from retrogait.kernels.dynamics import gather_forces, require_inertia, subtract_loads
from retrogait.kernels.equilibrium import Balance, compliant_tendon, equilibrate
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import place
from retrogait.kernels.muscles import rigid_tendon, rigid_tendon_opensim
from retrogait.kernels.paths import measure_paths
from retrogait.kernels.plan import Answer, Body, Motion, Plan, Work
from retrogait.kernels.sharing import share_loads
from retrogait.kernels.status import Physics, Status

ACTIVATION_TOLERANCE = 1e-8
"""Largest change of an activation that ends the search for a compliant frame [1]."""

COMPLIANT_ROUNDS = 100
"""Linearisations per compliant frame; three to six are usual."""

DAMPED_AFTER = 6
"""From this round on a change that does not halve is taken by half."""

BRAKED_AFTER = 16
"""From this round on single muscles that still jump to and fro are slowed."""

PROBE = 1e-3
"""Step of activation over which the curvature of tendon force is taken [1]."""

LEAST_CURVATURE = 1e-6
"""Least curvature of the p = 3 cost, whose own vanishes with activation [1]."""


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
        gain = evaluate(
            kind, coefficient, first, count, knot, cubic, driver_function[c], q[source]
        )[1]
        force[source] += force[c] * gain
        force[c] = 0.0


@kernel
def share(
    plan: Plan,
    folded: Floats,
    arm: Floats,
    cost: Floats,
    offset: Floats,
    exponent: int,
    activation: Floats,
    work: Work,
) -> tuple[float, int]:
    """Share the folded moments among muscles of capacity ``work.active`` plus ``work.passive``."""
    share_first = plan.share_first
    share_arm = plan.share_arm
    share_row = plan.share_row
    shared = plan.shared
    value = work.value
    target = work.target
    for j in range(shared.shape[0]):
        target[j] = folded[shared[j]]
    for muscle in range(activation.shape[0]):
        active = work.active[muscle]
        passive = work.passive[muscle]
        for k in range(share_first[muscle], share_first[muscle + 1]):
            r = arm[share_arm[k]]
            value[k] = r * active
            target[share_row[k]] -= r * passive
    _, left, steps = share_loads(
        share_first, share_row, value, target, cost, offset, plan.lower, plan.upper, plan.reserve,
        exponent, work.price, activation, work.sharing,
    )  # fmt: skip
    return left, steps


@kernel
def solve_rigid(
    body: Body, plan: Plan, folded: Floats, length: Floats, arm: Floats, activation: Floats,
    tension: Floats, fiber_length: Floats, work: Work,
) -> tuple[float, int]:  # fmt: skip
    """Activations and tendon forces with tendons that do not stretch."""
    if plan.physics[0] == Physics.OPENSIM:
        rigid_tendon_opensim(
            body.muscles, length, work.velocity, work.active, work.passive, fiber_length
        )
    else:
        rigid_tendon(body.muscles, length, work.velocity, work.active, work.passive, fiber_length)
    if plan.passive[0] == 0:
        for muscle in range(length.shape[0]):
            work.passive[muscle] = 0.0
    left, steps = share(
        plan, folded, arm, plan.cost, work.nothing, plan.exponent[0], activation, work
    )
    for muscle in range(length.shape[0]):
        tension[muscle] = activation[muscle] * work.active[muscle] + work.passive[muscle]
    return left, steps


@section
def bend_costs(
    body: Body, plan: Plan, length: Floats, arm: Floats, time_step: float, work: Work
) -> None:
    """Quadratic cost of every muscle about the activations in ``work.guess``.

    Tendon force grows less than in proportion to activation. With z the price of a newton, the Lagrangian
    has the curvature c (p - 1) a^(p - 2) - z F''(a): leaving out the second term makes the rounds of
    `solve_compliant` jump between two points for ever.
    """
    passive = plan.passive[0] != 0
    exponent = plan.exponent[0]
    for muscle in range(length.shape[0]):
        a = work.guess[muscle]
        work.other[muscle] = a + PROBE if a + PROBE < plan.upper[muscle] else a - PROBE
    compliant_tendon(
        body.muscles, work.other, length, work.fiber_before, time_step, passive,
        work.nothing, work.steeper, work.other_fiber, work.balance,
    )  # fmt: skip
    for muscle in range(length.shape[0]):
        a = work.guess[muscle]
        z = 0.0
        for k in range(plan.share_first[muscle], plan.share_first[muscle + 1]):
            z += arm[plan.share_arm[k]] * work.price[plan.share_row[k]]
        bend = (work.steeper[muscle] - work.active[muscle]) / (work.other[muscle] - a)
        extra = max(-z * bend, 0.0)
        if not math.isfinite(extra):
            extra = 0.0
        c = plan.cost[muscle]
        plain = c
        gradient = c * a
        if exponent == 3:
            # the secant of c a^2 towards the activation that this price asks for: its tangent vanishes at 0
            goal = math.sqrt(max(z * work.active[muscle], 0.0) / c)
            plain = max(c * (a + goal), LEAST_CURVATURE)
            gradient = c * a * a
        work.curve[muscle] = plain + extra + work.brake[muscle]
        work.other[muscle] = work.curve[muscle] * a - gradient


@section
def solve_compliant(
    body: Body, plan: Plan, folded: Floats, length: Floats, arm: Floats, time_step: float,
    activation: Floats, tension: Floats, fiber_length: Floats, work: Work,
) -> tuple[float, int, bool]:  # fmt: skip
    """Activations and tendon forces with tendons in equilibrium with their fibres.

    Tendon force depends on activation through the fibre length, so each round shares the load among forces
    linearised about the current activations, at a cost that knows their curvature (sequential quadratic
    programming). ``activation`` holds the start; ``work.fiber_before`` the fibre lengths one step earlier,
    which give the fibre velocity.
    """
    passive = plan.passive[0] != 0
    guess = work.guess
    left = math.inf
    steps = 0
    found = False
    for muscle in range(length.shape[0]):
        work.change[muscle] = 0.0
        work.brake[muscle] = 0.0
    before = math.inf
    for turn in range(COMPLIANT_ROUNDS):
        for muscle in range(length.shape[0]):
            guess[muscle] = activation[muscle]
        compliant_tendon(
            body.muscles, guess, length, work.fiber_before, time_step, passive,
            tension, work.active, fiber_length, work.balance,
        )  # fmt: skip
        lost = False
        for muscle in range(length.shape[0]):
            lost = lost or work.balance[muscle] == Balance.FAILED
            work.active[muscle] = max(work.active[muscle], 0.0)
            work.passive[muscle] = tension[muscle] - work.active[muscle] * guess[muscle]
        if lost or found:
            found = found and not lost
            break
        bend_costs(body, plan, length, arm, time_step, work)
        left, more = share(plan, folded, arm, work.curve, work.other, 2, activation, work)
        steps += more
        largest = 0.0
        for muscle in range(length.shape[0]):
            change = activation[muscle] - guess[muscle]
            last = work.change[muscle]
            if turn >= BRAKED_AFTER and change * last < 0.0 and abs(change) > 0.5 * abs(last):
                # at a corner of a force curve plain steps jump to and fro: halve them each time
                work.brake[muscle] += work.curve[muscle]
            work.change[muscle] = change
            largest = max(largest, abs(change))
        if DAMPED_AFTER <= turn < BRAKED_AFTER and largest > 0.5 * before:
            for muscle in range(length.shape[0]):
                activation[muscle] = 0.5 * (activation[muscle] + guess[muscle])
        before = largest
        found = largest <= ACTIVATION_TOLERANCE
    return left, steps, found


@section
def start_fibers(body: Body, plan: Plan, length: Floats, time_step: float, activation: Floats, work: Work) -> None:
    """Fibre lengths one step before the first frame, from the path a moment earlier at rest.

    Without it the first frame would have isometric fibres, and forces that the next one cannot keep.
    """
    passive = plan.passive[0] != 0
    for muscle in range(length.shape[0]):
        earlier = length[muscle] - work.velocity[muscle] * time_step
        work.fiber_before[muscle] = equilibrate(
            body.muscles, muscle, activation[muscle], earlier, math.nan, math.inf, passive
        )[2]


@section
def load_joints(body: Body, plan: Plan, frame: int, answer: Answer, work: Work) -> None:
    """Joint reactions, the knee's share by muscle and the pull on the patella, from tendon forces.

    The wrench that inverse dynamics found at a joint is what the joint and the muscles across it carry
    together; each muscle's own part is known from its lines of action.
    """
    chain_first = body.paths.chain_first
    chain = body.paths.chain
    wrench = work.wrench
    pull = work.pull
    R = work.pose.rotation
    B = plan.body_rotation
    tension = answer.tension[frame]
    for side in range(plan.knee_link.shape[0]):
        for i in range(6):
            answer.net[frame, side, i] = wrench[plan.knee_link[side], i]
    for muscle in range(tension.shape[0]):
        f = tension[muscle]
        if f != 0.0:
            for crossing in range(chain_first[muscle], chain_first[muscle + 1]):
                link = chain[crossing]
                for i in range(6):
                    wrench[link, i] -= f * pull[crossing, i]
    for link in range(1, wrench.shape[0]):
        turn_into_body(R, B, link, wrench[link], answer.reaction[frame, link])
    for side in range(plan.knee_link.shape[0]):
        link = plan.knee_link[side]
        turn_into_body(R, B, link, answer.net[frame, side], answer.net[frame, side])
        for k in range(plan.knee_first[side], plan.knee_first[side + 1]):
            muscle = plan.knee_muscle[k]
            part = answer.contribution[frame, side, muscle]
            f = -tension[muscle]
            x, y, z = to_body(
                R, B, link, f * pull[plan.knee_crossing[k], 0],
                f * pull[plan.knee_crossing[k], 1], f * pull[plan.knee_crossing[k], 2],
            )  # fmt: skip
            part[0] = x
            part[1] = y
            part[2] = z
        x = y = z = 0.0
        for k in range(plan.patella_first[side], plan.patella_first[side + 1]):
            f = tension[plan.patella_muscle[k]]
            crossing = plan.patella_crossing[k]
            x += f * pull[crossing, 0]
            y += f * pull[crossing, 1]
            z += f * pull[crossing, 2]
        answer.patella[frame, side] = math.sqrt(x * x + y * y + z * z)


@kernel
def to_body(R: Floats, B: Floats, link: int, x: float, y: float, z: float) -> tuple[float, float, float]:
    """A ground vector in the axes of a link's body."""
    a = R[link, 0] * x + R[link, 3] * y + R[link, 6] * z
    b = R[link, 1] * x + R[link, 4] * y + R[link, 7] * z
    c = R[link, 2] * x + R[link, 5] * y + R[link, 8] * z
    return (
        B[link, 0] * a + B[link, 3] * b + B[link, 6] * c,
        B[link, 1] * a + B[link, 4] * b + B[link, 7] * c,
        B[link, 2] * a + B[link, 5] * b + B[link, 8] * c,
    )


@kernel
def turn_into_body(R: Floats, B: Floats, link: int, source: Floats, out: Floats) -> None:
    """A wrench (6,) from ground axes to the axes of a link's body; may be in place."""
    x, y, z = to_body(R, B, link, source[0], source[1], source[2])
    a, b, c = to_body(R, B, link, source[3], source[4], source[5])
    out[0] = x
    out[1] = y
    out[2] = z
    out[3] = a
    out[4] = b
    out[5] = c


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
    for frame in range(first, last):
        if frame % chunk == 0:
            fresh = True
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
            scale = max(scale, abs(folded[shared[j]]))
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
