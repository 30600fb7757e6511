"""The page of claims as Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from retrogait.claims import Book, Dose, Judged, Weakness
from retrogait.report.claims_doses import HEAD, dose_rows
from retrogait.report.claims_words import (
    FOREWORD,
    article,
    bound_of,
    caveats,
    glance,
    literature,
    names_of,
    number,
    preferred_speeds,
    sources,
    spanned,
    tally,
    title,
)


def to_markdown(
    book: Book, judged: Sequence[Judged], doses: Sequence[Dose], weaknesses: Mapping[str, Weakness]
) -> str:
    """Page of claims: all at a glance, then each with its numbers and their files, then doses."""
    lines = ["# Claims about walking backwards", ""]
    for text in (*FOREWORD, preferred_speeds(book), f"{tally(list(judged))}."):
        lines += [text, ""]
    head = ("id", "claim", "simulation", "one of its numbers", "literature", "the two")
    lines += _table(
        head,
        (
            (
                one.claim.id, one.claim.text, one.label, glance(one) or one.words,
                one.claim.literature.verdict, one.agreement,
            )
            for one in judged
        ),
    )  # fmt: skip
    lines.append("")
    for one in judged:
        lines += _section(one, weaknesses)
    if doses:
        lines += ["## Doses", "", *_doses(doses), ""]
    lines += ["## Articles", ""]
    lines += [f"- {article(name, found)}" for name, found in book.article.items()]
    return "\n".join(lines).rstrip() + "\n"


def _section(judged: Judged, weaknesses: Mapping[str, Weakness]) -> Iterator[str]:
    claim = judged.claim
    yield from (f"## {claim.id}: {claim.text}", "")
    yield f"- Articles: {', '.join(claim.articles)}"
    yield f"- Simulation: **{judged.label}**. {judged.words}."
    yield f"- Literature: {literature(claim.literature)}"
    yield f"- The two: {judged.agreement}"
    for text in caveats(judged, weaknesses):
        yield f"- {text}"
    yield ""
    for tested in judged.tests:
        first, second = names_of(tested)
        yield from (
            f"{title(tested)}: {tested.verdict}. `{tested.test.quantity}`",
            "",
        )
        yield from _table(
            ("at", first or "bound", second, "difference", "outcome", "read from"),
            (
                (
                    pair.place + (" (preferred)" if pair.at == "preferred" else ""),
                    spanned(pair.first) or bound_of(tested),
                    spanned(pair.second),
                    number(pair.difference),
                    pair.outcome + (f": {pair.reason}" if pair.reason else ""),
                    sources(pair),
                )
                for pair in tested.pairs
            ),
        )
        yield ""


def _doses(doses: Sequence[Dose]) -> Iterator[str]:
    yield "Impulse of the contact force of one knee. Steps are those of either foot."
    yield ""
    yield from _table((*HEAD, "read from"), (row for one in doses for row in dose_rows(one)))
    yield ""
    for one in doses:
        protocol = one.protocol
        days = f" On {protocol.days:g} days a week." if protocol.days else ""
        note = f" {protocol.note}" if protocol.note else ""
        yield f"- {protocol.id}: {protocol.text}{days} {literature(protocol.literature)}.{note}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") for cell in row) + " |"
