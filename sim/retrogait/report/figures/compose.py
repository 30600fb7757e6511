"""A sheet of panels with its legend above and its notes below, and the file it is stored in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import numpy as np
from matplotlib import style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from retrogait.arrays import Floats, runs
from retrogait.errors import ConfigError, ResultError
from retrogait.io.atomic import replacing
from retrogait.io.provenance import installed
from retrogait.io.text import suggestion
from retrogait.report.figures.style import FAINT, MILLIMETRE, MISSING, SOFT, Size, settings

SUFFIXES = (".pdf", ".svg", ".png")
"""Kinds of files; the first two are vector graphics."""

DPI = 300
"""Of a PNG [1/in]: the least that journals take for pictures with text."""

_LETTER = 0.54
"""Mean width of a letter of DejaVu Sans over its size [1]."""

_LINE, PATCH = 2.6, 1.5
"""Length of a line, long enough for its dashes, and of a patch in a legend, over the size of the text [1]."""

_LEADING = 1.35
"""From one line of text to the next, over its size [1]."""

_POINT = 1.0 / 72.0  # inch

_LEFT = 0.55
"""Of the height of a slide for its panels, under the longest legend and above the longest notes [1]."""

_TIED = "\N{NO-BREAK SPACE}"

_AXIS = 0.68
"""Height of the upright axis over that of its panel, the rest being title, numbers and label below [1]."""

_EDGE = 0.008
"""Left free at either side, where the number at the end of an axis would else touch the edge [1]."""


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """A figure that is ready to be stored.

    Attributes
    ----------
    figure
        Of matplotlib.
    size
        It is made for.
    title
        Stored in the file, for who has nothing else.
    digest
        SHA-256 that tells which numbers it was made of.
    """

    figure: Figure
    size: Size
    title: str
    digest: str

    def save(self, path: Path, *, dpi: int = DPI) -> None:
        """Store as PDF, SVG or PNG by suffix; the same figure gives the same bytes.

        Parameters
        ----------
        path
            File to write, its folder made if need be.
        dpi
            Of a PNG.

        Raises
        ------
        ConfigError
            The suffix is none of `SUFFIXES`.
        ResultError
            The file cannot be written.
        """
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            found = repr(suffix) if suffix else "no suffix"
            raise ConfigError(
                f"{path}: {found}{suggestion(suffix, SUFFIXES)}, expected a file {', '.join(SUFFIXES)}"
            )
        try:
            with replacing(path) as partial, style.context(["default", settings(self.size)]):
                self.figure.savefig(partial, format=suffix[1:], dpi=dpi, metadata=self._metadata(suffix))
        except OSError as error:
            raise ResultError(f"{path}: cannot be written ({error.strerror or error})") from error

    def _metadata(self, suffix: str) -> dict[str, str | None]:
        creator = f"retrogait {installed('retrogait')}"
        source = f"provenance sha256:{self.digest}"
        if suffix == ".pdf":
            return {"Title": self.title, "Subject": source, "Creator": creator, "CreationDate": None}
        if suffix == ".svg":
            return {"Title": self.title, "Description": source, "Creator": creator, "Date": None}
        return {"Title": self.title, "Description": source, "Software": creator}


@contextmanager
def drawing(size: Size) -> Iterator[None]:
    """Matplotlib as this package sets it, whatever the user's own settings are; they come back at the end."""
    with style.context(["default", settings(size)]):
        yield


def grid(
    size: Size, rows: int, columns: int, notes: Sequence[str], *, legend: int = 1
) -> tuple[Figure, list[list[Axes]]]:
    """Figure with rows and columns of empty panels, notes already in place.

    Parameters
    ----------
    size
        It is made for.
    rows, columns
        Of panels.
    notes
        Below the panels, each from a line of its own.
    legend
        Lines that the legend above will have.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : list of list of matplotlib.axes.Axes
        By row and column.
    """
    width = size.width * MILLIMETRE
    letters = int((width - 2 * size.note * _POINT) / (_LETTER * size.note * _POINT))
    lines = [line for note in notes for line in wrap(note, letters)]
    foot = (len(lines) + 0.6) * _LEADING * size.note * _POINT if lines else 0.0
    head = legend * 1.6 * size.text * _POINT
    height = head + rows * size.panel * MILLIMETRE + foot
    if size.height is not None:
        height = size.height * MILLIMETRE
    figure = Figure(figsize=(width, height), layout="constrained")
    engine = figure.get_layout_engine()
    if engine is not None:
        inner = (_EDGE, foot / height, 1.0 - 2.0 * _EDGE, 1.0 - foot / height)
        engine.set(rect=inner)  # type: ignore[call-arg]
    for row, line in enumerate(lines):
        y = foot - (row + 0.9) * _LEADING * size.note * _POINT
        figure.text(size.note * _POINT / width, y / height, line, fontsize=size.note, color=SOFT)
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, [list(row) for row in axes]


def letters(panels: Sequence[Axes]) -> None:
    """Mark panels a, b, c where there are several."""
    if len(panels) > 1:
        for letter, panel in zip("abcdefghijklmnopqrstuvwxyz", panels, strict=False):
            panel.set_title(letter, loc="left", fontweight="bold")


def legend_columns(size: Size, names: Sequence[str], handle: float = _LINE) -> int:
    """Entries that fit beside one another above the panels.

    Parameters
    ----------
    size, names
        Of the figure, and of the entries.
    handle
        Length of what stands before a name, over the size of the text [1].
    """
    entry = (max(map(len, names), default=1) * _LETTER + handle + 2.0) * size.text * _POINT
    return max(1, min(len(names), int(size.width * MILLIMETRE / entry)))


def legend(figure: Figure, size: Size, handles: Sequence[Artist], handle: float = _LINE) -> None:
    """Legend above all panels."""
    columns = legend_columns(size, [str(one.get_label()) for one in handles], handle)
    figure.legend(
        handles=list(handles),
        loc="outside upper center",
        ncols=columns,
        handlelength=handle,
        columnspacing=1.2,
    )


def cycle_axis(panel: Axes, text: str) -> None:
    """Axis of a whole gait cycle."""
    panel.set_xlim(0.0, 100.0)
    panel.set_xticks([0, 20, 40, 60, 80, 100])
    panel.set_xlabel(text)


def upright(panel: Axes, size: Size, text: str) -> None:
    """Label of the upright axis, in even lines where it is longer than the axis; its unit stays whole."""
    figure, place = panel.get_figure(root=True), panel.get_subplotspec()
    row = size.panel * MILLIMETRE
    if size.height is not None and figure and place:  # panels have what notes and legend leave
        row = min(row, _LEFT * figure.get_figheight() / place.get_gridspec().nrows)
    most = int(_AXIS * row / (_LETTER * size.text * _POINT))
    said, bracket, of = text.partition("[")
    text = said + bracket + of.replace(" ", _TIED)
    lines = len(wrap(text, most))
    even = next(width for width in range(-(-len(text) // lines), most + 1) if len(wrap(text, width)) == lines)
    panel.set_ylabel("\n".join(wrap(text, even)).replace(_TIED, " "))


def outer_labels(panels: Sequence[Axes], columns: int) -> None:
    """Leave labels to the first panel of each row and the last of each column, as all show the same axes."""
    for place, panel in enumerate(panels):
        if place % columns:
            panel.set_ylabel("")
        if place + columns < len(panels):
            panel.set_xlabel("")


def hatch_gaps(panel: Axes, percent: Floats, curves: Sequence[Floats]) -> bool:
    """Hatch where a curve has no answer; whether there is such a place."""
    known = np.all([np.isfinite(curve) for curve in curves if np.isfinite(curve).any()], axis=0)
    spans = runs(~np.atleast_1d(known))
    for first, last in spans:
        left, right = percent[max(first - 1, 0)], percent[min(last, percent.size - 1)]
        panel.axvspan(left, right, facecolor="none", edgecolor=FAINT, hatch=MISSING, linewidth=0.0, zorder=0)
    return bool(spans.size)


def missing_patch(text: str) -> Patch:
    """Entry of a legend for what is hatched."""
    return Patch(facecolor="white", edgecolor=FAINT, hatch=MISSING, label=text)


def zero_line(panel: Axes) -> None:
    """Line at zero where the panel holds both signs."""
    low, high = panel.get_ylim()
    if low < 0.0 < high:
        panel.axhline(0.0, color=SOFT, linewidth=0.4, zorder=1)
