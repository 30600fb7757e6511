"""What one file of a laboratory holds, before anything is concluded from it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.lab.plates import Plate


class Signal(NamedTuple):
    """A plate and what it recorded.

    plate    : its type and place
    channels : (row, channel) [N, N m, m]; moments still in the unit of the file where `moment` is None
    moment   : name of the unit of moments as the file gives it; None where it gives none
    """

    plate: Plate
    channels: Floats
    moment: str | None


class Recording(NamedTuple):
    """Markers and plates in the laboratory's axes.

    path     : file read
    digest   : SHA-256 of the file
    labels   : name of every marker
    position : (frame, marker, 3) [m]; NaN where a marker is hidden
    rate     : of frames [Hz]
    signals  : one for each plate
    ratio    : rows of the plates for each frame
    zero     : first row of the plates and the one after the last in which they are empty, if the file says
    findings : what was noticed while reading
    """

    path: Path
    digest: str
    labels: tuple[str, ...]
    position: Floats
    rate: float
    signals: tuple[Signal, ...]
    ratio: int
    zero: tuple[int, int] | None
    findings: tuple[str, ...]


def hide_zeros(labels: tuple[str, ...], position: Floats) -> list[str]:
    """Turn markers that stand exactly at the origin into hidden ones, in place; return a sentence on it."""
    zero = (position == 0.0).all(axis=2)
    position[zero] = np.nan
    count = zero.sum(axis=0)
    names = [f"{labels[marker]} ({count[marker]} frames)" for marker in np.flatnonzero(count)]
    if not names:
        return []
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return [f"markers at exactly 0, 0, 0 are taken as hidden: {', '.join(names[:5])}{more}"]


def drop_unseen(
    path: Path, labels: tuple[str, ...], position: Floats
) -> tuple[tuple[str, ...], Floats, list[str]]:
    """Leave out markers that are hidden in every frame.

    Raises
    ------
    FileError
        No marker is ever seen.
    """
    seen = np.asarray(~np.isnan(position[..., 0]).all(axis=0))
    if not seen.any():
        raise FileError(
            f"{path}: none of {len(labels)} markers is seen in any of {len(position)} frames; "
            "was the trial labelled and saved?"
        )
    if seen.all():
        return labels, position, []
    absent = [label for label, there in zip(labels, seen, strict=True) if not there]
    more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
    kept = tuple(label for label, there in zip(labels, seen, strict=True) if there)
    note = f"markers never seen are left out: {', '.join(absent[:5])}{more}"
    return kept, np.ascontiguousarray(position[:, seen]), [note]
