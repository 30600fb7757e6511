"""From a folder of results to a figure, by kind."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from retrogait.errors import ConfigError
from retrogait.report.figures.compose import Sheet
from retrogait.report.figures.contributions import Walk, draw_contributions
from retrogait.report.figures.overlay import draw_overlay
from retrogait.report.figures.style import SIZES, Size
from retrogait.report.figures.surface import draw_surfaces
from retrogait.report.figures.validation import draw_validation
from retrogait.report.folder import Condition, Folder, open_folder
from retrogait.report.gathered.choice import choose, digest, of_one_origin, walk
from retrogait.report.gathered.contributions import PEAKS, contributions
from retrogait.report.gathered.overlay import Panel, overlays
from retrogait.report.gathered.surface import LOADS, has_cell, surfaces
from retrogait.report.gathered.validation import ESTIMATES, is_validation, read_validation

OVERLAY, SURFACE, CONTRIBUTIONS, VALIDATION = KINDS = ("overlay", "surface", "contributions", "validation")

MOST_LINES, MOST_COLUMNS = 6, 4
"""Walks in one panel of an overlay, and places side by side, that can still be told apart."""

MOST_WALKS = 16
"""Bars that one figure of contributions holds."""

DEFAULTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        OVERLAY: ("tibiofemoral_force", "patellofemoral_force", "knee_flexion"),
        SURFACE: LOADS,
        CONTRIBUTIONS: (next(iter(PEAKS)),),
        VALIDATION: ESTIMATES[:1],
    }
)
"""Quantities that are drawn where nobody says which."""


def make_figure(
    results: Path,
    kind: str,
    *,
    size: str = "double",
    quantities: Sequence[str] = (),
    conditions: Sequence[str] = (),
    side: str | None = None,
) -> Sheet:
    """Draw one figure of a results folder.

    Parameters
    ----------
    results
        Folder of ``retrogait run``; of ``retrogait validate EXPERIMENT`` for a validation.
    kind
        In `KINDS`.
    size
        In `retrogait.report.figures.style.SIZES`.
    quantities
        Curves of an overlay, measures of a surface, one peak of contributions, one estimate of a validation;
        those of `DEFAULTS` where there is none.
    conditions
        Names or patterns with ``*`` and ``?``: conditions, or sets of choices of a validation. None: one
        walk in both directions; every condition for a surface; the plain analysis for a validation.
    side
        Leg of an overlay or of contributions; "right" when None, or whichever has a cycle for contributions.

    Raises
    ------
    ConfigError
        What is asked for is unknown, or not in the results.
    ResultError
        The folder holds no such results, or a unit is not that of the registries.
    """
    chosen = tuple(quantities) or DEFAULTS[kind]
    if kind in {CONTRIBUTIONS, VALIDATION} and len(chosen) > 1:
        raise ConfigError(
            f"a figure of {kind} shows one quantity, {len(chosen)} are given: {', '.join(chosen)}"
        )
    if kind == VALIDATION:
        return _validation(results, SIZES[size], chosen[0], conditions)
    if is_validation(results):
        raise ConfigError(f"{results}: holds a validation, which has no {kind}; expected --kind {VALIDATION}")
    with open_folder(results) as folder:
        if kind == SURFACE:
            shown = choose(folder, conditions) if conditions else of_one_origin(folder.stored)
            rows = [surfaces(folder, name, shown if conditions else None) for name in chosen]
            if not all(any(has_cell(one.values) for one in row) for row in rows):
                raise ConfigError(
                    f"{folder.path}: nowhere are two speeds and two inclines all there, so nothing lies "
                    "between them; name other conditions, or draw an overlay"
                )
            figure = draw_surfaces(rows, SIZES[size])
        elif kind == OVERLAY:
            shown = choose(folder, conditions)
            leg = side or "right"
            panels = overlays(folder, shown, chosen, side=leg)
            _require_few(panels[0])
            figure = draw_overlay(panels, SIZES[size], leg)
        else:
            shown = choose(folder, conditions)
            figure = draw_contributions(_walks(folder, shown, chosen[0], side), SIZES[size])
        title = f"{folder.name}: {kind} of {', '.join(name.replace('_', ' ') for name in chosen)}"
        predicted = " (predicted)" if any(one.predicted for one in shown) else ""
        return Sheet(figure, SIZES[size], title + predicted, digest(folder, shown))


def _require_few(row: Sequence[Panel]) -> None:
    """Refuse an overlay in which nobody can tell the lines apart."""
    lines = max(len(panel.lines) for panel in row)
    for count, most, what in (
        (len(row), MOST_COLUMNS, "places side by side"),
        (lines, MOST_LINES, "walks in one panel"),
    ):
        if count > most:
            raise ConfigError(f"{count} {what}, expected at most {most}; name fewer with --condition")


def _walks(folder: Folder, shown: Sequence[Condition], measure: str, side: str | None) -> list[Walk]:
    if len(shown) > MOST_WALKS:
        raise ConfigError(
            f"{len(shown)} conditions in one figure of contributions, expected at most {MOST_WALKS}; "
            "name fewer with --condition"
        )
    titles = [walk(one) for one in shown]
    found = []
    for one, title in zip(shown, titles, strict=True):
        (parts,) = contributions(folder.result(one.name), [measure], side=side, where=one.path or one.name)
        found.append(Walk(title if titles.count(title) == 1 else one.name, parts, one.predicted))
    return found


def _validation(results: Path, size: Size, estimate: str, patterns: Sequence[str]) -> Sheet:
    found = read_validation(results)
    figure = draw_validation(found, size, estimate=estimate, patterns=patterns)
    told = hashlib.sha256(f"{found.digest} {estimate} {' '.join(patterns)}".encode()).hexdigest()
    return Sheet(figure, size, f"{found.name}: measured and estimated knee force", told)
