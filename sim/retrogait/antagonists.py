"""The loop that makes a false second peak: two muscles that cancel each other at the knee.

In late stance the hip must flex. Where the iliopsoas of a model is weak for that, least-activation sharing
lets the rectus femoris help. What it does to the knee the gastrocnemius takes back, which is welcome at the
ankle. Both are strong, so the pair is cheap; but both press the femur on the tibia. Instrumented knees do not
show it. Breaking the loop anywhere (iliopsoas twice as strong, no rectus femoris, a dear gastrocnemius)
brings the second peak of the estimate down to the measured one.
"""

import numpy as np

from retrogait.arrays import Bools, Floats, runs
from retrogait.criteria import GASTROCNEMIUS
from retrogait.gait.links import links_to_ground
from retrogait.kernels.plan import Answer, Motion
from retrogait.model import Knee, Model

LOADED = 0.2
"""A leg that carries more than this is in stance [BW]."""

HIP_MOMENT = 0.3
"""Hip flexion moment from which the rectus femoris is wanted [N m/kg]."""

KNEE_MOMENT = 0.3
"""Net moments of the knee below this are small: each of the two muscles alone makes as much [N m/kg]."""


def loop_force(model: Model, motion: Motion, answer: Answer, body_mass: float) -> Floats:
    """Compression of each knee that rectus femoris and gastrocnemius add by cancelling each other.

    The moment that cancels is the smaller of the two; each muscle's share of the tibiofemoral compression
    that goes with it is what would be missing without the loop.

    Parameters
    ----------
    body_mass : that moments are compared by [kg]

    Returns
    -------
    (frame, side)
        Compression along the tibia [N]; zero outside late stance, where the hip needs no flexion or the knee
        has a moment of its own, in failed frames, and where the model lacks one of the muscles.
    """
    added = np.zeros((motion.time.size, len(model.knees)))
    for side, knee in enumerate(model.knees):
        hip = _hip_flexion(model, knee)
        helpers = list(knee.heads[0])
        brakes = _crossing(model, knee, answer, side)
        if hip is None or not helpers or not brakes:
            continue
        extension, with_it = _work_at_knee(model, knee, answer, side, helpers)
        braking, against = _work_at_knee(model, knee, answer, side, brakes)
        cancelled = np.minimum(extension, -braking)
        net = -knee.flexion_sign * answer.force[:, knee.coordinate]
        active = (
            _late_stance(model, knee, motion, body_mass)
            & (cancelled > 0.0)
            & (answer.force[:, hip] > HIP_MOMENT * body_mass)
            & (np.abs(net) < KNEE_MOMENT * body_mass)
        )
        part = cancelled[active]
        added[active, side] = (
            with_it[active] * part / extension[active] - against[active] * part / braking[active]
        )
    return added


def _hip_flexion(model: Model, knee: Knee) -> int | None:
    """Coordinate of the hip's flexion on the side of a knee, flexion positive as in every public model."""
    names = (f"hip_flexion_{knee.side[0]}", f"hip_flex_{knee.side[0]}")
    return next((model.coordinates.index(name) for name in names if name in model.coordinates), None)


def _crossing(model: Model, knee: Knee, answer: Answer, side: int) -> list[int]:
    """Rows of the gastrocnemius that pull on the tibia of a knee at some time, and turn it."""
    first, coordinate = model.paths.arm_first, model.paths.arm_coordinate
    rows = [
        m
        for m, name in enumerate(model.muscle_names)
        if GASTROCNEMIUS.search(name) and knee.coordinate in coordinate[first[m] : first[m + 1]]
    ]
    return [m for m in rows if np.nan_to_num(answer.contribution[:, side, m]).any()]


def _work_at_knee(
    model: Model, knee: Knee, answer: Answer, side: int, muscles: list[int]
) -> tuple[Floats, Floats]:
    """(frame,) extension moment [N m] and compression [N] that some muscles make at a knee."""
    moment = np.zeros(answer.status.size)
    for m in muscles:
        for row in range(model.paths.arm_first[m], model.paths.arm_first[m + 1]):
            if model.paths.arm_coordinate[row] == knee.coordinate:
                moment -= knee.flexion_sign * answer.arm[:, row] * answer.tension[:, m]
    return np.nan_to_num(moment), np.nan_to_num(-answer.contribution[:, side, muscles, 1].sum(axis=1))


def _late_stance(model: Model, knee: Knee, motion: Motion, body_mass: float) -> Bools:
    """(frame,) whether the leg is in the second half of a time on the ground, as far as the record has it."""
    gravity = model.tree.gravity
    carried = np.zeros(motion.time.size)
    for i, link in enumerate(motion.load_link):
        if knee.link in links_to_ground(model.tree, int(link)):
            carried -= motion.load[:, i, :3] @ gravity
    on = carried > LOADED * body_mass * float(gravity @ gravity)
    late = np.zeros(on.size, np.bool_)
    for first, end in runs(on):
        late[(first + end) // 2 : end] = True
    return late
