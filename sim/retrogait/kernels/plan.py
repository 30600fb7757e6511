"""What to solve, with what, and where the answers go: the records that `frames` passes around."""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats, Ints
from retrogait.kernels.kinematics import Pose, new_pose
from retrogait.kernels.model import Functions, Paths, Tree
from retrogait.kernels.muscles import Muscles
from retrogait.kernels.sharing import SharingWork, new_sharing_work
from retrogait.kernels.strand import Strand, new_strand


class Body(NamedTuple):
    """The compiled model as one value."""

    tree: Tree
    functions: Functions
    paths: Paths
    muscles: Muscles


class Plan(NamedTuple):
    """Choices of one analysis, as arrays.

    Attributes
    ----------
    physics       : (1,) `Physics`
    exponent      : (1,) 2 or 3
    compliant     : (1,) 1 for tendons that stretch
    passive       : (1,) 1 where passive fibre force counts
    shared        : (shared,) coordinates that muscles balance
    share_first   : (muscle + 1,) range of each muscle in the next two
    share_arm     : (entry,) row among the moment arms
    share_row     : (entry,) row in ``shared``
    reserve       : (shared,) reserve moment per unit cost [N m or N]
    cost          : (muscle,) weight of the muscle in the cost [1]
    lower, upper  : (muscle,) bounds of the activation [1]
    knee_link     : (side,) link of each tibia
    knee_first    : (side + 1,) range of each side in the next two
    knee_crossing : (row,) crossing of a muscle over that knee
    knee_muscle   : (row,) the muscle
    patella_first : (side + 1,) range of each side in the next two
    patella_crossing, patella_muscle : (row,) the quadriceps' pull on the patella
    body_rotation : (link, 9) body axes in the link frame
    """

    physics: Ints
    exponent: Ints
    compliant: Ints
    passive: Ints
    shared: Ints
    share_first: Ints
    share_arm: Ints
    share_row: Ints
    reserve: Floats
    cost: Floats
    lower: Floats
    upper: Floats
    knee_link: Ints
    knee_first: Ints
    knee_crossing: Ints
    knee_muscle: Ints
    patella_first: Ints
    patella_crossing: Ints
    patella_muscle: Ints
    body_rotation: Floats


class Motion(NamedTuple):
    """What is known of a trial.

    Attributes
    ----------
    time       : (frame,) [s]
    q, qd, qdd : (frame, coordinate) [rad or m], [/s], [/s2]
    load       : (frame, load, 9) force [N], point [m], free moment [N m] in ground axes
    load_link  : (load,) link on which it acts
    """

    time: Floats
    q: Floats
    qd: Floats
    qdd: Floats
    load: Floats
    load_link: Ints


class Answer(NamedTuple):
    """Everything that `frames` writes; forces in newtons, moments in newton metres.

    Attributes
    ----------
    force            : (frame, coordinate) generalised force, a coupled coordinate's share in its own place
    reserve          : (frame, coordinate) what muscles leave of it, coupled shares folded into the driver
    activation, tension, length, fiber_length : (frame, muscle) [1], [N], [m], [m]
    arm              : (frame, arm) moment arms [m]
    reaction         : (frame, link, 6) force and moment of each joint on its link, body axes, muscles
                       included
    net              : (frame, side, 6) the same at the knee without muscles
    contribution     : (frame, side, muscle, 3) of each muscle to the knee's force, tibia axes
    patella          : (frame, side) resultant of the quadriceps' pull on the patella
    left             : (frame,) largest moment that sharing left over
    steps            : (frame,) Newton steps
    status           : (frame,) `Status`
    """

    force: Floats
    reserve: Floats
    activation: Floats
    tension: Floats
    length: Floats
    fiber_length: Floats
    arm: Floats
    reaction: Floats
    net: Floats
    contribution: Floats
    patella: Floats
    left: Floats
    steps: Ints
    status: Ints


def new_answer(frames: int, body: Body, plan: Plan) -> Answer:
    """Room for a trial, zeroed."""
    coordinates = body.tree.driver.size
    muscles = body.paths.first.size
    sides = plan.knee_link.size
    return Answer(
        force=np.zeros((frames, coordinates)),
        reserve=np.zeros((frames, coordinates)),
        activation=np.zeros((frames, muscles)),
        tension=np.zeros((frames, muscles)),
        length=np.zeros((frames, muscles)),
        fiber_length=np.zeros((frames, muscles)),
        arm=np.zeros((frames, body.paths.arm_coordinate.size)),
        reaction=np.zeros((frames, body.tree.parent.size, 6)),
        net=np.zeros((frames, sides, 6)),
        contribution=np.zeros((frames, sides, muscles, 3)),
        patella=np.zeros((frames, sides)),
        left=np.zeros(frames),
        steps=np.zeros(frames, np.int64),
        status=np.zeros(frames, np.int64),
    )


class Work(NamedTuple):
    """Scratch of one span of frames.

    ``price``, ``price_before`` and ``fiber_before`` carry from frame to frame; ``nothing`` stays zero.
    """

    pose: Pose
    strand: Strand
    sharing: SharingWork
    wrench: Floats
    path_wrench: Floats
    path_force: Floats
    pull: Floats
    velocity: Floats
    active: Floats
    passive: Floats
    value: Floats
    target: Floats
    price: Floats
    price_before: Floats
    fiber_before: Floats
    guess: Floats
    balance: Ints
    nothing: Floats
    curve: Floats
    steeper: Floats
    other: Floats
    other_force: Floats
    other_fiber: Floats
    change: Floats
    brake: Floats


def new_work(body: Body, plan: Plan) -> Work:
    """Scratch for one span of frames; threads share none of it."""
    links = body.tree.parent.size
    muscles = body.paths.first.size
    shared = plan.shared.size
    return Work(
        pose=new_pose(links, body.tree.kind.size),
        strand=new_strand(int(body.paths.capacity[0])),
        sharing=new_sharing_work(shared),
        wrench=np.zeros((links, 6)),
        path_wrench=np.zeros((links, 6)),
        path_force=np.zeros(body.tree.driver.size),
        pull=np.zeros((body.paths.chain.size, 6)),
        velocity=np.zeros(muscles),
        active=np.zeros(muscles),
        passive=np.zeros(muscles),
        value=np.zeros(plan.share_arm.size),
        target=np.zeros(shared),
        price=np.zeros(shared),
        price_before=np.zeros(shared),
        fiber_before=np.full(muscles, np.nan),
        guess=np.zeros(muscles),
        balance=np.zeros(muscles, np.int64),
        nothing=np.zeros(muscles),
        curve=np.zeros(muscles),
        steeper=np.zeros(muscles),
        other=np.zeros(muscles),
        other_force=np.zeros(muscles),
        other_fiber=np.zeros(muscles),
        change=np.zeros(muscles),
        brake=np.zeros(muscles),
    )
