"""Force plates of C3D files: from their channels to the wrench about the middle of the surface.

The four types, the order of the corners and the meaning of ORIGIN are those of the C3D user guide
(https://www.c3d.org/HTML/Documents/theforceplatformgroup.htm). A plate's own axes are right-handed: X from
corners 2 and 3 to corners 1 and 4, Y from corners 3 and 4 to corners 1 and 2, Z into the floor.
"""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats

CHANNELS = {1: 6, 2: 6, 3: 8, 4: 6}
"""Number of channels of each type that is read."""


class Plate(NamedTuple):
    """One force plate, or one belt of an instrumented treadmill.

    number  : from 1, as in the file
    kind    : type 1, 2, 3 or 4
    corners : (4, 3) of the surface, axes of the laboratory [m]
    origin  : (3,) ORIGIN in the plate's axes [m]; of types 2 and 4 from where the sensors measure to the
              middle of the surface, of type 3 half the distances between sensors and its height
    matrix  : (6, 6) that turns channels into forces and moments; of type 4
    """

    number: int
    kind: int
    corners: Floats
    origin: Floats
    matrix: Floats | None

    @property
    def center(self) -> Floats:
        """(3,) middle of the surface [m]."""
        return np.asarray(self.corners.mean(axis=0))

    @property
    def axes(self) -> Floats:
        """(3, 3) whose columns are the plate's axes in those of the laboratory."""
        one, two, three, four = self.corners
        x = (one + four) - (two + three)
        x = x / np.linalg.norm(x)
        z = np.cross(x, (one + two) - (three + four))
        z /= np.linalg.norm(z)
        return np.stack([x, np.cross(z, x), z], axis=1)


def surface_wrench(plate: Plate, channels: Floats, sensors: Floats) -> tuple[Floats, Floats]:
    """Wrench about the middle of the surface, in the plate's axes and as it was recorded.

    Parameters
    ----------
    plate
        Its type says what the channels are.
    channels
        (row, channel) [N, N m; type 1: also m]; of type 4 behind its matrix.
    sensors
        (3,) from where the sensors measure to the middle of the surface, plate's axes [m].

    Returns
    -------
    force, moment : ndarray
        (row, 3) [N], [N m].
    """
    if plate.kind == 1:
        force = channels[:, :3]
        place = np.column_stack([channels[:, 3:5], np.zeros(len(channels))])
        moment = np.cross(place, force)
        moment[:, 2] += channels[:, 5]
        return force, moment
    if plate.kind == 3:
        force, moment = _of_corners(channels, *np.abs(plate.origin[:2]))
    else:
        force, moment = channels[:, :3], channels[:, 3:6]
    return force, moment - np.cross(sensors, force)


def _of_corners(channels: Floats, a: float, b: float) -> tuple[Floats, Floats]:
    """Force and moment of eight channels x12, x34, y14, y23, z1 to z4; symbols of the maker (Kistler)."""
    x12, x34, y14, y23, z1, z2, z3, z4 = channels.T
    force = np.stack([x12 + x34, y14 + y23, z1 + z2 + z3 + z4], axis=1)
    moment = np.stack(
        [b * (z1 + z2 - z3 - z4), a * (-z1 + z2 + z3 - z4), b * (x34 - x12) + a * (y14 - y23)], axis=1
    )
    return force, moment


def sensors_of(plate: Plate, up: Floats) -> tuple[Floats, bool]:
    """Vector from the sensors' origin to the middle of the surface, and whether ORIGIN was its opposite.

    Sensors lie below the surface. Some systems store the way down from the surface instead of the way up
    from the sensors, all three components with the other sign.

    Parameters
    ----------
    plate
        As the file gives it.
    up
        (3,) unit vector against gravity, axes of the laboratory.
    """
    if plate.kind == 1:
        return np.zeros(3), False
    vector = plate.origin * (np.array([0.0, 0.0, 1.0]) if plate.kind == 3 else 1.0)
    turned = bool((plate.axes @ vector) @ up < 0.0)
    return (-vector if turned else vector), turned
