"""What the input detective found, for the terminal and as JSON."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from retrogait.detective import Finding, Severity
from retrogait.io.atomic import replacing

_STYLES = {Severity.MISTAKE: "bold red", Severity.DOUBT: "bold yellow"}


def render_findings(trial: str, findings: Sequence[Finding], console: Console) -> None:
    """Print what was found in one trial: a line that names each, then evidence and repair."""
    if not findings:
        console.print(Text(f"{trial}: nothing found"))
        return
    console.print(Text(f"{trial}: {_counted(findings)}", style="bold"))
    for finding in findings:
        head = Text.assemble("  ", (finding.severity.value, _STYLES[finding.severity]), f": {finding.title}")
        console.print(head)
        for label, text in (
            ("where", finding.where),
            ("evidence", finding.evidence),
            ("repair", finding.repair),
        ):
            console.print(Text(f"    {label:9s}{text}"), soft_wrap=True)


def write_findings(path: Path, trials: Mapping[str, Sequence[Finding]]) -> None:
    """Write what was found in every trial as JSON.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    content = {name: [dataclasses.asdict(finding) for finding in found] for name, found in trials.items()}
    with replacing(path) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _counted(findings: Sequence[Finding]) -> str:
    numbers = {one: sum(finding.severity is one for finding in findings) for one in Severity}
    words = [f"{count} {one.value}{'s' * (count > 1)}" for one, count in numbers.items() if count]
    return ", ".join(words)
