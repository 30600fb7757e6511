"""Bending a path over its wrap objects."""

import math

from retrogait._jit import section
from retrogait.kernels.kinematics import Pose
from retrogait.kernels.model import Paths, Surface
from retrogait.kernels.status import Physics
from retrogait.kernels.strand import (
    Strand,
    move_node,
    remove_wrap,
    strand_length,
    swap_first_positions,
)
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
            code, a1, a2, a3, d1, d2, d3, way = wrap_sphere(x1, y1, z1, x2, y2, z2, size0, axis, sign, exact)
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
def lay_wraps(paths: Paths, muscle: int, pose: Pose, physics: int, strand: Strand, nodes: int) -> int:
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
