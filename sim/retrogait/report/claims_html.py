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

TITLE = "Claims about walking backwards"

STYLE = """
:root{--ink:#1b1f24;--soft:#57606a;--paper:#fff;--card:#f6f8fa;--line:#d0d7de;--forward:#0072b2;--retro:#d55e00;
--good:#1a7f37;--bad:#b3261e;--mixed:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4ae;--paper:#0d1117;--card:#161b22;
--line:#30363d;--forward:#56b4e9;--retro:#f0883e;--good:#56d364;--bad:#ff8a80;--mixed:#e3b341}}
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:64rem;padding:1rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.1rem;margin:0 0 .5rem;line-height:1.35}
h3{font-size:1rem;margin:1rem 0 .25rem}
a{color:inherit}
section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem .75rem;margin:0}dt{color:var(--soft)}dd{margin:0}
.soft,figcaption{color:var(--soft);font-size:.875rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;width:100%}
th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}
code{overflow-wrap:anywhere}td.file{color:var(--soft);overflow-wrap:anywhere;min-width:10rem}
figure{margin:.5rem 0;max-width:30rem}svg{width:100%;height:auto;font:9px system-ui,sans-serif}
svg text{fill:var(--ink)}rect.forward,.key.forward{fill:var(--forward);background:var(--forward)}
rect.retro,.key.retro{fill:var(--retro);background:var(--retro)}
path{fill:none;stroke:var(--soft)}path.span{stroke:var(--ink);stroke-width:1.2}
path.limit{stroke:var(--ink);stroke-dasharray:3 2}
.key{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 0}
.good{color:var(--good)}.bad{color:var(--bad)}.mixed{color:var(--mixed)}.none{color:var(--soft)}
.good,.bad,.mixed{font-weight:600}
ul{padding-left:1.2rem;margin:.5rem 0}
@media print{body{max-width:none;font-size:11px}figure,table,dl{break-inside:avoid}section{border-color:#999}}
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
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{TITLE}</title><style>{STYLE}</style></head><body>",
        f"<h1>{TITLE}</h1>",
        *(f"<p>{escape(text)}</p>" for text in FOREWORD),
        f'<p class="soft">{escape(preferred_speeds(book))}</p>',
        f"<p><strong>{escape(tally(list(judged)))}.</strong></p>",
        *_index(judged),
        *(part for one in judged for part in _section(one, book, weaknesses)),
        *_doses(doses),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


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
