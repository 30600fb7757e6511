"""How objects look in a notebook: one small table in HTML, in the reader's own colours, escaped."""

from collections.abc import Iterable, Sequence
from html import escape

# Nothing here names a colour of ink or paper, so that it reads on white and on black; a notebook's own style
# would align cells to the right and stripe the rows.
_LINE = "border-bottom:1px solid rgba(128,128,128,.35)"
_CELL = f"text-align:left;vertical-align:top;padding:.15em 1.2em .15em 0;background:none;{_LINE}"
_NUMBER = _CELL.replace("left", "right")


def card(
    title: str,
    facts: Iterable[tuple[str, str]],
    *,
    notes: Iterable[str] = (),
    tables: Iterable[str] = (),
) -> str:
    """One object at a glance.

    Parameters
    ----------
    title
        What it is.
    facts
        Name and words; a line feed in words begins a new line.
    notes
        What a reader must know, as a list below.
    tables
        HTML of `folded` tables, which stand at the end.

    Returns
    -------
    str
        HTML that needs no style sheet and no script.
    """
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{_CELL};font-weight:600">{escape(name)}</th>'
        f'<td style="{_CELL}">{_lines(words)}</td></tr>'
        for name, words in facts
    )
    told = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        '<div class="retrogait" style="max-width:60em">'
        f'<p style="margin:.3em 0"><strong>{escape(title)}</strong></p>'
        f'<table style="border-collapse:collapse;margin:0"><tbody>{rows}</tbody></table>'
        + (f'<ul style="margin:.5em 0;padding-left:1.4em">{told}</ul>' if told else "")
        + "".join(tables)
        + "</div>"
    )


def folded(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0) -> str:
    """Table that opens on a click, its last `numbers` columns aligned as numbers."""
    words = len(head) - numbers
    styles = [_CELL] * words + [_NUMBER] * numbers
    top = "".join(
        f'<th scope="col" style="{style}">{escape(name)}</th>'
        for style, name in zip(styles, head, strict=True)
    )
    body = "".join(
        '<tr style="background:none">'
        + "".join(f'<td style="{style}">{_lines(cell)}</td>' for style, cell in zip(styles, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<details style="margin:.4em 0"><summary>{escape(title)}</summary>'
        f'<table style="border-collapse:collapse;margin:.3em 0"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></details>"
    )


def _lines(words: str) -> str:
    return "<br>".join(escape(line) for line in words.splitlines())
