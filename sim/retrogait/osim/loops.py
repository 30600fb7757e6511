"""Loops that a weld closes, as in knees with a joint for each compartment.

Models after Lerner et al. (2015, J Biomech 48:644) bend the knee once and then carry the tibia by two
parallel hinges, one per compartment, so that each hinge's reaction is the force of its compartment. Two
hinges side by side cannot turn while both hold the same body: the loop is rigid. So both are held, the weld
is left out, and the forces along the tibia follow from the balance about the hinges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.kinematics import Pose, new_pose, place
from retrogait.kernels.model import Functions, Primitive, Tree
from retrogait.model import Knee
from retrogait.osim.functions import FunctionTable
from retrogait.osim.tree import Skeleton

_PARALLEL = 1e-6
"""Sine of the angle between two axes that count as parallel [1]."""

_APART = 1e-3
"""Hinges closer than this stand on one line, and turn together [m]."""

_ALONG = 0.9
"""Cosine of the angle to the tibia's x axis within which a hinge is one of a compartment [1]."""


@dataclass(frozen=True)
class Loop:
    """Two parallel hinges that a weld keeps from turning.

    Attributes
    ----------
    links       : that the hinges carry
    coordinates : of the hinges
    primitives  : of the hinges
    """

    links: tuple[int, int]
    coordinates: tuple[int, int]
    primitives: tuple[int, int]


def close_loops(
    welds: Sequence[tuple[str, str, str]],
    skeleton: Skeleton,
    tree: Tree,
    table: FunctionTable,
    default: Floats,
    problems: list[str],
) -> list[Loop]:
    """Loops that are rigid; every other weld is a problem.

    Parameters
    ----------
    welds    : name, and the two bodies it joins
    skeleton, tree, table : of the model; the table holds all functions of the joints
    default  : (coordinate,) default values
    problems : gets a line for every weld that does not make its loop rigid
    """
    if not welds:
        return []
    pose = _posed(tree, table.build(), default)
    loops = []
    for name, *bodies in welds:
        if any(body not in skeleton.place for body in bodies):
            continue  # not connected to ground, which is a problem of its own
        hinges = [_hinges(tree, *ends) for ends in _branches(tree, [skeleton.place[b][0] for b in bodies])]
        if all(len(found) == 1 for found in hinges) and _are_rigid(pose, hinges):
            (first,), (second,) = hinges
            loops.append(Loop(*((a, b) for a, b in zip(first, second, strict=True))))
        else:
            problems.append(
                f"{name} closes a loop of {bodies[0]} and {bodies[1]} that is not two parallel hinges"
            )
    return loops


def with_compartments(
    knees: tuple[Knee, ...],
    loops: Sequence[Loop],
    tree: Tree,
    functions: Functions,
    default: Floats,
    body_rotation: Sequence[Floats],
) -> tuple[Knee, ...]:
    """Knees that know where the hinges of their compartments are; the height is the mean of both.

    Parameters
    ----------
    body_rotation : (link,) body axes in each link frame
    """
    if not loops:
        return knees
    pose = _posed(tree, functions, default)
    found = []
    for knee in knees:
        axes = pose.rotation[knee.link].reshape(3, 3) @ body_rotation[knee.link]
        outward = 1.0 if knee.side == "right" else -1.0
        for loop in loops:
            carried = all(int(tree.parent[link]) == knee.link for link in loop.links)
            forward = np.abs(pose.axis[list(loop.primitives)] @ axes[:, 0])
            centres = (pose.position[list(loop.links)] - pose.position[knee.link]) @ axes
            if carried and (forward > _ALONG).all():
                inner, outer = sorted(outward * centres[:, 2])
                height = centres[:, 1].mean()
                knee = replace(knee, compartments=(-float(inner), float(outer), float(height)))  # noqa: PLW2901
        found.append(knee)
    return tuple(found)


def _posed(tree: Tree, functions: Functions, q: Floats) -> Pose:
    pose = new_pose(tree.parent.size, tree.kind.size)
    still = np.zeros_like(q)
    place(tree, functions, q.copy(), still, still, pose)
    return pose


def _branches(tree: Tree, ends: Sequence[int]) -> list[tuple[int, int]]:
    """(end, common ancestor) of each end."""
    above = []
    for link in ends:
        way = [link]
        while way[-1] > 0:
            way.append(int(tree.parent[way[-1]]))
        above.append(way)
    common = next(link for link in above[0] if link in above[1])
    return [(end, common) for end in ends]


def _hinges(tree: Tree, end: int, stop: int) -> list[tuple[int, int, int]]:
    """(link, coordinate, primitive) of all that moves between a link and one above it."""
    found = []
    link = end
    while link != stop:
        for primitive in range(tree.first[link], tree.last[link]):
            if tree.coordinate[primitive] >= 0:
                turns = tree.kind[primitive] == Primitive.ROTATION
                row = (link, int(tree.coordinate[primitive]), primitive)
                # what slides is two entries, so that it is no single hinge
                found += [row] if turns else [row, row]
        link = int(tree.parent[link])
    return found


def _are_rigid(pose: Pose, hinges: Sequence[Sequence[tuple[int, int, int]]]) -> bool:
    """Whether two hinges are parallel and not on one line."""
    (first,), (second,) = hinges
    a, b = pose.axis[first[2]], pose.axis[second[2]]
    if np.linalg.norm(np.cross(a, b)) > _PARALLEL:
        return False
    between = pose.position[second[0]] - pose.position[first[0]]
    return bool(np.linalg.norm(np.cross(a, between)) > _APART)
