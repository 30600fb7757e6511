"""Hill-type muscles with a compliant tendon: one fibre length that balances fibre and tendon.

With x the fibre length along the tendon, l = sqrt(x^2 + h^2) and cos(alpha) = x / l, the balance is
(Zajac 1989; Millard et al. 2013, without their fibre damping, which vanishes at rest)

    (a f_l(l) f_v(v) + f_p(l)) cos(alpha) = f_t((L - x) / tendon slack length),

where v = (l - l_before) / time step: backward Euler, so that a sequence of frames gives the fibre
velocity. An infinite time step leaves v = 0, the static equilibrium.
"""

import math
from enum import IntEnum

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints
from retrogait.kernels.muscles import FIRST_VELOCITY, PER_UNIT, Muscles, cubic, cubic_slope, locate


class Balance(IntEnum):
    """How a search for equilibrium ended.

    ``FOUND``  fibre and tendon carry the same force.
    ``SLACK``  the fibre is at its minimum length: too short to tighten the tendon or held from
               shortening further. The force is the tendon's.
    ``FAILED`` an input was not a number, the time step not positive, or the iterations ran out:
               the answer is NaN.
    """

    FOUND = 0
    SLACK = 1
    FAILED = 2


# A tendon shorter than this share of the fibre stretches by less than 0.1 % of the fibre: rigid.
SHORTEST_TENDON = 0.01
# Keeps the pennation of a fibre of no height defined; far below any physiological length.
SHORTEST_FIBER = 1e-3
# Newton's last step [optimal fibre lengths]: it squares from step to step, so no error is left.
STEP_TOLERANCE = 1e-11
# Bisection alone needs about 40 to reach the tolerance; Newton takes 4 to 10.
MAXIMUM_ITERATIONS = 100


@kernel
def equilibrate(
    muscles: Muscles,
    muscle: int,
    activation: float,
    length: float,
    previous_fiber_length: float,
    time_step: float,
    passive: bool,
) -> tuple[float, float, float, int, int]:
    """Tendon force of one muscle whose fibre and tendon are in equilibrium.

    Parameters
    ----------
    muscles, muscle
        All muscles, and the row of this one.
    activation
        0 to 1.
    length
        Musculotendon length [m].
    previous_fiber_length
        Fibre length one time step earlier [m], also where the search begins. NaN where none is
        known: then the time step must be infinite, and the search begins at 1 % of tendon strain.
        On the descending limb of the force-length curve a static equilibrium need not be unique;
        the search ends at a stable one.
    time_step
        Time since the previous fibre length [s]; infinite for the static equilibrium.
    passive
        Whether the fibre has its passive force.

    Returns
    -------
    force : float
        Tendon force [N].
    slope : float
        Derivative of the force with respect to activation, all else the same [N].
    fiber_length : float
        [m]
    iterations : int
        Evaluations of the balance.
    status : int
        A `Balance`.
    """
    table = muscles.curve_table
    active_curve = muscles.active_curve[muscle]
    velocity_curve = muscles.velocity_curve[muscle]
    passive_curve = muscles.passive_curve[muscle]
    tendon_curve = muscles.tendon_curve[muscle]
    F0 = muscles.maximum_isometric_force[muscle]
    l_opt = muscles.optimal_fiber_length[muscle]
    l_slack = muscles.tendon_slack_length[muscle]
    strain = muscles.tendon_strain[muscle]
    h = muscles.fiber_height[muscle]
    l_least = muscles.minimum_fiber_length[muscle]

    finite = math.isfinite(activation + length) and time_step > 0.0
    if not finite or (math.isnan(previous_fiber_length) and time_step < math.inf):
        return math.nan, math.nan, math.nan, 0, Balance.FAILED.value

    # Thelen 2003 eq. 6: a less active muscle is slower; the other models have a resting share of 1.
    rest = muscles.resting_velocity[muscle]
    pace = rest + (1.0 - rest) * activation
    v_per_length = 0.0
    if time_step < math.inf:
        v_per_length = 1.0 / (time_step * pace * muscles.maximum_contraction_velocity[muscle] * l_opt)

    x_least = max(math.sqrt(max(0.0, l_least * l_least - h * h)), SHORTEST_FIBER * l_opt)
    x_most = length - l_slack
    if x_most <= x_least:
        return 0.0, 0.0, math.sqrt(x_least * x_least + h * h), 0, Balance.SLACK.value

    tolerance = STEP_TOLERANCE * l_opt
    rigid = muscles.ignore_tendon_compliance[muscle] != 0 or l_slack < SHORTEST_TENDON * l_opt
    lower = x_least
    upper = x_most
    guess = length - 1.01 * l_slack
    if previous_fiber_length > h:
        guess = math.sqrt(previous_fiber_length * previous_fiber_length - h * h)
    guess = min(max(guess, lower), upper)
    # The first look is at the slack end of the bracket: it answers at once for a rigid tendon and
    # for a fibre without force, to which Newton would crawl along the tendon's toe.
    x = x_most
    iterations = 0
    while iterations < MAXIMUM_ITERATIONS:
        iterations += 1
        l = math.sqrt(x * x + h * h)
        cosine = x / l
        l_norm = l / l_opt
        v_norm = 0.0
        if v_per_length != 0.0:
            v_norm = (l - previous_fiber_length) * v_per_length
        here, place = locate(l_norm * PER_UNIT)
        f_l = cubic(table, active_curve, here, place)
        f_l_slope = cubic_slope(table, active_curve, here, place)
        f_p = 0.0
        f_p_slope = 0.0
        if passive:
            f_p = cubic(table, passive_curve, here, place)
            f_p_slope = cubic_slope(table, passive_curve, here, place)
        here, place = locate((v_norm - FIRST_VELOCITY) * PER_UNIT)
        f_v = cubic(table, velocity_curve, here, place)
        f_v_slope = cubic_slope(table, velocity_curve, here, place)
        if f_v <= 0.0:
            f_v = 0.0
            f_v_slope = 0.0
        fiber = activation * f_l * f_v + f_p
        by_activation = f_l * cosine * (f_v - activation * f_v_slope * v_norm * (1.0 - rest) / pace)
        if rigid:
            return F0 * fiber * cosine, F0 * by_activation, l, iterations, Balance.FOUND.value
        if iterations == 1:
            if fiber <= 0.0:
                # The fibre takes up the slack as fast as it can. The slope is the limit of
                # vanishing force, in which any tendon is infinitely stiffer than its fibre.
                if v_per_length != 0.0:
                    l = max(l, previous_fiber_length - 1.0 / v_per_length)
                return 0.0, F0 * by_activation, l, iterations, Balance.FOUND.value
            x = guess
            continue
        stretch = (length - x) / l_slack
        # A tendon table begins one interval below slack length.
        here, place = locate(1.0 + (stretch - 1.0) / strain * PER_UNIT)
        f_t = cubic(table, tendon_curve, here, place)
        f_t_slope = cubic_slope(table, tendon_curve, here, place) / strain
        residual = fiber * cosine - f_t
        # dl/dx = cos(alpha) and d cos(alpha)/dx = h^2 / l^3.
        fiber_stiffness = (
            (activation * f_l_slope * f_v + f_p_slope) / l_opt + activation * f_l * f_v_slope * v_per_length
        ) * cosine * cosine + fiber * h * h / (l * l * l)
        tendon_stiffness = f_t_slope / l_slack
        stiffness = fiber_stiffness + tendon_stiffness
        if residual > 0.0:
            upper = x
        else:
            lower = x
        step = -residual / stiffness if stiffness > 0.0 else math.inf
        narrow = upper - lower <= tolerance
        if residual == 0.0 or abs(step) <= tolerance or narrow:
            if narrow and lower == x_least:
                return F0 * f_t, 0.0, l, iterations, Balance.SLACK.value
            slope = F0 * tendon_stiffness * by_activation / stiffness
            return F0 * f_t, slope, l, iterations, Balance.FOUND.value
        x = x + step
        if not lower < x < upper:
            x = 0.5 * (lower + upper)
    return math.nan, math.nan, math.nan, iterations, Balance.FAILED.value


@kernel
def compliant_tendon(
    muscles: Muscles,
    activation: Floats,
    length: Floats,
    previous_fiber_length: Floats,
    time_step: float,
    passive: bool,
    force: Floats,
    slope: Floats,
    fiber_length: Floats,
    status: Ints,
) -> None:
    """`equilibrate` for every muscle of one frame.

    Parameters
    ----------
    muscles, time_step, passive
        As for `equilibrate`.
    activation, length, previous_fiber_length
        (muscle,) [1], [m], [m].
    force, slope
        (muscle,) overwritten: tendon force and its derivative with respect to activation [N].
    fiber_length
        (muscle,) overwritten [m]. It may be the same array as ``previous_fiber_length``.
    status
        (muscle,) overwritten: a `Balance`.
    """
    for muscle in range(length.shape[0]):
        force[muscle], slope[muscle], fiber_length[muscle], _, status[muscle] = equilibrate(
            muscles,
            muscle,
            activation[muscle],
            length[muscle],
            previous_fiber_length[muscle],
            time_step,
            passive,
        )
