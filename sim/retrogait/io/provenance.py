"""Who made a result, from what, with which settings, on what machine.

The record follows the shape of the provenance schema of tskit: schema version, software,
parameters, inputs and environment, so that a number can be traced years later.
"""

import hashlib
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from retrogait.errors import FileError

SCHEMA = 1
LIBRARIES = ("h5py", "numba", "numpy", "opensim", "scipy", "xarray")


def record(
    parameters: Mapping[str, Any], inputs: Mapping[str, str], *, now: datetime | None = None
) -> dict[str, Any]:
    """Everything needed to make a result again and to see what has changed since.

    Parameters
    ----------
    parameters
        Settings as plain values. A path keeps its file name only: where a file lies on one
        machine says nothing on another and may say too much about its owner.
    inputs
        SHA-256 of every file that was read, by name (see `digests`).
    now
        Time to write down; the present when None.

    Returns
    -------
    dict
        Plain values that JSON can hold, under the keys ``schema``, ``software``, ``parameters``,
        ``inputs`` (name: SHA-256), ``environment`` and ``time`` (UTC, ISO 8601).
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return {
        "schema": SCHEMA,
        "software": {"name": "retrogait", "version": installed("retrogait")},
        "parameters": _plain(parameters),
        "inputs": dict(inputs),
        "environment": {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "system": platform.system(),
            "libraries": {name: installed(name) for name in LIBRARIES},
        },
        "time": moment.isoformat(timespec="seconds"),
    }


def digests(inputs: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each file, by the shortest tail of its path that tells it from the others.

    Raises
    ------
    FileError
        If a file cannot be read.
    """
    paths = sorted({path.resolve() for path in inputs})
    try:
        found = [_digest(path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths]
    except OSError as error:
        raise FileError(f"{error.filename}: cannot be read ({error.strerror})") from error
    return dict(zip(_labels(paths), found, strict=True))


@cache
def _digest(path: Path, _changed: int, _size: int) -> str:
    """Digest of a file, taken once for the thousand trials that share a model."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _labels(paths: list[Path]) -> list[str]:
    parts = [(*filter(None, [path.drive]), *path.relative_to(path.anchor).parts) for path in paths]
    length = [1] * len(paths)
    while True:
        labels = ["/".join(part[-n:]) for part, n in zip(parts, length, strict=True)]
        shared = [labels.count(label) > 1 for label in labels]
        if not any(shared):
            return labels
        length = [n + again for n, again in zip(length, shared, strict=True)]


@cache
def installed(name: str) -> str:
    """Version of a package, or that there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _plain(value: object) -> object:
    """Copy of ``value`` that JSON can hold, without any path of this machine."""
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case Path():
            return value.name
        case list() | tuple():
            return [_plain(item) for item in value]
        case np.generic():
            return value.item()
        case bool() | int() | float() | str() | None:
            return value
        case _:
            return str(value)
