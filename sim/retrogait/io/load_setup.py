"""External-loads files (`.xml`): which columns of which table push on which body.

The reader follows OpenSim's `ExternalLoads` and `ExternalForce`
(https://github.com/opensim-org/opensim-core) with two differences, both to keep a trial in its own
folder: the data file is looked for beside the XML file and never in the working folder, and a path
that does not exist on this machine falls back to a file of the same name beside the XML file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from retrogait.errors import FileError
from retrogait.io.markup import is_active, read_markup, text_of
from retrogait.io.text import shown, write_text

MAX_FORCES = 256
"""External forces accepted in one file; a laboratory has a handful of plates."""


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


def write_load_setup(
    path: Path, name: str, forces: Sequence[ExternalForce], data_file: str, title: str = ""
) -> None:
    """Write the XML file alone, as OpenSim 4 reads it.

    Parameters
    ----------
    path
        File to write, its folder made if need be.
    name
        Of the loads.
    forces
        In this order; an identifier that is None is left out.
    data_file
        Name of the table beside the file.
    title
        Comment at the top, none where empty.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    entries = "".join(map(_force_text, forces))
    comment = f"<!-- {title.replace('--', '-')} -->\n" if title else ""
    write_text(
        path,
        f"""<?xml version="1.0" encoding="UTF-8" ?>
{comment}<OpenSimDocument Version="40000">
    <ExternalLoads name={quoteattr(name)}>
        <objects>{entries}
        </objects>
        <datafile>{escape(data_file)}</datafile>
    </ExternalLoads>
</OpenSimDocument>
""",
    )


def _force_text(force: ExternalForce) -> str:
    properties = {
        "applied_to_body": force.body,
        "force_expressed_in_body": force.force_frame,
        "point_expressed_in_body": force.point_frame,
        "force_identifier": force.force_identifier,
        "point_identifier": force.point_identifier,
        "torque_identifier": force.torque_identifier,
    }
    indent = "\n" + 12 * " "
    lines = "".join(
        f"{indent}    <{tag}>{escape(text)}</{tag}>" for tag, text in properties.items() if text is not None
    )
    return f"{indent}<ExternalForce name={quoteattr(force.name)}>{lines}{indent}</ExternalForce>"


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
