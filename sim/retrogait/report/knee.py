"""What pictures of one knee draw: its mean cycle if the trial has one, else the whole window over time."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats

_NEEDED = "medial_force"  # the youngest of the curves
ENGINES = ("geometry", "closed_form")


class KneeCurves(NamedTuple):
    """Curves of one knee.

    side   : "right" or "left"
    x      : (point,) [% or s]
    label  : of that axis
    over   : "mean cycle" or "whole window"
    values : name to (point,), as in `retrogait.gait.measures.CURVES`: medial_force, lateral_force,
             knee_adduction_moment, knee_flexion, patellofemoral_force_geometry and
             patellofemoral_force_closed_form among them; NaN where there is no answer
    """

    side: str
    x: Floats
    label: str
    over: str
    values: dict[str, Floats]


def knee_curves(dataset: xr.Dataset) -> list[KneeCurves]:
    """Curves of every knee, all over the same axis.

    Parameters
    ----------
    dataset
        Of `retrogait.normalise` or `retrogait.analyze`, as made or as read.
    """
    sides = [str(side) for side in dataset["side"].to_numpy()]
    cycled = "cycles" in dataset and bool((dataset["cycles"].to_numpy() > 0).all())
    cycled = cycled and _NEEDED in dataset["curve"].to_numpy()
    return [_of_cycle(dataset, side) if cycled else _of_window(dataset, side) for side in sides]


def _of_cycle(dataset: xr.Dataset, side: str) -> KneeCurves:
    mean = dataset["curve_mean"].sel(side=side)
    values = {str(name): mean.sel(curve=name).to_numpy() for name in dataset["curve"].to_numpy()}
    label = "% of the cycle, from initial contact"
    return KneeCurves(side, dataset["percent"].to_numpy(), label, "mean cycle", values)


def _of_window(dataset: xr.Dataset, side: str) -> KneeCurves:
    one = dataset.sel(side=side)
    mass, weight = float(dataset.attrs["body_mass"]), float(dataset.attrs["body_weight"])
    time = dataset["time"].to_numpy()
    values = {
        "knee_flexion": np.degrees(one["knee_flexion"].to_numpy()),
        "knee_adduction_moment": one["knee_adduction_moment"].to_numpy() / mass,
    }
    for compartment in ("medial", "lateral"):
        force = one["compartment_force"].sel(compartment=compartment)
        values[f"{compartment}_force"] = force.to_numpy() / weight
    for engine in ENGINES:
        force = one["patellofemoral_force"].sel({"method": engine})
        values[f"patellofemoral_force_{engine}"] = force.to_numpy() / weight
    solved = dataset["status"].to_numpy() == 0
    values = {name: np.where(solved, curve, np.nan) for name, curve in values.items()}
    return KneeCurves(side, time - time[0], "time since the first frame [s]", "whole window", values)


def caveats(dataset: xr.Dataset) -> list[str]:
    """What the forces of a picture rest on, one line each."""
    told = []
    if dataset.attrs.get("origin") == "predicted":
        told.append("Predicted: nobody walked this.")
    if "sharing" in dataset.attrs:
        told.append(f"Muscles share the load by the {dataset.attrs['sharing']} criterion.")
    return told
