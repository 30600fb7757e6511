"""One self-contained HTML file: head, style, skip link, landmarks, packed data and scripts; no network."""

import base64
import gzip
from functools import cache
from html import escape
from importlib.resources import files

MAIN = "content"
"""Id of the main landmark, where the skip link leads."""


@cache
def asset(name: str) -> str:
    """Text of a style or script that lies beside this module."""
    return files(__package__).joinpath(name).read_text("utf-8")


def document(
    title: str,
    body: str,
    *,
    style: str = "",
    script: str = "",
    payload: str = "",
    header: str = "",
    footer: str = "",
) -> str:
    """Assemble a page.

    Parameters
    ----------
    title
        Of the window; plain text.
    body
        HTML of the main landmark.
    style
        CSS after the base that all pages share (`base.css`).
    script
        JavaScript that runs once the page is parsed; `unpack`, `unpackText` and `unpackScript` are at hand.
    payload
        Holders made by `packed`.
    header, footer
        HTML of the landmarks before and after the main one; left out where empty. With a header comes a
        link that skips it.

    Returns
    -------
    str
        The file.
    """
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<link rel="icon" href="data:,">' if script else "",  # else a browser asks the host for one
        f"<title>{escape(title)}</title>",
        f"<style>\n{asset('base.css')}{style}</style></head><body>",
        f'<a class="skip" href="#{MAIN}">Skip to the content</a><header>{header}</header>' if header else "",
        f'<main id="{MAIN}" tabindex="-1">' if header else "<main>",
        body,
        "</main>",
        f"<footer>{footer}</footer>" if footer else "",
        payload,
        f"<script>\n{asset('unpack.js')}{_inlined(script)}</script>" if script else "",
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def packed(name: str, data: bytes) -> str:
    """Hold bytes in a page, gzipped; the page's ``await unpack(name)`` gives them as Uint8Array.

    Parameters
    ----------
    name
        Id of the holder.
    data
        Anything; the same bytes make the same text.
    """
    return _holder(name, gzip.compress(data, compresslevel=6, mtime=0))


@cache
def packed_plotly() -> str:
    """Plotly, held under "plotly"; ``await unpackScript("plotly")`` makes it `window.Plotly`."""
    library = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return _holder("plotly", gzip.compress(library, compresslevel=9, mtime=0))


def _holder(name: str, zipped: bytes) -> str:
    text = base64.b64encode(zipped).decode("ascii")
    return f'<script type="application/octet-stream" id="{escape(name)}">{text}</script>'


def _inlined(script: str) -> str:
    """Script that cannot end its element early."""
    return script.replace("</script", r"<\/script")
