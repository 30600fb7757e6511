"""The time-reversed control of an experiment: each forward walk, its twin, a retro walk beside it."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from retrogait.cases import Case, cases_of
from retrogait.config import Experiment
from retrogait.errors import ConfigError
from retrogait.execute.record import store_record
from retrogait.jobs import Models, choices_of, open_trial, predict_walk
from retrogait.report.control import to_csv
from retrogait.reversal import reversal_control
from retrogait.study import require_writable
from retrogait.sweep import Prediction

if TYPE_CHECKING:
    from retrogait.gait import Trial
    from retrogait.model import Model

TABLE, RECORD = "control.csv", "control.json"

SAME_SPEED = 0.005
"""Walks whose speeds differ by less are at the same speed [m/s]."""

SAME_SLOPE = 0.05
"""Walks whose slopes differ by less are on the same slope [deg]."""


@dataclass(frozen=True)
class Controls:
    """The control of every forward walk of an experiment.

    Attributes
    ----------
    folder
        Where table and record were stored.
    walks
        Name of the case to what `retrogait.reversal_control` says of it.
    remarks
        What the reader of the numbers must know, one line each.
    """

    folder: Path
    walks: Mapping[str, xr.Dataset]
    remarks: tuple[str, ...]


class _Opened:
    """What the cases of an experiment are calculated from."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._models = Models(experiment)
        self._reserves = choices_of(experiment).options.get("reserves")

    def walk(self, case: Case, report: Callable[[str], None] | None) -> "tuple[Model, Trial]":
        trial = case.trial
        if isinstance(trial, Prediction):
            gait = predict_walk(trial, report=report)
            return gait.model, gait.trial
        return self._models.of(trial), open_trial(trial)

    def options(self, case: Case) -> dict[str, Any]:
        options = case.analysis.options()
        if self._experiment.actuators is not None:
            options["reserves"] = self._reserves
        if isinstance(case.trial, Prediction):
            options |= {"cutoff": None}  # a predicted motion has no noise
        return options


def control(
    experiment: Experiment,
    *,
    output: Path | None = None,
    threads: int | None = None,
    report: Callable[[str], None] | None = None,
) -> Controls:
    """Play every forward walk of an experiment backwards, and compare it with the retro walk that answers it.

    A retro walk answers a forward one that it shares model, settings, speed and ground with; who walks uphill
    forward walks downhill in retro on the same ground. Stores ``control.csv`` and ``control.json``.

    Parameters
    ----------
    experiment
        Checked experiment; recorded trials and walks to predict.
    output
        Folder that overrides the one in the experiment.
    threads
        Threads for the frames of one trial; as many as the machine has when None.
    report
        Told which walk is at work.

    Raises
    ------
    ConfigError
        No trial walks forward, or the output cannot be written.
    GaitError
        An input cannot be used.
    """
    cases = cases_of(experiment)
    forward = [case for case in cases if _way(case)[0] == "forward"]
    if not forward:
        raise ConfigError(f"{experiment.source}: no trial walks forward, so there is none to play backwards")
    folder = output or experiment.output
    require_writable(folder)
    opened = _Opened(experiment)
    walks = {}
    for case in forward:
        if report is not None:
            report(case.name)
        model, trial = opened.walk(case, report)
        answer = next((other for other in cases if _answers(other, case)), None)
        retro = opened.walk(answer, report)[1] if answer else None
        options = opened.options(case)
        walks[case.name] = reversal_control(model, trial, retro=retro, threads=threads, **options)
    done = Controls(folder, walks, tuple(_remarks(walks)))
    _store(experiment, done)
    return done


def _way(case: Case) -> tuple[str, float, float]:
    """Direction, speed (NaN where nobody said) and incline of a case."""
    walk = case.trial.condition if isinstance(case.trial, Prediction) else case.trial
    return walk.direction, math.nan if walk.speed is None else walk.speed, walk.incline


def _answers(other: Case, case: Case) -> bool:
    """Whether a case is the retro walk of a forward one, on the same ground, which it goes the other way."""
    direction, speed, incline = _way(other)
    _, forward_speed, forward_incline = _way(case)
    predicted = isinstance(case.trial, Prediction), isinstance(other.trial, Prediction)
    return (
        direction == "retro"
        and abs(speed - forward_speed) < SAME_SPEED
        and abs(incline + forward_incline) < SAME_SLOPE
        and other.analysis == case.analysis
        and predicted[0] == predicted[1]
        and getattr(other.trial, "model", None) == getattr(case.trial, "model", None)
    )


def _remarks(walks: Mapping[str, xr.Dataset]) -> list[str]:
    """Say what the numbers are and what they rest on."""
    alone = sum(not walk.attrs["retro"] for walk in walks.values())
    lines = [
        "force-velocity: what changes when the walk is played backwards, its poses and moments kept (twin "
        "minus forward); kinematics: what a true retro walk at that speed on that ground adds (retro minus "
        "twin).",
        "moment gap: how far the twin's generalized forces lie from the original's, at most.",
        "patellofemoral: the closed form; quadriceps: mean over heads and time. control.csv has both engines "
        "and every muscle.",
    ]
    if alone:
        lines.append(f"{alone} of {len(walks)} walks have no retro walk that answers them: twin alone.")
    told: dict[str, list[str]] = {}
    for name, walk in walks.items():
        for note in walk.attrs["notes"]:
            told.setdefault(note, []).append(name)
    for note, names in told.items():
        who = f"all {len(names)}" if len(names) == len(walks) > 1 else ", ".join(names[:3])
        lines.append(f"{who}{f' and {len(names) - 3} more' if 3 < len(names) < len(walks) else ''}: {note}")
    return lines


def _store(experiment: Experiment, done: Controls) -> None:
    inputs = [path for trial in experiment.trials for path in trial.inputs] + experiment.shared_inputs
    walks = {name: json.loads(walk.attrs["provenance"]) for name, walk in done.walks.items()}
    try:
        to_csv(done.walks, done.folder / TABLE)
        store_record(done.folder / RECORD, experiment, inputs, remarks=list(done.remarks), walks=walks)
    except OSError as error:
        raise ConfigError(f"{done.folder}: cannot be written to ({error.strerror})") from error
