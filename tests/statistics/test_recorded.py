"""Strides of a person who was recorded: three overground trials of one instrumented knee, all forward.

Nobody recorded that person walking backwards, so here the same strides are stored again under the name of the
other direction. That is made up, and a comparison with itself must find nothing.
"""

import numpy as np
import pytest

import retrogait as rg
from retrogait.collection import Collection, Entry
from retrogait.errors import ResultError
from retrogait.io.results import write_result
from retrogait.normalise import extract, normalise
from retrogait.statistics.compare import compare_directions

TRIALS = ("ss1", "ss3", "ss8")


@pytest.fixture(scope="module")
def results(shared_data):
    """Results of the three trials, as analyzed."""
    folder = shared_data / "gc5_knee"
    model = rg.load_model(folder / "Rajagopal2015-scaled.osim")
    found = {}
    for name in TRIALS:
        trial = rg.load_trial(
            folder / f"{name}_ik.mot",
            folder / f"{name}_grf.xml",
            direction="forward",
            name=name,
            cycle="left",
        )
        found[name] = normalise(rg.analyze(model, trial), model, trial)
    return found


def store(folder, results, directions):
    names = [f"{name}_{direction}" for direction in directions for name in results]
    with Collection(folder / "results.h5", names) as whole:
        for name in names:
            trial, direction = name.split("_")
            dataset = results[trial].assign_attrs(direction=direction, trial=name)
            write_result(folder / f"{name}.h5", dataset)
            whole.add(Entry(name=name, status="stored", labels={"subject": "DM"}), extract(dataset))
    return folder


@pytest.mark.slow
@pytest.mark.shared
def test_forward_walks_alone_cannot_be_compared(results, tmp_path):
    with pytest.raises(ResultError, match="no recorded retro walk of DM"):
        compare_directions(store(tmp_path, results, ["forward"]))


@pytest.mark.slow
@pytest.mark.shared
def test_three_strides_against_themselves_differ_by_nothing_and_prove_nothing(results, tmp_path):
    store(tmp_path, results, ["forward", "retro"])
    found = compare_directions(tmp_path, permutations=300)
    assert found.attrs["design"] == "one person"
    assert "3 forward and 3 retro strides of the left leg describe subject DM" in found.attrs["notes"][0]
    assert any(
        note.startswith("Nothing is inferred from fewer than 5 strides") for note in found.attrs["notes"]
    )
    np.testing.assert_array_equal(found["measure_difference"], 0.0)
    np.testing.assert_array_equal(found["curve_difference"], 0.0)
    assert np.isnan(found["measure_p"]).all()
    peak = found["measure_forward"].sel(measure="tibiofemoral_peak").item()
    own = np.mean(
        [one["measure_mean"].sel(side="left", measure="tibiofemoral_peak").item() for one in results.values()]
    )
    # Strides here are cut at contacts read off the filtered forces, there off the recorded ones.
    assert peak == pytest.approx(own, abs=0.05)
