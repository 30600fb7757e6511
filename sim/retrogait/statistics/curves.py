"""One curve per unit in either walk: difference with a simultaneous band, and where it is more than chance.

Two answers, each right for the whole curve. The *band* holds the whole true difference in 95 of 100 studies:
what lies outside of it is no difference that fits the data, point by point. The *clusters* say whether the
curves differ anywhere; where a cluster begins and ends is no statement with an error rate (Sassenhagen and
Draschkow 2019, doi 10.1111/psyp.13335).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.statistics.clusters import Cluster, cluster_test
from retrogait.statistics.effects import beyond
from retrogait.statistics.resample import (
    dealt_residual_t,
    dealt_t,
    flipped_t,
    label_shuffles,
    p_value,
    sign_flips,
)
from retrogait.statistics.values import (
    FEWEST,
    PERMUTATIONS,
    as_units,
    require_options,
    require_pairs,
)


@dataclass(frozen=True, slots=True)
class CurveTest:
    """What two walks differ by along a curve; arrays are (point,).

    Attributes
    ----------
    n_a, n_b
        Units with a whole curve; pairs where both are the same people.
    mean_a, sd_a, mean_b, sd_b
        Of either walk.
    difference
        Mean of the second less that of the first.
    low, high
        Simultaneous confidence band of the difference.
    effect
        Pointwise: d_z of pairs, difference over the root of the mean variance otherwise.
    t
        Student's t of pairs, Welch's otherwise.
    threshold
        Size of t beyond which a point belongs to a cluster.
    clusters
        From the start of the curve on.
    p
        Of the whole curve, by its largest cluster; 1 without a cluster.
    p_max
        Of the whole curve, by its largest t.
    smallest_p, exact
        Least that p could have been, and whether all rearrangements were made.

    Bands, clusters and p are missing or NaN where there are fewer than `FEWEST` units.
    """

    n_a: int
    n_b: int
    mean_a: Floats
    sd_a: Floats
    mean_b: Floats
    sd_b: Floats
    difference: Floats
    low: Floats
    high: Floats
    effect: Floats
    t: Floats
    threshold: float = math.nan
    clusters: tuple[Cluster, ...] = ()
    p: float = math.nan
    p_max: float = math.nan
    smallest_p: float = math.nan
    exact: bool = False


def paired_curves(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    alpha: float = 0.05,
) -> CurveTest:
    """Compare two curves of the same people.

    The test flips signs of whole curves, so it needs no normal distribution and no smoothness, only that a
    difference is as likely to be found the other way around where direction makes none. The band is mean +-
    c x standard error, c from the largest t of residuals under flipped signs (Telschow and Schwartzman 2022,
    doi 10.1016/j.jspi.2021.05.008, with signs as multipliers).

    Parameters
    ----------
    a, b
        (unit, point) one curve per person, in the same order. A pair with a NaN is left out whole.
    permutations
        Sign flips to make; all 2^n where these are fewer.
    seed
        Of the flips.
    alpha
        One less the confidence of the band; also two-sided pointwise level that forms clusters.

    Raises
    ------
    ConfigError
        The arrays differ in shape or have not two axes, or an option is out of range.
    """
    first, second = as_units(a, "a", 2), as_units(b, "b", 2)
    require_options(permutations, alpha)
    require_pairs(first, second)
    whole = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    first, second = first[whole], second[whole]
    n, points = first.shape
    differences = second - first
    if n < FEWEST:
        return _described(first, second, differences)
    flips = sign_flips(n, permutations, seed)
    t = flipped_t(differences, flips.table)
    threshold = beyond(alpha, n - 1)
    clusters, p = cluster_test(t, threshold)
    mean, deviation = differences.mean(axis=0), differences.std(axis=0, ddof=1)
    error = deviation / math.sqrt(n)
    wide = _critical(flipped_t(differences - mean, flips.table), alpha) * error
    return CurveTest(
        n,
        n,
        *_spread(first),
        *_spread(second),
        mean,
        mean - wide,
        mean + wide,
        _over(mean, deviation),
        _over(mean, error),
        threshold,
        tuple(clusters),
        p,
        p_value(np.abs(t).max(axis=1, initial=0.0)) if points else math.nan,
        flips.smallest,
        flips.exact,
    )


def unpaired_curves(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    alpha: float = 0.05,
) -> CurveTest:
    """Compare two samples of curves that have nothing to do with one another, such as strides of one person.

    Parameters
    ----------
    a, b
        (unit, point) curves; one with a NaN is left out.
    permutations, seed, alpha
        As `paired_curves`, labels dealt anew instead of signs flipped.

    Raises
    ------
    ConfigError
        As `paired_curves`, but for the number of rows, which may differ.
    """
    first, second = as_units(a, "a", 2), as_units(b, "b", 2)
    require_options(permutations, alpha)
    if first.shape[1] != second.shape[1]:
        raise ConfigError(f"a has {first.shape[1]} points and b {second.shape[1]}; expected the same")
    first, second = (one[np.isfinite(one).all(axis=1)] for one in (first, second))
    if min(len(first), len(second)) < FEWEST:
        return _described(first, second, None)
    n_first, n_second = len(first), len(second)
    deals = label_shuffles(n_first, n_second, permutations, seed)
    t = dealt_t(np.concatenate([first, second]), n_first, deals.table)
    threshold = beyond(alpha, n_first + n_second - 2)
    clusters, p = cluster_test(t, threshold)
    mean = second.mean(axis=0) - first.mean(axis=0)
    variances = first.var(axis=0, ddof=1), second.var(axis=0, ddof=1)
    error = np.sqrt(variances[0] / n_first + variances[1] / n_second)
    residuals = np.concatenate([first - first.mean(axis=0), second - second.mean(axis=0)])
    signs = sign_flips(n_first + n_second, permutations, seed).table
    wide = _critical(dealt_residual_t(residuals, n_first, signs), alpha) * error
    return CurveTest(
        n_first,
        n_second,
        *_spread(first),
        *_spread(second),
        mean,
        mean - wide,
        mean + wide,
        _over(mean, np.sqrt((variances[0] + variances[1]) / 2)),
        _over(mean, error),
        threshold,
        tuple(clusters),
        p,
        p_value(np.abs(t).max(axis=1)),
        deals.smallest,
        deals.exact,
    )


def _described(first: Floats, second: Floats, differences: Floats | None) -> CurveTest:
    """Means and spreads of too few units."""
    mean_a, sd_a = _spread(first)
    mean_b, sd_b = _spread(second)
    nothing = np.full(first.shape[1], np.nan)
    difference = mean_b - mean_a if differences is None else _spread(differences)[0]
    return CurveTest(
        len(first), len(second), mean_a, sd_a, mean_b, sd_b, difference, nothing, nothing, nothing, nothing
    )


def _spread(values: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation over units; NaN where there are too few."""
    nothing = np.full(values.shape[1], np.nan)
    return (
        values.mean(axis=0) if len(values) else nothing,
        values.std(axis=0, ddof=1) if len(values) > 1 else nothing,
    )


def _critical(t: Floats, alpha: float) -> float:
    """Size that the largest t of a curve exceeds in a share of alpha of the rows."""
    largest = np.abs(t).max(axis=1)
    return float(np.quantile(largest, 1 - alpha, method="higher"))


def _over(mean: Floats, scale: Floats) -> Floats:
    """Ratio; 0 where there is no difference at all, NaN where a difference does not spread."""
    flat = scale <= 0.0
    ratio = mean / np.where(flat, 1.0, scale)
    return np.where(flat, np.where(mean == 0.0, 0.0, np.nan), ratio)
