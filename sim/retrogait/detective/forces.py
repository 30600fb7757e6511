"""Ground forces against the body that they carry: units, axes and mass."""

import math
from collections.abc import Iterator

import numpy as np

from retrogait.arrays import Bools, Floats
from retrogait.detective.finding import Finding, Severity
from retrogait.detective.scene import Scene

CARRIED = 0.3
"""Ground force from which a look counts as carried, as a share of the weight [1]."""

MASS_DOUBT, MASS_MISTAKE = 0.05, 0.15
"""Disagreement of mass and plates that is worth a look, and that is a mistake. Six recorded walks whose mass
is right disagree by less than 4 % [1]."""

SHORTEST = 0.3
"""Of a shorter trial the acceleration of the centre of mass is not known well enough [s]."""

KILO = 0.005
"""Ground force over weight below which it stands in kN [1]."""

KILOGRAM = (0.07, 0.15)
"""The same about 1 / 9.81, where it stands in kilograms [1]."""

LONGEST_ARM = 0.5
"""No free moment of a foot is as large as its force at this distance [m]."""

FAR = 20.0
"""A centre of pressure this far from the foot is in another unit [m]."""

OTHER_AXIS = 40.0
"""Angle between what should be parallel, from which an axis is another one [deg]; an incline is no more than
10, and leaning no more than 15."""


def check_force_units(scene: Scene) -> Iterator[Finding]:
    """Look for points in millimetres and moments in newton millimetres."""
    for load, name in enumerate(scene.loads):
        on = scene.loaded[:, load] & np.isfinite(scene.point[:, load]).all(axis=1)
        if not on.any():
            continue
        nearest = np.linalg.norm(scene.point[on, load][:, None] - scene.ankle[on], axis=2).min(axis=1)
        if np.median(nearest) > FAR:
            yield Finding(
                "points_in_millimetres", Severity.MISTAKE, f"force {name}",
                f"acts {np.median(nearest):.0f} m from the nearer foot; a thousandth of its coordinates is "
                f"{_thousandth(scene, load, on):.2f} m from it",
                "divide the columns of the point by 1000",
            )  # fmt: skip
        moment = float(np.linalg.norm(scene.torque[on, load], axis=1).max())
        force = float(np.linalg.norm(scene.force[on, load], axis=1).max())
        if moment > LONGEST_ARM * force:
            yield Finding(
                "moments_in_newton_millimetres", Severity.MISTAKE, f"force {name}",
                f"its free moment reaches {moment:.0f} N m beside a force of {force:.0f} N, as if it acted "
                f"{moment / force:.1f} m away; in N mm it is {1e-3 * moment:.1f} N m",
                "divide the columns of the moment by 1000",
            )  # fmt: skip


def _thousandth(scene: Scene, load: int, on: Bools) -> float:
    away = np.linalg.norm(1e-3 * scene.point[on, load][:, None] - scene.ankle[on], axis=2)
    return float(np.median(away.min(axis=1)))


def check_axes(scene: Scene) -> Iterator[Finding]:
    """Look for the odd one out of gravity, the body's own upright and the ground forces."""
    body = scene.pelvis.mean(axis=0) - scene.ankle.mean(axis=(0, 1))
    push = scene.total[np.linalg.norm(scene.total, axis=1) > CARRIED * scene.weight].sum(axis=0)
    if not (np.linalg.norm(body) > 0.0 and np.linalg.norm(push) > 0.0):
        return
    gravity_body, gravity_push, body_push = (
        _angle(one, other) for one, other in ((scene.up, body), (scene.up, push), (body, push))
    )
    told = (
        f"up is {_axis(scene.up)} for gravity, {_axis(body)} for the body (ankles to pelvis), {_axis(push)} "
        f"for the ground forces: {gravity_body:.0f}, {gravity_push:.0f} and {body_push:.0f} deg apart"
    )
    if gravity_body > OTHER_AXIS and gravity_push > OTHER_AXIS and body_push < OTHER_AXIS:
        yield Finding(
            "gravity_axis",
            Severity.MISTAKE,
            "the model",
            told,
            f"let gravity of the model point along {_axis(-body)}",
        )
    elif gravity_push > OTHER_AXIS and body_push > OTHER_AXIS:
        yield Finding(
            "force_axes", Severity.MISTAKE, "the external loads", told,
            "turn forces, points and moments into the axes of the motion",
        )  # fmt: skip
    elif gravity_body > OTHER_AXIS:
        yield Finding(
            "motion_axes", Severity.MISTAKE, "the motion", told,
            "turn the markers before inverse kinematics, so that Y is up",
        )  # fmt: skip


def _angle(one: Floats, other: Floats) -> float:
    cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _axis(vector: Floats) -> str:
    largest = int(np.abs(vector).argmax())
    return f"{'+' if vector[largest] > 0.0 else '-'}{'XYZ'[largest]}"


def check_mass(scene: Scene, carried: float, body_mass: float | None) -> Iterator[Finding]:
    """Compare what the plates carry, a `carried_share`, with what the motion of the model's mass needs."""
    if math.isnan(carried):
        return
    found = scene.mass * carried
    told = (
        f"while feet are on plates, these bear {found:.1f} kg, and the model has {scene.mass:.1f} kg: "
        f"{carried:.3f} times"
    )
    if carried < KILO:
        yield Finding(
            "forces_in_kilonewtons",
            Severity.MISTAKE,
            "the external loads",
            told,
            "multiply the forces by 1000",
        )
        return
    if KILOGRAM[0] < carried < KILOGRAM[1]:
        yield Finding(
            "forces_in_kilograms",
            Severity.MISTAKE,
            "the external loads",
            told,
            "multiply the forces by 9.80665",
        )
        return
    if abs(carried - 1.0) > MASS_DOUBT:
        yield Finding(
            "mass", _doubt(carried), "the model", told,
            f"weigh again, or scale the model's masses by {carried:.3f} (residual_reduction = true does)",
        )  # fmt: skip
    if body_mass is not None and abs(found / body_mass - 1.0) > MASS_DOUBT:
        share = found / body_mass
        pounds = " (2.2: pounds?)" if abs(share * 2.2046 - 1.0) < MASS_DOUBT else ""
        yield Finding(
            "body_mass", _doubt(share), "body_mass",
            f"given as {body_mass:g} kg, while the plates bear {found:.1f} kg{pounds}",
            f"write body_mass = {found:.1f}, or weigh again",
        )  # fmt: skip


def _doubt(share: float) -> Severity:
    return Severity.MISTAKE if abs(share - 1.0) > MASS_MISTAKE else Severity.DOUBT


def carried_share(scene: Scene, kept: Bools | None = None) -> float:
    """Ground force over what the motion needs while the feet carry, upward; NaN where nobody can tell.

    Parameters
    ----------
    kept
        (look,) which to go by; all of them by default, and where nobody carries in those.
    """
    if scene.time[-1] - scene.time[0] < SHORTEST:
        return math.nan
    push, need = scene.total @ scene.up, scene.needed @ scene.up
    on = push > CARRIED * max(float(push.max(initial=0.0)), 1e-9)
    on[[0, 1, -2, -1]] = False  # a second difference has no value at the ends
    if kept is not None and (on & kept).any():
        on &= kept
    asked = float(need[on].sum())
    return float(push[on].sum()) / asked if on.any() and asked > 0.0 else math.nan
