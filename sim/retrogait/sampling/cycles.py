"""Curves over time to curves over the cycle: one matrix per side, for every sample alike."""

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.cycle import PERCENT, sample
from retrogait.gait.ground import ground_forces
from retrogait.gait.strides import measure_gait
from retrogait.gait.trial import Trial
from retrogait.model import Model


def cycle_weights(result: xr.Dataset, model: Model, trial: Trial) -> dict[str, Floats]:
    """Side to (percent, frame) weights of the mean over its complete cycles; a side without one is absent.

    Contacts are those of the plain analysis: no factor moves them.

    Raises
    ------
    MotionError
        The trial has no complete cycle.
    """
    strides = measure_gait(result, ground_forces(model, trial))
    time = result["time"].to_numpy()
    own = np.eye(time.size)
    found: dict[str, list[Floats]] = {}
    for side, start, end in zip(
        strides["side"].to_numpy(), strides["start"].to_numpy(), strides["end"].to_numpy(), strict=True
    ):
        at = start + (end - start) * PERCENT / 100.0
        if end > time[-1]:  # of a stride that repeats itself, and so stands within the record again
            at = time[0] + (at - time[0]) % (end - start)
        found.setdefault(str(side), []).append(sample(time, own, np.clip(at, time[0], time[-1])))
    return {side: np.mean(weights, axis=0) for side, weights in found.items()}


def over_cycle(weights: Floats, curve: Floats) -> Floats:
    """(sample, percent) of (sample, frame); NaN where a frame that counts has no answer."""
    missing = ~np.isfinite(curve)
    mean = np.where(missing, 0.0, curve) @ weights.T
    return np.where(missing @ (weights > 0.0).T, np.nan, mean)
