"""Ground axes to the plane of travel: facing to the right, up against gravity, the person kept in place."""

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.gait.links import root_link
from retrogait.model import Model
from retrogait.scene.strands import Traced

OVERGROUND = 0.25
"""Share of the stated speed at which a pelvis travels over ground: on a treadmill it drifts [1]."""

FLOOR = 0.01
"""How far the lowest point of the feet is above the ground where no plate says where that is [m]."""


@dataclass(frozen=True, eq=False)
class View:
    """Ground axes to the picture.

    facing, up : (3,) unit vectors
    shift      : (frame, 2) what is taken off, so that the person stays in place [m]
    turn       : by which the axes stand on the surface rather than level [rad]
    slope, pace : as in `retrogait.scene.Scene`
    height     : of the ground under X = 0, in the axes of the recording [m]
    """

    facing: Floats
    up: Floats
    shift: Floats
    turn: float
    slope: float
    pace: float
    height: float = 0.0

    def flat(self, points: Floats) -> Floats:
        """(frame, ..., 3) in ground to (frame, ..., 2) along facing and up, the person kept in place."""
        plane = np.stack([points @ self.facing, points @ self.up], axis=-1)
        return np.asarray(plane - self.shift.reshape(self.shift.shape[0], *[1] * (plane.ndim - 2), 2))

    def directed(self, vectors: Floats) -> Floats:
        """(..., 3) vectors to (..., 2) in the picture."""
        return self._rotated(np.stack([vectors @ self.facing, vectors @ self.up], axis=-1))

    def turned(self, points: Floats) -> Floats:
        """(..., 2) from axes on the surface to level ones, about the ground under X = 0."""
        pivot = np.array([0.0, self.height])
        return np.asarray(self._rotated(points - pivot) + pivot)

    def _rotated(self, plane: Floats) -> Floats:
        c, s = math.cos(self.turn), math.sin(self.turn)
        return np.asarray(plane @ np.array([[c, s], [-s, c]]))


def view_of(model: Model, result: xr.Dataset, frames: Ints, traced: Traced) -> View:
    """Find where the person faces, and how it moves along."""
    up = -model.tree.gravity / np.linalg.norm(model.tree.gravity)
    root = root_link(model.tree)
    ahead = (traced.rotation[:, root] @ model.body_rotation[root].reshape(3, 3))[:, :, 0].sum(axis=0)
    ahead = ahead - (ahead @ up) * up
    facing = ahead / np.linalg.norm(ahead)
    sign = 1.0 if result.attrs["direction"] == "forward" else -1.0
    slope = sign * math.radians(float(result.attrs["incline"]))
    time = result["time"].to_numpy()[frames]
    clock = time - time.min()
    # The way in the trial's own order: frames of a stride that repeats itself may begin in its middle.
    place = np.stack([traced.position[:, root] @ facing, traced.position[:, root] @ up], axis=-1)
    order = np.argsort(time)
    trend = np.polyfit(clock[order], place[order, 0], 1)[0] if time.size > 2 else 0.0
    stated = float(result.attrs["speed"])
    said = math.isfinite(stated)
    still = said and abs(trend) < OVERGROUND * stated
    on_surface = result.attrs.get("axes") == "surface"
    shift = np.zeros((time.size, 2))
    middle = float(np.mean(place[:, 0] - trend * clock))
    shift[:, 0] = trend * clock + middle
    shift[:, 1] = 0.0 if on_surface else trend * clock * math.tan(slope)
    # A belt runs along the surface; a pelvis in level axes was followed along the level.
    pace = sign * stated if still else float(trend) / (1.0 if on_surface else math.cos(slope))
    return View(facing, up, shift, slope if on_surface else 0.0, slope, pace)


def ground_height(view: View, soles: Floats, pushed: Floats | None) -> float:
    """Height of the ground under X = 0, in the axes of the recording [m]."""
    rise = 0.0 if view.turn else math.tan(view.slope)
    if pushed is not None and np.isfinite(pushed).any():
        plane = view.flat(pushed)
        return float(np.nanmedian(plane[..., 1] - rise * plane[..., 0]))
    lowest = soles[..., 1] - rise * soles[..., 0]
    return float(lowest.min()) - FLOOR if lowest.size else 0.0
