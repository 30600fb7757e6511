"""Activations beside electromyograms that were made from them: known lag, known correlation, known timing."""

import csv
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import retrogait as rg
from retrogait import cli
from retrogait.commands import emg as command
from retrogait.emg.compare import LAG_STEP, LONGEST_LAG
from retrogait.emg.record import Electromyogram

SAME = 1e-9
STRAIGHT = 1e-3  # what straight lines between frames of 10 ms leave of a correlation of one
PERFECT = 0.999

FRAMES = np.linspace(0.2, 1.2, 101)  # s
CLOCK = np.arange(0.0, 1.5, 0.002)  # s


def bumps(time):
    """Two bursts that no shift within the search makes alike."""
    return np.exp(-(((time - 0.5) / 0.06) ** 2)) + 0.6 * np.exp(-(((time - 0.85) / 0.1) ** 2))


def result_of(activation, status=None):
    """As much of a result as a comparison reads."""
    return xr.Dataset(
        {
            "activation": (("time", "muscle"), np.column_stack([activation])),
            "status": ("time", np.zeros(FRAMES.size, np.int64) if status is None else status),
        },
        {"time": FRAMES, "muscle": ["soleus_r"]},
        {"trial": "walk"},
    )


def emg_of(envelope, clock=CLOCK):
    return Electromyogram(
        Path("emg.sto"), ("soleus",), clock, np.column_stack([envelope]), "envelope", "0" * 64
    )


def compared(activation, envelope, **changes):
    return rg.compare_emg(result_of(activation, **changes), emg_of(envelope), side="right").isel(channel=0)


@given(lag=st.integers(-90, 90))
def test_a_known_lag_is_found_with_its_sign(lag):
    later = 0.001 * lag
    one = compared(0.3 * bumps(FRAMES - later), bumps(CLOCK))
    assert float(one["lag"]) == pytest.approx(later, abs=2.0 * LAG_STEP)
    assert float(one["correlation_at_lag"]) > PERFECT
    assert float(one["correlation"]) <= float(one["correlation_at_lag"])


@given(share=st.floats(-0.9, 0.9))
def test_a_known_correlation_is_found(share):
    """A wave and one a quarter later have none over whole periods; mixed, they have the share of either."""
    wave, other = (shape(2.0 * np.pi * FRAMES[:-1]) for shape in (np.sin, np.cos))
    mixed = share * wave + np.sqrt(1.0 - share**2) * other
    result = result_of(np.append(1.0 + wave, np.nan), np.append(np.zeros(100, np.int64), 1))
    envelope = np.interp(CLOCK, FRAMES[:-1], 1.5 + mixed)
    one = rg.compare_emg(result, emg_of(envelope), side="right").isel(channel=0)
    assert float(one["correlation"]) == pytest.approx(share, abs=STRAIGHT)


def test_size_and_offset_of_either_change_no_correlation_and_no_lag():
    plain = compared(bumps(FRAMES), bumps(CLOCK))
    other = compared(0.1 + 0.2 * bumps(FRAMES), 0.5 * bumps(CLOCK) + 0.3)
    for name in ("correlation", "lag", "correlation_at_lag"):
        assert float(other[name]) == pytest.approx(float(plain[name]), abs=SAME)


def test_agreement_is_the_share_of_frames_in_which_both_are_on_or_off():
    on = (FRAMES > 0.45) & (FRAMES < 0.75)
    envelope = ((CLOCK > 0.55) & (CLOCK < 0.75)).astype(float)
    one = compared(np.where(on, 0.4, 0.01), envelope)
    assert float(one["agreement"]) == pytest.approx(0.9, abs=0.011)  # of 101 frames, 10 on in one alone


def test_a_muscle_that_is_never_active_has_no_answer():
    one = compared(np.zeros(FRAMES.size), bumps(CLOCK))
    assert np.isnan(
        [float(one[name]) for name in ("correlation", "lag", "correlation_at_lag", "agreement")]
    ).all()


def test_failed_frames_and_frames_outside_the_record_are_left_out():
    status = np.zeros(FRAMES.size, np.int64)
    status[:20] = 2
    broken = bumps(FRAMES)
    broken[:20] = np.nan
    one = compared(broken, bumps(CLOCK), status=status)
    assert float(one["correlation"]) > PERFECT
    short = emg_of(bumps(CLOCK[:400]), CLOCK[:400])  # ends at 0.8 s
    one = rg.compare_emg(result_of(bumps(FRAMES)), short, side="right").isel(channel=0)
    assert np.isnan(one["envelope"].values[FRAMES > 0.8]).all()
    assert float(one["correlation"]) > PERFECT


def test_a_record_of_another_time_or_of_other_muscles_is_refused():
    late = emg_of(bumps(CLOCK), CLOCK + 5.0)
    with pytest.raises(rg.MotionError, match=r"0 frames of the window 0\.2 to 1\.2 s"):
        rg.compare_emg(result_of(bumps(FRAMES)), late, side="right")
    with pytest.raises(rg.MotionError, match="no channel is over a muscle"):
        rg.compare_emg(result_of(bumps(FRAMES)), emg_of(bumps(CLOCK)), side="left")


# ---- a recorded walk -----------------------------------------------------------------------------

TRIAL = """
[model]
file = "{folder}/subject_walk_weldmtp.osim"
[[trial]]
name = "walk"
coordinates = "{folder}/coords_100Hz.mot"
external_loads = "{folder}/grf_walk.xml"
start = 0.48
end = 1.61
emg = "{folder}/electromyography.sto"
{side}
"""


@pytest.mark.shared
def test_a_recorded_walk_is_compared_printed_stored_and_drawn(shared_data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cli, "COMMANDS", (command,))
    path = tmp_path / "walk.toml"
    path.write_text(
        TRIAL.format(folder=(shared_data / "rajagopal_walk").as_posix(), side='emg_side = "right"')
    )
    assert cli.main(["emg", str(path), "--output", str(tmp_path / "out")]) == 0
    assert "amplitudes are relative" in " ".join(capsys.readouterr().out.split())
    with (tmp_path / "out" / "emg.csv").open() as file:
        rows = {row["channel"]: row for row in csv.DictReader(file)}
    assert len(rows) == 10
    assert all(abs(float(row["lag [s]"])) <= LONGEST_LAG + SAME for row in rows.values())
    # The muscles that a level walk needs most are on when their electromyograms are, and a little later.
    for channel in ("soleus", "gastrocnemius", "tibialis_anterior", "vastus_lateralis"):
        assert float(rows[channel]["correlation [1]"]) > 0.6
        assert 0.0 <= float(rows[channel]["lag [s]"]) <= 0.08
    drawn = (tmp_path / "out" / "emg_walk.svg").read_text("utf-8")
    assert drawn.count("soleus, right: r =") == 1
    with (tmp_path / "out" / "emg_curves.csv").open() as file:
        assert sum(1 for _ in file) == 1 + 10 * 114


@pytest.mark.shared
def test_a_leg_that_nobody_told_is_asked_for(shared_data, tmp_path):
    from retrogait.config import read_experiment  # noqa: PLC0415
    from retrogait.emg_study import compare_experiment  # noqa: PLC0415

    path = tmp_path / "walk.toml"
    path.write_text(TRIAL.format(folder=(shared_data / "rajagopal_walk").as_posix(), side=""))
    with pytest.raises(rg.ConfigError, match=r"trial `walk`: emg: channel 'soleus' does not say"):
        compare_experiment(read_experiment(path), output=tmp_path / "out")
