"""The command line: one line for a mistake, an exit status for a script, a table for a person."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

import retrogait as rg
from retrogait import cli, share, study
from retrogait.errors import ModelError, MotionError
from tests.fake_core import NAMES, fake_core, write_experiment

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
    assert f"3 of 3 trials stored in {tmp_path / 'out'}" in out
    assert "[3/3] third" in err


def test_a_run_with_failed_trials_ends_with_status_1(core, experiment, capsys):
    core.faults["second"] = ModelError("no knee")
    assert cli.main(["run", str(experiment)]) == 1
    out, err = capsys.readouterr()
    assert "2 of 3 trials stored" in out
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
    (bundle / "demo.toml").write_text(text)
    for name in ("subject.osim", *(f"{n}.{end}" for n in NAMES for end in ("mot", "xml"))):
        (tmp_path / name).rename(bundle / name)
    monkeypatch.setattr(share, "share_folder", lambda kind: bundle)
    monkeypatch.chdir(tmp_path)

    assert cli.main(["demo"]) == 0
    assert (tmp_path / "results" / "demo" / "first.h5").exists()
    assert cli.main(["run", "demo", "--output", "other"]) == 0
    assert (tmp_path / "other" / study.SUMMARY).exists()
    capsys.readouterr()
    assert cli.main(["run", "demi"]) == 2
    assert capsys.readouterr().err == (
        "retrogait: demi: neither a file nor a bundled experiment; did you mean `demo`? (bundled: demo)\n"
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


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["run", "no.toml"]])
def test_help_and_a_missing_file_load_nothing_heavy(arguments):
    script = (
        "import sys\nfrom retrogait.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'xarray', 'numba', 'opensim', 'scipy', 'rich', 'h5py'}\n"
        "sys.exit(' '.join(sorted(heavy & sys.modules.keys())) or 0)"
    )
    done = python("-c", script, *arguments)
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
    assert set(described) == set(commands.choices) >= {"run", "info", "demo"}
    for name, command in commands.choices.items():
        assert described[name], name
        assert command.description, name
        assert all(action.help for action in command._actions), name


def test_the_public_names_are_there_and_nothing_else_is_invented():
    assert set(rg.__all__) <= set(dir(rg))
    with pytest.raises(AttributeError, match="has no attribute 'analyse'"):
        rg.analyse  # noqa: B018
