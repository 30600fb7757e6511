"""Every sample of a sensitivity as one tidy table, for whoever has a ranking of her own."""

from pathlib import Path

import xarray as xr

from retrogait.errors import ResultError
from retrogait.io.sheet import number, write_sheet


def write_samples(path: Path, dataset: xr.Dataset) -> None:
    """Store factors and numbers as CSV, a row per sample and side; a cell without an answer stays empty.

    Parameters
    ----------
    path
        File to write, its folder made if need be.
    dataset
        Of `retrogait.sensitivity`, as made or as read.

    Raises
    ------
    ResultError
        The file cannot be written.
    """
    factors, numbers = dataset["factor_value"].to_numpy(), dataset["sample_number"].to_numpy()
    failed = dataset["sample_failed"].to_numpy()
    sides = dataset["side"].to_numpy()
    units = dataset["factor_unit"].to_numpy(), dataset["number_unit"].to_numpy()
    header = ["sample", "side", "frames_failed"]
    header += [_headed(name, unit) for name, unit in zip(dataset["factor"].to_numpy(), units[0], strict=True)]
    header += [_headed(name, unit) for name, unit in zip(dataset["number"].to_numpy(), units[1], strict=True)]
    rows = (
        [row, side, failed[row], *(number(value, 9) for value in (*factors[row], *numbers[row, column]))]
        for row in range(factors.shape[0])
        for column, side in enumerate(sides)
    )
    try:
        write_sheet(path, header, rows)
    except OSError as error:
        raise ResultError(f"{path}: cannot be written ({error.strerror or error})") from error


def _headed(name: object, unit: object) -> str:
    """Column with its unit, such as ``cutoff [Hz]``."""
    return str(name) if unit == "1" or str(unit).startswith("times") else f"{name} [{unit}]"
