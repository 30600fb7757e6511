"""Compiled models on disk: right or not there at all."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import retrogait as rg
from retrogait import _jit
from tests.builders import legs, write

WITHOUT_OPENSIM = """
import sys
import retrogait as rg
model = rg.load_model(sys.argv[1])
print(len(model.coordinates), len(model.muscle_names), "opensim" in sys.modules)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert _jit.cache_folder() == tmp_path / "cache" / "retrogait"
    return tmp_path / "cache" / "retrogait" / "models"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A model file."""
    return write(legs(), tmp_path_factory.mktemp("cache") / "legs.osim")


@pytest.fixture
def path(original, tmp_path):
    """A copy that a test may change."""
    copy = tmp_path / "subject.osim"
    copy.write_bytes(original.read_bytes())
    return copy


@pytest.fixture
def compilations(monkeypatch):
    """Names of the files that were compiled."""
    from retrogait.osim import compile as compiler  # noqa: PLC0415 - loads opensim

    seen = []
    real = compiler.compile_model

    def compile_model(path, digest, knees):
        seen.append(path.name)
        return real(path, digest, knees)

    monkeypatch.setattr(compiler, "compile_model", compile_model)
    return seen


def assert_same(a, b):
    for name in ("tree", "functions", "paths", "muscles"):
        for field, x, y in zip(getattr(a, name)._fields, getattr(a, name), getattr(b, name), strict=True):
            assert x.dtype == y.dtype, field
            assert_array_equal(x, y, err_msg=field)
    for name, x in vars(a).items():
        y = getattr(b, name)
        if isinstance(x, np.ndarray):
            assert_array_equal(x, y, err_msg=name)
            assert x.dtype == y.dtype, name
        elif name == "knees":
            assert [vars(knee) for knee in x] == [vars(knee) for knee in y]
        elif not hasattr(x, "_fields"):
            assert x == y, name


def test_a_second_load_compiles_nothing_and_gives_the_same_model(folder, path, compilations):
    first, second = rg.load_model(path), rg.load_model(path)
    assert compilations == ["subject.osim"]
    assert len(list(folder.iterdir())) == 1
    assert_same(first, second)


def test_a_cached_model_does_not_need_opensim(folder, path):
    rg.load_model(path)
    source = Path(rg.__file__).parents[1]
    environment = os.environ | {"XDG_CACHE_HOME": str(folder.parents[1]), "PYTHONPATH": str(source)}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_OPENSIM, str(path)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.split() == ["12", "10", "False"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"not an archive",
        lambda data: data[:2000] + bytes(500) + data[2500:],
    ],
    ids=["empty", "half", "other", "damaged"],
)
def test_an_entry_that_does_not_read_back_is_compiled_again(folder, path, compilations, spoil):
    first = rg.load_model(path)
    entry = next(folder.iterdir())
    entry.write_bytes(spoil(entry.read_bytes()))
    assert_same(rg.load_model(path), first)
    assert len(compilations) == 2
    rg.load_model(path)
    assert len(compilations) == 2


def test_a_changed_file_is_compiled_again(folder, path, compilations):
    before = rg.load_model(path)
    text = path.read_text()
    assert text.count("<mass>3.5</mass>") == 1
    path.write_text(text.replace("<mass>3.5</mass>", "<mass>4.5</mass>"))
    after = rg.load_model(path)
    assert len(compilations) == 2
    assert after.mass - before.mass == pytest.approx(1.0, rel=1e-12)
    assert len(list(folder.iterdir())) == 2


def test_the_choice_of_knees_is_part_of_the_key(folder, path, compilations):
    rg.load_model(path)
    named = rg.load_model(path, knees={"right": "hip_flexion_r"})
    assert len(compilations) == 2
    assert [named.coordinates[knee.coordinate] for knee in named.knees] == ["hip_flexion_r"]


def test_a_cache_folder_that_cannot_be_written_is_no_error(folder, path, compilations):
    folder.parent.parent.mkdir(parents=True)
    folder.parent.write_text("a file stands where the folder should be")
    rg.load_model(path)
    rg.load_model(path)
    assert len(compilations) == 2


def test_without_the_cache_nothing_is_written(folder, path, compilations):
    rg.load_model(path, cache=False)
    assert compilations == ["subject.osim"]
    assert not folder.exists()


def test_a_model_that_moved_keeps_its_entry_but_not_its_old_name(folder, path, compilations):
    rg.load_model(path)
    moved = path.rename(path.with_name("renamed.osim"))
    model = rg.load_model(moved)
    assert model.file == "renamed.osim"
