"""Forward kinematics: where every link is, how it turns and how it accelerates."""

import math
from typing import NamedTuple

import numpy as np

from retrogait._jit import kernel
from retrogait.arrays import Floats
from retrogait.kernels.functions import evaluate
from retrogait.kernels.model import Functions, Primitive, Rates, Tree


class Pose(NamedTuple):
    """One frame of every link, in ground axes.

    Attributes
    ----------
    rotation     : (link, 9) link axes in ground, row major
    position     : (link, 3) link origin [m]
    spin         : (link, 3) angular velocity [rad/s]
    turn         : (link, 3) angular acceleration [rad/s2]
    acceleration : (link, 3) of the origin, gravity subtracted [m/s2]
    axis         : (primitive, 3) direction along which the primitive moves its link
    slope        : (primitive,) derivative of the primitive with respect to its coordinate
    """

    rotation: Floats
    position: Floats
    spin: Floats
    turn: Floats
    acceleration: Floats
    axis: Floats
    slope: Floats


def new_pose(links: int, primitives: int) -> Pose:
    """Room for one frame."""
    return Pose(
        np.zeros((links, 9)),
        np.zeros((links, 3)),
        np.zeros((links, 3)),
        np.zeros((links, 3)),
        np.zeros((links, 3)),
        np.zeros((primitives, 3)),
        np.zeros(primitives),
    )


@kernel
def couple(tree: Tree, functions: Functions, q: Floats, qd: Floats, qdd: Floats) -> None:
    """Overwrite every coupled coordinate and its rates from the coordinate that drives it.

    Parameters
    ----------
    q, qd, qdd : (frame, coordinate) [rad or m], [/s], [/s2]; a driver must stand before what it drives
    """
    driver = tree.driver
    driver_function = tree.driver_function
    kind, coefficient, first, count, knot, cubic = functions
    for coordinate in range(driver.shape[0]):
        source = driver[coordinate]
        if source >= 0:
            for frame in range(q.shape[0]):
                f, df, ddf = evaluate(
                    kind, coefficient, first, count, knot, cubic,
                    driver_function[coordinate], q[frame, source],
                )  # fmt: skip
                rate = qd[frame, source]
                q[frame, coordinate] = f
                qd[frame, coordinate] = df * rate
                qdd[frame, coordinate] = df * qdd[frame, source] + ddf * rate * rate


@kernel
def place(tree: Tree, functions: Functions, q: Floats, qd: Floats, qdd: Floats, pose: Pose) -> None:
    """Pose, rotation rates and acceleration of every link for one frame.

    Parameters
    ----------
    q, qd, qdd : (coordinate,) [rad or m], [/s], [/s2]
    pose       : overwritten

    Notes
    -----
    Each joint is walked primitive by primitive from its parent frame. ``acceleration`` starts from minus
    gravity at ground, so that weight needs no term of its own (Luh, Walker and Paul 1980).
    """
    kind_, coefficient, first_, count, knot, cubic = functions
    parent = tree.parent
    frame_rotation = tree.frame_rotation
    frame_aligned = tree.frame_aligned
    frame_offset = tree.frame_offset
    first = tree.first
    last = tree.last
    rates = tree.rates
    kind = tree.kind
    axis = tree.axis
    axis_code = tree.axis_code
    function = tree.function
    coordinate = tree.coordinate
    second_rate = tree.second_rate
    third_rate = tree.third_rate
    slot = tree.slot
    gravity = tree.gravity
    R = pose.rotation
    p = pose.position
    w = pose.spin
    al = pose.turn
    a = pose.acceleration
    u = pose.axis
    slope = pose.slope

    R[0, :] = 0.0
    R[0, 0] = 1.0
    R[0, 4] = 1.0
    R[0, 8] = 1.0
    for i in range(3):
        p[0, i] = 0.0
        w[0, i] = 0.0
        al[0, i] = 0.0
        a[0, i] = -gravity[i]

    for link in range(1, parent.shape[0]):
        up = parent[link]
        r0, r1, r2 = R[up, 0], R[up, 1], R[up, 2]
        r3, r4, r5 = R[up, 3], R[up, 4], R[up, 5]
        r6, r7, r8 = R[up, 6], R[up, 7], R[up, 8]
        wx, wy, wz = w[up, 0], w[up, 1], w[up, 2]
        lx, ly, lz = al[up, 0], al[up, 1], al[up, 2]
        s0, s1, s2 = frame_offset[link, 0], frame_offset[link, 1], frame_offset[link, 2]
        dx = r0 * s0 + r1 * s1 + r2 * s2
        dy = r3 * s0 + r4 * s1 + r5 * s2
        dz = r6 * s0 + r7 * s1 + r8 * s2
        if frame_aligned[link] == 0:
            b0, b1, b2 = frame_rotation[link, 0], frame_rotation[link, 1], frame_rotation[link, 2]
            b3, b4, b5 = frame_rotation[link, 3], frame_rotation[link, 4], frame_rotation[link, 5]
            b6, b7, b8 = frame_rotation[link, 6], frame_rotation[link, 7], frame_rotation[link, 8]
            r0, r1, r2 = (
                r0 * b0 + r1 * b3 + r2 * b6,
                r0 * b1 + r1 * b4 + r2 * b7,
                r0 * b2 + r1 * b5 + r2 * b8,
            )
            r3, r4, r5 = (
                r3 * b0 + r4 * b3 + r5 * b6,
                r3 * b1 + r4 * b4 + r5 * b7,
                r3 * b2 + r4 * b5 + r5 * b8,
            )
            r6, r7, r8 = (
                r6 * b0 + r7 * b3 + r8 * b6,
                r6 * b1 + r7 * b4 + r8 * b7,
                r6 * b2 + r7 * b5 + r8 * b8,
            )
        k = first[link]
        end = last[link]
        # translations, along axes that stay fixed in the parent
        ux = uy = uz = 0.0
        vx = vy = vz = 0.0
        ax = ay = az = 0.0
        while k < end and kind[k] == Primitive.TRANSLATION:
            c = coordinate[k]
            x = q[c] if c >= 0 else 0.0
            f, df, ddf = evaluate(kind_, coefficient, first_, count, knot, cubic, function[k], x)
            t0, t1, t2 = axis[k, 0], axis[k, 1], axis[k, 2]
            ux = r0 * t0 + r1 * t1 + r2 * t2
            uy = r3 * t0 + r4 * t1 + r5 * t2
            uz = r6 * t0 + r7 * t1 + r8 * t2
            u[k, 0], u[k, 1], u[k, 2] = ux, uy, uz
            dx += f * ux
            dy += f * uy
            dz += f * uz
            slope[k] = 0.0
            if c >= 0:
                slope[k] = df
                rate = df * qd[c]
                change = df * qdd[c] + ddf * qd[c] * qd[c]
                vx += rate * ux
                vy += rate * uy
                vz += rate * uz
                ax += change * ux
                ay += change * uy
                az += change * uz
            k += 1
        # a = a_parent + alpha x d + w x (w x d + 2 v_rel) + a_rel
        cx = wy * dz - wz * dy + 2.0 * vx
        cy = wz * dx - wx * dz + 2.0 * vy
        cz = wx * dy - wy * dx + 2.0 * vz
        a[link, 0] = a[up, 0] + ax + ly * dz - lz * dy + wy * cz - wz * cy
        a[link, 1] = a[up, 1] + ay + lz * dx - lx * dz + wz * cx - wx * cz
        a[link, 2] = a[up, 2] + az + lx * dy - ly * dx + wx * cy - wy * cx
        p[link, 0] = p[up, 0] + dx
        p[link, 1] = p[up, 1] + dy
        p[link, 2] = p[up, 2] + dz
        # rotations, each about an axis carried by the ones before
        mode = rates[link]
        f0, f1, f2, f3, f4, f5, f6, f7, f8 = r0, r1, r2, r3, r4, r5, r6, r7, r8
        pwx, pwy, pwz = wx, wy, wz
        v1x = v1y = v1z = 0.0
        v2x = v2y = v2z = 0.0
        start = k
        while k < end:
            c = coordinate[k]
            x = q[c] if c >= 0 else 0.0
            f, df, ddf = evaluate(kind_, coefficient, first_, count, knot, cubic, function[k], x)
            cs = math.cos(f)
            sn = math.sin(f)
            code = axis_code[k]
            if code < 0:
                sn = -sn
            if code == 3 or code == -3:
                ux, uy, uz = r2, r5, r8
                r0, r1 = cs * r0 + sn * r1, cs * r1 - sn * r0
                r3, r4 = cs * r3 + sn * r4, cs * r4 - sn * r3
                r6, r7 = cs * r6 + sn * r7, cs * r7 - sn * r6
            elif code == 1 or code == -1:
                ux, uy, uz = r0, r3, r6
                r1, r2 = cs * r1 + sn * r2, cs * r2 - sn * r1
                r4, r5 = cs * r4 + sn * r5, cs * r5 - sn * r4
                r7, r8 = cs * r7 + sn * r8, cs * r8 - sn * r7
            elif code == 2 or code == -2:
                ux, uy, uz = r1, r4, r7
                r2, r0 = cs * r2 + sn * r0, cs * r0 - sn * r2
                r5, r3 = cs * r5 + sn * r3, cs * r3 - sn * r5
                r8, r6 = cs * r8 + sn * r6, cs * r6 - sn * r8
            else:  # Rodrigues' formula
                t0, t1, t2 = axis[k, 0], axis[k, 1], axis[k, 2]
                ux = r0 * t0 + r1 * t1 + r2 * t2
                uy = r3 * t0 + r4 * t1 + r5 * t2
                uz = r6 * t0 + r7 * t1 + r8 * t2
                m = 1.0 - cs
                b0, b1, b2 = cs + m * t0 * t0, m * t0 * t1 - sn * t2, m * t0 * t2 + sn * t1
                b3, b4, b5 = m * t0 * t1 + sn * t2, cs + m * t1 * t1, m * t1 * t2 - sn * t0
                b6, b7, b8 = m * t0 * t2 - sn * t1, m * t1 * t2 + sn * t0, cs + m * t2 * t2
                r0, r1, r2 = (
                    r0 * b0 + r1 * b3 + r2 * b6,
                    r0 * b1 + r1 * b4 + r2 * b7,
                    r0 * b2 + r1 * b5 + r2 * b8,
                )
                r3, r4, r5 = (
                    r3 * b0 + r4 * b3 + r5 * b6,
                    r3 * b1 + r4 * b4 + r5 * b7,
                    r3 * b2 + r4 * b5 + r5 * b8,
                )
                r6, r7, r8 = (
                    r6 * b0 + r7 * b3 + r8 * b6,
                    r6 * b1 + r7 * b4 + r8 * b7,
                    r6 * b2 + r7 * b5 + r8 * b8,
                )
            if code < 0:
                ux, uy, uz = -ux, -uy, -uz
            if mode == Rates.QUASI:
                t0, t1, t2 = axis[k, 0], axis[k, 1], axis[k, 2]
                ux = f0 * t0 + f1 * t1 + f2 * t2
                uy = f3 * t0 + f4 * t1 + f5 * t2
                uz = f6 * t0 + f7 * t1 + f8 * t2
            u[k, 0], u[k, 1], u[k, 2] = ux, uy, uz
            slope[k] = 0.0
            if c >= 0:
                slope[k] = df
                rate = df * qd[c]
                change = df * qdd[c] + ddf * qd[c] * qd[c]
                sx = rate * ux
                sy = rate * uy
                sz = rate * uz
                if mode == Rates.EXACT:
                    lx += change * ux + wy * sz - wz * sy
                    ly += change * uy + wz * sx - wx * sz
                    lz += change * uz + wx * sy - wy * sx
                else:  # only the parent's rotation here; the joint's own follows below
                    lx += change * ux + pwy * sz - pwz * sy
                    ly += change * uy + pwz * sx - pwx * sz
                    lz += change * uz + pwx * sy - pwy * sx
                    v1x += second_rate[k] * sx
                    v1y += second_rate[k] * sy
                    v1z += second_rate[k] * sz
                    v2x += third_rate[k] * sx
                    v2y += third_rate[k] * sy
                    v2z += third_rate[k] * sz
                wx += sx
                wy += sy
                wz += sz
            k += 1
        if mode == Rates.FUNCTION:
            for j in range(start, end):
                c = coordinate[j]
                if c >= 0 and slot[j] > 0:
                    rate = slope[j] * qd[c]
                    sx = rate * u[j, 0]
                    sy = rate * u[j, 1]
                    sz = rate * u[j, 2]
                    if slot[j] == 1:
                        lx += v1y * sz - v1z * sy
                        ly += v1z * sx - v1x * sz
                        lz += v1x * sy - v1y * sx
                    else:
                        lx += v2y * sz - v2z * sy
                        ly += v2z * sx - v2x * sz
                        lz += v2x * sy - v2y * sx
        R[link, 0], R[link, 1], R[link, 2] = r0, r1, r2
        R[link, 3], R[link, 4], R[link, 5] = r3, r4, r5
        R[link, 6], R[link, 7], R[link, 8] = r6, r7, r8
        w[link, 0], w[link, 1], w[link, 2] = wx, wy, wz
        al[link, 0], al[link, 1], al[link, 2] = lx, ly, lz
