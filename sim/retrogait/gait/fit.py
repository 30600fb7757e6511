"""A trial's columns to a model's coordinates: units, names, gaps and couplers settled or refused.

What OpenSim's tools do without a word (default values for columns they do not recognise, degrees read as
radians on coupled coordinates) is either done right here or refused by name.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from retrogait.arrays import Floats, Ints
from retrogait.errors import MotionError
from retrogait.gait.prepare import Preparation, prepare_motion, prepare_wrenches
from retrogait.gait.trial import Trial
from retrogait.io.storage import Table, short_label
from retrogait.io.text import suggestion
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.plan import Motion
from retrogait.model import Model

MOST_RADIANS = 4.0 * math.pi
"""No joint turns further within a gait trial; a larger "radian" is a degree [rad]."""

FEW_DEGREES = 3.2
"""Where no angle of a whole trial exceeds this "degree", the numbers are probably radians [deg]."""

JUMP = math.pi
"""A step between rows beyond this is an angle that was cut at +-180 deg [rad]."""

COUPLER_TOLERANCE = 0.02
"""A coupled column further from its coupler is named in the notes [rad or m]."""

DEGREES_RATIO = 0.05
"""A coupled column stands in degrees where that reading leaves at most this share of the gap [1]."""

LOCK_TOLERANCE = 0.002
"""A locked coordinate that moves more than this in the file is named in the notes [rad or m]."""


@dataclass
class _Columns:
    """Coordinates on the file's own rows, and remarks made on the way."""

    values: Floats
    notes: list[str] = field(default_factory=list)


def _match(table: Table, coordinates: tuple[str, ...]) -> tuple[dict[str, int], list[str]]:
    """Column of each coordinate that the file has, and labels that belong to no coordinate."""
    found: dict[str, int] = {}
    strangers = []
    for column, label in enumerate(table.labels):
        name, quantity = short_label(label)
        if quantity != "value":
            continue
        if name not in coordinates:
            strangers.append(name)
        elif name in found:
            raise MotionError(
                f"{table.path}: columns {table.labels[found[name]]!r} and {label!r} both give "
                f"coordinate {name!r}; keep one"
            )
        else:
            found[name] = column
    return found, strangers


def _radians(table: Table, name: str, values: Floats) -> Floats:
    """One angle column in radians, unwrapped, or an error that says what is wrong with its unit."""
    if table.in_degrees is None:
        raise MotionError(
            f"{table.path}: the header does not say inDegrees=yes or inDegrees=no, which angle "
            f"{name!r} needs; add the line"
        )
    angle = np.radians(values) if table.in_degrees else values
    worst = int(np.abs(angle).argmax())
    if not table.in_degrees and abs(angle[worst]) > MOST_RADIANS:
        raise MotionError(
            f"{table.path}: column {name!r} is {angle[worst]:.4g} at t = {table.time[worst]:g} s, but "
            "inDegrees=no; no joint turns that many radians: the column stands in degrees"
        )
    return np.asarray(np.unwrap(angle)) if np.abs(np.diff(angle)).max(initial=0.0) > JUMP else angle


def _fill(model: Model, table: Table, hold: tuple[str, ...]) -> _Columns:
    """(row, coordinate) in SI on the file's rows; coupled ones stay zero until `couple` fills them."""
    found, strangers = _match(table, model.coordinates)
    rows = table.time.size
    columns = _Columns(np.zeros((rows, len(model.coordinates))))
    missing = []
    for name in hold:
        if name not in model.coordinates:
            raise MotionError(
                f"hold: {model.file} has no coordinate {name!r}" + suggestion(name, model.coordinates)
            )
    for c, name in enumerate(model.coordinates):
        coupled = model.tree.driver[c] >= 0
        if name in hold:
            columns.values[:, c] = model.default[c]
        elif name in found and not coupled:
            values = table.values[:, found[name]]
            columns.values[:, c] = _radians(table, name, values) if model.rotational[c] else values
            moved = float(np.ptp(columns.values[:, c]))
            if model.locked[c] and moved > LOCK_TOLERANCE:
                columns.notes.append(
                    f"{name} is locked in the model but moves by {moved:.3g} in {table.path.name}; the file "
                    "is followed"
                )
        elif model.prescribed[c] >= 0:
            columns.values[:, c] = [
                evaluate(*model.functions, int(model.prescribed[c]), t)[0] for t in table.time
            ]
        elif model.locked[c]:
            columns.values[:, c] = model.default[c]
        elif not coupled:
            missing.append(name)
    if missing:
        listed = ", ".join(name + suggestion(name, strangers) for name in missing)
        raise MotionError(
            f"{table.path}: {len(missing)} of the model's coordinates have no column: {listed}; rename the "
            "column, or list the coordinate under `hold` to keep it at the model's default"
        )
    if strangers:
        columns.notes.append(
            f"{table.path.name} has columns that are no coordinates of the model and are not used: "
            + ", ".join(strangers)
        )
    if hold:
        columns.notes.append("held at the model's default by request: " + ", ".join(hold))
    _suspect_radians(model, table, found, columns)
    return columns


def _suspect_radians(model: Model, table: Table, found: dict[str, int], columns: _Columns) -> None:
    angles = [
        found[name]
        for c, name in enumerate(model.coordinates)
        if name in found and model.rotational[c] and model.tree.driver[c] < 0
    ]
    if table.in_degrees and len(angles) > 3 and np.abs(table.values[:, angles]).max() < FEW_DEGREES:
        columns.notes.append(
            f"{table.path.name} says inDegrees=yes, yet no angle exceeds {FEW_DEGREES} deg: radians?"
        )


def _compare_couplers(model: Model, table: Table, time: Floats, q: Floats, notes: list[str]) -> None:
    """Say where the file contradicts a coupler: the column is not read, but the user should know."""
    found, _ = _match(table, model.coordinates)
    for c, name in enumerate(model.coordinates):
        if model.tree.driver[c] < 0 or name not in found:
            continue
        column = np.interp(time, table.time, table.values[:, found[name]])
        apart = np.abs(column - q[:, c]).max()
        if apart <= COUPLER_TOLERANCE:
            continue
        degrees = np.abs(np.radians(column) - q[:, c]).max() <= DEGREES_RATIO * apart
        what = "stands in degrees, which OpenSim's tools read as radians" if degrees else "differs"
        driver = model.coordinates[int(model.tree.driver[c])]
        notes.append(f"{name} in {table.path.name} {what}; it is recomputed from {driver}, never read")


def _frames(trial: Trial) -> Floats:
    """The motion's own times within the window."""
    time = trial.motion.time
    slack = 0.5 * float(np.median(np.diff(time))) * 1e-3
    if trial.start < time[0] - slack or trial.end > time[-1] + slack:
        raise MotionError(
            f"{trial.motion.path}: the window {trial.start:g} to {trial.end:g} s reaches outside the motion, "
            f"which covers {time[0]:g} to {time[-1]:g} s"
        )
    chosen = time[(time >= trial.start - slack) & (time <= trial.end + slack)]
    if chosen.size < 2:
        raise MotionError(
            f"{trial.motion.path}: {chosen.size} frames lie between {trial.start:g} and {trial.end:g} s, "
            "expected at least 2; widen the window"
        )
    return np.asarray(chosen)


def fit_motion(
    model: Model, trial: Trial, preparation: Preparation, at: Floats | None = None
) -> tuple[Motion, list[str]]:
    """Everything the kernels need of a trial, in SI, ground axes and the model's order.

    Parameters
    ----------
    model       : compiled
    trial       : the recording
    preparation : filter and splines
    at          : (frame,) times of the answer; by default the motion's own within the window [s]

    Returns
    -------
    motion, notes : arrays, and remarks a user must see

    Raises
    ------
    MotionError
        The motion does not fit the model; the message names file, column, time and what to try.
    """
    columns = _fill(model, trial.motion, trial.hold)
    frames = _frames(trial) if at is None else np.asarray(at, np.float64)
    frames, q, qd, qdd = prepare_motion(
        trial.motion.time, columns.values, preparation.cutoff, preparation.method, frames,
        source=str(trial.motion.path),
    )  # fmt: skip
    couple(model.tree, model.functions, q, qd, qdd)
    _compare_couplers(model, trial.motion, frames, q, columns.notes)
    load, link = _fit_loads(model, trial, preparation, frames, q)
    return Motion(frames, q, qd, qdd, load, link), columns.notes


def _fit_loads(
    model: Model, trial: Trial, preparation: Preparation, frames: Floats, q: Floats
) -> tuple[Floats, Ints]:
    """(frame, load, 9) in ground axes and (load,) links."""
    loads = trial.loads
    if loads is None:
        return np.zeros((frames.size, 0, 9)), np.zeros(0, np.int64)
    places = {name: link for link, name in enumerate(model.links)}
    for name, body in zip(loads.name * 3, loads.body + loads.force_frame + loads.point_frame, strict=True):
        if body not in places:
            files = ", ".join(loads.digests)
            raise MotionError(
                f"{files}: force {name!r} names body {body!r}, which the model does not have"
                + suggestion(body, model.links)
            )
    wrenches = np.concatenate([loads.force, loads.point, loads.torque], axis=2)
    local = [
        i for i in range(len(loads.name))
        if loads.force_frame[i] != "ground" or loads.point_frame[i] != "ground" or not loads.has_point[i]
    ]  # fmt: skip
    source = ", ".join(loads.digests)
    link = np.array([places[body] for body in loads.body], np.int64)
    # A wrench in a moving body's axes has no common origin to be filtered about: it stays as recorded.
    method = "opensim" if local else preparation.method
    load = prepare_wrenches(loads.time, wrenches, preparation.cutoff, method, frames, source=source)
    if local:
        _to_ground(model, trial, q, load, local, places)
    return load, link


def _to_ground(
    model: Model, trial: Trial, q: Floats, load: Floats, local: list[int], places: dict[str, int]
) -> None:
    """Turn forces and points that a file gives in body axes into ground axes, in place."""
    loads = trial.loads
    assert loads is not None, "called with loads only"
    still = np.zeros(q.shape[1])
    pose = new_pose(model.tree.parent.size, model.tree.kind.size)
    for frame in range(q.shape[0]):
        place(model.tree, model.functions, q[frame], still, still, pose)

        def body_frame(name: str) -> tuple[Floats, Floats]:
            link = places[name]
            R = pose.rotation[link].reshape(3, 3)
            turned = R @ model.body_rotation[link].reshape(3, 3)
            return turned, pose.position[link] + R @ model.body_offset[link]

        for i in local:
            R, _ = body_frame(loads.force_frame[i])
            load[frame, i, :3] = R @ load[frame, i, :3]
            load[frame, i, 6:] = R @ load[frame, i, 6:]
            if loads.has_point[i]:
                R, origin = body_frame(loads.point_frame[i])
                load[frame, i, 3:6] = origin + R @ load[frame, i, 3:6]
            else:
                load[frame, i, 3:6] = body_frame(loads.body[i])[1]
