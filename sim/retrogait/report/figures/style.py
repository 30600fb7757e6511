"""Sizes of journals and slides, one set of colours, and how text and fonts are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

MILLIMETRE = 1.0 / 25.4
"""In inches, in which matplotlib measures."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a figure is made for.

    Attributes
    ----------
    width
        Of the whole figure [mm].
    panel
        Height of one row of panels [mm].
    columns
        Panels that stand side by side.
    text
        Size of all text but notes [pt].
    line
        Width of a curve [pt].
    height
        Of the whole figure where it is given, as of a slide; else as the panels need [mm].
    """

    width: float
    panel: float
    columns: int
    text: float
    line: float
    height: float | None = None

    @property
    def note(self) -> float:
        """Size of the notes below [pt]."""
        return self.text - 1.0


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        "single": Size(width=88.0, panel=52.0, columns=1, text=7.0, line=1.0),
        "double": Size(width=180.0, panel=52.0, columns=3, text=7.0, line=1.0),
        "slide": Size(width=338.7, panel=150.0, columns=3, text=16.0, line=2.4, height=190.5),
    }
)
"""By name. 88 and 180 mm fit one and two columns of Nature (89 and 183 mm, text of 5 to 7 pt:
research-figure-guide.nature.com) and of Elsevier (text of 7 pt: elsevier.com, artwork sizing; its widths,
90 and 190 mm, are from memory). A slide is 13.33 by 7.5 inches."""

INK, SOFT, FAINT = "#000000", "#555555", "#bbbbbb"

DIRECTION: Mapping[str, tuple[str, Any]] = MappingProxyType(
    {"forward": ("#0072b2", "solid"), "retro": ("#d55e00", (0, (5, 2)))}
)
"""Colour and dashes of a direction; the colours of Okabe & Ito (2008), the dashes for who sees none."""

SERIES: tuple[tuple[str, Any], ...] = (
    ("#0072b2", "solid"),
    ("#d55e00", (0, (5, 2))),
    ("#009e73", (0, (1, 1))),
    ("#cc79a7", (0, (6, 1.5, 1, 1.5))),
    ("#e69f00", (0, (8, 3))),
)
"""Colours and dashes of lines that are neither forward nor retro."""

HATCHES = ("", "//////", "......", "xxxxxx", "------", "oooooo")
"""Tell muscles of one family apart."""

MISSING = "////"
"""Hatch of what is not known."""

LIKE = "#cc79a7"
"""Contour of a load that others are compared with; of Okabe & Ito, and seen on both ends of `SHADES`."""

SHADES = "cividis"
"""Colour map of surfaces: even in lightness, and the same for every kind of colour vision."""


def settings(size: Size) -> dict[str, Any]:
    """Settings of matplotlib while a figure is drawn and stored.

    Text stays text: TrueType in a PDF (Type 42), characters in an SVG. The salt makes the ids of an SVG the
    same every time.
    """
    return {
        "font.family": "DejaVu Sans",
        "font.size": size.text,
        "axes.titlesize": size.text,
        "axes.labelsize": size.text,
        "xtick.labelsize": size.text,
        "ytick.labelsize": size.text,
        "legend.fontsize": size.text,
        "legend.frameon": False,
        "axes.linewidth": 0.6 * size.line,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.major.width": 0.6 * size.line,
        "ytick.major.width": 0.6 * size.line,
        "lines.linewidth": size.line,
        "hatch.linewidth": 0.4 * size.line,
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": "retrogait",
        "savefig.transparent": False,
    }
