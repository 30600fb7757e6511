"""Where every link and every muscle path is in some frames, by the kernels that measure them."""

import math
from typing import NamedTuple

import numpy as np

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints
from retrogait.kernels.kinematics import Pose, new_pose, place
from retrogait.kernels.model import Functions, Paths, Surface, Tree
from retrogait.kernels.status import Physics
from retrogait.kernels.strand import Strand, lay_points, new_strand
from retrogait.kernels.wrapping import lay_wraps
from retrogait.model import Model

BENDS = 6
"""Points that stand for the curved part of a path on a wrap object, both ends included: over half a turn of a
cylinder of 4 cm the drawn line leaves the surface by less than 2 mm."""


class Traced(NamedTuple):
    """Poses and paths over some frames, ground axes.

    Attributes
    ----------
    rotation : (frame, link, 3, 3) link axes in ground
    position : (frame, link, 3) link origins [m]
    node     : (frame, muscle, node, 3) between which a path runs straight or over a wrap object [m]
    nodes    : (frame, muscle) how many there are
    wrap     : (frame, muscle, node) row of the wrap object that the node lies on, -1 for none
    arc      : (frame, muscle, node) length on the object from the node before [m]
    """

    rotation: Floats
    position: Floats
    node: Floats
    nodes: Ints
    wrap: Ints
    arc: Floats


def trace(model: Model, q: Floats, *, physics: str = "default") -> Traced:
    """Place every link and lay every muscle path.

    Parameters
    ----------
    model
        Compiled model.
    q
        (frame, coordinate) [rad or m], coupled coordinates included.
    physics
        "default" or "opensim", as in `retrogait.analyze`.
    """
    frames, muscles, links = q.shape[0], len(model.muscle_names), len(model.links)
    capacity = int(model.paths.capacity[0])
    traced = Traced(
        np.zeros((frames, links, 9)),
        np.zeros((frames, links, 3)),
        np.zeros((frames, muscles, capacity, 3)),
        np.zeros((frames, muscles), np.int64),
        np.full((frames, muscles, capacity), -1, np.int64),
        np.zeros((frames, muscles, capacity)),
    )
    law = Physics.OPENSIM if physics == "opensim" else Physics.DEFAULT
    still = np.zeros(q.shape[1])
    pose = new_pose(links, model.tree.kind.size)
    strand = new_strand(capacity)
    _trace(
        model.tree, model.functions, model.paths, np.ascontiguousarray(q, np.float64), still, law.value, pose,
        strand, traced,
    )  # fmt: skip
    return traced._replace(rotation=traced.rotation.reshape(frames, links, 3, 3))


@kernel
def _trace(
    tree: Tree,
    functions: Functions,
    paths: Paths,
    q: Floats,
    still: Floats,
    physics: int,
    pose: Pose,
    strand: Strand,
    traced: Traced,
) -> None:
    for frame in range(q.shape[0]):
        place(tree, functions, q[frame], still, still, pose)
        for link in range(pose.position.shape[0]):
            for i in range(9):
                traced.rotation[frame, link, i] = pose.rotation[link, i]
            for i in range(3):
                traced.position[frame, link, i] = pose.position[link, i]
        for muscle in range(traced.nodes.shape[1]):
            nodes = lay_points(functions, paths, muscle, q[frame], pose, physics, strand)
            if paths.wrap_last[muscle] > paths.wrap_first[muscle]:
                nodes = lay_wraps(paths, muscle, pose, physics, strand, nodes)
            traced.nodes[frame, muscle] = nodes
            for j in range(nodes):
                traced.wrap[frame, muscle, j] = strand.wrap[j]
                traced.arc[frame, muscle, j] = strand.arc[j]
                for i in range(3):
                    traced.node[frame, muscle, j, i] = strand.position[j, i]


def polyline(model: Model, traced: Traced, muscle: int) -> Floats:
    """(frame, point, 3) of one muscle as drawn [m].

    A path that has fewer points in a frame, because a conditional point is off or an object is not touched,
    repeats its last one. Between the two ends of a wrap the line keeps to the surface: exactly, but for its
    corners, on cylinders and spheres; on an ellipsoid it follows the section through its centre, which is
    near the path that was computed; over a torus it is straight.
    """
    frames = traced.nodes.shape[0]
    counts = traced.nodes[:, muscle]
    if (counts == counts[0]).all() and (traced.wrap[:, muscle] < 0).all():
        return traced.node[:, muscle, : counts[0]].copy()
    lines = []
    for frame in range(frames):
        count = int(counts[frame])
        node, wrap = traced.node[frame, muscle], traced.wrap[frame, muscle]
        line = []
        for j in range(count):
            if j and wrap[j] >= 0 and wrap[j] == wrap[j - 1]:
                R, p = _object(model, traced, frame, int(wrap[j]))
                ends = (node[j - 1 : j + 1] - p) @ R
                arc = float(traced.arc[frame, muscle, j])
                bent = bend(model.paths, int(wrap[j]), ends[0], ends[1], arc)
                line += list(bent[1:-1] @ R.T + p)
            line.append(node[j])
        lines.append(line)
    most = max(map(len, lines), default=0)
    return np.array([[*line, *[line[-1]] * (most - len(line))] for line in lines]).reshape(frames, most, 3)


def _object(model: Model, traced: Traced, frame: int, wrap: int) -> tuple[Floats, Floats]:
    """Axes and origin of a wrap object in ground."""
    paths = model.paths
    link = int(paths.wrap_link[wrap])
    R = traced.rotation[frame, link]
    origin = traced.position[frame, link] + R @ paths.wrap_offset[wrap]
    return R @ paths.wrap_rotation[wrap].reshape(3, 3), origin


def bend(paths: Paths, wrap: int, start: Floats, end: Floats, arc: float) -> Floats:
    """(`BENDS`, 3) points from one end of a wrap to the other, in the object's frame [m].

    Parameters
    ----------
    start, end
        (3,) both on the surface [m].
    arc
        Length of the path between them, which tells the way round [m].
    """
    surface, size = int(paths.surface[wrap]), paths.wrap_size[wrap]
    share = np.linspace(0.0, 1.0, BENDS)[:, None]
    chord = start + share * (end - start)
    if surface == Surface.CYLINDER:
        along = float(end[2] - start[2])
        turn = math.sqrt(max(arc**2 - along**2, 0.0)) / float(size[0])
        first = math.atan2(start[1], start[0])
        way = _way_round(math.atan2(end[1], end[0]) - first, turn)
        angle = first + share[:, 0] * way
        return np.column_stack([size[0] * np.cos(angle), size[0] * np.sin(angle), chord[:, 2]])
    if surface == Surface.SPHERE:
        normal = np.cross(start, end)
        size_of = float(np.linalg.norm(normal))
        if size_of == 0.0:
            return chord
        beside = np.cross(normal / size_of, start)
        way = _way_round(math.atan2(size_of, float(start @ end)), arc / float(size[0]))
        return np.asarray(np.cos(share * way) * start + np.sin(share * way) * beside)
    if surface == Surface.ELLIPSOID:
        depth = np.sqrt(((chord / size) ** 2).sum(axis=1, keepdims=True))
        return np.asarray(chord / np.maximum(depth, 1e-9))
    return chord


def _way_round(turn: float, size: float) -> float:
    """Turn by whichever full turns bring it nearest to a size, either way [rad]."""
    turn %= 2.0 * math.pi
    return min((turn, turn - 2.0 * math.pi), key=lambda way: abs(abs(way) - size))
