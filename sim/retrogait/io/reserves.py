"""Reserve and residual actuators, from the force set written for OpenSim's static optimisation."""

import math
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from retrogait.errors import FileError
from retrogait.io.markup import is_active, read_markup, text_of
from retrogait.io.text import shown

_ACTUATOR = "CoordinateActuator"
_OPENSIM_OPTIMAL_FORCE = "1.0"  # OpenSim's own default; OpenSim 4 leaves defaults out of its files


@dataclass(frozen=True)
class Reserves:
    """Actuators that act on coordinates.

    Attributes
    ----------
    optimal_force
        Coordinate to generalised force per unit of control [N m or N].
    skipped
        ``name (class)`` of every entry left out: it acts on a body, or is switched off.
    """

    optimal_force: dict[str, float]
    skipped: tuple[str, ...]


def read_reserves(path: Path | str) -> Reserves:
    """Read the coordinate actuators of a force set.

    Parameters
    ----------
    path
        XML file with a ``ForceSet``. Only ``CoordinateActuator`` entries are read; point and torque
        actuators, which hold residuals of the pelvis, are named in the result.

    Returns
    -------
    Reserves
        In the order of the file.

    Raises
    ------
    FileError
        The file is not such a document, an actuator names no coordinate or one taken already, or
        its optimal force is not a positive number.
    """
    path = Path(path)
    force_set, _ = read_markup(path, "ForceSet")
    default = text_of(force_set, f"defaults/{_ACTUATOR}/optimal_force") or _OPENSIM_OPTIMAL_FORCE
    optimal_force: dict[str, float] = {}
    skipped: list[str] = []
    for entry in force_set.iterfind("objects/*"):
        name = entry.get("name", "without name")
        if entry.tag != _ACTUATOR or not is_active(path, entry, name):
            skipped.append(f"{name} ({entry.tag})")
            continue
        coordinate = text_of(entry, "coordinate").rsplit("/", 1)[-1]
        if not coordinate:
            raise FileError(f"{path}: {_ACTUATOR} {shown(name)} names no coordinate; fill in <coordinate>")
        if coordinate in optimal_force:
            raise FileError(
                f"{path}: {_ACTUATOR} {shown(name)} is the second one on {shown(coordinate)}, "
                "expected one per coordinate; remove one or switch it off"
            )
        optimal_force[coordinate] = _positive(path, entry, name, default)
    return Reserves(optimal_force, tuple(skipped))


def _positive(path: Path, entry: Element, name: str, default: str) -> float:
    text = text_of(entry, "optimal_force") or default
    try:
        force = float(text)
    except ValueError:
        force = math.nan
    if not 0.0 < force < math.inf:
        raise FileError(
            f"{path}: {_ACTUATOR} {shown(name)}: optimal_force is {shown(text)}, "
            "expected a positive number [N m or N]"
        )
    return force
