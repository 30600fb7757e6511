"""Where the feet are and when they stand, from their markers alone."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Bools, Floats
from retrogait.gait.events import SHORTEST_PHASE, Events
from retrogait.gait.names import SIDES

SWING_HIGHER = 0.005
"""A foot that swings is at least so much higher above the ground than one that stands, on average [m]."""

FLAT_SHARE = 0.3
"""Share of stance in which a foot is taken to lie flat [1]."""

_SLOW = 0.5  # of the middle speed along the pelvis: slower rows are turning points


class Landmarks(NamedTuple):
    """Markers by what they are, in OpenSim axes.

    heel, toe : (side, frame, 3), right foot first [m]; NaN where hidden
    pelvis    : (frame, 3) middle of what is known of it [m]
    front     : (frame, 3) from the back of the pelvis to its front [m]; NaN where one is not known
    """

    heel: Floats
    toe: Floats
    pelvis: Floats
    front: Floats

    @property
    def foot(self) -> Floats:
        """(side, frame, 3) middle between heel and toe [m]."""
        return np.asarray(0.5 * (self.heel + self.toe))

    def turned(self, turn: Floats) -> "Landmarks":
        """The same in other axes, by a (3, 3) rotation."""
        return Landmarks(*(values @ turn.T for values in self))


def find_landmarks(labels: tuple[str, ...], position: Floats, roles: Mapping[str, str]) -> Landmarks:
    """Landmarks of a recording; NaN for roles that no marker has."""
    index = {label: marker for marker, label in enumerate(labels)}
    nowhere = np.full((len(position), 3), np.nan)

    def of(role: str) -> Floats:
        return position[:, index[roles[role]]] if role in roles else nowhere

    def middle(*names: str) -> Floats:
        known = [of(name) for name in names if name in roles]
        return np.asarray(np.mean(known, axis=0)) if known else nowhere

    front = middle("asis_r", "asis_l") if {"asis_r", "asis_l"} <= set(roles) else nowhere
    back = middle("psis_r", "psis_l") if {"psis_r", "psis_l"} <= set(roles) else middle("sacrum")
    pelvis = 0.5 * (front + back)
    if np.isnan(pelvis).all():
        pelvis = back if np.isnan(front).all() else front
    return Landmarks(
        np.stack([of(f"heel_{side[0]}") for side in SIDES]),
        np.stack([of(f"toe_{side[0]}") for side in SIDES]),
        pelvis,
        front - back,
    )


def mean_seen(vectors: Floats) -> Floats:
    """(3,) mean of the vectors (..., 3) that are seen; NaN where none is."""
    rows = vectors.reshape(-1, 3)
    rows = rows[np.isfinite(rows).all(axis=1)]
    return np.asarray(rows.mean(axis=0)) if rows.size else np.full(3, np.nan)


class Contact(NamedTuple):
    """When the feet stand, from their markers.

    stance  : (side, frame) the foot moves along the pelvis as a standing one does
    forward : whether a standing foot moves toward the toes, seen from the pelvis: as in retro walking
    higher  : how much higher a swinging foot is than a standing one [m]
    """

    stance: Bools
    forward: bool
    higher: float


def find_contact(time: Floats, marks: Landmarks, facing: Floats) -> Contact | None:
    """Tell stance from swing: seen from the pelvis, a foot goes one way low and the other way high.

    Parameters
    ----------
    time
        (frame,) [s].
    marks
        In axes with Y up.
    facing
        (3,) level unit vector the feet point along.

    Returns
    -------
    Contact or None
        None where the feet do not swing, or nobody can tell which way they are higher.
    """
    along, height = [], []
    for foot in marks.foot:
        seen = foot - marks.pelvis
        along.append(np.gradient(seen @ facing, time))
        height.append(seen[:, 1])
    speed, high = np.array(along), np.array(height)
    moving = np.abs(speed)
    if not np.isfinite(speed).any() or float(np.nanpercentile(moving, 90.0)) < 0.1:
        return None
    level = [
        _mean(high[(sign * speed > 0.0) & (moving > _SLOW * float(np.nanmedian(moving)))])
        for sign in (1.0, -1.0)
    ]
    higher = level[1] - level[0]  # a swing toward the heels higher than one toward the toes
    if not abs(higher) > SWING_HIGHER:
        return None
    forward = higher > 0.0
    stance = (speed > 0.0) if forward else (speed < 0.0)
    return Contact(stance, forward, abs(higher))


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def flat_rows(marks: Landmarks, contact: Contact) -> Bools:
    """(side, frame) where a foot stands flat: its pitch is what it is for most of stance.

    The narrowest band of pitch that holds `FLAT_SHARE` of a foot's stance; nothing where it is not seen.
    """
    line = marks.toe - marks.heel
    pitch = np.arctan2(line[..., 1], np.linalg.norm(line[..., [0, 2]], axis=2))
    flat: Bools = np.zeros(pitch.shape, dtype=np.bool_)
    for side, angle in enumerate(pitch):
        stands = contact.stance[side] & np.isfinite(angle)
        ordered = np.sort(angle[stands])
        count = max(2, round(FLAT_SHARE * ordered.size))
        if ordered.size < count:
            continue
        narrowest = int((ordered[count - 1 :] - ordered[: ordered.size - count + 1]).argmin())
        low, high = ordered[narrowest], ordered[narrowest + count - 1]
        flat[side] = stands & (angle >= low) & (angle <= high)
    return flat


def marker_events(time: Floats, contact: Contact) -> dict[str, Events]:
    """Contacts and toe-offs by the turning points of the feet along the pelvis, where no plate tells."""
    events = {}
    for side, name in enumerate(SIDES):
        rows = contact.stance[side]
        edges = np.flatnonzero(rows[1:] != rows[:-1])
        times = 0.5 * (time[edges] + time[edges + 1])
        kept: list[tuple[float, bool]] = []
        for when, lands in zip(times, rows[edges + 1], strict=True):
            if kept and when - kept[-1][0] < SHORTEST_PHASE:
                kept.pop()  # a flicker: neither of its ends is an event
            else:
                kept.append((float(when), bool(lands)))
        events[name] = Events(
            np.array([when for when, lands in kept if lands]),
            np.array([when for when, lands in kept if not lands]),
        )
    return events
