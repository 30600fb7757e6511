"""How far a predicted peak moves with what was assumed; read from stored results, never computed."""

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any, NamedTuple

import xarray as xr

VARIED = "with other tendons, weights, ground and strength"
"""What the cases of a sensitivity differ in."""

METHOD = "closed_form"
"""Engine of the patellofemoral peaks of a sensitivity."""


class Span(NamedTuple):
    """Lowest and highest peak over all cases, the plain one among them; NaN without a sensitivity.

    low, high         : [BW]
    lowest, highest   : names of the cases
    """

    low: float
    high: float
    lowest: str
    highest: str

    def __str__(self) -> str:
        """Both ends to a tenth, which is more than they tell."""
        return f"{self.low:.1f} to {self.high:.1f}"

    @property
    def known(self) -> bool:
        """Whether there is one."""
        return math.isfinite(self.low)


UNKNOWN = Span(math.nan, math.nan, "", "")


def tibiofemoral_span(dataset: xr.Dataset) -> Span:
    """Span of the peak tibiofemoral force."""
    return _span(dataset.attrs.get("sensitivity"), "peak_tibiofemoral")


def patellofemoral_span(dataset: xr.Dataset) -> Span:
    """Span of the peak patellofemoral force by `METHOD`."""
    return _span(dataset.attrs.get("sensitivity"), "peak_patellofemoral")


def _span(cases: Mapping[str, Mapping[str, Any]] | None, key: str) -> Span:
    """Span over the cases that have a number; one alone is no span."""
    peaks = {
        name: float(case[key])
        for name, case in (cases or {}).items()
        if isinstance(case.get(key), Real) and math.isfinite(case[key])
    }
    if len(peaks) < 2:
        return UNKNOWN
    lowest, highest = min(peaks, key=peaks.__getitem__), max(peaks, key=peaks.__getitem__)
    return Span(peaks[lowest], peaks[highest], lowest, highest)
