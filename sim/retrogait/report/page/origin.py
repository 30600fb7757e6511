"""What every result says of itself: remarks, settings, versions, digests of inputs, and when."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from retrogait.errors import ResultError
from retrogait.report.folder import MANIFEST, Folder
from retrogait.report.page.inside import TOLD, Inside
from retrogait.report.page.parts import Column, Section, Table, csv_button
from retrogait.report.page.sharing import sharing_facts

_VARIES = re.compile(r"[\w.-]+\.(?:mot|sto|trc|c3d|xml|csv|osim)\b|(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
"""What may differ between remarks of one kind: names of files, and numbers that stand by themselves."""

LISTED = 3
"""Conditions that are named beside a remark that many share, and values beside a setting."""

MOST_REMARKS, MOST_INPUTS = 60, 40
"""Remarks and input files that are shown; the CSV has all."""

_FOREWORD = {
    "predicted": "Nobody walked this: every curve of this page is a prediction. It shows what the model "
    "would do under its cost, and no person.",
    "recorded": "Every motion of this page was recorded; the loads are estimates of a model.",
}


def foreword(folder: Folder) -> str:
    """Sentence on what the numbers are, by the origin of the motions."""
    mixed = (
        f"This page holds motions of different origin ({', '.join(folder.origins)}). A prediction shows what "
        "a model would do under its cost, and no person: where a chart holds one, its title says so."
    )
    return _FOREWORD.get(" ".join(folder.origins), mixed)


def remarks(inside: Mapping[str, Inside]) -> Section | None:
    """Section of what the analyses left to say, each kind of remark once; None where they left nothing."""
    found: dict[str, list[str]] = {}
    for name, one in inside.items():
        for note in one.notes:
            found.setdefault(note, []).append(name)
    if not found:
        return None
    order = sorted(found.items(), key=lambda item: -len(item[1]))
    kinds: dict[str, list[str]] = {}
    for note, _ in order:
        kinds.setdefault(kind_of(note), []).append(note)
    alike = [
        (_ranged(notes), list(dict.fromkeys(name for note in notes for name in found[note])))
        for notes in kinds.values()
    ]
    alike.sort(key=lambda item: -len(item[1]))
    table = Table(
        "remarks-table",
        "remarks by condition",
        [
            Column("remark", "", [note for note, names in order for _ in names]),
            Column("condition", "", [name for _, names in order for name in names]),
        ],
    )
    items = "".join(
        f'<li>{escape(note)} <span class="soft">({escape(_who(names, len(inside)))})</span></li>'
        for note, names in alike[:MOST_REMARKS]
    )
    more = len(alike) - MOST_REMARKS
    rest = f"<p>And {more} more; the CSV has all.</p>" if more > 0 else ""
    return Section(
        "remarks",
        "Remarks of the analyses",
        "<p>Remarks that differ in their numbers alone stand together, lowest … highest; the CSV has each as "
        f'it was made.</p><ul class="remarks">{items}</ul>{rest}{csv_button(table)}',
        downloads=(table,),
    )


def _who(names: Sequence[str], of: int) -> str:
    if len(names) == of:
        return "all conditions"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}"


def kind_of(note: str) -> str:
    """What a remark shares with those that differ from it in numbers and files alone."""
    return _VARIES.sub("#", note)


def _ranged(notes: Sequence[str]) -> str:
    """One remark for many that differ in numbers and files alone: lowest … highest of each."""
    columns = iter(zip(*(_VARIES.findall(note) for note in notes), strict=True))
    return _VARIES.sub(lambda _: _between(next(columns)), notes[0])


def _between(texts: Sequence[str]) -> str:
    different = list(dict.fromkeys(texts))
    if len(different) == 1:
        return different[0]
    try:
        ranked = sorted(different, key=float)
    except ValueError:  # names of files
        return f"{', '.join(different[:LISTED])}{' ...' if len(different) > LISTED else ''}"
    return f"{ranked[0]} … {ranked[-1]}"


def provenance(folder: Folder, inside: Mapping[str, Inside]) -> Section:
    """Section of software, machine, settings and inputs: what it takes to make the numbers again."""
    stated = folder.manifest.get("provenance", {})
    if not isinstance(stated, Mapping):
        raise ResultError(f"{folder.path / MANIFEST}: its `provenance` is no table; run the study again")
    digests = _digests(folder, stated)
    inputs = Table(
        "inputs",
        "input files and their digests",
        [
            Column("file", "", [name for name, _ in digests]),
            Column("SHA-256", "", [digest for _, digest in digests]),
        ],
    )
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in _facts(folder, stated, inside)
    )
    listed = "".join(
        f"<li>{escape(name)} <code>{escape(digest)}</code></li>" for name, digest in digests[:MOST_INPUTS]
    )
    more = len(digests) - MOST_INPUTS
    rest = f"<p>And {more} more; the CSV has all.</p>" if more > 0 else ""
    settings = json.dumps(stated.get("parameters", {}).get("analysis", {}), indent=1, sort_keys=True)
    html = (
        f"<dl>{rows}</dl>"
        f'<details><summary>Analysis settings of the experiment (null: default)</summary><pre tabindex="0">'
        f"{escape(settings)}</pre></details>"
        f"<details><summary>{len(digests)} input files, SHA-256</summary>"
        f'<ul class="digests">{listed}</ul>{rest}</details>'
        f"{csv_button(inputs)}"
    )
    return Section("provenance", "Where these numbers come from", html, downloads=(inputs,))


def _facts(
    folder: Folder, stated: Mapping[str, Any], inside: Mapping[str, Inside]
) -> Iterator[tuple[str, str]]:
    yield "study", folder.name
    yield "folder", folder.path.resolve().name
    if "time" in stated:
        yield "run at", str(stated["time"])
    software = stated.get("software", {})
    if software:
        yield "software", f"{software.get('name', '')} {software.get('version', '')}".strip()
    machine = stated.get("environment", {})
    if machine:
        yield (
            "machine",
            f"{machine.get('system', '')} {machine.get('machine', '')}, Python {machine.get('python')}",
        )
        yield "libraries", ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    for name, title in TOLD.items():
        values = sorted({one.about[name] for one in inside.values() if name in one.about})
        if values:
            yield title, "; ".join(values[:LISTED]) + (" ..." if len(values) > LISTED else "")
    yield from sharing_facts(inside)


def _digests(folder: Folder, stated: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = {str(name): str(digest) for name, digest in stated.get("inputs", {}).items()}
    for case in folder.manifest.get("cases", []):
        found |= {str(name): str(digest) for name, digest in case.get("inputs", {}).items()}
    return sorted(found.items())
