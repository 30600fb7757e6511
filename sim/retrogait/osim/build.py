"""The bundled planar model: from its table of parameters to an OpenSim file.

``python -m retrogait.osim.build`` rewrites ``models/planar.osim`` from ``models/planar.toml``.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrogait.errors import GaitError
from retrogait.io.atomic import replacing
from retrogait.osim.planar import Contact, Joint, Muscle, PlanarTable, Segment, read_planar
from retrogait.osim.quiet import import_opensim, swallow_output
from retrogait.share import share_folder

NAME = "planar"
SIDES = ("r", "l")
FLOOR = "floor"

ROOT_RANGES = ((-1.6, 1.6), (-50.0, 50.0), (-1.0, 2.0))
"""Tilt [rad], forward and upward place [m] of the hip joint: wide, because nothing bounds them."""


def build_model(table_path: Path, out_path: Path) -> None:
    """Build the planar model from its table and write it as an OpenSim file.

    The same table gives the same bytes with the same version of OpenSim.

    Parameters
    ----------
    table_path
        Table as `retrogait.osim.planar.read_planar` takes it.
    out_path
        The ``.osim`` file; it appears whole or not at all.

    Raises
    ------
    ModelError
        The table is not one.
    """
    table = read_planar(table_path)
    with swallow_output(), replacing(out_path) as partial:
        builder = _Builder(table)
        builder.build().printToXML(str(partial))


class _Builder:
    """One model in the making; ``bodies`` holds those that stand already, by name."""

    def __init__(self, table: PlanarTable) -> None:
        self.osim = import_opensim()
        self.table = table
        self.model = self.osim.Model()
        self.bodies: dict[str, Any] = {}

    def build(self) -> Any:
        osim, table = self.osim, self.table
        self.model.setName(NAME)
        self.model.set_credits(
            "retrogait, Apache-2.0; built from models/planar.toml, which has every source. "
            + "; ".join(table.notes)
        )
        self.model.set_publications("; ".join(table.source.values()))
        self.model.set_gravity(osim.Vec3(0.0, -9.80665, 0.0))
        self._root(table.root)
        self._floor()
        for side in SIDES:
            for joint in table.joint:
                self._joint(joint, side)
            for contact in table.contact:
                self._contact(contact, side)
            for muscle in table.muscle:
                self._muscle(muscle, side)
        self.model.finalizeConnections()
        return self.model

    def _body(self, segment: Segment, name: str) -> Any:
        osim, table = self.osim, self.table
        mass = table.si(segment.mass)
        x, y = table.point_on(segment, segment.center)
        # Out of the plane nothing ever turns: equal moments of inertia make the body a possible one.
        inertia = mass * table.si(segment.gyration, segment) ** 2
        spread = osim.Inertia(inertia, inertia, inertia, 0.0, 0.0, 0.0)
        body = osim.Body(name, mass, osim.Vec3(x, y, 0.0), spread)
        self.model.addBody(body)
        self.bodies[name] = body
        return body

    def _root(self, segment: Segment) -> None:
        osim = self.osim
        body = self._body(segment, segment.name)
        joint = osim.PlanarJoint(f"ground_{segment.name}", self.model.getGround(), body)
        coordinates = (
            (osim.PlanarJoint.Coord_RotationZ, "pelvis_tilt", 0.0),
            (osim.PlanarJoint.Coord_TranslationX, "pelvis_tx", 0.0),
            (osim.PlanarJoint.Coord_TranslationY, "pelvis_ty", self._standing_height()),
        )
        for (index, name, start), bounds in zip(coordinates, ROOT_RANGES, strict=True):
            coordinate = joint.updCoordinate(index)
            coordinate.setName(name)
            coordinate.setDefaultValue(start)
            coordinate.setRangeMin(bounds[0])
            coordinate.setRangeMax(bounds[1])
        self.model.addJoint(joint)

    def _standing_height(self) -> float:
        """Height of the hip above the lowest sphere of the sole, all joints straight [m]."""
        return -min(y for _, y in self.table.sole(self.table.root.name))

    def _floor(self) -> None:
        """Add level ground: a half-space is solid on the side of its own +X, which is turned down."""
        osim = self.osim
        down = osim.Vec3(0.0, 0.0, -0.5 * math.pi)
        floor = osim.ContactHalfSpace(osim.Vec3(0.0), down, self.model.getGround(), FLOOR)
        self.model.addContactGeometry(floor)

    def _contact(self, contact: Contact, side: str) -> None:
        """Add a sphere of the sole, as a shape without a force, and a marker at its lowest point.

        A trial brings its ground forces; OpenSim's tools would add those of a contact force in the file to
        them, unless each is excluded by hand. Who simulates forward adds forces to these shapes.
        """
        osim = self.osim
        body = self.bodies[f"{contact.segment}_{side}"]
        center = osim.Vec3(contact.x, contact.y, 0.0)
        name = f"{contact.name}_{side}"
        self.model.addContactGeometry(osim.ContactSphere(contact.radius, center, body, f"{name}_sphere"))
        self.model.addMarker(osim.Marker(name, body, osim.Vec3(contact.x, contact.y - contact.radius, 0.0)))

    def _joint(self, joint: Joint, side: str) -> None:
        """Add a hinge and the body it carries."""
        osim, table = self.osim, self.table
        parent = table.named(joint.parent)
        carrier = self.bodies[f"{parent.name}_{side}" if parent.paired else parent.name]
        body = self._body(table.named(joint.child), f"{joint.child}_{side}")
        x, y = table.hinge_of(joint)
        coordinate = _sided(joint.coordinate, side)
        hinge = osim.CustomJoint(
            f"{joint.name}_{side}", carrier, osim.Vec3(x, y, 0.0), osim.Vec3(0.0),
            body, osim.Vec3(0.0), osim.Vec3(0.0), self._hinge(coordinate, joint.sense),
        )  # fmt: skip
        hinge.finalizeFromProperties()  # makes the coordinate
        made = hinge.upd_coordinates(0)
        made.setRangeMin(math.radians(joint.range[0]))
        made.setRangeMax(math.radians(joint.range[1]))
        self.model.addJoint(hinge)
        if joint.follows is None:
            return
        slope, rest = table.si(joint.follows.slope), table.si(joint.follows.intercept)
        made.setDefaultValue(rest)
        coupler = osim.CoordinateCouplerConstraint()
        coupler.setName(f"{joint.name}_{side}_coupler")
        coupler.setIndependentCoordinateNames(self._names(_sided(joint.follows.coordinate, side)))
        coupler.setDependentCoordinateName(coordinate)
        coupler.setFunction(osim.LinearFunction(slope, rest))
        self.model.addConstraint(coupler)

    def _hinge(self, coordinate: str, sense: int) -> Any:
        """Rotation about Z that grows with one coordinate; the other axes only have to be independent."""
        osim = self.osim
        motion = osim.SpatialTransform()
        axes = (
            ("rotation1", (0.0, 0.0, float(sense))),
            ("rotation2", (0.0, 1.0, 0.0)),
            ("rotation3", (1.0, 0.0, 0.0)),
            ("translation1", (1.0, 0.0, 0.0)),
            ("translation2", (0.0, 1.0, 0.0)),
            ("translation3", (0.0, 0.0, 1.0)),
        )
        for name, direction in axes:
            axis = getattr(motion, f"upd_{name}")()
            axis.setAxis(osim.Vec3(*direction))
            axis.set_function(osim.Constant(0.0))  # without one OpenSim 4.6 crashes
        turn = motion.upd_rotation1()
        turn.setCoordinateNames(self._names(coordinate))
        turn.set_function(osim.LinearFunction(1.0, 0.0))
        return motion

    def _names(self, *names: str) -> Any:
        array = self.osim.ArrayStr()
        for name in names:
            array.append(name)
        return array

    def _muscle(self, muscle: Muscle, side: str) -> None:
        osim, table = self.osim, self.table
        common = table.muscles
        made = osim.DeGrooteFregly2016Muscle()
        made.setName(f"{muscle.name}_{side}")
        made.set_max_isometric_force(table.si(muscle.force))
        made.set_optimal_fiber_length(table.si(muscle.fiber))
        made.set_tendon_slack_length(table.si(muscle.tendon))
        made.set_pennation_angle_at_optimal(table.si(muscle.pennation))
        made.set_max_contraction_velocity(table.si(common.maximum_contraction_velocity))
        made.set_tendon_strain_at_one_norm_force(table.si(muscle.tendon_strain or common.tendon_strain))
        made.set_passive_fiber_strain_at_one_norm_force(table.si(common.passive_strain))
        for index, point in enumerate(muscle.path, start=1):
            paired = table.named(point.segment).paired
            body = self.bodies[f"{point.segment}_{side}" if paired else point.segment]
            made.addNewPathPoint(f"{muscle.name}_{side}-P{index}", body, osim.Vec3(point.x, point.y, 0.0))
        self.model.addForce(made)


def _sided(coordinate: str, side: str) -> str:
    """Name of a coordinate on one side; by custom ``knee_angle_beta`` becomes ``knee_angle_r_beta``."""
    stem, beta, _ = coordinate.partition("_beta")
    return f"{stem}_{side}{beta}"


def main(argv: Sequence[str] | None = None) -> int:
    """Rewrite the bundled model from its table; exit status 2 for a table that is none."""
    parser = argparse.ArgumentParser(
        prog="python -m retrogait.osim.build", description="Build the planar model from its table."
    )
    folder = share_folder("models")
    parser.add_argument("--table", type=Path, default=folder / f"{NAME}.toml", metavar="FILE")
    parser.add_argument("--output", type=Path, default=folder / f"{NAME}.osim", metavar="FILE")
    arguments = parser.parse_args(argv)
    try:
        build_model(arguments.table, arguments.output)
    except (GaitError, OSError) as error:
        sys.stderr.write(f"retrogait.osim.build: {error}\n")
        return 2
    sys.stdout.write(f"{arguments.output} built from {arguments.table}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
