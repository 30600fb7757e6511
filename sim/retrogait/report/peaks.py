"""The picture of a sweep: peak knee loads over speed, one line per incline."""

import math
from collections.abc import Sequence

import numpy as np

from retrogait.report.curves import Curve, Panel, draw
from retrogait.report.loads import PATELLA, TIBIA
from retrogait.report.sensitivity import VARIED
from retrogait.report.summary import Row

MOST_LINES = 6
"""Lines of a panel that can still be told apart; of more inclines or speeds some are drawn."""

BESIDE = 4.0
"""Distance between the whiskers of two lines [px]."""

_FIELDS = {
    TIBIA: ("tibiofemoral_peak", "tibiofemoral_low", "tibiofemoral_high"),
    PATELLA: ("patellofemoral_peak_closed_form", "patellofemoral_low", "patellofemoral_high"),
}


def draw_peaks(title: str, rows: Sequence[Row]) -> str | None:
    """SVG with a panel per joint and direction; peaks over speed, or over incline where one speed is swept.

    Parameters
    ----------
    title
        Of the picture.
    rows
        Of any results; only predicted walks are drawn, the higher side of each.

    Returns
    -------
    str or None
        None where there are not two walks to compare.
    """
    walks = [
        row
        for row in rows
        if row.origin == "predicted" and math.isfinite(row.tibiofemoral_peak) and math.isfinite(row.speed)
    ]
    if len({row.trial for row in walks}) < 2:
        return None
    speeds = len({row.speed for row in walks})
    across, along, x_label = "incline", "speed", "speed [m/s]"
    if speeds == 1:
        across, along, x_label = "speed", "incline", "incline [deg]"
    lines = sorted({float(getattr(row, across)) for row in walks})
    shown = _spread(lines)
    panels = [
        Panel(
            f"{joint}, {direction}",
            tuple(
                _line([row for row in walks if row.direction == direction], joint, along, across, value, at)
                for at, value in zip(_beside(len(shown)), shown, strict=True)
                if any(row.direction == direction and getattr(row, across) == value for row in walks)
            ),
            scale=joint,
            zero=True,
        )
        for joint in _FIELDS
        for direction in sorted({row.direction for row in walks})
    ]
    remarks = ["Predicted: nobody walked this. A point is the higher of the two sides."]
    if len(shown) < len(lines):
        remarks.append(f"{len(shown)} of {len(lines)} inclines.")
    if any(math.isfinite(row.tibiofemoral_low) for row in walks):
        remarks.append(
            f"Upright bars: the peak {VARIED}. Lines stand side by side only to keep the bars apart."
        )
    return draw(
        panels, title=title, x_label=x_label, y_label="peak contact force [body weight]", remarks=remarks
    )


def _line(rows: Sequence[Row], joint: str, along: str, across: str, value: float, shift: float) -> Curve:
    """Peaks of one incline (or speed) with a gap where a walk is missing."""
    places = sorted({float(getattr(row, along)) for row in rows})
    points = np.full((len(places), 3), np.nan)
    for row in rows:
        if getattr(row, across) == value:
            point = points[places.index(getattr(row, along))]
            new = [getattr(row, field) for field in _FIELDS[joint]]
            if not new[0] <= point[0]:  # also where there is none yet
                point[:] = new
    label = f"{value:g} m/s"
    if across == "incline":
        label = f"{value:+g}°" if value else "level"
    return Curve(label, np.array(places), points[:, 0], points[:, 1:], marked=True, shift=shift)


def _spread(values: list[float]) -> list[float]:
    """As many of the values as can be told apart, evenly over their order."""
    if len(values) <= MOST_LINES:
        return values
    return [values[round(k * (len(values) - 1) / (MOST_LINES - 1))] for k in range(MOST_LINES)]


def _beside(count: int) -> list[float]:
    return [BESIDE * (k - (count - 1) / 2) for k in range(count)]
