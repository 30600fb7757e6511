"""How a straight piece of a muscle path bends over a cylinder or a sphere.

Every kernel works on scalars in the frame of the wrap object. It takes the two ends of the piece
and returns ``(code, ax, ay, az, bx, by, bz, arc)``: the outcome as a `Wrap`, the points where the
path reaches the surface (``a``, from end 1) and leaves it (``b``, to end 2), and the path length
between them on the surface, all in metres. Unless the path wraps, only ``code`` has a meaning.

Which side the path passes, and whether it wraps at all, follows OpenSim 4.6 (WrapCylinder.cpp,
WrapSphere.cpp, Apache-2.0), because models were drawn against those rules. ``axis`` (0, 1, 2 for
x, y, z) and ``sign`` (-1, +1) name the half of the object that may be touched; ``sign`` 0 allows
all of it. With ``exact`` 1 the path between the tangent points is the shortest one; with 0 it is
OpenSim's.
"""

import math
from enum import IntEnum
from typing import TypeAlias

from retrogait._jit import kernel
from retrogait.kernels.wrap_spiral import adjust_spiral, axial_through_apex


class Wrap(IntEnum):
    """What became of one piece of a path.

    NO_WRAP   : it stays straight.
    INSIDE    : an end point lies inside the object; it stays straight.
    WRAPPED   : it wraps if no other piece of the path wraps with a smaller gain in length.
    MANDATORY : it runs into the object; it wraps and no other piece is tried.
    """

    NO_WRAP = 0
    INSIDE = 1
    WRAPPED = 2
    MANDATORY = 3


Bend: TypeAlias = tuple[int, float, float, float, float, float, float, float]
"""Outcome, tangent point of end 1, tangent point of end 2 [m], arc between them [m]."""

# Plain integers: numba would give an enum member and an integer two different return types.
NO_WRAP = Wrap.NO_WRAP.value
INSIDE = Wrap.INSIDE.value
WRAPPED = Wrap.WRAPPED.value
MANDATORY = Wrap.MANDATORY.value

FULL_TURN = 2.0 * math.pi
GRAZE = 1e-9
"""A turn this much short of a full one is a graze whose rounding went below zero [rad]."""

CENTRAL = 1e-12
"""Sine below which a piece counts as passing through the centre of a sphere [1]."""
OPENSIM_CENTRAL = 1e-5


@kernel
def side_of(coordinate: float) -> int:
    """-1 or +1; zero counts as positive, as in OpenSim."""
    return 1 if coordinate >= 0.0 else -1


@kernel
def tangents(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    """Where the tangents from (x, y) touch the circle, the one passing on the left first [m]."""
    square = x * x + y * y
    along = radius * radius / square
    across = radius * math.sqrt((1.0 - along) / square)
    return (
        along * x - across * y,
        along * y + across * x,
        along * x + across * y,
        along * y - across * x,
    )


@kernel
def turn_between(ax: float, ay: float, bx: float, by: float, left: bool) -> float:
    """Angle from a to b, counter-clockwise if ``left``, from 0 to a full turn [rad]."""
    cross = ax * by - ay * bx
    turn = math.atan2(cross if left else -cross, ax * bx + ay * by)
    if turn < 0.0:
        turn += FULL_TURN
        if turn > FULL_TURN - GRAZE:
            turn = 0.0
    return turn


@kernel
def wrap_cylinder(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    radius: float,
    length: float,
    axis: int,
    sign: int,
    exact: int = 1,
    alone: bool = False,
) -> Bend:
    """Bend the piece from point 1 to point 2 over a cylinder about z.

    Parameters
    ----------
    x1, y1, z1, x2, y2, z2 : ends of the piece in the cylinder's frame [m]
    radius, length         : of the cylinder, whose middle is the origin [m]
    axis, sign             : half of the cylinder that may be touched, ``sign`` 0 for all
    exact                  : 1 helix (the geodesic), 0 OpenSim 4.6
    alone                  : the path has no other wrap object; OpenSim then leaves out the step
                             that makes its spiral tangent to 0.1 degrees. For ``exact`` 0 only.

    Returns
    -------
    Bend
        See the module. The helix has one slope from end to end, so that path length and line of
        action agree: arm = -dL/dq. OpenSim's spiral has a kink at both tangent points, and where it
        turns left by more than 180 degrees its length counts 4 pi minus the turn.

    Notes
    -----
    The cylinder is endless for the question whether the piece runs into it; ``length`` only rejects
    a wrap both of whose tangent points lie beyond its ends.
    """
    square = radius * radius
    if x1 * x1 + y1 * y1 < square or x2 * x2 + y2 * y2 < square:
        return INSIDE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    dx = x2 - x1
    dy = y2 - y1
    flat = dx * dx + dy * dy
    t = -(x1 * dx + y1 * dy) / flat if flat > 0.0 else 0.0
    nx = x1 + t * dx
    ny = y1 + t * dy
    hit = 0.0 < t < 1.0 and nx * nx + ny * ny < square
    code = MANDATORY if hit else NO_WRAP
    if sign != 0:
        c1, c2, cn = x1, x2, nx
        if axis == 1:
            c1, c2, cn = y1, y2, ny
        elif axis == 2:
            c1, c2, cn = z1, z2, z1 + t * (z2 - z1)
        on1 = side_of(c1) == sign
        on2 = side_of(c2) == sign
        both_off = not on1 and not on2
        across = on1 != on2 and not hit and side_of(cn) != sign
        if both_off or across:
            code = WRAPPED
    if code == NO_WRAP:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0

    lx1, ly1, rx1, ry1 = tangents(x1, y1, radius)
    lx2, ly2, rx2, ry2 = tangents(x2, y2, radius)
    # Passing on the left joins the left tangent of end 1 with the right one of end 2.
    left_is_wider = lx1 * rx2 + ly1 * ry2 < rx1 * lx2 + ry1 * ly2
    left = not left_is_wider
    far = False
    if sign != 0:
        l1, r1, l2, r2 = lx1, rx1, lx2, rx2
        if axis == 1:
            l1, r1, l2, r2 = ly1, ry1, ly2, ry2
        elif axis == 2:
            l1, r1, l2, r2 = z1, z1, z2, z2
        left1 = side_of(l1) == sign
        right1 = side_of(r1) == sign
        if left1 != right1:
            left = left1
        elif side_of(l2) == sign:
            left = False
        elif side_of(r2) == sign or left1:
            left = True
        else:
            left = left_is_wider
        far = left == left_is_wider
    ax, ay, bx, by = (lx1, ly1, rx2, ry2) if left else (rx1, ry1, lx2, ly2)

    turn = turn_between(ax, ay, bx, by, left)
    around = radius * turn
    if exact:
        t1 = math.sqrt(max(x1 * x1 + y1 * y1 - square, 0.0))
        t2 = math.sqrt(max(x2 * x2 + y2 * y2 - square, 0.0))
        run = t1 + around + t2
        slope = (z2 - z1) / run if run > 0.0 else 0.0
        az = z1 + slope * t1
        bz = z2 - slope * t2
    else:
        az, bz = axial_through_apex(x1, y1, z1, x2, y2, z2, radius, ax, ay, bx, by, far)
    if abs(az) > 0.5 * length and abs(bz) > 0.5 * length:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if not exact:
        signed = turn if left else -turn
        if left and turn > math.pi:
            # OpenSim takes the short angle off a full turn with the wrong sign.
            signed = turn - 2.0 * FULL_TURN
            around = -radius * signed
        if not alone:
            az, bz = adjust_spiral(x1, y1, z1, x2, y2, z2, radius, ax, ay, az, bx, by, bz, signed)
    return code, ax, ay, az, bx, by, bz, math.sqrt(around * around + (bz - az) ** 2)


@kernel
def normal_of(
    x1: float, y1: float, z1: float, x2: float, y2: float, z2: float, exact: int
) -> tuple[float, float, float]:
    """Give the unit normal of the plane of both ends and the centre; 0 if OpenSim gives up [1]."""
    nx, ny, nz = y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    dx, dy, dz = x1 - x2, y1 - y2, z1 - z2
    span = math.sqrt((dx * dx + dy * dy + dz * dz) * (x2 * x2 + y2 * y2 + z2 * z2))
    if not exact and size < OPENSIM_CENTRAL * span:
        return 0.0, 0.0, 0.0
    if size < CENTRAL * span:
        # The piece runs through the centre and any plane along it will do.
        if abs(dx) <= abs(dy) and abs(dx) <= abs(dz):
            nx, ny, nz = 0.0, dz, -dy
        elif abs(dy) <= abs(dz):
            nx, ny, nz = -dz, 0.0, dx
        else:
            nx, ny, nz = dy, -dx, 0.0
        size = math.sqrt(nx * nx + ny * ny + nz * nz)
    return nx / size, ny / size, nz / size


@kernel
def wrap_sphere(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    radius: float,
    axis: int,
    sign: int,
    exact: int = 1,
) -> Bend:
    """Bend the piece from point 1 to point 2 over a sphere, along a great circle.

    Parameters
    ----------
    x1, y1, z1, x2, y2, z2 : ends of the piece in the sphere's frame [m]
    radius                 : of the sphere [m]
    axis, sign             : half of the sphere that may be touched, ``sign`` 0 for all
    exact                  : 0 keeps two slips of OpenSim 4.6: a turn of more than 180 degrees has
                             a negative length, and a piece through the centre (angle below 1e-5)
                             stays straight

    Returns
    -------
    Bend
        See the module. Only a piece that runs through the sphere wraps.
    """
    square = radius * radius
    s1 = x1 * x1 + y1 * y1 + z1 * z1
    s2 = x2 * x2 + y2 * y2 + z2 * z2
    if s1 < square or s2 < square:
        return INSIDE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    dx, dy, dz = x2 - x1, y2 - y1, z2 - z1
    span = dx * dx + dy * dy + dz * dz
    along = -(x1 * dx + y1 * dy + z1 * dz)
    if not (0.0 < along < span and s1 - along * along / span <= square):
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    nx, ny, nz = normal_of(x1, y1, z1, x2, y2, z2, exact)
    if nx == 0.0 and ny == 0.0 and nz == 0.0:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0

    # In that plane the sphere is a circle; the short way round is the one that turns about +n.
    f1 = square / s1
    h1 = radius * math.sqrt((1.0 - f1) / s1)
    f2 = square / s2
    h2 = radius * math.sqrt((1.0 - f2) / s2)
    ux, uy, uz = ny * z1 - nz * y1, nz * x1 - nx * z1, nx * y1 - ny * x1
    vx, vy, vz = ny * z2 - nz * y2, nz * x2 - nx * z2, nx * y2 - ny * x2
    code = WRAPPED
    short = True
    if sign != 0:
        c1, c2, u, v = x1, x2, ux, vx
        if axis == 1:
            c1, c2, u, v = y1, y2, uy, vy
        elif axis == 2:
            c1, c2, u, v = z1, z2, uz, vz
        on1 = side_of(c1) == sign
        on2 = side_of(c2) == sign
        if on1 or on2:
            code = MANDATORY
        if not (on1 and on2):
            # The long way round, seen from the ends: does it bulge to the allowed side?
            short = sign * ((f1 - 1.0) * c1 - h1 * u + (f2 - 1.0) * c2 + h2 * v) < 0.0
    if not short:
        h1, h2, nx, ny, nz = -h1, -h2, -nx, -ny, -nz
    ax, ay, az = f1 * x1 + h1 * ux, f1 * y1 + h1 * uy, f1 * z1 + h1 * uz
    bx, by, bz = f2 * x2 - h2 * vx, f2 * y2 - h2 * vy, f2 * z2 - h2 * vz
    cross = nx * (ay * bz - az * by) + ny * (az * bx - ax * bz) + nz * (ax * by - ay * bx)
    turn = math.atan2(cross, ax * bx + ay * by + az * bz)
    if turn < 0.0:
        turn = turn + FULL_TURN if turn < -GRAZE else 0.0
    if turn > math.pi and not exact:
        turn = -turn
    return code, ax, ay, az, bx, by, bz, radius * turn
