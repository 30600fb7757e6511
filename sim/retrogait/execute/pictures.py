"""Pictures of a study: few lines each, however many cases there are."""

import math
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from retrogait.errors import ResultError
from retrogait.io.atomic import replacing
from retrogait.io.results import read_result
from retrogait.report.compartments import draw_compartments
from retrogait.report.loads import MOST_TRIALS, draw_loads, load_curves
from retrogait.report.patella import draw_patella
from retrogait.report.peaks import draw_peaks
from retrogait.report.summary import Row

LOADS, PEAKS = "loads.svg", "peaks.svg"
OF_ONE = {"_compartments.svg": draw_compartments, "_patella.svg": draw_patella}
"""Pictures of one case by the end of their names; drawn while a study has few cases."""


def store_pictures(folder: Path, name: str, rows: Sequence[Row]) -> list[str]:
    """Draw a study, and remove an older picture of what can be drawn no more.

    Parameters
    ----------
    folder
        Where its results are.
    name
        Of the study.
    rows
        Of its summary.

    Returns
    -------
    list of str
        Names of the pictures, those of one case as ``*_NAME``.

    Raises
    ------
    OSError
        A picture cannot be written.
    """
    pictures = {
        LOADS: _draw_some(folder, name, rows),
        PEAKS: draw_peaks(f"{name}: peak knee contact forces", rows),
    }
    stored = [file for file, picture in pictures.items() if store_picture(folder / file, picture)]
    return stored + _store_of_each(folder, list(dict.fromkeys(row.trial for row in rows)))


def _store_of_each(folder: Path, cases: Sequence[str]) -> list[str]:
    """Draw the knees of every case, where they are few enough to be looked at one by one."""
    if len(cases) > MOST_TRIALS:
        return []
    ends = set()
    for case in cases:
        with suppress(ResultError):  # gone since
            result = read_result(folder / f"{case}.h5")
            ends |= {e for e, draw in OF_ONE.items() if store_picture(folder / (case + e), draw(result))}
    return [f"*{end}" for end in OF_ONE if end in ends]


def store_picture(path: Path, picture: str | None) -> bool:
    """Write a picture if there is one, else remove an older one; tell whether there is."""
    if picture is None:
        path.unlink(missing_ok=True)
        return False
    with replacing(path) as partial:
        partial.write_text(picture, encoding="utf-8")
    return True


def _draw_some(folder: Path, name: str, rows: Sequence[Row]) -> str | None:
    """Curves of a few cases, from the lowest to the highest peak, read back from their files."""
    peaks: dict[str, float] = {}
    for row in rows:
        value = 0.0 if math.isnan(row.tibiofemoral_peak) else row.tibiofemoral_peak
        peaks[row.trial] = max(value, peaks.get(row.trial, 0.0))
    ranked = list(peaks)
    if len(ranked) > MOST_TRIALS:
        ranked.sort(key=peaks.__getitem__)
        last = len(ranked) - 1
        ranked = [ranked[round(k * last / (MOST_TRIALS - 1))] for k in range(MOST_TRIALS)]
    curves = []
    for case in ranked:
        with suppress(ResultError):  # gone since: the picture does without
            curves.append(load_curves(read_result(folder / f"{case}.h5")))
    return draw_loads(f"{name}: knee contact forces", curves, of=len(peaks))
