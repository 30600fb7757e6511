"""Predicted walks side by side: a difference, how far the assumptions move it, no statistics of people."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.statistics.layout import axes, described, mean_over
from retrogait.statistics.pairs import Pair
from retrogait.statistics.source import read_cases

_PAIR = ("pair",)
_NUMBER = ("pair", "measure")
_LINE = ("pair", "curve", "percent")


def compare_predicted(
    table: xr.Dataset,
    folder: Path | None,
    pairs: Sequence[Pair],
    measures: Sequence[str],
    curves: Sequence[str],
) -> xr.Dataset:
    """Every pair of walks with its differences, and their spans over assumptions that both walks share.

    The span of a difference is not the difference of spans: a tendon that is stiffer is stiffer in both
    directions. So each case is differenced by itself.

    Parameters
    ----------
    table
        Of `retrogait.statistics.source.read_conditions`.
    folder
        With the files of single conditions, which hold the cases; None leaves the spans out.
    pairs
        To compare.
    measures, curves
        Of the table.

    Raises
    ------
    ResultError
        A file cannot be read.
    """
    numbers, lines = table["measure_mean"].to_numpy(), table["curve_mean"].to_numpy().astype(float)
    found: dict[str, tuple[list[Floats], list[Floats]]] = {"measure": ([], []), "curve": ([], [])}
    spans = np.full((len(pairs), len(measures), 2), math.nan)
    for row, pair in enumerate(pairs):
        for kind, values in (("measure", numbers), ("curve", lines)):
            for to, walks in zip(found[kind], (pair.forward, pair.retro), strict=True):
                to.append(mean_over([mean_over(values[walk.row]) for walk in walks]))
        cases = [read_cases(folder, walks[0].name) for walks in (pair.forward, pair.retro)]
        for column, name in enumerate(measures):
            plain = [float(one[row][column]) for one in found["measure"]]
            spans[row, column] = _span(cases[0].get(name, {}), cases[1].get(name, {}), plain[0], plain[1])
    arrays: dict[str, Any] = {}
    for kind, dims, about in (
        ("measure", _NUMBER, "mean of both legs"),
        ("curve", _LINE, "mean of both legs"),
    ):
        forward, retro = (np.array(one) for one in found[kind])
        unit = f"see {kind}_unit"
        for name, values in (("forward", forward), ("retro", retro), ("difference", retro - forward)):
            told = "Retro less forward" if name == "difference" else f"Of the {name} walk"
            arrays[f"{kind}_{name}"] = described(dims, values, unit, f"{told}, {about}.")
    arrays["measure_span"] = described(
        ("pair", "measure", "bound"),
        spans,
        "see measure_unit",
        "Least and largest difference over the assumptions that both walks were predicted with; no interval.",
    )
    coords = axes(measures, curves, table["percent"].to_numpy()) | {
        "pair": described(_PAIR, [pair.label for pair in pairs], "1", "What both walks have in common."),
    }
    return xr.Dataset(arrays, coords, {"design": "predicted"})


def _span(
    forward: Mapping[str, float], retro: Mapping[str, float], plain_forward: float, plain_retro: float
) -> tuple[float, float]:
    """Least and largest difference over the cases that both walks have; NaN where there are none."""
    both = forward.keys() & retro.keys()
    found = [plain_retro * retro[case] - plain_forward * forward[case] for case in both]
    return (min(found), max(found)) if len(found) > 1 else (math.nan, math.nan)
