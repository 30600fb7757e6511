"""The bundled motions: predicted strides that come with the package, and what is known of each."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from retrogait.errors import FileError
from retrogait.osim.planar import read_planar
from retrogait.predict.condition import Condition
from retrogait.predict.gait import Gait, trial_of
from retrogait.predict.seeds import FILE
from retrogait.predict.weights import read_weights
from retrogait.share import share_folder

FOLDER = "predicted"
MANIFEST = "manifest.json"


def library_folder() -> Path:
    """Folder of the bundled motions."""
    return share_folder("motions") / FOLDER


def seeds_path() -> Path:
    """File of the bundled gaits as starts."""
    return library_folder() / FILE


def model_digest() -> str:
    """SHA-256 of what the table of the planar model says; comments, layout and citations do not count."""
    table = read_planar(share_folder("models") / "planar.toml")
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(table, source={}))).hexdigest()


@cache
def manifest() -> dict[str, Any]:
    """Manifest of the bundled motions; empty without any, or where they are of another model or cost.

    Raises
    ------
    FileError
        The file is there and is none.
    """
    path = library_folder() / MANIFEST
    if not path.is_file():
        return {}
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        of_this = (
            content["model_digest"] == model_digest() and content["weights_digest"] == read_weights().digest
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError(f"{path}: not a manifest of predicted motions ({error}); make them again") from error
    return content if of_this else {}


def bundled_conditions() -> list[Condition]:
    """Conditions of the bundled motions."""
    entries = manifest().get("conditions", {}).values()
    return [Condition(entry["direction"], entry["speed"], entry["incline"]) for entry in entries]


def bundled_gait(condition: Condition) -> Gait | None:
    """Gait of a condition that is among the bundled motions, else None."""
    entry = manifest().get("conditions", {}).get(condition.name)
    if entry is None or (entry["speed"], entry["incline"]) != (condition.speed, condition.incline):
        return None  # a name holds four decimals, a condition all of them
    folder = library_folder()
    stem = condition.name
    trial = trial_of(
        condition, folder / f"{stem}.mot", folder / f"{stem}_grf.xml", (entry["start"], entry["end"])
    )
    return Gait(
        condition,
        trial,
        "bundled",
        entry["figures"],
        sensitivity=entry["sensitivity"],
        remarks=tuple(entry["remarks"]),
        files={name: (folder / name).read_bytes() for name in entry["files"]},
    )
