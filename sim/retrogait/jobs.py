"""One case of a study: read or predicted, analyzed, stored, and what came of it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import xarray as xr

import retrogait as rg
from retrogait.config import Experiment, Trial
from retrogait.io.provenance import digests
from retrogait.io.reserves import read_reserves
from retrogait.io.results import write_result
from retrogait.normalise import normalise
from retrogait.predict.library import manifest
from retrogait.predict.settings import choices_of as assumptions_of
from retrogait.sweep import Prediction

if TYPE_CHECKING:
    from retrogait.gait import Trial as RecordedTrial
    from retrogait.model import Model
    from retrogait.predict import Gait

Report = Callable[[str], None]
"""Takes a line that says what a calculation is at."""


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
        cycle=trial.cycle,
        name=trial.name,
    )


class Models:
    """Models of the recorded trials of an experiment, each file read once."""

    def __init__(self, experiment: Experiment) -> None:
        self._knees = experiment.knees
        self._read: dict[Path, Model] = {}

    def of(self, trial: Trial) -> "Model":
        """Model that a trial names.

        Raises
        ------
        FileError, ModelError
            As `retrogait.load_model`.
        """
        if trial.model not in self._read:
            self._read[trial.model] = rg.load_model(trial.model, knees=self._knees)
        return self._read[trial.model]


def predict_walk(
    prediction: Prediction, *, sensitivity: bool = False, report: Report | None = None
) -> "Gait":
    """Solve for a walk of an experiment, or take the bundled one.

    Raises
    ------
    SolveError
        No gait was found.
    """
    condition = prediction.condition
    return rg.predict(
        condition.direction,
        condition.speed,
        condition.incline,
        tendon=prediction.tendon,
        weights=prediction.weights,
        strength=dict(prediction.strength) or None,
        sensitivity=sensitivity,
        fresh=prediction.fresh,
        report=report,
    )


def is_bundled(walk: Prediction) -> bool:
    """Whether the motion comes with the package, so that nothing has to be solved."""
    entry = manifest().get("conditions", {}).get(walk.condition.name)
    if walk.fresh or entry is None:
        return False
    same = (entry["speed"], entry["incline"]) == (walk.condition.speed, walk.condition.incline)
    return same and assumptions_of(walk.tendon, walk.weights, walk.strength).plain


def store_prediction(
    prediction: Prediction,
    target: Path,
    *,
    options: Mapping[str, Any] | None = None,
    notes: list[str] | None = None,
    inputs: list[Path] | None = None,
    threads: int | None = None,
    report: Report | None = None,
    name: str | None = None,
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
    name
        Of the case; by default that of the walk. Under another name the motion files get a folder of their
        own, because several cases may have one walk.
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
    name = name or prediction.name
    gait = predict_walk(prediction, sensitivity=prediction.sensitivity, report=report)
    left_out = {"cutoff", "strength"}  # no noise to filter; the strength is that of the prediction
    chosen = {key: value for key, value in (options or {}).items() if key not in left_out}
    remarks = [*gait.notes]
    if chosen or threads is not None:
        strength = dict(prediction.strength) or None
        dataset = rg.analyze(
            gait.model, gait.trial, threads=threads, cutoff=None, strength=strength, **chosen
        )
    else:
        dataset = gait.result
    if chosen and gait.sensitivity:
        remarks.append(f"the sensitivity leaves [analysis] at its defaults, not {', '.join(chosen)}")
    dataset = normalise(dataset, gait.model, gait.trial)
    remarks += dataset.attrs["notes"]
    dataset = dataset.assign_attrs(
        trial=name,
        source=gait.source,
        assumptions={
            "tendon": prediction.tendon,
            "weights": prediction.weights.name if prediction.weights else None,
            "strength": dict(prediction.strength),
        },
        figures=dict(gait.figures),
        sensitivity={name: dict(case) for name, case in (gait.sensitivity or {}).items()} or None,
        notes=list(dict.fromkeys([*remarks, *(notes or [])])),
        provenance=with_inputs(dataset, [*prediction.inputs, *(inputs or [])]),
        **labels,
    )
    gait.write(target.parent if name == prediction.name else target.parent / name)
    write_result(target, dataset)
    return dataset


def with_inputs(dataset: xr.Dataset, inputs: list[Path]) -> str:
    """Provenance of a result that rests on further files."""
    given = json.loads(dataset.attrs["provenance"])
    given["inputs"] |= digests(inputs)
    return json.dumps(given, sort_keys=True)
