"""What an import writes: marker errors, the experiment file, and the record of everything."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from retrogait.errors import ConfigError, FileError
from retrogait.ik import Kinematics
from retrogait.io.provenance import digests, record
from retrogait.io.sheet import number, write_sheet
from retrogait.io.text import shown, write_text

RECORD = "import.json"
SCHEMA = 1


def guard(folder: Path, names: Sequence[str], source: Mapping[str, str], *, overwrite: bool) -> None:
    """Refuse to write over what an import of the same recording has not made, or somebody has edited since.

    Parameters
    ----------
    folder    : to write to
    names     : of the files to write
    source    : SHA-256 of the recording by name
    overwrite : write over it all the same

    Raises
    ------
    ConfigError
        With the first file in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: is a file, expected a folder to write to; name another with -o")
    there = [name for name in names if (folder / name).exists()]
    if overwrite or not there:
        return
    earlier = _earlier(folder / RECORD)
    if earlier is None:
        raise ConfigError(
            f"{folder}: holds {shown(there[0])} already, and no {RECORD} says that an import made it; "
            "name another folder with -o, or --overwrite it"
        )
    if not source.items() <= earlier.get("inputs", {}).items():
        raise ConfigError(
            f"{folder}: holds the import of another recording "
            f"({', '.join(map(shown, list(earlier.get('inputs', {}))[:2]))}, by its digest); "
            "name another folder with -o, or --overwrite it"
        )
    made = earlier.get("files", {})
    for name in there:
        if name != RECORD and digests([folder / name])[name] != made.get(name):
            raise ConfigError(
                f"{folder / name}: has been changed since it was imported; name another folder with -o, or "
                "--overwrite it"
            )


def _earlier(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_errors(path: Path, fit: Kinematics) -> None:
    """Write the distance of every marker in every frame [m], blank where it was not seen.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    rows = zip(fit.time.tolist(), fit.error.tolist(), strict=True)
    try:
        write_sheet(
            path,
            ["time [s]", *(f"{name} [m]" for name in fit.markers)],
            ([repr(time), *(number(value, 7) for value in row)] for time, row in rows),
        )
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror})") from None


def experiment_text(
    name: str, recording: str, walk: Mapping[str, Any], files: Mapping[str, str], why: Mapping[str, str]
) -> str:
    """Experiment file that `retrogait run` takes as it is, with the reasons beside the values.

    Parameters
    ----------
    name, recording : of the trial, and of the file it came from
    walk            : keys of ``[[trial]]`` beside its files
    files           : "model", "coordinates" and perhaps "external_loads"
    why             : key to the sentence that says where its value comes from
    """
    lines = [
        f"# Made by `retrogait import` from {recording}. {RECORD} beside it says what was found and how;",
        "# change here what you know better, then: retrogait run this file.",
        "",
        "[experiment]",
        f"name = {_quoted(name)}",
        f"description = {_quoted(f'Imported from {recording}.')}",
        "",
        "[model]",
        f"file = {_quoted(files['model'])}",
        "",
        "[[trial]]",
        f"name = {_quoted(name)}",
        f"coordinates = {_quoted(files['coordinates'])}",
    ]
    if "external_loads" in files:
        lines.append(f"external_loads = {_quoted(files['external_loads'])}")
    for key, value in walk.items():
        reason = why.get(key, "")
        if reason:
            lines += [f"# {line}" for line in reason.splitlines()]
        lines.append(f"{key} = {_quoted(value) if isinstance(value, str) else repr(value)}")
    lines += [
        "",
        "# [analysis]",
        "# cutoff = 6.0       # low-pass of the coordinates [Hz]; the default",
        "# exponent = 3       # of muscle activations in the shared cost, 2 or 3",
        "",
        "[output]",
        'folder = "results"   # beside this file',
        "",
    ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Basic string of TOML: JSON escapes are a subset of its own."""
    return json.dumps(text, ensure_ascii=True)


def write_record(
    folder: Path,
    *,
    parameters: Mapping[str, Any],
    inputs: Mapping[str, str],
    findings: Sequence[str],
    numbers: Mapping[str, Any],
    files: Sequence[Path],
    complete: bool,
) -> None:
    """Write `RECORD`: choices, findings, digests, versions, and how far the import came."""
    content = record(parameters, inputs)
    content["kind"] = {"name": "retrogait import", "schema": SCHEMA}
    content["complete"] = complete
    content["findings"] = list(findings)
    content |= dict(numbers)
    content["files"] = digests(file for file in files if file.is_file())
    write_text(folder / RECORD, json.dumps(content, indent=2, allow_nan=False) + "\n")
