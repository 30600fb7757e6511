"""Ground forces of a table without an external-loads file: plates by the names of their columns."""

from pathlib import Path

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.cells import first_true
from retrogait.io.storage import Table, read_table
from retrogait.io.text import shown
from retrogait.lab.loads import Loads

AXES = "xyz"


def read_columns(path: Path | str, threshold: float, up: Floats) -> tuple[Loads, str]:
    """Read plates from a ``.mot`` whose columns are named as OpenSim names them.

    A plate is three columns ``...vx, ...vy, ...vz`` of force and three ``...px, ...py, ...pz`` of its centre
    of pressure; its moment is ``...mx`` or, with ``force`` replaced by ``torque`` or ``moment``, ``...x``.
    Which foot a plate carries is not for a table to say.

    Parameters
    ----------
    path
        Table of forces on the person, in the axes of the markers.
    threshold
        Upward force under which nobody stands on a plate [N].
    up
        (3,) unit vector against gravity, axes of the laboratory.

    Returns
    -------
    loads : Loads
        Without sides.
    finding : str
        Which columns were taken for what.

    Raises
    ------
    FileError
        The table cannot be read, no columns are those of a plate, or a number is missing where a plate is
        loaded.
    """
    table = read_table(path, allow_nan=True)
    labels = set(table.labels)
    stems = [
        label[:-2]
        for label in table.labels
        if label.endswith("vx") and {label[:-1] + axis for axis in AXES} <= labels
    ]
    plates = [stem for stem in stems if {f"{stem}p{axis}" for axis in AXES} <= labels]
    if not plates:
        raise FileError(
            f"{table.path}: no columns are those of a plate, expected such as ground_force_vx, _vy, _vz and "
            f"ground_force_px, _py, _pz; found {', '.join(map(shown, table.labels[:4]))}, ...; name an "
            "external-loads .xml that says which columns are what"
        )
    force = np.stack([_three(table, f"{stem}v") for stem in plates], axis=1)
    point = np.stack([_three(table, f"{stem}p") for stem in plates], axis=1)
    moments = [_moment_of(stem, labels) for stem in plates]
    torque = np.stack(
        [np.zeros((len(table.time), 3)) if stem is None else _three(table, stem) for stem in moments], axis=1
    )
    missing = np.isnan(force).any(axis=2)
    air = ~(force @ up > threshold) & ~missing
    force[air], torque[air], point[air] = 0.0, 0.0, np.nan
    missing |= ~air & (np.isnan(point) | np.isnan(torque)).any(axis=2)
    cell = first_true(missing)
    if cell is not None:
        raise FileError(
            f"{table.path}: t = {table.time[cell[0]]:.6g} s: plate {shown(plates[cell[1]])} has no number in "
            "a column, expected one while it is loaded; fill the gap"
        )
    named = ", ".join(f"{number} is {shown(stem + 'v')}" for number, stem in enumerate(plates, start=1))
    bare = [str(number) for number, stem in enumerate(moments, start=1) if stem is None]
    finding = f"plates by the names of columns: {named}"
    if bare:
        finding += f"; plate {' and '.join(bare)} without a free moment, which is taken as zero"
    return Loads(table.time, force, point, torque, (), {table.path.name: table.digest}), finding


def _three(table: Table, stem: str) -> Floats:
    return table.columns([stem + axis for axis in AXES]).copy()


def _moment_of(stem: str, labels: set[str]) -> str | None:
    """Beginning of the columns of a plate's moment."""
    for begun in (f"{stem}m", stem.replace("force", "torque"), stem.replace("force", "moment")):
        if begun != stem and {begun + axis for axis in AXES} <= labels:
            return begun
    return None
