"""What a trial asks of the whole body: its mass against the ground, and the moments of every coordinate."""

import numpy as np

from retrogait.arrays import Floats
from retrogait.audit.finding import Finding, Severity
from retrogait.kernels.dynamics import gather_forces, require_inertia, subtract_loads
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.model import Tree
from retrogait.kernels.plan import Motion
from retrogait.model import Model
from retrogait.remarks import MASS_LIMIT

SPOILS = 0.2
"""A mass that is off by more belongs to another person, or to a model that nobody scaled [1]."""


def moments(model: Model, tree: Tree, motion: Motion) -> tuple[Floats, Floats]:
    """(frame, coordinate) net generalised force [N m or N], (frame, 3) what all mass needs [N].

    Parameters
    ----------
    tree : of the model, with the rates that the physics in question has
    """
    pose = new_pose(tree.parent.size, tree.kind.size)
    wrench = np.zeros((tree.parent.size, 6))
    force = np.zeros(motion.q.shape)
    needed = np.zeros((motion.time.size, 3))
    for frame in range(motion.time.size):
        place(tree, model.functions, motion.q[frame], motion.qd[frame], motion.qdd[frame], pose)
        require_inertia(tree, pose, wrench)
        needed[frame] = wrench[:, :3].sum(axis=0)
        subtract_loads(pose, motion.load_link, motion.load[frame], wrench)
        gather_forces(tree, pose, wrench, force[frame])
    return force, needed


def check_mass(model: Model, motion: Motion, needed: Floats) -> list[Finding]:
    """Mass of the model against what the ground carries beyond what the motion needs."""
    gravity = model.tree.gravity
    size = float(np.linalg.norm(gravity))
    if size == 0.0 or not motion.load.size or not model.mass:
        return []
    ground = motion.load[:, :, :3].sum(axis=1)
    extra = float(np.median((ground - needed) @ -gravity)) / size**2
    share = extra / model.mass
    if abs(share) <= MASS_LIMIT:
        return []
    return [
        Finding(
            Severity.WRONG if abs(share) > SPOILS else Severity.CAREFUL, "mass", (model.file,),
            f"the model has {model.mass:.1f} kg and the ground forces carry {model.mass + extra:.1f} kg "
            f"({share:+.0%}, median over the trial)",
            "weight that nobody has ends up in the pelvis' residuals and, foot upward, in the knee; loads "
            "per body weight are off by as much",
            "scale the model to the person, or check the plates' calibration and that both feet are loaded",
            100.0 * share, "%",
        )
    ]  # fmt: skip
