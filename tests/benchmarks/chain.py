"""This package on a case: its stages timed, and its answers compared with those of OpenSim's tools."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np

import retrogait as rg
from retrogait.gait.fit import fit_motion
from retrogait.gait.prepare import Preparation
from retrogait.io.reserves import read_reserves
from retrogait.io.storage import short_label
from retrogait.kernels.plan import new_answer, new_work
from retrogait.pipeline import prepare, solve
from retrogait.settings import Settings
from tests.benchmarks.cases import CUTOFF
from tests.benchmarks.stages import solve_moments

SAME_TIME = 1e-5  # s: the tools print their times with different precision


class Time(NamedTuple):
    """Seconds of several runs of the same work."""

    least: float
    median: float


class Ready(NamedTuple):
    """A trial prepared for the core."""

    body: object
    plan: object
    motion: object
    answer: object

    @property
    def frames(self):
        return self.motion.time.size


def measure(work, repeats):
    """Time of ``work``, after one run that loads whatever is loaded once."""
    work()
    taken = []
    for _ in range(repeats):
        started = perf_counter()
        work()
        taken.append(perf_counter() - started)
    return Time(min(taken), statistics.median(taken))


def parity_choices(case):
    """Choices that repeat what `opensim_tools.run_tools` asks of OpenSim."""
    choices = {"physics": "opensim", "cutoff": CUTOFF}
    if case.reserves is not None:
        choices["reserves"] = known_reserves(case)
    return choices


def known_reserves(case):
    """Reserves of coordinates that the model has; the file may serve several models."""
    coordinates = rg.load_model(case.model).coordinates
    given = read_reserves(case.reserves).optimal_force
    return {name: force for name, force in given.items() if name in coordinates}


def make_ready(case, **choices):
    """Everything up to the call of the core."""
    model = rg.load_model(case.model)
    body, plan, motion, _ = prepare(model, case.load_trial(), Settings(**choices))
    return Ready(body, plan, motion, new_answer(motion.time.size, body, plan))


def time_core(ready, repeats, threads):
    """The fused core over all frames: moments, paths, muscles, sharing, reactions."""
    return measure(lambda: solve(*ready, threads), repeats)


def core_failures(ready):
    """Frames that the last run of the core did not solve."""
    return int(np.count_nonzero(ready.answer.status))


def time_moments(ready, repeats):
    """Inverse dynamics alone over all frames."""
    work = new_work(ready.body, ready.plan)
    return measure(lambda: solve_moments(ready.body, ready.motion, ready.answer.force, work), repeats)


def time_whole(case, repeats, choices):
    """Stages between files and stored result, by name; models come from the cache."""
    model = rg.load_model(case.model)
    trial = case.load_trial()
    settings = Settings(**choices)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "result.h5"

        def everything():
            rg.write_result(target, rg.analyze(rg.load_model(case.model), case.load_trial(), **choices))

        return {
            "cold": measure(lambda: rg.load_model(case.model, cache=False), min(repeats, 3)),
            "cached": measure(lambda: rg.load_model(case.model), repeats),
            "read": measure(case.load_trial, repeats),
            "prepare": measure(lambda: prepare(model, trial, settings), repeats),
            "analyze": measure(lambda: rg.analyze(model, trial, **choices), repeats),
            "everything": measure(everything, repeats),
        }


@dataclass(frozen=True)
class Difference:
    """Largest and median absolute difference of one quantity, and the largest value of OpenSim's."""

    quantity: str
    unit: str
    largest: float
    median: float
    size: float
    where: str


def compare(case, tools):
    """Differences between the answers of parity mode and those of OpenSim's tools.

    Both solve with the same reserves and lower bound, at OpenSim's times: it resamples an uneven
    time column, which moves its frames by up to a microsecond. The last line takes OpenSim's muscle
    forces through this package's lines of action, so that only geometry and inertia are compared.
    """
    model = rg.load_model(case.model)
    trial = case.load_trial()
    settings = Settings(**parity_choices(case))
    body, plan, _, _ = prepare(model, trial, settings)
    at = tools.moment_table.time
    motion, _ = fit_motion(model, trial, Preparation("opensim", CUTOFF), at)
    answer = new_answer(at.size, body, plan)
    solve(body, plan, motion, answer)

    names, muscles = model.coordinates, model.muscle_names
    moments = _columns(tools.moment_table, at, lambda label: label.rsplit("_", 1)[0])
    known = np.array([name in moments for name in names])
    turns = np.asarray(model.rotational) == 1
    rows = []
    for title, unit, chosen in (("moment", "N m", known & turns), ("force", "N", known & ~turns)):
        labels = [names[i] for i in np.flatnonzero(chosen)]
        theirs = np.stack([moments[name] for name in labels], axis=1)
        rows.append(difference(f"generalized {title}", unit, answer.force[:, chosen], theirs, labels))

    activation, tension = (
        _stacked(_columns(table, at, lambda label: short_label(label)[0]), muscles)
        for table in (tools.activation_table, tools.force_table)
    )
    rows.append(difference("activation", "1", answer.activation, activation, muscles))
    rows.append(difference("muscle force", "N", answer.tension, tension, muscles))

    reactions = _columns(tools.reaction_table, at, str)
    theirs, ours, same, labels = [], [], [], []
    pull = answer.tension[:, :, None]
    for side, knee in enumerate(model.knees):
        joint, body_name = model.joints[knee.link - 1], model.links[knee.link]
        part = answer.contribution[:, side]
        per_newton = np.divide(part, pull, out=np.zeros_like(part), where=pull > 0.0)
        axes = [f"{joint}_on_{body_name}_in_{body_name}_f{axis}" for axis in "xyz"]
        theirs.append(_stacked(reactions, axes))
        ours.append(answer.reaction[:, knee.link, :3])
        same.append(answer.net[:, side, :3] + np.einsum("tma,tm->ta", per_newton, tension))
        labels += [f"{knee.side} {axis}" for axis in "xyz"]
    theirs, ours, same = (np.concatenate(parts, axis=1) for parts in (theirs, ours, same))
    rows.append(difference("knee reaction", "N", ours, theirs, labels))
    rows.append(difference("knee reaction, OpenSim's muscle forces", "N", same, theirs, labels))
    return rows


def _stacked(columns, names):
    return np.stack([columns[name] for name in names], axis=1)


def _columns(table, time, name_of):
    """Columns by name; all tools must answer for the same frames."""
    if table.time.size != time.size or np.abs(table.time - time).max() > SAME_TIME:
        raise RuntimeError(
            f"{table.path.name} has {table.time.size} frames, expected {time.size} at the same times"
        )
    return {name_of(label): table.values[:, i] for i, label in enumerate(table.labels)}


def difference(quantity, unit, ours, theirs, labels):
    """Where and by how much two arrays (frame, column) differ; frames that failed are left out."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    gap = np.abs(ours - theirs)
    worst = int(np.unravel_index(np.nanargmax(gap), gap.shape)[1])
    return Difference(
        quantity,
        unit,
        float(np.nanmax(gap)),
        float(np.nanmedian(gap)),
        float(np.abs(theirs).max()),
        labels[worst],
    )
