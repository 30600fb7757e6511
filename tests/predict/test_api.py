"""`predict`: what it refuses before anything slow, what it takes from the bundle, what it hands on."""

import hashlib
import importlib
import json
import os
import subprocess
import sys
from concurrent.futures import Future

import pytest

import retrogait as rg
from retrogait.errors import ConfigError, SolveError
from retrogait.predict import api, library
from retrogait.predict.condition import Condition
from retrogait.predict.gait import ASSUMED, PLAIN_SHARING, Gait, trial_in_memory
from retrogait.predict.settings import Choices
from tests.predict import paper


@pytest.fixture
def no_solver(monkeypatch):
    """Fail as soon as anybody asks for a solving process."""

    def refuse():
        pytest.fail("a solving process was asked for")

    monkeypatch.setattr(api, "team", refuse)


@pytest.mark.usefixtures("no_solver")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"direction": "sideways"}, "direction is 'sideways'"),
        ({"speed": 0}, "speed is 0 m/s"),
        ({"speed": 9}, "speed is 9 m/s"),
        ({"incline": 45}, "incline is 45 deg"),
        ({"tendon": "soft"}, "tendon is 'soft'"),
        ({"weights": "/no/such/file.toml"}, "/no/such/file.toml: cannot be read"),
        ({"strength": {"vastii": 0.5}}, "no muscle is called 'vastii'"),
        ({"strength": {"vasti": 0.0}}, "strength.vasti is 0.0"),
        ({"starts": 0}, "starts is 0, expected a whole number from 1"),
        ({"starts": "3"}, "starts is '3', expected a whole number from 1"),
    ],
)
def test_a_bad_argument_is_refused_in_one_line_before_anything_slow(arguments, told):
    with pytest.raises(ConfigError) as caught:
        rg.predict(**arguments)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_importing_the_package_brings_neither_casadi_nor_opensim():
    code = "import sys, retrogait as rg; rg.predict; print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert not {"casadi", "opensim"} & set(out.stdout.split())


def test_predict_is_the_function_although_a_package_has_its_name():
    importlib.import_module("retrogait.predict.gates")
    assert rg.predict is api.predict


def test_a_name_that_the_package_lacks_is_an_attribute_error():
    package = importlib.import_module("retrogait.predict")
    with pytest.raises(AttributeError, match="has no attribute 'predicted'"):
        _ = package.predicted
    assert package.Condition is Condition


@pytest.fixture
def bundle(monkeypatch, tmp_path, figure, stride):
    """A bundle of one condition, made of the walk on paper."""
    trial, files = trial_in_memory(paper.CONDITION, figure, stride)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    content = {
        "model_digest": library.model_digest(),
        "weights_digest": Choices().weights.digest,
        "conditions": {
            paper.CONDITION.name: {
                "direction": "forward", "speed": 1.2, "incline": 0.0, "start": trial.start, "end": trial.end,
                "figures": {"objective": 7.0}, "sensitivity": {"base": {"peak_tibiofemoral": 3.0}},
                "remarks": ["a remark"],
                "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            }
        },
    }  # fmt: skip
    path = tmp_path / library.MANIFEST
    path.write_text(json.dumps(content))
    monkeypatch.setattr(library, "library_folder", lambda: tmp_path)
    library.manifest.cache_clear()
    yield path
    library.manifest.cache_clear()


@pytest.mark.usefixtures("no_solver", "bundle")
def test_a_bundled_condition_needs_no_solver():
    gait = rg.predict("forward", 1.2, 0.0)
    assert gait.source == "bundled"
    assert gait.trial.origin == "predicted"
    assert gait.figures == {"objective": 7.0}
    assert gait.sensitivity == {"base": {"peak_tibiofemoral": 3.0}}
    assert gait.notes == [ASSUMED, PLAIN_SHARING, "a remark"]
    assert library.bundled_conditions() == [paper.CONDITION]


@pytest.mark.usefixtures("no_solver", "bundle")
def test_a_bundled_gait_writes_the_bundled_files(tmp_path):
    written = rg.predict("forward", 1.2, 0.0).write(tmp_path / "out" / "deep")
    names = [f"forward_1.2_0{end}" for end in (".mot", "_grf.mot", "_grf.xml")]
    assert [path.name for path in written] == names
    for path in written:
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


class AskedError(Exception):
    """A solving process was asked for."""


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize(
    "arguments",
    [
        {"fresh": True},
        {"speed": 1.3},
        {"tendon": "rigid"},
        {"strength": {"vasti": 0.9}},
    ],
)
def test_whatever_is_not_bundled_is_solved_for(monkeypatch, arguments):
    def team():
        raise AskedError

    monkeypatch.setattr(api, "team", team)
    with pytest.raises(AskedError):
        rg.predict(**arguments)


@pytest.fixture
def new_machine(monkeypatch):
    """A machine that has compiled nothing: what happened in order, and the walk that is being solved."""
    happened, answer = [], Future()

    class Solving:
        def submit(self, *_, **__):
            return answer

    monkeypatch.setattr(api, "team", Solving)
    monkeypatch.setattr(api, "kernels_cached", lambda: False)
    monkeypatch.setattr(api, "ask", lambda *_: happened.append("cases are asked for"))
    return happened, answer


def test_on_a_new_machine_the_core_compiles_while_the_walk_and_then_its_cases_are_solved(
    monkeypatch, new_machine
):
    happened, answer = new_machine

    def compile_core(_):
        happened.append("compiling")
        answer.set_result("a walk")
        happened.append("compiled")

    def analyze(*_):
        raise AskedError

    monkeypatch.setattr(api, "_compile_core", compile_core)
    monkeypatch.setattr(api, "gait_of", analyze)
    with pytest.raises(AskedError):
        rg.predict(speed=1.3, report=happened.append)
    assert happened == ["compiling", "cases are asked for", api.COMPILING, "compiled"]


def test_a_walk_that_cannot_be_solved_is_told_on_a_new_machine_too(monkeypatch, new_machine):
    happened, answer = new_machine
    answer.set_exception(SolveError("no walking found"))
    monkeypatch.setattr(api, "_compile_core", lambda _: None)
    with pytest.raises(SolveError, match="no walking found"):
        rg.predict(speed=1.3)
    assert happened == []


def test_what_compiles_the_core_is_the_analysis_of_a_bundled_walk(monkeypatch, bundle):
    assert bundle.is_file()
    walks = [library.bundled_gait(paper.CONDITION), None]
    asked = iter(walks)
    monkeypatch.setattr(api, "bundled_gait", lambda _: next(asked))
    api._compile_core(paper.CONDITION)
    assert "result" in vars(walks[0])  # analyzed, and kept
    api._compile_core(paper.CONDITION)  # without one, the core compiles later
    assert list(asked) == []


@pytest.mark.parametrize("key", ["model_digest", "weights_digest"])
def test_a_bundle_of_another_model_or_cost_is_no_bundle(bundle, key):
    assert library.bundled_gait(paper.CONDITION) is not None
    content = json.loads(bundle.read_text())
    content[key] = "0" * 16
    bundle.write_text(json.dumps(content))
    library.manifest.cache_clear()
    assert library.bundled_gait(paper.CONDITION) is None
    assert library.bundled_conditions() == []


@pytest.mark.usefixtures("bundle")
def test_a_condition_that_only_rounds_to_a_bundled_one_is_not_it():
    close = Condition("forward", 1.20004, 0.0)
    assert close.name == paper.CONDITION.name
    assert library.bundled_gait(close) is None


def test_without_a_bundle_nothing_is_bundled(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "library_folder", lambda: tmp_path)
    library.manifest.cache_clear()
    try:
        assert library.bundled_conditions() == []
        assert library.bundled_gait(paper.CONDITION) is None
    finally:
        library.manifest.cache_clear()


def test_every_result_says_that_nobody_walked_it(figure, stride):
    """Also by way of the analysis, which is where numbers are read."""
    trial, files = trial_in_memory(paper.CONDITION, figure, stride)
    gait = Gait(paper.CONDITION, trial, "solved", {}, files=files, remarks=("changed",))
    notes = list(gait.result.attrs["notes"])
    for note in (ASSUMED, PLAIN_SHARING, "changed"):
        assert note in notes
    assert gait.result is gait.result
    assert gait.model.name
