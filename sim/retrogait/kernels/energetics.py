"""Metabolic power of muscles: heat and work of every fibre, in W, by two published families of models.

A muscle that is excited spends energy as heat, and as the work its active fibre does:

    power = activation heat + maintenance heat + shortening heat + resting heat + work.

* Bhargava, Pandy, Anderson 2004 (J Biomech 37:81-88): heat of recruited slow and fast fibres, and a
  shortening heat in proportion to fibre force.
* Umberger, Gerritsen, Martin 2003 (CMBBE 6:99-111), Umberger 2010 (J R Soc Interface 7:1329-1340) and Uchida,
  Hicks, Dembia, Delp 2016 (PLoS ONE 11:e0150378): heat per kg of muscle after activation and velocity.

Velocities are OpenSim's: lengthening is positive. Both families state heat per kg of muscle, but work
follows from force: the mass has to belong to the force, see `muscle_mass`.
"""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from retrogait._jit import kernel
from retrogait.arrays import Floats
from retrogait.errors import ModelError, MotionError

STANDING_POWER = 1.2
"""Power of a standing body beside its muscles, after Umberger 2003; OpenSim adds it [W per kg of body]."""


class HeatModel(IntEnum):
    """Which family of heat equations."""

    BHARGAVA = 0
    UMBERGER = 1


class Expenditure(NamedTuple):
    """Heat equations, and how a muscle's account is closed.

    The defaults close the account as OpenSim 4.6 does.

    heat : a `HeatModel`
    minimum_heat : least heat of a living muscle (Umberger 2003) [W/kg]; -inf for none
    negative_work : whether work done on a fibre that is pulled longer counts as energy received. If not,
        Umberger's lengthening heat falls from 4.0 to 0.3 times the coefficient of slow fibres (2010).
    negative_power : whether a muscle may receive more than it spends. Cross-bridges cannot turn work back
        into fuel (Constable 1997, J Physiol 505:205-215), so otherwise the surplus becomes heat.
    force_dependent_shortening : Bhargava only: the paper's shortening heat. Otherwise Anderson's (1999
        thesis), a quarter of fibre force x velocity and none in lengthening: OpenSim's default.
    orderly_recruitment : Umberger only: slow fibres are recruited first, as in Bhargava (Uchida 2016);
        otherwise in proportion to their share.
    aerobic_factor : Umberger only: 1.5 for minutes and more, 1.0 for seconds [1]
    """

    heat: int
    minimum_heat: float = 1.0
    negative_work: bool = True
    negative_power: bool = False
    force_dependent_shortening: bool = True
    orderly_recruitment: bool = True
    aerobic_factor: float = 1.5


BHARGAVA2004 = Expenditure(HeatModel.BHARGAVA)
"""The paper's heats, its activation heat without decay in time; floor and sign as OpenSim."""

BHARGAVA2004_OPENSIM = Expenditure(HeatModel.BHARGAVA, force_dependent_shortening=False)
"""OpenSim's default, which is what most published simulations used."""

UMBERGER2003 = Expenditure(HeatModel.UMBERGER, negative_power=True, orderly_recruitment=False)
"""As published in 2003."""

UMBERGER2010 = UMBERGER2003._replace(negative_work=False)
"""As published in 2010: lengthening neither earns energy nor makes much heat."""

UCHIDA2016 = Expenditure(HeatModel.UMBERGER)
"""OpenSim's default of Umberger2010MuscleMetabolicsProbe."""


class EnergyMuscles(NamedTuple):
    """What the energy of a muscle depends on beside its state.

    mass                         : (muscle,) [kg]
    slow_fibers                  : (muscle,) share of slow fibres [1]
    maximum_isometric_force      : (muscle,) [N]
    optimal_fiber_length         : (muscle,) [m]
    maximum_contraction_velocity : (muscle,) at full activation [optimal fibre lengths/s]
    """

    mass: Floats
    slow_fibers: Floats
    maximum_isometric_force: Floats
    optimal_fiber_length: Floats
    maximum_contraction_velocity: Floats


class FiberStates(NamedTuple):
    """What every fibre does, frame by frame.

    excitation        : (frame, muscle) [1]; where it is not known, the activation stands for it
    activation        : (frame, muscle) [1]
    normalized_length : (frame, muscle) [optimal fibre lengths]
    velocity          : (frame, muscle) positive when the fibre lengthens [m/s]
    active_force      : (frame, muscle) along the fibre [N]
    passive_force     : (frame, muscle) along the fibre [N]
    force_length      : (frame, muscle) active force-length multiplier [1]
    """

    excitation: Floats
    activation: Floats
    normalized_length: Floats
    velocity: Floats
    active_force: Floats
    passive_force: Floats
    force_length: Floats


class MetabolicPower(NamedTuple):
    """Where the energy of every muscle goes; the first five always add up to the last.

    activation_heat  : (frame, muscle) calcium pumping [W]
    maintenance_heat : (frame, muscle) cross-bridges that hold [W]
    shortening_heat  : (frame, muscle) what moving adds to that, or takes [W]
    resting_heat     : (frame, muscle) what the other heats lack of the minimum [W]
    work             : (frame, muscle) mechanical power of the active fibre, positive in shortening [W]
    total            : (frame, muscle) [W]
    """

    activation_heat: Floats
    maintenance_heat: Floats
    shortening_heat: Floats
    resting_heat: Floats
    work: Floats
    total: Floats


@kernel
def recruit(u: float, slow_fibers: float) -> tuple[float, float]:
    """Slow and fast share of the muscle that excitation ``u`` recruits, slow fibres first (Bhargava)."""
    half = 0.25 * math.pi * u
    return (
        slow_fibers * math.sin(2.0 * half),
        (1.0 - slow_fibers) * 2.0 * math.sin(half) ** 2,  # 1 - cos, without its cancellation
    )


@kernel
def bhargava_heat(
    u: float,
    a: float,
    l: float,
    v: float,
    F: float,
    F_iso: float,
    slow_fibers: float,
    mass: float,
    force_dependent: bool,
) -> tuple[float, float, float]:
    """Activation, maintenance and shortening heat of one muscle [W].

    Excitation, activation, normalised length, velocity [m/s], total fibre force and the isometric force at
    full activation [N].
    """
    slow, fast = recruit(u, slow_fibers)
    activation = mass * (40.0 * slow + 133.0 * fast)
    # Cross-bridges that can hold, over length: half below 0.5, all at 1, none from 1.5 on.
    overlap = 3.0 - 2.0 * l
    if l <= 0.5:
        overlap = 0.5
    elif l <= 1.0:
        overlap = l
    elif l >= 1.5:
        overlap = 0.0
    maintenance = mass * overlap * (74.0 * slow + 111.0 * fast)
    if force_dependent:
        alpha = 0.16 * a * F_iso + 0.18 * F if v <= 0.0 else 0.157 * F
    else:
        alpha = 0.25 * F if v <= 0.0 else 0.0
    return activation, maintenance, -alpha * v


@kernel
def umberger_heat(
    u: float,
    a: float,
    l: float,
    v: float,
    F_iso: float,
    slow_fibers: float,
    v_max: float,
    orderly: bool,
    lengthening: float,
    S: float,
) -> tuple[float, float, float]:
    """Activation, maintenance and shortening heat of one muscle [W/kg].

    Excitation, activation, normalised length, velocity and its maximum [optimal lengths/s], force-length
    multiplier. The papers give activation and maintenance as one heat; 0.4 of it, the share that does not
    fall with overlap beyond the optimal length, is named activation here.
    """
    A = u if u > a else 0.5 * (u + a)
    slow = slow_fibers
    if orderly:
        slow, fast = recruit(u, slow_fibers)
        slow = slow / (slow + fast) if slow + fast > 0.0 else 1.0
    overlap = F_iso if l > 1.0 else 1.0
    h_AM = (25.0 + 128.0 * (1.0 - slow)) * A**0.6 * S
    alpha_slow = 100.0 / (v_max / 2.5)
    alpha_fast = 153.0 / v_max
    if v <= 0.0:
        # Slow fibres are at their own maximum velocity by then: their heat grows no further.
        limited = min(alpha_slow * -v, 100.0)
        h_SL = (limited * slow + alpha_fast * -v * (1.0 - slow)) * A * A * S
    else:
        h_SL = lengthening * alpha_slow * v * A * S
    return 0.4 * h_AM, 0.6 * h_AM * overlap, h_SL * overlap


@kernel
def spend(muscles: EnergyMuscles, fibers: FiberStates, method: Expenditure, power: MetabolicPower) -> None:
    """Metabolic power of every muscle in every frame.

    An activation or excitation below zero counts as zero, because optimisers overstep a bound by their
    tolerance, and so does an active force below zero: a fibre does not push. NaN in any input of a muscle
    makes all of that muscle's power NaN.

    Parameters
    ----------
    muscles, fibers
        Muscles and what they do.
    method
        Which heats, and how the account is closed.
    power
        Overwritten.
    """
    for frame in range(fibers.activation.shape[0]):
        for muscle in range(fibers.activation.shape[1]):
            u = fibers.excitation[frame, muscle]
            a = fibers.activation[frame, muscle]
            l = fibers.normalized_length[frame, muscle]
            v = fibers.velocity[frame, muscle]
            active = fibers.active_force[frame, muscle]
            passive = fibers.passive_force[frame, muscle]
            f_l = fibers.force_length[frame, muscle]
            # Comparisons would let a NaN take the branch of a number.
            unknown = math.isnan(u + a + l + v + active + passive + f_l)
            u = max(u, 0.0)
            a = max(a, 0.0)
            active = max(active, 0.0)
            mass = muscles.mass[muscle]
            slow_fibers = muscles.slow_fibers[muscle]
            if method.heat == HeatModel.BHARGAVA:
                activation, maintenance, shortening = bhargava_heat(
                    u,
                    a,
                    l,
                    v,
                    active + passive,
                    f_l * muscles.maximum_isometric_force[muscle],
                    slow_fibers,
                    mass,
                    method.force_dependent_shortening,
                )
            else:
                activation, maintenance, shortening = umberger_heat(
                    u,
                    a,
                    l,
                    v / muscles.optimal_fiber_length[muscle],
                    f_l,
                    slow_fibers,
                    muscles.maximum_contraction_velocity[muscle],
                    method.orderly_recruitment,
                    4.0 if method.negative_work else 0.3,
                    method.aerobic_factor,
                )
                activation *= mass
                maintenance *= mass
                shortening *= mass
            work = -active * v
            if work < 0.0 and not method.negative_work:
                work = 0.0
            heat = activation + maintenance + shortening
            if not method.negative_power and heat + work < 0.0:
                shortening -= heat + work
                heat = -work
            resting = max(method.minimum_heat * mass - heat, 0.0)
            nothing = math.nan if unknown else 0.0
            power.activation_heat[frame, muscle] = activation + nothing
            power.maintenance_heat[frame, muscle] = maintenance + nothing
            power.shortening_heat[frame, muscle] = shortening + nothing
            power.resting_heat[frame, muscle] = resting + nothing
            power.work[frame, muscle] = work + nothing
            power.total[frame, muscle] = heat + resting + work + nothing


def muscle_mass(
    maximum_isometric_force: Floats,
    optimal_fiber_length: Floats,
    specific_tension: float,
    density: float = 1059.7,
) -> Floats:
    """Mass of the fibres that give a force: density x force / tension x fibre length [kg].

    The tension [Pa] is the one by which the forces were made from measured volumes. OpenSim's default,
    0.25 MPa, gives a muscle of the Rajagopal models, made with 0.60 MPa, 2.4 times its mass and heat.
    The density [kg/m3] is of mammalian muscle (Umberger 2003).
    """
    return density * maximum_isometric_force / specific_tension * optimal_fiber_length


def metabolic_power(
    muscles: EnergyMuscles, fibers: FiberStates, method: Expenditure = UCHIDA2016
) -> MetabolicPower:
    """Metabolic power of muscles over a trial: `spend`, with its input checked and its output made.

    Parameters
    ----------
    muscles
        One row per muscle.
    fibers
        Arrays or numbers that broadcast to (frame, muscle).
    method
        One of this module's constants, or an `Expenditure` of your own.

    Returns
    -------
    MetabolicPower
        (frame, muscle) arrays [W]; NaN where an input is.

    Raises
    ------
    ModelError
        If a muscle has no mass, length, velocity or force, or a share of slow fibres outside 0 to 1.
    MotionError
        If the arrays do not broadcast to (frame, muscle).
    """
    _check(muscles)
    columns = muscles.mass.size
    shapes = {name: np.shape(values) for name, values in fibers._asdict().items()}
    try:
        shape = np.broadcast_shapes((1, columns), *shapes.values())
    except ValueError:
        shape = ()
    if len(shape) != 2 or shape[1] != columns:
        raise MotionError(f"metabolic_power: shapes {shapes}, expected what broadcasts to (frame, {columns})")
    # Copies: the kernel is compiled for contiguous arrays of doubles, once.
    states = FiberStates(
        *(np.array(np.broadcast_to(values, shape), np.float64, order="C") for values in fibers)
    )
    power = MetabolicPower(*(np.empty(shape) for _ in MetabolicPower._fields))
    spend(muscles, states, method, power)
    return power


def _check(muscles: EnergyMuscles) -> None:
    """Refuse constants that no muscle has."""
    for name, values in muscles._asdict().items():
        if name == "slow_fibers":
            bad = np.flatnonzero(~((values >= 0.0) & (values <= 1.0)))
            expected = "a share from 0 to 1"
        else:
            bad = np.flatnonzero(~((values > 0.0) & np.isfinite(values)))
            expected = "a positive number"
        if bad.size:
            raise ModelError(f"muscle {bad[0]}: {name} is {values[bad[0]]:g}, expected {expected}")
