"""The table that the bundled planar model is built from: read, checked, in SI.

Every number of the table has a unit and a source. The units that a field may have stand in its annotation,
``Annotated[Value, "m", "stature"]``; `read_planar` refuses others. It needs no OpenSim: what only wants
lengths, the points of the sole or the laws of prediction reads them here.
"""

import math
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from retrogait.errors import ModelError
from retrogait.osim.planar_check import problems_of

Pair = tuple[float, float]
_Positive = Annotated[float, Meta(gt=0.0)]


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

    stature: Annotated[Value, "m"]
    mass: Annotated[Value, "kg"]


class Segment(_Table, frozen=True):
    """One rigid segment; its frame starts at the proximal joint."""

    name: str
    paired: bool
    axis: Pair
    length: Annotated[Value, "m", "stature"]
    mass: Annotated[Value, "kg", "body mass"]
    center: Annotated[Value, "m", "stature", "length"]
    gyration: Annotated[Value, "m", "stature", "length"]


class Follows(_Table, frozen=True):
    """The coordinate that drives a coupled one, and the straight line between them."""

    coordinate: str
    slope: Annotated[Value, "1"]
    intercept: Annotated[Value, "deg"]


class Joint(_Table, frozen=True):
    """One hinge about Z, at a share of the parent's length plus an offset; ``range`` in degrees."""

    name: str
    parent: str
    child: str
    coordinate: str
    sense: Literal[-1, 1]
    at: Annotated[Value, "m", "stature", "length"]
    range: Pair
    offset: Place | None = None
    follows: Follows | None = None


class Contact(_Table, frozen=True):
    """A contact sphere of the sole: centre in its segment's frame and radius [m].

    ``share`` multiplies the stiffness of the ground [1].
    """

    name: str
    segment: str
    x: float
    y: float
    radius: _Positive
    share: _Positive
    unit: Literal["m"]
    source: str


class Ground(_Table, frozen=True):
    """The smooth Hunt-Crossley law between ground and sole."""

    stiffness: Annotated[Value, "N/m2"]
    dissipation: Annotated[Value, "s/m"]
    friction: Annotated[Value, "1"]
    transition_velocity: Annotated[Value, "m/s"]


class Term(_Table, frozen=True):
    """``sign exp(constant + hip q_hip + knee q_knee + ankle q_ankle)`` [N m], factors per degree."""

    sign: Literal[-1, 1]
    constant: float
    hip: float
    knee: float
    ankle: float


class Passive(_Table, frozen=True):
    """What ligaments and relaxed muscles do along one coordinate: its terms and ``offset``."""

    coordinate: str
    offset: Annotated[Value, "N m"]
    terms: tuple[Term, ...]
    source: str


class Damper(_Table, frozen=True):
    """Spring and damper along one coordinate."""

    coordinate: str
    stiffness: Annotated[Value, "N m/rad"]
    damping: Annotated[Value, "N m s/rad"]


class Point(_Table, frozen=True):
    """A point of a path in the frame of its segment [m]."""

    segment: str
    x: float
    y: float


class MuscleDefaults(_Table, frozen=True):
    """What all muscles share."""

    kind: Literal["DeGrooteFregly2016Muscle"] = msgspec.field(name="class")
    specific_tension: Annotated[Value, "MPa"]
    density: Annotated[Value, "kg/m3"]
    maximum_contraction_velocity: Annotated[Value, "optimal fiber lengths/s"]
    tendon_strain: Annotated[Value, "1"]
    passive_strain: Annotated[Value, "1"]


class Muscle(_Table, frozen=True):
    """One muscle of one leg; ``aim`` says what its moment arms are, in words."""

    name: str
    force: Annotated[Value, "N"]
    fiber: Annotated[Value, "m"]
    tendon: Annotated[Value, "m"]
    pennation: Annotated[Value, "deg"]
    slow_fibers: Annotated[Value, "1"]
    aim: str
    aim_source: tuple[str, ...]
    path: Annotated[tuple[Point, ...], Meta(min_length=2)]
    tendon_strain: Annotated[Value | None, "1"] = None


class PlanarTable(_Table, frozen=True):
    """The whole table, as written."""

    notes: tuple[str, ...]
    source: dict[str, str]
    person: Person
    segment: tuple[Segment, ...]
    joint: tuple[Joint, ...]
    contact: Annotated[tuple[Contact, ...], Meta(min_length=1)]
    ground: Ground
    passive: tuple[Passive, ...]
    damper: tuple[Damper, ...]
    muscles: MuscleDefaults
    muscle: tuple[Muscle, ...]

    def si(self, value: Value, segment: Segment | None = None) -> float:
        """Value in m, kg, s, rad, N, Pa and what follows from them.

        Parameters
        ----------
        value
            A number of this table.
        segment
            Whose length the unit "length" means.
        """
        scale = _SCALE.get(value.unit, 1.0)
        if value.unit == "stature":
            scale = self.person.stature.value
        elif value.unit == "body mass":
            scale = self.person.mass.value
        elif value.unit == "length":
            scale = self.si(segment.length) if segment else math.nan
        return value.value * scale

    def point_on(self, segment: Segment, share: Value) -> Pair:
        """Return the point (x, y) at a share of a segment's length along its axis [m]."""
        size = math.hypot(*segment.axis)
        along = self.si(share, segment) / size
        return segment.axis[0] * along, segment.axis[1] * along

    def named(self, name: str) -> Segment:
        """Segment of a name."""
        return next(segment for segment in self.segment if segment.name == name)

    @property
    def root(self) -> Segment:
        """The one segment that no joint carries."""
        return next(segment for segment in self.segment if not segment.paired)

    def hinge_of(self, joint: Joint) -> Pair:
        """Where a joint sits in its parent's frame [m]."""
        x, y = self.point_on(self.named(joint.parent), joint.at)
        return (x, y) if joint.offset is None else (x + joint.offset.x, y + joint.offset.y)

    def upright(self) -> dict[str, Pair]:
        """Origin of every segment in the root's frame, all angles zero and so all axes parallel [m]."""
        origin = {self.root.name: (0.0, 0.0)}
        for joint in self.joint:
            (px, py), (x, y) = origin[joint.parent], self.hinge_of(joint)
            origin[joint.child] = px + x, py + y
        return origin

    def sole(self, frame: str) -> tuple[Pair, ...]:
        """Lowest point of every contact sphere of an upright person, in one segment's frame [m].

        Parameters
        ----------
        frame
            Name of the segment; for the foot these are the points of a sole with straight toes.
        """
        origin = self.upright()
        x0, y0 = origin[frame]
        return tuple(
            (origin[c.segment][0] + c.x - x0, origin[c.segment][1] + c.y - c.radius - y0)
            for c in self.contact
        )


_SCALE = {"deg": math.radians(1.0), "MPa": 1e6}
"""To SI, of the units that are not SI and mean the same in every table."""


def read_planar(path: Path) -> PlanarTable:
    """Read and check a table of a planar model.

    Raises
    ------
    ModelError
        The file is not such a table: one line with the key at fault, or with every unit, number, source,
        segment and coordinate that is not what its place wants.
    """
    try:
        table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), PlanarTable)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ModelError(f"{path}: {error}") from error
    if problems := problems_of(table):
        raise ModelError(f"{path}: {'; '.join(problems)}")
    return table
