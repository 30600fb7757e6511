"""One trial of a study: read or predicted, analyzed, stored, and what came of it."""

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import xarray as xr

import retrogait as rg
from retrogait.config import Experiment, Trial
from retrogait.errors import GaitError
from retrogait.io.provenance import digests
from retrogait.io.reserves import read_reserves
from retrogait.io.results import write_result
from retrogait.sweep import Prediction

if TYPE_CHECKING:
    from retrogait.gait import Trial as RecordedTrial
    from retrogait.model import Model

Report = Callable[[str], None]
"""Takes a line that says what a calculation is at."""


class Job(NamedTuple):
    """One trial and the file its result goes to."""

    trial: Trial | Prediction
    target: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one trial.

    Attributes
    ----------
    trial
        Its name.
    status
        ``stored``, ``failed``, or ``not run`` when the study was interrupted before.
    file
        Name of the result file in the output folder; empty unless stored.
    reason
        Why it failed, in one line.
    seconds
        Time from reading the inputs to the stored file [s].
    inputs
        SHA-256 of every file that was read, by name; empty unless stored.
    """

    trial: str
    status: Literal["stored", "failed", "not run"]
    file: str = ""
    reason: str = ""
    seconds: float = 0.0
    inputs: Mapping[str, str] = field(default_factory=dict)


class Choices(NamedTuple):
    """What an experiment asks of every analysis.

    options : keyword arguments of `retrogait.analyze`
    notes   : remarks on what was left out
    """

    options: dict[str, Any]
    notes: list[str]


def choices_of(experiment: Experiment) -> Choices:
    """Gather `[analysis]` and the file of reserves that it may name.

    Raises
    ------
    FileError
        If the file with the reserves cannot be read.
    """
    options = experiment.analysis.options()
    notes = []
    if experiment.actuators is not None:
        reserves = read_reserves(experiment.actuators)
        options["reserves"] = dict(reserves.optimal_force)
        if reserves.skipped:
            notes.append(f"actuators that are no reserves, left out: {', '.join(reserves.skipped)}")
    return Choices(options, notes)


def open_trial(trial: Trial) -> "RecordedTrial":
    """Read the files of one trial of an experiment.

    Raises
    ------
    FileError, ConfigError, MotionError
        As `retrogait.load_trial`.
    """
    return rg.load_trial(
        coordinates=trial.coordinates,
        external_loads=trial.external_loads,
        data_file=trial.data_file,
        start=trial.start,
        end=trial.end,
        direction=trial.direction,
        speed=trial.speed,
        incline=trial.incline,
        axes=trial.axes,
        origin=trial.origin,
        hold=trial.hold,
        spline=trial.spline,
        name=trial.name,
    )


def store_prediction(
    prediction: Prediction,
    target: Path,
    *,
    options: Mapping[str, Any] | None = None,
    notes: list[str] | None = None,
    inputs: list[Path] | None = None,
    threads: int | None = None,
    report: Report | None = None,
    **labels: str,
) -> xr.Dataset:
    """Predict one walk, analyze it, and store the result with the motion files beside it.

    Parameters
    ----------
    prediction
        What to predict.
    target
        File for the result; the motion files get its folder.
    options
        Keyword arguments of `retrogait.analyze`. A cut-off is left out: a predicted motion has no
        noise.
    notes
        Remarks to store beside those of prediction and analysis.
    inputs
        Files to name in the provenance beside those of the prediction.
    threads
        Threads for the frames; as many as the machine has when None.
    report
        Told about every stage.
    labels
        Further attributes of the result.

    Returns
    -------
    xarray.Dataset
        Result of `retrogait.analyze` with attributes ``source``, ``assumptions``, ``figures`` and
        ``sensitivity`` beside its own.

    Raises
    ------
    SolveError
        No gait was found.
    ConfigError
        An option does not fit the model.
    ResultError
        The result cannot be written.
    """
    condition = prediction.condition
    gait = rg.predict(
        condition.direction,
        condition.speed,
        condition.incline,
        tendon=prediction.tendon,
        weights=prediction.weights,
        strength=dict(prediction.strength) or None,
        sensitivity=prediction.sensitivity,
        fresh=prediction.fresh,
        report=report,
    )
    chosen = {key: value for key, value in (options or {}).items() if key != "cutoff"}
    remarks = [*gait.notes]
    if chosen:
        dataset = rg.analyze(gait.model, gait.trial, threads=threads, cutoff=None, **chosen)
        if gait.sensitivity:
            remarks.append(f"the sensitivity leaves [analysis] at its defaults, not {', '.join(chosen)}")
    else:
        dataset = gait.result
    remarks += dataset.attrs["notes"]
    dataset = dataset.assign_attrs(
        trial=prediction.name,
        source=gait.source,
        assumptions={
            "tendon": prediction.tendon,
            "weights": prediction.weights.name if prediction.weights else None,
            "strength": dict(prediction.strength),
        },
        figures=dict(gait.figures),
        sensitivity={name: dict(case) for name, case in (gait.sensitivity or {}).items()} or None,
        notes=list(dict.fromkeys([*remarks, *(notes or [])])),
        provenance=_with_inputs(dataset, [*prediction.inputs, *(inputs or [])]),
        **labels,
    )
    gait.write(target.parent)
    write_result(target, dataset)
    return dataset


def _with_inputs(dataset: xr.Dataset, inputs: list[Path]) -> str:
    """Provenance of a result that rests on further files."""
    given = json.loads(dataset.attrs["provenance"])
    given["inputs"] |= digests(inputs)
    return json.dumps(given, sort_keys=True)


class Runner:
    """Runs jobs of one experiment; a model that several trials share is loaded once.

    Raises
    ------
    FileError
        If the file with the reserves cannot be read.
    """

    def __init__(self, experiment: Experiment, threads: int | None = None) -> None:
        self._experiment = experiment
        self._threads = threads
        self._choices = choices_of(experiment)
        self._models: dict[Path, Model] = {}

    def check(self, trial: Trial) -> None:
        """Read and fit a trial, solve nothing; raises what would stop it."""
        rg.check(self._model(trial.model), open_trial(trial), **self._choices.options)

    def attempt(self, job: Job, report: Report | None = None) -> tuple[Outcome, xr.Dataset | None]:
        """Analyze and store one trial, or find out why it cannot be."""
        started = perf_counter()
        name = job.trial.name
        log = job.target.with_suffix(".traceback.txt")
        try:
            dataset = self._store(job, report)
        except GaitError as error:
            reason = " ".join(str(error).split())
        except Exception as error:  # a fault of this program must not cost the other trials
            log.write_text(traceback.format_exc(), encoding="utf-8")
            reason = f"fault in retrogait, {type(error).__name__}: {error}".splitlines()[0]
            reason += f"; please report it with {log.name}"
        else:
            log.unlink(missing_ok=True)
            stored = Outcome(
                name,
                "stored",
                job.target.name,
                seconds=perf_counter() - started,
                inputs=json.loads(dataset.attrs["provenance"])["inputs"],
            )
            return stored, dataset
        if job.target.exists():
            reason += f" ({job.target.name} in that folder is from an earlier run)"
        return Outcome(name, "failed", reason=reason, seconds=perf_counter() - started), None

    def _store(self, job: Job, report: Report | None) -> xr.Dataset:
        trial, (options, notes) = job.trial, self._choices
        experiment, inputs = self._experiment.name, self._experiment.shared_inputs
        if isinstance(trial, Prediction):
            return store_prediction(
                trial,
                job.target,
                options=options,
                notes=notes,
                inputs=inputs,
                threads=self._threads,
                report=report,
                experiment=experiment,
            )
        motion = open_trial(trial)
        dataset = rg.analyze(self._model(trial.model), motion, threads=self._threads, **options)
        dataset = dataset.assign_attrs(
            experiment=experiment,
            notes=[*dataset.attrs["notes"], *notes],
            provenance=_with_inputs(dataset, inputs),
        )
        write_result(job.target, dataset)
        return dataset

    def _model(self, path: Path) -> "Model":
        """Load a model once for all trials."""
        if path not in self._models:
            self._models[path] = rg.load_model(path, knees=self._experiment.knees)
        return self._models[path]
