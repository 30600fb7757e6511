"""What only the model beside the result can tell of a cycle: contacts, trunk, muscles and what they spend."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.anatomy import Anatomy, anatomy_of, upward_axis
from retrogait.gait.energy import ASSUMED, body_power, energy_muscles, fiber_states, has_both_legs
from retrogait.gait.features import EARLY_STANCE, Curve, integrals
from retrogait.gait.measures import GROUPS, STRETCHED, TRUNK_MUSCLES
from retrogait.gait.muscle_work import muscle_signals, upright_lengths
from retrogait.gait.signals import array_of, facing, labels_of
from retrogait.model import Model

_CONTACTS = ("hip", "ankle", "lumbar")
_SPENT = {"bhargava": "bhargava2004", "umberger": "umberger2010"}
_ACTIVATIONS = ("gluteus_maximus", "soleus", "iliopsoas", *TRUNK_MUSCLES)
_WORK = tuple(f"{group}_{sign}" for sign in ("concentric", "eccentric") for group in GROUPS)
_AVERAGED = (
    "trunk_lean", "muscles_active", "activation_squared",
    *(f"{joint}_contact_force" for joint in _CONTACTS),
    *(f"{muscle}_activation" for muscle in _ACTIVATIONS),
    *(f"metabolic_power_{method}" for method in _SPENT),
)  # fmt: skip


class Depth(NamedTuple):
    """Signals of each leg beside `retrogait.gait.signals.leg_signals`.

    signals : side to name to (frame,)
    tilt    : of the surface's normal from the vertical, towards where the person faces [deg]
    notes   : what a reader must know
    """

    signals: Mapping[str, Mapping[str, Floats]]
    tilt: float
    notes: tuple[str, ...]


def look_deeper(result: xr.Dataset, model: Model) -> Depth:
    """Make what only the model beside the result can tell.

    Parameters
    ----------
    result
        Of `retrogait.analyze`.
    model
        That it was made of, with the strengths of the analysis.

    Returns
    -------
    Depth
        NaN in a failed frame wherever it had a say, and where the model has no such joint or muscle.
    """
    anatomy = anatomy_of(model)
    both, notes = _spent(result, model)
    both |= _lumbar(result, model, anatomy)
    incline = float(result.attrs["incline"]) * (1.0 if result.attrs["direction"] == "forward" else -1.0)
    # Up a slope its normal leans back; who goes up it backwards has it lean forward.
    tilt = -incline
    both["trunk_lean"] = _lean(result, model, anatomy) + (tilt if result.attrs["axes"] == "surface" else 0.0)
    muscles = muscle_signals(result, upright_lengths(model))
    signals = {}
    for row, side in enumerate(labels_of(result, "side")):
        contacts = {
            "hip_contact_force": _contact(result, anatomy.hip[row]),
            "ankle_contact_force": _contact(result, anatomy.ankle[row]),
        }
        signals[side] = both | muscles[side] | contacts
    return Depth(signals, tilt, notes)


def deep_measures(
    curve: Mapping[str, Curve], tilt: float, toe_off: float, stride_time: float, stride_length: float
) -> dict[str, float]:
    """Measures of one cycle of the signals of `look_deeper`.

    Parameters
    ----------
    curve
        Every signal.
    tilt
        Of the surface [deg].
    toe_off, stride_time, stride_length
        [%], [s] and [m]; what is per way is NaN without a length.
    """
    percent = curve["trunk_lean"].percent
    signals = np.array([curve[name].value for name in _AVERAGED])
    mean = dict(zip(_AVERAGED, (integrals(percent, signals) / 100.0).tolist(), strict=True))
    lean, moment = curve["trunk_lean"].value, curve["lumbar_moment"].value
    out = {
        "trunk_lean_mean": mean["trunk_lean"],
        "trunk_lean_surface_mean": mean["trunk_lean"] - tilt,
        "trunk_lean_range": float(np.ptp(lean)),
        "lumbar_extension_moment_peak": float(moment.max()),
        "lumbar_flexion_moment_peak": float(-moment.min()),
        "muscles_active": mean["muscles_active"],
        "activation_squared": mean["activation_squared"],
    }
    for joint in _CONTACTS:
        force = f"{joint}_contact_force"
        out[f"{joint}_contact_peak"], out[f"{joint}_contact_peak_time"] = curve[force].largest(0.0, toe_off)
        out[f"{joint}_contact_impulse"] = mean[force] * stride_time
    power = np.array([curve[name].value for name in _WORK])
    early, stance, cycle = (
        integrals(percent, power, end) / 100.0 * stride_time
        for end in (EARLY_STANCE * toe_off, toe_off, 100.0)
    )
    for row, name in enumerate(_WORK):
        out[f"{name}_work"] = float(cycle[row])
        out[f"{name}_work_swing"] = float(cycle[row] - stance[row])
        if name.endswith("eccentric"):
            out[f"{name}_work_early"] = float(early[row])
    for group in STRETCHED:
        longest, when = curve[f"{group}_length"].largest()
        out |= {f"{group}_length_peak": longest, f"{group}_length_peak_time": when}
        out[f"{group}_lengthening_peak"] = float(curve[f"{group}_lengthening"].value.max())
    for muscle in _ACTIVATIONS:
        out[f"{muscle}_activation"] = mean[f"{muscle}_activation"]
    medial, lateral = (curve[f"vastus_{name}"].mean(0.0, toe_off) for name in ("medialis", "lateralis"))
    out["vasti_ratio"] = medial / lateral if lateral > 0.0 else math.nan
    for method in _SPENT:
        watts = mean[f"metabolic_power_{method}"]
        out[f"metabolic_power_{method}"] = watts
        out[f"cost_of_transport_{method}"] = watts * stride_time / stride_length
    return out


def _spent(result: xr.Dataset, model: Model) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """Metabolic power of the body [W/kg]; NaN where one leg has muscles that the other has not."""
    if not has_both_legs(model.muscle_names):
        nothing = np.full(result.sizes["time"], math.nan)
        note = "no metabolic power: the model has not the same muscles in both legs"
        return {f"metabolic_power_{method}": nothing for method in _SPENT}, (note,)
    muscles = energy_muscles(model)
    power = body_power(muscles, fiber_states(result, model), float(result.attrs["body_mass"]))
    note = ASSUMED.format(mass=float(muscles.mass.sum()), muscles=muscles.mass.size)
    return {f"metabolic_power_{short}": power[name] for short, name in _SPENT.items()}, (note,)


def _lumbar(result: xr.Dataset, model: Model, anatomy: Anatomy) -> dict[str, Floats]:
    """Contact force [BW], NaN where no muscle crosses the joint, and extension moment [N m/kg]."""
    nothing = np.full(result.sizes["time"], math.nan)
    force, moment = nothing, nothing
    if anatomy.lumbar >= 0 and (model.paths.chain == anatomy.trunk).any():
        force = _contact(result, anatomy.lumbar)
    if anatomy.lumbar_coordinate >= 0:
        torque = array_of(result, "generalized_force")[:, anatomy.lumbar_coordinate]
        moment = anatomy.lumbar_sense * torque / float(result.attrs["body_mass"])
    return {"lumbar_contact_force": force, "lumbar_moment": moment}


def _contact(result: xr.Dataset, joint: int) -> Floats:
    """(frame,) magnitude of a joint's reaction [BW]."""
    if joint < 0:
        return np.full(result.sizes["time"], math.nan)
    size = np.linalg.norm(array_of(result, "joint_reaction_force")[:, joint], axis=1)
    failed = array_of(result, "status") != 0
    return np.where(failed, math.nan, size / float(result.attrs["body_weight"]))


def _lean(result: xr.Dataset, model: Model, anatomy: Anatomy) -> Floats:
    """(frame,) of the trunk from Y of the trial's axes, in the plane that the person faces along [deg]."""
    up = upward_axis(model, anatomy.trunk, array_of(result, "coordinate_value"))
    return np.degrees(np.arctan2(up @ facing(result), up[:, 1]))
