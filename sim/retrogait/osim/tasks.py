"""What a fit to markers is told to come close to, as OpenSim's task files say it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element

from retrogait.errors import FileError
from retrogait.io.markup import read_markup, text_of

_HOLDERS = ("IKTaskSet", "InverseKinematicsTool", "ScaleTool")
_FALSE = {"false", "0"}


@dataclass(frozen=True)
class CoordinateTask:
    """A coordinate that should stay near a value.

    Attributes
    ----------
    weight : beside a mean squared distance of markers in m2
    value  : [rad or m]; None for the model's default
    """

    weight: float
    value: float | None = None


@dataclass(frozen=True)
class Tasks:
    """Weights of a fit to markers.

    Attributes
    ----------
    markers     : weight by name; only their ratios matter
    others      : weight of every marker that is not named; 0 leaves them out
    coordinates : coordinates with a target, by name
    """

    markers: Mapping[str, float] = field(default_factory=dict)
    others: float = 1.0
    coordinates: Mapping[str, CoordinateTask] = field(default_factory=dict)


def read_tasks(path: Path | str) -> Tasks:
    """Read the marker and coordinate tasks of an OpenSim file; markers without a task are left out.

    Parameters
    ----------
    path
        An ``IKTaskSet``, or the setup of an inverse kinematics or scale tool that holds one.

    Raises
    ------
    FileError
        It holds no task, a weight is no number from 0 on, or a coordinate's value is in another file.
    """
    path = Path(path)
    element = _find(path)
    markers: dict[str, float] = {}
    coordinates: dict[str, CoordinateTask] = {}
    for task in element.iter("IKMarkerTask"):
        name = task.get("name") or ""
        markers[name] = _weight(path, task, name)
    for task in element.iter("IKCoordinateTask"):
        name = task.get("name") or ""
        weight = _weight(path, task, name)
        if weight == 0.0:
            continue
        kind = text_of(task, "value_type") or "default_value"
        if kind == "from_file":
            raise FileError(
                f"{path}: the task of coordinate {name} takes its value from another file, expected "
                "default_value or manual_value; write the value, or leave the task out"
            )
        value = _number(path, name, text_of(task, "value") or "0") if kind == "manual_value" else None
        coordinates[name] = CoordinateTask(weight, value)
    if not any(weight > 0.0 for weight in markers.values()):
        raise FileError(f"{path}: holds no marker task with a weight, expected one or more")
    return Tasks(markers, 0.0, coordinates)


def _find(path: Path) -> Element:
    for tag in _HOLDERS[:-1]:
        try:
            return read_markup(path, tag)[0]
        except FileError as error:
            if "is this another kind" not in str(error):
                raise
    return read_markup(path, _HOLDERS[-1])[0]


def _weight(path: Path, task: Element, name: str) -> float:
    """Weight of a task that applies, 0 of one that does not."""
    if text_of(task, "apply").lower() in _FALSE:
        return 0.0
    weight = _number(path, name, text_of(task, "weight") or "0")
    if weight < 0.0:
        raise FileError(f"{path}: the weight of {name} is {weight:g}, expected a number from 0 on")
    return weight


def _number(path: Path, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FileError(f"{path}: the task of {name} has {text[:40]!r}, expected a number")
    return value
