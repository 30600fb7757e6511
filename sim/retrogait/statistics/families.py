"""Several questions asked of the same data."""

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats


def holm(p: npt.ArrayLike) -> Floats:
    """P-values adjusted for all questions of a family, so that the family errs no more often than one.

    Holm (1979), Scand J Statist 6:65-70.

    Parameters
    ----------
    p
        One for each question that was chosen before the data were seen; NaN, where there was no test,
        does not count.

    Returns
    -------
    ndarray
        In the same order.
    """
    raw = np.asarray(p, np.float64)
    adjusted = np.full(raw.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(raw))
    order = tested[np.argsort(raw[tested], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * raw[order]))
    return adjusted
