"""Which plane OpenSim lays a path over an ellipsoid in: the guide point.

Follows WrapEllipsoid.cpp of OpenSim 4.6 (Apache-2.0, by P. Loan, with the technique of F. van der
Helm); the closest points come from the secular equation instead of a sextic. Lengths here are
multiples of the mean semi-axis, in which OpenSim's thresholds count.
"""

import math
from enum import IntEnum

import numpy as np

from retrogait._jit import kernel
from retrogait.kernels.wraps import side_of


class Guide(IntEnum):
    """How the guide point is found.

    HYBRID   : axial for a piece along a principal axis, the mean of a fan for a slanting one.
    MIDPOINT : the surface point closest to the middle of the chord inside the ellipsoid.
    AXIAL    : in the principal plane that the piece crosses most steeply, the surface point closest
               to the crossing.
    """

    HYBRID = 0
    MIDPOINT = 1
    AXIAL = 2


# Plain integers: they are compared with a method that arrives as a number.
HYBRID = Guide.HYBRID.value
MIDPOINT = Guide.MIDPOINT.value
AXIAL = Guide.AXIAL.value

ALL_FAN = 0.7073
ALL_AXIAL = 0.9
"""Direction cosine along a principal axis where the hybrid is only the fan, or only axial [1]."""
FADE = 0.3
"""Share of the chord, at either end, over which the axial solution fades out [1]."""
BLADES = 300
"""OpenSim samples the fan at 1/300 ... 298/300 of the chord and adds up the unit vectors."""
IN_PLANE = 2e-13
"""Distance from a principal plane below which OpenSim searches within that plane."""

SETTLED = 1e-13
SEARCHES = 40
OPENSIM_SETTLED = 1e-9
OPENSIM_SEARCHES = 64

NODE, WEIGHT = np.polynomial.legendre.leggauss(16)


@kernel
def multiplier(a: float, b: float, c: float, u: float, v: float, w: float) -> float:
    """Largest t with (a u / (t + a^2))^2 + (b v / (t + b^2))^2 + (c w / (t + c^2))^2 = 1.

    The closest point is (a^2 u / (t + a^2), ...). Newton's method on one minus one over the square
    root of the sum, from below the root, comes up monotonically (More and Sorensen 1983).
    """
    au, bv, cw = abs(a * u), abs(b * v), abs(c * w)
    aa, bb, cc = a * a, b * b, c * c
    t = max(au - aa, bv - bb, cw - cc)
    for _ in range(SEARCHES):
        # A coordinate that is zero takes no part, even where its denominator vanishes.
        p = au / (t + aa) if au > 0.0 else 0.0
        q = bv / (t + bb) if bv > 0.0 else 0.0
        r = cw / (t + cc) if cw > 0.0 else 0.0
        square = p * p + q * q + r * r
        excess = math.sqrt(square) - 1.0
        if excess < SETTLED:
            break
        steep = 0.0
        if au > 0.0:
            steep += p * p / (t + aa)
        if bv > 0.0:
            steep += q * q / (t + bb)
        if cw > 0.0:
            steep += r * r / (t + cc)
        t += square * excess / steep
    return t


@kernel
def unsettled_multiplier(a: float, b: float, u: float, v: float) -> float:
    """`multiplier` of an ellipse as OpenSim finds it: Newton's method on the quartic, cut short.

    Near the centre the root is nearly double and the stopping rule, absolute, leaves the closest
    point some degrees away from its place.
    """
    aa, bb = a * a, b * b
    au, bv = aa * u * u, bb * v * v
    t = 0.0
    if au / (aa * aa) + bv / (bb * bb) >= 1.0:
        t = max(a, b) * math.sqrt(u * u + v * v)
    for _ in range(OPENSIM_SEARCHES):
        p, q = t + aa, t + bb
        f = p * p * q * q - au * q * q - bv * p * p
        if abs(f) < OPENSIM_SETTLED:
            break
        t -= 0.5 * f / (p * q * (p + q) - au * q - bv * p)
    return t


@kernel
def closest_on_ellipse(a: float, b: float, u: float, v: float, exact: int) -> tuple[float, float]:
    """Point of the ellipse with semi-axes a, b closest to (u, v)."""
    flat = abs(u) <= IN_PLANE
    upright = abs(v) <= IN_PLANE
    if flat and upright:
        if a < b:
            return (-a if u < 0.0 else a), v
        return u, (-b if v < 0.0 else b)
    if flat and abs(v) < b - a * a / b:
        y = b * b * v / (b * b - a * a)
        return a * math.sqrt(max(1.0 - (y / b) ** 2, 0.0)), y
    if flat:
        return u, b * side_of(v)
    if upright and abs(u) < a - b * b / a:
        x = a * a * u / (a * a - b * b)
        return x, b * math.sqrt(max(1.0 - (x / a) ** 2, 0.0))
    if upright:
        return a * side_of(u), v
    t = multiplier(a, b, 1.0, u, v, 0.0) if exact else unsettled_multiplier(a, b, u, v)
    return a * a * u / (t + a * a), b * b * v / (t + b * b)


@kernel
def closest_in_section(
    a: float, b: float, c: float, u: float, v: float, w: float, axis: int, exact: int
) -> tuple[float, float, float]:
    """Closest point among those with the same coordinate along ``axis``, which is near zero."""
    if axis == 0:
        v, w = closest_on_ellipse(b, c, v, w, exact)
    elif axis == 1:
        w, u = closest_on_ellipse(c, a, w, u, exact)
    else:
        u, v = closest_on_ellipse(a, b, u, v, exact)
    return u, v, w


@kernel
def closest_on_ellipsoid(
    a: float, b: float, c: float, u: float, v: float, w: float, exact: int
) -> tuple[float, float, float]:
    """Point of the ellipsoid closest to (u, v, w); one in a principal plane keeps to that plane.

    Of several such planes OpenSim takes the one with the narrowest section.
    """
    axis = -1
    widest = 0.0
    if abs(u) <= IN_PLANE:
        axis, widest = 0, a
    if abs(v) <= IN_PLANE and b > widest:
        axis, widest = 1, b
    if abs(w) <= IN_PLANE and c > widest:
        axis = 2
    if axis >= 0:
        return closest_in_section(a, b, c, u, v, w, axis, exact)
    t = multiplier(a, b, c, u, v, w)
    return a * a * u / (t + a * a), b * b * v / (t + b * b), c * c * w / (t + c * c)


@kernel
def fan(
    a: float,
    b: float,
    c: float,
    x: float,
    y: float,
    z: float,
    dx: float,
    dy: float,
    dz: float,
    exact: int,
) -> tuple[float, float, float]:
    """Mean unit vector from the chord (x, y, z) + t (dx, dy, dz), t in 0..1, to the surface.

    The direction jumps where the chord crosses the principal plane of the shortest axis, so Gauss
    quadrature on either side, weighted with OpenSim's count of samples there, stands for its sum.
    """
    from_plane, across = x, dx
    if b < a and b <= c:
        from_plane, across = y, dy
    elif c < a and c < b:
        from_plane, across = z, dz
    split = 1.0
    if from_plane * (from_plane + across) < 0.0:
        split = -from_plane / across
    first = min(max(math.ceil(BLADES * split) - 1, 0), BLADES - 2)
    sx = sy = sz = 0.0
    for side in range(2):
        count = first if side == 0 else BLADES - 2 - first
        if count == 0:
            continue
        if side == 0:
            low = 0.5 / BLADES
            high = min(split, (first + 0.5) / BLADES)
        else:
            low = max(split, (first + 0.5) / BLADES)
            high = (BLADES - 1.5) / BLADES
        for node in range(NODE.shape[0]):
            t = 0.5 * (low + high) + 0.5 * (high - low) * NODE[node]
            u, v, w = x + t * dx, y + t * dy, z + t * dz
            p, q, r = closest_on_ellipsoid(a, b, c, u, v, w, exact)
            p, q, r = p - u, q - v, r - w
            weight = count * WEIGHT[node] / math.sqrt(p * p + q * q + r * r)
            sx += weight * p
            sy += weight * q
            sz += weight * r
    size = math.sqrt(sx * sx + sy * sy + sz * sz)
    return sx / size, sy / size, sz / size


@kernel
def component(axis: int, x: float, y: float, z: float) -> float:
    """Coordinate along ``axis``."""
    return x if axis == 0 else y if axis == 1 else z


@kernel
def guide_point(
    a: float,
    b: float,
    c: float,
    x: float,
    y: float,
    z: float,
    dx: float,
    dy: float,
    dz: float,
    method: int,
    exact: int,
) -> tuple[float, float, float, float, bool]:
    """Guide point of the chord (x, y, z) + t (dx, dy, dz), t in 0..1.

    Returns
    -------
    px, py, pz : the guide point
    fan_share  : how much of it comes from the fan; 0 where no fan was opened
    tie        : the axial crossing lies beyond the chord: the guide point fixes the plane but not
                 the side, and the path goes the short way
    """
    if method == MIDPOINT:
        p, q, r = closest_on_ellipsoid(a, b, c, x + 0.5 * dx, y + 0.5 * dy, z + 0.5 * dz, exact)
        return p, q, r, 0.0, False
    axis = 0
    if abs(dy) > abs(dx):
        axis = 1
    if abs(dz) > abs(component(axis, dx, dy, dz)):
        axis = 2
    along = component(axis, dx, dy, dz)
    t = -component(axis, x, y, z) / along
    mu = abs(along) / math.sqrt(dx * dx + dy * dy + dz * dz)
    if method == HYBRID and mu > ALL_FAN:
        mu = ALL_FAN + min(max(min(t, 1.0 - t) / FADE, 0.0), 1.0) * (mu - ALL_FAN)
    axial = method == AXIAL or mu > ALL_FAN
    p = q = r = 0.0
    if axial:
        p, q, r = closest_in_section(a, b, c, x + t * dx, y + t * dy, z + t * dz, axis, exact)
    if method == AXIAL or mu >= ALL_AXIAL:
        return p, q, r, 0.0, method == AXIAL and not 0.0 < t < 1.0
    fx, fy, fz = fan(a, b, c, x, y, z, dx, dy, dz, exact)
    u, v, w = closest_on_ellipsoid(a, b, c, x + 0.5 * dx + fx, y + 0.5 * dy + fy, z + 0.5 * dz + fz, exact)
    if not axial:
        return u, v, w, 1.0, False
    share = (ALL_AXIAL - mu) / (ALL_AXIAL - ALL_FAN)
    p, q, r = closest_on_ellipsoid(
        a,
        b,
        c,
        p + share * (u - p),
        q + share * (v - q),
        r + share * (w - r),
        exact,
    )
    return p, q, r, share, False


@kernel
def hold_to_side(
    a: float,
    b: float,
    c: float,
    px: float,
    py: float,
    pz: float,
    fan_share: float,
    axis: int,
    exact: int,
) -> tuple[float, float, float]:
    """Guide point moved to the other side of ``axis``, as far as its share from the fan lets it."""
    keep = fan_share - 1.0
    if axis == 0:
        px *= keep
    elif axis == 1:
        py *= keep
    else:
        pz *= keep
    if fan_share > 0.0:
        px, py, pz = closest_on_ellipsoid(a, b, c, px, py, pz, exact)
    return px, py, pz
