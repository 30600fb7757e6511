"""The table that the bundled planar model is built from: read, checked, in SI.

Every number of the table has a unit and a source; this module knows the units and refuses the rest.
It needs no OpenSim: what only wants lengths or the points of the sole reads them here.
"""

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from retrogait.errors import ModelError

Pair = tuple[float, float]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Value(_Table, frozen=True):
    """A number with its unit and the key of its source."""

    value: float
    unit: str
    source: str


class Place(_Table, frozen=True):
    """A point in a body's frame [m], with the key of its source."""

    x: float
    y: float
    unit: Literal["m"]
    source: str


class Person(_Table, frozen=True):
    """Whom the fractions of stature and body mass refer to."""

    stature: Value
    mass: Value


class Segment(_Table, frozen=True):
    """One rigid segment; its frame starts at the proximal joint."""

    name: str
    paired: bool
    axis: Pair
    length: Value
    mass: Value
    center: Value
    gyration: Value


class Follows(_Table, frozen=True):
    """The coordinate that drives a coupled one, and the straight line between them."""

    coordinate: str
    slope: Value
    intercept: Value


class Joint(_Table, frozen=True):
    """One hinge about Z, at a share of the parent's length plus an offset."""

    name: str
    parent: str
    child: str
    coordinate: str
    sense: Literal[-1, 1]
    at: Value
    range: Pair
    offset: Place | None = None
    follows: Follows | None = None


class Sole(_Table, frozen=True):
    """A point of the sole in the frame of the foot [m]."""

    name: str
    x: float
    y: float
    unit: Literal["m"]
    source: str


class Point(_Table, frozen=True):
    """A point of a path in the frame of its segment [m]."""

    segment: str
    x: float
    y: float


class MuscleDefaults(_Table, frozen=True):
    """What all muscles share."""

    kind: Literal["DeGrooteFregly2016Muscle"] = msgspec.field(name="class")
    maximum_contraction_velocity: Value
    tendon_strain: Value
    passive_strain: Value


class Muscle(_Table, frozen=True):
    """One muscle of one leg; ``aim`` says what its moment arms are, in words."""

    name: str
    force: Value
    fiber: Value
    tendon: Value
    pennation: Value
    aim: str
    aim_source: tuple[str, ...]
    path: Annotated[tuple[Point, ...], Meta(min_length=2)]
    tendon_strain: Value | None = None


class PlanarTable(_Table, frozen=True):
    """The whole table, as written."""

    notes: tuple[str, ...]
    source: dict[str, str]
    person: Person
    segment: tuple[Segment, ...]
    joint: tuple[Joint, ...]
    sole: tuple[Sole, ...]
    muscles: MuscleDefaults
    muscle: tuple[Muscle, ...]

    def si(self, value: Value, segment: Segment | None = None) -> float:
        """Value in m, kg, rad, N or 1.

        Parameters
        ----------
        value
            A number of this table.
        segment
            Whose length the unit "length" means.
        """
        scale = _PLAIN.get(value.unit)
        if scale is None:
            scale = {
                "stature": self.person.stature.value,
                "body mass": self.person.mass.value,
                "length": self.si(segment.length) if segment else math.nan,
            }[value.unit]
        return value.value * scale

    def point_on(self, segment: Segment, share: Value) -> Pair:
        """Return the point (x, y) at a share of a segment's length along its axis [m]."""
        size = math.hypot(*segment.axis)
        along = self.si(share, segment) / size
        return segment.axis[0] * along, segment.axis[1] * along

    def named(self, name: str) -> Segment:
        """Segment of a name."""
        return next(segment for segment in self.segment if segment.name == name)


_PLAIN = {
    "m": 1.0,
    "kg": 1.0,
    "N": 1.0,
    "1": 1.0,
    "deg": math.radians(1.0),
    "optimal fiber lengths/s": 1.0,
}
_RELATIVE = ("stature", "body mass", "length")


def read_planar(path: Path) -> PlanarTable:
    """Read and check a table of a planar model.

    Raises
    ------
    ModelError
        The file is not such a table: one line with the key at fault, or with every unit, source and
        segment that it names and does not have.
    """
    try:
        table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), PlanarTable)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ModelError(f"{path}: {error}") from error
    problems = list(_problems(table))
    if problems:
        raise ModelError(f"{path}: {'; '.join(problems)}")
    return table


def _problems(table: PlanarTable) -> Iterator[str]:
    segments = {segment.name for segment in table.segment}
    for where, item in _values(table):
        if isinstance(item, Value) and item.unit not in (*_PLAIN, *_RELATIVE):
            known = ", ".join((*_PLAIN, *_RELATIVE))
            yield f"{where}: unknown unit `{item.unit}` (known: {known})"
        if item.source not in table.source:
            yield f"{where}: source `{item.source}` is not in [source]"
    for muscle in table.muscle:
        for key in muscle.aim_source:
            if key not in table.source:
                yield f"muscle {muscle.name}: source `{key}` is not in [source]"
        for point in muscle.path:
            if point.segment not in segments:
                yield f"muscle {muscle.name}: no segment `{point.segment}`"
    for joint in table.joint:
        for name in (joint.parent, joint.child):
            if name not in segments:
                yield f"joint {joint.name}: no segment `{name}`"


def _values(item: object, where: str = "") -> Iterator[tuple[str, Value | Place | Sole]]:
    """Every sourced entry of a table, with its place in words."""
    if isinstance(item, Value | Place | Sole):
        yield where, item
    elif isinstance(item, tuple):
        for index, entry in enumerate(item, start=1):
            label = getattr(entry, "name", None) or str(index)
            yield from _values(entry, f"{where} {label}")
    elif isinstance(item, msgspec.Struct):
        for key in item.__struct_fields__:
            yield from _values(getattr(item, key), f"{where} {key}".strip())
