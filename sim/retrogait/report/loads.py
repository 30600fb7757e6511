"""The picture of a run: knee loads over time, trials on top of one another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.report.curves import Curve, Panel, draw

MOST_TRIALS = 6
"""Lines that can still be told apart; a picture of more trials shows the first ones and says so."""


class LoadCurves(NamedTuple):
    """Knee loads of one trial.

    label   : name of the trial, with its origin unless recorded
    elapsed : (frame,) time since the first frame [s]
    forces  : panel title to (frame,) force in body weights; NaN where there is no answer
    """

    label: str
    elapsed: Floats
    forces: dict[str, Floats]


def load_curves(dataset: xr.Dataset) -> LoadCurves:
    """Take what `draw_loads` needs from a result; failed frames become gaps."""
    origin = str(dataset.attrs["origin"])
    name = str(dataset.attrs["trial"])
    weight = float(dataset.attrs["body_weight"])
    time = dataset["time"].to_numpy()
    solved = dataset["status"].to_numpy() == 0
    forces = {}
    for side in dataset["side"].to_numpy():
        one = dataset.sel(side=side)
        contact = np.linalg.norm(one["tibiofemoral_force"].to_numpy(), axis=1)
        patella = one["patellofemoral_force"].sel({"method": "closed_form"}).to_numpy()
        forces[f"tibiofemoral, {side}"] = np.where(solved, contact, np.nan) / weight
        forces[f"patellofemoral (closed form), {side}"] = np.where(solved, patella, np.nan) / weight
    label = name if origin == "recorded" else f"{name} ({origin})"
    return LoadCurves(label, time - time[0], forces)


def draw_loads(title: str, trials: Sequence[LoadCurves]) -> str | None:
    """SVG with a panel per side and joint, or None where no trial has a knee force."""
    shown = trials[:MOST_TRIALS]
    panels = []
    names = dict.fromkeys(name for trial in shown for name in trial.forces)
    for name in sorted(names, key=lambda name: not name.startswith("tibio")):
        curves = tuple(
            Curve(trial.label, trial.elapsed, trial.forces[name])
            for trial in shown
            if name in trial.forces and np.isfinite(trial.forces[name]).any()
        )
        if curves:
            panels.append(Panel(name, curves))
    if not panels:
        return None
    if len(trials) > len(shown):
        title += f" (first {len(shown)} of {len(trials)} trials)"
    return draw(
        panels, title=title, x_label="time since the first frame [s]", y_label="contact force [body weight]"
    )
