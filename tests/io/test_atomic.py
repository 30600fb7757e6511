"""A file stands under its name whole or not at all; what killed runs leave behind is known and removed."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrogait.io import atomic
from retrogait.io.atomic import STALE_AFTER, remove_stale, replacing

PACKAGE = Path(atomic.__file__).parents[2]
WRITE_AND_WAIT = """
import sys, time
from pathlib import Path
from retrogait.io.atomic import replacing
with replacing(Path(sys.argv[1])) as partial:
    partial.write_bytes(b"half of a new")
    print("writing", flush=True)
    time.sleep(600.0)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def writer(tmp_path):
    """Another process that is halfway through replacing ``kept.h5``."""
    (tmp_path / "kept.h5").write_bytes(b"old")
    command = [sys.executable, "-c", WRITE_AND_WAIT, str(tmp_path / "kept.h5")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(PACKAGE)}
    ) as process:
        assert process.stdout.readline().strip() == b"writing"
        yield process
        process.kill()


def test_the_file_takes_its_name_when_the_block_ends(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    with replacing(path) as partial:
        partial.write_text("whole")
        assert not path.exists()
        assert partial.parent == path.parent
    assert path.read_text() == "whole"
    assert names(path.parent) == ["file.txt"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left on device")])
def test_a_block_that_fails_leaves_the_older_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write():
        with replacing(path) as partial:
            partial.write_text("ne")
            raise failure

    with pytest.raises((KeyboardInterrupt, OSError)):
        write()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


def test_a_folder_that_cannot_be_written_to_is_told_by_the_name_of_the_file(tmp_path, monkeypatch):
    def deny(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", deny)
    path = tmp_path / "file.txt"

    with pytest.raises(PermissionError) as caught, replacing(path):
        pytest.fail("nothing can be written here")

    assert caught.value.filename == str(path)
    assert names(tmp_path) == []


def test_the_bytes_are_on_the_disk_before_the_name_is_given(tmp_path, monkeypatch):
    path, steps = tmp_path / "file.txt", []
    monkeypatch.setattr(os, "fsync", lambda handle: steps.append((os.fstat(handle).st_size, path.exists())))
    with replacing(path) as partial:
        partial.write_text("whole")
    assert steps[0] == (5, False)  # the file, before its name
    assert steps[1][1]  # the folder, after it


def test_a_disk_that_fills_while_the_bytes_are_brought_to_it_costs_nothing(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "file.txt"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"), replacing(path) as partial:
        partial.write_text("new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


def test_a_long_name_of_many_bytes_can_be_written(tmp_path):
    path = tmp_path / ("é" * 120 + ".h5")  # 243 bytes; file systems take 255
    with replacing(path) as partial:
        partial.write_text("whole")
    assert path.read_text() == "whole"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_process_leaves_the_older_file_and_a_partial_one_that_is_removed(tmp_path, writer):
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert (tmp_path / "kept.h5").read_bytes() == b"old"
    assert len(names(tmp_path)) == 2
    (removed,) = remove_stale(tmp_path)
    assert removed.name.startswith(".kept.h5.")
    assert names(tmp_path) == ["kept.h5"]


def test_the_partial_file_of_a_living_process_stays(tmp_path, writer):
    assert writer.poll() is None
    assert remove_stale(tmp_path) == []
    assert len(names(tmp_path)) == 2


def test_another_machines_partial_file_stays_until_it_is_old(tmp_path, monkeypatch):
    theirs = tmp_path / ".walk.h5.00000000-999999999-0123abcd.partial"
    theirs.write_text("x")
    monkeypatch.setattr(atomic, "_machine", lambda: "ffffffff")
    assert remove_stale(tmp_path) == []
    old = time.time() - STALE_AFTER - 60.0
    os.utime(theirs, (old, old))
    assert remove_stale(tmp_path) == [theirs]


def test_files_that_this_program_did_not_make_stay_however_old_they_are(tmp_path):
    strangers = ["walk.h5", ".partial", "walk.partial", ".walk.h5.1234.partial", ".x.00000000-1-zz.partial"]
    for name in strangers:
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (0.0, 0.0))
    (tmp_path / ".walk.h5.00000000-1-0123abcd.partial").mkdir()
    assert remove_stale(tmp_path) == []
    assert len(names(tmp_path)) == len(strangers) + 1


def test_a_folder_that_does_not_exist_holds_nothing_stale(tmp_path):
    assert remove_stale(tmp_path / "none") == []
