"""The person's weight, from the ground forces of whole strides."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats, runs
from retrogait.gait.cycle import cut
from retrogait.gait.events import Events

CARRIED_SHARE = 0.35
"""Upward force below which a walker is beside the plates, of its 90th percentile [1]: walking never falls
below some 0.6 body weights, and its 90th percentile is some 1.1."""


class MeanForce(NamedTuple):
    """Mean of the ground force over whole steps.

    force      : (3,) [N]
    steps      : over which
    start, end : of these [s]
    """

    force: Floats
    steps: int
    start: float
    end: float


def mean_force(time: Floats, force: Floats, events: Mapping[str, Events]) -> MeanForce | None:
    """Mean force over as many whole strides as the plates carry the person without a break.

    Parameters
    ----------
    time
        (row,) [s].
    force
        (row, 3) of all plates together, Y up [N].
    events
        By side.

    Returns
    -------
    MeanForce or None
        Over an even number of steps, over one where there are no two; None where there is none.
    """
    up = force[:, 1]
    if not (up > 0.0).any():
        return None
    high = float(np.percentile(up[up > 0.0], 90.0))
    carried = up > CARRIED_SHARE * high
    contacts = np.sort(np.concatenate([one.contact for one in events.values()]))
    best: MeanForce | None = None
    for first, last in runs(carried):
        inside = contacts[(contacts >= time[first]) & (contacts <= time[last - 1])]
        steps = inside.size - 1
        steps = steps - steps % 2 if steps > 1 else steps
        if steps >= 1 and (best is None or steps > best.steps):
            start, end = float(inside[0]), float(inside[steps])
            percent, rows = cut(time, force, start, end)
            mean = np.asarray(np.trapezoid(rows, percent, axis=0)) / 100.0
            best = MeanForce(mean, steps, start, end)
    return best
