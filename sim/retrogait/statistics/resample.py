"""Every way the data could have fallen if direction made no difference: signs flipped, labels dealt anew.

Row 0 of every table is the data as they are, so that no p-value is ever zero (Phipson and Smyth 2010,
doi 10.2202/1544-6115.1585), and all of a table is one matrix product.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from retrogait.arrays import Floats, Ints

TIE = 1e-12
"""Relative distance within which two statistics are the same number: sums in another order differ so [1]."""

_BITS = 62  # units whose flips an integer can number


@dataclass(frozen=True, slots=True)
class Resampling:
    """Ways to rearrange the data.

    Attributes
    ----------
    table
        (resample, unit): signs of differences, or 1 where a unit is dealt to the first sample, else 0.
    exact
        Whether these are all there are; otherwise a random part of them.
    smallest
        The least two-sided p-value that these can give.
    """

    table: Floats
    exact: bool
    smallest: float


def sign_flips(units: int, permutations: int, seed: int) -> Resampling:
    """Signs of paired differences: all 2^units where these are at most ``permutations``, else that many.

    Random ones are drawn without putting any back, so none is the data again.
    """
    every = 2**units
    # Turning every sign around gives the same size of any statistic, so two arrangements tie at the least.
    if every <= permutations:
        return Resampling(_signs(np.arange(every), units), exact=True, smallest=min(1.0, 2.0 / every))
    generator = np.random.default_rng(seed)
    if units <= _BITS:
        drawn = generator.choice(every - 1, permutations - 1, replace=False, shuffle=False)
        signs = _signs(np.concatenate([[0], drawn + 1]), units)
    else:
        signs = np.where(generator.integers(0, 2, (permutations, units)), -1.0, 1.0)
        signs[0] = 1.0
    return Resampling(signs, exact=False, smallest=1.0 / permutations)


def _signs(codes: Ints, units: int) -> Floats:
    """Binary numbers as signs, 0 as all positive."""
    return np.where((codes[:, None] >> np.arange(units)) & 1, -1.0, 1.0)


def label_shuffles(first: int, second: int, permutations: int, seed: int) -> Resampling:
    """Ways to deal units to two samples: all where these are at most ``permutations``, else that many."""
    units, every = first + second, math.comb(first + second, first)
    if every <= permutations:
        members = np.zeros((every, units))
        members[np.arange(every)[:, None], list(combinations(range(units), first))] = 1.0
        return Resampling(members, exact=True, smallest=(1 + (first == second)) / every)
    members = np.zeros((permutations, units))
    members[:, :first] = 1.0
    members[1:] = np.random.default_rng(seed).permuted(members[1:], axis=1)
    return Resampling(members, exact=False, smallest=1.0 / permutations)


def flipped_t(differences: Floats, signs: Floats) -> Floats:
    """Student's t of the mean difference under every row of signs.

    Parameters
    ----------
    differences
        (unit, point)
    signs
        (resample, unit)

    Returns
    -------
    ndarray
        (resample, point); 0 where every difference is 0, infinite where all are the same.
    """
    units = differences.shape[0]
    squares = np.einsum("up,up->p", differences, differences)  # no flip changes them
    mean = signs @ differences / units
    return _ratio(mean, (squares - units * mean**2) / (units * (units - 1)), squares)


def dealt_t(values: Floats, first: int, members: Floats) -> Floats:
    """Welch's t of the second sample less the first under every deal.

    A studentized statistic keeps the test honest where the samples spread differently (Janssen 1997,
    doi 10.1016/S0167-7152(97)00043-6).

    Parameters
    ----------
    values
        (unit, point), the first sample before the second.
    first
        Units in the first sample.
    members
        (resample, unit), 1 for the first sample.
    """
    second = values.shape[0] - first
    centred = values - values.mean(axis=0)
    squares = np.einsum("up,up->p", centred, centred)
    sum_first = members @ centred
    squares_first = members @ centred**2
    mean_first, mean_second = sum_first / first, -sum_first / second
    spread = (squares_first - first * mean_first**2) / (first * (first - 1)) + (
        squares - squares_first - second * mean_second**2
    ) / (second * (second - 1))
    return _ratio(mean_second - mean_first, spread, squares)


def dealt_residual_t(residuals: Floats, first: int, signs: Floats) -> Floats:
    """Welch's t of residuals of two samples, each about its own mean, under every row of signs."""
    second = residuals.shape[0] - first
    squares = residuals**2
    parts = []
    for rows, units in ((slice(first), first), (slice(first, None), second)):
        mean = signs[:, rows] @ residuals[rows] / units
        parts.append((mean, (squares[rows].sum(axis=0) - units * mean**2) / (units * (units - 1))))
    (mean_first, spread_first), (mean_second, spread_second) = parts
    return _ratio(mean_second - mean_first, spread_first + spread_second, squares.sum(axis=0))


def p_value(null: Floats) -> float:
    """Share of a statistic, the observed one first, that is as large as the observed or larger."""
    observed = null[0]
    if not np.isfinite(observed):
        return float(np.mean(null >= observed))
    return float(np.mean(null >= observed - TIE * abs(observed)))


def _ratio(mean: Floats, square: Floats, scale: Floats) -> Floats:
    """Mean over its standard error, where rounding may have left next to nothing of the error."""
    spread = square > TIE * np.maximum(scale, np.finfo(float).tiny)
    with np.errstate(divide="ignore", invalid="ignore"):
        certain = np.where(np.abs(mean) > math.sqrt(TIE) * np.sqrt(scale), np.sign(mean) * math.inf, 0.0)
        return np.where(spread, mean / np.sqrt(np.where(spread, square, 1.0)), certain)
