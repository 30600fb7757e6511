"""Claims as files: a row per comparison, everything as JSON, doses, and the two pages."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from retrogait import __version__
from retrogait.claims import Book, Dose, Judged, Weakness
from retrogait.claims.judge import Value
from retrogait.io.atomic import replacing
from retrogait.io.sheet import number, write_sheet
from retrogait.report.claims_doses import HEAD, dose_rows
from retrogait.report.claims_html import to_html
from retrogait.report.claims_markdown import to_markdown
from retrogait.report.claims_words import names_of

ROWS, RECORD, DOSES, PAGE, WEB = "claims.csv", "claims.json", "doses.csv", "claims.md", "claims.html"

COLUMNS = (
    "claim", "text", "verdict", "depends on", "literature", "literature rows", "agreement", "touches",
    "test", "quantity", "unit", "counts", "test verdict", "at", "place",
    "first", "first value", "first low", "first high", "first files",
    "second", "second value", "second low", "second high", "second files",
    "low bound", "high bound", "difference", "outcome", "reason",
)  # fmt: skip


def write_claims(
    folder: Path,
    book: Book,
    judged: Sequence[Judged],
    doses: Sequence[Dose],
    weaknesses: Mapping[str, Weakness],
) -> list[Path]:
    """Write tables and pages of claims.

    Parameters
    ----------
    folder
        Where the results lie that the numbers were read from.

    Returns
    -------
    list of Path
        `ROWS`, `RECORD`, `DOSES`, `PAGE` and `WEB` in ``folder``.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    write_sheet(folder / ROWS, COLUMNS, (row for one in judged for row in _rows(one)))
    write_sheet(folder / DOSES, (*HEAD, "files"), (row for one in doses for row in dose_rows(one)))
    record = {
        "about": "claims beside predicted walks; measures are the mean of measure_mean over both sides of "
        "the files, parts by their shares",
        "retrogait": __version__,
        "speeds": book.speeds,
        "articles": book.article,
        "claims": judged,
        "protocols": doses,
        "weaknesses": weaknesses,
    }
    texts = {
        RECORD: msgspec.json.format(msgspec.json.encode(record), indent=1).decode() + "\n",
        PAGE: to_markdown(book, judged, doses, weaknesses),
        WEB: to_html(book, judged, doses, weaknesses),
    }
    for name, text in texts.items():
        with replacing(folder / name) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in (ROWS, RECORD, DOSES, PAGE, WEB)]


def _rows(judged: Judged) -> Iterator[list[str]]:
    """One row for every comparison; one alone for a claim that has none."""
    claim = judged.claim
    head = [
        claim.id, claim.text, judged.verdict, " ".join(judged.on), claim.literature.verdict,
        " ".join(claim.literature.rows), judged.agreement, " ".join(claim.touches),
    ]  # fmt: skip
    if not judged.tests:
        yield [*head, *([""] * (len(COLUMNS) - len(head) - 1)), judged.words]
    for tested in judged.tests:
        test = tested.test
        first, second = names_of(tested)
        for pair in tested.pairs:
            yield [
                *head, test.about, test.quantity, tested.unit, "yes" if test.counts else "no",
                tested.verdict, pair.at, pair.place,
                first, *_value(pair.first), second, *_value(pair.second),
                _plain(test.low), _plain(test.high), _plain(pair.difference), pair.outcome, pair.reason,
            ]  # fmt: skip


def _value(value: Value | None) -> list[str]:
    if value is None:
        return [""] * 4
    files = " + ".join(map(str, value.parts))
    return [_plain(value.value), _plain(value.low), _plain(value.high), files]


def _plain(value: float | None) -> str:
    return "" if value is None else number(value, 9)
