"""The first screen: what was walked, retro beside forward, and what to doubt."""

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.cycle import spread
from retrogait.gait.window import WINDOW_LOADS
from retrogait.io.text import many
from retrogait.report.answers import NO_ANSWER
from retrogait.report.folder import COLLECTION, Condition, Folder
from retrogait.report.gathered.labels import column as row_of
from retrogait.report.gathered.labels import unit
from retrogait.report.gathered.people import counted, people_of
from retrogait.report.page.grades import counted as graded
from retrogait.report.page.inside import Inside
from retrogait.report.page.origin import kind_of
from retrogait.report.page.parts import Column, Section, Table, csv_button
from retrogait.statistics.pairs import REPEATS

HEADLINES: Mapping[str, str] = {
    "tibiofemoral_peak": "peak tibiofemoral force",
    "patellofemoral_peak": "peak patellofemoral force, closed form",
    "knee_extension_moment_peak": "peak knee extension moment",
    "knee_adduction_moment_first": "first peak of the knee adduction moment",
}
"""Measures that a reader looks for first, and what the page calls them."""

WINDOW: Mapping[str, str] = {
    "tibiofemoral_peak": "peak tibiofemoral force of the window",
    "patellofemoral_peak_closed_form": "peak patellofemoral force of the window, closed form",
}
"""Loads that take their place where no condition has a complete cycle."""

MOST_VALUES = 4
"""Values of a setting that are written out; of more, the number."""

TITLE = "At a glance"
"""Heading of the section."""

_DIRECTIONS = ("forward", "retro")
_WAYS = (*_DIRECTIONS, "retro less forward")
_LESS = 2  # of _WAYS


@dataclass(frozen=True, slots=True)
class Headline:
    """One of `HEADLINES` of the conditions of one origin, and retro less forward over their pairs.

    Attributes
    ----------
    title, unit, origin
        What, in which unit, of "recorded" or "predicted" walks.
    values
        Forward, retro, and retro less forward; each (condition or pair,) finite.
    walked
        The conditions of each of these.
    """

    title: str
    unit: str
    origin: str
    values: tuple[Floats, Floats, Floats]
    walked: tuple[Sequence[Condition], Sequence[Condition], Sequence[Condition]]


def glance(folder: Folder, inside: Mapping[str, Inside], sections: Container[str]) -> Section:
    """Section that answers at once what the others answer in full.

    Parameters
    ----------
    folder
        Of the study.
    inside
        Condition to what its file says.
    sections
        Ids of the other sections of the page, to refer to.
    """
    rows = [("walked", _walked(folder)), *_varied(folder), ("to doubt", _doubted(folder, inside))]
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{told}</dd>" for name, told in rows if told)
    found = headlines(folder)
    if not found:
        return Section("glance", TITLE, f"<dl>{facts}</dl>")
    table = _table(found)
    html = f'<dl>{facts}</dl>{_shown(found)}{csv_button(table)}<p class="soft">{_read(found, sections)}</p>'
    return Section("glance", TITLE, html, downloads=(table,))


def headlines(folder: Folder) -> list[Headline]:
    """Every measure of every origin that has a number; loads of the window where none has a cycle."""
    if _cycles(folder).any():
        measures = [(title, unit(name), _by_condition(folder, name)) for name, title in HEADLINES.items()]
    else:
        measures = [
            (title, WINDOW_LOADS[name].unit, spread(folder.collection[f"window_{name}"].to_numpy().T)[0])
            for name, title in WINDOW.items()
        ]
    found = []
    for title, of, values in measures:
        for origin in folder.origins:
            mine = [one for one in folder.stored if one.origin == origin]
            known = [one for one in mine if math.isfinite(values[one.row])]
            forward, retro = ([one for one in known if one.direction == way] for way in _DIRECTIONS)
            pairs = [pair for pair in _pairs(mine) if np.isfinite(values[_rows(*pair)]).all()]
            less = [values[_rows(after)].mean() - values[_rows(before)].mean() for before, after in pairs]
            numbers = values[_rows(forward)], values[_rows(retro)], np.array(less)
            paired = [one for pair in pairs for direction in pair for one in direction]
            if forward or retro:
                found.append(Headline(title, of, origin, numbers, (forward, retro, paired)))
    return found


def _shown(found: Sequence[Headline]) -> str:
    """HTML of the table: what is written out for a reader, where the CSV has a column for each number."""
    ways = [place for place in range(len(_WAYS)) if any(one.values[place].size for one in found)]
    head = "".join(f'<th scope="col" role="columnheader">{escape(_WAYS[place])}</th>' for place in ways)
    body = "".join(
        '<tr role="row"><th scope="row" role="rowheader">'
        f"{escape(one.title)}, {escape(one.origin)} [{escape(one.unit)}]</th>"
        + "".join(
            f'<td role="cell" data-way="{escape(_WAYS[place])}"><span>{_cell(one, place)}</span></td>'
            for place in ways
        )
        + "</tr>"
        for one in found
    )
    # Roles, because a phone has the cells below one another, which would else end the table for who hears it.
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Loads of the knee at a glance">'
        '<table class="glance" role="table"><thead role="rowgroup"><tr role="row">'
        f'<th scope="col" role="columnheader">median, lowest … highest</th>{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )


def _cell(one: Headline, place: int) -> str:
    values = one.values[place]
    if not values.size:
        return NO_ANSWER
    sign = "+" if place == _LESS else ""
    middle, low, high = (f"{_quantile(values, share):{sign}.2f}" for share in (0.5, 0.0, 1.0))
    more = int(np.count_nonzero(values > 0.0))
    told = counted(one.walked[place])
    if place == _LESS:
        people = people_of(one.walked[place])
        told = f"more in {more} of {many(values.size, 'pair')}"
        told += "" if people is None else f" ({many(people, 'person', 'people')})"
    return f'<strong>{middle}</strong> <span class="soft">{low} … {high}; {told}</span>'


def _table(found: Sequence[Headline]) -> Table:
    columns = [
        Column("measure", "", [one.title for one in found]),
        Column("origin", "", [one.origin for one in found]),
        Column("unit", "", [one.unit for one in found]),
    ]
    for place, what in enumerate(_WAYS):
        groups = [one.values[place] for one in found]
        columns += [
            Column(f"{what}, {said}", "", np.array([_quantile(group, share) for group in groups]))
            for said, share in (("median", 0.5), ("lowest", 0.0), ("highest", 1.0))
        ]
        counted_as = "pairs" if place == _LESS else "conditions"
        columns.append(Column(f"{what}, {counted_as}", "", np.array([group.size for group in groups])))
        people = [people_of(one.walked[place]) for one in found]
        if any(people):
            columns.append(Column(f"{what}, people", "", np.array([count or math.nan for count in people])))
    more = [np.count_nonzero(one.values[_LESS] > 0.0) for one in found]
    columns.append(Column("pairs with more in retro", "", np.array(more)))
    return Table("glance-table", "Loads of the knee at a glance", columns)


def _quantile(values: Floats, share: float) -> float:
    return float(np.quantile(values, share)) if values.size else math.nan


def _read(found: Sequence[Headline], sections: Container[str]) -> str:
    """How to read the table."""
    told = "A condition is one walk of the study, and counts once, with the mean over its cycles and legs. "
    if not any(one.values[_LESS].size for one in found):
        return told + "No forward walk has a retro counterpart of one origin, so nothing is subtracted."
    told += "A pair differs in direction alone: equal speed, incline, origin and labels. "
    if "statistics" in sections:
        told += 'How sure a difference is stands under <a href="#statistics">Retro less forward</a>.'
    return told


def _by_condition(folder: Folder, name: str) -> Floats:
    """(condition,) mean over the legs that have a cycle."""
    at = row_of(folder.collection, "measure", name, folder.path / COLLECTION)
    return spread(folder.collection["measure_mean"][:, :, at].to_numpy().T)[0]


def _rows(*groups: Sequence[Condition]) -> list[int]:
    return [one.row for group in groups for one in group]


def _pairs(conditions: Sequence[Condition]) -> list[tuple[list[Condition], list[Condition]]]:
    """Forward and retro conditions that differ in nothing else; several of one are averaged."""
    found: dict[tuple[object, ...], tuple[list[Condition], list[Condition]]] = {}
    for one in conditions:
        if one.direction in _DIRECTIONS and not math.isnan(one.speed):
            alike = [item for item in one.labels.items() if item[0] not in REPEATS]
            key = (*one.walk, one.origin, *sorted(alike))
            found.setdefault(key, ([], []))[_DIRECTIONS.index(one.direction)].append(one)
    return [(forward, retro) for forward, retro in found.values() if forward and retro]


def _walked(folder: Folder) -> str:
    stored = folder.stored
    if not stored:
        return "nothing"
    parts = []
    for direction in dict.fromkeys(one.direction for one in stored):
        mine = [one for one in stored if one.direction == direction]
        for origin in sorted({one.origin for one in mine}):
            count = sum(one.origin == origin for one in mine)
            parts.append(f"{count} {direction} {origin}".replace("  ", " ").strip())
    speeds = _range([one.speed for one in stored], "m/s")
    inclines = _range([one.incline for one in stored], "deg")
    if inclines == "0 deg":
        inclines = "level"
    return escape("; ".join(part for part in (", ".join(parts), speeds, inclines) if part))


def _range(values: Sequence[float], of: str) -> str:
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    return f"{low:.3g} {of}" if low == high else f"{low:.3g} to {high:.3g} {of}"


def _varied(folder: Folder) -> Iterator[tuple[str, str]]:
    """Labels of the study that tell its conditions apart."""
    for name, of in folder.label_units.items():
        values = list(dict.fromkeys(one.labels[name] for one in folder.stored if name in one.labels))
        if len(values) < 2:
            continue
        shown = [f"{value:.4g}" if isinstance(value, float) else value for value in values]
        told = ", ".join(shown) if len(shown) <= MOST_VALUES else f"{len(shown)} different"
        yield name, escape(told + ("" if of == "1" else f" {of}"))


def _doubted(folder: Folder, inside: Mapping[str, Inside]) -> str:
    """What limits belief, worst first; each a link to the section that has it in full."""
    found = []
    lost = len(folder.conditions) - len(folder.stored)
    if lost:
        found.append(
            f'<a class="bad" href="#summary">no result of {lost} of '
            f"{many(len(folder.conditions), 'condition')}</a>"
        )
    failed = [one for one in folder.stored if one.frames_failed]
    if failed:
        frames, of = sum(one.frames_failed for one in failed), sum(one.frames for one in folder.stored)
        found.append(
            f'<a class="bad" href="#doubts">{frames} of {of} frames failed, in '
            f"{many(len(failed), 'condition')}</a>"
        )
    cards = {name: one.card for name, one in inside.items() if one.card is not None}
    if cards:
        origins = sorted({card.origin for card in cards.values()}, reverse=True)
        told = "; ".join(
            f"{origin} {graded([card for card in cards.values() if card.origin == origin])}"
            for origin in origins
        )
        built = " (by construction)" if "predicted" in origins else ""
        found.append(f'<a href="#grades">grades: {escape(told)}{built}</a>')
    without = int(np.count_nonzero(_cycles(folder) == 0))
    if without:
        found.append(f"no complete cycle in {without} of {many(len(folder.stored), 'condition')}")
    kinds = {kind_of(note) for one in inside.values() for note in one.notes}
    if kinds:
        found.append(f'<a href="#remarks">{len(kinds)} kinds of remarks</a>')
    return "; ".join(found)


def _cycles(folder: Folder) -> Floats:
    """Complete cycles of either leg, by stored condition."""
    rows = [one.row for one in folder.stored]
    whole: Floats = folder.collection["cycles"].to_numpy()[rows].sum(axis=1)
    return whole
