"""The tables of published values: read once, checked, every row with its source."""

import tomllib
from collections.abc import Collection
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from retrogait.errors import FileError
from retrogait.gait.measures import MEASURES
from retrogait.io.text import suggestion

FOLDER = Path(__file__).parent

Pair = tuple[float, float]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a value comes from.

    Attributes
    ----------
    citation
        Enough to find it.
    doi
        Empty where none is known.
    seen
        Whether the number was read there or in its data; what was not, never counts.
    note
        What a reader of the value must know.
    """

    citation: str
    seen: bool
    doi: str = ""
    note: str = ""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One published value of one measure, in the measure's unit.

    Attributes
    ----------
    id
        Unique.
    measure
        Name in `retrogait.gait.measures.MEASURES`.
    kind
        "bar", an acceptance band of this project, or "reference", what people were found to do.
    direction
        "forward" or "retro".
    speed
        Where the next three are given, ascending [m/s].
    value
        Mean; empty where only a range was published.
    low, high
        Band.
    incline
        Range that the row holds for [deg].
    source
        Key in the table of sources.
    """

    id: str
    measure: str
    kind: Literal["bar", "reference"]
    direction: Literal["forward", "retro"]
    speed: Annotated[tuple[float, ...], msgspec.Meta(min_length=1)]
    low: tuple[float, ...]
    high: tuple[float, ...]
    incline: Pair
    source: str
    value: tuple[float, ...] = ()


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One published order: retro against forward, or one measure of retro against others.

    Attributes
    ----------
    id, measure, source
        As in `Row`.
    expect
        "up" or "down": retro against forward.
    speed, incline
        Range that the order was found in [m/s], [deg].
    over
        Measures of the same retro stride that ``measure`` must exceed, in place of the forward stride.
    """

    id: str
    measure: str
    expect: Literal["up", "down"]
    speed: Pair
    incline: Pair
    source: str
    over: tuple[str, ...] = ()


_Entry = TypeVar("_Entry", Row, Sign)
_Any = TypeVar("_Any")


@cache
def load_sources() -> dict[str, Source]:
    """Every source, by key.

    Raises
    ------
    FileError
        The table is not as described here.
    """
    path = FOLDER / "sources.toml"
    return {key: _convert(path, key, entry, Source) for key, entry in _read(path).items()}


@cache
def load_rows() -> tuple[Row, ...]:
    """Every published value.

    Raises
    ------
    FileError
        A row is not as described here.
    """
    return read_rows(FOLDER / "values.toml")


@cache
def load_signs() -> tuple[Sign, ...]:
    """Every published order.

    Raises
    ------
    FileError
        A row is not as described here.
    """
    return read_signs(FOLDER / "signs.toml")


def read_rows(path: Path) -> tuple[Row, ...]:
    """Published values of a file like ``values.toml``; as `load_rows`."""
    rows = _entries(path, Row)
    for row in rows:
        value = row.value or row.low
        if len({len(row.speed), len(row.low), len(row.high), len(value)}) > 1:
            raise FileError(f"{path}: row {row.id}: value, low and high need one number for every speed")
        in_band = all(a <= v <= b for a, v, b in zip(row.low, value, row.high, strict=True))
        if not in_band or any(a >= b for a, b in pairwise(row.speed)):
            raise FileError(
                f"{path}: row {row.id}: expected ascending speeds and low <= value <= high at each of them"
            )
    return rows


def read_signs(path: Path) -> tuple[Sign, ...]:
    """Published orders of a file like ``signs.toml``; as `load_signs`."""
    rows = _entries(path, Sign)
    for row in rows:
        for name in row.over:
            _require(path, row.id, name, MEASURES, "measure")
    return rows


def _entries(path: Path, kind: type[_Entry]) -> tuple[_Entry, ...]:
    rows = tuple(
        _convert(path, str(entry.get("id", f"number {number}")), entry, kind)
        for number, entry in enumerate(_read(path)["row"], start=1)
    )
    seen: set[str] = set()
    for row in rows:
        _require(path, row.id, row.measure, MEASURES, "measure")
        _require(path, row.id, row.source, load_sources(), "source")
        if row.id in seen:
            raise FileError(f"{path}: two rows are called {row.id}, expected one")
        if row.incline[0] > row.incline[1] or row.speed[0] > row.speed[-1]:
            raise FileError(f"{path}: row {row.id}: expected ranges of speed and incline from low to high")
        seen.add(row.id)
    return rows


def _require(path: Path, row: str, name: str, known: Collection[str], what: str) -> None:
    if name not in known:
        raise FileError(f"{path}: row {row}: {name!r} is no known {what}{suggestion(name, known)}")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: not a table of published values: {error}") from error


def _convert(path: Path, name: str, entry: object, kind: type[_Any]) -> _Any:
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise FileError(f"{path}: row {name}: {error}") from error
