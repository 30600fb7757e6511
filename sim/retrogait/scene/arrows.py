"""Forces as drawn: where they act in the picture, which way, and how large."""

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.gait.forces import GroundForces
from retrogait.kernels.status import Status
from retrogait.model import Model
from retrogait.scene.projection import View
from retrogait.scene.skeleton import Skeleton
from retrogait.scene.strands import Traced

FORCES = ("ground", "tibiofemoral", "patellofemoral")
"""Forces that are drawn: ground on foot, femur on tibia, patella on femur."""

METHOD = "closed_form"
"""Engine of the patellofemoral force, as in the measures of a cycle and the sensitivity of a prediction."""

PRESSING = 0.03
"""Share of body weight from which a point of application is worth drawing [1]."""


@dataclass(frozen=True, eq=False)
class Arrows:
    """One force on either side.

    Attributes
    ----------
    at    : (frame, side, 2) point of application [m]; NaN where nothing is to be drawn
    force : (frame, side, 2) [body weights]
    """

    at: Floats
    force: Floats


def pushed_at(result: xr.Dataset, frames: Ints, ground: GroundForces | None) -> Floats | None:
    """(frame, side, 3) where the ground pushes, in the nearest row of the plates [m]; NaN under no load."""
    if ground is None:
        return None
    time = result["time"].to_numpy()[frames]
    row = np.abs(ground.time[None, :] - time[:, None]).argmin(axis=1)
    return np.asarray(ground.point[row])


def arrows_of(
    model: Model, result: xr.Dataset, frames: Ints, traced: Traced, view: View, skeleton: Skeleton,
    points: Floats, pushed: Floats | None,
) -> tuple[dict[str, Arrows], list[str]]:  # fmt: skip
    """Forces on either side by name of `FORCES`, and what is drawn otherwise than it acts.

    Parameters
    ----------
    points
        (frame, point, 2) of the skeleton in the picture [m].
    pushed
        (frame, side, 3) where the ground pushes, ground axes [m]; None where nobody knows.
    """
    remarks: list[str] = []
    weight = float(result.attrs["body_weight"])
    failed = result["status"].to_numpy()[frames] != Status.SOLVED
    shape = (len(frames), len(model.knees), 2)
    made = {name: Arrows(np.full(shape, math.nan), np.full(shape, math.nan)) for name in FORCES}
    push = result["ground_reaction_force"].to_numpy()[frames] / weight
    made["ground"].force[:] = view.directed(push)
    if pushed is not None:
        at = view.turned(view.flat(pushed))
    else:
        at = _under_the_feet(model, skeleton, points, view)
        remarks.append(
            "where on the foot the ground pushes is not stored with the result, and its loads file was not "
            "found: the arrow stands under the middle of the foot"
        )
    made["ground"].at[:] = np.where(np.linalg.norm(push, axis=-1, keepdims=True) >= PRESSING, at, math.nan)
    contact = result["tibiofemoral_force"].to_numpy()[frames] / weight
    methods = [str(name) for name in result["method"].to_numpy()]
    sizes = result["patellofemoral_force"].to_numpy()[frames][:, :, methods.index(METHOD)] / weight
    reaction = result["joint_reaction_force"].to_numpy()[frames]
    joints = [str(name) for name in result["joint"].to_numpy()]
    for row, knee in enumerate(model.knees):
        axes = traced.rotation[:, knee.link] @ model.body_rotation[knee.link].reshape(3, 3)
        made["tibiofemoral"].force[:, row] = view.directed(np.einsum("fij,fj->fi", axes, contact[:, row]))
        knees = view.turned(view.flat(traced.position[:, knee.link]))
        made["tibiofemoral"].at[:, row] = np.where(failed[:, None], math.nan, knees)
        if knee.patella < 0 or model.joints[knee.patella - 1] not in joints:
            remarks.append(
                f"{knee.side} patellofemoral force: this model has no patella, so its direction is not known "
                "and no arrow is drawn"
            )
            continue
        axes = traced.rotation[:, knee.patella] @ model.body_rotation[knee.patella].reshape(3, 3)
        held = reaction[:, joints.index(model.joints[knee.patella - 1])]
        onto = -np.einsum("fij,fj->fi", axes, held)  # of the patella on the femur
        length = np.linalg.norm(onto, axis=1, keepdims=True)
        onto = onto / np.where(length > 0.0, length, math.nan) * sizes[:, row, None]
        made["patellofemoral"].force[:, row] = view.directed(onto)
        made["patellofemoral"].at[:, row] = np.where(
            failed[:, None], math.nan, points[:, skeleton.patellae[row]]
        )
    return made, remarks


def _under_the_feet(model: Model, skeleton: Skeleton, points: Floats, view: View) -> Floats:
    """(frame, side, 2) on the ground below the middle of each foot [m]."""
    at = np.full((points.shape[0], len(model.knees), 2), math.nan)
    for row, knee in enumerate(model.knees):
        mine = [
            end for one in skeleton.capsules if one.kind == "foot" and one.side == knee.side
            for end in (one.start, one.end)
        ]  # fmt: skip
        if mine:
            x = points[:, mine, 0].mean(axis=1)
            at[:, row] = np.stack([x, view.height + math.tan(view.slope) * x], axis=-1)
    return at
