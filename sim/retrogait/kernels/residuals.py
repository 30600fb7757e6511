"""Generalised forces of a whole motion without muscles, and where its links and its centre of mass are."""

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints
from retrogait.kernels.dynamics import gather_forces, require_inertia, subtract_loads
from retrogait.kernels.kinematics import Pose, place
from retrogait.kernels.model import Functions, Tree


@kernel
def invert_motion(
    tree: Tree,
    functions: Functions,
    q: Floats,
    qd: Floats,
    qdd: Floats,
    load_link: Ints,
    load: Floats,
    pose: Pose,
    wrench: Floats,
    force: Floats,
    position: Floats,
    centre: Floats,
) -> None:
    """Inverse dynamics of every frame.

    Parameters
    ----------
    q, qd, qdd : (frame, coordinate) [rad or m], [/s], [/s2]
    load_link  : (load,) link on which each external load acts
    load       : (frame, load, 9) force [N], point [m], free moment [N m], ground axes
    pose       : room for one frame
    wrench     : (link, 6) room for one frame
    force      : (frame, coordinate) [N m or N], overwritten
    position   : (frame, link, 3) origin of every link [m], overwritten
    centre     : (frame, 3) centre of mass of all links [m], overwritten
    """
    for frame in range(q.shape[0]):
        place(tree, functions, q[frame], qd[frame], qdd[frame], pose)
        require_inertia(tree, pose, wrench)
        subtract_loads(pose, load_link, load[frame], wrench)
        gather_forces(tree, pose, wrench, force[frame])
        total = 0.0
        x = y = z = 0.0
        for link in range(position.shape[1]):
            p0, p1, p2 = pose.position[link, 0], pose.position[link, 1], pose.position[link, 2]
            position[frame, link, 0], position[frame, link, 1], position[frame, link, 2] = p0, p1, p2
            R = pose.rotation[link]
            m = tree.mass[link]
            s0, s1, s2 = tree.com[link, 0], tree.com[link, 1], tree.com[link, 2]
            total += m
            x += m * (p0 + R[0] * s0 + R[1] * s1 + R[2] * s2)
            y += m * (p1 + R[3] * s0 + R[4] * s1 + R[5] * s2)
            z += m * (p2 + R[6] * s0 + R[7] * s1 + R[8] * s2)
        centre[frame, 0], centre[frame, 1], centre[frame, 2] = x / total, y / total, z / total
