"""One result beside the force that an instrumented implant measured, over one gait cycle.

The window of a trial is taken as one gait cycle of the measured leg, 0 to 100 %. Forces are divided
by the body weight that the analysis uses, which is the model's unless `body_mass` says otherwise.
"""

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.config import BASE
from retrogait.errors import MotionError
from retrogait.io.measured import MeasuredForce
from retrogait.report.agreement import FIRST_PEAK, NO_SCORE, SECOND_PEAK, Agreement, Score

CYCLE: Floats = np.linspace(0.0, 100.0, 101)
"""Points of the gait cycle at which the curves are compared [%]."""

_FEWEST_POINTS = 2  # a correlation of fewer is none


@dataclass(frozen=True, eq=False)
class Comparison:
    """One trial under one set of choices, on `CYCLE`.

    Attributes
    ----------
    agreement
        Its scores.
    measured
        Measured total [BW].
    axial, resultant
        Estimated force along the tibia, compression positive, and its magnitude [BW]; NaN where the
        frames beside the point failed.
    body_mass
        Mass behind the body weight [kg].
    notes
        Remarks of the analysis.
    """

    agreement: Agreement
    measured: Floats
    axial: Floats
    resultant: Floats
    body_mass: float
    notes: tuple[str, ...]


def score(estimated: Floats, measured: Floats) -> Score:
    """Agreement of two curves on `CYCLE`.

    Parameters
    ----------
    estimated, measured
        (101,) forces of one unit; points where either is NaN are left out of both.
    """
    known = np.isfinite(estimated) & np.isfinite(measured)
    e, m, cycle = estimated[known], measured[known], CYCLE[known]
    if e.size < _FEWEST_POINTS:
        return NO_SCORE

    def excess(low: float, high: float) -> float:
        inside = (cycle >= low) & (cycle <= high)
        return float(e[inside].max() - m[inside].max()) if inside.any() else math.nan

    spread = float(np.std(e) * np.std(m))
    together = float(np.mean((e - e.mean()) * (m - m.mean())))
    return Score(
        rmse=float(np.sqrt(np.mean((e - m) ** 2))),
        first_peak=excess(*FIRST_PEAK),
        second_peak=excess(*SECOND_PEAK),
        peak=excess(0.0, 100.0),
        r_squared=(together / spread) ** 2 if spread > 0.0 else math.nan,
    )


def compare(dataset: xr.Dataset, measured: MeasuredForce, side: str, *, variant: str = BASE) -> Comparison:
    """Compare one result with a measurement of the same cycle.

    Parameters
    ----------
    dataset
        Result of `retrogait.analyze`; its first frame is 0 % and its last 100 % of the cycle.
    measured
        From `read_measured`.
    side
        "right" or "left", the leg that was measured.
    variant
        Name of the choices behind the result.

    Raises
    ------
    MotionError
        The result has no such knee.
    """
    trial = str(dataset.attrs["trial"])
    sides = [str(name) for name in dataset["side"].to_numpy()]
    if side not in sides:
        raise MotionError(
            f"{trial}: measured_side is {side!r}, but the model has "
            + (f"only the knee {', '.join(map(repr, sides))}" if sides else "no knee")
        )
    weight = float(dataset.attrs["body_weight"])
    solved = dataset["status"].to_numpy() == 0
    force = np.array(dataset["tibiofemoral_force"].sel(side=side).to_numpy()) / weight
    force[~solved] = np.nan
    time = dataset["time"].to_numpy()
    at = 100.0 * (time - time[0]) / (time[-1] - time[0])
    axial = np.interp(CYCLE, at, -force[:, 1])
    resultant = np.interp(CYCLE, at, np.linalg.norm(force, axis=1))
    truth = np.interp(CYCLE, measured.cycle, measured.total) / weight
    agreement = Agreement(
        variant=variant,
        trial=trial,
        side=side,
        axial=score(axial, truth),
        resultant=score(resultant, truth),
        points=int(np.isfinite(axial).sum()),
        frames=int(solved.size),
        frames_failed=int(np.count_nonzero(~solved)),
        **_compartments(dataset, measured, side, at),
    )
    mass, notes = float(dataset.attrs["body_mass"]), tuple(dataset.attrs["notes"])
    return Comparison(agreement, truth, axial, resultant, mass, notes)


def _compartments(dataset: xr.Dataset, measured: MeasuredForce, side: str, at: Floats) -> dict[str, Score]:
    """Scores of the medial and the lateral force, where the analysis has them."""
    if "compartment_force" not in dataset:
        return {}
    weight = float(dataset.attrs["body_weight"])
    solved = dataset["status"].to_numpy() == 0
    scores = {}
    for name, truth in (("medial", measured.medial), ("lateral", measured.lateral)):
        force = dataset["compartment_force"].sel(side=side, compartment=name).to_numpy() / weight
        estimated = np.interp(CYCLE, at, np.where(solved, force, np.nan))
        scores[name] = score(estimated, np.interp(CYCLE, measured.cycle, truth) / weight)
    return scores
