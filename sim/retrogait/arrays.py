"""The array types everything speaks, and the one question that is asked of flags everywhere."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


def runs(flags: npt.ArrayLike) -> Ints:
    """Find runs of True.

    Parameters
    ----------
    flags : (row,)

    Returns
    -------
    ndarray
        (run, 2) first row of each, and the one after its last.
    """
    framed = np.zeros(np.size(flags) + 2, np.int8)
    framed[1:-1] = flags
    return np.flatnonzero(np.diff(framed)).astype(np.int64).reshape(-1, 2)
