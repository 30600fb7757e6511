"""A sweep at a glance: peak knee forces by incline, direction and speed."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.report.answers import NO_ANSWER
from retrogait.report.sensitivity import VARIED
from retrogait.report.summary import Row
from retrogait.report.table import notes_of

MANY = 8
"""Walks from which on one line each is more than anybody reads."""

APART = "*"
"""Behind a retro peak that differs from the forward one by more than either of them is sure of."""


class Peak(NamedTuple):
    """Largest force over both sides, and what it might as well be [BW]; NaN without a sensitivity."""

    value: float
    low: float
    high: float

    @property
    def span(self) -> float:
        """How far other assumptions move it [BW]."""
        return self.high - self.low

    def exceeds(self, other: "Peak") -> bool:
        """Whether the two differ by more than the span of either."""
        return abs(self.value - other.value) > max(self.span, other.span)


Walk: TypeAlias = tuple[float, str, float]
"""Incline [deg], direction, speed [m/s]."""

_FIELDS = {
    "Knee (tibiofemoral)": ("tibiofemoral_peak", "tibiofemoral_low", "tibiofemoral_high"),
    "Kneecap (patellofemoral, closed form)": (
        "patellofemoral_peak_closed_form",
        "patellofemoral_low",
        "patellofemoral_high",
    ),
}


def suits_overview(rows: Sequence[Row]) -> bool:
    """Whether rows are those of many predicted walks, no two of them the same walk."""
    walks = {row.trial: _walk(row) for row in rows if row.origin == "predicted"}
    others = any(row.origin != "predicted" for row in rows)
    return not others and len(walks) >= MANY and len(set(walks.values())) == len(walks)


def render_overview(rows: Sequence[Row], console: Console | None = None) -> None:
    """Print one table per joint, speeds across, and what the numbers rest on below.

    Parameters
    ----------
    rows
        Of predicted walks that differ in direction, speed or incline.
    console
        Where to print; standard output when None.
    """
    console = console or Console()
    for joint, fields in _FIELDS.items():
        peaks = _peaks(rows, fields)
        console.print(Text(f"{joint}: peak force, body weights (predicted)", style="italic"))
        console.print(_table(peaks))
        verdict = _verdict(peaks)
        if verdict:
            console.print(Text(verdict))
        console.print()
    said = _sharing(rows)
    if said:
        console.print(Text(said))
        console.print()
    known = any(math.isfinite(row.tibiofemoral_low) for row in rows)
    if known:
        console.print(Text(f"Below a peak: its span {VARIED}.", style="dim"))
    if known and len({row.direction for row in rows}) > 1:
        console.print(Text(f"{APART} forward and retro differ by more than the span of either.", style="dim"))
    for line in notes_of(rows):
        console.print(Text(line, style="dim"))


def _sharing(rows: Sequence[Row]) -> str:
    """One sentence on what the other sharing criterion makes of the tibiofemoral peaks."""
    gaps = [row.tibiofemoral_peak_plain - row.tibiofemoral_peak_weighted for row in rows]
    gaps = sorted(gap for gap in gaps if math.isfinite(gap))
    if not gaps:
        return ""
    named = " and ".join(sorted({row.sharing for row in rows if row.sharing}))
    return (
        f"Muscles share the load by the {named} criterion. From plain to weighted sharing a tibiofemoral "
        f"peak falls by {gaps[0]:.1f} to {gaps[-1]:.1f} BW, in the middle by {gaps[len(gaps) // 2]:.1f}: the "
        "least that is not known of it."
    )


def _walk(row: Row) -> Walk:
    return row.incline, row.direction, row.speed


def _peaks(rows: Sequence[Row], fields: tuple[str, str, str]) -> dict[Walk, Peak]:
    peaks: dict[Walk, Peak] = {}
    for row in rows:
        peak = Peak(*(float(getattr(row, field)) for field in fields))
        old = peaks.get(_walk(row))
        if old is None or math.isnan(old.value) or peak.value > old.value:
            peaks[_walk(row)] = peak
    return peaks


def _table(peaks: Mapping[Walk, Peak]) -> Table:
    table = Table(pad_edge=False, box=None, padding=(0, 2, 0, 0))
    speeds = sorted({speed for _, _, speed in peaks})
    table.add_column("incline", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for speed in speeds:
        table.add_column(f"{speed:g} m/s", justify="right", no_wrap=True)
    # Uphill above, as on a map of the hill.
    for incline in sorted({incline for incline, _, _ in peaks}, reverse=True):
        name = f"{incline:+g}°" if incline else "level"
        for direction in sorted({direction for at, direction, _ in peaks if at == incline}):
            cells = [_cell(peaks, (incline, direction, speed)) for speed in speeds]
            table.add_row(name, direction, *cells)
            name = ""
    return table


def _cell(peaks: Mapping[Walk, Peak], walk: Walk) -> Text:
    peak = peaks.get(walk)
    if peak is None or not math.isfinite(peak.value):
        return Text(NO_ANSWER)
    incline, direction, speed = walk
    forward = peaks.get((incline, "forward", speed))
    apart = direction == "retro" and forward is not None and peak.exceeds(forward)
    cell = Text(f"{peak.value:.1f}{APART if apart else ' '}", style="bold" if apart else "")
    if math.isfinite(peak.span):
        cell.append(f"\n{peak.low:.1f}–{peak.high:.1f} ", style="dim not bold")
    return cell


def _pairs(peaks: Mapping[Walk, Peak]) -> Iterator[tuple[Peak, Peak]]:
    """Forward and retro peak of equal speed and incline."""
    for (incline, direction, speed), peak in peaks.items():
        other = peaks.get((incline, "retro", speed))
        if direction == "forward" and other and math.isfinite(peak.value) and math.isfinite(other.value):
            yield peak, other


def _verdict(peaks: Mapping[Walk, Peak]) -> str:
    """One sentence on retro against forward; nothing where there are no pairs."""
    pairs = list(_pairs(peaks))
    if not pairs:
        return ""
    higher = [pair for pair in pairs if pair[1].value > pair[0].value]
    said = (
        f"Retro peaks higher than forward in {len(higher)} of {len(pairs)} pairs of equal speed and incline"
    )
    if not all(math.isfinite(peak.span) for pair in pairs for peak in pair):
        return f"{said}."
    clear = sum(retro.exceeds(forward) for forward, retro in higher)
    lower = sum(retro.exceeds(forward) for forward, retro in pairs) - clear
    return f"{said}; by more than the span of either: higher in {clear}, lower in {lower}."
