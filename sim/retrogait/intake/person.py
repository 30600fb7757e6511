"""The mass of the person, and the model scaled to them."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from retrogait.errors import ConfigError
from retrogait.io.text import shown, suggestion
from retrogait.lab.trial import LabTrial

GRAVITY = 9.80665
"""[m/s2]"""

PERSON = (2.0, 400.0)
"""Masses of people [kg]."""

MASS_RTOL = 0.03
"""Share by which a mass may differ from what the plates carry before it is remarked on [1]."""


class Mass(NamedTuple):
    """Mass of the person.

    value    : [kg]; NaN where nobody knows it
    measured : by the plates [kg]; NaN where they do not tell
    finding  : where it comes from, and what speaks against it
    """

    value: float
    measured: float
    finding: str


def require_numbers(
    mass: float | None,
    factors: Mapping[str, float],
    weights: Mapping[str, float],
    windows: Mapping[str, tuple[float | None, float | None]],
) -> None:
    """Refuse numbers that no person, factor, weight or time can be.

    Raises
    ------
    ConfigError
        One is out of its bounds, or no number.
    """
    low, high = PERSON
    if mass is not None and not low <= mass <= high:
        raise ConfigError(f"mass is {mass:g} kg, expected {low:g} to {high:g}")
    for name, factor in factors.items():
        if not 0.0 < factor < math.inf:
            raise ConfigError(f"factor of {shown(name)} is {factor:g}, expected a number above 0")
    for name, weight in weights.items():
        if not 0.0 <= weight < math.inf:
            raise ConfigError(f"weight of {shown(name)} is {weight:g}, expected a number from 0 on")
    for name, times in windows.items():
        for time in times:
            if time is not None and not math.isfinite(time):
                raise ConfigError(f"{name}: {time:g} s is no time, expected a number or nothing")


def find_mass(typed: float | None, walk: LabTrial, static: LabTrial | None) -> Mass:
    """Take the mass that is typed, compared with the plates, or else the one the plates measured."""
    measured, source = math.nan, ""
    for trial, what in ((static, "static trial"), (walk, "walking trial")):
        if trial is not None and math.isfinite(trial.body_weight) and not math.isfinite(measured):
            measured, source = trial.body_weight / GRAVITY, what
    if typed is None:
        if not math.isfinite(measured):
            return Mass(math.nan, measured, "mass: nobody gives it, and no plate tells it")
        return Mass(measured, measured, f"mass: {measured:.2f} kg, by the mean force of the {source}")
    if not math.isfinite(measured):
        return Mass(typed, measured, f"mass: {typed:g} kg as the caller says; no plate to check it with")
    off = typed / measured - 1.0
    said = f"mass: {typed:g} kg as the caller says, {off:+.1%} from the {measured:.2f} kg of the {source}"
    if abs(off) > MASS_RTOL:
        said += (
            f"; MORE THAN {MASS_RTOL:.0%}: is it typed wrong, in pounds, or are the plates not calibrated?"
        )
    return Mass(typed, measured, said)


def model_mass_finding(mass: float, measured: float) -> str:
    """Compare the mass of a model that is not scaled here."""
    if not math.isfinite(measured):
        return f"the model weighs {mass:.2f} kg, and no plate tells what the person weighs"
    off = mass / measured - 1.0
    said = f"the model weighs {mass:.2f} kg, {off:+.1%} from the {measured:.2f} kg that the plates carry"
    if abs(off) > MASS_RTOL:
        said += f"; MORE THAN {MASS_RTOL:.0%}: is it the model of this person? a static trial scales it"
    return said


def whole_names(given: Mapping[str, float], known: tuple[str, ...], what: str) -> dict[str, float]:
    """Values by the full names of bodies or coordinates; ``femur`` stands for both sides.

    Raises
    ------
    ConfigError
        No such name.
    """
    found: dict[str, float] = {}
    for name, value in given.items():
        named = [one for one in (name, f"{name}_r", f"{name}_l") if one in known]
        if not named:
            begun = [one for one in known if one.startswith(name)]
            near = f"; did you mean {shown(begun[0])}?" if begun else suggestion(name, known)
            raise ConfigError(f"the model has no {what} {shown(name)}{near}")
        found |= dict.fromkeys(named, value)
    return found
