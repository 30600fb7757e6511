"""Muscle paths: length, moment arms and lines of action of every muscle for one frame.

A path runs straight between points that bodies carry and bends over wrap objects. The unit tension of a
muscle is kept as forces on links, not only as moment arms: a path reduced to its length would apply
generalised forces alone and the joint would never feel the muscle's compression.
"""

import math
from typing import NamedTuple

import numpy as np

from retrogait._jit import kernel, section
from retrogait.arrays import Floats, Ints
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import Pose
from retrogait.kernels.model import Functions, Paths, Point, Primitive, Surface, Tree
from retrogait.kernels.status import Physics
from retrogait.kernels.wrap_ellipsoid import wrap_ellipsoid
from retrogait.kernels.wrap_torus import wrap_torus
from retrogait.kernels.wraps import Wrap, wrap_cylinder, wrap_sphere

MAX_ROUNDS = 8
"""How often several wrap objects are visited in turn, as OpenSim does."""

ROUND_TOLERANCE_OPENSIM = 5e-4
"""Length change that ends the rounds in OpenSim [m]."""

ROUND_TOLERANCE = 1e-8
"""The same here [m]: far below a tendon's strain at one newton."""

EXACT_ROUNDS = 60
"""Each round shrinks the error by about the cosine of the bend, so sixty reach the tolerance."""


class Strand(NamedTuple):
    """One muscle's path in one frame.

    Attributes
    ----------
    position : (node, 3) in ground [m]
    link     : (node,) link that carries the node
    point    : (node,) row of the path point, -1 for a node on a wrap object
    wrap     : (node,) row of the wrap object, -1 for a path point
    arc      : (node,) length on the object between the node before and this one [m]
    first    : (wrap, 2, 3) where a muscle's wrap nodes first stood (parity with OpenSim)
    seen     : (wrap,) 1 once ``first`` is set
    """

    position: Floats
    link: Ints
    point: Ints
    wrap: Ints
    arc: Floats
    first: Floats
    seen: Ints


def new_strand(capacity: int) -> Strand:
    """Room for the longest path of a model."""
    return Strand(
        np.zeros((capacity, 3)),
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.int64),
        np.zeros(capacity),
        np.zeros((capacity, 2, 3)),
        np.zeros(capacity, np.int64),
    )


@section
def lay_points(
    functions: Functions, paths: Paths, muscle: int, q: Floats, pose: Pose, strand: Strand
) -> int:
    """Put a muscle's active path points on the strand; how many there are."""
    kind_, coefficient, first_, count, knot, cubic = functions
    point_kind = paths.kind
    point_link = paths.link
    location = paths.location
    follows = paths.coordinate
    R = pose.rotation
    p = pose.position
    X = strand.position
    nodes = 0
    for i in range(paths.first[muscle], paths.last[muscle]):
        x, y, z = location[i, 0], location[i, 1], location[i, 2]
        if point_kind[i] == Point.CONDITIONAL:
            value = q[follows[i]]
            if value < paths.lower[i] or value > paths.upper[i]:
                continue
        elif point_kind[i] == Point.MOVING:
            value = q[follows[i]]
            m = paths.moving
            a = evaluate(kind_, coefficient, first_, count, knot, cubic, m[i, 0], value)[0]
            b = evaluate(kind_, coefficient, first_, count, knot, cubic, m[i, 1], value)[0]
            c = evaluate(kind_, coefficient, first_, count, knot, cubic, m[i, 2], value)[0]
            B = paths.moving_rotation
            x += B[i, 0] * a + B[i, 1] * b + B[i, 2] * c
            y += B[i, 3] * a + B[i, 4] * b + B[i, 5] * c
            z += B[i, 6] * a + B[i, 7] * b + B[i, 8] * c
        link = point_link[i]
        X[nodes, 0] = p[link, 0] + R[link, 0] * x + R[link, 1] * y + R[link, 2] * z
        X[nodes, 1] = p[link, 1] + R[link, 3] * x + R[link, 4] * y + R[link, 5] * z
        X[nodes, 2] = p[link, 2] + R[link, 6] * x + R[link, 7] * y + R[link, 8] * z
        strand.link[nodes] = link
        strand.point[nodes] = i
        strand.wrap[nodes] = -1
        strand.arc[nodes] = 0.0
        nodes += 1
    return nodes


@kernel
def move_node(strand: Strand, source: int, target: int) -> None:
    """Copy one node of the strand over another."""
    for i in range(3):
        strand.position[target, i] = strand.position[source, i]
    strand.link[target] = strand.link[source]
    strand.point[target] = strand.point[source]
    strand.wrap[target] = strand.wrap[source]
    strand.arc[target] = strand.arc[source]


@kernel
def remove_wrap(strand: Strand, nodes: int, wrap: int) -> int:
    """Take one object's two nodes off the strand; how many are left."""
    for j in range(nodes):
        if strand.wrap[j] == wrap:
            for k in range(j, nodes - 2):
                move_node(strand, k + 2, k)
            return nodes - 2
    return nodes


@kernel
def strand_length(strand: Strand, nodes: int) -> float:
    """Length along the strand [m]."""
    X = strand.position
    total = 0.0
    for j in range(nodes - 1):
        if strand.wrap[j] >= 0 and strand.wrap[j] == strand.wrap[j + 1]:
            total += strand.arc[j + 1]
        else:
            dx = X[j + 1, 0] - X[j, 0]
            dy = X[j + 1, 1] - X[j, 1]
            dz = X[j + 1, 2] - X[j, 2]
            total += math.sqrt(dx * dx + dy * dy + dz * dz)
    return total


@kernel
def swap_first_positions(paths: Paths, muscle: int, strand: Strand, nodes: int) -> None:
    """Exchange wrap nodes with where they first stood; twice is back again."""
    X = strand.position
    for j in range(nodes):
        wrap = strand.wrap[j]
        if wrap >= 0:
            row = wrap - paths.wrap_first[muscle]
            end = 1 if j > 0 and strand.wrap[j - 1] == wrap else 0
            for i in range(3):
                X[j, i], strand.first[row, end, i] = strand.first[row, end, i], X[j, i]


@section
def wrap_once(
    paths: Paths, wrap: int, row: int, pose: Pose, physics: int, alone: bool, strand: Strand, nodes: int
) -> tuple[int, int]:
    """Lay the strand over one object where that is shortest; nodes and the last segment's outcome."""
    X = strand.position
    R = pose.rotation
    p = pose.position
    B = paths.wrap_rotation
    link = paths.wrap_link[wrap]
    begin = 0
    end = nodes - 1
    for j in range(nodes):
        if strand.point[j] >= paths.wrap_start[wrap]:
            begin = j
            break
    for j in range(nodes - 1, -1, -1):
        if strand.point[j] >= 0 and strand.point[j] <= paths.wrap_end[wrap]:
            end = j
            break
    k0, k1, k2 = R[link, 0], R[link, 1], R[link, 2]
    k3, k4, k5 = R[link, 3], R[link, 4], R[link, 5]
    k6, k7, k8 = R[link, 6], R[link, 7], R[link, 8]
    b0, b1, b2 = B[wrap, 0], B[wrap, 1], B[wrap, 2]
    b3, b4, b5 = B[wrap, 3], B[wrap, 4], B[wrap, 5]
    b6, b7, b8 = B[wrap, 6], B[wrap, 7], B[wrap, 8]
    c0, c1, c2 = k0 * b0 + k1 * b3 + k2 * b6, k0 * b1 + k1 * b4 + k2 * b7, k0 * b2 + k1 * b5 + k2 * b8
    c3, c4, c5 = k3 * b0 + k4 * b3 + k5 * b6, k3 * b1 + k4 * b4 + k5 * b7, k3 * b2 + k4 * b5 + k5 * b8
    c6, c7, c8 = k6 * b0 + k7 * b3 + k8 * b6, k6 * b1 + k7 * b4 + k8 * b7, k6 * b2 + k7 * b5 + k8 * b8
    s0, s1, s2 = paths.wrap_offset[wrap, 0], paths.wrap_offset[wrap, 1], paths.wrap_offset[wrap, 2]
    ox = p[link, 0] + k0 * s0 + k1 * s1 + k2 * s2
    oy = p[link, 1] + k3 * s0 + k4 * s1 + k5 * s2
    oz = p[link, 2] + k6 * s0 + k7 * s1 + k8 * s2
    surface = paths.surface[wrap]
    size0, size1, size2 = paths.wrap_size[wrap, 0], paths.wrap_size[wrap, 1], paths.wrap_size[wrap, 2]
    axis = paths.wrap_axis[wrap]
    sign = paths.wrap_sign[wrap]

    exact = 0 if physics == Physics.OPENSIM else 1
    shortest = math.inf
    chosen = -1
    code = 0
    f1 = f2 = f3 = g1 = g2 = g3 = arc = 0.0
    for j in range(begin, end):
        if strand.wrap[j] >= 0 and strand.wrap[j] == strand.wrap[j + 1]:
            continue
        dx = X[j, 0] - ox
        dy = X[j, 1] - oy
        dz = X[j, 2] - oz
        x1 = c0 * dx + c3 * dy + c6 * dz
        y1 = c1 * dx + c4 * dy + c7 * dz
        z1 = c2 * dx + c5 * dy + c8 * dz
        dx = X[j + 1, 0] - ox
        dy = X[j + 1, 1] - oy
        dz = X[j + 1, 2] - oz
        x2 = c0 * dx + c3 * dy + c6 * dz
        y2 = c1 * dx + c4 * dy + c7 * dz
        z2 = c2 * dx + c5 * dy + c8 * dz
        if surface == Surface.CYLINDER:
            code, a1, a2, a3, d1, d2, d3, way = wrap_cylinder(
                x1, y1, z1, x2, y2, z2, size0, size1, axis, sign, exact, alone
            )
        elif surface == Surface.SPHERE:
            code, a1, a2, a3, d1, d2, d3, way = wrap_sphere(
                x1, y1, z1, x2, y2, z2, size0, axis, sign, exact
            )
        elif surface == Surface.ELLIPSOID:
            method = paths.wrap_method[wrap]
            code, a1, a2, a3, d1, d2, d3, way = wrap_ellipsoid(
                x1, y1, z1, x2, y2, z2, size0, size1, size2, axis, sign, method, exact
            )
        else:
            code, a1, a2, a3, d1, d2, d3, way = wrap_torus(
                x1, y1, z1, x2, y2, z2, size0, size1, axis, sign, exact, alone
            )
        if code == Wrap.WRAPPED or code == Wrap.MANDATORY:
            change = (
                way
                + math.sqrt((a1 - x1) ** 2 + (a2 - y1) ** 2 + (a3 - z1) ** 2)
                + math.sqrt((d1 - x2) ** 2 + (d2 - y2) ** 2 + (d3 - z2) ** 2)
                - math.sqrt((x1 - x2) ** 2 + (y1 - y2) ** 2 + (z1 - z2) ** 2)
            )
            if code == Wrap.MANDATORY or change < shortest:
                shortest = change
                chosen = j
                f1, f2, f3, g1, g2, g3, arc = a1, a2, a3, d1, d2, d3, way
            if code == Wrap.MANDATORY:
                break
    if chosen < 0:
        return nodes, code
    for k in range(nodes - 1, chosen, -1):
        move_node(strand, k, k + 2)
    for side in range(2):
        j = chosen + 1 + side
        x, y, z = (f1, f2, f3) if side == 0 else (g1, g2, g3)
        X[j, 0] = ox + c0 * x + c1 * y + c2 * z
        X[j, 1] = oy + c3 * x + c4 * y + c5 * z
        X[j, 2] = oz + c6 * x + c7 * y + c8 * z
        strand.link[j] = link
        strand.point[j] = -1
        strand.wrap[j] = wrap
        strand.arc[j] = arc if side == 1 else 0.0
    if strand.seen[row] == 0:
        strand.seen[row] = 1
        for i in range(3):
            strand.first[row, 0, i] = X[chosen + 1, i]
            strand.first[row, 1, i] = X[chosen + 2, i]
    return nodes + 2, code


@section
def lay_wraps(
    paths: Paths, muscle: int, pose: Pose, physics: int, strand: Strand, nodes: int
) -> int:
    """Bend the strand over the muscle's wrap objects; how many nodes it has then.

    Notes
    -----
    Several objects are visited in turn until the length settles. OpenSim stops at 0.5 mm, at most eight
    rounds, and measures later rounds with the ground positions of the first (a cache that is not
    refreshed); ``physics`` OPENSIM does the same.
    """
    first = paths.wrap_first[muscle]
    count = paths.wrap_last[muscle] - first
    for row in range(count):
        strand.seen[row] = 0
    alone = count == 1
    parity = physics == Physics.OPENSIM
    rounds = MAX_ROUNDS if parity else EXACT_ROUNDS
    tolerance = ROUND_TOLERANCE_OPENSIM if parity else ROUND_TOLERANCE
    before = math.inf
    swapped = False
    for turn in range(rounds):
        code0 = code1 = 0
        for visit in range(count):
            row = 1 - visit if swapped and visit < 2 else visit
            if turn > 0:
                nodes = remove_wrap(strand, nodes, first + row)
            nodes, code = wrap_once(paths, first + row, row, pose, physics, alone, strand, nodes)
            if visit == 0:
                code0 = code
            elif visit == 1:
                code1 = code
        if alone:
            break
        if parity:
            swap_first_positions(paths, muscle, strand, nodes)
        length = strand_length(strand, nodes)
        if abs(length - before) < tolerance:
            break
        before = length
        if parity and turn < rounds - 1:
            swap_first_positions(paths, muscle, strand, nodes)
        if turn == 0 and code0 == Wrap.NO_WRAP and code1 == Wrap.INSIDE:
            swapped = True
            nodes = remove_wrap(strand, nodes, first)
    return nodes


@section
def pull_links(
    functions: Functions,
    paths: Paths,
    q: Floats,
    pose: Pose,
    strand: Strand,
    nodes: int,
    wrench: Floats,
    force: Floats,
) -> float:
    """Add a unit tension's forces on links and moving points; the strand's length [m].

    Parameters
    ----------
    wrench : (link, 6) added to
    force  : (coordinate,) added to, by moving points
    """
    kind_, coefficient, first_, count, knot, cubic = functions
    point_kind = paths.kind
    X = strand.position
    p = pose.position
    R = pose.rotation
    total = 0.0
    for j in range(nodes - 1):
        if strand.wrap[j] >= 0 and strand.wrap[j] == strand.wrap[j + 1]:
            total += strand.arc[j + 1]
            continue
        dx = X[j + 1, 0] - X[j, 0]
        dy = X[j + 1, 1] - X[j, 1]
        dz = X[j + 1, 2] - X[j, 2]
        distance = math.sqrt(dx * dx + dy * dy + dz * dz)
        total += distance
        near = strand.link[j]
        far = strand.link[j + 1]
        if near != far and distance > 0.0:
            scale = 1.0 / distance
            dx *= scale
            dy *= scale
            dz *= scale
            if near > 0:
                ex, ey, ez = X[j, 0] - p[near, 0], X[j, 1] - p[near, 1], X[j, 2] - p[near, 2]
                wrench[near, 0] += dx
                wrench[near, 1] += dy
                wrench[near, 2] += dz
                wrench[near, 3] += ey * dz - ez * dy
                wrench[near, 4] += ez * dx - ex * dz
                wrench[near, 5] += ex * dy - ey * dx
            if far > 0:
                # the same line of action, so the nearer node serves as its point
                ex, ey, ez = X[j, 0] - p[far, 0], X[j, 1] - p[far, 1], X[j, 2] - p[far, 2]
                wrench[far, 0] -= dx
                wrench[far, 1] -= dy
                wrench[far, 2] -= dz
                wrench[far, 3] -= ey * dz - ez * dy
                wrench[far, 4] -= ez * dx - ex * dz
                wrench[far, 5] -= ex * dy - ey * dx
            for side in range(2):
                i = strand.point[j + side]
                if i >= 0 and point_kind[i] == Point.MOVING:
                    c = paths.coordinate[i]
                    link = strand.link[j + side]
                    m = paths.moving
                    a = evaluate(kind_, coefficient, first_, count, knot, cubic, m[i, 0], q[c])[1]
                    b = evaluate(kind_, coefficient, first_, count, knot, cubic, m[i, 1], q[c])[1]
                    e = evaluate(kind_, coefficient, first_, count, knot, cubic, m[i, 2], q[c])[1]
                    B = paths.moving_rotation
                    x = B[i, 0] * a + B[i, 1] * b + B[i, 2] * e
                    y = B[i, 3] * a + B[i, 4] * b + B[i, 5] * e
                    z = B[i, 6] * a + B[i, 7] * b + B[i, 8] * e
                    gx = R[link, 0] * x + R[link, 1] * y + R[link, 2] * z
                    gy = R[link, 3] * x + R[link, 4] * y + R[link, 5] * z
                    gz = R[link, 6] * x + R[link, 7] * y + R[link, 8] * z
                    way = 1.0 if side == 0 else -1.0
                    force[c] += way * (gx * dx + gy * dy + gz * dz)
    return total


@kernel
def measure_paths(
    tree: Tree,
    functions: Functions,
    paths: Paths,
    q: Floats,
    pose: Pose,
    physics: int,
    strand: Strand,
    wrench: Floats,
    force: Floats,
    length: Floats,
    arm: Floats,
    pull: Floats,
) -> None:
    """Length, moment arms and pull on every crossed joint, of all muscles in one frame.

    Parameters
    ----------
    q       : (coordinate,) [rad or m]
    pose    : of the same frame
    physics : `Physics`
    strand, wrench, force : work; (link, 6) and (coordinate,) zero on entry and on return
    length  : (muscle,) musculotendon length [m], overwritten
    arm     : (arm,) generalised force of a unit tension on each independent coordinate, coupled ones
              folded in: the moment arm, positive where the muscle raises the coordinate [m], overwritten
    pull    : (crossing, 6) force and moment that a unit tension puts on everything distal to each crossed
              joint, about its origin, ground axes [1, m], overwritten
    """
    parent = tree.parent
    first = tree.first
    last = tree.last
    kind = tree.kind
    coordinate = tree.coordinate
    driver = tree.driver
    driver_function = tree.driver_function
    coupled = tree.coupled
    kind_, coefficient, first_, count, knot, cubic = functions
    chain_first = paths.chain_first
    chain = paths.chain
    arm_first = paths.arm_first
    arm_coordinate = paths.arm_coordinate
    wrap_first = paths.wrap_first
    wrap_last = paths.wrap_last
    p = pose.position
    u = pose.axis
    slope = pose.slope
    for muscle in range(length.shape[0]):
        nodes = lay_points(functions, paths, muscle, q, pose, strand)
        if wrap_last[muscle] > wrap_first[muscle]:
            nodes = lay_wraps(paths, muscle, pose, physics, strand, nodes)
        length[muscle] = pull_links(functions, paths, q, pose, strand, nodes, wrench, force)
        up = 0
        for crossing in range(chain_first[muscle], chain_first[muscle + 1]):
            link = chain[crossing]
            fx, fy, fz = wrench[link, 0], wrench[link, 1], wrench[link, 2]
            nx, ny, nz = wrench[link, 3], wrench[link, 4], wrench[link, 5]
            pull[crossing, 0] = fx
            pull[crossing, 1] = fy
            pull[crossing, 2] = fz
            pull[crossing, 3] = nx
            pull[crossing, 4] = ny
            pull[crossing, 5] = nz
            for i in range(6):
                wrench[link, i] = 0.0
            for k in range(first[link], last[link]):
                c = coordinate[k]
                if c >= 0:
                    if kind[k] == Primitive.ROTATION:
                        force[c] += slope[k] * (u[k, 0] * nx + u[k, 1] * ny + u[k, 2] * nz)
                    else:
                        force[c] += slope[k] * (u[k, 0] * fx + u[k, 1] * fy + u[k, 2] * fz)
            up = parent[link]
            if up > 0:
                dx = p[link, 0] - p[up, 0]
                dy = p[link, 1] - p[up, 1]
                dz = p[link, 2] - p[up, 2]
                wrench[up, 0] += fx
                wrench[up, 1] += fy
                wrench[up, 2] += fz
                wrench[up, 3] += nx + dy * fz - dz * fy
                wrench[up, 4] += ny + dz * fx - dx * fz
                wrench[up, 5] += nz + dx * fy - dy * fx
        for i in range(6):  # what reaches the last link in common sums to zero but for rounding
            wrench[up, i] = 0.0
        for i in range(coupled.shape[0]):
            c = coupled[i]
            if force[c] != 0.0:
                source = driver[c]
                gain = evaluate(
                    kind_, coefficient, first_, count, knot, cubic, driver_function[c], q[source]
                )[1]
                force[source] += force[c] * gain
                force[c] = 0.0
        for row in range(arm_first[muscle], arm_first[muscle + 1]):
            arm[row] = force[arm_coordinate[row]]
            force[arm_coordinate[row]] = 0.0
