"""Result files: an `xarray.Dataset` to HDF5 and back.

The files follow the conventions of netCDF-4 on HDF5 (dimension scales, variable-length UTF-8), so
``xarray.open_dataset(path, engine="h5netcdf")``, h5py, MATLAB's ``h5read`` and R's ``rhdf5`` open
them without this package. h5py writes them directly: for some thirty small arrays that takes a
tenth of the time that the netCDF layers take.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr

from retrogait.errors import ResultError
from retrogait.io.atomic import replacing
from retrogait.quantities import FORMAT, FORMAT_VERSION, QUANTITIES, Quantity

_JSON = "json_attributes"  # names the attributes of the file whose text is JSON
_PLUMBING = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"}  # of HDF5 dimension scales
_TEXT = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
_SCALAR = h5py.h5s.create(h5py.h5s.SCALAR)


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
    variables = {str(name): variable for name, variable in dataset.variables.items()}
    described = {name: _describe(name, variables[name], dataset) for name in variables}
    try:
        with replacing(path) as partial, h5py.File(partial, "w", track_order=True) as file:
            scales: dict[str, h5py.Dataset] = {}
            for name, quantity in described.items():  # coordinates come first in a Dataset
                if name in dataset.dims:
                    scales[name] = _store(file, name, variables[name], quantity)
                    scales[name].make_scale(name)
            for name, quantity in described.items():
                if name not in scales:
                    stored = _store(file, name, variables[name], quantity)
                    for axis, dim in zip(stored.dims, quantity.dims, strict=True):
                        axis.attach_scale(scales[dim])
            file.attrs.update(_attributes(path, dataset, set(scales)))
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
    if not path.is_file():
        raise ResultError(f"{path}: no such file")
    try:
        with h5py.File(path) as file:
            attributes = dict(map(_unboxed, file.attrs.items()))
            _check_format(path, attributes)
            variables = {name: _load(stored) for name, stored in file.items()}
    except OSError as error:
        raise ResultError(f"{path}: not an HDF5 file, or a damaged one; expected a {FORMAT} file") from error
    for name in attributes.pop(_JSON, "").split():
        attributes[name] = json.loads(attributes[name])
    inner = set(attributes.pop("coordinates", "").split())
    axes = {name for name, variable in variables.items() if variable.dims == (name,)}
    return xr.Dataset(
        {name: variable for name, variable in variables.items() if name not in axes | inner},
        coords={name: variables[name] for name in variables if name in axes | inner},
        attrs=attributes,
    )


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


def _describe(name: str, variable: xr.Variable, dataset: xr.Dataset) -> Quantity:
    """Find what to write beside a variable, or refuse it."""
    dims = tuple(str(dim) for dim in variable.dims)
    known = QUANTITIES.get(name)
    if known is None:
        try:
            known = Quantity(variable.attrs["units"], dims, variable.attrs["long_name"])
        except KeyError as error:
            raise ResultError(
                f"{name}: not a quantity of this program, so it needs attributes `units` and "
                f"`long_name`; {error} is missing"
            ) from error
    if dims != known.dims:
        raise ResultError(f"{name}: has axes {dims}, expected {known.dims}")
    bare = [dim for dim in dims if dim not in dataset.coords]
    if bare:
        raise ResultError(f"{name}: axis `{bare[0]}` has no labels; give it a coordinate")
    return known


def _store(file: h5py.File, name: str, variable: xr.Variable, quantity: Quantity) -> h5py.Dataset:
    values = variable.to_numpy()
    if values.dtype.kind in "OUT":
        stored = file.create_dataset(name, data=values.astype(object), dtype=h5py.string_dtype())
    elif values.dtype.kind == "b":
        stored = file.create_dataset(name, data=values.astype(np.int8))
    else:
        stored = file.create_dataset(name, data=values)
    for key, value in variable.attrs.items():
        if value is not None and key not in {"units", "long_name"}:
            stored.attrs[str(key)] = value
    _label(stored, "units", quantity.unit)
    _label(stored, "long_name", quantity.about)
    return stored


def _label(stored: h5py.Dataset, name: str, text: str) -> None:
    """Add a text attribute by the low-level interface, which takes a sixth of the time."""
    attribute = h5py.h5a.create(stored.id, name.encode(), _TEXT, _SCALAR)
    attribute.write(np.array(text, dtype=h5py.string_dtype()))


def _load(stored: h5py.Dataset) -> xr.Variable:
    text = h5py.check_string_dtype(stored.dtype) is not None
    values = stored.asstr()[...].astype(str) if text else stored[...]
    dims = (stored.name.lstrip("/"),)
    if not stored.is_scale:
        dims = tuple(axis[0].name.lstrip("/") for axis in stored.dims)
    attributes = dict(map(_unboxed, stored.attrs.items()))
    return xr.Variable(dims, values, {k: attributes[k] for k in attributes.keys() - _PLUMBING})


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
