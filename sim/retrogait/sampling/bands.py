"""Bands: between which values so many of the samples lie."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats

QUANTILES = (5.0, 25.0, 50.0, 75.0, 95.0)
"""Bands of every result [%]."""

BLOCK = 4096
"""Cells sorted at once: few enough to stay in the cache, many enough to be worth a call."""


def bands(values: npt.NDArray[np.floating], quantiles: Sequence[float] = QUANTILES) -> Floats:
    """Quantiles over the samples, straight lines between neighbours; what has no answer counts nowhere.

    The same as ``numpy.nanquantile``, which takes a hundred times as long.

    Parameters
    ----------
    values
        (sample, ...) NaN where a sample has no answer.
    quantiles
        From 0 to 100 [%].

    Returns
    -------
    ndarray
        (..., quantile); NaN where no sample has an answer.
    """
    cells = values.reshape(values.shape[0], math.prod(values.shape[1:]))
    share = np.asarray(quantiles) / 100.0
    out = np.empty((cells.shape[1], share.size))
    for first in range(0, cells.shape[1], BLOCK):
        ordered = np.sort(cells[:, first : first + BLOCK].T, axis=1)  # NaN at the end
        known = np.isfinite(ordered).sum(axis=1)
        place = share * np.maximum(known - 1, 0)[:, None]
        below = place.astype(np.int64)
        above = np.minimum(below + 1, np.maximum(known - 1, 0)[:, None])
        left = np.take_along_axis(ordered, below, axis=1).astype(np.float64)
        right = np.take_along_axis(ordered, above, axis=1).astype(np.float64)
        out[first : first + BLOCK] = left + (place - below) * (right - left)
        out[first : first + BLOCK][known == 0] = np.nan
    return out.reshape(*values.shape[1:], share.size)
