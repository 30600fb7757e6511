"""How a straight piece of a muscle path bends over an ellipsoid.

OpenSim lays the path in a plane: through both ends and a guide point on the surface that stands for
the side on which a taut string would lie. In that plane it is the shortest path around the section.
Tangent points and length are in closed form here: stretched along its axes, the ellipsoid is the
unit sphere, its section a circle, and a tangent stays a tangent.

The path is not the geodesic of the ellipsoid. Nothing is kept from one frame to the next, nor does
OpenSim 4.6 keep anything: the previous result it carries is overwritten before it is read.
"""

import math

import numpy as np

from retrogait._jit import kernel
from retrogait.kernels.wrap_guide import IN_PLANE, component, guide_point, hold_to_side
from retrogait.kernels.wraps import FULL_TURN, GRAZE, INSIDE, MANDATORY, NO_WRAP, Bend, side_of

SURFACE = 1e-4
"""How far (x/a)^2 + (y/b)^2 + (z/c)^2 may fall below one before a point counts as inside [1]."""
COLLINEAR = 1e-4
"""One minus the cosine between the ends, seen from the centre, below which nothing wraps [1]."""

PANEL = 0.5 * math.pi
"""Longest stretch of an arc that one rule of eight nodes measures [rad]."""
NODE, WEIGHT = np.polynomial.legendre.leggauss(8)


@kernel
def section_arc(
    a: float,
    b: float,
    c: float,
    ex: float,
    ey: float,
    ez: float,
    fx: float,
    fy: float,
    fz: float,
    turn: float,
) -> float:
    """Length of the ellipse A (cos t e + sin t f), t from 0 to ``turn``, with A = diag(a, b, c)."""
    ex, ey, ez = a * ex, b * ey, c * ez
    fx, fy, fz = a * fx, b * fy, c * fz
    ee = ex * ex + ey * ey + ez * ez
    ff = fx * fx + fy * fy + fz * fz
    ef = ex * fx + ey * fy + ez * fz
    panels = 1 + int(turn / PANEL)
    half = 0.5 * turn / panels
    arc = 0.0
    for panel in range(panels):
        for node in range(NODE.shape[0]):
            t = half * (2.0 * panel + 1.0 + NODE[node])
            s, k = math.sin(t), math.cos(t)
            arc += WEIGHT[node] * math.sqrt(s * s * ee - 2.0 * s * k * ef + k * k * ff)
    return half * arc


@kernel
def wrap_ellipsoid(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    r1: float,
    r2: float,
    r3: float,
    axis: int,
    sign: int,
    method: int,
    exact: int = 1,
) -> Bend:
    """Bend the piece from point 1 to point 2 over an ellipsoid.

    Parameters
    ----------
    x1, y1, z1, x2, y2, z2 : ends of the piece in the ellipsoid's frame [m]
    r1, r2, r3             : semi-axes along x, y, z [m]
    axis, sign             : half of the ellipsoid to which the guide point is held, ``sign`` 0 for
                             all
    method                 : `Guide` as a number
    exact                  : 0 stops the search for the closest point as early as OpenSim 4.6 does

    Returns
    -------
    Bend
        See `retrogait.kernels.wraps`. A piece that runs through the ellipsoid is MANDATORY.

    Notes
    -----
    OpenSim searches for the tangent points with at most 50 damped steps from the guide point. Where
    ``sign`` holds the guide point to the far side, or an end lies close to the surface, that search
    now and then ends at a wrong tangent point or at no number; the closed form does not.
    """
    scale = 3.0 / (r1 + r2 + r3)
    a, b, c = r1 * scale, r2 * scale, r3 * scale
    # Stretched along the axes: the ellipsoid becomes the unit sphere.
    u1, v1, w1 = x1 / r1, y1 / r2, z1 / r3
    u2, v2, w2 = x2 / r1, y2 / r2, z2 / r3
    out1 = u1 * u1 + v1 * v1 + w1 * w1 - 1.0
    out2 = u2 * u2 + v2 * v2 + w2 * w2 - 1.0
    if out1 < -SURFACE or out2 < -SURFACE:
        return INSIDE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    between = x1 * x2 + y1 * y2 + z1 * z2
    sizes = (x1 * x1 + y1 * y1 + z1 * z1) * (x2 * x2 + y2 * y2 + z2 * z2)
    if between > (1.0 - COLLINEAR) * math.sqrt(sizes):
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    du, dv, dw = u2 - u1, v2 - v1, w2 - w1
    span = du * du + dv * dv + dw * dw
    middle = -(u1 * du + v1 * dv + w1 * dw) / span
    under = middle * middle - out1 / span
    if under < 0.0:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    half = math.sqrt(under)
    enter = middle - half
    if enter <= 0.0 or middle + half >= 1.0:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0

    chord = 2.0 * half
    px, py, pz, share, tie = guide_point(
        a,
        b,
        c,
        a * (u1 + enter * du),
        b * (v1 + enter * dv),
        c * (w1 + enter * dw),
        a * chord * du,
        b * chord * dv,
        c * chord * dw,
        method,
        exact,
    )
    if sign != 0 and side_of(component(axis, px, py, pz)) != sign:
        tie = tie and abs(component(axis, px, py, pz)) <= IN_PLANE
        px, py, pz = hold_to_side(a, b, c, px, py, pz, share, axis, exact)

    # Normal n such that the path, bulging towards the guide point, turns about +n.
    gu, gv, gw = px / a - u1, py / b - v1, pz / c - w1
    nx, ny, nz = gv * dw - gw * dv, gw * du - gu * dw, gu * dv - gv * du
    if tie and (ny * dw - nz * dv) * u1 + (nz * du - nx * dw) * v1 + (nx * dv - ny * du) * w1 > 0.0:
        nx, ny, nz = -nx, -ny, -nz
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    if size == 0.0:
        return NO_WRAP, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    nx, ny, nz = nx / size, ny / size, nz / size
    level = nx * u1 + ny * v1 + nz * w1
    ox, oy, oz = level * nx, level * ny, level * nz
    square = 1.0 - level * level

    # Tangent points of the circle of that radius about o, relative to o.
    pu, pv, pw = u1 - ox, v1 - oy, w1 - oz
    if out1 >= SURFACE:
        far = pu * pu + pv * pv + pw * pw
        f = square / far
        h = math.sqrt(square * max(1.0 - f, 0.0) / far)
        pu, pv, pw = (
            f * pu + h * (ny * pw - nz * pv),
            f * pv + h * (nz * pu - nx * pw),
            f * pw + h * (nx * pv - ny * pu),
        )
    qu, qv, qw = u2 - ox, v2 - oy, w2 - oz
    if out2 >= SURFACE:
        far = qu * qu + qv * qv + qw * qw
        f = square / far
        h = math.sqrt(square * max(1.0 - f, 0.0) / far)
        qu, qv, qw = (
            f * qu - h * (ny * qw - nz * qv),
            f * qv - h * (nz * qu - nx * qw),
            f * qw - h * (nx * qv - ny * qu),
        )
    cross = nx * (pv * qw - pw * qv) + ny * (pw * qu - pu * qw) + nz * (pu * qv - pv * qu)
    turn = math.atan2(cross, pu * qu + pv * qv + pw * qw)
    if turn < 0.0:
        turn = turn + FULL_TURN if turn < -GRAZE else 0.0
    tu, tv, tw = ny * pw - nz * pv, nz * pu - nx * pw, nx * pv - ny * pu
    arc = section_arc(r1, r2, r3, pu, pv, pw, tu, tv, tw, turn)
    ax, ay, az = r1 * (ox + pu), r2 * (oy + pv), r3 * (oz + pw)
    bx, by, bz = r1 * (ox + qu), r2 * (oy + qv), r3 * (oz + qw)
    return MANDATORY, ax, ay, az, bx, by, bz, arc
