"""When a foot meets the ground and when it leaves, and the complete cycles between, forward or retro.

The events are called initial contact and toe-off in either direction, whatever part of the foot makes them.
"""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import MotionError

CONTACT_SHARE = 0.03
"""Upward force above which a foot is on the ground, in body weights [1].

21 N for a person of 70 kg: above the drift and the noise of force plates and what a smooth contact law leaves
in the air, and reached within some 10 ms of any contact that goes on to carry the body."""

SHORTEST_PHASE = 0.08
"""No stance and no swing of walking is shorter; what is, is a graze or a flicker of the plate [s]."""


class Events(NamedTuple):
    """Contacts of one foot.

    contact : (event,) times at which the force rises through the threshold [s]
    toe_off : (event,) times at which it falls through it [s]
    """

    contact: Floats
    toe_off: Floats


class Cycle(NamedTuple):
    """One complete cycle of one leg, initial contact to initial contact; times in s.

    side             : "right" or "left"
    start, end       : this foot's contacts
    opposite_toe_off : end of the first double support; NaN where the other foot was not measured
    opposite_contact : begin of the second double support; likewise
    toe_off          : of this foot
    """

    side: str
    start: float
    opposite_toe_off: float
    opposite_contact: float
    toe_off: float
    end: float


def find_events(time: Floats, force: Floats, threshold: float) -> Events:
    """Times at which an upward force crosses a threshold, between the rows by straight lines.

    Parameters
    ----------
    time
        (row,) strictly increasing [s].
    force
        (row,) upward force on one foot [N].
    threshold
        Force that a foot on the ground exceeds [N]; usually `CONTACT_SHARE` of the body weight.

    Returns
    -------
    Events
        Contacts and toe-offs in turns. A foot that stands or hangs when the record begins or ends has no
        event there.

    Raises
    ------
    MotionError
        The force is NaN somewhere.
    """
    bad = np.flatnonzero(~np.isfinite(force))
    if bad.size:
        raise MotionError(
            f"ground force at t = {time[bad[0]]:g} s is {force[bad[0]]}, expected numbers throughout; "
            "cut the trial to where the feet were measured"
        )
    down = force > threshold
    edge = np.flatnonzero(down[1:] != down[:-1])
    share = (threshold - force[edge]) / (force[edge + 1] - force[edge])
    found = [
        (float(when), bool(rises))
        for when, rises in zip(
            time[edge] + share * (time[edge + 1] - time[edge]), down[edge + 1], strict=True
        )
    ]
    # Gaps first: a flicker within a step must not leave two halves that are each too short.
    for opening in (False, True):
        found = _without_short(found, opening)
    return Events(
        np.array([when for when, rises in found if rises]),
        np.array([when for when, rises in found if not rises]),
    )


def _without_short(found: list[tuple[float, bool]], opening: bool) -> list[tuple[float, bool]]:
    """Drop both ends of every phase that ``opening`` begins and that is too short to be one."""
    kept: list[tuple[float, bool]] = []
    skip = False
    for event, after in pairwise([*found, (math.inf, False)]):
        if skip:
            skip = False
        elif event[1] is opening and after[0] - event[0] < SHORTEST_PHASE:
            skip = True
        else:
            kept.append(event)
    return kept


def complete_cycles(events: Mapping[str, Events]) -> list[Cycle]:
    """Every cycle from contact to next contact of the same side, in the order of their starts.

    A span within which the other foot makes contact twice holds a step that was not recorded, and is left
    out.

    Parameters
    ----------
    events
        By side, "right" and "left" or one of them.
    """
    cycles = []
    for side, own in events.items():
        others = [other for name, other in events.items() if name != side]
        for start, end in pairwise(own.contact):
            toe_off = own.toe_off[(own.toe_off > start) & (own.toe_off < end)]
            contact = np.concatenate(
                [o.contact[(o.contact > start) & (o.contact < end)] for o in others] or [[]]
            )
            if toe_off.size != 1 or contact.size > 1:
                continue
            lifted = np.concatenate(
                [o.toe_off[(o.toe_off > start) & (o.toe_off < toe_off[0])] for o in others] or [[]]
            )
            cycles.append(
                Cycle(
                    side,
                    float(start),
                    float(lifted[0]) if lifted.size else math.nan,
                    float(contact[0]) if contact.size else math.nan,
                    float(toe_off[0]),
                    float(end),
                )
            )
    return sorted(cycles, key=lambda cycle: cycle.start)
