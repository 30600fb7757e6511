"""Many trials: read each, analyze it, store it at once, and say what came of it.

One trial after another, because `retrogait.pipeline.analyze` uses all threads for the frames of
one. Each result is stored before the next trial starts, so an interruption loses nothing.
"""

import json
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec
import xarray as xr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import retrogait as rg
from retrogait._jit import kernels_cached
from retrogait.config import Experiment, Trial
from retrogait.errors import ConfigError, GaitError
from retrogait.io.atomic import replacing
from retrogait.io.provenance import digests, record
from retrogait.io.reserves import Reserves, read_reserves
from retrogait.io.results import write_result
from retrogait.report.loads import LoadCurves, draw_loads, load_curves
from retrogait.report.summary import Row, summarize, to_csv

if TYPE_CHECKING:
    from retrogait.gait import Trial as RecordedTrial
    from retrogait.model import Model

COMPILING = "compiling the kernels, once for this version on this machine: about a minute"
SUMMARY = "summary.csv"
PICTURE = "loads.svg"
RECORD = "experiment.json"


class Job(NamedTuple):
    """One trial and the file its result goes to."""

    trial: Trial
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
    """

    folder: Path
    outcomes: list[Outcome] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    curves: list[LoadCurves] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Number of trials that gave no result."""
        return sum(outcome.status == "failed" for outcome in self.outcomes)


def plan(experiment: Experiment, output: Path | None = None) -> list[Job]:
    """Expand an experiment into its jobs; touches nothing.

    Parameters
    ----------
    experiment
        Checked experiment.
    output
        Folder that overrides the one in the experiment.
    """
    folder = output or experiment.output
    return [Job(trial, folder / f"{trial.name}.h5") for trial in experiment.trials]


def run(
    experiment: Experiment,
    *,
    output: Path | None = None,
    threads: int | None = None,
    console: Console | None = None,
) -> Study:
    """Run every trial of an experiment.

    A trial that cannot be analyzed is recorded with its reason and the next one starts. Summary and
    record are written even when the run is interrupted.

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
    reserves = read_reserves(experiment.actuators) if experiment.actuators else None
    require_writable(study.folder)
    runner = _Runner(experiment, threads, reserves)
    if not kernels_cached():
        console.print(COMPILING, style="dim", highlight=False)
    try:
        with _progress(console, len(jobs)) as report:
            for job in jobs:
                outcome, dataset = runner.attempt(job)
                study.outcomes.append(outcome)
                if dataset is not None:
                    study.rows.extend(summarize(dataset))
                    study.curves.append(load_curves(dataset))
                report(outcome)
    finally:
        _store_record(experiment, study, jobs)
    return study


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
        name=trial.name,
    )


def check(experiment: Experiment) -> list[str]:
    """Everything that would stop a trial, one line each: files are read and fitted, nothing is solved."""
    problems = []
    reserves = read_reserves(experiment.actuators) if experiment.actuators else None
    runner = _Runner(experiment, None, reserves)
    for trial in experiment.trials:
        try:
            rg.check(runner.model(trial.model), open_trial(trial), **runner.options())
        except GaitError as error:
            problems.append(f"{trial.name}: {' '.join(str(error).split())}")
    return problems


class _Runner:
    """Runs jobs of one experiment; a model that several trials share is loaded once."""

    def __init__(self, experiment: Experiment, threads: int | None, reserves: Reserves | None) -> None:
        self._experiment = experiment
        self._threads = threads
        self._reserves = reserves
        self._models: dict[Path, Model] = {}

    def attempt(self, job: Job) -> tuple[Outcome, xr.Dataset | None]:
        """Analyze and store one trial, or find out why it cannot be."""
        started = perf_counter()
        name = job.trial.name
        log = job.target.with_suffix(".traceback.txt")
        try:
            dataset = self._analyze(job.trial)
            write_result(job.target, dataset)
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

    def _analyze(self, trial: Trial) -> xr.Dataset:
        notes = []
        if self._reserves is not None and self._reserves.skipped:
            skipped = ", ".join(self._reserves.skipped)
            notes.append(f"actuators that are no reserves, left out: {skipped}")
        motion = open_trial(trial)
        dataset = rg.analyze(self.model(trial.model), motion, threads=self._threads, **self.options())
        given = json.loads(dataset.attrs["provenance"])
        given["inputs"] |= digests(_shared_inputs(self._experiment))
        return dataset.assign_attrs(
            experiment=self._experiment.name,
            notes=[*dataset.attrs["notes"], *notes],
            provenance=json.dumps(given, sort_keys=True),
        )

    def options(self) -> dict[str, Any]:
        """Keyword arguments of every analysis."""
        options = self._experiment.analysis.options()
        if self._reserves is not None:
            options["reserves"] = dict(self._reserves.optimal_force)
        return options

    def model(self, path: Path) -> "Model":
        """Load a model once for all trials."""
        if path not in self._models:
            self._models[path] = rg.load_model(path, knees=self._experiment.knees)
        return self._models[path]


def _shared_inputs(experiment: Experiment) -> list[Path]:
    """Return the files that every trial rests on, less the models."""
    return [path for path in (experiment.source, experiment.actuators) if path is not None]


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[Outcome], None]]:
    """Give a function that reports one outcome: a bar on a terminal, and always a line."""
    columns = (TextColumn("trials"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar:
        task = bar.add_task("trials", total=total)
        width = len(str(total))

        def report(outcome: Outcome) -> None:
            bar.advance(task)
            done = f"[{int(bar.tasks[0].completed):{width}}/{total}] {outcome.trial}: "
            failed = f"failed: {outcome.reason}"
            text = failed if outcome.status == "failed" else f"{outcome.seconds:.2f} s"
            console.print(
                done + text,
                style="red" if outcome.status == "failed" else "",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )

        yield report


def require_writable(folder: Path) -> None:
    """Find out before the first trial, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written to ({error.strerror})") from error


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
            digests(_shared_inputs(experiment)),
        ),
    }
    with replacing(study.folder / RECORD) as partial:
        text = json.dumps(content, indent=2, ensure_ascii=False)
        partial.write_text(text + "\n", encoding="utf-8")
    to_csv(study.rows, study.folder / SUMMARY)
    picture = draw_loads(f"{experiment.name}: knee contact forces", study.curves)
    if picture is not None:
        with replacing(study.folder / PICTURE) as partial:
            partial.write_text(picture, encoding="utf-8")


def _bare_name(path: Path) -> str:
    return path.name
