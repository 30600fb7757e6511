"""The pytest plugin, in suites of their own: pytest starts as a user's does."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import retrogait as rg

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]
SOURCES = Path(rg.__file__).parents[1]
INSTALLED = any(one.value == "retrogait.pytest_plugin" for one in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "retrogait.pytest_plugin")  # pytest refuses a plugin that comes twice
HEAVY = {"numpy", "xarray", "h5py", "numba", "scipy", "opensim"}

SUITE = """
import pytest
from tests.baseline.walks import walk, weaken

BY = {by}

def test_loads(load_regression):
    load_regression(weaken(walk(), by=BY))

@pytest.mark.parametrize("name", ["a/b", "c"])
def test_many(load_regression, name):
    load_regression([walk("one"), walk("two")], tolerance={{"BW": 0.01}})
    load_regression(walk("three"), name="extra-" + name.replace("/", ""))
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{SOURCES}:{ROOT}")
    pytester.makeini("[pytest]\n")

    def run(*arguments, by=0.0):
        pytester.makepyfile(test_walk=SUITE.format(by=by))
        return pytester.runpytest_subprocess(*PLUGIN, *arguments)

    return run


def test_the_first_run_fails_and_tells_the_flag_that_writes_the_baseline(suite, pytester):
    done = suite("-k", "test_loads")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*no baseline *test_loads.h5 yet*pytest --update-loads*"])
    assert not list(pytester.path.rglob("*.h5"))


def test_the_flag_writes_and_fails_once_then_the_test_passes(suite, pytester):
    done = suite("--update-loads", "-k", "test_loads")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*wrote the baseline *review it, commit it*"])
    assert (pytester.path / "test_walk" / "test_loads.h5").is_file()
    suite("--update-loads", "-k", "test_loads").assert_outcomes(passed=1)  # the same already
    suite("-k", "test_loads").assert_outcomes(passed=1)


def test_a_load_that_moved_fails_with_a_sentence_and_keeps_the_baseline(suite, pytester):
    suite("--update-loads", "-k", "test_loads")
    before = (pytester.path / "test_walk" / "test_loads.h5").read_bytes()
    done = suite("-k", "test_loads", by=0.05)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        ["*tibiofemoral force at 45 % of the cycle (push-off) fell by 0.0500*moved most by vasint_r*"]
    )
    assert (pytester.path / "test_walk" / "test_loads.h5").read_bytes() == before
    suite("-k", "test_loads", by=5e-4).assert_outcomes(passed=1)


def test_names_and_parameters_make_files_of_their_own(suite, pytester):
    for _ in range(2):  # each test has two baselines, and the first that is written ends it
        suite("--update-loads", "-k", "test_many")
    suite("-k", "test_many").assert_outcomes(passed=2)
    names = sorted(path.name for path in (pytester.path / "test_walk").iterdir() if path.suffix == ".h5")
    assert names == ["extra-ab.h5", "extra-c.h5", "test_many_a_b.h5", "test_many_c.h5"]


def test_a_suite_that_does_not_use_it_pays_nothing(suite, pytester):
    pytester.makepyfile(
        test_other=f"""
import sys

def test_nothing_of_weight_is_imported():
    assert not set({sorted(HEAVY)!r}) & set(sys.modules)
"""
    )
    done = pytester.runpytest_subprocess(*PLUGIN, "test_other.py")
    done.assert_outcomes(passed=1)


def test_the_help_of_pytest_has_the_flag(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(SOURCES))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, "--help"],
        cwd=pytester.path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--update-loads" in done.stdout
    assert "retrogait:" in done.stdout
