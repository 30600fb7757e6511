"""Many cases: look what is there, run the rest, keep what is stored, and say what came of it.

Each result is stored as soon as it is there, under a key of everything that it depends on. So an interruption
loses what is in work and nothing else, and the same study run again goes on where it was.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import NamedTuple

import xarray as xr
from rich.console import Console

from retrogait._jit import kernels_cached
from retrogait.cases import Case, cases_of
from retrogait.collection import Collection
from retrogait.config import Experiment
from retrogait.errors import ConfigError, FileError, GaitError, ResultError
from retrogait.execute.base import Executor, Lost
from retrogait.execute.choose import choose
from retrogait.execute.keys import key_of
from retrogait.execute.ledger import Ledger
from retrogait.execute.pictures import LOADS as PICTURE
from retrogait.execute.pictures import PEAKS, store_picture, store_pictures
from retrogait.execute.record import earlier_seconds, store_failures, store_manifest
from retrogait.execute.runner import Answer, Brief, Outcome, Runner, Task, brief_of, portable
from retrogait.io.atomic import remove_stale
from retrogait.io.results import stored_key
from retrogait.jobs import is_bundled, store_prediction
from retrogait.report.loads import draw_loads, load_curves
from retrogait.report.progress import StudyProgress, stages, study_progress
from retrogait.report.summary import Row, to_csv
from retrogait.sweep import Prediction

__all__ = ["PEAKS", "PICTURE", "Planned", "Study", "check", "plan", "predict", "require_writable", "run"]

COMPILING = "compiling the kernels, once for this version on this machine: about a minute"
AGAIN = "run the same command again to go on"
SUMMARY = "summary.csv"
WHOLE = "results.h5"
LISTED = 5
"""Files that a complaint names before it counts the rest."""


class Planned(NamedTuple):
    """A case before anything is run.

    case  : as the experiment has it
    task  : as an executor takes it
    state : ``new``, ``done``, ``outdated`` (stored under another key), or what is wrong with the file there
    """

    case: Case
    task: Task
    state: str

    @property
    def in_the_way(self) -> bool:
        """Whether a file that is no result of this program has the name of the result."""
        return self.state not in {"new", "done", "outdated"}


@dataclass(slots=True)
class Study:
    """What a run has come to.

    Attributes
    ----------
    folder
        Where everything was stored.
    outcomes
        One per case, in the order of the experiment.
    rows
        Rows of the summary, of the stored cases, in that order.
    pictures
        Names of the pictures that were drawn.
    """

    folder: Path
    outcomes: list[Outcome]
    rows: list[Row] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def count(self, status: str) -> int:
        """Number of cases with a status."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        """Number of cases that gave no result."""
        return self.count("failed")

    @property
    def kept(self) -> int:
        """Number of cases whose result was there before."""
        return sum(outcome.kept for outcome in self.outcomes)


def plan(experiment: Experiment, output: Path | None = None) -> list[Planned]:
    """Find out what a run would do; reads inputs and results, changes nothing.

    Parameters
    ----------
    experiment
        Checked experiment.
    output
        Folder that overrides the one in the experiment.
    """
    folder = output or experiment.output
    planned = []
    for case in cases_of(experiment):
        try:
            key = key_of(case, experiment)
        except FileError:
            key = ""  # the case will fail, and say by which file
        task = Task(portable(case), key, folder / f"{case.name}.h5")
        planned.append(Planned(case, task, _state(task)))
    return planned


def _state(task: Task) -> str:
    if not task.target.exists():
        return "new"
    try:
        stored = stored_key(task.target)
    except ResultError as error:
        return str(error)
    return "done" if task.key and stored == task.key else "outdated"


def run(
    experiment: Experiment,
    *,
    output: Path | None = None,
    threads: int | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    scheduler: str | None = None,
    console: Console | None = None,
) -> Study:
    """Run every case of an experiment that is not done yet.

    A case that cannot be analyzed, or a walk that cannot be predicted, is recorded with its reason and the
    others go on. Tables and manifest are written even when the run is interrupted.

    Parameters
    ----------
    experiment
        Checked experiment.
    output
        Folder that overrides the one in the experiment.
    threads
        Processors to use; all when None.
    jobs
        Processes to use, each with one thread; when None as many as there are processors, or none beside this
        one where starting them would cost more than it saves.
    fresh
        Whether to run cases again whose result is there.
    scheduler
        Address of a Dask scheduler whose workers run the cases.
    console
        Where progress goes; standard error when None.

    Raises
    ------
    ConfigError
        The output folder cannot be written to, or there is no such scheduler.
    FileError
        The file with the reserves cannot be read.
    ResultError
        A file that is no result of this program has the name of a result; or nothing more can be stored.
    KeyboardInterrupt
        Passed on with a message once all that is there is stored.
    """
    console = console or Console(stderr=True)
    started = perf_counter()
    folder = output or experiment.output
    planned = plan(experiment, folder)
    _refuse_foreign(planned)
    brief = brief_of(experiment, fresh=fresh, threads=threads)
    require_writable(folder)
    remove_stale(folder)
    executor = choose(brief, jobs=jobs, scheduler=scheduler)
    if not kernels_cached():
        console.print(COMPILING, style="dim", highlight=False)
    cases, tasks = [one.case for one in planned], [one.task for one in planned]
    stopped: BaseException | None = None
    study = Study(folder, [Outcome(case.name, "not run") for case in cases])
    try:
        with (
            study_progress(console, len(planned)) as progress,
            Collection(folder / WHOLE, [case.name for case in cases]) as whole,
        ):
            ledger = Ledger(cases, tasks, whole, earlier_seconds(folder))
            study.outcomes = ledger.outcomes
            try:
                _work(executor, brief, planned, ledger, progress)
            except (KeyboardInterrupt, GaitError) as error:
                stopped = error
            study.rows = ledger.rows
            ledger.close()
        remove_stale(folder)  # of workers that were killed meanwhile
        done = {"seconds": round(perf_counter() - started, 3), "kept": study.kept}
        _store_tables(experiment, study, cases, done)
    except (OSError, ResultError) as error:  # where a case has stopped it, that is the reason to tell
        stopped = stopped or error
    if stopped is not None:
        raise _explained(stopped, study) from stopped
    return study


def _work(
    executor: Executor, brief: Brief, planned: Sequence[Planned], ledger: Ledger, progress: StudyProgress
) -> None:
    """Run every case, those to solve last and here: solving has processes of its own."""
    here = [at for at, one in enumerate(planned) if _has_to_be_solved(one, fresh=brief.fresh)]
    away = sorted(set(range(len(planned))) - set(here))

    def enter(at: int, answer: Answer | Lost) -> None:
        if isinstance(answer, Answer) and answer.full:
            raise ResultError(answer.full)
        outcome = ledger.enter(at, answer)
        progress.finish(outcome.name, outcome.reason, failed=outcome.status == "failed", kept=outcome.kept)

    with closing(executor.run([planned[at].task for at in away])) as answers:
        for position, answer in answers:
            enter(away[position], answer)
    runner = Runner(brief)
    for at in here:
        enter(at, runner(planned[at].task, progress.stage))


def _has_to_be_solved(one: Planned, *, fresh: bool) -> bool:
    trial = one.case.trial
    return isinstance(trial, Prediction) and (fresh or one.state != "done") and not is_bundled(trial)


def _refuse_foreign(planned: Sequence[Planned]) -> None:
    """Stop before any work where a result would take the place of something else."""
    found = [one.state for one in planned if one.in_the_way]
    if found:
        more = f"; and {len(found) - LISTED} more" if len(found) > LISTED else ""
        raise ResultError(
            f"{'; '.join(found[:LISTED])}{more}. Nothing was run: move or delete what is in the way, or "
            "store elsewhere with --out"
        )


def _explained(stopped: BaseException, study: Study) -> BaseException:
    """The reason why a study stopped, with how far it came and how to go on."""
    stored = f"{study.count('stored')} of {len(study.outcomes)} cases are stored"
    if isinstance(stopped, KeyboardInterrupt):
        return KeyboardInterrupt(f"interrupted; {stored}; {AGAIN}")
    kind = type(stopped) if isinstance(stopped, GaitError) else ResultError
    return kind(f"{stopped}; {stored}; once that is mended, {AGAIN}")


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
    store_picture(folder / PICTURE, draw_loads(title, [load_curves(dataset)]))
    return dataset


def check(experiment: Experiment, planned: Sequence[Planned]) -> list[str]:
    """Everything that would stop a run, one line each; recorded trials are read and fitted, none is solved.

    Parameters
    ----------
    experiment
        Checked experiment.
    planned
        Of `plan`; what is done already is left out.
    """
    problems = [one.state for one in planned if one.in_the_way]
    runner = Runner(brief_of(experiment))
    for one in planned:
        if one.state in {"new", "outdated"}:
            try:
                runner.check(one.case)
            except GaitError as error:
                problems.append(f"{one.case.name}: {' '.join(str(error).split())}")
    return problems


def require_writable(folder: Path) -> None:
    """Find out before the first case, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except (FileExistsError, NotADirectoryError) as error:
        raise ConfigError(f"{folder}: a file is in its place, expected a folder") from error
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written to ({error.strerror})") from error


def _store_tables(
    experiment: Experiment, study: Study, cases: Sequence[Case], done: Mapping[str, float]
) -> None:
    """Write summary, failures, manifest and pictures of what there is."""
    to_csv(study.rows, study.folder / SUMMARY)
    store_failures(study.folder, study.outcomes)
    store_manifest(study.folder, experiment, cases, study.outcomes, done)
    study.pictures = store_pictures(study.folder, experiment.name, study.rows)
