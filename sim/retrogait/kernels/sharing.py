"""Load sharing: which muscles carry the joint moments.

minimise    sum_m (c_m a_m^p / p - o_m a_m) + 1/2 sum_j r_j^2
subject to  sum_m A_jm a_m + w_j r_j = b_j          for every shared coordinate j
            lower_m <= a_m <= upper_m

Activations a [1] weigh c_m in the cost; o_m is zero but where a caller approximates another cost by
a quadratic one (compliant tendons). A_jm is the moment of muscle m at full activation about
coordinate j, b_j the moment to carry and w_j the reserve's moment per unit of its cost [N m or N].

The dual has one unknown per coordinate and no constraint: a_m = phi((o_m + sum_j A_jm lambda_j) / c_m), r_j =
w_j lambda_j. It is convex and its gradient piecewise smooth, so Newton's method with a line search needs
a few steps (Qi and Sun 1993, semismooth Newton); reserves keep the Hessian positive definite.
"""

import math
from typing import NamedTuple

import numpy as np

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints

TOLERANCE = 1e-9
"""Largest moment left over, relative to the largest moment to carry but at least to 1 N m."""

MAX_STEPS = 200
"""Newton steps before a frame counts as stalled; warm frames take two to five."""

MAX_HALVINGS = 40
"""Line search: a step shorter than 2^-40 is rounding."""

MAX_CURVATURE = 1e8
"""Bound on the slope of sqrt near zero for p = 3; a steeper one would only lengthen zero steps."""

TINY = 1e-300
"""Keeps 0 / 0 out of the p = 3 law at price zero."""

SMOOTHING = 1e-2
"""First and largest smoothing of the p = 3 law when plain Newton stalls; shrinks tenfold to zero."""

SMOOTHING_ROUNDS = 10
"""Down to 1e-11, below which activations no longer move."""


class SharingWork(NamedTuple):
    """Scratch of the solver; all (shared,) but ``hessian`` (shared, shared)."""

    hessian: Floats
    gradient: Floats
    step: Floats
    trial: Floats


def new_sharing_work(shared: int) -> SharingWork:
    """Room for one problem."""
    return SharingWork(np.zeros((shared, shared)), np.zeros(shared), np.zeros(shared), np.zeros(shared))


@kernel
def respond(z: float, lower: float, upper: float, exponent: int, soft: float) -> tuple[float, float]:
    """Activation and conjugate cost for the price ``z`` of a muscle's moment over its weight.

    ``soft`` adds soft * a^2 to the cost of p = 3, which bounds the slope da/dz = 1 / (2 (a + soft)); zero is
    the true law.
    """
    a = z if exponent == 2 else z / (math.sqrt(soft * soft + max(z, 0.0)) + soft + TINY)
    if a <= lower:
        a = lower
    elif a >= upper:
        a = upper
    if exponent == 2:
        return a, z * a - 0.5 * a * a
    return a, z * a - a * a * a / 3.0 - soft * a * a


@kernel
def price_out(
    first: Ints,
    row: Ints,
    value: Floats,
    target: Floats,
    cost: Floats,
    offset: Floats,
    lower: Floats,
    upper: Floats,
    reserve: Floats,
    exponent: int,
    soft: float,
    price: Floats,
    activation: Floats,
    gradient: Floats,
) -> tuple[float, float]:
    """Activations and dual gradient at ``price``; the dual objective and the largest moment left over."""
    objective = 0.0
    for j in range(target.shape[0]):
        own = reserve[j] * reserve[j] * price[j]
        gradient[j] = own - target[j]
        objective += price[j] * (0.5 * own - target[j])
    for m in range(activation.shape[0]):
        begin = first[m]
        end = first[m + 1]
        z = offset[m]
        for k in range(begin, end):
            z += value[k] * price[row[k]]
        c = cost[m]
        a, conjugate = respond(z / c, lower[m], upper[m], exponent, soft)
        activation[m] = a
        objective += c * conjugate
        if a != 0.0:
            for k in range(begin, end):
                gradient[row[k]] += value[k] * a
    left = 0.0
    for j in range(target.shape[0]):
        size = abs(gradient[j])
        if math.isnan(size):
            return objective, size
        left = max(left, size)
    return objective, left


@kernel
def newton_step(
    first: Ints,
    row: Ints,
    value: Floats,
    cost: Floats,
    lower: Floats,
    upper: Floats,
    reserve: Floats,
    exponent: int,
    soft: float,
    activation: Floats,
    work: SharingWork,
) -> float:
    """Solve H step = -gradient for the generalised Hessian at ``activation``; descent along the step."""
    H = work.hessian
    g = work.gradient
    d = work.step
    n = reserve.shape[0]
    for j in range(n):
        for i in range(j):
            H[j, i] = 0.0
        H[j, j] = reserve[j] * reserve[j]
    for m in range(activation.shape[0]):
        a = activation[m]
        if lower[m] < a < upper[m]:  # a muscle at a bound does not respond to its price
            slope = 1.0 / cost[m]
            if exponent == 3:
                slope *= min(0.5 / (a + soft), MAX_CURVATURE)
            begin = first[m]
            for k in range(begin, first[m + 1]):
                j = row[k]
                t = slope * value[k]
                for i in range(begin, k + 1):
                    H[j, row[i]] += t * value[i]
    # Cholesky factorisation of the lower triangle, in place
    for j in range(n):
        x = H[j, j]
        for k in range(j):
            x -= H[j, k] * H[j, k]
        x = math.sqrt(x) if x > 1e-300 else 1e-150
        H[j, j] = x
        inverse = 1.0 / x
        for i in range(j + 1, n):
            y = H[i, j]
            for k in range(j):
                y -= H[i, k] * H[j, k]
            H[i, j] = y * inverse
    for j in range(n):
        y = -g[j]
        for k in range(j):
            y -= H[j, k] * d[k]
        d[j] = y / H[j, j]
    descent = 0.0
    for j in range(n - 1, -1, -1):
        y = d[j]
        for k in range(j + 1, n):
            y -= H[k, j] * d[k]
        d[j] = y / H[j, j]
        descent += g[j] * d[j]
    return descent


@kernel
def descend(
    first: Ints,
    row: Ints,
    value: Floats,
    target: Floats,
    cost: Floats,
    offset: Floats,
    lower: Floats,
    upper: Floats,
    reserve: Floats,
    exponent: int,
    soft: float,
    tolerance: float,
    price: Floats,
    activation: Floats,
    work: SharingWork,
) -> tuple[float, int]:
    """Newton's method from ``price``; largest moment left over and steps taken."""
    trial = work.trial
    objective, left = price_out(
        first, row, value, target, cost, offset, lower, upper, reserve,
        exponent, soft, price, activation, work.gradient,
    )  # fmt: skip
    for step in range(MAX_STEPS):
        if left <= tolerance or not math.isfinite(left):
            return left, step
        descent = newton_step(
            first, row, value, cost, lower, upper, reserve, exponent, soft, activation, work
        )
        length = 1.0
        found = False
        for _ in range(MAX_HALVINGS):
            for j in range(price.shape[0]):
                trial[j] = price[j] + length * work.step[j]
            reached, left = price_out(
                first, row, value, target, cost, offset, lower, upper, reserve,
                exponent, soft, trial, activation, work.gradient,
            )  # fmt: skip
            if reached <= objective + 1e-4 * length * descent + 1e-13 * abs(objective):
                found = True
                break
            length *= 0.5
        if not found:
            return left, step
        objective = reached
        for j in range(price.shape[0]):
            price[j] = trial[j]
    return left, MAX_STEPS


@kernel
def share_loads(
    first: Ints,
    row: Ints,
    value: Floats,
    target: Floats,
    cost: Floats,
    offset: Floats,
    lower: Floats,
    upper: Floats,
    reserve: Floats,
    exponent: int,
    price: Floats,
    activation: Floats,
    work: SharingWork,
) -> tuple[bool, float, int]:
    """Activations that carry ``target`` at least cost.

    Parameters
    ----------
    first      : (muscle + 1,) range of each muscle in ``row`` and ``value``
    row        : (arm,) shared coordinate, ascending within a muscle
    value      : (arm,) moment at full activation [N m or N]
    target     : (shared,) moment to carry [N m or N]
    cost       : (muscle,) weight in the cost, positive [1]
    offset     : (muscle,) linear part of the cost, taken off; zero for the plain one [1]
    lower, upper : (muscle,) bounds of the activation [1]
    reserve    : (shared,) reserve moment per unit cost, positive [N m or N]
    exponent   : 2 or 3
    price      : (shared,) multipliers; start on entry, solution on return
    activation : (muscle,) overwritten [1]

    Returns
    -------
    converged, largest moment left over [N m or N], Newton steps. The reserve of coordinate j is
    ``reserve[j] ** 2 * price[j]``.
    """
    scale = 1.0
    for j in range(target.shape[0]):
        scale = max(scale, abs(target[j]))
    tolerance = TOLERANCE * scale
    left, steps = descend(
        first, row, value, target, cost, offset, lower, upper, reserve,
        exponent, 0.0, tolerance, price, activation, work,
    )  # fmt: skip
    if not left <= tolerance:
        # Start again from rest; for p = 3 approach its infinite slope at zero through softer laws.
        for j in range(price.shape[0]):
            price[j] = 0.0
        soft = SMOOTHING
        for _ in range(SMOOTHING_ROUNDS if exponent == 3 else 0):
            left, more = descend(
                first, row, value, target, cost, offset, lower, upper, reserve,
                exponent, soft, tolerance, price, activation, work,
            )  # fmt: skip
            steps += more
            soft *= 0.1
        left, more = descend(
            first, row, value, target, cost, offset, lower, upper, reserve,
            exponent, 0.0, tolerance, price, activation, work,
        )  # fmt: skip
        steps += more
    return left <= tolerance, left, steps
