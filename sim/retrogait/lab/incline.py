"""How steep the ground is, from the corners of the plates, the way of standing feet and the mean force."""

import math

import numpy as np

from retrogait.arrays import Floats, runs
from retrogait.lab.feet import Contact, Landmarks, flat_rows

TILTED = 1.5
"""Inclines smaller than this are taken as level: corners and mean forces are no better [deg]."""

BELT_BY_FEET = 4.0
"""How far the rise of a belt by the feet alone may be off [deg]: they roll and press in on the way."""

RESTING = (0.7, 0.7, 0.7)
"""Share of instants of stance, the lowest, that are kept step by step as those of a marker at rest [1]."""


def find_incline(
    marks: Landmarks,
    contact: Contact,
    travel: Floats,
    treadmill: bool,
    normals: Floats,
    mean_force: Floats | None,
) -> tuple[float, str, list[str]]:
    """Find the incline and what the Y axis stands on.

    Parameters
    ----------
    marks, contact
        Feet, in axes with Y up.
    travel
        (3,) unit vector over the ground.
    treadmill
        Whether the ground moves.
    normals
        (plate, 3) of plates that somebody stands on; none without plates.
    mean_force
        (3,) of the ground on the person over whole strides [N]; None where no stride is complete.

    Returns
    -------
    incline : float
        Positive uphill in the direction of travel [deg].
    axes : str
        "level" or "surface".
    evidence : list of str
        What plates, feet and forces say, and what was believed.
    """
    level = np.array([travel[0], 0.0, travel[2]])
    level /= np.linalg.norm(level)
    evidence = []
    by_feet = (rise_of_belt if treadmill else rise_of_ground)(marks, contact, level)
    sure = BELT_BY_FEET if treadmill else TILTED
    if math.isfinite(by_feet):
        way = "are carried" if treadmill else "come to rest"
        evidence.append(f"standing feet {way} on a rise of {by_feet:+.1f} deg (good to {sure:g} deg)")
    if len(normals):
        normal = normals.mean(axis=0)
        slope, source = (
            math.degrees(math.atan2(-float(normal @ level), float(normal[1]))),
            "corners of the plates",
        )
        if math.isfinite(by_feet) and abs(by_feet - slope) > 2.0 * sure:
            evidence.append(
                "plates and feet disagree about the incline: are the corners those of this trial?"
            )
    else:
        slope, source = (by_feet if abs(by_feet) > sure else 0.0), "standing feet"
    slope = round(slope, 6) + 0.0  # no -0.00
    if mean_force is not None and treadmill:
        tilt = math.degrees(math.atan2(float(mean_force @ level), float(mean_force[1])))
        evidence.append(f"the mean force of whole strides leans {tilt:+.2f} deg from Y along the travel")
        if abs(tilt) > TILTED and abs(slope) < TILTED:
            evidence.append(
                f"incline {tilt:+.2f} deg, and Y stands on the surface: gravity is tilted, not the belt"
            )
            return tilt, "surface", evidence
        if abs(tilt) > TILTED:
            evidence.append("although the ground is inclined too: are the axes calibrated?")
    evidence.append(f"incline {slope:+.2f} deg, by the {source}")
    return slope, "level", evidence


def rise_of_ground(marks: Landmarks, contact: Contact, level: Floats) -> float:
    """Rise [deg] of the ground along a level direction, from where heels and toes are lowest in stance.

    A marker that rests on the ground comes back, step by step, to a line that is as steep as the ground; when
    it is lifted it lies above that line, and is left out. NaN without markers.
    """
    slopes = []
    for markers in (marks.heel, marks.toe):
        for marker, rows in zip(markers, contact.stance, strict=True):
            seen = rows & np.isfinite(marker).all(axis=1)
            along, up = marker[seen] @ level, marker[seen, 1]
            for share in RESTING:
                if along.size < 5:
                    break
                slope, height = np.polyfit(along, up, 1)
                above = up - slope * along - height
                kept = np.argsort(above)[: max(5, round(share * along.size))]
                along, up = along[kept], up[kept]
            if along.size >= 5:
                slopes.append(float(np.polyfit(along, up, 1)[0]))
    return math.degrees(math.atan(float(np.median(slopes)))) if slopes else math.nan


def rise_of_belt(marks: Landmarks, contact: Contact, level: Floats) -> float:
    """Rise [deg] of a belt along a level direction, from the way of feet that lie flat on it.

    NaN without markers.
    """
    across, rise = 0.0, 0.0
    for foot, stance, flat in zip(marks.foot, contact.stance, flat_rows(marks, contact), strict=True):
        for a, b in runs(stance):
            here = foot[a:b][flat[a:b]]
            if len(here) > 2:
                along, up = here @ level, here[:, 1]
                across += float(((along - along.mean()) ** 2).sum())
                rise += float((along - along.mean()) @ up)
    return math.degrees(math.atan(rise / across)) if across > 0.0 else math.nan
