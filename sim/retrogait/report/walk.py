"""The few lines that a prediction comes to."""

import math
from collections.abc import Iterator
from typing import Any

import xarray as xr
from rich.console import Console
from rich.text import Text

from retrogait.report.answers import NO_ANSWER
from retrogait.report.sensitivity import VARIED, Span, patellofemoral_span, tibiofemoral_span
from retrogait.report.summary import summarize

_WIDTH = 26  # of what a line is about
_TENDONS = {
    "rigid": "rigid tendons",
    "achilles": "Achilles tendon stretches, no other does",
    "compliant": "all tendons stretch",
}


def render_walk(dataset: xr.Dataset, console: Console) -> None:
    """Print condition, source, peaks with what they rest on, and every remark.

    Parameters
    ----------
    dataset
        Result of a predicted walk, as `retrogait predict` stores it.
    console
        Where to print.
    """
    attrs = dataset.attrs
    incline = f", {attrs['incline']:+g}°" if round(attrs["incline"], 9) else ", level"
    title = f"{attrs['trial']}: {attrs['direction']}, {attrs['speed']:g} m/s{incline} ({attrs['origin']})"
    console.print(Text(title, style="bold"))
    for about, text in _lines(dataset):
        console.print(Text(f"  {about:<{_WIDTH}}{text}"), soft_wrap=True)
    for note in attrs["notes"]:
        console.print(Text(f"  {note}", style="dim"), soft_wrap=True)


def _lines(dataset: xr.Dataset) -> Iterator[tuple[str, str]]:
    rows = summarize(dataset)
    yield "source", _source(dataset.attrs)
    yield "assumed", _assumed(dataset.attrs.get("assumptions", {}))
    tibia = [row.tibiofemoral_peak for row in rows]
    patella = [row.patellofemoral_peak_closed_form for row in rows]
    yield "peak tibiofemoral force", _peak(tibia, tibiofemoral_span(dataset))
    yield "peak patellofemoral force", _peak(patella, patellofemoral_span(dataset))
    if failed := max((row.frames_failed for row in rows), default=0):
        yield "frames failed", f"{failed} of {rows[0].frames}, left out of the peaks"


def _source(attrs: dict[str, Any]) -> str:
    if attrs.get("source") == "bundled":
        return "motion that comes with retrogait"
    figures = attrs.get("figures", {})
    cost = [f"{figures['seconds']:.1f} s"] if "seconds" in figures else []
    cost += [f"{figures[key]} {key}" for key in ("iterations", "tries") if key in figures]
    return f"solved here ({', '.join(cost)})" if cost else "solved here"


def _assumed(given: dict[str, Any]) -> str:
    tendon = given.get("tendon", "")
    parts = [_TENDONS.get(tendon, tendon)]
    parts += [f"{name} at {factor:.0%} of the strength" for name, factor in given.get("strength", {}).items()]
    if given.get("weights"):
        parts.append(f"cost of {given['weights']}")
    return ", ".join(parts)


def _peak(peaks: list[float], span: Span) -> str:
    """Higher of the two sides, with its span and where the ends come from."""
    known = [peak for peak in peaks if math.isfinite(peak)]
    if not known:
        return NO_ANSWER
    text = f"{max(known):.1f} BW"
    if not span.known:
        return f"{text} (sensitivity not computed)"
    return f"{text} ({span} {VARIED}; lowest: {span.lowest}, highest: {span.highest})"
