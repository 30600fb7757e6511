"""By which criterion muscles share the load in what a page shows, and what else its results hold."""

from collections import Counter
from collections.abc import Iterator, Mapping

from retrogait.io.text import many
from retrogait.report.page.inside import Inside

CRITERIA: Mapping[str, str] = {
    "plain": "plain (every muscle costs the same)",
    "weighted": "weighted (gastrocnemius and hamstrings cost more)",
    "custom": "weights of the study's own",
}
"""Criterion to what it is, in words."""


def sharing_facts(inside: Mapping[str, Inside]) -> Iterator[tuple[str, str]]:
    """Name and value of each thing to say of load sharing; none where no result says how it was shared.

    Parameters
    ----------
    inside
        Condition to what its file says.
    """
    every = [one.sharing for one in inside.values() if one.sharing.shown]
    shown = Counter(one.shown for one in every)
    if not shown:
        return
    said = [CRITERIA.get(name, name) for name in shown]
    if len(shown) == 1:
        yield "load sharing", f"{said[0]}: every curve and peak of this page"
    else:
        counts = [many(count, "condition") for count in shown.values()]
        told = ", ".join(f"{name} in {count}" for name, count in zip(said, counts, strict=True))
        yield "load sharing", f"of the curves and peaks of this page: {told}"
    beside = dict.fromkeys(name for one in every for name in one.stored if name != one.shown)
    if beside:
        yield (
            "load sharing, other",
            f"{', '.join(CRITERIA.get(name, name) for name in beside)}: stored beside them in the result "
            "files; on this page in the span of a predicted difference, and nowhere else",
        )
    weighted = [one for one in every if "weighted" in (one.shown, *one.stored)]
    for source in dict.fromkeys(one.source for one in weighted if one.source):
        yield "weighted sharing", source if "weighted" in shown else f"not what this page shows; {source}"
