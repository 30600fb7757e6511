"""Fit the cost of walking to level forward walking: ``python -m retrogait.fit_weights``.

Steps along measured slopes: every unknown is moved a little and the walks are predicted again; the next
point is where the slopes lead to the published values. Every walk starts from its own of the point before, so
that a fit stays in one family of gaits, that of the bundled motions. Retro walking and inclines have no part.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, GaitError, MotionError, SolveError
from retrogait.io.text import suggestion
from retrogait.naturalness import measure_walk
from retrogait.predict.api import gait_of, planar_figure, team
from retrogait.predict.condition import Condition
from retrogait.predict.found import Found, Report
from retrogait.predict.library import seeds_path
from retrogait.predict.seeds import Seed, read_seeds
from retrogait.predict.settings import Choices
from retrogait.predict.weights import Weights, read_weights

TERMS = (
    "activation", "energy", "acceleration", "ground_force", "loading_rate", "head", "trunk", "clearance",
    "passive",
)  # fmt: skip
"""Terms of the cost whose weights are looked for."""

UNKNOWNS = (*TERMS, "stiffness", "dissipation", "lean")
"""Logarithms of factors of weights and of the ground's constants; the last one an angle to add [rad]."""

STEP = np.array([0.1] * len(TERMS) + [0.15, 0.1, 0.005])
"""By which slopes are measured: an answer moves by more than the solver's tolerance, and stays one gait."""

REACH = np.array([0.35] * len(TERMS) + [0.4, 0.3, 0.02])
"""Of a whole step: farther, gaits change into others."""

WALKS = tuple(Condition("forward", speed, 0.0) for speed in (0.8, 1.2, 1.4))
"""What is fitted."""

INSIDE = 0.85
"""Where in its band an acceptance value should lie at most, from middle 0 to edge 1."""

JUMP = 3.5
"""Half widths of a band that a value may move by over a whole step; more is another gait, and no slope."""

SHARES = (1.0, 0.5, 0.25)
"""Of the step that the slopes call for: what is tried, one after the other."""

GAIN = 0.003
"""Penalty by which a step must be better [1]."""

SMALLEST = 0.05
"""Share of a whole reach from which it is given up."""

BAR = "bar"
Key = tuple[float, str, str]
"""Speed, id of the published row, its kind."""


class Point(NamedTuple):
    """The walks of some weights.

    Attributes
    ----------
    at    : (unknown,) where
    found : condition to gait
    where : published row to where in its band the value lies: middle 0, edges -1 and 1
    """

    at: Floats
    found: Mapping[Condition, Found]
    where: Mapping[Key, float]

    @property
    def penalty(self) -> float:
        """How far the values lie from the middles of their bands."""
        keys = list(self.where)
        return penalty(_values(self.where, keys), _bars(keys))

    @property
    def missed(self) -> list[Key]:
        """Acceptance bands whose values lie outside."""
        return [key for key, z in self.where.items() if key[2] == BAR and not abs(z) <= 1.0]


def choices_at(at: Floats) -> Choices:
    """What a prediction assumes at a point; at zero, the bundled cost and ground."""
    factors = dict(zip(UNKNOWNS, map(float, np.exp(at)), strict=True))
    usual = read_weights()
    cost = usual.scaled(**{name: factors[name] for name in TERMS}).cost
    weights = Weights(cost, usual.lean + float(at[-1]), usual.into_slope)
    return Choices(weights=weights, stiffness=factors["stiffness"], dissipation=factors["dissipation"])


def told(at: Floats) -> dict[str, float]:
    """The unknowns of a point in the units of ``models/prediction.toml`` and ``models/planar.toml``."""
    choices, ground = choices_at(at), planar_figure().table.ground
    return {term.name: term.weight for term in choices.weights.cost if term.name in TERMS} | {
        "stiffness": ground.stiffness.value * choices.stiffness,
        "dissipation": ground.dissipation.value * choices.dissipation,
        "lean": choices.weights.lean,
    }


def penalty(z: Floats, bars: Floats) -> float:
    """How far values lie from the middles of their bands, the edges of acceptance bands counting most.

    Parameters
    ----------
    z    : (value,) places in their bands
    bars : (value,) 1 for an acceptance band, 0 for what people were found to do
    """
    size = np.abs(z)
    middle = np.minimum(size, 3.0) ** 2
    accepted = 0.1 * middle + 8.0 * np.maximum(0.0, np.minimum(size, 4.0) - INSIDE) ** 2
    other = 0.02 * middle + 0.1 * np.maximum(0.0, np.minimum(size, 3.0) - 1.0) ** 2
    return float(np.sum(np.where(bars > 0.0, accepted, other)))


def towards(z: Floats, bars: Floats, slopes: Floats, reach: Floats) -> Floats:
    """(unknown,) step that the slopes call for, within reach.

    Parameters
    ----------
    z, bars : (value,) see `penalty`
    slopes  : (value, unknown)
    reach   : (unknown,)
    """
    scale = np.where(reach > 0.0, reach, 1.0)

    def expected(step: Floats) -> float:
        return penalty(z + slopes @ step, bars) + 0.15 * float(np.sum((step / scale) ** 2))

    bounds = list(zip(-reach, reach, strict=True))
    return np.array(minimize(expected, np.zeros(reach.size), method="L-BFGS-B", bounds=bounds).x)


def walk_at(at: Floats, near: Mapping[Condition, Seed]) -> Point | None:
    """Walks of a point, each from its own of another point.

    Returns
    -------
    Point or None
        None where a walk was not found, or has no complete cycle.
    """
    return _answered(at, _asked(at, near))


def _asked(at: Floats, near: Mapping[Condition, Seed]) -> dict[Condition, "Future[Found]"]:
    choices = choices_at(at)
    return {condition: team().submit(condition, choices, [near[condition]]) for condition in WALKS}


def _answered(at: Floats, asked: Mapping[Condition, "Future[Found]"]) -> Point | None:
    figure = planar_figure()
    try:
        found = {condition: answer.result() for condition, answer in asked.items()}
        rows = {c: measure_walk(gait_of(figure, gait)).rows for c, gait in found.items()}
    except (SolveError, MotionError):
        return None
    where = {
        (condition.speed, row.row, row.kind): (row.value - 0.5 * (row.low + row.high))
        / (0.5 * (row.high - row.low))
        for condition, compared in rows.items()
        for row in compared
        if np.isfinite(row.low) and np.isfinite(row.high) and row.high > row.low and np.isfinite(row.value)
    }
    return Point(at, found, where)


def slopes_at(point: Point, keys: Sequence[Key], free: Sequence[str]) -> Floats:
    """(value, unknown) change by unit of an unknown; zero where it is held, or leads to another gait."""
    near = {condition: found.seed for condition, found in point.found.items()}
    steps = [np.where(np.array(UNKNOWNS) == name, STEP, 0.0) for name in free]
    asked = [_asked(point.at + step, near) for step in steps]
    slopes = np.zeros((len(keys), len(UNKNOWNS)))
    for name, step, answers in zip(free, steps, asked, strict=True):
        other = _answered(point.at + step, answers)
        if other is not None:
            row = UNKNOWNS.index(name)
            change = np.nan_to_num(_values(other.where, keys) - _values(point.where, keys)) / STEP[row]
            slopes[:, row] = np.where(np.abs(change) * REACH[row] > JUMP, 0.0, change)
    return slopes


def fit(near: Mapping[Condition, Seed], turns: int, report: Report, free: Sequence[str] = UNKNOWNS) -> Point:
    """Walk from the bundled cost to one whose walks lie in their bands.

    Parameters
    ----------
    near   : gaits to start from
    turns  : steps at most
    report : told about every step
    free   : unknowns that may move

    Raises
    ------
    SolveError
        There is no walking at the start.
    """
    point = walk_at(np.zeros(len(UNKNOWNS)), near)
    if point is None:
        raise SolveError("no level walking was found with the weights that the fit starts from")
    share = 1.0
    for turn in range(turns):
        report(f"step {turn}: penalty {point.penalty:.3f}; {words(point)}")
        better = _stepped(point, share * np.where(np.isin(UNKNOWNS, free), REACH, 0.0), free, report)
        if better is not None:
            point = better
        elif (share := 0.4 * share) < SMALLEST:
            break
    return point


def _stepped(point: Point, reach: Floats, free: Sequence[str], report: Report) -> Point | None:
    """A better point, or None."""
    keys = list(point.where)
    z, bars = _values(point.where, keys), _bars(keys)
    slopes = slopes_at(point, keys, free)
    near = {condition: found.seed for condition, found in point.found.items()}
    for share in SHARES:
        step = towards(z, bars, slopes, share * reach)
        other = walk_at(point.at + step, near)
        now = "no walk" if other is None else f"{other.penalty:.3f}"
        report(f"  {share:g} of the way: {now}, expected {penalty(z + slopes @ step, bars):.3f}")
        if other is not None and other.penalty < point.penalty - GAIN:
            return other
    return None


def words(point: Point) -> str:
    """Which acceptance bands a point misses, and where the values lie."""
    missed = [
        f"{row} at {speed:g} m/s ({point.where[speed, row, BAR]:+.2f})" for speed, row, _ in point.missed
    ]
    bars = sum(kind == BAR for _, _, kind in point.where)
    return f"{bars - len(missed)} of {bars} bands hold" + (f", not {', '.join(missed)}" if missed else "")


def _values(where: Mapping[Key, float], keys: Sequence[Key]) -> Floats:
    return np.array([where.get(key, np.nan) for key in keys])


def _bars(keys: Sequence[Key]) -> Floats:
    return np.array([float(kind == BAR) for _, _, kind in keys])


def main(argv: Sequence[str] | None = None) -> int:
    """Print the weights of a fit that goes on from the bundled ones; exit status 1 where a band is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m retrogait.fit_weights",
        description="Fit the cost of walking to level forward walking, from the bundled weights.",
    )
    parser.add_argument("--turns", type=int, default=10, metavar="N", help="steps at most; 0 looks only")
    parser.add_argument(
        "--only", nargs="+", default=UNKNOWNS, metavar="NAME", help=f"what may move: {', '.join(UNKNOWNS)}"
    )
    arguments = parser.parse_args(argv)

    def report(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    try:
        for name in arguments.only:
            if name not in UNKNOWNS:
                raise ConfigError(
                    f"--only: nothing that is fitted is called {name!r}{suggestion(name, UNKNOWNS)}"
                )
        near = {seed.condition: seed for seed in read_seeds(seeds_path(), planar_figure())}
        point = fit(near, arguments.turns, report, arguments.only)
    except GaitError as error:
        sys.stderr.write(f"retrogait.fit_weights: {error}\n")
        return 2
    for name, value in told(point.at).items():
        sys.stdout.write(f"{name:13}{value:.4g}\n")
    sys.stdout.write(f"{words(point)}\n")
    return 1 if point.missed else 0


if __name__ == "__main__":
    sys.exit(main())
