"""From a condition to a gait: starts, continuation by neighbours, gates, the best of several."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from retrogait.errors import SolveError
from retrogait.predict.blocks import build
from retrogait.predict.condition import Condition
from retrogait.predict.derivatives import derive, pending
from retrogait.predict.figure import Figure
from retrogait.predict.found import NODES, Found, Report
from retrogait.predict.gates import failures
from retrogait.predict.parameters import parameters_of
from retrogait.predict.problem import transcribe
from retrogait.predict.seeds import Seed
from retrogait.predict.settings import Choices
from retrogait.predict.solve import FAR, NEAR, WIDE, Solution, Solver
from retrogait.predict.start import from_nodes, retimed
from retrogait.predict.stride import Stride
from retrogait.predict.unfold import stride_of

PULLS = (300.0, 30.0, 3.0)
"""Weights with which a rough start is held at its coordinates, one after the other [1/rad2]."""

DEEPEST = 2
"""How often the way from a neighbour is halved before giving up."""


class Search:
    """Looks for gaits of one figure; problems and solvers are made once and kept."""

    def __init__(self, figure: Figure, report: Report | None = None, *, compiled: bool | None = None) -> None:
        self.figure = figure
        self.report = report or (lambda _: None)
        self._compiled = compiled
        self._solvers: dict[tuple[str, ...], Solver] = {}

    def solver(self, choices: Choices) -> Solver:
        """Solver for some choice of compliant tendons."""
        soft = choices.compliant(self.figure)
        if soft not in self._solvers:
            blocks = build(self.figure, soft)
            if self._compiled is not False and pending(blocks):
                self.report("compiling the equations of walking, once on this machine")
            derivatives = derive(blocks, compiled=self._compiled)
            self._solvers[soft] = Solver(transcribe(blocks, derivatives, NODES))
        return self._solvers[soft]

    def find(
        self, condition: Condition, choices: Choices, near: Sequence[Seed], starts: int = 1,
        usual: float | None = None, *, rough: bool = False, wide: bool = False,
    ) -> Found:  # fmt: skip
        """Gait of a condition, the cheapest that passes from several starts.

        Parameters
        ----------
        near   : gaits to start from, the most promising first
        starts : how many of them must give an answer; others are tried when they do not
        usual  : cost that neighbours lead to expect, None where nobody knows
        rough  : the starts are far from any gait: stay near their coordinates first
        wide   : begin with a wide barrier, which often ends in another minimum

        Raises
        ------
        SolveError
            None did; the message says what was tried.
        """
        if not near:
            raise SolveError(f"{condition.name}: there is no gait in this direction to start from")
        passed: list[Found] = []
        told: list[str] = []
        for seed in near:
            if rough:
                seed = self._settled(seed, condition, choices)  # noqa: PLW2901
            found, why = self._walk(seed, condition, choices, usual, 0, WIDE if wide else NEAR)
            if found is None:
                told.append(f"from {seed.name}: {why}")
            else:
                passed.append(found)
            if len(passed) == starts:
                break
        if not passed:
            raise SolveError(f"{condition.name}: no walking found ({'; '.join(told)})")
        return min(passed, key=lambda found: found.objective)._replace(
            tries=sum(found.tries for found in passed) + len(told),
            iterations=sum(found.iterations for found in passed),
            seconds=sum(found.seconds for found in passed),
        )

    def _walk(
        self,
        seed: Seed,
        condition: Condition,
        choices: Choices,
        usual: float | None,
        depth: int,
        options: Mapping[str, Any],
    ) -> tuple[Found | None, str]:
        """Solve from a seed; where that fails, by way of the condition half way."""
        self.report(f"solving {condition.name} from {seed.name}")
        found, why = self._once(seed, condition, choices, usual, options)
        halfway = _middle(seed.condition, condition)
        if found is not None or depth == DEEPEST or halfway in (seed.condition, condition):
            return found, why
        between, reason = self._walk(seed, halfway, choices, None, depth + 1, options)
        if between is None:
            return None, f"{why}, and half way {reason}"
        found, again = self._once(between.seed, condition, choices, usual, options)
        if found is None:
            return None, f"{why}, and from half way {again}"
        return found._replace(
            start=seed.name, tries=found.tries + between.tries + 1,
            iterations=found.iterations + between.iterations, seconds=found.seconds + between.seconds,
        ), ""  # fmt: skip

    def _settled(self, seed: Seed, condition: Condition, choices: Choices) -> Seed:
        """Seed near a rough one that satisfies the equations: it pulls less and less at the coordinates."""
        solver = self.solver(choices)
        problem = solver.problem
        speed = condition.sign * condition.speed
        x = retimed(problem, from_nodes(problem, seed, sign=condition.sign), speed)
        solution = None
        for pull in PULLS:
            self.report(f"settling {condition.name}, pulled by {pull:g}")
            solution = solver(
                x, parameters_of(problem, condition, choices), speed,
                options=FAR if solution is None else NEAR, track=pull, iterations=600, patience=120.0,
            )  # fmt: skip
            x = solution.x
        assert solution is not None
        stride = stride_of(problem, solution)
        return found_of(solver, solution, stride, condition, choices, seed.name).seed

    def _once(
        self,
        seed: Seed,
        condition: Condition,
        choices: Choices,
        usual: float | None,
        options: Mapping[str, Any] = NEAR,
    ) -> tuple[Found | None, str]:
        solver = self.solver(choices)
        problem = solver.problem
        speed = condition.sign * condition.speed
        x = from_nodes(problem, seed, sign=condition.sign)
        parameters = parameters_of(problem, condition, choices)
        solution = solver(retimed(problem, x, speed), parameters, speed, options=dict(options))
        if not solution.solved:
            return None, f"the solver stopped: {solution.status.replace('_', ' ').lower()}"
        stride = stride_of(problem, solution)
        wrong = list(failures(self.figure, stride, condition, solution.objective, usual))
        if wrong:
            return None, ", ".join(wrong)
        return found_of(solver, solution, stride, condition, choices, seed.name), ""


def found_of(
    solver: Solver, solution: Solution, stride: Stride, condition: Condition, choices: Choices, start: str
) -> Found:
    """What a solution comes to once the solver is forgotten."""
    problem = solver.problem
    figure = problem.blocks.figure
    values, duration = problem.split(solution.x)
    factors = choices.strengths(figure)
    peak = np.array([strand.force * factors[strand.name] for strand in figure.strands] * 2)
    seed = Seed(
        condition, solution.objective, duration, values[:, problem.blocks.layout.q],
        stride.activation[: problem.nodes], stride.tendon[: problem.nodes] / peak,
    )  # fmt: skip
    return Found(
        condition, choices, seed, stride, solution.objective, duration, start, 1, solution.iterations,
        solution.seconds,
    )  # fmt: skip


def _middle(one: Condition, other: Condition) -> Condition:
    return Condition(
        other.direction,
        round(0.5 * (one.speed + other.speed), 4),
        round(0.5 * (one.incline + other.incline), 4),
    )
