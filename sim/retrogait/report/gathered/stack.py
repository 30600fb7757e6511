"""In which order, colour and pattern the parts of a force are stacked: the same on paper and page."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from retrogait.report.gathered.contributions import WITHOUT, Contributions
from retrogait.report.gathered.muscles import anatomy

FAMILY: Mapping[str, str] = MappingProxyType(
    {
        "vastus lateralis": "#0072b2",
        "vastus intermedius": "#56b4e9",
        "vastus medialis": "#009e73",
        "rectus femoris": "#f0e442",
        "gastrocnemius": "#d55e00",
        "hamstrings": "#cc79a7",
        "biceps femoris, short head": "#e69f00",
        "other muscles": "#888888",
        WITHOUT: "#dddddd",
    }
)
"""Colour of a family of muscles: all of Okabe & Ito (2008) but black, and greys for the rest."""

REMAINDER = "#444444"
"""Colour of small parts that are drawn as one."""

SMALL = 0.02
"""A legend does not name a muscle that nowhere in the picture makes this share of the highest peak [1]."""


class Layer(NamedTuple):
    """One part in a stack.

    name   : of the muscle in words, or `WITHOUT`
    colour : of its family
    rank   : among the parts of one family, from 0: what a pattern tells apart
    small  : whether it nowhere in the picture makes `SMALL` of the highest peak
    """

    name: str
    colour: str
    rank: int
    small: bool


def layers(every: Sequence[Contributions], *, at_peak: bool = False) -> list[Layer]:
    """Parts of several forces from the bottom up: what needs no muscle, then what carries most.

    Parameters
    ----------
    every
        At least one.
    at_peak
        Whether the peaks alone are drawn, and not the cycles.
    """
    peak = max(parts.peak for parts in every)
    most: dict[str, float] = {}
    families = {WITHOUT: WITHOUT}
    for parts in every:
        heights = np.abs(parts.peak_parts)
        if not at_peak:
            heights = np.maximum(heights, np.nanmax(np.abs(parts.parts), axis=1))
        for muscle, name, height in zip(parts.muscles, parts.names, heights.tolist(), strict=True):
            most[name] = max(most.get(name, 0.0), height)
            families.setdefault(name, anatomy(muscle).family)
    used: dict[str, int] = {}
    found = []
    for name in sorted(most, key=lambda one: (one != WITHOUT, -most[one])):
        small = name != WITHOUT and most[name] < SMALL * peak
        family = families[name]
        found.append(Layer(name, FAMILY[family], used.get(family, 0), small))
        used[family] = used.get(family, 0) + (not small)
    return found
