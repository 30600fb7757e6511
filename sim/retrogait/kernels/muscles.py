"""Hill-type muscles with a rigid tendon: force at full activation, per frame, arrays in and out.

A fibre of length l pulls at the pennation angle alpha on its tendon. Its height h = l sin(alpha)
stays constant (Zajac 1989), so with x = l cos(alpha), the fibre length along the tendon,

    l = sqrt(x^2 + h^2),   cos(alpha) = x / l,   dl/dt = cos(alpha) dx/dt.

With a rigid tendon x = musculotendon length - tendon slack length.
"""

import math
from enum import IntEnum
from typing import NamedTuple

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints

PER_UNIT = 256
"""Table intervals per unit of normalised length, of normalised velocity, and of tendon strain over
the strain at one norm force. The corners of the published curves, at lengths 0 and 1 and velocities
-1 and 0, then stand on nodes."""

INTERVALS = 3 * PER_UNIT
"""Intervals of every table: fibre lengths 0 to 3, fibre velocities -1.5 to 1.5, tendons from one
interval below slack length."""

FIRST_VELOCITY = -1.5
"""Normalised fibre velocity at which a force-velocity table begins."""


class MuscleModel(IntEnum):
    """The published model a muscle came from; only the OpenSim parity kernel reads it."""

    THELEN2003 = 0
    MILLARD2012 = 1
    DEGROOTE_FREGLY2016 = 2
    RIGID_TENDON = 3


class Muscles(NamedTuple):
    """Hill-type muscles of any model: one row each, force curves in shared tables.

    A table holds one curve on `INTERVALS` equal intervals, each a cubic c0 + c1 s + c2 s^2 + c3 s^3
    of the position s in [0, 1] within the interval. The first and the last interval are straight
    lines, along which the curve goes on beyond its table.

    maximum_isometric_force      : (muscle,) force of the fully active fibre at optimal length [N]
    optimal_fiber_length         : (muscle,) [m]
    tendon_slack_length          : (muscle,) [m]
    fiber_height                 : (muscle,) optimal length x sin(pennation at optimal length) [m]
    minimum_fiber_length         : (muscle,) at or below it the tendon is slack, the force zero [m]
    maximum_contraction_velocity : (muscle,) at full activation [optimal fibre lengths/s]
    resting_velocity             : (muscle,) share of that velocity left as activation goes to 0 [1]
    minimum_control              : (muscle,) [1]
    maximum_control              : (muscle,) [1]
    tendon_strain                : (muscle,) tendon strain at one norm force [1]
    ignore_tendon_compliance     : (muscle,) 1 where the tendon is rigid by definition, else 0
    model                        : (muscle,) a `MuscleModel`
    active_curve                 : (muscle,) table of the active force over normalised fibre length
    velocity_curve               : (muscle,) table of the force over normalised fibre velocity
    passive_curve                : (muscle,) table of the passive force over normalised fibre length
    tendon_curve                 : (muscle,) table of the force over normalised tendon length
    curve_table                  : (curve, interval, 4) c0 c1 c2 c3 [max. isometric force]
    """

    maximum_isometric_force: Floats
    optimal_fiber_length: Floats
    tendon_slack_length: Floats
    fiber_height: Floats
    minimum_fiber_length: Floats
    maximum_contraction_velocity: Floats
    resting_velocity: Floats
    minimum_control: Floats
    maximum_control: Floats
    tendon_strain: Floats
    ignore_tendon_compliance: Ints
    model: Ints
    active_curve: Ints
    velocity_curve: Ints
    passive_curve: Ints
    tendon_curve: Ints
    curve_table: Floats


@kernel
def locate(position: float) -> tuple[int, float]:
    """Interval of a table, and the place in it, of a position counted in intervals from its start.

    Beyond the table it is the first or the last interval; NaN is in the first, at place NaN.
    """
    inside = position if position > 0.0 else 0.0
    interval = int(inside if inside < INTERVALS - 1 else INTERVALS - 1)
    return interval, position - interval


@kernel
def cubic(table: Floats, curve: int, interval: int, s: float) -> float:
    """Value of a tabulated curve at place ``s`` of an interval [max. isometric force]."""
    value: float = table[curve, interval, 0] + s * (
        table[curve, interval, 1] + s * (table[curve, interval, 2] + s * table[curve, interval, 3])
    )
    return value


@kernel
def cubic_slope(table: Floats, curve: int, interval: int, s: float) -> float:
    """Return the derivative of `cubic` by normalised length or velocity."""
    slope: float = PER_UNIT * (
        table[curve, interval, 1]
        + s * (2.0 * table[curve, interval, 2] + s * 3.0 * table[curve, interval, 3])
    )
    return slope


@kernel
def rigid_tendon(
    muscles: Muscles,
    length: Floats,
    velocity: Floats,
    active: Floats,
    passive: Floats,
    fiber_length: Floats,
) -> None:
    """Force each muscle can give in this frame if its tendon does not stretch.

    Tendon force is activation x active + passive. A fibre at or below its minimum length leaves the
    tendon slack: both forces are zero. A fibre never pushes: force-velocity stops at zero.

    Parameters
    ----------
    muscles
        Muscles; the force-velocity relation is the one at full activation.
    length, velocity
        (muscle,) musculotendon length [m] and lengthening speed [m/s].
    active
        (muscle,) overwritten: tendon force of the active fibre at full activation [N].
    passive
        (muscle,) overwritten: elastic passive fibre force along the tendon [N].
    fiber_length
        (muscle,) overwritten [m].
    """
    maximum_isometric_force = muscles.maximum_isometric_force
    optimal_fiber_length = muscles.optimal_fiber_length
    tendon_slack_length = muscles.tendon_slack_length
    fiber_height = muscles.fiber_height
    minimum_fiber_length = muscles.minimum_fiber_length
    maximum_contraction_velocity = muscles.maximum_contraction_velocity
    active_curve = muscles.active_curve
    velocity_curve = muscles.velocity_curve
    passive_curve = muscles.passive_curve
    table = muscles.curve_table
    for muscle in range(length.shape[0]):
        x = length[muscle] - tendon_slack_length[muscle]
        h = fiber_height[muscle]
        l = math.sqrt(x * x + h * h)
        if x <= 0.0 or l <= minimum_fiber_length[muscle]:
            active[muscle] = 0.0
            passive[muscle] = 0.0
            fiber_length[muscle] = minimum_fiber_length[muscle]
            continue
        cosine = x / l
        l_opt = optimal_fiber_length[muscle]
        v_norm = velocity[muscle] * cosine / (l_opt * maximum_contraction_velocity[muscle])
        interval, s = locate(l / l_opt * PER_UNIT)
        f_l = cubic(table, active_curve[muscle], interval, s)
        f_p = cubic(table, passive_curve[muscle], interval, s)
        interval, s = locate((v_norm - FIRST_VELOCITY) * PER_UNIT)
        f_v = cubic(table, velocity_curve[muscle], interval, s)
        f_v = max(f_v, 0.0)
        along = maximum_isometric_force[muscle] * cosine
        active[muscle] = along * f_l * f_v
        passive[muscle] = along * f_p
        fiber_length[muscle] = l


@kernel
def rigid_tendon_opensim(
    muscles: Muscles,
    length: Floats,
    velocity: Floats,
    active: Floats,
    passive: Floats,
    fiber_length: Floats,
) -> None:
    """As `rigid_tendon`, with the active force OpenSim 4.6 gives to its static optimisation.

    That is ``Muscle::calcInextensibleTendonActiveFiberForce(state, 1)``. It departs from the
    equations above, differently for every model:

    * Millard2012EquilibriumMuscle takes the pennation of the force from the *normalised* fibre
      length, sin(alpha) = h / (l / optimal length), a length divided by a number.
    * DeGrooteFregly2016Muscle returns the force along the fibre, not along the tendon; it is
      negative beyond the maximum contraction velocity, and does not vanish in a slack tendon.
    * RigidTendonMuscle takes the musculotendon speed as fibre speed, without cos(alpha).
    * Thelen2003Muscle follows the equations.

    Parameters are those of `rigid_tendon`; ``passive`` and ``fiber_length`` come out as there.
    """
    rigid_tendon(muscles, length, velocity, active, passive, fiber_length)
    for muscle in range(length.shape[0]):
        model = muscles.model[muscle]
        if model == MuscleModel.THELEN2003:
            continue
        x = length[muscle] - muscles.tendon_slack_length[muscle]
        h = muscles.fiber_height[muscle]
        l = math.sqrt(x * x + h * h)
        if model != MuscleModel.DEGROOTE_FREGLY2016 and (
            x <= 0.0 or l <= muscles.minimum_fiber_length[muscle]
        ):
            continue
        cosine = x / l
        l_norm = l / muscles.optimal_fiber_length[muscle]
        fiber_velocity = velocity[muscle]
        projection = cosine
        if model != MuscleModel.RIGID_TENDON:
            fiber_velocity *= cosine
        if model == MuscleModel.MILLARD2012:
            projection = math.sqrt(max(0.0, 1.0 - (h / l_norm) ** 2))
        elif model == MuscleModel.DEGROOTE_FREGLY2016:
            projection = 1.0
        v_norm = fiber_velocity / (
            muscles.optimal_fiber_length[muscle] * muscles.maximum_contraction_velocity[muscle]
        )
        table = muscles.curve_table
        interval, s = locate(l_norm * PER_UNIT)
        f_l = cubic(table, muscles.active_curve[muscle], interval, s)
        interval, s = locate((v_norm - FIRST_VELOCITY) * PER_UNIT)
        f_v = cubic(table, muscles.velocity_curve[muscle], interval, s)
        active[muscle] = muscles.maximum_isometric_force[muscle] * f_l * f_v * projection
