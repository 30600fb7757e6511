"""What a plate reads while nobody stands on it, and taking that off."""

import numpy as np

from retrogait.arrays import Floats, runs
from retrogait.errors import ConfigError
from retrogait.lab.wrench import PlateWrench

BASELINES = ("none", "file", "unloaded")

UNLOADED_REMARK = 5.0
"""Force of an empty plate that is worth a remark [N]."""

EMPTY_SHARE = 0.15
"""What a plate reads of its largest force when empty, at most: more is a foot [1]."""

_EDGE = 0.02  # s; an unloaded span begins and ends with a foot that is nearly off
_SHORTEST = 0.06  # s; shorter unloaded spans tell no baseline


def remove_baseline(
    wrench: PlateWrench, rate: float, how: str, zero: tuple[int, int] | None, findings: list[str]
) -> PlateWrench:
    """Take off what an empty plate reads, if asked to, and say what that is.

    Parameters
    ----------
    wrench
        Of `wrench_on_person`.
    rate
        Rows per second [Hz].
    how
        "none"; "file", the mean over the rows of FORCE_PLATFORM:ZERO; "unloaded", the mean of every span
        without a foot, and a straight line from each to the next, which follows drift.
    zero
        First row and the one after the last of FORCE_PLATFORM:ZERO; None where the file has none.
    findings
        Sentences are added.
    """
    plate = wrench.plate.number
    spans = _unloaded_spans(wrench.force @ wrench.normal, rate)
    if how == "file":
        if zero is None:
            raise ConfigError(
                "baseline is 'file', but FORCE_PLATFORM:ZERO names no frames; pass "
                f"baseline='unloaded' (plate {plate})"
            )
        rows = slice(*zero)
        findings.append(
            f"plate {plate}: the mean of rows {zero[0] + 1} to {zero[1]} was taken off (FORCE_PLATFORM:ZERO)"
        )
        return wrench._replace(
            force=wrench.force - wrench.force[rows].mean(axis=0),
            moment=wrench.moment - wrench.moment[rows].mean(axis=0),
        )
    if not spans:
        if how == "unloaded":
            findings.append(f"plate {plate}: never empty, so no baseline could be taken off")
        return wrench
    middles = np.array([0.5 * (first + last - 1) for first, last in spans])
    levels = np.array(
        [np.concatenate([wrench.force[a:b].mean(axis=0), wrench.moment[a:b].mean(axis=0)]) for a, b in spans]
    )
    normal = levels[:, :3] @ wrench.normal
    worst = float(normal[np.abs(normal).argmax()])
    if how == "none":
        if abs(worst) > UNLOADED_REMARK:
            findings.append(
                f"plate {plate}: reads up to {worst:.0f} N while nobody stands on it; "
                "baseline='unloaded' takes that off"
            )
        return wrench
    every = np.arange(len(wrench.force))
    base = np.column_stack([np.interp(every, middles, level) for level in levels.T])
    findings.append(
        f"plate {plate}: a baseline of up to {worst:.1f} N, from {len(spans)} empty spans, was taken off"
    )
    return wrench._replace(force=wrench.force - base[:, :3], moment=wrench.moment - base[:, 3:])


def _unloaded_spans(push: Floats, rate: float) -> list[tuple[int, int]]:
    """First row and the one after the last of every span in which nobody stands on the plate."""
    low, high = np.percentile(push, [2.0, 98.0])
    most = max(EMPTY_SHARE * high, 2.0 * UNLOADED_REMARK)
    empty = push < low + max(0.05 * (high - low), UNLOADED_REMARK)
    spans = []
    for first, last in runs(empty):
        trim = round(_EDGE * rate)
        a = int(first) if first == 0 else int(first) + trim
        b = int(last) if last == push.size else int(last) - trim
        # A plate that is never left, such as a single belt, has lightly loaded spans but no empty ones.
        if b - a >= max(1, round(_SHORTEST * rate)) and abs(push[a:b].mean()) < most:
            spans.append((a, b))
    return spans
