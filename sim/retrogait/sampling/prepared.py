"""A trial that is ready to be solved, as the samples of a sensitivity change it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.gait.trial import Trial
from retrogait.kernels.functions import evaluate
from retrogait.kernels.plan import Body, Motion, Plan
from retrogait.model import Model
from retrogait.pipeline import tilted_gravity
from retrogait.settings import Settings


class Prepared(NamedTuple):
    """A trial that is ready to be solved.

    body, plan, motion : see `retrogait.kernels.plan`
    gains : (frame, side, coordinate) how fast each coordinate that a coupler ties to a knee's flexion follows
            it, 0 for all others [1 or m/rad]
    """

    body: Body
    plan: Plan
    motion: Motion
    gains: Floats


Change = Callable[[Prepared, float], Prepared]
"""A prepared trial with one factor at a value."""


class Subject(NamedTuple):
    """What the factors are to be bound to."""

    model: Model
    trial: Trial
    settings: Settings


def coupler_gains(model: Model, motion: Motion) -> Floats:
    """`Prepared.gains` of a motion."""
    gains = np.zeros((motion.time.size, len(model.knees), len(model.coordinates)))
    for side, knee in enumerate(model.knees):
        for coupled in np.flatnonzero(model.tree.driver == knee.coordinate):
            row = int(model.tree.driver_function[coupled])
            angles = motion.q[:, knee.coordinate]
            gains[:, side, coupled] = [evaluate(*model.functions, row, float(x))[1] for x in angles]
    return gains


def level(prepared: Prepared, subject: Subject) -> Prepared:
    """Tilt gravity anew where the axes stand on the surface, which the pelvis' facing gives its direction."""
    if subject.trial.axes != "surface":
        return prepared
    gravity = tilted_gravity(subject.model, prepared.motion, subject.trial)
    tree = prepared.body.tree._replace(gravity=gravity)
    return prepared._replace(body=prepared.body._replace(tree=tree))


def need_ground_axes(factor: str, subject: Subject) -> None:
    """Refuse a factor that moves bodies where ground forces stand in a body's axes, and would have to follow.

    Raises
    ------
    ConfigError
        They do.
    """
    loads = subject.trial.loads
    if loads is None:
        return
    for name, force, point, known in zip(
        loads.name, loads.force_frame, loads.point_frame, loads.has_point, strict=True
    ):
        if force != "ground" or point != "ground" or not known:
            raise ConfigError(
                f"factor {factor}: ground force {name!r} stands in the axes of a body, which it would "
                "move; give the forces in ground axes, or leave the factor out"
            )
