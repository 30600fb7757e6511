"""What the joints and bodies of a model are to a person, found by coordinate and by what hangs from what."""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.links import carried_mass, links_to_ground, root_link
from retrogait.gait.signals import ANKLE, HIP, column_of
from retrogait.kernels.functions import evaluate
from retrogait.kernels.model import Function, Primitive
from retrogait.model import Model

ABOUT_Z = 0.7
"""Least share of a lumbar rotation's axis along Z of the pelvis for it to be flexion and extension [1]."""


class Anatomy(NamedTuple):
    """Where to look in a model; -1 for what it does not have.

    hip, ankle        : (side,) row of the joint of hip flexion and of ankle dorsiflexion, by knee
    trunk             : link of the trunk; that of the pelvis where both are one
    lumbar            : row of the joint between pelvis and trunk
    lumbar_coordinate : row of the coordinate by which the trunk leans forward and back on the pelvis
    lumbar_sense      : +1 where that coordinate grows as the trunk leans back, else -1
    """

    hip: tuple[int, ...]
    ankle: tuple[int, ...]
    trunk: int
    lumbar: int
    lumbar_coordinate: int
    lumbar_sense: float


def anatomy_of(model: Model) -> Anatomy:
    """Find hip, ankle, trunk and lumbar joint of a model.

    The trunk is the heaviest of what hangs from the pelvis without a knee, such as the torso on a joint that
    is called back or lumbar; a model with pelvis and trunk in one body has no lumbar joint.
    """
    tree = model.tree
    carried, pelvis = carried_mass(tree), root_link(tree)
    legs = {link for knee in model.knees for link in links_to_ground(tree, knee.link)}
    hanging = [int(link) for link in np.flatnonzero(tree.parent == pelvis) if link not in legs]
    trunk = max(hanging, key=lambda link: carried[link], default=pelvis)
    coordinate, sense = (-1, 1.0) if trunk == pelvis else _leaning(model, trunk)
    return Anatomy(
        hip=tuple(_joint_of(model, HIP, knee.side) for knee in model.knees),
        ankle=tuple(_joint_of(model, ANKLE, knee.side) for knee in model.knees),
        trunk=trunk,
        lumbar=-1 if trunk == pelvis else trunk - 1,
        lumbar_coordinate=coordinate,
        lumbar_sense=sense,
    )


def upward_axis(model: Model, link: int, q: Floats) -> Floats:
    """Y of a body in ground axes.

    Parameters
    ----------
    link
        That carries the body.
    q
        (frame, coordinate) [rad or m].

    Returns
    -------
    ndarray
        (frame, 3) unit vectors.
    """
    tree = model.tree
    axis = np.tile(model.body_rotation[link].reshape(3, 3)[:, 1], (q.shape[0], 1))
    for above in links_to_ground(tree, link):
        # From the tip to the root: what turns last is next to the body.
        for k in range(tree.last[above] - 1, tree.first[above] - 1, -1):
            if tree.kind[k] == Primitive.ROTATION:
                axis = _turned(axis, tree.axis[k], _angle(model, k, q))
        axis = axis @ tree.frame_rotation[above].reshape(3, 3).T
    return axis


def _joint_of(model: Model, names: tuple[str, ...], side: str) -> int:
    """Row of the joint that one of some coordinates moves."""
    column = column_of(model.coordinates, names, f"_{side[0]}")
    if column is None:
        return -1
    primitive = np.flatnonzero(model.tree.coordinate == column)[0]
    inside = (model.tree.first <= primitive) & (primitive < model.tree.last)
    return int(np.flatnonzero(inside)[0]) - 1


def _leaning(model: Model, trunk: int) -> tuple[int, float]:
    """Return the coordinate that turns a link about Z of its parent, and whether that is by plus or minus."""
    tree = model.tree
    frame = tree.frame_rotation[trunk].reshape(3, 3)
    best, share = -1, ABOUT_Z
    for k in range(tree.first[trunk], tree.last[trunk]):
        if tree.kind[k] == Primitive.ROTATION and tree.coordinate[k] >= 0:
            along = abs(float((frame @ tree.axis[k])[2]))
            if along > share:
                best, share = k, along
    if best < 0:
        return -1, 1.0
    slope = evaluate(*model.functions, int(tree.function[best]), 0.0)[1]
    return int(tree.coordinate[best]), float(np.sign(slope * (frame @ tree.axis[best])[2]))


def _angle(model: Model, primitive: int, q: Floats) -> Floats:
    """(frame,) by which a primitive turns [rad]."""
    column, function = int(model.tree.coordinate[primitive]), int(model.tree.function[primitive])
    at = q[:, column] if column >= 0 else np.zeros(q.shape[0])
    if model.functions.kind[function] == Function.LINEAR:
        offset, slope = model.functions.coefficient[function, :2]
        return np.asarray(offset + slope * at)
    return np.array([evaluate(*model.functions, function, float(x))[0] for x in at])


def _turned(vector: Floats, axis: Floats, angle: Floats) -> Floats:
    """(frame, 3) vectors turned about one axis, by Rodrigues' formula."""
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y, z = axis
    across = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])  # times a vector: the cross product
    along = np.outer(axis, axis)
    return np.asarray(cosine * vector + sine * (vector @ across.T) + (1.0 - cosine) * (vector @ along))
