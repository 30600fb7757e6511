"""External loads: an XML file that says which columns of a table push on which body.

The readers follow OpenSim's `ExternalLoads` and `ExternalForce`
(https://github.com/opensim-org/opensim-core) with two differences, both to keep a trial in its own
folder: the data file is looked for beside the XML file and never in the working folder, and a path
that does not exist on this machine falls back to a file of the same name beside the XML file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.cells import first_true
from retrogait.io.markup import is_active, read_markup, text_of
from retrogait.io.storage import Table, read_table
from retrogait.io.text import shown, suggestion

MAX_FORCES = 256
"""External forces accepted in one file; a laboratory has a handful of plates."""

_AXES = "xyz"


@dataclass(frozen=True)
class ExternalForce:
    """One force, with the columns it is read from.

    Attributes
    ----------
    name
        Name in the file.
    body
        Body pushed on.
    force_frame, point_frame
        Bodies in whose axes force and torque, and point, are expressed; usually ``ground``.
    force_identifier, point_identifier, torque_identifier
        Beginning of three labels that end in x, y, z; None where there is no such column. A force
        without point acts at the origin of the body.
    """

    name: str
    body: str
    force_frame: str
    point_frame: str
    force_identifier: str | None
    point_identifier: str | None
    torque_identifier: str | None


@dataclass(frozen=True)
class ExternalLoads:
    """What a loads file says, before the numbers are read.

    Attributes
    ----------
    path
        The XML file.
    forces
        Forces that act, in the order of the file; several may act on one body.
    disabled
        Names of forces the file switches off, left out of `forces`.
    data_file
        Table that holds the numbers.
    digest
        SHA-256 of the XML file.
    """

    path: Path
    forces: tuple[ExternalForce, ...]
    disabled: tuple[str, ...]
    data_file: Path
    digest: str


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


def read_load_setup(path: Path | str, data_file: Path | str | None = None) -> ExternalLoads:
    """Read the XML file alone.

    Parameters
    ----------
    path
        External loads, as OpenSim 2.3.1 or later writes them.
    data_file
        Table to use in place of the one the file names.

    Returns
    -------
    ExternalLoads
        With at least one force.

    Raises
    ------
    FileError
        The file is not such a document, a force is incomplete, or the table is not found.
    """
    path = Path(path)
    element, digest = read_markup(path, "ExternalLoads")
    if element.find("objects/PrescribedForce") is not None:
        raise FileError(
            f"{path}: holds PrescribedForce, the format of OpenSim before 2.3.1, "
            "expected ExternalForce; load it in OpenSim and save it again"
        )
    entries = element.findall("objects/ExternalForce")
    if len(entries) > MAX_FORCES:
        raise FileError(f"{path}: holds {len(entries)} forces, expected at most {MAX_FORCES}")
    forces: list[ExternalForce] = []
    disabled: list[str] = []
    for number, entry in enumerate(entries, start=1):
        name = entry.get("name") or f"force_{number}"
        if is_active(path, entry, name):
            forces.append(_read_force(path, entry, name))
        else:
            disabled.append(name)
    if not forces:
        raise FileError(
            f"{path}: no force acts ({len(disabled)} are switched off), expected one ExternalForce "
            "or more; leave the loads out of the trial if nothing pushes on the body"
        )
    found = _find_data(path, element, entries) if data_file is None else Path(data_file)
    return ExternalLoads(path, tuple(forces), tuple(disabled), found, digest)


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


def _read_force(path: Path, entry: Element, name: str) -> ExternalForce:
    body = text_of(entry, "applied_to_body")
    force = text_of(entry, "force_identifier")
    point = text_of(entry, "point_identifier")
    torque = text_of(entry, "torque_identifier")
    if not body:
        raise FileError(f"{path}: force {shown(name)} names no body; fill in <applied_to_body>, e.g. calcn_r")
    if not force and not torque:
        raise FileError(
            f"{path}: force {shown(name)} has neither force_identifier nor torque_identifier, "
            "expected one of them; name columns or switch the force off"
        )
    if point and not force:
        raise FileError(
            f"{path}: force {shown(name)} has a point_identifier but no force_identifier; "
            "remove the point or name the force"
        )
    return ExternalForce(
        name=name,
        body=_last(body),
        force_frame=_last(text_of(entry, "force_expressed_in_body")) or "ground",
        point_frame=_last(text_of(entry, "point_expressed_in_body")) or "ground",
        force_identifier=force or None,
        point_identifier=point or None,
        torque_identifier=torque or None,
    )


def _last(path: str) -> str:
    """Name of a body given as a component path (``/bodyset/calcn_r``) or plainly."""
    return path.rsplit("/", 1)[-1]


def _find_data(path: Path, element: Element, entries: Sequence[Element]) -> Path:
    """Table the XML file names: as written, else a file of that name beside it."""
    written = text_of(element, "datafile")
    if not written:
        sources = {text_of(entry, "data_source_name") for entry in entries} - {""}
        if len(sources) != 1:
            raise FileError(
                f"{path}: names {len(sources)} data files, expected one; fill in <datafile> or pass data_file"
            )
        written = sources.pop()
    portable = written.replace("\\", "/")  # written on Windows
    folder = path.parent
    for candidate in (folder / portable, folder / Path(portable).name):
        try:
            if candidate.is_file():
                return candidate
        except (OSError, ValueError):
            continue
    raise FileError(
        f"{path}: data file {shown(written)} is neither there nor beside the XML file; "
        "copy it there or pass data_file"
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
    stems = (label[:-1] for label in table.labels if label[-1:].lower() in _AXES)
    raise FileError(
        f"{setup.path}: force {shown(entry.name)}: {kind}_identifier {shown(identifier)} finds "
        f"{len(begun)} columns in {table.path.name}, expected {', '.join(map(shown, exact))}"
        f"{suggestion(identifier, stems)}"
    )


def _complete(
    table: Table, labels: tuple[str, ...], *, may_miss: npt.NDArray[np.bool_] | None = None
) -> Floats:
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
