"""The rectangular block of numbers at the end of a text file.

A well-formed block is read whole by a JSON number decoder, which is exactly rounded and several
times faster than `float` per cell. Anything else (a NaN, a blank, a ragged row, spaces between
columns) goes line by line, which is slow, and can say where the trouble is.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from retrogait.arrays import Bools, Floats, Ints
from retrogait.errors import FileError
from retrogait.io.text import shown

_CHUNK_BYTES = 1 << 20  # bounds the boxed numbers alive at once to about 15 MB
_NUMERIC = b"0123456789+-.eE "
_AS_LIST = bytes.maketrans(b"\t\n", b",,")
_decoder = msgspec.json.Decoder(list[float])


class Block(NamedTuple):
    """Numbers with the lines they came from.

    values : (row, column)  the cells; NaN where a cell is NaN or blank
    lines  : (row,)         line number in the file, from 1
    """

    values: Floats
    lines: Ints


def read_block(
    path: Path,
    body: bytes,
    first_line: int,
    columns: Sequence[str],
    *,
    time_column: int = 0,
    blanks: bool = False,
) -> Block:
    r"""Read rows of numbers whose times increase.

    Parameters
    ----------
    path
        File to name in messages.
    body
        The rows, lines ended by ``\n``. Empty lines are passed over.
    first_line
        Line number of the start of `body` in the file.
    columns
        Name of every column.
    time_column
        Index of the time among them [s].
    blanks
        Whether nothing between two tabs is a missing value (NaN) and not an error.

    Returns
    -------
    Block
        At least one row. Times are finite and strictly increasing, no value is infinite.

    Raises
    ------
    FileError
        Naming line, column and cell.
    """
    parts: list[Block] = []
    rows = body.lstrip(b"\n")
    line = first_line + len(body) - len(rows)
    for chunk in _chunks(rows.rstrip(b"\n")):
        values = _read_regular(chunk, len(columns))
        if values is None:
            parts.append(_read_carefully(path, chunk, line, columns, blanks=blanks))
        else:
            parts.append(Block(values, np.arange(line, line + len(values), dtype=np.int64)))
        line += chunk.count(b"\n") + 1
    block = Block(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.lines for part in parts]),
    )
    if not len(block.values):
        raise FileError(f"{path}: line {first_line}: no rows of data; is the file cut off?")
    _check_times(path, block, columns, time_column)
    cell = first_true(np.isinf(block.values))
    if cell is not None:
        raise FileError(
            f"{path}: {place(block, columns, time_column, cell)}: the value is infinite, "
            "expected a finite number; repair or remove that row"
        )
    return block


def first_true(mask: Bools) -> tuple[int, int] | None:
    """Row and column of the first true entry of `mask` (row, column), or None."""
    if not mask.any():
        return None
    row, column = divmod(int(mask.argmax()), mask.shape[1])
    return row, column


def place(block: Block, columns: Sequence[str], time_column: int, cell: tuple[int, int]) -> str:
    """Line, time and column of one cell, for a message."""
    row, column = cell
    time = block.values[row, time_column]
    return f"line {block.lines[row]}, t = {time:.6g} s, column {shown(columns[column])}"


def _chunks(body: bytes) -> Iterator[bytes]:
    """Cut `body` between lines into pieces of about `_CHUNK_BYTES`."""
    start = 0
    while start <= len(body):
        end = body.find(b"\n", start + _CHUNK_BYTES)
        end = len(body) if end < 0 else end
        yield body[start:end]
        start = end + 1


def _read_regular(chunk: bytes, width: int) -> Floats | None:
    """Rows of `width` plain decimal numbers between single tabs; None if anything else is there."""
    if chunk.endswith(b"\t"):  # some programs end every row with a tab
        chunk = chunk.replace(b"\t\n", b"\n").removesuffix(b"\t")
    # What is left without numbers must be the separators and nothing else; this also keeps every
    # character with a meaning in JSON out of the decoder.
    separators = chunk.translate(None, _NUMERIC) + b"\n"
    rows = separators.count(b"\n")
    if separators != (b"\t" * (width - 1) + b"\n") * rows:
        return None
    try:
        numbers = _decoder.decode(b"[" + chunk.translate(_AS_LIST) + b"]")
    except msgspec.DecodeError:
        return None
    return np.fromiter(numbers, np.float64, len(numbers)).reshape(rows, width)


def _read_carefully(
    path: Path, chunk: bytes, first_line: int, columns: Sequence[str], *, blanks: bool
) -> Block:
    """Rows read one by one, so that the first wrong cell is found."""
    rows: list[list[float]] = []
    lines: list[int] = []
    for line, text in enumerate(chunk.split(b"\n"), start=first_line):
        if not text.strip():
            continue
        cells = text.split(b"\t") if blanks and b"\t" in text else text.split()
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(columns):
            raise FileError(_ragged(path, line, text, len(cells), len(columns), blanks=blanks))
        try:
            rows.append([_number(cell) for cell in cells])
        except ValueError:
            raise FileError(_not_numeric(path, line, cells, columns)) from None
        lines.append(line)
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(columns))
    return Block(values, np.array(lines, dtype=np.int64))


def _number(cell: bytes) -> float:
    """Value of one cell; NaN where it is blank."""
    cell = cell.strip()
    if not cell:
        return float("nan")
    if b"_" in cell:  # Python reads 1_0 as ten, no program that writes such files means that
        raise ValueError
    return float(cell)


def _is_number(cell: bytes) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _ragged(path: Path, line: int, text: bytes, found: int, width: int, *, blanks: bool) -> str:
    if b"," in text:
        advice = "separate cells by tabs and write decimals with a point, not a comma"
    elif found < width and blanks:
        advice = "is the file cut off? A missing marker keeps its tabs"
    elif found < width:
        advice = "is the file cut off, or a cell left blank?"
    else:
        advice = "does a label contain a space, or is a label missing?"
    return f"{path}: line {line}: found {found} cells, expected {width} as there are labels; {advice}"


def _not_numeric(path: Path, line: int, cells: Sequence[bytes], columns: Sequence[str]) -> str:
    wrong = next(index for index, cell in enumerate(cells) if not _is_number(cell))
    found = cells[wrong].strip()
    advice = (
        "write decimals with a point, not a comma" if b"," in found else "repair the cell or remove the row"
    )
    return (
        f"{path}: line {line}, column {shown(columns[wrong])}: found {shown(found)}, "
        f"expected a number; {advice}"
    )


def _check_times(path: Path, block: Block, columns: Sequence[str], time_column: int) -> None:
    time = block.values[:, time_column]
    missing = ~np.isfinite(time)
    if missing.any():
        row = int(missing.argmax())
        raise FileError(
            f"{path}: line {block.lines[row]}, column {shown(columns[time_column])}: "
            f"the time is {time[row]}, expected seconds; remove the row"
        )
    late = np.diff(time) <= 0.0
    if late.any():
        row = int(late.argmax()) + 1
        before, after = time[row - 1], time[row]
        what = "repeats" if after == before else "comes after"
        raise FileError(
            f"{path}: line {block.lines[row]}: time {after:.9g} s {what} {before:.9g} s, "
            "expected strictly increasing times; sort the rows and remove repeated ones"
        )
