"""What a predicted stride costs, by published models of muscle energy, and per distance."""

from collections.abc import Mapping

import numpy as np

from retrogait.gait.energy import body_power
from retrogait.kernels.energetics import EnergyMuscles, FiberStates
from retrogait.osim.curves import degroote_active, degroote_velocity
from retrogait.predict.figure import Figure
from retrogait.predict.stride import Stride


def cost_of_transport(
    figure: Figure, stride: Stride, speed: float, strengths: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Metabolic cost of transport by each of `retrogait.gait.energy.METHODS`, standing included [J/(kg m)].

    Excitation is taken for activation. Muscles out of the sagittal plane, arms and trunk are not in the
    model, so the cost is that of the legs' flexors and extensors.

    Parameters
    ----------
    speed     : positive [m/s]
    strengths : factor of every muscle's maximum force, and so of its mass; all 1 by default
    """
    strands = figure.strands * 2
    factors = np.array([1.0 if strengths is None else strengths[s.name] for s in strands])
    muscles = EnergyMuscles(
        mass=factors * [s.mass for s in strands],
        slow_fibers=np.array([s.slow for s in strands]),
        maximum_isometric_force=factors * [s.force for s in strands],
        optimal_fiber_length=np.array([s.fiber for s in strands]),
        maximum_contraction_velocity=np.array([s.velocity for s in strands]),
    )
    activation = stride.activation[:-1]
    length, velocity = stride.fiber[:-1], stride.shortening[:-1]
    factor = degroote_active(length)[0]
    pull = activation * factor * degroote_velocity(velocity)[0] * muscles.maximum_isometric_force
    fibers = FiberStates(
        excitation=activation,
        activation=activation,
        normalized_length=length,
        velocity=velocity * muscles.maximum_contraction_velocity * muscles.optimal_fiber_length,
        active_force=pull,
        passive_force=np.zeros_like(pull),
        force_length=factor,
    )
    power = body_power(muscles, fibers, figure.mass)
    return {name: float(watts.mean()) / speed for name, watts in power.items()}
