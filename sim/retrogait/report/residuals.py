"""What a reduction of residuals changed, before and after, as a table for the terminal."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table


def render_reduction(result: xr.Dataset, console: Console) -> None:
    """Print before and after of one trial, and everything that was moved.

    Parameters
    ----------
    result
        Of `retrogait.analyze` with ``residual_reduction``.
    console
        Where to print.
    """
    told = json.loads(result.attrs["residual_reduction"])
    state = "within the limits" if told["within"] else "NOT within the limits"
    table = Table(title=f"{result.attrs['trial']}: {state}", title_justify="left", box=None)
    for header in ("", "before", "after", "limit"):
        table.add_column(header, justify="left" if not header else "right", overflow="fold")
    for row in _rows(told):
        table.add_row(*row)
    console.print(table)
    console.print(_moved(told), markup=False)


def _rows(told: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = []
    for kind, unit in (("force", "N"), ("moment", "N m")):
        for size in ("peak", "rms"):
            before, after = (told[when][f"{kind}_{size}"] for when in ("before", "after"))
            limit = f"{told['limits'][kind]:.1f}" if size == "peak" else ""
            rows.append((f"residual {kind}, {size} [{unit}]", f"{before:.1f}", f"{after:.1f}", limit))
    rows.append(("mass [kg]", f"{told['mass_before']:.1f}", f"{told['mass_after']:.1f}", ""))
    for side, (before, after) in told["tibiofemoral_peak"].items():
        rows.append((f"{side} tibiofemoral force, peak [N]", f"{before:.0f}", f"{after:.0f}", ""))
    return rows


def _moved(told: Mapping[str, Any]) -> str:
    shift = 1e3 * np.array(told["trunk_shift"])
    if told["mass_factor"] == 1.0 and not shift.any() and not told["coordinates"]:
        return "nothing was changed"
    lines = [f"centre of mass of {told['trunk']} by ({', '.join(f'{x:.0f}' for x in shift)}) mm in its axes"]
    if told["coordinates"]:
        each = ", ".join(
            f"{name} {math.degrees(size):.1f} deg" if told["turning"][name] else f"{name} {1e3 * size:.0f} mm"
            for name, size in told["coordinates"].items()
        )
        lines.append(f"coordinates by at most: {each}")
        lines.append(f"feet while loaded by at most {1e3 * told['loaded_feet']:.1f} mm")
    return "\n".join(lines)
