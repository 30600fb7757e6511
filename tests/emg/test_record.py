"""Reading electromyograms: what is raw, what is an envelope, and what becomes of either."""

import numpy as np
import pytest

import retrogait as rg
from retrogait.io.storage import write_table

RATE = 2000.0  # Hz
SMOOTH = 0.05  # share of the maximum: what a 6 Hz envelope of noise still trembles
TIME = np.arange(4000) / RATE
BURST = 0.5 * (1.0 - np.cos(2.0 * np.pi * TIME))  # one second on, off at its ends
SLOW = 4.0  # Hz: a cable that swings


def noise(seed, rows=TIME.size):
    return np.random.default_rng(seed).standard_normal(rows)


def written(folder, columns, time=TIME):
    path = folder / "emg.sto"
    write_table(
        path, list(columns), time, np.column_stack(list(columns.values())), in_degrees=False, name="emg"
    )
    return path


def test_an_envelope_is_taken_as_it_is_and_divided_by_its_own_maximum(tmp_path):
    path = written(tmp_path, {"soleus": 3.0 * BURST, "tibialis_anterior": 0.2 * BURST - 0.002})
    emg = rg.read_emg(path)
    assert (emg.kind, emg.channels) == ("envelope", ("soleus", "tibialis_anterior"))
    np.testing.assert_allclose(emg.envelope[:, 0], BURST, atol=1e-9)
    assert emg.envelope.max(axis=0) == pytest.approx([1.0, 1.0])
    assert emg.envelope.min() >= 0.0
    assert "amplitudes are relative" in emg.describe()


def test_a_raw_signal_becomes_the_envelope_of_its_bursts(tmp_path):
    raw = 1e-3 * BURST * noise(1)
    emg = rg.read_emg(written(tmp_path, {"soleus": raw, "drifting": raw + 0.01 * np.sin(6.0 * SLOW * TIME)}))
    assert emg.kind == "raw"
    assert np.corrcoef(emg.envelope[:, 0], BURST)[0, 1] > 0.95
    # The cable swings ten times higher than the signal and is gone.
    np.testing.assert_allclose(emg.envelope[:, 1], emg.envelope[:, 0], atol=SMOOTH)
    assert "band-pass" in emg.describe()


def test_what_lies_outside_the_band_is_taken_out(tmp_path):
    for outside in (5.0, 800.0):
        tone = np.sin(2.0 * np.pi * outside * TIME)
        with_tone = rg.read_emg(written(tmp_path, {"soleus": BURST * noise(2) + 0.5 * tone}))
        without = rg.read_emg(written(tmp_path, {"soleus": BURST * noise(2)}))
        np.testing.assert_allclose(with_tone.envelope, without.envelope, atol=SMOOTH)


def test_the_kind_can_be_said(tmp_path):
    path = written(tmp_path, {"soleus": np.maximum(BURST * noise(3), -0.1)})
    assert rg.read_emg(path).kind == "envelope"
    assert rg.read_emg(path, kind="raw").kind == "raw"
    with pytest.raises(rg.ConfigError, match="kind is 'rough'"):
        rg.read_emg(path, kind="rough")


@pytest.mark.parametrize(
    ("columns", "step", "message"),
    [
        ({"soleus": BURST * 0.0}, 1, "no value above zero in soleus"),
        ({"a": BURST * noise(4), "b": BURST}, 1, "a swings about zero .* b does not"),
        ({"soleus": BURST * noise(5)}, 4, "sampled at 500 Hz, expected more than 800 Hz"),
    ],
)
def test_what_is_no_electromyogram_is_refused_in_one_line(tmp_path, columns, step, message):
    path = written(tmp_path, {name: values[::step] for name, values in columns.items()}, TIME[::step])
    with pytest.raises(rg.FileError, match=message):
        rg.read_emg(path)


def test_raw_signals_at_uneven_times_are_refused(tmp_path):
    time = TIME + 1e-4 * np.sin(7.0 * TIME)
    with pytest.raises(rg.FileError, match="even times"):
        rg.read_emg(written(tmp_path, {"soleus": BURST * noise(6)}, time))


@pytest.mark.shared
def test_the_recorded_file_holds_envelopes(shared_data):
    emg = rg.read_emg(shared_data / "rajagopal_walk" / "electromyography.sto")
    assert emg.kind == "envelope"
    assert len(emg.channels) == 10
    assert emg.envelope.min() == 0.0
