"""Coordinates from markers, by names."""

from collections.abc import Mapping

import numpy as np

from retrogait.arrays import Floats, Ints
from retrogait.errors import ConfigError, MotionError
from retrogait.ik.problem import make_problem, sensitivity
from retrogait.ik.result import Kinematics
from retrogait.ik.solve import RIGID, solve
from retrogait.io.markers import Markers
from retrogait.io.text import suggestion
from retrogait.kernels.inverse_kinematics import SOLVED, UNSEEN
from retrogait.model import Model
from retrogait.osim.markers import MarkerSet
from retrogait.osim.tasks import Tasks


def solve_markers(
    model: Model,
    marker_set: MarkerSet,
    markers: Markers,
    *,
    tasks: Tasks | None = None,
    weights: Mapping[str, float] | None = None,
    start: float | None = None,
    end: float | None = None,
    threads: int | None = None,
) -> Kinematics:
    """Fit a model to markers, by the weighted least squares of OpenSim's inverse kinematics.

    Locked and prescribed coordinates keep their values and coupled ones follow their drivers. Clamped ones
    stay within their range, but for those of joints to ground: where in the laboratory somebody stands and
    which way they face is no property of a joint.

    Parameters
    ----------
    model      : compiled
    marker_set : the model's markers, from `retrogait.osim.markers.read_marker_set`
    markers    : recorded, in axes with the model's vertical
    tasks      : weights of markers and targets of coordinates; by default every marker counts the same
    weights    : marker to weight, in place of ``tasks``' for those it names
    start, end : window [s]
    threads    : how many; None takes all processors. The answer is the same bit for bit

    Raises
    ------
    MotionError
        Model and recording share too few markers, or no frame shows any.
    ConfigError
        A weight, coordinate, window or number of threads cannot be used.
    """
    chosen = _with_weights(tasks or Tasks(), weights)
    rows = _window(markers, start, end)
    used, labels, weight = _match(model, marker_set, markers, chosen)
    observed = np.ascontiguousarray(markers.position[rows][:, [markers.labels.index(x) for x in labels]])
    observed[~np.isfinite(observed).all(axis=2)] = np.nan
    time = markers.time[rows]
    seen = ~np.isnan(observed[:, :, 0])
    if not (seen & (weight > 0.0)).any():
        raise MotionError(f"{markers.path}: no frame from {time[0]:g} to {time[-1]:g} s shows a marker used")
    problem, unmoved = make_problem(model, marker_set, used, observed, weight, time, chosen)
    fit = solve(problem, threads)
    shown = np.flatnonzero(fit.status != UNSEEN)
    middle = int(shown[shown.size // 2])
    missed = np.count_nonzero(~seen, axis=0)
    return Kinematics(
        time=time,
        coordinates=model.coordinates,
        values=fit.q,
        rotational=model.rotational,
        markers=labels,
        weight=weight,
        error=fit.error,
        cost=fit.cost,
        steps=fit.steps,
        failed=(fit.status != SOLVED).astype(np.int64),
        sensitivity=sensitivity(problem, fit.q[middle], middle),
        missing={name: int(count) for name, count in zip(labels, missed, strict=True) if count},
        model_only=tuple(x for x in marker_set.labels if x not in markers.labels),
        recorded_only=tuple(x for x in markers.labels if x not in marker_set.labels),
        unmoved=unmoved,
    )


def _with_weights(tasks: Tasks, weights: Mapping[str, float] | None) -> Tasks:
    merged = {**tasks.markers, **(weights or {})}
    for name, weight in {**merged, "others": tasks.others}.items():
        if not 0.0 <= weight < np.inf:
            raise ConfigError(f"weight of marker {name} is {weight!r}, expected a number from 0 on")
    return Tasks(merged, tasks.others, tasks.coordinates)


def _window(markers: Markers, start: float | None, end: float | None) -> Ints:
    """Frames from start to end, both of them kept."""
    time = markers.time
    half = 0.5 * float(np.diff(time).min()) if time.size > 1 else 0.0
    low = time[0] if start is None else start
    high = time[-1] if end is None else end
    rows = np.flatnonzero((time >= low - 1e-6 * half) & (time <= high + 1e-6 * half))
    if not rows.size:
        raise ConfigError(
            f"{markers.path}: no frame from {low:g} to {high:g} s, expected a window within "
            f"{time[0]:g} to {time[-1]:g} s"
        )
    return rows


def _match(
    model: Model, marker_set: MarkerSet, markers: Markers, tasks: Tasks
) -> tuple[list[int], tuple[str, ...], Floats]:
    """Rows of the model's markers that count, their names and weights."""
    for name in tasks.coordinates:
        if name not in model.coordinates:
            hint = suggestion(name, model.coordinates) or ""
            raise ConfigError(f"{model.file}: has no coordinate {name} to give a target{hint}")
    known = {*marker_set.labels, *markers.labels}
    for name, weight in tasks.markers.items():
        if weight > 0.0 and name not in known:
            hint = suggestion(name, tuple(sorted(known))) or ""
            raise ConfigError(f"weights name marker {name}, which neither model nor recording has{hint}")
    both = [row for row, name in enumerate(marker_set.labels) if name in markers.labels]
    weights = {row: tasks.markers.get(marker_set.labels[row], tasks.others) for row in both}
    used = [row for row in both if weights[row] > 0.0]
    if len(used) < RIGID:
        first = marker_set.labels[0]
        hint = suggestion(first, markers.labels) or ""
        raise MotionError(
            f"{markers.path}: has {len(used)} markers that {model.file} has too, expected {RIGID} or more; "
            f"the model's first is {first}{hint}: map the names to the model's"
        )
    return used, tuple(marker_set.labels[row] for row in used), np.array([weights[row] for row in used])
