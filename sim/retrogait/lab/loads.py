"""Ground forces of an external-loads file, with the foot that each acts on."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import MotionError
from retrogait.io.loads import read_external_loads
from retrogait.io.text import shown


class Loads(NamedTuple):
    """Forces in the axes of the laboratory.

    time    : (row,) [s]
    force   : (row, load, 3) zero under the threshold [N]
    point   : (row, load, 3) NaN under the threshold [m]
    torque  : (row, load, 3) [N m]
    sides   : foot of each load
    digests : file name to SHA-256
    """

    time: Floats
    force: Floats
    point: Floats
    torque: Floats
    sides: tuple[str, ...]
    digests: dict[str, str]

    @classmethod
    def none(cls, time: Floats) -> "Loads":
        """No forces at all, at some times."""
        empty = np.zeros((time.size, 0, 3))
        return cls(time, empty, empty, empty, (), {})


def read_loads(path: Path | str, data_file: Path | str | None, threshold: float, up: Floats) -> Loads:
    """Read an external-loads file.

    Parameters
    ----------
    path, data_file
        As `retrogait.io.loads.read_external_loads`.
    threshold
        Upward force under which a foot is in the air [N].
    up
        (3,) unit vector against gravity, axes of the laboratory.

    Raises
    ------
    FileError
        The files cannot be read.
    MotionError
        A force is not in the axes of ground, or acts on a body whose side its name does not tell.
    """
    table = read_external_loads(path, data_file)
    sides = []
    for name, body, frame, place in zip(
        table.name, table.body, table.force_frame, table.point_frame, strict=True
    ):
        side = {"r": "right", "l": "left"}.get(body.rpartition("_")[2].lower())
        if side is None:
            raise MotionError(
                f"{path}: force {shown(name)} acts on {shown(body)}, expected the body of a foot that ends "
                "in _r or _l"
            )
        if (frame, place) != ("ground", "ground"):
            raise MotionError(
                f"{path}: force {shown(name)} is in the axes of {shown(frame)}, expected ground"
            )
        sides.append(side)
    air = ~(table.force @ up > threshold)
    force, point, torque = table.force.copy(), table.point.copy(), table.torque.copy()
    force[air] = 0.0
    torque[air] = 0.0
    point[air] = np.nan
    return Loads(table.time, force, point, torque, tuple(sides), dict(table.digests))
