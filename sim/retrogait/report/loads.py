"""The picture of a run: knee loads over time, trials on top of one another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.report.curves import Curve, Panel, draw
from retrogait.report.sensitivity import METHOD, VARIED, Span, patellofemoral_span, tibiofemoral_span

MOST_TRIALS = 6
"""Lines that can still be told apart; a picture of more trials shows some from low to high and says so."""

TIBIA, PATELLA = "tibiofemoral", "patellofemoral (closed form)"


class LoadCurves(NamedTuple):
    """Knee loads of one trial.

    label   : name of the trial, with its origin unless recorded
    elapsed : (frame,) time since the first frame [s]
    forces  : panel title to (frame,) force in body weights; NaN where there is no answer
    spans   : the same to what the peak of a predicted trial might as well be; absent where nobody knows
    """

    label: str
    elapsed: Floats
    forces: dict[str, Floats]
    spans: dict[str, Span]

    @property
    def peak(self) -> float:
        """Largest tibiofemoral force of both sides, 0 without one [BW]."""
        found = [force for name, force in self.forces.items() if name.startswith(TIBIA)]
        return float(np.nanmax(np.concatenate([[0.0], *found])))


def load_curves(dataset: xr.Dataset) -> LoadCurves:
    """Take what `draw_loads` needs from a result; failed frames become gaps."""
    origin = str(dataset.attrs["origin"])
    name = str(dataset.attrs["trial"])
    weight = float(dataset.attrs["body_weight"])
    time = dataset["time"].to_numpy()
    solved = dataset["status"].to_numpy() == 0
    forces: dict[str, Floats] = {}
    spans: dict[str, Span] = {}
    known = {TIBIA: tibiofemoral_span(dataset), PATELLA: patellofemoral_span(dataset)}
    for side in dataset["side"].to_numpy():
        one = dataset.sel(side=side)
        contact = np.linalg.norm(one["tibiofemoral_force"].to_numpy(), axis=1)
        patella = one["patellofemoral_force"].sel({"method": METHOD}).to_numpy()
        forces[f"{TIBIA}, {side}"] = np.where(solved, contact, np.nan) / weight
        forces[f"{PATELLA}, {side}"] = np.where(solved, patella, np.nan) / weight
        spans |= {f"{joint}, {side}": span for joint, span in known.items() if span.known}
    label = name if origin == "recorded" else f"{name} ({origin})"
    return LoadCurves(label, time - time[0], forces, spans)


def draw_loads(title: str, trials: Sequence[LoadCurves], of: int = 0) -> str | None:
    """SVG with a panel per side and joint, or None where no trial has a knee force.

    Parameters
    ----------
    title
        Of the picture.
    trials
        To draw; of more than `MOST_TRIALS` some.
    of
        Number of trials that these were chosen from, where they are not all.
    """
    shown = _some(trials)
    panels = []
    names = dict.fromkeys(name for trial in shown for name in trial.forces)
    for name in sorted(names, key=lambda name: not name.startswith(TIBIA)):
        curves = tuple(
            Curve(trial.label, trial.elapsed, trial.forces[name], _at_peak(trial, name))
            for trial in shown
            if name in trial.forces and np.isfinite(trial.forces[name]).any()
        )
        if curves:
            panels.append(Panel(name, curves))
    if not panels:
        return None
    remarks = []
    if (total := max(of, len(trials))) > len(shown):
        remarks.append(f"{len(shown)} of {total} trials, from the lowest to the highest tibiofemoral peak.")
    if any(trial.spans for trial in shown):
        remarks.append(f"Upright bars: the peak {VARIED}.")
    return draw(
        panels,
        title=title,
        x_label="time since the first frame [s]",
        y_label="contact force [body weight]",
        remarks=remarks,
    )


def _some(trials: Sequence[LoadCurves]) -> Sequence[LoadCurves]:
    """Trials to draw: all of a few, else some that lie evenly in the order of their peaks."""
    if len(trials) <= MOST_TRIALS:
        return trials
    ranked = sorted(trials, key=lambda trial: trial.peak)
    return [ranked[round(k * (len(ranked) - 1) / (MOST_TRIALS - 1))] for k in range(MOST_TRIALS)]


def _at_peak(trial: LoadCurves, name: str) -> Floats | None:
    """(frame, 2) whisker where the curve is highest; None without a span."""
    if name not in trial.spans:
        return None
    whiskers = np.full((trial.elapsed.size, 2), np.nan)
    span = trial.spans[name]
    whiskers[np.nanargmax(trial.forces[name])] = span.low, span.high
    return whiskers
