"""What a body spends, by published models of muscle energy: one account for recorded and predicted walks.

Mass and share of slow fibres stand in no OpenSim file. Mass follows from strength and fibre length by one
specific tension, `SPECIFIC_TENSION`; the shares are those of `SLOW_FIBERS`. Both are those of
``models/planar.toml``, so that a predicted stride and its analysis differ in what muscles do, not in how that
is paid. They do: static optimisation does what the motion needs at the least squared activation, with
rigid tendons; the predictor's muscles also work against each other and never rest below one per cent. On the
bundled walks the analysis finds a cost some tenth below the predictor's after Bhargava, and some fifth below
it after Umberger, who makes more of small activations: compare costs of one kind only.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.gait.signals import array_of
from retrogait.kernels.energetics import (
    BHARGAVA2004,
    STANDING_POWER,
    UMBERGER2010,
    EnergyMuscles,
    Expenditure,
    FiberStates,
    metabolic_power,
    muscle_mass,
)
from retrogait.kernels.muscles import INTERVALS, PER_UNIT
from retrogait.model import Model

METHODS: Mapping[str, Expenditure] = MappingProxyType(
    {"bhargava2004": BHARGAVA2004, "umberger2010": UMBERGER2010}
)
"""Published models of muscle energy, by name."""

SPECIFIC_TENSION = 0.60e6
"""By which the strengths of the Rajagopal models were made from measured volumes (Rajagopal 2016) [Pa]."""

SLOW_FIBERS: Mapping[str, float] = MappingProxyType(
    {
        "recfem": 0.35, "rectfem": 0.35, "vaslat": 0.45, "vas": 0.50,
        "hamstrings": 0.65, "semimem": 0.65, "semiten": 0.65, "bf": 0.65, "bifem": 0.65,
        "glmax": 0.55, "glutmax": 0.55, "soleus": 0.80, "tibant": 0.75,
    }
)  # fmt: skip
"""How a muscle's name begins, without underscores, to its share of slow fibres, after Umberger 2003; the
first that fits counts [1]."""

OTHER_SLOW_FIBERS = 0.50
"""Share of every other muscle [1]."""

ASSUMED = (
    "metabolic power: muscle mass is 1059.7 kg/m3 x strength / 0.60 MPa x optimal fibre length (Umberger "
    "2003, Rajagopal 2016), here {mass:.1f} kg in {muscles} muscles; shares of slow fibres after Umberger "
    "2003, else one half; activation stands for excitation, 1.2 W/kg for what is no muscle"
)
"""What a reader of a metabolic power must know."""


def energy_muscles(model: Model) -> EnergyMuscles:
    """What the energy of every muscle of a model depends on beside its state.

    Parameters
    ----------
    model
        With the strengths that the analysis had: mass follows from strength.
    """
    muscles = model.muscles
    return EnergyMuscles(
        mass=muscle_mass(muscles.maximum_isometric_force, muscles.optimal_fiber_length, SPECIFIC_TENSION),
        slow_fibers=np.array(_shares(model.muscle_names)),
        maximum_isometric_force=muscles.maximum_isometric_force,
        optimal_fiber_length=muscles.optimal_fiber_length,
        maximum_contraction_velocity=muscles.maximum_contraction_velocity,
    )


def slow_fibers(name: str) -> float:
    """Share of slow fibres of a muscle by its name in public models [1]."""
    plain = name.replace("_", "").lower()
    return next((share for stem, share in SLOW_FIBERS.items() if plain.startswith(stem)), OTHER_SLOW_FIBERS)


@lru_cache(maxsize=16)
def _shares(names: tuple[str, ...]) -> tuple[float, ...]:
    """Kept because a study asks a thousand times for one model's."""
    return tuple(slow_fibers(name) for name in names)


@lru_cache(maxsize=16)
def has_both_legs(names: tuple[str, ...]) -> bool:
    """Whether every muscle of a leg is in the other leg too, and there are some."""
    right, left = ({name[:-2] for name in names if name.endswith(end)} for end in ("_r", "_l"))
    return bool(right) and right == left


def fiber_states(result: xr.Dataset, model: Model) -> FiberStates:
    """What every fibre of a result does, frame by frame.

    Active force is the tendon's along the fibre, less the passive force where the analysis had one.

    Parameters
    ----------
    result
        Of `retrogait.analyze`.
    model
        As `energy_muscles`.
    """
    muscles = model.muscles
    activation, length, pull = (
        array_of(result, name) for name in ("activation", "fiber_length", "muscle_force")
    )
    normalized = length / muscles.optimal_fiber_length
    cosine = np.sqrt(np.maximum(1.0 - (muscles.fiber_height / length) ** 2, 0.0))
    along = np.divide(pull, cosine, out=np.zeros_like(pull), where=~(cosine <= 0.0))
    strength = muscles.maximum_isometric_force
    passive = np.zeros_like(pull)
    if result.attrs["passive"]:
        passive = np.minimum(strength * _curve(model, muscles.passive_curve, normalized), along)
    return FiberStates(
        excitation=activation,
        activation=activation,
        normalized_length=normalized,
        velocity=np.gradient(length, array_of(result, "time"), axis=0, edge_order=2),
        active_force=along - passive,
        passive_force=passive,
        force_length=_curve(model, muscles.active_curve, normalized),
    )


def body_power(muscles: EnergyMuscles, fibers: FiberStates, body_mass: float) -> dict[str, Floats]:
    """Metabolic power per mass of a body by each of `METHODS`, the power of standing still included.

    Parameters
    ----------
    muscles, fibers
        All of the body's.
    body_mass
        [kg].

    Returns
    -------
    dict
        Name to (frame,) [W/kg]; NaN in a frame in which a muscle has no answer.
    """
    return {
        name: metabolic_power(muscles, fibers, method).total.sum(axis=1) / body_mass + STANDING_POWER
        for name, method in METHODS.items()
    }


def _curve(model: Model, rows: Ints, length: Floats) -> Floats:
    """(frame, muscle) value of each muscle's curve at normalised lengths [max. isometric force]."""
    place = np.where(np.isnan(length), 0.0, length) * PER_UNIT
    interval = np.clip(place.astype(np.int64), 0, INTERVALS - 1)
    c = model.muscles.curve_table[rows, interval]
    s = length * PER_UNIT - interval
    return np.asarray(c[..., 0] + s * (c[..., 1] + s * (c[..., 2] + s * c[..., 3])))
