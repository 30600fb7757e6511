"""Reserve actuators from the OpenSim force set that users already have for static optimisation."""

import math
from pathlib import Path
from typing import NamedTuple

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from retrogait.errors import FileError
from retrogait.io.text import read_bytes, shown


class Reserves(NamedTuple):
    """What an actuator file says.

    strength : N m (rotation) or N (translation) per unit of activation, by coordinate
    skipped  : names of the actuators that push on a body instead of along a coordinate
    """

    strength: dict[str, float]
    skipped: tuple[str, ...]


def read_reserves(path: Path) -> Reserves:
    """Read the coordinate actuators of an OpenSim force set.

    Point and torque actuators stand for the residuals of the root body there. Muscles are never
    asked to balance the root body here, so they have no counterpart; they are named, not lost.

    Raises
    ------
    FileError
        If the file is no OpenSim force set, has no coordinate actuator, names a coordinate twice,
        or gives one no positive strength.
    """
    try:
        root = fromstring(read_bytes(path))
    except (ParseError, DefusedXmlException) as error:
        raise FileError(f"{path}: not an XML file that can be read ({error})") from error
    strength: dict[str, float] = {}
    for actuator in root.iter("CoordinateActuator"):
        name = actuator.get("name", "without a name")
        coordinate = (actuator.findtext("coordinate") or "").strip()
        if not coordinate or coordinate in strength:
            fault = f"a second one on `{coordinate}`" if coordinate else "without a <coordinate>"
            raise FileError(f"{path}: CoordinateActuator `{name}`: {fault}")
        text = (actuator.findtext("optimal_force") or "1").strip()  # OpenSim's default
        strength[coordinate] = _positive(text)
        if not strength[coordinate]:
            raise FileError(
                f"{path}: CoordinateActuator `{name}`: optimal_force is {shown(text)}, "
                "expected a number > 0 N m or N"
            )
    if not strength:
        raise FileError(
            f"{path}: has no CoordinateActuator; expected the force set with the reserves of "
            "OpenSim's static optimisation"
        )
    others = [element for element in root.iter() if element.tag in _ON_BODIES]
    return Reserves(strength, tuple(element.get("name", "?") for element in others))


_ON_BODIES = {"PointActuator", "TorqueActuator", "BodyActuator", "PointToPointActuator"}


def _positive(text: str) -> float:
    """Read a number, or 0 for anything that is not positive and finite."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if number > 0.0 and math.isfinite(number) else 0.0
