"""``retrogait baseline`` and ``retrogait check``: exit statuses, and what stands where."""

import json
from xml.etree import ElementTree as ET

import pytest

from retrogait import cli
from retrogait.commands import baseline, check
from retrogait.io.results import write_result
from tests.baseline.walks import store, walk, weaken
from tests.fake_result import fake_result

NAMES = ("forward_1.2_0", "retro_1.0_+05")


@pytest.fixture(autouse=True)
def two_commands(monkeypatch):
    monkeypatch.setattr(cli, "COMMANDS", (baseline, check))


@pytest.fixture
def reviewed(tmp_path, capsys):
    """Baseline of two conditions."""
    path = tmp_path / "loads.h5"
    folder = store(tmp_path / "old", *map(walk, NAMES))
    assert cli.main(["baseline", str(folder), "-o", str(path), "--by", "Ada", "--note", "first"]) == 0
    assert f"2 conditions stored in {path}" in capsys.readouterr().out
    return path


def checked(folder, path, *options):
    return cli.main(["check", str(folder), "--baseline", str(path), *map(str, options)])


def test_an_unchanged_run_passes_with_one_line(tmp_path, reviewed, capsys):
    assert checked(tmp_path / "old", reviewed, "--exact") == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    assert "the same bit for bit" in out
    assert err == ""


def test_a_load_that_moved_ends_with_status_1_and_all_reports(tmp_path, reviewed, capsys):
    folder = store(tmp_path / "new", weaken(walk(NAMES[0])), walk(NAMES[1]))
    files = {name: tmp_path / "reports" / f"loads.{name}" for name in ("junit", "markdown", "picture")}
    options = [text for name, path in files.items() for text in (f"--{name}", path)]
    assert checked(folder, reviewed, *options) == 1
    assert "1 of 2 conditions: tibiofemoral force moved" in capsys.readouterr().out
    assert ET.parse(files["junit"]).getroot().get("failures") == "3"
    assert "reviewed by Ada" in files["markdown"].read_text("utf-8")
    assert files["picture"].read_text("utf-8").startswith("<svg")


def test_a_tolerance_lets_it_pass(tmp_path, reviewed):
    folder = store(tmp_path / "new", weaken(walk(NAMES[0])), walk(NAMES[1]))
    (tmp_path / "loose.toml").write_text("[tolerance]\npatellofemoral_force = 0.1\n", "utf-8")
    assert checked(folder, reviewed, "--tolerance", "BW=0.06") == 0
    assert checked(folder, reviewed, "--tolerances", tmp_path / "loose.toml") == 1
    assert (
        checked(folder, reviewed, "--tolerances", tmp_path / "loose.toml",
                "--tolerance", "tibiofemoral_force=0.1", "--tolerance", "tibiofemoral_peak=0.1") == 0
    )  # fmt: skip


def test_failed_missing_and_new_conditions_end_with_status_1_and_are_named(tmp_path, reviewed, capsys):
    folder = store(tmp_path / "new", walk(NAMES[0]), walk("added"), failed=[NAMES[1]])
    assert checked(folder, reviewed) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert f"1 of 2 conditions gave no result: {NAMES[1]} (no gait was found)" in out
    assert "1 condition not in the baseline: added" in out


def test_conditions_that_an_interrupted_run_did_not_come_to_are_not_said_to_have_failed(
    tmp_path, reviewed, capsys
):
    folder = store(tmp_path / "new", walk(NAMES[0]), not_run=[NAMES[1], "later"])
    files = {name: tmp_path / f"loads.{name}" for name in ("junit", "markdown")}
    options = [text for name, path in files.items() for text in (f"--{name}", path)]
    assert checked(folder, reviewed, *options) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert f"2 conditions did not run: {NAMES[1]}, later (the run was interrupted;" in out
    assert "no result" not in out
    assert "failed" not in out
    root = ET.parse(files["junit"]).getroot()
    assert (root.get("failures"), root.get("errors")) == ("0", "2")
    assert [error.get("type") for error in root.iter("error")] == ["NotRun", "NotRun"]
    assert files["markdown"].read_text("utf-8").startswith("### ❌ Knee loads: not every condition ran\n")


def test_of_an_interrupted_run_failures_and_moved_loads_are_told_as_well(tmp_path, reviewed, capsys):
    folder = store(tmp_path / "new", weaken(walk(NAMES[0])), failed=[NAMES[1]], not_run=["later"])
    path = tmp_path / "loads.md"
    assert checked(folder, reviewed, "--markdown", path) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "1 condition did not run: later" in out
    assert f"1 of 2 conditions gave no result: {NAMES[1]} (no gait was found)" in out
    assert "tibiofemoral force at 45 % of the cycle (push-off) fell" in out
    assert path.read_text("utf-8").startswith("### ❌ Knee loads: loads moved, not every condition ran\n")


def test_an_interrupted_run_is_no_baseline(tmp_path, capsys):
    folder = store(tmp_path / "new", walk(NAMES[0]), not_run=[NAMES[1]])
    assert cli.main(["baseline", str(folder), "-o", str(tmp_path / "loads.h5")]) == 2
    err = capsys.readouterr().err
    assert f"interrupted before 1 of its conditions (the first is {NAMES[1]})" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "loads.h5").exists()


def test_a_run_that_was_interrupted_before_its_first_result_says_so(tmp_path, reviewed, capsys):
    folder = store(tmp_path / "new", failed=[NAMES[0]], not_run=[NAMES[1]])
    assert checked(folder, reviewed) == 2
    assert "no results here (conditions that failed: 1, conditions that did not run: 1)" in (
        capsys.readouterr().err
    )


def test_one_result_file_is_compared_with_its_condition_alone(tmp_path, reviewed, capsys):
    assert checked(tmp_path / "old" / f"{NAMES[0]}.h5", reviewed) == 1
    assert f"gave no result: {NAMES[1]}" in capsys.readouterr().out


def test_without_a_manifest_every_result_of_the_folder_counts(tmp_path, reviewed):
    folder = store(tmp_path / "new", *map(walk, NAMES))
    (folder / "manifest.json").unlink()
    (folder / ".half.h5.partial").write_bytes(b"")
    reviewed.rename(folder / "loads.h5")  # no result, so it is left alone
    assert checked(folder, folder / "loads.h5") == 0


def test_a_result_that_the_manifest_does_not_name_is_of_another_run(tmp_path, reviewed):
    folder = store(tmp_path / "new", *map(walk, NAMES))
    write_result(folder / "stale.h5", walk("stale"))
    assert checked(folder, reviewed) == 0


def test_storing_the_same_again_leaves_the_file_alone(tmp_path, reviewed, capsys):
    before = reviewed.read_bytes()
    assert cli.main(["baseline", str(tmp_path / "old"), "-o", str(reviewed), "--by", "Bob"]) == 0
    assert "left as it is" in capsys.readouterr().out
    assert reviewed.read_bytes() == before


def test_storing_other_loads_says_that_they_take_the_place_of_older_ones(tmp_path, reviewed, capsys):
    folder = store(tmp_path / "new", *(weaken(walk(name)) for name in NAMES))
    assert cli.main(["baseline", str(folder), "-o", str(reviewed)]) == 0
    assert f"stored in {reviewed}, in place of an older baseline" in capsys.readouterr().out
    assert checked(folder, reviewed) == 0


def test_a_condition_that_failed_already_when_it_was_reviewed_is_no_news(tmp_path, capsys):
    folder = store(tmp_path / "old", walk(NAMES[0]), failed=["steep"])
    assert cli.main(["baseline", str(folder), "-o", str(tmp_path / "loads.h5")]) == 0
    assert "steep: has no result and is not compared: no gait was found" in capsys.readouterr().err
    assert checked(folder, tmp_path / "loads.h5") == 0


def _foreign(folder):
    (folder / f"{NAMES[0]}.h5").write_bytes(b"not HDF5")


def _empty(folder):
    for path in folder.iterdir():
        path.unlink()


def _no_manifest(folder):
    (folder / "manifest.json").write_text(json.dumps({"cases": [{"name": "a"}]}), "utf-8")


def _lost(folder):
    (folder / f"{NAMES[0]}.h5").unlink()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_foreign, f"{NAMES[0]}.h5: not an HDF5 file"),
        (_empty, "no results here"),
        (_no_manifest, "manifest.json: not the manifest of a run"),
        (_lost, f"{NAMES[0]}.h5: no such file"),
    ],
    ids=["foreign", "empty", "manifest", "lost"],
)
def test_results_that_cannot_be_read_end_with_status_2_and_one_line(tmp_path, reviewed, capsys, harm, said):
    folder = store(tmp_path / "new", *map(walk, NAMES))
    harm(folder)
    assert checked(folder, reviewed) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("baseline_file", "said"),
    [("none.h5", "make it with `retrogait baseline"), ("result.h5", "results go first")],
)
def test_what_is_no_baseline_ends_with_status_2(tmp_path, reviewed, capsys, baseline_file, said):
    write_result(tmp_path / "result.h5", fake_result())
    assert checked(tmp_path / "old", tmp_path / baseline_file) == 2
    assert said in capsys.readouterr().err


def test_no_such_folder_ends_with_status_2(tmp_path, reviewed, capsys):
    assert checked(tmp_path / "nowhere", reviewed) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_baseline_that_cannot_be_written_ends_with_status_2(tmp_path, reviewed, capsys):
    assert cli.main(["baseline", str(tmp_path / "old"), "-o", str(reviewed / "loads.h5")]) == 2
    assert "cannot be written" in capsys.readouterr().err
