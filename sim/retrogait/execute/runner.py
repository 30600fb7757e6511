"""One case of a study in whatever process it is worked on: analyzed, stored, and what came of it."""

import errno
import json
import math
import platform
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec
import xarray as xr

import retrogait as rg
from retrogait.cases import Case
from retrogait.config import Experiment
from retrogait.errors import ConfigError, GaitError
from retrogait.execute.keys import code_digest
from retrogait.io.results import read_result, stored_key, write_result
from retrogait.jobs import Report, choices_of, open_trial, store_prediction, with_inputs
from retrogait.normalise import Extract, extract, normalise
from retrogait.report.summary import Row, summarize
from retrogait.sweep import Prediction

if TYPE_CHECKING:
    from retrogait.model import Model

MOST_MODELS = 8
"""Compiled models that a process keeps, some MiB each."""

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}
"""Errors after which nothing can be stored: full disk or quota, read-only file system."""


class Task(NamedTuple):
    """One case, as an executor sends it.

    case   : what to analyze
    key    : digest of everything that its result depends on, written into it; empty where a file is missing
    target : file for the result
    """

    case: Case
    key: str
    target: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    Attributes
    ----------
    name
        Of the case.
    status
        ``stored``, ``failed``, or ``not run`` when the study was interrupted before.
    kept
        Whether the stored result was there before.
    key
        Digest of everything that its result depends on.
    file
        Name of the result file in the output folder; empty unless stored.
    reason
        Why it failed, in one line.
    seconds
        Time from reading the inputs to the stored file; NaN where nobody took it [s].
    inputs
        SHA-256 of every file that was read, by name; empty unless stored.
    """

    name: str
    status: Literal["stored", "failed", "not run"]
    kept: bool = False
    key: str = ""
    file: str = ""
    reason: str = ""
    seconds: float = math.nan
    inputs: Mapping[str, str] = field(default_factory=dict)


class Answer(NamedTuple):
    """What is kept of one case beside its file: little, and fit to be sent between processes.

    outcome : what came of it
    rows    : of the summary
    extract : for the file of the whole study; None where nothing was stored
    full    : why nothing more can be stored at all, or nothing
    """

    outcome: Outcome
    rows: list[Row]
    extract: Extract | None = None
    full: str = ""


class Brief(msgspec.Struct, frozen=True):
    """What all cases of a study have in common.

    Attributes
    ----------
    experiment
        Its name.
    knees
        Side to the name of its flexion coordinate.
    reserves
        Strength of each reserve from a file of its own; None without one.
    notes
        Remarks for every result.
    inputs
        Files that every case rests on, for its provenance.
    fresh
        Whether to compute what is there already.
    threads
        For the frames of one case; None takes all processors.
    code
        Digest of the code that the keys were made for; empty where it is that of this process for sure.
    """

    experiment: str
    knees: Mapping[str, str]
    reserves: Mapping[str, float] | None
    notes: tuple[str, ...]
    inputs: tuple[Path, ...]
    fresh: bool = False
    threads: int | None = None
    code: str = ""


def brief_of(experiment: Experiment, *, fresh: bool = False, threads: int | None = None) -> Brief:
    """What all cases of an experiment have in common.

    Raises
    ------
    FileError
        If the file with the reserves cannot be read.
    """
    given = choices_of(experiment)
    return Brief(
        experiment=experiment.name,
        knees=dict(experiment.knees),
        reserves=given.options.get("reserves") if experiment.actuators is not None else None,
        notes=tuple(given.notes),
        inputs=tuple(experiment.shared_inputs),
        fresh=fresh,
        threads=threads,
    )


def portable(case: Case) -> Case:
    """The case as other processes take it: without labels, which only tables show."""
    trial = case.trial
    if isinstance(trial, Prediction):
        trial = msgspec.structs.replace(trial, strength=dict(trial.strength))
    else:
        trial = msgspec.structs.replace(trial, labels={})
    return Case(name=case.name, trial=trial, analysis=case.analysis, labels={})


class Runner:
    """Handles tasks of one study; a model that several cases share is loaded once.

    Parameters
    ----------
    brief
        What the cases have in common.

    Raises
    ------
    ConfigError
        This process runs other code than the keys were made for.
    """

    def __init__(self, brief: Brief) -> None:
        if brief.code and brief.code != code_digest():
            raise ConfigError(
                f"a worker process on {platform.node()} runs other code of retrogait than the process that "
                "shares out the cases; install the same on both, and leave it alone while a study runs"
            )
        self._brief = brief
        self._models: dict[Path, Model] = {}

    def check(self, case: Case) -> None:
        """Read and fit a recorded trial, solve nothing; raises what would stop it."""
        trial = case.trial
        if not isinstance(trial, Prediction):
            rg.check(self._model(trial.model), open_trial(trial), **self._options(case))

    def __call__(self, task: Task, report: Report | None = None) -> Answer:
        """Analyze and store one case, or read back what is stored of it, or find out why it cannot be."""
        started = perf_counter()
        name = task.case.name
        log = task.target.with_suffix(".traceback.txt")
        full = ""
        try:
            if not self._brief.fresh and is_done(task):
                return _answer(task, read_result(task.target), kept=True)
            dataset = self._store(task, report)
        except GaitError as error:
            reason = " ".join(str(error).split())
            full = reason if _is_full(error) else ""
        except Exception as error:  # a fault of this program must not cost the other cases
            with suppress(OSError):
                log.write_text(traceback.format_exc(), encoding="utf-8")
            reason = f"fault in retrogait, {type(error).__name__}: {error}".splitlines()[0]
            reason += f"; please report it with {log.name}"
        else:
            log.unlink(missing_ok=True)
            return _answer(task, dataset, seconds=perf_counter() - started)
        if task.target.exists():
            reason += f" ({task.target.name} in that folder is from an earlier run)"
        failed = Outcome(name, "failed", key=task.key, reason=reason, seconds=perf_counter() - started)
        return Answer(failed, [], full=full)

    def _options(self, case: Case) -> dict[str, Any]:
        options = case.analysis.options()
        if self._brief.reserves is not None:
            options["reserves"] = dict(self._brief.reserves)
        return options

    def _store(self, task: Task, report: Report | None) -> xr.Dataset:
        case, brief = task.case, self._brief
        trial, options, notes = case.trial, self._options(case), list(brief.notes)
        if isinstance(trial, Prediction):
            return store_prediction(
                trial,
                task.target,
                options=options,
                notes=notes,
                inputs=list(brief.inputs),
                threads=brief.threads,
                report=report,
                name=case.name,
                experiment=brief.experiment,
                key=task.key,
            )
        model, motion = self._model(trial.model), open_trial(trial)
        dataset = rg.analyze(model, motion, threads=brief.threads, **options)
        dataset = normalise(dataset, model, motion)
        dataset = dataset.assign_attrs(
            trial=case.name,
            experiment=brief.experiment,
            key=task.key,
            notes=[*dataset.attrs["notes"], *notes],
            provenance=with_inputs(dataset, list(brief.inputs)),
        )
        write_result(task.target, dataset)
        return dataset

    def _model(self, path: Path) -> "Model":
        """Model of a file; the last few are kept, so that a thousand subjects do not fill the memory."""
        if path not in self._models:
            if len(self._models) >= MOST_MODELS:
                self._models.pop(next(iter(self._models)))
            self._models[path] = rg.load_model(path, knees=self._brief.knees)
        return self._models[path]


def is_done(task: Task) -> bool:
    """Whether the file of a task holds what the task would make.

    Raises
    ------
    ResultError
        The file is there and is no result of this program, or a damaged one.
    """
    return task.key != "" and task.target.exists() and stored_key(task.target) == task.key


def _answer(task: Task, dataset: xr.Dataset, *, seconds: float = math.nan, kept: bool = False) -> Answer:
    """Keep what the tables need."""
    inputs = json.loads(dataset.attrs["provenance"])["inputs"]
    outcome = Outcome(
        task.case.name,
        "stored",
        kept=kept,
        key=task.key,
        file=task.target.name,
        seconds=seconds,
        inputs=inputs,
    )
    return Answer(outcome, summarize(dataset), extract(dataset))


def _is_full(error: BaseException | None) -> bool:
    """Whether an error comes from a place that takes no more files, so that no other case can be stored."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error = error.__cause__
    return False
