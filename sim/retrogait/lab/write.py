"""Files of a laboratory trial: markers as `.trc`, forces as `.mot` and the `.xml` that says on what."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.atomic import replacing
from retrogait.io.storage import write_table

_LETTERS = ("r", "l")


def write_files(
    folder: Path,
    name: str,
    markers: tuple[tuple[str, ...], Floats, Floats, float],
    force_time: Floats,
    feet: Sequence[tuple[Floats, Floats, Floats]],
    bodies: tuple[str, str],
) -> list[Path]:
    """Write markers, and forces where there are feet.

    Parameters
    ----------
    folder, name
        Where, and how files begin.
    markers
        Names, (frame,) times [s], (frame, marker, 3) positions [m] and rate [Hz].
    force_time
        (row,) [s].
    feet
        Of the right and the left foot (row, 3) force [N], point [m] and torque [N m]; empty without plates.
    bodies
        Right and left body that the ground pushes on.
    """
    written = [folder / f"{name}.trc"]
    write_markers(written[0], *markers)
    if not feet:
        return written
    table, setup = folder / f"{name}_grf.mot", folder / f"{name}_grf.xml"
    labels, columns = [], []
    for letter, (force, point, torque) in zip(_LETTERS, feet, strict=True):
        for stem, values in ((f"ground_force_{letter}_v", force), (f"ground_force_{letter}_p", _held(point)),
                             (f"ground_torque_{letter}_", torque)):  # fmt: skip
            labels += [stem + axis for axis in "xyz"]
            columns.append(values)
    write_table(
        table, labels, force_time, np.column_stack(columns) + 0.0, in_degrees=False, name=f"{name}_grf"
    )
    _write_text(setup, _loads(name, table.name, bodies))
    return [*written, table, setup]


def write_markers(path: Path, labels: tuple[str, ...], time: Floats, position: Floats, rate: float) -> None:
    """Write a `.trc` file in metres; every number survives, a hidden marker is blank.

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
    _write_text(path, "\n".join(lines) + "\n")


def _held(point: Floats) -> Floats:
    """Centre of pressure, and the nearest one in time where there is none: a filter then finds no jump."""
    seen = np.flatnonzero(~np.isnan(point[:, 0]))
    if not seen.size:
        return np.zeros(point.shape)
    rows = np.arange(len(point))
    after = np.clip(np.searchsorted(seen, rows), 0, seen.size - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(seen[before] - rows) <= np.abs(seen[after] - rows)
    return point[np.where(nearer, seen[before], seen[after])]


def _write_text(path: Path, text: str) -> None:
    try:
        with replacing(path) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror})") from None


def _loads(name: str, data_file: str, bodies: tuple[str, str]) -> str:
    """External loads of two feet."""
    forces = "".join(
        f"""
            <ExternalForce name="ground_force_{letter}">
                <applied_to_body>{escape(body)}</applied_to_body>
                <force_expressed_in_body>ground</force_expressed_in_body>
                <point_expressed_in_body>ground</point_expressed_in_body>
                <force_identifier>ground_force_{letter}_v</force_identifier>
                <point_identifier>ground_force_{letter}_p</point_identifier>
                <torque_identifier>ground_torque_{letter}_</torque_identifier>
            </ExternalForce>"""
        for letter, body in zip(_LETTERS, bodies, strict=True)
    )
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<OpenSimDocument Version="40000">
    <ExternalLoads name={quoteattr(name)}>
        <objects>{forces}
        </objects>
        <datafile>{escape(data_file)}</datafile>
    </ExternalLoads>
</OpenSimDocument>
"""
