"""Findings and files of an import as they come, kept on disk so that a failure loses nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retrogait.intake.store import write_record
from retrogait.io.provenance import digests

Report = Callable[[str], None]
"""Takes one line about what was found, or is being done."""


@dataclass
class Progress:
    """What an import has come to.

    Attributes
    ----------
    folder     : that is written to
    report     : told every finding at once
    stage      : told what is being done
    parameters : choices of the caller
    findings, files : so far
    inputs     : file name to SHA-256 of what was read
    numbers    : what else goes into the record
    """

    folder: Path
    report: Report
    stage: Report
    parameters: Mapping[str, Any]
    findings: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)

    def say(self, *lines: str) -> None:
        """Add findings."""
        for line in lines:
            self.findings.append(line)
            self.report(line)

    def read(self, *paths: str | Path | None) -> None:
        """Add files that were read; names of what is bundled, and None, are none."""
        self.inputs |= digests(Path(path) for path in paths if path is not None and Path(path).is_file())

    def keep(self, *files: Path, complete: bool = False) -> None:
        """Add files that were written, and write the record."""
        self.files += files
        write_record(
            self.folder, parameters=self.parameters, inputs=self.inputs, findings=self.findings,
            numbers=self.numbers, files=self.files, complete=complete,
        )  # fmt: skip
