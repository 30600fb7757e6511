"""Predict a walk: one call from a condition to a trial with its loads."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import cache
from numbers import Integral
from pathlib import Path

from retrogait._jit import kernels_cached
from retrogait.errors import ConfigError
from retrogait.osim.planar import read_planar
from retrogait.predict.condition import Condition
from retrogait.predict.figure import Figure, figure_of
from retrogait.predict.figures import figures_of
from retrogait.predict.found import Found, Report
from retrogait.predict.gait import Gait, trial_in_memory
from retrogait.predict.library import bundled_gait, seeds_path
from retrogait.predict.seeds import Seed, blended, nearest, read_seeds
from retrogait.predict.sensitivity import Asked, ask, missing, sensitivity_of
from retrogait.predict.settings import Choices, choices_of
from retrogait.predict.team import Team
from retrogait.share import share_folder

MOST_STARTS = 20
"""Starts that are worth their time: farther neighbours lead to the same few gaits."""

SPARE = 3
"""Neighbours to start from, should the nearest lead nowhere."""

COMPILING = "the solver is done with the walk; the kernels that analyze it are still being compiled"


def predict(
    direction: str = "forward",
    speed: float = 1.2,
    incline: float = 0.0,
    *,
    tendon: str = "achilles",
    weights: str | Path | None = None,
    strength: Mapping[str, float] | None = None,
    sensitivity: bool = True,
    fresh: bool = False,
    starts: int = 1,
    report: Report | None = None,
) -> Gait:
    """Predict walking forward or backward at some speed and incline.

    Parameters
    ----------
    direction   : "forward" or "retro"
    speed       : positive in either direction [m/s]
    incline     : positive uphill in the direction of travel [deg]
    tendon      : which tendons stretch: "rigid" (none), "achilles", "compliant" (all)
    weights     : file of a cost like ``models/prediction.toml``; None for that one
    strength    : factor of the maximum force by muscle or group (vasti, quadriceps, gastrosoleus, all)
    sensitivity : whether to predict again under other assumptions; takes several times as long
    fresh       : solve although the condition is among the bundled motions
    starts      : how many neighbouring gaits to start from; the cheapest answer is taken
    report      : told in words about every stage

    Returns
    -------
    Gait
        With its trial, model, result, notes and sensitivity.

    Raises
    ------
    ConfigError
        An argument is outside its bounds.
    SolveError
        No gait passed the gates; the message says what was tried.
    """
    condition = Condition(direction, speed, incline)
    choices = choices_of(tendon, weights, strength)
    figure = planar_figure()
    choices.strengths(figure)  # refuses unknown muscles before anything slow
    count: object = starts
    if isinstance(count, bool) or not isinstance(count, Integral) or not 1 <= starts <= MOST_STARTS:
        raise ConfigError(f"starts is {starts!r}, expected a whole number from 1 to {MOST_STARTS}")
    if choices.plain and not fresh:
        gait = bundled_gait(condition)
        if gait is not None:
            return gait
    return solved_gait(condition, choices, figure, sensitivity=sensitivity, starts=starts, report=report)


def planar_figure() -> Figure:
    """Figure of the bundled planar model."""
    return figure_of(read_planar(share_folder("models") / "planar.toml"))


def solved_gait(
    condition: Condition, choices: Choices, figure: Figure, *, sensitivity: bool, starts: int,
    report: Report | None,
) -> Gait:  # fmt: skip
    """Gait that is solved for now."""
    seeds = read_seeds(seeds_path(), figure)
    near = nearest(seeds, condition, max(starts, SPARE))
    usual = max((seed.objective for seed in near), default=None) if choices.cost_is_usual else None
    between = blended(seeds, condition)
    first = [] if between is None else [between]
    answer = team().submit(condition, choices, [*first, *near], starts, usual, report=report)
    asked = _asked_of(answer, near) if sensitivity else None
    tell = report or (lambda _: None)
    if near and not kernels_cached():
        answer.add_done_callback(lambda _: None if kernels_cached() else tell(COMPILING))
        _compile_core(near[0].condition)
    found = answer.result()
    gait = gait_of(figure, found)
    if asked is None:
        return gait
    told = sensitivity_of(figure, found, gait, asked.result(), tell)
    lacking = [f"sensitivity: no gait was found with {name}" for name in missing(told)]
    return replace(gait, sensitivity=told, remarks=(*gait.remarks, *lacking))


def _asked_of(answer: "Future[Found]", spare: Sequence[Seed]) -> "Future[Asked]":
    """Cases of the sensitivity, asked for as soon as the gait is there: this thread may be compiling then."""
    asked: Future[Asked] = Future()

    def go_on(done: "Future[Found]") -> None:
        try:
            asked.set_result(ask(team(), done.result(), spare))
        except BaseException as error:  # who waits for the gait is told of it too
            asked.set_exception(error)

    answer.add_done_callback(go_on)
    return asked


def _compile_core(condition: Condition) -> None:
    """Analyze a bundled gait while another is being solved: the core compiles for a minute when it is new."""
    gait = bundled_gait(condition)
    if gait is not None:
        _ = gait.result


def gait_of(figure: Figure, found: Found) -> Gait:
    """What was found as users hold it, less its sensitivity."""
    trial, files = trial_in_memory(found.condition, figure, found.stride)
    gait = Gait(
        found.condition, trial, "solved", {}, files=files,
        remarks=tuple(found.choices.remarks()), strength=found.choices.strength,
    )  # fmt: skip
    return replace(gait, figures=figures_of(figure, found, gait))


@cache
def team() -> Team:
    """Processes that solve for the bundled model; what they keep changes no answer."""
    return Team(planar_figure())
