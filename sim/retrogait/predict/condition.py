"""Which walk is asked for: checked, named, and how far it is from what was validated."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real

from retrogait.errors import ConfigError
from retrogait.quantities import RETRO_TRANSITION

DIRECTIONS = ("forward", "retro")

SLOWEST, FASTEST = 0.3, 2.2
"""Speeds that a gait is looked for at [m/s]: below, people shuffle; above, even forward walkers run."""

STEEPEST = 15.0
"""Incline that a gait is looked for at, either way [deg]."""

GRID = {"forward": (0.6, 0.8, 1.0, 1.2, 1.4, 1.6), "retro": (0.4, 0.6, 0.8, 1.0, 1.2, 1.4)}
"""Speeds of the bundled motions [m/s]."""

INCLINES = (-10.0, -5.0, 0.0, 5.0, 10.0)
"""Inclines of the bundled motions [deg]."""

FORWARD_TRANSITION = 2.0
"""Speed at which people change from walking to running [m/s]; Hreljac A (1993) Med Sci Sports Exerc
25:1158-1162, about 2.06 in twenty people, from memory."""

UPHILL_FROM = 2.5
"""Incline from which a forward walk is told to be uphill: half way to the first bundled one [deg]."""

UPHILL_KNEE = {5.0: (8, 23), 10.0: (36, 45)}
"""Knee flexion at contact of the bundled forward walks by incline, over all speeds [deg]."""

QUIET_UP_TO = 1.1
"""Speed up to which a level forward walk is told to press the kneecap too little [m/s]."""

QUIET_KNEECAP = 0.32
"""Peak patellofemoral force of the bundled level forward walk at 1.0 m/s [BW]."""

KNEECAP_OF_PEOPLE = (0.5, 1.3)
"""The same of people, band of published value E01 (`retrogait.published`) [BW]."""

RETRO_KNEE = 51
"""Knee flexion at contact of the bundled retro walk at 1.0 m/s on the level [deg]."""

RETRO_KNEE_OF_PEOPLE = 31
"""The same of people at 1.1 m/s, mean of published value A24 (`retrogait.published`) [deg]."""


@dataclass(frozen=True)
class Condition:
    """A walk: which way, how fast, how steep.

    Attributes
    ----------
    direction : "forward" or "retro"
    speed     : positive in either direction [m/s]
    incline   : positive uphill in the direction of travel [deg]

    Raises
    ------
    ConfigError
        A value is outside what a gait is looked for at.
    """

    direction: str
    speed: float
    incline: float

    def __post_init__(self) -> None:
        """Refuse what nobody walks."""
        if self.direction not in DIRECTIONS:
            raise ConfigError(f"direction is {self.direction!r}, expected 'forward' or 'retro'")
        for name, value, unit in (("speed", self.speed, "m/s"), ("incline", self.incline, "deg")):
            number: object = value
            if isinstance(number, bool) or not isinstance(number, Real) or not math.isfinite(number):
                raise ConfigError(f"{name} is {value!r}, expected a number [{unit}]")
        if not SLOWEST <= self.speed <= FASTEST:
            hint = "; retro walking is direction = 'retro'" if self.speed < 0 else ""
            raise ConfigError(
                f"speed is {self.speed:g} m/s, expected {SLOWEST:g} to {FASTEST:g} for a predicted walk{hint}"
            )
        if not abs(self.incline) <= STEEPEST:
            raise ConfigError(
                f"incline is {self.incline:g} deg, expected at most {STEEPEST:g} either way "
                "for a predicted walk"
            )

    @property
    def sign(self) -> int:
        """Of the velocity along the way the person faces."""
        return 1 if self.direction == "forward" else -1

    @property
    def name(self) -> str:
        """As files are called: ``retro_1.00_+05.0``, or ``retro_1.0_+05`` where that says it all."""
        speed = f"{self.speed:.4f}".rstrip("0").removesuffix(".")
        speed = speed if "." in speed else f"{speed}.0"
        incline = f"{self.incline:+06.2f}".rstrip("0").removesuffix(".")
        return f"{self.direction}_{speed}_{incline if self.incline else '0'}"

    def notes(self) -> Iterator[str]:
        """Remarks: how far the condition is from measured ones, and the model from people."""
        transition = RETRO_TRANSITION if self.direction == "retro" else FORWARD_TRANSITION
        if self.speed > transition:
            yield (
                f"{self.speed:g} m/s is past the transition from walking to running "
                f"({transition:g} m/s, {self.direction}): people would run"
            )
        speeds = GRID[self.direction]
        if not speeds[0] <= self.speed <= speeds[-1]:
            yield (
                f"{self.speed:g} m/s is outside the range that the predictions were checked in "
                f"({speeds[0]:g} to {speeds[-1]:g} m/s, {self.direction}): an extrapolation"
            )
        if not INCLINES[0] <= self.incline <= INCLINES[-1]:
            yield (
                f"{self.incline:g} deg is outside the range that the predictions were checked in "
                f"({INCLINES[0]:g} to {INCLINES[-1]:g} deg): an extrapolation"
            )
        if self.direction == "retro":
            yield (
                f"retro, the knee of the model meets the ground bent by {RETRO_KNEE} deg (bundled cost, "
                f"1.0 m/s, level), that of people by {RETRO_KNEE_OF_PEOPLE}: what it feels just after "
                "contact is doubtful"
            )
        elif self.incline >= UPHILL_FROM:
            knee = UPHILL_KNEE.items()
            told = ", ".join(f"{low} to {high} deg at +{slope:g}" for slope, (low, high) in knee)
            yield (
                f"uphill, how far the knee bends at contact (bundled cost: {told}) hangs on how the cost "
                "counts energy and lets the trunk lean, which was chosen in view of it: no independent "
                "prediction; the span of its peaks holds the other way to count"
            )
        elif self.incline > -UPHILL_FROM and self.speed <= QUIET_UP_TO:
            low, high = KNEECAP_OF_PEOPLE
            yield (
                "slow on the level the model's vasti are too quiet (at 1.0 m/s they press the kneecap with "
                f"{QUIET_KNEECAP} BW, those of people with {low} to {high}): beside this walk, retro may "
                "look harder on the kneecap than it is"
            )
