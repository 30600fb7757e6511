"""OpenSim's path over a cylinder, for comparison: a spiral that is only nearly the geodesic.

WrapCylinder.cpp of OpenSim 4.6 (Apache-2.0) fixes the heights of the tangent points first and then,
if the muscle has other wrap objects too, slides them until spiral and straight parts line up.
"""

import math

from retrogait._jit import kernel

SEGMENT = 0.002
"""Length of the chords with which OpenSim draws, and then adjusts, a spiral [m]."""
TANGENCY = math.radians(0.1)
OVERSHOOT = 1.5
ADJUSTMENTS = 100
PARALLEL = 5e-7
"""Slope below which OpenSim takes a tangent edge as parallel to the apex plane [1]."""
REACH = 10.0
"""How far along its edge OpenSim looks for a tangent point [m]."""


@kernel
def axial_through_apex(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    radius: float,
    ax: float,
    ay: float,
    bx: float,
    by: float,
    far: bool,
) -> tuple[float, float]:
    """Heights of OpenSim's tangent points: its edges meet the plane of both ends and an apex [m].

    The apex stands on the cylinder where the piece, cut in the ratio of the ends' distances from
    the axis, comes closest to it; ``far`` puts it on the opposite edge.
    """
    d1 = math.sqrt(x1 * x1 + y1 * y1)
    cut = d1 / (d1 + math.sqrt(x2 * x2 + y2 * y2))
    mx = x1 + cut * (x2 - x1)
    my = y1 + cut * (y2 - y1)
    mz = z1 + cut * (z2 - z1)
    # The apex is level with the cut, across the plane of the ends and that point of the axis.
    nx = y1 * (z2 - mz) - (z1 - mz) * y2
    ny = (z1 - mz) * x2 - x1 * (z2 - mz)
    size = math.sqrt(nx * nx + ny * ny)
    scale = radius / size if size > 0.0 else 0.0
    px = -ny * scale
    py = nx * scale
    near = (mx - px) ** 2 + (my - py) ** 2 < (mx + px) ** 2 + (my + py) ** 2
    if near == far:
        px = -px
        py = -py
    ux, uy, uz = x1 - px, y1 - py, z1 - mz
    vx, vy, vz = x2 - px, y2 - py, z2 - mz
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    az, bz = z1, z2
    if abs(nz) >= PARALLEL * size and size > 0.0:
        level = nx * x1 + ny * y1 + nz * z1
        height = (level - nx * ax - ny * ay) / nz
        if abs(height - z1) <= REACH and abs(height - z2) < abs(z1 - z2):
            az = height
        height = (level - nx * bx - ny * by) / nz
        if abs(height - z2) <= REACH and abs(height - z1) < abs(z1 - z2):
            bz = height
    return az, bz


@kernel
def adjusted_height(
    x: float,
    y: float,
    z: float,
    ax: float,
    ay: float,
    az: float,
    wx: float,
    wy: float,
    wz: float,
) -> float:
    """Height of tangent point a moved so that end, a and the first chord of the spiral line up [m].

    The height comes back unchanged when the slopes of end-to-a and a-to-w agree already.
    """
    ex, ey, ez = ax - x, ay - y, az - z
    sx, sy, sz = wx - ax, wy - ay, wz - az
    climb = ez / math.sqrt(ex * ex + ey * ey + ez * ez)
    spiral = sz / math.sqrt(sx * sx + sy * sy + sz * sz)
    if abs(math.acos(climb) - math.acos(spiral)) <= TANGENCY:
        return az
    gx, gy = wx - x, wy - y
    t = (ex * gx + ey * gy) / (gx * gx + gy * gy)
    return az + OVERSHOOT * (z + t * (wz - z) - az)


@kernel
def adjust_spiral(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    radius: float,
    ax: float,
    ay: float,
    az: float,
    bx: float,
    by: float,
    bz: float,
    turn: float,
) -> tuple[float, float]:
    """Heights of the tangent points after OpenSim's adjustment; ``turn`` carries its sign [m]."""
    for _ in range(ADJUSTMENTS):
        rise = bz - az
        chords = int(math.sqrt((radius * turn) ** 2 + rise * rise) / SEGMENT)
        if chords < 2:
            break
        c = math.cos(turn / chords)
        s = math.sin(turn / chords)
        step = rise / chords
        high = adjusted_height(x1, y1, z1, ax, ay, az, c * ax - s * ay, s * ax + c * ay, az + step)
        # The last chord hangs on the first tangent point where that one has just been moved to.
        end = high + rise - step
        low = adjusted_height(x2, y2, z2, bx, by, bz, c * bx + s * by, c * by - s * bx, end)
        if high == az and low == bz:
            break
        az, bz = high, low
    return az, bz
