"""Units of length, force and moment as laboratories write them, and what decides where nobody wrote one."""

import math
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats

PERSON = 1.2
"""Typical largest extent of a person's markers, hips to feet or head to feet [m]; between the next two."""

SMALLEST, LARGEST = 0.3, 3.0
"""Extents that markers on one person can have, arms and steps included [m]."""

_LENGTHS = {
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 1e-3),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 1e-2),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
}
_FORCES = {**dict.fromkeys(("n", "newton", "newtons"), 1.0), "kn": 1e3}
_JOINERS = str.maketrans("", "", " .*·-_")


class Unit(NamedTuple):
    """A unit as written, or as found.

    name   : in the words of the file or of this package
    factor : to metres, newtons or newton metres
    """

    name: str
    factor: float


def length_unit(text: str) -> Unit | None:
    """Unit of length of a text such as ``mm``; None for none that is known."""
    factor = _LENGTHS.get(text.strip().lower())
    return None if factor is None else Unit(text.strip(), factor)


def force_unit(text: str) -> Unit | None:
    """Unit of force of a text such as ``N``; None for none that is known."""
    factor = _FORCES.get(text.strip().lower())
    return None if factor is None else Unit(text.strip(), factor)


def moment_unit(text: str) -> Unit | None:
    """Unit of moment of a text such as ``Nmm``, ``N.m`` or ``Newton-meters``; None for none that is known."""
    joined = text.lower().translate(_JOINERS)
    for force, newtons in _FORCES.items():
        length = _LENGTHS.get(joined.removeprefix(force))
        if joined.startswith(force) and length is not None:
            return Unit(text.strip(), newtons * length)
    return None


def extent_of(position: Floats) -> float:
    """Median over frames of the largest extent of all markers along one axis; NaN where none is seen.

    Parameters
    ----------
    position
        (frame, marker, 3) in any unit, NaN where hidden.
    """
    seen = ~np.isnan(position[..., 0])
    rows = position[seen.sum(axis=1) > 1]
    if not rows.size:
        return math.nan
    spans = np.nanmax(rows, axis=1) - np.nanmin(rows, axis=1)
    return float(np.median(spans.max(axis=1)))


def guess_length(extent: float) -> Unit:
    """Unit in which markers that are so far apart are those of a person."""
    names = ("m", "cm", "mm")
    return min(
        (Unit(name, _LENGTHS[name]) for name in names),
        key=lambda unit: abs(math.log(max(extent, 1e-12) * unit.factor / PERSON)),
    )
