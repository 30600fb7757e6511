"""Which retro walk belongs to which forward walk: the same person, speed, incline and other labels."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion

FORWARD, RETRO = "forward", "retro"
STORED = "stored"

PEOPLE = ("subject", "participant", "person")
"""Columns that say who walked, the first that there is."""

REPEATS = {"trial", "name", "take", "repetition", "repeat", "date", "visit", "file"}
"""Columns that number recordings: the third forward walk has nothing to do with the third retro walk."""

_OWN = {"condition", "direction", "origin", "status", "key", "seconds", "frames", "frames_failed"}
_DECIMALS = {"speed": 2, "incline": 1}
"""To which walks are the same: recorded speeds are measured."""
_UNITS = {"speed": "m/s", "incline": "deg"}


@dataclass(frozen=True, slots=True)
class Walk:
    """One condition of a study.

    row       : of the table
    name      : of the condition
    direction : "forward" or "retro"
    origin    : "recorded", "synthetic" or "predicted"
    person    : who walked; empty where nobody said
    place     : what a pair has in common beside the person, by column
    """

    row: int
    name: str
    direction: str
    origin: str
    person: str
    place: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Walks of one person in both directions, alike in everything else; several where they were repeated."""

    person: str
    place: tuple[tuple[str, str], ...]
    forward: tuple[Walk, ...]
    retro: tuple[Walk, ...]

    @property
    def label(self) -> str:
        """Everything but the direction, in words."""
        told = [f"{value} {_UNITS.get(name, '')}".strip() if name in _UNITS else f"{name} {value}"
                for name, value in self.place]  # fmt: skip
        return ", ".join([self.person, *told] if self.person else told) or "all walks"


@dataclass(frozen=True, slots=True)
class Pairing:
    """Pairs of a study, and what was left out.

    pairs    : in the order of the walks
    left_out : walks without a result, a person or a counterpart, one sentence each
    person   : column that says who walked; None where there is none
    matched  : columns that both walks of a pair share
    """

    pairs: tuple[Pair, ...]
    left_out: tuple[str, ...]
    person: str | None
    matched: tuple[str, ...]


def match_walks(
    table: xr.Dataset,
    *,
    pair_by: str | None = None,
    match: Sequence[str] | None = None,
    where: Mapping[str, float | str] | None = None,
) -> Pairing:
    """Find the pairs of a study.

    Parameters
    ----------
    table
        Of `retrogait.statistics.source.read_conditions`.
    pair_by
        Column that says who walked; the first of `PEOPLE` that there is when None.
    match
        Columns that both walks of a pair share; when None speed, incline and every label that has the same
        values in both directions for most people, but those of `REPEATS`.
    where
        Values that walks must have, by column; the others are not looked at.

    Raises
    ------
    ConfigError
        There is no such column, or no walk with these values.
    """
    columns = {
        str(name): variable.to_numpy()
        for name, variable in table.variables.items()
        if variable.dims == ("condition",) and name not in _OWN
    }
    for name in (*([pair_by] if pair_by else []), *(match or ()), *(where or {})):
        if name not in columns:
            raise ConfigError(
                f"no column is called {name!r} (there are {', '.join(columns)}){suggestion(name, columns)}"
            )
    person = pair_by or next((name for name in PEOPLE if name in columns), None)
    rows = _chosen(columns, where or {}, table.sizes["condition"])
    direction, status, origin, names = (
        [str(one) for one in table[name].to_numpy()]
        for name in ("direction", "status", "origin", "condition")
    )
    left_out = [f"{names[row]}: {status[row]}, no result" for row in rows if status[row] != STORED]
    rows = [row for row in rows if status[row] == STORED]
    nobody = [
        row
        for row in rows
        if person and origin[row] == "recorded" and not _shown(person, columns[person][row])
    ]  # a prediction is of a model, and of no person
    left_out += [f"{names[row]}: has no {person}" for row in nobody]
    rows = [row for row in rows if row not in set(nobody)]
    people = {row: _shown(person, columns[person][row]) if person else "" for row in rows}
    if match is None:
        match = [
            name for name in columns if name != person and _tells(name, columns, rows, people, direction)
        ]
    walks = [
        Walk(
            row,
            names[row],
            direction[row],
            origin[row],
            people[row],
            tuple((name, _shown(name, columns[name][row])) for name in match),
        )
        for row in rows
    ]
    pairs, halves = _paired(walks)
    return Pairing(pairs, (*left_out, *halves), person, tuple(match))


def _chosen(columns: Mapping[str, Any], where: Mapping[str, float | str], rows: int) -> list[int]:
    chosen = [
        row
        for row in range(rows)
        if all(_shown(name, columns[name][row]) == _shown(name, value) for name, value in where.items())
    ]
    if not chosen:
        told = " and ".join(f"{name} = {value}" for name, value in where.items())
        values = "; ".join(f"{name}: {', '.join(sorted({_shown(name, one) for one in columns[name]}))}"
                           for name in where)  # fmt: skip
        raise ConfigError(f"no walk has {told or 'a result'}; there are {values or 'none'}")
    return chosen


def _tells(
    name: str, columns: Mapping[str, Any], rows: Iterable[int], people: Mapping[int, str], ways: Sequence[str]
) -> bool:
    """Whether a column can tell pairs: most people have the same values of it in both directions."""
    if name in _DECIMALS:
        return True
    if name in REPEATS:
        return False
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        mine = found.setdefault(people[row], {FORWARD: set(), RETRO: set()})
        mine.setdefault(ways[row], set()).add(_shown(name, columns[name][row]))
    both = [mine for mine in found.values() if mine[FORWARD] and mine[RETRO]]
    return 2 * sum(mine[FORWARD] == mine[RETRO] for mine in both) > len(both)


def _shown(name: str, value: object) -> str:
    """Value of a column as text that is the same for what counts as the same."""
    if isinstance(value, str) and name not in _DECIMALS:
        try:
            value = float(value)
        except ValueError:
            return str(value).strip()
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value).strip()
    if math.isnan(number):
        return ""
    digits = _DECIMALS.get(name)
    return f"{number if digits is None else round(number, digits) + 0.0:g}"


def _paired(walks: Sequence[Walk]) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """Pairs, and a sentence on every walk without a counterpart; people never pair with predictions."""
    groups: dict[tuple[object, ...], dict[str, list[Walk]]] = {}
    for walk in walks:
        key = (walk.origin == "recorded", walk.person, walk.place)
        groups.setdefault(key, {FORWARD: [], RETRO: []}).setdefault(walk.direction, []).append(walk)
    pairs, halves = [], []
    for found in groups.values():
        forward, retro = tuple(found[FORWARD]), tuple(found[RETRO])
        one = (forward or retro)[0]
        pair = Pair(one.person, one.place, forward, retro)
        if forward and retro:
            pairs.append(pair)
            continue
        missing = "retro" if forward else "forward"
        names = ", ".join(walk.name for walk in forward or retro)
        halves.append(f"{names}: no {one.origin} {missing} walk of {pair.label}")
    return tuple(pairs), tuple(halves)
