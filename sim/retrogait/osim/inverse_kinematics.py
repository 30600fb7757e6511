"""OpenSim's own inverse kinematics tool, without what costs time and changes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import FileError, SolveError
from retrogait.io.storage import read_table
from retrogait.osim.compile import ROTATIONAL
from retrogait.osim.markers import open_model
from retrogait.osim.quiet import import_opensim, swallow_output
from retrogait.osim.tasks import Tasks
from retrogait.osim.tree import in_base

ACCURACY = 1e-5
"""Of OpenSim's tool unless told otherwise; its answer then stands to about 0.01 deg."""


@dataclass(frozen=True, eq=False)
class ToolKinematics:
    """What OpenSim's tool gives.

    Attributes
    ----------
    time        : (frame,) [s]
    coordinates : names
    values      : (frame, coordinate) [rad or m]
    frame_error : (frame,) root mean square over the markers [m]
    frame_worst : (frame,) largest distance of a marker [m]
    folded      : coupled coordinates that were taken out of the tool's sight and put back by their couplers
    """

    time: Floats
    coordinates: tuple[str, ...]
    values: Floats
    frame_error: Floats
    frame_worst: Floats
    folded: tuple[str, ...]


def run_inverse_kinematics(
    model_file: Path | str,
    marker_file: Path | str,
    folder: Path | str,
    *,
    tasks: Tasks | None = None,
    start: float | None = None,
    end: float | None = None,
    accuracy: float = ACCURACY,
    whole: bool = False,
) -> ToolKinematics:
    """Run OpenSim's inverse kinematics tool.

    Parameters
    ----------
    model_file, marker_file : ``.osim`` with markers, and ``.trc``
    folder     : where the tool writes its ``.mot`` and ``.sto``
    tasks      : weights of markers and targets of coordinates
    start, end : window [s]
    accuracy   : of the tool
    whole      : keep muscles and couplers, as users do who call the tool themselves

    Raises
    ------
    FileError
        A file is missing, or the recording has no marker of the model.
    SolveError
        The tool stopped; with its reason.
    """
    osim = import_opensim()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not Path(marker_file).is_file():
        raise FileError(f"{marker_file}: no such file, expected a .trc of markers")
    source = open_model(model_file)
    couplers = {} if whole else strip(source)
    tool = osim.InverseKinematicsTool()
    tool.setName("ik")
    motion = folder / "ik.mot"
    try:
        with swallow_output():
            source.initSystem()
            tool.setModel(source)
            tool.set_marker_file(str(Path(marker_file).resolve()))
            tool.setResultsDir(str(folder.resolve()))
            tool.setOutputMotionFileName(str(motion.resolve()))
            tool.set_accuracy(accuracy)
            tool.set_report_errors(True)
            tool.setStartTime(-np.inf if start is None else start)
            tool.setEndTime(np.inf if end is None else end)
            _add_tasks(osim, tool, source, tasks or Tasks(), _labels(marker_file))
            done = tool.run()
    except RuntimeError as error:
        raise SolveError(
            f"{marker_file}: OpenSim's inverse kinematics stopped: {' '.join(str(error).split())[:300]}"
        ) from error
    if not done or not motion.is_file():
        raise SolveError(f"{marker_file}: OpenSim's inverse kinematics wrote no motion and gave no reason")
    return _read(source, folder, couplers)


def strip(model: Any) -> dict[str, tuple[str, Any]]:
    """Take forces and controllers out of an `opensim.Model`, and couplers that move no marker.

    Such a coupled coordinate is locked instead: a patella without markers tells nothing about the pose. On
    the Rajagopal walk OpenSim 4.6 then takes three quarters of the time; users have reported a thirtieth (218
    and 7 s for 3 600 frames) on other models.

    Returns
    -------
    dict
        Locked coordinate to the one that drives it and the coupler's function.
    """
    osim = import_opensim()
    carrying = {in_base(marker.getParentFrame())[0] for marker in model.getMarkerSet()}
    parents = {}
    moved_by: dict[str, str] = {}
    for joint in model.getJointList():
        child = in_base(joint.getChildFrame())[0]
        parents[child] = in_base(joint.getParentFrame())[0]
        for index in range(joint.numCoordinates()):
            moved_by[str(joint.get_coordinates(index).getName())] = child
    told = set()
    for carrier in carrying:
        body = carrier
        while body in parents:
            told.add(body)
            body = parents[body]
    folded: dict[str, tuple[str, Any]] = {}
    constraints = model.updConstraintSet()
    for row in range(constraints.getSize()):
        coupler = osim.CoordinateCouplerConstraint.safeDownCast(constraints.get(row))
        if coupler is None or coupler.getIndependentCoordinateNames().getSize() != 1:
            continue
        name = str(coupler.getDependentCoordinateName())
        if moved_by[name] in told:
            continue
        folded[name] = (str(coupler.getIndependentCoordinateNames().get(0)), coupler.getFunction().clone())
        coupler.set_isEnforced(False)
        model.updCoordinateSet().get(name).set_locked(True)
    # last, because lists of components crash once some of them are gone
    model.updForceSet().clearAndDestroy()
    model.updControllerSet().clearAndDestroy()
    model.finalizeFromProperties()
    model.finalizeConnections()
    return folded


def _labels(marker_file: Path | str) -> set[str]:
    table = import_opensim().TimeSeriesTableVec3(str(marker_file))
    return {str(label) for label in table.getColumnLabels()}


def _add_tasks(osim: Any, tool: Any, source: Any, tasks: Tasks, recorded: set[str]) -> None:
    """Marker tasks of what model and recording share, and coordinate tasks."""
    task_set = tool.getIKTaskSet()
    count = 0
    for marker in source.getMarkerSet():
        name = str(marker.getName())
        weight = tasks.markers.get(name, tasks.others)
        if name in recorded:
            task = osim.IKMarkerTask()
            task.setName(name)
            task.setApply(weight > 0.0)
            task.setWeight(weight)
            task_set.cloneAndAppend(task)
            count += weight > 0.0
    if not count:
        raise FileError("the recording has no marker of the model with a weight, expected three or more")
    for name, wish in tasks.coordinates.items():
        task = osim.IKCoordinateTask()
        task.setName(name)
        task.setApply(True)
        task.setWeight(wish.weight)
        value = source.getCoordinateSet().get(name).getDefaultValue() if wish.value is None else wish.value
        task.setValueType(osim.IKCoordinateTask.ManualValue)
        task.setValue(value)
        task_set.cloneAndAppend(task)


def _read(source: Any, folder: Path, couplers: dict[str, tuple[str, Any]]) -> ToolKinematics:
    osim = import_opensim()
    table = read_table(folder / "ik.mot")
    turning = {str(c.getName()): c.getMotionType() == ROTATIONAL for c in source.getCoordinateSet()}
    columns = [label for label in table.labels if label in turning]
    values = table.columns(columns).copy()
    for column, name in enumerate(columns):
        if turning[name] and table.in_degrees:
            values[:, column] = np.deg2rad(values[:, column])
    for name, (driver, function) in couplers.items():
        along = values[:, columns.index(driver)]
        values[:, columns.index(name)] = [function.calcValue(osim.Vector(1, float(x))) for x in along]
    errors = read_table(folder / "ik_ik_marker_errors.sto")
    return ToolKinematics(
        time=table.time,
        coordinates=tuple(columns),
        values=values,
        frame_error=errors.column("marker_error_RMS"),
        frame_worst=errors.column("marker_error_max"),
        folded=tuple(couplers),
    )
