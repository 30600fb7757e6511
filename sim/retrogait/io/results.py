"""Result files: an `xarray.Dataset` to HDF5 and back.

The files follow the conventions of netCDF-4 on HDF5 (dimension scales, variable-length UTF-8), so
``xarray.open_dataset(path, engine="h5netcdf")``, h5py, MATLAB's ``h5read`` and R's ``rhdf5`` open
them without this package.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr

from retrogait.errors import ResultError
from retrogait.io.atomic import replacing
from retrogait.io.image import Labelled, file_image
from retrogait.quantities import FORMAT, FORMAT_VERSION, QUANTITIES

_JSON = "json_attributes"  # names the attributes of the file whose text is JSON
_DIMENSIONS = "DIMENSION_LIST"  # refers to the scale of each axis
_PLUMBING = {"CLASS", "NAME", _DIMENSIONS, "REFERENCE_LIST"}  # of HDF5 dimension scales


def write_result(path: str | Path, dataset: xr.Dataset) -> None:
    """Store a result.

    Parameters
    ----------
    path
        File to write, its folder made if need be; an older file is replaced whole, at the very end.
    dataset
        Result of `retrogait.analyze`, or one that extends it: a variable that
        `retrogait.quantities` does not list must carry its own ``units`` and ``long_name``.
        Attributes may be text, numbers, and lists or dictionaries of these, which are stored as
        JSON text; one that is None is left out.

    Raises
    ------
    ResultError
        If a variable lacks a unit or labelled axes, or the file cannot be written.
    """
    path = Path(path)
    arrays = {str(name): _labelled(str(name), item, dataset) for name, item in dataset.variables.items()}
    axes = {name for name in arrays if name in dataset.dims}
    ordered = sorted(arrays, key=lambda name: name not in axes)  # as netCDF has them: axes first
    attributes = _attributes(path, dataset, axes)
    try:
        image = file_image({name: arrays[name] for name in ordered}, attributes)
    except (TypeError, ValueError) as error:
        raise ResultError(f"{path}: holds what no HDF5 file can hold ({error})") from error
    try:
        with replacing(path) as partial:
            partial.write_bytes(image)
    except OSError as error:
        raise ResultError(f"{path}: cannot be written ({error.strerror or error})") from error


def read_result(path: str | Path) -> xr.Dataset:
    """Read a stored result into memory.

    Parameters
    ----------
    path
        File that `write_result` made.

    Returns
    -------
    xarray.Dataset
        As it was stored; the file is closed.

    Raises
    ------
    ResultError
        If the file is absent, damaged, of another kind, or of a newer format.
    """
    path = Path(path)
    with _opened(path) as file:
        attributes = _read_attributes(path, file)
        arrays = dict(file.items())
        axes = {array.id: name for name, array in arrays.items() if array.is_scale}
        variables = {name: _load(array, axes) for name, array in arrays.items()}
    labels = {*axes.values(), *attributes.pop("coordinates", "").split()}
    return xr.Dataset(
        {name: variable for name, variable in variables.items() if name not in labels},
        coords={name: variable for name, variable in variables.items() if name in labels},
        attrs=attributes,
    )


def read_attributes(path: str | Path) -> dict[str, Any]:
    """Read what a stored result says about itself, and none of its numbers.

    Parameters
    ----------
    path
        File that `write_result` made.

    Returns
    -------
    dict
        The attributes as they were stored. `stored_key` alone takes a third of the time.

    Raises
    ------
    ResultError
        As `read_result`.
    """
    path = Path(path)
    with _opened(path) as file:
        attributes = _read_attributes(path, file)
    attributes.pop("coordinates", None)
    return attributes


def stored_key(path: str | Path) -> str | None:
    """Key of the condition that a stored result answers; None where it was stored without one.

    Raises
    ------
    ResultError
        As `read_result`.
    """
    path = Path(path)
    with _opened(path) as file:
        known = {name: file.attrs.get(name) for name in ("format", "format_version", "key")}
        _check_format(path, dict(map(_unboxed, known.items())))
    return None if known["key"] is None else str(known["key"])


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    """File to read from; whatever is wrong with it becomes a `ResultError`."""
    if not path.is_file():
        raise ResultError(f"{path}: no such file")
    try:
        with h5py.File(path) as file:
            yield file
    except ResultError:
        raise
    except (OSError, LookupError, RuntimeError, TypeError, ValueError) as error:  # h5py raises any
        raise ResultError(f"{path}: not an HDF5 file, or a damaged one; expected a {FORMAT} file") from error


def _read_attributes(path: Path, file: h5py.File) -> dict[str, Any]:
    attributes = dict(map(_unboxed, file.attrs.items()))
    _check_format(path, attributes)
    for name in attributes.pop(_JSON, "").split():
        attributes[name] = json.loads(attributes[name])
    return attributes


def _check_format(path: Path, attributes: Mapping[str, Any]) -> None:
    found, version = attributes.get("format"), attributes.get("format_version")
    if found != FORMAT or not isinstance(version, int):
        raise ResultError(
            f"{path}: not a result of this program: its `format` is {found!r}, expected {FORMAT!r}"
        )
    if version > FORMAT_VERSION:
        raise ResultError(
            f"{path}: {FORMAT} version {version} is newer than version {FORMAT_VERSION}, the last "
            "that this program reads; update retrogait"
        )


def _labelled(name: str, variable: xr.Variable, dataset: xr.Dataset) -> Labelled:
    """Find what to write beside a variable, or refuse it."""
    dims = tuple(map(str, variable.dims))
    own = {str(key): value for key, value in variable.attrs.items() if value is not None}
    known = QUANTITIES.get(name)
    if known is None:
        missing = [key for key in ("units", "long_name") if key not in own]
        if missing:
            raise ResultError(
                f"{name}: not a quantity of this program, so it needs attributes `units` and "
                f"`long_name`; {missing[0]!r} is missing"
            )
    else:
        if dims != known.dims:
            raise ResultError(f"{name}: has axes {dims}, expected {known.dims}")
        own |= {"units": known.unit, "long_name": known.about}
    bare = [dim for dim in dims if dim not in dataset.coords]
    if bare:
        raise ResultError(f"{name}: axis `{bare[0]}` has no labels; give it a coordinate")
    return Labelled(dims, variable.to_numpy(), own)


def _load(stored: h5py.Dataset, axes: Mapping[h5py.h5d.DatasetID, str]) -> xr.Variable:
    text = h5py.check_string_dtype(stored.dtype) is not None
    values = stored.asstr()[...].astype(str) if text else stored[...]
    given = stored.attrs
    attributes = dict(_unboxed((key, given[key])) for key in given if key not in _PLUMBING)
    if stored.id in axes:
        dims = [axes[stored.id]]
    else:
        dims = [axes[h5py.h5r.dereference(scale[0], stored.id)] for scale in given.get(_DIMENSIONS, ())]
    return xr.Variable(dims, values, attributes)


def _attributes(path: Path, dataset: xr.Dataset, axes: set[str]) -> dict[str, Any]:
    """Attributes of the file as text and numbers."""
    plain: dict[str, Any] = {}
    inner = [str(name) for name in dataset.coords if name not in axes]
    if inner:
        plain["coordinates"] = " ".join(inner)  # how netCDF marks labels beyond the axes
    packed = []
    for name, value in dataset.attrs.items():
        match value:
            case None:
                pass
            case bool() | np.bool_():
                plain[name] = int(value)
            case str() | int() | float() | np.number():
                plain[name] = value
            case list() | tuple() | Mapping():
                plain[name] = json.dumps(value, ensure_ascii=False, default=_builtin)
                packed.append(name)
            case _:
                raise ResultError(
                    f"{path}: attribute `{name}` is a {type(value).__name__}, expected text, a "
                    "number, or a list or dictionary of these"
                )
    if packed:
        plain[_JSON] = " ".join(packed)
    return plain | {"format": FORMAT, "format_version": FORMAT_VERSION}


def _builtin(value: object) -> object:
    """Twin of a value that JSON does not know."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _unboxed(item: tuple[str, Any]) -> tuple[str, Any]:
    """Attribute with text, int or float where h5py gives a numpy scalar."""
    name, value = item
    return name, value.item() if isinstance(value, np.generic) else value
