"""Slow twins: what kinematics and dynamics must be, from nothing but where the links stand.

Positions and orientations come from `place` without speed; everything that moves is a difference quotient.
"""

import numpy as np

from .ours import place_once

STEP = 1e-4  # s, rad or m: fourth-order differences then err by 1e-12 of the fifth derivative or so
FIRST = {-2: 1 / 12, -1: -8 / 12, 1: 8 / 12, 2: -1 / 12}
SECOND = {-2: -1 / 12, -1: 16 / 12, 0: -30 / 12, 1: 16 / 12, 2: -1 / 12}
SECOND_STEP = 1e-3  # the same for second differences, whose rounding grows as 1 / step^2


def states(model, rng, count=4):
    """Random q, qd, qdd."""
    n = len(model.coordinates)
    for _ in range(count):
        yield rng.uniform(-0.8, 0.8, n), rng.normal(0.0, 1.0, n), rng.normal(0.0, 1.0, n)


def stand(model, q):
    """(link, 3, 3) rotations and (link, 3) origins."""
    still = np.zeros_like(q)
    pose = place_once(model, q, still, still)
    return pose.rotation.reshape(-1, 3, 3).copy(), pose.position.copy()


def _difference(weights, values, power):
    step = STEP if power == 1 else SECOND_STEP
    return sum(weight * values(k * step) for k, weight in weights.items()) / step**power


def vee(skew):
    """(..., 3) from (..., 3, 3): the vector of a skew matrix, its symmetric rounding averaged away."""
    return 0.5 * np.stack(
        [
            skew[..., 2, 1] - skew[..., 1, 2],
            skew[..., 0, 2] - skew[..., 2, 0],
            skew[..., 1, 0] - skew[..., 0, 1],
        ],
        axis=-1,
    )


def rates(model, q, qd, qdd):
    """What `Pose` calls spin, turn and acceleration, along q + qd t + qdd t^2 / 2."""

    def at(t):
        return stand(model, q + qd * t + 0.5 * qdd * t * t)

    R = at(0.0)[0]
    R1 = _difference(FIRST, lambda t: at(t)[0], 1)
    R2 = _difference(SECOND, lambda t: at(t)[0], 2)
    p2 = _difference(SECOND, lambda t: at(t)[1], 2)
    back = R.transpose(0, 2, 1)
    # d/dt (R' R^T) = R'' R^T + R' R'^T, whose second part is symmetric
    return {
        "spin": vee(R1 @ back),
        "turn": vee(R2 @ back),
        "acceleration": p2 - model.tree.gravity,
    }


def _mass_matrix(model, q):
    """(coordinate, coordinate), and the potential energy."""
    tree = model.tree
    n = q.size
    R, p = stand(model, q)
    com = p + np.einsum("lij,lj->li", R, tree.com)
    xx, yy, zz, xy, xz, yz = tree.inertia.T
    local = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]).transpose(2, 0, 1)
    inertia = R @ local @ R.transpose(0, 2, 1)

    def moved(c, x):
        other = q.copy()
        other[c] += x
        return stand(model, other)

    v = np.zeros((n, *p.shape))
    w = np.zeros((n, *p.shape))
    for c in range(n):
        R1 = _difference(FIRST, lambda x, c=c: moved(c, x)[0], 1)
        p1 = _difference(FIRST, lambda x, c=c: moved(c, x)[1], 1)
        v[c] = p1 + np.einsum("lij,lj->li", R1, tree.com)
        w[c] = vee(R1 @ R.transpose(0, 2, 1))
    mass = np.einsum("l,ali,bli->ab", tree.mass, v, v) + np.einsum("ali,lij,blj->ab", w, inertia, w)
    return mass, -float(np.einsum("l,li,i->", tree.mass, com, tree.gravity))


def lagrange(model, q, qd, qdd):
    """Generalised forces d/dt (dT/dqd) - dT/dq + dV/dq, all coordinates independent."""
    mass, _ = _mass_matrix(model, q)
    force = mass @ qdd
    for c in range(q.size):

        def at(x, c=c):
            other = q.copy()
            other[c] += x
            m, potential = _mass_matrix(model, other)
            return np.append(m.ravel(), potential)

        change = _difference(FIRST, at, 1)
        m1, potential1 = change[:-1].reshape(mass.shape), change[-1]
        force += m1 @ qd * qd[c]
        force[c] += potential1 - 0.5 * qd @ m1 @ qd
    return force
