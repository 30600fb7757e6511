"""A trial as a laboratory recorded it, in the units and axes of this package."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.gait.events import Events
from retrogait.gait.names import SIDES
from retrogait.lab.markerset import MarkerSet, match_markers
from retrogait.lab.stances import Stance, rows_within
from retrogait.lab.write import write_files


class FootForce(NamedTuple):
    """What the ground does to one foot, all plates under it together.

    force, torque : (row, 3) zero where the foot is in the air [N], [N m]
    point         : (row, 3) centre of pressure; NaN where the foot is in the air [m]
    """

    force: Floats
    point: Floats
    torque: Floats


@dataclass(frozen=True, eq=False)
class LabTrial:
    """Markers and ground forces of one trial in OpenSim axes: X forward, Y up, Z right.

    Attributes
    ----------
    name, path  : of the trial, and the file it came from
    markers     : name of every marker
    time        : (frame,) [s]
    position    : (frame, marker, 3) [m]; NaN where a marker is hidden
    rate        : of the frames [Hz]
    plates      : number of each plate, from 1, as in the file
    force_time  : (row,) of the forces [s]
    force       : (row, plate, 3) of the plate on the person, zero where nobody stands on it [N]
    point       : (row, plate, 3) centre of pressure on the surface; NaN where nobody stands on it [m]
    torque      : (row, plate, 3) free moment about the surface's normal [N m]
    stances     : which foot stands on which plate, when
    body_weight : mean upward force over whole strides, or of a static trial; NaN where none is complete [N]
    direction   : "forward" or "retro"; empty for a static trial
    treadmill   : whether the ground moves
    speed       : over the ground, positive; NaN for a static trial [m/s]
    incline     : positive uphill in the direction of travel [deg]
    axes        : "level" where Y is vertical, "surface" where it stands on an inclined surface
    events      : by side, contacts and toe-offs [s]
    turn        : (3, 3) rotation from the laboratory's axes to OpenSim's
    findings    : what was found and how, one sentence each
    digests     : file name to SHA-256 of everything that was read
    """

    name: str
    path: Path
    markers: tuple[str, ...]
    time: Floats
    position: Floats
    rate: float
    plates: tuple[int, ...]
    force_time: Floats
    force: Floats
    point: Floats
    torque: Floats
    stances: tuple[Stance, ...]
    body_weight: float
    direction: str
    treadmill: bool
    speed: float
    incline: float
    axes: str
    events: Mapping[str, Events]
    turn: Floats
    findings: tuple[str, ...]
    digests: Mapping[str, str]

    def on_foot(self, side: str) -> FootForce:
        """Ground force on one foot.

        Parameters
        ----------
        side
            "right" or "left".

        Raises
        ------
        ConfigError
            There is no such side.
        """
        if side not in SIDES:
            raise ConfigError(f"side is {side!r}, expected 'right' or 'left'")
        mine = np.zeros(self.force.shape[:2], dtype=bool)
        for stance in self.stances:
            if stance.side == side:
                rows = rows_within(self.force_time, stance.start, stance.end)
                mine[rows, self.plates.index(stance.plate)] = True
        mine &= ~np.isnan(self.point[..., 0])
        return _joined(self.force, self.point, self.torque, mine)

    def with_markers(self, markers: MarkerSet | str | Path) -> "LabTrial":
        """The same trial with a model's names of its markers; markers the model does not have are left out.

        Parameters
        ----------
        markers
            A marker set, or what `retrogait.lab.markerset.read_marker_set` reads.

        Raises
        ------
        MotionError
            Too few markers of the set are there.
        """
        match = match_markers(self.path, markers, self.markers)
        column = [self.markers.index(label) for label in match.labels.values()]
        return replace(
            self,
            markers=tuple(match.labels),
            position=np.ascontiguousarray(self.position[:, column]),
            findings=self.findings + match.findings,
        )

    def write(self, folder: str | Path, *, bodies: tuple[str, str] = ("calcn_r", "calcn_l")) -> list[Path]:
        """Write the trial as files that OpenSim and this package read.

        Parameters
        ----------
        folder
            Made if it is not there.
        bodies
            Right and left body of the model that the ground pushes on.

        Returns
        -------
        list of Path
            ``NAME.trc``, and ``NAME_grf.mot`` and ``NAME_grf.xml`` where there are forces on feet.

        Raises
        ------
        FileError
            A file cannot be written.
        """
        feet = [self.on_foot(side) for side in SIDES] if self.stances else []
        return write_files(
            Path(folder), self.name, (self.markers, self.time, self.position, self.rate), self.force_time,
            [(foot.force, foot.point, foot.torque) for foot in feet], bodies,
        )  # fmt: skip


def _joined(force: Floats, point: Floats, torque: Floats, mine: Floats) -> FootForce:
    """One wrench of those (row, plate) that are a foot's, at the point where it has no level moment."""
    here = mine[..., None]
    total = np.where(here, force, 0.0).sum(axis=1)
    twist = np.where(here, torque, 0.0).sum(axis=1)
    alone = mine.sum(axis=1) == 1
    place = np.where(alone[:, None], np.where(here, point, 0.0).sum(axis=1), np.nan)
    for row in np.flatnonzero(mine.sum(axis=1) > 1):  # two plates under one foot, for some rows
        push, where = force[row, mine[row]], point[row, mine[row]]
        center = push[:, 1] @ where / push[:, 1].sum()
        moment = twist[row] + np.cross(where - center, push).sum(axis=0)
        offset = np.cross([0.0, 1.0, 0.0], moment) / total[row, 1]
        place[row] = center + offset
        twist[row] = moment - np.cross(offset, total[row])
    return FootForce(total, place, twist)
