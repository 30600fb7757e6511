"""A sensitivity in the terminal: how far each peak is known, and what makes its spread."""

import xarray as xr
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from retrogait.report.causes import SHOWN, TITLES, Spread, spreads, worst_side

_CELLS = 20  # of the longest bar [characters]


def render_spread(dataset: xr.Dataset, console: Console) -> None:
    """Print the peaks of the side with the highest, with bands and ranked causes.

    Parameters
    ----------
    dataset
        Of `retrogait.sensitivity`, as made or as read.
    console
        Where to print.
    """
    name, origin = str(dataset.attrs["trial"]), str(dataset.attrs["origin"])
    assumed = "" if origin == "recorded" else f" ({origin})"
    side = worst_side(dataset)
    if side is None:
        console.print(f"{escape(name)}{assumed}: no knee force to rank causes for", soft_wrap=True)
        return
    for spread in spreads(dataset, side):
        told = (
            f"{name}{assumed}, {side} knee: {TITLES[spread.name]}, peak {spread.plain:.2f} {spread.unit}, "
            f"90 % of samples from {spread.low:.2f} to {spread.high:.2f}"
        )
        console.print(Text(told, style="bold"), soft_wrap=True)
        console.print(_table(spread))
    failed = int((dataset["sample_failed"].to_numpy() > 0).sum())
    if failed:
        told = f"{failed} of {dataset.sizes['sample']} samples have frames without an answer; see the notes"
        console.print(Text(told), style="dim")


def _table(spread: Spread) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("cause", no_wrap=True)
    table.add_column("share of variance", no_wrap=True)
    table.add_column("low to high end", justify="right", no_wrap=True)
    for cause in spread.causes:
        table.add_row(
            escape(cause.name),
            f"{_bar(cause.share)} {cause.share:.0%} ± {cause.error:.0%}",
            f"{cause.swing:+.2f} {spread.unit}",
        )
    if spread.rest >= SHOWN:
        table.add_row("several together", f"{_bar(spread.rest)} {spread.rest:.0%}", "")
    return table


def _bar(share: float) -> str:
    return "█" * max(1, round(_CELLS * min(share, 1.0)))
