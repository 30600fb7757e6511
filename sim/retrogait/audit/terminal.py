"""An audit on the terminal: one line where nothing was found, else a table for every severity."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.audit.finding import Finding, Severity, counted, spoils_a_load
from retrogait.audit.routes import LoadPath
from retrogait.audit.survey import listed

_TITLES = {
    Severity.WRONG: ("A knee load would be wrong", "bold red"),
    Severity.CAREFUL: ("Be careful", "bold yellow"),
    Severity.NOTE: ("Worth knowing", "bold"),
}


def render(findings: Sequence[Finding], about: str, console: Console) -> None:
    """Print the findings.

    Parameters
    ----------
    about : what was looked at, in words
    """
    console.print(Text(f"{about}: {counted(findings)}"), style="bold" if spoils_a_load(findings) else "")
    for severity, (title, style) in _TITLES.items():
        some = [finding for finding in findings if finding.severity is severity]
        if some:
            console.print()
            console.print(_table(some, Text(f"{title} ({len(some)})", style=style)))


def render_paths(paths: Sequence[LoadPath], console: Console) -> None:
    """Print where the force of every knee muscle goes."""
    table = Table(title="Load paths", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in ("knee", "muscle"):
        table.add_column(header, no_wrap=True)
    for header in ("bodies on its path", "patella held by"):
        table.add_column(header, overflow="fold")
    table.add_column("in the tibiofemoral\nreaction", no_wrap=True)
    for path in paths:
        table.add_row(
            path.side, path.muscle, Text(" → ".join(path.bodies)), Text(path.held_by),
            Text("yes" if path.in_reaction else "no", style="" if path.in_reaction else "red"),
        )  # fmt: skip
    console.print()
    console.print(table)


def _table(findings: Sequence[Finding], title: Text) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("check", no_wrap=True)
    table.add_column("about", overflow="fold", width=22)
    table.add_column("found", overflow="fold", ratio=3)
    table.add_column("why it matters, and what to do", overflow="fold", ratio=3)
    for finding in findings:
        table.add_row(
            finding.check,
            Text(listed(list(finding.objects), 6)),
            Text(finding.found),
            Text.assemble(finding.why, ". ", (f"{_capital(finding.remedy)}.", "italic")),
        )
    return table


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
