"""What joints carry once tendon forces are known."""

import math

from retrogait._jit import kernel, section
from retrogait.arrays import Floats
from retrogait.kernels.plan import Answer, Body, Plan, Work


@kernel
def to_body(R: Floats, B: Floats, link: int, x: float, y: float, z: float) -> tuple[float, float, float]:
    """A ground vector in the axes of a link's body."""
    a = R[link, 0] * x + R[link, 3] * y + R[link, 6] * z
    b = R[link, 1] * x + R[link, 4] * y + R[link, 7] * z
    c = R[link, 2] * x + R[link, 5] * y + R[link, 8] * z
    return (
        B[link, 0] * a + B[link, 3] * b + B[link, 6] * c,
        B[link, 1] * a + B[link, 4] * b + B[link, 7] * c,
        B[link, 2] * a + B[link, 5] * b + B[link, 8] * c,
    )


@kernel
def turn_into_body(R: Floats, B: Floats, link: int, source: Floats, out: Floats) -> None:
    """A wrench (6,) from ground axes to the axes of a link's body; may be in place."""
    x, y, z = to_body(R, B, link, source[0], source[1], source[2])
    a, b, c = to_body(R, B, link, source[3], source[4], source[5])
    out[0] = x
    out[1] = y
    out[2] = z
    out[3] = a
    out[4] = b
    out[5] = c


@section
def load_joints(body: Body, plan: Plan, frame: int, answer: Answer, work: Work) -> None:
    """Joint reactions, the knee's share by muscle and the pull on the patella, from tendon forces.

    The wrench that inverse dynamics found at a joint is what the joint and the muscles across it carry
    together; each muscle's own part is known from its lines of action.
    """
    chain_first = body.paths.chain_first
    chain = body.paths.chain
    wrench = work.wrench
    pull = work.pull
    R = work.pose.rotation
    B = plan.body_rotation
    tension = answer.tension[frame]
    for side in range(plan.knee_link.shape[0]):
        for i in range(6):
            answer.net[frame, side, i] = wrench[plan.knee_link[side], i]
    for muscle in range(tension.shape[0]):
        f = tension[muscle]
        if f != 0.0:
            for crossing in range(chain_first[muscle], chain_first[muscle + 1]):
                link = chain[crossing]
                for i in range(6):
                    wrench[link, i] -= f * pull[crossing, i]
    for link in range(1, wrench.shape[0]):
        turn_into_body(R, B, link, wrench[link], answer.reaction[frame, link])
    for side in range(plan.knee_link.shape[0]):
        link = plan.knee_link[side]
        turn_into_body(R, B, link, answer.net[frame, side], answer.net[frame, side])
        for k in range(plan.knee_first[side], plan.knee_first[side + 1]):
            muscle = plan.knee_muscle[k]
            part = answer.contribution[frame, side, muscle]
            f = -tension[muscle]
            x, y, z = to_body(
                R, B, link, f * pull[plan.knee_crossing[k], 0],
                f * pull[plan.knee_crossing[k], 1], f * pull[plan.knee_crossing[k], 2],
            )  # fmt: skip
            part[0] = x
            part[1] = y
            part[2] = z
        x = y = z = 0.0
        for k in range(plan.patella_first[side], plan.patella_first[side + 1]):
            f = tension[plan.patella_muscle[k]]
            crossing = plan.patella_crossing[k]
            x += f * pull[crossing, 0]
            y += f * pull[crossing, 1]
            z += f * pull[crossing, 2]
        answer.patella[frame, side] = math.sqrt(x * x + y * y + z * z)
