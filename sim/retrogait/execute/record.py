"""What a run leaves beside its results: which cases there were, what came of each, and from what."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from retrogait.cases import Case
from retrogait.config import Experiment
from retrogait.errors import FileError
from retrogait.execute.runner import Outcome
from retrogait.io.atomic import replacing
from retrogait.io.provenance import digests, record
from retrogait.io.sheet import write_sheet

MANIFEST = "manifest.json"
FAILURES = "failures.csv"
SCHEMA = 2
"""Version of the manifest; version 1 was ``experiment.json``."""


def store_manifest(
    folder: Path,
    experiment: Experiment,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    run: Mapping[str, Any],
) -> None:
    """Write `MANIFEST`: software, machine, settings, inputs, and of every case key, status, time and file.

    Parameters
    ----------
    folder
        Where the results are.
    experiment
        As it was run.
    cases, outcomes
        In the same order.
    run
        Wall time and how the cases were shared out.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    entries = [_entry(case, outcome) for case, outcome in zip(cases, outcomes, strict=True)]
    counts = {status: sum(entry["status"] == status for entry in entries) for status in _STATUSES}
    content = {
        "schema": SCHEMA,
        "name": experiment.name,
        "description": experiment.description,
        "run": dict(run) | counts,
        "cases": entries,
        "provenance": record(msgspec.to_builtins(experiment, enc_hook=as_builtin), _inputs(experiment)),
    }
    text = msgspec.json.format(msgspec.json.encode(content), indent=2)
    with replacing(folder / MANIFEST) as partial:
        partial.write_bytes(text + b"\n")


def store_record(path: Path, experiment: Experiment, inputs: Iterable[Path], **more: object) -> None:
    """Write what the tables beside it rest on: software, machine, settings and inputs, and whatever more.

    Parameters
    ----------
    path
        File to write (``.json``).
    experiment
        As it was calculated.
    inputs
        Every file that was read.
    more
        Further entries, plain values.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    stated = record(msgspec.to_builtins(experiment, enc_hook=as_builtin), digests(inputs))
    text = json.dumps(stated | more, indent=2, ensure_ascii=False)
    with replacing(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


_STATUSES = ("stored", "failed", "not run")


def earlier_seconds(folder: Path) -> dict[str, float]:
    """Key to the time that its result once took, of an earlier manifest; empty where none can be read."""
    try:
        entries = json.loads((folder / MANIFEST).read_text("utf-8"))["cases"]
        return {entry["key"]: float(entry["seconds"]) for entry in entries if entry["status"] == "stored"}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def store_failures(folder: Path, outcomes: Iterable[Outcome]) -> None:
    """Write `FAILURES`: case and reason of each; the header alone where none failed.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    failed = ((outcome.name, outcome.reason) for outcome in outcomes if outcome.status == "failed")
    write_sheet(folder / FAILURES, ("case", "reason"), failed)


def _entry(case: Case, outcome: Outcome) -> dict[str, Any]:
    content: dict[str, Any] = {"name": outcome.name, "status": outcome.status, "key": outcome.key}
    if case.labels:
        content["labels"] = dict(case.labels)
    if outcome.status == "stored":
        content |= {"file": outcome.file, "inputs": dict(outcome.inputs)}
    if outcome.reason:
        content["reason"] = outcome.reason
    if outcome.seconds == outcome.seconds:  # JSON has no NaN
        content["seconds"] = round(outcome.seconds, 4)
    return content


def _inputs(experiment: Experiment) -> dict[str, str]:
    """Files that many cases rest on; those of one case stand beside it. A file that is gone is left out."""
    found: dict[str, str] = {}
    models = sorted({trial.model for trial in experiment.trials})
    for path in (*experiment.shared_inputs, *models):
        try:
            found |= digests([path])
        except FileError:
            continue
    return found


def as_builtin(value: object) -> object:
    """Twin of a value that JSON does not know; of a path the name alone."""
    if isinstance(value, Mapping):
        return dict(value)
    return value.name if isinstance(value, Path) else str(value)
