"""A trial played backwards: the retro walk that has the very moments of a forward one."""

from dataclasses import replace

from retrogait.gait.trial import Trial
from retrogait.io.loads import LoadTable

SUFFIX = "_reversed"
"""What the name of a trial gets, or loses, when it is played backwards."""


def reversed_trial(trial: Trial) -> Trial:
    """Play a trial backwards in time.

    Coordinates and wrenches keep their values and change their order, mirrored about the middle of the
    window, so that the window stays where it is and frame k becomes frame n - 1 - k. Speeds change sign,
    accelerations do not: the generalized forces are those of the original, frame by frame. A wrench acts at
    the same place in the same pose, so force, point of application and couple stay as they are too.

    Direction and incline turn around: who walks up a slope, played backwards, walks down it in retro. Speed,
    origin and digests are kept, because the numbers are those of the same files. A window that was one whole
    cycle, from initial contact to initial contact, is none backwards, so `Trial.cycle` is dropped.

    Parameters
    ----------
    trial
        Forward or retro.

    Returns
    -------
    Trial
        The twin, its name ending in `SUFFIX` and its `reversed` set; the twin of a twin is the original, less
        its cycle.
    """
    pivot = trial.start + trial.end
    motion = trial.motion
    name = f"{trial.name}{SUFFIX}"
    return replace(
        trial,
        name=name.removesuffix(2 * SUFFIX) if trial.reversed else name,
        motion=replace(motion, time=pivot - motion.time[::-1], values=motion.values[::-1].copy()),
        loads=_reversed_loads(trial.loads, pivot) if trial.loads else None,
        direction="forward" if trial.direction == "retro" else "retro",
        incline=-trial.incline,
        cycle=None,
        reversed=not trial.reversed,
    )


def _reversed_loads(loads: LoadTable, pivot: float) -> LoadTable:
    return replace(
        loads,
        time=pivot - loads.time[::-1],
        force=loads.force[::-1].copy(),
        point=loads.point[::-1].copy(),
        torque=loads.torque[::-1].copy(),
    )
