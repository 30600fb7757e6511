"""Forward against retro walking from the results of a study: of people, of one person, of predicted walks."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, ResultError
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.io.text import suggestion
from retrogait.statistics import notes
from retrogait.statistics.assemble import Tested, assemble
from retrogait.statistics.curves import CurveTest, paired_curves, unpaired_curves
from retrogait.statistics.layout import mean_over
from retrogait.statistics.pairs import Pair, Pairing, match_walks
from retrogait.statistics.predicted import compare_predicted
from retrogait.statistics.source import read_conditions, read_strides
from retrogait.statistics.spm import SpmTest, require_spm, spm_paired
from retrogait.statistics.values import (
    FEWEST,
    PERMUTATIONS,
    ValueTest,
    paired_values,
    require_options,
    unpaired_values,
)

DEFAULT_MEASURES = (
    "tibiofemoral_peak",
    "tibiofemoral_impulse",
    "patellofemoral_peak",
    "patellofemoral_impulse",
    "knee_extension_moment_peak",
    "knee_range",
    "vasti_activation",
)
"""Few, and chosen before any data were seen: every further question makes each answer weaker."""

DEFAULT_CURVES = (
    "tibiofemoral_force",
    "patellofemoral_force",
    "knee_extension_moment",
    "knee_flexion",
    "vasti",
)
"""Likewise."""


def compare_directions(
    results: str | Path | xr.Dataset,
    *,
    measures: Sequence[str] | None = None,
    curves: Sequence[str] | None = None,
    pair_by: str | None = None,
    match: Sequence[str] | None = None,
    where: Mapping[str, float | str] | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    alpha: float = 0.05,
    spm: bool = False,
) -> xr.Dataset:
    """Compare retro with forward walks of the same people, speed, incline and other labels.

    Recorded walks of several people are compared across people: one number per person and direction, whatever
    the number of strides. Of one person strides are compared with strides, which says nothing about others.
    Predicted walks are set side by side with the span of their assumptions, and without a p-value.

    Parameters
    ----------
    results
        Folder that ``retrogait run`` stored, its results.h5, or what xarray made of that (which has no single
        strides and no sensitivities).
    measures, curves
        Names in `retrogait.gait.measures`; `DEFAULT_MEASURES` and `DEFAULT_CURVES` when None.
    pair_by
        Column that says who walked; when None the first there is of subject, participant and person.
    match
        Columns that both walks of a pair share; when None speed, incline and every label that has the same
        values in both directions for most people, but those that number recordings.
    where
        Values that walks must have, by column.
    permutations
        Rearrangements to make; all where these are fewer.
    seed
        Of rearrangements and bootstrap: the same seed gives the same numbers.
    alpha
        One less the confidence of intervals and bands.
    spm
        Whether to ask spm1d too.

    Returns
    -------
    xarray.Dataset
        Every difference is retro less forward. ``measure_*`` over measure (and bound), ``curve_*`` over curve
        and percent, ``cluster_*`` over curve and cluster. Attributes: ``design`` ("people", "one person" or
        "predicted"), ``notes`` to read before believing it, ``left_out``, and every option.

    Raises
    ------
    ConfigError
        A name is unknown, an option is out of range, or spm1d is asked for and absent.
    ResultError
        The results cannot be read, or no forward walk has a retro counterpart.
    """
    measures = _known("measure", DEFAULT_MEASURES if measures is None else measures, MEASURES)
    curves = _known("curve", DEFAULT_CURVES if curves is None else curves, CURVES)
    require_options(permutations, alpha)
    if spm:
        require_spm()
    table, folder = read_conditions(results, measures, curves)
    pairing = match_walks(table, pair_by=pair_by, match=match, where=where)
    recorded = [pair for pair in pairing.pairs if pair.forward[0].origin == "recorded"]
    if not pairing.pairs:
        raise ResultError(_nothing(results, pairing))
    attributes = {
        "kind": "statistics",
        "source": "an open dataset" if isinstance(results, xr.Dataset) else str(results),
        "person_column": pairing.person or "",
        "matched": list(pairing.matched),
        "where": {name: str(value) for name, value in (where or {}).items()},
        "permutations": permutations,
        "seed": seed,
        "alpha": alpha,
    }
    left_out = list(pairing.left_out)
    if not recorded:
        told = notes.REFUSAL if not spm else f"{notes.REFUSAL} spm1d was not asked either."
        return compare_predicted(table, folder, pairing.pairs, measures, curves).assign_attrs(
            attributes, notes=[told, *notes.of_predictions()], left_out=left_out
        )
    left_out += [
        f"{pair.label}: {pair.forward[0].origin}, not recorded; statistics are of people only"
        for pair in pairing.pairs
        if pair not in recorded
    ]
    people = list(dict.fromkeys(pair.person for pair in recorded))
    options = {"permutations": permutations, "seed": seed, "alpha": alpha}
    if len(people) > 1:
        tested, lost = _across_people(table, recorded, people, measures, curves, options, spm=spm)
        said = notes.of_people(recorded, people)
    else:
        tested, lost, side = _within_person(folder, recorded, measures, curves, options)
        said = notes.of_person(tested, pairing.person, people[0], side, spm=spm)
    found = assemble(measures, curves, tested)
    design = "people" if len(people) > 1 else "one person"
    said += notes.common(found, tested, design)
    return found.assign_attrs(
        attributes, design=design, fewest=FEWEST, notes=said, left_out=[*left_out, *lost]
    )


def _known(kind: str, names: Sequence[str], known: Mapping[str, object]) -> list[str]:
    for name in names:
        if name not in known:
            raise ConfigError(f"no {kind} is called {name!r}{suggestion(name, known)}")
    return list(dict.fromkeys(names))


def _nothing(results: str | Path | xr.Dataset, pairing: Pairing) -> str:
    where = "the dataset" if isinstance(results, xr.Dataset) else str(results)
    alike = [name for name in (pairing.person, *pairing.matched) if name]
    told = f"; for example, {pairing.left_out[-1]}" if pairing.left_out else ""
    return (
        f"{where}: no forward walk has a retro counterpart alike in {', '.join(alike) or 'anything'}{told}; "
        "say what the walks of a pair share with `match`, such as --match incline where speeds were free"
    )


def _across_people(
    table: xr.Dataset,
    pairs: Sequence[Pair],
    people: Sequence[str],
    measures: Sequence[str],
    curves: Sequence[str],
    options: Mapping[str, float],
    *,
    spm: bool,
) -> tuple[Tested, list[str]]:
    """One number, or curve, per person and direction: mean over repeats, legs and pairs."""
    numbers, lines = table["measure_mean"].to_numpy(), table["curve_mean"].to_numpy().astype(float)
    lines[~np.isfinite(lines).all(axis=-1)] = math.nan  # a curve with a gap is none
    by_person = [[pair for pair in pairs if pair.person == one] for one in people]
    first, second = _by_person(by_person, numbers)
    first_lines, second_lines = _by_person(by_person, lines)
    values = [
        paired_values(first[:, k], second[:, k], **options)  # type: ignore[arg-type]
        for k in range(len(measures))
    ]
    tests = [
        paired_curves(first_lines[:, k], second_lines[:, k], **options)  # type: ignore[arg-type]
        for k in range(len(curves))
    ]
    lost = []
    fields: list[SpmTest | None] = []
    for name, a, b in (
        *zip(measures, first.T, second.T, strict=True),
        *zip(curves, first_lines.swapaxes(0, 1), second_lines.swapaxes(0, 1), strict=True),
    ):
        there = (np.isfinite(a) & np.isfinite(b)).reshape(len(people), -1).all(axis=1)
        lost += [f"{one}: no {name} in both directions" for one, is_there in zip(people, there, strict=True)
                 if not is_there]  # fmt: skip
        if a.ndim == 2:
            asked = spm and there.sum() >= FEWEST
            fields.append(spm_paired(a[there], b[there], options["alpha"]) if asked else None)
    return Tested(values, tests, fields, tuple(people), first, second), lost


def _by_person(by_person: Sequence[Sequence[Pair]], values: Floats) -> tuple[Floats, Floats]:
    sides = [[_by_leg(pair, values) for pair in pairs] for pairs in by_person]
    first = [mean_over([one for one, _ in mine]) for mine in sides]
    second = [mean_over([one for _, one in mine]) for mine in sides]
    return np.array(first), np.array(second)


def _by_leg(pair: Pair, values: Floats) -> tuple[Floats, Floats]:
    """Forward and retro values of a pair: over repeats by leg, then over the legs that have both."""
    first, second = (mean_over([values[walk.row] for walk in walks]) for walks in (pair.forward, pair.retro))
    both = np.isfinite(first) & np.isfinite(second)
    return mean_over(np.where(both, first, math.nan)), mean_over(np.where(both, second, math.nan))


def _within_person(
    folder: Path | None,
    pairs: Sequence[Pair],
    measures: Sequence[str],
    curves: Sequence[str],
    options: Mapping[str, float],
) -> tuple[Tested, list[str], str]:
    """Strides of one leg against strides of the same leg, of all recordings at one speed and incline."""
    if folder is None:
        raise ResultError(
            "one person's strides are in the files of single conditions; give the folder of the study"
        )
    if len(pairs) > 1:
        there = "; ".join(pair.label for pair in pairs)
        raise ConfigError(
            f"one person walked at {len(pairs)} conditions ({there}); strides are compared within one: "
            "choose it with `where`, such as --where speed=1.0"
        )
    read = {
        side: [read_strides(folder, [walk.name for walk in walks], side, measures, curves)
               for walks in (pairs[0].forward, pairs[0].retro)]
        for side in ("right", "left")
    }  # fmt: skip
    side = max(read, key=lambda name: min(len(one.measures) for one in read[name]))
    forward, retro = read[side]
    values: list[ValueTest] = [
        unpaired_values(forward.measures[:, k], retro.measures[:, k], **options)  # type: ignore[arg-type]
        for k in range(len(measures))
    ]
    tests: list[CurveTest] = [
        unpaired_curves(forward.curves[:, k], retro.curves[:, k], **options)  # type: ignore[arg-type]
        for k in range(len(curves))
    ]
    return Tested(values, tests, [None] * len(curves)), [*forward.lost, *retro.lost], side
