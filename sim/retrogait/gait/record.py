"""A trial ready to be cut at its contacts: as it is, or one stride of it over and over."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, MotionError
from retrogait.gait.cycle import PERCENT, cut, find_period, sample, unroll
from retrogait.gait.events import CONTACT_SHARE, Cycle, Events, complete_cycles, find_events
from retrogait.gait.forces import GroundForces

SAME_POSE = math.radians(1.0)
"""A made-up or predicted stride whose angles come back this close repeats itself; people do not [rad]."""


LIFTED_SHARE = 0.1
"""Most force on a foot at either end of a cycle that somebody says the window is: what a plate may already
carry in the first row of a record that was cut at initial contact [body weights]."""

SOONEST_CONTACT = 0.05
"""Time from the start of such a window within which the foot must be on the ground [s]."""


class Record(NamedTuple):
    """The clocks and ground forces of a trial.

    frames      : (frame,) of the analysis [s]
    time        : (row,) the same, or that of a stride that is repeated [s]
    ground_time : (row,) of the ground forces, likewise [s]
    force       : (row, side, 3) of the ground on the feet, on that clock [BW]
    sides       : of ``force``
    period      : of a stride that repeats itself, else None [s]
    whole       : leg of which somebody says that the window is one whole cycle, else None
    trial       : its name
    """

    frames: Floats
    time: Floats
    ground_time: Floats
    force: Floats
    sides: tuple[str, ...]
    period: float | None
    whole: str | None = None
    trial: str = ""

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
        whole = result.attrs.get("cycle")
        return Record(time, time, ground.time, force, ground.sides, None, whole, str(result.attrs["trial"]))
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
    ConfigError
        The window is said to be one cycle of a leg, and the force on its foot says that it is none.
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
    if record.whole is not None:
        found = [cycle for cycle in found if cycle.side != record.whole] + [_whole_cycle(record, events)]
        found.sort(key=lambda cycle: cycle.start)
    if record.period is None:
        return found
    first: dict[str, Cycle] = {}
    for cycle in found:
        first.setdefault(cycle.side, cycle)
    return list(first.values())


def _whole_cycle(record: Record, events: Mapping[str, Events]) -> Cycle:
    """Take the window for one cycle of the leg that it is said to be of, where the forces do not object."""
    side, start, end = str(record.whole), float(record.time[0]), float(record.time[-1])
    said = f"{record.trial}: cycle = {side!r}, but"
    if side not in record.sides:
        raise ConfigError(f"{said} no ground force acts on the {side} foot")
    upward = record.force[:, record.sides.index(side), 1]
    for when, at in (("start", start), ("end", end)):
        share = float(np.interp(at, record.ground_time, upward))
        if share > LIFTED_SHARE:
            raise ConfigError(
                f"{said} at the {when} of the window, t = {at:g} s, the {side} foot carries {share:.2f} body "
                f"weights, expected at most {LIFTED_SHARE:g}; set start and end to two initial contacts of it"
            )
    later = start + SOONEST_CONTACT
    if float(np.interp(later, record.ground_time, upward)) <= CONTACT_SHARE:
        raise ConfigError(
            f"{said} at t = {later:g} s, {SOONEST_CONTACT:g} s into the window, the {side} foot is still in "
            "the air; set start to an initial contact of it"
        )
    own = events[side].toe_off
    lifted = own[(own > start) & (own < end)]
    if lifted.size != 1:
        raise ConfigError(
            f"{said} the {side} foot leaves the ground {lifted.size} times in the window, expected once; set "
            "start and end to two initial contacts of it"
        )
    toe_off = float(lifted[0])
    opposite = [event for name, event in events.items() if name != side]
    leaves = [t for event in opposite for t in event.toe_off if start < t < toe_off]
    lands = [t for event in opposite for t in event.contact if start < t < end]
    return Cycle(side, start, min(leaves, default=math.nan), min(lands, default=math.nan), toe_off, end)


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
