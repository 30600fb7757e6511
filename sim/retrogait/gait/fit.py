"""A trial's columns to a model's coordinates: units, names, gaps and couplers settled or refused.

What OpenSim's tools do without a word (default values for columns they do not recognise, degrees read as
radians on coupled coordinates) is either done right here or refused by name.
"""

import math

import numpy as np

from retrogait.arrays import Floats, Ints
from retrogait.errors import MotionError
from retrogait.gait.prepare import Preparation, prepare_motion, prepare_wrenches
from retrogait.gait.trial import Trial
from retrogait.io.loads import LoadTable
from retrogait.io.storage import Table, short_label
from retrogait.io.text import suggestion
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.plan import Motion
from retrogait.model import Angle, Model

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

RANGE_TOLERANCE = math.radians(10.0)
"""A motion that leaves the model's range by more than this is named in the notes [rad]."""

GAP_STEPS = 3.0
"""A step of more than this many median steps is a gap [1]."""

FAR_FROM_BODY = 0.5
"""A force that acts further than this from the origin of its body is named in the notes [m]."""

LOADED = 50.0
"""Forces below this have no reliable point of application [N]."""

LOCK_TOLERANCE = 0.002
"""A locked coordinate that moves more than this in the file is named in the notes [rad or m]."""


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


def _radians(table: Table, name: str, angle: Floats, jump: float) -> Floats:
    """One angle column unwrapped, or an error that says what is wrong with its unit.

    ``angle`` stands in radians if the file keeps its word; ``jump`` is its largest step between rows.
    """
    if table.in_degrees is None:
        raise MotionError(
            f"{table.path}: the header does not say inDegrees=yes or inDegrees=no, which angle "
            f"{name!r} needs; add the line"
        )
    if not table.in_degrees:
        worst = int(np.abs(angle).argmax())
        if abs(angle[worst]) > MOST_RADIANS:
            raise MotionError(
                f"{table.path}: column {name!r} is {angle[worst]:.4g} at t = {table.time[worst]:g} s, but "
                "inDegrees=no; no joint turns that many radians: the column stands in degrees"
            )
    return np.asarray(np.unwrap(angle)) if jump > JUMP else angle


def _scaled(table: Table, name: str, values: Floats, notes: list[str]) -> Floats:
    """A column whose unit the header does not settle, in radians by its size."""
    if not table.in_degrees:
        return values
    if np.abs(values).max() > MOST_RADIANS:
        notes.append(f"{name} turns a body by more or less than its own value; taken as degrees by its size")
        return np.asarray(np.radians(values))
    notes.append(
        f"{name} turns a body by more or less than its own value; taken as radians, as OpenSim writes it"
    )
    return values


def _compare_limits(model: Model, table: Table, read: list[int], values: Floats) -> dict[int, list[str]]:
    """Remarks, by coordinate, where a motion leaves the model's range or moves what the model locks."""
    remarks: dict[int, list[str]] = {c: [] for c in read}
    lowest, highest = values.min(axis=0), values.max(axis=0)
    beyond = np.maximum(model.lower - lowest, highest - model.upper)
    ranged = (model.rotational != Angle.NONE) & (model.lower < model.upper)
    for c in np.flatnonzero(ranged & (beyond > RANGE_TOLERANCE)):
        if c in remarks:
            low, high = float(model.lower[c]), float(model.upper[c])
            worst = int(np.maximum(low - values[:, c], values[:, c] - high).argmax())
            found, low, high = (math.degrees(float(angle)) for angle in (values[worst, c], low, high))
            remarks[int(c)].append(
                f"{model.coordinates[c]} reaches {found:.0f} deg at t = {table.time[worst]:g} s, but the "
                f"model allows {low:.0f} to {high:.0f}: wrong sign or unit?"
            )
    moved = highest - lowest
    for c in np.flatnonzero((model.locked != 0) & (moved > LOCK_TOLERANCE)):
        if c in remarks:
            remarks[int(c)].append(
                f"{model.coordinates[c]} is locked in the model but moves by {moved[c]:.3g} in "
                f"{table.path.name}; the file is followed"
            )
    return remarks


def _mention_gaps(time: Floats, name: str, notes: list[str]) -> None:
    """Say where rows are missing: what stands beside a gap comes from the spline across it."""
    steps = np.diff(time)
    wide = np.flatnonzero(steps > GAP_STEPS * np.median(steps))
    if wide.size:
        places = ", ".join(f"{time[i]:g} to {time[i + 1]:g} s" for i in wide[:3])
        more = f" and {wide.size - 3} more" if wide.size > 3 else ""
        notes.append(f"{name} has gaps ({places}{more}): frames beside them rest on a spline, not on data")


def _fill(model: Model, table: Table, hold: tuple[str, ...]) -> tuple[Floats, list[str]]:
    """(row, coordinate) in SI on the file's rows, coupled ones zero until `couple` fills them; remarks."""
    found, strangers = _match(table, model.coordinates)
    _check_held(model, hold)
    values = np.zeros((table.time.size, len(model.coordinates)))
    angles = np.radians(table.values) if table.in_degrees else table.values
    jumps = np.abs(np.diff(angles, axis=0)).max(axis=0, initial=0.0)
    read, missing = [], []
    about_units: dict[int, list[str]] = {}
    for c, name in enumerate(model.coordinates):
        coupled = model.tree.driver[c] >= 0
        if name in hold:
            values[:, c] = model.default[c]
        elif name in found and not coupled:
            column = found[name]
            read.append(c)
            if model.rotational[c] == Angle.PLAIN:
                values[:, c] = _radians(table, name, angles[:, column], float(jumps[column]))
            elif model.rotational[c] == Angle.SCALED:
                about_units[c] = []
                values[:, c] = _scaled(table, name, table.values[:, column], about_units[c])
            else:
                values[:, c] = table.values[:, column]
        elif model.prescribed[c] >= 0:
            values[:, c] = [evaluate(*model.functions, int(model.prescribed[c]), t)[0] for t in table.time]
        elif model.locked[c]:
            values[:, c] = model.default[c]
        elif not coupled:
            missing.append(name)
    if missing:
        listed = ", ".join(name + suggestion(name, strangers) for name in missing)
        raise MotionError(
            f"{table.path}: {len(missing)} of the model's coordinates have no column: {listed}; rename the "
            "column, or list the coordinate under `hold` to keep it at the model's default"
        )
    about_limits = _compare_limits(model, table, read, values)
    notes = [note for c in read for note in about_units.get(c, []) + about_limits[c]]
    if strangers:
        notes.append(
            f"{table.path.name} has columns that are no coordinates of the model and are not used: "
            + ", ".join(strangers)
        )
    _mention_gaps(table.time, table.path.name, notes)
    if hold:
        notes.append("held at the model's default by request: " + ", ".join(hold))
    _suspect_radians(model, table, found, notes)
    return values, notes


def _check_held(model: Model, hold: tuple[str, ...]) -> None:
    for name in hold:
        if name not in model.coordinates:
            raise MotionError(
                f"hold: {model.file} has no coordinate {name!r}" + suggestion(name, model.coordinates)
            )
        if model.tree.driver[model.coordinates.index(name)] >= 0:
            raise MotionError(f"hold: {name!r} follows a coupler and cannot be held; hold what drives it")


def _suspect_radians(model: Model, table: Table, found: dict[str, int], notes: list[str]) -> None:
    angles = [
        found[name]
        for c, name in enumerate(model.coordinates)
        if name in found and model.rotational[c] and model.tree.driver[c] < 0
    ]
    if table.in_degrees and len(angles) > 3 and np.abs(table.values[:, angles]).max() < FEW_DEGREES:
        notes.append(
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


def _read_couplers(model: Model, table: Table, time: Floats, q: Floats, qd: Floats, qdd: Floats) -> None:
    """Take coupled coordinates from the file, its numbers as they stand; couplers give those it lacks."""
    couple(model.tree, model.functions, q, qd, qdd)
    found, _ = _match(table, model.coordinates)
    for c, name in enumerate(model.coordinates):
        if model.tree.driver[c] >= 0 and name in found:
            column = table.values[:, [found[name]]]
            _, value, rate, change = prepare_motion(table.time, column, None, at=time, source=str(table.path))
            q[:, c], qd[:, c], qdd[:, c] = value[:, 0], rate[:, 0], change[:, 0]


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
    columns, notes = _fill(model, trial.motion, trial.hold)
    frames = _frames(trial) if at is None else np.asarray(at, np.float64)
    frames, q, qd, qdd = prepare_motion(
        trial.motion.time, columns, preparation.cutoff, preparation.method, frames,
        spline=preparation.spline, source=str(trial.motion.path),
    )  # fmt: skip
    if preparation.couplers == "read":
        _read_couplers(model, trial.motion, frames, q, qd, qdd)
    else:
        couple(model.tree, model.functions, q, qd, qdd)
        _compare_couplers(model, trial.motion, frames, q, notes)
    load, link = _fit_loads(model, trial, preparation, frames, q, notes)
    return Motion(frames, q, qd, qdd, load, link), notes


def _fit_loads(
    model: Model, trial: Trial, preparation: Preparation, frames: Floats, q: Floats, notes: list[str]
) -> tuple[Floats, Ints]:
    """(frame, load, 9) in ground axes and (load,) links."""
    loads = trial.loads
    if loads is None:
        return np.zeros((frames.size, 0, 9)), np.zeros(0, np.int64)
    places = {name: link for link, name in enumerate(model.links)}
    source = ", ".join(loads.digests)
    named = loads.body + loads.force_frame + loads.point_frame
    for name, body in zip(loads.name * 3, named, strict=True):
        if body not in places:
            raise MotionError(
                f"{source}: force {name!r} names body {body!r}, which the model does not have"
                + suggestion(body, model.links)
            )
    if loads.disabled:
        notes.append("forces that the loads file switches off: " + ", ".join(loads.disabled))
    _mention_gaps(loads.time, source, notes)
    wrenches = np.concatenate([loads.force, loads.point, loads.torque], axis=2)
    local = [
        i
        for i in range(len(loads.name))
        if loads.force_frame[i] != "ground" or loads.point_frame[i] != "ground" or not loads.has_point[i]
    ]
    link = np.array([places[body] for body in loads.body], np.int64)
    cutoff = preparation.cutoff if preparation.forces else None
    load = prepare_wrenches(loads.time, wrenches, cutoff, preparation.method, frames, source=source)
    if local:
        # In a moving body's axes a wrench has no common origin to be filtered about.
        load[:, local] = prepare_wrenches(
            loads.time, wrenches[:, local], None, "opensim", frames, source=source
        )
        _to_ground(model, trial, q, load, local, places)
        if cutoff is not None and preparation.method != "opensim":
            notes.append(
                "not filtered, because they stand in a body's axes: "
                + ", ".join(loads.name[i] for i in local)
            )
    _locate_loads(model, loads, frames, q, link, local, notes)
    return load, link


def _locate_loads(
    model: Model, loads: LoadTable, frames: Floats, q: Floats, link: Ints, local: list[int], notes: list[str]
) -> None:
    """Say where a force acts far from the body it is said to act on: feet swapped, units, axes."""
    sample = np.arange(0, frames.size, max(1, frames.size // 40))
    rows = _nearest(loads.time, frames[sample])
    pressed = np.linalg.norm(loads.force[rows], axis=2) >= LOADED
    pressed[:, local] = False
    origin = np.zeros((*pressed.shape, 3))
    pose = new_pose(model.tree.parent.size, model.tree.kind.size)
    still = np.zeros(q.shape[1])
    for i in np.flatnonzero(pressed.any(axis=1)):
        place(model.tree, model.functions, q[sample[i]], still, still, pose)
        origin[i] = pose.position[link]
    apart = np.where(pressed, np.linalg.norm(loads.point[rows] - origin, axis=2), 0.0)
    for load, i in enumerate(apart.argmax(axis=0)):
        if apart[i, load] > FAR_FROM_BODY:
            notes.append(
                f"force {loads.name[load]!r} acts {apart[i, load]:.2g} m from {loads.body[load]} at "
                f"t = {frames[sample[i]]:g} s: other foot, unit or axes?"
            )


def _nearest(time: Floats, wanted: Floats) -> Ints:
    """Row nearest to each wanted time, the earlier of two that are as near."""
    after = np.clip(np.searchsorted(time, wanted), 1, time.size - 1)
    return np.where(wanted - time[after - 1] <= time[after] - wanted, after - 1, after)


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
