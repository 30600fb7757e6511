"""One muscle's path in one frame: the nodes between which it runs straight."""

import math
from typing import NamedTuple

import numpy as np

from retrogait._jit import kernel, section
from retrogait.arrays import Floats, Ints
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import Pose
from retrogait.kernels.model import Functions, Paths, Point
from retrogait.kernels.status import Physics


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
    functions: Functions, paths: Paths, muscle: int, q: Floats, pose: Pose, physics: int, strand: Strand
) -> int:
    """Put a muscle's active path points on the strand; how many there are.

    OpenSim stops a moving point at the ends of its coordinate's range, but not the moment arm that its
    motion makes. Here the point moves on, and length and moment arm stay consistent.
    """
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
            if physics == Physics.OPENSIM:
                value = min(max(value, paths.lower[i]), paths.upper[i])
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
