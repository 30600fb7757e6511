"""How a straight piece of a muscle path bends through a torus.

The path runs through the hole and bends over the tube where it comes closest to the circle along
which the tube runs. As in WrapTorus.cpp of OpenSim 4.6 (Apache-2.0), a cylinder tangent to that
circle stands for the tube there.
"""

import math

from retrogait._jit import kernel
from retrogait.kernels.wraps import NO_WRAP, WRAPPED, Bend, side_of, wrap_cylinder

ENDLESS = 1e4
"""Length of the cylinder that stands for the tube [m]."""
SCAN = 24
"""Stretches of the piece that are searched for the points closest to the circle, which are few."""
HALVINGS = 50

OPENSIM_STEP = 1e-5
OPENSIM_BOUND = 0.2
OPENSIM_TOLERANCE = 1e-4
OPENSIM_CALLS = 500


@kernel
def approach(x: float, y: float, z: float, dx: float, dy: float, dz: float, radius: float, t: float) -> float:
    """Half the derivative along ``t`` of the squared distance to a circle about z [m^2]."""
    x, y, z = x + t * dx, y + t * dy, z + t * dz
    reach = math.sqrt(x * x + y * y)
    pull = radius * (x * dx + y * dy) / reach if reach > 0.0 else 0.0
    return x * dx + y * dy + z * dz - pull


@kernel
def distance(x: float, y: float, z: float, radius: float) -> float:
    """Distance of a point from the circle [m]."""
    reach = math.sqrt(x * x + y * y) - radius
    return math.sqrt(reach * reach + z * z)


@kernel
def closest_to_circle(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    radius: float,
    axis: int,
    sign: int,
) -> tuple[bool, float, float]:
    """Find the point of the piece closest to the circle: whether any is allowed, its x, y [m]."""
    dx, dy, dz = x2 - x1, y2 - y1, z2 - z1
    found = False
    nearest = math.inf
    cx = cy = 0.0
    slope = -1.0  # as if the distance fell before end 1, so that the ends count as well
    low = 0.0
    for stretch in range(SCAN + 2):
        high = min(stretch / SCAN, 1.0)
        after = approach(x1, y1, z1, dx, dy, dz, radius, high) if stretch <= SCAN else 1.0
        if slope < 0.0 <= after:
            near, beyond = low, high
            for _ in range(HALVINGS):
                middle = 0.5 * (near + beyond)
                if approach(x1, y1, z1, dx, dy, dz, radius, middle) < 0.0:
                    near = middle
                else:
                    beyond = middle
            x, y, z = x1 + near * dx, y1 + near * dy, z1 + near * dz
            away = distance(x, y, z, radius)
            coordinate = x if axis == 0 else y if axis == 1 else z
            if away < nearest and (sign == 0 or side_of(coordinate) == sign):
                found = True
                nearest = away
                cx, cy = x, y
        slope = after
        low = high
    return found, cx, cy


@kernel
def opensim_root(x: float, y: float, z: float, dx: float, dy: float, dz: float, radius: float) -> float:
    """Where OpenSim's search for the closest point of a line ends; ``d`` is a unit vector [m].

    MINPACK's lmdif (More 1978) in one unknown, from zero, with OpenSim's bound and tolerances. The
    residual has a factor of two too much before the radius: the circle it approaches is twice as
    wide.
    """
    radius *= 2.0
    t = 0.0
    f = 2.0 * approach(x, y, z, dx, dy, dz, radius, t)
    scale = damping = 0.0
    bound = OPENSIM_BOUND
    first = True
    calls = 1
    while calls < OPENSIM_CALLS:
        g = (2.0 * approach(x, y, z, dx, dy, dz, radius, t + OPENSIM_STEP) - f) / OPENSIM_STEP
        if f == 0.0 or g == 0.0:
            break
        scale = max(scale, abs(g))
        ratio = 0.0
        while ratio < 1e-4 and calls < OPENSIM_CALLS:
            full = scale * abs(f / g)
            size = full
            if full > 1.1 * bound:
                least = (g / scale) ** 2 * (full / bound - 1.0)
                damping = max(damping, least)
                size = scale * abs(g * f) / (g * g + damping * scale * scale)
                if abs(size - bound) > 0.1 * bound:
                    damping = least
                    size = bound
            else:
                damping = 0.0
            step = -math.copysign(size / scale, f * g)
            if first:
                bound = min(bound, size)
            trial = 2.0 * approach(x, y, z, dx, dy, dz, radius, t + step)
            calls += 1
            gain = 1.0 - (trial / f) ** 2 if 0.1 * abs(trial) < abs(f) else -1.0
            linear = (g * step / f) ** 2
            damped = damping * (size / f) ** 2
            hoped = linear + 2.0 * damped
            ratio = gain / hoped
            if ratio <= 0.25:
                cut = 0.5
                if gain < 0.0:
                    cut = 0.5 * (linear + damped) / (linear + damped - 0.5 * gain)
                if 0.1 * abs(trial) >= abs(f) or cut < 0.1:
                    cut = 0.1
                bound = cut * min(bound, 10.0 * size)
                damping /= cut
            elif damping == 0.0 or ratio >= 0.75:
                bound = 2.0 * size
                damping *= 0.5
            if ratio >= 1e-4:
                t += step
                f = trial
                first = False
            settled = abs(gain) <= OPENSIM_TOLERANCE and hoped <= OPENSIM_TOLERANCE
            if (settled and ratio <= 2.0) or bound <= OPENSIM_TOLERANCE * scale * abs(t):
                return t
    return t


@kernel
def opensim_closest(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    radius: float,
    axis: int,
    sign: int,
) -> tuple[bool, float, float]:
    """`closest_to_circle` as OpenSim answers it: two searches, one from either end."""
    dx, dy, dz = x2 - x1, y2 - y1, z2 - z1
    size = math.sqrt(dx * dx + dy * dy + dz * dz)
    dx, dy, dz = dx / size, dy / size, dz / size
    t = opensim_root(x1, y1, z1, dx, dy, dz, radius)
    ax, ay, az = x1 + t * dx, y1 + t * dy, z1 + t * dz
    t = opensim_root(x2, y2, z2, -dx, -dy, -dz, radius)
    bx, by, bz = x2 - t * dx, y2 - t * dy, z2 - t * dz
    a_closer = distance(ax, ay, az, radius) < distance(bx, by, bz, radius)
    if sign != 0:
        a_allowed = side_of(ax if axis == 0 else ay if axis == 1 else az) == sign
        b_allowed = side_of(bx if axis == 0 else by if axis == 1 else bz) == sign
        if not a_allowed and not b_allowed:
            return False, 0.0, 0.0
        if a_allowed != b_allowed:
            a_closer = a_allowed
    return True, ax if a_closer else bx, ay if a_closer else by


@kernel
def wrap_torus(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    inner_radius: float,
    outer_radius: float,
    axis: int,
    sign: int,
    exact: int = 1,
    alone: bool = False,
) -> Bend:
    """Bend the piece from point 1 to point 2 through a torus about z.

    Parameters
    ----------
    x1, y1, z1, x2, y2, z2 : ends of the piece in the torus' frame [m]
    inner_radius           : of the tube [m]
    outer_radius           : of the circle along which the tube runs [m]
    axis, sign             : half of the torus that may be touched, ``sign`` 0 for all
    exact                  : 1 the point closest to the circle, 0 what OpenSim 4.6 takes for it
    alone                  : as in `wrap_cylinder`

    Returns
    -------
    Bend
        See `retrogait.kernels.wraps`; never MANDATORY, and NO_WRAP where an end lies inside.
    """
    if exact:
        found, cx, cy = closest_to_circle(x1, y1, z1, x2, y2, z2, outer_radius, axis, sign)
    else:
        found, cx, cy = opensim_closest(x1, y1, z1, x2, y2, z2, outer_radius, axis, sign)
    reach = math.sqrt(cx * cx + cy * cy)
    if not found or reach == 0.0:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    # The cylinder's x points to the middle of the torus, y against its axis, z along the tube.
    ux, uy = -cx / reach, -cy / reach
    code, ax, ay, az, bx, by, bz, arc = wrap_cylinder(
        ux * x1 + uy * y1 + outer_radius,
        -z1,
        ux * y1 - uy * x1,
        ux * x2 + uy * y2 + outer_radius,
        -z2,
        ux * y2 - uy * x2,
        inner_radius,
        ENDLESS,
        0,
        1,
        exact,
        alone,
    )
    if code < WRAPPED:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    ax, bx = ax - outer_radius, bx - outer_radius
    return (
        WRAPPED,
        ux * ax - uy * az,
        uy * ax + ux * az,
        -ay,
        ux * bx - uy * bz,
        uy * bx + ux * bz,
        -by,
        arc,
    )
