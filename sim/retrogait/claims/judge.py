"""One claim: every comparison with its numbers, and what they come to."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrogait.claims.expression import Expression, parse
from retrogait.claims.outcomes import (
    Agreement,
    Outcome,
    Verdict,
    agreement,
    combine,
    places,
)
from retrogait.claims.table import Claim, Speeds, Test
from retrogait.claims.walks import Part, Reading, Walks
from retrogait.published import Condition


@dataclass(frozen=True, slots=True)
class Value:
    """One number of one walk.

    Attributes
    ----------
    condition
        What was walked, or lies between what was.
    value
        NaN where there is none.
    low, high
        Span of the sensitivity; NaN where none is known.
    parts
        Stored results that it was read from.
    """

    condition: Condition
    value: float
    low: float
    high: float
    parts: tuple[Part, ...]

    @property
    def span(self) -> float:
        """How far other assumptions move it; NaN where nobody knows."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Pair:
    """One comparison.

    Attributes
    ----------
    at
        "matched" or "preferred" speeds; "trend" or "bound".
    place
        In words.
    first, second
        Forward and retro, or start and end of a trend; a bound has no first.
    difference
        Second less first; NaN where one lacks.
    outcome
        What it comes to.
    reason
        Why it could not be decided or computed; empty otherwise.
    """

    at: str
    place: str
    first: Value | None
    second: Value
    difference: float
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of a claim.

    Attributes
    ----------
    test
        As the file has it.
    unit
        Of its numbers.
    pairs
        Comparisons; those at preferred speeds last.
    verdict
        Of those that are not at preferred speeds.
    words
        Where which outcome was found, or why there is none.
    """

    test: Test
    unit: str
    pairs: tuple[Pair, ...]
    verdict: Verdict
    words: str

    @property
    def deciding(self) -> tuple[Pair, ...]:
        """Comparisons that the verdict is made of."""
        return tuple(pair for pair in self.pairs if pair.at != "preferred")

    @property
    def preferred(self) -> Pair | None:
        """Comparison at the speeds that people choose."""
        return next((pair for pair in self.pairs if pair.at == "preferred"), None)

    @property
    def spanned(self) -> bool:
        """Whether a sensitivity stands beside its numbers."""
        return any(math.isfinite(pair.second.low) for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Judged:
    """One claim with all that is known of it.

    Attributes
    ----------
    claim
        As the file has it.
    tests
        Its comparisons.
    verdict
        By simulation.
    on
        What it depends on: "speed", "incline", "measure", "choice of speeds"; empty where it does not.
    words
        The same in a sentence.
    agreement
        Of simulation and literature.
    """

    claim: Claim
    tests: tuple[Tested, ...]
    verdict: Verdict
    on: tuple[str, ...]
    words: str
    agreement: Agreement

    @property
    def decided(self) -> tuple[int, int]:
        """How many comparisons of those that count are decided, and how many were computed."""
        computed = [
            pair
            for tested in self.tests
            if tested.test.counts
            for pair in tested.deciding
            if pair.outcome != Outcome.MISSING
        ]
        return sum(pair.outcome != Outcome.UNDECIDED for pair in computed), len(computed)

    @property
    def label(self) -> str:
        """Verdict with what it depends on, or with how much of it is decided."""
        decided, computed = self.decided
        if self.verdict == Verdict.DEPENDS:
            return f"{self.verdict} on {', '.join(self.on)}"
        if 0 < decided < computed:
            return f"{self.verdict} where decided ({decided} of {computed})"
        return str(self.verdict)


def judge(claim: Claim, speeds: Speeds, walks: Walks) -> Judged:
    """Compare what a claim says with the stored walks.

    Parameters
    ----------
    speeds
        What walks are compared at unless a test says otherwise.

    Returns
    -------
    Judged
        "depends" where comparisons, tests, or matched and preferred speeds say opposite things; "not
        decided" where every difference is within the sensitivity; "not computed" where no number is there.
    """
    if claim.out_of_reach:
        return Judged(claim, (), Verdict.OUT, (), claim.out_of_reach, Agreement.NOTHING)
    tests = tuple(_tested(test, speeds, walks) for test in claim.test)
    counting = [one for one in tests if one.test.counts]
    verdict = combine(one.verdict for one in counting)
    chosen = combine(one.preferred.outcome for one in counting if one.preferred is not None)
    turned = {verdict, chosen} == {Verdict.SUPPORTED, Verdict.CONTRADICTED}
    if turned:
        verdict = Verdict.DEPENDS
    return Judged(
        claim,
        tests,
        verdict,
        tuple(_causes(counting, turned=turned)) if verdict == Verdict.DEPENDS else (),
        _sentence(counting, turned=turned),
        agreement(verdict, claim.literature.verdict),
    )


def _causes(tests: Sequence[Tested], *, turned: bool) -> Iterator[str]:
    """What a verdict depends on."""
    decided = [
        [
            (pair.second.condition, pair.outcome)
            for pair in one.deciding
            if pair.outcome in {Outcome.AS_CLAIMED, Outcome.OPPOSITE}
        ]
        for one in tests
    ]
    for name, other in (("speed", "incline"), ("incline", "speed")):
        groups: dict[tuple[int, float], set[Outcome]] = {}
        for row, outcomes in enumerate(decided):
            for condition, outcome in outcomes:
                groups.setdefault((row, getattr(condition, other)), set()).add(outcome)
        if any(len(found) > 1 for found in groups.values()):
            yield name
    if len({one.verdict for one in tests} - {Verdict.NOT_COMPUTED, Verdict.UNDECIDED}) > 1:
        yield "measure"
    if turned:
        yield "choice of speeds"


def _sentence(tests: Sequence[Tested], *, turned: bool) -> str:
    parts = []
    for one in tests:
        part = f"{one.test.about}: {one.words}"
        chosen = one.preferred
        if chosen is not None and chosen.outcome != Outcome.MISSING:
            part += f"; at preferred speeds {chosen.outcome}"
        parts.append(part)
    if turned:
        parts.insert(0, "the speeds decide: equal speeds and preferred speeds say the opposite")
    return ". ".join(parts)


def _tested(test: Test, speeds: Speeds, walks: Walks) -> Tested:
    expression = parse(test.quantity)
    pairs = tuple(
        _pair(at, place, test, expression, conditions, speeds.undecided, walks)
        for at, place, conditions in _conditions(test, speeds)
    )
    deciding = [pair for pair in pairs if pair.at != "preferred"]
    verdict = combine(pair.outcome for pair in deciding)
    if verdict == Verdict.NOT_COMPUTED:
        words = f"not computed, {deciding[0].reason}"
    else:
        words = places([(pair.place, pair.outcome) for pair in deciding])
    return Tested(test, test.unit or expression.unit, pairs, verdict, words)


def _conditions(test: Test, speeds: Speeds) -> Iterator[tuple[str, str, tuple[Condition, ...]]]:
    """Kind of comparison, place in words, and one or two conditions."""
    at = test.speeds or speeds.matched
    if test.kind == "bound":
        for incline in test.inclines:
            for speed in at:
                yield "bound", _place(speed, incline), (Condition(test.direction, speed, incline),)
    elif test.kind == "trend" and len(test.inclines) > 1:
        ends = test.inclines[0], test.inclines[-1]
        for speed in at:
            place = f"{speed:g} m/s from {_slope(ends[0])} to {_slope(ends[1])}"
            yield "trend", place, tuple(Condition(test.direction, speed, incline) for incline in ends)
    elif test.kind == "trend":
        incline, ends = test.inclines[0], (at[0], at[-1])
        place = f"{ends[0]:g} to {ends[1]:g} m/s" + (f" at {incline:+g} deg" if incline else "")
        yield "trend", place, tuple(Condition(test.direction, speed, incline) for speed in ends)
    else:
        for incline in test.inclines:
            for speed in at:
                both = tuple(Condition(way, speed, incline) for way in ("forward", "retro"))
                yield "matched", _place(speed, incline), both
        if test.preferred:
            chosen = {"forward": speeds.forward, "retro": speeds.retro}
            place = f"{speeds.forward:g} forward against {speeds.retro:g} m/s retro"
            yield "preferred", place, tuple(Condition(way, v, 0.0) for way, v in chosen.items())


def _slope(incline: float) -> str:
    return f"{incline:+g} deg" if incline else "level"


def _place(speed: float, incline: float) -> str:
    return f"{speed:g} m/s" + (f" {incline:+g} deg" if incline else "")


def _pair(
    at: str,
    place: str,
    test: Test,
    expression: Expression,
    conditions: Sequence[Condition],
    undecided: float,
    walks: Walks,
) -> Pair:
    reason = ""
    values = []
    for condition in conditions:
        reading = walks.at(condition)
        if reading is None:
            known = walks.range_of(condition.direction)
            reason = reason or f"{condition} is beyond the bundled walks ({condition.direction}: {known})"
            values.append(Value(condition, math.nan, math.nan, math.nan, ()))
        else:
            reason = reason or expression.missing(reading.measures)
            values.append(_value(test, expression, reading))
    first, second = (values[0], values[1]) if len(values) > 1 else (None, values[0])
    difference = second.value - first.value if first is not None else math.nan
    if reason:
        return Pair(at, place, first, second, difference, Outcome.MISSING, reason)
    if first is None:
        outcome, reason = _inside(test, second)
    else:
        outcome, reason = _against(test.expect, first, second, undecided)
    return Pair(at, place, first, second, difference, outcome, reason)


def _value(test: Test, expression: Expression, reading: Reading) -> Value:
    value = expression.of(reading.measures)
    of = test.span or (test.quantity if test.quantity in reading.spans else "")
    low, high = reading.spans.get(of, (math.nan, math.nan))
    return Value(reading.condition, value, value * low, value * high, reading.parts)


def _against(expect: str, first: Value, second: Value, undecided: float) -> tuple[Outcome, str]:
    """Whether the second value stands to the first as expected."""
    difference = second.value - first.value
    span = max(first.span, second.span)
    if math.isfinite(span):
        apart, reason = abs(difference) > span, f"the difference is within the span of {span:.3g}"
    else:
        least = undecided * max(abs(first.value), abs(second.value))
        apart, reason = abs(difference) > least, f"the two are within {100.0 * undecided:g} % of each other"
    if expect == "equal":
        return (Outcome.OPPOSITE, "") if apart else (Outcome.AS_CLAIMED, reason)
    if not apart:
        return Outcome.UNDECIDED, reason
    return (Outcome.AS_CLAIMED if (difference > 0.0) == (expect == "higher") else Outcome.OPPOSITE), ""


def _inside(test: Test, value: Value) -> tuple[Outcome, str]:
    """Whether a value lies within the bounds of its test."""
    low = -math.inf if test.low is None else test.low
    high = math.inf if test.high is None else test.high
    ends = [value.value, *(end for end in (value.low, value.high) if math.isfinite(end))]
    inside = {low <= end <= high for end in ends}
    if len(inside) > 1:
        return Outcome.UNDECIDED, "the span reaches over the bound"
    return (Outcome.AS_CLAIMED if inside == {True} else Outcome.OPPOSITE), ""
