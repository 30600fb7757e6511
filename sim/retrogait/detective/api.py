"""Look a trial over: every check in the order in which one mistake would hide another."""

import math
from pathlib import Path

from retrogait.detective.feet import UNCARRIED, check_carried, check_feet, check_time, lacking, lag_of
from retrogait.detective.finding import Finding, Severity, by_severity
from retrogait.detective.forces import (
    carried_share,
    check_axes,
    check_force_units,
    check_mass,
)
from retrogait.detective.labels import check_labels
from retrogait.detective.scene import Scene, look_at
from retrogait.detective.steps import check_steps, light_steps, looks_without, steps_of
from retrogait.detective.units import check_markers, check_units
from retrogait.errors import FileError, MotionError
from retrogait.gait.trial import Trial
from retrogait.io.markers import Markers, read_markers
from retrogait.model import Model


def inspect(
    model: Model,
    trial: Trial,
    *,
    markers: Markers | Path | str | None = None,
    body_mass: float | None = None,
) -> list[Finding]:
    """Name the likely mistakes in a trial, with what speaks for each and what would mend it.

    Nothing is changed. Where a mistake makes others impossible to see (angles in the wrong unit, gravity
    along the wrong axis), the checks that would only repeat it are left out: mend it and look again.

    Parameters
    ----------
    model, trial
        As for `retrogait.analyze`.
    markers
        Markers of the trial, or their file (``.trc``).
    body_mass
        What somebody typed as the mass of the person [kg].

    Returns
    -------
    list of Finding
        Mistakes before doubts; empty where nothing was found.
    """
    findings: list[Finding] = []
    if markers is not None:
        findings += _markers(markers)
    of_the_motion = list(check_units(model, trial.motion))
    findings += of_the_motion
    if not of_the_motion:
        try:
            scene, _ = look_at(model, trial)
        except MotionError as error:
            findings.append(_unreadable(trial.name, error))
        else:
            findings += _in_motion(scene, trial, body_mass)
    return by_severity(findings)


def _markers(markers: Markers | Path | str) -> list[Finding]:
    if isinstance(markers, Markers):
        return list(check_markers(markers))
    try:
        return list(check_markers(read_markers(markers)))
    except FileError as error:
        return [_unreadable(Path(markers).name, error)]


def _unreadable(where: str, error: Exception) -> Finding:
    return Finding("unreadable", Severity.MISTAKE, where, str(error), "mend what it says and look again")


def _in_motion(scene: Scene, trial: Trial, body_mass: float | None) -> list[Finding]:
    """Everything that needs the body in its place."""
    if not scene.weight > 0.0 or not scene.force.size:
        return []
    axes = list(check_axes(scene))
    units = list(check_force_units(scene))
    if axes:
        return [*units, *axes]
    # Steps of which a plate felt a part speak neither of the mass nor of the clock, whatever that is.
    kept = looks_without(light_steps(steps_of(scene, 0)), scene.time.size)
    share = carried_share(scene, kept)
    if math.isnan(share):
        return units
    lag, left = lag_of(scene, share, kept)
    late = list(check_time(scene, lag, left))
    lag = lag if late else 0
    steps = steps_of(scene, lag)
    share = carried_share(scene, looks_without(light_steps(steps), scene.time.size))
    findings = [*units, *check_mass(scene, share, body_mass), *late]
    if not any(finding.mistake == "points_in_millimetres" for finding in units):
        findings += check_feet(scene, lag)
    lacks = lacking(scene, share, lag)
    findings += check_carried(scene, lacks)
    findings += check_steps(scene, steps, lacks > UNCARRIED)
    if not any(finding.mistake.endswith("_swapped") for finding in findings):
        findings += check_labels(scene, trial)
    return findings
