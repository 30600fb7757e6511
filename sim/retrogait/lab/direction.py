"""Which way a person faces and travels, and how fast, from feet and pelvis."""

import math
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.lab.feet import Contact, Landmarks, flat_rows, mean_seen
from retrogait.lab.incline import find_incline

TREADMILL = 0.15
"""A standing foot that moves faster than this is carried by a belt [m/s]."""

SPAN = 0.05
"""Time over which the velocity of a foot is taken: shorter ones are noise of the markers [s]."""

UP = np.array([0.0, 1.0, 0.0])


class Walk(NamedTuple):
    """How a person walks.

    direction : "forward" or "retro"
    treadmill : whether the ground moves
    speed     : over the ground, positive [m/s]
    incline   : positive uphill in the direction of travel [deg]
    axes      : "level" where Y is vertical, "surface" where it stands on an inclined surface
    facing    : (3,) level unit vector from heels to toes
    travel    : (3,) unit vector over the ground
    """

    direction: str
    treadmill: bool
    speed: float
    incline: float
    axes: str
    facing: Floats
    travel: Floats


def facing_of(marks: Landmarks, up: Floats = UP) -> tuple[Floats, Floats]:
    """Level unit vectors that the feet and the pelvis point along; NaN where markers for it are missing."""
    feet, pelvis = mean_seen(marks.toe - marks.heel), mean_seen(marks.front)
    return _level(feet, up), _level(pelvis, up)


def _level(vector: Floats, up: Floats) -> Floats:
    flat = vector - (vector @ up) * up
    return np.asarray(flat / np.linalg.norm(flat))


def find_walk(
    time: Floats,
    marks: Landmarks,
    contact: Contact,
    normals: Floats,
    mean_force: Floats | None,
) -> tuple[Walk, list[str]]:
    """Direction, speed and incline, with the evidence.

    What a foot does while it stands is what the ground does, so travel over the ground is the pelvis' mean
    velocity less that of the standing feet, on a treadmill as over ground.

    Parameters
    ----------
    time, marks, contact
        (frame,) [s]; axes with Y up.
    normals
        (plate, 3) of plates that somebody stands on; none without plates.
    mean_force
        (3,) of the ground on the person over whole strides [N]; None where no stride is complete.
    """
    facing, pelvis = facing_of(marks)
    evidence = []
    if np.isfinite(pelvis).all() and pelvis @ facing < 0.5:
        evidence.append(
            f"feet and pelvis point {_degrees(pelvis, facing):.0f} deg apart; are heel and toe, or "
            "ASIS and PSIS, mixed up?"
        )
    ground = ground_velocity(time, marks, contact)
    course = _slope(time, marks.pelvis)
    treadmill = float(np.linalg.norm(ground)) > TREADMILL
    over_ground = -ground if treadmill else course
    speed = float(np.linalg.norm(over_ground))
    travel = over_ground / speed
    ahead = float((course - ground) @ facing)
    direction = "forward" if ahead > 0.0 else "retro"
    evidence.append(
        f"{direction}: the pelvis moves {speed:.2f} m/s over the ground "
        f"{'along' if ahead > 0.0 else 'against'} "
        f"the way the feet point, and a foot on its way {'back' if contact.forward else 'forward'} is "
        f"{100.0 * contact.higher:.1f} cm higher"
    )
    if contact.forward != (direction == "retro"):
        evidence.append("the feet swing the way they should stand: direction and swing contradict each other")
    if treadmill:
        evidence.append(f"on a treadmill: standing feet are carried at {speed:.3f} m/s, that is the speed")
    else:
        evidence.append(f"over ground: standing feet rest, the pelvis moves at {speed:.3f} m/s")
    incline, axes, why = find_incline(marks, contact, travel, treadmill, normals, mean_force)
    evidence += why
    return Walk(direction, treadmill, speed, incline, axes, facing, travel), evidence


def ground_velocity(time: Floats, marks: Landmarks, contact: Contact) -> Floats:
    """(3,) velocity of the ground [m/s]: the median of what feet that stand flat do.

    Before and after, a foot rolls over heel or toe, and either marker moves against the ground.
    """
    step = round(0.5 * SPAN / float(np.median(np.diff(time))))
    step = max(1, min(step, (time.size - 1) // 2))
    samples = _over(time, marks.foot, step).swapaxes(0, 1)[flat_rows(marks, contact).T]
    samples = samples[np.isfinite(samples).all(axis=1)]
    if not len(samples):  # heel and toe are never seen together: either tells, while it stands
        either = np.concatenate([marks.heel, marks.toe])
        samples = _over(time, either, step)[np.concatenate([contact.stance, contact.stance])]
    return np.asarray(np.nanmedian(samples, axis=0))


def _over(time: Floats, path: Floats, step: int) -> Floats:
    """Velocity of (marker, frame, 3) from ``step`` frames before to as many after; NaN at the ends."""
    velocity = np.full_like(path, np.nan)
    lasts = (time[2 * step :] - time[: -2 * step])[:, None]
    velocity[:, step:-step] = (path[:, 2 * step :] - path[:, : -2 * step]) / lasts
    return velocity


def _slope(time: Floats, path: Floats) -> Floats:
    """(3,) mean velocity by a straight line through a path (frame, 3)."""
    seen = np.isfinite(path).all(axis=1)
    clock = time[seen] - time[seen].mean()
    return np.asarray(clock @ (path[seen] - path[seen].mean(axis=0)) / (clock @ clock))


def _degrees(one: Floats, other: Floats) -> float:
    return math.degrees(math.acos(max(-1.0, min(1.0, float(one @ other)))))
