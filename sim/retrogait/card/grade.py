"""The report card of a trial: A to F, with the limit that decided and what to do about it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy.typing as npt
import xarray as xr

from retrogait.card import measure
from retrogait.card.limits import GRADES, Check, Source, load_limits
from retrogait.card.markers import marker_errors as look_at_markers
from retrogait.card.measure import Finding, Unknown
from retrogait.notebook import card as html_card
from retrogait.notebook import folded

NOT_GRADED = "–"
"""Grade of what could not be told."""

CONSISTENT = (
    "a prediction is consistent with itself by construction: its card says that the numbers close, not that "
    "anybody walks so"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One check of one trial.

    Attributes
    ----------
    check
        What was graded, its limits and advice.
    grade
        "A" to "F"; `NOT_GRADED` where there is no value.
    value
        In the unit of the check; NaN where there is none.
    where
        What it was found at, or why there is no value.
    published
        Limit that somebody published and the grade is to be read against, with its source; None where there
        is none.
    """

    check: Check
    grade: str
    value: float
    where: str
    published: tuple[float, Source] | None

    @property
    def limit(self) -> str:
        """Limits that decided, in words; nothing without a grade."""
        if self.grade == NOT_GRADED:
            return ""
        beyond, kept = self.check.bounds_of(self.grade)
        words = (("more than", beyond), ("at most", kept))
        decided = ", ".join(f"{how} {limit:g}" for how, limit in words if limit is not None)
        return f"{decided} {self.check.unit}" + ("" if self.check.decides else "; shown, does not count")

    @property
    def published_limit(self) -> str:
        """The published limit and who published it, in words; nothing where there is none."""
        if self.published is None:
            return ""
        limit, source = self.published
        return f"{limit:g} {self.check.unit}: {source}"

    @property
    def words(self) -> str:
        """Value and where, in words."""
        if self.grade == NOT_GRADED:
            return f"not graded: {self.where}"
        shown = f"{self.value:.2g}" if self.value < 100.0 else f"{self.value:.0f}"
        return f"{shown} {self.check.unit} ({self.where})"

    @property
    def advice(self) -> str:
        """What to do; nothing for an A or without a grade."""
        return "" if self.grade in {GRADES[0], NOT_GRADED} else self.check.advice


@dataclass(frozen=True, slots=True)
class Card:
    """Every check of one trial.

    Attributes
    ----------
    trial, origin
        Which trial; "recorded", "synthetic" or "predicted".
    marks
        In the order of the file of limits.
    remarks
        What was left out of a check, and why.
    """

    trial: str
    origin: str
    marks: tuple[Mark, ...]
    remarks: tuple[str, ...] = ()

    @property
    def grade(self) -> str:
        """Worst grade of the checks that decide; `NOT_GRADED` where none could be told."""
        graded = [mark.grade for mark in self._deciding]
        return max(graded, key=GRADES.index, default=NOT_GRADED)

    @property
    def decided_by(self) -> tuple[Mark, ...]:
        """Marks with the card's grade, none where that is an A."""
        grade = self.grade
        return (
            () if grade in {GRADES[0], NOT_GRADED} else tuple(m for m in self._deciding if m.grade == grade)
        )

    @property
    def not_graded(self) -> tuple[Mark, ...]:
        """Marks without a grade."""
        return tuple(mark for mark in self.marks if mark.grade == NOT_GRADED)

    @property
    def words(self) -> str:
        """The grade, and what it leaves out."""
        lacking: dict[str, list[str]] = {}
        for mark in self.not_graded:
            if not mark.check.decides:
                continue
            lacking.setdefault(mark.where, []).append(mark.check.title)
        return self.grade + "".join(
            f"; not graded, {reason}: {', '.join(titles)}" for reason, titles in lacking.items()
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the letters do not say."""
        return (*self.remarks, *((CONSISTENT,) if self.origin == "predicted" else ()))

    @property
    def _deciding(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.check.decides and mark.grade != NOT_GRADED]

    def __getitem__(self, check: str) -> Mark:
        """Mark of a check, by its id."""
        return next(mark for mark in self.marks if mark.check.id == check)

    def _repr_html_(self) -> str:
        """Look of the card in a notebook."""
        rows = [(m.check.title, m.grade, m.words, m.limit, m.published_limit) for m in self.marks]
        advice = [f"{mark.check.title}: {mark.check.advice}" for mark in self.decided_by]
        return html_card(
            f"Report card of {self.trial} ({self.origin}): {self.words}",
            [(m.check.title, f"{m.grade}: {m.words}" if m.limit else m.words) for m in self.marks],
            notes=[*advice, *self.notes],
            tables=[
                folded(
                    "Limits and their sources",
                    ("check", "grade", "found", "decided by", "published limit"),
                    rows,
                )
            ],
        )


def grade(
    result: xr.Dataset,
    marker_errors: npt.ArrayLike | None = None,
    *,
    markers: Sequence[str] = (),
    weights: npt.ArrayLike | None = None,
) -> Card:
    """Grade a trial by published limits.

    Parameters
    ----------
    result
        Of `retrogait.analyze`, as made or as read.
    marker_errors : (frame, marker)
        Distance from the model's to the measured markers, NaN where one was not seen [m], such as
        ``Kinematics.error`` of the inverse kinematics; markers are not graded without.
    markers
        Their names.
    weights : (marker,)
        That the inverse kinematics gave them, such as ``Kinematics.weight``. Markers of at most half the
        usual weight (the lower quartile) are set apart: named on the card, with the largest error of all
        markers beside, and left out of the limits. Without weights every marker counts.

    Returns
    -------
    Card
        What cannot be told from what is given stays without a grade, and says why.

    Raises
    ------
    ResultError
        The marker errors are no table of the markers, or the weights are not theirs.
    """
    errors = look_at_markers(marker_errors, markers, weights)
    findings: dict[str, Finding] = {
        "marker_error": measure.marker_error(errors),
        "marker_error_largest": measure.marker_error_largest(errors),
        "marker_error_any": measure.marker_error_largest(errors, of_all=True),
        "residual_force": measure.residual_force(result),
        "residual_moment": measure.residual_moment(result),
        "reserve": measure.reserve(result),
        "closure": measure.closure(result),
        "event_order": measure.event_order(result),
        "failed_frames": measure.failed_frames(result),
    }
    checks, sources = load_limits()
    return Card(
        str(result.attrs["trial"]),
        str(result.attrs.get("origin", "recorded")),
        tuple(_mark(check, sources, findings[check.id]) for check in checks),
        (errors.remark,) if errors is not None and errors.remark else (),
    )


def card_rows(cards: Iterable[Card]) -> list[dict[str, str | float]]:
    """One row per trial: its grade, what decided it, and grade and value of every check.

    The columns are those of every row, in one order; a value that is not known is NaN.
    """
    rows = []
    for card in cards:
        row: dict[str, str | float] = {
            "trial": card.trial,
            "grade": card.grade,
            "decided by": ", ".join(mark.check.title for mark in card.decided_by),
        }
        for mark in card.marks:
            row[f"{mark.check.title}, grade"] = mark.grade
            row[f"{mark.check.title} [{mark.check.unit}]"] = mark.value
        rows.append(row)
    return rows


def _mark(check: Check, sources: dict[str, Source], finding: Finding) -> Mark:
    if isinstance(finding, Unknown):
        return Mark(check, NOT_GRADED, math.nan, finding.reason, None)
    if not math.isfinite(finding.value):
        return Mark(check, NOT_GRADED, math.nan, "the result holds no number", None)
    letter = check.grade_of(finding.value)
    known = check.published_for(letter)
    return Mark(check, letter, finding.value, finding.where, (known[0], sources[known[1]]) if known else None)
