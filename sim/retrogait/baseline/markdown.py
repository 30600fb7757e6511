"""Summary of a comparison for a pull request: what it comes to first, then a short table, details folded."""

import math
from collections.abc import Iterator
from pathlib import Path

from retrogait.baseline.causes import causes
from retrogait.baseline.compare import CONTACT, Check, Comparison
from retrogait.baseline.explain import headline, others, place, sentence, words
from retrogait.io.atomic import replacing
from retrogait.io.text import as_markdown

ROWS = 10
"""Rows of the table: the worst of every condition, of so many conditions."""

DETAILS = 200
"""Sentences in the folded part: a comment on GitHub holds 65 536 characters, the summary of a job more."""


def to_markdown(comparison: Comparison) -> str:
    """Comparison as GitHub-flavoured Markdown."""
    return "\n".join(_lines(comparison)) + "\n"


def write_markdown(comparison: Comparison, path: Path) -> None:
    """Write `to_markdown`.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    with replacing(path) as partial:
        partial.write_text(to_markdown(comparison), encoding="utf-8")


def worst_by_condition(comparison: Comparison) -> list[Check]:
    """Worst check of every condition that moved, the worst first; a contact force where one moved."""
    worst: dict[str, Check] = {}
    ranked = sorted(comparison.moved, key=lambda check: not check.quantity.startswith(CONTACT))
    for check in ranked:
        worst.setdefault(check.condition, check)
    return list(worst.values())


def numbers(check: Check) -> tuple[str, str, str, str]:
    """Baseline, now, change, and tolerance with its unit, for a table."""
    unit = "" if check.unit == "1" else f" {check.unit}"
    old, new = ("none" if math.isnan(value) else f"{value:.4g}" for value in (check.old, check.new))
    change = check.new - check.old
    return old, new, "" if math.isnan(change) else f"{change:+.2g}", f"{check.tolerance:g}{unit}"


def _lines(comparison: Comparison) -> Iterator[str]:
    differ = bool(comparison.missing or comparison.new) and not comparison.moved
    wrong = [
        *(["loads moved"] if comparison.moved else []),
        *(["conditions differ"] if differ else []),
        *(["not every condition ran"] if comparison.not_run else []),
    ]
    verdict = ", ".join(wrong) or "no load moved"
    yield f"### {'✅' if comparison.passed else '❌'} Knee loads: {verdict}"
    yield ""
    yield as_markdown(_capital(headline(comparison)))
    moved = comparison.moved
    if moved:
        yield ""
        yield as_markdown(others(comparison))
        yield ""
        yield from _table(worst_by_condition(comparison))
        yield ""
        yield from _folded(
            "What differs between baseline and results", [f"- {c}" for c in causes(comparison)]
        )
        sentences = [f"- {sentence(check)}" for check in moved[:DETAILS]]
        if len(moved) > DETAILS:
            sentences.append(f"- and {len(moved) - DETAILS} more")
        yield from _folded(f"All {len(moved)} loads that moved, the worst first", sentences)
    review = comparison.baseline.review
    agreed = " ".join(filter(None, [review.by and f"by {review.by}", review.on and f"on {review.on}"]))
    yield ""
    yield as_markdown(
        f"Baseline: {Path(comparison.baseline.source).name}{f', reviewed {agreed}' if agreed else ''}"
        f"{f': {review.note}' if review.note else ''}."
    )


def _table(rows: list[Check]) -> Iterator[str]:
    yield "| condition | worst load | where | baseline | now | change | tolerance | moved most by |"
    yield "|---|---|---|--:|--:|--:|--:|---|"
    for check in rows[:ROWS]:
        cells = (
            check.condition,
            ", ".join(filter(None, [words(check.quantity), check.muscle or check.side])),
            check.note or place(check),
            *numbers(check),
            check.mover.muscle if check.mover else "",
        )
        yield f"| {' | '.join(map(as_markdown, cells))} |"
    if len(rows) > ROWS:
        yield f"\n… and {len(rows) - ROWS} more conditions."


def _folded(title: str, lines: list[str]) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>\n"
    yield from map(as_markdown, lines)
    yield "\n</details>"


def _capital(text: str) -> str:
    return f"{text}." if not text.endswith(".") else text
