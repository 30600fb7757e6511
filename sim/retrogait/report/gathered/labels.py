"""The words on an axis, from the registries alone; what a file says of itself must agree with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, ResultError
from retrogait.gait.measures import CURVES, MEASURES, MUSCLES
from retrogait.io.text import suggestion
from retrogait.quantities import QUANTITIES

_WORDS = {
    "vasti": "activation of the vasti",
    **{name: f"activation of the {name.replace('_', ' ')}" for name in MUSCLES},
    "tibiofemoral_force": "tibiofemoral contact force",
    "tibiofemoral_peak": "peak tibiofemoral force",
    "tibiofemoral_first": "first peak of tibiofemoral force",
    "tibiofemoral_second": "second peak of tibiofemoral force",
    "patellofemoral_force": "patellofemoral contact force",
    "patellofemoral_peak": "peak patellofemoral force",
    "percent": "gait cycle",
    "speed": "walking speed",
}
"""Names that say too little, or read badly, without their underscores alone."""

_WALK = {"incline": "degree"}
"""Units of what a study tells a walk by, as `retrogait.collection` writes them, where no registry has it."""

_SHOWN_UNIT = {"degree": "deg"}
"""How a unit of the files is written on an axis, where it is not as it stands."""


def words(name: str) -> str:
    """Name of a quantity as a sentence says it, without its unit."""
    return _WORDS.get(name, name.replace("_", " "))


def unit(name: str) -> str:
    """Unit of a curve of a cycle, of a measure of it or of a stored quantity, in that order.

    Raises
    ------
    ConfigError
        No registry knows the name.
    """
    for registry in (CURVES, MEASURES, QUANTITIES):
        if name in registry:
            found = registry[name].unit
            return _SHOWN_UNIT.get(found, found)
    if name in _WALK:
        return _SHOWN_UNIT[_WALK[name]]
    known = [*CURVES, *MEASURES, *QUANTITIES]
    raise ConfigError(f"{name!r} is no quantity of this program{suggestion(name, known)}")


def label(name: str) -> str:
    """What an axis says: the name in words, its unit in brackets.

    Parameters
    ----------
    name
        In `retrogait.gait.measures.CURVES` or `MEASURES`, or in `retrogait.quantities.QUANTITIES`. Where two
        know a name, as ``tibiofemoral_force``, the curve of a cycle counts: what is drawn by any other unit
        is refused by `column`.

    Raises
    ------
    ConfigError
        No registry knows the name.
    """
    of = unit(name)
    said = words(name)
    return f"{said[0].upper()}{said[1:]} [{of}]"


def require_unit(name: str, found: object, where: str | Path) -> None:
    """Refuse a quantity whose unit in a file is not that of the registries.

    Parameters
    ----------
    name
        Of the quantity.
    found
        Unit that the file states.
    where
        The file.

    Raises
    ------
    ConfigError
        No registry knows the name.
    ResultError
        The units differ.
    """
    expected = unit(name)
    stated = _SHOWN_UNIT.get(str(found), str(found))
    if stated != expected:
        raise ResultError(
            f"{where}: `{name}` is stored in {stated!r}, expected {expected!r}: made by another version, or "
            "changed since; run the study again"
        )


def column(dataset: xr.Dataset, axis: str, name: str, where: str | Path) -> int:
    """Row of a curve or measure along its axis, once its unit in the file is that of the registry.

    Parameters
    ----------
    dataset
        A result, or the collection of a study.
    axis
        "curve" or "measure".
    name
        Of the curve or measure.
    where
        The file, for the complaint.

    Raises
    ------
    ConfigError
        The registry of that axis does not know the name.
    ResultError
        The file has no such curve or measure, or has it in another unit.
    """
    registry: Mapping[str, object] = CURVES if axis == "curve" else MEASURES
    if name not in registry:
        raise ConfigError(f"{name!r} is no {axis} of a cycle{suggestion(name, registry)}")
    stored = labels(dataset, axis, where)
    if name not in stored:
        raise ResultError(
            f"{where}: has no {axis} `{name}`{suggestion(name, stored)}: made by another version; run the "
            "study again"
        )
    row = stored.index(name)
    units = dataset.variables.get(f"{axis}_unit")
    found = "nothing" if units is None else units.to_numpy()[row]
    require_unit(name, found, where)
    return row


def variable(dataset: xr.Dataset, name: str, where: str | Path) -> Floats:
    """Numbers of a stored quantity, once its unit in the file is that of `retrogait.quantities`.

    Raises
    ------
    ResultError
        The file has no such quantity, or has it in another unit.
    """
    if name not in dataset.variables:
        raise ResultError(
            f"{where}: has no `{name}`{suggestion(name, map(str, dataset.variables))}: made by another "
            "version; run the study again"
        )
    stored = dataset.variables[name]
    expected, found = QUANTITIES[name].unit, stored.attrs.get("units", "nothing")
    if found != expected:
        raise ResultError(
            f"{where}: `{name}` is stored in {found!r}, expected {expected!r}: made by another version, or "
            "changed since; run the study again"
        )
    return np.asarray(stored.to_numpy())


def labels(dataset: xr.Dataset, axis: str, where: str | Path) -> Sequence[str]:
    """Names along an axis.

    Raises
    ------
    ResultError
        The file has no such axis.
    """
    if axis not in dataset.variables:
        raise ResultError(f"{where}: has no axis `{axis}`; expected results of `retrogait run`")
    return [str(name) for name in dataset.variables[axis].to_numpy()]
