"""The page of naturalness: what was fitted, what is a prediction, and every value with its source."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from retrogait.published import Comparison, Condition, Sense, SignTest, Source
from retrogait.report.naturalness import (
    HEAD,
    SIGN_HEAD,
    UNSEEN,
    Grid,
    cells,
    sign_cells,
    signs_summary,
    summary_of,
)

LEGEND = (
    "*inside* means that the value of the stride lies within the published band. "
    f"A `{UNSEEN}` marks a published number that nobody here has read at its source: it is shown and does "
    "not count. Numbers in square brackets are those of the sources at the end."
)


class Sources:
    """Sources in the order in which they are first cited."""

    def __init__(self) -> None:
        self._cited: dict[str, Source] = {}

    def cite(self, row: str, source: Source) -> str:
        """Id of a row, and the number of its source."""
        self._cited.setdefault(source.citation + source.note, source)
        return f"{row} [{list(self._cited).index(source.citation + source.note) + 1}]"

    def section(self) -> Iterator[str]:
        """Lines of the list at the end of the page; none without a citation."""
        if not self._cited:
            return
        yield from ("## Sources", "")
        for number, source in enumerate(self._cited.values(), start=1):
            parts = [
                source.citation,
                f"doi {source.doi}" if source.doi else "",
                source.note,
                "number seen" if source.seen else f"number not seen ({UNSEEN})",
            ]
            yield f"{number}. " + _escaped("; ".join(filter(None, parts)))


def to_markdown(
    conditions: Mapping[Condition, Sequence[Comparison]],
    signs: Mapping[Condition, Sequence[SignTest]] | None = None,
    *,
    title: str = "Beside published values",
    foreword: Sequence[str] = (),
    grids: Sequence[Grid] = (),
    beside: Mapping[Condition, Mapping[str, str]] | None = None,
    about: Mapping[Condition, str] | None = None,
) -> str:
    """Page of every comparison and every sign test that could be made, with its source and its caveat.

    Parameters
    ----------
    conditions, signs, beside
        As in `retrogait.report.naturalness.render`.
    title
        Of the page.
    foreword
        Paragraphs that stand first.
    grids
        Tables that stand before those of single conditions.
    about
        Heading of a condition, where its own words will not do.
    """
    sources = Sources()
    lines = [f"# {title}", ""]
    for paragraph in (*foreword, LEGEND):
        lines += [paragraph, ""]
    for grid in grids:
        lines += [f"## {grid.title}", "", *_grid(grid.head, grid.rows), ""]
        for note in grid.notes:
            lines += [_escaped(note), ""]
    for condition, rows in conditions.items():
        lines += [f"## {(about or {}).get(condition, str(condition))}", "", f"{summary_of(rows)}.", ""]
        extra = (beside or {}).get(condition, {})
        table = [[*cells(row, extra), sources.cite(row.row, row.source)] for row in rows]
        lines += [*_grid(HEAD, table), ""] if table else []
    for condition, tests in (signs or {}).items():
        for one in tests:
            sources.cite(one.row, one.source)
        tested = [one for one in tests if one.sense != Sense.UNTESTABLE]
        if not tested:
            continue
        lines += [f"## {condition} against forward", "", f"{signs_summary(tests)}.", ""]
        table = [[*sign_cells(one), sources.cite(one.row, one.source)] for one in tested]
        lines += [*_grid(SIGN_HEAD, table), ""]
    lines += sources.section()
    return "\n".join(lines).rstrip() + "\n"


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(_escaped(cell) for cell in row) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")
