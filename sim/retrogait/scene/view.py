"""What to draw of a result, frame by frame, seen from the right in the plane of travel."""

import math
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.errors import ResultError
from retrogait.gait.forces import GroundForces
from retrogait.kernels.model import Surface
from retrogait.kernels.status import Status
from retrogait.model import Model
from retrogait.scene.arrows import Arrows, arrows_of, pushed_at
from retrogait.scene.projection import View, ground_height, view_of
from retrogait.scene.skeleton import Capsule, Skeleton, side_of, skeleton_of
from retrogait.scene.strands import Traced, polyline, trace

THINNEST, THICKEST = 0.01, 0.06
"""Radii that the sole of a foot may have [m]."""


@dataclass(frozen=True, eq=False)
class Line:
    """One muscle as drawn.

    Attributes
    ----------
    name       : of the muscle
    side       : "right", "left" or ""
    strength   : maximum isometric force [N]
    points     : (frame, point, 2) [m]
    activation : (frame,) 0 to 1; NaN in a failed frame
    """

    name: str
    side: str
    strength: float
    points: Floats
    activation: Floats


@dataclass(frozen=True, eq=False)
class Scene:
    """A motion as drawn: X the way the person faces, Y up against gravity, the person kept in place.

    Attributes
    ----------
    points   : (frame, point, 2) [m]
    capsules : body segments between the points
    patellae : row of each side's patella, -1 for none
    muscles  : of the model, in its order
    arrows   : by name of `retrogait.scene.FORCES`
    sides    : of the arrows and patellae
    slope    : of the ground, positive where it rises the way the person faces [rad]
    ground   : height of the ground under X = 0 [m]
    pace     : at which the ground goes by, along itself, positive towards the person's back [m/s]
    remarks  : what is drawn otherwise than it was computed, or not at all
    """

    points: Floats
    capsules: tuple[Capsule, ...]
    patellae: tuple[int, ...]
    muscles: tuple[Line, ...]
    arrows: dict[str, Arrows]
    sides: tuple[str, ...]
    slope: float
    ground: float
    pace: float
    remarks: tuple[str, ...]


def scene_of(
    model: Model, result: xr.Dataset, frames: Ints, ground: GroundForces | None = None
) -> Scene:  # fmt: skip
    """Draw some frames of a result.

    Parameters
    ----------
    model
        That the result was made with.
    result
        Of `retrogait.analyze`, as made or as read.
    frames
        Rows of the result, in the order in which they are shown.
    ground
        From `retrogait.gait.ground.ground_forces`; without it nobody knows where the ground pushes.

    Raises
    ------
    ResultError
        The result is not of this model.
    """
    if list(map(str, result["coordinate"].to_numpy())) != list(model.coordinates):
        raise ResultError(
            f"{result.attrs['trial']}: its coordinates are not those of {model.file}; it was made with "
            "another model"
        )
    q = result["coordinate_value"].to_numpy()[frames]
    traced = trace(model, q, physics=str(result.attrs.get("physics", "default")))
    skeleton = skeleton_of(model)
    view = view_of(model, result, frames, traced)
    points = view.flat(_carried(skeleton, traced))
    pushed = pushed_at(result, frames, ground)
    view = replace(view, height=ground_height(view, points[:, list(skeleton.soles)], pushed))
    points = view.turned(points)
    arrows, remarks = arrows_of(model, result, frames, traced, view, skeleton, points, pushed)
    failed = result["status"].to_numpy()[frames] != Status.SOLVED
    activation = np.where(failed[:, None], math.nan, result["activation"].to_numpy()[frames])
    lines = tuple(
        Line(
            name, side_of(name), float(model.muscles.maximum_isometric_force[row]),
            view.turned(view.flat(polyline(model, traced, row))), activation[:, row],
        )
        for row, name in enumerate(model.muscle_names)
    )  # fmt: skip
    if (about := drawn_nearby(model, traced)) is not None:
        remarks.append(about)
    capsules = _on_the_ground(skeleton, points, view)
    return Scene(
        points, capsules, skeleton.patellae, lines, arrows, tuple(map(str, result["side"].to_numpy())),
        view.slope, view.height, view.pace, tuple(remarks),
    )  # fmt: skip


def drawn_nearby(model: Model, traced: Traced) -> str | None:
    """Say which muscles are drawn beside the path that was computed; None where there are none."""
    kinds = {int(model.paths.surface[wrap]) for wrap in np.unique(traced.wrap[traced.wrap >= 0])}
    nearby = {Surface.ELLIPSOID: "ellipsoids", Surface.TORUS: "tori"}
    found = [name for kind, name in nearby.items() if kind in kinds]
    if not found:
        return None
    return (
        f"over {' and '.join(found)} muscles are drawn near their path and not along it; lengths, arms and "
        "forces are those of the path itself"
    )


def _carried(skeleton: Skeleton, traced: Traced) -> Floats:
    """(frame, point, 3) of the skeleton's points in ground [m]."""
    link = list(skeleton.link)
    turned = np.einsum("fpij,pj->fpi", traced.rotation[:, link], skeleton.place)
    return np.asarray(traced.position[:, link] + turned)


def _on_the_ground(skeleton: Skeleton, points: Floats, view: View) -> tuple[Capsule, ...]:
    """Capsules with soles as thick as the feet come near the ground."""
    c, s = math.cos(view.slope), math.sin(view.slope)
    above = ((points[..., 1] - view.height) * c - points[..., 0] * s).min(axis=0)
    thick = {row: float(np.clip(above[row], THINNEST, THICKEST)) for row in skeleton.soles}
    return tuple(
        Capsule(
            one.kind, one.side, one.start, one.end,
            (thick.get(one.start, one.radii[0]), thick.get(one.end, one.radii[1])),
        )
        for one in skeleton.capsules
    )  # fmt: skip
