"""A result by the contract of `retrogait.analyze`, made of curves whose peaks are known."""

import json

import numpy as np
import xarray as xr

from retrogait.quantities import GRAVITY, VARIABLES

MASS = 70.0  # kg
FRAMES = 101
COORDINATES = {
    "pelvis_tx": "m",
    "hip_flexion_r": "rad",
    "knee_angle_r": "rad",
    "mtp_angle_r": "rad",
    "hip_flexion_l": "rad",
    "knee_angle_l": "rad",
}
MUSCLES = ("recfem_r", "vasint_r", "recfem_l", "vasint_l")
LABELS = {
    "coordinate": list(COORDINATES),
    "muscle": list(MUSCLES),
    "joint": ["walker_knee_r", "walker_knee_l"],
    "axis": ["x", "y", "z"],
    "side": ["right", "left"],
    "method": ["geometry", "closed_form"],
    "head": ["rectus_femoris", "vastus_medialis", "vastus_intermedius", "vastus_lateralis"],
    "criterion": ["plain", "weighted"],
    "compartment": ["medial", "lateral"],
    "area_source": ["besier", "besier_men", "besier_women", "besier_loaded", "connolly"],
}


def fake_result(name="walk", *, failed=(), **attributes):
    """One second; every force is an amplitude times ``sin(pi t)``, whose integral is 2/pi.

    Amplitudes: tibiofemoral 3 BW right and 2 BW left; patellofemoral 1.0 and 0.8 BW; extension
    moment 0.5 N m/kg; quadriceps 0.4; hip reserve 2 of 40 N m, knee reserve 3 of 30 N m; toes and
    pelvis are not shared. ``failed`` frames have status 1 and absurd numbers.
    """
    time = np.linspace(0.0, 1.0, FRAMES)
    arch = np.sin(np.pi * time)
    weight = MASS * GRAVITY
    coords = {
        "time": time,
        **LABELS,
        "coordinate_unit": ("coordinate", [*COORDINATES.values()]),
        "coordinate_shared": ("coordinate", [0, 1, 1, 0, 1, 1]),
    }
    sizes = {"time": FRAMES, **{dim: len(labels) for dim, labels in LABELS.items()}}
    data = {
        key: (quantity.dims, np.zeros([sizes[dim] for dim in quantity.dims]))
        for key, quantity in VARIABLES.items()
    }
    values = {key: array for key, (_, array) in data.items()}
    values["tibiofemoral_force"][:, 0] = weight * arch[:, None] * [1.0, -2.0, 2.0]  # norm 3
    values["tibiofemoral_force"][:, 1, 1] = -2.0 * weight * arch
    values["tibiofemoral_force_sharing"][:, 0] = weight * arch[:, None] * [3.0, 2.4]
    values["tibiofemoral_force_sharing"][:, 1] = weight * arch[:, None] * [2.0, 1.6]
    values["patellofemoral_force"][:] = weight * arch[:, None, None] * [1.0, 0.8]
    values["knee_extension_moment"][:] = 0.5 * MASS * arch[:, None]
    values["quadriceps_activation"][:, :, 2] = 0.4 * arch[:, None]
    values["generalized_force"][:] = arch[:, None] * [500.0, 40.0, -30.0, 5.0, 40.0, -30.0]
    values["reserve"][:] = arch[:, None] * [500.0, 2.0, -3.0, 5.0, 2.0, -1.0]
    status = np.zeros(FRAMES, np.int64)
    data["status"] = (("time",), status)
    for frame in failed:
        status[frame] = 1
        for key in (
            "tibiofemoral_force",
            "tibiofemoral_force_sharing",
            "patellofemoral_force",
            "quadriceps_activation",
        ):
            values[key][frame] = 1e6
    return xr.Dataset(
        data,
        coords=coords,
        attrs={
            "trial": name,
            "body_mass": MASS,
            "body_weight": weight,
            "direction": "forward",
            "speed": 1.2,
            "incline": 0.0,
            "physics": "default",
            "exponent": 2,
            "sharing": "plain",
            "tendon": "rigid",
            "preparation": "6 Hz, zero lag",
            "versions": {"retrogait": "0"},
            "notes": [],
            "origin": "recorded",
            "provenance": json.dumps({"schema": 1, "inputs": {f"{name}.mot": "0" * 64}}),
            **attributes,
        },
    )
