"""Knee loads over the whole window of a trial: what a record without a complete cycle still has to say."""

import math

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.measures import Measure

WINDOW_LOADS = {
    "tibiofemoral_peak": Measure("BW", "Largest tibiofemoral contact force of the window."),
    "tibiofemoral_impulse": Measure("BW s", "Integral of the tibiofemoral contact force over the window."),
    "patellofemoral_peak_geometry": Measure(
        "BW", "Largest patellofemoral contact force of the window, by the model's geometry."
    ),
    "patellofemoral_impulse_geometry": Measure(
        "BW s", "Integral of the patellofemoral contact force over the window, by the model's geometry."
    ),
    "patellofemoral_peak_closed_form": Measure(
        "BW", "Largest patellofemoral contact force of the window, by the closed form."
    ),
    "patellofemoral_impulse_closed_form": Measure(
        "BW s", "Integral of the patellofemoral contact force over the window, by the closed form."
    ),
    "extension_moment_peak": Measure("N m/kg", "Largest internal knee extension moment of the window."),
    "quadriceps_activation_peak": Measure("1", "Largest activation of any head of the quadriceps."),
}
"""Every load of `window_loads`, by name."""


def window_loads(result: xr.Dataset) -> list[dict[str, float]]:
    """Every load of `WINDOW_LOADS`, by side of a result.

    Failed frames enter nothing: a peak is over the others, an integral skips the steps that touch one.

    Parameters
    ----------
    result
        Of `retrogait.analyze`, as made or as read.

    Returns
    -------
    list of dict
        One for each label of ``side``; NaN where there is no answer.
    """
    failed = result.variables["status"].to_numpy() != 0
    time = result.variables["time"].to_numpy()
    weight, mass = float(result.attrs["body_weight"]), float(result.attrs["body_mass"])
    tibia = np.linalg.norm(result.variables["tibiofemoral_force"].to_numpy(), axis=-1) / weight
    patella = result.variables["patellofemoral_force"].to_numpy() / weight
    methods = [str(name) for name in result.variables["method"].to_numpy()]
    extension = result.variables["knee_extension_moment"].to_numpy() / mass
    heads = result.variables["quadriceps_activation"].to_numpy()
    loads = []
    for side in range(result.sizes["side"]):
        row = {
            "tibiofemoral_peak": peak(tibia[~failed, side]),
            "tibiofemoral_impulse": _impulse(time, np.where(failed, math.nan, tibia[:, side])),
            "extension_moment_peak": peak(extension[~failed, side]),
            "quadriceps_activation_peak": peak(heads[~failed, side]),
        }
        for column, method in enumerate(methods):
            force = np.where(failed, math.nan, patella[:, side, column])
            row[f"patellofemoral_peak_{method}"] = peak(force)
            row[f"patellofemoral_impulse_{method}"] = _impulse(time, force)
        loads.append({name: row[name] for name in WINDOW_LOADS})
    return loads


def peak(values: Floats) -> float:
    """Largest of the numbers that are one; NaN where none is."""
    found = values[np.isfinite(values)]
    return float(found.max()) if found.size else math.nan


def _impulse(time: Floats, force: Floats) -> float:
    """Integral by trapezes over the steps whose two ends have an answer; NaN if none has."""
    steps = np.diff(time) * (force[1:] + force[:-1]) / 2.0
    found = steps[np.isfinite(steps)]
    return float(found.sum()) if found.size else math.nan
