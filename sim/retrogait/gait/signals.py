"""The curves of one leg in the result of an analysis, in the units of `measures.CURVES`."""

import math
from collections.abc import Sequence

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.measures import MUSCLES

_HIP = ("hip_flexion", "hip_flex")
_ANKLE = ("ankle_angle", "ankle_flexion", "ankle_flex")
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
        muscle.
    """
    leg = result.sel(side=side)
    mass, weight = float(leg.attrs["body_mass"]), float(leg.attrs["body_weight"])
    failed = leg["status"].to_numpy() != 0

    def solved(values: Floats) -> Floats:
        return np.where(failed, math.nan, values)

    value, rate, force = (
        leg[name].to_numpy() for name in ("coordinate_value", "coordinate_speed", "generalized_force")
    )
    nothing = np.full(failed.size, math.nan)
    suffix = f"_{side[0]}"
    out: dict[str, Floats] = {}
    for joint, names, angle, moment in (
        ("hip", _HIP, "hip_flexion", "hip_extension_moment"),
        ("ankle", _ANKLE, "ankle_dorsiflexion", "ankle_plantarflexion_moment"),
    ):
        column = _column(result, names, suffix)
        if column is None:
            out |= dict.fromkeys((angle, moment, f"{joint}_power"), nothing)
            continue
        torque = solved(force[:, column]) / mass
        out |= {
            angle: np.degrees(value[:, column]),
            moment: -torque,
            f"{joint}_power": torque * rate[:, column],
        }
    flexion = leg["knee_flexion"].to_numpy()
    extension = solved(leg["knee_extension_moment"].to_numpy()) / mass
    contact = np.linalg.norm(leg["tibiofemoral_force"].to_numpy(), axis=-1)
    patella = leg["patellofemoral_force"].sel({"method": method}).to_numpy()
    out |= {
        "knee_flexion": np.degrees(flexion),
        "knee_extension_moment": extension,
        "knee_power": -extension * _knee_rate(value, rate, flexion),
        "tibiofemoral_force": solved(contact) / weight,
        "patellofemoral_force": solved(patella) / weight,
        "vasti": solved(leg["quadriceps_activation"].to_numpy()[:, 1:].mean(axis=1)),
    }
    muscles = [str(name) for name in leg["muscle"].to_numpy()]
    for name, stems in MUSCLES.items():
        rows = [
            row
            for row, muscle in enumerate(muscles)
            if muscle.endswith(suffix) and muscle.replace("_", "").startswith(stems)
        ]
        out[name] = solved(leg["activation"].to_numpy()[:, rows].mean(axis=1)) if rows else nothing
    return out


def pelvis_path(result: xr.Dataset) -> Floats:
    """(row, 3) where the pelvis is in ground axes [m]; zero along what the model does not have."""
    path = np.zeros((result.sizes["time"], 3))
    for axis, name in enumerate(_TRAVEL):
        column = _column(result, [name])
        if column is not None:
            path[:, axis] = result["coordinate_value"].to_numpy()[:, column]
    return path


def facing(result: xr.Dataset) -> Floats:
    """(3,) level unit vector along which the pelvis faces, by its rotation about Y; X without one."""
    column = _column(result, _TURN)
    turn = 0.0 if column is None else float(result["coordinate_value"].to_numpy()[:, column].mean())
    return np.array([math.cos(turn), 0.0, -math.sin(turn)])


def _column(result: xr.Dataset, names: Sequence[str], suffix: str = "") -> int | None:
    """Row of the first of some coordinates that the model has."""
    known = [str(name) for name in result["coordinate"].to_numpy()]
    return next((known.index(name + suffix) for name in names if name + suffix in known), None)


def _knee_rate(value: Floats, rate: Floats, flexion: Floats) -> Floats:
    """Rate of knee flexion [rad/s]: of the coordinate that is the flexion but for its sign."""
    for column in range(value.shape[1]):
        for sign in (1.0, -1.0):
            if (sign * value[:, column] == flexion).all():
                return np.asarray(sign * rate[:, column])
    return np.full(flexion.size, math.nan)
