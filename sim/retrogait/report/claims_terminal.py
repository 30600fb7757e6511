"""Claims on the screen: all in short, or some in full."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from retrogait.claims import Agreement, Book, Dose, Judged, Outcome, Verdict, Weakness
from retrogait.report.claims_doses import HEAD, dose_rows
from retrogait.report.claims_words import (
    FOREWORD,
    article,
    bound_of,
    caveats,
    glance,
    literature,
    names_of,
    number,
    preferred_speeds,
    spanned,
    tally,
    title,
    walks_of,
)

_STYLES: Mapping[str, str] = {
    Verdict.SUPPORTED: "green",
    Verdict.CONTRADICTED: "red",
    Verdict.DEPENDS: "yellow",
    Verdict.UNDECIDED: "dim",
    Verdict.NOT_COMPUTED: "dim",
    Verdict.OUT: "dim",
    Agreement.AGREE: "green",
    Agreement.IN_PART: "yellow",
    Agreement.DISAGREE: "red",
    Agreement.NOTHING: "dim",
    Outcome.AS_CLAIMED: "green",
    Outcome.OPPOSITE: "red",
}


def render_short(judged: Sequence[Judged], doses: Sequence[Dose], console: Console) -> None:
    """Print one row for every claim, and what every protocol loads the knee with."""
    for text in FOREWORD[1:]:
        console.print(text, style="dim", markup=False)
    table = Table(box=None, pad_edge=False, show_lines=False, padding=(0, 1, 1, 0))
    table.add_column("id", no_wrap=True)
    table.add_column("claim", ratio=4)
    table.add_column("simulation", ratio=2)
    table.add_column("one of its numbers", ratio=4)
    table.add_column("literature", min_width=12)
    table.add_column("the two", ratio=1, min_width=10)
    for one in judged:
        table.add_row(
            one.claim.id,
            Text(one.claim.text),
            Text(one.label, style=_STYLES[one.verdict]),
            Text(glance(one) or one.words, style="" if glance(one) else "dim"),
            Text(one.claim.literature.verdict),
            Text(one.agreement, style=_STYLES[one.agreement]),
        )
    console.print(table)
    render_doses(doses, console)
    console.print(Text(tally(list(judged)), style="bold"))


def render_full(
    judged: Sequence[Judged], book: Book, weaknesses: Mapping[str, Weakness], console: Console
) -> None:
    """Print claims with every number, where it was read, and what bears on it."""
    for one in judged:
        claim = one.claim
        console.print(Text(f"{claim.id}  {claim.text}", style="bold"))
        for name in claim.articles:
            console.print(Text(f"  {article(name, book.article[name])}", style="dim"))
        console.print(Text("simulation: ").append(one.label, style=_STYLES[one.verdict]))
        console.print(Text(f"  {one.words}."))
        console.print(Text(f"literature: {literature(claim.literature)}"))
        console.print(Text("the two: ").append(one.agreement, style=_STYLES[one.agreement]))
        for tested in one.tests:
            first, second = names_of(tested)
            table = Table(
                title=escape(f"{title(tested)}: {tested.verdict} ({tested.test.quantity})"),
                title_justify="left",
                box=None,
                pad_edge=False,
            )
            for head in ("at", first or "bound", second, "difference", "outcome", "read from"):
                table.add_column(head, overflow="fold")
            for pair in tested.pairs:
                table.add_row(
                    f"{pair.place}{' (preferred)' if pair.at == 'preferred' else ''}",
                    spanned(pair.first) or bound_of(tested),
                    spanned(pair.second),
                    number(pair.difference),
                    Text(
                        f"{pair.outcome}{': ' + pair.reason if pair.reason else ''}",
                        style=_STYLES.get(pair.outcome, "dim"),
                    ),
                    Text(walks_of(pair), style="dim"),
                )
            console.print(table)
        for text in caveats(one, weaknesses):
            console.print(Text(f"  {text}", style="dim"))
        if any(tested.preferred for tested in one.tests):
            console.print(Text(f"  {preferred_speeds(book)}", style="dim"))
        console.print()


def render_doses(doses: Sequence[Dose], console: Console) -> None:
    """Print what protocols load one knee with."""
    rows = [row for one in doses for row in dose_rows(one)]
    if not rows:
        return
    table = Table(
        title="Doses: impulse of the contact force of one knee",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for place, head in enumerate(HEAD):
        table.add_column(Text(head), justify="left" if place < 2 else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row[: len(HEAD)]))
    console.print(table)
