"""The explorer: one page on which walks can be chosen, watched and compared."""

from retrogait.report.explorer.pack import pack
from retrogait.report.explorer.page import page
from retrogait.report.explorer.walk import SHOWN, SIDES, Span, Walk

__all__ = ["SHOWN", "SIDES", "Span", "Walk", "pack", "page"]
