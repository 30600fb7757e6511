"""The audit: every check, in the order in which a load comes about."""

from dataclasses import replace
from pathlib import Path

from retrogait.audit.behaviours import check_behaviours, compare_physics, cutoff_of
from retrogait.audit.columns import check_columns, check_motion, hold_missing
from retrogait.audit.fibres import check_fibres, measure_fibres
from retrogait.audit.finding import Finding, Severity, by_severity
from retrogait.audit.jumps import check_jumps
from retrogait.audit.mechanics import check_mass, moments
from retrogait.audit.names import check_names
from retrogait.audit.refused import explain_refusal
from retrogait.audit.routes import check_load_paths
from retrogait.audit.survey import survey_range, survey_trial
from retrogait.audit.work import check_virtual_work
from retrogait.errors import ModelError
from retrogait.gait import load_trial
from retrogait.gait.trial import Trial
from retrogait.model import Model
from retrogait.osim import load_model
from retrogait.pipeline import prepare
from retrogait.settings import Settings


def audit(model: Model | str | Path, trial: Trial | str | Path | None = None) -> list[Finding]:
    """Look for what would make a knee load of this model, or of this trial, wrong.

    Parameters
    ----------
    model : compiled, or its ``.osim`` file; a file that the compiler refuses is explained where possible
    trial : with its ground forces, or a ``.mot`` or ``.sto`` of coordinates; without one the paths are looked
            at over the range of walking

    Returns
    -------
    list of Finding
        The worst first; empty where nothing was found.

    Raises
    ------
    FileError
        A file cannot be read as what it claims to be.
    ModelError
        The model does not compile, for a reason that no check is about.
    MotionError
        The trial does not fit the model, for a reason that no check is about.
    """
    if not isinstance(model, Model):
        path = Path(model)
        try:
            model = load_model(path)
        except ModelError as error:
            return by_severity(explain_refusal(path, error))
    if trial is not None and not isinstance(trial, Trial):
        trial = load_trial(trial)
    findings = [*check_load_paths(model), *check_names(model), *_switched_off(model)]
    motion = force = None
    if trial is not None:
        findings += check_columns(model, trial)
        trial = hold_missing(model, trial)
        body, _, motion, _ = prepare(model, trial, Settings(cutoff=cutoff_of(trial)))
        findings += check_motion(model, trial, motion)
        force, needed = moments(model, body.tree, motion)  # with gravity as the trial has it
        findings += check_mass(replace(model, tree=body.tree), motion, needed)
    if model.muscle_names:
        survey = survey_range(model) if motion is None else survey_trial(motion)
        fibres = measure_fibres(model, survey)
        findings += check_virtual_work(model, survey)
        findings += check_jumps(model, survey)
        findings += check_fibres(model, survey, fibres)
        findings += check_behaviours(model, survey, fibres, motion, force)
    if trial is not None and trial.loads is not None:
        findings += compare_physics(model, trial)
    return by_severity(findings)


def _switched_off(model: Model) -> list[Finding]:
    """Muscles that the model itself switches off."""
    off = [note.split(" ", 1)[0] for note in model.notes if "appliesForce is false" in note]
    if not off:
        return []
    return [
        Finding(
            Severity.CAREFUL, "muscle", tuple(off),
            f"{len(off)} muscles are switched off (appliesForce false)",
            "others, or reserves, carry what they would", "switch them on, or say so beside every load",
        )
    ]  # fmt: skip
