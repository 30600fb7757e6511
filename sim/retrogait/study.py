"""Many trials: run each, keep what is stored, and say what came of it.

One trial after another, because `retrogait.pipeline.analyze` uses all threads for the frames of
one. Each result is stored before the next trial starts, so an interruption loses nothing.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

import msgspec
import xarray as xr
from rich.console import Console

from retrogait._jit import kernels_cached
from retrogait.config import Experiment
from retrogait.errors import ConfigError, GaitError
from retrogait.io.atomic import replacing
from retrogait.io.provenance import digests, record
from retrogait.jobs import Job, Outcome, Runner, store_prediction
from retrogait.report.loads import LoadCurves, draw_loads, load_curves
from retrogait.report.peaks import draw_peaks
from retrogait.report.progress import stages, trial_progress
from retrogait.report.summary import Row, summarize, to_csv
from retrogait.sweep import Prediction

COMPILING = "compiling the kernels, once for this version on this machine: about a minute"
SUMMARY = "summary.csv"
PICTURE = "loads.svg"
PEAKS = "peaks.svg"
RECORD = "experiment.json"


@dataclass(slots=True)
class Study:
    """What a run has come to so far; complete when `run` returns.

    Attributes
    ----------
    folder
        Where everything was stored.
    outcomes
        One per trial that ran, in the order of the experiment.
    rows
        Rows of the summary, of the stored trials.
    curves
        Lines of the picture, of the stored trials.
    pictures
        Names of the pictures that were drawn.
    """

    folder: Path
    outcomes: list[Outcome] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    curves: list[LoadCurves] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Number of trials that gave no result."""
        return sum(outcome.status == "failed" for outcome in self.outcomes)


def plan(experiment: Experiment, output: Path | None = None) -> list[Job]:
    """Expand an experiment into its jobs, recorded trials first; touches nothing.

    Parameters
    ----------
    experiment
        Checked experiment.
    output
        Folder that overrides the one in the experiment.
    """
    folder = output or experiment.output
    jobs = [Job(trial, folder / f"{trial.name}.h5") for trial in experiment.trials]
    return jobs + [Job(walk, folder / f"{walk.name}.h5") for walk in experiment.predictions]


def run(
    experiment: Experiment,
    *,
    output: Path | None = None,
    threads: int | None = None,
    console: Console | None = None,
) -> Study:
    """Run every trial of an experiment.

    A trial that cannot be analyzed, or a walk that cannot be predicted, is recorded with its reason
    and the next one starts. Summary and record are written even when the run is interrupted.

    Parameters
    ----------
    experiment
        Checked experiment.
    output
        Folder that overrides the one in the experiment.
    threads
        Threads for the frames of one trial; as many as the machine has when None.
    console
        Where progress goes; standard error when None.

    Raises
    ------
    ConfigError
        If the output folder cannot be written to.
    FileError
        If the file with the reserves cannot be read.
    """
    console = console or Console(stderr=True)
    jobs = plan(experiment, output)
    study = Study(output or experiment.output)
    runner = Runner(experiment, threads)
    require_writable(study.folder)
    if not kernels_cached():
        console.print(COMPILING, style="dim", highlight=False)
    try:
        with trial_progress(console, len(jobs)) as progress:
            for job in jobs:
                outcome, dataset = runner.attempt(job, progress.stage)
                study.outcomes.append(outcome)
                if dataset is not None:
                    study.rows.extend(summarize(dataset))
                    study.curves.append(load_curves(dataset))
                failed = outcome.status == "failed"
                result = f"failed: {outcome.reason}" if failed else f"{outcome.seconds:.2f} s"
                progress.finish(outcome.trial, result, failed=failed)
    finally:
        _store_record(experiment, study, jobs)
    return study


def predict(prediction: Prediction, folder: Path, *, console: Console | None = None) -> xr.Dataset:
    """Predict one walk and store motion, ground forces, result and picture.

    Parameters
    ----------
    prediction
        What to predict.
    folder
        Where to store it.
    console
        Where progress goes; standard error when None.

    Raises
    ------
    SolveError
        No gait was found.
    ConfigError
        The folder cannot be written to.
    """
    require_writable(folder)
    with stages(console or Console(stderr=True)) as report:
        if not kernels_cached():
            report(COMPILING)
        dataset = store_prediction(prediction, folder / f"{prediction.name}.h5", report=report)
    title = f"{prediction.name}: knee contact forces"
    _store_picture(folder / PICTURE, draw_loads(title, [load_curves(dataset)]))
    return dataset


def check(experiment: Experiment) -> list[str]:
    """Everything that would stop a recorded trial, one line each: read and fitted, nothing solved."""
    problems = []
    runner = Runner(experiment)
    for trial in experiment.trials:
        try:
            runner.check(trial)
        except GaitError as error:
            problems.append(f"{trial.name}: {' '.join(str(error).split())}")
    return problems


def require_writable(folder: Path) -> None:
    """Find out before the first trial, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written to ({error.strerror})") from error


def _store_picture(path: Path, picture: str | None) -> bool:
    """Write a picture if there is one, and tell whether there is."""
    if picture is None:
        return False
    with replacing(path) as partial:
        partial.write_text(picture, encoding="utf-8")
    return True


def _store_record(experiment: Experiment, study: Study, jobs: list[Job]) -> None:
    """Write the summary and what was run, from what, with which outcome."""
    ran = {outcome.trial: outcome for outcome in study.outcomes}
    outcomes = [ran.get(job.trial.name, Outcome(job.trial.name, "not run")) for job in jobs]
    content = {
        "name": experiment.name,
        "description": experiment.description,
        "trials": [asdict(outcome) for outcome in outcomes],
        "provenance": record(
            msgspec.to_builtins(experiment, enc_hook=_bare_name),
            digests(experiment.shared_inputs),
        ),
    }
    with replacing(study.folder / RECORD) as partial:
        text = json.dumps(content, indent=2, ensure_ascii=False)
        partial.write_text(text + "\n", encoding="utf-8")
    to_csv(study.rows, study.folder / SUMMARY)
    pictures = {
        PICTURE: draw_loads(f"{experiment.name}: knee contact forces", study.curves),
        PEAKS: draw_peaks(f"{experiment.name}: peak knee contact forces", study.rows),
    }
    study.pictures = [name for name, text in pictures.items() if _store_picture(study.folder / name, text)]


def _bare_name(path: Path) -> str:
    return path.name
