"""A laboratory that records the bundled predicted walks: markers, plates and C3D files we know all about."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import CubicSpline

from retrogait.kernels.kinematics import new_pose, place
from retrogait.lab.plates import Plate
from tests.lab.c3d_writer import write
from tests.trials import bundled

RATE, RATIO = 100.0, 10  # Hz; rows of the plates per frame
STRIDES = 3
LEAST = 25.0  # N; less is recorded as nothing, so that the importer's threshold of 20 N cuts where we did
APART = 0.09  # m; of each foot from the midline
SIDES = {"r": 1.0, "l": -1.0}

MARKERS = {  # in the frame of a link of the planar model: forward, up, to the side [m]
    "HEE": ("foot", -0.065, -0.030, 0.0),
    "TOE": ("foot", 0.135, -0.010, 0.0),
    "ANK": ("foot", 0.0, 0.0, 0.04),
    "KNE": ("tibia", 0.0, 0.0, 0.05),
    "ASI": ("trunk", 0.090, 0.080, 0.03),
    "PSI": ("trunk", -0.090, 0.090, -0.04),
    "SHO": ("trunk", 0.0, 0.480, 0.09),
}

AXES = {  # forward, up, right of the person as rows, in axes of the laboratory
    "+Z up, +X forward": [[1, 0, 0], [0, 0, 1], [0, -1, 0]],
    "+Z up, +Y forward": [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
    "+Z up, -X forward": [[-1, 0, 0], [0, 0, 1], [0, 1, 0]],
    "+Z up, -Y forward": [[0, -1, 0], [0, 0, 1], [-1, 0, 0]],
    "+Y up, +X forward": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "+Y up, -Z forward": [[0, 0, -1], [0, 1, 0], [1, 0, 0]],
    "+X up, +Z forward": [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
    "-Z up, +X forward": [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
}


@dataclass
class Lab:
    """What was really there, in OpenSim axes.

    markers  : names
    time     : (frame,) [s]
    position : (frame, marker, 3) [m]
    rows     : (row,) times of the plates [s]
    plates   : (corners (4, 3) [m] and the wrench on the person: (row, 3) force [N], point [m], torque [N m])
    """

    markers: tuple
    time: np.ndarray
    position: np.ndarray
    rows: np.ndarray
    plates: list
    direction: str
    speed: float
    incline: float
    weight: float
    treadmill: bool
    axes: str
    extra: dict = field(default_factory=dict)


def walk(name="forward_1.2_0", *, treadmill=False, axes="level", strides=STRIDES):
    """Record a bundled walk over ground, each step on a plate of its own, or on a treadmill of two belts."""
    gait = bundled(name)
    trial = gait.trial
    start, end = trial.start, trial.end
    period = end - start
    inside = (trial.motion.time >= start - 1e-9) & (trial.motion.time <= end + 1e-9)
    clock = trial.motion.time[inside] - start
    q = trial.motion.values[inside].copy()
    labels = list(trial.motion.labels)
    tx = labels.index("pelvis_tx")
    length = q[-1, tx] - q[0, tx]
    velocity = length / period
    q[:, tx] -= velocity * clock
    q[-1] = q[0]
    spline = CubicSpline(clock, q, bc_type="periodic")
    frames = round(strides * period * RATE)
    time, rows = np.arange(frames) / RATE, np.arange(frames * RATIO) / (RATE * RATIO)
    carried = 0.0 if treadmill else velocity

    posed = spline(time % period)
    posed[:, tx] += carried * time
    markers, position = _markers(gait.model, labels, posed)

    rise = np.radians(gait.condition.incline) * (1.0 if velocity > 0.0 else -1.0)
    turn = np.eye(3)
    if axes == "level":
        turn = np.array(
            [[np.cos(rise), -np.sin(rise), 0.0], [np.sin(rise), np.cos(rise), 0.0], [0.0, 0.0, 1.0]]
        )
    feet = [_foot(trial.loads, k, start, velocity, carried, rows, period) for k in range(2)]
    plates = _belts(feet) if treadmill else _steps(feet)
    return Lab(
        markers=markers,
        time=time,
        position=position @ turn.T,
        rows=rows,
        plates=[tuple(part @ turn.T for part in plate) for plate in plates],
        direction=gait.condition.direction,
        speed=abs(velocity),
        incline=gait.condition.incline,
        weight=70.0 * 9.80665,
        treadmill=treadmill,
        axes=axes,
    )


def _markers(model, labels, values):
    """Names and places of the markers for rows of coordinates in the file's units."""
    q = np.zeros((len(values), len(model.coordinates)))
    for column, label in enumerate(labels):
        slide = label in {"pelvis_tx", "pelvis_ty"}
        q[:, model.coordinates.index(label)] = values[:, column] * (1.0 if slide else np.pi / 180.0)
    for side in SIDES:
        names = model.coordinates
        q[:, names.index(f"knee_angle_{side}_beta")] = 0.62 * q[
            :, names.index(f"knee_angle_{side}")
        ] - np.radians(24.0)
    pose = new_pose(model.tree.parent.size, model.tree.kind.size)
    still = np.zeros(q.shape[1])
    names = tuple(f"{side.upper()}{name}" for name in MARKERS for side in SIDES)
    found = np.empty((len(q), len(names), 3))
    for frame, row in enumerate(q):
        place(model.tree, model.functions, row, still, still, pose)
        for column, (name, side) in enumerate((name, side) for name in MARKERS for side in SIDES):
            body, x, y, z = MARKERS[name]
            link = model.links.index(body if body == "trunk" else f"{body}_{side}")
            found[frame, column] = pose.position[link] + pose.rotation[link].reshape(3, 3) @ [x, y, 0.0]
            found[frame, column, 2] += SIDES[side] * (APART + z)
    return names, found


def _foot(loads, column, start, velocity, carried, rows, period):
    """Force on a foot with some sideways force and twist, and when each of its stances begins and ends."""
    phase = rows % period
    clock = loads.time - start
    x_of = (
        loads.point[:, column, 0] - velocity * clock
    )  # in the moving frame, where the stride repeats itself
    fx = np.interp(phase, clock, loads.force[:, column, 0])
    fy = np.interp(phase, clock, loads.force[:, column, 1])
    moment = np.interp(phase, clock, x_of * loads.force[:, column, 1])
    side = 1.0 if loads.body[column].endswith("_r") else -1.0
    down = fy > LEAST
    force = np.where(down[:, None], np.column_stack([fx, fy, -0.05 * side * fy]), 0.0)
    point = np.full((rows.size, 3), np.nan)
    point[down, 0] = moment[down] / fy[down] + carried * rows[down]
    point[down, 1] = 0.0
    point[down, 2] = side * (APART + 0.01)
    twist = np.zeros((rows.size, 3))
    twist[:, 1] = np.where(down, 0.004 * side * fy, 0.0)
    return force, point, twist


def rectangle(x, z):
    """Corners of a plate between two x and two z in the order of a C3D file: its X axis is to the left."""
    return np.array([[x[1], 0.0, z[0]], [x[1], 0.0, z[1]], [x[0], 0.0, z[1]], [x[0], 0.0, z[0]]])


def _belts(feet):
    return [
        (rectangle((-0.9, 0.9), (0.0, 0.5) if side == 0 else (-0.5, 0.0)), *foot)
        for side, foot in enumerate(feet)
    ]


def _steps(feet):
    plates = []
    for side, (force, point, twist) in enumerate(feet):
        down = ~np.isnan(point[:, 0])
        for first, last in np.flatnonzero(np.diff(np.concatenate([[0], down, [0]]))).reshape(-1, 2):
            mine = np.zeros(down.size, dtype=bool)
            mine[first:last] = True
            here = mine[:, None]
            x = point[first:last, 0]
            corners = rectangle((x.min() - 0.2, x.max() + 0.2), (0.0, 0.4) if side == 0 else (-0.4, 0.0))
            plates.append(
                (
                    corners,
                    np.where(here, force, 0.0),
                    np.where(here, point, np.nan),
                    np.where(here, twist, 0.0),
                )
            )
    return plates


ORIGIN = {
    1: (0.0, 0.0, 0.0),
    2: (0.0021, -0.0014, -0.0413),
    3: (0.12, 0.2, -0.054),
    4: (-0.0007, 0.0012, -0.0379),
}
MATRIX = np.diag([650.0, 652.0, 980.0, 330.0, 248.0, 147.0]) + np.outer(
    [1.0, -2.0, 3.0, 0.4, -0.6, 0.3], [0.7, 0.2, -0.4, 0.9, 0.1, -0.5]
)  # N/V and N m/V, with crosstalk


def channels(kind, corners, force, point, twist, *, origin=None, matrix=MATRIX):
    """What a plate of a type would send, in N, N m and m; corners in the axes of force and point."""
    plate = Plate(1, kind, corners, np.zeros(3), None)
    axes = plate.axes
    lever = np.where(np.isnan(point), plate.center, point) - plate.center
    push = -force @ axes
    moment = -(np.cross(lever, force) + twist) @ axes
    if kind == 1:
        return np.column_stack([push, (lever @ axes)[:, :2], (-twist @ axes)[:, 2]])
    a, b, height = ORIGIN[3]
    vector = np.array([0.0, 0.0, height] if kind == 3 else (ORIGIN[kind] if origin is None else origin))
    about = moment + np.cross(vector, push)
    if kind == 3:
        (fx, fy, fz), (mx, my, mz) = push.T, about.T
        return np.column_stack(
            [
                fx / 2 - mz / (4 * b), fx / 2 + mz / (4 * b), fy / 2 + mz / (4 * a), fy / 2 - mz / (4 * a),
                fz / 4 + mx / (4 * b) - my / (4 * a), fz / 4 + mx / (4 * b) + my / (4 * a),
                fz / 4 - mx / (4 * b) + my / (4 * a), fz / 4 - mx / (4 * b) - my / (4 * a),
            ]
        )  # fmt: skip
    wrench = np.column_stack([push, about])
    return wrench if kind == 2 else wrench @ np.linalg.inv(matrix).T


def write_c3d(
    path, lab, *, kind=2, axes="+Z up, +X forward", unit="mm", moment="Nmm", say_units=True, origin=None,
    flip_origin=False, on_person=False, offset=None, edit=None, zero=(1, 0), subject="",
):  # fmt: skip
    """Write a C3D file with these plates, axes and units; `edit` gets its content last."""
    turn = np.array(AXES[axes], dtype=float)  # to OpenSim axes; its inverse goes to the laboratory's
    scale = {"mm": 1e3, "cm": 1e2, "m": 1.0}[unit]
    per = {"Nmm": 1e3, "Nm": 1.0}[moment]
    c3d = {
        "parameters": {
            "POINT": defaultdict(dict),
            "ANALOG": defaultdict(dict),
            "FORCE_PLATFORM": defaultdict(dict),
        },
        "data": {"analogs": np.empty((1, 0, 0))},
    }
    points = np.ones((4, len(lab.markers), len(lab.time)))
    points[:3] = (lab.position @ turn).transpose(2, 1, 0) * scale
    parameters = c3d["parameters"]
    parameters["POINT"]["RATE"]["value"] = [RATE]
    parameters["POINT"]["LABELS"]["value"] = tuple(subject + name for name in lab.markers)
    parameters["POINT"]["UNITS"]["value"] = (unit if say_units else "",)
    parameters["ANALOG"]["RATE"]["value"] = [RATE * RATIO if lab.plates else 0.0]
    analogs, corners, names, units = [], [], [], []
    for number, (place_, force, point, twist) in enumerate(lab.plates, start=1):
        there = place_ @ turn
        sent = channels(kind, there, force @ turn, point @ turn, twist @ turn, origin=origin)
        if on_person:
            sent[:, [0, 1, 2, 5] if kind == 1 else slice(None)] *= -1.0
        kinds = {1: "fffllm", 2: "fffmmm", 3: "f" * 8, 4: "vvvvvv"}[kind]
        sent = sent * np.array([{"f": 1.0, "l": scale, "m": per, "v": 1.0}[letter] for letter in kinds])
        if offset is not None:
            sent[:, :3] += offset(lab.rows)[:, None] * np.array([0.1, -0.05, 1.0])
        analogs.append(sent.T)
        corners.append(there.T * scale)
        names += [f"plate{number}_{letter}{i}" for i, letter in enumerate(kinds)]
        units += [
            {"f": "N", "l": unit, "m": moment, "v": "V"}[letter] if say_units else "" for letter in kinds
        ]
    c3d["data"]["points"] = points
    count = len(lab.plates)
    if count:
        data = np.concatenate(analogs)
        per_plate = len(data) // count
        parameters["ANALOG"]["LABELS"]["value"] = tuple(names)
        c3d["data"]["analogs"] = data[None]
        vector = np.array(ORIGIN[kind] if origin is None else origin) * scale * (-1.0 if flip_origin else 1.0)
        for name, value in {
            "USED": [count], "TYPE": [kind] * count, "ZERO": list(zero),
            "CORNERS": np.stack(corners, axis=2), "ORIGIN": np.tile(vector[:, None], (1, count)),
            "CHANNEL": np.arange(1.0, len(data) + 1.0).reshape(per_plate, count, order="F"),
        }.items():  # fmt: skip
            parameters["FORCE_PLATFORM"][name]["value"] = value
        if kind == 4:
            rows = np.array([1.0, 1.0, 1.0, per, per, per])
            matrices = np.repeat((MATRIX * rows[:, None])[..., None], count, 2)
            parameters["FORCE_PLATFORM"]["CAL_MATRIX"]["value"] = matrices
        c3d["parameters"]["ANALOG"]["UNITS"]["value"] = tuple(units)
    if edit is not None:
        edit(c3d)
    parameters |= {group: dict(entries) for group, entries in parameters.items()}
    write(path, c3d)
    return path
