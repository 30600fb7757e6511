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
    wrench : (link, 6) added to
    force  : (coordinate,) added to, by moving points

    Notes
    -----
    A moving point does work against every piece that ends on it. OpenSim forgets pieces that stay on one
    body.
    """
    parity = physics == Physics.OPENSIM
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
        if distance > 0.0 and (near != far or not parity):
            scale = 1.0 / distance
            dx *= scale
            dy *= scale
            dz *= scale
            if near > 0 and near != far:
                ex, ey, ez = X[j, 0] - p[near, 0], X[j, 1] - p[near, 1], X[j, 2] - p[near, 2]
                wrench[near, 0] += dx
                wrench[near, 1] += dy
                wrench[near, 2] += dz
                wrench[near, 3] += ey * dz - ez * dy
                wrench[near, 4] += ez * dx - ex * dz
                wrench[near, 5] += ex * dy - ey * dx
            if far > 0 and near != far:
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
