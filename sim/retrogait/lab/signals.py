"""Force plates of a C3D file: what each is, where it is and what its channels say."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.text import shown
from retrogait.lab.parameters import Parameters, value_of
from retrogait.lab.plates import CHANNELS, Plate
from retrogait.lab.recording import Signal
from retrogait.lab.units import Unit, force_unit, length_unit, moment_unit


def read_signals(
    path: Path,
    parameters: Parameters,
    analogs: Floats,
    length: Unit,
    findings: list[str],
) -> list[Signal]:
    """Read the plates in use and their channels.

    Parameters
    ----------
    path
        For messages.
    parameters
        Of the file.
    analogs
        (1, channel, row).
    length
        Unit of lengths in the file.
    findings
        Sentences are added.

    Raises
    ------
    FileError
        A plate is not described, of another type than 1 to 4, or its channels are not there.
    """
    used = value_of(parameters, "FORCE_PLATFORM", "USED")
    count = int(np.ravel(used)[0]) if used is not None else 0
    if not count:
        findings.append("the file has no force plates")
        return []
    table = {}
    for name in ("TYPE", "CORNERS", "ORIGIN", "CHANNEL"):
        value = value_of(parameters, "FORCE_PLATFORM", name)
        if value is None or np.asarray(value).shape[-1] < count:
            raise FileError(f"{path}: FORCE_PLATFORM:{name} does not describe all {count} plates in use")
        table[name] = np.asarray(value, dtype=np.float64)
    matrix = value_of(parameters, "FORCE_PLATFORM", "CAL_MATRIX")
    units = [str(unit) for unit in value_of(parameters, "ANALOG", "UNITS") or ()]
    group = [str(unit) for unit in value_of(parameters, "FORCE_PLATFORM", "UNITS") or ()]
    moments = next((unit for unit in group if moment_unit(unit)), "")
    signals = []
    for i in range(count):
        kind = int(table["TYPE"][i])
        if kind not in CHANNELS:
            raise FileError(f"{path}: plate {i + 1} is of type {kind}, expected 1, 2, 3 or 4")
        corners = table["CORNERS"][:, :, i].T * length.factor
        if not np.linalg.norm(corners[0] - corners[2]) > 1e-3 or not np.isfinite(corners).all():
            raise FileError(f"{path}: plate {i + 1} has no corners; calibrate its place in the laboratory")
        channel = table["CHANNEL"][:, i].astype(int)[: CHANNELS[kind]] - 1
        if channel.size < CHANNELS[kind] or channel.min() < 0 or channel.max() >= analogs.shape[1]:
            raise FileError(
                f"{path}: plate {i + 1} of type {kind} needs {CHANNELS[kind]} channels, "
                f"FORCE_PLATFORM:CHANNEL names {(channel + 1).tolist()} of {analogs.shape[1]}"
            )
        calibration = _matrix(path, matrix, i) if kind == 4 else None
        plate = Plate(i + 1, kind, corners, table["ORIGIN"][:, i] * length.factor, calibration)
        names = [units[c] if c < len(units) else "" for c in channel]
        signals.append(_signal(path, plate, analogs[0][channel].T, names, length, moments))
    return signals


def _matrix(path: Path, value: npt.ArrayLike | None, plate: int) -> Floats:
    """Calibration of a plate of type 4."""
    matrix = None if value is None else np.asarray(value, dtype=np.float64)
    if matrix is None or matrix.shape[:2] != (6, 6) or (matrix.ndim == 3 and matrix.shape[2] <= plate):
        raise FileError(f"{path}: plate {plate + 1} is of type 4 but has no CAL_MATRIX of 6 x 6")
    return matrix[..., plate] if matrix.ndim == 3 else matrix


def _signal(path: Path, plate: Plate, raw: Floats, names: list[str], length: Unit, moments: str) -> Signal:
    """Channels in newtons and metres, moments in the unit of their channel or else of all plates."""
    if not np.isfinite(raw).all():
        row = int(np.argwhere(~np.isfinite(raw))[0][0])
        raise FileError(
            f"{path}: plate {plate.number}: row {row + 1} of its channels is no number; export it again"
        )
    if plate.matrix is not None:
        raw = raw @ plate.matrix.T
        named = moment_unit(names[3]) or moment_unit(moments)
        return Signal(plate, raw, named.name if named else None)
    forces = 8 if plate.kind == 3 else 3
    factors = np.ones(raw.shape[1])
    for c in range(forces):
        unit = force_unit(names[c])
        if names[c].strip() and unit is None:
            raise FileError(
                f"{path}: plate {plate.number}: channel {c + 1} is in {shown(names[c])}, expected N; "
                "export scaled forces"
            )
        factors[c] = unit.factor if unit else 1.0
    if plate.kind == 1:
        for c in (3, 4):
            unit = length_unit(names[c])
            factors[c] = unit.factor if unit else length.factor
    if plate.kind == 3:
        return Signal(plate, raw * factors, "Nm")  # moments are made of forces and metres
    named = moment_unit(names[5 if plate.kind == 1 else 3]) or moment_unit(moments)
    return Signal(plate, raw * factors, named.name if named else None)
