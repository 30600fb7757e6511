"""Old and new on top of each other: the curves that moved most, for the eye of a reviewer."""

from pathlib import Path

import numpy as np

from retrogait.baseline.compare import Check, Comparison
from retrogait.baseline.explain import leading, words
from retrogait.baseline.loads import ACTIVATION
from retrogait.io.atomic import replacing
from retrogait.io.text import many
from retrogait.report.curves import Curve, Panel, draw

CONDITIONS = 3
"""Conditions that are shown, each by one curve and what changed of it."""


def to_picture(comparison: Comparison) -> str | None:
    """SVG of the worst curves, or None where no curve moved that both have.

    A condition shows the load that the headline tells of, where that moved in it, else its worst curve.
    """
    shown: dict[str, Check] = {}
    moved = comparison.moved
    told = leading(moved)[0].quantity if moved else ""
    for check in sorted(moved, key=lambda check: check.quantity != told):  # the worst first, of either kind
        if _drawable(check, comparison):
            shown.setdefault(check.condition, check)
    checks = list(shown.values())[:CONDITIONS]
    kinds = {check.kind for check in checks}
    if not checks:
        return None
    if len(kinds) > 1:  # one axis of time cannot hold both
        checks = [check for check in checks if check.kind == checks[0].kind]
    over, less = [], []
    for check in checks:
        old, new = (held[check.condition] for held in (comparison.baseline.loads, comparison.results.loads))
        row = new.muscles.index(check.muscle) if check.muscle else new.sides.index(check.side)
        was, now = (one.quantities[check.quantity][row] for one in (old, new))
        name = f"{words(check.quantity)}, {check.muscle or check.side}"
        lines = (Curve("baseline", old.at, was), Curve("now", new.at, now))
        over.append(Panel(f"{check.condition}: {name}", lines, scale=check.condition))
        edges = (Curve("tolerance", new.at, np.full(new.at.size, edge)) for edge in (-1.0, 1.0))
        change = Curve("now less baseline", new.at, (now - was) / check.tolerance)
        title = f"change, in tolerances of {check.tolerance:g}{'' if check.unit == '1' else f' {check.unit}'}"
        less.append(Panel(title, (change, *edges), scale=f"{check.condition} less", zero=True))
    units = list(dict.fromkeys(check.unit for check in checks))
    return draw(
        [*over, *less],
        title="Loads that moved",
        x_label="time in the cycle [%]" if checks[0].kind == "cycle" else "time [s]",
        y_label=f"load [{', '.join(units)}], change",
        remarks=[f"The worst curve of {len(checks)} of {many(len(shown), 'condition')} that moved."],
    )


def write_picture(comparison: Comparison, path: Path) -> bool:
    """Write `to_picture` if there is one, and tell whether there is.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    picture = to_picture(comparison)
    if picture is None:
        path.unlink(missing_ok=True)  # one of an earlier comparison would mislead
        return False
    with replacing(path) as partial:
        partial.write_text(picture, encoding="utf-8")
    return True


def _drawable(check: Check, comparison: Comparison) -> bool:
    if check.note or not (check.side or check.muscle):
        return False
    new = comparison.results.loads[check.condition]
    if check.quantity not in (*new.curves, ACTIVATION):
        return False
    return bool(np.isfinite(new.quantities[check.quantity]).any())
