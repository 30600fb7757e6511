"""`.trc` files as recordings."""

from pathlib import Path

from retrogait.arrays import Floats
from retrogait.errors import FileError
from retrogait.io.markers import read_markers
from retrogait.lab.recording import Recording, drop_unseen, hide_zeros
from retrogait.lab.units import LARGEST, SMALLEST, extent_of

RATE_TOLERANCE = 0.02
"""Share by which times may differ from the rate of the header [1]: times are often rounded."""


def read_trc(path: Path | str) -> tuple[Recording, Floats]:
    """Read markers and their times.

    Raises
    ------
    FileError
        As `retrogait.io.markers.read_markers`; or no marker is seen, the unit is not that of a person's
        size, or the times do not fit the rate.
    """
    path = Path(path)
    table = read_markers(path)
    findings = hide_zeros(table.labels, table.position)
    labels, position, unseen = drop_unseen(path, table.labels, table.position)
    size = extent_of(position)
    if not SMALLEST <= size <= LARGEST:
        raise FileError(
            f"{path}: line 3: the unit is {table.unit}, so the markers span {size:.3g} m, expected "
            f"{SMALLEST:g} to {LARGEST:g} m of a person; correct the unit"
        )
    if len(table.time) < 2:
        raise FileError(f"{path}: holds one frame, expected a trial")
    rate = (len(table.time) - 1) / float(table.time[-1] - table.time[0])
    if abs(rate - table.data_rate) > RATE_TOLERANCE * rate:
        raise FileError(
            f"{path}: line 3: DataRate is {table.data_rate:g} Hz, but the times are {rate:g} Hz apart; "
            "correct one"
        )
    recording = Recording(path, table.digest, labels, position, rate, (), 1, None, (*findings, *unseen))
    return recording, table.time
