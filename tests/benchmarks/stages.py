"""Loops over frames around single stages of the core, compiled as the core itself is."""

from retrogait._jit import kernel
from retrogait.kernels.dynamics import gather_forces, require_inertia, subtract_loads
from retrogait.kernels.joints import load_joints
from retrogait.kernels.kinematics import place
from retrogait.kernels.muscles import rigid_tendon
from retrogait.kernels.paths import measure_paths


@kernel
def place_all(body, motion, work):
    for frame in range(motion.time.shape[0]):
        place(
            body.tree, body.functions, motion.q[frame], motion.qd[frame], motion.qdd[frame],
            work.pose,
        )  # fmt: skip


@kernel
def solve_moments(body, motion, force, work):
    for frame in range(motion.time.shape[0]):
        place(
            body.tree, body.functions, motion.q[frame], motion.qd[frame], motion.qdd[frame],
            work.pose,
        )  # fmt: skip
        require_inertia(body.tree, work.pose, work.wrench)
        subtract_loads(work.pose, motion.load_link, motion.load[frame], work.wrench)
        gather_forces(body.tree, work.pose, work.wrench, force[frame])


@kernel
def measure_all(body, plan, motion, answer, work):
    """Paths alone, in the pose of the last frame that was placed, so that posing is not timed."""
    for frame in range(motion.time.shape[0]):
        measure_paths(
            body.tree, body.functions, body.paths, motion.q[frame], work.pose, plan.physics[0],
            work.strand, work.path_wrench, work.path_force, answer.length[frame],
            answer.arm[frame], work.pull,
        )  # fmt: skip


@kernel
def activate_all(body, motion, answer, work):
    for frame in range(motion.time.shape[0]):
        rigid_tendon(
            body.muscles, answer.length[frame], work.velocity, work.active, work.passive,
            answer.fiber_length[frame],
        )  # fmt: skip


@kernel
def load_all(body, plan, motion, answer, work):
    for frame in range(motion.time.shape[0]):
        load_joints(body, plan, frame, answer, work)
