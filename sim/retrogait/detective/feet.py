"""Ground forces and feet: at the same time, on the right foot, and never a foot without a plate."""

from collections.abc import Iterator

import numpy as np

from retrogait.arrays import Bools, Floats, runs
from retrogait.detective.finding import Finding, Severity
from retrogait.detective.forces import CARRIED
from retrogait.detective.scene import Scene, shifted

OFF_FOOT = 0.06
"""Mean distance of the centre of pressure from the foot, which recorded walks keep below 0.03 [m]."""

STEADY = 0.2
"""Share of the weight on a foot from which its centre of pressure lies still [1]."""

LATE = 0.03
"""Least shift in time that is told: recorded walks have none of 0.02 [s]."""

LATEST = 0.35
"""Largest shift that is looked for [s]."""

BETTER = 0.75
"""A shift is believed where it brings the disagreement down to this share [1]."""

UNCARRIED = 0.5
"""Weight that no plate carries, as a share, from which a foot stands elsewhere [1]."""


def lag_of(scene: Scene, share: float, kept: Bools) -> tuple[int, float]:
    """Looks by which the forces come too late, and how much of the disagreement is left once they are moved.

    Parameters
    ----------
    share : `carried_share`, by which a wrong mass is taken out
    kept  : (look,) whose motion to go by
    """
    step = float(np.median(np.diff(scene.time)))
    most = min(int(LATEST / step), scene.time.size // 3)
    left = {}
    for lag in range(-most, most + 1):
        push = shifted(scene.total, lag)
        apart = push - share * scene.needed
        on = kept & (np.linalg.norm(push, axis=1) > CARRIED * scene.weight * share)
        if on.sum() > 0.4 * kept.sum():
            left[lag] = float(np.sqrt(((apart[on] - apart[on].mean(axis=0)) ** 2).sum(axis=1).mean()))
    if 0 not in left:
        return 0, 1.0
    best = min(left, key=lambda lag: (left[lag], abs(lag)))
    return best, left[best] / left[0] if left[0] > 0.0 else 1.0


def check_time(scene: Scene, lag: int, left: float) -> Iterator[Finding]:
    """Say whether forces come earlier or later than the motion that they drive."""
    shift = lag * float(np.median(np.diff(scene.time)))
    if abs(shift) >= LATE and left <= BETTER:
        when = "later" if shift > 0.0 else "earlier"
        yield Finding(
            "out_of_step", Severity.MISTAKE, "the external loads",
            f"moved by {abs(shift):.3f} s they disagree with the acceleration of the centre of mass by only "
            f"{left:.0%} of what they do now: they come {abs(shift):.3f} s {when} than the motion",
            f"{'subtract' if shift > 0.0 else 'add'} {abs(shift):.3f} s at every time of the external loads",
        )  # fmt: skip


def check_feet(scene: Scene, lag: int) -> Iterator[Finding]:
    """Look for forces on the other foot, and beside any foot."""
    if len(scene.sides) != 2:
        return
    apart: dict[int, tuple[float, float]] = {}
    other = []
    for load, side in enumerate(scene.side.tolist()):
        on = np.linalg.norm(shifted(scene.force[:, load], lag), axis=1) > STEADY * scene.weight
        if side < 0 or not on.any() or not np.isfinite(scene.point[:, load]).any():
            continue
        own, far = (float(np.nanmean(scene.foot_distance(load, one, lag)[on])) for one in (side, 1 - side))
        apart[load] = (own, far)
        # Legs exchanged in the motion keep their sides: how far ahead a foot is tells them.
        mine, theirs = (
            float(np.nanmean(scene.foot_distance(load, one, lag, ahead_only=True)[on]))
            for one in (side, 1 - side)
        )
        if theirs < OFF_FOOT and mine > 2.0 * theirs + OFF_FOOT:
            other.append(load)
    if other:
        yield _swapped(scene, other, apart)
    for load, (own, _) in apart.items():
        if load not in other and own > OFF_FOOT:
            yield _off_foot(scene, load, own, lag)


def _swapped(scene: Scene, other: list[int], apart: dict[int, tuple[float, float]]) -> Finding:
    """Which of motion and loads has the sides wrong: the pelvis knows where right is."""
    lateral = [_to_the_side(scene, load) for load in other]
    told = "; ".join(
        f"force {scene.loads[load]} acts {apart[load][0]:.2f} m from the "
        f"{scene.sides[scene.side[load]]} foot and {apart[load][1]:.2f} m from the other, {abs(side):.2f} m "
        f"to the {'same' if side > 0.0 else 'other'} side of the pelvis"
        for load, side in zip(other, lateral, strict=True)
    )
    where = ", ".join(f"force {scene.loads[load]}" for load in other)
    middle = float(np.mean(lateral))
    if middle < -0.02:
        repair = "exchange the bodies that the forces are applied to (applied_to_body)"
        return Finding("plates_swapped", Severity.MISTAKE, where, told, repair)
    if middle > 0.02:
        repair = "exchange the columns of the left and the right leg in the motion, or the markers before it"
        return Finding("legs_swapped", Severity.MISTAKE, "the motion", told, repair)
    return Finding(
        "sides_swapped", Severity.MISTAKE, where, told,
        "exchange left and right in the motion or in the external loads: feet on one line do not tell which",
    )  # fmt: skip


def _to_the_side(scene: Scene, load: int) -> float:
    """How far to the side of its foot a force acts, from the pelvis; negative on the other side [m]."""
    on = scene.loaded[:, load]
    away = ((scene.point[on, load] - scene.pelvis[on]) * scene.sideways[on]).sum(axis=1)
    return float(np.mean(away)) * (1.0 if scene.sides[scene.side[load]] == "right" else -1.0)


def _off_foot(scene: Scene, load: int, own: float, lag: int) -> Finding:
    side = int(scene.side[load])
    on = np.linalg.norm(shifted(scene.force[:, load], lag), axis=1) > STEADY * scene.weight
    middle = scene.ankle[on, side] + 0.3 * scene.length[side] * scene.along[on, side]
    away = shifted(scene.point[:, load], lag)[on] - middle
    mean = np.nanmean(scene.level(away), axis=0)
    right = np.cross(scene.facing, scene.up)
    return Finding(
        "centre_off_foot", Severity.MISTAKE, f"force {scene.loads[load]}",
        f"acts {own:.2f} m beside the {scene.sides[side]} foot on average, {mean @ scene.facing:+.2f} m "
        f"ahead of and {mean @ right:+.2f} m to the right of the middle of the foot",
        "check origin and corners of the plate, and its axes",
    )  # fmt: skip


def lacking(scene: Scene, share: float, lag: int) -> Floats:
    """(look,) weight that the motion asks for and no plate carries, as a share of the weight [1].

    Parameters
    ----------
    share : `carried_share`
    lag   : looks by which the forces are taken later than the motion; what is beyond an end lacks nothing
    """
    push = shifted(scene.total, lag) @ scene.up
    return np.nan_to_num((share * scene.needed @ scene.up - push) / (share * scene.weight), nan=0.0)


def check_carried(scene: Scene, lacks: Floats) -> Iterator[Finding]:
    """Look for spans in which a foot stands where no plate is; ``lacks`` is of `lacking`."""
    for first, end in runs(lacks > UNCARRIED):
        start, last = float(scene.time[first]), float(scene.time[end - 1])
        if end - first < 2:
            continue
        told = (
            f"from t = {start:.3f} to {last:.3f} s the plates lack up to "
            f"{float(lacks[first:end].max()):.0%} of the weight that the motion asks for"
        )
        if first <= 1:
            repair = f"set start = {float(scene.time[min(end, scene.time.size - 1)]):.3f}"
            yield Finding("no_plate_at_start", Severity.MISTAKE, "first frames", told, repair)
        elif end >= scene.time.size - 1:
            repair = f"set end = {float(scene.time[first - 1]):.3f}"
            yield Finding("no_plate_at_end", Severity.MISTAKE, "last frames", told, repair)
        else:
            repair = "leave this span out: set start and end on either side of it"
            yield Finding("step_beside_plate", Severity.MISTAKE, f"t = {start:.3f} s", told, repair)
