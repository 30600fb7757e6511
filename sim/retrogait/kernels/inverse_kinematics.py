"""Inverse kinematics: coordinates that bring a model's markers closest to measured ones, frame by frame.

The cost is that of OpenSim's tool,

    F = 1/2 sum w |p - o|^2 / sum w  +  1/2 sum k (q - t)^2,

over the markers that a frame shows and the coordinates that have a target. It is minimised by
Levenberg and Marquardt's method within bounds: a variable at its bound that would go further is held for
that step (Bertsekas 1982). With the weights for masses, the Gauss-Newton matrix is the mass matrix of a
model whose bodies are its markers; so it is summed by composite bodies and factored along the branches of
the tree, leaves first (Featherstone 2008, chapters 6 and 8), and the Jacobian is never formed.
"""

import math
from typing import NamedTuple

import numpy as np

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints
from retrogait.kernels.damped_step import damped_step
from retrogait.kernels.kinematics import Pose, new_pose, place
from retrogait.kernels.markers import Sites, Variables, follow, locate, twist_links
from retrogait.kernels.model import Functions, Tree

SOLVED = 0
UNSEEN = 1
STALLED = 2

MOST_STEPS = 200
CLOSE = 1e-8
"""Step [rad or m] below which a frame is solved. Gauss-Newton shrinks the error by the ratio of marker error
to limb length at each step, so it is a tenth of that where markers are a centimetre or two off."""
NOISE = 1e-13
"""Relative growth of F that rounding makes, with markers some metres from the origin and millimetres off."""
GAIN = 1e-12
"""Share of F by which a step must be expected to lower it; less is below the rounding of F."""
UNDAMPED = 1.0
"""Damping up to which a step below CLOSE means a minimum; beyond it the step may be short for its sake."""
FIRST_DAMPING = 1e-4
MOST_DAMPING = 1e12
MOMENTS = 16


class Goal(NamedTuple):
    """What a fit is to come close to.

    Attributes
    ----------
    observed : (frame, marker, 3) measured markers, NaN where not seen [m]
    weight   : (marker,)
    target   : (frame, coordinate) [rad or m]
    pull     : (coordinate,) weight of the coordinate's target, 0 for none
    """

    observed: Floats
    weight: Floats
    target: Floats
    pull: Floats


class Fit(NamedTuple):
    """What a fit gives.

    Attributes
    ----------
    q      : (frame, coordinate) held coordinates come in, all go out; NaN in an unseen frame [rad or m]
    error  : (frame, marker) distance of the model's marker from the measured one, NaN where not seen [m]
    cost   : (frame,) F
    steps  : (frame,) steps taken
    status : (frame,) SOLVED, UNSEEN: no marker with a weight, STALLED: not to tolerance
    """

    q: Floats
    error: Floats
    cost: Floats
    steps: Ints
    status: Ints


class Space(NamedTuple):
    """Working memory of one thread."""

    pose: Pose
    q: Floats
    still: Floats
    factor: Floats
    position: Floats
    share: Floats
    moments: Floats
    twist: Floats
    matrix: Floats
    factored: Floats
    slope: Floats
    step: Floats
    hold: Floats
    x: Floats
    trial: Floats
    cost: Floats


def new_space(tree: Tree, sites: Sites, variables: Variables) -> Space:
    """Room for one thread."""
    links, coordinates = tree.parent.size, variables.column.size
    markers, n = sites.link.size, variables.coordinate.size
    return Space(
        new_pose(links, tree.kind.size),
        np.zeros(coordinates),
        np.zeros(coordinates),
        np.zeros(coordinates),
        np.zeros((markers, 3)),
        np.zeros(markers),
        np.zeros((links, MOMENTS)),
        np.zeros((variables.twist.size, 6)),
        np.zeros((n, n)),
        np.zeros((n, n)),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(1),
    )


def new_fit(frames: int, coordinates: int, markers: int) -> Fit:
    """Room for the answers."""
    return Fit(
        np.zeros((frames, coordinates)),
        np.full((frames, markers), np.nan),
        np.full(frames, np.nan),
        np.zeros(frames, np.int64),
        np.full(frames, UNSEEN, np.int64),
    )


@kernel
def share_weights(observed: Floats, weight: Floats, share: Floats) -> float:
    """Weights of the markers that a frame shows, as shares of their sum, which is returned."""
    total = 0.0
    for marker in range(weight.shape[0]):
        share[marker] = 0.0 if math.isnan(observed[marker, 0]) else weight[marker]
        total += share[marker]
    if total > 0.0:
        for marker in range(weight.shape[0]):
            share[marker] /= total
    return total


@kernel
def linearise(
    tree: Tree, functions: Functions, sites: Sites, variables: Variables,
    observed: Floats, target: Floats, pull: Floats, x: Floats, space: Space,
) -> float:  # fmt: skip
    """F at ``x``; its slope and Gauss-Newton matrix (lower half) go to ``space``. Shares come first.

    Parameters
    ----------
    observed : (marker, 3) NaN where not seen [m]
    target   : (coordinate,)
    pull     : (coordinate,)
    x        : (variable,)
    """
    q = space.q
    factor = space.factor
    H = space.matrix
    g = space.slope
    S = space.twist
    c = space.moments
    p = space.position
    w = space.share
    for variable in range(x.shape[0]):
        q[variables.coordinate[variable]] = x[variable]
    follow(tree, functions, variables, q, factor)
    place(tree, functions, q, space.still, space.still, space.pose)
    locate(sites, space.pose, p)
    twist_links(tree, variables, space.pose, factor, S)

    # Of every link and what hangs from it: sum w; w p; w p p'; w r; w p x r
    c[:] = 0.0
    F = 0.0
    for marker in range(w.shape[0]):
        m = w[marker]
        if m == 0.0:
            continue
        X, Y, Z = p[marker, 0], p[marker, 1], p[marker, 2]
        rx, ry, rz = X - observed[marker, 0], Y - observed[marker, 1], Z - observed[marker, 2]
        F += 0.5 * m * (rx * rx + ry * ry + rz * rz)
        k = sites.link[marker]
        c[k, 0] += m
        c[k, 1] += m * X
        c[k, 2] += m * Y
        c[k, 3] += m * Z
        c[k, 4] += m * X * X
        c[k, 5] += m * Y * Y
        c[k, 6] += m * Z * Z
        c[k, 7] += m * X * Y
        c[k, 8] += m * X * Z
        c[k, 9] += m * Y * Z
        c[k, 10] += m * rx
        c[k, 11] += m * ry
        c[k, 12] += m * rz
        c[k, 13] += m * (Y * rz - Z * ry)
        c[k, 14] += m * (Z * rx - X * rz)
        c[k, 15] += m * (X * ry - Y * rx)
    for link in range(tree.parent.shape[0] - 1, 0, -1):
        up = tree.parent[link]
        for i in range(MOMENTS):
            c[up, i] += c[link, i]

    H[:] = 0.0
    g[:] = 0.0
    for link in range(tree.parent.shape[0] - 1, 0, -1):
        m = c[link, 0]
        if m == 0.0:
            continue
        hx, hy, hz = c[link, 1], c[link, 2], c[link, 3]
        xx, yy, zz = c[link, 4], c[link, 5], c[link, 6]
        xy, xz, yz = c[link, 7], c[link, 8], c[link, 9]
        for row in range(variables.twist_first[link], variables.twist_first[link + 1]):
            i = variables.twist[row]
            ax, ay, az = S[row, 0], S[row, 1], S[row, 2]
            vx, vy, vz = S[row, 3], S[row, 4], S[row, 5]
            g[i] += (
                ax * c[link, 13] + ay * c[link, 14] + az * c[link, 15]
                + vx * c[link, 10] + vy * c[link, 11] + vz * c[link, 12]
            )  # fmt: skip
            # momentum of the composite body, were its markers masses, under this twist
            fx = m * vx + ay * hz - az * hy
            fy = m * vy + az * hx - ax * hz
            fz = m * vz + ax * hy - ay * hx
            tx = hy * vz - hz * vy + (yy + zz) * ax - xy * ay - xz * az
            ty = hz * vx - hx * vz + (xx + zz) * ay - xy * ax - yz * az
            tz = hx * vy - hy * vx + (xx + yy) * az - xz * ax - yz * ay
            above = link
            end = row + 1
            while above > 0:
                for other in range(variables.twist_first[above], end):
                    j = variables.twist[other]
                    h = (
                        S[other, 0] * tx + S[other, 1] * ty + S[other, 2] * tz
                        + S[other, 3] * fx + S[other, 4] * fy + S[other, 5] * fz
                    )  # fmt: skip
                    if i > j:
                        H[i, j] += h
                    elif i < j:
                        H[j, i] += h
                    elif other == row:
                        H[i, i] += h
                    else:
                        H[i, i] += 2.0 * h
                above = tree.parent[above]
                end = variables.twist_first[above + 1]
    for coordinate in range(pull.shape[0]):
        k = pull[coordinate]
        if k > 0.0:
            away = q[coordinate] - target[coordinate]
            F += 0.5 * k * away * away
            i = variables.column[coordinate]
            if i >= 0:
                g[i] += k * away * factor[coordinate]
                H[i, i] += k * factor[coordinate] * factor[coordinate]
    return F


@kernel
def solve_frame(
    tree: Tree, functions: Functions, sites: Sites, variables: Variables,
    observed: Floats, goal: Goal, target: Floats, space: Space,
) -> tuple[int, int]:  # fmt: skip
    """Bring ``space.x`` to the minimum of one frame, starting from where it stands; status and steps.

    Held coordinates stand in ``space.q``, the shares of the markers in ``space.share``. On return
    ``space.position`` and ``space.q`` are those of the answer, its F is in ``space.cost``.
    """
    x = space.x
    trial = space.trial
    n = x.shape[0]
    for i in range(n):
        x[i] = min(max(x[i], variables.lower[i]), variables.upper[i])
    F = linearise(tree, functions, sites, variables, observed, target, goal.pull, x, space)
    damping = 0.0
    status = STALLED
    steps = 0
    while steps < MOST_STEPS and status != SOLVED:
        steps += 1
        small = False
        better = False
        while damping < MOST_DAMPING:
            if damped_step(
                x, variables.lower, variables.upper, space.slope, space.matrix, damping, space.factored,
                space.hold, space.step,
            ):  # fmt: skip
                size = 0.0
                gain = 0.0
                leaps = False
                for i in range(n):
                    trial[i] = min(max(x[i] + space.step[i], variables.lower[i]), variables.upper[i])
                    moved = trial[i] - x[i]
                    size = max(size, abs(moved))
                    gain -= 0.5 * space.slope[i] * moved
                    leaps = leaps or abs(moved) > variables.leap[i]
                small = size <= CLOSE or gain <= GAIN * F
                if small:
                    break
                if not leaps:
                    next_F = linearise(
                        tree, functions, sites, variables, observed, target, goal.pull, trial, space
                    )
                    if next_F <= F * (1.0 + NOISE) + NOISE * NOISE:
                        F = next_F
                        better = True
                        break
                    # matrix and slope again of the place from which the next step starts
                    linearise(tree, functions, sites, variables, observed, target, goal.pull, x, space)
            damping = max(10.0 * damping, FIRST_DAMPING)
        if better:
            for i in range(n):
                x[i] = trial[i]
            damping = 0.0 if damping <= FIRST_DAMPING else 0.1 * damping
        elif small and damping <= UNDAMPED:
            status = SOLVED
            if damping == 0.0:  # the last step costs one look and brings another digit
                for i in range(n):
                    x[i] = trial[i]
                F = linearise(tree, functions, sites, variables, observed, target, goal.pull, x, space)
        else:
            break
    space.cost[0] = F
    return status, steps


@kernel
def solve_frames(
    tree: Tree, functions: Functions, sites: Sites, variables: Variables, goal: Goal,
    fit: Fit, space: Space, first: int, last: int,
) -> None:  # fmt: skip
    """Solve frames ``first`` to ``last``, each from the answer of the one before.

    The first starts from the variables that stand in its row of ``fit.q``; of the other rows only held
    coordinates are read.
    """
    x = space.x
    for i in range(x.shape[0]):
        x[i] = fit.q[first, variables.coordinate[i]]
    for frame in range(first, last):
        observed = goal.observed[frame]
        target = goal.target[frame]
        if not share_weights(observed, goal.weight, space.share) > 0.0:
            fit.status[frame] = UNSEEN
            fit.q[frame] = math.nan
            continue
        for i in range(space.q.shape[0]):  # a whole row would need memory of its own
            space.q[i] = fit.q[frame, i]
        status, steps = solve_frame(tree, functions, sites, variables, observed, goal, target, space)
        fit.status[frame] = status
        fit.steps[frame] = steps
        fit.cost[frame] = space.cost[0]
        for i in range(space.q.shape[0]):
            fit.q[frame, i] = space.q[i]
        for marker in range(sites.link.shape[0]):
            X = space.position[marker, 0] - observed[marker, 0]
            Y = space.position[marker, 1] - observed[marker, 1]
            Z = space.position[marker, 2] - observed[marker, 2]
            fit.error[frame, marker] = math.sqrt(X * X + Y * Y + Z * Z)
