"""Baseline files: reviewed loads of a whole study in one small HDF5 file, fit for a repository.

Numbers are 32-bit floats rounded to a multiple of a power of two, an eighth of their tolerance or less off:
their last bits are zero and compress, and every reader of HDF5 sees plain numbers. Beside them stands a
digest of every bit of what was rounded, for ``--exact``. The same input gives the same bytes.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from retrogait.arrays import Floats
from retrogait.baseline.loads import ACTIVATION, Loads, unit_of
from retrogait.baseline.tolerances import grain
from retrogait.errors import ResultError
from retrogait.io.atomic import replacing

FORMAT = "retrogait-baseline"
FORMAT_VERSION = 1

COMPRESSION = 9  # written once, read at every check, kept in a repository for ever
FORCE = "BW"


@dataclass(frozen=True)
class Review:
    """Who agreed to a baseline, and when.

    Attributes
    ----------
    by, on, note
        Name, date (ISO 8601) and reason, as far as they were given.
    """

    by: str = ""
    on: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class Baseline:
    """A baseline as read.

    Attributes
    ----------
    loads
        By name of the condition, rounded.
    digests
        Condition and quantity to the digest of the numbers before rounding.
    failed
        Conditions that had no result when it was made, and why.
    review
        Who agreed to it.
    source
        The file.
    """

    loads: Mapping[str, Loads]
    digests: Mapping[str, Mapping[str, str]]
    failed: Mapping[str, str] = field(default_factory=dict)
    review: Review = Review()
    source: str = ""


def write_baseline(
    path: str | Path,
    loads: Mapping[str, Loads],
    *,
    failed: Mapping[str, str] | None = None,
    review: Review | None = None,
) -> bool:
    """Store loads as the baseline.

    A file that holds the same already, bit for bit and made of the same, stays as it is with its review.

    Parameters
    ----------
    path
        File to write; an older one is replaced whole, at the very end.
    loads
        By name of the condition.
    failed
        Conditions without a result to the reason.
    review
        Who agrees to it.

    Returns
    -------
    bool
        Whether the file was written.

    Raises
    ------
    ResultError
        The file cannot be written, or another kind of file has its name.
    """
    path, failed, review = Path(path), dict(failed or {}), review or Review()
    if path.exists():
        old = read_baseline(path)
        digests = {name: dict(one.digests()) for name, one in loads.items()}
        records = {name: one.record for name, one in loads.items()}
        if (digests, records, failed) == (
            old.digests,
            {n: o.record for n, o in old.loads.items()},
            old.failed,
        ):
            return False
    groups: dict[tuple[Any, ...], list[Loads]] = {}
    for name in sorted(loads):
        one = loads[name]
        alike = (one.kind, one.at.size, one.sides, one.muscles, *one.quantities)
        groups.setdefault(alike, []).append(one)
    try:
        with replacing(path) as partial, h5py.File(partial, "w", libver="latest", track_order=False) as file:
            for number, stack in enumerate(groups.values()):
                _write_stack(file.create_group(f"{stack[0].kind}_{number}", track_times=False), stack)
            file.attrs.update(
                {
                    "format": FORMAT,
                    "format_version": FORMAT_VERSION,
                    "conditions": len(loads),
                    "failed": json.dumps(failed, sort_keys=True),
                    "reviewed_by": review.by,
                    "reviewed_on": review.on,
                    "note": review.note,
                }
            )
    except OSError as error:
        raise ResultError(f"{path}: cannot be written ({error.strerror or error})") from error
    return True


def read_baseline(path: str | Path) -> Baseline:
    """Read a baseline.

    Raises
    ------
    ResultError
        The file is absent, damaged, of another kind, or of another version.
    """
    path = Path(path)
    if path.is_dir():
        raise ResultError(f"{path}: is a folder, expected a baseline file (.h5)")
    if not path.is_file():
        raise ResultError(f"{path}: no such file; make it with `retrogait baseline RESULTS -o {path}`")
    try:
        with h5py.File(path) as file:
            _check_format(path, file.attrs)
            loads: dict[str, Loads] = {}
            digests: dict[str, dict[str, str]] = {}
            for group in file.values():
                _read_stack(group, loads, digests)
            return Baseline(
                loads=loads,
                digests=digests,
                failed=json.loads(file.attrs["failed"]),
                review=Review(*(str(file.attrs[key]) for key in ("reviewed_by", "reviewed_on", "note"))),
                source=str(path),
            )
    except (OSError, KeyError, ValueError, TypeError) as error:
        if isinstance(error, ResultError):
            raise
        raise ResultError(f"{path}: not an HDF5 file, or a damaged one; expected a {FORMAT} file") from error


def _check_format(path: Path, attributes: Mapping[str, Any]) -> None:
    found, version = attributes.get("format"), attributes.get("format_version")
    if found != FORMAT:
        hint = "; results go first, the baseline after --baseline" if found == "retrogait-result" else ""
        raise ResultError(f"{path}: not a baseline: its `format` is {found!r}, expected {FORMAT!r}{hint}")
    if version != FORMAT_VERSION:
        raise ResultError(
            f"{path}: {FORMAT} version {version}, expected {FORMAT_VERSION}; make it again with this "
            "retrogait, or check with the one that made it"
        )


def _write_stack(group: h5py.Group, stack: list[Loads]) -> None:
    """Conditions of one kind, grid, sides and muscles, in arrays that xarray opens with ``group=``."""
    first = stack[0]
    names = list(first.curves)
    axes: dict[str, Any] = {
        "condition": _text([one.name for one in stack]),
        "side": _text(first.sides),
        "curve": _text(names),
        "muscle": _text(first.muscles),
    }
    if first.peaks:
        axes["peak"] = _text(list(first.peaks))
    point = np.arange(first.at.size)
    axes["point"] = point
    scales = {}
    for axis, labels in axes.items():
        scales[axis] = group.create_dataset(axis, data=labels)
        scales[axis].make_scale(axis)

    def add(name: str, dims: tuple[str, ...], values: np.typing.NDArray[Any], about: str) -> None:
        stored = group.create_dataset(
            name, data=values, chunks=values.shape, compression=COMPRESSION, shuffle=True
        )
        stored.attrs["long_name"] = about
        for axis, dim in zip(stored.dims, dims, strict=True):
            axis.attach_scale(scales[dim])

    unit = "% of the cycle" if first.kind == "cycle" else "s"
    add("at", ("condition", "point"), np.array([one.at for one in stack]), f"Time of each point [{unit}].")
    curves = np.array([[_rounded(one.curves[name], unit_of(name)) for name in names] for one in stack])
    units = ", ".join(f"{name} [{unit_of(name)}]" for name in names)
    add("curves", ("condition", "curve", "side", "point"), curves, f"Mean curves: {units}.")
    if first.peaks:
        peaks = np.array(
            [[_rounded(one.peaks[name], unit_of(name)) for name in first.peaks] for one in stack]
        )
        units = ", ".join(f"{name} [{unit_of(name)}]" for name in first.peaks)
        add("peaks", ("condition", "peak", "side"), peaks, f"Mean peaks: {units}.")
    by_muscle = ("condition", "muscle", "point")
    activation = np.array([_rounded(one.activation, unit_of(ACTIVATION)) for one in stack])
    add("activation", by_muscle, activation, "Mean activation of every muscle [1].")
    compression = np.array([_rounded(one.compression, FORCE) for one in stack])
    add("compression", by_muscle, compression, "What every muscle adds to the tibiofemoral compression [BW].")
    stance = np.array([one.stance for one in stack], np.float32)
    add("stance", ("condition", "side"), stance, "Share of the cycle with the foot on the ground [%].")
    about = "What each condition was made of: walk, files and their SHA-256, settings, software; JSON."
    add("record", ("condition",), _text([json.dumps(one.record, sort_keys=True) for one in stack]), about)
    digests = [one.digests() for one in stack]
    scales["quantity"] = group.create_dataset("quantity", data=_text(list(digests[0])))
    scales["quantity"].make_scale("quantity")
    about = "SHA-256, its first eight digits, of the 64-bit numbers before rounding."
    add("digest", ("condition", "quantity"), _text([list(one.values()) for one in digests]), about)


def _read_stack(group: h5py.Group, loads: dict[str, Loads], digests: dict[str, dict[str, str]]) -> None:
    labels = {axis: _strings(group[axis]) for axis in ("condition", "side", "curve", "muscle", "quantity")}
    peaks = _strings(group["peak"]) if "peak" in group else []
    held = {name: group[name][...] for name in ("at", "curves", "activation", "compression", "stance")}
    found = group["peaks"][...] if peaks else np.zeros((len(labels["condition"]), 0, 0))
    records, marks = _strings(group["record"]), group["digest"][...]
    for row, name in enumerate(labels["condition"]):
        loads[name] = Loads(
            name=name,
            kind="cycle" if group.name.startswith("/cycle") else "window",
            at=held["at"][row],
            sides=tuple(labels["side"]),
            muscles=tuple(labels["muscle"]),
            curves={curve: held["curves"][row, k].astype(float) for k, curve in enumerate(labels["curve"])},
            peaks={peak: found[row, k].astype(float) for k, peak in enumerate(peaks)},
            activation=held["activation"][row].astype(float),
            compression=held["compression"][row].astype(float),
            stance=held["stance"][row].astype(float),
            record=json.loads(records[row]),
        )
        digests[name] = {
            quantity: mark.decode() for quantity, mark in zip(labels["quantity"], marks[row], strict=True)
        }


def _rounded(values: Floats, unit: str) -> np.typing.NDArray[np.float32]:
    step = grain(unit)
    rounded = np.rint(values / step) * step
    return np.where(np.isnan(rounded), math.nan, rounded).astype(np.float32)


def _text(values: Any) -> np.typing.NDArray[np.bytes_]:  # noqa: ANN401  # nested lists of str
    """Text of one width, which compresses and which h5py, unlike text of any width, writes the same twice."""
    return np.char.encode(np.array(values, dtype=np.str_), "utf-8")


def _strings(stored: h5py.Dataset) -> list[str]:
    return [value.decode() for value in stored[...].tolist()]
