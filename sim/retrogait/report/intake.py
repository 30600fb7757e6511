"""What an import finds, for the terminal."""

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.ik import Kinematics

SHOUTED = ("MORE THAN", "BUT ", "wrong", "?")
"""Marks of a finding that somebody should look at."""

_WORST = 8


def render_finding(line: str, console: Console) -> None:
    """Print one finding; what should be looked at stands out."""
    loud = any(mark in line for mark in SHOUTED)
    console.print(Text(("! " if loud else "  ") + line, style="bold yellow" if loud else ""), soft_wrap=True)


def render_fit(fit: Kinematics, console: Console) -> None:
    """Print the errors of the worst markers."""
    table = Table(box=None, pad_edge=False, title="Marker errors, worst first", title_justify="left")
    for header in ("marker", "rms\nmm", "largest\nmm", "at\ns", "hidden\nframes", "weight"):
        table.add_column(header, justify="left" if header == "marker" else "right")
    for row in np.argsort(-np.nan_to_num(fit.marker_error))[:_WORST]:
        error = np.where(np.isnan(fit.error[:, row]), -1.0, fit.error[:, row])
        frame = int(error.argmax())
        name = fit.markers[row]
        table.add_row(
            Text(name), f"{1e3 * fit.marker_error[row]:.1f}", f"{1e3 * error[frame]:.1f}",
            f"{fit.time[frame]:.3f}", str(fit.missing.get(name, 0)), f"{fit.weight[row]:g}",
        )  # fmt: skip
    console.print(table)
    if len(fit.markers) > _WORST:
        console.print(Text(f"and {len(fit.markers) - _WORST} markers with smaller errors"))
