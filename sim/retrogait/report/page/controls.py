"""What the reader chooses: lines, leg, alignment, bands. Plain form elements, which a keyboard works."""

from collections.abc import Mapping, Sequence
from html import escape

from retrogait.report.page.lines import Line

MOST_DRAWN = 6
"""Lines at once: as many as colour and dash tell apart."""

ALIGNMENTS: Mapping[str, str] = {
    "percent": "per cent of the cycle",
    "events": "by events",
    "reversed": "retro in reversed time",
}
"""How curves are laid over each other."""


def controls(lines: Sequence[Line], pair: Sequence[int], side: str, *, grouped: bool) -> str:
    """HTML of the form, its state that of the page when it opens."""
    first, second = (*pair, None, None)[:2]
    bands = (
        {"sd": "mean and SD between conditions", "quantiles": "median and 5 to 95 % of conditions"}
        if grouped
        else {}
    )
    what = "group" if grouped else "condition"
    parts = [
        '<form id="controls" aria-label="What the curves show" autocomplete="off">',
        _select("first", f"First {what}", lines, first, none=False),
        _select("second", f"Second {what}", lines, second, none=True),
        _radios("side", "Leg", {"right": "right", "left": "left"}, side),
        _radios("align", "Alignment", ALIGNMENTS, "percent"),
        _radios("band", "Bands", bands, "sd") if bands else "",
        '<label class="tick"><input type="checkbox" name="published" checked> published values</label>',
        f"<details><summary>More {what}s, up to {MOST_DRAWN} at once</summary>"
        '<fieldset class="more"><legend class="unseen">More lines</legend>',
        *(
            f'<label><input type="checkbox" name="more" value="{row}"> {escape(_told(line))}</label>'
            for row, line in enumerate(lines)
        ),
        "</fieldset></details>",
        '<p id="told" class="soft" role="status">Curves are drawn by a script; tables need none.</p>',
        "</form>",
    ]
    return "\n".join(filter(None, parts))


def _told(line: Line) -> str:
    """Name of a line that says how it was walked and where it is from."""
    if line.group:
        return line.name
    return f"{line.name}: {line.walk} ({line.origin})"


def _select(name: str, label: str, lines: Sequence[Line], chosen: int | None, *, none: bool) -> str:
    options = ['<option value="">none</option>'] if none else []
    for direction in dict.fromkeys(line.direction for line in lines):
        options.append(f'<optgroup label="{escape(direction)}">')
        options += [
            f'<option value="{row}"{" selected" if row == chosen else ""}>{escape(_told(line))}</option>'
            for row, line in enumerate(lines)
            if line.direction == direction
        ]
        options.append("</optgroup>")
    return f'<label class="pick">{escape(label)}<select name="{name}">{"".join(options)}</select></label>'


def _radios(name: str, legend: str, options: Mapping[str, str], chosen: str) -> str:
    buttons = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{" checked" if value == chosen else ""}> '
        f"{escape(text)}</label>"
        for value, text in options.items()
    )
    return f'<fieldset class="radios"><legend>{escape(legend)}</legend>{buttons}</fieldset>'
