"""How far a peak is known and what makes its spread: read from the results of `retrogait.sensitivity`."""

import math
from typing import NamedTuple

import numpy as np
import xarray as xr

RANKED = ("tibiofemoral_peak", "patellofemoral_peak_closed_form")
"""Numbers whose causes are shown; a file has those of all."""

TITLES = {
    "tibiofemoral_peak": "tibiofemoral force",
    "patellofemoral_peak_closed_form": "patellofemoral force (closed form)",
}

SHOWN = 0.01
"""A smaller share of the variance is not shown [1]."""


class Cause(NamedTuple):
    """What one factor does to a number.

    name         : of the factor, with its range and unit
    share, error : part of the variance that it makes alone, and its standard error [1]
    swing        : mean change of the number from the low to the high end of the range
    """

    name: str
    share: float
    error: float
    swing: float


class Spread(NamedTuple):
    """A number of one side, how far it is known, and why.

    side, name, unit : which number
    plain     : of the plain analysis
    low, high : between which 90 % of the samples lie
    causes    : of at least `SHOWN`, the largest first
    rest      : part of the variance that no factor makes alone [1]
    """

    side: str
    name: str
    unit: str
    plain: float
    low: float
    high: float
    causes: tuple[Cause, ...]
    rest: float


def worst_side(dataset: xr.Dataset) -> str | None:
    """Side whose tibiofemoral peak is highest in the plain analysis; None where no side has one."""
    peaks = dataset["plain_number"].sel(number=RANKED[0]).to_numpy()
    if not np.isfinite(peaks).any():
        return None
    return str(dataset["side"].to_numpy()[int(np.nanargmax(peaks))])


def spreads(dataset: xr.Dataset, side: str) -> list[Spread]:
    """Every number of `RANKED` that a side has."""
    found = []
    for name in RANKED:
        one = dataset.sel(side=side, number=name)
        plain = float(one["plain_number"])
        if math.isfinite(plain):
            low, high = one["number_band"].to_numpy()[[0, -1]]
            rest = float(one["share_left"])
            unit = str(one["number_unit"].item())
            found.append(Spread(side, name, unit, plain, float(low), float(high), _causes(one), rest))
    return found


def _causes(one: xr.Dataset) -> tuple[Cause, ...]:
    causes = [
        Cause(_called(one.sel(factor=factor)), *(float(one[key].sel(factor=factor)) for key in _KEYS))
        for factor in one["factor"].to_numpy()
    ]
    return tuple(sorted((c for c in causes if c.share >= SHOWN), key=lambda c: -c.share))


_KEYS = ("share", "share_error", "swing")


def _called(factor: xr.Dataset) -> str:
    """Name, range and unit of a factor, such as ``cutoff 4 to 8 Hz``."""
    name, unit = str(factor["factor"].item()), str(factor["factor_unit"].item())
    low, high = float(factor["factor_low"]), float(factor["factor_high"])
    if unit == "m":
        low, high, unit = 1e3 * low, 1e3 * high, "mm"
    if unit.startswith("times"):
        return f"{name} x {low:g} to {high:g}"
    return f"{name} {low:g} to {high:g}" + ("" if unit == "1" else f" {unit}")
