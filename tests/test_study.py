"""A study stores what it can, says what it could not, and loses nothing."""

import csv
import errno
import io
import json
import os
import pickle
from types import MappingProxyType

import msgspec
import pytest
import xarray as xr
from rich.console import Console

from retrogait import cli, study
from retrogait.cases import cases_of
from retrogait.config import read_experiment
from retrogait.errors import ConfigError, MotionError, ResultError, SolveError
from retrogait.execute import Lost
from retrogait.execute.record import FAILURES, MANIFEST
from retrogait.execute.runner import Runner
from retrogait.io.atomic import replacing
from retrogait.io.results import read_result, write_result
from retrogait.report.progress import MOST_FAILURES, study_progress
from tests.fake_core import NAMES, fake_core, write_experiment
from tests.fake_predict import fake_predict


@pytest.fixture
def core(monkeypatch):
    return fake_core(monkeypatch)


@pytest.fixture
def experiment(tmp_path):
    return read_experiment(write_experiment(tmp_path))


def run(experiment, **options):
    console = Console(file=io.StringIO(), width=80)
    done = study.run(experiment, console=console, **options)
    return done, console.file.getvalue()


def manifest_of(folder):
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


def failures_of(folder):
    with (folder / FAILURES).open(encoding="utf-8", newline="") as file:
        return [(row["case"], row["reason"]) for row in csv.DictReader(file)]


TABLES = {study.SUMMARY, study.WHOLE, MANIFEST, FAILURES}


def test_every_case_is_stored_with_tables_and_manifest(core, experiment, tmp_path):
    done, progress = run(experiment, threads=2)
    out = tmp_path / "out"

    assert {path.name for path in out.iterdir()} == TABLES | {
        study.PICTURE,
        *(f"{name}.h5" for name in NAMES),
    }
    assert (done.failed, done.kept, done.count("stored")) == (0, 0, 3)
    assert [row.trial for row in done.rows] == [name for name in NAMES for _ in range(2)]
    assert read_result(out / "second.h5").attrs["trial"] == "second"
    with (out / study.SUMMARY).open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 6
    assert failures_of(out) == []
    with xr.open_dataset(out / study.WHOLE, engine="h5netcdf") as whole:
        assert whole["condition"].values.tolist() == list(NAMES)
        assert set(whole["status"].values) == {"stored"}
    lines = progress.splitlines()
    assert lines[0].startswith("[1/3] first")
    assert lines[-1].startswith("[3/3] third")


def test_trials_and_settings_reach_the_core_as_written_and_the_model_once(core, experiment):
    run(experiment, threads=2)
    assert core.models == ["subject.osim"]
    assert core.options == [{"exponent": 3, "cutoff": None, "threads": 2}] * 3
    first = core.trials[0]
    assert (first["name"], first["direction"], first["speed"]) == ("first", "retro", 0.8)
    assert first["coordinates"].name == "first.mot"
    assert first["data_file"] is None


def test_a_failing_trial_is_recorded_and_the_others_go_on(core, experiment, tmp_path):
    core.faults["second"] = MotionError("second.mot: two\nlines")
    done, progress = run(experiment)
    out = tmp_path / "out"
    assert [outcome.status for outcome in done.outcomes] == ["stored", "failed", "stored"]
    assert "[2/3] second: failed: second.mot: two lines" in progress
    assert not (out / "second.h5").exists()
    entry = manifest_of(out)["cases"][1]
    assert (entry["status"], entry["reason"]) == ("failed", "second.mot: two lines")
    assert failures_of(out) == [("second", "second.mot: two lines")]
    core.faults.clear()
    run(experiment)
    assert failures_of(out) == []  # a stale list of failures would be believed


def test_a_fault_of_the_program_costs_one_trial_and_leaves_its_traceback(core, experiment, tmp_path):
    core.faults["first"] = KeyError("lost")
    done, progress = run(experiment)
    assert done.failed == 1
    assert "fault in retrogait, KeyError: 'lost'" in progress
    log = tmp_path / "out" / "first.traceback.txt"
    assert "KeyError: 'lost'" in log.read_text(encoding="utf-8")
    core.faults.clear()
    run(experiment)
    assert not log.exists()


def test_an_older_result_of_a_trial_that_now_fails_is_kept_and_called_old(core, experiment, tmp_path):
    run(experiment)
    core.faults["first"] = MotionError("no")
    done, progress = run(experiment, fresh=True)
    assert (tmp_path / "out" / "first.h5").exists()
    assert "first.h5 in that folder is from an earlier run" in progress
    assert {row.trial for row in done.rows} == {"second", "third"}


def test_an_interruption_keeps_what_was_finished_and_says_how_to_go_on(core, experiment, tmp_path):
    core.faults["second"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt, match=f"1 of 3 cases are stored; {study.AGAIN}"):
        run(experiment)
    out = tmp_path / "out"
    assert [entry["status"] for entry in manifest_of(out)["cases"]] == ["stored", "not run", "not run"]
    assert (out / study.SUMMARY).read_text(encoding="utf-8").count("\nfirst,") == 2
    with xr.open_dataset(out / study.WHOLE, engine="h5netcdf") as whole:
        assert whole["status"].values.tolist() == ["stored", "not run", "not run"]
    core.faults.clear()
    core.trials.clear()
    done, _ = run(experiment)
    assert [trial["name"] for trial in core.trials] == ["second", "third"]
    assert [outcome.kept for outcome in done.outcomes] == [True, False, False]
    assert [row.trial for row in done.rows] == [name for name in NAMES for _ in range(2)]


def test_what_is_done_is_not_run_again_unless_asked_for_or_changed(core, experiment, tmp_path):
    run(experiment)
    first = manifest_of(tmp_path / "out")
    done, _ = run(experiment)
    assert done.kept == len(NAMES) == len(core.trials)
    again = manifest_of(tmp_path / "out")
    assert again["cases"] == first["cases"]  # the time that a kept result took included
    run(experiment, fresh=True)
    assert len(core.trials) == 2 * len(NAMES)
    (tmp_path / "second.mot").write_text("another motion")
    run(experiment)
    assert [trial["name"] for trial in core.trials[2 * len(NAMES) :]] == ["second"]


@pytest.mark.parametrize("options", [{}, {"fresh": True}])
def test_a_foreign_or_damaged_file_is_never_overwritten(core, experiment, tmp_path, options):
    run(experiment)
    out = tmp_path / "out"
    whole = (out / "second.h5").read_bytes()
    torn = whole[: len(whole) // 2]
    (out / "second.h5").write_bytes(torn)
    (out / "third.h5").write_text("my notes")
    core.trials.clear()
    with pytest.raises(ResultError, match=r"second\.h5: .*third\.h5: .*Nothing was run: move or delete"):
        run(experiment, **options)
    assert core.trials == []
    assert (out / "second.h5").read_bytes() == torn
    assert (out / "third.h5").read_text() == "my notes"
    states = [planned.state for planned in study.plan(experiment)]
    assert states[0] == "done"
    assert all("damaged" in state for state in states[1:])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_place_that_takes_no_more_stops_the_study_with_one_line_and_loses_nothing(
    core, experiment, tmp_path, monkeypatch, code
):
    def write(path, dataset):
        if path.name == "second.h5":
            error = OSError(code, os.strerror(code))
            raise ResultError(f"{path}: cannot be written ({error.strerror})") from error
        write_result(path, dataset)

    monkeypatch.setattr("retrogait.execute.runner.write_result", write)
    with pytest.raises(
        ResultError, match=f"second.h5: cannot be .*{os.strerror(code)}.*1 of 3 cases are"
    ) as end:
        run(experiment)
    assert "\n" not in str(end.value)
    assert study.AGAIN in str(end.value)
    assert [trial["name"] for trial in core.trials] == ["first", "second"]
    assert manifest_of(tmp_path / "out")["cases"][0]["status"] == "stored"
    monkeypatch.undo()
    assert read_result(tmp_path / "out" / "first.h5").attrs["trial"] == "first"


def test_the_first_reason_is_told_where_the_tables_cannot_be_written_either(core, experiment, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    core.faults["first"] = KeyboardInterrupt()
    monkeypatch.setattr("retrogait.study.to_csv", full)
    with pytest.raises(KeyboardInterrupt, match="interrupted; 0 of 3"):
        run(experiment)
    core.faults.clear()
    with pytest.raises(ResultError, match="No space left on device; 3 of 3 cases are stored"):
        run(experiment)


def test_leftovers_of_killed_processes_are_removed(core, experiment, tmp_path, monkeypatch):
    monkeypatch.setattr("retrogait.io.atomic._is_alive", lambda process: False)
    out = tmp_path / "out"
    out.mkdir()
    with replacing(out / "first.h5") as partial:
        partial.write_text("half")
        run(experiment)
        assert not partial.exists()
        partial.write_text("for the block, which ends well")


def test_the_manifest_holds_digests_and_settings_and_no_folder_of_this_machine(core, experiment, tmp_path):
    run(experiment)
    text = (tmp_path / "out" / MANIFEST).read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert set(manifest["provenance"]["inputs"]) == {"study.toml", "subject.osim"}
    assert set(manifest["cases"][0]["inputs"]) == {"first.mot", "study.toml"}
    assert manifest["provenance"]["parameters"]["analysis"]["exponent"] == 3
    assert manifest["run"]["stored"] == 3
    assert all(len(entry["key"]) == 64 and entry["seconds"] > 0.0 for entry in manifest["cases"])
    assert str(tmp_path) not in text
    stored = read_result(tmp_path / "out" / "first.h5").attrs
    assert stored["key"] == manifest["cases"][0]["key"]
    assert "study.toml" in json.loads(stored["provenance"])["inputs"]


def test_reserves_from_a_file_reach_the_core_and_what_it_skips_is_noted(core, tmp_path, experiment):
    (tmp_path / "reserves.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><OpenSimDocument Version="40000">'
        '<ForceSet name="set"><objects>'
        '<CoordinateActuator name="k"><coordinate>knee_angle_r</coordinate>'
        "<optimal_force>2</optimal_force></CoordinateActuator>"
        '<PointActuator name="FX"/></objects></ForceSet></OpenSimDocument>'
    )
    text = experiment.source.read_text().replace("exponent = 3", 'reserves = "reserves.xml"')
    experiment.source.write_text(text)
    run(read_experiment(experiment.source))
    assert core.options[0]["reserves"] == {"knee_angle_r": 2.0}
    notes = read_result(tmp_path / "out" / "first.h5").attrs["notes"]
    assert notes == ["actuators that are no reserves, left out: FX (PointActuator)"]


def test_another_folder_may_be_given_and_must_be_one(core, experiment, tmp_path):
    done, _ = run(experiment, output=tmp_path / "elsewhere")
    assert done.folder == tmp_path / "elsewhere"
    assert (tmp_path / "elsewhere" / "first.h5").exists()
    assert not (tmp_path / "out").exists()
    for taken in (tmp_path / "subject.osim", tmp_path / "subject.osim" / "below"):
        with pytest.raises(ConfigError, match="a file is in its place, expected a folder"):
            run(experiment, output=taken)
    assert len(core.trials) == 3  # the refusal came before any trial


def test_a_terminal_gets_a_bar_and_a_line_for_each_failure(core, experiment):
    core.faults["third"] = MotionError("[red] is no markup here")
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=100)
    study.run(experiment, console=console)
    text = console.file.getvalue()
    assert "cases" in text
    assert "[1/3] first" not in text
    assert "[3/3] third: failed: [red] is no markup here" in text


def test_a_log_gets_a_line_every_so_often_and_every_failure(monkeypatch):
    clock = iter(range(100_000))
    monkeypatch.setattr("retrogait.report.progress.monotonic", lambda: 0.01 * next(clock))
    console = Console(file=io.StringIO(), width=80)
    with study_progress(console, 1000) as shown:
        for case in range(1000):
            shown.finish(f"case{case}", "why", failed=case == 500, kept=case < 3)
    lines = console.file.getvalue().splitlines()
    assert "[ 501/1000] case500: failed: why" in lines
    assert 3 <= len(lines) < 20
    assert lines[-1].startswith("[1000/1000] case999: 3 done before, 1 failed, ")


def test_a_mistake_that_stops_every_case_does_not_fill_the_log():
    console = Console(file=io.StringIO(), width=80)
    with study_progress(console, 1000) as shown:
        for case in range(1000):
            shown.finish(f"case{case}", "no muscle is called vastii", failed=True)
    lines = console.file.getvalue().splitlines()
    assert sum("vastii" in line for line in lines) == MOST_FAILURES
    assert lines[MOST_FAILURES].startswith("further failures are counted here")
    assert lines[-1].startswith("[1000/1000] case999: 1000 failed, ")


SWEEP = """
[sweep]
direction = ["forward", "retro"]
speed = [0.8, 1.8]
strength = { vasti = 0.7 }
"""
WALKS = ("forward_0.8_0", "forward_1.8_0", "retro_0.8_0", "retro_1.8_0")


@pytest.fixture
def predictor(monkeypatch):
    return fake_predict(monkeypatch)


@pytest.fixture
def swept(tmp_path):
    path = tmp_path / "sweep.toml"
    path.write_text(SWEEP + '[output]\nfolder = "out"\n')
    return read_experiment(path)


def test_a_sweep_stores_results_motions_pictures_and_spans(predictor, swept, tmp_path):
    done, _ = run(swept)
    out = tmp_path / "out"
    files = {f"{name}{end}" for name in WALKS for end in (".h5", ".mot", "_grf.mot", "_grf.xml")}
    assert {path.name for path in out.iterdir()} == files | TABLES | {study.PICTURE, study.PEAKS}
    choices = {
        "tendon": "achilles",
        "weights": None,
        "strength": {"vasti": 0.7},
        "sensitivity": True,
        "fresh": False,
    }
    assert predictor.calls == [(name, choices) for name in WALKS]
    attrs = read_result(out / "retro_1.8_0.h5").attrs
    assert (attrs["trial"], attrs["origin"], attrs["source"]) == ("retro_1.8_0", "predicted", "bundled")
    assert attrs["sensitivity"]["rigid tendons"]["peak_tibiofemoral"] == 2.55
    assert attrs["figures"]["iterations"] == 61
    assert attrs["assumptions"]["strength"] == {"vasti": 0.7}
    assert any("people would run" in note for note in attrs["notes"])
    assert "sweep.toml" in json.loads(attrs["provenance"])["inputs"]
    with (out / study.SUMMARY).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["origin of the motion"] for row in rows} == {"predicted"}
    assert {row["tibiofemoral peak, lowest of the sensitivity [BW]"] for row in rows} == {"2.55"}
    assert done.pictures == [study.PICTURE, study.PEAKS]


def test_a_walk_without_a_gait_is_recorded_and_the_sweep_goes_on(predictor, swept, tmp_path):
    predictor.faults["forward_1.8_0"] = SolveError("no gait in 3 tries, from 1.6 and 1.4 m/s")
    done, progress = run(swept)
    assert [outcome.status for outcome in done.outcomes] == ["stored", "failed", "stored", "stored"]
    assert "forward_1.8_0: failed: no gait in 3 tries, from 1.6 and 1.4 m/s" in progress
    entry = manifest_of(tmp_path / "out")["cases"][1]
    assert (entry["status"], entry["reason"]) == ("failed", "no gait in 3 tries, from 1.6 and 1.4 m/s")
    assert not (tmp_path / "out" / "forward_1.8_0.mot").exists()


def test_what_a_walk_is_at_is_a_line_of_a_log_and_a_word_on_a_terminal(predictor, swept):
    _, progress = run(swept)
    assert progress.splitlines()[0] == "      solving forward_0.8_0"
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=100)
    with study_progress(console, 2) as shown:
        shown.stage("solving [red]")  # no markup
        shown.bar.refresh()
        assert "solving [red]" in console.file.getvalue()
        shown.finish("walk", failed=False)
        before = len(console.file.getvalue())
        shown.bar.refresh()
        assert "solving" not in console.file.getvalue()[before:]


def test_settings_of_the_analysis_reach_predicted_walks_but_no_cutoff(predictor, core, swept, tmp_path):
    text = SWEEP + "[analysis]\nexponent = 3\ncutoff = 10.0\n"
    (tmp_path / "sweep.toml").write_text(text)
    study.run(read_experiment(tmp_path / "sweep.toml"), output=tmp_path / "out", threads=2)
    assert core.options[0] == {"exponent": 3, "cutoff": None, "threads": 2, "strength": {"vasti": 0.7}}
    notes = read_result(tmp_path / "out" / "retro_0.8_0.h5").attrs["notes"]
    assert "the sensitivity leaves [analysis] at its defaults, not exponent" in notes


def test_without_settings_a_walk_is_analyzed_as_the_predictor_does(predictor, core, swept):
    run(swept)
    assert core.options == []


def test_recorded_trials_and_predicted_walks_share_a_table(core, predictor, tmp_path):
    path = write_experiment(tmp_path)
    path.write_text(path.read_text() + SWEEP)
    done, _ = run(read_experiment(path))
    assert [outcome.name for outcome in done.outcomes] == [*NAMES, *WALKS]
    assert {row.trial for row in done.rows if row.origin == "predicted"} == set(WALKS)


class Shuffled:
    """Executor whose answers come in another order, and which loses one item."""

    def __init__(self, brief, lost=()):
        self.runner, self.lost = Runner(brief), lost

    def run(self, items):
        answers = [(position, self.runner(item)) for position, item in enumerate(items)]
        for position, answer in reversed(answers):
            yield position, Lost("the worker process ended, twice") if position in self.lost else answer


def test_the_order_of_everything_is_that_of_the_experiment(core, experiment, tmp_path, monkeypatch):
    straight, _ = run(experiment)
    summary = (tmp_path / "out" / study.SUMMARY).read_text(encoding="utf-8")
    monkeypatch.setattr("retrogait.study.choose", lambda brief, **_: Shuffled(brief))
    shuffled, _ = run(experiment, output=tmp_path / "other")
    assert [outcome.name for outcome in shuffled.outcomes] == list(NAMES)
    assert [(row.trial, row.side) for row in shuffled.rows] == [
        (row.trial, row.side) for row in straight.rows
    ]
    assert (tmp_path / "other" / study.SUMMARY).read_text(encoding="utf-8") == summary
    with xr.open_dataset(tmp_path / "other" / study.WHOLE, engine="h5netcdf") as whole:
        assert whole["condition"].values.tolist() == list(NAMES)
    assert [entry["name"] for entry in manifest_of(tmp_path / "other")["cases"]] == list(NAMES)


def test_a_case_that_ends_its_workers_is_a_failure_like_any_other(core, experiment, tmp_path, monkeypatch):
    monkeypatch.setattr("retrogait.study.choose", lambda brief, **_: Shuffled(brief, lost=(1,)))
    done, progress = run(experiment)
    assert [outcome.status for outcome in done.outcomes] == ["stored", "failed", "stored"]
    assert "second: failed: the worker process ended, twice" in progress
    assert failures_of(tmp_path / "out") == [("second", "the worker process ended, twice")]


def test_labels_reach_tables_and_manifest_but_neither_keys_nor_other_processes(
    core, experiment, tmp_path, monkeypatch
):
    run(experiment)
    plain = manifest_of(tmp_path / "out")["cases"]
    labels = MappingProxyType({"subject": "S1", "age": 71.0})
    cases = [msgspec.structs.replace(case, labels=labels) for case in cases_of(experiment)]
    monkeypatch.setattr("retrogait.study.cases_of", lambda _: cases)
    for planned in study.plan(experiment):
        assert pickle.loads(pickle.dumps(planned.task)).case.labels == {}
    done, _ = run(experiment)
    assert done.kept == 3
    cases = manifest_of(tmp_path / "out")["cases"]
    assert [entry["key"] for entry in cases] == [entry["key"] for entry in plain]
    assert all(entry["labels"] == {"subject": "S1", "age": 71.0} for entry in cases)
    with xr.open_dataset(tmp_path / "out" / study.WHOLE, engine="h5netcdf") as whole:
        assert whole["subject"].values.tolist() == ["S1"] * 3
    with (tmp_path / "out" / study.SUMMARY).open(encoding="utf-8", newline="") as file:
        assert {row["subject"] for row in csv.DictReader(file)} == {"S1"}


def test_a_dry_run_says_what_is_done_what_would_run_and_what_is_in_the_way(
    core, experiment, tmp_path, capsys
):
    run(experiment)
    (tmp_path / "second.mot").write_text("another motion")
    (tmp_path / "out" / "third.h5").write_text("my notes")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    command = ["run", str(experiment.source), "--dry-run"]
    assert cli.main(command) == 2
    printed = capsys.readouterr()
    assert (
        "1 of 3 cases would run, 1 of them replace an older result, 1 are done, 1 files are in the way"
        in (printed.out)
    )
    for words in ("is done", "runs, replaces an older result", "is in the way"):
        assert words in printed.out
    assert printed.err.count("\n") == 1
    assert "third.h5: not an HDF5 file, or a damaged one" in printed.err
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    (tmp_path / "out" / "third.h5").unlink()
    assert cli.main([*command, "--fresh"]) == 0
    assert "runs again" in capsys.readouterr().out


def test_a_long_plan_and_a_long_table_are_cut_short(core, experiment, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("retrogait.report.plan.MOST_LISTED", 2)
    monkeypatch.setattr("retrogait.commands.run.MOST_SHOWN", 2)
    assert cli.main(["run", str(experiment.source), "--dry-run"]) == 0
    planned = capsys.readouterr().out
    assert "… and 1 more" in planned
    assert "third.h5" not in planned
    assert cli.main(["run", str(experiment.source)]) == 0
    out = capsys.readouterr().out
    assert f"more cases than a table shows: their loads are in {tmp_path / 'out' / study.SUMMARY}" in out
    assert "Knee loads" not in out


def test_of_many_cases_a_few_are_drawn_and_the_picture_says_so(core, experiment, tmp_path, monkeypatch):
    monkeypatch.setattr("retrogait.execute.pictures.MOST_TRIALS", 2)
    run(experiment)
    picture = (tmp_path / "out" / study.PICTURE).read_text(encoding="utf-8")
    assert "2 of 3 trials, from the lowest to the highest tibiofemoral peak" in picture
