"""Everything that markers and forces say together: axes, feet on plates, direction, events, weight."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats, runs
from retrogait.errors import MotionError
from retrogait.gait.events import CONTACT_SHARE, Events, find_events
from retrogait.gait.names import SIDES
from retrogait.io.text import shown, suggestion
from retrogait.lab.axes import axes_text, nearest_axis, read_axes, rotation
from retrogait.lab.direction import facing_of, find_walk
from retrogait.lab.feet import Landmarks, find_contact, find_landmarks, marker_events, mean_seen
from retrogait.lab.recording import Recording
from retrogait.lab.roles import FEET, find_roles
from retrogait.lab.stances import Stance, find_stances, rows_within
from retrogait.lab.trial import LabTrial
from retrogait.lab.weight import mean_force

FOUND = "found"
UPRIGHT, ASKEW = 25.0, 30.0
"""Angles from an axis of the laboratory: less is upright, more is not walking along it [deg]."""

PERSON_WEIGHT = (150.0, 2500.0)
"""Body weights of people [N]."""


class View(NamedTuple):
    """How to look at a recording: rotation to OpenSim axes and landmarks in those."""

    turn: Floats
    marks: Landmarks


class Forces(NamedTuple):
    """Forces on the person in OpenSim axes; `sides` is the foot of each plate where somebody says so."""

    time: Floats
    plates: tuple[int, ...]
    values: tuple[Floats, ...]
    normals: Floats
    sides: tuple[str, ...] | None


def stacked(parts: Sequence[Floats], rows: int) -> Floats:
    """(row, plate, 3) of each plate's (row, 3); of no plates too."""
    return np.stack(parts, axis=1) if parts else np.zeros((rows, 0, 3))


def find_view(recording: Recording, axes: str, given: Mapping[str, str] | None, findings: list[str]) -> View:
    """Find the feet and turn everything to OpenSim axes."""
    roles = find_roles(recording.labels, given)
    missing = [role for role in FEET if role not in roles]
    pelvis = {"sacrum", "asis_r", "asis_l"} & set(roles)
    if missing or not pelvis:
        wanted = missing[0] if missing else "sacrum"
        raise MotionError(
            f"{recording.path}: no marker is known to be {', '.join(missing) or 'at the pelvis'} among "
            f"{', '.join(map(shown, recording.labels[:6]))}{', ...' if len(recording.labels) > 6 else ''}"
            f"{suggestion(wanted, recording.labels)}; pass roles={{'{wanted}': 'NAME'}}"
        )
    findings.append("markers: " + ", ".join(f"{role} is {label}" for role, label in roles.items()))
    marks = find_landmarks(recording.labels, recording.position, roles)
    turn = _found_axes(recording.path, marks, findings) if axes == FOUND else read_axes(axes)
    if axes != FOUND:
        findings.append(f"axes: {axes_text(turn)}, as the caller says")
        above = mean_seen(marks.pelvis - marks.foot)
        rise = float(above @ turn[1])
        if rise > 0.0 and nearest_axis(above)[0] @ turn[1] < 0.5:
            raise MotionError(
                f"{recording.path}: with {axes_text(turn)} the pelvis is {rise:.2f} m above the feet and "
                f"{float(np.linalg.norm(above)):.2f} m from them; correct axes, or pass axes='found'"
            )
        if not rise > 0.0:
            raise MotionError(
                f"{recording.path}: with {axes_text(turn)} the feet are {-rise:.2f} m above the pelvis; "
                "correct axes, or pass axes='found'"
            )
    return View(turn, marks.turned(turn))


def _found_axes(path: Path, marks: Landmarks, findings: list[str]) -> Floats:
    """Rotation by where the pelvis is above the feet and which way the feet point."""
    rise = mean_seen(marks.pelvis - marks.foot)
    up, lean = nearest_axis(rise)
    facing, _ = facing_of(marks, up)
    if not lean < UPRIGHT or not np.isfinite(facing).all():
        raise MotionError(
            f"{path}: the pelvis is {lean:.0f} deg from being above the feet along any axis; "
            "name the axes, such as axes='+Z up, +X forward'"
        )
    forward, askew = nearest_axis(facing, up)
    turn = rotation(up, forward)
    findings.append(
        f"axes: {axes_text(turn)}, because the pelvis is {np.linalg.norm(rise):.2f} m from the feet along "
        f"the first ({lean:.0f} deg off) and the feet point along the second ({askew:.0f} deg off)"
    )
    if askew > ASKEW:
        findings.append(
            "the person faces between two axes of the laboratory; nothing was turned by less than 90 deg"
        )
    return turn


def assemble(
    recording: Recording,
    name: str | None,
    time: Floats,
    view: View,
    forces: Forces,
    span: tuple[float | None, float | None],
    static: bool,
    threshold: float,
    findings: list[str],
) -> LabTrial:
    """Everything that markers and forces say together, cut to the window."""
    path = recording.path
    window = _window(path, time, span)
    force, point, torque = forces.values
    total = force.sum(axis=1)
    if static:
        known = _standing(total[rows_within(forces.time, *window)], findings)
    else:
        known = _walking(path, time, view.marks, forces, window, threshold, findings)
    weight = known.body_weight
    if math.isfinite(weight) and not PERSON_WEIGHT[0] < weight < PERSON_WEIGHT[1]:
        findings.append(
            f"a body weight of {weight:.4g} N is nobody's; are the forces in N, and is a plate missing?"
        )
    frames = rows_within(time, *window)
    rows = rows_within(forces.time, window[0], math.inf if span[1] is None else window[1])
    return LabTrial(
        name=name or path.stem,
        path=path,
        markers=recording.labels,
        time=time[frames],
        position=(recording.position @ view.turn.T)[frames],
        rate=recording.rate,
        plates=forces.plates,
        force_time=forces.time[rows],
        force=force[rows],
        point=point[rows],
        torque=torque[rows],
        stances=tuple(known.stances),
        body_weight=weight,
        direction=known.direction,
        treadmill=known.treadmill,
        speed=known.speed,
        incline=known.incline,
        axes=known.axes,
        events={side: _within(one, window) for side, one in known.events.items()},
        turn=view.turn,
        findings=tuple(findings),
        digests={path.name: recording.digest},
    )


class _Known(NamedTuple):
    """What a trial shows, in the words of `LabTrial`."""

    stances: list[Stance]
    body_weight: float
    direction: str
    treadmill: bool
    speed: float
    incline: float
    axes: str
    events: dict[str, Events]


def _standing(total: Floats, findings: list[str]) -> _Known:
    """What a standing person shows: with plates, the weight."""
    weight = math.nan
    if (total[:, 1] > 0.0).any():
        weight = float(total[:, 1].mean())
        findings.append(f"static: a mean upward force of {weight:.1f} N")
    return _Known([], weight, "", False, math.nan, 0.0, "level", {})


def _walking(
    path: Path,
    time: Floats,
    marks: Landmarks,
    forces: Forces,
    window: tuple[float, float],
    threshold: float,
    findings: list[str],
) -> _Known:
    """What a walking person shows: feet on plates, weight, direction and events."""
    contact = find_contact(time, marks, facing_of(marks)[0])
    if contact is None:
        raise MotionError(
            f"{path}: the feet do not swing, so nobody can tell how the person walks; "
            "pass static=True for a standing trial"
        )
    stances = _stances(path, time, marks, forces, window, findings) if forces.plates else []
    events = _force_events(forces, stances, threshold) if stances else marker_events(time, contact)
    strides = mean_force(forces.time, forces.values[0].sum(axis=1), events) if stances else None
    loaded = [k for k, plate in enumerate(forces.plates) if any(one.plate == plate for one in stances)]
    normals = forces.normals[loaded] if len(forces.normals) else forces.normals
    walk, evidence = find_walk(time, marks, contact, normals, strides.force if strides else None)
    findings += evidence
    weight = math.nan
    if strides is not None:
        weight = float(np.linalg.norm(strides.force) if walk.axes == "surface" else strides.force[1])
        steps = "a step" if strides.steps == 1 else f"{strides.steps} steps"
        findings.append(
            f"body weight {weight:.1f} N ({weight / 9.80665:.2f} kg), the mean over {steps} from "
            f"{strides.start:.2f} to {strides.end:.2f} s"
        )
        events = _force_events(forces, stances, CONTACT_SHARE * weight)
    elif stances:
        findings.append("no stride is complete on the plates, so they do not tell the body weight")
    else:
        findings.append("contacts and toe-offs are those of the markers")
    return _Known(
        stances, weight, walk.direction, walk.treadmill, walk.speed, walk.incline, walk.axes, events
    )


def _window(path: Path, time: Floats, span: tuple[float | None, float | None]) -> tuple[float, float]:
    """Start and end [s]; without a stated end, plates may go on behind the last frame."""
    start = float(time[0]) if span[0] is None else float(span[0])
    end = float(time[-1]) if span[1] is None else float(span[1])
    if not time[0] - 1e-9 <= start < end <= time[-1] + 1e-9:
        raise MotionError(
            f"{path}: the window {start:g} to {end:g} s is not within the markers' {time[0]:g} to "
            f"{time[-1]:g} s"
        )
    return start, end


def _within(events: Events, window: tuple[float, float]) -> Events:
    return Events(*(times[(times >= window[0]) & (times <= window[1])] for times in events))


def _stances(
    path: Path,
    time: Floats,
    marks: Landmarks,
    forces: Forces,
    window: tuple[float, float],
    findings: list[str],
) -> list[Stance]:
    """Feet on plates: by the centre of pressure, or as the loads file says, compared with it."""
    force, point, _ = forces.values
    if forces.sides is None:
        stances, evidence = find_stances(path, time, marks, forces.time, forces.plates, force, point, window)
        findings += evidence
        return stances
    try:
        by_place, evidence = find_stances(path, time, marks, forces.time, forces.plates, force, point, window)
    except MotionError as error:
        findings.append(f"forces and feet do not fit: {str(error).removeprefix(f'{path}: ')}")
    else:
        findings += evidence
        wrong = [one for one in by_place if one.side != forces.sides[one.plate - 1]]
        if wrong:
            findings.append(
                f"{len(wrong)} of {len(by_place)} pushes are at the other foot than the loads file says, "
                f"first the one from {wrong[0].start:.2f} to {wrong[0].end:.2f} s, said to be of the "
                f"{forces.sides[wrong[0].plate - 1]} foot; are two plates swapped?"
            )
    stances = []
    for column, (plate, side) in enumerate(zip(forces.plates, forces.sides, strict=True)):
        loaded = ~np.isnan(point[:, column, 0])
        for first, last in runs(loaded):
            stances.append(Stance(side, plate, float(forces.time[first]), float(forces.time[last - 1])))
    return sorted(stances, key=lambda stance: (stance.start, stance.plate))


def _force_events(forces: Forces, stances: Sequence[Stance], threshold: float) -> dict[str, Events]:
    """Contacts and toe-offs by the upward force on each foot."""
    events = {}
    for side in SIDES:
        upward = np.zeros(forces.time.size)
        for stance in stances:
            if stance.side == side:
                rows = rows_within(forces.time, stance.start, stance.end)
                upward[rows] += forces.values[0][rows, forces.plates.index(stance.plate), 1]
        events[side] = find_events(forces.time, upward, threshold)
    return events
