"""The picture of a comparison: both walks, and what lies between them, over the gait cycle."""

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from retrogait.report.figures.compose import cycle_axis, drawing, grid, legend, letters, upright, zero_line
from retrogait.report.figures.style import DIRECTION, INK, SIZES, SOFT, Size
from retrogait.report.gathered.labels import label
from retrogait.report.statistics import PREDICTED, clusters_of, p_said, titled

SIZE = SIZES["double"]
"""Two panels to a row."""

_BAND = 0.2


def draw_statistics(dataset: xr.Dataset, size: Size = SIZE) -> Figure | None:
    """Figure with a row per curve: both walks on the left, retro less forward on the right.

    Parameters
    ----------
    dataset
        Of `retrogait.compare_directions`, as made or as read.
    size
        What the figure is made for.

    Returns
    -------
    matplotlib.figure.Figure or None
        None where no curve was compared.
    """
    names = [str(name) for name in dataset["curve"].to_numpy()]
    if not names:
        return None
    predicted = dataset.attrs["design"] == PREDICTED
    with drawing(size):
        notes = [f"{titled(dataset)}.", *dataset.attrs["notes"]]
        figure, axes = grid(size, len(names), 2, notes, legend=1)
        for (left, right), name in zip(axes, names, strict=True):
            one = dataset.sel(curve=name)
            (_draw_pairs if predicted else _draw_means)(left, right, one)
            if not predicted:
                _mark(right, dataset, name)
            unit = str(one["curve_unit"].item())
            shown = "" if unit == "1" else f" [{unit}]"
            upright(left, size, label(name))
            right.set_ylabel(f"retro less forward{shown}")
            for axis in (left, right):
                cycle_axis(axis, label("percent") if name == names[-1] else "")
                zero_line(axis)
        letters([axis for row in axes for axis in row])
        figure.align_ylabels()
        legend(figure, size, _handles(dataset, predicted=predicted))
    return figure


def _draw_means(left: Axes, right: Axes, one: xr.Dataset) -> None:
    percent = one["percent"].to_numpy()
    for direction, (colour, dashes) in DIRECTION.items():
        mean = one[f"curve_{direction}"].to_numpy()
        spread = one[f"curve_{direction}_sd"].to_numpy()
        left.fill_between(percent, mean - spread, mean + spread, color=colour, alpha=_BAND, linewidth=0.0)
        left.plot(percent, mean, color=colour, linestyle=dashes)
    low, high = one["curve_band"].to_numpy().T
    right.fill_between(percent, low, high, color=SOFT, alpha=_BAND, linewidth=0.0)
    right.plot(percent, one["curve_difference"].to_numpy(), color=INK)


def _draw_pairs(left: Axes, right: Axes, one: xr.Dataset) -> None:
    """Thin lines, one for each pair: they are no sample, so nothing is averaged."""
    percent = one["percent"].to_numpy()
    fade = max(0.25, 1.0 / one.sizes["pair"])
    for direction, (colour, dashes) in DIRECTION.items():
        left.plot(percent, one[f"curve_{direction}"].to_numpy().T, color=colour, linestyle=dashes, alpha=fade)
    right.plot(percent, one["curve_difference"].to_numpy().T, color=INK, alpha=fade)


def _mark(panel: Axes, dataset: xr.Dataset, name: str) -> None:
    """Bars for clusters along the lower edge, their p-values above them."""
    for start, end, sign, p in clusters_of(dataset, name):
        colour, _ = DIRECTION["retro" if sign > 0 else "forward"]
        solid = p <= dataset.attrs["alpha"]
        panel.plot(
            [start - 0.5, end + 0.5],
            [0.02, 0.02],
            color=colour,
            linewidth=4.0,
            alpha=1.0 if solid else 0.3,
            solid_capstyle="butt",
            transform=panel.get_xaxis_transform(),
        )
        panel.text(
            np.clip((start + end) / 2, 6.0, 94.0),
            0.05,
            p_said(p),
            ha="center",
            va="bottom",
            fontsize="small",
            fontweight="bold" if solid else "normal",
            transform=panel.get_xaxis_transform(),
        )


def _handles(dataset: xr.Dataset, *, predicted: bool) -> list[Artist]:
    lines: list[Artist] = [
        Line2D([], [], color=colour, linestyle=dashes, label=f"{direction}{' (predicted)' * predicted}")
        for direction, (colour, dashes) in DIRECTION.items()
    ]
    if predicted:
        return [*lines, Line2D([], [], color=INK, label="difference of one pair")]
    handles = [*lines, Patch(color=DIRECTION["forward"][0], alpha=_BAND, label="± SD")]
    if np.isfinite(dataset["curve_band"]).any():
        band = f"{1 - dataset.attrs['alpha']:.0%} band of the whole curve"
        handles.append(Patch(color=SOFT, alpha=_BAND, label=band))
    if "cluster_p" in dataset:
        handles += [
            Line2D([], [], color=colour, linewidth=4.0, label=f"cluster, {direction} larger")
            for direction, (colour, _) in DIRECTION.items()
            if (dataset["cluster_sign"] == (1.0 if direction == "retro" else -1.0)).any()
        ]
    return handles
