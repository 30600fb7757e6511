"""Ground forces by foot, as recorded or as a stored result has them; without kernels, to be read quickly."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats


class GroundForces(NamedTuple):
    """Forces on the feet, several plates under one foot summed.

    time  : (row,) [s]
    sides : names of the feet
    force : (row, side, 3) in ground axes, X forward, Y up, Z right [N]
    point : (row, side, 3) mean of the points of application, weighted by the upward force; NaN under no
            force, or where nobody knows [m]
    """

    time: Floats
    sides: tuple[str, ...]
    force: Floats
    point: Floats


def forces_of_result(result: xr.Dataset) -> GroundForces:
    """Forces on the feet as an analysis used them: a filter spreads a contact by some 20 ms either way."""
    force = result["ground_reaction_force"].to_numpy()
    return GroundForces(
        result["time"].to_numpy(),
        tuple(map(str, result["side"].to_numpy())),
        force,
        np.full(force.shape, np.nan),
    )
