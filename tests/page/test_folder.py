"""A results folder, read as reports read it."""

import json
import shutil

import h5py
import numpy as np
import pytest

from retrogait.errors import ResultError
from retrogait.report.folder import open_folder
from tests.page.made import both_ways, make_folder


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return make_folder(
        tmp_path_factory.mktemp("study"), both_ways(), failed={"walk1": [5, 6]}, lost=("gone",)
    )


def test_every_condition_is_listed_with_what_was_walked(study):
    with open_folder(study) as folder:
        assert folder.name == "walks & more"
        assert [one.name for one in folder.conditions] == [*(f"walk{k}" for k in range(12)), "gone"]
        assert len(folder.stored) == 12
        one = folder.condition("walk7")
        assert (one.direction, one.speed, one.incline, one.origin) == ("retro", 0.8, 5.0, "recorded")
        assert one.walk == (0.8, 5.0)
        assert not one.predicted
        assert one.labels == {"subject": "S1", "body_mass": 70.0}
        assert folder.label_units == {"subject": "1", "body_mass": "kg"}
        assert folder.condition("walk1").frames_failed == 2
        assert folder.origins == ("recorded",)


def test_what_failed_is_told_with_its_reason(study):
    with open_folder(study) as folder:
        assert [(one.name, one.reason) for one in folder.failures] == [("gone", "no <ground> forces")]
        assert folder.condition("gone").status == "failed"
        assert folder.condition("gone").path is None
        assert folder.condition("gone").labels == {}
        with pytest.raises(ResultError, match=r"'gone' has no result file \(failed\)"):
            folder.result("gone")


def test_frames_and_attributes_are_read_by_name(study):
    with open_folder(study) as folder:
        assert folder.about("walk3")["speed"] == 1.0
        assert folder.result("walk3")["status"].sizes == {"time": 101}
        with pytest.raises(ResultError, match="no condition is called 'walk99'"):
            folder.about("walk99")


def test_arrays_stay_in_the_file_until_they_are_asked_for(study):
    with open_folder(study) as folder:
        assert not folder.collection["curve_mean"].variable._in_memory
        assert np.isfinite(folder.collection["curve_mean"][0, 0, 0, 0].item())


def damaged(study, tmp_path, name, change):
    folder = tmp_path / "copy"
    shutil.copytree(study, folder)
    change(folder / name)
    return folder


def test_what_is_no_results_folder_is_refused_in_one_line(study, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    file = tmp_path / "file"
    file.touch()
    for path, reason in (
        (tmp_path / "absent", "no such folder"),
        (empty, r"holds no results\.h5"),
        (file, "a file, expected the folder"),
    ):
        with pytest.raises(ResultError, match=reason) as told:
            open_folder(path)
        assert "\n" not in str(told.value)


def test_a_damaged_folder_is_refused_in_one_line(study, tmp_path):
    def cut(path):
        path.write_bytes(path.read_bytes()[:3000])

    def rename(path):
        with h5py.File(path, "a") as file:
            file.attrs["format"] = "other"

    def strip(path):
        with h5py.File(path, "a") as file:
            del file["status"]

    for number, (name, change, reason) in enumerate(
        (
            ("results.h5", cut, "damaged"),
            ("results.h5", rename, "its `format` is 'other'"),
            ("results.h5", strip, "damaged, or not as"),
            ("manifest.json", lambda path: path.write_text("{"), "not JSON"),
            ("manifest.json", lambda path: path.write_text("[]"), "not a manifest"),
            ("failures.csv", lambda path: path.write_text("a,b\n1,2\n"), "damaged, or not as"),
        )
    ):
        folder = damaged(study, tmp_path / str(number), name, change)
        with pytest.raises(ResultError, match=reason) as told:
            open_folder(folder)
        assert "\n" not in str(told.value)


def test_a_folder_without_any_result_is_refused(tmp_path):
    make_folder(tmp_path / "none", [], lost=("a", "b"))
    with pytest.raises(ResultError, match="none of its 2 conditions has a result"):
        open_folder(tmp_path / "none")


def test_manifest_and_failures_may_be_absent(study, tmp_path):
    folder = damaged(study, tmp_path, "manifest.json", lambda path: path.unlink())
    (folder / "failures.csv").unlink()
    with open_folder(folder) as found:
        assert found.name == "copy"
        assert found.failures == ()
        assert json.dumps(found.manifest) == "{}"
