"""From a laboratory's file to a trial: `import_c3d` and `import_trc`."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from retrogait.errors import ConfigError
from retrogait.lab.assemble import FOUND, Forces, assemble, find_view, stacked
from retrogait.lab.baseline import BASELINES, remove_baseline
from retrogait.lab.columns import read_columns
from retrogait.lab.loads import Loads, read_loads
from retrogait.lab.markerset import MarkerSet
from retrogait.lab.trial import LabTrial
from retrogait.lab.wrench import at_frames, center_of_pressure, wrench_on_person

TABLES = (".mot", ".sto")
"""Ends of the names of files with forces that no ``.xml`` explains."""

THRESHOLD = 20.0
"""Normal force under which nobody stands on a plate [N]."""


def import_c3d(
    path: str | Path,
    *,
    axes: str = FOUND,
    start: float | None = None,
    end: float | None = None,
    static: bool = False,
    markers: MarkerSet | str | Path | None = None,
    roles: Mapping[str, str] | None = None,
    threshold: float = THRESHOLD,
    baseline: str = "none",
    force_rate: str = "analog",
    unit: str | None = None,
    moment_unit: str | None = None,
    ignore_plates: Collection[int] = (),
    name: str | None = None,
) -> LabTrial:
    """Read a trial from a C3D file.

    Parameters
    ----------
    path          : the file; needs ezc3d, ``pip install 'retrogait[c3d]'``
    axes          : of the laboratory, such as "+Z up, +X forward"; "found" takes the axis from feet to pelvis
                    as up and the one the person faces as forward, in retro walking too
    start, end    : window to keep [s]; by default everything
    static        : the person stands: no direction, no feet on plates, but markers and weight
    markers       : marker set of a model whose names the trial is to have
    roles         : role (heel_r, toe_r, asis_l, sacrum, ...) to marker, where names are not understood
    threshold     : normal force under which nobody stands on a plate [N]
    baseline      : what is taken off a plate: "none"; "file", the mean over FORCE_PLATFORM:ZERO; "unloaded",
                    the mean of every span without a foot, with straight lines between, which follows drift
    force_rate    : "analog" keeps the rows of the plates, "point" averages them around each frame
    unit          : of length where the file is silent or wrong: "mm", "cm" or "m"
    moment_unit   : of moments likewise: "Nm" or "Nmm"
    ignore_plates : numbers of plates to leave out
    name          : of the trial; by default the stem of ``path``

    Returns
    -------
    LabTrial
        Its `findings` say what was found and how.

    Raises
    ------
    FileError
        The file is damaged, incomplete or contradicts itself.
    ConfigError
        An argument is outside its bounds, or ezc3d is not installed.
    MotionError
        Feet are not known, both stand on one plate, or nobody walks.
    """
    from retrogait.lab.c3d import read_c3d  # noqa: PLC0415 - so that a trial of text files needs none of it

    if baseline not in BASELINES:
        raise ConfigError(f"baseline is {baseline!r}, expected one of: {', '.join(map(repr, BASELINES))}")
    if force_rate not in {"analog", "point"}:
        raise ConfigError(f"force_rate is {force_rate!r}, expected 'analog' or 'point'")
    _require_threshold(threshold)
    recording = read_c3d(path, unit=unit)
    _require_plates(recording.path, ignore_plates, [signal.plate.number for signal in recording.signals])
    findings = list(recording.findings)
    view = find_view(recording, axes, roles, findings)
    up = view.turn[1]
    time = np.arange(len(recording.position)) / recording.rate
    wrenches = []
    for signal in recording.signals:
        if signal.plate.number in ignore_plates:
            findings.append(f"plate {signal.plate.number} is left out because the caller says so")
            continue
        wrench = wrench_on_person(recording.path, signal, up, moment_unit, threshold, findings)
        wrench = remove_baseline(wrench, recording.rate * recording.ratio, baseline, recording.zero, findings)
        wrenches.append(at_frames(wrench, recording.ratio, time.size) if force_rate == "point" else wrench)
    rows = time.size * (recording.ratio if force_rate == "analog" else 1)
    rate = recording.rate * (recording.ratio if force_rate == "analog" else 1)
    parts = [center_of_pressure(wrench, threshold) for wrench in wrenches]
    forces = Forces(
        time=np.arange(rows) / rate,
        plates=tuple(wrench.plate.number for wrench in wrenches),
        values=tuple(stacked([part[k] for part in parts], rows) @ view.turn.T for k in range(3)),
        normals=np.array([wrench.normal for wrench in wrenches]).reshape(-1, 3) @ view.turn.T,
        sides=None,
    )
    trial = assemble(
        recording, name, time, view, forces, (start, end), static, threshold, findings,
    )  # fmt: skip
    return trial if markers is None else trial.with_markers(markers)


def import_trc(
    path: str | Path,
    external_loads: str | Path | None = None,
    *,
    data_file: str | Path | None = None,
    axes: str = FOUND,
    start: float | None = None,
    end: float | None = None,
    static: bool = False,
    markers: MarkerSet | str | Path | None = None,
    roles: Mapping[str, str] | None = None,
    threshold: float = THRESHOLD,
    ignore_plates: Collection[int] = (),
    name: str | None = None,
) -> LabTrial:
    """Read a trial from a ``.trc`` file, and ground forces from an external-loads file or a table.

    Parameters
    ----------
    path           : the markers
    external_loads : OpenSim external-loads ``.xml``, its forces in the axes of the markers; the bodies it
                     names say which foot a force belongs to, and are compared with where the feet are. Or a
                     ``.mot`` whose columns are named as OpenSim names them, each push then given to a foot
                     by the centre of pressure
    data_file      : table of the loads, overriding what the ``.xml`` names

    The other parameters are those of `import_c3d`.

    Raises
    ------
    FileError, ConfigError, MotionError
        As `import_c3d`; and a force acts on a body that is of neither foot.
    """
    from retrogait.lab.trc import read_trc  # noqa: PLC0415 - one reader or the other

    _require_threshold(threshold)
    recording, time = read_trc(path)
    findings = list(recording.findings)
    view = find_view(recording, axes, roles, findings)
    loads = Loads.none(time)
    if external_loads is not None and Path(external_loads).suffix.lower() in TABLES:
        if data_file is not None:
            raise ConfigError(f"{external_loads}: is a table already, so {data_file} has no place")
        loads, named = read_columns(external_loads, threshold, view.turn[1])
        findings.append(named)
    elif external_loads is not None:
        if ignore_plates:
            raise ConfigError(f"{external_loads}: says itself which forces act; switch one off there")
        loads = read_loads(external_loads, data_file, threshold, view.turn[1])
    _require_plates(recording.path, ignore_plates, range(1, loads.force.shape[1] + 1))
    plates = tuple(number for number in range(1, loads.force.shape[1] + 1) if number not in ignore_plates)
    kept = [number - 1 for number in plates]
    forces = Forces(
        time=loads.time,
        plates=plates,
        values=tuple(part[:, kept] @ view.turn.T for part in (loads.force, loads.point, loads.torque)),
        normals=np.zeros((0, 3)),
        sides=loads.sides or None,
    )
    trial = assemble(recording, name, time, view, forces, (start, end), static, threshold, findings)
    trial = replace(trial, digests=dict(trial.digests) | loads.digests)
    return trial if markers is None else trial.with_markers(markers)


def _require_threshold(threshold: float) -> None:
    if not 0.0 < threshold < 500.0:
        raise ConfigError(f"threshold is {threshold:g} N, expected more than 0 and less than 500")


def _require_plates(path: Path, ignored: Collection[int], plates: Collection[int]) -> None:
    """Refuse to leave out a plate that is not there: another one may be meant."""
    for number in ignored:
        if number not in plates:
            there = ", ".join(map(str, plates)) or "none"
            raise ConfigError(f"{path}: there is no plate {number} to leave out; plates: {there}")
