"""What a comparison found, in sentences: one for the study, one for every load that moved."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from retrogait.baseline.causes import causes
from retrogait.baseline.compare import CONTACT, VASTUS, Check, Comparison
from retrogait.baseline.gather import GO_ON
from retrogait.baseline.loads import ACTIVATION
from retrogait.io.text import many

_NAMED = 3  # conditions that a sentence lists in full
_CAUSES = 3  # likely causes that a sentence lists


def headline(comparison: Comparison) -> str:
    """One sentence on everything: how many conditions, which load, where most, by which muscle, and why."""
    if comparison.passed:
        return _calm(comparison)
    parts = [*_unmatched(comparison)]
    moved = comparison.moved
    if moved:
        lead = leading(moved)
        parts.append(_study(lead, len(comparison.conditions)))
        parts[-1] += f"; likely cause: {', '.join(_some(causes(comparison), _CAUSES, 'more'))}"
    return "; ".join(parts)


def others(comparison: Comparison) -> str:
    """Sentence about the quantities that `headline` does not name; empty where there is none."""
    moved = comparison.moved
    if not moved:
        return ""
    first = leading(moved)[0].quantity
    rest = []
    for quantity, same in _by_quantity(moved).items():
        if quantity != first:
            most = ", ".join(filter(None, [_amount(same[0]), same[0].muscle]))
            size = "answers came or went" if math.isinf(same[0].moved) else f"by up to {most}"
            rest.append(f"{words(quantity)} in {len(same)} ({size})")
    return f"Also moved: {', '.join(_some(rest, 6, 'other quantities'))}." if rest else ""


def sentence(check: Check) -> str:
    """One sentence about one load: which, where, from what to what, and the muscle that moved it most."""
    who = f"{check.condition}, {check.side}" if check.side and not check.muscle else check.condition
    if check.note:
        return f"{who}: {words(check.quantity)}: {check.note}"
    what = f"activation of {check.muscle}" if check.muscle else words(check.quantity)
    if check.passed:
        return f"{who}: {what} moved by at most {_amount(check)} (tolerance {check.tolerance:g})"
    if check.moved <= check.tolerance:
        size = f"by {_amount(check)} at most" if check.moved > 0.0 else "by less than the baseline stores"
        return f"{who}: {what} is not the same bit for bit, it differs {size}"
    where = place(check)
    where = f" {where}" if where else ""
    if math.isinf(check.moved):
        if math.isnan(check.new):
            return f"{who}: {what}{where} has no answer any more, it was {_number(check, check.old)}"
        return f"{who}: {what}{where} has an answer now, {_number(check, check.new)}, and had none"
    return f"{who}: {what}{where} {_change(check)} (tolerance {check.tolerance:g}){_moved_by(check)}"


def place(check: Check) -> str:
    """Where in the cycle or the window; empty where a load has no place."""
    if math.isnan(check.at):
        return ""
    if check.kind == "window":
        return f"at t = {check.at:.3f} s"
    return f"at {check.at:.0f} % of the cycle" + (f" ({check.phase})" if check.phase else "")


def words(quantity: str) -> str:
    """Name of a quantity as a sentence says it."""
    return "muscle activation" if quantity == ACTIVATION else quantity.replace("_", " ")


def leading(moved: Sequence[Check]) -> list[Check]:
    """Moved checks of the quantity to hear of first: a contact force over time, else the worst."""
    groups = _by_quantity(moved)
    forces = [name for name in groups if name.startswith(CONTACT) and name.endswith("_force")]
    return groups[forces[0] if forces else next(iter(groups))]


def _calm(comparison: Comparison) -> str:
    told = f"{many(len(comparison.conditions), 'condition')}, {many(len(comparison.checks), 'comparison')}"
    largest = max(comparison.checks, key=lambda check: check.severity, default=None)
    if largest is None:
        return f"{told}: nothing to compare"
    if largest.moved == 0.0:
        return f"{told}: the same bit for bit"
    return (
        f"{told}: no load moved; the largest change is {_amount(largest)} of {words(largest.quantity)} in "
        f"{largest.condition} (tolerance {largest.tolerance:g})"
    )


def _unmatched(comparison: Comparison) -> Iterable[str]:
    if comparison.not_run:
        listed = ", ".join(_some(comparison.not_run))
        told = many(len(comparison.not_run), "condition")
        yield f"{told} did not run: {listed} (the run was interrupted; {GO_ON})"
    missing = [f"{name} ({reason})" for name, reason in comparison.missing.items()]
    if missing:
        total = len(comparison.baseline.loads)
        yield f"{len(missing)} of {many(total, 'condition')} gave no result: {', '.join(_some(missing))}"
    if comparison.new:
        names = ", ".join(_some(comparison.new))
        yield f"{many(len(comparison.new), 'condition')} not in the baseline: {names}"


def _by_quantity(moved: Iterable[Check]) -> dict[str, list[Check]]:
    groups: dict[str, list[Check]] = {}
    for check in moved:  # the worst first, and so are the groups
        groups.setdefault(check.quantity, []).append(check)
    return groups


def _study(lead: list[Check], of: int) -> str:
    worst = lead[0]
    if len(lead) == 1 and of == 1:
        return sentence(worst)
    what = f"{len(lead)} of {many(of, 'condition')}: {words(worst.quantity)}"
    if not math.isfinite(worst.moved) or worst.moved <= worst.tolerance:
        return f"{what} moved, most in {sentence(worst)}"
    lower = sum(check.new < check.old for check in lead)
    where = ", ".join(filter(None, [worst.condition, worst.muscle or worst.side, place(worst)]))
    return (
        f"{what} moved by up to {_amount(worst)} ({_ways(lower, len(lead) - lower)}; tolerance "
        f"{worst.tolerance:g}), most in {where}, where it {_change(worst)}{_moved_by(worst)}{_agreed(lead)}"
    )


def _ways(lower: int, higher: int) -> str:
    if lower and higher:
        return f"lower in {lower}, higher in {higher}"
    return "lower in all" if lower else "higher in all"


def _change(check: Check) -> str:
    verb = "fell" if check.new < check.old else "rose"
    digits = _digits(check)
    moved, old, new = (f"{value:.{digits}f}" for value in (check.moved, check.old, check.new))
    return f"{verb} by {moved} from {old} to {new}{_unit(check)}"


def _moved_by(check: Check) -> str:
    if check.mover is None:
        return ""
    muscle, old, new, together = check.mover
    vasti = "" if math.isnan(together) else f" (all vasti {_more(together)})"
    return f", moved most by {muscle}, which presses the knee with {_more(new - old)}{vasti}"


def _more(change: float) -> str:
    return f"{abs(change):.4f} BW {'less' if change < 0.0 else 'more'}"


def _agreed(lead: list[Check]) -> str:
    """How many conditions were moved most by the same muscles as the worst."""
    first = lead[0].mover
    if first is None or len(lead) == 1:
        return ""
    group = _group(first.muscle)
    counts = Counter(_group(check.mover.muscle) for check in lead if check.mover is not None)
    return f"; most by {group} in {counts[group]} of {len(lead)}"


def _group(muscle: str) -> str:
    """Muscle without its side; the vasti are one."""
    return "vasti" if VASTUS.search(muscle) else re.sub(r"^[rl]_|_[rl]$", "", muscle)


def _amount(check: Check) -> str:
    if check.moved < check.tolerance / 10.0 or math.isinf(check.moved):
        return f"{check.moved:.1g}{_unit(check)}"
    return f"{check.moved:.{_digits(check)}f}{_unit(check)}"


def _number(check: Check, value: float) -> str:
    return f"{value:.{_digits(check)}f}{_unit(check)}"


def _unit(check: Check) -> str:
    return "" if check.unit == "1" else f" {check.unit}"


def _digits(check: Check) -> int:
    """Decimals that show a tenth of the tolerance."""
    return max(0, 1 - math.floor(math.log10(check.tolerance)))


def _some(items: Sequence[str], most: int = _NAMED, more: str = "more") -> list[str]:
    return list(items) if len(items) <= most else [*items[:most], f"and {len(items) - most} {more}"]
