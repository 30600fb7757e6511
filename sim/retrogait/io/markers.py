"""Marker trajectories (`.trc`), the format of Motion Analysis that OpenSim reads."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.cells import first_true, place, read_block
from retrogait.io.text import read_text_bytes, shown, write_text

_METRES = {
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetres"), 1e-3),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetres"), 1e-2),
    **dict.fromkeys(("m", "meter", "meters", "metres"), 1.0),
}
_HEADER_LINES = 5  # file type, names of fields, their values, markers, axes
_AXES = "xyz"


@dataclass(frozen=True, eq=False)
class Markers:
    """Markers over time, in the laboratory's axes as recorded.

    Attributes
    ----------
    path
        File read.
    labels
        Name of every marker.
    time : (frame,)
        Strictly increasing [s].
    position : (frame, marker, 3)
        Where each marker is [m]; NaN in a frame that does not show it.
    unit
        Unit of length as written in the file; `position` is converted.
    data_rate
        Frames per second as written in the file [Hz].
    digest
        SHA-256 of the file.
    """

    path: Path
    labels: tuple[str, ...]
    time: Floats
    position: Floats
    unit: str
    data_rate: float
    digest: str


def read_markers(path: Path | str) -> Markers:
    """Read a `.trc` file.

    Parameters
    ----------
    path
        The file. A blank between tabs is a missing value; a marker misses all three or none.

    Returns
    -------
    Markers
        Positions in metres.

    Raises
    ------
    FileError
        The file is missing, empty or not text; names and counts in the header do not fit each other
        or the rows; a marker's name repeats; a time does not increase; the unit is unknown.
    """
    path = Path(path)
    text, digest = read_text_bytes(path)
    lines = text.split(b"\n", _HEADER_LINES)
    if len(lines) <= _HEADER_LINES:
        raise FileError(
            f"{path}: {len(lines)} lines, expected {_HEADER_LINES} of header and then frames; "
            "is the file cut off?"
        )
    _check_kind(path, lines[0])
    fields = _read_fields(path, lines[1], lines[2])
    labels = _read_names(path, lines[3])
    _check_count(path, fields, "NumMarkers", len(labels), "marker names in line 4")
    axes = len(lines[4].split())
    if axes != 3 * len(labels):
        raise FileError(f"{path}: line 5: found {axes} axes, expected X, Y and Z of {len(labels)} markers")
    columns = ["Frame#", "Time", *(f"{label} {axis}" for label in labels for axis in _AXES)]
    block = read_block(path, lines[5], _HEADER_LINES + 1, columns, time_column=1, blanks=True)
    _check_count(path, fields, "NumFrames", len(block.values), "frames")

    position = block.values[:, 2:].reshape(len(block.values), len(labels), 3)
    absent = np.isnan(position)
    partly = first_true(np.count_nonzero(absent, axis=2) % 3 != 0)
    if partly is not None:
        frame, marker = partly
        cell = frame, 2 + 3 * marker + int(absent[partly].argmax())
        raise FileError(
            f"{path}: {place(block, columns, 1, cell)}: no value, but the marker's other axes have "
            "one, expected all or none; blank the whole marker"
        )
    unit = fields["units"]
    return Markers(
        path=path,
        labels=labels,
        time=np.ascontiguousarray(block.values[:, 1]),
        position=position * _METRES[unit.lower()],
        unit=unit,
        data_rate=float(fields["datarate"]),
        digest=digest,
    )


def write_markers(path: Path, labels: tuple[str, ...], time: Floats, position: Floats, rate: float) -> None:
    """Write a `.trc` file in metres; every number survives, a hidden marker is blank.

    Parameters
    ----------
    path
        File to write, its folder made if need be.
    labels
        Name of every marker.
    time
        (frame,) [s].
    position
        (frame, marker, 3) [m].
    rate
        Frames per second [Hz].

    Raises
    ------
    FileError
        A name holds a tab or a line's end, or the file cannot be written.
    """
    for label in labels:
        if not label.strip() or any(mark in label for mark in "\t\n\r"):
            raise FileError(f"{path}: cannot write {label!r} as the name of a marker")
    shape = f"{rate:g}\t{rate:g}\t{len(time)}\t{len(labels)}\tm\t{rate:g}\t1\t{len(time)}"
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        shape,
        "Frame#\tTime\t" + "\t\t\t".join(labels) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{number}" for number in range(1, len(labels) + 1) for axis in "XYZ"),
        "",
    ]
    for frame, row in enumerate(position.reshape(len(time), -1).tolist()):
        cells = ["" if value != value else repr(value) for value in row]  # noqa: PLR0124 - NaN alone differs from itself
        lines.append("\t".join([str(frame + 1), repr(float(time[frame])), *cells]))
    write_text(path, "\n".join(lines) + "\n")


def _check_kind(path: Path, line: bytes) -> None:
    if not line.strip().lower().startswith(b"pathfiletype"):
        raise FileError(
            f"{path}: line 1: found {shown(line.strip())}, expected `PathFileType 4 (X/Y/Z)`; "
            "is this a .trc file?"
        )


def _read_fields(path: Path, names: bytes, values: bytes) -> dict[str, str]:
    """Fields of lines 2 and 3 by lower-case name, with a rate and a unit that can be used."""
    keys = [key.decode("utf-8", "replace").lower() for key in names.split()]
    found = [value.decode("utf-8", "replace") for value in values.split()]
    fields = dict(zip(keys, found, strict=False))
    for key in ("DataRate", "Units"):
        if key.lower() not in fields:
            raise FileError(f"{path}: lines 2 and 3 give no {key}; is the header complete?")
    if fields["units"].lower() not in _METRES:
        raise FileError(f"{path}: line 3: unit of length {shown(fields['units'])}, expected mm, cm or m")
    try:
        rate = float(fields["datarate"])
    except ValueError:
        rate = np.nan
    if not 0.0 < rate < np.inf:
        raise FileError(
            f"{path}: line 3: DataRate is {shown(fields['datarate'])}, expected a positive "
            "number of frames per second"
        )
    return fields


def _read_names(path: Path, line: bytes) -> tuple[str, ...]:
    """Names of markers, which may hold spaces where tabs separate them."""
    cells = line.split(b"\t") if b"\t" in line else line.split()
    try:
        names = tuple(cell.strip().decode("utf-8") for cell in cells[2:] if cell.strip())
    except UnicodeDecodeError:
        raise FileError(f"{path}: line 4: the names of markers are not UTF-8 text") from None
    if not names or cells[0].strip().lower() not in (b"frame#", b"frame"):
        raise FileError(
            f"{path}: line 4: found {shown(line.strip())}, expected `Frame#`, `Time` and the names "
            "of markers, separated by tabs"
        )
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise FileError(
            f"{path}: line 4: marker {shown(repeated[0])} stands more than once, "
            "expected distinct names; rename one"
        )
    return names


def _check_count(path: Path, fields: dict[str, str], key: str, found: int, what: str) -> None:
    declared = fields.get(key.lower())
    if declared is not None and declared.lstrip("0") != str(found):
        raise FileError(
            f"{path}: found {found} {what}, line 3 declares {key}={shown(declared)}; "
            "is the file cut off, or was it edited by hand?"
        )
