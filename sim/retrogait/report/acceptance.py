"""Targets beside what they come to: on the screen, as CSV and as Markdown."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.io.atomic import replacing
from retrogait.io.sheet import number, write_sheet
from retrogait.published.targets import Target
from retrogait.report.answers import NO_ANSWER, answer

FOREWORD = (
    "Walks: the bundled motions, predicted for one planar adult, their muscles by plain sharing. Level "
    "forward walking was fitted to published values, so that it agrees is no evidence; retro walking and "
    "slopes were not, but how energy counts and how far the trunk leans was chosen in view of slopes."
)

CHECKS_CSV, PAGE = "targets.csv", "targets.md"


class Outcome(StrEnum):
    """What a target comes to; UNTESTABLE never counts as passed."""

    PASS = "pass"
    FAIL = "fail"
    UNTESTABLE = "not testable"


_STYLES = {Outcome.PASS: "green", Outcome.FAIL: "red", Outcome.UNTESTABLE: "dim"}


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a check.

    Attributes
    ----------
    what
        Which.
    value
        What we get; NaN where nothing here can answer.
    band
        Low and high, infinite where only a sign was published; of an order zero itself is no pass.
    unit
        Of both.
    where
        Measure and walk, formula or file that the value is from.
    gates
        False where the part is only shown.
    """

    what: str
    value: float
    band: tuple[float, float]
    unit: str
    where: str
    gates: bool = True

    @property
    def outcome(self) -> Outcome:
        """Whether the value lies in the band."""
        if not math.isfinite(self.value):
            return Outcome.UNTESTABLE
        low, high = self.band
        sign = math.isinf(low) or math.isinf(high)
        inside = low < self.value < high if sign else low <= self.value <= high
        return Outcome.PASS if inside else Outcome.FAIL


@dataclass(frozen=True, slots=True)
class Check:
    """One target with what it comes to.

    Attributes
    ----------
    name, target
        As published.
    parts
        Its numbers.
    reason
        Why it cannot be tested here, or nothing.
    """

    name: str
    target: Target
    parts: tuple[Part, ...]
    reason: str = ""

    @property
    def outcome(self) -> Outcome:
        """Fail if a part that gates does; a target that was not seen cannot pass."""
        told = {part.outcome for part in self.parts if part.gates}
        if Outcome.FAIL in told and self.target.gates:
            return Outcome.FAIL
        if Outcome.PASS in told and self.target.gates:
            return Outcome.PASS
        return Outcome.UNTESTABLE

    @property
    def verdict(self) -> str:
        """The outcome, and how many of its numbers pass where not all do."""
        gating = [part.outcome for part in self.parts if part.gates]
        passed = gating.count(Outcome.PASS)
        partly = self.outcome != Outcome.UNTESTABLE and passed < len(gating)
        return f"{self.outcome.value}, {passed} of {len(gating)}" if partly else self.outcome.value

    @property
    def remark(self) -> str:
        """What a reader must know: why not, what is missing, what the target rests on."""
        said = [self.reason] if self.reason else []
        missing = [p.what for p in self.parts if p.gates and p.outcome == Outcome.UNTESTABLE]
        if missing and not self.reason:
            said.append(f"no answer here: {', '.join(missing)}")
        if not self.target.gates:
            said.append("not every number was seen at its source, so it gates nothing")
        if self.target.note:
            said.append(self.target.note)
        return "; ".join(said)


def render(checks: Sequence[Check], console: Console | None = None) -> None:
    """Print a line per target with its numbers, and what they rest on below."""
    console = console or Console()
    table = Table(title="Targets", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("target", ratio=3, overflow="fold")
    table.add_column("what we get", ratio=4, overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("source", ratio=2, overflow="fold")
    table.expand = True
    for check in checks:
        got = Text()
        for row, part in enumerate(check.parts):
            got.append("\n" if row else "")
            got.append(_told(part), style="red" if part.gates and part.outcome == Outcome.FAIL else "")
        table.add_row(
            check.name,
            Text(f"{check.target.about}: {check.target.target}"),
            got if check.parts else Text(NO_ANSWER),
            Text(check.verdict, style=_STYLES[check.outcome]),
            Text(", ".join(_short(source.citation) for source in check.target.cited)),
            end_section=True,
        )
    console.print(table)
    for check in checks:
        if check.remark:
            console.print(Text(f"{check.name}: {check.remark}", style="dim"))
    console.print(Text(FOREWORD, style="dim"))
    console.print(Text(summary_of(checks), style="bold"))


def summary_of(checks: Sequence[Check]) -> str:
    """One line: how many of each outcome."""
    count = Counter(check.outcome for check in checks)
    return f"{len(checks)} targets: " + ", ".join(f"{count[one]} {one.value}" for one in Outcome)


def write(checks: Sequence[Check], folder: Path) -> None:
    """Write ``targets.csv``, a row per number, and ``targets.md``, a row per target.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    header = (
        "target", "number", "value", "low", "high", "unit", "verdict", "gates", "from", "rows", "source",
    )  # fmt: skip
    write_sheet(folder / CHECKS_CSV, header, _rows(checks))
    with replacing(folder / PAGE) as partial:
        partial.write_text("\n".join(_page(checks)) + "\n", encoding="utf-8")


def _rows(checks: Sequence[Check]) -> Iterator[list[str]]:
    for check in checks:
        cited = "; ".join(f"{one.citation} {one.doi}".strip() for one in check.target.cited)
        for part in check.parts:
            gates = "yes" if part.gates and check.target.gates else "no"
            yield [
                check.name, part.what, *map(number, (part.value, *part.band)), part.unit, part.outcome.value,
                gates, part.where, check.target.rows, cited,
            ]  # fmt: skip


def _page(checks: Sequence[Check]) -> Iterator[str]:
    yield "# Targets\n"
    yield f"{FOREWORD}\n"
    yield f"{summary_of(checks)}. Every number with the walk it is from: `{CHECKS_CSV}`.\n"
    yield "| | check | target | what we get | verdict | source |"
    yield "|---|---|---|---|---|---|"
    for check in checks:
        got = "<br>".join(_told(part) for part in check.parts) or NO_ANSWER
        cited = "<br>".join(f"{one.citation} {one.doi}".strip() for one in check.target.cited)
        cells = (check.name, check.target.about, check.target.target, got, check.verdict, cited)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
    yield from (f"* {check.name}: {check.remark}" for check in checks if check.remark)


def _told(part: Part) -> str:
    """A number beside its band, and whether it is only shown."""
    low, high = part.band
    value = answer(part.value, ".3g")
    if math.isinf(high):
        band = f"> {low:g}"
    elif math.isinf(low):
        band = f"< {high:g}"
    else:
        band = f"{low:g} to {high:g}"
    unit = "" if part.unit == "1" else f" {part.unit}"
    return f"{part.what}: {value}{unit} ({band})" + ("" if part.gates else ", shown only")


def _short(citation: str) -> str:
    """First author and year, as far as a citation begins with them."""
    year = next((word for word in citation.replace(";", " ").split() if word[:4].isdigit()), "")
    return f"{citation.partition(' ')[0].rstrip('.,')} {year[:4]}".strip()
