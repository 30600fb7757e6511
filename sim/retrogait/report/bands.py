"""The picture of a sensitivity: bands of the knee's forces, and beside each what makes its peak spread."""

from collections.abc import Iterator
from html import escape
from textwrap import wrap
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.report.axes import Axis, axes, text, ticks
from retrogait.report.causes import SHOWN, TITLES, Spread, spreads, worst_side
from retrogait.report.sensitivity import METHOD

_LEFT, _TOP, _BETWEEN = 64, 92, 24  # margins [px]
_PLOT, _HEIGHT, _ROW = 330, 240, 330  # width and height of a plot, and from one row to the next [px]
_NAMES, _BARS, _NUMBERS = 236, 130, 150  # columns of the causes [px]
_LINE = 22  # from one cause to the next [px]
_LETTER = 6.4  # mean width of a letter of running text [px]
_BLUE, _RED = "#0072b2", "#d55e00"  # of Okabe and Ito (2008), which people with any colour vision tell apart


class _Force(NamedTuple):
    """One force over one axis; (point,) and (point, quantile) [BW]."""

    x: Floats
    plain: Floats
    band: Floats


def draw_bands(dataset: xr.Dataset) -> str | None:
    """SVG of the side with the highest peak: over its cycle if there is one, else over time.

    Parameters
    ----------
    dataset
        Of `retrogait.sensitivity`, as made or as read.

    Returns
    -------
    str or None
        A complete SVG document; None where the trial has no knee force.
    """
    side = worst_side(dataset)
    if side is None:
        return None
    rows = spreads(dataset, side)
    one = dataset.sel(side=side)
    cycle = bool(np.isfinite(one["tibiofemoral_cycle"].to_numpy()).any())
    forces = [_force(one, spread, cycle=cycle) for spread in rows]
    x_label = "% of the cycle, from initial contact" if cycle else "time since the first frame [s]"
    x_axis = Axis(ticks(force.x for force in forces), 0.0, float(_PLOT))
    sampling = dataset.attrs["sampling"]
    origin = str(dataset.attrs["origin"])
    assumed = "" if origin == "recorded" else f" ({origin})"
    title = f"{dataset.attrs['trial']}{assumed}, {side} knee: {sampling['samples']} samples"
    width = _LEFT + _PLOT + _BETWEEN + _NAMES + _BARS + _NUMBERS
    foot = _TOP + _ROW * len(rows) - 28
    notes = wrap(
        f"Peaks are those of the whole window. Factors below {SHOWN:.0%} are left out. "
        f"Not varied: {', '.join(dataset.attrs['not_varied'])}.",
        int((width - 2 * _LEFT) / _LETTER),
    )
    height = foot + 20 * len(notes) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        text(_LEFT, 24, title, size=16, weight="bold"),
        *_legend(),
    ]
    for row, (spread, force) in enumerate(zip(rows, forces, strict=True)):
        y_axis = Axis(ticks([np.zeros(1), force.plain, force.band]), float(_HEIGHT), 0.0)
        top = _TOP + _ROW * row
        parts.append(f'<g transform="translate({_LEFT} {top})">')
        parts += _bands(force, x_axis, y_axis)
        parts += axes(TITLES[spread.name], x_axis, y_axis, x_label, "body weights")
        parts += _lines(force, x_axis, y_axis)
        parts.append("</g>")
        parts.append(f'<g transform="translate({_LEFT + _PLOT + _BETWEEN} {top})">')
        parts += _ranking(spread)
        parts.append("</g>")
    parts += [text(_LEFT, foot + 20 * line, note) for line, note in enumerate(notes, start=1)]
    return "\n".join([*parts, "</svg>", ""])


def _force(one: xr.Dataset, spread: Spread, *, cycle: bool) -> _Force:
    tibia = spread.name.startswith("tibio")
    stem = "tibiofemoral" if tibia else "patellofemoral"
    over = one if tibia else one.sel({"method": METHOD})
    if cycle:
        return _Force(
            one["percent"].to_numpy(), over[f"{stem}_cycle"].to_numpy(), over[f"{stem}_cycle_band"].to_numpy()
        )
    force = over[f"{stem}_force"].to_numpy()
    plain = (np.linalg.norm(force, axis=1) if tibia else force) / float(one.attrs["body_weight"])
    time = one["time"].to_numpy()
    return _Force(time - time[0], plain, over[f"{stem}_band"].to_numpy())


def _legend() -> Iterator[str]:
    x = float(_LEFT)
    for colour, opacity, label in ((_BLUE, 0.18, "90 % of samples"), (_BLUE, 0.4, "50 %")):
        yield f'<rect x="{x}" y="36" width="26" height="12" fill="{colour}" fill-opacity="{opacity}"/>'
        yield text(x + 33, 46, label)
        x += 55 + _LETTER * len(label)
    for colour, dashes, label in ((_BLUE, "none", "median"), ("#000000", "5 3", "nothing varied")):
        yield f'<path d="M{x} 42h26" stroke="{colour}" stroke-width="1.8" stroke-dasharray="{dashes}"/>'
        yield text(x + 33, 46, label)
        x += 55 + _LETTER * len(label)


def _bands(force: _Force, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    """Areas between the outer and the inner quantiles, one per run of numbers."""
    for low, high, opacity in ((0, -1, 0.18), (1, -2, 0.3)):
        for first, last in _runs(force.band[:, low]):
            x = [x_axis.at(value) for value in force.x[first:last]]
            under = [y_axis.at(value) for value in force.band[first:last, low]]
            over = [y_axis.at(value) for value in force.band[first:last, high]]
            outline = [*zip(x, under, strict=True), *reversed(list(zip(x, over, strict=True)))]
            points = " ".join(f"{a:.1f},{b:.1f}" for a, b in outline)
            yield f'<polygon points="{points}" fill="{_BLUE}" fill-opacity="{opacity}"/>'


def _lines(force: _Force, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    middle = force.band[:, force.band.shape[1] // 2]
    for y, colour, dashes in ((middle, _BLUE, "none"), (force.plain, "#000000", "5 3")):
        for first, last in _runs(y):
            points = " ".join(
                f"{x_axis.at(a):.1f},{y_axis.at(b):.1f}"
                for a, b in zip(force.x[first:last], y[first:last], strict=True)
            )
            yield (
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8" '
                f'stroke-dasharray="{dashes}" stroke-linejoin="round"/>'
            )


def _runs(values: Floats) -> list[tuple[int, int]]:
    """First and last (exclusive) row of every run of numbers."""
    known = np.concatenate([[False], np.isfinite(values), [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(known)).reshape(-1, 2)
    return [(int(first), int(last)) for first, last in edges]


def _ranking(spread: Spread) -> Iterator[str]:
    """Names, bars with their errors, and numbers of the causes of one peak."""
    told = (
        f"peak {spread.plain:.2f} {spread.unit}, 90 % of samples from {spread.low:.2f} to {spread.high:.2f}"
    )
    yield text(0, -12, told, size=14)
    yield text(_NAMES, 10, "share of variance")
    yield text(_NAMES + _BARS + _NUMBERS - 8, 10, "low to high end", anchor="end")
    y = 10.0
    for cause in spread.causes:
        y += _LINE
        colour = _BLUE if cause.swing >= 0.0 else _RED
        long = _BARS * min(cause.share, 1.0)
        yield text(_NAMES - 8, y + 4, cause.name, anchor="end")
        yield f'<rect x="{_NAMES}" y="{y - 7}" width="{long:.1f}" height="14" fill="{colour}"/>'
        half = _BARS * cause.error
        yield (
            f'<path d="M{_NAMES + long - half:.1f} {y}h{2 * half:.1f}" stroke="#222222" stroke-width="1.2"/>'
        )
        yield text(_NAMES + long + half + 6, y + 4, f"{cause.share:.0%}")
        yield text(_NAMES + _BARS + _NUMBERS - 8, y + 4, f"{cause.swing:+.2f} {spread.unit}", anchor="end")
    y += _LINE
    if spread.rest >= SHOWN:
        long = _BARS * min(spread.rest, 1.0)
        yield text(_NAMES - 8, y + 4, "several together", anchor="end")
        yield f'<rect x="{_NAMES}" y="{y - 7}" width="{long:.1f}" height="14" fill="#999999"/>'
        yield text(_NAMES + long + 6, y + 4, f"{spread.rest:.0%}")
        y += _LINE
    yield text(_NAMES, y + 4, "blue: raises the peak, red: lowers it", size=11)
