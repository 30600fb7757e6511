"""Words and numbers that every view of the claims shows alike."""

import math
from collections.abc import Iterator, Mapping

from retrogait.claims import Agreement, Judged, Outcome, Verdict, Weakness
from retrogait.claims.judge import Pair, Tested, Value
from retrogait.claims.table import Article, Book, Literature
from retrogait.claims.walks import FOLDER
from retrogait.report.answers import NO_ANSWER

FOREWORD = (
    "Claims of popular articles about walking backwards, each beside the bundled walks and beside what was "
    "published about people.",
    "The walks are predictions for one planar adult of 1.75 m and 70 kg: nobody walked them. Their cost was "
    "fitted to level forward walking only; inclines and all retro walking are predicted from it, but its "
    "form was chosen in view of posture uphill. A verdict by simulation says what this model does, not what "
    "people do.",
    "Retro and forward walking are compared at equal speed and incline, and at speeds that people choose, "
    "because most published reductions were found at a slower retro speed.",
    "Spans are those of the sensitivity: the peaks with other tendons, weights, ground and strength, and by "
    "the other criterion of sharing where a result has it. A difference smaller than the wider span of the "
    "two is not decided. Only peaks of knee forces have spans of their own; means and impulses borrow that "
    "of their peak in proportion, and other measures have none.",
)
"""What a reader of every page must know first."""

NO_SPAN = "No sensitivity was computed for these measures: how far other assumptions move them is not known."


def number(value: float) -> str:
    """Three digits, a thousand and more whole, or a dash."""
    if not math.isfinite(value):
        return NO_ANSWER
    return f"{value:.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def spanned(value: Value | None) -> str:
    """Value with its span."""
    if value is None:
        return ""
    text = number(value.value)
    return f"{text} ({number(value.low)} to {number(value.high)})" if math.isfinite(value.low) else text


def in_unit(text: str, tested: Tested) -> str:
    """Text with the unit of a test behind it, which a plain number has none of."""
    return text if tested.unit in {"", "1"} else f"{text} {tested.unit}"


def title(tested: Tested) -> str:
    """What is tested, its unit and its bound."""
    unit = "" if tested.unit in {"", "1"} else f" [{tested.unit}]"
    bound = f", expected {bound_of(tested)}" if bound_of(tested) else ""
    return f"{tested.test.about}{unit}{bound}"


def names_of(tested: Tested) -> tuple[str, str]:
    """What the first and the second number of a test are called."""
    if tested.test.kind == "retro":
        return "forward", "retro"
    return ("start", "end") if tested.test.kind == "trend" else ("", tested.test.direction)


def bound_of(tested: Tested) -> str:
    """Bounds of a test in words; empty where it has none."""
    low, high = tested.test.low, tested.test.high
    if low is None:
        return "" if high is None else in_unit(f"at most {high:g}", tested)
    return in_unit(f"at least {low:g}" if high is None else f"{low:g} to {high:g}", tested)


def glance(judged: Judged) -> str:
    """The first number that counts, at the middle of its speeds, as the short table shows it."""
    computed = [
        (tested, pair)
        for tested in judged.tests
        if tested.test.counts
        for pair in tested.deciding
        if pair.outcome != Outcome.MISSING
    ]
    if not computed:
        return ""
    first = computed[0][0]
    of_first = [pair for tested, pair in computed if tested is first]
    return said(first, of_first[len(of_first) // 2])


def said(tested: Tested, pair: Pair) -> str:
    """One comparison in words."""
    first, second = names_of(tested)
    there = f"{second} {spanned(pair.second)}"
    if pair.first is not None:
        there += f", {first} {spanned(pair.first)}"
    return f"{tested.test.about}? {in_unit(there, tested)} at {pair.place}"


def sources(pair: Pair) -> str:
    """Stored results that a comparison was read from."""
    files = [str(part) for value in (pair.first, pair.second) if value is not None for part in value.parts]
    return ", ".join(dict.fromkeys(files))


def walks_of(pair: Pair) -> str:
    """The same by the names of the walks, for a narrow column."""
    return sources(pair).replace(f"{FOLDER}/", "").replace(".h5", "")


def literature(found: Literature) -> str:
    """What was published, with its rows."""
    rows = f" [{', '.join(found.rows)}]" if found.rows else ""
    return f"{found.verdict}: {found.words}{rows}"


def article(name: str, found: Article) -> str:
    """One line on an article."""
    return f"{name}: {found.title} ({found.about}{', ' + found.url if found.url else ''})"


def caveats(judged: Judged, weaknesses: Mapping[str, Weakness]) -> Iterator[str]:
    """What bears on the verdict of a claim, one sentence each."""
    if judged.claim.note:
        yield judged.claim.note
    for name in judged.claim.touches:
        yield f"Known weakness: {weaknesses[name]}."
    counted = [one for one in judged.tests if one.test.counts and one.verdict != Verdict.NOT_COMPUTED]
    if counted and not any(one.spanned for one in counted):
        yield NO_SPAN


def tally(judged: list[Judged]) -> str:
    """How many claims came to what, in one line."""
    parts = [
        f"{count} {verdict}"
        for verdict in Verdict
        if (count := sum(one.verdict == verdict for one in judged))
    ]
    alike = {kind: sum(one.agreement == kind for one in judged) for kind in Agreement}
    compared = sum(count for kind, count in alike.items() if kind != Agreement.NOTHING)
    beside = ", ".join(f"{alike[kind]} {kind}" for kind in Agreement if kind != Agreement.NOTHING)
    return (
        f"{len(judged)} claims by simulation: {', '.join(parts)}; beside the literature, where both have a "
        f"verdict ({compared}): {beside}"
    )


def preferred_speeds(book: Book) -> str:
    """What people choose, and who says so."""
    speeds = book.speeds
    return (
        f"Preferred speeds: forward {speeds.forward:g}, retro {speeds.retro:g} m/s ({speeds.source}). "
        "Numbers between two bundled walks are read on a straight line. Without a span, two values within "
        f"{100.0 * speeds.undecided:g} % of each other are not decided."
    )
