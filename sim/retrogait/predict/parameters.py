"""The parameter vector that a condition and its choices make."""

import numpy as np

from retrogait.arrays import Floats
from retrogait.predict.condition import Condition
from retrogait.predict.problem import Problem
from retrogait.predict.settings import Choices
from retrogait.predict.weights import TERMS
from retrogait.quantities import GRAVITY


def parameters_of(problem: Problem, condition: Condition, choices: Choices) -> Floats:
    """(parameter,) vector of the blocks for a condition."""
    figure = problem.blocks.figure
    ground, si = figure.table.ground, figure.table.si
    incline = np.radians(condition.incline)
    given = {
        "gravity_x": -condition.sign * GRAVITY * float(np.sin(incline)),
        "gravity_y": -GRAVITY * float(np.cos(incline)),
        # Backwards is positive: facing the hill one leans forward, back to it backward.
        "lean": choices.weights.lean - choices.weights.into_slope * condition.sign * float(incline),
        "stiffness": si(ground.stiffness) * choices.stiffness,
        "dissipation": si(ground.dissipation) * choices.dissipation,
        "friction": si(ground.friction),
        "transition_velocity": si(ground.transition_velocity),
    }
    given |= {f"strength_{name}": factor for name, factor in choices.strengths(figure).items()}
    given |= dict(zip(TERMS, choices.weights.values, strict=True))
    return np.array([given[name] for name in problem.blocks.parameters])


def plain_parameters(problem: Problem) -> Floats:
    """The same on level ground with everything at its default."""
    return parameters_of(problem, Condition("forward", 1.2, 0.0), Choices())
