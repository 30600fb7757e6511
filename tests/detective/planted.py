"""Mistakes to plant into a trial, each the way it happens in a laboratory."""

import dataclasses

import numpy as np

FOOT_WIDTH = 0.08  # m
SLIDES = ("_tx", "_ty", "_tz")


def with_motion(trial, values=None, **changes):
    values = trial.motion.values if values is None else values
    return dataclasses.replace(trial, motion=dataclasses.replace(trial.motion, values=values, **changes))


def with_loads(trial, **changes):
    return dataclasses.replace(trial, loads=dataclasses.replace(trial.loads, **changes))


def turning(trial):
    return np.array([not label.endswith(SLIDES) for label in trial.motion.labels])


def converted(trial, factor, columns=None):
    """Some columns, by default every angle, times a factor."""
    chosen = turning(trial) if columns is None else np.isin(trial.motion.labels, columns)
    return with_motion(trial, np.where(chosen, trial.motion.values * factor, trial.motion.values))


def in_radians(trial):
    """The same trial, rightly in radians."""
    assert trial.motion.in_degrees
    return with_motion(converted(trial, np.pi / 180.0), in_degrees=False)


def legs_swapped(trial):
    labels = list(trial.motion.labels)
    mirrored = [
        label[:-1] + {"r": "l", "l": "r"}[label[-1]] if label.endswith(("_r", "_l")) else label
        for label in labels
    ]
    return with_motion(trial, trial.motion.values[:, [labels.index(label) for label in mirrored]])


def plates_swapped(trial):
    other = {"r": "l", "l": "r"}
    body = tuple(name[:-1] + other[name[-1]] for name in trial.loads.body)
    return with_loads(trial, body=body)


def turned(trial, matrix):
    """Forces, points and moments in other axes."""
    loads = trial.loads
    return with_loads(
        trial, force=loads.force @ matrix.T, point=loads.point @ matrix.T, torque=loads.torque @ matrix.T
    )


def late(trial, seconds):
    """Forces that come later; the window keeps to what both cover."""
    moved = with_loads(trial, time=trial.loads.time + seconds)
    start = max(trial.start, float(moved.loads.time[0]))
    return dataclasses.replace(moved, start=start, end=min(trial.end, float(moved.loads.time[-1])))


def heavier(model, factor):
    tree = model.tree._replace(mass=model.tree.mass * factor, inertia=model.tree.inertia * factor)
    return dataclasses.replace(model, tree=tree)


def partly_beside(trial, load, overhang, first, last):
    """From ``first`` to ``last`` [s] a foot stands over the side edge of its plate, by ``overhang`` [m].

    Pressure is even across `FOOT_WIDTH`; what is beyond the edge is felt by nothing.
    """
    loads = trial.loads
    rows = (loads.time >= first) & (loads.time <= last)
    outward = 1.0 if loads.body[load].endswith("_r") else -1.0
    force, point = loads.force.copy(), loads.point.copy()
    force[rows, load] *= 1.0 - overhang / FOOT_WIDTH
    point[rows, load, 2] -= 0.5 * outward * overhang
    return with_loads(trial, force=force, point=point)


def without_forces(trial, first, last):
    """No plate under the feet from ``first`` to ``last`` [s]."""
    gone = (trial.loads.time >= first) & (trial.loads.time <= last)
    return with_loads(trial, force=np.where(gone[:, None, None], 0.0, trial.loads.force))
