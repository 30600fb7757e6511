"""The part of a trial in which every foot on the ground stands on a plate."""

from itertools import pairwise

import numpy as np

from retrogait.lab.stances import Stance
from retrogait.lab.trial import LabTrial

HOLE = 0.05
"""Longest time without any force that walking people leave between two steps [s]: they leave none."""

SHORTEST = 0.1
"""Windows that are shorter hold nothing worth an analysis [s]."""


def loaded_window(trial: LabTrial) -> tuple[float, float, str]:
    """Find when the plates carry all of the person, and say how.

    Before the first push on a plate and after the last one the other foot stands beside the plates, for as
    long as two feet usually share the ground; so much is cut off, but not where the record itself begins or
    ends with a loaded plate.

    Returns
    -------
    start, end : float
        Within the markers [s].
    evidence : str
    """
    begin, finish = float(trial.time[0]), float(trial.time[-1])
    first, last = float(trial.force_time[0]), float(trial.force_time[-1])
    run = max(_runs(trial.stances), key=lambda stances: max(s.end for s in stances) - stances[0].start)
    start, end = run[0].start, max(stance.end for stance in run)
    shared = _double_support(run)
    step = float(np.median(np.diff(trial.force_time)))
    said = []
    if start > first + 2.0 * step:
        start += shared
        said.append("begins")
    if end < last - 2.0 * step:
        end -= shared
        said.append("ends")
    if end - start < SHORTEST:
        return begin, finish, (
            f"the plates never carry all of the person for {SHORTEST:g} s, so all of the trial is analyzed, "
            "and knee loads are wrong wherever a foot stands beside the plates"
        )  # fmt: skip
    start, end = max(start, begin), min(end, finish)
    why = "every foot on the ground stands on a plate"
    if said:
        why += (
            f" (it {' and '.join(said)} {shared:.2f} s inside the pushes, for the other foot stands beside)"
        )
    return start, end, f"window {start:.3f} to {end:.3f} s of {begin:g} to {finish:g} s: {why}"


def _runs(stances: tuple[Stance, ...]) -> list[list[Stance]]:
    """Pushes that follow each other without a hole."""
    runs: list[list[Stance]] = []
    end = -np.inf
    for stance in sorted(stances, key=lambda one: one.start):
        if stance.start > end + HOLE:
            runs.append([])
        runs[-1].append(stance)
        end = max(end, stance.end)
    return runs


def _double_support(run: list[Stance]) -> float:
    """How long two feet share the ground, the median; 0 where no step shows it [s]."""
    overlaps = [
        min(one.end, other.end) - other.start
        for one, other in pairwise(run)
        if one.side != other.side and other.start < one.end
    ]
    return float(np.median(overlaps)) if overlaps else 0.0
