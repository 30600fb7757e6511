"""`retrogait sensitivity`: from an experiment file to bands, pictures and one-line complaints."""

import pytest

import retrogait as rg
from retrogait import cli
from retrogait.commands import sensitivity as command
from retrogait.config import read_experiment
from retrogait.errors import ConfigError
from retrogait.tables import SensitivityTable
from tests.bodies import few

SAMPLES = few(32, 20)
FILE = f"""
[sweep]
direction = ["forward", "retro"]
speed = 1.0

[sensitivity]
samples = {SAMPLES}
method = "latin"
seed = 3

[sensitivity.vary]
body_mass = [0.97, 1.03]
strength.vasti = [0.8, 1.2]
cutoff = [4, 8]
exponent = [2, 3]
cop_x = [-0.01, 0.01]
"""


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(cli, "COMMANDS", (*(one for one in cli.COMMANDS if one is not command), command))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "how_far.toml"
    path.write_text(FILE)
    return path


def test_the_table_becomes_part_of_the_experiment(file):
    table = read_experiment(file).sensitivity
    assert (table.samples, table.method, table.seed) == (SAMPLES, "latin", 3)
    assert table.vary["strength"] == {"vasti": [0.8, 1.2]}


def test_without_a_table_the_defaults_stand(tmp_path):
    path = tmp_path / "plain.toml"
    path.write_text("[sweep]\nspeed = 1.0\n")
    assert read_experiment(path).sensitivity == SensitivityTable()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cutoff =", "cutof =", "sensitivity: vary: no factor is called `cutof`; did you mean `cutoff`?"),
        ("[4, 8]", "[8, 4]", "sensitivity: vary.cutoff: is [8, 4], expected [LOW, HIGH] with LOW below HIGH"),
        ('"latin"', '"lattin"', "sensitivity: method: expected `sobol` or `latin`, found `lattin`"),
        ("seed =", "sed =", "sensitivity: unknown key `sed`; did you mean `seed`?"),
        (f"samples = {SAMPLES}", "samples = 0", "sensitivity: samples: expected `int` >= 1, found 0"),
        ("cop_x", "offset", "sensitivity: vary: `offset` needs the name of a coordinate, as in"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(file, old, new, message):
    file.write_text(FILE.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_experiment(file)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(file))


def test_named_trials_get_bands_samples_and_a_picture(file, tmp_path, capsys):
    assert cli.main(["sensitivity", str(file), "retro_1.0_0", "--output", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert "retro_1.0_0 (predicted), " in out
    assert f"{SAMPLES} samples in " in out
    assert "forward_1.0_0" not in out + err
    assert f"[1/1] retro_1.0_0: {SAMPLES} of {SAMPLES} samples" in err
    folder = tmp_path / "out" / "sensitivity"
    assert sorted(path.name for path in folder.iterdir()) == [
        "retro_1.0_0.csv",
        "retro_1.0_0.h5",
        "retro_1.0_0.svg",
    ]
    stored = rg.read_result(folder / "retro_1.0_0.h5")
    assert stored.attrs["sampling"] == {"method": "latin", "samples": SAMPLES, "seed": 3}
    assert "cutoff is not varied: a predicted motion has no noise to filter" in stored.attrs["notes"]
    assert set(stored["factor"].values) == {"body_mass", "strength.vasti", "exponent", "cop_x"}
    assert any("no person" in note for note in stored.attrs["notes"])


def test_the_command_line_has_the_last_word_on_the_samples(file, tmp_path, capsys):
    asked = [str(file), "forward_1.0_0", "--samples", "24", "--threads", "1", "--output", str(tmp_path)]
    assert cli.main(["sensitivity", *asked]) == 0
    assert "24 samples in " in capsys.readouterr().out


def test_a_trial_that_there_is_not_is_one_line(file, capsys):
    assert cli.main(["sensitivity", str(file), "retro_1.0_1"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("retrogait: no trial is called `retro_1.0_1`; did you mean `retro_1.0_0`")
    assert err.count("\n") == 1


def test_too_few_samples_are_one_line_per_trial(file, tmp_path, capsys):
    assert cli.main(["sensitivity", str(file), "--samples", "3", "--output", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert "stored" not in out
    assert err.count("\n") == 2
    assert "retrogait: retro_1.0_0: samples is 3, expected a whole number from 20 (for 4 factors)" in err


def test_trials_that_can_be_done_are_done_beside_one_that_cannot(file, tmp_path, capsys, monkeypatch):
    plain = command._sample

    def picky(experiment, case, arguments, progress):
        if case.name.startswith("forward"):
            raise ConfigError("of the test")
        return plain(experiment, case, arguments, progress)

    monkeypatch.setattr(command, "_sample", picky)
    assert cli.main(["sensitivity", str(file), "--output", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert "retrogait: forward_1.0_0: of the test" in err
    assert (tmp_path / "sensitivity" / "retro_1.0_0.svg").is_file()


def test_a_folder_that_cannot_be_written_ends_it_at_once(file, tmp_path, capsys):
    (tmp_path / "taken").write_text("a file, not a folder")
    status = cli.main(["sensitivity", str(file), "retro_1.0_0", "--output", str(tmp_path / "taken")])
    assert status == 2
    assert "cannot be written" in capsys.readouterr().err
