"""Computed activations beside electromyograms: correlation, lag, and whether both are on at the same time."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.emg.channels import match_channels
from retrogait.emg.record import Electromyogram
from retrogait.errors import MotionError

LONGEST_LAG = 0.1
"""Lags are looked for up to this either way [s]. A muscle pulls 30 to 100 ms after its electromyogram, the
electromechanical delay (Cavanagh and Komi 1979, doi 10.1007/BF00431022), and static optimisation reads
activation off the moment, so that it should come later than the electromyogram by that much."""

LAG_STEP = 0.001
"""Step of the search [s]."""

ON_SHARE = 0.2
"""A muscle is on above this share of its own maximum in the window, envelope and activation alike [1]; a
convention, near which the verdict of any threshold is uncertain."""

FEWEST_FRAMES = 10
"""A correlation of fewer frames says nothing."""


def compare_emg(
    result: xr.Dataset,
    emg: Electromyogram,
    *,
    side: str | None = None,
    muscles: Mapping[str, Sequence[str]] | None = None,
) -> xr.Dataset:
    """Put every channel beside the mean activation of the muscles below it.

    Parameters
    ----------
    result
        Of `retrogait.analyze`.
    emg
        From `read_emg`, on the clock of the trial.
    side
        Leg of channels whose names do not tell, "right" or "left".
    muscles
        Channel to muscles (names or glob patterns), where the built-in table does not know them.

    Returns
    -------
    xarray.Dataset
        Over ``channel``: ``correlation`` (Pearson, no lag), ``lag`` [s] with the largest correlation within
        `LONGEST_LAG`, positive where the activation comes later, ``correlation_at_lag``, and ``agreement``,
        the share of frames in which both are on or both are off; ``side`` and ``muscles`` as coordinates.
        Over ``channel`` and ``time``: ``envelope`` and ``activation``. NaN where there is no answer: outside
        the record, in failed frames, and for a muscle that is never active. The envelope is relative: nothing
        here says that a muscle is as active as computed.

    Raises
    ------
    ConfigError
        A leg is told by nobody, or ``muscles`` has what file or model does not.
    MotionError
        The record does not cover the window, or no channel is over a muscle of the model.
    """
    labels = [str(name) for name in result["muscle"].to_numpy()]
    matches, unmatched = match_channels(emg.channels, labels, side=side, names=muscles)
    if not matches:
        raise MotionError(
            f"{emg.path}: no channel is over a muscle of the model ({', '.join(emg.channels)}); "
            "name the muscles"
        )
    time = result["time"].to_numpy()
    solved = result["status"].to_numpy() == 0
    covered = solved & (time >= emg.time[0]) & (time <= emg.time[-1])
    if np.count_nonzero(covered) < FEWEST_FRAMES:
        raise MotionError(
            f"{emg.path}: {np.count_nonzero(covered)} frames of the window {time[0]:g} to {time[-1]:g} s lie "
            f"in the record, which covers {emg.time[0]:g} to {emg.time[-1]:g} s, "
            f"expected at least {FEWEST_FRAMES}"
        )
    envelope = np.array(
        [
            np.interp(time, emg.time, emg.envelope[:, emg.channels.index(match.channel)], math.nan, math.nan)
            for match in matches
        ]
    )
    active = result["activation"].to_numpy()
    activation = np.array(
        [active[:, [labels.index(m) for m in match.muscles]].mean(axis=1) for match in matches]
    )
    activation[:, ~solved] = math.nan
    columns = [emg.envelope[:, emg.channels.index(match.channel)] for match in matches]
    scores = np.array(
        [_score(time, row, emg.time, column) for row, column in zip(activation, columns, strict=True)]
    )
    names = ("correlation", "lag", "correlation_at_lag", "agreement")
    notes = [emg.describe()]
    if unmatched:
        notes.append(f"channels over no muscle of the model: {', '.join(unmatched)}")
    return xr.Dataset(
        {
            **{name: (("channel",), scores[:, k], _ABOUT[name]) for k, name in enumerate(names)},
            "envelope": (("channel", "time"), envelope, _ABOUT["envelope"]),
            "activation": (("channel", "time"), activation, _ABOUT["activation"]),
        },
        {
            "channel": [match.channel for match in matches],
            "side": ("channel", [match.side for match in matches]),
            "muscles": ("channel", [" ".join(match.muscles) for match in matches]),
            "time": result["time"],
        },
        {"trial": result.attrs["trial"], "emg": emg.path.name, "kind": emg.kind, "notes": notes},
    )


_ABOUT = {
    "correlation": {"units": "1", "long_name": "Pearson correlation of activation and envelope, no lag."},
    "lag": {"units": "s", "long_name": "Lag of the largest correlation; positive: activation comes later."},
    "correlation_at_lag": {"units": "1", "long_name": "Pearson correlation at that lag."},
    "agreement": {"units": "1", "long_name": "Share of frames in which both are on or both are off."},
    "envelope": {"units": "1", "long_name": "Envelope over its own maximum in the file."},
    "activation": {"units": "1", "long_name": "Mean activation of the muscles below the electrode."},
}


def _score(
    time: Floats, activation: Floats, clock: Floats, envelope: Floats
) -> tuple[float, float, float, float]:
    """Correlation without lag, best lag, correlation there, agreement of on and off."""

    def aligned(lag: float) -> tuple[Floats, Floats]:
        known = np.isfinite(activation) & (time - lag >= clock[0]) & (time - lag <= clock[-1])
        return activation[known], np.interp(time[known] - lag, clock, envelope)

    steps = round(LONGEST_LAG / LAG_STEP)
    lags = LAG_STEP * np.arange(-steps, steps + 1)
    found = np.array([_pearson(*aligned(lag)) for lag in lags])
    if not np.isfinite(found).any():
        return math.nan, math.nan, math.nan, math.nan
    best = int(np.nanargmax(found))
    a, e = aligned(0.0)
    agreement = float(np.mean((a > ON_SHARE * a.max()) == (e > ON_SHARE * e.max())))
    return float(found[steps]), float(lags[best]), float(found[best]), agreement


def _pearson(one: Floats, other: Floats) -> float:
    if one.size < FEWEST_FRAMES:
        return math.nan
    one, other = one - one.mean(), other - other.mean()
    size = math.sqrt(float(one @ one) * float(other @ other))
    return float(one @ other) / size if size > 0.0 else math.nan
