"""What the name of a muscle or coordinate tells: its leg, and what it is called without it."""

import re

SIDES = ("right", "left")
"""Legs, in the order of every array that has both."""

_LEG = {"right": re.compile(r"(^|_)r(_|$)"), "left": re.compile(r"(^|_)l(_|$)")}
_ENDS = re.compile(r"^[rl]_|_[rl]$")


def is_of(name: str, side: str) -> bool:
    """Whether a name is of the "right" or "left" leg: has an ``r`` or ``l`` of its own, set off by ``_``."""
    return _LEG[side].search(name) is not None


def without_leg(name: str) -> str:
    """Name without the letter of the leg at its beginning or end."""
    return _ENDS.sub("", name)


def stem(name: str) -> str:
    """Name without leg, underscores and capitals, as `retrogait.gait.measures.GROUPS` calls muscles."""
    return without_leg(name).replace("_", "").lower()
