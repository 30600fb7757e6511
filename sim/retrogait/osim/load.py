"""Models by file: from the cache, or compiled."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path

from retrogait.errors import FileError
from retrogait.model import Model
from retrogait.osim import cache as disk

MAX_MODEL_BYTES = 256 * 2**20
"""A larger .osim is not a gait model; the largest public one is a few MiB."""


def load_model(path: str | Path, *, knees: Mapping[str, str] | None = None, cache: bool = True) -> Model:
    """Read an OpenSim 4 model and compile it to flat arrays.

    Parameters
    ----------
    path  : the ``.osim`` file
    knees : side ("right", "left") to name of its flexion coordinate, where names do not tell
    cache : keep the compiled form on disk, keyed by content; a second load takes milliseconds and does not
            need `opensim`

    Raises
    ------
    FileError
        The file cannot be read as an OpenSim model.
    ModelError
        The model uses something that cannot be expressed; the message lists all of it.
    """
    path = Path(path)
    content = _read(path)
    digest = hashlib.sha256(content).hexdigest()
    entry = disk.entry_path(digest, repr(sorted((knees or {}).items())))
    model = disk.load(entry) if cache else None
    if model is None:
        from retrogait.osim.compile import compile_model  # noqa: PLC0415 - loads opensim

        model = compile_model(path, digest, knees)
        if cache:
            disk.store(entry, model)
    return dataclasses.replace(model, file=path.name)  # the entry may come from a copy of another name


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_MODEL_BYTES:
            raise FileError(
                f"{path}: is {size / 2**20:.0f} MiB; a model has at most {MAX_MODEL_BYTES >> 20} MiB"
            )
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: cannot be read as a model: {error.strerror}") from error
    head = content[:4096]
    if b"<!ENTITY" in content:
        raise FileError(f"{path}: defines XML entities, which no OpenSim model needs; remove them")
    if b"<OpenSimDocument" not in head:
        raise FileError(f"{path}: is not an OpenSim model: found no <OpenSimDocument> at its start")
    return content
