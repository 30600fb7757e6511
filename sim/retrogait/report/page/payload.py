"""Numbers of a page as bytes: a JSON header and the arrays behind it, each in the precision of its source."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from retrogait.report.page.parts import Chart, Table

_ALIGN = 8
_KINDS = {"float32": "f4", "float64": "f8"}


def pack(tables: Sequence[Table], charts: Sequence[Chart], about: Mapping[str, Any]) -> bytes:
    """Bytes that `data.js` reads.

    Parameters
    ----------
    tables
        Each once, those of charts too.
    charts
        Whose tables are among ``tables``.
    about
        Anything else that is JSON; NaN becomes null.

    Returns
    -------
    bytes
        Length of the header (4 bytes, little-endian), header, and arrays at multiples of 8 bytes. The bytes
        of an array are sorted by significance, as HDF5's shuffle does: smooth curves deflate to two thirds.
    """
    blocks: list[bytes] = []
    at = 0
    described = []
    for table in tables:
        columns = []
        for one in table.columns:
            entry: dict[str, Any] = {"name": one.name, "unit": one.unit}
            numbers = one.numbers
            if numbers is None:
                entry["text"] = [str(value) for value in one.values]
            else:
                kind = _KINDS.get(str(numbers.dtype), "f8")
                block = _shuffled(numbers, kind)
                entry |= {"kind": kind, "at": at, "length": len(numbers)}
                blocks.append(block)
                at += len(block)
            columns.append(entry)
        described.append({"id": table.id, "title": table.title, "columns": columns})
    header = {"tables": described, "charts": list(map(_described, charts)), "about": about}
    text = json.dumps(_plain(header), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    data = text.encode("utf-8")
    data += b" " * (-(len(data) + 4) % _ALIGN)
    return len(data).to_bytes(4, "little") + data + b"".join(blocks)


def _described(chart: Chart) -> dict[str, Any]:
    return {
        "id": chart.id,
        "title": chart.title,
        "traces": list(chart.traces),
        "layout": chart.layout,
        "table": chart.table.id,
        "extra": chart.extra,
    }


def _shuffled(values: npt.NDArray[Any], kind: str) -> bytes:
    """All first bytes, then all second ones and so on; padded to `_ALIGN`."""
    array = np.ascontiguousarray(values, dtype=f"<{kind}")
    raw = array.view(np.uint8).reshape(-1, array.itemsize).T.tobytes()
    return raw + b"\0" * (-len(raw) % _ALIGN)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Twin that JSON knows, without NaN."""
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case np.ndarray():
            return _plain(value.tolist())
        case list() | tuple():
            return [_plain(item) for item in value]
        case np.generic():
            return _plain(value.item())
        case float():
            return value if math.isfinite(value) else None
        case _:
            return value
