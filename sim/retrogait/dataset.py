"""Arrays of an analysis to the labelled `xarray.Dataset` that users get."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.trial import Trial
from retrogait.kernels.functions import evaluate
from retrogait.kernels.patellofemoral import closed_form_ratio, contact_area
from retrogait.kernels.plan import Answer, Motion, Plan
from retrogait.model import HEADS, Knee, Model
from retrogait.quantities import QUANTITIES
from retrogait.remarks import describe
from retrogait.settings import Settings

METHODS = ("geometry", "closed_form")
AXES = ("x", "y", "z")


def assemble(
    model: Model,
    trial: Trial,
    settings: Settings,
    motion: Motion,
    answer: Answer,
    plan: Plan,
    notes: Sequence[str],
) -> xr.Dataset:
    """Label, derive the knee's quantities and attach everything needed to judge and repeat them."""
    muscle = ("time", "muscle")
    coordinate = ("time", "coordinate")
    joint = ("time", "joint", "axis")
    data: dict[str, tuple[tuple[str, ...], Any]] = {
        "coordinate_value": (coordinate, motion.q),
        "coordinate_speed": (coordinate, motion.qd),
        "coordinate_acceleration": (coordinate, motion.qdd),
        "generalized_force": (coordinate, answer.force),
        "reserve": (coordinate, answer.reserve),
        "activation": (muscle, answer.activation),
        "muscle_force": (muscle, answer.tension),
        "muscle_length": (muscle, answer.length),
        "fiber_length": (muscle, answer.fiber_length),
        "joint_reaction_force": (joint, answer.reaction[:, 1:, :3]),
        "joint_reaction_moment": (joint, answer.reaction[:, 1:, 3:]),
        "status": (("time",), answer.status),
    }
    data |= _knee_quantities(model, motion, answer, plan)
    data["ground_reaction_force"] = _ground_reaction(model, motion)
    shared = np.zeros(len(model.coordinates), np.int64)
    shared[plan.shared] = 1
    dataset = xr.Dataset(
        {name: (dims, np.ascontiguousarray(values)) for name, (dims, values) in data.items()},
        coords={
            "time": motion.time,
            "coordinate": list(model.coordinates),
            "coordinate_unit": ("coordinate", [_unit(model, c) for c in range(shared.size)]),
            "coordinate_shared": ("coordinate", shared),
            "muscle": list(model.muscle_names),
            "joint": list(model.joints),
            "axis": list(AXES),
            "side": [knee.side for knee in model.knees],
            "method": list(METHODS),
            "head": list(HEADS),
        },
    )
    for name, variable in dataset.variables.items():
        quantity = QUANTITIES[str(name)]
        variable.attrs |= {"units": quantity.unit, "long_name": quantity.about}
    dataset.attrs = describe(model, trial, settings, motion, answer, plan, notes)
    return dataset


def _unit(model: Model, coordinate: int) -> str:
    """Unit of a coordinate."""
    return "rad" if model.rotational[coordinate] else "m"


def _folded(model: Model, motion: Motion, answer: Answer, coordinate: int) -> Floats:
    """Generalised force of a coordinate with the shares of those coupled to it, by virtual work."""
    total = answer.force[:, coordinate].copy()
    for coupled in np.flatnonzero(model.tree.driver == coordinate):
        row = int(model.tree.driver_function[coupled])
        gain = [evaluate(*model.functions, row, float(x))[1] for x in motion.q[:, coordinate]]
        total += answer.force[:, coupled] * gain
    return total


def _knee_quantities(
    model: Model, motion: Motion, answer: Answer, plan: Plan
) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Loads of each knee in anatomical signs."""
    frames, sides = motion.time.size, len(model.knees)
    force = np.full((frames, sides, 3), np.nan)
    contribution = np.full((frames, sides, len(model.muscle_names), 3), np.nan)
    flexion = np.zeros((frames, sides))
    extension = np.zeros((frames, sides))
    adduction = np.zeros((frames, sides))
    patella = np.full((frames, sides, len(METHODS)), np.nan)
    heads = np.full((frames, sides, len(HEADS)), np.nan)
    for side, knee in enumerate(model.knees):
        flexion[:, side] = knee.flexion_sign * motion.q[:, knee.coordinate]
        extension[:, side] = -knee.flexion_sign * _folded(model, motion, answer, knee.coordinate)
        # A right tibia adducts about +X (forward), a left one about -X; external is minus internal.
        adduction[:, side] = answer.net[:, side, 3] * (-1.0 if knee.side == "right" else 1.0)
        crossed = plan.knee_first[side + 1] > plan.knee_first[side]
        if knee.reaches_tibia and crossed:
            force[:, side] = answer.reaction[:, knee.link, :3]
            contribution[:, side] = answer.contribution[:, side]
        if knee.quadriceps and knee.reaches_tibia:
            pull = answer.tension[:, list(knee.quadriceps)].sum(axis=1)
            patella[:, side, 1] = closed_form_ratio(flexion[:, side]) * pull
            if knee.patella >= 0:
                patella[:, side, 0] = answer.patella[:, side]
            heads[:, side] = _head_activation(model, knee, answer)
    stress = patella / contact_area(flexion)[:, :, None]
    by_side = ("time", "side")
    by_method = ("time", "side", "method")
    return {
        "tibiofemoral_force": (("time", "side", "axis"), force),
        "tibiofemoral_net_force": (("time", "side", "axis"), answer.net[:, :, :3]),
        "tibiofemoral_contribution": (("time", "side", "muscle", "axis"), contribution),
        "patellofemoral_force": (by_method, patella),
        "patellofemoral_stress": (by_method, stress),
        "knee_flexion": (by_side, flexion),
        "knee_extension_moment": (by_side, extension),
        "knee_adduction_moment": (by_side, adduction),
        "quadriceps_activation": (("time", "side", "head"), heads),
    }


def _head_activation(model: Model, knee: Knee, answer: Answer) -> Floats:
    """(frame, head): parts of one head are averaged by their strength."""
    out = np.full((answer.activation.shape[0], len(HEADS)), np.nan)
    strength = model.muscles.maximum_isometric_force
    for head, rows in enumerate(knee.heads):
        if rows:
            share = strength[list(rows)] / strength[list(rows)].sum()
            out[:, head] = answer.activation[:, list(rows)] @ share
    return out


def _ground_reaction(model: Model, motion: Motion) -> tuple[tuple[str, ...], Floats]:
    """Sum of the external forces on everything distal to each knee."""
    total = np.zeros((motion.time.size, len(model.knees), 3))
    for side, knee in enumerate(model.knees):
        for i, link in enumerate(motion.load_link):
            above = int(link)
            while above > knee.link:
                above = int(model.tree.parent[above])
            if above == knee.link:
                total[:, side] += motion.load[:, i, :3]
    return ("time", "side", "axis"), total
