"""Natural interpolating splines: quintic for coordinates, cubic for wrenches.

Both are the smoothest curves through their points: the quintic minimises the integral of the
squared third derivative, the cubic of the squared second (Schoenberg 1964, Proc. Natl. Acad. Sci.
52:947). The unknowns are derivatives at the knots, so what inverse dynamics needs comes out of the
solve and nothing is ever evaluated from B-spline coefficients. OpenSim's `GCVSpline` with zero
error variance is the same curve.

Every kernel treats all columns in one pass and shares the factorisation between them. Times must
increase strictly; the callers in `retrogait.gait` see to it.
"""

import numpy as np

from retrogait._jit import allocating_kernel
from retrogait.arrays import Floats


@allocating_kernel
def quintic_derivatives(time: Floats, values: Floats, speed: Floats, acceleration: Floats) -> None:
    r"""First and second derivative, at the knots, of the natural quintic spline through the knots.

    On a step :math:`h` the curve is the quintic with value, slope :math:`s` and second derivative
    :math:`a` given at both ends. Third and fourth derivative are continuous at the interior knots
    and zero at the first and last: two equations per knot in its own :math:`(s, a)` and its
    neighbours'. They are the stationarity of the jerk energy, so the block-tridiagonal matrix is
    symmetric positive definite and is eliminated without pivoting. Lengths are measured in the mean
    step, which keeps all blocks near one.

    Parameters
    ----------
    time : (row,)
        Strictly increasing knots, at least three [s].
    values : (row, column)
        Values at the knots.
    speed : (row, column)
        Overwritten with the first derivative [1/s].
    acceleration : (row, column)
        Overwritten with the second derivative [1/s²].
    """
    rows, columns = values.shape
    unit = (time[rows - 1] - time[0]) / (rows - 1)

    # G[row] = inverse(pivot[row]) @ B[row], where B couples a knot to the next one.
    G = np.empty((rows, 2, 2))
    speed[0] = 0.0  # what the first row reads for the knot behind it, which is not there
    acceleration[0] = 0.0
    r = 0.0  # mean step over the step ahead of the last knot seen
    g_ss, g_sa, g_as, g_aa = 0.0, 0.0, 0.0, 0.0
    for row in range(rows):
        l = r
        r = unit / (time[row + 1] - time[row]) if row + 1 < rows else 0.0
        l2, r2 = l * l, r * r
        l3, r3 = l2 * l, r2 * r

        # Pivot: the knot's own block less what elimination of the knot behind leaves,
        # with B[row - 1] = [[56 l³, -8 l²], [8 l², -l]] (all equations divided by 3).
        p_ss = 64.0 * (l3 + r3) - (56.0 * l3 * g_ss + 8.0 * l2 * g_as)
        p_sa = 12.0 * (r2 - l2) - (56.0 * l3 * g_sa + 8.0 * l2 * g_aa)
        p_aa = 3.0 * (l + r) + 8.0 * l2 * g_sa + l * g_aa
        scale = 1.0 / (p_ss * p_aa - p_sa * p_sa)
        i_ss, i_sa, i_aa = p_aa * scale, -p_sa * scale, p_ss * scale

        behind, ahead = max(row - 1, 0), min(row + 1, rows - 1)
        for column in range(columns):
            rise_l = values[row, column] - values[behind, column]
            rise_r = values[ahead, column] - values[row, column]
            s, a = speed[behind, column], acceleration[behind, column]
            f_s = 120.0 * (l3 * l * rise_l + r3 * r * rise_r) - (56.0 * l3 * s + 8.0 * l2 * a)
            f_a = 20.0 * (r3 * rise_r - l3 * rise_l) + (8.0 * l2 * s + l * a)
            speed[row, column] = i_ss * f_s + i_sa * f_a
            acceleration[row, column] = i_sa * f_s + i_aa * f_a

        g_ss = i_ss * 56.0 * r3 + i_sa * 8.0 * r2
        g_sa = -i_ss * 8.0 * r2 - i_sa * r
        g_as = i_sa * 56.0 * r3 + i_aa * 8.0 * r2
        g_aa = -i_sa * 8.0 * r2 - i_aa * r
        G[row, 0, 0], G[row, 0, 1], G[row, 1, 0], G[row, 1, 1] = g_ss, g_sa, g_as, g_aa

    per_unit = 1.0 / unit
    for row in range(rows - 2, -1, -1):
        g_ss, g_sa, g_as, g_aa = G[row, 0, 0], G[row, 0, 1], G[row, 1, 0], G[row, 1, 1]
        for column in range(columns):
            s, a = speed[row + 1, column], acceleration[row + 1, column]
            speed[row, column] -= g_ss * s + g_sa * a
            acceleration[row, column] -= g_as * s + g_aa * a
            speed[row + 1, column] = s * per_unit
            acceleration[row + 1, column] = a * per_unit * per_unit
    for column in range(columns):
        speed[0, column] *= per_unit
        acceleration[0, column] *= per_unit * per_unit


@allocating_kernel
def quintic_values(
    time: Floats,
    values: Floats,
    speed: Floats,
    acceleration: Floats,
    at: Floats,
    out: Floats,
    out_speed: Floats,
    out_acceleration: Floats,
) -> None:
    """Value and two derivatives of a piecewise quintic given by its derivatives at the knots.

    Outside the knots the first or last piece goes on.

    Parameters
    ----------
    time : (row,)
        Strictly increasing knots [s].
    values, speed, acceleration : (row, column)
        Value, first and second derivative at the knots.
    at : (frame,)
        Times asked for, in any order [s].
    out, out_speed, out_acceleration : (frame, column)
        Overwritten.
    """
    columns = values.shape[1]
    row = 0
    for frame in range(at.shape[0]):
        row = _piece(time, at[frame], row)
        h = time[row + 1] - time[row]
        u = (at[frame] - time[row]) / h
        per_h = 1.0 / h
        for column in range(columns):
            y = values[row, column]
            s0, s1 = h * speed[row, column], h * speed[row + 1, column]
            a0, a1 = (
                h * h * acceleration[row, column],
                h * h * acceleration[row + 1, column],
            )
            rise = values[row + 1, column] - y
            c2 = 0.5 * a0
            c3 = 10.0 * rise - 6.0 * s0 - 4.0 * s1 - 1.5 * a0 + 0.5 * a1
            c4 = -15.0 * rise + 8.0 * s0 + 7.0 * s1 + 1.5 * a0 - a1
            c5 = 6.0 * rise - 3.0 * (s0 + s1) + 0.5 * (a1 - a0)
            out[frame, column] = y + u * (s0 + u * (c2 + u * (c3 + u * (c4 + u * c5))))
            out_speed[frame, column] = per_h * (
                s0 + u * (a0 + u * (3.0 * c3 + u * (4.0 * c4 + u * 5.0 * c5)))
            )
            out_acceleration[frame, column] = (
                per_h * per_h * (a0 + u * (6.0 * c3 + u * (12.0 * c4 + u * 20.0 * c5)))
            )


@allocating_kernel
def natural_cubic(time: Floats, values: Floats, second: Floats) -> None:
    """Second derivative, at the knots, of the natural cubic spline through the knots.

    Tridiagonal and diagonally dominant: eliminated without pivoting, lengths in mean steps.

    Parameters
    ----------
    time : (row,)
        Strictly increasing knots, at least two [s].
    values : (row, column)
        Values at the knots.
    second : (row, column)
        Overwritten with the second derivative, zero in the first and last row [1/s²].
    """
    rows, columns = values.shape
    unit = (time[rows - 1] - time[0]) / (rows - 1)
    per_unit2 = 1.0 / (unit * unit)
    upper = np.zeros(rows)
    for column in range(columns):
        second[0, column] = 0.0
        second[rows - 1, column] = 0.0
    for row in range(1, rows - 1):
        h_l = (time[row] - time[row - 1]) / unit
        h_r = (time[row + 1] - time[row]) / unit
        per_l, per_r = 6.0 / h_l, 6.0 / h_r
        per_pivot = 1.0 / (2.0 * (h_l + h_r) - h_l * upper[row - 1])
        upper[row] = h_r * per_pivot
        for column in range(columns):
            rise_l = values[row, column] - values[row - 1, column]
            rise_r = values[row + 1, column] - values[row, column]
            bend = per_r * rise_r - per_l * rise_l
            second[row, column] = (bend - h_l * second[row - 1, column]) * per_pivot
    for row in range(rows - 2, 0, -1):
        for column in range(columns):
            curvature = second[row + 1, column]
            second[row, column] -= upper[row] * curvature
            second[row + 1, column] = curvature * per_unit2
    if rows > 2:
        for column in range(columns):
            second[1, column] *= per_unit2


@allocating_kernel
def cubic_values(time: Floats, values: Floats, second: Floats, at: Floats, out: Floats) -> None:
    """Value of a piecewise cubic given by its second derivative at the knots.

    Outside the knots the first or last piece goes on.

    Parameters
    ----------
    time : (row,)
        Strictly increasing knots [s].
    values, second : (row, column)
        Value and second derivative at the knots.
    at : (frame,)
        Times asked for, in any order [s].
    out : (frame, column)
        Overwritten.
    """
    columns = values.shape[1]
    row = 0
    for frame in range(at.shape[0]):
        row = _piece(time, at[frame], row)
        h = time[row + 1] - time[row]
        u = (at[frame] - time[row]) / h
        w = 1.0 - u
        bend_l = (w * w * w - w) * h * h / 6.0
        bend_r = (u * u * u - u) * h * h / 6.0
        for column in range(columns):
            out[frame, column] = (
                w * values[row, column]
                + u * values[row + 1, column]
                + bend_l * second[row, column]
                + bend_r * second[row + 1, column]
            )


@allocating_kernel
def _piece(time: Floats, at: float, guess: int) -> int:
    """Row that begins the piece a time belongs to; ``guess`` makes ascending times cheap."""
    last: int = time.shape[0] - 2
    if time[guess] <= at < time[guess + 1]:
        return guess
    if guess < last and time[guess + 1] <= at < time[guess + 2]:
        return guess + 1
    found = int(np.searchsorted(time, at, side="right")) - 1
    return min(max(found, 0), last)
