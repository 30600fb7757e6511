"""Tests of many measures and curves as one labelled dataset, p-values adjusted for how many they are."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.cycle import PERCENT
from retrogait.statistics.clusters import Cluster
from retrogait.statistics.curves import CurveTest
from retrogait.statistics.families import holm
from retrogait.statistics.layout import axes, described
from retrogait.statistics.spm import SpmTest
from retrogait.statistics.values import ValueTest

_M, _C, _P, _B = "measure", "curve", "percent", "bound"


@dataclass(frozen=True, slots=True)
class Tested:
    """What was tested.

    Attributes
    ----------
    values, curves
        In the order of their names.
    spm
        One per curve; None where spm1d was not asked.
    people
        Who walked; empty where the units are strides.
    forward, retro
        (person, measure); None where the units are strides.
    """

    values: Sequence[ValueTest]
    curves: Sequence[CurveTest]
    spm: Sequence[SpmTest | None]
    people: tuple[str, ...] = ()
    forward: Floats | None = None
    retro: Floats | None = None

    @property
    def every(self) -> tuple[ValueTest | CurveTest, ...]:
        """All tests."""
        return (*self.values, *self.curves)


def assemble(measures: Sequence[str], curves: Sequence[str], tested: Tested) -> xr.Dataset:
    """Put tests in a dataset; its attributes are left to the caller.

    Parameters
    ----------
    measures, curves
        Names, in the order of the tests.
    tested
        Their tests.
    """
    arrays = _of_measures(tested.values) | _of_curves(tested.curves) | _of_clusters(tested.curves)
    coords = axes(measures, curves, PERCENT)
    if any(tested.spm):
        arrays |= _of_spm(tested.spm)
    for name, values in (("forward", tested.forward), ("retro", tested.retro)):
        if values is not None:
            arrays[f"person_{name}"] = described(
                ("person", _M), values, "see measure_unit", f"Mean of each person's {name} walks."
            )
    if tested.people:
        coords["person"] = described(("person",), list(tested.people), "1", "Who walked.")
    for dim in ("cluster", "spm_cluster"):
        size = max((one[1].shape[1] for one in arrays.values() if one[0][-1] == dim), default=0)
        if size:
            coords[dim] = described((dim,), np.arange(size), "1", "Number of the cluster along its curve.")
    return xr.Dataset(arrays, coords)


def _of_measures(tests: Sequence[ValueTest]) -> dict[str, Any]:
    unit = "see measure_unit"

    def row(name: str, unit: str, about: str) -> Any:  # noqa: ANN401 (what xarray takes)
        return described((_M,), [getattr(one, name) for one in tests], unit, about)

    def bounds(ends: Sequence[tuple[float, float]], unit: str, about: str) -> Any:  # noqa: ANN401
        return described((_M, _B), np.array(ends, float).reshape(-1, 2), unit, about)

    effects = [one.hedges_gav for one in tests]
    p = [one.p for one in tests]
    return {
        "measure_n_forward": row("n_a", "1", "Units with a number, forward."),
        "measure_n_retro": row("n_b", "1", "Units with a number, retro."),
        "measure_forward": row("mean_a", unit, "Mean of forward walks."),
        "measure_retro": row("mean_b", unit, "Mean of retro walks."),
        "measure_difference": row("difference", unit, "Mean of retro less forward."),
        "measure_interval": bounds([one.interval for one in tests], unit, "Its confidence interval, by t."),
        "measure_bootstrap": bounds(
            [one.bootstrap for one in tests], unit, "Its confidence interval, bootstrapped (BCa)."
        ),
        "measure_dz": row("cohens_dz", "1", "Cohen's d_z: mean difference over the spread of differences."),
        "measure_gav": described(
            (_M,), [one.size for one in effects], "1", "Hedges' g_av: difference over the mean spread."
        ),
        "measure_gav_interval": bounds(
            [(one.low, one.high) for one in effects], "1", "Its interval (Bonett)."
        ),
        "measure_t": row("t", "1", "Student's t, or Welch's where nothing is paired."),
        "measure_p": row("p", "1", "Permutation p-value, two-sided."),
        "measure_p_holm": described((_M,), holm(p), "1", "The same, adjusted for all measures here (Holm)."),
        "measure_p_smallest": row("smallest_p", "1", "Least that the p-value could have been."),
    }


def _of_curves(tests: Sequence[CurveTest]) -> dict[str, Any]:
    unit = "see curve_unit"

    def row(name: str, about: str) -> Any:  # noqa: ANN401 (what xarray takes)
        return described((_C,), [getattr(one, name) for one in tests], "1", about)

    def line(name: str, unit: str, about: str) -> Any:  # noqa: ANN401
        values = np.array([getattr(one, name) for one in tests]).reshape(-1, PERCENT.size)
        return described((_C, _P), values, unit, about)

    band = np.array([np.stack([one.low, one.high], axis=-1) for one in tests])
    return {
        "curve_n_forward": row("n_a", "Units with a whole curve, forward."),
        "curve_n_retro": row("n_b", "Units with a whole curve, retro."),
        "curve_forward": line("mean_a", unit, "Mean of forward walks."),
        "curve_forward_sd": line("sd_a", unit, "Standard deviation of forward walks."),
        "curve_retro": line("mean_b", unit, "Mean of retro walks."),
        "curve_retro_sd": line("sd_b", unit, "Standard deviation of retro walks."),
        "curve_difference": line("difference", unit, "Mean of retro less forward."),
        "curve_band": described(
            (_C, _P, _B), band.reshape(-1, PERCENT.size, 2), unit, "Its simultaneous confidence band."
        ),
        "curve_effect": line("effect", "1", "Pointwise effect size, d_z of pairs."),
        "curve_t": line("t", "1", "Pointwise t."),
        "curve_threshold": row("threshold", "Size of t beyond which a point belongs to a cluster."),
        "curve_p": row("p", "Permutation p-value of the whole curve, by its largest cluster."),
        "curve_p_holm": described(
            (_C,), holm([one.p for one in tests]), "1", "The same, adjusted for all curves here (Holm)."
        ),
        "curve_p_max": row("p_max", "Permutation p-value of the whole curve, by its largest t."),
        "curve_p_smallest": row("smallest_p", "Least that these p-values could have been."),
    }


def _of_clusters(tests: Sequence[CurveTest]) -> dict[str, Any]:
    if not any(one.clusters for one in tests):
        return {}
    parts: dict[str, tuple[str, str, Callable[[Cluster], float]]] = {
        "cluster_start": ("%", "First point of each cluster.", lambda one: PERCENT[one.first]),
        "cluster_end": ("%", "Last point of each cluster.", lambda one: PERCENT[one.last]),
        "cluster_sign": ("1", "1 where retro is larger, -1 where forward is.", lambda one: one.sign),
        "cluster_mass": ("1", "Sum of the sizes of t in each cluster.", lambda one: one.mass),
        "cluster_p": ("1", "Permutation p-value, for the whole curve.", lambda one: one.p),
    }
    return {
        name: described(
            (_C, "cluster"), _ragged([[part(one) for one in test.clusters] for test in tests]), unit, about
        )
        for name, (unit, about, part) in parts.items()
    }


def _of_spm(tests: Sequence[SpmTest | None]) -> dict[str, Any]:
    clusters = [[] if one is None else list(one.clusters) for one in tests]
    arrays = {
        "spm_threshold": described(
            (_C,),
            [math.nan if one is None else one.threshold for one in tests],
            "1",
            "Threshold of t by random field theory (spm1d), two-sided.",
        )
    }
    if not any(clusters):
        return arrays
    parts = {
        "spm_start": ("%", "First point of each cluster by spm1d.", "first"),
        "spm_end": ("%", "Last point of each cluster by spm1d.", "last"),
        "spm_p": ("1", "P-value of each cluster by spm1d.", "p"),
    }
    return arrays | {
        name: described(
            (_C, "spm_cluster"), _ragged([[getattr(c, part) for c in of] for of in clusters]), unit, about
        )
        for name, (unit, about, part) in parts.items()
    }


def _ragged(rows: Sequence[Sequence[float]]) -> Floats:
    """Rows of different lengths, filled up with NaN."""
    table = np.full((len(rows), max(map(len, rows))), math.nan)
    for k, row in enumerate(rows):
        table[k, : len(row)] = row
    return table
