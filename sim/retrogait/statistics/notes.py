"""What to know before believing a comparison, in sentences that every table, picture and page repeats."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from retrogait.statistics.assemble import Tested
from retrogait.statistics.pairs import Pair
from retrogait.statistics.values import FEWEST

REFUSAL = (
    "No p-value is given: a predicted walk is the one optimum of a model (n = 1, the same every time), so "
    "there is no sample of people and nothing for a p-value to be about."
)

_NAMED = 5  # people that a note lists

_ALIGNED = (
    "Curves are compared at equal per cent of the cycle from initial contact; forward and retro walking land "
    "on other parts of the foot and leave the ground at other times, so a shift in time also shows as a "
    "difference in height."
)
_EXTENT = (
    "A cluster's p-value is for the curve as a whole: it says that the walks differ, not exactly from where "
    "to where. The band is what can be read point by point."
)


def of_predictions() -> list[str]:
    """On predicted walks."""
    return [
        "Instead of an interval: the span of a difference over other tendons, costs, ground and strength, "
        "each changed in both walks alike, and over the ways to share load among muscles. Only peak forces "
        "have one; a difference whose span holds 0 is none to rely on.",
        _ALIGNED,
    ]


def of_people(pairs: Sequence[Pair], people: Sequence[str]) -> list[str]:
    """On a comparison across people."""
    told = [
        f"The unit is the person, n = {len(people)}: strides, repeats and legs of a person are averaged "
        "first, because they are alike and many strides of few people say little about others."
    ]
    places = {person: {pair.place for pair in pairs if pair.person == person} for person in people}
    every = set.union(*places.values())
    if len(every) > 1:
        uneven = [person for person in people if places[person] != every]
        told.append(
            f"Pairs at {len(every)} conditions (speed, incline, labels) are averaged within each person"
            + (f"; {_some(uneven)} did not walk at all of them" if uneven else "")
            + "; `retrogait statistics --where` compares one alone."
        )
    if len(people) < FEWEST:
        told.append(
            f"Nothing is inferred from fewer than {FEWEST} people: with n = {len(people)} there are only "
            f"{2 ** len(people)} ways to flip the signs, so p could not go below {2 / 2 ** len(people):g}. "
            "Means and differences describe these people."
        )
    return told


def of_person(tested: Tested, column: str | None, person: str, side: str, *, spm: bool) -> list[str]:
    """On a comparison of one person's strides."""
    who = f"{column} {person}" if column else "this person"
    counts = [(one.n_a, one.n_b) for one in tested.every]
    forward, retro = (max((pair[k] for pair in counts), default=0) for k in (0, 1))
    told = [
        f"One person only: {forward} forward and {retro} retro strides of the {side} leg describe {who} and "
        "nobody else. A small p-value says that this person's strides differ by more than from one to the "
        "next; it says nothing about people.",
        "Strides of one recording are alike, and the test takes them as independent: p-values are too small, "
        "and intervals too narrow, by an amount that nobody knows.",
        "Strides are cut at contacts read off the filtered ground forces of the result files; the means in "
        "results.h5 take the recorded ones.",
    ]
    if not column:
        told.append(
            "No column says who walked, so all walks count as one person's; name the column with --pair-by."
        )
    if min(forward, retro) < FEWEST:
        told.append(
            f"Nothing is inferred from fewer than {FEWEST} strides in a direction. Means and differences "
            "describe these strides."
        )
    if spm:
        told.append("spm1d was not asked: its paired test needs pairs, and strides are none.")
    return told


def common(found: xr.Dataset, tested: Tested, design: str) -> list[str]:
    """On any comparison that tests something."""
    told = []
    inferred = [one for one in tested.every if np.isfinite(one.smallest_p)]
    if inferred:
        smallest = max(one.smallest_p for one in inferred)
        counts = "all there are" if all(one.exact for one in inferred) else "a random part of all"
        how = "flips of the sign" if design == "people" else "ways to deal the strides anew"
        told.append(f"P-values come from {how}, {counts}; the smallest possible is {smallest:.2g}.")
        if smallest > 0.05:
            told.append("So no p-value here can reach 0.05, whatever the data: n is too small for that.")
        if any(one.smallest_p * len(tested.values) > 0.05 for one in tested.values):
            told.append(
                f"Adjusted for {len(tested.values)} measures, the smallest possible p-value of one alone is "
                f"{min(1.0, len(tested.values) * max(one.smallest_p for one in tested.values)):.2g}; name "
                "fewer with --measure, before looking at the data."
            )
        told.append(
            f"P-values are adjusted (Holm) over {_listed(found, 'measure')}, and over "
            f"{_listed(found, 'curve')}, separately: that holds where these were chosen before anybody saw "
            "the data."
        )
    return [*told, _ALIGNED, _EXTENT] if inferred else [*told, _ALIGNED]


def _some(names: Sequence[str]) -> str:
    """Names, of many the first."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _listed(found: xr.Dataset, axis: str) -> str:
    names = [str(name) for name in found[axis].to_numpy()]
    return f"{len(names)} {axis}{'s' * (len(names) != 1)} ({', '.join(names)})" if names else f"no {axis}"
