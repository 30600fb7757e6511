"""Measures of one cycle of a knee: its compartments, and how far the patellofemoral engines disagree."""

import math
from collections.abc import Mapping

import numpy as np

from retrogait.gait.features import Curve


def compartment_measures(
    medial: Curve, lateral: Curve, toe_off: float, stride_time: float
) -> dict[str, float]:
    """Peaks, impulse and share of the compartments in stance.

    Parameters
    ----------
    medial, lateral
        Compression of each [BW], negative where it lifts off.
    toe_off
        [%].
    stride_time
        [s].
    """
    out = {}
    middle = toe_off / 2.0
    for name, curve in (("medial", medial), ("lateral", lateral)):
        for part, first, last in (("first", 0.0, middle), ("second", middle, toe_off)):
            stem = f"{name}_force_{part}"
            out[stem], out[f"{stem}_time"] = curve.largest(first, last)
    inner, outer = (curve.integral(0.0, toe_off) for curve in (medial, lateral))
    out["medial_force_impulse"] = inner / 100.0 * stride_time
    out["medial_share"] = 100.0 * inner / (inner + outer) if inner + outer else math.nan
    return out


def engine_measures(curve: Mapping[str, Curve]) -> dict[str, float]:
    """How far the two patellofemoral engines lie apart over a cycle.

    Parameters
    ----------
    curve
        With ``patellofemoral_force_geometry`` and ``patellofemoral_force_closed_form`` [BW].
    """
    one, other = (curve[f"patellofemoral_force_{engine}"] for engine in ("geometry", "closed_form"))
    gap = Curve(one.percent, np.abs(one.value - other.value))
    return {"patellofemoral_gap_mean": gap.mean(), "patellofemoral_gap_peak": gap.largest()[0]}
