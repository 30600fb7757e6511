"""What an audit has to say: one finding per fault and per behaviour, the worst first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters to a knee load.

    WRONG   : a knee load would be wrong for whoever trusts this model or trial.
    CAREFUL : a number depends on it: another tool gets it wrong, or the model is used outside what it is for.
    NOTE    : worth knowing; no number of this program depends on it.
    """

    WRONG = "wrong load"
    CAREFUL = "careful"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that an audit found.

    Attributes
    ----------
    severity : how much it matters to a knee load
    check    : which check found it, such as "load path" or "virtual work"
    objects  : muscles, joints, coordinates or files that it is about
    found    : what was found, with numbers and units
    why      : why it matters for the knee
    remedy   : what to do
    size     : the number that decided, None where there is none
    unit     : of ``size``
    """

    severity: Severity
    check: str
    objects: tuple[str, ...]
    found: str
    why: str
    remedy: str
    size: float | None = None
    unit: str = ""

    @property
    def subject(self) -> str:
        """The objects in one line."""
        return ", ".join(self.objects)


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, the worst first; within a severity in the order of the checks."""
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def spoils_a_load(findings: Iterable[Finding]) -> bool:
    """Whether a knee load would be wrong."""
    return any(finding.severity is Severity.WRONG for finding in findings)


def counted(findings: Sequence[Finding]) -> str:
    """How many findings of each severity, in words."""
    numbers = {one: sum(finding.severity is one for finding in findings) for one in Severity}
    return ", ".join(f"{number} {one.value}" for one, number in numbers.items() if number) or "nothing found"
