"""One number per unit in either walk: difference, intervals, effect sizes and an exact test."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.statistics.effects import NO_EFFECT, Effect, beyond, hedges_g_av
from retrogait.statistics.resample import dealt_t, flipped_t, label_shuffles, p_value, sign_flips

FEWEST = 5
"""Units without which nothing is inferred: four pairs have sixteen ways to flip, so p >= 0.125."""

PERMUTATIONS = 10_000
"""Rearrangements where there are more than that; p = 0.05 is then known to 0.004."""

NOTHING = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class ValueTest:
    """What two walks differ by in one number.

    Attributes
    ----------
    n_a, n_b
        Units that have a number; pairs where both are the same people.
    mean_a, mean_b, difference
        Means, and the second less the first.
    interval
        Of the difference, by Student's t (Welch's where nothing is paired).
    bootstrap
        The same, bootstrapped, corrected for bias and skewness (BCa: Efron 1987,
        doi 10.1080/01621459.1987.10478410).
    cohens_dz
        Mean difference over the standard deviation of differences; NaN where nothing is paired.
    hedges_gav
        See `retrogait.statistics.effects.hedges_g_av`.
    t
        Statistic of the test.
    p
        Share of rearrangements (flipped signs, or labels dealt anew) with a t of this size or more.
    smallest_p, exact
        Least that p could have been, and whether all rearrangements were made.

    Intervals and p are NaN where there are fewer than `FEWEST` units.
    """

    n_a: int
    n_b: int
    mean_a: float
    mean_b: float
    difference: float
    interval: tuple[float, float] = NOTHING
    bootstrap: tuple[float, float] = NOTHING
    cohens_dz: float = math.nan
    hedges_gav: Effect = NO_EFFECT
    t: float = math.nan
    p: float = math.nan
    smallest_p: float = math.nan
    exact: bool = False


def paired_values(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    alpha: float = 0.05,
) -> ValueTest:
    """Compare two numbers of the same people.

    Parameters
    ----------
    a, b
        (unit,) one number per person, in the same order. A pair without both numbers is left out.
    permutations
        Sign flips to make; all 2^n where these are fewer.
    seed
        Of flips and bootstrap.
    alpha
        One less the confidence of the intervals.

    Raises
    ------
    ConfigError
        The arrays differ in shape or have more than one axis, or an option is out of range.
    """
    first, second = as_units(a, "a", 1), as_units(b, "b", 1)
    require_options(permutations, alpha)
    require_pairs(first, second)
    both = np.isfinite(first) & np.isfinite(second)
    first, second = first[both], second[both]
    n = first.size
    means = (mean_of(first), mean_of(second))
    differences = second - first
    if n < FEWEST:
        return ValueTest(n, n, *means, mean_of(differences))
    flips = sign_flips(n, permutations, seed)
    null = np.abs(flipped_t(differences[:, None], flips.table)[:, 0])
    error = float(differences.std(ddof=1)) / math.sqrt(n)
    mean = mean_of(differences)
    dz = mean / float(differences.std(ddof=1)) if error > 0.0 else math.nan
    return ValueTest(
        n,
        n,
        *means,
        mean,
        interval=_about(mean, error, n - 1, alpha),
        bootstrap=_bootstrap([differences], permutations, seed, alpha),
        cohens_dz=dz,
        hedges_gav=hedges_g_av(first, second, paired=True, alpha=alpha),
        t=mean / error if error > 0.0 else math.nan,
        p=p_value(null),
        smallest_p=flips.smallest,
        exact=flips.exact,
    )


def unpaired_values(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    alpha: float = 0.05,
) -> ValueTest:
    """Compare two samples of units that have nothing to do with one another, such as strides of one person.

    Parameters
    ----------
    a, b
        (unit,) numbers; those that are NaN are left out.
    permutations, seed, alpha
        As `paired_values`.

    Raises
    ------
    ConfigError
        As `paired_values`, but for the shapes, which may differ.
    """
    first, second = as_units(a, "a", 1), as_units(b, "b", 1)
    require_options(permutations, alpha)
    first, second = first[np.isfinite(first)], second[np.isfinite(second)]
    means = (mean_of(first), mean_of(second))
    difference = means[1] - means[0]
    if min(first.size, second.size) < FEWEST:
        return ValueTest(first.size, second.size, *means, difference)
    deals = label_shuffles(first.size, second.size, permutations, seed)
    null = np.abs(dealt_t(np.concatenate([first, second])[:, None], first.size, deals.table)[:, 0])
    parts = first.var(ddof=1) / first.size, second.var(ddof=1) / second.size
    error = math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (first.size - 1) + parts[1] ** 2 / (second.size - 1)) \
        if error > 0.0 else math.nan  # fmt: skip
    return ValueTest(
        first.size,
        second.size,
        *means,
        difference,
        interval=_about(difference, error, freedom, alpha),
        bootstrap=_bootstrap([first, second], permutations, seed, alpha),
        hedges_gav=hedges_g_av(first, second, paired=False, alpha=alpha),
        t=difference / error if error > 0.0 else math.nan,
        p=p_value(null),
        smallest_p=deals.smallest,
        exact=deals.exact,
    )


def as_units(values: npt.ArrayLike, name: str, dims: int) -> Floats:
    """Values as a float array of that many axes.

    Raises
    ------
    ConfigError
        They are none.
    """
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: expected an array of numbers ({error})") from error
    if array.ndim != dims:
        axes = "(unit,)" if dims == 1 else "(unit, point)"
        raise ConfigError(f"{name}: has shape {array.shape}, expected {axes}")
    return array


def require_pairs(a: Floats, b: Floats) -> None:
    """Refuse samples of different shapes as pairs.

    Raises
    ------
    ConfigError
        They are.
    """
    if a.shape != b.shape:
        raise ConfigError(
            f"a has shape {a.shape} and b {b.shape}: pairs need one row per person in both, in one order"
        )


def require_options(permutations: int, alpha: float) -> None:
    """Refuse options that give no test.

    Raises
    ------
    ConfigError
        They are out of range.
    """
    if permutations < 100:
        raise ConfigError(f"permutations = {permutations}: expected at least 100, better {PERMUTATIONS}")
    if not 0.0 < alpha < 0.5:
        raise ConfigError(f"alpha = {alpha:g}: expected a share between 0 and 0.5, such as 0.05")


def mean_of(values: Floats) -> float:
    """Mean; NaN of nothing."""
    return float(values.mean()) if values.size else math.nan


def _about(centre: float, error: float, freedom: float, alpha: float) -> tuple[float, float]:
    reach = beyond(alpha, freedom) * error if error > 0.0 else 0.0
    return centre - reach, centre + reach


def _bootstrap(samples: list[Floats], resamples: int, seed: int, alpha: float) -> tuple[float, float]:
    """Interval of the mean, or of the second mean less the first; NaN where a sample does not spread."""
    if any(np.ptp(sample) == 0.0 for sample in samples):
        return NOTHING

    def difference(*drawn: Floats, axis: int) -> Floats:
        last: Floats = drawn[-1].mean(axis=axis)
        return last if len(drawn) == 1 else last - drawn[0].mean(axis=axis)

    from scipy.stats import bootstrap  # noqa: PLC0415 (a second to import, and few comparisons need it)

    found = bootstrap(
        samples,
        difference,
        n_resamples=resamples,
        confidence_level=1 - alpha,
        method="BCa",
        vectorized=True,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)
