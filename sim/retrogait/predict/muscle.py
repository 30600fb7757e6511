"""Muscles of one leg in symbols: length, force, the moments they make and the power they spend.

Hill muscles of De Groote 2016 (Ann Biomed Eng 44:2922-2936), without passive fibre force: joints carry
passive moments instead (`retrogait.predict.blocks.passive_moment`). Power after Bhargava 2004 (J Biomech
37:81-88), smoothed.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import casadi as ca

from retrogait.osim.curves import DEGROOTE_BELLS, DEGROOTE_TENDON, DEGROOTE_VELOCITY
from retrogait.predict.figure import ROOT, Figure, Strand
from retrogait.predict.motion import Symbol, place

FIBER_DAMPING = 0.01
"""Force of a resting fibre at its maximum velocity: keeps the equilibrium of a slack muscle regular [1]."""

SHORTENS = 50.0
"""Steepness of the switch between shortening and lengthening heat [1/normalised velocity]."""

LEAST_POWER = 1.0
"""Rounding of the bend where the power of a lengthening muscle is held at zero [1/W]."""


class Contraction(NamedTuple):
    """State of one muscle-tendon unit.

    Attributes
    ----------
    force       : along the tendon [N]
    equilibrium : fibre less tendon force, in maximum isometric forces; None with a rigid tendon
    length      : of the fibres, in optimal lengths
    velocity    : of the fibres, in maximum velocities, lengthening positive
    power       : metabolic [W]
    """

    force: Symbol
    equilibrium: Symbol | None
    length: Symbol
    velocity: Symbol
    power: Symbol


def path_length(figure: Figure, strand: Strand, angles: Symbol) -> Symbol:
    """Muscle-tendon length over the coordinates of the right leg [m]."""
    root, leg = len(ROOT), figure.leg
    q = ca.vertcat(ca.SX.zeros(root), angles, ca.SX.zeros(leg))
    still = ca.SX.zeros(q.numel())
    poses = place(figure, q, still, still)
    points = []
    for link, (x, y) in strand.path:
        c, s = ca.cos(poses[link].angle), ca.sin(poses[link].angle)
        points.append(poses[link].origin + ca.vertcat(c * x - s * y, s * x + c * y))
    gaps = [b - a for a, b in pairwise(points)]
    # Two points on one link keep their distance whatever the joints do.
    return sum(
        math.dist(a, b) if one == other else ca.norm_2(gap)
        for gap, (one, a), (other, b) in zip(gaps, strand.path[:-1], strand.path[1:], strict=True)
    )


def active_length(length: Symbol) -> Symbol:
    """Active force over normalised fibre length, De Groote 2016 eq. S2."""
    return sum(
        height * ca.exp(-0.5 * ((length - centre) / (width + widening * length)) ** 2)
        for height, centre, width, widening in DEGROOTE_BELLS
    )


def force_velocity(velocity: Symbol) -> Symbol:
    """Force over normalised fibre velocity, De Groote 2016 eq. S4."""
    d1, d2, d3, d4 = DEGROOTE_VELOCITY
    return d1 * ca.asinh(d2 * velocity + d3) + d4


def contract(
    strand: Strand,
    strength: Symbol,
    length: Symbol,
    velocity: Symbol,
    activation: Symbol,
    tendon: tuple[Symbol, Symbol] | None,
) -> Contraction:
    """One muscle-tendon unit at one instant.

    Parameters
    ----------
    strength         : multiplies the maximum isometric force
    length, velocity : of the muscle-tendon path [m], [m/s]
    tendon           : tendon force in maximum isometric forces and its rate [1/s]; None for a rigid tendon
    """
    width = strand.fiber * math.sin(strand.pennation)
    tendon_length, tendon_velocity = strand.tendon, 0.0
    if tendon is not None:
        c1, c3 = DEGROOTE_TENDON
        stiffness = math.log((1.0 + c3) / c1) / strand.strain
        force, rate = tendon
        tendon_length = strand.tendon * (1.0 + ca.log((force + c3) / c1) / stiffness)
        tendon_velocity = strand.tendon * rate / (stiffness * (force + c3))
    along = length - tendon_length
    fiber = ca.sqrt(width**2 + along**2)
    cosine = along / fiber
    speed = (velocity - tendon_velocity) * cosine
    l, v = fiber / strand.fiber, speed / (strand.velocity * strand.fiber)
    fl = active_length(l)
    active = activation * fl * force_velocity(v)
    pull = (active + FIBER_DAMPING * v) * cosine
    peak = strand.force * strength
    power = bhargava(strand, strength, activation, fl, active * peak, speed, v)
    if tendon is None:
        return Contraction(pull * peak, None, l, v, power)
    return Contraction(tendon[0] * peak, pull - tendon[0], l, v, power)


def bhargava(
    strand: Strand,
    strength: Symbol,
    activation: Symbol,
    length_factor: Symbol,
    force: Symbol,
    speed: Symbol,
    velocity: Symbol,
) -> Symbol:
    """Metabolic power of one muscle, Bhargava 2004, never below zero [W].

    Activation stands for excitation. Heat rates in W/kg, of slow and fast fibres: 40 and 133 for activation,
    74 and 111 for maintenance.
    """
    mass = strand.mass * strength
    slow = strand.slow * ca.sin(0.5 * math.pi * activation)
    fast = (1.0 - strand.slow) * (1.0 - ca.cos(0.5 * math.pi * activation))
    started = mass * (40.0 * slow + 133.0 * fast)
    maintained = mass * (74.0 * slow + 111.0 * fast) * length_factor
    shortens = 0.5 - 0.5 * ca.tanh(SHORTENS * velocity)
    isometric = strand.force * strength * activation * length_factor
    shortened = -speed * ((0.16 * isometric + 0.18 * force) * shortens + 0.157 * force * (1.0 - shortens))
    total = started + maintained + shortened - force * speed
    return 0.5 * (total + ca.sqrt(total**2 + LEAST_POWER**-2))
