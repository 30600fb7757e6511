"""How the tibiofemoral force divides between the medial and the lateral compartment.

Two contact points on the tibia, one on either side of the knee centre, carry the compression and the moment
in the frontal plane that muscles leave to the joint. Both points push straight along the tibia (y), so two
equations have one solution, and nobody has to assume how stiff anything is.
"""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Bools, Floats
from retrogait.gait.links import links_to_ground
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.model import Primitive
from retrogait.model import Knee, Model

COMPARTMENTS = ("medial", "lateral")


class Points(NamedTuple):
    """Where the two contact points are, in the axes of the tibia.

    medial, lateral : distance from the knee centre, each to its own side [m]
    height          : of both above the knee centre [m]
    """

    medial: float
    lateral: float
    height: float = 0.0


DEFAULT_POINTS = Points(0.02, 0.02)

DEFAULT_SOURCE = (
    "40 mm between the condyles, not scaled: Lerner et al. 2015, J Biomech 48:644, as OpenCap "
    "uses it with Rajagopal's model"
)
MODEL_SOURCE = "the two hinges of the model's own compartments"
SETTING_SOURCE = "the setting contact_points"

_UPRIGHT = 1e-6
"""Sine below which an axis counts as square to the sagittal plane [1]."""


def contact_points(knee: Knee, chosen: tuple[float, float] | None) -> tuple[Points, str]:
    """Contact points of a knee, and their source.

    Parameters
    ----------
    knee
        Which; one with two explicit compartments brings its own.
    chosen
        The setting ``contact_points``, medial and lateral distance [m], or None for the model's own, else
        `DEFAULT_POINTS`.
    """
    if chosen is not None:
        return Points(*chosen), SETTING_SOURCE
    if knee.compartments is not None:
        return Points(*knee.compartments), MODEL_SOURCE
    return DEFAULT_POINTS, DEFAULT_SOURCE


def divide(reaction: Floats, side: str, points: Points) -> Floats:
    """Compression of the two compartments.

    Parameters
    ----------
    reaction : (frame, 6)
        Force [N] and moment about the knee centre [N m] of the femur on the tibia, muscles taken out, in the
        axes of the tibia (x forward, y up, z right).
    side
        "right" or "left": medial is left of a right knee's centre.
    points
        Of contact.

    Returns
    -------
    ndarray
        (frame, 2) medial and lateral force [N], compression positive; they sum to the compression of the
        knee. Negative where the balance would need the compartment to pull: it has lifted off, and in a
        living knee ligaments would carry the rest.

    Notes
    -----
    A compression N at z turns the tibia about x by z N, a shear force S along z at height h by h S. With the
    medial point at -m and the lateral at +l of a right knee, M = l N_lateral - m N_medial + h S and
    N = N_medial + N_lateral.
    """
    medial, lateral, height = points
    moment = reaction[:, 3] - height * reaction[:, 2]
    compression = -reaction[:, 1]
    outward = moment if side == "right" else -moment
    share = (lateral * compression - outward) / (medial + lateral)
    return np.stack([share, compression - share], axis=1)


def is_planar(model: Model, knee: Knee) -> bool:
    """Whether nothing from the ground to the tibia can turn out of the sagittal plane.

    Such a model has no say in the frontal plane: its hips neither adduct nor does its pelvis list, so what
    its knee carries there is an accident of where the feet are drawn.
    """
    tree = model.tree
    pose = new_pose(tree.parent.size, tree.kind.size)
    still = np.zeros(len(model.coordinates))
    place(tree, model.functions, model.default.copy(), still, still, pose)
    for link in links_to_ground(tree, knee.link):
        for primitive in range(tree.first[link], tree.last[link]):
            turns = tree.kind[primitive] == Primitive.ROTATION and tree.coordinate[primitive] >= 0
            if turns and np.linalg.norm(pose.axis[primitive, :2]) > _UPRIGHT:
                return False
    return True


def remarks(sides: list[str], force: Floats, solved: Bools, planar: list[str]) -> list[str]:
    """Sentences on what the division rests on.

    Parameters
    ----------
    sides
        Of the knees.
    force : (frame, side, 2)
        Of `divide` [N], NaN where it has no answer.
    solved : (frame,)
        Whether the frame has an answer.
    planar
        Sides whose leg moves in the sagittal plane only.
    """
    told = []
    if planar:
        told.append(
            "the model moves in the sagittal plane only, so it cannot tell medial from lateral knee force"
        )
    for side, name in enumerate(sides):
        lifts = []
        for column, compartment in enumerate(COMPARTMENTS):
            lifted = solved & (force[:, side, column] < 0.0)
            if lifted.any():
                share = np.count_nonzero(lifted) / np.count_nonzero(solved)
                least = force[lifted, side, column].min()
                lifts.append(f"the {compartment} compartment in {share:.0%} of the frames (to {least:.0f} N)")
        if lifts:
            told.append(
                f"{name} knee: the balance lifts off {' and '.join(lifts)}; in a living knee ligaments, "
                "which are left out, would carry what is below zero"
            )
    return told
