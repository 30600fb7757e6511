"""Steps that the plates carry less of than of the others: a foot that stood partly beside its plate.

The upward force tells; where it acts does not: half of what is beside the edge, and steps of one foot differ
by as much.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Bools, runs
from retrogait.detective.finding import Finding, Severity
from retrogait.detective.scene import Scene, shifted

LIGHT = 0.08
"""Share of the motion's need by which a step falls short of the best one before it is told. Sound steps of
one trial, recorded or predicted, are at most 0.047 apart [1]."""

ALONE = (0.07, 0.03)
"""Least upward force on a foot that carries alone, and most on everything else, over the largest [1]."""

SHORTEST = 0.1
"""Single supports that are shorter, cut by the window, tell nothing [s]."""

TELLING = 0.2
"""Single supports that are shorter are compared with, and never told [s]."""


class Step(NamedTuple):
    """One foot while it carries the body alone.

    side        : row of the scene's sides
    seconds     : how long the single support is [s]
    first, end  : looks of the single support
    down, lifts : looks of the whole push, double support with it
    carried     : upward force over what the motion needs in single support [1]
    """

    side: int
    seconds: float
    first: int
    end: int
    down: int
    lifts: int
    carried: float


def steps_of(scene: Scene, lag: int) -> list[Step]:
    """Every single support that is not too short, in order of time.

    Parameters
    ----------
    lag
        Looks by which the forces are taken later than the motion.
    """
    upward = np.nan_to_num(shifted(scene.force, lag) @ scene.up)
    total = upward.sum(axis=1)
    peak = float(total.max(initial=0.0))
    if not peak > 0.0:
        return []
    need = scene.needed @ scene.up
    found = []
    for side in range(len(scene.sides)):
        own = upward[:, scene.side == side].sum(axis=1)
        alone = (own > ALONE[0] * peak) & (np.abs(total - own) < ALONE[1] * peak)
        alone[[0, 1, -2, -1]] = False  # a second difference has no value at the ends
        pushes = runs(own > ALONE[1] * peak)
        for first, end in runs(alone).tolist():
            asked = float(need[first:end].sum())
            seconds = float(scene.time[end - 1] - scene.time[first])
            if seconds < SHORTEST or not asked > 0.0:
                continue
            down, lifts = next(push for push in pushes.tolist() if push[0] <= first < push[1])
            carried = float(own[first:end].sum()) / asked
            found.append(Step(side, seconds, first, end, down, lifts, carried))
    return sorted(found, key=lambda step: step.first)


def light_steps(steps: Sequence[Step]) -> list[Step]:
    """Steps that carry clearly less than the best one does."""
    best = max((step.carried for step in steps), default=0.0)
    return [step for step in steps if step.seconds >= TELLING and step.carried < (1.0 - LIGHT) * best]


def looks_without(steps: Sequence[Step], count: int) -> Bools:
    """(look,) False during the pushes of some steps."""
    kept = np.ones(count, dtype=np.bool_)
    for step in steps:
        kept[step.down : step.lifts] = False
    return kept


def check_steps(scene: Scene, steps: Sequence[Step], bare: Bools) -> Iterator[Finding]:
    """Tell the steps of which a plate felt only a part.

    Parameters
    ----------
    steps
        Of `steps_of`.
    bare
        (look,) where a foot has no plate at all, which is told as such.
    """
    light = light_steps(steps)
    best = max((step.carried for step in steps), default=0.0)
    for step in light:
        if bare[step.down : step.lifts].any():
            continue
        yield Finding(
            "partly_beside_plate", Severity.DOUBT,
            f"{scene.sides[step.side]} foot, t = {scene.time[step.down]:.3f} s",
            f"from t = {scene.time[step.first]:.3f} to {scene.time[step.end - 1]:.3f} s it stands alone, and "
            f"its plate feels {step.carried / best:.0%} of what the motion asks for, if the best step of the "
            "trial feels all",
            "look where the foot stood on its plate; if beside it, leave the step out by start and end. A "
            "hand on a rail, or a plate that reads low, looks alike",
        )  # fmt: skip
