"""Provenance: enough to make a result again, nothing about whose machine it was."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.errors import FileError
from retrogait.io.provenance import SCHEMA, digests, record


def test_a_record_says_who_what_from_which_and_when():
    noon = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    entry = record({"exponent": 3}, {"ik.mot": "ab"}, now=noon)
    assert entry["schema"] == SCHEMA
    assert entry["software"]["name"] == "retrogait"
    assert entry["parameters"] == {"exponent": 3}
    assert entry["inputs"] == {"ik.mot": "ab"}
    assert entry["time"] == "2026-03-01T10:00:00+00:00"
    assert {"python", "machine", "libraries"} <= entry["environment"].keys()
    assert entry["environment"]["libraries"]["numpy"] == np.__version__
    assert json.loads(json.dumps(entry)) == entry


def test_the_time_is_now_unless_told():
    stamp = datetime.fromisoformat(record({}, {})["time"])
    assert abs(datetime.now(UTC) - stamp) < timedelta(minutes=1)


def test_no_folder_of_this_machine_is_written_down(tmp_path):
    entry = record({"files": {"model": tmp_path / "a.osim"}, "count": np.int64(3)}, {})
    assert entry["parameters"] == {"files": {"model": "a.osim"}, "count": 3}
    assert str(tmp_path) not in json.dumps(entry)


def test_inputs_are_told_apart_by_no_more_of_their_path_than_needed(tmp_path):
    names = ("a/x/ik.mot", "b/x/ik.mot", "b/grf.mot")
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path))
    found = digests([*paths, paths[0]])
    assert set(found) == set(names[:2]) | {"grf.mot"}
    assert found["b/x/ik.mot"] == hashlib.sha256(str(paths[1]).encode()).hexdigest()


def test_a_file_that_changes_gets_a_new_digest(tmp_path):
    path = tmp_path / "ik.mot"
    path.write_text("one")
    before = digests([path])
    path.write_text("three")
    assert digests([path]) != before


def test_an_input_that_is_gone_is_named(tmp_path):
    with pytest.raises(FileError, match=r"gone\.mot: cannot be read"):
        digests([tmp_path / "gone.mot"])


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.just(Path("/a/b"))))
def test_any_settings_become_json(settings):
    json.dumps(record(settings, {})["parameters"])
