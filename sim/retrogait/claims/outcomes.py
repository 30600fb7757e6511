"""What a comparison, a test and a claim can come to, and how the parts make the whole."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

SPEED_UNIT = " m/s"


class Outcome(StrEnum):
    """Of one comparison."""

    AS_CLAIMED = "as claimed"
    OPPOSITE = "not as claimed"
    UNDECIDED = "not decided"
    MISSING = "not computed"


class Verdict(StrEnum):
    """Of a test or a claim, by simulation."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    DEPENDS = "depends"
    UNDECIDED = "not decided"
    NOT_COMPUTED = "not computed"
    OUT = "out of reach"


class Agreement(StrEnum):
    """Of simulation and literature."""

    AGREE = "agree"
    IN_PART = "agree in part"
    DISAGREE = "disagree"
    NOTHING = "nothing to compare"


_FOR = {Outcome.AS_CLAIMED, Verdict.SUPPORTED}
_AGAINST = {Outcome.OPPOSITE, Verdict.CONTRADICTED}
_UNDECIDED = {Outcome.UNDECIDED, Verdict.UNDECIDED}


def combine(parts: Iterable[Outcome] | Iterable[Verdict]) -> Verdict:
    """Verdict of a test from its comparisons, or of a claim from its tests.

    What could not be computed says nothing; what is not decided speaks neither for a claim nor against it,
    so that one clear number decides among unclear ones (`Judged.label` tells how many were clear).
    """
    kinds = set(parts) - {Outcome.MISSING, Verdict.NOT_COMPUTED}
    if not kinds:
        return Verdict.NOT_COMPUTED
    if kinds <= _UNDECIDED:
        return Verdict.UNDECIDED
    kinds -= _UNDECIDED
    if kinds <= _FOR:
        return Verdict.SUPPORTED
    return Verdict.CONTRADICTED if kinds <= _AGAINST else Verdict.DEPENDS


def agreement(simulated: Verdict, published: str) -> Agreement:
    """How the verdict of the simulation stands to that of the literature.

    Parameters
    ----------
    published
        "supported", "partly", "contradicted", "no data" or "out".
    """
    if simulated in {Verdict.NOT_COMPUTED, Verdict.OUT, Verdict.UNDECIDED} or published in {"no data", "out"}:
        return Agreement.NOTHING
    if simulated == Verdict.DEPENDS or published == "partly":
        return Agreement.IN_PART  # also where both are mixed: they need not be so in the same way
    return Agreement.AGREE if simulated == published else Agreement.DISAGREE


def places(outcomes: Sequence[tuple[str, Outcome]]) -> str:
    """Where which outcome was found: ``as claimed at 0.6, 0.8 m/s; not decided at 1 m/s``."""
    at: dict[Outcome, list[str]] = {}
    for place, outcome in outcomes:
        at.setdefault(outcome, []).append(place)
    return "; ".join(f"{outcome} at {_listed(at[outcome])}" for outcome in Outcome if outcome in at)


def _listed(names: Sequence[str]) -> str:
    """Names with their common unit once."""
    if all(name.endswith(SPEED_UNIT) for name in names):
        return f"{', '.join(name.removesuffix(SPEED_UNIT) for name in names)}{SPEED_UNIT}"
    return ", ".join(names)
