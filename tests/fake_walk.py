"""The result of a walk whose every curve is a formula of the phase, forward or played backwards."""

import numpy as np
import xarray as xr

from retrogait.quantities import GRAVITY

PERIOD = 1.0  # s
RATE = 100  # rows per second
SPEED = 1.2  # m/s
STANCE = 0.6  # share of the cycle
MASS = 70.0  # kg
WEIGHT = MASS * GRAVITY
COORDINATES = ("pelvis_tx", "hip_flexion_r", "knee_angle_r", "ankle_angle_r",
               "hip_flexion_l", "knee_angle_l", "ankle_angle_l")  # fmt: skip
MUSCLES = ("recfem_r", "med_gas_r", "lat_gas_r", "tib_ant_r", "bflh_r",
           "recfem_l", "med_gas_l", "lat_gas_l", "tib_ant_l", "bflh_l")  # fmt: skip
ACTIVATION = (0.1, 0.2, 0.4, 0.3, 0.5)
"""Of the five muscles of a leg, all the time."""
HEADS = (0.9, 0.1, 0.2, 0.3)
"""Activation of the four heads of the quadriceps, all the time."""


def upward(phase):
    """Two humps over stance, the first a little higher [BW]."""
    s = np.mod(phase, 1.0) / STANCE
    return np.where(
        s < 1.0, np.sin(np.pi * s) + 0.05 * np.sin(2.0 * np.pi * s) + 0.3 * np.sin(3.0 * np.pi * s), 0.0
    )


def along(phase):
    """Braking 0.2, then propulsion 0.2 [BW]."""
    s = np.mod(phase, 1.0) / STANCE
    return np.where(s < 1.0, -0.2 * np.sin(2.0 * np.pi * s), 0.0)


def angles(phase):
    """Hip 10 + 20 cos, knee 30 - 20 cos, ankle 10 sin, one wave per cycle [rad]."""
    turn = 2.0 * np.pi * phase
    return np.radians([10.0 + 20.0 * np.cos(turn), 30.0 - 20.0 * np.cos(turn), 10.0 * np.sin(turn)])


def rates(phase):
    """Of the same [rad/s]."""
    turn = 2.0 * np.pi * phase
    wave = np.array([-20.0 * np.sin(turn), 20.0 * np.sin(turn), 10.0 * np.cos(turn)])
    return np.radians(wave) * 2.0 * np.pi / PERIOD


def torques(phase):
    """Generalized forces of hip, knee and ankle [N m]."""
    turn = 2.0 * np.pi * phase
    return MASS * np.array([0.5 * np.cos(turn), -0.6 * np.sin(turn), -1.5 * np.sin(turn)])


def fake_walk(begin=0.0, end=PERIOD, *, backwards=False, travel=True, failed=(), **attributes):
    """A walk from one time to another; time 0 is the right foot's contact, or its toe-off backwards.

    Tibiofemoral force: three times the upward force of the ground, along the tibia. Knee adduction moment:
    0.4 N m/kg for each BW of it. Patellofemoral: the same
    by geometry, half of it by the closed form. ``travel`` False holds the pelvis, as on a treadmill;
    ``failed`` rows have status 1 and absurd forces.
    """
    rows = round((end - begin) * RATE) + 1
    time = begin + np.arange(rows) / RATE
    phase = (-time if backwards else time) / PERIOD
    sign = -1.0 if backwards else 1.0
    legs = (phase, phase - 0.5)
    q, qd, tau = (
        np.column_stack([np.zeros(rows), *(column for leg in legs for column in formula(leg))])
        for formula in (angles, rates, torques)
    )
    q[:, 0] = sign * SPEED * time if travel else 0.0
    up = np.column_stack([upward(leg) for leg in legs])
    ground = WEIGHT * np.stack([np.column_stack([along(leg) for leg in legs]), up, 0.0 * up], axis=-1)
    contact = np.zeros((rows, 2, 3))
    contact[..., 1] = -3.0 * WEIGHT * up
    patella = WEIGHT * up[..., None] * [3.0, 1.5]
    status = np.zeros(rows, np.int64)
    for row in failed:
        status[row] = 1
        contact[row], patella[row] = 1e9, 1e9
    by_coordinate, by_side = ("time", "coordinate"), ("time", "side")
    return xr.Dataset(
        {
            "coordinate_value": (by_coordinate, q),
            "coordinate_speed": (by_coordinate, sign * qd),
            "generalized_force": (by_coordinate, tau),
            "knee_flexion": (by_side, q[:, [2, 5]]),
            "knee_extension_moment": (by_side, -tau[:, [2, 5]]),
            "knee_adduction_moment": (by_side, 0.4 * MASS * up),
            "ground_reaction_force": ((*by_side, "axis"), ground),
            "tibiofemoral_force": ((*by_side, "axis"), contact),
            "patellofemoral_force": ((*by_side, "method"), patella),
            "quadriceps_activation": ((*by_side, "head"), np.broadcast_to(HEADS, (rows, 2, 4))),
            "activation": (("time", "muscle"), np.tile(ACTIVATION, (rows, 2))),
            "status": (("time",), status),
        },
        coords={
            "time": time,
            "coordinate": list(COORDINATES),
            "coordinate_unit": ("coordinate", ["m"] + ["rad"] * 6),
            "muscle": list(MUSCLES),
            "side": ["right", "left"],
            "axis": ["x", "y", "z"],
            "method": ["geometry", "closed_form"],
        },
        attrs={
            "trial": "walk",
            "direction": "retro" if backwards else "forward",
            "speed": SPEED,
            "incline": 0.0,
            "origin": "predicted",
            "body_mass": MASS,
            "body_weight": WEIGHT,
            **attributes,
        },
    )
