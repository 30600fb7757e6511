"""The law of virtual work: the moment arm of a pull is minus the slope of the path's length.

Arms come from the forces on the bodies, slopes from lengths by finite differences; nothing ties one to the
other but the law. Where the two differ, energy is made or lost, and the knee's load with it.
"""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Bools, Floats
from retrogait.audit.finding import Finding, Severity
from retrogait.audit.survey import Survey, arm_owners, coupled, measure, pose_words
from retrogait.kernels.status import Physics
from retrogait.model import Model

STEP = 5e-4
"""Half the span of the shorter difference: far above rounding, far below any feature of a path [rad]."""

SWITCH = 1e-4
"""Where slopes over one and two steps differ by more, the path switches between them: no slope exists [m]."""

TOLERANCE = 1e-3
"""Difference worth a finding: 2 % of a knee's moment arm [m]."""

SPOILS = 5e-3
"""Difference at a knee that makes its load wrong: 10 % of its moment arm [m]."""


class Gap(NamedTuple):
    """Largest difference of one muscle about one angle.

    muscle, coordinate : rows
    size               : arm minus slope [m]
    arm                : by forces, there [m]
    pose               : (coordinate,) where
    """

    muscle: int
    coordinate: int
    size: float
    arm: float
    pose: Floats


def find_gaps(model: Model, survey: Survey, physics: Physics = Physics.DEFAULT) -> list[Gap]:
    """Differences beyond `TOLERANCE`, the largest first, of every muscle and angle it moves."""
    q = survey.poses
    owners = arm_owners(model)
    angles = [c for c in sorted({c for _, c in owners}) if model.rotational[c]]
    arms = measure(model, q, physics).arm
    slopes = {c: _slopes(model, q, c, physics) for c in angles}
    gaps = []
    for row, (muscle, c) in enumerate(owners):
        if c not in slopes:
            continue
        slope, exists = slopes[c]
        apart = np.where(exists[:, muscle], arms[:, row] - slope[:, muscle], 0.0)
        worst = int(np.abs(apart).argmax())
        if abs(apart[worst]) > TOLERANCE:
            gaps.append(Gap(muscle, c, float(apart[worst]), float(arms[worst, row]), q[worst]))
    return sorted(gaps, key=lambda gap: -abs(gap.size))


def check_virtual_work(model: Model, survey: Survey) -> list[Finding]:
    """Muscles whose arms, as this program takes them, are not the slopes of their lengths."""
    knees = {knee.coordinate for knee in model.knees}
    worst: dict[int, Gap] = {}
    for gap in find_gaps(model, survey):
        if gap.coordinate in knees or gap.muscle not in worst:
            held = worst.get(gap.muscle)
            if held is None or held.coordinate not in knees:
                worst[gap.muscle] = gap
    findings = []
    for gap in worst.values():
        at_knee = gap.coordinate in knees
        severity = Severity.NOTE
        if at_knee:
            severity = Severity.WRONG if abs(gap.size) > SPOILS else Severity.CAREFUL
        findings.append(
            Finding(
                severity, "virtual work", (model.muscle_names[gap.muscle],),
                gap_words(model, gap),
                "force and length disagree: the muscle makes or loses energy, and the knee balances with it",
                "look at the path there: an ellipsoid's wrap, or points too close to a wrap object",
                1e3 * gap.size, "mm",
            )
        )  # fmt: skip
    return findings


def gap_words(model: Model, gap: Gap) -> str:
    """One difference in words, with what it comes to at full strength."""
    moment = abs(gap.size) * float(model.muscles.maximum_isometric_force[gap.muscle])
    return (
        f"moment arm about {model.coordinates[gap.coordinate]} {1e3 * gap.arm:.1f} mm by forces, "
        f"{1e3 * (gap.arm - gap.size):.1f} mm by the slope of its length at "
        f"{pose_words(model, gap.pose, gap.coordinate)}: {1e3 * abs(gap.size):.1f} mm apart, "
        f"{moment:.0f} N m at full strength"
    )


def _slopes(model: Model, q: Floats, coordinate: int, physics: Physics) -> tuple[Floats, Bools]:
    """(pose, muscle) minus dL/dq by Richardson's rule, and whether a slope exists."""

    def over(step: float) -> Floats:
        ends = []
        for way in (step, -step):
            moved = q.copy()
            moved[:, coordinate] += way
            ends.append(measure(model, coupled(model, moved), physics).length)
        return np.asarray((ends[1] - ends[0]) / (2.0 * step))

    near, far = over(STEP), over(2.0 * STEP)
    return (4.0 * near - far) / 3.0, np.abs(near - far) < SWITCH
