"""What is said of a walk against how it goes: direction, speed, incline."""

import math
from collections.abc import Iterator

import numpy as np

from retrogait.arrays import Floats
from retrogait.detective.finding import Finding, Severity
from retrogait.detective.forces import CARRIED
from retrogait.detective.scene import Scene
from retrogait.gait.trial import Trial

STANDING = 0.5
"""Force on a foot from which it is taken to stand, as a share of the weight [1]."""

FLAT = 4.0
"""Pitch of a foot within this of its median is flat [deg]."""

SLOWEST = 0.15
"""Slower than this is no walk whose direction could be told [m/s]."""

SPEED_DOUBT = 0.25
"""Difference of speed, as a share of what is said, that is worth a finding; bundled and recorded walks keep
0.10 [1]."""

INCLINE_DOUBT = 3.0
"""Difference of incline worth a finding; recorded level walks keep 1.6 [deg]."""

SHORTEST = 0.3
"""Length of ground from which a slope can be told [m]."""


def check_labels(scene: Scene, trial: Trial) -> Iterator[Finding]:
    """Compare direction, speed and incline with feet, pelvis and forces."""
    if not scene.facing.any():
        return
    speed = walking_speed(scene)
    if math.isnan(speed) or abs(speed) < SLOWEST:
        return
    direction = "forward" if speed > 0.0 else "retro"
    if direction != trial.direction:
        yield Finding(
            f"{direction}_called_{trial.direction}", Severity.MISTAKE, f"{trial.name}: direction",
            f"against the feet that stand, the pelvis moves at {abs(speed):.2f} m/s "
            f"{'where it faces' if speed > 0.0 else 'backwards'}, yet direction is {trial.direction!r}",
            f'set direction = "{direction}"',
        )  # fmt: skip
    if math.isfinite(trial.speed) and abs(abs(speed) - trial.speed) > SPEED_DOUBT * trial.speed:
        kilometres = " (km/h?)" if abs(abs(speed) * 3.6 / trial.speed - 1.0) < 0.15 else ""
        yield Finding(
            "speed_label", Severity.MISTAKE, f"{trial.name}: speed",
            f"the pelvis moves at {abs(speed):.2f} m/s against the feet that stand, speed says "
            f"{trial.speed:g} m/s{kilometres}",
            f"set speed = {abs(speed):.2f}",
        )  # fmt: skip
    if direction == trial.direction:  # else nobody knows which way is meant by uphill
        yield from _check_incline(scene, trial, 1.0 if direction == "forward" else -1.0)


def walking_speed(scene: Scene) -> float:
    """Speed of the pelvis against the feet that stand flat, where it faces; NaN where none does [m/s]."""
    pelvis = np.gradient(scene.pelvis @ scene.facing, scene.time)
    feet = [
        np.gradient(scene.ankle[:, side] @ scene.facing, scene.time)[flat]
        for side, flat in enumerate(_standing(scene))
    ]
    found = np.concatenate(feet) if feet else np.zeros(0)
    return float(pelvis.mean() - np.median(found)) if found.size else math.nan


def _standing(scene: Scene) -> list[Floats]:
    """(look,) whether each foot stands flat."""
    out = []
    for side in range(len(scene.sides)):
        own = scene.side == side
        push = np.linalg.norm(scene.force[:, own], axis=2).sum(axis=1)
        on = push > STANDING * scene.weight
        pitch = np.degrees(np.arcsin(np.clip(scene.along[:, side] @ scene.up, -1.0, 1.0)))
        out.append(on & (np.abs(pitch - np.median(pitch[on])) < FLAT) if on.any() else on)
    return out


def _check_incline(scene: Scene, trial: Trial, sense: float) -> Iterator[Finding]:
    """The ground rises as the feet that stand on it lie; axes that stand on it see gravity lean instead."""
    said = math.degrees(trial.incline)
    lean = sense * _lean(scene)
    slope = _slope(scene)
    rise = sense * slope if math.isfinite(slope) else 0.0
    found = rise + lean
    if trial.axes == "surface" and abs(found - said) > INCLINE_DOUBT:
        yield _incline(trial, said, found, f"the ground forces lean by {lean:.1f} deg in axes = 'surface'")
    elif trial.axes == "level" and abs(lean) > INCLINE_DOUBT and abs(rise) < INCLINE_DOUBT:
        yield _incline(
            trial, said, lean, f"the ground forces lean by {lean:.1f} deg in axes said to be level",
            f'set axes = "surface" and incline = {lean:.0f}',
        )  # fmt: skip
    elif trial.axes == "level" and math.isfinite(slope) and abs(rise - said) > INCLINE_DOUBT:
        yield _incline(trial, said, rise, f"the feet that stand lie on ground that rises by {rise:.1f} deg")


def _lean(scene: Scene) -> float:
    """Angle by which the ground forces lean ahead of what the motion asks for in level axes [deg]."""
    on = np.linalg.norm(scene.total, axis=1) > CARRIED * scene.weight
    angles = [
        math.atan2(float(force[on].sum(axis=0) @ scene.facing), float(force[on].sum(axis=0) @ scene.up))
        for force in (scene.total, scene.needed)
    ]
    return math.degrees(angles[0] - angles[1])


def _incline(trial: Trial, said: float, found: float, evidence: str, repair: str = "") -> Finding:
    level = abs(found) < 0.5 * INCLINE_DOUBT
    return Finding(
        "incline_label", Severity.MISTAKE, f"{trial.name}: incline",
        f"{evidence}, incline says {said:g} deg", repair or f"set incline = {0.0 if level else found:.0f}",
    )  # fmt: skip


def _slope(scene: Scene) -> float:
    """Angle by which the places of standing feet rise ahead; NaN over too short a way [deg]."""
    places = np.concatenate([scene.ankle[flat, side] for side, flat in enumerate(_standing(scene))])
    if places.shape[0] < 3:
        return math.nan
    ahead, high = places @ scene.facing, places @ scene.up
    if np.ptp(ahead) < SHORTEST:
        return math.nan
    return math.degrees(math.atan(float(np.polyfit(ahead, high, 1)[0])))
