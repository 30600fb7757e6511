"""The example that comes with the package, through the command line to the stored files."""

import csv
import json
from importlib import import_module

import h5py
import pytest

import retrogait as rg
from retrogait import cli, study
from retrogait.commands import common
from retrogait.commands.run import DEMO
from retrogait.config import read_experiment
from retrogait.execute.record import MANIFEST
from retrogait.predict.condition import INCLINES
from retrogait.predict.library import bundled_conditions
from retrogait.share import find_experiment
from tests.bodies import few

SPEEDS = few((0.6, 0.8, 1.0, 1.2, 1.4), (1.0,))  # m/s
ENDS = ("lowest", "highest")
SAME = 1e-3  # BW; the span was rounded, and made on another machine
WALKS = 2 * len(SPEEDS) * len(INCLINES)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Folder of results, and what was printed."""
    folder = tmp_path_factory.mktemp("demo")
    text = find_experiment(DEMO).read_text(encoding="utf-8")
    whole = "speed = [0.6, 0.8, 1.0, 1.2, 1.4]"
    assert whole in text
    file = folder / "few.toml"
    file.write_text(text.replace(whole, f"speed = {list(SPEEDS)}"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, (folder / "printed.txt").open("w+", encoding="utf-8") as out:
        patch.setattr(common, "find_experiment", lambda name: file if name == DEMO else None)
        patch.setattr("sys.stdout", out)
        # The module by import, because `retrogait.predict` is the function.
        solver = import_module("retrogait.predict.api")
        patch.setattr(solver, "team", lambda: pytest.fail("the demo asked for a gait to be solved"))
        assert cli.main(["demo", "--output", str(folder)]) == 0
        out.seek(0)
        return folder, out.read()


def test_every_walk_of_it_is_bundled():
    bundled = {condition.name for condition in bundled_conditions()}
    assert bundled >= {walk.name for walk in read_experiment(find_experiment(DEMO)).predictions}


def test_it_prints_forward_beside_retro_and_says_where_the_results_are(demo):
    folder, out = demo
    assert "Knee (tibiofemoral): peak force, body weights (predicted)" in out
    assert "Kneecap (patellofemoral, closed form): peak force" in out
    assert "Retro peaks higher than forward in " in out
    assert "Nobody walked this" in out
    assert f"{WALKS} of {WALKS} cases stored in {folder}: HDF5, summary.csv, loads.svg, peaks.svg\n" in out


def test_every_peak_comes_with_its_span(demo):
    folder, out = demo
    assert "Below a peak: its span with other tendons, weights, ground and strength." in out
    with (folder / study.SUMMARY).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            peak = float(row["tibiofemoral peak [BW]"])
            low, high = (float(row[f"tibiofemoral peak, {end} of the sensitivity [BW]"]) for end in ENDS)
            assert low - SAME <= peak <= high + SAME


def test_no_frame_fails_and_both_pictures_are_drawn(demo):
    folder, _ = demo
    for path in folder.glob("*_*.h5"):
        assert (rg.read_result(path).status == 0).all()
    assert (folder / study.PICTURE).is_file()
    assert (folder / study.PEAKS).is_file()


def test_the_parts_make_up_the_knee_force(demo):
    result = rg.read_result(demo[0] / "retro_1.0_+05.h5")
    whole = result.tibiofemoral_net_force + result.tibiofemoral_contribution.sum("muscle")
    gap = whole.transpose(*result.tibiofemoral_force.dims) - result.tibiofemoral_force
    assert float(abs(gap).max()) < 1e-6  # N


def test_h5py_opens_what_was_stored(demo):
    with h5py.File(demo[0] / "retro_1.0_-10.h5") as file:
        assert file["tibiofemoral_force"].shape[1:] == (2, 3)
        assert file.attrs["direction"] == "retro"
        assert file.attrs["incline"] == pytest.approx(-10.0)


def test_nothing_calls_it_a_recording(demo):
    folder, _ = demo
    with (folder / study.SUMMARY).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * WALKS
    assert {row["origin of the motion"] for row in rows} == {"predicted"}
    assert all("not measured" in row["notes"] for row in rows)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert {case["status"] for case in manifest["cases"]} == {"stored"}
