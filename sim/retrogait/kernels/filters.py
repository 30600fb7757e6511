r"""Zero-phase low-pass filters of evenly sampled columns.

`lowpass` is the default; `lowpass_opensim` repeats what OpenSim's tools do, for parity.

Why not the usual forward-backward filter? On a finite record, forward then backward and backward
then forward differ near the ends by what is left of the start-up transient
(`scipy.signal.sosfiltfilt` with its default padding, 6 Hz at 1 kHz: 4 % of the range of a random
walk). Retro walking by time reversal must give the reversed signal exactly, so `lowpass` filters a
record without ends: less its chord (the line through first and last sample) the signal is continued
for ever by odd reflection, which is periodic and bounded. On that continuation the two orders are
the same operator, and a run-in long enough for the slowest pole to fade below `FADE` stands for the
infinite past.
"""

import math

import numpy as np

from retrogait._jit import allocating_kernel
from retrogait.arrays import Floats

FADE = 1e-15
"""Share of a start-up transient left at the end of the run-in: the rounding of the data [1]."""

# A pass forward and one backward square the gain: |H|² = 1 / (1 + (Ω/Ωc)⁴) is 1/√2 at the cut-off
# when Ωc = Ω / (√2 - 1)^(1/4) (Winter 2009, Biomechanics and Motor Control of Human Movement).
_TWO_PASSES = (math.sqrt(2.0) - 1.0) ** 0.25
_SQRT2 = math.sqrt(2.0)


@allocating_kernel
def run_in(step: float, cutoff: float) -> int:
    """Rows after which a start-up transient of `lowpass` has faded below `FADE`.

    Parameters
    ----------
    step : float
        Time between rows [s].
    cutoff : float
        Frequency at which the amplitude falls to 1/√2, below half the sampling rate [Hz].
    """
    g = math.tan(math.pi * cutoff * step) / _TWO_PASSES
    radius = math.sqrt((1.0 - _SQRT2 * g + g * g) / (1.0 + _SQRT2 * g + g * g))
    return math.ceil(math.log(FADE) / math.log(radius))


@allocating_kernel
def lowpass(values: Floats, step: float, cutoff: float, out: Floats) -> None:
    """Filter every column by a second-order Butterworth low-pass, forward and backward.

    Zero phase and fourth-order roll-off; lines pass unchanged; the amplitude at ``cutoff`` is
    exactly 1/√2 (the correction for the double pass is made after the bilinear warp, so it holds up
    to Nyquist); filtering the reversed signal gives the reversed result. First and last row stay as
    they are, which is what odd reflection means.

    The recursion is the trapezoidal state-variable filter (Zavalishin 2012, The Art of VA Filter
    Design): the bilinear transform of the analogue filter, kept in its two integrators, without the
    cancellation that direct forms suffer when the cut-off is a thousandth of the sampling rate.

    Parameters
    ----------
    values : (row, column)
        Evenly spaced samples, at least two rows.
    step : float
        Time between rows [s].
    cutoff : float
        Frequency at which the amplitude falls to 1/√2, below half the sampling rate [Hz].
    out : (row, column)
        Overwritten; may not be ``values``.
    """
    rows, columns = values.shape
    period = 2 * (rows - 1)
    pad = run_in(step, cutoff)
    g = math.tan(math.pi * cutoff * step) / _TWO_PASSES
    c1 = 1.0 / (1.0 + g * (g + _SQRT2))
    c2 = g * c1

    chord = np.empty(columns)
    for column in range(columns):
        chord[column] = (values[rows - 1, column] - values[0, column]) / (rows - 1)
    ahead = np.empty((rows + pad, columns))  # the forward pass, and the run-in of the backward one
    band = np.zeros(columns)
    low = np.zeros(columns)

    for row in range(-pad, rows + pad):
        phase = row % period
        mirrored = phase >= rows
        source = period - phase if mirrored else phase
        sign = -1.0 if mirrored else 1.0
        kept = max(row, 0)  # the run-in writes where row 0 will
        for column in range(columns):
            x = sign * (values[source, column] - values[0, column] - source * chord[column])
            fall = x - low[column]
            v1 = c1 * band[column] + c2 * fall
            v2 = low[column] + g * v1
            band[column] = 2.0 * v1 - band[column]
            low[column] = 2.0 * v2 - low[column]
            ahead[kept, column] = v2

    band[:] = 0.0
    low[:] = 0.0
    for row in range(rows + pad - 1, -1, -1):
        kept = min(row, rows - 1)
        for column in range(columns):
            fall = ahead[row, column] - low[column]
            v1 = c1 * band[column] + c2 * fall
            v2 = low[column] + g * v1
            band[column] = 2.0 * v1 - band[column]
            low[column] = 2.0 * v2 - low[column]
            out[kept, column] = v2
    for row in range(rows):
        for column in range(columns):
            out[row, column] += values[0, column] + row * chord[column]


@allocating_kernel
def lowpass_opensim(values: Floats, step: float, cutoff: float, out: Floats) -> None:
    """Filter every column as OpenSim's `Storage::lowpassIIR` does.

    Third-order Butterworth forward, then backward. The cut-off is not corrected for the double pass
    (the amplitude there is 1/2) and the first three samples of each pass are copied, not filtered.
    OpenSim's tools pad by reflection before they filter: use `reflect` first.

    Parameters
    ----------
    values : (row, column)
        Evenly spaced samples, at least four rows, already padded.
    step : float
        Time between rows [s].
    cutoff : float
        Frequency at which the amplitude falls to 1/2, below half the sampling rate [Hz].
    out : (row, column)
        Overwritten; may not be ``values``.
    """
    rows, columns = values.shape
    w = math.tan(math.pi * cutoff * step)
    w2, w3 = w * w, w * w * w
    scale = 1.0 / ((w + 1.0) * (w2 + w + 1.0))
    a = w3 * scale
    b1 = (3.0 * w3 + 2.0 * w2 - 2.0 * w - 3.0) * scale
    b2 = (3.0 * w3 - 2.0 * w2 - 2.0 * w + 3.0) * scale
    b3 = (w - 1.0) * (w2 - w + 1.0) * scale

    ahead = np.empty((rows, columns))
    ahead[:3] = values[:3]
    for row in range(3, rows):
        for column in range(columns):
            x = a * (
                values[row, column]
                + 3.0 * (values[row - 1, column] + values[row - 2, column])
                + values[row - 3, column]
            )
            ahead[row, column] = (
                x - b1 * ahead[row - 1, column] - b2 * ahead[row - 2, column] - b3 * ahead[row - 3, column]
            )
    out[rows - 3 :] = ahead[rows - 3 :]
    for row in range(rows - 4, -1, -1):
        for column in range(columns):
            x = a * (
                ahead[row, column]
                + 3.0 * (ahead[row + 1, column] + ahead[row + 2, column])
                + ahead[row + 3, column]
            )
            out[row, column] = (
                x - b1 * out[row + 1, column] - b2 * out[row + 2, column] - b3 * out[row + 3, column]
            )


@allocating_kernel
def reflect(values: Floats, pad: int, out: Floats) -> None:
    """Continue every column at both ends by point reflection, as OpenSim's `Storage::pad` does.

    Parameters
    ----------
    values : (row, column)
        Samples.
    pad : int
        Rows to add at each end, fewer than there are.
    out : (row + 2 pad, column)
        Overwritten.
    """
    rows, columns = values.shape
    for row in range(pad):
        for column in range(columns):
            first, last = values[0, column], values[rows - 1, column]
            out[row, column] = 2.0 * first - values[pad - row, column]
            out[pad + rows + row, column] = 2.0 * last - values[rows - 2 - row, column]
    out[pad : pad + rows] = values
