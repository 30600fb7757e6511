"""Force curves of the muscle models, from their papers, and the tables the kernels read.

Every curve takes normalised arguments and returns ``(value, slope)``, the force in maximum
isometric forces and its derivative with respect to the argument.

Thelen DG (2003) Adjustment of muscle mechanics model parameters to simulate dynamic contractions in
older adults. J Biomech Eng 125:70-77.

De Groote F, Kinney AL, Rao AV, Fregly BJ (2016) Evaluation of direct collocation optimal control
problem formulations for solving the muscle redundancy problem. Ann Biomed Eng 44:2922-2936; with
the constants of OpenSim's DeGrooteFregly2016Muscle, whose curves pass exactly through (1, 1),
(0, 1) and (-1, 0) and whose tendon begins at zero force.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.muscles import FIRST_VELOCITY, INTERVALS, PER_UNIT

Curve: TypeAlias = Callable[[Floats], tuple[Floats, Floats]]


def cubic_table(curve: Curve, start: float, step: float, *, hold: bool = False) -> Floats:
    """Tabulate a curve as piecewise cubic Hermite polynomials.

    Parameters
    ----------
    curve
        Returns value and slope; corners are kept if they fall on nodes.
    start, step
        Argument at which the table begins, and from node to node.
    hold
        Keep the last value beyond the end of the table; without, the curve goes on as it rose last.

    Returns
    -------
    Floats
        (interval, 4) coefficients, one row of `retrogait.kernels.muscles.Muscles.curve_table`.
    """
    node: Floats = start + step * np.arange(INTERVALS + 1, dtype=np.float64)
    value = curve(node)[0]
    # Slopes from just inside each interval: at a corner the two sides differ.
    inset = 1e-6 * step
    left = step * curve(node[:-1] + inset)[1]
    right = step * curve(node[1:] - inset)[1]
    rise = np.diff(value)
    table = np.stack((value[:-1], left, 3.0 * rise - 2.0 * left - right, left + right - 2.0 * rise), axis=1)
    table[0] = (value[0], rise[0], 0.0, 0.0)
    table[-1] = (value[-2], 0.0 if hold else rise[-1], 0.0, 0.0)
    return table


def length_table(curve: Curve, *, hold: bool = False) -> Floats:
    """Table of a curve over normalised fibre length."""
    return cubic_table(curve, 0.0, 1.0 / PER_UNIT, hold=hold)


def velocity_table(curve: Curve) -> Floats:
    """Table of a curve over normalised fibre velocity."""
    return cubic_table(curve, FIRST_VELOCITY, 1.0 / PER_UNIT)


def tendon_table(curve: Curve, strain_at_one_norm_force: float) -> Floats:
    """Table of a curve over normalised tendon length, which must be slack below 1."""
    step = strain_at_one_norm_force / PER_UNIT
    return cubic_table(curve, 1.0 - step, step)


def thelen_active(length: Floats, shape: float) -> tuple[Floats, Floats]:
    """Active force over fibre length, Thelen 2003 eq. 4; ``shape`` is KshapeActive."""
    value = np.exp(-((length - 1.0) ** 2) / shape)
    return value, -2.0 * (length - 1.0) / shape * value


def thelen_passive(length: Floats, shape: float, strain: float) -> tuple[Floats, Floats]:
    """Passive force over fibre length, Thelen 2003 eq. 3, zero up to optimal length.

    ``shape`` is KshapePassive, ``strain`` is FmaxMuscleStrain, at which the force is 1.
    """
    stretched = np.maximum(length - 1.0, 0.0)
    growth = np.exp(shape * stretched / strain)
    value = (growth - 1.0) / np.expm1(shape)
    slope = np.where(length > 1.0, shape / strain * growth / np.expm1(shape), 0.0)
    return value, slope


def thelen_velocity(
    velocity: Floats, hill_shape: float, lengthening_force: float, threshold: float
) -> tuple[Floats, Floats]:
    """Force over fibre velocity at full activation, Thelen 2003 eq. 6 and 7 solved for the force.

    Zero beyond the maximum contraction velocity; a straight line above ``threshold`` times the
    asymptote of lengthening.

    ``hill_shape`` is Af, ``lengthening_force`` Flen, ``threshold`` fv_linear_extrap_threshold.
    """
    shortening = np.clip(velocity, -1.0, 0.0)
    falling = 1.0 - shortening / hill_shape
    # k = (2 + 2/Af) / (Flen - 1); lengthening obeys v k (Flen - f) = f - 1.
    k = (2.0 + 2.0 / hill_shape) / (lengthening_force - 1.0)
    last_force = threshold * lengthening_force
    last_velocity = (last_force - 1.0) / (k * (lengthening_force - last_force))
    lengthening = np.clip(velocity, 0.0, last_velocity)
    rising = 1.0 + k * lengthening
    slope_up = k * (lengthening_force - 1.0) / rising**2
    beyond = np.maximum(velocity - last_velocity, 0.0)
    value = np.where(
        velocity <= 0.0,
        (1.0 + shortening) / falling,
        (1.0 + k * lengthening_force * lengthening) / rising + slope_up * beyond,
    )
    slope_down = np.where(velocity > -1.0, (1.0 + 1.0 / hill_shape) / falling**2, 0.0)
    return value, np.where(velocity <= 0.0, slope_down, slope_up)


def thelen_tendon(length: Floats, strain: float) -> tuple[Floats, Floats]:
    """Tendon force over tendon length, Thelen 2003 eq. 5: an exponential toe, then a straight line.

    ``strain`` is FmaxTendonStrain, at which the force is 1. The toe ends where value and slope join
    exactly (0.609 x ``strain`` in the paper is that number, rounded).
    """
    toe_force, toe_shape = 0.33, 3.0
    e = np.exp(toe_shape)
    # Slopes join: toe_force toe_shape e / ((e - 1) toe) = (1 - toe_force) / (strain - toe).
    steep = toe_force * toe_shape * e / (e - 1.0)
    toe = strain * steep / (steep + 1.0 - toe_force)
    stiffness = (1.0 - toe_force) / (strain - toe)
    stretch = np.maximum(length - 1.0, 0.0)
    growth = np.exp(toe_shape * np.minimum(stretch, toe) / toe)
    value = np.where(
        stretch > toe,
        toe_force + stiffness * (stretch - toe),
        toe_force * (growth - 1.0) / (e - 1.0),
    )
    slope_toe = np.where(length > 1.0, toe_force * toe_shape / toe * growth / (e - 1.0), 0.0)
    return value, np.where(stretch > toe, stiffness, slope_toe)


DEGROOTE_BELLS = (
    (0.8150671134243542, 1.055033428970575, 0.162384573599574, 0.063303448465465),
    (0.433004984392647, 0.716775413397760, -0.029947116970696, 0.200356847296188),
    (0.1, 1.0, 0.353553390593274, 0.0),
)
"""Height, centre, width and widening of the three bells whose sum is the active force-length curve."""


def degroote_active(length: Floats, width_scale: float = 1.0) -> tuple[Floats, Floats]:
    """Active force over fibre length, De Groote 2016 eq. S2, widened about the optimal length."""
    x = (length - 1.0) / width_scale + 1.0
    value = np.zeros_like(x)
    slope = np.zeros_like(x)
    for height, centre, width, widening in DEGROOTE_BELLS:
        # The second bell narrows to nothing at x = 0.149, where its force and slope are zero.
        spread = width + widening * x
        spread = np.where(np.abs(spread) < 1e-6, 1e-6, spread)
        bell = height * np.exp(-0.5 * ((x - centre) / spread) ** 2)
        value += bell
        slope += bell * (centre - x) * (width + centre * widening) / spread**3
    return value, slope / width_scale


def degroote_passive(length: Floats, strain: float) -> tuple[Floats, Floats]:
    """Passive force over fibre length, De Groote 2016 eq. S3 shifted to reach zero at length 0.2.

    ``strain`` is passive_fiber_strain_at_one_norm_force.
    """
    shape = 4.0
    offset = np.exp(shape * (0.2 - 1.0) / strain)
    growth = np.exp(shape * (length - 1.0) / strain)
    scale = np.exp(shape) - offset
    positive = growth > offset
    value = np.where(positive, (growth - offset) / scale, 0.0)
    return value, np.where(positive, shape / strain * growth / scale, 0.0)


DEGROOTE_VELOCITY = (-0.3211346127989808, -8.149, -0.374, 0.8825327733249912)
"""d1 to d4 of the force-velocity curve, De Groote 2016 eq. S4."""

DEGROOTE_TENDON = (0.2, 0.2)
"""c1 and c3 of the tendon's curve, De Groote 2016 eq. S1."""


def degroote_velocity(velocity: Floats) -> tuple[Floats, Floats]:
    """Force over fibre velocity, De Groote 2016 eq. S4; negative beyond the maximum velocity."""
    d1, d2, d3, d4 = DEGROOTE_VELOCITY
    t = d2 * velocity + d3
    return d1 * np.arcsinh(t) + d4, d1 * d2 / np.sqrt(t * t + 1.0)


def degroote_tendon(length: Floats, strain: float) -> tuple[Floats, Floats]:
    """Tendon force over tendon length, De Groote 2016 eq. S1, zero at and below slack length.

    ``strain`` is tendon_strain_at_one_norm_force.
    """
    c1, c3 = DEGROOTE_TENDON
    stiffness = np.log((1.0 + c3) / c1) / strain
    growth = c1 * np.exp(stiffness * np.maximum(length - 1.0, 0.0))
    return growth - c3, np.where(length > 1.0, stiffness * growth, 0.0)
