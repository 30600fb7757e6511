"""Make the bundled motions: ``python -m retrogait.predict.bundle`` predicts the whole grid and writes it.

Gaits spread from one condition to its neighbours, so that they are one family, that of the level walk which
the weights were fitted with, and what differs between two of them is the condition. Then every condition is
tried again from all its neighbours; a gait that is cheaper by more than `WORTH` takes the former's place.
"""

import argparse
import hashlib
import json
import platform
import sys
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from retrogait.errors import GaitError, SolveError
from retrogait.io.atomic import replacing
from retrogait.io.provenance import installed
from retrogait.predict.api import SPARE, gait_of, planar_figure, team
from retrogait.predict.condition import GRID, INCLINES, Condition
from retrogait.predict.figure import Figure
from retrogait.predict.files import window
from retrogait.predict.found import NODES, Found, Report
from retrogait.predict.gait import Gait
from retrogait.predict.library import FOLDER, MANIFEST, model_digest, seeds_path
from retrogait.predict.rough import backwards, textbook_seed
from retrogait.predict.seeds import FILE, Seed, distance, nearest, read_seeds, write_seeds
from retrogait.predict.sensitivity import ask, missing, sensitivity_of
from retrogait.predict.settings import Choices
from retrogait.share import share_folder

FIRST = Condition("forward", 1.2, 0.0)
FIRST_RETRO = Condition("retro", 1.0, 0.0)

ADJACENT = 1.1
"""Conditions at most this many steps of the grid apart are neighbours: the four around one."""

NEAR_ENOUGH = 1.5
"""Steps of the grid over which a first gait spreads."""

PROGRESS = 20
"""Tries between two reports."""

WORTH = 0.02
"""Relative gain in cost from which a gait of another family is taken [1].

A dozen local minima lie closer together than this on one condition, and move against each other by up to
0.005 with the number of nodes; the cost does not tell which of them people would choose.
"""

SAME = 1e-4
"""Relative difference in cost that two solutions of one gait may have [1]."""

ROUNDS = 3
"""How often neighbours are tried at most, and gaits solved again."""


def grid() -> list[Condition]:
    """Every condition of the bundled motions, the middle ones first."""
    every = [Condition(d, v, i) for d, speeds in GRID.items() for v in speeds for i in INCLINES]
    start = {"forward": FIRST, "retro": FIRST_RETRO}
    return sorted(every, key=lambda c: (c.direction, distance(start[c.direction], c), c.name))


def spread(choices: Choices, report: Report, *, cold: bool) -> dict[Condition, Found]:
    """Gaits of the grid, each from one that was found before.

    Parameters
    ----------
    cold : start from textbook curves although there are seeds

    Raises
    ------
    SolveError
        A first gait cannot be found. Other conditions may fail: they are left out, and reported.
    """
    figure = planar_figure()
    seeds = [] if cold else read_seeds(seeds_path(), figure)
    found: dict[Condition, Found] = {}
    for direction, first in (("forward", FIRST), ("retro", FIRST_RETRO)):
        if not any(seed.condition.direction == direction for seed in seeds):
            rough = (
                textbook_seed(figure, NODES)
                if direction == "forward"
                else backwards(figure, found[FIRST].seed)
            )
            report(f"{first.name} from scratch")
            found[first] = team().submit(first, choices, [rough], rough=True, report=report).result()
        todo = [
            condition for condition in grid() if condition.direction == direction and condition not in found
        ]
        while todo:
            have = [*seeds, *(gait.seed for gait in found.values())]
            ready = [c for c in todo if any(distance(seed.condition, c) <= NEAR_ENOUGH for seed in have)]
            if not ready:
                break
            asked = [(c, team().submit(c, choices, nearest(have, c, 3))) for c in ready]
            solved = dict(_answers(asked, report))
            found |= solved
            todo = [condition for condition in todo if condition not in ready]
            if not solved:
                break
    return found


def settle(found: dict[Condition, Found], choices: Choices, report: Report) -> None:
    """Solve every gait again from itself until that finds no cheaper one.

    Gaits that began with a wider barrier may have ended at a wider one, and then cost up to 0.003 more.

    Parameters
    ----------
    found : gaits, changed in place
    """
    todo = set(found)
    for _ in range(ROUNDS):
        asked = [(one, team().submit(one, choices, [found[one].seed])) for one in grid() if one in todo]
        todo = set()
        for condition, gait in _answers(asked, report, quiet=True):
            if gait.objective < found[condition].objective * (1.0 - SAME):
                found[condition] = gait
                todo.add(condition)
        report(f"{len(asked)} gaits solved again from themselves, {len(todo)} got cheaper")
        if not todo:
            break


def improve(
    found: dict[Condition, Found], news: Collection[Condition], choices: Choices, report: Report
) -> set[Condition]:
    """Try every condition from its neighbours; keep what is cheaper by more than `WORTH`.

    Parameters
    ----------
    found : gaits so far, changed in place
    news  : conditions whose gaits their neighbours have not been tried from yet

    Returns
    -------
    set of Condition
        Those whose gait got cheaper.
    """
    asked = []
    for condition in grid():
        near = [other for other in news if other != condition and distance(other, condition) <= ADJACENT]
        asked += [(condition, team().submit(condition, choices, [found[other].seed])) for other in near]
        if condition in news:
            asked.append((condition, team().submit(condition, choices, [found[condition].seed], wide=True)))
    better: set[Condition] = set()
    for done, (condition, gait) in enumerate(_answers(asked, report, quiet=True), start=1):
        if done % PROGRESS == 0:
            report(f"{done} of {len(asked)} tries, {len(better)} conditions got cheaper")
        old = found.get(condition)
        if old is None or gait.objective < old.objective * (1.0 - WORTH):
            found[condition] = gait
            better.add(condition)
    return better


def _answers(
    asked: Sequence[tuple[Condition, "Future[Found]"]], report: Report, *, quiet: bool = False
) -> Iterator[tuple[Condition, Found]]:
    """Answers in the order asked; failures are reported and left out."""
    for condition, answer in asked:
        try:
            gait = answer.result()
        except SolveError as error:
            if not quiet:
                report(str(error))
            continue
        if not quiet:
            report(
                f"{condition.name}: {gait.objective:.3f} in {gait.iterations} iterations, "
                f"{gait.seconds:.1f} s"
            )
        yield condition, gait


def write(folder: Path, found: dict[Condition, Found], report: Report, *, sensitivity: bool) -> None:
    """Write files, seeds and manifest of gaits."""
    figure = planar_figure()
    entries: dict[str, Any] = {}
    for number, (condition, gait) in enumerate(sorted(found.items(), key=lambda item: item[0].name), start=1):
        report(f"writing {condition.name} ({number} of {len(found)})")
        others = [other.seed for other in found.values() if other is not gait]
        spare = nearest(others, condition, SPARE)
        entries[condition.name] = _store(folder, figure, gait, spare if sensitivity else None)
    weights = Choices().weights
    content: dict[str, Any] = {
        "about": "strides predicted by retrogait, one planar adult of 1.75 m and 70 kg; nobody walked these",
        "made_by": "python -m retrogait.predict.bundle",
        "model": "planar.osim",
        "model_digest": model_digest(),
        "weights": {term.name: term.weight for term in weights.cost},
        "lean": weights.lean,
        "into_slope": weights.into_slope,
        "weights_digest": weights.digest,
        "versions": {"retrogait": installed("retrogait"), "python": platform.python_version()}
        | {name: version(name) for name in ("casadi", "numpy", "scipy", "numba")},
        "conditions": entries,
    }
    attributes = {"about": content["about"], "weights_digest": weights.digest, "model_digest": model_digest()}
    write_seeds(folder / FILE, [gait.seed for gait in found.values()], figure, attributes)
    with replacing(folder / MANIFEST) as partial:
        partial.write_text(
            json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n"
        )


def _store(folder: Path, figure: Figure, found: Found, spare: Sequence[Seed] | None) -> dict[str, Any]:
    """Write one gait's files; its entry of the manifest, without sensitivity where spare starts are None."""
    gait: Gait = gait_of(figure, found)
    if spare is not None:
        cases = sensitivity_of(figure, found, gait, ask(team(), found, spare), lambda _: None)
        gait = replace(gait, sensitivity=cases)
    written = gait.write(folder)
    start, end = window(found.stride)
    told = gait.sensitivity
    lacking = [] if told is None else [f"sensitivity: no gait was found with {n}" for n in missing(told)]
    return {
        "direction": found.condition.direction,
        "speed": found.condition.speed,
        "incline": found.condition.incline,
        "start": start,
        "end": end,
        "figures": gait.figures,
        "sensitivity": told,
        "remarks": [*gait.remarks, *lacking],
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in written},
    }


def build(
    folder: Path, report: Report, *, cold: bool = False, sensitivity: bool = True, rounds: int = ROUNDS
) -> list[Condition]:
    """Predict the grid and write it.

    Returns
    -------
    list of Condition
        Those without a gait.
    """
    choices = Choices()
    found = spread(choices, report, cold=cold)
    news = set(found)
    for turn in range(1, rounds + 1):
        news = improve(found, news, choices, report)
        report(f"round {turn}: {len(news)} of {len(grid())} got cheaper from a neighbour")
        if not news:
            break
    settle(found, choices, report)
    write(folder, found, report, sensitivity=sensitivity)
    return [condition for condition in grid() if condition not in found]


def main(argv: Sequence[str] | None = None) -> int:
    """Make the bundled motions; exit status 1 where a condition has no gait, 2 where none can be made."""
    parser = argparse.ArgumentParser(
        prog="python -m retrogait.predict.bundle", description="Predict the bundled motions."
    )
    parser.add_argument("--output", type=Path, default=share_folder("motions") / FOLDER, metavar="FOLDER")
    parser.add_argument(
        "--cold", action="store_true", help="start from textbook curves, not from the kept seeds"
    )
    parser.add_argument("--no-sensitivity", action="store_true", help="leave the sensitivity out")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, metavar="N", help="how often neighbours are tried"
    )
    arguments = parser.parse_args(argv)

    def report(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    try:
        absent = build(
            arguments.output, report, cold=arguments.cold, sensitivity=not arguments.no_sensitivity,
            rounds=arguments.rounds,
        )  # fmt: skip
    except (GaitError, OSError) as error:
        sys.stderr.write(f"retrogait.predict.bundle: {error}\n")
        return 2
    for condition in absent:
        report(f"no gait: {condition.name}")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
