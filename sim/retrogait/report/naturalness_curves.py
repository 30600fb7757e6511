"""Pictures of walks beside published values: joint angles and forces over the cycle."""

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.cycle import PERCENT
from retrogait.published import Comparison
from retrogait.report.curves import Curve, Panel, draw
from retrogait.report.naturalness_grids import Walk

EVENTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "hip_flexion": {
            "hip_flexion_contact": "",
            "hip_flexion_minimum": "hip_flexion_minimum_time",
            "hip_flexion_peak": "hip_flexion_peak_time",
        },
        "knee_flexion": {
            "knee_flexion_contact": "",
            "knee_flexion_stance_peak": "knee_flexion_stance_peak_time",
            "knee_flexion_stance_minimum": "knee_flexion_stance_minimum_time",
            "knee_flexion_toe_off": "stance_share",
            "knee_flexion_swing_peak": "knee_flexion_swing_peak_time",
            "knee_flexion_peak": "knee_flexion_swing_peak_time",
        },
        "ankle_dorsiflexion": {
            "ankle_dorsiflexion_contact": "",
            "ankle_dorsiflexion_peak": "ankle_dorsiflexion_peak_time",
            "ankle_dorsiflexion_minimum": "ankle_dorsiflexion_minimum_time",
        },
        "ground_force_up": {
            "ground_force_first": "ground_force_first_time",
            "ground_force_second": "ground_force_second_time",
        },
        "ground_force_along": {},
        "tibiofemoral_force": {"tibiofemoral_peak": "tibiofemoral_peak_time"},
    }
)
"""Curve to measures of it, each with the measure that tells its time; an empty one is initial contact."""

_TITLES = MappingProxyType(
    {
        "hip_flexion": "hip flexion [deg]",
        "knee_flexion": "knee flexion [deg]",
        "ankle_dorsiflexion": "ankle dorsiflexion [deg]",
        "ground_force_up": "ground force, up [BW]",
        "ground_force_along": "ground force, along the way [BW]",
        "tibiofemoral_force": "tibiofemoral force [BW]",
    }
)
_REMARK = (
    "Predicted, not measured. Dots and bars: published mean and band, drawn when the stride has that event; "
    "a bar without a dot is a range, published or set as acceptable before any gait was predicted."
)


def draw_walks(title: str, walks: Sequence[Walk]) -> str:
    """Picture of several walks over the cycle, with the published values of the first of each direction.

    Parameters
    ----------
    title
        Of the picture.
    walks
        At least one.

    Returns
    -------
    str
        A complete SVG document.
    """
    first = {walk.condition.direction: walk for walk in reversed(walks)}
    firsts = [walk for walk in walks if first[walk.condition.direction] is walk]
    panels = []
    for curve, title_of in _TITLES.items():
        lines = [Curve(str(walk.condition), PERCENT, _mean(walk, curve)) for walk in walks]
        points = [points for walk in firsts for points in _published(walk, curve)]
        panels.append(Panel(title_of, (*lines, *points), scale=curve))
    return draw(
        panels, title=title, x_label="% of the cycle, from initial contact", y_label="", remarks=(_REMARK,)
    )


def _mean(walk: Walk, curve: str) -> Floats:
    """(percent,) mean over the strides."""
    if walk.strides is None:
        raise ValueError(f"{walk.name}: has measures only, no curves")
    return np.asarray(walk.strides[curve].to_numpy().mean(axis=0))


def _published(walk: Walk, curve: str) -> Iterator[Curve]:
    """Values for events of a curve, apart from each other so that no line joins them."""
    points: dict[float, Comparison] = {}
    for measure, when in EVENTS[curve].items():
        time = walk.measures[when] if when else 0.0
        rows = [row for row in walk.rows if row.measure == measure and row.counts]
        if rows and math.isfinite(time):
            # One bar per event, of people rather than of what was set as acceptable.
            points.setdefault(time, max(rows, key=lambda row: row.kind == "reference"))
    if not points:
        return
    at = np.ravel([[time, math.nan] for time in points])
    value = np.ravel([[row.published, math.nan] for row in points.values()])
    ends = [[(row.low, row.high), (math.nan, math.nan)] for row in points.values()]
    yield Curve(f"band, {walk.condition.direction}", at, value, np.reshape(ends, (-1, 2)), marked=True)
