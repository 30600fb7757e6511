"""OpenSim tables: motion (`.mot`) and storage (`.sto`) files.

Two header dialects are in use. Old files begin with a free name and give ``nRows=`` and
``nColumns=`` (or SIMM's ``datarows``, ``datacolumns``); new ones give ``DataType=``, ``version=3``
and ``OpenSimVersion=``. Both end with ``endheader``, a line of labels and the numbers. Dialect:
OpenSim's `Storage` and `STOFileAdapter` classes, https://github.com/opensim-org/opensim-core.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.cells import first_true, place, read_block
from retrogait.io.text import read_text_bytes, shown, suggestion, write_text

MAX_HEADER_LINES = 1000
"""Lines searched for ``endheader``; OpenSim itself never returns from a file without one."""

_END = "endheader"
_FIELD = re.compile(r"(?P<key>[A-Za-z]\w*)\s*(?:=|\s)\s*(?P<value>.*)")
_ROWS = ("nrows", "datarows")
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_QUANTITIES = frozenset(
    ("value", "speed", "activation", "excitation", "fiber_length", "normalized_tendon_force")
)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns over time, as a file gives them.

    Attributes
    ----------
    path
        File read.
    name
        Name written in the header, else the file's stem.
    labels
        Name of every column, time left out.
    time : (row,)
        Strictly increasing [s].
    values : (row, column)
        The numbers, in the units of the file.
    in_degrees
        What ``inDegrees`` says; None where the header does not say.
    digest
        SHA-256 of the file.
    """

    path: Path
    name: str
    labels: tuple[str, ...]
    time: Floats
    values: Floats
    in_degrees: bool | None
    digest: str

    def column(self, label: str) -> Floats:
        """Values (row,) of one column; a `FileError` names the nearest labels if it is absent."""
        return self.columns((label,))[:, 0]

    def columns(self, labels: Sequence[str]) -> Floats:
        """Values (row, len(labels)) of some columns, in the order asked for."""
        where = {label: index for index, label in enumerate(self.labels)}
        for label in labels:
            if label not in where:
                hint = suggestion(label, self.labels) or f"; it has {len(self.labels)} others"
                raise FileError(f"{self.path}: no column {shown(label)}{hint}")
        return self.values[:, [where[label] for label in labels]]


def read_table(path: Path | str, *, allow_nan: bool = False) -> Table:
    """Read a `.mot` or `.sto` file.

    Parameters
    ----------
    path
        The file; lines may end in any way, cells be separated by tabs or spaces.
    allow_nan
        Keep NaN cells. By default they are refused, because OpenSim would stop at the first one.

    Returns
    -------
    Table
        In the units of the file: nothing is converted.

    Raises
    ------
    FileError
        The file is missing, empty, too large or not text; header, labels or numbers are not what
        the format asks for; there are not as many rows as the header declares; a time does not
        increase. The message names line, time and column.
    """
    path = Path(path)
    text, digest = read_text_bytes(path)
    header = _read_header(path, text)
    data_type = header.fields.get("datatype", "double")
    if data_type.lower() != "double":
        raise FileError(
            f"{path}: DataType is {shown(data_type)}, expected double; "
            "flatten vectors into columns first (OpenSim: table.flatten())"
        )
    labels, line, start = _read_labels(path, text, header)
    block = read_block(path, text[start:], line + 1, labels)
    _check_rows(path, header, len(block.values))
    cell = None if allow_nan else first_true(np.isnan(block.values))
    if cell is not None:
        raise FileError(
            f"{path}: {place(block, labels, 0, cell)}: the value is NaN, expected a number; "
            "fill the gap or remove the row"
        )
    return Table(
        path=path,
        name=header.name or path.stem,
        labels=labels[1:],
        time=np.ascontiguousarray(block.values[:, 0]),
        values=np.ascontiguousarray(block.values[:, 1:]),
        in_degrees=_read_in_degrees(path, header),
        digest=digest,
    )


def write_table(
    path: Path | str,
    labels: Sequence[str],
    time: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    in_degrees: bool,
    name: str,
) -> None:
    """Write a `.mot` or `.sto` file that OpenSim reads; every number survives the round trip.

    Parameters
    ----------
    path
        File to write; it appears whole or not at all.
    labels
        Name of every column without time: distinct, no white space.
    time : (row,)
        Strictly increasing [s].
    values : (row, column)
        In the units of the file. NaN is written as ``nan``, which OpenSim does not read everywhere.
    in_degrees
        Whether rotations are in degrees.
    name
        First line of the header: one line, no ``=``.

    Raises
    ------
    FileError
        These arguments do not make a readable table, or the file cannot be written.
    """
    path = Path(path)
    times = np.asarray(time, dtype=np.float64)
    cells = np.asarray(values, dtype=np.float64)
    if not times.size or cells.shape != (times.size, len(labels)) or times.ndim != 1:
        raise FileError(
            f"{path}: cannot write values of shape {cells.shape}, times of shape {times.shape} and "
            f"{len(labels)} labels as one table, expected (row, column), (row,) and one per column"
        )
    if not np.isfinite(times).all() or not (np.diff(times) > 0.0).all() or np.isinf(cells).any():
        raise FileError(f"{path}: cannot write infinite values or times that do not strictly increase")
    header_labels = ("time", *labels)
    if len({*header_labels}) < len(header_labels) or any(len(x.split()) != 1 for x in labels):
        raise FileError(f"{path}: cannot write labels that repeat, are empty or contain a space")
    if len(name.splitlines()) != 1 or "=" in name or name.strip().lower() == _END:
        raise FileError(f"{path}: cannot write {shown(name)} as name, expected one line without =")
    lines = [
        name,
        "version=1",
        f"nRows={times.size}",
        f"nColumns={len(header_labels)}",
        f"inDegrees={'yes' if in_degrees else 'no'}",
        _END,
        "\t".join(header_labels),
    ]
    rows = np.column_stack((times, cells)).tolist()
    lines.extend("\t".join(map(repr, row)) for row in rows)  # repr: shortest text that reads back
    write_text(path, "\n".join(lines) + "\n")


def short_label(label: str) -> tuple[str, str]:
    """Split a column label into the name of a thing and the quantity it holds.

    Parameters
    ----------
    label
        A state path of OpenSim 4 (``/jointset/knee_r/knee_angle_r/value``,
        ``/forceset/soleus_r/activation``) or 3 (``knee_r/knee_angle_r/value``), a path without a
        quantity (``/forceset/soleus_r``), or a plain name.

    Returns
    -------
    tuple of str
        Name and quantity; the quantity is ``"value"`` where the label names none.
    """
    parts = label.strip("/").split("/")
    if len(parts) > 1 and parts[-1] in _QUANTITIES:
        return parts[-2], parts[-1]
    return parts[-1], "value"


class _Header(NamedTuple):
    name: str
    fields: dict[str, str]
    lines: int  # up to and including endheader
    end: int  # offset of the byte after them


def _read_header(path: Path, text: bytes) -> _Header:
    name = ""
    fields: dict[str, str] = {}
    start = 0
    for number in range(1, MAX_HEADER_LINES + 1):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        # A free comment may hold any bytes; only labels have to be right.
        line = text[start:end].strip().decode("utf-8", "replace")
        start = end + 1
        if line.lower() == _END:
            return _Header(name, fields, number, start)
        field = _FIELD.fullmatch(line)
        if field:
            fields[field["key"].lower()] = field["value"].strip()
        if number == 1 and "=" not in line:
            name = line.removeprefix("name ").strip()
        if start >= len(text):
            break
    raise FileError(
        f"{path}: no line `endheader` among the first {number}, expected it between header and "
        "labels; is this a .mot or .sto file, and whole?"
    )


def _read_labels(path: Path, text: bytes, header: _Header) -> tuple[tuple[str, ...], int, int]:
    """Labels, the number of their line and the offset of the byte after it."""
    start, number = header.end, header.lines
    line = b""
    while not line and start < len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip()
        start, number = end + 1, number + 1
    if not line:
        raise FileError(f"{path}: nothing after `endheader`, expected labels; is the file cut off?")
    try:
        labels = tuple(label.decode("utf-8") for label in line.split())
    except UnicodeDecodeError:
        raise FileError(
            f"{path}: line {number}: the labels are not UTF-8 text; is this a binary file?"
        ) from None
    if labels[0].lower() != "time":
        advice = "separate labels by tabs" if b"," in line else "is the line of labels missing?"
        raise FileError(
            f"{path}: line {number}: found {shown(labels[0])} as first label, expected `time`; {advice}"
        )
    repeated = [label for label, count in Counter(labels).items() if count > 1]
    if repeated:
        raise FileError(
            f"{path}: line {number}: {len(repeated)} labels stand more than once, first "
            f"{shown(repeated[0])}, expected distinct labels; rename the columns"
        )
    if len(labels) == 1:
        raise FileError(f"{path}: line {number}: no label after `time`, expected one column or more")
    return labels, number, start


def _check_rows(path: Path, header: _Header, found: int) -> None:
    """Refuse a file with more or fewer rows than its header declares: it has been cut.

    The declared number of columns is not compared: labels and rows already have to agree, and
    files that OpenSim itself has written after dropping columns keep the old number.
    """
    for key in _ROWS:
        declared = header.fields.get(key)
        if declared is not None and declared.lstrip("0") != str(found):
            raise FileError(
                f"{path}: found {found} rows, expected {shown(declared)} as the header declares; "
                "is the file cut off, or was it edited by hand?"
            )


def _read_in_degrees(path: Path, header: _Header) -> bool | None:
    written = header.fields.get("indegrees")
    if written is None:
        return None
    if written.lower() not in _FLAGS:
        raise FileError(f"{path}: inDegrees is {shown(written)}, expected yes or no")
    return _FLAGS[written.lower()]
