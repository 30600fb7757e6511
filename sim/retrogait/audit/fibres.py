"""Muscle parameters over the range of motion: slack tendons, fibres at odd lengths, passive force."""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.audit.finding import Finding, Severity
from retrogait.audit.survey import Survey, arm_owners, knee_muscles, listed, measure
from retrogait.kernels.muscles import rigid_tendon, rigid_tendon_opensim
from retrogait.model import Model

SHORT, LONG = 0.4, 1.6
"""Fibre lengths beyond which the active curve of any muscle model is all but zero [optimal lengths]."""

PASSIVE = 0.5
"""Passive force worth a finding, as a share of maximum isometric force [1]."""

SLACK = 0.1
"""Share of poses in which a tendon may hang, or a fibre be that short or long, before it is a finding [1]."""


class Fibres(NamedTuple):
    """Muscles with rigid tendons in several poses.

    active   : (pose, muscle) tendon force at full activation [N]
    opensim  : (pose, muscle) the same as OpenSim gives it to its static optimisation [N]
    passive  : (pose, muscle) passive force along the tendon [N]
    length   : (pose, muscle) fibre length [optimal lengths]
    slack    : (pose, muscle) 1 where the path is too short to stretch tendon and shortest fibre
    """

    active: Floats
    opensim: Floats
    passive: Floats
    length: Floats
    slack: Floats


def measure_fibres(model: Model, survey: Survey) -> Fibres:
    """Forces and fibre lengths of every muscle in every pose of a survey."""
    path = measure(model, survey.poses)
    muscles = model.muscles
    velocity: Floats = np.zeros_like(path.length)
    for row, (muscle, c) in enumerate(arm_owners(model)):
        velocity[:, muscle] -= path.arm[:, row] * survey.rates[:, c]
    active, opensim, passive, other, fiber = (np.zeros_like(velocity) for _ in range(5))
    for pose in range(velocity.shape[0]):
        each = path.length[pose], velocity[pose]
        rigid_tendon_opensim(muscles, *each, opensim[pose], other[pose], fiber[pose])
        rigid_tendon(muscles, *each, active[pose], passive[pose], fiber[pose])
    slack = (path.length <= muscles.tendon_slack_length) | (fiber <= muscles.minimum_fiber_length)
    return Fibres(active, opensim, passive, fiber / muscles.optimal_fiber_length, slack.astype(np.float64))


def check_fibres(model: Model, survey: Survey, fibres: Fibres) -> list[Finding]:
    """Muscles that give no force, or a passive force that nobody measured, over the range of motion."""
    findings = []
    for at_knee in (True, False):
        rows = [m for m in range(len(model.muscle_names)) if (m in knee_muscles(model)) is at_knee]
        severity = Severity.CAREFUL if at_knee and survey.times is not None else Severity.NOTE
        findings += _slack(model, survey, fibres, rows, severity)
        findings += _extreme(model, survey, fibres, rows, severity)
        findings += _passive(model, survey, fibres, rows) if at_knee else []
    return findings


def _slack(
    model: Model, survey: Survey, fibres: Fibres, rows: list[int], severity: Severity
) -> list[Finding]:
    share = fibres.slack.mean(axis=0)
    hanging = [m for m in rows if share[m] > SLACK]
    if not hanging:
        return []
    worst = max(hanging, key=lambda m: share[m])
    return [
        Finding(
            severity, "fibre", tuple(model.muscle_names[m] for m in hanging),
            f"{model.muscle_names[worst]} hangs slack in {share[worst]:.0%} of the poses {survey.where}: its "
            f"path is shorter than tendon ({1e3 * model.muscles.tendon_slack_length[worst]:.0f} mm) and "
            "shortest fibre together",
            "a slack muscle carries nothing, so others take its share of the knee's moment",
            "check tendon slack length and optimal fibre length after scaling",
            100.0 * float(share[worst]), "%",
        )
    ]  # fmt: skip


def _extreme(
    model: Model, survey: Survey, fibres: Fibres, rows: list[int], severity: Severity
) -> list[Finding]:
    lengths = np.where(fibres.slack > 0.0, 1.0, fibres.length)  # slack is told apart
    least, most = lengths.min(axis=0), lengths.max(axis=0)
    share = ((lengths < SHORT) | (lengths > LONG)).mean(axis=0)
    odd = [m for m in rows if share[m] > SLACK]
    if not odd:
        return []
    worst = max(odd, key=lambda m: share[m])
    return [
        Finding(
            severity, "fibre", tuple(model.muscle_names[m] for m in odd),
            f"fibres leave {SHORT} to {LONG} optimal lengths {survey.where}; {model.muscle_names[worst]} "
            f"does in {share[worst]:.0%} of the poses and spans {least[worst]:.2f} to {most[worst]:.2f}",
            "there the active force is all but zero: the model, not the person, makes the muscle weak",
            "calibrate tendon slack lengths: OpenSim's scaling keeps ratios, not working ranges",
            100.0 * float(share[worst]), "%",
        )
    ]  # fmt: skip


def _passive(model: Model, survey: Survey, fibres: Fibres, rows: list[int]) -> list[Finding]:
    share = (fibres.passive / model.muscles.maximum_isometric_force).max(axis=0, initial=0.0)
    stiff = [m for m in rows if share[m] > PASSIVE]
    if not stiff:
        return []
    worst = max(stiff, key=lambda m: share[m])
    force = share[worst] * model.muscles.maximum_isometric_force[worst]
    return [
        Finding(
            Severity.NOTE, "fibre", tuple(model.muscle_names[m] for m in stiff),
            f"passive force with rigid tendons reaches {share[worst]:.1f} F0 ({force:.0f} N) in "
            f"{model.muscle_names[worst]} {survey.where}",
            f"with passive = true and rigid tendons {listed([model.muscle_names[m] for m in stiff])} would "
            "press on the knee without being active",
            "leave passive = false (the default), or calibrate the curves and take compliant tendons",
            float(share[worst]), "F0",
        )
    ]  # fmt: skip
