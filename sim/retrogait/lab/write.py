"""Files of a laboratory trial: markers as `.trc`, forces as `.mot` and the `.xml` that says on what."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrogait.arrays import Floats
from retrogait.io.load_setup import ExternalForce, write_load_setup
from retrogait.io.markers import write_markers
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
    forces = [
        ExternalForce(
            name=f"ground_force_{letter}",
            body=body,
            force_frame="ground",
            point_frame="ground",
            force_identifier=f"ground_force_{letter}_v",
            point_identifier=f"ground_force_{letter}_p",
            torque_identifier=f"ground_torque_{letter}_",
        )
        for letter, body in zip(_LETTERS, bodies, strict=True)
    ]
    write_load_setup(setup, name, forces, table.name)
    return [*written, table, setup]


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
