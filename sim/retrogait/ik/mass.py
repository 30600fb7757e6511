"""Body mass from ground forces, to set beside the mass that somebody typed."""

from dataclasses import dataclass

import numpy as np

from retrogait.arrays import Bools, Floats, runs
from retrogait.errors import MotionError
from retrogait.io.loads import LoadTable

GRAVITY = 9.80665
"""[m/s2]"""
CARRIED = 0.2
"""Share of the largest force from which on the plates carry somebody."""
STILL = 0.05
"""Standard deviation of the force, as a share of its mean, below which somebody stands."""

ALIKE = 0.15
"""Autocorrelation from which on a force repeats: one step gives 0.07, recorded walks 0.23 or more."""


@dataclass(frozen=True)
class MassCheck:
    """A mass beside what the ground carried.

    Attributes
    ----------
    typed      : mass to check [kg]
    measured   : mean vertical force over gravity [kg]
    difference : of the typed from the measured one, as a share of the measured one
    start, end : window of the mean [s]
    steps      : whole periods of the force in it, 0 where somebody stands
    """

    typed: float
    measured: float
    difference: float
    start: float
    end: float
    steps: int


def check_mass(mass: float, loads: LoadTable, up: int = 1) -> MassCheck:
    """Compare a mass with the mean vertical force of a standing or walking trial.

    Over whole steps of steady walking the mean vertical force is the weight, because what falls in a step
    rises again. The longest stretch in which the plates carry somebody is taken, and of it as many whole
    periods of the force as fit.

    Parameters
    ----------
    mass  : typed [kg]
    loads : all plates, expressed in ground axes
    up    : axis of the ground that points up

    Raises
    ------
    MotionError
        The plates carry nobody for a whole step.
    """
    force = loads.force[:, [frame == "ground" for frame in loads.force_frame], up].sum(axis=1)
    first, last = _longest(force > CARRIED * float(force.max(initial=0.0)))
    span = force[first:last]
    if span.size < 2 or not span.max() > 0.0:
        raise MotionError("the plates carry nobody, so they tell no mass; is the force in N, and up?")
    steps = 0
    if span.std() > STILL * span.mean():
        period = _period(span)
        steps = span.size // period if period else 0
        if not steps:
            raise MotionError(
                f"the plates carry somebody from {loads.time[first]:.3g} to {loads.time[last - 1]:.3g} s "
                "only, less than a whole step, so they tell no mass"
            )
        first += (span.size - steps * period) // 2
        last = first + steps * period
    measured = float(force[first:last].mean()) / GRAVITY
    return MassCheck(
        mass, measured, mass / measured - 1.0, float(loads.time[first]), float(loads.time[last - 1]), steps
    )


def _longest(inside: Bools) -> tuple[int, int]:
    """First and one past the last row of the longest run."""
    found = runs(inside)
    if not len(found):
        return 0, 0
    first, last = found[int(np.argmax(found[:, 1] - found[:, 0]))]
    return int(first), int(last)


def _period(force: Floats) -> int:
    """Rows after which a force repeats, 0 where it does not within its length."""
    away = force - force.mean()
    alike = np.correlate(away, away, "full")[away.size - 1 :] / np.arange(away.size, 0, -1)
    alike = alike[: away.size * 3 // 4]  # beyond it too few rows overlap
    below = np.flatnonzero(alike < 0.0)
    if not below.size:
        return 0
    tail = alike[below[0] :]
    return int(below[0] + tail.argmax()) if tail.max() > ALIKE * alike[0] else 0
