"""Which conditions of a study a picture shows, and how a walk is called in a sentence."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from statistics import median

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.report.folder import Condition, Folder

DIRECTIONS = ("forward", "retro")

PREDICTED = "Predicted by a model: nobody walked this."
"""What every picture says that shows a motion which nobody made."""


def choose(folder: Folder, patterns: Sequence[str] = ()) -> tuple[Condition, ...]:
    """Conditions that are named, or one walk in both directions where none is.

    Parameters
    ----------
    folder
        Of a run.
    patterns
        Names, or patterns with ``*`` and ``?``.

    Returns
    -------
    tuple of Condition
        With a result, in the order of the study. Without patterns: both directions at the incline nearest to
        level, and there at the median speed, recorded rather than predicted and never both in one direction;
        every stored condition where no walk has both.

    Raises
    ------
    ConfigError
        A pattern fits no condition, or only such without a result.
    """
    if not patterns:
        return _both_ways(folder.stored)
    found: set[str] = set()
    for pattern in patterns:
        fits = [one for one in folder.conditions if fnmatchcase(one.name, pattern)]
        if not fits:
            names = [one.name for one in folder.conditions]
            raise ConfigError(
                f"{folder.path}: no condition is called {pattern!r}{suggestion(pattern, names)}"
            )
        stored = {one.name for one in fits} & {one.name for one in folder.stored}
        if not stored:
            raise ConfigError(f"{folder.path}: {fits[0].name} has no result ({fits[0].status})")
        found |= stored
    return tuple(one for one in folder.stored if one.name in found)


def _both_ways(stored: Sequence[Condition]) -> tuple[Condition, ...]:
    recorded = [one for one in stored if not one.predicted]
    predicted = [one for one in stored if one.predicted]
    for alike in (recorded, predicted):
        if both := _walks(alike):
            return _nearest(alike, both)
    if both := _walks(stored):
        apart = {(one.walk, one.direction) for one in recorded}
        return _nearest(
            [one for one in stored if not one.predicted or (one.walk, one.direction) not in apart], both
        )
    return tuple(stored)


def _walks(conditions: Sequence[Condition]) -> list[tuple[float, float]]:
    """Speed and incline of every walk that was made in both directions."""
    walks: dict[tuple[float, float], set[str]] = {}
    for one in conditions:
        if not math.isnan(sum(one.walk)):
            walks.setdefault(one.walk, set()).add(one.direction)
    return [walk for walk, found in walks.items() if found.issuperset(DIRECTIONS)]


def _nearest(conditions: Sequence[Condition], both: Sequence[tuple[float, float]]) -> tuple[Condition, ...]:
    """Conditions of the flattest walk of middle speed."""
    flattest = min(abs(incline) for _, incline in both)
    level = [walk for walk in both if abs(walk[1]) == flattest]
    middle = median(speed for speed, _ in level)
    chosen = min(level, key=lambda walk: (abs(walk[0] - middle), walk))
    return tuple(one for one in conditions if one.walk == chosen)


def of_one_origin(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Conditions of the origin that has more different walks, and those without a result.

    The mean of a recorded and a predicted walk is a number of nothing.
    """
    walks = {
        predicted: len(
            {(one.direction, one.walk) for one in conditions if one.origin and one.predicted == predicted}
        )
        for predicted in (False, True)
    }
    return tuple(one for one in conditions if not one.origin or one.predicted == (walks[True] > walks[False]))


def place(speed: float, incline: float) -> str:
    """Speed and incline in words, as far as they are known: "1.2 m/s, 5 deg uphill"."""
    said = [] if math.isnan(speed) else [f"{speed:.3g} m/s"]
    if not math.isnan(incline):
        slope = f"{abs(incline):g} deg {'uphill' if incline > 0.0 else 'downhill'}"
        said.append(slope if abs(incline) >= 0.05 else "level")
    return ", ".join(said)


def walk(condition: Condition) -> str:
    """Direction, speed and incline in words."""
    return " ".join(filter(None, [condition.direction, place(condition.speed, condition.incline)]))


def digest(folder: Folder, shown: Iterable[Condition]) -> str:
    """SHA-256 over names and keys of the conditions of a picture: the same numbers, the same text.

    Parameters
    ----------
    folder
        Of a run; its keys are digests of everything that a result depends on.
    shown
        Conditions of it.
    """
    keys = folder.collection["key"].to_numpy()
    text = "\n".join(f"{one.name} {keys[one.row]}" for one in shown)
    return hashlib.sha256(text.encode()).hexdigest()
