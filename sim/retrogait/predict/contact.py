"""Sole against ground: a smooth Hunt-Crossley sphere on a half-space, in symbols.

Serrancoli G et al. (2019) IEEE Trans Neural Syst Rehabil Eng 27:1655-1663, the law that OpenSim calls
SmoothSphereHalfSpaceForce, with its smoothing constants; friction is mu tanh(v/vt).
"""

from typing import NamedTuple

import casadi as ca

from retrogait.predict.motion import Symbol

RESIDUE = 1e-5
"""Square of an indentation that keeps the power 3/2 differentiable at zero [m2]."""

ONSET, RELEASE = 300.0, 50.0
"""Steepness of the switches that end the force with the indentation [1/m] and when it would pull [s/m]."""


class Law(NamedTuple):
    """Stiffness [N/m2], dissipation [s/m], friction coefficient, velocity of full friction [m/s]."""

    stiffness: Symbol
    dissipation: Symbol
    friction: Symbol
    transition_velocity: Symbol


def contact_force(center: Symbol, velocity: Symbol, radius: float, share: float, law: Law) -> Symbol:
    """Force of the ground (y = 0) on a sphere, forward and upward [N].

    Parameters
    ----------
    center   : of the sphere [m]
    velocity : of its lowest point [m/s]
    share    : of the stiffness that this sphere gets
    """
    indentation = radius - center[1]
    closing = -velocity[1]
    k = 0.5 * (law.stiffness * share) ** (2.0 / 3.0)
    hertz = (4.0 / 3.0) * k * ca.sqrt(radius * k) * (indentation**2 + RESIDUE) ** 0.75
    pressed = hertz * _switch(ONSET * indentation)
    rate = 1.5 * law.dissipation * closing
    holds = _switch(RELEASE * (closing + 2.0 / (3.0 * law.dissipation)))
    normal = pressed * (1.0 + rate) * holds
    return ca.vertcat(-normal * law.friction * ca.tanh(velocity[0] / law.transition_velocity), normal)


def _switch(x: Symbol) -> Symbol:
    """0 far below zero, 1 far above."""
    return 0.5 + 0.5 * ca.tanh(x)
