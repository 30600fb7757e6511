"""The first block of a C3D file, read by ourselves: a file that was cut off is told before it is parsed."""

import struct
from pathlib import Path
from typing import NamedTuple

from retrogait.errors import FileError

_BLOCK = 512  # byte
_KEY = 0x50
_LITTLE, _DEC, _BIG = 84, 85, 86  # processor types of the fourth byte of the parameters


class Header(NamedTuple):
    """What the header says.

    points, analogs : per frame
    samples         : rows of analog data per frame
    first, last     : number of the first and the last frame
    """

    points: int
    analogs: int
    samples: int
    first: int
    last: int


def read_header(path: Path, data: bytes) -> Header:
    """Read the header, and refuse a file that cannot hold what it announces.

    Raises
    ------
    FileError
        This is no C3D file, it holds no frame or no marker, or it is cut off.
    """
    if len(data) < 2 or data[1] != _KEY:
        raise FileError(
            f"{path}: does not begin as a C3D file does (byte 2 is not 0x50); is it another kind?"
        )
    parameters = (data[0] - 1) * _BLOCK
    if len(data) < max(_BLOCK, parameters + 4):
        raise FileError(f"{path}: ends after {len(data)} bytes, within its header; is the file cut off?")
    processor = data[parameters + 3]
    if processor not in {_LITTLE, _DEC, _BIG}:
        raise FileError(
            f"{path}: byte {parameters + 4}: processor type {processor}, expected 84, 85 or 86; "
            "is the file damaged?"
        )
    order = ">" if processor == _BIG else "<"
    points, analogs, first, last = struct.unpack_from(f"{order}4H", data, 2)
    start = struct.unpack_from(f"{order}H", data, 16)[0]
    # The scale is negative where numbers are floats; its sign is in byte 4 of a float, in 2 of a DEC one.
    scale = data[12:16]
    sign = {_LITTLE: scale[3], _DEC: scale[1], _BIG: scale[0]}[processor]
    size = 4 if sign & 0x80 else 2
    frames = last - first + 1
    if not points:
        raise FileError(
            f"{path}: holds no markers, only {analogs} analog samples per frame; export markers too"
        )
    if frames < 1 or start < 2:
        raise FileError(f"{path}: holds no frames ({first} to {last}); was the trial saved empty?")
    needed = (start - 1) * _BLOCK + frames * size * (4 * points + analogs)
    if len(data) < needed:
        raise FileError(
            f"{path}: is {len(data)} bytes long, but {frames} frames of {points} markers and {analogs} "
            f"analog samples need {needed}; is the file cut off?"
        )
    samples = struct.unpack_from(f"{order}H", data, 18)[0]
    return Header(points, analogs, samples, first, last)
