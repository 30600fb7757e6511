"""What a protocol loads the knee with: steps, way and impulses per workout."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from retrogait.claims.table import Bout, Protocol
from retrogait.claims.walks import Part, Walks
from retrogait.published import Condition

JOINTS = ("tibiofemoral", "patellofemoral")


@dataclass(frozen=True, slots=True)
class DosePart:
    """One bout of a protocol.

    Attributes
    ----------
    label
        Bouts of one label are one workout.
    condition
        What is walked.
    minutes, steps, km
        How much; steps of either foot. NaN where there is no walk to tell.
    workout
        Impulse of the contact force of one knee by joint [BW s].
    parts
        Stored results that the numbers were read from.
    reason
        Why there are none; empty otherwise.
    """

    label: str
    condition: Condition
    minutes: float
    steps: float
    km: float
    workout: dict[str, float]
    parts: tuple[Part, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Dose:
    """A protocol with what its bouts come to.

    Attributes
    ----------
    protocol
        As the file has it.
    bouts
        One for each of its bouts.
    """

    protocol: Protocol
    bouts: tuple[DosePart, ...]

    @property
    def workouts(self) -> dict[str, dict[str, float]]:
        """Sums over the bouts of each label: ``minutes``, ``steps``, ``km`` and the impulse by joint."""
        labels = dict.fromkeys(bout.label for bout in self.bouts)
        return {
            label: _sum([bout for bout in self.bouts if bout.label == label])
            for label in labels
        }  # fmt: skip


def dose(protocol: Protocol, walks: Walks) -> Dose:
    """Read what every bout of a protocol comes to."""
    return Dose(protocol, tuple(_part(bout, walks) for bout in protocol.bout))


def _part(bout: Bout, walks: Walks) -> DosePart:
    condition = Condition(bout.direction, bout.speed, bout.incline)
    label = bout.label or f"{bout.direction} {bout.speed:g} m/s" + (
        f" {bout.incline:+g} deg" if bout.incline else ""
    )
    reading = walks.at(condition)
    nowhere = dict.fromkeys(JOINTS, math.nan)
    if reading is None:
        reason = f"{condition} is beyond the bundled walks ({walks.range_of(bout.direction)}); "
        reason += "`retrogait predict` solves it"
        minutes = math.nan if bout.minutes is None else bout.minutes
        steps = math.nan if bout.steps is None else bout.steps
        return DosePart(label, condition, minutes, steps, math.nan, nowhere, (), reason)
    measures = reading.measures
    cadence = measures["cadence"]
    minutes = bout.minutes if bout.minutes is not None else (bout.steps or math.nan) / cadence
    return DosePart(
        label,
        condition,
        minutes,
        minutes * cadence,
        minutes * bout.speed * 60.0 / 1000.0,
        {joint: minutes * measures[f"{joint}_impulse_per_minute"] for joint in JOINTS},
        reading.parts,
        "",
    )


def _sum(bouts: Sequence[DosePart]) -> dict[str, float]:
    out = {name: sum(getattr(bout, name) for bout in bouts) for name in ("minutes", "steps", "km")}
    return out | {joint: sum(bout.workout[joint] for bout in bouts) for joint in JOINTS}
