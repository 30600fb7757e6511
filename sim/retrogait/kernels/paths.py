"""Muscle paths: length, moment arms and lines of action of every muscle for one frame.

A path runs straight between points that bodies carry and bends over wrap objects. The unit tension of a
muscle is kept as forces on links, not only as moment arms: a path reduced to its length would apply
generalised forces alone and the joint would never feel the muscle's compression.
"""

import math

from retrogait._jit import kernel, section
from retrogait.arrays import Floats
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import Pose
from retrogait.kernels.model import Functions, Paths, Point, Primitive, Tree
from retrogait.kernels.status import Physics
from retrogait.kernels.strand import Strand, lay_points
from retrogait.kernels.wrapping import lay_wraps


@kernel
def moving_point_force(
    functions: Functions,
    paths: Paths,
    point: int,
    link: int,
    q: Floats,
    pose: Pose,
    x: float,
    y: float,
    z: float,
) -> float:
    """Generalised force on what a moving point follows, of a force (x, y, z) on it in ground axes [m]."""
    kind, coefficient, first, count, knot, cubic = functions
    value = q[paths.coordinate[point]]
    row = paths.moving[point]
    a = evaluate(kind, coefficient, first, count, knot, cubic, row[0], value)[1]
    b = evaluate(kind, coefficient, first, count, knot, cubic, row[1], value)[1]
    c = evaluate(kind, coefficient, first, count, knot, cubic, row[2], value)[1]
    B = paths.moving_rotation[point]
    e = B[0] * a + B[1] * b + B[2] * c
    f = B[3] * a + B[4] * b + B[5] * c
    g = B[6] * a + B[7] * b + B[8] * c
    R = pose.rotation[link]
    gx = R[0] * e + R[1] * f + R[2] * g
    gy = R[3] * e + R[4] * f + R[5] * g
    gz = R[6] * e + R[7] * f + R[8] * g
    return float(gx * x + gy * y + gz * z)


@section
def pull_links(
    functions: Functions,
    paths: Paths,
    q: Floats,
    pose: Pose,
    physics: int,
    strand: Strand,
    nodes: int,
    wrench: Floats,
    force: Floats,
) -> float:
    """Add a unit tension's forces on links and moving points; the strand's length [m].

    Parameters
    ----------
    wrench : (link, 6) added to, moments about the origin of ground
    force  : (coordinate,) added to, by moving points

    Notes
    -----
    A moving point does work against every piece that ends on it. OpenSim forgets pieces that stay on one
    body.
    """
    parity = physics == Physics.OPENSIM
    point_kind = paths.kind
    X = strand.position
    strand_link = strand.link
    strand_wrap = strand.wrap
    strand_point = strand.point
    total = 0.0
    for j in range(nodes - 1):
        wrap = strand_wrap[j]
        if wrap >= 0 and wrap == strand_wrap[j + 1]:
            total += strand.arc[j + 1]
            continue
        ax, ay, az = X[j, 0], X[j, 1], X[j, 2]
        dx = X[j + 1, 0] - ax
        dy = X[j + 1, 1] - ay
        dz = X[j + 1, 2] - az
        distance = math.sqrt(dx * dx + dy * dy + dz * dz)
        total += distance
        near = strand_link[j]
        far = strand_link[j + 1]
        i = strand_point[j]
        k = strand_point[j + 1]
        near_moves = i >= 0 and point_kind[i] == Point.MOVING
        far_moves = k >= 0 and point_kind[k] == Point.MOVING
        crosses = near != far
        if distance == 0.0 or not (crosses or ((near_moves or far_moves) and not parity)):
            continue
        scale = 1.0 / distance
        dx *= scale
        dy *= scale
        dz *= scale
        if crosses:  # one line of action, opposite forces
            mx = ay * dz - az * dy
            my = az * dx - ax * dz
            mz = ax * dy - ay * dx
            wrench[near, 0] += dx
            wrench[near, 1] += dy
            wrench[near, 2] += dz
            wrench[near, 3] += mx
            wrench[near, 4] += my
            wrench[near, 5] += mz
            wrench[far, 0] -= dx
            wrench[far, 1] -= dy
            wrench[far, 2] -= dz
            wrench[far, 3] -= mx
            wrench[far, 4] -= my
            wrench[far, 5] -= mz
        if near_moves:
            work = moving_point_force(functions, paths, i, near, q, pose, dx, dy, dz)
            force[paths.coordinate[i]] += work
        if far_moves:
            work = moving_point_force(functions, paths, k, far, q, pose, dx, dy, dz)
            force[paths.coordinate[k]] -= work
    return total


@section
def grip_where_wrapped(paths: Paths, muscle: int, strand: Strand, nodes: int, wrench: Floats) -> None:
    """Move forces from where a strand's wrap nodes first stood to where they stand: parity with OpenSim.

    With several wrap objects OpenSim pulls in the direction of the first positions, which it does not
    refresh, but holds the bodies at the last ones.

    Parameters
    ----------
    wrench : (link, 6) of forces through the first positions, changed in place
    """
    X = strand.position
    for j in range(nodes - 1):
        near = strand.link[j]
        far = strand.link[j + 1]
        if near == far:
            continue
        dx = X[j + 1, 0] - X[j, 0]
        dy = X[j + 1, 1] - X[j, 1]
        dz = X[j + 1, 2] - X[j, 2]
        distance = math.sqrt(dx * dx + dy * dy + dz * dz)
        for side in range(2):
            k = j + side
            wrap = strand.wrap[k]
            link = strand.link[k]
            if wrap < 0 or link == 0 or distance == 0.0:
                continue
            row = wrap - paths.wrap_first[muscle]
            end = 1 if k > 0 and strand.wrap[k - 1] == wrap else 0
            scale = (1.0 if side == 0 else -1.0) / distance
            ex = (strand.first[row, end, 0] - X[k, 0]) * scale
            ey = (strand.first[row, end, 1] - X[k, 1]) * scale
            ez = (strand.first[row, end, 2] - X[k, 2]) * scale
            wrench[link, 3] += ey * dz - ez * dy
            wrench[link, 4] += ez * dx - ex * dz
            wrench[link, 5] += ex * dy - ey * dx


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
        nodes = lay_points(functions, paths, muscle, q, pose, physics, strand)
        if wrap_last[muscle] > wrap_first[muscle]:
            nodes = lay_wraps(paths, muscle, pose, physics, strand, nodes)
        length[muscle] = pull_links(functions, paths, q, pose, physics, strand, nodes, wrench, force)
        if physics == Physics.OPENSIM and wrap_last[muscle] - wrap_first[muscle] > 1:
            grip_where_wrapped(paths, muscle, strand, nodes, wrench)
        up = 0
        for crossing in range(chain_first[muscle], chain_first[muscle + 1]):
            link = chain[crossing]
            fx, fy, fz = wrench[link, 0], wrench[link, 1], wrench[link, 2]
            mx, my, mz = wrench[link, 3], wrench[link, 4], wrench[link, 5]
            for i in range(6):
                wrench[link, i] = 0.0
            up = parent[link]
            wrench[up, 0] += fx
            wrench[up, 1] += fy
            wrench[up, 2] += fz
            wrench[up, 3] += mx
            wrench[up, 4] += my
            wrench[up, 5] += mz
            # from the origin of ground to the joint
            x, y, z = p[link, 0], p[link, 1], p[link, 2]
            nx = mx - (y * fz - z * fy)
            ny = my - (z * fx - x * fz)
            nz = mz - (x * fy - y * fx)
            pull[crossing, 0] = fx
            pull[crossing, 1] = fy
            pull[crossing, 2] = fz
            pull[crossing, 3] = nx
            pull[crossing, 4] = ny
            pull[crossing, 5] = nz
            for k in range(first[link], last[link]):
                c = coordinate[k]
                if c >= 0:
                    if kind[k] == Primitive.ROTATION:
                        force[c] += slope[k] * (u[k, 0] * nx + u[k, 1] * ny + u[k, 2] * nz)
                    else:
                        force[c] += slope[k] * (u[k, 0] * fx + u[k, 1] * fy + u[k, 2] * fz)
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
