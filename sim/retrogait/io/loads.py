"""External loads over time: the columns of a table, by the file that says on which body they push."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrogait.arrays import Bools, Floats
from retrogait.errors import FileError
from retrogait.io.cells import first_true
from retrogait.io.load_setup import ExternalForce, ExternalLoads, read_load_setup
from retrogait.io.storage import Table, read_table
from retrogait.io.text import shown, suggestion

_AXES = "xyz"


@dataclass(frozen=True, eq=False)
class LoadTable:
    """External forces over time, one row of each array per row of the data file.

    Attributes
    ----------
    time : (row,)
        Strictly increasing [s].
    force : (row, load, 3)
        In the axes of `force_frame`; zero where a load has none [N].
    point : (row, load, 3)
        Where the force acts, from the origin of `point_frame` [m]; zero where `has_point` is False
        and where the file leaves it undefined under no force.
    torque : (row, load, 3)
        In the axes of `force_frame`; zero where a load has none [N m].
    name, body, force_frame, point_frame
        One name per load.
    has_point
        Whether a load has a point; without one it acts at the origin of its body.
    disabled
        Names of forces the XML file switches off.
    digests
        File name to SHA-256, of both files.
    """

    time: Floats
    force: Floats
    point: Floats
    torque: Floats
    name: tuple[str, ...]
    body: tuple[str, ...]
    force_frame: tuple[str, ...]
    point_frame: tuple[str, ...]
    has_point: tuple[bool, ...]
    disabled: tuple[str, ...]
    digests: dict[str, str]


def read_external_loads(path: Path | str, data_file: Path | str | None = None) -> LoadTable:
    """Read an XML file of external loads and the columns it names.

    An undefined (NaN) point under a zero force is legal, because a centre of pressure without
    pressure does not exist: it is set to zero. Any other NaN in a named column is an error; columns
    that no force names are not looked at.

    Parameters
    ----------
    path
        External loads, as OpenSim 2.3.1 or later writes them.
    data_file
        Table to use in place of the one the file names.

    Returns
    -------
    LoadTable
        In the axes and order of the files.

    Raises
    ------
    FileError
        As `read_load_setup` and `read_table`, or a column is missing or holds NaN.
    """
    setup = read_load_setup(path, data_file)
    table = read_table(setup.data_file, allow_nan=True)  # unused columns may hold anything
    shape = (len(table.time), len(setup.forces), 3)
    force, point, torque = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for load, entry in enumerate(setup.forces):
        if entry.force_identifier is not None:
            labels = _find_columns(setup, entry, "force", entry.force_identifier, table)
            force[:, load] = _complete(table, labels)
        if entry.torque_identifier is not None:
            labels = _find_columns(setup, entry, "torque", entry.torque_identifier, table)
            torque[:, load] = _complete(table, labels)
        if entry.point_identifier is not None:
            labels = _find_columns(setup, entry, "point", entry.point_identifier, table)
            unloaded = (force[:, load] == 0.0).all(axis=1)
            point[:, load] = _complete(table, labels, may_miss=unloaded)
    return LoadTable(
        time=table.time,
        force=force,
        point=point,
        torque=torque,
        name=tuple(entry.name for entry in setup.forces),
        body=tuple(entry.body for entry in setup.forces),
        force_frame=tuple(entry.force_frame for entry in setup.forces),
        point_frame=tuple(entry.point_frame for entry in setup.forces),
        has_point=tuple(entry.point_identifier is not None for entry in setup.forces),
        disabled=setup.disabled,
        digests={setup.path.name: setup.digest, table.path.name: table.digest},
    )


def _find_columns(
    setup: ExternalLoads, entry: ExternalForce, kind: str, identifier: str, table: Table
) -> tuple[str, ...]:
    """Labels of the x, y and z an identifier stands for.

    The exact names (identifier + x) win. OpenSim takes whichever three labels begin with the
    identifier, so ``Force1`` also finds ``Force1.x``; that works here if there are exactly three
    and they end in x, y, z.
    """
    exact = tuple(identifier + axis for axis in _AXES)
    if set(exact) <= set(table.labels):
        return exact
    begun = [label for label in table.labels if label.startswith(identifier)]
    by_axis = {label[-1].lower(): label for label in begun}
    if len(begun) == 3 and set(by_axis) == set(_AXES):
        return tuple(by_axis[axis] for axis in _AXES)
    missing = [label for label in exact if label not in table.labels]
    stems = (label[:-1] for label in table.labels if label[-1:].lower() in _AXES)
    lacking = f"; missing {', '.join(map(shown, missing))}"
    hint = lacking if len(missing) < len(exact) else suggestion(identifier, stems)
    raise FileError(
        f"{setup.path}: force {shown(entry.name)}: {kind}_identifier {shown(identifier)} finds "
        f"{len(begun)} columns in {table.path.name}, expected {', '.join(map(shown, exact))}"
        f"{hint}"
    )


def _complete(table: Table, labels: tuple[str, ...], *, may_miss: Bools | None = None) -> Floats:
    """Columns (row, 3) without NaN, which becomes zero in rows where it `may_miss` (row,)."""
    values = table.columns(labels)
    missing = np.isnan(values)
    if may_miss is not None:
        values[missing & may_miss[:, None]] = 0.0
        missing &= ~may_miss[:, None]
    cell = first_true(missing)
    if cell is not None:
        advice = " while there is a force" if may_miss is not None else ""
        raise FileError(
            f"{table.path}: t = {table.time[cell[0]]:.6g} s, column {shown(labels[cell[1]])}: "
            f"the value is NaN{advice}, expected a number; fill the gap or set the force to zero"
        )
    return values
