"""Trials to test with: made of formulas, in memory or on disk, and the predicted ones that are bundled."""

import dataclasses
from pathlib import Path

import numpy as np

from retrogait.gait.trial import Trial
from retrogait.io.loads import LoadTable
from retrogait.io.storage import Table, write_table
from retrogait.predict.library import bundled_conditions, bundled_gait

RATE = 100.0  # Hz
LEG = {  # mean, amplitude [rad or m], phase [rad]
    "pelvis_tilt": (-0.05, 0.03, 0.0),
    "pelvis_list": (0.02, 0.05, 0.7),
    "pelvis_rotation": (-0.01, 0.06, 1.9),
    "pelvis_tx": (0.3, 0.02, 0.4),
    "pelvis_ty": (0.95, 0.02, 1.3),
    "pelvis_tz": (0.05, 0.02, 2.3),
    "hip_flexion_r": (0.2, 0.4, 0.5),
    "hip_adduction_r": (-0.03, 0.05, 2.5),
    "hip_rotation_r": (0.04, 0.06, 0.2),
    "knee_angle_r": (0.6, 0.4, 2.0),
    "ankle_angle_r": (0.0, 0.2, 3.0),
    "hip_flexion_l": (0.15, 0.35, 3.7),
    "hip_adduction_l": (0.02, 0.06, 5.5),
    "hip_rotation_l": (-0.03, 0.05, 3.3),
    "knee_angle_l": (0.5, 0.35, 5.2),
    "ankle_angle_l": (0.05, 0.15, 6.1),
}


def bundled(name):
    """A predicted gait that comes with the package, by its name, such as ``retro_1.0_+05``."""
    condition = next((one for one in bundled_conditions() if one.name == name), None)
    assert condition, f"no bundled {name}, or it is of other weights: python -m retrogait.predict.bundle"
    return bundled_gait(condition)


def columns(names, rows, *, swing=1.0):
    """Times and coordinates (row, name) of a stride that takes a second; ``swing`` 0 holds it still."""
    time = np.arange(rows) / RATE
    mean, amplitude, phase = np.array([LEG[name] for name in names]).T
    return time, mean + swing * amplitude * np.sin(2.0 * np.pi * time[:, None] + phase)


def pushes(time, bodies):
    """(row, load, 9) wrenches in ground axes, smooth and never zero."""
    turn = 2.0 * np.pi * time
    each = []
    for number in range(len(bodies)):
        side = 1.0 if number % 2 == 0 else -1.0
        s, c = np.sin(turn + number), np.cos(turn + number)
        each.append([60.0 * s, 450.0 + 300.0 * c, side * (20.0 + 5.0 * s), 0.3 + 0.05 * s, 0.0 * s,
                     side * 0.09 + 0.0 * s, 0.0 * s, 2.0 * c, 0.0 * s])  # fmt: skip
    return np.array(each).reshape(len(bodies), 9, time.size).transpose(2, 0, 1).copy()


def trial_of(time, names, values, wrenches=None, bodies=(), *, in_degrees=False, **changes):
    """A trial in memory, as `load_trial` makes it."""
    motion = Table(Path("walk.mot"), "walk", tuple(names), time, values, in_degrees, "1" * 64)
    loads = None
    if wrenches is not None:
        count = len(bodies)
        loads = LoadTable(
            time=time,
            force=wrenches[..., :3].copy(),
            point=wrenches[..., 3:6].copy(),
            torque=wrenches[..., 6:].copy(),
            name=tuple(f"plate{i + 1}" for i in range(count)),
            body=tuple(bodies),
            force_frame=("ground",) * count,
            point_frame=("ground",) * count,
            has_point=(True,) * count,
            disabled=(),
            digests={"walk_grf.xml": "2" * 64},
        )
    trial = Trial(
        "walk", motion, loads, float(time[0]), float(time[-1]), "forward", 1.2, 0.0, "level", "synthetic"
    )
    return dataclasses.replace(trial, **changes)


def walk(model, rows, bodies=("calcn_r",), *, swing=1.0, **changes):
    """A trial of every independent coordinate of a model."""
    names = [n for c, n in enumerate(model.coordinates) if model.tree.driver[c] < 0]
    time, values = columns(names, rows, swing=swing)
    return trial_of(time, names, values, pushes(time, bodies) if bodies else None, bodies, **changes)


def reversed_in_time(trial):
    """The same trial played backwards."""
    motion, loads = trial.motion, trial.loads
    back = trial.motion.time[-1] + trial.motion.time[0] - trial.motion.time[::-1]
    return dataclasses.replace(
        trial,
        motion=dataclasses.replace(motion, time=back, values=motion.values[::-1].copy()),
        loads=dataclasses.replace(
            loads, time=back, force=loads.force[::-1].copy(), point=loads.point[::-1].copy(),
            torque=loads.torque[::-1].copy(),
        ),
        direction="retro",
    )  # fmt: skip


LOADS_XML = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSimDocument Version="40000"><ExternalLoads name="loads"><objects>{forces}</objects>
<datafile>{data}</datafile></ExternalLoads></OpenSimDocument>
"""
FORCE_XML = """<ExternalForce name="{name}"><applied_to_body>{body}</applied_to_body>
<force_expressed_in_body>{force_frame}</force_expressed_in_body>
<point_expressed_in_body>{point_frame}</point_expressed_in_body>
<force_identifier>{name}_v</force_identifier>{point}
<torque_identifier>{name}_m</torque_identifier></ExternalForce>"""


def write_trial(folder, trial, *, in_degrees=False):
    """Motion and loads as files; the paths of the .mot and the .xml."""
    motion, loads = trial.motion, trial.loads
    values = motion.values
    if in_degrees:
        slides = np.array([name[-3:] in {"_tx", "_ty", "_tz"} for name in motion.labels])
        values = np.where(slides, values, np.degrees(values))
    write_table(folder / "walk.mot", motion.labels, motion.time, values,
                in_degrees=in_degrees, name="walk")  # fmt: skip
    labels = [f"{name}_{kind}{axis}" for name in loads.name for kind in "vpm" for axis in "xyz"]
    table = np.concatenate([loads.force, loads.point, loads.torque], axis=2)
    write_table(folder / "walk_grf.mot", labels, loads.time, table.reshape(loads.time.size, -1),
                in_degrees=False, name="grf")  # fmt: skip
    forces = [
        FORCE_XML.format(
            name=name, body=body, force_frame=force_frame, point_frame=point_frame,
            point=f"<point_identifier>{name}_p</point_identifier>" if has_point else "",
        )
        for name, body, force_frame, point_frame, has_point in zip(
            loads.name, loads.body, loads.force_frame, loads.point_frame, loads.has_point, strict=True
        )
    ]  # fmt: skip
    text = LOADS_XML.format(forces="".join(forces), data="walk_grf.mot")
    (folder / "walk_grf.xml").write_text(text)
    return folder / "walk.mot", folder / "walk_grf.xml"
