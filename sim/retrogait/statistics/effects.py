"""How large a difference is beside the spread of those who show it.

Two standardizers answer two questions. *d_z* divides by the spread of the differences: how surely does a
person differ? *g_av* divides by the mean spread of the two walks: how far apart are they, in the units in
which people differ anyway? Only the latter compares with studies of separate groups (Lakens 2013,
doi 10.3389/fpsyg.2013.00863).
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, ndtri, stdtrit

from retrogait.arrays import Floats


class Effect(NamedTuple):
    """Standardized difference and the ends of its confidence interval; NaN where nothing spreads."""

    size: float
    low: float
    high: float


NO_EFFECT = Effect(math.nan, math.nan, math.nan)


def beyond(alpha: float, freedom: float) -> float:
    """Value that Student's t exceeds either way with a probability of ``alpha``.

    By `scipy.special`: to import `scipy.stats` takes longer than a whole comparison.
    """
    return -float(stdtrit(freedom, alpha / 2))


def small_sample_factor(freedom: float) -> float:
    """By which a standardized difference is too large in small samples (Hedges 1981, eq. 6e).

    Parameters
    ----------
    freedom
        Degrees of freedom of the standardizer.
    """
    return math.exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / math.sqrt(freedom / 2)


def hedges_g_av(a: Floats, b: Floats, *, paired: bool, alpha: float = 0.05) -> Effect:
    """Hedges' g_av of b less a, by the root of the mean of both variances.

    The interval is that of Bonett (2008), Psychol Methods 13:99-109, doi 10.1037/1082-989X.13.2.99, which
    assumes neither equal variances nor a particular correlation. The factor for small samples has the degrees
    of freedom of a mean of two correlated variances (Cousineau 2020, doi 10.20982/tqmp.16.4.p418), which are
    the ones that Bonett's first term contains; size and interval are multiplied by it.

    Parameters
    ----------
    a, b
        (unit,) finite values; units correspond where ``paired``.
    """
    variance_a, variance_b = float(a.var(ddof=1)), float(b.var(ddof=1))
    square = (variance_a + variance_b) / 2
    if not square > 0.0:
        return NO_EFFECT
    size = (float(b.mean()) - float(a.mean())) / math.sqrt(square)
    weight_a, weight_b = variance_a / (a.size - 1), variance_b / (b.size - 1)
    shared = float(np.cov(a, b)[0, 1]) if paired else 0.0
    mixed = 2 * shared**2 / (a.size - 1)
    per_freedom = (weight_a * variance_a + weight_b * variance_b + mixed) / (4 * square**2)
    error = math.sqrt(size**2 * per_freedom / 2 + (weight_a + weight_b - 2 * shared / (a.size - 1)) / square)
    factor = small_sample_factor(1 / per_freedom)
    reach = -float(ndtri(alpha / 2)) * error
    return Effect(factor * size, factor * (size - reach), factor * (size + reach))
