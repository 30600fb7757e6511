"""Choices of one analysis, checked once, with the reasons for their defaults."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from numbers import Real
from types import MappingProxyType
from typing import Literal

import numpy as np

from retrogait.arrays import Floats
from retrogait.criteria import CRITERIA, CUSTOM, HAMSTRINGS, cost_of, lacking
from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.model import Model

LARGEST_OFFSET = 0.1
"""No contact point lies farther from the centre of a knee [m]."""

PHYSICS = ("default", "opensim")
EXPONENTS = (2, 3)
TENDONS = ("rigid", "compliant")
SHARINGS = ("auto", *CRITERIA)
COUPLERS = ("recomputed", "read")

GROUPS = MappingProxyType(
    {
        "vasti": re.compile(r"(^|_)vas", re.I),
        "quadriceps": re.compile(r"(^|_)(vas|rec(t|tus)?_?fem)", re.I),
        "gastrosoleus": re.compile(r"(^|_)(gas|sol)", re.I),
        "hamstrings": HAMSTRINGS,
        "all": re.compile(""),
    }
)
"""Names that stand for several muscles in strengths and weights, and how public models call them. The short
head of the biceps femoris is no hamstring here: it does not cross the hip."""

DEFAULT_CUTOFF = 6.0
"""Low-pass cut-off for motion and ground forces, the habit of gait analysis [Hz]."""

DEFAULT_RESERVE = 1.0
"""Moment that costs a reserve as much as full activation costs a muscle: dear, never infeasible [N m]."""


@dataclass(frozen=True)
class Settings:
    """Choices of one analysis.

    Attributes
    ----------
    physics    : "default", or "opensim" to reproduce OpenSim 4.6's own choices, deviations included
    exponent   : of activation in the cost, 2 or 3
    sharing    : criterion of `retrogait.criteria` behind activations, muscle forces and contact forces.
                 "auto" is "weighted" for what people walked, because "plain" overestimates the instrumented
                 knee by 1.5 body weights in late stance; "plain" with physics = "opensim", as OpenSim has it;
                 and "plain" for a predicted motion, which minimised a cost of its own. The force by the other
                 criterion stands beside it
    tendon     : "rigid", or "compliant" for tendons in equilibrium with their fibres
    passive    : whether passive fibre force counts; off by default, because the passive curves of public
                 models are not calibrated (2 F0 in the rectus femoris of gait2392 in swing, 12 body weights
                 at its knee) and a rigid tendon turns strain that it should take into passive force
    cutoff     : low-pass cut-off [Hz]; "auto" is 6 Hz, or none with physics = "opensim"; None filters nothing
    filter_forces : whether ground forces are filtered like the motion; left raw, they meet accelerations that
                 have lost what made them
    couplers   : "recomputed", or "read" to take coupled coordinates from the file as the numbers stand, which
                 is wrong wherever the file says degrees: only to see what OpenSim's tools make of it
    reserve    : moment per unit cost of every shared coordinate's reserve [N m or N]
    reserves   : the same for single coordinates, by name
    weights    : muscle to weight in the cost [1], a criterion of one's own; named as in ``strength``, but of
                 several that mean a muscle, the last wins. More than 1 spares a muscle, as pain inhibits one
    strength   : muscle to factor of its maximum isometric force [1]: one of `GROUPS`, a muscle's name
                 (without side it means both) or a glob pattern; of several that mean a muscle, the one
                 that means fewest wins
    unshared   : coordinates that muscles do not balance. None: with default physics all but the flexion
                 coordinate of the knee and patella, whose contacts and ligaments hold them
    minimum_activation : lower bound [1]; None is 0, or the model's own minimum control with "opensim"
    body_mass  : mass that results are divided by [kg]; None is the model's. It makes the body weight of every
                 BW and the kilograms of every N m/kg and W/kg, and nobody heavier: masses and inertias of the
                 model stay, and so does every force in N. For another mass scale the model; what a wrong one
                 does to loads is the factor body_mass of
                 `retrogait.sensitivity`
    contact_points : distance of the medial and of the lateral contact point from the knee centre [m], which
                 divide the tibiofemoral force; None is the model's own compartments, else 20 mm each
    residual_reduction : whether masses, trunk and motion are changed, within bounds, until the ground forces
                 carry the model (`retrogait.residuals`); off by default: what was recorded is analyzed
    """

    physics: Literal["default", "opensim"] = "default"
    exponent: Literal[2, 3] = 2
    sharing: Literal["auto", "plain", "weighted"] = "auto"
    tendon: Literal["rigid", "compliant"] = "rigid"
    passive: bool = False
    cutoff: float | Literal["auto"] | None = "auto"
    filter_forces: bool = True
    couplers: Literal["recomputed", "read"] = "recomputed"
    reserve: float = DEFAULT_RESERVE
    reserves: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    strength: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    unshared: Sequence[str] | None = None
    minimum_activation: float | None = None
    body_mass: float | None = None
    contact_points: tuple[float, float] | None = None
    residual_reduction: bool = False

    def __post_init__(self) -> None:
        """Refuse values outside their bounds."""
        _one_of("physics", self.physics, PHYSICS)
        _one_of("exponent", self.exponent, EXPONENTS)
        _one_of("sharing", self.sharing, SHARINGS)
        _one_of("tendon", self.tendon, TENDONS)
        _one_of("couplers", self.couplers, COUPLERS)
        if self.cutoff is not None and self.cutoff != "auto":
            _positive("cutoff", self.cutoff, "Hz")
        for key in ("reserves", "weights", "strength"):
            if not isinstance(getattr(self, key), Mapping):
                raise ConfigError(f"{key} is {getattr(self, key)!r}, expected names and numbers")
        _positive("reserve", self.reserve, "N m per unit cost")
        for name, value in self.reserves.items():
            _positive(f"reserves.{name}", value, "N m or N per unit cost")
        for name, value in self.weights.items():
            _positive(f"weights.{name}", value, "times the plain cost")
        for name, value in self.strength.items():
            _positive(f"strength.{name}", value, "times the model's strength")
        if self.body_mass is not None:
            _positive("body_mass", self.body_mass, "kg")
        if self.contact_points is not None:
            _contact_points(self.contact_points)
        for key in ("passive", "filter_forces", "residual_reduction"):
            choice: object = getattr(self, key)
            if not isinstance(choice, bool):
                raise ConfigError(f"{key} is {choice!r}, expected True or False")
        if self.residual_reduction and self.couplers == "read":
            raise ConfigError(
                "residual_reduction moves coordinates, which couplers = 'read' would tear from those that "
                "follow them; take couplers = 'recomputed'"
            )
        if isinstance(self.unshared, str):
            raise ConfigError(f"unshared is {self.unshared!r}, expected a list of names: [{self.unshared!r}]")
        low: object = self.minimum_activation
        if low is not None and (isinstance(low, bool) or not isinstance(low, Real)):
            raise ConfigError(f"minimum_activation is {low!r}, expected a number")
        if low is not None and not 0.0 <= float(low) < 1.0:
            raise ConfigError(f"minimum_activation is {low!r}, expected 0 <= value < 1")

    @property
    def parity(self) -> bool:
        """Whether OpenSim's own choices are reproduced."""
        return self.physics == "opensim"

    @property
    def filter_cutoff(self) -> float | None:
        """Cut-off in force [Hz]."""
        if self.cutoff == "auto":
            return None if self.parity else DEFAULT_CUTOFF
        return self.cutoff

    def notes(self) -> list[str]:
        """Remarks on choices that a reader of the numbers must know."""
        remarks = [
            f"the strength of {name} is {factor:g} times that of the model"
            for name, factor in self.strength.items()
            if factor != 1.0
        ]
        if self.couplers == "read":
            remarks.append(
                "coupled coordinates are read from the file as the numbers stand: loads are wrong wherever "
                "these are degrees"
            )
        if not self.passive:
            return remarks
        remarks.append(
            "passive fibre force counts: the passive curves of public models are not calibrated, so compare "
            "with passive = false before trusting a load in deep flexion"
        )
        if self.tendon == "rigid":
            remarks.append(
                "with rigid tendons the strain that a tendon should take becomes passive fibre force"
            )
        return remarks

    def criterion(self, model: Model, origin: str = "recorded") -> str:
        """Criterion in force: one of `retrogait.criteria.CRITERIA`, or `CUSTOM` with weights.

        Parameters
        ----------
        origin : of the trial
        """
        if self.weights:
            return CUSTOM
        if lacking(model):
            return "plain"
        if self.sharing == "auto":
            return "plain" if self.parity or origin == "predicted" else "weighted"
        return self.sharing

    def beside(self, model: Model, origin: str = "recorded") -> tuple[str, ...]:
        """Named criteria to solve beside the one in force; none for OpenSim, unless one is asked for."""
        if self.parity and self.sharing == "auto":
            return ()
        known = ("plain",) if lacking(model) else CRITERIA
        return tuple(name for name in known if name != self.criterion(model, origin))

    def muscle_cost(self, model: Model, origin: str = "recorded") -> Floats:
        """(muscle,) weight of every muscle in the cost; of patterns in ``weights`` later ones win [1].

        Weights start from plain sharing, or from weighted where that is asked for.
        """
        criterion = self.criterion(model, origin)
        if criterion == CUSTOM and self.sharing == "weighted" and not lacking(model):
            criterion = "weighted"
        cost = cost_of(criterion, model)
        for pattern, weight in self.weights.items():
            rows = _muscles_called(pattern, model)
            if not rows:
                raise ConfigError(
                    f"weights: no muscle of {model.file} is called {pattern!r}"
                    + suggestion(pattern, model.muscle_names)
                )
            cost[rows] = weight
        return cost

    def strengths(self, model: Model) -> Floats:
        """(muscle,) factor of every muscle's maximum isometric force [1].

        Raises
        ------
        ConfigError
            The model has no muscle of a name.
        """
        factors = np.ones(len(model.muscle_names))
        meant = {name: _muscles_called(name, model) for name in self.strength}
        for name in sorted(meant, key=lambda name: -len(meant[name])):
            if not meant[name]:
                known = dict.fromkeys([*GROUPS, *map(_without_side, model.muscle_names), *model.muscle_names])
                raise ConfigError(
                    f"strength: no muscle of {model.file} is called {name!r}"
                    + (suggestion(name, known) or f"; groups: {', '.join(GROUPS)}")
                )
            factors[meant[name]] = self.strength[name]
        return factors

    def strengthened(self, model: Model) -> Model:
        """Model with the strengths put in; the very same one where nothing changes."""
        factors = self.strengths(model)
        if (factors == 1.0).all():
            return model
        force = model.muscles.maximum_isometric_force * factors
        return replace(model, muscles=model.muscles._replace(maximum_isometric_force=force))

    def shared_coordinates(self, model: Model) -> list[int]:
        """Coordinates (rows) whose moments muscles and reserves balance, ascending."""
        left_out = self._named("unshared", self.unshared or (), model)
        if self.unshared is None and not self.parity:
            left_out = _held_by_the_knee(model)
        held = (model.tree.driver >= 0) | (model.locked != 0) | (model.prescribed >= 0)
        spanned = {int(c) for c in model.paths.arm_coordinate}
        return sorted(c for c in spanned if not held[c] and c not in left_out)

    def reserve_of(self, model: Model, shared: Sequence[int]) -> Floats:
        """(shared,) reserve moment per unit cost [N m or N]."""
        self._named("reserves", tuple(self.reserves), model)
        names = [model.coordinates[c] for c in shared]
        return np.array([float(self.reserves.get(name, self.reserve)) for name in names])

    def _named(self, key: str, names: Sequence[str], model: Model) -> set[int]:
        for name in names:
            if name not in model.coordinates:
                raise ConfigError(
                    f"{key}: {model.file} has no coordinate {name!r}" + suggestion(name, model.coordinates)
                )
        return {model.coordinates.index(name) for name in names}


def _muscles_called(name: str, model: Model) -> list[int]:
    """Muscles (rows) that a group, a name with or without side, or a pattern means."""
    group = GROUPS.get(name)
    if group is not None:
        return [row for row, muscle in enumerate(model.muscle_names) if group.search(muscle)]
    return [
        row
        for row, muscle in enumerate(model.muscle_names)
        if fnmatchcase(muscle, name) or fnmatchcase(_without_side(muscle), name)
    ]


def _without_side(muscle: str) -> str:
    return re.sub(r"^[rl]_|_[rl]$", "", muscle, flags=re.I)


def _held_by_the_knee(model: Model) -> set[int]:
    """Every coordinate of a tibiofemoral or patellofemoral joint but the flexion itself."""
    held = set()
    for knee in model.knees:
        for link in {knee.link, knee.patella} - {-1}:
            first, last = model.tree.first[link], model.tree.last[link]
            held |= {int(c) for c in model.tree.coordinate[first:last] if c not in {-1, knee.coordinate}}
    return held


def _contact_points(given: object) -> None:
    """Two distances that leave room between the points; a knee is no 0.2 m wide, so millimetres show."""
    listed = list(given) if isinstance(given, (tuple, list)) else []
    numbers = [float(x) for x in listed if type(x) in {int, float} and math.isfinite(x)]
    if len(listed) != 2 or len(numbers) != 2:
        raise ConfigError(
            f"contact_points is {given!r}, expected the medial and the lateral distance, such as (0.02, 0.02)"
        )
    if max(map(abs, numbers)) > LARGEST_OFFSET or sum(numbers) <= 0.0:
        raise ConfigError(
            f"contact_points is {given!r}, expected two distances within {LARGEST_OFFSET:g} m of the knee "
            "centre, the medial point on the medial side of the lateral one"
        )


def _one_of(key: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        raise ConfigError(f"{key} is {value!r}, expected one of: {', '.join(map(repr, allowed))}")


def _positive(key: str, value: object, unit: str) -> None:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 < float(value) < math.inf:
        raise ConfigError(f"{key} is {value!r}, expected a positive number [{unit}]")
