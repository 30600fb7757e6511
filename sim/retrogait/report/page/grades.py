"""How far to believe each trial: its report card, what decided, and whose limits it was held against."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

import numpy as np

from retrogait.card import GRADES, NOT_GRADED, Card, Mark, load_limits
from retrogait.card.limits import PROJECT
from retrogait.report.folder import Folder
from retrogait.report.page.inside import MOST_GRADED, Inside
from retrogait.report.page.parts import Column, Section, Table

TITLE = "How far to believe each trial"
"""Heading of the section."""

LISTED = 3
"""Conditions that are named beside what decided their grade."""


def grades(folder: Folder, inside: Mapping[str, Inside]) -> Section | None:
    """Section of the report cards; None where no file of a condition is left.

    Parameters
    ----------
    folder
        Of the study.
    inside
        Condition to what its file says.
    """
    if not inside:
        return None
    cards = {name: one.card for name, one in inside.items() if one.card is not None}
    if not cards:
        return Section("grades", TITLE, f"<p>{_why_not(folder)}</p>")
    html = (
        f"<p>Each trial has a grade, A to F: the worst of its checks against published limits. "
        f"{escape(counted(cards.values()))}. A limit from memory was cited without the paper at hand; one "
        "of this project is a choice, most often a round multiple of the published one before it.</p>"
    )
    decided = list(_decided(cards))
    if decided:
        html += f"<h3>What decided, and what to do</h3><ul>{''.join(decided)}</ul>"
    notes = dict.fromkeys(note for card in cards.values() for note in card.notes)
    html += "".join(f'<p class="soft">{escape(note[0].upper() + note[1:])}.</p>' for note in notes)
    if len(cards) < len(inside):
        html += f'<p class="soft">{len(inside) - len(cards)} files of an older version are not graded.</p>'
    return Section("grades", TITLE, html, tables=(_cards(cards), _limits()))


def counted(cards: Iterable[Card]) -> str:
    """How many trials have each grade, in words, the best first."""
    count = Counter(card.grade for card in cards)
    return ", ".join(f"{count[letter]} {letter}" for letter in (*GRADES, NOT_GRADED) if count[letter])


def _why_not(folder: Folder) -> str:
    if len(folder.stored) > MOST_GRADED:
        return (
            f"A page grades up to {MOST_GRADED} conditions, and these are {len(folder.stored)}: "
            "<code>retrogait card</code> grades them all."
        )
    return "These files are of an older version, and hold too little to be graded; run the study again."


def _decided(cards: Mapping[str, Card]) -> Iterator[str]:
    """Each check that decided a grade worse than A: whose, the worst value, and what to do; worst first."""
    by_check: dict[str, list[tuple[str, Mark]]] = {}
    for name, card in cards.items():
        for mark in card.decided_by:
            by_check.setdefault(mark.check.title, []).append((name, mark))
    order = sorted(by_check.items(), key=lambda item: (_worst(item[1])[0], len(item[1])), reverse=True)
    for title, found in order:
        _, name, mark = _worst(found)
        letters = Counter(one.grade for _, one in found)
        counts = ", ".join(f"{letters[letter]} {letter}" for letter in GRADES if letters[letter])
        others = [other for other, _ in found if other != name]
        more = f" and {len(others) - LISTED} more" if len(others) > LISTED else ""
        also = f"(also {', '.join(others[:LISTED])}{more})" if others else ""
        yield (
            f"<li><strong>{escape(title)}</strong> ({counts}): at worst {escape(mark.words)} in "
            f"{escape(name)}. {escape(mark.check.advice[0].upper() + mark.check.advice[1:])}. "
            f'<span class="soft">{escape(also)}</span></li>'
        )


def _worst(found: Sequence[tuple[str, Mark]]) -> tuple[int, str, Mark]:
    name, mark = max(found, key=lambda item: (GRADES.index(item[1].grade), item[1].value))
    return GRADES.index(mark.grade), name, mark


def _cards(cards: Mapping[str, Card]) -> Table:
    """A row for each trial: grade, what decided, and every value with its letter."""
    columns = [
        Column("condition", "", list(cards)),
        Column("grade", "", [card.grade for card in cards.values()]),
        Column("decided by", "", [_said(card) for card in cards.values()]),
    ]
    for check in load_limits()[0]:
        marks = [card[check.id] for card in cards.values()]
        values = np.array([mark.value for mark in marks])
        if np.isfinite(values).any():
            columns.append(Column(check.title, check.unit, values))
            columns.append(Column(f"{check.title}, grade", "", [mark.grade for mark in marks]))
    return Table("grades", "Report cards", columns)


def _said(card: Card) -> str:
    if card.grade == NOT_GRADED:
        return "; ".join(dict.fromkeys(mark.where for mark in card.not_graded))
    return "; ".join(f"{mark.check.title}: {mark.words}" for mark in card.decided_by)


def _limits() -> Table:
    checks, sources = load_limits()
    cited = [
        "; ".join(
            f"{letter}: {sources[key]}"
            for letter, key in zip(GRADES, check.sources, strict=False)
            if key != PROJECT
        )
        or str(sources[PROJECT])
        for check in checks
    ]
    columns = [
        Column("check", "", [check.title for check in checks]),
        Column("unit", "", [check.unit for check in checks]),
        *(
            Column(f"{letter} up to", "", np.array([check.limits[place] for check in checks]))
            for place, letter in enumerate(GRADES[:-1])
        ),
        Column("decides", "", ["yes" if check.decides else "no" for check in checks]),
        Column("published limits, by", "", cited),
        Column("what is measured", "", [check.about for check in checks]),
    ]
    return Table("grade-limits", "Limits of the report card", columns)
