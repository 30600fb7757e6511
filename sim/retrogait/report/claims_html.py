"""The page of claims as one HTML file: no network, no script; for a phone, in the dark and on paper."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from retrogait.claims import Agreement, Book, Dose, Judged, Outcome, Verdict, Weakness
from retrogait.claims.judge import Tested
from retrogait.report.claims_bars import draw_bars, legend
from retrogait.report.claims_doses import HEAD, dose_rows
from retrogait.report.claims_words import (
    FOREWORD,
    article,
    bound_of,
    caveats,
    literature,
    names_of,
    number,
    preferred_speeds,
    sources,
    spanned,
    tally,
    title,
)
from retrogait.report.page.shell import document

TITLE = "Claims about walking backwards"

STYLE = """
td.file{color:var(--soft);overflow-wrap:anywhere;min-width:10rem}
figure{margin:.5rem 0;max-width:30rem}svg{width:100%;height:auto;font:9px system-ui,sans-serif}
svg text{fill:var(--ink)}rect.forward,.key.forward{fill:var(--forward);background:var(--forward)}
rect.retro,.key.retro{fill:var(--retro);background:var(--retro)}
path{fill:none;stroke:var(--soft)}path.span{stroke:var(--ink);stroke-width:1.2}
path.limit{stroke:var(--ink);stroke-dasharray:3 2}
.key{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 0}
.good{color:var(--good)}.bad{color:var(--bad)}.mixed{color:var(--mixed)}.none{color:var(--soft)}
.good,.bad,.mixed{font-weight:600}
"""

_CLASS: Mapping[str, str] = {
    Verdict.SUPPORTED: "good",
    Verdict.CONTRADICTED: "bad",
    Verdict.DEPENDS: "mixed",
    Agreement.AGREE: "good",
    Agreement.IN_PART: "mixed",
    Agreement.DISAGREE: "bad",
    Outcome.AS_CLAIMED: "good",
    Outcome.OPPOSITE: "bad",
}


def to_html(
    book: Book, judged: Sequence[Judged], doses: Sequence[Dose], weaknesses: Mapping[str, Weakness]
) -> str:
    """Page of claims, complete in itself."""
    parts = [
        f"<h1>{TITLE}</h1>",
        *(f"<p>{escape(text)}</p>" for text in FOREWORD),
        f'<p class="soft">{escape(preferred_speeds(book))}</p>',
        f"<p><strong>{escape(tally(list(judged)))}.</strong></p>",
        *_index(judged),
        *(part for one in judged for part in _section(one, book, weaknesses)),
        *_doses(doses),
    ]
    return document(TITLE, "\n".join(parts), style=STYLE)


def _marked(text: str, kind: str) -> str:
    return f'<span class="{_CLASS.get(kind, "none")}">{escape(text)}</span>'


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Table of cells that are HTML already, the last of each row a file."""
    yield '<div class="wide"><table><thead><tr>'
    yield "".join(f"<th>{escape(name)}</th>" for name in head) + "</tr></thead><tbody>"
    for row in rows:
        cells = "".join(f"<td>{cell}</td>" for cell in row[:-1])
        yield f'<tr>{cells}<td class="file">{row[-1]}</td></tr>'
    yield "</tbody></table></div>"


def _index(judged: Sequence[Judged]) -> Iterator[str]:
    yield from _table(
        ("", "claim", "simulation", "literature", "the two"),
        (
            (
                f'<a href="#{one.claim.id}">{one.claim.id}</a>',
                escape(one.claim.text),
                _marked(one.label, one.verdict),
                escape(one.claim.literature.verdict),
                _marked(one.agreement, one.agreement),
            )
            for one in judged
        ),
    )


def _section(judged: Judged, book: Book, weaknesses: Mapping[str, Weakness]) -> Iterator[str]:
    claim = judged.claim
    yield f'<section id="{claim.id}"><h2>{claim.id} · {escape(claim.text)}</h2><dl>'
    read = "; ".join(article(name, book.article[name]) for name in claim.articles)
    yield f"<dt>articles</dt><dd>{escape(read)}</dd>"
    yield f"<dt>simulation</dt><dd>{_marked(judged.label, judged.verdict)}. {escape(judged.words)}.</dd>"
    yield f"<dt>literature</dt><dd>{escape(literature(claim.literature))}</dd>"
    yield f"<dt>the two</dt><dd>{_marked(judged.agreement, judged.agreement)}</dd></dl>"
    told = [f"<li>{escape(text)}</li>" for text in caveats(judged, weaknesses)]
    if told:
        yield f'<ul class="soft">{"".join(told)}</ul>'
    for tested in judged.tests:
        yield from _test(tested)
    yield "</section>"


def _test(tested: Tested) -> Iterator[str]:
    yield f"<h3>{escape(title(tested))}: {_marked(tested.verdict, tested.verdict)}</h3>"
    yield f'<p class="soft"><code>{escape(tested.test.quantity)}</code></p>'
    picture = draw_bars(tested)
    if picture:
        yield f"<figure>{picture}<figcaption>{legend(tested)}</figcaption></figure>"
    first, second = names_of(tested)
    yield from _table(
        ("at", first or "bound", second, "difference", "outcome", "read from"),
        (
            (
                escape(pair.place) + (" (preferred)" if pair.at == "preferred" else ""),
                escape(spanned(pair.first) or bound_of(tested)),
                escape(spanned(pair.second)),
                number(pair.difference),
                _marked(pair.outcome, pair.outcome) + (f": {escape(pair.reason)}" if pair.reason else ""),
                escape(sources(pair)),
            )
            for pair in tested.pairs
        ),
    )


def _doses(doses: Sequence[Dose]) -> Iterator[str]:
    if not doses:
        return
    yield "<section><h2>Doses: impulse of the contact force of one knee</h2>"
    yield from _table(
        (*HEAD, "read from"),
        ([escape(cell) for cell in row] for one in doses for row in dose_rows(one)),
    )
    yield "<ul>"
    for one in doses:
        protocol = one.protocol
        days = f" On {protocol.days:g} days a week." if protocol.days else ""
        text = f"{protocol.id}: {protocol.text}{days} {literature(protocol.literature)}. {protocol.note}"
        yield f"<li>{escape(text.strip())}</li>"
    yield "</ul></section>"
