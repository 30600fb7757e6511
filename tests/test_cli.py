"""The command line: one line for a mistake, an exit status for a script, a table for a person."""

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

import retrogait as rg
from retrogait import cli, share, study
from retrogait.commands.run import DEMO
from retrogait.errors import ModelError, MotionError, SolveError
from retrogait.predict.condition import Condition
from retrogait.sweep import Prediction
from tests.fake_core import NAMES, fake_core, write_experiment
from tests.fake_predict import fake_predict

SOURCES = Path(rg.__file__).parents[1]


@pytest.fixture
def core(monkeypatch):
    return fake_core(monkeypatch)


@pytest.fixture
def experiment(tmp_path):
    return write_experiment(tmp_path)


def python(*arguments, **options):
    """A fresh interpreter, because what is imported when is part of the promise."""
    environment = os.environ | {"PYTHONPATH": str(SOURCES)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **options)


def test_a_run_prints_the_table_and_where_the_results_are(core, experiment, tmp_path, capsys):
    assert cli.main(["run", str(experiment)]) == 0
    out, err = capsys.readouterr()
    assert "Knee loads" in out
    assert f"3 of 3 cases stored in {tmp_path / 'out'}" in out
    assert "[3/3] third" in err


def test_a_run_with_failed_trials_ends_with_status_1(core, experiment, capsys):
    core.faults["second"] = ModelError("no knee")
    assert cli.main(["run", str(experiment)]) == 1
    out, err = capsys.readouterr()
    assert "2 of 3 cases stored" in out
    assert "1 failed, failures.csv says why" in out
    assert "second: failed: no knee" in err


def test_a_dry_run_shows_the_jobs_and_touches_nothing(core, experiment, tmp_path, capsys):
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["run", str(experiment), "--dry-run"]) == 0
    out = capsys.readouterr().out
    for word in ("first.mot", "first.h5", "retro 0.8 m/s", "exponent = 3", "nothing was run"):
        assert word in out
    assert sorted(tmp_path.rglob("*")) == before
    assert core.options == []  # the trials are read and fitted, none is analyzed


def test_a_dry_run_lists_every_trial_that_would_stop(core, experiment, capsys):
    core.faults = {"first": MotionError("no column"), "third": MotionError("no body")}
    assert cli.main(["run", str(experiment), "--dry-run"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert [line.split(": ", 2)[2] for line in err] == ["first: no column", "third: no body"]


def test_a_key_of_the_file_can_be_changed_for_one_run(core, experiment, tmp_path, capsys):
    changes = ["--set", "analysis.exponent=2", "--set", "trial.first.speed=1.7"]
    assert cli.main(["run", str(experiment), *changes, "--dry-run"]) == 0
    assert "exponent = 2" in (out := capsys.readouterr().out)
    assert "retro 1.7 m/s" in out
    assert cli.main(["run", str(experiment), *changes]) == 0
    assert core.options[0]["exponent"] == 2
    assert "analysis.exponent=2" in (tmp_path / "out" / "manifest.json").read_text()


@pytest.mark.parametrize("command", ["run", "sensitivity", "validate"])
def test_a_change_that_the_file_does_not_take_is_one_line_and_status_2(experiment, capsys, command):
    assert cli.main([command, str(experiment), "--set", "analysis.exponant=2"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--set analysis.exponant=2: analysis: unknown key `exponant`" in line


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_bad_input_is_one_line_and_status_2_before_anything_runs(core, experiment, capsys, arguments):
    experiment.write_text(experiment.read_text().replace("exponent", "exponant"))
    assert cli.main(["run", str(experiment), *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (f"retrogait: {experiment}: analysis: unknown key `exponant`; did you mean `exponent`?\n")
    assert core.trials == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rum"], "invalid choice: 'rum'"),
        ([], "required: COMMAND"),
        (["run"], "required: FILE|NAME"),
        (["run", "x.toml", "--threads", "0"], "'0' is not a whole number from 1 on"),
        (["run", "x.toml", "--threads", "two"], "'two' is not a whole number"),
    ],
)
def test_a_mistyped_command_is_one_line_and_status_2(capsys, arguments, says):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("retrogait: ")
    assert says in err
    assert "--help" in err
    assert err.count("\n") == 1


def test_an_interruption_is_one_line_and_status_130(core, experiment, capsys):
    core.faults["second"] = KeyboardInterrupt()
    assert cli.main(["run", str(experiment)]) == 130
    assert capsys.readouterr().err.splitlines()[-1].startswith("retrogait: interrupted")


def test_a_bundled_experiment_runs_by_its_name_and_stores_in_the_current_folder(
    core, experiment, tmp_path, monkeypatch, capsys
):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    text = experiment.read_text().replace('[output]\nfolder = "out"', "")
    for name in ("subject.osim", "first.mot"):
        text = text.replace(f'"{name}"', f'"bundled:{name}"')
    (bundle / f"{DEMO}.toml").write_text(text)
    for name in ("subject.osim", *(f"{n}.{end}" for n in NAMES for end in ("mot", "xml"))):
        (tmp_path / name).rename(bundle / name)
    monkeypatch.setattr(share, "share_folder", lambda kind: bundle)
    monkeypatch.chdir(tmp_path)

    assert cli.main(["demo"]) == 0
    assert (tmp_path / "results" / DEMO / "first.h5").exists()
    assert cli.main(["run", DEMO, "--output", "other"]) == 0
    assert (tmp_path / "other" / study.SUMMARY).exists()
    capsys.readouterr()
    assert cli.main(["run", "forward_vs_rtero"]) == 2
    assert capsys.readouterr().err == (
        "retrogait: forward_vs_rtero: neither a file nor a bundled experiment; did you mean "
        "`forward_vs_retro`? (bundled: forward_vs_retro)\n"
    )


def test_shared_files_stand_beside_the_sources_or_inside_the_package(monkeypatch, tmp_path):
    package = tmp_path / "sim" / "retrogait"
    package.mkdir(parents=True)
    monkeypatch.setattr(share, "__file__", str(package / "share.py"))
    assert share.share_folder("motions") == tmp_path / "motions"
    (package / "bundled" / "motions").mkdir(parents=True)
    assert share.share_folder("motions") == package / "bundled" / "motions"


def test_the_module_runs_and_prints_its_version():
    done = python("-m", "retrogait", "--version")
    assert (done.returncode, done.stdout) == (0, f"retrogait {rg.__version__}\n")


HEAVY = {
    "numpy", "xarray", "numba", "opensim", "scipy", "rich", "h5py", "casadi", "matplotlib", "plotly",
    "ezc3d", "pooch", "spm1d", "asyncio", "http",
}  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["report", "--help"],
        ["explore", "--help"],
        ["figure", "--help"],
        ["statistics", "--help"],
        ["data", "--help"],
        ["run", "no.toml"],
        ["predict", "--speed", "9"],
        ["predict", "--strength", "vastus=0.7"],
        ["predict", "--weights", "no.toml"],
    ],
)
def test_help_and_a_mistake_load_nothing_heavy(arguments):
    script = (
        "import sys\nfrom retrogait.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        f"sys.exit(' '.join(sorted({HEAVY} & sys.modules.keys())) or 0)"
    )
    done = python("-c", script, *arguments)
    assert done.returncode == 0, done.stderr


def test_the_package_alone_loads_nothing_heavy():
    done = python(
        "-c", f"import sys, retrogait\nsys.exit(' '.join(sorted({HEAVY} & sys.modules.keys())) or 0)"
    )
    assert done.returncode == 0, done.stderr


def test_a_reader_that_stops_reading_gets_no_traceback(experiment):
    script = (
        "import os, sys\nfrom retrogait.cli import main\n"
        "read, write = os.pipe()\nos.close(read)\nos.dup2(write, 1)\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = python("-c", script, "run", str(experiment), "--dry-run")
    assert (done.returncode, done.stderr) == (141, "")


def test_every_command_and_option_has_help():
    parser = cli.build_parser()
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    described = {choice.dest: choice.help for choice in commands._choices_actions}
    assert set(described) == set(commands.choices) >= {"run", "predict", "info", "demo"}
    for name, command in commands.choices.items():
        assert described[name], name
        assert command.description, name
        assert all(action.help for action in command._actions), name


@pytest.fixture
def predictor(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return fake_predict(monkeypatch)


def test_a_prediction_prints_its_peaks_with_their_span_and_stores_everything(predictor, tmp_path, capsys):
    command = "predict --direction retro --speed 1 --incline -5 --strength vasti=0.7 --strength soleus=1.2"
    assert cli.main(command.split()) == 0
    out, err = capsys.readouterr()
    for words in (
        "retro_1.0_-05: retro, 1 m/s, -5° (predicted)",
        "motion that comes with retrogait",
        "vasti at 70% of the strength, soleus at 120% of the strength",
        "3.0 BW (2.5 to 3.5 with other tendons, weights, ground and strength; "
        "lowest: rigid tendons, highest: strong",
        "0.8 BW (0.7 to 1.3 with",
    ):
        assert words in out
    assert "solving retro_1.0_-05" in err
    folder = tmp_path / "results" / "retro_1.0_-05"
    ends = (".h5", ".mot", "_grf.mot", "_grf.xml")
    assert {path.name for path in folder.iterdir()} == {study.PICTURE, *(f"retro_1.0_-05{e}" for e in ends)}


def test_a_prediction_may_be_made_anew_elsewhere_without_its_sensitivity(predictor, tmp_path, capsys):
    command = "predict --speed 1.8 --fresh --no-sensitivity --tendon rigid --output there"
    assert cli.main(command.split()) == 0
    out = capsys.readouterr().out
    for words in ("solved here (1.2 s, 61 iterations, 2 tries)", "rigid tendons", "sensitivity not computed"):
        assert words in out
    assert "an extrapolation" in out
    (call,) = predictor.calls
    assert (call[1]["fresh"], call[1]["sensitivity"], call[1]["tendon"]) == (True, False, "rigid")
    assert (tmp_path / "there" / "forward_1.8_0.h5").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--speed 0", "speed is 0 m/s, expected 0.3 to 2.2"),
        ("--speed 9", "speed is 9 m/s"),
        ("--speed nan", "speed is nan, expected a number"),
        ("--speed -1", "retro walking is direction = 'retro'"),
        ("--incline 45", "incline is 45 deg, expected at most 15"),
        ("--direction sideways", "direction is 'sideways', expected 'forward' or 'retro'"),
        ("--tendon soft", "tendon is 'soft', expected one of: 'rigid', 'achilles', 'compliant'"),
        ("--strength vasti", "`vasti` is not MUSCLE=FACTOR"),
        ("--strength vasti=weak", "`vasti=weak` is not MUSCLE=FACTOR"),
        ("--strength vastus=1", "no muscle is called `vastus`; did you mean `vasti`"),
        ("--strength vasti=nan", "strength.vasti is nan, expected a factor"),
        ("--weights no.toml", "no.toml: cannot be read"),
    ],
)
def test_a_walk_that_cannot_be_asked_for_is_one_line_and_status_2(
    predictor, tmp_path, capsys, arguments, says
):
    assert cli.main(["predict", *arguments.split()]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert predictor.calls == []
    assert list(tmp_path.iterdir()) == []


def test_a_walk_without_a_gait_is_one_line_and_status_1(predictor, capsys):
    predictor.faults["forward_1.2_0"] = SolveError("forward_1.2_0: no gait in 3 tries")
    assert cli.main(["predict"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "retrogait: forward_1.2_0: no gait in 3 tries"


def test_a_sweep_shows_its_walks_in_a_dry_run_and_fails_with_status_1(predictor, tmp_path, capsys):
    path = tmp_path / "walks.toml"
    path.write_text("[sweep]\nspeed = [1.0, 1.2]\nincline = [0, 5]\nstrength = { vasti = 0.7 }\n")
    assert cli.main(["run", "walks.toml", "--dry-run"]) == 0
    out = capsys.readouterr().out
    for words in (
        "forward_1.2_+05.h5",
        "forward 1 m/s +5° (predicted)",
        "strength.vasti = 0.7",
        "sensitivity on",
    ):
        assert words in out
    assert predictor.calls == []
    predictor.faults["forward_1.0_0"] = SolveError("no")
    assert cli.main(["run", "walks.toml"]) == 1
    out = capsys.readouterr().out
    assert "3 of 4 cases stored in results/walks: HDF5, summary.csv, loads.svg, peaks.svg" in out


def test_on_a_terminal_the_stage_of_a_prediction_is_a_line_that_goes_away(predictor, tmp_path):
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=100)
    study.predict(Prediction(condition=Condition("forward", 1.2, 0.0)), tmp_path, console=console)
    text = console.file.getvalue()
    assert text.endswith("\x1b[?25h\r\x1b[1A\x1b[2K")  # cursor shown again, line erased


def test_the_function_keeps_its_name_when_the_subpackage_is_imported():
    script = (
        "import retrogait.predict.condition, types\n"
        "raise SystemExit(isinstance(vars(retrogait).get('predict'), types.ModuleType))"
    )
    done = python("-c", script)
    assert done.returncode == 0, done.stderr


def test_the_public_names_are_there_and_nothing_else_is_invented():
    assert set(rg.__all__) <= set(dir(rg))
    with pytest.raises(AttributeError, match="has no attribute 'analyse'"):
        rg.analyse  # noqa: B018
