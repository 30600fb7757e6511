"""One recorded trial, as its files give it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path

from retrogait.errors import ConfigError, MotionError
from retrogait.gait.names import SIDES
from retrogait.io.loads import LoadTable, read_external_loads
from retrogait.io.storage import Table, read_table
from retrogait.notebook import card, folded

DIRECTIONS = ("forward", "retro")
AXES = ("level", "surface")
SPLINES = ("quintic", "cubic")
ORIGINS = ("recorded", "synthetic", "predicted")
STEEPEST = 45.0
"""Incline beyond which nobody walks [deg]."""


@dataclass(frozen=True, eq=False)
class Trial:
    """A recorded motion with its ground forces.

    Attributes
    ----------
    name       : of the trial
    motion     : coordinates over time, in the file's own units and order
    loads      : external forces over time, None for a swing-only or airborne trial
    start, end : window to analyse [s]; within both files
    direction  : "forward" or "retro"
    speed      : walking speed, positive; NaN where nobody said [m/s]
    incline    : of the ground, positive uphill in the direction of travel [rad]
    axes       : "level" where the vertical axis of the recording is vertical, "surface" where it stands on
                 the inclined surface, so that gravity is tilted
    origin     : "recorded", "synthetic" or "predicted"
    hold       : coordinates to hold at the model's default value, whatever the file says
    spline     : what the motion is differentiated by, "quintic" unless it was computed as "cubic" splines
    cycle      : leg of which the window is one whole cycle, "right" or "left"; None to find the cycles
    reversed   : whether the motion is played backwards, see `retrogait.reversed_trial`
    """

    name: str
    motion: Table
    loads: LoadTable | None
    start: float
    end: float
    direction: str
    speed: float
    incline: float
    axes: str
    origin: str
    hold: tuple[str, ...] = ()
    spline: str = "quintic"
    cycle: str | None = None
    reversed: bool = False

    @property
    def digests(self) -> dict[str, str]:
        """File name to SHA-256 of everything that was read."""
        loads = self.loads.digests if self.loads else {}
        path = self.motion.path
        same = loads.get(path.name, self.motion.digest) == self.motion.digest
        return {path.name if same else f"{path.parent.name}/{path.name}": self.motion.digest} | loads

    def __repr__(self) -> str:
        """One line, not the arrays."""
        walk = _walk(self)
        return f"<Trial {self.name}: {self.origin}, {walk}, {self.start:.4g} to {self.end:.4g} s>"

    def _repr_html_(self) -> str:
        """Look of the trial in a notebook."""
        table = self.motion
        inside = (table.time >= self.start) & (table.time <= self.end)
        values = table.values[inside]
        # A file says "in degrees" once, of whatever is an angle: so a range is shown as the file has it.
        rows = [
            (label, f"{column.min():.4g}", f"{column.max():.4g}")
            for label, column in zip(table.labels, values.T, strict=True)
            if column.size
        ]
        unit = {True: "angles in degrees", False: "angles in radians", None: "the file names no unit"}
        return card(
            f"Trial {self.name}",
            _facts(self, int(inside.sum())),
            tables=[
                folded(
                    f"{len(table.labels)} columns of {table.path.name} ({unit[table.in_degrees]})",
                    ("column", "lowest", "highest"),
                    rows,
                    numbers=2,
                )
            ],
        )


def _facts(trial: Trial, frames: int) -> list[tuple[str, str]]:
    time = trial.motion.time
    rate = (time.size - 1) / float(time[-1] - time[0]) if time.size > 1 else math.nan
    return [
        ("origin", trial.origin + (": nobody walked this" if trial.origin == "predicted" else "")),
        ("walk", _walk(trial)),
        (
            "window",
            f"{trial.start:.4g} to {trial.end:.4g} s ({trial.end - trial.start:.3g} s), "
            f"{frames} frames at {rate:.4g} Hz",
        ),
        ("ground forces", _ground(trial)),
        ("axes", "vertical is vertical" if trial.axes == "level" else "stand on the surface"),
        *([("held at default", ", ".join(trial.hold))] if trial.hold else []),
    ]


def _walk(trial: Trial) -> str:
    speed = "speed unknown" if math.isnan(trial.speed) else f"{trial.speed:g} m/s"
    played = ", played backwards" if trial.reversed else ""
    return f"{trial.direction}{played}, {speed}, {math.degrees(trial.incline):g} deg"


def _ground(trial: Trial) -> str:
    """Where plates push, and the size of their mean force: over whole strides, the weight, in any axes."""
    loads = trial.loads
    if loads is None:
        return "none"
    inside = (loads.time >= trial.start) & (loads.time <= trial.end)
    told = f"{len(loads.name)} on {', '.join(dict.fromkeys(loads.body))}"
    if not inside.any() or set(loads.force_frame) != {"ground"}:
        return told
    weight = math.hypot(*loads.force[inside].sum(axis=1).mean(axis=0))
    return f"{told}\nmean force {weight:.0f} N: the body weight, if strides are whole"


def load_trial(
    coordinates: str | Path,
    external_loads: str | Path | None = None,
    *,
    start: float | None = None,
    end: float | None = None,
    direction: str = "forward",
    speed: float | None = None,
    incline: float = 0.0,
    axes: str = "level",
    name: str | None = None,
    data_file: str | Path | None = None,
    origin: str = "recorded",
    hold: Sequence[str] = (),
    spline: str = "quintic",
    cycle: str | None = None,
) -> Trial:
    """Read one trial from an inverse-kinematics file and an external-loads file.

    Parameters
    ----------
    coordinates    : ``.mot`` or ``.sto`` of the model's coordinates
    external_loads : OpenSim external-loads ``.xml``; None for a trial without ground forces
    start, end     : window to analyse [s]; by default all that both files cover
    direction      : "forward" or "retro"
    speed          : walking speed, positive in either direction [m/s]
    incline        : of the ground, positive uphill in the direction of travel [deg]
    axes           : "level" where the recording's Y axis is vertical, "surface" where it stands on the
                     inclined surface
    name           : of the trial; by default the stem of ``coordinates``
    data_file      : table of the loads, overriding what the ``.xml`` names
    origin         : "recorded", "synthetic" or "predicted"; written wherever results are shown
    hold           : coordinates to hold at the model's default value, for motions that do not record them
    spline         : "quintic", or "cubic" for a motion computed as cubic splines, as predicted ones are
    cycle          : "right" or "left" where the window, as given, is one whole cycle of that leg, from one
                     initial contact to the next, and the record is too short to show the second one

    Raises
    ------
    FileError
        A file cannot be read as what it claims to be.
    ConfigError
        An argument is outside its bounds.
    MotionError
        The window reaches outside the data.
    """
    _require_numbers(
        ("speed", speed, "m/s"), ("incline", incline, "deg"), ("start", start, "s"), ("end", end, "s")
    )
    _check(direction, speed, incline, axes, origin)
    if spline not in SPLINES:
        raise ConfigError(f"spline is {spline!r}, expected one of: {', '.join(map(repr, SPLINES))}")
    if cycle is not None and cycle not in SIDES:
        raise ConfigError(f"cycle is {cycle!r}, expected one of: {', '.join(map(repr, SIDES))}")
    if cycle is not None and external_loads is None:
        raise ConfigError(f"cycle is {cycle!r}, but there are no external loads to confirm its contacts")
    if cycle is not None and origin != "recorded":
        raise ConfigError(
            f"cycle is {cycle!r}, but the trial is {origin}; leave it out: the cycles of a stride that "
            "repeats itself are found"
        )
    if isinstance(hold, str):
        raise ConfigError(f"hold is {hold!r}, expected a list of names: [{hold!r}]")
    motion = read_table(Path(coordinates))
    loads = None
    if external_loads is not None:
        loads = read_external_loads(Path(external_loads), Path(data_file) if data_file is not None else None)
    first, last = float(motion.time[0]), float(motion.time[-1])
    if loads is not None:
        first, last = max(first, float(loads.time[0])), min(last, float(loads.time[-1]))
    begin = first if start is None else float(start)
    finish = last if end is None else float(end)
    label = name or Path(coordinates).stem
    if not begin < finish:
        raise MotionError(
            f"{label}: the window {begin:g} to {finish:g} s is empty; the motion covers "
            f"{motion.time[0]:g} to {motion.time[-1]:g} s"
            + (f" and the loads {loads.time[0]:g} to {loads.time[-1]:g} s" if loads is not None else "")
        )
    return Trial(
        label, motion, loads, begin, finish, direction,
        math.nan if speed is None else float(speed), math.radians(incline), axes, origin, tuple(hold),
        spline, cycle,
    )  # fmt: skip


def _require_numbers(*given: tuple[str, object, str]) -> None:
    for name, value, unit in given:
        if value is not None and (isinstance(value, bool) or not isinstance(value, Real)):
            raise ConfigError(f"{name} is {value!r}, expected a number [{unit}]")


def _check(direction: str, speed: float | None, incline: float, axes: str, origin: str) -> None:
    if direction not in DIRECTIONS:
        raise ConfigError(f"direction is {direction!r}, expected 'forward' or 'retro'")
    if origin not in ORIGINS:
        raise ConfigError(f"origin is {origin!r}, expected one of: {', '.join(map(repr, ORIGINS))}")
    if axes not in AXES:
        raise ConfigError(f"axes is {axes!r}, expected 'level' or 'surface'")
    if speed is not None and not 0.0 < speed < math.inf:
        raise ConfigError(
            f"speed is {speed:g} m/s, expected a positive number; retro walking is direction = 'retro'"
        )
    if not abs(incline) <= STEEPEST:
        raise ConfigError(f"incline is {incline:g} deg, expected at most {STEEPEST:g} either way")
