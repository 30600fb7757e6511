"""A gait that was found, in plain numbers: what the solver's process hands to everybody else."""

from collections.abc import Callable
from typing import NamedTuple

from retrogait.predict.condition import Condition
from retrogait.predict.seeds import Seed
from retrogait.predict.settings import Choices
from retrogait.predict.stride import Stride

NODES = 64
"""Nodes of a step: with 25 and 100 the prototype's cost moved by 2 and 0.4 per cent."""

Report = Callable[[str], None]
"""Told in words about every stage of long work."""


class Found(NamedTuple):
    """A gait that passed the gates, and how it was found.

    Attributes
    ----------
    condition, choices : it was solved for
    seed       : the gait as a start for others
    stride     : the gait over a stride
    objective  : cost per distance
    duration   : of a step [s]
    start      : name of the condition that the last start came from
    tries      : how many times a solver ran
    iterations, seconds : of all of them together
    """

    condition: Condition
    choices: Choices
    seed: Seed
    stride: Stride
    objective: float
    duration: float
    start: str
    tries: int
    iterations: int
    seconds: float
