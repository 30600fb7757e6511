"""Results find the model and the recording that they were made of, or are shown as curves alone."""

import json
import shutil

import pytest

from retrogait.errors import ResultError
from retrogait.explore import gather, stored_walks
from retrogait.io.results import write_result
from retrogait.jobs import store_prediction
from retrogait.predict.condition import Condition
from retrogait.share import share_folder
from retrogait.sweep import Prediction
from tests.explorer.walks import FORWARD, gait
from tests.fake_result import fake_result


@pytest.fixture
def stored(tmp_path):
    """Result of a bundled walk with its motion beside it."""
    folder = tmp_path / "results"
    store_prediction(Prediction(condition=Condition("forward", 1.2, 0.0)), folder / f"{FORWARD}.h5")
    return folder


def changed_model(path, name):
    """Rewrite a result so that it was made with another file."""
    result = gait(FORWARD).result
    given = json.loads(result.attrs["provenance"])
    given["inputs"] = {name: "0" * 64}
    result = result.assign_attrs(provenance=json.dumps(given), model_file=name, trial=path.stem)
    write_result(path, result)


def test_a_stored_prediction_is_drawn_as_the_bundled_one_is(stored):
    walk = stored_walks([stored])[0]

    assert walk.scene is not None
    assert walk.scene.remarks == ()  # its loads were found beside it
    assert walk.spans["tibiofemoral_force"]["left"].over.startswith("12 assumptions")


def test_a_model_that_has_changed_leaves_the_curves_and_says_so(tmp_path):
    changed_model(tmp_path / "walk.h5", "planar.osim")

    walk = stored_walks([tmp_path / "walk.h5"])[0]

    assert walk.scene is None
    assert any("its digest differs" in remark for remark in walk.remarks)
    assert walk.curves["tibiofemoral_force"].max() > 1.0


def test_a_model_that_is_gone_leaves_the_curves_and_says_so(tmp_path):
    changed_model(tmp_path / "walk.h5", "somebody.osim")

    walk = stored_walks([tmp_path / "walk.h5"])[0]

    assert walk.scene is None
    assert any("somebody.osim" in remark and "--models" in remark for remark in walk.remarks)


def test_a_model_is_found_where_the_user_says(tmp_path):
    content = share_folder("models") / "planar.osim"
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(content, tmp_path / "elsewhere" / "mine.osim")
    result = gait(FORWARD).result
    given = json.loads(result.attrs["provenance"])
    given["inputs"] = {"folder/mine.osim": given["inputs"]["planar.osim"]}
    file = tmp_path / "walk.h5"
    write_result(file, result.assign_attrs(provenance=json.dumps(given), model_file="mine.osim"))

    assert stored_walks([file])[0].scene is None
    assert stored_walks([file], [tmp_path / "elsewhere"])[0].scene is not None


def test_results_with_one_name_are_told_apart(tmp_path):
    for folder in ("a", "b"):
        changed_model(tmp_path / folder / "walk.h5", "gone.osim")

    walks = stored_walks([tmp_path / "a", tmp_path / "b"])

    assert [walk.name for walk in walks] == ["walk", "b/walk"]


def test_the_manifest_of_a_run_says_which_files_are_results(stored):
    changed_model(stored / "old.h5", "gone.osim")
    entry = {"name": FORWARD, "status": "stored", "file": f"{FORWARD}.h5"}
    (stored / "manifest.json").write_text(json.dumps({"cases": [entry, {"name": "x", "status": "failed"}]}))

    assert [walk.name for walk in stored_walks([stored])] == [FORWARD]


def test_what_is_no_result_is_refused_in_one_line(tmp_path, monkeypatch):
    with pytest.raises(ResultError, match="no such file or folder"):
        stored_walks([tmp_path / "nowhere"])
    with pytest.raises(ResultError, match="holds no result"):
        stored_walks([tmp_path])
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ResultError, match="not the manifest of a run"):
        stored_walks([tmp_path])
    (tmp_path / "manifest.json").unlink()
    for name in ("a", "b"):
        write_result(tmp_path / f"{name}.h5", fake_result(name, model_file="gone.osim"))
    monkeypatch.setattr(gather, "MOST_WALKS", 1)
    with pytest.raises(ResultError, match="2 results, expected at most 1"):
        stored_walks([tmp_path])
