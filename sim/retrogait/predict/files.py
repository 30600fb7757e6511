"""A predicted stride as OpenSim files, the same as a recorded trial brings."""

import math
from pathlib import Path

import numpy as np

from retrogait.arrays import Floats
from retrogait.io.load_setup import ExternalForce, write_load_setup
from retrogait.io.storage import write_table
from retrogait.predict.figure import SIDES, Figure
from retrogait.predict.stride import Stride

MARGIN = 6
"""Rows before and after the stride, for splines that need neighbours; the trial's window leaves them out."""

ANGLE_DIGITS, PLACE_DIGITS, FORCE_DIGITS, CENTER_DIGITS = 7, 9, 4, 6
"""Decimals written [deg, m, N]: an acceleration is a difference over a step of some 10 ms squared, so 1e-7
deg is 2e-5 rad/s2 and 1e-9 m is 1e-5 m/s2."""


def write_files(
    folder: Path, name: str, figure: Figure, stride: Stride, title: str
) -> tuple[Path, Path, Path]:
    """Write motion, ground forces and the external loads that join them.

    Returns
    -------
    motion, forces, loads
        ``NAME.mot``, ``NAME_grf.mot``, ``NAME_grf.xml``.
    """
    motion, forces, loads = (folder / f"{name}{end}" for end in (".mot", "_grf.mot", "_grf.xml"))
    wide = extended(stride, MARGIN)
    turns = np.array([not label.endswith(("_tx", "_ty")) for label in figure.coordinates])
    values = np.where(turns, wide.q * math.degrees(1.0), wide.q)
    digits = np.where(turns, ANGLE_DIGITS, PLACE_DIGITS)
    values = np.column_stack([np.round(v, d) for v, d in zip(values.T, digits, strict=True)]) + 0.0
    write_table(motion, figure.coordinates, wide.time, values, in_degrees=True, name=title)
    labels, columns = [], []
    for side, letter in enumerate(SIDES):
        force, point = wide.ground(side), center_of_pressure(wide, side)
        zero = np.zeros(force.shape[0])
        for what, x, y, places in (
            ("v", force[:, 0], force[:, 1], FORCE_DIGITS), ("p", point, zero, CENTER_DIGITS),
        ):  # fmt: skip
            labels += [f"ground_{letter}_{what}{axis}" for axis in "xyz"]
            columns += [np.round(part, places) + 0.0 for part in (x, y, zero)]
    write_table(forces, labels, wide.time, np.column_stack(columns), in_degrees=False, name=title)
    feet = [
        ExternalForce(
            name=f"ground_{letter}",
            body=f"foot_{letter}",
            force_frame="ground",
            point_frame="ground",
            force_identifier=f"ground_{letter}_v",
            point_identifier=f"ground_{letter}_p",
            torque_identifier=None,
        )
        for letter in SIDES
    ]
    write_load_setup(loads, name, feet, forces.name, title)
    return motion, forces, loads


def extended(stride: Stride, rows: int) -> Stride:
    """Stride with some rows of the next one after it, and of the one before in front; times from 0 on."""
    length = stride.q[-1, 1] - stride.q[0, 1]
    count = stride.time.size - 1
    index = np.arange(-rows, count + rows + 1)
    lap, row = np.divmod(index, count)
    parts = [part[row] for part in stride]
    made = Stride(*parts)
    step = stride.time[1]
    q, place = made.q.copy(), made.place.copy()
    q[:, 1] += lap * length
    place[..., 0] += (lap * length)[:, None]
    return made._replace(time=np.round((index + rows) * step, 9), q=q, place=place)


def window(stride: Stride) -> tuple[float, float]:
    """Start and end of the stride in the times of the files [s]."""
    step = stride.time[1]
    return round(MARGIN * step, 9), round((MARGIN + stride.time.size - 1) * step, 9)


def center_of_pressure(stride: Stride, side: int) -> Floats:
    """(row,) where on the ground a foot's force has no moment [m]; under the ball while it hardly acts."""
    upward = stride.ground(side)[:, 1]
    half = stride.force.shape[1] // 2
    rest = stride.place[:, side * half + 1, 0]
    loaded = upward > LEAST_FORCE
    return np.where(loaded, stride.ground_moment(side) / np.where(loaded, upward, 1.0), rest)


LEAST_FORCE = 1e-3
"""Vertical force below which a centre of pressure means nothing [N]."""
