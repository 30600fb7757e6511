"""One file for a whole study: measures and mean curves of every condition, opened whole by xarray.

``xarray.open_dataset(path, engine="h5netcdf")`` gives one dataset over condition, side, curve, percent and
measure. Rows are written as they come: memory grows with the number of conditions by their names and labels.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from retrogait.arrays import Floats
from retrogait.errors import ResultError
from retrogait.gait.cycle import PERCENT
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.names import SIDES
from retrogait.gait.window import WINDOW_LOADS
from retrogait.io.atomic import replacing
from retrogait.quantities import COORDINATES, CYCLE_COORDINATES, CYCLE_VARIABLES, Quantity

if TYPE_CHECKING:  # it brings the whole analysis, which a reader of results has no use for
    from retrogait.normalise import Extract

FORMAT = "retrogait-collection"
FORMAT_VERSION = 1

NOT_RUN = "not run"
"""Status of a condition that nobody added."""

ROWS = 64
"""Conditions whose measures lie together in the file [1]; curves, fifty times larger, lie by condition."""

TEXT = h5py.string_dtype()

_AXES: dict[str, tuple[Quantity, Sequence[Any] | Floats]] = {
    "side": (COORDINATES["side"], SIDES),
    "curve": (CYCLE_COORDINATES["curve"], list(CURVES)),
    "percent": (CYCLE_COORDINATES["percent"], PERCENT),
    "measure": (CYCLE_COORDINATES["measure"], list(MEASURES)),
}
_UNITS = {
    "curve_unit": (CYCLE_COORDINATES["curve_unit"], [curve.unit for curve in CURVES.values()]),
    "measure_unit": (CYCLE_COORDINATES["measure_unit"], [measure.unit for measure in MEASURES.values()]),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a study knows of one condition beside its result.

    Attributes
    ----------
    name
        Of the condition, as of its result file.
    status
        What came of it, in a word or two, such as "stored" or "failed".
    direction, speed, incline
        Which walk, for a condition without a result; that of the result counts where there is one. Speed in
        m/s, incline in deg, positive uphill in the direction of travel.
    key
        Digest of everything that its result depends on.
    seconds
        Time it took [s].
    labels
        Further columns, numbers or text: swept settings, subject and so on. A header with a unit, such as
        ``body mass [kg]``, becomes the coordinate ``body_mass`` with that unit.
    """

    name: str
    status: str
    direction: str = ""
    speed: float = math.nan
    incline: float = math.nan
    key: str = ""
    seconds: float = math.nan
    labels: Mapping[str, float | str] = field(default_factory=dict)


_BY_CYCLE = ("measure_mean", "measure_sd", "curve_mean", "curve_sd")

_ENTRY = {
    "direction": Quantity("1", ("condition",), "Direction of travel, forward or retro."),
    "speed": Quantity("m/s", ("condition",), "Walking speed, positive in either direction."),
    "incline": Quantity("degree", ("condition",), "Incline, positive uphill in the direction of travel."),
    "origin": Quantity("1", ("condition",), "Where the motion is from: recorded, synthetic or predicted."),
    "status": Quantity("1", ("condition",), "What came of the condition."),
    "key": Quantity("1", ("condition",), "Digest of everything that the result depends on."),
    "seconds": Quantity("s", ("condition",), "Time that the condition took."),
    "frames": Quantity("1", ("condition",), "Frames in the result."),
    "frames_failed": Quantity("1", ("condition",), "Frames without an answer, left out of everything."),
}
_NOTHING: dict[str, Any] = {"speed": math.nan, "incline": math.nan, "seconds": math.nan, "frames": 0,
                            "frames_failed": 0, "status": NOT_RUN}  # fmt: skip


class Collection:
    """Writes `results.h5`; a context manager, and the file appears when the block ends well.

    Parameters
    ----------
    path
        File to write; an older one is replaced whole, at the very end.
    names
        Of all conditions, in the order of the rows; one that is never added keeps NaN and `NOT_RUN`.
    attributes
        Of the file, text or numbers: name of the study, provenance as JSON.

    Raises
    ------
    ResultError
        Two conditions have one name, or the file cannot be written.
    """

    def __init__(
        self, path: str | Path, names: Sequence[str], attributes: Mapping[str, str | float] | None = None
    ) -> None:
        self._path = Path(path)
        self._names = list(names)
        self._attributes = dict(attributes or {})
        self._row = {name: row for row, name in enumerate(self._names)}
        if len(self._row) < len(self._names):
            twice = next(name for name in self._names if self._names.count(name) > 1)
            raise ResultError(f"{self._path}: two conditions are called {twice!r}; names must differ")
        self._columns: dict[str, list[Any]] = {
            name: [_NOTHING.get(name, "")] * len(self._names) for name in _ENTRY
        }
        self._arrays: dict[str, h5py.Dataset] = {}
        self._cycles = np.zeros((len(self._names), len(SIDES)), np.int64)
        self._window = np.full((len(self._names), len(SIDES), len(WINDOW_LOADS)), math.nan)
        self._labels: dict[str, dict[int, float | str]] = {}

    def __enter__(self) -> Self:
        """Make the file under a passing name, its axes in place."""
        with ExitStack() as stack, self._writing():
            partial = stack.enter_context(replacing(self._path))
            self._file = stack.enter_context(h5py.File(partial, "w", track_order=True))
            self._lay_out()
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the columns and put the file in place, or leave nothing where the block failed."""
        with self._writing(), ExitStack() as stack:
            stack.push(self._open)
            if error is not None:
                stack.pop_all().__exit__(kind, error, trace)
            else:
                self._finish()

    def add(self, entry: Entry, extract: "Extract | None" = None) -> None:
        """Write one condition, in any order.

        Parameters
        ----------
        entry
            What the study knows of it.
        extract
            Of its result; None where there is none.

        Raises
        ------
        ResultError
            The name is none of the collection's, or the file cannot be written.
        """
        row = self._row.get(entry.name)
        if row is None:
            raise ResultError(f"{self._path}: no condition is called {entry.name!r}")
        source = entry if extract is None else extract
        for name in ("direction", "speed", "incline"):
            self._columns[name][row] = getattr(source, name)
        for name in ("status", "key", "seconds"):
            self._columns[name][row] = getattr(entry, name)
        for name, value in entry.labels.items():
            self._labels.setdefault(name, {})[row] = value
        if extract is not None:
            for name in ("origin", "frames", "frames_failed"):
                self._columns[name][row] = getattr(extract, name)
            with self._writing():
                self._write(row, extract)

    def _write(self, row: int, extract: "Extract") -> None:
        to = [SIDES.index(name) for name in extract.sides]
        self._cycles[row, to] = extract.cycles
        self._window[row, to] = extract.window
        if not extract.cycles.any():
            return  # NaN, as the file is before anything is written
        for name in _BY_CYCLE:
            found = getattr(extract, name)
            both = np.full((len(SIDES), *found.shape[1:]), math.nan)
            both[to] = found
            self._arrays[name][row] = both

    def _lay_out(self) -> None:
        """Axes, and arrays that hold NaN and take no room until a row is written."""
        condition = Quantity("1", ("condition",), "Conditions of the study, by the name of the result file.")
        self._store("condition", condition, self._names)
        for name, (quantity, values) in (_AXES | _UNITS).items():
            self._store(name, quantity, values)
        lengths = {"condition": len(self._names)} | {name: len(values) for name, (_, values) in _AXES.items()}
        for name in _BY_CYCLE:
            self._arrays[name] = self._make(name, _of_condition(CYCLE_VARIABLES[name]), lengths)

    def _make(self, name: str, quantity: Quantity, lengths: Mapping[str, int]) -> h5py.Dataset:
        """Lay out an array without writing it."""
        shape = tuple(lengths[dim] for dim in quantity.dims)
        layout: dict[str, Any] = {"dtype": np.float64, "fillvalue": math.nan}
        curves = "percent" in quantity.dims
        if curves:
            layout["dtype"] = (
                np.float32
            )  # seven digits of a mean curve; deflating saves a tenth and costs 2 ms
        if shape[0]:
            layout["chunks"] = (1 if curves else min(ROWS, shape[0]), *shape[1:])
        stored = self._file.create_dataset(name, shape, **layout)
        self._describe(stored, quantity)
        return stored

    def _store(self, name: str, quantity: Quantity, values: npt.ArrayLike) -> None:
        array = np.asarray(values)
        text = array.dtype.kind in "OUT"
        data = array.astype(object) if text else array
        stored = self._file.create_dataset(name, data.shape, TEXT if text else array.dtype, data)
        if quantity.dims == (name,):
            stored.make_scale(name)
        self._describe(stored, quantity)

    def _describe(self, stored: h5py.Dataset, quantity: Quantity) -> None:
        if not stored.is_scale:
            for axis, dim in zip(stored.dims, quantity.dims, strict=True):
                axis.attach_scale(self._file[dim])
        stored.attrs.update({"units": quantity.unit, "long_name": quantity.about})

    def _finish(self) -> None:
        """Write the columns, which are known once all conditions are."""
        self._store("cycles", _of_condition(CYCLE_VARIABLES["cycles"]), self._cycles)
        for k, (name, load) in enumerate(WINDOW_LOADS.items()):
            quantity = Quantity(load.unit, ("condition", "side"), load.about)
            self._store(f"window_{name}", quantity, self._window[:, :, k])
        for name, quantity in _ENTRY.items():
            self._store(name, quantity, self._columns[name])
        inner = [*_UNITS, *_ENTRY]
        for label, found in self._labels.items():
            numbers = all(isinstance(value, Real) for value in found.values())
            values: list[Any] = [math.nan if numbers else ""] * len(self._names)
            for row, value in found.items():
                values[row] = float(value) if numbers else str(value)
            name, unit = _name_and_unit(label)
            while name in self._file:
                name = f"label_{name}"
            self._store(name, Quantity(unit, ("condition",), f"Label of the study: {label}."), values)
            inner.append(name)
        self._file.attrs.update(
            self._attributes
            | {"format": FORMAT, "format_version": FORMAT_VERSION, "coordinates": " ".join(inner)}
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say which file it was that could not be written."""
        try:
            yield
        except OSError as error:
            raise ResultError(f"{self._path}: cannot be written ({error.strerror or error})") from error


def _of_condition(quantity: Quantity) -> Quantity:
    """The same for each condition."""
    return Quantity(quantity.unit, ("condition", *quantity.dims), quantity.about)


def _name_and_unit(label: str) -> tuple[str, str]:
    """A header such as ``body mass [kg]`` as a name without blanks, and its unit."""
    found = re.fullmatch(r"(.*?)\s*(?:[\[(]([^\[\]()]*)[\])])?", label.strip())
    name, unit = (found[1], found[2]) if found else (label, "")
    return re.sub(r"[\s/]+", "_", name) or "label", unit or "1"
