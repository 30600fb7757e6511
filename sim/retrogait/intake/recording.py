"""The walk and the static trial, read as what they are, with what the caller says about them."""

import math
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from retrogait.errors import ConfigError
from retrogait.lab.api import THRESHOLD, import_c3d, import_trc
from retrogait.lab.trial import LabTrial

KINDS = (".c3d", ".trc")
DIRECTIONS = ("forward", "retro")

SPEED_RTOL, INCLINE_ATOL = 0.1, 2.0
"""Differences between what is said and what is found that are remarked on: share of the speed, and deg."""


class Said(NamedTuple):
    """How the person walked, as the caller says; None leaves it to be found (m/s, deg)."""

    direction: str | None = None
    speed: float | None = None
    incline: float | None = None


def plain_name(text: str) -> str:
    """Name that a file and an experiment can have."""
    return re.sub(r"[^A-Za-z0-9_.+-]+", "_", text).lstrip("_.+-") or "trial"


def read_walk(
    recording: Path,
    forces: Path | None,
    *,
    name: str | None,
    axes: str,
    start: float | None,
    end: float | None,
    roles: Mapping[str, str] | None,
    threshold: float = THRESHOLD,
    baseline: str = "none",
    ignore_plates: Collection[int] = (),
) -> LabTrial:
    """Read the walking trial.

    Raises
    ------
    ConfigError
        The file is of no kind that is known, or an option is for the other kind.
    FileError, MotionError
        As `retrogait.import_c3d` and `retrogait.import_trc`.
    """
    own = plain_name(name or recording.stem)
    common: dict[str, Any] = {
        "axes": axes, "start": start, "end": end, "roles": roles, "threshold": threshold, "name": own,
    }  # fmt: skip
    if _kind(recording) == ".c3d":
        if forces is not None:
            raise ConfigError(
                f"{recording}: a C3D file brings its own plates, so {forces} has no place; leave it out"
            )
        return import_c3d(recording, baseline=baseline, ignore_plates=ignore_plates, **common)
    if baseline != "none":
        raise ConfigError(f"{recording}: a baseline is for the channels of a C3D file")
    return import_trc(recording, forces, ignore_plates=ignore_plates, **common)


def read_static(static: Path, *, roles: Mapping[str, str] | None) -> LabTrial:
    """Read the static trial; the errors are those of `read_walk`."""
    kind = _kind(static)
    if kind == ".c3d":
        return import_c3d(static, static=True, roles=roles)
    return import_trc(static, static=True, roles=roles)


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in KINDS:
        hint = {
            ".mot": "a motion needs no import: name it in an experiment file for `retrogait run`",
            ".sto": "a motion needs no import: name it in an experiment file for `retrogait run`",
        }.get(kind, "export it as one of these")
        raise ConfigError(f"{path}: expected a recording as .c3d or .trc; {hint}")
    return kind


def walk_of(trial: LabTrial, said: Said) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Keys of ``[[trial]]`` that say how the person walked, the reason of each, and remarks.

    Raises
    ------
    ConfigError
        What is said cannot be.
    """
    if said.direction is not None and said.direction not in DIRECTIONS:
        raise ConfigError(f"direction is {said.direction!r}, expected 'forward' or 'retro'")
    if said.speed is not None and not 0.0 < said.speed <= 12.0:
        raise ConfigError(
            f"speed is {said.speed:g} m/s, expected more than 0 and at most 12, in either direction"
        )
    if said.incline is not None and not -45.0 <= said.incline <= 45.0:
        raise ConfigError(
            f"incline is {said.incline:g} deg, expected -45 to 45, positive uphill as one walks"
        )
    walk: dict[str, Any] = {
        "direction": said.direction or trial.direction,
        "speed": round(trial.speed if said.speed is None else said.speed, 3),
        "incline": round(trial.incline if said.incline is None else said.incline, 2) + 0.0,
        "axes": trial.axes,
    }
    why = {
        "direction": _evidence(trial, said.direction is not None, f"{trial.direction}: "),
        "speed": _evidence(trial, said.speed is not None, "on a treadmill: ", "over ground: "),
        "incline": _evidence(trial, said.incline is not None, "incline "),
        "axes": "Y is vertical" if trial.axes == "level" else "Y stands on the inclined surface",
    }
    remarks = []
    if said.direction not in {None, trial.direction}:
        remarks.append(
            f"direction: {said.direction} as the caller says, BUT the markers say {trial.direction}"
        )
    if said.speed is not None and not abs(said.speed - trial.speed) <= SPEED_RTOL * trial.speed:
        remarks.append(
            f"speed: {said.speed:g} m/s as the caller says, BUT the markers say {trial.speed:.2f} m/s"
        )
    if said.incline is not None and not abs(said.incline - trial.incline) <= INCLINE_ATOL:
        remarks.append(
            f"incline: {said.incline:g} deg as said, BUT plates and feet say {trial.incline:.1f} deg"
        )
    if not math.isfinite(walk["speed"]):
        del walk["speed"]
    return walk, why, remarks


def _evidence(trial: LabTrial, said: bool, *beginnings: str) -> str:
    if said:
        return "as the caller says"
    return next((line for line in trial.findings if line.startswith(beginnings)), "")
