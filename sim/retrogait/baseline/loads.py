"""What of one result is put under review: curves, peaks, and what every muscle has to do with them."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import ResultError
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.signals import leg_signals

METHOD = "closed_form"
"""Engine of the patellofemoral force, as in the curves of a cycle."""

ACTIVATION = "activation"
"""What the activations of all muscles are called as one quantity."""

_REVIEWED = {"BW", "BW s", "BW/s", "N m/kg", "N m s/kg", "1"}
_NOT_REVIEWED = ("_time", "_share")

PEAKS = tuple(
    name
    for name, measure in MEASURES.items()
    if measure.unit in _REVIEWED and not name.endswith(_NOT_REVIEWED)
)
"""Measures that are reviewed: loads. Angles and times of events are in the curves already, and the time of a
peak jumps where two humps are of one height."""


def unit_of(quantity: str) -> str:
    """Unit of a curve, a peak or `ACTIVATION`."""
    return "1" if quantity == ACTIVATION else (CURVES | MEASURES)[quantity].unit


@dataclass(frozen=True, eq=False, kw_only=True)
class Loads:
    """The loads of one condition.

    Attributes
    ----------
    name
        Of the condition, as of its result file.
    kind
        "cycle": means over complete cycles; "window": the time curves of a trial that has none.
    at
        (point,) time in the cycle [%], or of the trial's clock [s].
    sides, muscles
        Labels of the rows.
    curves
        Name in `CURVES` to (side, point), in the unit given there; NaN where there is no answer.
    peaks
        Name in `PEAKS` to (side,); empty in a window.
    activation
        (muscle, point) [1].
    compression
        (muscle, point) what each muscle's pull adds to the tibiofemoral compression of its own side [BW].
    stance
        (side,) share of the cycle with the foot on the ground [%]; NaN in a window.
    record
        What it was made of: walk, files, settings, software; plain values (see `record_of`).
    """

    name: str
    kind: Literal["cycle", "window"]
    at: Floats
    sides: tuple[str, ...]
    muscles: tuple[str, ...]
    curves: Mapping[str, Floats]
    peaks: Mapping[str, Floats]
    activation: Floats
    compression: Floats
    stance: Floats
    record: Mapping[str, Any]

    @property
    def quantities(self) -> dict[str, Floats]:
        """Everything that is compared, by name; the first axis is side, or muscle for `ACTIVATION`."""
        return {**self.curves, **self.peaks, ACTIVATION: self.activation}

    def digests(self) -> dict[str, str]:
        """Digest of every bit of every quantity, by name."""
        return {name: _digest(values) for name, values in self.quantities.items()}


def loads_of(dataset: xr.Dataset, name: str | None = None) -> Loads:
    """Take the loads out of a result.

    Parameters
    ----------
    dataset
        Of `retrogait.analyze`, as made or as read, with its cycles (`retrogait.normalise`) or without.
    name
        Of the condition; the trial's own when None.

    Raises
    ------
    ResultError
        It is no such result.
    """
    try:
        cycles = dataset["cycles"].to_numpy().any() if "cycles" in dataset else False
        made = _of_cycles(dataset) if cycles else _of_window(dataset)
        return Loads(
            name=name or str(dataset.attrs["trial"]),
            sides=tuple(map(str, dataset["side"].to_numpy())),
            muscles=tuple(map(str, dataset["muscle"].to_numpy())),
            record=record_of(dataset),
            **made,
        )
    except KeyError as error:
        raise ResultError(
            f"{name or 'dataset'}: not a result of `retrogait.analyze`: it has no {error.args[0]!r}"
        ) from error


def _of_cycles(dataset: xr.Dataset) -> dict[str, Any]:
    curve_names = [str(name) for name in dataset["curve"].to_numpy()]
    measure_names = [str(name) for name in dataset["measure"].to_numpy()]
    curves, measures = dataset["curve_mean"].to_numpy(), dataset["measure_mean"].to_numpy()
    return {
        "kind": "cycle",
        "at": dataset["percent"].to_numpy(),
        "curves": {name: curves[:, row] for row, name in enumerate(curve_names) if name in CURVES},
        "peaks": {name: measures[:, row] for row, name in enumerate(measure_names) if name in PEAKS},
        "activation": dataset["activation_mean"].to_numpy(),
        "compression": dataset["compression_mean"].to_numpy(),
        "stance": measures[:, measure_names.index("stance_share")],
    }


def _of_window(dataset: xr.Dataset) -> dict[str, Any]:
    sides = [str(side) for side in dataset["side"].to_numpy()]
    weight = float(dataset.attrs["body_weight"])
    failed = dataset["status"].to_numpy() != 0
    signals = [leg_signals(dataset, side, METHOD) for side in sides]
    upward = dataset["ground_reaction_force"].to_numpy()[:, :, 1].T / weight
    curves = {name: np.array([leg[name] for leg in signals]) for name in signals[0]}
    muscles = [str(name) for name in dataset["muscle"].to_numpy()]
    pull = -dataset["tibiofemoral_contribution"].to_numpy()[:, :, :, 1] / weight
    own = [side_of(muscle, sides) for muscle in muscles]
    return {
        "kind": "window",
        "at": dataset["time"].to_numpy(),
        "curves": curves | {"ground_force_up": upward},
        "peaks": {},
        "activation": np.where(failed, math.nan, dataset["activation"].to_numpy().T),
        "compression": np.array(
            [np.where(failed, math.nan, pull[:, sides.index(side), row])
             if side else np.full(failed.size, math.nan) for row, side in enumerate(own)]
        ),
        "stance": np.full(len(sides), math.nan),
    }  # fmt: skip


def side_of(muscle: str, sides: Iterable[str]) -> str:
    """Side that a muscle's name tells; empty where it tells none."""
    for side in sides:
        if muscle.endswith(f"_{side[0]}") or muscle.startswith(f"{side[0]}_"):
            return side
    return ""


def record_of(dataset: xr.Dataset) -> dict[str, Any]:
    """What a result was made of, in plain values.

    Returns
    -------
    dict
        ``walk`` (direction, speed, incline, origin), ``model`` (its file), ``inputs`` (file to SHA-256),
        ``settings``, ``software`` (name to version, Python and machine with it), the ``key`` that a run gave
        the condition, and the ``digests`` of model, trial and settings.
    """
    attributes = dataset.attrs
    given = json.loads(attributes.get("provenance", "{}"))
    environment = given.get("environment", {})
    inputs = dict(given.get("inputs", {}))
    settings = dict(given.get("parameters", {}))
    if "body_mass" in attributes:
        settings["body_mass"] = float(attributes["body_mass"])
    if attributes.get("assumptions"):
        settings["prediction"] = dict(attributes["assumptions"])
    model = str(attributes.get("model_file", ""))
    software = {"retrogait": given.get("software", {}).get("version", "unknown")}
    machine = {key: environment[key] for key in ("python", "system", "machine") if key in environment}
    return {
        "walk": {key: attributes[key] for key in ("direction", "speed", "incline", "origin")},
        "model": model,
        "inputs": inputs,
        "settings": settings,
        "software": software | environment.get("libraries", {}) | machine,
        "key": str(attributes.get("key", "")),
        "digests": {
            "model": inputs.get(model, ""),
            "trial": _of_text({key: value for key, value in inputs.items() if key != model}),
            "settings": _of_text(settings),
        },
    }


def _of_text(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _digest(values: Floats) -> str:
    """Eight hexadecimal digits, enough to tell a change from none; all NaN are one."""
    plain = np.ascontiguousarray(np.where(np.isnan(values), math.nan, values), dtype="<f8")
    return hashlib.sha256(plain.tobytes()).hexdigest()[:8]
