"""Activations and tendon forces of one frame, with tendons that are rigid or stretch."""

import math

from retrogait._jit import kernel, section
from retrogait.arrays import Floats
from retrogait.kernels.equilibrium import Balance, compliant_tendon, equilibrate
from retrogait.kernels.muscles import rigid_tendon, rigid_tendon_opensim
from retrogait.kernels.plan import Body, Plan, Work
from retrogait.kernels.sharing import share_loads
from retrogait.kernels.status import Physics

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
        rigid_tendon_opensim(body.muscles, length, work.velocity, work.active, work.passive, fiber_length)
    else:
        rigid_tendon(body.muscles, length, work.velocity, work.active, work.passive, fiber_length)
    if plan.passive[0] == 0:
        for muscle in range(length.shape[0]):
            work.passive[muscle] = 0.0
    left, steps = share(plan, folded, arm, plan.cost, work.nothing, plan.exponent[0], activation, work)
    for muscle in range(length.shape[0]):
        tension[muscle] = activation[muscle] * work.active[muscle] + work.passive[muscle]
    return left, steps


@section
def bend_costs(body: Body, plan: Plan, length: Floats, arm: Floats, time_step: float, work: Work) -> None:
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
        work.other_force, work.steeper, work.other_fiber, work.balance,
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
def start_fibers(
    body: Body, plan: Plan, length: Floats, time_step: float, activation: Floats, work: Work
) -> None:
    """Fibre lengths one step before the first frame, from the path a moment earlier at rest.

    Without it the first frame would have isometric fibres, and forces that the next one cannot keep.
    """
    passive = plan.passive[0] != 0
    for muscle in range(length.shape[0]):
        earlier = length[muscle] - work.velocity[muscle] * time_step
        work.fiber_before[muscle] = equilibrate(
            body.muscles, muscle, activation[muscle], earlier, math.nan, math.inf, passive
        )[2]
