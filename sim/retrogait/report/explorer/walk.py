"""One walk as the explorer shows it, and which curves it shows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.gait.measures import CURVES
from retrogait.scene import METHOD, Scene

SIDES = ("right", "left")

SHOWN: Mapping[str, str] = {
    "tibiofemoral_force": "Tibiofemoral force",
    "patellofemoral_force": "Patellofemoral force",
    "vasti": "Vasti activation",
    "knee_flexion": "Knee flexion",
    "knee_extension_moment": "Knee extension moment",
    "ground_force_up": "Ground force, upward",
    "gastrocnemius": "Gastrocnemius activation",
    "biceps_femoris": "Hamstrings activation",
}
"""Curve of `retrogait.gait.measures.CURVES` to what it is called; units and sentences are read there."""

LEAST_AXIS: Mapping[str, float] = {"tibiofemoral_force": 3.0, "patellofemoral_force": 1.0, "vasti": 0.5,
                                   "ground_force_up": 1.2, "gastrocnemius": 0.5,
                                   "biceps_femoris": 0.5}  # fmt: skip
"""Values that an axis reaches at least, so that small loads look small."""


@dataclass(frozen=True, slots=True)
class Span:
    """How far a peak is known.

    Attributes
    ----------
    low, high : [body weights]
    over      : of what, in words
    """

    low: float
    high: float
    over: str


@dataclass(frozen=True, eq=False)
class Walk:
    """One walk: a cycle of one leg, or the whole window where there is none.

    Attributes
    ----------
    name      : of the trial
    direction : "forward" or "retro"
    speed     : NaN where nobody said [m/s]
    incline   : positive uphill in the direction of travel [deg]
    origin    : "recorded", "synthetic" or "predicted"
    basis     : "cycle" or "window": what 100 per cent are
    leg       : whose cycle it is
    mass      : of the body, what a body weight is [kg]
    duration  : of the cycle or window [s]
    repeats   : whether the last frame is followed by the first
    percent   : (frame,) increasing, 0 to 100 [%]
    time      : (frame,) in the result [s]
    failed    : (frame,)
    toe_off   : of that leg; NaN where not known [%]
    curves    : (side, frame) by name of `SHOWN`; NaN where there is no answer
    spans     : by name of a curve and side, of its peak
    scene     : None where the model was not at hand
    remarks   : what a reader must know
    """

    name: str
    direction: str
    speed: float
    incline: float
    origin: str
    basis: str
    leg: str
    mass: float
    duration: float
    repeats: bool
    percent: Floats
    time: Floats
    failed: npt.NDArray[np.bool_]
    toe_off: float
    curves: Mapping[str, Floats]
    spans: Mapping[str, Mapping[str, Span]]
    scene: Scene | None
    remarks: tuple[str, ...]


def unit_of(curve: str) -> str:
    """Unit of a curve, "" for a pure number."""
    unit = CURVES[curve].unit
    return "" if unit == "1" else unit


def about(curve: str) -> str:
    """One sentence on a curve, with the engine where there are several."""
    engine = f" By the {METHOD.replace('_', ' ')}." if curve == "patellofemoral_force" else ""
    return CURVES[curve].about + engine
