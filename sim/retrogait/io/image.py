"""Labelled arrays as the bytes of an HDF5 file, laid out by the conventions of netCDF-4.

The file is built in memory and handed out as bytes. So a full disk meets one plain write, and not the
HDF5 library amid its bookkeeping, from which it does not recover.

Nearly all the work on a small file is its structure: fifty arrays, their labels, units and axes. A
thousand trials of one model and one length share it, so it is made once, by the low-level interface of
h5py, and kept as a `_Template`: a file without its numbers, and where they go.
"""

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

import h5py
import numpy as np
import numpy.typing as npt
from h5py import h5a, h5d, h5ds, h5f, h5p, h5s, h5t

TEMPLATES = 8
"""Structures kept; an older one makes room [1]."""

LARGEST_TEMPLATE = 4 << 20
"""Files beyond this are not kept, because writing their numbers takes longer than their structure [byte]."""

_TEXT = h5py.string_dtype()  # variable length, UTF-8: what netCDF-4 calls a string
_TEXT_IN_FILE = h5t.py_create(_TEXT, logical=True)
_TEXT_IN_MEMORY = h5t.py_create(_TEXT)
_SCALAR = h5s.create(h5s.SCALAR)
_GROWTH = 1 << 16  # by which a file in memory grows [byte]

Values = npt.NDArray[Any]


class Labelled(NamedTuple):
    """One array of a file.

    Attributes
    ----------
    dims
        Names of its axes, outermost first.
    values
        Numbers, truth values or text.
    attributes
        Text, numbers, or lists of one of these.
    """

    dims: tuple[str, ...]
    values: Values
    attributes: Mapping[str, Any]


class _Template(NamedTuple):
    """A file that lacks its numbers.

    image   : with zeros in their place
    offsets : where the numbers of each array begin [byte]
    """

    image: bytes
    offsets: Mapping[str, int]


_templates: dict[Hashable, _Template] = {}


def file_image(arrays: Mapping[str, Labelled], attributes: Mapping[str, Any]) -> bytes:
    """Whole file as bytes.

    Parameters
    ----------
    arrays
        By name, in the order of the file. Every axis is itself one of them, along itself alone: it
        becomes a dimension scale.
    attributes
        Of the file, in order: text, numbers, or lists of one of these.

    Raises
    ------
    TypeError, ValueError
        A value is of a kind that HDF5 does not hold.
    """
    plain = {name: array._replace(values=_plain(array.values)) for name, array in arrays.items()}
    template = _template_of(plain)
    image = bytearray(template.image)
    for name, offset in template.offsets.items():
        values = plain[name].values
        image[offset : offset + values.nbytes] = values.tobytes()
    return _with_attributes(image, attributes)


def _template_of(arrays: Mapping[str, Labelled]) -> _Template:
    """Structure of a file: one that is known, or a new one."""
    layout = tuple(
        (name, array.dims, _identity(array.values, content=_is_text(array.values)), *_identities(array))
        for name, array in arrays.items()
    )
    known = _templates.get(layout)
    if known is None:
        known = _build(arrays)
        if len(known.image) <= LARGEST_TEMPLATE:
            while len(_templates) >= TEMPLATES:
                _templates.pop(next(iter(_templates)), None)
            _templates[layout] = known
    return known


def _identities(array: Labelled) -> list[Hashable]:
    return [
        (key, value if isinstance(value, str) else _identity(_plain(np.asarray(value)), content=True))
        for key, value in array.attributes.items()
    ]


def _identity(values: Values, *, content: bool) -> Hashable:
    return values.dtype.str, values.shape, values.tobytes() if content else b""


def _build(arrays: Mapping[str, Labelled]) -> _Template:
    order = h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED
    creation = h5p.create(h5p.FILE_CREATE)
    creation.set_link_creation_order(order)
    creation.set_attr_creation_order(order)
    creation.set_obj_track_times(False)  # equal results are equal files
    file = h5f.create(_unique(), h5f.ACC_TRUNC, creation, _in_memory())
    try:
        stored = {name: _store(file, name, array) for name, array in arrays.items()}
        axes = {name for name, array in arrays.items() if array.dims == (name,)}
        for name in axes:
            h5ds.set_scale(stored[name], name.encode())
        for name, array in arrays.items():
            for place, dim in enumerate(() if name in axes else array.dims):
                h5ds.attach_scale(stored[name], stored[dim], place)
        numbers = (name for name, array in arrays.items() if array.values.size and not _is_text(array.values))
        return _Template(_image(file), {name: stored[name].get_offset() for name in numbers})
    finally:
        file.close()


def _with_attributes(image: bytearray, attributes: Mapping[str, Any]) -> bytes:
    file = h5f.open(_unique(), h5f.ACC_RDWR, _in_memory(bytes(image)))
    try:
        for name, value in attributes.items():
            _attach(file, name, value)
        return _image(file)
    finally:
        file.close()


def _store(file: h5f.FileID, name: str, array: Labelled) -> h5d.DatasetID:
    """Make an array with its attributes; its numbers are not written yet, its text is."""
    properties = h5p.create(h5p.DATASET_CREATE)
    properties.set_obj_track_times(False)
    properties.set_alloc_time(h5d.ALLOC_TIME_EARLY)
    values, in_file, in_memory = _encoded(array.values)
    stored = h5d.create(file, name.encode(), in_file, h5s.create_simple(values.shape), properties)
    if _is_text(array.values):
        stored.write(h5s.ALL, h5s.ALL, values, in_memory)
    for key, value in array.attributes.items():
        _attach(stored, key, value)
    return stored


def _attach(owner: h5f.FileID | h5d.DatasetID, name: str, value: object) -> None:
    """Add an attribute."""
    values, in_file, in_memory = _encoded(_plain(np.asarray(value)))
    space = h5s.create_simple(values.shape) if values.shape else _SCALAR
    h5a.create(owner, name.encode(), in_file, space).write(values, in_memory)


def _plain(values: Values) -> Values:
    """Numbers or text in one piece, of a kind that netCDF-4 knows: it has no truth values."""
    kinds = {"O": np.str_, "T": np.str_, "b": np.int8}
    return np.asarray(values, dtype=kinds.get(values.dtype.kind), order="C")


def _is_text(values: Values) -> bool:
    return values.dtype.kind == "U"


def _encoded(values: Values) -> tuple[Values, h5t.TypeID, h5t.TypeID]:
    """Values as HDF5 takes them, with their type in the file and in memory."""
    if _is_text(values):
        return values.astype(_TEXT), _TEXT_IN_FILE, _TEXT_IN_MEMORY
    kind = h5t.py_create(values.dtype)
    return values, kind, kind


def _in_memory(image: bytes | None = None) -> h5p.PropFAID:
    access = h5p.create(h5p.FILE_ACCESS)
    access.set_fapl_core(_GROWTH, backing_store=False)
    access.set_fclose_degree(h5f.CLOSE_STRONG)
    if image is not None:
        access.set_file_image(image)
    return access


def _unique() -> bytes:
    """Name for a file in memory: HDF5 takes two open ones of one name for one, and for a file on disk."""
    return f"{uuid4().hex}.h5".encode()


def _image(file: h5f.FileID) -> bytes:
    h5f.flush(file)
    image: bytes = file.get_file_image()
    return image
