"""What the cycles of a trial come to, on 101 points and in single numbers, stored beside its frames."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.errors import MotionError
from retrogait.gait.cycle import PERCENT, spread
from retrogait.gait.depth import look_deeper
from retrogait.gait.events import Cycle
from retrogait.gait.ground import footfalls, ground_forces
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.names import is_of
from retrogait.gait.record import Record, find_cycles, open_record
from retrogait.gait.strides import Strides, measure_cycles
from retrogait.gait.trial import Trial
from retrogait.gait.window import WINDOW_LOADS, window_loads
from retrogait.model import Model
from retrogait.quantities import CYCLE_COORDINATES, CYCLE_VARIABLES
from retrogait.settings import Settings

_LABELS: dict[str, npt.ArrayLike] = {
    "percent": PERCENT,
    "curve": list(CURVES),
    "curve_unit": [curve.unit for curve in CURVES.values()],
    "measure": list(MEASURES),
    "measure_unit": [measure.unit for measure in MEASURES.values()],
}


def _described(name: str, values: npt.ArrayLike) -> xr.Variable:
    quantity = (CYCLE_COORDINATES | CYCLE_VARIABLES)[name]
    return xr.Variable(quantity.dims, values, {"units": quantity.unit, "long_name": quantity.about})


_AXES = xr.Coordinates({name: _described(name, values) for name, values in _LABELS.items()})
"""Made once, because the index of an axis costs more than all its numbers."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What the tables of a study need of one result; NaN where there is no answer.

    Attributes
    ----------
    trial, direction, speed, incline, origin
        Which walk; m/s, and degrees, positive uphill in the direction of travel.
    sides
        Of the model, "right" and "left" or one of them.
    frames, frames_failed
        In the result, and those without an answer.
    cycles
        (side,) complete cycles that were found.
    measure_mean, measure_sd
        (side, measure) over the cycles, in the order of `retrogait.gait.measures.MEASURES`.
    curve_mean, curve_sd
        (side, curve, percent) over the cycles, in the order of `retrogait.gait.measures.CURVES`.
    window
        (side, load) over the whole window, in the order of `retrogait.gait.window.WINDOW_LOADS`.
    """

    trial: str
    direction: str
    speed: float
    incline: float
    origin: str
    sides: tuple[str, ...]
    frames: int
    frames_failed: int
    cycles: Ints
    measure_mean: Floats
    measure_sd: Floats
    curve_mean: Floats
    curve_sd: Floats
    window: Floats


def normalise(dataset: xr.Dataset, model: Model, trial: Trial) -> xr.Dataset:
    """Add what the complete cycles of a trial come to.

    Parameters
    ----------
    dataset
        Of `retrogait.analyze`.
    model, trial
        That it was made of: contacts are read off the unfiltered ground forces.

    Returns
    -------
    xarray.Dataset
        The same with every array of `retrogait.quantities.CYCLE_VARIABLES`. A leg without a complete cycle
        has NaN there, ``cycles`` 0 and a remark in the notes.
    """
    sides = [str(side) for side in dataset.variables["side"].to_numpy()]
    arrays = _without_answer(dataset)
    remarks: list[str] = []
    try:
        ground = ground_forces(model, trial)
        record = open_record(dataset, ground)
        cycles = find_cycles(record)
        if cycles:
            weight = float(dataset.attrs["body_weight"])
            falls = footfalls(model, trial, ground, weight, dataset)
            depth = look_deeper(dataset, _as_analyzed(model, dataset))
            _fill(arrays, dataset, measure_cycles(dataset, record, cycles, falls, depth), record, cycles)
            remarks += depth.notes
    except MotionError as error:
        remarks.append(f"no cycles: {error}")
    lacking = [side for side, count in zip(sides, arrays["cycles"], strict=True) if not count]
    if lacking and not any(remark.startswith("no cycles") for remark in remarks):
        remarks.append(_no_cycle(dataset, lacking, len(sides)))
    lengths = arrays["measure_mean"][:, list(MEASURES).index("stride_length")]
    if len(lacking) < len(sides) and np.isnan(lengths).all():
        remarks.append("the pelvis stays in place and no speed is given: no stride length, no load per km")
    cycled = xr.Dataset({name: _described(name, array) for name, array in arrays.items()}, coords=_AXES)
    out = dataset.merge(cycled, compat="override", join="override")
    out.attrs = {**dataset.attrs, "notes": [*dataset.attrs["notes"], *remarks]}
    return out


def extract(dataset: xr.Dataset) -> Extract:
    """Take what the tables of a study need; small, and fit to be sent between processes.

    Variables are read without their coordinates, whose assembly would cost more than the numbers.

    Parameters
    ----------
    dataset
        Of `normalise`, as made or as read. One without cycles, of an older version, has none.
    """
    status = dataset.variables["status"].to_numpy()
    arrays = _without_answer(dataset)
    if "cycles" in dataset:
        arrays["cycles"][:] = dataset.variables["cycles"].to_numpy()
        for axis, known in (("measure", MEASURES), ("curve", CURVES)):
            # A version may have had fewer, or others.
            stored = {str(name): k for k, name in enumerate(dataset.variables[axis].to_numpy())}
            both = [(k, stored[name]) for k, name in enumerate(known) if name in stored]
            to, of = [k for k, _ in both], [k for _, k in both]
            for name in (f"{axis}_mean", f"{axis}_sd"):
                arrays[name][:, to] = dataset.variables[name].to_numpy()[:, of]
    return Extract(
        trial=str(dataset.attrs["trial"]),
        direction=str(dataset.attrs["direction"]),
        speed=float(dataset.attrs["speed"]),
        incline=float(dataset.attrs["incline"]),
        origin=str(dataset.attrs["origin"]),
        sides=tuple(str(side) for side in dataset.variables["side"].to_numpy()),
        frames=status.size,
        frames_failed=int(np.count_nonzero(status)),
        cycles=arrays["cycles"],
        measure_mean=arrays["measure_mean"],
        measure_sd=arrays["measure_sd"],
        curve_mean=arrays["curve_mean"],
        curve_sd=arrays["curve_sd"],
        window=np.array([[row[name] for name in WINDOW_LOADS] for row in window_loads(dataset)]),
    )


def _as_analyzed(model: Model, dataset: xr.Dataset) -> Model:
    """Model with the strengths that a result was made with."""
    parameters = json.loads(dataset.attrs["provenance"]).get("parameters", {})
    return Settings(strength=parameters.get("strength", {})).strengthened(model)


def _without_answer(dataset: xr.Dataset) -> dict[str, npt.NDArray[Any]]:
    """Every array of `CYCLE_VARIABLES` of a trial in which no cycle was found."""
    lengths = {name: dataset.sizes[name] for name in ("side", "muscle")}
    lengths |= {str(name): size for name, size in _AXES.sizes.items()}
    arrays = {
        name: np.full([lengths[dim] for dim in quantity.dims], math.nan)
        for name, quantity in CYCLE_VARIABLES.items()
    }
    return arrays | {"cycles": np.zeros(lengths["side"], np.int64)}


def _fill(
    arrays: Mapping[str, npt.NDArray[Any]],
    dataset: xr.Dataset,
    strides: Strides,
    record: Record,
    cycles: Sequence[Cycle],
) -> None:
    """Take mean and standard deviation over the cycles of each leg."""
    measures = np.array([[row.get(name, math.nan) for name in MEASURES] for row in strides.measures])
    for row, side in enumerate(map(str, dataset.variables["side"].to_numpy())):
        mine = [k for k, cycle in enumerate(cycles) if cycle.side == side]
        if not mine:
            continue
        arrays["cycles"][row] = len(mine)
        arrays["measure_mean"][row], arrays["measure_sd"][row] = spread(measures[mine])
        arrays["curve_mean"][row], arrays["curve_sd"][row] = spread(strides.curves[mine])
        muscles, signals = _muscle_signals(dataset, row, side)
        rows = record.rows(signals)
        mean, _ = spread(np.array([record.resample(rows, cycles[k]) for k in mine]))
        arrays["activation_mean"][muscles] = mean[:, 0].T
        arrays["compression_mean"][muscles] = mean[:, 1].T


def _muscle_signals(dataset: xr.Dataset, row: int, side: str) -> tuple[list[int], Floats]:
    """Rows of the muscles of one leg, and (frame, 2, muscle) of their activation and compression [BW]."""
    names = [str(name) for name in dataset.variables["muscle"].to_numpy()]
    muscles = [k for k, name in enumerate(names) if is_of(name, side)]
    pull = dataset.variables["tibiofemoral_contribution"].to_numpy()[:, row, muscles, 1]
    activation = dataset.variables["activation"].to_numpy()[:, muscles]
    signals = np.stack([activation, -pull / float(dataset.attrs["body_weight"])], axis=1)
    signals[dataset.variables["status"].to_numpy() != 0] = math.nan
    return muscles, signals


def _no_cycle(dataset: xr.Dataset, lacking: Sequence[str], legs: int) -> str:
    first, last = dataset.variables["time"].to_numpy()[[0, -1]]
    leg = "either leg" if len(lacking) == legs else f"the {lacking[0]} leg"
    return (
        f"no complete cycle of {leg}, initial contact to initial contact, from {first:g} to {last:g} s: its "
        "measures have no answer, and peaks and impulses run over the whole window"
    )
