"""What changes a key and what does not."""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import retrogait as rg
from retrogait.cases import cases_of
from retrogait.config import read_experiment
from retrogait.errors import FileError
from retrogait.execute import keys
from retrogait.execute.keys import code_digest, key_of
from retrogait.jobs import is_bundled
from retrogait.predict.condition import Condition
from retrogait.sweep import Prediction
from tests.fake_core import write_experiment

PACKAGE = Path(rg.__file__).parent
WALK = """
[sweep]
speed = 1.0
"""


@pytest.fixture
def folder(tmp_path):
    write_experiment(tmp_path)
    return tmp_path


def key(folder, change=("", ""), case=0):
    """Key of a case, after a change to the text of the experiment."""
    old, new = change
    text = (folder / "study.toml").read_text()
    assert old in text
    (folder / "changed.toml").write_text(text.replace(old, new))
    experiment = read_experiment(folder / "changed.toml")
    return key_of(cases_of(experiment)[case], experiment)


def replaced(case, **changes):
    return msgspec.structs.replace(case, trial=msgspec.structs.replace(case.trial, **changes))


def test_a_key_is_a_digest_that_stays_and_differs_between_trials(folder):
    assert key(folder) == key(folder)
    assert len({key(folder, case=case) for case in range(3)}) == 3
    assert len(bytes.fromhex(key(folder))) == 32


@pytest.mark.parametrize("name", ["subject.osim", "first.mot", "first.xml"])
def test_the_content_of_every_file_counts(folder, name):
    before = key(folder)
    with (folder / name).open("a") as file:
        file.write("\n ")
    assert key(folder) != before


def test_the_table_that_the_loads_name_counts_and_another_one_in_its_place(folder):
    xml = folder / "first.xml"
    xml.write_text(xml.read_text().replace("first.mot", "forces.sto"))
    (folder / "forces.sto").write_text("forces")
    before = key(folder)
    (folder / "forces.sto").write_text("other forces")
    changed = key(folder)
    assert changed != before
    (folder / "given.sto").write_text("forces")
    given = ('external_loads = "first.xml"', 'external_loads = "first.xml"\ndata_file = "given.sto"')
    assert key(folder, given) == before  # the same content under another name


@pytest.mark.parametrize(
    "changes",
    [
        {"start": 0.1},
        {"end": 0.9},
        {"direction": "forward"},
        {"speed": 0.81},
        {"incline": 1.0},
        {"axes": "surface"},
        {"origin": "synthetic"},
        {"hold": ("knee_angle_r",)},
        {"spline": "cubic"},
        {"external_loads": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_window_walk_and_preparation_count(folder, changes):
    experiment = read_experiment(folder / "study.toml")
    case = cases_of(experiment)[0]
    assert key_of(replaced(case, **changes), experiment) != key_of(case, experiment)


@pytest.mark.parametrize("setting", ["exponent = 2", 'exponent = 3\ntendon = "compliant"', "reserve = 2.0"])
def test_every_setting_counts(folder, setting):
    assert key(folder, ("exponent = 3", setting)) != key(folder)


def test_knees_and_the_content_of_a_file_of_reserves_count(folder):
    knees = ('[model]\nfile = "subject.osim"', '[model]\nfile = "subject.osim"\nknees = { right = "knee" }')
    assert key(folder, knees) != key(folder)
    (folder / "reserves.xml").write_text("one")
    reserves = ("exponent = 3", 'exponent = 3\nreserves = "reserves.xml"')
    before = key(folder, reserves)
    (folder / "reserves.xml").write_text("another")
    assert key(folder, reserves) != before


def test_names_labels_places_and_measured_forces_do_not_count(folder, tmp_path_factory):
    before = key(folder)
    assert key(folder, ('name = "first"', 'name = "1st"')) == before
    assert key(folder, ('folder = "out"', 'folder = "elsewhere"')) == before
    assert (
        key(folder, ("[model]", '[experiment]\nname = "other"\ndescription = "said so"\n[model]')) == before
    )
    experiment = read_experiment(folder / "study.toml")
    case = cases_of(experiment)[0]
    labelled = msgspec.structs.replace(case, labels={"subject": "S1", "age": 70.0})
    assert key_of(labelled, experiment) == before
    measured = replaced(case, measured=folder / "first.mot", measured_side="left")
    assert key_of(measured, experiment) == before
    moved = tmp_path_factory.mktemp("moved")
    shutil.copytree(folder, moved, dirs_exist_ok=True)
    (moved / "first.mot").rename(moved / "renamed.mot")
    (moved / "first.xml").write_text((moved / "first.xml").read_text())
    text = (moved / "study.toml").read_text().replace('"first.mot"', '"renamed.mot"')
    (moved / "study.toml").write_text(text.replace('external_loads = "first.xml"\n', "", 1))
    (folder / "study.toml").write_text(
        (folder / "study.toml").read_text().replace('external_loads = "first.xml"\n', "", 1)
    )
    assert key(moved) == key(folder)


def test_a_file_that_is_gone_has_no_key(folder):
    experiment = read_experiment(folder / "study.toml")
    (folder / "subject.osim").unlink()
    with pytest.raises(FileError, match=r"subject\.osim: cannot be read"):
        key_of(cases_of(experiment)[0], experiment)


def test_the_code_counts_where_numbers_come_from_and_nowhere_else(tmp_path, monkeypatch):
    copy = tmp_path / "retrogait"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keys, "PACKAGE", copy)
    digest = code_digest.__wrapped__

    def after(path):
        with (copy / path).open("a") as file:
            file.write("\n# changed\n")
        return digest(keys.NUMBERS), digest(keys.PREDICTOR)

    numbers, predictor = digest(keys.NUMBERS), digest(keys.PREDICTOR)
    for path in ("report/table.py", "cli.py", "study.py", "commands/run.py", "execute/processes.py"):
        assert after(path) == (numbers, predictor)
    assert after("predict/blocks.py")[0] == numbers
    assert digest(keys.PREDICTOR) != predictor
    for path in ("kernels/sharing.py", "gait/fit.py", "io/storage.py", "pipeline.py", "execute/runner.py"):
        before, numbers = numbers, after(path)[0]
        assert numbers != before
    monkeypatch.setattr(keys, "__version__", "99")
    assert digest(keys.NUMBERS) != numbers


def test_every_source_that_a_result_can_come_from_is_in_the_key():
    """Whatever analysing a trial imports is in the key, or is named here as what no number comes from."""
    script = "import sys, retrogait.pipeline, retrogait.normalise, retrogait.gait, retrogait.osim\n"
    script += "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('retrogait')))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": "", "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {Path(file).relative_to(PACKAGE).parts[0] for file in done.stdout.split()}
    harmless = {"__init__.py", "audit", "errors.py", "notebook.py", "predict", "share.py"}
    assert imported - harmless <= set(keys.NUMBERS)
    assert set(keys.NUMBERS) >= {"kernels", "settings.py", "remarks.py"}


def test_a_walk_depends_on_its_condition_and_on_what_is_assumed(tmp_path):
    (tmp_path / "walk.toml").write_text(WALK)
    experiment = read_experiment(tmp_path / "walk.toml")
    case = cases_of(experiment)[0]
    before = key_of(case, experiment)
    weights = tmp_path / "weights.toml"
    weights.write_text((PACKAGE.parents[1] / "models" / "prediction.toml").read_text() + "\n# mine\n")
    condition = case.trial.condition
    for changes in (
        {"condition": dataclasses.replace(condition, speed=1.2)},
        {"condition": dataclasses.replace(condition, direction="retro")},
        {"condition": dataclasses.replace(condition, incline=5.0)},
        {"tendon": "rigid"},
        {"weights": weights},
        {"strength": {"vasti": 0.7}},
        {"sensitivity": False},
        {"fresh": True},
    ):
        assert key_of(replaced(case, **changes), experiment) != before, changes


def test_a_walk_with_its_sensitivity_depends_on_the_other_cost_too(tmp_path, monkeypatch):
    (tmp_path / "walk.toml").write_text(WALK)
    experiment = read_experiment(tmp_path / "walk.toml")
    case = cases_of(experiment)[0]
    without = replaced(case, sensitivity=False)
    before = key_of(case, experiment), key_of(without, experiment)
    monkeypatch.setattr(keys, "OTHER_COST", "planar.toml")
    assert key_of(case, experiment) != before[0]
    assert key_of(without, experiment) == before[1]


def test_a_walk_is_bundled_where_nothing_about_it_is_special():
    plain = Prediction(condition=Condition("retro", 1.0, 0.0))
    assert is_bundled(plain)
    for changes in ({"fresh": True}, {"tendon": "rigid"}, {"strength": {"all": 0.9}},
                    {"condition": Condition("retro", 1.00001, 0.0)}):  # fmt: skip
        assert not is_bundled(msgspec.structs.replace(plain, **changes))
