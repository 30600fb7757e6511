"""Grids of times and the splines between them: what preparation does before and after its filter.

Arrays as `retrogait.gait.prepare` has checked them: contiguous, times strictly increasing.
"""

import numpy as np
from scipy.interpolate import CubicSpline

from retrogait.arrays import Floats
from retrogait.kernels.filters import reflect
from retrogait.kernels.splines import (
    cubic_values,
    natural_cubic,
    quintic_derivatives,
    quintic_values,
)

UNIFORM_STEP_RTOL = 0.05
"""Largest distance of a time from an even grid that still counts as rounding, in steps [1].

Files round their times (1/60 s to 0.017, 1/600 s to 0.0017: up to 3 % of the step), the recorder
did not: such rows are taken at the even times. Rows further off were sampled unevenly.
"""

OPENSIM_MOST_ROWS = 100_000
"""Storage::MAX_RESAMPLE_SIZE: OpenSim never resamples onto more steps."""


def even_grid(knots: Floats) -> tuple[Floats, bool]:
    """Even times from the first knot to the last, and whether the knots are these but for rounding.

    Uneven knots get a grid of their median step, so that a gap does not make it coarser.
    """
    duration = float(knots[-1] - knots[0])
    even = np.linspace(knots[0], knots[-1], knots.size)
    if np.abs(knots - even).max() <= UNIFORM_STEP_RTOL * duration / (knots.size - 1):
        return even, True
    steps = max(round(duration / float(np.median(np.diff(knots)))), 1)
    return np.linspace(knots[0], knots[-1], steps + 1), False


def reflect_both(knots: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Continue times and columns by half the rows at each end, as InverseDynamicsTool does."""
    rows, columns = values.shape
    pad = rows // 2
    longer_knots = np.empty((rows + 2 * pad, 1))
    longer = np.empty((rows + 2 * pad, columns))
    reflect(knots[:, np.newaxis], pad, longer_knots)
    reflect(values, pad, longer)
    return longer_knots[:, 0].copy(), longer


def resample_as_opensim(knots: Floats, values: Floats) -> tuple[Floats, Floats, float]:
    """Columns on steps of the smallest step, unless all steps are equal to the last bit.

    OpenSim adds the step up, so a file whose times are rounded drifts by up to its rounding times
    its rows.
    """
    step = float(np.diff(knots).min())
    duration = float(knots[-1] - knots[0])
    if duration / (knots.size - 1) - step <= np.finfo(np.float64).eps:
        return knots, values, step
    step = max(step, duration / OPENSIM_MOST_ROWS)
    times = np.full(int(duration / step) + 2, step)
    times[0] = knots[0]
    times = np.add.accumulate(times)
    times = times[times <= knots[-1]]
    return times, quintic_value_at(knots, values, times), step


def quintic_at(knots: Floats, values: Floats, frames: Floats) -> tuple[Floats, Floats, Floats]:
    """Value and two derivatives, at the frames, of the natural quintic spline."""
    speed, acceleration = np.empty_like(values), np.empty_like(values)
    quintic_derivatives(knots, values, speed, acceleration)
    shape = (frames.size, values.shape[1])
    q, qd, qdd = np.empty(shape), np.empty(shape), np.empty(shape)
    quintic_values(knots, values, speed, acceleration, frames, q, qd, qdd)
    return q, qd, qdd


def quintic_value_at(knots: Floats, values: Floats, frames: Floats) -> Floats:
    """Value alone, at the frames, of the natural quintic spline."""
    return quintic_at(knots, values, frames)[0]


def cubic_motion_at(knots: Floats, values: Floats, frames: Floats) -> tuple[Floats, Floats, Floats]:
    """Value and first two derivatives, at the frames, of the natural cubic spline."""
    spline = CubicSpline(knots, values, bc_type="natural")
    return tuple(np.ascontiguousarray(spline(frames, order)) for order in (0, 1, 2))  # type: ignore[return-value]


def cubic_at(knots: Floats, values: Floats, frames: Floats) -> Floats:
    """Value, at the frames, of the natural cubic spline."""
    second = np.empty_like(values)
    natural_cubic(knots, values, second)
    out = np.empty((frames.size, values.shape[1]))
    cubic_values(knots, values, second, frames, out)
    return out
