"""Signal preparation: recorded columns in, smooth coordinates with derivatives and wrenches out.

Two methods. `"default"` filters motion and wrenches by the same zero-phase filter, the wrench as
force and moment about the ground origin: the centre of pressure is a quotient, jumps at contact and
must not be filtered. `"opensim"` repeats InverseDynamicsTool for parity: reflected padding, a
third-order Butterworth without correction for its two passes, wrench columns interpolated as
recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, MotionError
from retrogait.gait.grids import (
    cubic_at,
    cubic_motion_at,
    even_grid,
    quintic_at,
    quintic_value_at,
    reflect_both,
    resample_as_opensim,
)
from retrogait.kernels.filters import lowpass, lowpass_opensim

METHODS = ("default", "opensim")
SPLINES = ("quintic", "cubic")

QUINTIC_ROWS = 6
"""Fewest rows of a motion: OpenSim's quintic GCVSpline fails with fewer, and says so obscurely."""

CUBIC_ROWS = 4
"""Fewest rows of a wrench: with fewer OpenSim's ExternalForce quietly takes straight lines or a
constant."""

HIGHEST_CUTOFF = 0.49
"""Highest cut-off in sampling rates; OpenSim lowers anything from 0.5 on to this [1]."""

LOWEST_CUTOFF = 1e-4
"""Lowest cut-off in sampling rates: bounds the run-in of the filter to some 60 000 rows [1]."""

WINDOW_SLACK = 1e-6
"""How far outside the data a requested time may lie: files round times to six decimals [s]."""

Filter = Callable[[Floats, float, float, Floats], None]
Interpolation = Callable[[Floats, Floats, Floats], Floats]


@dataclass(frozen=True)
class Preparation:
    """How recorded signals are filtered before inverse dynamics.

    Parameters
    ----------
    method : {"default", "opensim"}
        Which filter, and what it is applied to.
    cutoff : float or None
        Low-pass cut-off [Hz]; None for no filter.
    spline : {"quintic", "cubic"}
        What the motion is differentiated by. A recorded motion has no spline of its own and takes the quintic
        one; a motion that was computed as cubic splines has exactly the accelerations of these.
    forces : bool
        Whether wrenches are filtered like the motion; the method "opensim" never does.
    couplers : {"recomputed", "read"}
        Whether coupled coordinates follow their couplers, or the file's numbers as they stand.

    Raises
    ------
    ConfigError
        The method or spline is unknown or the cut-off is not a positive number.
    """

    method: str = "default"
    cutoff: float | None = 6.0
    spline: str = "quintic"
    forces: bool = True
    couplers: str = "recomputed"

    def __post_init__(self) -> None:
        """Refuse what `prepare_motion` could not use."""
        if self.method not in METHODS:
            raise ConfigError(f"preparation: method is {self.method!r}, expected {_listed(METHODS)}")
        if self.spline not in SPLINES:
            raise ConfigError(f"preparation: spline is {self.spline!r}, expected {_listed(SPLINES)}")
        if self.cutoff is not None and not 0.0 < self.cutoff < np.inf:
            raise ConfigError(
                f"preparation: cutoff is {self.cutoff:g} Hz, expected a positive frequency "
                "or none for no filter"
            )

    def describe(self) -> str:
        """One line for the attributes of a result: method, cut-off, splines."""
        if self.cutoff is None:
            return f"{self.method}: unfiltered, natural {self.spline} and cubic splines"
        if self.method == "opensim":
            return (
                "opensim: motion by 3rd-order Butterworth forward and backward, "
                f"{self.cutoff:g} Hz per pass, natural {self.spline} spline; "
                "wrenches unfiltered, natural cubic spline"
            )
        if not self.forces:
            return (
                f"default: motion by zero-phase 4th-order Butterworth, {self.cutoff:g} Hz (amplitude "
                f"1/sqrt(2)), wrenches unfiltered; natural {self.spline} and cubic splines"
            )
        return (
            f"default: motion and wrenches by zero-phase 4th-order Butterworth, {self.cutoff:g} Hz "
            "(amplitude 1/sqrt(2)), wrenches as force and moment about the ground origin; "
            f"natural {self.spline} and cubic splines"
        )


def prepare_motion(
    time: npt.ArrayLike,
    coordinates: npt.ArrayLike,
    cutoff: float | None,
    method: str = "default",
    at: npt.ArrayLike | None = None,
    *,
    spline: str = "quintic",
    source: str = "motion",
) -> tuple[Floats, Floats, Floats, Floats]:
    """Filter coordinates and differentiate them twice.

    Parameters
    ----------
    time : (row,)
        Strictly increasing times [s].
    coordinates : (row, coordinate)
        Coordinates [rad or m].
    cutoff : float or None
        Low-pass cut-off [Hz]; None or negative for no filter.
    method : {"default", "opensim"}
        See the module.
    at : (frame,), optional
        Times of the result, anywhere inside ``time``; its own times if left out [s].
    spline : {"quintic", "cubic"}
        See `Preparation`.
    source : str
        Name of the file, for messages.

    Returns
    -------
    time : (frame,)
        Times of the result [s].
    q, qd, qdd : (frame, coordinate)
        Coordinates and their first and second derivative.

    Raises
    ------
    MotionError
        Too few rows, times that do not increase, numbers that are not finite, a window outside the
        data, an impossible cut-off.
    """
    knots, values = _columns(time, coordinates, QUINTIC_ROWS, source)
    frames = _window(knots, at, source)
    cutoff = _checked(cutoff, method, source)

    if method == "opensim":
        if cutoff is not None:
            knots, values = reflect_both(knots, values)
            knots, values, step = resample_as_opensim(knots, values)
            values = _filtered(lowpass_opensim, values, step, cutoff, source)
    else:
        knots, values = _evenly_filtered(quintic_value_at, knots, values, cutoff, source)
    fit = cubic_motion_at if spline == "cubic" else quintic_at
    return frames, *fit(knots, values, frames)


def prepare_wrenches(
    time: npt.ArrayLike,
    columns: npt.ArrayLike,
    cutoff: float | None,
    method: str = "default",
    at: npt.ArrayLike | None = None,
    *,
    source: str = "wrenches",
) -> Floats:
    """Bring recorded wrenches to the frames of a motion, filtered with it.

    Parameters
    ----------
    time : (row,)
        Strictly increasing times; the rate need not be the motion's [s].
    columns : (row, wrench, 9)
        Force [N], point of application [m] and free torque [N·m], all in ground.
    cutoff : float or None
        Low-pass cut-off [Hz], the motion's own; None or negative for no filter. OpenSim filters no
        wrench, so the method "opensim" does not use it.
    method : {"default", "opensim"}
        See the module.
    at : (frame,), optional
        Times of the result, anywhere inside ``time``; its own times if left out [s].
    source : str
        Name of the file, for messages.

    Returns
    -------
    (frame, wrench, 9)
        Force, point and torque at the frames. By the default method the point is the ground origin
        and the torque the whole moment about it.

    Raises
    ------
    MotionError
        Too few rows, times that do not increase, numbers that are not finite, a window outside the
        data, an impossible cut-off.
    """
    recorded = np.asarray(columns, dtype=np.float64)
    if recorded.ndim != 3 or recorded.shape[2] != 9:
        raise MotionError(
            f"{source}: wrench columns have shape {recorded.shape}, expected (row, wrench, 9): "
            "force, point and torque of each"
        )
    rows, wrenches = recorded.shape[:2]
    as_recorded = method == "opensim"
    if not as_recorded:
        recorded = wrench_about_origin(recorded[..., :3], recorded[..., 3:6], recorded[..., 6:])
    table = recorded.reshape(rows, -1)
    knots, values = _columns(time, table, CUBIC_ROWS, source, wrenches)
    frames = _window(knots, at, source)
    cutoff = _checked(cutoff, method, source)

    if not as_recorded:
        knots, values = _evenly_filtered(cubic_at, knots, values, cutoff, source)

    result = cubic_at(knots, values, frames)
    if as_recorded:
        return result.reshape(-1, wrenches, 9)
    halves = result.reshape(-1, wrenches, 6)
    about_origin = np.zeros((frames.size, wrenches, 9))
    about_origin[..., :3] = halves[..., :3]
    about_origin[..., 6:] = halves[..., 3:]
    return about_origin


def wrench_about_origin(force: Floats, point: Floats, torque: Floats) -> Floats:
    """Force and whole moment about the ground origin of a force at a point and a free torque.

    Where the force is zero the point does not matter: force plates leave it undefined there.

    Parameters
    ----------
    force, point, torque : (..., 3)
        Force [N], point of application [m] and free torque [N·m] in ground.

    Returns
    -------
    (..., 6)
        Force [N] and moment about the ground origin [N·m].
    """
    out = np.empty((*force.shape[:-1], 6))
    fx, fy, fz = force[..., 0], force[..., 1], force[..., 2]
    loaded = (fx != 0.0) | (fy != 0.0) | (fz != 0.0)
    x, y, z = (np.where(loaded, point[..., axis], 0.0) for axis in range(3))
    out[..., :3] = force
    out[..., 3] = torque[..., 0] + y * fz - z * fy
    out[..., 4] = torque[..., 1] + z * fx - x * fz
    out[..., 5] = torque[..., 2] + x * fy - y * fx
    return out


def _columns(
    time: npt.ArrayLike, columns: npt.ArrayLike, fewest: int, source: str, wrenches: int = 0
) -> tuple[Floats, Floats]:
    """Contiguous times and columns that a spline can be put through."""
    knots = np.ascontiguousarray(time, dtype=np.float64)
    values = np.ascontiguousarray(columns, dtype=np.float64)
    if values.ndim != 2 or knots.shape != values.shape[:1]:
        raise MotionError(
            f"{source}: columns have shape {values.shape} for times of shape {knots.shape}, "
            "expected (row, column) and (row,)"
        )
    if knots.size < fewest:
        raise MotionError(
            f"{source}: {knots.size} rows, a spline needs at least {fewest}; record a longer trial"
        )
    steps = np.diff(knots)
    if not np.all(steps > 0.0):
        row = int(np.argmin(steps > 0.0))
        raise MotionError(
            f"{source}: time {knots[row + 1]:g} s in row {row + 2} follows {knots[row]:g} s, "
            "expected times that increase; remove repeated or unordered rows"
        )
    if not np.isfinite(values).all():
        row, column = (int(index) for index in np.argwhere(~np.isfinite(values))[0])
        place = f"wrench {column * wrenches // values.shape[1] + 1}" if wrenches else f"column {column + 1}"
        raise MotionError(
            f"{source}: {values[row, column]:g} at time {knots[row]:g} s in {place}, "
            "expected finite numbers; fill the gap or cut the trial"
        )
    return knots, values


def _window(knots: Floats, at: npt.ArrayLike | None, source: str) -> Floats:
    """Return the times of the result, refused when the data do not reach them."""
    if at is None:
        return knots.copy()
    frames = np.array(at, dtype=np.float64, ndmin=1)
    if frames.size == 0:
        raise MotionError(f"{source}: no frame is asked for; the data span {_span(knots)}")
    first, last = float(frames.min()), float(frames.max())
    if not (first >= knots[0] - WINDOW_SLACK and last <= knots[-1] + WINDOW_SLACK):
        raise MotionError(
            f"{source}: the window {first:g} to {last:g} s reaches outside the data, which span "
            f"{_span(knots)}; shorten the window"
        )
    return frames


def _span(knots: Floats) -> str:
    return f"{knots[0]:g} to {knots[-1]:g} s"


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(repr(word) for word in words)


def _checked(cutoff: float | None, method: str, source: str) -> float | None:
    """Cut-off, None for OpenSim's "negative means no filter"; refused when it is no frequency."""
    if method not in METHODS:
        raise MotionError(f"{source}: preparation method is {method!r}, expected {_listed(METHODS)}")
    if cutoff is None or cutoff < 0.0:
        return None
    if not 0.0 < cutoff < np.inf:
        raise MotionError(
            f"{source}: the cut-off is {cutoff:g} Hz, expected a positive frequency or none for no filter"
        )
    return float(cutoff)


def _evenly_filtered(
    interpolate: Interpolation, knots: Floats, values: Floats, cutoff: float | None, source: str
) -> tuple[Floats, Floats]:
    """Columns by the default filter, on even times if they are filtered or were only rounded."""
    even, only_rounded = even_grid(knots)
    if cutoff is None:
        return (even if only_rounded else knots), values
    if not only_rounded:
        values = interpolate(knots, values, even)
    step = float((even[-1] - even[0]) / (even.size - 1))
    return even, _filtered(lowpass, values, step, cutoff, source)


def _filtered(filter_columns: Filter, values: Floats, step: float, cutoff: float, source: str) -> Floats:
    """Filter evenly spaced columns; refuse a cut-off the record cannot resolve."""
    rate = 1.0 / step
    if cutoff > HIGHEST_CUTOFF * rate:
        raise MotionError(
            f"{source}: the cut-off {cutoff:g} Hz is not below the Nyquist frequency "
            f"{rate / 2.0:g} Hz; take at most {HIGHEST_CUTOFF * rate:g} Hz or record faster"
        )
    if cutoff < LOWEST_CUTOFF * rate:
        raise MotionError(
            f"{source}: the cut-off {cutoff:g} Hz is below {LOWEST_CUTOFF * rate:g} Hz, the lowest "
            f"for a sampling rate of {rate:g} Hz; raise it"
        )
    out = np.empty_like(values)
    filter_columns(values, step, cutoff, out)
    return out
