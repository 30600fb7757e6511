"""A trial ready to be cut at its contacts: as it is, or one stride of it over and over."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import MotionError
from retrogait.gait.cycle import PERCENT, cut, find_period, sample, unroll
from retrogait.gait.events import CONTACT_SHARE, Cycle, complete_cycles, find_events
from retrogait.gait.ground import GroundForces

SAME_POSE = math.radians(1.0)
"""A made-up or predicted stride whose angles come back this close repeats itself; people do not [rad]."""


class Record(NamedTuple):
    """The clocks and ground forces of a trial.

    frames      : (frame,) of the analysis [s]
    time        : (row,) the same, or that of a stride that is repeated [s]
    ground_time : (row,) of the ground forces, likewise [s]
    force       : (row, side, 3) of the ground on the feet, on that clock [BW]
    sides       : of ``force``
    period      : of a stride that repeats itself, else None [s]
    """

    frames: Floats
    time: Floats
    ground_time: Floats
    force: Floats
    sides: tuple[str, ...]
    period: float | None

    def rows(self, values: Floats) -> Floats:
        """Frames of the analysis as rows of the record, (frame, ...) to (row, ...)."""
        if self.period is None:
            return values
        return unroll(self.frames, values, float(self.time[0]), self.period)[1]

    def cut(self, values: Floats, cycle: Cycle) -> tuple[Floats, Floats]:
        """One cycle of (row, ...): times [%] and values, a row made at either end."""
        return cut(self.time, values, cycle.start, cycle.end)

    def resample(self, values: Floats, cycle: Cycle) -> Floats:
        """One cycle of (row, ...) on the points of `retrogait.gait.cycle.PERCENT`."""
        return sample(*self.cut(values, cycle), PERCENT)


def open_record(result: xr.Dataset, ground: GroundForces) -> Record:
    """Take the trial as it is, or the stride in its middle over and over where it repeats itself.

    Parameters
    ----------
    result
        Of `retrogait.analyze`.
    ground
        Forces on the feet.
    """
    time = result["time"].to_numpy()
    force = ground.force / float(result.attrs["body_weight"])
    period = _period(result)
    if period is None:
        return Record(time, time, ground.time, force, ground.sides, None)
    begin, end = max(time[0], ground.time[0]), min(time[-1], ground.time[-1])
    start = float(begin + max(0.0, 0.5 * (end - begin - period)))
    again, _ = unroll(time, time, start, period)
    return Record(time, again, *unroll(ground.time, force, start, period), ground.sides, period)


def find_cycles(record: Record) -> list[Cycle]:
    """Complete cycles within both clocks; of a stride that repeats itself, the first of each leg.

    Raises
    ------
    MotionError
        A ground force is no number.
    """
    events = {
        side: find_events(record.ground_time, record.force[:, row, 1], CONTACT_SHARE)
        for row, side in enumerate(record.sides)
    }
    found = [
        cycle
        for cycle in complete_cycles(events)
        if cycle.start >= record.time[0] and cycle.end <= record.time[-1]
    ]
    if record.period is None:
        return found
    first: dict[str, Cycle] = {}
    for cycle in found:
        first.setdefault(cycle.side, cycle)
    return list(first.values())


def require_cycles(result: xr.Dataset, cycles: Sequence[Cycle]) -> None:
    """Refuse a trial without a complete cycle.

    Raises
    ------
    MotionError
        There is none.
    """
    if not cycles:
        first, last = result["time"].to_numpy()[[0, -1]]
        raise MotionError(
            f"{result.attrs['trial']}: no complete cycle, from one initial contact of a foot to its next, "
            f"lies between {first:g} and {last:g} s; widen the window, or give the cycles"
        )


def _period(result: xr.Dataset) -> float | None:
    """Time after which a trial that nobody walked repeats itself; a recorded one never does."""
    if result.attrs["origin"] == "recorded":
        return None
    turns = np.flatnonzero(result["coordinate_unit"].to_numpy() == "rad")
    values = result["coordinate_value"].to_numpy()[:, turns]
    return find_period(result["time"].to_numpy(), values, SAME_POSE)
