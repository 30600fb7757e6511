"""What the fit to walking markers is told, and what it says."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from retrogait.errors import ConfigError, MotionError
from retrogait.ik import CoordinateTask, Kinematics, Tasks, solve_markers
from retrogait.intake.person import whole_names
from retrogait.intake.progress import Progress
from retrogait.intake.store import write_errors
from retrogait.intake.subject import Subject
from retrogait.io.markers import read_markers
from retrogait.io.text import shown, suggestion
from retrogait.osim.measurements import landmarks
from retrogait.osim.scale import BONY

ON_BONE = 10.0
"""Weight of a marker over bone beside 1 of one on flesh, as in OpenSim's gait2392 example [1]."""

RMS_ALLOWED, LARGEST_ALLOWED = 0.02, 0.04
"""Marker errors of a fit that OpenSim's checklist for evaluating a simulation allows [m]."""

HAZY = 1.0
"""A coordinate that one millimetre of one marker moves further is ill-determined [deg]."""

OTHERS = "others"
"""Name that stands for every marker that is not named."""


def choose_tasks(
    subject: Subject,
    labels: Collection[str],
    given: Tasks | None,
    weights: Mapping[str, float],
    hold: Collection[str],
) -> tuple[Tasks, str]:
    """Weights and held coordinates of a fit, and the sentence that says which.

    Parameters
    ----------
    subject : the model; a static pose gives the values of what is held
    labels  : markers that model and recording share
    given   : tasks of a file, in place of the default weights
    weights : marker, or "others", to weight
    hold    : coordinates to hold, or their names without the side

    Raises
    ------
    ConfigError
        There is no such marker or coordinate.
    """
    for name in weights:
        if name != OTHERS and name not in labels:
            raise ConfigError(
                f"weight of marker {shown(name)}: model and recording do not both have it"
                f"{suggestion(name, labels)}"
            )
    model, scaled = subject.model, subject.scaling
    held = {}
    for name in whole_names(dict.fromkeys(hold, 0.0), model.coordinates, "coordinate"):
        value = None if scaled is None else scaled.pose.get(name)
        held[name] = CoordinateTask(BONY, value)
    if given is not None:
        markers, others, source = dict(given.markers), given.others, "those of the task file"
        held = {**given.coordinates, **held}
    else:
        # whoever says what others weigh means every marker that they do not name
        bony = frozenset() if OTHERS in weights else landmarks(labels)
        markers, others = dict.fromkeys(bony, ON_BONE), 1.0
        source = f"{ON_BONE:g} for {len(bony)} markers over bone, 1 for the others" if bony else "1"
    others = weights.get(OTHERS, others)
    markers |= {name: weight for name, weight in weights.items() if name != OTHERS}
    said = f"weights of markers: {source}"
    if weights:
        said += ", but " + ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
    if held:
        where = "the static trial has them" if scaled is not None else "the model has them by default"
        said += f"; held where {where}: {', '.join(held)}"
    return Tasks(markers, others, held), said


def fit_walk(
    progress: Progress, subject: Subject, markers: Path, tasks: Tasks, threads: int | None
) -> tuple[Kinematics, Path]:
    """Fit the model to the markers of a ``.trc``, and write coordinates and marker errors beside it.

    Returns the fit and the file of the coordinates.

    Raises
    ------
    MotionError
        Model and recording share too few markers.
    """
    require_enough(subject, markers, tasks)
    progress.stage("fitting the model to the markers (the first time on a machine it compiles, for a minute)")
    fit = solve_markers(
        subject.model, subject.marker_set, read_markers(markers), tasks=tasks, threads=threads
    )
    progress.say(*fit_findings(fit))
    coordinates = markers.with_name(f"{markers.stem}_ik.mot")
    errors = markers.with_name(f"{markers.stem}_marker_errors.csv")
    fit.write(coordinates)
    write_errors(errors, fit)
    progress.numbers["markers"] = _numbers(fit)
    progress.keep(coordinates, errors)
    return fit, coordinates


def require_enough(subject: Subject, markers: Path, tasks: Tasks) -> None:
    """Refuse a handful of markers: the fit would be perfect, and the pose anybody's.

    Raises
    ------
    MotionError
        Their places are fewer numbers than there are coordinates to find.
    """
    model = subject.model
    free = (model.locked == 0) & (model.prescribed < 0)
    wanted = [
        name
        for c, name in enumerate(model.coordinates)
        if free[c] and model.driver_of(c) is None and name not in tasks.coordinates
    ]
    recorded = read_markers(markers).labels
    known = subject.marker_set.labels
    shared = [x for x in known if x in recorded and tasks.markers.get(x, tasks.others) > 0.0]
    if 3 * len(shared) < len(wanted):
        missing = [label for label in known if label not in recorded]
        raise MotionError(
            f"{markers}: shares {len(shared)} markers with the model ({_few(shared)}), which cannot tell "
            f"{len(wanted)} coordinates; the model also has {_few(missing)}: say by a table of names (.toml) "
            "which these are, or take the marker set of the recording"
        )


def _numbers(fit: Kinematics) -> dict[str, Any]:
    """Marker errors for the record [m, s]."""
    name, time, worst = fit.largest
    by_marker = zip(fit.markers, fit.marker_error.tolist(), fit.weight.tolist(), strict=True)
    return {
        "rms": float(np.sqrt(np.nanmean(fit.error**2))),
        "largest": {"marker": name, "time": time, "error": worst},
        "by_marker": {
            label: {"rms": None if rms != rms else rms, "weight": weight}  # noqa: PLR0124 - NaN alone differs from itself
            for label, rms, weight in by_marker
        },
        "frames_failed": int(fit.failed.sum()),
        "hidden": dict(fit.missing),
    }


def fit_findings(fit: Kinematics) -> list[str]:
    """What is to be known about a fit, one sentence each."""
    name, time, worst = fit.largest
    rms = float(np.sqrt(np.nanmean(fit.error**2)))
    order = np.argsort(-np.nan_to_num(fit.marker_error))[:4]
    found = [
        f"inverse kinematics: {len(fit.time)} frames, {len(fit.markers)} markers, "
        f"{1e3 * rms:.1f} mm rms, at most {1e3 * worst:.1f} mm ({name}, t = {time:.3f} s); on average worst: "
        + ", ".join(f"{fit.markers[k]} {1e3 * fit.marker_error[k]:.1f} mm" for k in order)
    ]
    if rms > RMS_ALLOWED or worst > LARGEST_ALLOWED:
        found.append(
            f"marker errors are MORE THAN the {1e3 * RMS_ALLOWED:g} mm rms and {1e3 * LARGEST_ALLOWED:g} mm "
            "at most that OpenSim's checklist allows: are names mixed up, or does the model need a static "
            "trial to carry its markers where this person does?"
        )
    failed = np.flatnonzero(fit.failed)
    if failed.size:
        found.append(
            f"{failed.size} frames were not solved to tolerance or show no marker, the first at "
            f"t = {fit.time[failed[0]]:.3f} s"
        )
    gone = {name: count for name, count in fit.missing.items() if count > len(fit.time) // 10}
    if gone:
        found.append(
            "markers hidden for more than a tenth of the frames: "
            + ", ".join(f"{name} ({count})" for name, count in gone.items())
        )
    if fit.recorded_only:
        found.append(f"recorded markers that the model does not have: {_few(fit.recorded_only)}")
    if fit.model_only:
        found.append(f"markers of the model that are not recorded: {_few(fit.model_only)}")
    if fit.unmoved:
        found.append(f"coordinates that no marker tells stay at the model's default: {_few(fit.unmoved)}")
    moved = np.where(fit.rotational > 0, np.rad2deg(fit.sensitivity) * 1e-3, 0.0)
    hazy = {fit.coordinates[c]: moved[c] for c in np.argsort(-moved) if HAZY < moved[c] < np.inf}
    if hazy:
        listed = _few([f"{name} {value:.1f} deg" for name, value in hazy.items()])
        found.append(
            f"coordinates that the markers tell badly, per mm of a marker: {listed}; --hold holds one"
        )
    return found


def _few(names: Collection[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:6]) + (f" and {len(listed) - 6} more" if len(listed) > 6 else "")
