"""How much a predicted knee load depends on what had to be assumed.

Every case predicts the gait again with one assumption changed, from the gait itself as start or else from
its neighbours, and analyzes it the same way, with muscles as strong as it was predicted with. The spread of
the peaks is a lower bound of what is not known: other assumptions were not changed.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from types import MappingProxyType

import msgspec

from retrogait.errors import SolveError
from retrogait.predict.figure import Figure
from retrogait.predict.found import Found, Report
from retrogait.predict.gait import PEAKS, Gait, trial_in_memory
from retrogait.predict.knee import Peaks, own_peaks, peaks
from retrogait.predict.seeds import Seed
from retrogait.predict.settings import WEAKEST, Choices
from retrogait.predict.team import Team
from retrogait.predict.weights import read_weights
from retrogait.share import share_folder

BASE = "base"

OTHER_COST = "prediction_squares.toml"
"""In ``models/``: another cost, fitted to level walking as well, that disagrees elsewhere."""

SQUARES_GROUND = (2.15 / 3.23, 2.03 / 3.10)
"""Stiffness and dissipation of the ground that it was fitted with, over the usual ones [1]."""

Change = Callable[[Choices], Choices]


def _heavier(*terms: str, by: float = 2.0) -> Change:
    return lambda choices: replace(choices, weights=choices.weights.scaled(**dict.fromkeys(terms, by)))


def _weaker(choices: Choices) -> Choices:
    factors = {"all": 1.0, **choices.strength}
    return replace(choices, strength={name: max(0.8 * factor, WEAKEST) for name, factor in factors.items()})


def _upright(choices: Choices) -> Choices:
    """No lean into a slope, which is assumed; nothing changes on the level."""
    return replace(choices, weights=msgspec.structs.replace(choices.weights, into_slope=0.0))


def _by_squares(choices: Choices) -> Choices:
    """The other cost that was fitted to level walking, on the ground that was fitted with it."""
    stiffness, dissipation = SQUARES_GROUND
    return replace(
        choices, weights=read_weights(share_folder("models") / OTHER_COST),
        stiffness=stiffness * choices.stiffness, dissipation=dissipation * choices.dissipation,
    )  # fmt: skip


CASES: Mapping[str, Change] = MappingProxyType(
    {
        "rigid tendons": lambda choices: replace(choices, tendon="rigid"),
        "all tendons compliant": lambda choices: replace(choices, tendon="compliant"),
        "activation costs twice": _heavier("activation"),
        "energy costs twice": _heavier("energy", "power"),
        "energy counts by squares": _by_squares,
        "acceleration costs twice": _heavier("acceleration"),
        "landing costs half": _heavier("ground_force", "loading_rate", by=0.5),
        "ground half as stiff": lambda choices: replace(choices, stiffness=0.5 * choices.stiffness),
        "muscles a fifth weaker": _weaker,
        "trunk upright on slopes": _upright,
    }
)
"""What is changed, one at a time."""

OWN = "predictor's muscle forces"
"""The case that changes no gait but takes the optimiser's muscle forces in place of static optimisation."""

Asked = Mapping[str, "Future[Found]"]
"""Cases that are being solved."""


def ask(team: Team, found: Found, spare: Sequence[Seed]) -> Asked:
    """Have every case solved, while the caller goes on with something else.

    Parameters
    ----------
    spare : gaits to start a case from, should the gait itself lead nowhere
    """
    return {
        name: team.submit(found.condition, change(found.choices), [found.seed, *spare])
        for name, change in CASES.items()
    }


def sensitivity_of(
    figure: Figure, found: Found, gait: Gait, asked: Asked, report: Report
) -> dict[str, dict[str, float]]:
    """Peaks of every case that gave a gait; `missing` tells which did not.

    Returns
    -------
    dict
        Case to `PEAKS` [BW]; the first is `BASE`.
    """
    told = {BASE: _entry(peaks(gait.result)), OWN: _entry(own_peaks(figure, found.stride, gait.result))}
    for number, (name, answer) in enumerate(asked.items(), start=1):
        report(f"sensitivity: {name} ({number} of {len(asked)})")
        try:
            other = answer.result()
        except SolveError:
            continue
        trial, _ = trial_in_memory(other.condition, figure, other.stride)
        told[name] = _entry(peaks(replace(gait, trial=trial, strength=other.choices.strength).result))
    return told


def missing(told: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Cases that gave no gait."""
    return [name for name in CASES if name not in told]


def _entry(found: Peaks) -> dict[str, float]:
    return dict(zip(PEAKS, (round(value, 4) for value in found), strict=True))
