"""This package on a case: its stages timed, and its answers compared with those of OpenSim's tools."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np

import retrogait as rg
from retrogait.io.reserves import read_reserves
from retrogait.io.storage import short_label
from retrogait.kernels.plan import new_answer, new_work
from retrogait.pipeline import prepare, solve
from retrogait.settings import Settings
from tests.benchmarks.cases import CUTOFF
from tests.benchmarks.stages import solve_moments

CLOCK_SHIFT = 1e-5  # s: OpenSim resamples an uneven time column, which moves frames by under 1e-6 s


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
    return measure(
        lambda: solve_moments(ready.body, ready.motion, ready.answer.force, work), repeats
    )


def time_whole(case, repeats, choices):
    """Stages between files and stored result, by name; models come from the cache."""
    model = rg.load_model(case.model)
    trial = case.load_trial()
    settings = Settings(**choices)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "result.h5"

        def everything():
            rg.write_result(
                target, rg.analyze(rg.load_model(case.model), case.load_trial(), **choices)
            )

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

    Both solve with the same reserves and lower bound. The last line takes OpenSim's muscle forces
    through this package's lines of action, so that nothing but geometry and inertia is compared.
    """
    model = rg.load_model(case.model)
    result = rg.analyze(model, case.load_trial(), **parity_choices(case))
    time = result["time"].to_numpy()
    rows = []

    names = [str(name) for name in result["coordinate"].to_numpy()]
    columns = _columns(tools.moment_table, time, lambda label: label.rsplit("_", 1)[0])
    units = result["coordinate_unit"].to_numpy()
    force = result["generalized_force"].to_numpy()
    for kind, unit, title in (("rad", "N m", "moment"), ("m", "N", "force")):
        chosen = [i for i, name in enumerate(names) if units[i] == kind and name in columns]
        theirs = np.stack([columns[names[i]] for i in chosen], axis=1)
        labels = [names[i] for i in chosen]
        rows.append(_difference(f"generalized {title}", unit, force[:, chosen], theirs, labels))

    muscles = list(model.muscle_names)
    columns = _columns(tools.activation_table, time, lambda label: short_label(label)[0])
    theirs = np.stack([columns[name] for name in muscles], axis=1)
    rows.append(_difference("activation", "1", result["activation"].to_numpy(), theirs, muscles))
    columns = _columns(tools.force_table, time, lambda label: short_label(label)[0])
    tension = np.stack([columns[name] for name in muscles], axis=1)
    rows.append(
        _difference("muscle force", "N", result["muscle_force"].to_numpy(), tension, muscles)
    )

    columns = _columns(tools.reaction_table, time, str)
    theirs, ours, same = [], [], []
    labels = []
    for knee in model.knees:
        joint, body = model.joints[knee.link - 1], model.links[knee.link]
        label = f"{joint}_on_{body}_in_{body}_f"
        theirs.append(np.stack([columns[label + axis] for axis in "xyz"], axis=1))
        at = result.sel(side=knee.side)
        ours.append(at["tibiofemoral_force"].to_numpy())
        part = at["tibiofemoral_contribution"].to_numpy()
        pull = result["muscle_force"].to_numpy()[:, :, None]
        per_newton = np.divide(part, pull, out=np.zeros_like(part), where=pull > 0.0)
        net = at["tibiofemoral_net_force"].to_numpy()
        same.append(net + np.einsum("tma,tm->ta", per_newton, tension))
        labels += [f"{knee.side} {axis}" for axis in "xyz"]
    theirs, ours, same = (np.concatenate(parts, axis=1) for parts in (theirs, ours, same))
    rows.append(_difference("knee reaction", "N", ours, theirs, labels))
    rows.append(_difference("knee reaction, OpenSim's muscle forces", "N", same, theirs, labels))
    return rows


def _columns(table, time, name_of):
    """Columns by name, on the frames of the result; a frame that is not in both is an error."""
    if table.time.size != time.size or np.abs(table.time - time).max() > CLOCK_SHIFT:
        raise RuntimeError(
            f"{table.path.name} has {table.time.size} frames, the result {time.size}, on other times"
        )
    return {name_of(label): table.values[:, i] for i, label in enumerate(table.labels)}


def _difference(quantity, unit, ours, theirs, labels):
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
