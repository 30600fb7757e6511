"""Marker errors of a fit, and which markers its weights leave out of the limits."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Bools, Floats
from retrogait.errors import ResultError

LIGHT = 0.5
"""Share of the usual weight up to which a marker is set apart: a fit that hardly follows a marker says little
about it. A choice of this project [1]."""

USUAL = 0.25
"""Quantile of the weights that is called usual. A low one, so that markers of 1 beside many over bone of 10
still count: fewer than a quarter of the markers that have a weight can ever be set apart [1]."""


class MarkerErrors(NamedTuple):
    """Distances of a fit, and which markers the limits are about.

    Attributes
    ----------
    distance : (frame, marker) NaN where one was not seen [m]
    names    : of the markers
    weight   : (marker,) of the fit
    apart    : (marker,) True where the weight is at most `LIGHT` of the usual one
    """

    distance: Floats
    names: tuple[str, ...]
    weight: Floats
    apart: Bools

    @property
    def counted(self) -> Floats:
        """Distances of the markers that the limits are about (frame, marker) [m]."""
        return self.distance[:, ~self.apart]

    def largest(self, *, of_all: bool) -> tuple[float, str, int]:
        """Largest distance [m], its marker, and its frame from 1 on."""
        shown = np.isfinite(self.distance) & (of_all | ~self.apart)
        frame, marker = np.unravel_index(int(np.where(shown, self.distance, -1.0).argmax()), shown.shape)
        return float(self.distance[frame, marker]), self.names[int(marker)], int(frame) + 1

    @property
    def remark(self) -> str:
        """Which markers are set apart, with weights and largest distances; nothing where none is."""
        rows = [row for row in np.flatnonzero(self.apart) if np.isfinite(self.distance[:, row]).any()]
        if not rows:
            return ""
        listed = ", ".join(
            f"{self.names[row]} (weight {self.weight[row]:g}, up to "
            f"{100.0 * float(np.nanmax(self.distance[:, row])):.2g} cm)"
            for row in rows
        )
        return (
            f"{(~self.apart).sum()} of {self.apart.size} markers are held against the limits; "
            f"set apart, because inverse kinematics gave them at most half the usual weight of "
            f"{usual(self.weight):g}: {listed}"
        )


def usual(weight: Floats) -> float:
    """Weight that all but a quarter of the markers have at least, of those that have one."""
    return float(np.quantile(weight[weight > 0.0], USUAL, method="lower"))


def marker_errors(
    errors: npt.ArrayLike | None, names: Sequence[str], weights: npt.ArrayLike | None
) -> MarkerErrors | None:
    """Look at the errors of a fit.

    Parameters
    ----------
    errors : (frame, marker) [m]
    names : of the markers; they are numbered without
    weights : (marker,) of the fit; every marker counts without

    Returns
    -------
    MarkerErrors or None
        None where no marker that counts was ever seen.

    Raises
    ------
    ResultError
        Errors, names and weights do not belong together.
    """
    if errors is None:
        return None
    distance = np.asarray(errors, dtype=np.float64)
    if distance.ndim != 2:
        raise ResultError(f"marker_errors has shape {distance.shape}, expected (frame, marker) in m")
    columns = distance.shape[1]
    if len(names) and len(names) != columns:
        raise ResultError(f"marker_errors has {columns} columns, expected {len(names)}, one a name")
    weight = np.ones(columns) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (columns,) or not ((weight >= 0.0) & np.isfinite(weight)).all():
        raise ResultError(f"weights: expected {columns} numbers from 0 on, one a column of marker_errors")
    if not columns:
        return None
    apart = weight <= LIGHT * usual(weight) if weight.any() else np.zeros(columns, dtype=np.bool_)
    if not np.isfinite(distance[:, ~apart]).any():
        return None
    called = tuple(names) if len(names) else tuple(f"marker {column + 1}" for column in range(columns))
    return MarkerErrors(distance, called, weight, apart)
