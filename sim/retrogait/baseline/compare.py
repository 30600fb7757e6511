"""Loads against their baseline: what moved, where in the cycle, by how much, and which muscle moved it."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.baseline.gather import Gathered
from retrogait.baseline.loads import ACTIVATION, Loads, side_of, unit_of
from retrogait.baseline.store import Baseline
from retrogait.baseline.tolerances import Tolerances, grain

CONTACT = ("tibiofemoral", "patellofemoral")
"""How quantities begin that muscles make."""

_ON_CURVE = ("_peak", "_first", "_second")

QUADRICEPS = re.compile(r"(^|_)(vas|rec)", re.I)
"""Muscles whose pull presses the patella on the femur, as public models call them."""


LANDING, LEAVING = 0.2, 2.0 / 3.0
"""Parts of stance: the loading response lasts 12 of 62 % of a cycle (Perry and Burnfield 2010, Gait
Analysis), and the ankle pushes off in its last third (Winter 1991, burst A2); taken over for retro [1]."""


SAME_TIME = 1e-6
"""Rows of two windows that lie this near are the same; files of motions have no more digits [s or %]."""

VASTUS = re.compile(r"(^|_)vas", re.I)
"""The vasti, which pull on one tendon: what one of them gains another may lose."""


class Mover(NamedTuple):
    """What a muscle contributes to a change.

    muscle   : its name
    old, new : what its pull adds to the tibiofemoral compression [BW]
    together : change of all vasti together, where it is one of them, else NaN [BW]
    """

    muscle: str
    old: float
    new: float
    together: float = math.nan


@dataclass(frozen=True, slots=True)
class Check:
    """One quantity of one condition against its baseline, both sides; where it moved most.

    Attributes
    ----------
    condition, quantity, unit
        Which, as `unit_of` says.
    tolerance
        In force [unit].
    moved
        Largest difference, no less than 0; infinite where an answer came or went, or labels do not match.
    passed
        Whether it is within the tolerance, or the same bit for bit where that was asked.
    side
        Of that place; for `ACTIVATION` the side is part of the muscle's name.
    muscle
        That moved, for `ACTIVATION`; else empty.
    old, new
        Values there [unit].
    at
        Time there: % of the cycle, or s in a window; NaN where it has none, such as an impulse.
    kind
        "cycle" or "window".
    phase
        Of the cycle, in words; empty in a window.
    mover
        Muscle that moved the load most there; None where none did.
    note
        Why there is nothing to compare; empty where there is.
    """

    condition: str
    quantity: str
    unit: str
    tolerance: float
    moved: float
    passed: bool
    side: str = ""
    muscle: str = ""
    old: float = math.nan
    new: float = math.nan
    at: float = math.nan
    kind: Literal["cycle", "window"] = "cycle"
    phase: str = ""
    mover: Mover | None = None
    note: str = ""

    @property
    def severity(self) -> float:
        """How many tolerances it moved by."""
        return self.moved / self.tolerance


@dataclass(frozen=True, eq=False)
class Comparison:
    """Results against a baseline.

    Attributes
    ----------
    checks
        Of every condition that both have, by condition and quantity.
    missing
        Conditions of the baseline that failed or are not among the results, to the reason.
    not_run
        Conditions that an interrupted run did not come to: nothing is known of them.
    new
        Conditions that the baseline does not have.
    exact
        Whether every bit had to agree.
    baseline, results
        What was compared.
    """

    checks: tuple[Check, ...]
    missing: Mapping[str, str]
    not_run: tuple[str, ...]
    new: tuple[str, ...]
    exact: bool
    baseline: Baseline
    results: Gathered
    tolerances: Tolerances = field(default_factory=Tolerances)

    @property
    def moved(self) -> tuple[Check, ...]:
        """Checks that failed, the worst first."""
        return tuple(sorted((c for c in self.checks if not c.passed), key=lambda c: -c.severity))

    @property
    def passed(self) -> bool:
        """Whether nothing moved, everything ran, nothing is missing and nothing is new."""
        return not (
            self.missing or self.not_run or self.new or any(not check.passed for check in self.checks)
        )

    @property
    def conditions(self) -> tuple[str, ...]:
        """Conditions that were compared."""
        return tuple(dict.fromkeys(check.condition for check in self.checks))


def compare(
    results: Gathered, baseline: Baseline, tolerances: Tolerances | None = None, *, exact: bool = False
) -> Comparison:
    """Compare results with a baseline.

    Parameters
    ----------
    results
        As gathered.
    baseline
        As read.
    tolerances
        The default ones when None.
    exact
        Whether every bit must agree.
    """
    tolerances = tolerances or Tolerances()
    checks: list[Check] = []
    missing: dict[str, str] = {}
    for name, old in baseline.loads.items():
        new = results.loads.get(name)
        if name in results.not_run:
            continue
        if new is None:
            missing[name] = results.failed.get(name, "not among the results")
        else:
            checks += _check(old, new, tolerances, baseline.digests[name], exact)
    known = baseline.loads.keys() | baseline.failed.keys()
    added = [name for name in results.loads if name not in baseline.loads]
    added += [name for name in results.failed if name not in known]
    return Comparison(
        tuple(checks), missing, results.not_run, tuple(added), exact, baseline, results, tolerances
    )


def _check(
    old: Loads, new: Loads, tolerances: Tolerances, digests: Mapping[str, str], exact: bool
) -> Iterable[Check]:
    """Checks of every quantity that the baseline has an answer for, or the results."""
    now = new.digests()
    before, after = old.quantities, new.quantities
    for quantity, values in before.items():
        tolerance, unit = tolerances.of(quantity), unit_of(quantity)
        note = _misfit(old, new, quantity)
        if note:
            yield Check(old.name, quantity, unit, tolerance, math.inf, passed=False, note=note, kind=old.kind)
            continue
        if digests[quantity] == now[quantity]:
            if np.isfinite(values).any():
                yield Check(old.name, quantity, unit, tolerance, 0.0, passed=True, kind=old.kind)
            continue
        difference = _difference(values, after[quantity])
        if np.isnan(difference).all():
            continue
        row, *column = np.unravel_index(int(np.nanargmax(difference)), difference.shape)
        moved = float(difference[row, *column])
        passed = moved <= tolerance and not exact
        muscle = new.muscles[row] if quantity == ACTIVATION else ""
        side = side_of(muscle, new.sides) if muscle else new.sides[row]
        value = float(after[quantity][row, *column])
        point = int(column[0]) if column else _place(new, quantity, int(row), value)
        at = math.nan if point is None else float(new.at[point])
        yield Check(
            condition=old.name,
            quantity=quantity,
            unit=unit,
            tolerance=tolerance,
            moved=moved,
            passed=passed,
            side=side,
            muscle=muscle,
            old=float(values[row, *column]),
            new=value,
            at=at,
            kind=new.kind,
            phase=phase_of(new, side, at) if side else "",
            mover=None if passed or point is None else _mover(old, new, quantity, side, point),
        )


def _misfit(old: Loads, new: Loads, quantity: str) -> str:
    """Why a quantity cannot be compared point by point; empty where it can."""
    if old.kind != new.kind:
        words = {"cycle": "complete cycles", "window": "no complete cycle"}
        return f"the baseline has {words[old.kind]}, the result {words[new.kind]}"
    if quantity not in new.quantities:
        return "the result has no such quantity"
    if old.sides != new.sides:
        return f"sides were {', '.join(old.sides)}, are {', '.join(new.sides)}"
    if quantity == ACTIVATION and old.muscles != new.muscles:
        return f"the model had {len(old.muscles)} muscles and has {len(new.muscles)}, or others"
    over_time = quantity in new.curves or quantity == ACTIVATION
    if over_time and (
        old.at.size != new.at.size or not np.allclose(old.at, new.at, rtol=0.0, atol=SAME_TIME)
    ):
        return (
            f"the times were {old.at[0]:g} to {old.at[-1]:g} s in {old.at.size} rows, are {new.at[0]:g} to "
            f"{new.at[-1]:g} s in {new.at.size}"
        )
    return ""


def _difference(old: Floats, new: Floats) -> Floats:
    """Absolute difference; infinite where one has an answer and the other none, NaN where neither has."""
    answered = np.isfinite(old), np.isfinite(new)
    return np.where(answered[0] == answered[1], np.abs(new - old), math.inf)


def phase_of(loads: Loads, side: str, percent: float) -> str:
    """Phase of the cycle in words, by the share of stance; empty where that is not known."""
    stance = float(loads.stance[loads.sides.index(side)])
    if not (math.isfinite(stance) and math.isfinite(percent)):
        return ""
    forward = loads.record["walk"]["direction"] == "forward"
    if percent > stance:
        return "early swing" if percent < 0.5 * (stance + 100.0) else "late swing"
    if percent < LANDING * stance:
        return "loading" if forward else "landing on the toes"
    return "mid-stance" if percent < LEAVING * stance else ("push-off" if forward else "lift-off")


def _place(new: Loads, quantity: str, row: int, value: float) -> int | None:
    """Point of the curve that a peak is from: where that curve is nearest to it."""
    if quantity.endswith(_ON_CURVE) and quantity.startswith(CONTACT):
        curve = new.curves[f"{quantity.partition('_')[0]}_force"][row]
        if np.isfinite(curve).any():
            return int(np.nanargmin(np.abs(curve - value)))
    return None


def _mover(old: Loads, new: Loads, quantity: str, side: str, point: int) -> Mover | None:
    """Muscle of that side whose pull on the knee changed most at a point of the cycle."""
    if old.muscles != new.muscles or not quantity.startswith(CONTACT):
        return None  # moments, angles and ground forces are the motion's, and an activation is its muscle's
    rows = [row for row, muscle in enumerate(new.muscles) if side_of(muscle, new.sides) == side]
    if quantity.startswith("patellofemoral"):
        rows = [row for row in rows if QUADRICEPS.search(new.muscles[row])]
    before, after = old.compression[rows, point], new.compression[rows, point]
    change = np.nan_to_num(after - before)
    if np.abs(change).max(initial=0.0) < grain("BW"):
        return None
    best = int(np.abs(change).argmax())
    muscle = new.muscles[rows[best]]
    vasti = [row for row, index in enumerate(rows) if VASTUS.search(new.muscles[index])]
    together = float(change[vasti].sum()) if best in vasti and len(vasti) > 1 else math.nan
    return Mover(muscle, float(before[best]), float(after[best]), together)
