"""A trial's columns against the model: what is missing, in the wrong unit, or bends the wrong way."""

import math
from dataclasses import replace

import numpy as np

from retrogait.audit.finding import Finding, Severity
from retrogait.audit.survey import arm_owners, knee_muscles, listed
from retrogait.gait.fit import COUPLER_TOLERANCE, DEGREES_RATIO, FEW_DEGREES, RANGE_TOLERANCE
from retrogait.gait.links import links_to_ground
from retrogait.gait.trial import Trial
from retrogait.io.storage import short_label
from retrogait.io.text import suggestion
from retrogait.kernels.plan import Motion
from retrogait.model import Angle, Model

BACKWARDS = math.radians(10.0)
"""A knee that never flexes this far but extends that far beyond straight bends the wrong way [rad]."""


def read_columns(model: Model, trial: Trial) -> dict[str, int]:
    """Column of every name that the file gives a value of."""
    pairs = [short_label(label) for label in trial.motion.labels]
    return {name: column for column, (name, quantity) in enumerate(pairs) if quantity == "value"}


def missing_coordinates(model: Model, trial: Trial) -> list[str]:
    """Coordinates that neither the file nor the model gives."""
    found = read_columns(model, trial)
    return [
        name
        for c, name in enumerate(model.coordinates)
        if name not in found
        and name not in trial.hold
        and model.tree.driver[c] < 0
        and not model.locked[c]
        and model.prescribed[c] < 0
    ]


def _moves_a_knee(model: Model) -> set[str]:
    """Coordinates that place a tibia, or that a muscle of a knee can move."""
    tree = model.tree
    rows = {c for muscle, c in arm_owners(model) if muscle in knee_muscles(model)}
    for knee in model.knees:
        for link in links_to_ground(tree, knee.link):
            rows |= {int(c) for c in tree.coordinate[tree.first[link] : tree.last[link]] if c >= 0}
    return {model.coordinates[c] for c in rows}


def hold_missing(model: Model, trial: Trial) -> Trial:
    """Trial with every missing coordinate held at the model's default, as OpenSim holds it silently."""
    return replace(trial, hold=(*trial.hold, *missing_coordinates(model, trial)))


def check_columns(model: Model, trial: Trial) -> list[Finding]:
    """What the labels say before a number is read."""
    table = trial.motion
    found = read_columns(model, trial)
    strangers = [name for name in found if name not in model.coordinates]
    missing = missing_coordinates(model, trial)
    paths = [label for label in table.labels if "/" in label]
    findings = []
    moving = _moves_a_knee(model)
    for severity in (Severity.WRONG, Severity.CAREFUL):
        names = [name for name in missing if (name in moving) is (severity is Severity.WRONG)]
        if not names:
            continue
        named = [name + suggestion(name, strangers) for name in names]
        findings.append(
            Finding(
                severity, "coordinate", tuple(names),
                f"{table.path.name} has no column for: {listed(named)}",
                "OpenSim's tools take the default value without a word"
                + (", and the knee moves with it" if severity is Severity.WRONG else "")
                + "; here the trial is refused",
                "rename the column, or list the coordinate under `hold` if its default is meant",
            )
        )  # fmt: skip
    if strangers:
        findings.append(
            Finding(
                Severity.NOTE, "coordinate", tuple(strangers),
                f"{len(strangers)} columns of {table.path.name} are no coordinates of the model",
                "they are not used; a misspelt one would be missing above",
                "drop them, or check that model and trial belong together",
            )
        )  # fmt: skip
    if paths:
        findings.append(
            Finding(
                Severity.CAREFUL, "OpenSim", (table.path.name,),
                f"{len(paths)} of {len(table.labels)} columns are labelled by state path, as {paths[0]}",
                "OpenSim's inverse-dynamics tool ignores such columns and solves the default pose; they are "
                "read here",
                "give the columns plain coordinate names before handing the file to OpenSim's tools",
            )
        )  # fmt: skip
    angles = [
        found[name]
        for c, name in enumerate(model.coordinates)
        if name in found and model.rotational[c] and model.tree.driver[c] < 0
    ]
    if table.in_degrees and len(angles) > 3 and np.abs(table.values[:, angles]).max() < FEW_DEGREES:
        findings.append(
            Finding(
                Severity.WRONG, "unit", (table.path.name,),
                f"says inDegrees=yes, yet no angle exceeds {np.abs(table.values[:, angles]).max():.2f} deg",
                "read so, the person stands still and every moment is that of standing",
                "write inDegrees=no if the angles are radians",
            )
        )  # fmt: skip
    return findings


def check_motion(model: Model, trial: Trial, motion: Motion) -> list[Finding]:
    """What the numbers say once they are in the model's order and units."""
    return [
        *_coupled_columns(model, trial, motion),
        *_knees(model, motion),
        *_ranges(model, trial, motion),
    ]


def _coupled_columns(model: Model, trial: Trial, motion: Motion) -> list[Finding]:
    """Coupled columns that OpenSim would read as they stand."""
    findings = []
    found = read_columns(model, trial)
    for c, name in enumerate(model.coordinates):
        if model.tree.driver[c] < 0 or name not in found:
            continue
        column = np.interp(motion.time, trial.motion.time, trial.motion.values[:, found[name]])
        apart = np.abs(column - motion.q[:, c])
        worst = int(apart.argmax())
        if apart[worst] <= COUPLER_TOLERANCE:
            continue
        degrees = np.abs(np.radians(column) - motion.q[:, c]).max() <= DEGREES_RATIO * apart[worst]
        unit = "rad" if model.rotational[c] else "m"
        findings.append(
            Finding(
                Severity.CAREFUL, "unit", (name,),
                f"{'stands in degrees' if degrees else 'contradicts its coupler'} in "
                f"{trial.motion.path.name}: {column[worst]:.4g} where {model.driver_of(c)} makes it "
                f"{motion.q[worst, c]:.4g} {unit}, t = {motion.time[worst]:g} s",
                "OpenSim converts no coupled column and reads it as it stands: about 1 BW of false knee "
                "force; here it is recomputed, never read",
                "drop the column before handing the file to OpenSim's tools",
                float(apart[worst]), unit,
            )
        )  # fmt: skip
    return findings


def _knees(model: Model, motion: Motion) -> list[Finding]:
    findings = []
    for knee in model.knees:
        flexion = knee.flexion_sign * motion.q[:, knee.coordinate]
        low, high = float(flexion.min()), float(flexion.max())
        if high < BACKWARDS and low < -BACKWARDS:
            findings.append(
                Finding(
                    Severity.WRONG, "sign", (model.coordinates[knee.coordinate],),
                    f"the {knee.side} knee bends backwards: flexion is {math.degrees(low):.0f} to "
                    f"{math.degrees(high):.0f} deg",
                    "the quadriceps would do the work of the flexors, and no load would mean anything",
                    "change the sign of the column: model and trial count flexion differently",
                    math.degrees(low), "deg",
                )
            )  # fmt: skip
    return findings


def _ranges(model: Model, trial: Trial, motion: Motion) -> list[Finding]:
    """Angles that leave the model's range."""
    beyond = np.maximum(model.lower - motion.q, motion.q - model.upper).max(axis=0)
    said = []
    for c, name in enumerate(model.coordinates):
        ranged = model.rotational[c] == Angle.PLAIN and model.lower[c] < model.upper[c]
        if ranged and beyond[c] > RANGE_TOLERANCE and model.tree.driver[c] < 0:
            said.append((name, float(beyond[c])))
    if not said:
        return []
    worst, angle = max(said, key=lambda pair: pair[1])
    return [
        Finding(
            Severity.CAREFUL, "range", tuple(name for name, _ in said),
            f"{trial.motion.path.name} leaves the model's range, {worst} by {math.degrees(angle):.0f} deg",
            "paths and joint splines were never drawn for those poses",
            "check sign and unit of the column, or widen the range in the model on purpose",
            math.degrees(angle), "deg",
        )
    ]  # fmt: skip
