"""An audit as files that outlive the terminal: JSON for programs, Markdown for people."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from retrogait.audit.finding import Finding, Severity, counted, spoils_a_load
from retrogait.audit.routes import LoadPath
from retrogait.io.atomic import replacing
from retrogait.io.text import as_markdown

FORMAT, FORMAT_VERSION = "retrogait audit", 1
"""What the JSON says of itself."""


def write_json(
    path: Path, about: str, digests: dict[str, str], findings: Sequence[Finding], paths: Sequence[LoadPath]
) -> None:
    """Write findings and load paths as JSON.

    Parameters
    ----------
    about   : what was looked at, in words
    digests : file name to SHA-256 of everything that was read

    Raises
    ------
    OSError
        The file cannot be written.
    """
    record = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "about": about,
        "digests": digests,
        "wrong_load": spoils_a_load(findings),
        "findings": [asdict(finding) for finding in findings],
        "load_paths": [asdict(one) for one in paths],
    }
    _write(path, json.dumps(record, indent=2, ensure_ascii=False))


def write_markdown(path: Path, about: str, findings: Sequence[Finding], paths: Sequence[LoadPath]) -> None:
    """Write findings and load paths as GitHub-flavoured Markdown.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    _write(path, "\n".join(_lines(about, findings, paths)))


def _write(path: Path, text: str) -> None:
    with replacing(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def _lines(about: str, findings: Sequence[Finding], paths: Sequence[LoadPath]) -> Iterator[str]:
    mark = "❌" if spoils_a_load(findings) else "✅"
    yield f"### {mark} Audit of {as_markdown(about)}: {counted(findings)}"
    for severity in Severity:
        some = [finding for finding in findings if finding.severity is severity]
        if some:
            yield f"\n**{severity.value.capitalize()}**\n"
            yield "| check | about | found | why it matters | what to do |"
            yield "|---|---|---|---|---|"
            for one in some:
                yield _row(one.check, one.subject, one.found, one.why, one.remedy)
    if paths:
        yield f"\n<details><summary>Load paths of {len(paths)} muscles</summary>\n"
        yield "| knee | muscle | bodies on its path | patella held by | in the tibiofemoral reaction |"
        yield "|---|---|---|---|---|"
        for path in paths:
            reaches = "yes" if path.in_reaction else "**no**"
            yield f"{_row(path.side, path.muscle, ' → '.join(path.bodies), path.held_by)} {reaches} |"
        yield "\n</details>"


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(as_markdown, cells))} |"
