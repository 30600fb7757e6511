"""Slow and obvious twins of the kernels, in plain numpy and scipy.

Motion is carried as jets: a matrix with its first and second time derivative, multiplied by the product
rule. A body is six particles. No twin shares a formula with its kernel.
"""

from itertools import pairwise

import numpy as np
from scipy.optimize import minimize

from retrogait.kernels.model import Function, Point, Primitive

# ---- functions -----------------------------------------------------------------------------------


def function(functions, row, x):
    """Value and two derivatives."""
    kind = functions.kind[row]
    if kind != Function.PIECEWISE:
        terms = functions.coefficient[row, :2] if kind == Function.LINEAR else functions.coefficient[row]
        p = np.polynomial.Polynomial(terms)
        return p(x), p.deriv(1)(x), p.deriv(2)(x)
    first, count = functions.first[row], functions.knots[row]
    knots = functions.knot[first : first + count]
    pieces = functions.cubic[first : first + count]
    if not knots[0] <= x <= knots[-1]:
        end = 0 if x < knots[0] else count - 1
        return pieces[end, 0] + pieces[end, 1] * (x - knots[end]), pieces[end, 1], 0.0
    piece = min(int(np.searchsorted(knots, x, side="right")) - 1, count - 1)
    p = np.polynomial.Polynomial(pieces[piece])
    h = x - knots[piece]
    return p(h), p.deriv(1)(h), p.deriv(2)(h)


def along(functions, row, q, qd, qdd):
    """Value, rate and acceleration of a function whose argument moves."""
    f, df, ddf = function(functions, row, q)
    return f, df * qd, df * qdd + ddf * qd * qd


def couple(tree, functions, q, qd, qdd):
    """Copies of one frame's coordinates in which coupled ones follow their drivers."""
    out = np.array([q, qd, qdd], float)
    for c in np.flatnonzero(tree.driver >= 0):
        source = tree.driver[c]
        out[:, c] = along(functions, tree.driver_function[c], q[source], qd[source], qdd[source])
    return out


# ---- kinematics ----------------------------------------------------------------------------------


def hat(v):
    """Matrix of the cross product with v."""
    return np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])


def vee(M):
    """Vector of the skew part of a matrix."""
    return 0.5 * np.array([M[2, 1] - M[1, 2], M[0, 2] - M[2, 0], M[1, 0] - M[0, 1]])


def chain(A, B):
    """Product of two jets of matrices."""
    return (
        A[0] @ B[0],
        A[1] @ B[0] + A[0] @ B[1],
        A[2] @ B[0] + 2.0 * A[1] @ B[1] + A[0] @ B[2],
    )


def primitive(kind, axis, x, xd, xdd):
    """Jet of the 4 x 4 transform of one primitive."""
    T = np.eye(4), np.zeros((4, 4)), np.zeros((4, 4))
    if kind == Primitive.TRANSLATION:
        for jet, amount in zip(T, (x, xd, xdd), strict=True):
            jet[:3, 3] = amount * axis
        return T
    K = hat(axis)
    R = np.eye(3) + np.sin(x) * K + (1.0 - np.cos(x)) * K @ K
    T[0][:3, :3] = R
    T[1][:3, :3] = xd * K @ R
    T[2][:3, :3] = xdd * K @ R + xd * xd * K @ K @ R
    return T


def transforms(tree, functions, q, qd, qdd):
    """Jet of every link's 4 x 4 transform to ground."""
    still = np.zeros((4, 4))
    out = [(np.eye(4), still, still)]
    for link in range(1, tree.parent.size):
        frame = np.eye(4)
        frame[:3, :3] = tree.frame_rotation[link].reshape(3, 3)
        frame[:3, 3] = tree.frame_offset[link]
        T = chain(out[tree.parent[link]], (frame, still, still))
        for k in range(tree.first[link], tree.last[link]):
            c = tree.coordinate[k]
            state = (q[c], qd[c], qdd[c]) if c >= 0 else (0.0, 0.0, 0.0)
            moved = along(functions, tree.function[k], *state)
            T = chain(T, primitive(tree.kind[k], tree.axis[k], *moved))
        out.append(T)
    return out


def spin(T):
    """Angular velocity of a jet."""
    return vee(T[1][:3, :3] @ T[0][:3, :3].T)


def turn(T):
    """Angular acceleration of a jet."""
    R, Rd, Rdd = (M[:3, :3] for M in T)
    return vee(Rdd @ R.T + Rd @ Rd.T)


# ---- dynamics ------------------------------------------------------------------------------------


def particles(tree, link):
    """Six equal particles (4, 6) in homogeneous coordinates with the mass, centre and inertia of a link."""
    xx, yy, zz, xy, xz, yz = tree.inertia[link]
    inertia = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    second_moment = 0.5 * np.trace(inertia) * np.eye(3) - inertia
    values, axes = np.linalg.eigh(second_moment)
    reach = axes * np.sqrt(3.0 * np.maximum(values, 0.0) / tree.mass[link])
    places = tree.com[link][:, None] + np.hstack([reach, -reach])
    return np.vstack([places, np.ones(6)])


def needs(tree, functions, q, qd, qdd):
    """Position, velocity and m (a - g) of every particle, by link (each (3, 6))."""
    jets = transforms(tree, functions, q, qd, qdd)
    out = {}
    for link in range(1, tree.parent.size):
        if tree.mass[link] > 0.0:
            X = particles(tree, link)
            x, v, a = ((jet @ X)[:3] for jet in jets[link])
            out[link] = x, v, tree.mass[link] / 6.0 * (a - tree.gravity[:, None])
    return out


def generalized_force(tree, functions, q, qd, qdd, load, load_link):
    """Every coordinate's force by d'Alembert's principle, particle by particle."""
    force = np.zeros(q.size)
    needed = needs(tree, functions, q, qd, qdd)
    still = np.zeros(q.size)
    for c in range(q.size):
        unit = np.eye(q.size)[c]
        jets = transforms(tree, functions, q, unit, still)
        for link, (_, _, F) in needed.items():
            force[c] += np.sum((jets[link][1] @ particles(tree, link))[:3] * F)
        for wrench, link in zip(load, load_link, strict=True):
            v = point_velocity(jets[link], wrench[3:6])
            force[c] -= wrench[:3] @ v + wrench[6:] @ spin(jets[link])
    return force


def point_velocity(T, point):
    """Velocity of the point of a link that is at ``point`` now."""
    return T[1][:3, 3] + np.cross(spin(T), point - T[0][:3, 3])


def family(tree, link):
    """A link and everything that hangs from it."""
    members = {link}
    for other in range(link + 1, tree.parent.size):
        if int(tree.parent[other]) in members:
            members.add(other)
    return members


def joint_wrench(tree, functions, q, qd, qdd, load, load_link, link):
    """Force and moment about the link's origin that everything distal needs through its joint."""
    needed = needs(tree, functions, q, qd, qdd)
    origin = transforms(tree, functions, q, qd, qdd)[link][0][:3, 3]
    total = np.zeros(6)
    for member in family(tree, link):
        if member in needed:
            x, _, F = needed[member]
            total[:3] += F.sum(1)
            total[3:] += np.cross(x.T - origin, F.T).sum(0)
        for wrench, where in zip(load, load_link, strict=True):
            if where == member:
                total[:3] -= wrench[:3]
                total[3:] -= np.cross(wrench[3:6] - origin, wrench[:3]) + wrench[6:]
    return total


def energy_rate(tree, functions, q, qd, qdd):
    """Time derivative of kinetic plus potential energy."""
    return sum(np.sum(v * F) for _, v, F in needs(tree, functions, q, qd, qdd).values())


def energy(tree, functions, q, qd):
    """Kinetic plus potential energy."""
    total = 0.0
    for link, (x, v, _) in needs(tree, functions, q, qd, np.zeros_like(q)).items():
        m = tree.mass[link] / 6.0
        total += 0.5 * m * np.sum(v * v) - m * np.sum(tree.gravity @ x)
    return total


# ---- paths ---------------------------------------------------------------------------------------


def nodes(model, muscle, q, qd):
    """(link, position, velocity) of every point that is on a muscle's path."""
    paths, functions = model.paths, model.functions
    jets = transforms(model.tree, functions, q, qd, np.zeros_like(q))
    out = []
    for i in range(paths.first[muscle], paths.last[muscle]):
        c = paths.coordinate[i]
        place, move = paths.location[i].copy(), np.zeros(3)
        if paths.kind[i] == Point.CONDITIONAL and not paths.lower[i] <= q[c] <= paths.upper[i]:
            continue
        if paths.kind[i] == Point.MOVING:
            B = paths.moving_rotation[i].reshape(3, 3)
            f = [function(functions, row, q[c]) for row in paths.moving[i]]
            place += B @ [value for value, _, _ in f]
            move = B @ [slope * qd[c] for _, slope, _ in f]
        link = int(paths.link[i])
        T = jets[link]
        x = T[0][:3, :3] @ place + T[0][:3, 3]
        v = T[1][:3, :3] @ place + T[1][:3, 3] + T[0][:3, :3] @ move
        out.append((link, x, v))
    return out


def path(model, muscle, q, qd):
    """Length and lengthening speed of a straight path."""
    way = nodes(model, muscle, q, qd)
    length = speed = 0.0
    for (_, x0, v0), (_, x1, v1) in pairwise(way):
        distance = np.linalg.norm(x1 - x0)
        length += distance
        speed += (x1 - x0) @ (v1 - v0) / distance
    return length, speed


def moment_arm(model, muscle, q, coordinate):
    """Minus the slope of the length, couplers taken along."""
    unit = np.eye(q.size)[coordinate]
    q, qd, _ = couple(model.tree, model.functions, q, unit, np.zeros(q.size))
    return -path(model, muscle, q, qd)[1]


def pull(model, muscle, q, link):
    """Unit tension's force, and moment about the link's origin, on everything distal to its joint."""
    still = np.zeros(q.size)
    origin = transforms(model.tree, model.functions, q, still, still)[link][0][:3, 3]
    distal = family(model.tree, link)
    total = np.zeros(6)
    way = nodes(model, muscle, q, still)
    for (l0, x0, _), (l1, x1, _) in pairwise(way):
        if (l0 in distal) != (l1 in distal):
            x, other = (x0, x1) if l0 in distal else (x1, x0)
            f = (other - x) / np.linalg.norm(other - x)
            total += np.concatenate([f, np.cross(x - origin, f)])
    return total


# ---- load sharing --------------------------------------------------------------------------------


def share(A, b, cost, lower, upper, reserve, exponent):
    """Activations and reserves (in units of cost) of least cost, by sequential quadratic programming."""
    n, m = A.shape
    start = np.concatenate([np.clip(np.full(m, 0.1), lower, upper), np.zeros(n)])
    start[m:] = (b - A @ start[:m]) / reserve

    def objective(x):
        return np.sum(cost * np.abs(x[:m]) ** exponent) / exponent + 0.5 * np.sum(x[m:] ** 2)

    def slope(x):
        return np.concatenate([cost * np.abs(x[:m]) ** (exponent - 1), x[m:]])

    J = np.hstack([A, np.diag(reserve)]) / np.abs(b).max(initial=1.0)
    rest = b / np.abs(b).max(initial=1.0)
    found = minimize(
        objective, start, jac=slope, method="SLSQP",
        bounds=[*zip(lower, upper, strict=True), *[(None, None)] * n],
        constraints={"type": "eq", "fun": lambda x: J @ x - rest, "jac": lambda _: J},
        options={"ftol": 1e-15, "maxiter": 1000},
    )  # fmt: skip
    return found.x[:m], found.x[m:], objective(found.x)


def kkt(A, b, cost, lower, upper, reserve, exponent, offset, activation, price):
    """Largest violation of each optimality condition: balance, stationarity, bounds."""
    balance = A @ activation + reserve**2 * price - b
    gradient = cost * activation ** (exponent - 1) - offset - A.T @ price
    low, high = activation <= lower, activation >= upper
    wrong = np.where(low, np.maximum(-gradient, 0.0), np.where(high, np.maximum(gradient, 0.0), gradient))
    outside = np.maximum(lower - activation, activation - upper)
    return np.abs(balance).max(initial=0.0), np.abs(wrong).max(initial=0.0), outside.max(initial=0.0)
