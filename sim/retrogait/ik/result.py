"""What a fit to markers gives."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from retrogait.arrays import Floats, Ints
from retrogait.io.storage import write_table
from retrogait.model import Angle


@dataclass(frozen=True, eq=False)
class Kinematics:
    """Coordinates that bring a model's markers closest to measured ones.

    Attributes
    ----------
    time        : (frame,) [s]
    coordinates : names of the model's coordinates
    values      : (frame, coordinate) NaN in a frame without markers [rad or m]
    rotational  : (coordinate,) `Angle`
    markers     : names of the markers used
    weight      : (marker,) as given
    error       : (frame, marker) distance of the model's from the measured marker, NaN where not seen [m]
    cost        : (frame,) half the weighted mean squared error, and what coordinate targets add
    steps       : (frame,) steps of the solver
    failed      : (frame,) 1 where the solver stopped before its tolerance
    sensitivity : (coordinate,) standard deviation per standard deviation of each marker axis, mid-trial;
                  infinite where the markers leave a coordinate free [rad/m or 1]
    missing     : marker to frames that do not show it, of those that miss any
    model_only, recorded_only : markers of one side that the other does not have
    unmoved     : free coordinates that no marker used can tell; they stay at the model's default
    """

    time: Floats
    coordinates: tuple[str, ...]
    values: Floats
    rotational: Ints
    markers: tuple[str, ...]
    weight: Floats
    error: Floats
    cost: Floats
    steps: Ints
    failed: Ints
    sensitivity: Floats
    missing: dict[str, int] = field(default_factory=dict)
    model_only: tuple[str, ...] = ()
    recorded_only: tuple[str, ...] = ()
    unmoved: tuple[str, ...] = ()

    @property
    def frame_error(self) -> Floats:
        """Root mean square over the markers of each frame, unweighted as OpenSim reports it [m]."""
        return _rms(self.error, 1)

    @property
    def marker_error(self) -> Floats:
        """Root mean square over the frames of each marker [m]."""
        return _rms(self.error, 0)

    @property
    def largest(self) -> tuple[str, float, float]:
        """The worst marker: its name, when [s], and how far off [m]."""
        seen = np.where(np.isnan(self.error), -1.0, self.error)
        frame, marker = np.unravel_index(int(seen.argmax()), seen.shape)
        return self.markers[marker], float(self.time[frame]), float(seen[frame, marker])

    def in_degrees(self) -> Floats:
        """Values with angles in degrees, as OpenSim writes them."""
        return np.asarray(np.where(self.rotational == Angle.PLAIN, np.rad2deg(self.values), self.values))

    def write(self, path: Path | str) -> None:
        """Write a `.mot` file in degrees; frames without markers are left out."""
        seen = ~np.isnan(self.values).any(axis=1)
        write_table(
            path, self.coordinates, self.time[seen], self.in_degrees()[seen],
            in_degrees=True, name="inverse kinematics",
        )  # fmt: skip


def _rms(error: Floats, axis: int) -> Floats:
    seen = np.count_nonzero(~np.isnan(error), axis=axis)
    total = np.nansum(error * error, axis=axis)
    return np.asarray(np.sqrt(np.divide(total, seen, out=np.full(total.shape, np.nan), where=seen > 0)))
