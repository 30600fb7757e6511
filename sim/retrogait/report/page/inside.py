"""What results.h5 lacks and the files of the conditions hold: quadriceps by head, residuals, reserves."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import h5py
import numpy as np
import xarray as xr

from retrogait.arrays import Bools, Floats, runs
from retrogait.card import Card, grade
from retrogait.errors import MotionError, ResultError
from retrogait.gait.events import CONTACT_SHARE, complete_cycles, find_events
from retrogait.gait.names import SIDES
from retrogait.quantities import QUANTITIES
from retrogait.report.folder import Condition

HEADS: Mapping[str, str] = {
    "rectus_femoris": "Rectus femoris",
    "vastus_medialis": "Vastus medialis",
    "vastus_intermedius": "Vastus intermedius",
    "vastus_lateralis": "Vastus lateralis",
}
"""Head as its curve is called here, to its title; the first is also a curve of results.h5."""

_MUSCLES = {
    "rectus_femoris": ("recfem", "rectfem"),
    "vastus_medialis": ("vasmed",),
    "vastus_intermedius": ("vasint",),
    "vastus_lateralis": ("vaslat",),
}
_LEG = {"right": "r", "left": "l"}

MOST_GRADED = 500
"""Conditions of a study whose trials are graded while a page is made: more would keep it waiting, and
`retrogait card` grades them all [1]."""

_GRADED_BY = (
    "time",
    "side",
    "coordinate",
    "coordinate_unit",
    "coordinate_shared",
    "coordinate_speed",
    "muscle",
    "muscle_length",
    "muscle_force",
    "generalized_force",
    "reserve",
    "ground_reaction_force",
    "status",
)
"""Arrays of a result that its report card is made of: to read the others takes ten times as long."""

_GRADED_BY_ATTRIBUTES = ("trial", "origin", "body_weight", "residual_force_peak")

TOLD: Mapping[str, str] = {
    "model_file": "model",
    "body_mass": "body mass [kg]",
    "physics": "physics",
    "exponent": "exponent of the cost",
    "tendon": "tendon",
    "preparation": "preparation",
    "patellofemoral_source": "patellofemoral force",
}
"""Attributes of a result that say how it was made, and how a page calls them; of sharing see `Sharing`."""


class Sharing(NamedTuple):
    """How muscles share the load in one result.

    shown  : criterion of its muscle forces, "plain", "weighted" or "custom"; empty where it does not say
    stored : criteria that it holds the contact force of, `shown` among them
    source : where the weights of "weighted" are from
    """

    shown: str
    stored: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Inside:
    """What the file of one condition says beyond results.h5.

    Attributes
    ----------
    heads
        (head, side) to (percent,) mean activation; absent where the model has no such muscle or no cycle.
    reserves
        Coordinate to its largest reserve and largest moment over the frames that have an answer, for those
        that muscles balance [N m].
    residual_force
        Largest force at the pelvis that nothing carries, of the largest ground force [%].
    failed
        First and last time of every run of failed frames [s].
    failed_percent
        By side: first and last percent of the cycle in which a frame of any cycle failed; the whole cycle
        where its place is not known.
    time
        First and last [s].
    about
        Attributes of `TOLD` that the file has, as text.
    sharing
        Of the numbers that a page shows, and what is stored beside them.
    notes
        Remarks of the analysis.
    card
        How far to believe the trial; None of a file of an older version, or one of too many.
    """

    heads: Mapping[tuple[str, str], Floats]
    reserves: Mapping[str, tuple[float, float]]
    residual_force: float
    failed: Sequence[tuple[float, float]]
    failed_percent: Mapping[str, Sequence[tuple[float, float]]]
    time: tuple[float, float]
    about: Mapping[str, str]
    sharing: Sharing
    notes: Sequence[str]
    card: Card | None


def look_inside(
    conditions: Sequence[Condition], report: Callable[[int], None] = lambda _: None
) -> dict[str, Inside]:
    """Read what is needed of every condition's file, one at a time.

    Parameters
    ----------
    conditions
        With a result.
    report
        Called with the number of files that are read.

    Raises
    ------
    ResultError
        A file is damaged. One that was deleted is left out.
    """
    found = {}
    graded = sum(one.path is not None for one in conditions) <= MOST_GRADED
    for number, one in enumerate(conditions, start=1):
        if one.path is not None:
            try:
                with h5py.File(one.path) as file:
                    found[one.name] = _inside(file, graded=graded)
            except (OSError, LookupError, RuntimeError, TypeError, ValueError) as error:  # h5py raises any
                raise ResultError(
                    f"{one.path}: damaged, or not a result of this version; run the study again"
                ) from error
        report(number)
    return found


def _inside(file: h5py.File, *, graded: bool) -> Inside:
    given = file.attrs
    about = {name: given[name] for name in TOLD if name in given}
    notes = json.loads(given["notes"]) if "notes" in given else []
    time, failed = file["time"][...], file["status"][...] != 0
    weight = float(given.get("body_weight", math.nan))
    ground = float(np.nanmax(np.linalg.norm(file["ground_reaction_force"][...].sum(axis=1), axis=1)))
    return Inside(
        heads=_heads(file),
        reserves=_reserves(file, failed),
        residual_force=100.0 * float(given.get("residual_force_peak", math.nan)) / (ground or math.nan),
        failed=_runs(time, failed),
        failed_percent=_in_the_cycle(file, time, failed, weight) if failed.any() else {},
        time=(float(time[0]), float(time[-1])),
        about={name: str(value) for name, value in about.items()},
        sharing=_sharing(file),
        notes=list(map(str, notes)),
        card=_card(file) if graded else None,
    )


def _sharing(file: h5py.File) -> Sharing:
    stored = file["criterion"].asstr()[...] if "criterion" in file else ()
    shown, source = (str(file.attrs.get(name, "")) for name in ("sharing", "sharing_source"))
    return Sharing(shown, tuple(map(str, stored)), source)


def _card(file: h5py.File) -> Card | None:
    """Report card of a result, from the arrays that it rests on alone."""
    if not all(name in file for name in _GRADED_BY) or "trial" not in file.attrs:
        return None
    arrays = {}
    for name in _GRADED_BY:
        stored = file[name]
        text = h5py.check_string_dtype(stored.dtype) is not None
        arrays[name] = (QUANTITIES[name].dims, stored.asstr()[...].astype(str) if text else stored[...])
    told = {name: file.attrs[name] for name in _GRADED_BY_ATTRIBUTES if name in file.attrs}
    return grade(xr.Dataset(arrays, attrs=told))


def _heads(file: h5py.File) -> dict[tuple[str, str], Floats]:
    if "activation_mean" not in file:
        return {}
    names = [re.sub("_", "", str(name)) for name in file["muscle"].asstr()[...]]
    activation = file["activation_mean"][...]
    sides = [str(side) for side in file["side"].asstr()[...]]
    estimated = np.isfinite(file["quadriceps_activation"][...]).any(axis=(0, 2))
    found = {}
    for head, stems in _MUSCLES.items():
        for side in SIDES:
            if side not in sides or not estimated[sides.index(side)]:
                continue  # muscles that pull on nothing have an activation of zero, which is no answer
            wanted = {stem + _LEG[side] for stem in stems}
            rows = [row for row, name in enumerate(names) if name in wanted]
            if rows and np.isfinite(activation[rows[0]]).any():
                found[head, side] = activation[rows[0]]
    return found


def _reserves(file: h5py.File, failed: Bools) -> dict[str, tuple[float, float]]:
    shared = file["coordinate_shared"][...] != 0
    names = file["coordinate"].asstr()[...]
    if failed.all():
        return {}
    reserve, moment = (
        np.abs(file[name][...][~failed]).max(axis=0) for name in ("reserve", "generalized_force")
    )
    return {str(names[row]): (float(reserve[row]), float(moment[row])) for row in np.flatnonzero(shared)}


def _in_the_cycle(
    file: h5py.File, time: Floats, failed: Bools, weight: float
) -> dict[str, list[tuple[float, float]]]:
    """Where in the cycle frames failed, by the contacts that the stored ground forces show."""
    whole = [(0.0, 100.0)]
    sides = [str(side) for side in file["side"].asstr()[...]]
    up = file["ground_reaction_force"][:, :, 1]
    try:
        events = {
            side: find_events(time, up[:, row], CONTACT_SHARE * weight) for row, side in enumerate(sides)
        }
    except MotionError:
        return dict.fromkeys(sides, whole)
    found: dict[str, list[tuple[float, float]]] = {}
    cycles = complete_cycles(events)
    step = float(np.median(np.diff(time)))
    for side in sides:
        mine = [cycle for cycle in cycles if cycle.side == side]
        if not mine:
            found[side] = whole
            continue
        bad = np.zeros(101, dtype=bool)
        percent = np.linspace(0.0, 1.0, bad.size)
        for cycle in mine:
            at = cycle.start + percent * (cycle.end - cycle.start)
            for first, last in _runs(
                time, failed
            ):  # a curve has no answer up to the frames beside a failed one
                bad |= (at > first - step) & (at < last + step)
        if bad.any():
            found[side] = _runs(100.0 * percent, bad)
    return found


def _runs(time: Floats, failed: Bools) -> list[tuple[float, float]]:
    """First and last time of every run of failed frames."""
    return [(float(time[first]), float(time[last - 1])) for first, last in runs(failed)]
