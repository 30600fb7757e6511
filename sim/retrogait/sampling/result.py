"""Samples to a labelled result: that of the plain analysis, with bands, numbers and causes beside it."""

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import MotionError
from retrogait.gait.cycle import PERCENT
from retrogait.sampling.bands import QUANTILES, bands
from retrogait.sampling.changes import nominal, unit_of
from retrogait.sampling.curves import NUMBERS, Curves, Scale, numbers_of
from retrogait.sampling.cycles import cycle_weights, over_cycle
from retrogait.sampling.factors import NOT_VARIED, Factor
from retrogait.sampling.prepared import Subject
from retrogait.sampling.ranking import rank

_BAND = "Quantiles over the samples of the"

VARIABLES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "tibiofemoral_band": ("BW", ("time", "side", "quantile"), f"{_BAND} tibiofemoral contact force."),
    "patellofemoral_band": (
        "BW", ("time", "side", "method", "quantile"), f"{_BAND} patellofemoral contact force.",
    ),
    "knee_extension_moment_band": (
        "N m", ("time", "side", "quantile"), f"{_BAND} internal knee extension moment.",
    ),
    "knee_adduction_moment_band": (
        "N m", ("time", "side", "quantile"), f"{_BAND} external knee adduction moment.",
    ),
    "activation_band": ("1", ("time", "muscle", "quantile"), f"{_BAND} muscle activation."),
    "muscle_force_band": ("N", ("time", "muscle", "quantile"), f"{_BAND} force along the tendon."),
    "generalized_force_band": (
        "N m or N", ("time", "coordinate", "quantile"), f"{_BAND} generalized force of inverse dynamics.",
    ),
    "tibiofemoral_cycle": (
        "BW", ("percent", "side"), "Tibiofemoral force of the plain analysis, mean cycle.",
    ),
    "tibiofemoral_cycle_band": (
        "BW", ("percent", "side", "quantile"), f"{_BAND} tibiofemoral contact force, mean cycle.",
    ),
    "patellofemoral_cycle": (
        "BW", ("percent", "side", "method"), "Patellofemoral force of the plain analysis, mean cycle.",
    ),
    "patellofemoral_cycle_band": (
        "BW", ("percent", "side", "method", "quantile"), f"{_BAND} patellofemoral contact force, mean cycle.",
    ),
    "factor_value": ("1", ("sample", "factor"), "Value of every factor, in the unit of factor_unit."),
    "sample_number": ("1", ("sample", "side", "number"), "Every number, in the unit of number_unit."),
    "sample_failed": ("1", ("sample",), "Frames without an answer, which enter no band and no number."),
    "plain_number": ("1", ("side", "number"), "The number of the plain analysis, unit as number_unit."),
    "number_band": ("1", ("side", "number", "quantile"), f"{_BAND} number, unit as number_unit."),
    "share": (
        "1", ("side", "number", "factor"),
        "Part of the number's variance that the factor makes alone (first-order Sobol' index); may come out "
        "a little below zero.",
    ),
    "share_error": ("1", ("side", "number", "factor"), "Standard error of the share."),
    "swing": (
        "1", ("side", "number", "factor"),
        "Mean change of the number from the low to the high end of the factor, unit as number_unit.",
    ),
    "share_left": ("1", ("side", "number"), "Part of the variance that no factor makes alone."),
}  # fmt: skip
"""Unit, axes and sentence of everything that a sensitivity adds to a result."""

COORDINATES = {
    "quantile": ("%", ("quantile",), "Share of the samples that lie below."),
    "percent": ("%", ("percent",), "Time from initial contact."),
    "sample": ("1", ("sample",), "Number of the sample."),
    "factor": ("1", ("factor",), "What is varied."),
    "factor_unit": ("1", ("factor",), "Unit of each factor."),
    "factor_low": ("1", ("factor",), "Low end of each factor's range."),
    "factor_high": ("1", ("factor",), "High end of each factor's range."),
    "factor_plain": ("1", ("factor",), "Value at which the plain analysis stands."),
    "factor_about": ("1", ("factor",), "What each factor changes."),
    "factor_source": ("1", ("factor",), "Why this range."),
    "number": ("1", ("number",), "Numbers that causes are ranked for."),
    "number_unit": ("1", ("number",), "Unit of each number."),
}


class Sampled(NamedTuple):
    """What was drawn and what came of it.

    factors, values : (factor,) and (sample, factor)
    curves, base    : of all samples, and of the plain analysis as one row
    scale           : of loads
    method, seed    : of the draws
    """

    factors: tuple[Factor, ...]
    values: Floats
    curves: Curves
    base: Curves
    scale: Scale
    method: str
    seed: int


def extend(result: xr.Dataset, subject: Subject, sampled: Sampled, notes: list[str]) -> xr.Dataset:
    """Add bands, numbers and causes to the result of the plain analysis.

    Returns
    -------
    xarray.Dataset
        With every name of `VARIABLES`, those of the cycle NaN where the trial has none; attribute
        ``sampling`` says what was drawn, ``not_varied`` what was not.
    """
    curves, factors = sampled.curves, sampled.factors
    time = result["time"].to_numpy()
    numbers = numbers_of(time, curves, sampled.scale)
    samples, sides, count = numbers.shape
    ranking = rank(factors, sampled.values, numbers.reshape(samples, sides * count))
    failed = curves.failed.sum(axis=1)
    data: dict[str, Any] = {
        "tibiofemoral_band": bands(curves.tibia),
        "patellofemoral_band": bands(curves.patella),
        "knee_extension_moment_band": bands(curves.extension),
        "knee_adduction_moment_band": bands(curves.adduction),
        "activation_band": bands(curves.activation),
        "muscle_force_band": bands(curves.tension),
        "generalized_force_band": bands(curves.force),
        "factor_value": sampled.values,
        "sample_number": numbers,
        "sample_failed": failed,
        "plain_number": numbers_of(time, sampled.base, sampled.scale)[0],
        "number_band": bands(numbers),
        "share": ranking.share.reshape(sides, count, -1),
        "share_error": ranking.error.reshape(sides, count, -1),
        "swing": ranking.swing.reshape(sides, count, -1),
        "share_left": ranking.rest.reshape(sides, count),
    }
    cycles, remark = _cycles(result, subject, sampled)
    data |= cycles
    out = result.assign({name: (VARIABLES[name][1], values) for name, values in data.items()})
    out = out.assign_coords(
        quantile=list(QUANTILES),
        percent=PERCENT,
        sample=np.arange(samples),
        factor=[factor.name for factor in factors],
        factor_unit=("factor", [unit_of(factor, subject.model) for factor in factors]),
        factor_low=("factor", [factor.low for factor in factors]),
        factor_high=("factor", [factor.high for factor in factors]),
        factor_plain=("factor", [nominal(factor, subject.settings) for factor in factors]),
        factor_about=("factor", [factor.kind.about for factor in factors]),
        factor_source=("factor", [factor.source for factor in factors]),
        number=list(NUMBERS),
        number_unit=("number", [unit for unit, _ in NUMBERS.values()]),
    )
    for name, (unit, _, about) in (VARIABLES | COORDINATES).items():
        out[name].attrs |= {"units": unit, "long_name": about}
    predicted = subject.trial.origin == "predicted"
    spoiled = int((failed > 0).sum())
    if spoiled:
        notes = [
            *notes,
            f"{spoiled} of {samples} samples have frames without an answer, {int(failed.sum())} of "
            f"{curves.failed.size} in all: these frames enter no band, and peaks are over the others",
        ]
    out.attrs = result.attrs | {
        "sampling": {"method": sampled.method, "samples": samples, "seed": sampled.seed},
        "not_varied": [*(["the predicted motion"] if predicted else []), *NOT_VARIED],
        "notes": [*result.attrs["notes"], *notes, *remark],
    }
    return out


def _cycles(result: xr.Dataset, subject: Subject, sampled: Sampled) -> tuple[dict[str, Floats], list[str]]:
    """Curves over the cycle of the plain analysis and their bands; NaN and a remark without a cycle."""
    sides = [knee.side for knee in subject.model.knees]
    methods = sampled.curves.patella.shape[-1]
    plain = np.full((PERCENT.size, len(sides), 1 + methods), np.nan)
    band = np.full((*plain.shape, len(QUANTILES)), np.nan)
    remark = []
    try:
        weights = cycle_weights(result, subject.model, subject.trial)
    except MotionError as error:
        weights, remark = {}, [f"no bands over the cycle: {error}"]
    for row, side in enumerate(sides):
        if side not in weights:
            continue
        for column in range(1 + methods):
            every, one = (
                kept.tibia[:, :, row] if column == 0 else kept.patella[:, :, row, column - 1]
                for kept in (sampled.curves, sampled.base)
            )
            plain[:, row, column] = over_cycle(weights[side], one)[0]
            band[:, row, column] = bands(over_cycle(weights[side], every))
    return {
        "tibiofemoral_cycle": plain[:, :, 0],
        "tibiofemoral_cycle_band": band[:, :, 0],
        "patellofemoral_cycle": plain[:, :, 1:],
        "patellofemoral_cycle_band": band[:, :, 1:],
    }, remark
