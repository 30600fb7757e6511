"""What a reduction of residuals may change, what it did change, and how it says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from retrogait.kernels.model import Tree
from retrogait.kernels.plan import Motion


@dataclass(frozen=True)
class Bounds:
    """How far anything may be moved.

    Attributes
    ----------
    mass   : of the factor of all masses, either way [1]
    trunk  : of the trunk's centre of mass, along each axis [m]
    length : of a sliding coordinate, and of a foot while it is loaded [m]
    angle  : of a turning coordinate [rad]
    """

    mass: float = 0.15
    trunk: float = 0.03
    length: float = 0.02
    angle: float = float(np.radians(2.0))


class Limits(NamedTuple):
    """What a residual should stay below: force [N] and moment [N m]."""

    force: float
    moment: float


class Size(NamedTuple):
    """How large a residual is over a trial: force [N] and moment [N m]."""

    force_peak: float
    force_rms: float
    moment_peak: float
    moment_rms: float

    def share(self, limits: Limits) -> float:
        """The larger peak as a share of its limit [1]."""
        return max(self.force_peak / limits.force, self.moment_peak / limits.moment)


@dataclass(frozen=True, eq=False)
class Reduction:
    """What was changed, and what came of it.

    Attributes
    ----------
    tree, motion  : changed; the very same ones where nothing had to be
    limits        : of the residual
    before, after : size of the residual
    mass          : factor of all masses [1]
    trunk         : name of the body whose centre of mass was moved
    shift         : of that centre, in the body's axes [m]
    moved         : coordinate to the largest correction of it [rad or m]
    turning       : the same coordinates to whether they are angles
    feet          : largest displacement of a foot while it is loaded [m]
    """

    tree: Tree
    motion: Motion
    limits: Limits
    before: Size
    after: Size
    mass: float
    trunk: str
    shift: tuple[float, float, float]
    moved: dict[str, float]
    turning: dict[str, bool]
    feet: float

    @property
    def changed(self) -> bool:
        """Whether anything was."""
        return self.mass != 1.0 or any(self.shift) or bool(self.moved)

    @property
    def within(self) -> bool:
        """Whether the residual stays below its limits now."""
        return self.after.share(self.limits) <= 1.0

    def describe(self) -> dict[str, Any]:
        """All of it but the arrays, as a result stores it; lengths in m, angles in rad."""
        return {
            "limits": self.limits._asdict(),
            "before": self.before._asdict(),
            "after": self.after._asdict(),
            "within": self.within,
            "mass_factor": self.mass,
            "trunk": self.trunk,
            "trunk_shift": list(self.shift),
            "coordinates": dict(self.moved),
            "turning": dict(self.turning),
            "loaded_feet": self.feet,
        }


def reduction_notes(told: Mapping[str, Any]) -> list[str]:
    """Remarks for a reader of the loads.

    Parameters
    ----------
    told : `Reduction.describe`, with ``mass_before`` and ``mass_after`` [kg] and, by side, the peaks of the
           tibiofemoral force before and after ``tibiofemoral_peak`` [N]
    """
    before, after, limits = told["before"], told["after"], told["limits"]
    residual = (
        f"residual force {before['force_peak']:.0f} to {after['force_peak']:.0f} N, moment "
        f"{before['moment_peak']:.0f} to {after['moment_peak']:.0f} N m (peaks; limits "
        f"{limits['force']:.0f} N and {limits['moment']:.0f} N m)"
    )
    if told["mass_factor"] == 1.0 and not any(told["trunk_shift"]) and not told["coordinates"]:
        return [f"residual reduction left the trial alone: {residual}"]
    moved = told["coordinates"]
    slides = [size for name, size in moved.items() if not told["turning"][name]]
    turns = [size for name, size in moved.items() if told["turning"][name]]
    remarks = [
        "residual reduction CHANGED the recorded trial: "
        f"mass {told['mass_before']:.1f} to {told['mass_after']:.1f} kg, centre of mass of "
        f"{told['trunk']} by {1e3 * float(np.linalg.norm(told['trunk_shift'])):.0f} mm, coordinates by up to "
        f"{1e3 * max(slides, default=0.0):.0f} mm and {np.degrees(max(turns, default=0.0)):.1f} deg, loaded "
        f"feet by {1e3 * told['loaded_feet']:.0f} mm; {residual}"
    ]
    if not told["within"]:
        remarks.append("residual reduction did not reach the limits: look for what it cannot mend")
    knees = [
        f"{side} {first:.0f} to {then:.0f} N ({(then - first) / first:+.0%})"
        for side, (first, then) in told["tibiofemoral_peak"].items()
    ]
    if knees:
        remarks.append(f"residual reduction moves the peak tibiofemoral force: {', '.join(knees)}")
    return remarks
