"""Numbers of a study, from its results folder: measures and curves of conditions by leg, strides of files."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.collection import FORMAT
from retrogait.errors import ConfigError, MotionError, ResultError
from retrogait.gait.measures import CURVES, MEASURES, Measure
from retrogait.io.results import read_attributes, read_result
from retrogait.io.text import suggestion

COLLECTION = "results.h5"
"""Of a results folder: all conditions."""

SPANS = {"tibiofemoral_peak": "peak_tibiofemoral", "patellofemoral_peak": "peak_patellofemoral"}
"""Measure to the name of its peak in the sensitivity of a predicted walk."""


_SHARING = "tibiofemoral_force_sharing"


class Strides(NamedTuple):
    """Complete cycles of one leg, of all files of one direction.

    measures : (stride, measure)
    curves   : (stride, curve, percent)
    names    : of the files that they are from
    lost     : files without such a cycle, and why
    """

    measures: Floats
    curves: Floats
    names: list[str]
    lost: list[str]


def read_conditions(
    results: str | Path | xr.Dataset, measures: Sequence[str], curves: Sequence[str]
) -> tuple[xr.Dataset, Path | None]:
    """Some measures and curves of all conditions, in memory.

    Parameters
    ----------
    results
        Folder that ``retrogait run`` stored, its results.h5, or what xarray made of that.
    measures, curves
        To read, in the order to have them in.

    Returns
    -------
    dataset, folder
        ``measure_mean`` (condition, side, measure), ``curve_mean`` (condition, side, curve, percent), and
        what is known of each condition; the folder of the files of single conditions, if there is one.

    Raises
    ------
    ResultError
        There is no such file, or it holds no study.
    ConfigError
        A measure or curve is not in it.
    """
    if isinstance(results, xr.Dataset):
        return _selected(results, "the dataset", measures, curves), None
    path = Path(results)
    file = path / COLLECTION if path.is_dir() else path
    if not file.is_file():
        raise ResultError(
            f"{path}: holds no {COLLECTION}; expected a folder that `retrogait run` stored"
            if path.is_dir()
            else f"{path}: no such folder; expected one that `retrogait run` stored"
        )
    try:
        with xr.open_dataset(file, engine="h5netcdf") as dataset:
            return _selected(dataset, str(file), measures, curves), file.parent
    except (OSError, KeyError, RuntimeError) as error:  # h5netcdf raises any
        raise ResultError(f"{file}: not an HDF5 file, or a damaged one; run the study again") from error


def _selected(dataset: xr.Dataset, where: str, measures: Sequence[str], curves: Sequence[str]) -> xr.Dataset:
    if dataset.attrs.get("format") != FORMAT:
        raise ResultError(
            f"{where}: not results of a study: its `format` is {dataset.attrs.get('format')!r}, "
            f"expected {FORMAT!r}"
        )
    for axis, names in (("measure", measures), ("curve", curves)):
        known = [str(name) for name in dataset[axis].to_numpy()]
        for name in names:
            if name not in known:
                raise ConfigError(f"{axis} {name!r}: {where} has none of that name{suggestion(name, known)}")
            registry: Mapping[str, Measure] = MEASURES if axis == "measure" else CURVES
            stated = str(dataset[f"{axis}_unit"].to_numpy()[known.index(name)])
            if stated != registry[name].unit:
                raise ResultError(
                    f"{where}: `{name}` is stored in {stated!r}, expected {registry[name].unit!r}: made by "
                    "another version; run the study again"
                )
    arrays = dataset[["measure_mean", "curve_mean", "cycles"]]
    return arrays.sel(measure=list(measures), curve=list(curves)).load()


def read_strides(
    folder: Path, names: Sequence[str], side: str, measures: Sequence[str], curves: Sequence[str]
) -> Strides:
    """Complete cycles of one leg, one by one, from the files of single conditions.

    The files hold ground forces as they were filtered for the analysis, and contacts are read off those; the
    means in results.h5 take the recorded ones. The two differ by a few milliseconds of contact.

    Parameters
    ----------
    folder
        Results folder.
    names
        Conditions.
    side
        "right" or "left".
    measures, curves
        To read.

    Raises
    ------
    ResultError
        A file cannot be read.
    """
    from retrogait.gait.strides import measure_gait  # noqa: PLC0415 (numba, which only strides need)

    rows: list[Floats] = []
    lines: list[Floats] = []
    used: list[str] = []
    lost: list[str] = []
    for name in names:
        try:
            gait = measure_gait(read_result(folder / f"{name}.h5"))
        except MotionError as error:
            lost.append(f"{name}: {error}")
            continue
        mine = gait["side"].to_numpy() == side
        if not mine.any():
            lost.append(f"{name}: no complete cycle of the {side} leg")
            continue
        used.append(name)
        rows.append(np.column_stack([gait[one].to_numpy()[mine] for one in measures] or [np.empty((0, 0))]))
        lines.append(np.stack([gait[one].to_numpy()[mine] for one in curves], axis=1))
    if not used:
        return Strides(np.empty((0, len(measures))), np.empty((0, len(curves), 101)), used, lost)
    return Strides(np.concatenate(rows), np.concatenate(lines), used, lost)


def read_cases(folder: Path | None, name: str) -> dict[str, dict[str, float]]:
    """What a predicted walk's peaks become with each other assumption, as shares of the peaks.

    Parameters
    ----------
    folder
        Results folder.
    name
        Condition.

    Returns
    -------
    dict
        Measure, of `SPANS`, to case to share; empty where nobody knows.

    Raises
    ------
    ResultError
        The file cannot be read.
    """
    if folder is None or not (folder / f"{name}.h5").is_file():
        return {}
    path = folder / f"{name}.h5"
    cases: dict[str, dict[str, Any]] = read_attributes(path).get("sensitivity") or {}
    shares: dict[str, dict[str, float]] = {}
    for measure, key in SPANS.items():
        base = float(cases.get("base", {}).get(key, math.nan))
        shares[measure] = {
            case: float(peaks[key]) / base for case, peaks in cases.items() if base > 0.0 and key in peaks
        }
    with h5py.File(path) as file:  # two of fifty arrays: reading all takes ten times as long
        if _SHARING in file:
            own = float(np.nanmax(np.linalg.norm(file["tibiofemoral_force"][...], axis=-1)))
            peaks_by_criterion = file[_SHARING][...].reshape(-1, file["criterion"].size)
            for criterion, force in zip(file["criterion"].asstr(), peaks_by_criterion.T, strict=True):
                if np.isfinite(force).any():
                    shares["tibiofemoral_peak"][f"{criterion} sharing"] = float(np.nanmax(force)) / own
    return shares
