"""Jumps of path lengths and moment arms over the range: wraps that flip, conditional points that switch.

A line of poses is walked along; wherever a length or an arm changes by more than the threshold between two
samples, the piece is divided further. What is smooth melts away; what is left is a jump.
"""

import math
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.audit.finding import Finding, Severity
from retrogait.audit.survey import Survey, arm_owners, coupled, measure, pose_words
from retrogait.kernels.model import Point
from retrogait.model import Model

ARM_JUMP = 3e-3
"""Jump of a moment arm worth a finding: 6 % of a knee's [m]."""

LENGTH_JUMP = 1e-3
"""Jump of a length worth a finding: a tendon of 0.2 m stretched by it carries 10 % of its strength [m]."""

SPOILS_ARM = 20e-3
"""Jump of an arm about knee flexion that makes the load wrong: half the arm comes or goes [m]."""

PARTS = 12
"""Into how many a suspicious piece is divided, each time."""

DEPTH = 3
"""How often: 1728 parts, so what remains happens within a thousandth of a frame."""

PIECES = 80
"""Most suspicious pieces of a line that are divided, the largest changes first."""


class Jump(NamedTuple):
    """Largest jump of one muscle.

    muscle     : row
    coordinate : row that the arm is about, -1 for a jump of length
    size       : after minus before [m]
    pose       : (coordinate,) just before it
    after      : (coordinate,) just after it
    time       : NaN where it is not in a trial [s]
    """

    muscle: int
    coordinate: int
    size: float
    pose: Floats
    after: Floats
    time: float


def find_jumps(model: Model, survey: Survey) -> list[Jump]:
    """Jumps beyond the thresholds, the largest of each muscle and of each angle it moves."""
    found: dict[tuple[int, int], Jump] = {}
    for line in survey.lines:
        times = np.full(line.shape[0], math.nan) if survey.times is None else survey.times
        _walk(model, line, times, DEPTH, found)
    return sorted(found.values(), key=lambda jump: -abs(jump.size))


def check_jumps(model: Model, survey: Survey) -> list[Finding]:
    """One finding per muscle whose length or moment arm jumps."""
    knees = {knee.coordinate for knee in model.knees}
    by_muscle: dict[int, list[Jump]] = {}
    for jump in find_jumps(model, survey):
        by_muscle.setdefault(jump.muscle, []).append(jump)
    findings = []
    for muscle, jumps in by_muscle.items():
        at_knee = [jump for jump in jumps if jump.coordinate in knees]
        worst = (at_knee or jumps)[0]
        lengths = [jump for jump in jumps if jump.coordinate < 0]
        severity = (
            Severity.CAREFUL if at_knee or (lengths and _crosses(model, muscle, knees)) else Severity.NOTE
        )
        if at_knee and abs(worst.size) > SPOILS_ARM:
            severity = Severity.WRONG
        findings.append(
            Finding(
                severity, "jump", (model.muscle_names[muscle],),
                "; ".join(dict.fromkeys(_words(model, jump) for jump in (worst, *lengths[:1]))),
                "the load sharing takes a step there, and so does the knee's load: a peak beside it may be "
                "the path's, not the walker's",
                _remedy(model, worst), 1e3 * worst.size, "mm",
            )
        )  # fmt: skip
    return findings


def _walk(model: Model, line: Floats, times: Floats, depth: int, found: dict[tuple[int, int], Jump]) -> None:
    """Look for jumps between the samples of a line, dividing it ``depth`` more times."""
    length, arm = measure(model, line)
    owners = arm_owners(model)
    turns = np.array([bool(model.rotational[c]) for _, c in owners], np.bool_)
    change = np.diff(arm, axis=0) * turns
    stretch = np.diff(length, axis=0)
    moved = np.diff(line, axis=0)
    for row, (muscle, c) in enumerate(owners):  # what the arms explain is no jump
        stretch[:, muscle] += 0.5 * (arm[1:, row] + arm[:-1, row]) * moved[:, c]
    if depth == 0:
        for row, (muscle, c) in enumerate(owners):
            _keep(found, muscle, c, change[:, row], ARM_JUMP, line, times)
        for muscle in range(length.shape[1]):
            _keep(found, muscle, -1, stretch[:, muscle], LENGTH_JUMP, line, times)
        return
    excess = np.maximum(
        np.abs(change).max(axis=1, initial=0.0) / ARM_JUMP,
        np.abs(stretch).max(axis=1, initial=0.0) / LENGTH_JUMP,
    )
    suspicious = np.flatnonzero(excess > 1.0)
    share = np.linspace(0.0, 1.0, PARTS + 1)[:, None]
    for piece in suspicious[np.argsort(-excess[suspicious], kind="stable")][:PIECES]:
        within = coupled(model, line[piece] + share * moved[piece])
        clock = times[piece] + share[:, 0] * (times[piece + 1] - times[piece])
        _walk(model, within, clock, depth - 1, found)


def _keep(
    found: dict[tuple[int, int], Jump], muscle: int, coordinate: int, change: Floats, least: float,
    line: Floats, times: Floats,
) -> None:  # fmt: skip
    if not change.size:
        return
    worst = int(np.abs(change).argmax())
    size = float(change[worst])
    held = found.get((muscle, coordinate))
    if abs(size) > max(least, abs(held.size) if held else 0.0):
        found[muscle, coordinate] = Jump(
            muscle, coordinate, size, line[worst], line[worst + 1], float(times[worst])
        )


def _crosses(model: Model, muscle: int, knees: set[int]) -> bool:
    first, last = model.paths.arm_first[muscle], model.paths.arm_first[muscle + 1]
    return not knees.isdisjoint(int(c) for c in model.paths.arm_coordinate[first:last])


def _words(model: Model, jump: Jump) -> str:
    of = "length" if jump.coordinate < 0 else f"moment arm about {model.coordinates[jump.coordinate]}"
    about = _moving(model, jump)
    when = "" if math.isnan(jump.time) else f", t = {jump.time:.3f} s"
    where = f" at {pose_words(model, jump.pose, about)}" if about >= 0 else ""
    return f"{of} jumps by {1e3 * abs(jump.size):.1f} mm{where}{when}"


def _moving(model: Model, jump: Jump) -> int:
    """Coordinate to tell the place by: the arm's own, else the path's that moves most, -1 for none."""
    if jump.coordinate >= 0:
        return jump.coordinate
    first, last = model.paths.arm_first[jump.muscle], model.paths.arm_first[jump.muscle + 1]
    reach = [int(c) for c in model.paths.arm_coordinate[first:last]]
    return max(reach, key=lambda c: abs(float(jump.after[c] - jump.pose[c])), default=-1)


def _remedy(model: Model, jump: Jump) -> str:
    paths = model.paths
    for point in range(paths.first[jump.muscle], paths.last[jump.muscle]):
        if paths.kind[point] != Point.CONDITIONAL:
            continue
        before, after = (float(q[paths.coordinate[point]]) for q in (jump.pose, jump.after))
        for end in (float(paths.lower[point]), float(paths.upper[point])):
            if min(before, after) <= end <= max(before, after):
                return "a conditional point switches there: move it onto the line, or take a wrap object"
    if paths.wrap_last[jump.muscle] > paths.wrap_first[jump.muscle]:
        return "a wrap object flips or is left there: set its quadrant, size or place, and audit again"
    return "look at the path there"
