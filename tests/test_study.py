"""A study stores what it can, says what it could not, and loses nothing."""

import csv
import io
import json

import pytest
from rich.console import Console

from retrogait import study
from retrogait.config import read_experiment
from retrogait.errors import ConfigError, MotionError, SolveError
from retrogait.io.results import read_result
from retrogait.report.progress import trial_progress
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


def record_of(folder):
    return json.loads((folder / study.RECORD).read_text(encoding="utf-8"))


def test_every_trial_is_stored_with_summary_and_record(core, experiment, tmp_path):
    done, progress = run(experiment, threads=2)
    out = tmp_path / "out"

    assert {path.name for path in out.iterdir()} == {
        study.PICTURE,
        *(f"{name}.h5" for name in NAMES),
        study.SUMMARY,
        study.RECORD,
    }
    assert done.failed == 0
    assert [row.trial for row in done.rows] == [name for name in NAMES for _ in range(2)]
    assert read_result(out / "second.h5").attrs["trial"] == "second"
    with (out / study.SUMMARY).open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 6
    assert [line.split("]")[0] for line in progress.splitlines()] == ["[1/3", "[2/3", "[3/3"]


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
    assert [outcome.status for outcome in done.outcomes] == ["stored", "failed", "stored"]
    assert "[2/3] second: failed: second.mot: two lines" in progress
    assert not (tmp_path / "out" / "second.h5").exists()
    entry = record_of(tmp_path / "out")["trials"][1]
    assert (entry["status"], entry["reason"]) == ("failed", "second.mot: two lines")


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
    _, progress = run(experiment)
    assert (tmp_path / "out" / "first.h5").exists()
    assert "first.h5 in that folder is from an earlier run" in progress


def test_an_interruption_keeps_what_was_finished(core, experiment, tmp_path):
    core.faults["second"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run(experiment)
    out = tmp_path / "out"
    assert (out / "first.h5").exists()
    statuses = [entry["status"] for entry in record_of(out)["trials"]]
    assert statuses == ["stored", "not run", "not run"]
    assert (out / study.SUMMARY).read_text(encoding="utf-8").count("first") == 2


def test_the_record_holds_digests_and_settings_and_no_folder_of_this_machine(core, experiment, tmp_path):
    run(experiment)
    text = (tmp_path / "out" / study.RECORD).read_text(encoding="utf-8")
    record = json.loads(text)
    assert set(record["provenance"]["inputs"]) == {"study.toml"}
    assert set(record["trials"][0]["inputs"]) == {"first.mot", "study.toml"}
    assert record["provenance"]["parameters"]["analysis"]["exponent"] == 3
    assert str(tmp_path) not in text
    stored = read_result(tmp_path / "out" / "first.h5").attrs["provenance"]
    assert "study.toml" in json.loads(stored)["inputs"]


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
    with pytest.raises(ConfigError, match="cannot be written to"):
        run(experiment, output=tmp_path / "subject.osim")
    assert len(core.trials) == 3  # the refusal came before any trial


def test_a_terminal_gets_one_line_per_trial_beside_the_bar(core, experiment):
    core.faults["third"] = MotionError("[red] is no markup here")
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=100)
    study.run(experiment, console=console)
    text = console.file.getvalue()
    assert "[1/3] first: " in text
    assert "[3/3] third: failed: [red] is no markup here" in text


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
    assert {path.name for path in out.iterdir()} == files | {
        study.PICTURE,
        study.PEAKS,
        study.SUMMARY,
        study.RECORD,
    }
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
    entry = record_of(tmp_path / "out")["trials"][1]
    assert (entry["status"], entry["reason"]) == ("failed", "no gait in 3 tries, from 1.6 and 1.4 m/s")
    assert not (tmp_path / "out" / "forward_1.8_0.mot").exists()


def test_what_a_walk_is_at_is_a_line_of_a_log_and_a_word_on_a_terminal(predictor, swept):
    _, progress = run(swept)
    assert progress.splitlines()[0] == "      solving forward_0.8_0"
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=100)
    with trial_progress(console, 2) as shown:
        shown.stage("solving [red]")  # no markup
        shown.bar.refresh()
        assert "solving [red]" in console.file.getvalue()
        shown.finish("walk", "1.20 s", failed=False)
        before = len(console.file.getvalue())
        shown.bar.refresh()
        assert "solving" not in console.file.getvalue()[before:]
    assert "[1/2] walk: 1.20 s" in console.file.getvalue()


def test_settings_of_the_analysis_reach_predicted_walks_but_no_cutoff(predictor, core, swept, tmp_path):
    text = SWEEP + "[analysis]\nexponent = 3\ncutoff = 10.0\n"
    (tmp_path / "sweep.toml").write_text(text)
    study.run(read_experiment(tmp_path / "sweep.toml"), output=tmp_path / "out", threads=2)
    assert core.options[0] == {"exponent": 3, "cutoff": None, "threads": 2}
    notes = read_result(tmp_path / "out" / "retro_0.8_0.h5").attrs["notes"]
    assert "the sensitivity leaves [analysis] at its defaults, not exponent" in notes


def test_without_settings_a_walk_is_analyzed_as_the_predictor_does(predictor, core, swept):
    run(swept)
    assert core.options == []


def test_recorded_trials_and_predicted_walks_share_a_table(core, predictor, tmp_path):
    path = write_experiment(tmp_path)
    path.write_text(path.read_text() + SWEEP)
    done, _ = run(read_experiment(path))
    assert [outcome.trial for outcome in done.outcomes] == [*NAMES, *WALKS]
    assert {row.trial for row in done.rows if row.origin == "predicted"} == set(WALKS)
