"""What every comparison has in common: its axes, and how an array is described."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.gait.measures import CURVES, MEASURES


def mean_over(rows: Sequence[Floats] | Floats) -> Floats:
    """Mean over the first axis of what is finite; NaN where nothing is."""
    stack = np.asarray(rows, np.float64)
    found = np.isfinite(stack)
    count = found.sum(axis=0)
    mean: Floats = np.where(found, stack, 0.0).sum(axis=0) / np.where(count > 0, count, math.nan)
    return mean


def described(
    dims: tuple[str, ...], values: npt.ArrayLike, unit: str, about: str
) -> tuple[tuple[str, ...], npt.ArrayLike, dict[str, str]]:
    """Variable as xarray takes it, with the unit and sentence that every stored array has."""
    return dims, values, {"units": unit, "long_name": about}


def axes(measures: Sequence[str], curves: Sequence[str], percent: Floats) -> dict[str, Any]:
    """Coordinates of every comparison."""
    return {
        "measure": described(("measure",), list(measures), "1", "Names of the measures of a cycle."),
        "measure_unit": described(
            ("measure",), [MEASURES[name].unit for name in measures], "1", "Unit of each measure."
        ),
        "curve": described(("curve",), list(curves), "1", "Names of the curves of a cycle."),
        "curve_unit": described(
            ("curve",), [CURVES[name].unit for name in curves], "1", "Unit of each curve."
        ),
        "percent": described(("percent",), percent, "%", "Time from initial contact to the next."),
        "bound": described(("bound",), ["low", "high"], "1", "End of an interval or band."),
    }
