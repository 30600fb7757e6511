"""Points that fill a box evenly, from a seed."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.sampling.factors import Factor

METHODS = ("sobol", "latin")

MOST_SAMPLES = 2**20
"""More would fill any memory with curves."""


def draw(factors: Sequence[Factor], samples: int, method: str = "sobol", seed: int = 0) -> Floats:
    """Values of every factor in every sample, the same for the same seed.

    Parameters
    ----------
    factors
        What is varied, at least one.
    samples
        How many.
    method
        "sobol", a scrambled Sobol sequence, or "latin", a Latin hypercube.
    seed
        Whole number from 0 on.

    Returns
    -------
    ndarray
        (sample, factor), each in its own unit.

    Raises
    ------
    ConfigError
        A choice outside its bounds.
    """
    if method not in METHODS:
        raise ConfigError(f"method is {method!r}, expected one of: {', '.join(map(repr, METHODS))}")
    fewest = fewest_samples(len(factors))
    if not _whole(samples) or not fewest <= samples <= MOST_SAMPLES:
        raise ConfigError(
            f"samples is {samples!r}, expected a whole number from {fewest} (for {len(factors)} factors) to "
            f"{MOST_SAMPLES}"
        )
    if not _whole(seed) or seed < 0:
        raise ConfigError(f"seed is {seed!r}, expected a whole number from 0 on")
    rng = np.random.default_rng(seed)
    if method == "sobol":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # said in a remark of the result, not on stderr
            share = qmc.Sobol(len(factors), scramble=True, rng=rng).random(samples)
    else:
        share = qmc.LatinHypercube(len(factors), rng=rng).random(samples)
    return np.stack([_values(factor, share[:, k]) for k, factor in enumerate(factors)], axis=1)


def fewest_samples(factors: int) -> int:
    """Fewest samples that a ranking of so many factors can rest on: four for each, and for the mean."""
    return 4 * (factors + 1)


def remarks(samples: int, method: str) -> list[str]:
    """What is less than perfect about a number of samples."""
    if method != "sobol" or samples & (samples - 1) == 0:
        return []
    below = 2 ** math.floor(math.log2(samples))
    return [
        f"{samples} points of a Sobol sequence are not quite balanced; {below} or {2 * below} would be, as "
        "every power of two is"
    ]


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _values(factor: Factor, share: Floats) -> Floats:
    """(sample,) values at shares of the range, from 0, below 1."""
    if not factor.levels:
        return np.asarray(factor.low + (factor.high - factor.low) * share)
    rows = np.minimum((share * len(factor.levels)).astype(np.int64), len(factor.levels) - 1)
    return np.asarray(np.array(factor.levels)[rows])
