"""The explorer's page: its controls as HTML that works without a mouse, its scripts and styles inlined."""

from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files

from retrogait.report.explorer.pack import pack
from retrogait.report.explorer.walk import Walk
from retrogait.report.page.shell import document, packed

TITLE = "Forward and retro walking: what the knee feels"

SCRIPTS = (
    "pack.js",
    "colours.js",
    "shapes.js",
    "figure.js",
    "charts.js",
    "words.js",
    "feel.js",
    "link.js",
    "state.js",
    "choose.js",
    "show.js",
    "time.js",
    "explorer.js",
    "live.js",
)
"""In the order in which they are read: each uses those before it."""

PREDICTED = (
    "Predicted: nobody walked this. Every motion is what one planar model would do, under a cost that was "
    "fitted to level forward walking alone. Read a difference only where it is larger than the span beside "
    "the peaks."
)

RECORDED = "Recorded walks: joint and muscle forces are estimates of a model, not measured."

MIXED = "Some of these walks are predicted: nobody walked those. Each says which it is."

ABOUT = (
    "The sliders stop at computed walks only, and every frame is one that was computed: nothing between them "
    "is made up. Uphill and downhill are meant in the direction of travel. A ghost is shown at the same per "
    "cent of its own gait cycle, so that the same foot meets the ground in both."
)


@cache
def asset(name: str) -> str:
    """Text of a script, style or piece of HTML that lies beside this module."""
    return files(__package__).joinpath(name).read_text("utf-8")


def page(walks: Sequence[Walk], *, token: str = "", source: str = "") -> str:
    """Page of some walks, complete in itself.

    Parameters
    ----------
    walks
        In any order; names must differ.
    token
        Of the server that predicts further walks; "" for a page without one.
    source
        Where the walks are from, for the foot of the page; plain text.
    """
    live = asset("live.html").replace("$TOKEN", escape(token, quote=True)) if token else ""
    body = asset("explorer.html").replace("$FOREWORD", escape(_foreword(walks))).replace("$LIVE", live)
    return document(
        TITLE,
        body.replace("$ABOUT", escape(ABOUT)),
        style=asset("explorer.css"),
        script="\n".join(asset(name) for name in SCRIPTS),
        payload=packed("walks", pack(walks)),
        header=f"<h1>{escape(TITLE)}</h1>",
        footer=f'<p class="soft">{escape(source)}</p>' if source else "",
    )


def _foreword(walks: Sequence[Walk]) -> str:
    origins = {walk.origin for walk in walks}
    if origins == {"predicted"}:
        return PREDICTED
    return MIXED if "predicted" in origins else RECORDED
