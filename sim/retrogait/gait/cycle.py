"""A stride cut out of a record, or out of a stride that repeats itself exactly."""

import math

import numpy as np

from retrogait.arrays import Floats

PERCENT: Floats = np.linspace(0.0, 100.0, 101)
"""Points of a resampled cycle [%]."""

TURNS = 3
"""How often `unroll` repeats a stride: a cycle may begin anywhere in the first and ends in the second, and
the third gives the events after it."""

REFINEMENTS = 3
"""Gauss-Newton steps from the nearest row to a period; the error squares with each."""

SHORTEST_PERIOD = 0.4
"""No stride of walking is shorter [s]."""


def sample(time: Floats, values: Floats, at: Floats) -> Floats:
    """Values at any times by straight lines; NaN beside a NaN.

    Parameters
    ----------
    time
        (row,) strictly increasing [s].
    values
        (row, ...).
    at
        (point,) within ``time`` [s].

    Returns
    -------
    ndarray
        (point, ...).
    """
    left = np.clip(np.searchsorted(time, at, side="right") - 1, 0, time.size - 2)
    share = (at - time[left]) / (time[left + 1] - time[left])
    weight = share.reshape(share.shape + (1,) * (values.ndim - 1))
    between = values[left] * (1.0 - weight) + values[left + 1] * weight
    # On a row there is nothing to mix: a NaN next door must not spread.
    between = np.where(weight == 0.0, values[left], between)
    return np.asarray(np.where(weight == 1.0, values[left + 1], between))


def cut(time: Floats, values: Floats, start: float, end: float) -> tuple[Floats, Floats]:
    """Rows between two times, with a row made at either end.

    Parameters
    ----------
    time, values
        (row,) and (row, ...); must cover ``start`` to ``end``.

    Returns
    -------
    percent, values : ndarray
        (point,) 0 to 100 [%] and (point, ...).
    """
    inside = time[(time > start) & (time < end)]
    at = np.concatenate([[start], inside, [end]])
    return 100.0 * (at - start) / (end - start), sample(time, values, at)


def find_period(time: Floats, curves: Floats, tolerance: float) -> float | None:
    """Shortest time after which every curve repeats itself.

    Parameters
    ----------
    time, curves
        (row,) [s] and (row, curve).
    tolerance
        How far a repeated curve may lie from itself, in the unit of the curves.

    Returns
    -------
    float or None
        At least `SHORTEST_PERIOD` [s]; None where nothing repeats.
    """
    lags = time[time >= time[0] + SHORTEST_PERIOD] - time[0]
    gaps = np.array([np.inf, *(np.abs(_apart(time, curves, lag)).max() for lag in lags), np.inf])
    for k in np.flatnonzero((gaps[1:-1] <= gaps[:-2]) & (gaps[1:-1] <= gaps[2:])):
        # A period need not be a whole number of rows.
        period = float(lags[k])
        for _ in range(REFINEMENTS):
            apart = _apart(time, curves, period)
            slope = sample(
                time, np.gradient(curves, time, axis=0), np.minimum(time[: apart.shape[0]] + period, time[-1])
            )
            steepness = float((slope**2).sum())
            if steepness > 0.0:
                period = min(period - float((apart * slope).sum()) / steepness, float(lags[-1]))
        if period >= SHORTEST_PERIOD and np.abs(_apart(time, curves, period)).max() <= tolerance:
            return period
    return None


def _apart(time: Floats, curves: Floats, lag: float) -> Floats:
    """(row, curve) of what is some time later, less what is, as far as the record goes."""
    slack = 1e-6 * (time[-1] - time[0])  # a lag that is a difference of two times reaches the last row
    rows = time <= time[-1] - lag + slack
    return np.asarray(sample(time, curves, np.minimum(time[rows] + lag, time[-1])) - curves[rows])


def unroll(time: Floats, values: Floats, start: float, period: float) -> tuple[Floats, Floats]:
    """Repeat one stride `TURNS` times, and its first row once more.

    Parameters
    ----------
    time, values
        (row,) [s] and (row, ...); must cover ``start`` to ``start + period``.

    Returns
    -------
    time, values : ndarray
        From ``start`` on; the values of the last row are those of the first.
    """
    step = float(np.median(np.diff(time)))
    inner = (time > start + 1e-3 * step) & (time < start + period - 1e-3 * step)
    base = np.concatenate([[start], time[inner]])
    once = sample(time, values, base)
    times = [base + turn * period for turn in range(TURNS)]
    return (
        np.concatenate([*times, [start + TURNS * period]]),
        np.concatenate([once] * TURNS + [once[:1]]),
    )


def spread(values: Floats) -> tuple[Floats, Floats]:
    """Mean and sample standard deviation over the first axis, of the rows that have an answer.

    Returns
    -------
    mean, deviation : ndarray
        NaN where no row has an answer; the deviation also where only one has.
    """
    found = np.isfinite(values)
    count = found.sum(axis=0)
    mean = np.where(found, values, 0.0).sum(axis=0) / np.where(count > 0, count, math.nan)
    square = np.where(found, (values - mean) ** 2, 0.0).sum(axis=0)
    return mean, np.sqrt(square / np.where(count > 1, count - 1, math.nan))
