"""The example that comes with the package, through the command line to the stored files."""

import h5py
import numpy as np
import pytest
import xarray as xr

from retrogait import cli

MOMENT_RTOL = 1e-6  # of the largest moment; reversed sums round differently


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    assert cli.main(["demo", "--output", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def results(demo):
    loaded = {}
    for direction in ("forward", "retro"):
        with xr.open_dataset(demo / f"synthetic_{direction}.h5", engine="h5netcdf") as file:
            loaded[direction] = file.load()
    return loaded


def test_it_prints_a_table_and_says_where_the_results_are(tmp_path, capsys):
    assert cli.main(["demo", "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "not recorded: synthetic" in out
    assert "2 of 2 trials stored in" in out
    assert "forward 1.3 m/s" in out
    assert "retro 1.3 m/s" in out


def test_no_frame_fails_and_each_trial_is_one_stride(results):
    for result in results.values():
        assert (result.status == 0).all()
        assert float(result.time[-1] - result.time[0]) == pytest.approx(1.1)


def test_moments_of_retro_are_those_of_forward_in_the_opposite_order(results):
    forward, retro = (results[d].generalized_force.values for d in ("forward", "retro"))
    size = np.abs(forward).max()
    np.testing.assert_allclose(retro[::-1], forward, rtol=0.0, atol=MOMENT_RTOL * size)
    assert size > 50.0


def test_ground_forces_are_the_same_too(results):
    forward, retro = (results[d].ground_reaction_force.values for d in ("forward", "retro"))
    np.testing.assert_allclose(retro[::-1], forward, rtol=0.0, atol=1e-6)


def test_muscles_differ_because_they_lengthen_where_they_shortened(results):
    forward, retro = (results[d].muscle_force.values for d in ("forward", "retro"))
    assert np.abs(retro[::-1] - forward).max() > 100.0
    lengths = [results[d].muscle_length.values for d in ("forward", "retro")]
    np.testing.assert_allclose(lengths[1][::-1], lengths[0], rtol=0.0, atol=1e-9)


def test_the_parts_make_up_the_knee_force(results):
    for result in results.values():
        whole = result.tibiofemoral_net_force + result.tibiofemoral_contribution.sum("muscle")
        np.testing.assert_allclose(
            whole.transpose(*result.tibiofemoral_force.dims), result.tibiofemoral_force, atol=1e-6
        )


def test_h5py_opens_what_was_stored(demo):
    with h5py.File(demo / "synthetic_retro.h5") as file:
        assert file["tibiofemoral_force"].shape == (111, 2, 3)
        assert file.attrs["direction"] == "retro"


def test_nothing_calls_it_a_recording(demo, results):
    for result in results.values():
        assert result.attrs["origin"] == "synthetic"
    with (demo / "summary.csv").open(encoding="utf-8") as file:
        header, *rows = file.read().splitlines()
    assert "origin of the motion" in header
    assert len(rows) == 4
    for row in rows:
        assert ",synthetic," in row
        assert "recorded" not in row.replace("not recorded", "")
    assert '"recorded"' not in (demo / "experiment.json").read_text(encoding="utf-8")
