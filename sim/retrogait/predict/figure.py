"""The planar figure of the table as numbers: links, muscles and soles of both legs, ready for symbols.

It reads ``models/planar.toml``, the table that ``models/planar.osim`` is built from, and knows nothing of
OpenSim or of optimisation.
"""

import math
from typing import NamedTuple

from retrogait.osim.planar import Contact, Joint, Muscle, PlanarTable

SIDES = ("r", "l")
ROOT = ("pelvis_tilt", "pelvis_tx", "pelvis_ty")
"""Coordinates of the trunk: rotation about Z [rad], place of its origin along X and Y [m]."""

Pair = tuple[float, float]


class Link(NamedTuple):
    """One rigid segment.

    Attributes
    ----------
    name       : with its side
    parent     : row of the link it hangs from, -1 for the trunk
    at         : joint centre in the parent [m]
    coordinate : that turns it against its parent, -1 for the trunk
    turn       : rotation per unit of the coordinate, about Z [1]
    rest       : rotation at coordinate 0 [rad]
    mass       : [kg]
    center     : of mass, in the link [m]
    inertia    : about Z through the centre of mass [kg m2]
    """

    name: str
    parent: int
    at: Pair
    coordinate: int
    turn: float
    rest: float
    mass: float
    center: Pair
    inertia: float


class Sphere(NamedTuple):
    """A contact sphere: its name, link, centre [m], radius [m] and share of the ground's stiffness."""

    name: str
    link: int
    center: Pair
    radius: float
    share: float


class Strand(NamedTuple):
    """One muscle of the right leg; the left one is its mirror image.

    Attributes
    ----------
    name         : without side
    force        : maximum isometric [N]
    fiber        : optimal length [m]
    tendon       : slack length [m]
    pennation    : at optimal length [rad]
    strain       : of the tendon at maximum isometric force [1]
    velocity     : maximum [optimal lengths/s]
    mass         : [kg]
    slow         : share of slow fibres [1]
    path         : (link of the right leg or trunk, point [m]) from origin to insertion
    """

    name: str
    force: float
    fiber: float
    tendon: float
    pennation: float
    strain: float
    velocity: float
    mass: float
    slow: float
    path: tuple[tuple[int, Pair], ...]


class Figure(NamedTuple):
    """The whole figure.

    Attributes
    ----------
    table       : it was read from
    coordinates : names, trunk first, then the right leg, then the left one in the same order
    links       : parents before children
    spheres     : of the right foot, then of the left one
    strands     : muscles of one leg
    """

    table: PlanarTable
    coordinates: tuple[str, ...]
    links: tuple[Link, ...]
    spheres: tuple[Sphere, ...]
    strands: tuple[Strand, ...]

    @property
    def leg(self) -> int:
        """Number of coordinates of one leg."""
        return (len(self.coordinates) - len(ROOT)) // 2

    @property
    def mirror(self) -> list[int]:
        """(coordinate,) row of the same coordinate on the other side."""
        root, leg = len(ROOT), self.leg
        return [*range(root), *range(root + leg, root + 2 * leg), *range(root, root + leg)]

    @property
    def mass(self) -> float:
        """Of the whole body [kg]."""
        return sum(link.mass for link in self.links)

    @property
    def muscles(self) -> list[str]:
        """Names with side, right leg first."""
        return [f"{strand.name}_{side}" for side in SIDES for strand in self.strands]

    def row(self, coordinate: str) -> int:
        """Row of a coordinate."""
        return self.coordinates.index(coordinate)

    def link(self, name: str) -> int:
        """Row of a link."""
        return next(row for row, link in enumerate(self.links) if link.name == name)


def figure_of(table: PlanarTable) -> Figure:
    """Figure of a table of the planar model."""
    free = [joint for joint in table.joint if joint.follows is None]
    names = (*ROOT, *(f"{joint.coordinate}_{side}" for side in SIDES for joint in free))
    trunk = next(segment for segment in table.segment if not segment.paired)
    links = [_link(table, trunk.name, trunk.name, -1, (0.0, 0.0), -1, 1.0, 0.0)]
    row = {trunk.name: 0}
    for side in SIDES:
        for joint in table.joint:
            parent = joint.parent if joint.parent == trunk.name else f"{joint.parent}_{side}"
            name = f"{joint.child}_{side}"
            driver, turn, rest = _drive(table, joint)
            at = _place(table, joint)
            column = names.index(f"{driver}_{side}")
            row[name] = len(links)
            links.append(_link(table, joint.child, name, row[parent], at, column, turn, rest))
    spheres = tuple(_sphere(contact, side, row) for side in SIDES for contact in table.contact)
    strands = tuple(_strand(table, muscle, row) for muscle in table.muscle)
    return Figure(table, names, tuple(links), spheres, strands)


def _link(
    table: PlanarTable, segment_name: str, name: str, parent: int, at: Pair, column: int, turn: float,
    rest: float,
) -> Link:  # fmt: skip
    segment = table.named(segment_name)
    mass = table.si(segment.mass)
    gyration = table.si(segment.gyration, segment)
    center = table.point_on(segment, segment.center)
    return Link(name, parent, at, column, turn, rest, mass, center, mass * gyration**2)


def _drive(table: PlanarTable, joint: Joint) -> tuple[str, float, float]:
    """Coordinate that turns a joint, rotation per unit of it, rotation at zero [rad]."""
    if joint.follows is None:
        return joint.coordinate, float(joint.sense), 0.0
    follows = joint.follows
    slope, rest = table.si(follows.slope), table.si(follows.intercept)
    return follows.coordinate, joint.sense * slope, joint.sense * rest


def _place(table: PlanarTable, joint: Joint) -> Pair:
    x, y = table.point_on(table.named(joint.parent), joint.at)
    return (x + joint.offset.x, y + joint.offset.y) if joint.offset else (x, y)


def _sphere(contact: Contact, side: str, row: dict[str, int]) -> Sphere:
    link = row[f"{contact.segment}_{side}"]
    return Sphere(f"{contact.name}_{side}", link, (contact.x, contact.y), contact.radius, contact.share)


def _strand(table: PlanarTable, muscle: Muscle, row: dict[str, int]) -> Strand:
    shared = table.muscles
    force, fiber = table.si(muscle.force), table.si(muscle.fiber)
    area = force / table.si(shared.specific_tension)
    path = tuple(
        (row[point.segment if point.segment in row else f"{point.segment}_{SIDES[0]}"], (point.x, point.y))
        for point in muscle.path
    )
    return Strand(
        name=muscle.name,
        force=force,
        fiber=fiber,
        tendon=table.si(muscle.tendon),
        pennation=table.si(muscle.pennation),
        strain=table.si(muscle.tendon_strain or shared.tendon_strain),
        velocity=table.si(shared.maximum_contraction_velocity),
        mass=area * fiber * table.si(shared.density),
        slow=table.si(muscle.slow_fibers),
        path=path,
    )


def degrees(angle: float) -> float:
    """Angle in degrees, of a number or a symbol."""
    return angle * (180.0 / math.pi)
