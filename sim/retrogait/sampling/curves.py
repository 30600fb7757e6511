"""What is kept of every sample: curves and numbers, the same as those of a result."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Bools, Floats
from retrogait.kernels.patellofemoral import closed_form_ratio
from retrogait.kernels.plan import Answer
from retrogait.kernels.status import Status
from retrogait.model import Model
from retrogait.sampling.prepared import Prepared

Singles = npt.NDArray[np.float32]
"""Kept in single precision: there are so many of them, and bands need no more."""

NUMBERS = {
    "tibiofemoral_peak": ("BW", "Largest tibiofemoral contact force of the window."),
    "tibiofemoral_impulse": ("BW s", "Integral of the tibiofemoral contact force over the window."),
    "patellofemoral_peak_geometry": ("BW", "Largest patellofemoral force, by the model's geometry."),
    "patellofemoral_peak_closed_form": ("BW", "Largest patellofemoral force, by the closed form."),
    "extension_moment_peak": ("N m/kg", "Largest internal knee extension moment."),
    "adduction_moment_peak": ("N m/kg", "Largest external knee adduction moment."),
}
"""Unit and sentence of every number that causes are ranked for."""


class Scale(NamedTuple):
    """What loads are divided by: that of the plain analysis, in every sample [kg], [N]."""

    mass: float
    weight: float


class Curves(NamedTuple):
    """Curves of all samples; NaN in failed frames.

    tibia      : (sample, frame, side) tibiofemoral force [BW]
    patella    : (sample, frame, side, method) patellofemoral force [BW]
    extension  : (sample, frame, side) internal knee extension moment [N m]
    adduction  : (sample, frame, side) external knee adduction moment [N m]
    activation : (sample, frame, muscle) [1]
    tension    : (sample, frame, muscle) [N]
    force      : (sample, frame, coordinate) generalised force [N m or N]
    failed     : (sample, frame)
    """

    tibia: Floats
    patella: Floats
    extension: Floats
    adduction: Floats
    activation: Singles
    tension: Singles
    force: Singles
    failed: Bools


def new_curves(samples: int, frames: int, model: Model) -> Curves:
    """Room for all samples."""
    sides, muscles = len(model.knees), len(model.muscle_names)
    return Curves(
        tibia=np.full((samples, frames, sides), np.nan),
        patella=np.full((samples, frames, sides, 2), np.nan),
        extension=np.full((samples, frames, sides), np.nan),
        adduction=np.full((samples, frames, sides), np.nan),
        activation=np.empty((samples, frames, muscles), np.float32),
        tension=np.empty((samples, frames, muscles), np.float32),
        force=np.empty((samples, frames, len(model.coordinates)), np.float32),
        failed=np.zeros((samples, frames), np.bool_),
    )


def keep(row: int, model: Model, prepared: Prepared, answer: Answer, scale: Scale, curves: Curves) -> None:
    """Read one sample's answer into a row of the curves, by the rules of `retrogait.dataset`."""
    failed = answer.status != Status.SOLVED
    curves.failed[row] = failed
    curves.activation[row] = answer.activation
    curves.tension[row] = answer.tension
    curves.force[row] = answer.force
    plan = prepared.plan
    for side, knee in enumerate(model.knees):
        if knee.reaches_tibia and plan.knee_first[side + 1] > plan.knee_first[side]:
            curves.tibia[row, :, side] = np.linalg.norm(answer.reaction[:, knee.link, :3], axis=1)
        if knee.quadriceps and knee.reaches_tibia:
            pull = answer.tension[:, list(knee.quadriceps)].sum(axis=1)
            flexion = knee.flexion_sign * prepared.motion.q[:, knee.coordinate]
            curves.patella[row, :, side, 1] = closed_form_ratio(flexion) * pull
            if knee.patella >= 0:
                curves.patella[row, :, side, 0] = answer.patella[:, side]
        folded = answer.force[:, knee.coordinate].copy()
        for coupled in np.flatnonzero(model.tree.driver == knee.coordinate):
            folded += answer.force[:, coupled] * prepared.gains[:, side, coupled]
        curves.extension[row, :, side] = -knee.flexion_sign * folded
        curves.adduction[row, :, side] = answer.net[:, side, 3] * (-1.0 if knee.side == "right" else 1.0)
    curves.tibia[row] /= scale.weight
    curves.patella[row] /= scale.weight
    for kept in curves[:4]:
        kept[row, failed] = np.nan


def numbers_of(time: Floats, curves: Curves, scale: Scale) -> Floats:
    """(sample, side, number) of `NUMBERS`; failed frames enter none, NaN where no frame has an answer."""
    steps = np.diff(time)[:, None] * (curves.tibia[:, 1:] + curves.tibia[:, :-1]) / 2.0
    impulse = np.where(np.isfinite(steps).any(axis=1), np.nansum(steps, axis=1), np.nan)
    return np.stack(
        [
            _largest(curves.tibia),
            impulse,
            _largest(curves.patella[..., 0]),
            _largest(curves.patella[..., 1]),
            _largest(curves.extension) / scale.mass,
            _largest(curves.adduction) / scale.mass,
        ],
        axis=-1,
    )


def _largest(curve: Floats) -> Floats:
    """(sample, side) largest value over the frames."""
    largest = np.fmax.reduce(curve, axis=1)
    return np.asarray(largest)
