"""Many recorded trials from one table of an experiment file: a row of metadata each, or a file each."""

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from retrogait.errors import ConfigError, FileError
from retrogait.explain import explain
from retrogait.io.metadata import Column, Metadata, read_metadata
from retrogait.patterns import fill, gaps_of, is_wild, search, split
from retrogait.share import Kind, resolve
from retrogait.tables import UNITS, RecordingsTable, TrialTable, WalkTable
from retrogait.variations import file_safe, require_labels

FILES: Mapping[str, Kind] = {
    "coordinates": "motions",
    "external_loads": "motions",
    "data_file": "motions",
    "model": "models",
    "measured": "motions",
}
"""Keys that name a file, and where a bundled one lies."""

_WALK = tuple(key for key in WalkTable.__struct_fields__ if key not in FILES and key != "hold")
_KEYS = ("name", *FILES, *_WALK)
_SPELLINGS = {"m/s": {"m/s", "m s-1", "m·s-1", "ms-1"}, "deg": {"deg", "°", "degree", "degrees"}, "s": {"s"}}
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")  # 007 is a name
_NEARLY = 0.85  # what difflib calls likeness of a misspelt key
_SHOWN = 5  # files or rows in one message


class _Row(NamedTuple):
    """Where a trial comes from, and what is known of it."""

    where: str
    cells: dict[str, str]


def trials_of(table: RecordingsTable, model: str, folder: Path) -> tuple[TrialTable, ...]:
    """Every trial of one ``[[recordings]]``.

    Parameters
    ----------
    table
        As written.
    model
        Model of a trial that names none; empty if there is none.
    folder
        Folder that relative file names start from.

    Returns
    -------
    tuple of TrialTable
        In the order of the table's rows, or by name in natural order.

    Raises
    ------
    ConfigError
        The table cannot be used, a row is wrong, a file is missing, or two trials are the same.
    """
    if table.table is None:
        columns, rows, source = _found(table, folder)
    else:
        metadata = _read(resolve(table.table, folder, "motions"))
        source = table.table
        rows = [_Row(f"row {row.number}", row.cells) for row in metadata.rows]
        columns = metadata.columns
        _check_columns(columns, source)
    names = [column.name for column in columns]
    patterns = {
        key: getattr(table, key) or f"{{{key}}}" for key in FILES if getattr(table, key) or key in names
    }
    if table.table is None:  # found already
        patterns["coordinates"] = "{coordinates}"
    if "coordinates" not in patterns:
        raise ConfigError(f"{source}: says nothing of the motion; add `coordinates`, a pattern of file names")
    if not model and "model" not in patterns:
        raise ConfigError("has no model; add `model`, or [model] for all trials")
    numeric = {
        name for name in names if all(_NUMBER.fullmatch(row.cells[name]) for row in rows if row.cells[name])
    }
    labels = {
        column.name: column.label.replace("/", " per ") for column in columns if column.name not in _KEYS
    }
    trials, missing = [], []
    for row in rows:
        try:
            files = {key: _file(pattern, row.cells, folder) for key, pattern in patterns.items()}
            trial = _trial(table, row.cells, files)
        except ConfigError as error:
            raise ConfigError(f"{source}: {row.where}: {error}") from error
        told = {
            label: float(cell) if name in numeric else cell
            for name, label in labels.items()
            if (cell := row.cells[name])
        }
        trials.append(msgspec.structs.replace(trial, labels=told))
        missing += [
            f"{row.where}: {text} ({key} = `{patterns[key]}`)"
            for key, text in files.items()
            if not resolve(text, folder, FILES[key]).is_file()
        ]
    if missing:
        raise ConfigError(f"{source}: no such file: {_listed(missing)}")
    _refuse_twins(source, rows, trials)
    return tuple(trials)


def _read(path: Path) -> Metadata:
    try:
        return read_metadata(path)
    except FileError as error:
        raise ConfigError(str(error)) from error


def _found(table: RecordingsTable, folder: Path) -> tuple[tuple[Column, ...], list[_Row], str]:
    """One row per file that the pattern of the motion finds."""
    pattern = table.coordinates
    if pattern is None or not (gaps_of(pattern) or is_wild(pattern)):
        raise ConfigError(
            "needs a `table` of metadata, or `coordinates` with gaps to search for: {subject}/{trial}_ik.mot"
        )
    where, rest = split(pattern)
    base = resolve(where, folder, "motions")
    rows = [
        _Row(
            f"`{match.text}`",
            {name: _plain(cell) if name in _WALK else cell for name, cell in match.gaps.items()}
            | {"coordinates": f"{where}/{match.text}" if where else match.text},
        )
        for match in search(rest, base)
    ]
    if not rows:
        there = "" if base.is_dir() else ", which does not exist"
        raise ConfigError(f"no file is called `{rest}` in the folder {base}{there}")
    names = gaps_of(pattern)
    _check_columns([Column(name, name, "") for name in names], f"`{pattern}`")
    return tuple(Column(name, name, "") for name in (*names, "coordinates")), rows, f"`{pattern}`"


def _plain(cell: str) -> str:
    """Number as a file name may write it: ``1.20ms`` stays, ``+05`` is 5."""
    try:
        return f"{float(cell):g}"
    except ValueError:
        return cell


def _check_columns(columns: Sequence[Column], source: str) -> None:
    """Refuse columns with another unit, and labels that look like a misspelt key or are taken."""
    names = [column.name for column in columns]
    for name, _, unit in columns:
        expected = UNITS.get(name, "") if name in _KEYS else ""
        if expected and unit and unit not in _SPELLINGS[expected]:
            raise ConfigError(f"{source}: column `{name}` is in {unit}, expected {expected}; convert it")
        if name in _KEYS:
            continue
        absent = [key for key in _KEYS if key not in names]
        near = difflib.get_close_matches(name.casefold(), absent, n=1, cutoff=_NEARLY)
        if near:
            raise ConfigError(
                f"{source}: column `{name}`: did you mean `{near[0]}`? A label needs another name"
            )
        try:
            require_labels([name])
        except ConfigError as error:
            raise ConfigError(f"{source}: {error}") from error


def _file(pattern: str, cells: Mapping[str, str], folder: Path) -> str:
    """File name of a pattern: filled, and of a wildcard the only file that fits."""
    text = fill(pattern, cells)
    if not is_wild(text):
        return text
    where, rest = split(text)
    found = [match.text for match in search(rest, resolve(where, folder, "motions"))]
    if len(found) != 1:
        told = f"{len(found)} files ({_listed(found)})" if found else "no file"
        raise ConfigError(f"`{text}` finds {told}, expected one")
    return f"{where}/{found[0]}" if where else found[0]


def _trial(table: RecordingsTable, cells: Mapping[str, str], files: Mapping[str, str]) -> TrialTable:
    values: dict[str, Any] = {key: getattr(table, key) for key in ("hold", *_WALK)}
    values |= {key: cells[key] for key in _WALK if cells.get(key)}
    values |= files
    if table.name is not None:
        name = fill(table.name, cells)
    elif cells.get("name"):
        name = cells["name"]
    elif table.coordinates is not None and (gaps := gaps_of(table.coordinates)):
        name = "_".join(cells[gap] for gap in gaps)
    else:
        name = Path(files["coordinates"]).stem
    values["name"] = file_safe(name)
    for key in _WALK:
        cell = cells.get(key, "")
        if key in UNITS and cell and not _is_number(cell):
            hint = "; write it with a decimal point" if _is_number(cell.replace(",", ".")) else ""
            raise ConfigError(f"{key}: expected a number of {UNITS[key]}, found `{cell}`{hint}")
    try:
        return msgspec.convert(values, TrialTable, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(explain(str(error), values, {"": TrialTable}, UNITS)) from error


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _refuse_twins(source: str, rows: Sequence[_Row], trials: Sequence[TrialTable]) -> None:
    """Refuse two trials of one name, and one motion twice."""
    names: dict[str, str] = {}
    motions: dict[tuple[object, ...], str] = {}
    for row, trial in zip(rows, trials, strict=True):
        other = names.setdefault(trial.name.casefold(), row.where)
        if other != row.where:
            raise ConfigError(
                f"{source}: {other} and {row.where} are both called `{trial.name}`; "
                "add a column to `name`, such as {subject}_{trial}"
            )
        motion = (trial.coordinates, trial.start, trial.end, trial.model)
        other = motions.setdefault(motion, row.where)
        if other != row.where:
            raise ConfigError(f"{source}: {other} and {row.where} are the same motion, {trial.coordinates}")


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - _SHOWN
    return ", ".join(texts[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
