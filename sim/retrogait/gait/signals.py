"""The curves of one leg in the result of an analysis, in the units of `measures.CURVES`."""

import math
from collections.abc import Sequence

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.measures import MUSCLES

HIP = ("hip_flexion", "hip_flex")
ANKLE = ("ankle_angle", "ankle_flexion", "ankle_flex")
"""What the coordinates of flexion and dorsiflexion are called in public models, without their side."""

_TURN = ("pelvis_rotation", "pelvis_rot")
_TRAVEL = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def leg_signals(result: xr.Dataset, side: str, method: str) -> dict[str, Floats]:
    """Every curve of one leg but the ground force.

    Hip and ankle coordinates are found by their usual names, flexion and dorsiflexion positive, as in every
    public OpenSim leg.

    Parameters
    ----------
    result
        Of `retrogait.analyze`.
    side
        "right" or "left".
    method
        Engine of the patellofemoral force.

    Returns
    -------
    dict
        Name to (row,); NaN in a failed frame wherever it had a say, and where the model has no such joint or
        muscle, as a planar one has no adduction.
    """
    row = labels_of(result, "side").index(side)
    mass, weight = float(result.attrs["body_mass"]), float(result.attrs["body_weight"])
    failed = array_of(result, "status") != 0

    def solved(values: Floats) -> Floats:
        return np.where(failed, math.nan, values)

    def solved_each(values: Floats) -> Floats:
        return np.where(failed[:, None], math.nan, values)

    def of_leg(name: str) -> Floats:
        return np.asarray(array_of(result, name)[:, row])

    value, rate, force = (
        array_of(result, name) for name in ("coordinate_value", "coordinate_speed", "generalized_force")
    )
    nothing = np.full(failed.size, math.nan)
    suffix = f"_{side[0]}"
    coordinates = labels_of(result, "coordinate")
    out: dict[str, Floats] = {}
    for joint, names, angle, moment in (
        ("hip", HIP, "hip_flexion", "hip_extension_moment"),
        ("ankle", ANKLE, "ankle_dorsiflexion", "ankle_plantarflexion_moment"),
    ):
        column = column_of(coordinates, names, suffix)
        if column is None:
            out |= dict.fromkeys((angle, moment, f"{joint}_power"), nothing)
            continue
        torque = solved(force[:, column]) / mass
        out |= {
            angle: np.degrees(value[:, column]),
            moment: -torque,
            f"{joint}_power": torque * rate[:, column],
        }
    flexion = of_leg("knee_flexion")
    extension = solved(of_leg("knee_extension_moment")) / mass
    contact = np.linalg.norm(of_leg("tibiofemoral_force"), axis=-1)
    adduction = of_leg("knee_adduction_moment")
    engines = labels_of(result, "method")
    patella = solved_each(of_leg("patellofemoral_force")) / weight
    halves = np.full((failed.size, 2), math.nan)
    if "compartment_force" in result.variables:  # older results have none
        halves = solved_each(of_leg("compartment_force")) / weight
    out |= {
        "knee_flexion": np.degrees(flexion),
        "knee_extension_moment": extension,
        "knee_adduction_moment": solved(adduction) / mass if adduction.any() else nothing,
        "knee_power": -extension * _knee_rate(value, rate, flexion),
        "tibiofemoral_force": solved(contact) / weight,
        "medial_force": halves[:, 0],
        "lateral_force": halves[:, 1],
        "patellofemoral_force": patella[:, engines.index(method)],
        **{f"patellofemoral_force_{name}": patella[:, k] for k, name in enumerate(engines)},
        "vasti": solved(of_leg("quadriceps_activation")[:, 1:].mean(axis=1)),
    }
    activation = array_of(result, "activation")
    own = [
        (k, muscle.replace("_", ""))
        for k, muscle in enumerate(labels_of(result, "muscle"))
        if muscle.endswith(suffix)
    ]
    for name, stems in MUSCLES.items():
        mine = [k for k, muscle in own if muscle.startswith(stems)]
        out[name] = solved(activation[:, mine].mean(axis=1)) if mine else nothing
    return out


def pelvis_path(result: xr.Dataset) -> Floats:
    """(row, 3) where the pelvis is in ground axes [m]; zero along what the model does not have."""
    path = np.zeros((result.sizes["time"], 3))
    coordinates = labels_of(result, "coordinate")
    for axis, name in enumerate(_TRAVEL):
        column = column_of(coordinates, [name])
        if column is not None:
            path[:, axis] = array_of(result, "coordinate_value")[:, column]
    return path


def facing(result: xr.Dataset) -> Floats:
    """(3,) level unit vector along which the pelvis faces, by its rotation about Y; X without one."""
    column = column_of(labels_of(result, "coordinate"), _TURN)
    turn = 0.0 if column is None else float(array_of(result, "coordinate_value")[:, column].mean())
    return np.array([math.cos(turn), 0.0, -math.sin(turn)])


def array_of(result: xr.Dataset, name: str) -> Floats:
    """Numbers of a variable, without the labels that ``result[name]`` takes longer to gather."""
    return np.asarray(result.variables[name].to_numpy())


def labels_of(result: xr.Dataset, name: str) -> list[str]:
    """Labels of an axis."""
    return list(map(str, result.variables[name].to_numpy().tolist()))


def column_of(known: Sequence[str], names: Sequence[str], suffix: str = "") -> int | None:
    """Row of the first of some coordinates that the model has; None without one."""
    return next((known.index(name + suffix) for name in names if name + suffix in known), None)


def _knee_rate(value: Floats, rate: Floats, flexion: Floats) -> Floats:
    """Rate of knee flexion [rad/s]: of the coordinate that is the flexion but for its sign."""
    for column in range(value.shape[1]):
        for sign in (1.0, -1.0):
            if (sign * value[:, column] == flexion).all():
                return np.asarray(sign * rate[:, column])
    return np.full(flexion.size, math.nan)
