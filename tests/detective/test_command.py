"""`retrogait inspect`: what it prints, what it leaves, and how it ends."""

import json

import pytest

from retrogait.commands import inspect as command
from retrogait.commands.common import Parser
from retrogait.errors import ConfigError, FileError
from tests.trials import bundled

TRIAL = """
[[trial]]
name = "{name}"
coordinates = "forward_1.2_0.mot"
external_loads = "forward_1.2_0_grf.xml"
direction = "{direction}"
speed = 1.2
axes = "surface"
origin = "predicted"
spline = "cubic"
"""
HEAD = '[model]\nfile = "bundled:planar.osim"\n'


@pytest.fixture
def experiment(tmp_path):
    bundled("forward_1.2_0").write(tmp_path)

    def write(*trials):
        path = tmp_path / "walks.toml"
        path.write_text(HEAD + "".join(TRIAL.format(name=name, direction=way) for name, way in trials))
        return str(path)

    return write


def run(*arguments):
    parser = Parser(prog="retrogait")
    command.add(parser.add_subparsers())
    chosen = parser.parse_args(["inspect", *arguments])
    return chosen.command(chosen)


def test_a_sound_trial_ends_with_status_0(experiment, capsys):
    assert run(experiment(("sound", "forward"))) == 0
    assert capsys.readouterr().out == "sound: nothing found\n"


@pytest.mark.parametrize(("content", "says"), [(None, "no such file"), ("[model]\n", "is the file cut off")])
def test_markers_that_cannot_be_read_are_bad_input_and_no_mistake_in_the_trial(
    experiment, tmp_path, content, says
):
    path = tmp_path / "markers.trc"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FileError, match=says):
        run(experiment(("sound", "forward")), "--markers", str(path))


def test_a_mistake_is_printed_stored_and_ends_with_status_1(experiment, capsys, tmp_path):
    target = tmp_path / "found.json"
    assert run(experiment(("sound", "forward"), ("wrong", "retro")), "--json", str(target)) == 1
    printed = capsys.readouterr().out
    assert "wrong: 1 mistake\n  mistake: forward walking labelled retro" in printed
    assert 'repair   set direction = "forward"' in printed
    stored = json.loads(target.read_text())
    assert stored["sound"] == []
    assert [finding["mistake"] for finding in stored["wrong"]] == ["forward_called_retro"]


def test_one_trial_can_be_chosen(experiment, capsys):
    assert run(experiment(("sound", "forward"), ("wrong", "retro")), "--trial", "sound") == 0
    with pytest.raises(ConfigError, match="has no trial 'sond'"):
        run(experiment(("sound", "forward")), "--trial", "sond")


def test_markers_belong_to_one_trial(experiment):
    with pytest.raises(ConfigError, match="--trial"):
        run(experiment(("sound", "forward"), ("wrong", "retro")), "--markers", "x.trc")
