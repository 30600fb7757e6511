"""What a trial is graded on, measured from its stored result alone."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.interpolate import CubicSpline

from retrogait.arrays import Floats
from retrogait.card.markers import MarkerErrors
from retrogait.card.steps import order_of_steps

CENTRE_HEIGHT = 1.0
"""Height of the centre of mass that residual moments are compared with, which no result holds: 0.57 of a
stature of 1.75 m [m]."""

LEAST_MOMENT = 20.0
"""Peak moment below which a coordinate counts as having this one: toes and trunk reach less, and a reserve of
1 N m moves no load of the knee [N m]."""

LEAST_POWER = 1.0
"""Mean power of all muscles below which nobody moves, and no closure can be told [W]."""

ENDS = 2
"""Frames at either end whose slopes rest on one side only."""

FEWEST_FRAMES = 8
"""Frames without which there is no slope to speak of."""


class Found(NamedTuple):
    """A value in the unit of its check, and what it was found at."""

    value: float
    where: str


class Unknown(NamedTuple):
    """Why there is no value."""

    reason: str


Finding = Found | Unknown

NO_MARKERS = Unknown("no markers")


def marker_error(errors: MarkerErrors | None) -> Finding:
    """Root mean square of the errors of the markers that count, in cm."""
    if errors is None:
        return NO_MARKERS
    where = f"{errors.counted.shape[1]} markers"
    if errors.apart.any():
        where += f"; {100.0 * _rms(errors.distance):.2g} cm of all {errors.apart.size}"
    return Found(100.0 * _rms(errors.counted), where)


def marker_error_largest(errors: MarkerErrors | None, *, of_all: bool = False) -> Finding:
    """Largest error of a marker that counts, or of any marker, in cm."""
    if errors is None:
        return NO_MARKERS
    distance, marker, frame = errors.largest(of_all=of_all)
    return Found(100.0 * distance, f"{marker}, frame {frame}")


def residual_force(result: xr.Dataset) -> Finding:
    """Largest residual force, in per cent of the largest ground force."""
    ground = _ground_peak(result)
    if ground is None:
        return Unknown("no ground forces")
    columns = _pelvis(result, "m")
    if columns.size:
        size = np.linalg.norm(_force(result)[:, columns], axis=1)
        frame = int(size.argmax())
        return Found(100.0 * float(size[frame]) / ground, f"{size[frame]:.0f} N at {_clock(result, frame)}")
    peak = float(result.attrs["residual_force_peak"])
    return Found(100.0 * peak / ground, f"{peak:.0f} N")


def residual_moment(result: xr.Dataset) -> Finding:
    """Largest residual moment, in per cent of the largest ground force times `CENTRE_HEIGHT`."""
    ground = _ground_peak(result)
    if ground is None:
        return Unknown("no ground forces")
    columns = _pelvis(result, "rad")
    if not columns.size:
        return Unknown("no coordinate is called pelvis_tilt, pelvis_list or pelvis_rotation")
    size = np.abs(_force(result)[:, columns])
    frame, column = np.unravel_index(int(size.argmax()), size.shape)
    name = str(result.variables["coordinate"].to_numpy()[columns[column]])
    peak = float(size[frame, column])
    where = f"{peak:.0f} N m about {name} at {_clock(result, int(frame))}"
    return Found(100.0 * peak / (ground * CENTRE_HEIGHT), where)


def reserve(result: xr.Dataset) -> Finding:
    """Largest reserve, in per cent of the peak moment of its coordinate, failed frames left out."""
    solved = result.variables["status"].to_numpy() == 0
    shared = np.flatnonzero(result.variables["coordinate_shared"].to_numpy() == 1)
    if not solved.any() or not shared.size:
        return Unknown("no frame was solved" if shared.size else "muscles balance no coordinate")
    helped = np.abs(result.variables["reserve"].to_numpy()[np.ix_(solved, shared)]).max(axis=0)
    needed = np.abs(result.variables["generalized_force"].to_numpy()[np.ix_(solved, shared)]).max(axis=0)
    share = helped / np.maximum(needed, LEAST_MOMENT)
    worst = int(share.argmax())
    name = str(result.variables["coordinate"].to_numpy()[shared[worst]])
    counted = f", counted as {LEAST_MOMENT:g}" if needed[worst] < LEAST_MOMENT else ""
    where = f"{name}: {helped[worst]:.2g} of {needed[worst]:.3g} N m{counted}"
    return Found(100.0 * float(share[worst]), where)


def closure(result: xr.Dataset) -> Finding:
    """Gap between the power of muscles by lengths and by moments, in per cent of the power of all muscles.

    A muscle moment is the generalized force less what muscles leave of it. Lengths are differentiated here,
    so the two have nothing in common but the path.
    """
    time = result.variables["time"].to_numpy()
    if time.size < FEWEST_FRAMES or not result.sizes["muscle"]:
        return Unknown("too few frames" if result.sizes["muscle"] else "no muscles")
    shortening = -CubicSpline(time, result.variables["muscle_length"].to_numpy())(time, 1)
    by_muscle = result.variables["muscle_force"].to_numpy() * shortening
    moment = result.variables["generalized_force"].to_numpy() - result.variables["reserve"].to_numpy()
    by_moment = (moment * result.variables["coordinate_speed"].to_numpy()).sum(axis=1)
    kept = (
        (result.variables["status"].to_numpy() == 0)
        & np.isfinite(by_muscle).all(axis=1)
        & np.isfinite(by_moment)
    )
    kept[:ENDS] = kept[time.size - ENDS :] = False
    if np.count_nonzero(kept) < FEWEST_FRAMES:
        return Unknown("too few solved frames")
    whole = float(np.abs(by_muscle[kept]).sum(axis=1).mean())
    if whole < LEAST_POWER:
        return Unknown("muscles do no work")
    gap = float(np.sqrt(np.mean((by_muscle[kept].sum(axis=1) - by_moment[kept]) ** 2)))
    return Found(100.0 * gap / whole, f"{gap:.2g} of {whole:.3g} W")


def event_order(result: xr.Dataset) -> Finding:
    """Steps out of order, in per cent of all steps."""
    if _ground_peak(result) is None:
        return Unknown("no ground forces")
    carried = np.nanmax(result.variables["ground_reaction_force"].to_numpy()[:, :, 1], axis=0) > 0.0
    if not carried.all():
        return Unknown("one foot was not measured")
    steps, faults = order_of_steps(result)
    if steps == 0:
        return Unknown("no two steps of either foot")
    where = faults[0] if faults else f"{steps} steps"
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Found(100.0 * len(faults) / steps, where + more)


def failed_frames(result: xr.Dataset) -> Finding:
    """Frames without an answer, in per cent."""
    status = result.variables["status"].to_numpy()
    failed = np.flatnonzero(status)
    first = f", the first at {_clock(result, int(failed[0]))}" if failed.size else ""
    return Found(100.0 * failed.size / status.size, f"{failed.size} of {status.size}{first}")


def _rms(distance: Floats) -> float:
    return float(np.sqrt(np.nanmean(distance**2)))


def _ground_peak(result: xr.Dataset) -> float | None:
    """Largest ground force on both feet together [N]; None where there is none."""
    total = result.variables["ground_reaction_force"].to_numpy().sum(axis=1)
    peak = float(np.nanmax(np.linalg.norm(total, axis=1), initial=0.0))
    return peak if peak > 0.0 else None


def _pelvis(result: xr.Dataset, unit: str) -> npt.NDArray[np.intp]:
    """Columns of the coordinates that hang the model from ground, by their usual names."""
    names = result.variables["coordinate"].to_numpy().astype(str)
    units = result.variables["coordinate_unit"].to_numpy().astype(str)
    free = result.variables["coordinate_shared"].to_numpy() == 0
    return np.flatnonzero(np.char.startswith(names, "pelvis_") & (units == unit) & free)


def _force(result: xr.Dataset) -> Floats:
    """Generalized forces, zero where a frame has none: it counts as failed elsewhere."""
    return np.asarray(np.nan_to_num(result.variables["generalized_force"].to_numpy()))


def _clock(result: xr.Dataset, frame: int) -> str:
    return f"{float(result.variables['time'].to_numpy()[frame]):.3g} s"
