"""A comparison of directions in the terminal and as a table: reads what was compared, computes nothing."""

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.errors import ResultError
from retrogait.io.sheet import write_sheet
from retrogait.report.answers import NO_ANSWER, answer
from retrogait.report.gathered.labels import words

CSV, H5, PICTURE = "statistics.csv", "statistics.h5", "statistics.svg"
"""Files of a comparison."""

FOLDER = "statistics"
"""Where a comparison is stored, inside the results that it is of."""

LISTED = 6
"""Walks left out that the terminal names; the stored file has all."""

PREDICTED = "predicted"
"""Design of a comparison of walks that nobody walked."""


def titled(dataset: xr.Dataset) -> str:
    """Heading of a comparison: who was compared."""
    design = str(dataset.attrs["design"])
    if design == "people":
        return f"Retro less forward walking, {dataset.sizes['person']} people"
    if design == PREDICTED:
        count = dataset.sizes["pair"]
        return f"Retro less forward walking, predicted: nobody walked this ({count} pair{'s' * (count != 1)})"
    return "Retro less forward walking, strides of one person only"


def counted_in(dataset: xr.Dataset) -> str:
    """What n counts where something was tested: people, or strides of one person."""
    return "people" if dataset.attrs["design"] == "people" else "strides"


def render(dataset: xr.Dataset, console: Console) -> None:
    """Print a comparison, what to know before believing it, and what was left out.

    Parameters
    ----------
    dataset
        Of `retrogait.compare_directions`, as made or as read.
    console
        Where to print.
    """
    if dataset.attrs["design"] == PREDICTED:
        console.print(_pairs(dataset))
    else:
        if dataset.sizes["measure"]:
            console.print(_measures(dataset))
        if dataset.sizes["curve"]:
            console.print(_curves(dataset))
    for note in dataset.attrs["notes"]:
        console.print(Text(note), style="dim", soft_wrap=True)
    left_out = list(dataset.attrs["left_out"])
    for line in left_out[:LISTED]:
        console.print(Text(f"left out: {line}"), soft_wrap=True)
    if len(left_out) > LISTED:
        console.print(Text(f"left out: {len(left_out) - LISTED} more, listed in {H5}"), soft_wrap=True)


def p_text(p: float) -> str:
    """P-value as far as it is to be read."""
    if math.isnan(p):
        return NO_ANSWER
    return f"{p:.2g}" if p >= 0.1 else f"{p:.3f}" if p >= 0.001 else "<0.001"


def p_said(p: float) -> str:
    """The same in a sentence."""
    return f"p {p_text(p)}" if p < 0.001 else f"p = {p_text(p)}"


def clusters_of(dataset: xr.Dataset, curve: str) -> list[tuple[float, float, float, float]]:
    """Start [%], end [%], sign and p-value of the clusters of a curve."""
    return list(_rows_of(dataset, curve, "cluster", ("start", "end", "sign", "p")))


def spm_clusters_of(dataset: xr.Dataset, curve: str) -> list[tuple[float, float, float]]:
    """Start [%], end [%] and p-value of the clusters of a curve by spm1d."""
    return list(_rows_of(dataset, curve, "spm", ("start", "end", "p")))


def write_csv(dataset: xr.Dataset, path: Path) -> None:
    """One row per measure and curve, or per pair and measure of predicted walks, in full precision.

    Parameters
    ----------
    dataset
        Of `retrogait.compare_directions`.
    path
        File to write, replaced whole.

    Raises
    ------
    ResultError
        It cannot be written.
    """
    rows = _predicted_rows(dataset) if dataset.attrs["design"] == PREDICTED else _tested_rows(dataset)
    try:
        write_sheet(path, next(rows), rows)
    except OSError as error:
        raise ResultError(f"{path}: cannot be written ({error.strerror or error})") from error


def _rows_of(dataset: xr.Dataset, curve: str, stem: str, parts: Sequence[str]) -> Iterator[Any]:
    if f"{stem}_start" not in dataset:
        return
    one = dataset.sel(curve=curve)
    for row in zip(*(one[f"{stem}_{part}"].to_numpy() for part in parts), strict=True):
        if math.isfinite(row[0]):
            yield tuple(map(float, row))


def _grid(title: str, headers: Iterable[str], left: int = 1) -> Table:
    """Table whose first columns are text and may be folded, the others numbers."""
    table = Table(title=title, title_justify="left", pad_edge=False, box=None, padding=(0, 2, 0, 0))
    for k, header in enumerate(headers):
        number = k >= left
        table.add_column(Text(header), justify="right" if number else "left", overflow="fold")
    return table


def _measures(dataset: xr.Dataset) -> Table:
    percent = f"{1 - dataset.attrs['alpha']:.0%}"
    paired = dataset.attrs["design"] == "people"
    table = _grid(
        titled(dataset),
        ["measure", "forward", "retro", f"difference, {percent} interval"]
        + (["d_z"] if paired else [])
        + ["g_av, interval", "p", "Holm", counted_in(dataset)],
    )
    for name in dataset["measure"].to_numpy():
        one = dataset.sel(measure=name)
        unit = str(one["measure_unit"].item())
        table.add_row(
            Text(words(str(name)) + (f" [{unit}]" if unit != "1" else "")),
            _number(one["measure_forward"]),
            _number(one["measure_retro"]),
            _spanned(float(one["measure_difference"]), one["measure_interval"].to_numpy()),
            *([_short(one["measure_dz"])] if paired else []),
            _spanned(float(one["measure_gav"]), one["measure_gav_interval"].to_numpy(), digits=2),
            p_text(float(one["measure_p"])),
            p_text(float(one["measure_p_holm"])),
            _counted(one, "measure"),
        )
    return table


def _curves(dataset: xr.Dataset) -> Table:
    spm = "spm_threshold" in dataset
    headers = ["curve", "clusters, % of the cycle (p)", *(["by spm1d (p)"] if spm else [])]
    table = _grid("Over the gait cycle", [*headers, "p", "Holm", counted_in(dataset)], left=len(headers))
    for name in map(str, dataset["curve"].to_numpy()):
        one = dataset.sel(curve=name)
        found = [
            f"{'retro' if sign > 0 else 'forward'} larger {start:.0f} to {end:.0f} ({p_text(p)})"
            for start, end, sign, p in clusters_of(dataset, name)
        ]
        fields = [
            f"{start:.0f} to {end:.0f} ({p_text(p)})" for start, end, p in spm_clusters_of(dataset, name)
        ]
        nothing = "none" if math.isfinite(float(one["curve_p"])) else NO_ANSWER
        table.add_row(
            words(name),
            "\n".join(found) or nothing,
            *(["\n".join(fields) or nothing] if spm else []),
            p_text(float(one["curve_p"])),
            p_text(float(one["curve_p_holm"])),
            _counted(one, "curve"),
        )
    return table


def _pairs(dataset: xr.Dataset) -> Table:
    headers = [
        f"{words(str(name))}\n{unit if unit != '1' else ''}"
        for name, unit in zip(dataset["measure"].to_numpy(), dataset["measure_unit"].to_numpy(), strict=True)
    ]
    table = _grid(f"{titled(dataset)}: difference and its span", ["pair", *headers])
    for k, pair in enumerate(dataset["pair"].to_numpy()):
        one = dataset.isel(pair=k)
        cells = []
        for value, (low, high) in zip(
            one["measure_difference"].to_numpy(), one["measure_span"].to_numpy(), strict=True
        ):
            span = f"\n{low:+.2f} to {high:+.2f}" if math.isfinite(low) else ""
            cells.append(f"{value:+.2f}{span}" if math.isfinite(value) else NO_ANSWER)
        table.add_row(Text(str(pair)), *cells)
    return table


def _counted(one: xr.Dataset, kind: str) -> str:
    first, second = int(one[f"{kind}_n_forward"]), int(one[f"{kind}_n_retro"])
    return str(first) if first == second else f"{first} + {second}"


def _number(value: Any) -> str:  # noqa: ANN401 (a number, or what xarray makes of one)
    number = float(value)
    return answer(number, ".3g")


def _short(value: Any) -> str:  # noqa: ANN401
    number = float(value)
    return answer(number, ".2f")


def _spanned(value: float, ends: Sequence[float] | Any, digits: int | None = None) -> str:  # noqa: ANN401
    """Number with its interval where there is one."""
    if not math.isfinite(value):
        return NO_ANSWER
    form = ".3g" if digits is None else f".{digits}f"
    low, high = map(float, ends)
    return f"{value:+{form}} ({low:{form}} to {high:{form}})" if math.isfinite(low) else f"{value:+{form}}"


_MEASURE = ("n_forward", "n_retro", "forward", "retro", "difference", "dz", "gav", "t", "p", "p_holm",
            "p_smallest")  # fmt: skip
_BOUNDS = {"interval": "interval", "bootstrap": "bootstrap interval", "gav_interval": "gav interval"}
_CURVE = ("n_forward", "n_retro", "p", "p_holm", "p_smallest", "p_max")


def _tested_rows(dataset: xr.Dataset) -> Iterator[list[Any]]:
    scalars = list(dict.fromkeys([*_MEASURE, *_CURVE]))
    ends = [f"{told}, {end}" for told in _BOUNDS.values() for end in ("low", "high")]
    yield ["kind", "name", "unit", *map(words, scalars), *ends, "clusters"]
    for kind in ("measure", "curve"):
        for name in map(str, dataset[kind].to_numpy()):
            one = dataset.sel({kind: name})
            numbers = [
                float(one[f"{kind}_{part}"])
                if f"{kind}_{part}" in one and not one[f"{kind}_{part}"].dims
                else ""
                for part in scalars
            ]
            spans = [one[f"measure_{part}"].to_numpy() if kind == "measure" else ("", "") for part in _BOUNDS]
            found = clusters_of(dataset, name) if kind == "curve" else []
            told = "; ".join(f"{start:g}-{end:g} % p={p:g}" for start, end, _, p in found)
            unit = str(one[f"{kind}_unit"].item())
            yield [kind, name, unit, *map(_cell, numbers), *(_cell(x) for pair in spans for x in pair), told]


def _predicted_rows(dataset: xr.Dataset) -> Iterator[list[Any]]:
    yield ["pair", "measure", "unit", "forward", "retro", "difference", "span, low", "span, high"]
    for k, pair in enumerate(dataset["pair"].to_numpy()):
        for name in dataset["measure"].to_numpy():
            one = dataset.isel(pair=k).sel(measure=name)
            values = [float(one[f"measure_{part}"]) for part in ("forward", "retro", "difference")]
            unit = str(one["measure_unit"].item())
            yield [str(pair), str(name), unit, *map(_cell, [*values, *one["measure_span"].to_numpy()])]


def _cell(value: Any) -> Any:  # noqa: ANN401
    """Cell of a table: nothing where there is no number."""
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else repr(float(value))
