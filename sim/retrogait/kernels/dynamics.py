"""Inverse dynamics: recursive Newton-Euler on the compiled tree."""

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints
from retrogait.kernels.kinematics import Pose
from retrogait.kernels.model import Primitive, Tree


@kernel
def require_inertia(tree: Tree, pose: Pose, wrench: Floats) -> None:
    """Wrench that each link's own mass needs to move as it does, weight included (Newton and Euler).

    Parameters
    ----------
    wrench : (link, 6) force [N] and moment about the link origin [N m], ground axes, overwritten
    """
    mass = tree.mass
    com = tree.com
    inertia = tree.inertia
    R = pose.rotation
    w = pose.spin
    al = pose.turn
    a = pose.acceleration
    wrench[0, :] = 0.0
    for link in range(1, mass.shape[0]):
        m = mass[link]
        r0, r1, r2 = R[link, 0], R[link, 1], R[link, 2]
        r3, r4, r5 = R[link, 3], R[link, 4], R[link, 5]
        r6, r7, r8 = R[link, 6], R[link, 7], R[link, 8]
        wx, wy, wz = w[link, 0], w[link, 1], w[link, 2]
        lx, ly, lz = al[link, 0], al[link, 1], al[link, 2]
        s0, s1, s2 = com[link, 0], com[link, 1], com[link, 2]
        cx = r0 * s0 + r1 * s1 + r2 * s2
        cy = r3 * s0 + r4 * s1 + r5 * s2
        cz = r6 * s0 + r7 * s1 + r8 * s2
        tx = wy * cz - wz * cy
        ty = wz * cx - wx * cz
        tz = wx * cy - wy * cx
        fx = m * (a[link, 0] + ly * cz - lz * cy + wy * tz - wz * ty)
        fy = m * (a[link, 1] + lz * cx - lx * cz + wz * tx - wx * tz)
        fz = m * (a[link, 2] + lx * cy - ly * cx + wx * ty - wy * tx)
        # I alpha + w x I w in link axes, where the inertia is constant
        bx = r0 * wx + r3 * wy + r6 * wz
        by = r1 * wx + r4 * wy + r7 * wz
        bz = r2 * wx + r5 * wy + r8 * wz
        gx = r0 * lx + r3 * ly + r6 * lz
        gy = r1 * lx + r4 * ly + r7 * lz
        gz = r2 * lx + r5 * ly + r8 * lz
        Ixx, Iyy, Izz = inertia[link, 0], inertia[link, 1], inertia[link, 2]
        Ixy, Ixz, Iyz = inertia[link, 3], inertia[link, 4], inertia[link, 5]
        hx = Ixx * bx + Ixy * by + Ixz * bz
        hy = Ixy * bx + Iyy * by + Iyz * bz
        hz = Ixz * bx + Iyz * by + Izz * bz
        nx = Ixx * gx + Ixy * gy + Ixz * gz + by * hz - bz * hy
        ny = Ixy * gx + Iyy * gy + Iyz * gz + bz * hx - bx * hz
        nz = Ixz * gx + Iyz * gy + Izz * gz + bx * hy - by * hx
        wrench[link, 0] = fx
        wrench[link, 1] = fy
        wrench[link, 2] = fz
        wrench[link, 3] = r0 * nx + r1 * ny + r2 * nz + cy * fz - cz * fy
        wrench[link, 4] = r3 * nx + r4 * ny + r5 * nz + cz * fx - cx * fz
        wrench[link, 5] = r6 * nx + r7 * ny + r8 * nz + cx * fy - cy * fx


@kernel
def subtract_loads(pose: Pose, load_link: Ints, load: Floats, wrench: Floats) -> None:
    """Take what the ground already gives off the wrench that each link needs.

    Parameters
    ----------
    load_link : (load,) link on which each external load acts
    load      : (load, 9) force [N], point [m] and free moment [N m], ground axes
    wrench    : (link, 6) changed in place
    """
    p = pose.position
    for i in range(load_link.shape[0]):
        link = load_link[i]
        fx, fy, fz = load[i, 0], load[i, 1], load[i, 2]
        dx = load[i, 3] - p[link, 0]
        dy = load[i, 4] - p[link, 1]
        dz = load[i, 5] - p[link, 2]
        wrench[link, 0] -= fx
        wrench[link, 1] -= fy
        wrench[link, 2] -= fz
        wrench[link, 3] -= dy * fz - dz * fy + load[i, 6]
        wrench[link, 4] -= dz * fx - dx * fz + load[i, 7]
        wrench[link, 5] -= dx * fy - dy * fx + load[i, 8]


@kernel
def gather_forces(tree: Tree, pose: Pose, wrench: Floats, force: Floats) -> None:
    """Carry wrenches from the tips to the ground and read every coordinate's generalised force.

    Parameters
    ----------
    wrench : (link, 6) own wrench on entry; on return what the link's joint transmits to it
    force  : (coordinate,) generalised force [N m or N], overwritten; the share of a coupled coordinate
             stands in its own place
    """
    parent = tree.parent
    first = tree.first
    last = tree.last
    kind = tree.kind
    coordinate = tree.coordinate
    p = pose.position
    u = pose.axis
    slope = pose.slope
    force[:] = 0.0
    for link in range(parent.shape[0] - 1, 0, -1):
        fx, fy, fz = wrench[link, 0], wrench[link, 1], wrench[link, 2]
        nx, ny, nz = wrench[link, 3], wrench[link, 4], wrench[link, 5]
        for k in range(first[link], last[link]):
            c = coordinate[k]
            if c >= 0:
                if kind[k] == Primitive.ROTATION:
                    along = u[k, 0] * nx + u[k, 1] * ny + u[k, 2] * nz
                else:
                    along = u[k, 0] * fx + u[k, 1] * fy + u[k, 2] * fz
                force[c] += slope[k] * along
        up = parent[link]
        if up > 0:
            dx = p[link, 0] - p[up, 0]
            dy = p[link, 1] - p[up, 1]
            dz = p[link, 2] - p[up, 2]
            wrench[up, 0] += fx
            wrench[up, 1] += fy
            wrench[up, 2] += fz
            wrench[up, 3] += nx + dy * fz - dz * fy
            wrench[up, 4] += ny + dz * fx - dx * fz
            wrench[up, 5] += nz + dx * fy - dy * fx
