"""Compiled models on disk, keyed by content.

The key is the digest of the model file, of this package's compiler sources and of the `opensim` version, so
an entry can never be stale; any entry that does not read back is compiled again.
"""

import dataclasses
import hashlib
import json
import os
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from retrogait._jit import cache_folder
from retrogait.kernels.model import Functions, Paths, Tree
from retrogait.kernels.muscles import Muscles
from retrogait.model import Knee, Model

_GROUPS: dict[str, Any] = {"tree": Tree, "functions": Functions, "paths": Paths, "muscles": Muscles}


def _compiler_digest() -> str:
    digest = hashlib.sha256()
    try:
        digest.update(version("opensim").encode())
    except PackageNotFoundError:  # a cached model needs no opensim
        digest.update(b"none")
    here = Path(__file__).parent
    for path in [*sorted(here.glob("*.py")), *sorted((here.parent / "kernels").glob("*.py"))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def entry_path(model_digest: str, extra: str) -> Path:
    """Where the compiled form of a model file lives."""
    key = hashlib.sha256(f"{model_digest} {_compiler_digest()} {extra}".encode()).hexdigest()[:32]
    return cache_folder() / "models" / f"{key}.npz"


def store(path: Path, model: Model) -> None:
    """Write an entry; a reader never sees half of it. A folder that cannot be written is no error."""
    arrays: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(Model):
        value = getattr(model, field.name)
        if field.name in _GROUPS:
            for name, array in value._asdict().items():
                arrays[f"{field.name}.{name}"] = array
        elif isinstance(value, np.ndarray):
            arrays[field.name] = value
        elif field.name == "knees":
            plain["knees"] = [dataclasses.asdict(knee) for knee in value]
        else:
            plain[field.name] = value
    arrays["plain"] = np.frombuffer(json.dumps(plain).encode(), np.uint8)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        Path(name).replace(path)
    except OSError:
        return


def load(path: Path) -> Model | None:
    """Read an entry, or None where there is none that reads."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        plain = json.loads(arrays.pop("plain").tobytes())
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
        }
        fields["knees"] = tuple(
            Knee(
                **{
                    **knee,
                    "heads": tuple(map(tuple, knee["heads"])),
                    "compartments": None if knee["compartments"] is None else tuple(knee["compartments"]),
                }
            )
            for knee in plain["knees"]
        )
        for group, kind in _GROUPS.items():
            fields[group] = kind(**{name: arrays.pop(f"{group}.{name}") for name in kind._fields})
        return Model(**fields, **arrays)
    except (OSError, EOFError, BadZipFile, KeyError, TypeError, ValueError):
        return None
