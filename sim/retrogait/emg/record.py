"""Electromyograms as envelopes, made here from a raw signal or taken as a laboratory made them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, FileError
from retrogait.gait.grids import even_grid
from retrogait.io.storage import Table, read_table
from retrogait.kernels.filters import lowpass

BAND = (20.0, 400.0)
"""Pass band of a raw signal [Hz]. Below 20 Hz the skin moves under the electrode (De Luca et al. 2010,
doi 10.1016/j.jbiomech.2010.01.027); nearly all power of surface electromyograms is below 400 Hz (Merletti and
Parker 2004, Electromyography, ISBN 978-0-471-67580-8)."""

BAND_ORDER = 4
"""Order of the Butterworth band-pass; it runs forward and backward, so that nothing is delayed."""

RUN_IN = 0.25
"""How far the record is continued by reflection at either end: five periods of the lowest frequency that
passes, by which the filter has forgotten that it started [s]."""

ENVELOPE_CUTOFF = 6.0
"""Low-pass cut-off of the rectified signal, a linear envelope [Hz] (Winter 2009, Biomechanics and Motor
Control of Human Movement, chapter 10)."""

RAW_SHARE = 0.25
"""A signal whose lowest value lies further below zero than this share of its highest swings about zero: it is
raw. What the filter of an envelope leaves below zero is a few per cent [1]."""

KINDS = ("auto", "raw", "envelope")


@dataclass(frozen=True, eq=False)
class Electromyogram:
    """Envelopes over time, each divided by its own maximum: sizes of two channels cannot be compared.

    Attributes
    ----------
    path
        File read.
    channels
        Names as the file gives them.
    time : (row,)
        Strictly increasing [s].
    envelope : (row, channel)
        From 0 to 1 [share of the channel's own maximum in the file].
    kind
        What the file holds: "raw" or "envelope".
    digest
        SHA-256 of the file.
    """

    path: Path
    channels: tuple[str, ...]
    time: Floats
    envelope: Floats
    kind: str
    digest: str

    def describe(self) -> str:
        """One line on how the envelopes were made."""
        if self.kind == "raw":
            made = (
                f"raw signals: {BAND[0]:g} to {BAND[1]:g} Hz zero-phase Butterworth band-pass, rectified, "
                f"{ENVELOPE_CUTOFF:g} Hz zero-phase low-pass"
            )
        else:
            made = "envelopes as the file gives them"
        return f"{made}; each divided by its own maximum in {self.path.name}: amplitudes are relative"


def read_emg(path: str | Path, *, kind: Literal["auto", "raw", "envelope"] = "auto") -> Electromyogram:
    """Read electromyograms and make envelopes of them where they are raw.

    Parameters
    ----------
    path
        OpenSim table (``.sto`` or ``.mot``), one column per channel, in any unit.
    kind
        "auto" takes a channel that swings about zero for raw, and the others for envelopes. Rectified signals
        that nobody smoothed are neither.

    Returns
    -------
    Electromyogram

    Raises
    ------
    FileError
        The file is no such table, is silent in a channel, mixes raw signals with envelopes, or is raw and
        sampled too slowly or unevenly for the band.
    ConfigError
        ``kind`` is unknown.
    """
    if kind not in KINDS:
        raise ConfigError(f"kind is {kind!r}, expected one of: {', '.join(map(repr, KINDS))}")
    table = read_table(path)
    _require_signal(table)
    found = _kind(table) if kind == "auto" else kind
    values = _enveloped(table) if found == "raw" else table.values
    values = np.maximum(values, 0.0)  # a filter rings below zero; no muscle is less than silent
    return Electromyogram(
        table.path, table.labels, table.time, values / values.max(axis=0), found, table.digest
    )


def _require_signal(table: Table) -> None:
    silent = [
        label for label, column in zip(table.labels, table.values.T, strict=True) if not column.max() > 0.0
    ]
    if silent:
        raise FileError(
            f"{table.path}: no value above zero in {', '.join(silent)}, expected a signal; "
            "leave the channel out"
        )


def _kind(table: Table) -> str:
    swings = table.values.min(axis=0) < -RAW_SHARE * table.values.max(axis=0)
    if swings.any() != swings.all():
        raw, smooth = (table.labels[int(np.flatnonzero(swings == of)[0])] for of in (True, False))
        raise FileError(
            f"{table.path}: {raw} swings about zero as a raw signal does and {smooth} does not, "
            "expected one kind; split the file"
        )
    return "raw" if swings.all() else "envelope"


def _enveloped(table: Table) -> Floats:
    """Linear envelopes of raw signals."""
    from scipy.signal import butter, sosfiltfilt  # noqa: PLC0415  # slow to import, needed for raw signals only

    even, only_rounded = even_grid(table.time)
    rate = (even.size - 1) / float(even[-1] - even[0])
    if not only_rounded:
        raise FileError(f"{table.path}: raw signals need even times; export the file as it was sampled")
    if rate <= 2.0 * BAND[1]:
        raise FileError(
            f"{table.path}: raw signals sampled at {rate:.0f} Hz, expected more than {2.0 * BAND[1]:.0f} Hz "
            f"for a band up to {BAND[1]:.0f} Hz; take the file before it was thinned out, or its envelopes"
        )
    sections = butter(BAND_ORDER, BAND, btype="bandpass", fs=rate, output="sos")
    run_in = min(round(RUN_IN * rate), even.size - 1)
    band = sosfiltfilt(sections, table.values - table.values.mean(axis=0), axis=0, padlen=run_in)
    rectified = np.ascontiguousarray(np.abs(band))
    out = np.empty_like(rectified)
    lowpass(rectified, 1.0 / rate, ENVELOPE_CUTOFF, out)
    return out
