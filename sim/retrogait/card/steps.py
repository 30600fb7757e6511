"""Whether the feet take turns, one down before the other lifts."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.gait.events import CONTACT_SHARE, Events, find_events


class Stance(NamedTuple):
    """A foot on the ground from ``start`` to ``end``; infinite where the record does not hold it [s]."""

    start: float
    end: float
    side: str


def order_of_steps(result: xr.Dataset) -> tuple[int, list[str]]:
    """Count steps, and name those that are out of order.

    A step is what leads from one stance to the next. It is out of order where both are of one foot, where
    both feet are in the air between them, or where the second begins and ends within the first.

    Parameters
    ----------
    result
        Of `retrogait.analyze`; its ground forces may be filtered, which moves contacts by some 20 ms.
    """
    time = result.variables["time"].to_numpy()
    up = result.variables["ground_reaction_force"].to_numpy()[:, :, 1]
    force = np.nan_to_num(up) / float(result.attrs["body_weight"])
    sides = map(str, result.variables["side"].to_numpy())
    stances = sorted(
        (
            stance
            for row, side in enumerate(sides)
            for stance in _stances(find_events(time, force[:, row], CONTACT_SHARE), side)
        ),
        key=lambda stance: (stance.start, stance.end),
    )
    faults = [fault for one, other in pairwise(stances) if (fault := _fault(one, other))]
    return max(len(stances) - 1, 0), faults


def _stances(events: Events, side: str) -> list[Stance]:
    contact, toe_off = list(events.contact), list(events.toe_off)
    if toe_off and (not contact or toe_off[0] < contact[0]):
        contact.insert(0, -math.inf)
    if len(contact) > len(toe_off):
        toe_off.append(math.inf)
    return [Stance(float(a), float(b), side) for a, b in zip(contact, toe_off, strict=True)]


def _fault(one: Stance, other: Stance) -> str:
    if one.side == other.side:
        return f"the {one.side} foot steps twice at {other.start:.3g} s"
    if one.end < other.start:
        return f"both feet in the air from {one.end:.3g} to {other.start:.3g} s"
    if other.end < one.end:
        return f"the {other.side} foot comes down and lifts at {other.end:.3g} s within a step of the other"
    return ""
