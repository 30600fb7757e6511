"""A fetched file is whole, right, and fetched once; one that broke off goes on."""

import socket
import sys
from hashlib import sha256

import pytest

from retrogait.errors import ConfigError, FileError
from retrogait.public_data import Recording, RecordingFile, Registry, cache_folder, fetch
from retrogait.public_data.fetch import FOLDER_VARIABLE

from .server import serving

COMMIT = "0" * 40
DATA = bytes(range(256)) * 800  # four blocks of a download
PATH = f"/lab/walks/{COMMIT}/gait/walk%201.mot"
DIGEST = sha256(DATA).hexdigest()
SOON = 0.01  # s, before a broken connection is taken up again


@pytest.fixture
def shelf():
    with serving() as shelf:
        shelf.files[PATH] = DATA
        yield shelf


def registry_of(url, digest=DIGEST):
    file = RecordingFile(
        path="gait/walk 1.mot", commit=COMMIT, sha256=digest, evidence="text" if digest else None
    )
    recording = Recording(
        name="walk", about="a walk", licence="none", repository="lab/walks", use="nothing", file=(file,)
    )
    return Registry(url=f"{url}/{{repository}}/{{commit}}/{{path}}", recording=(recording,))


def fetch_walk(shelf, folder, **changes):
    return fetch("walk", registry=registry_of(shelf.url), cache=folder, pause=SOON, **changes)


def test_a_file_comes_whole_under_its_own_name_and_its_progress_is_told(shelf, tmp_path):
    told = []
    (found,) = fetch_walk(shelf, tmp_path, report=lambda *progress: told.append(progress))
    assert found.path.read_bytes() == DATA
    assert found.path.name == "walk 1.mot"
    assert found.verified
    assert told[0] == ("walk 1.mot", 0, len(DATA))
    assert told[-1] == ("walk 1.mot", len(DATA), len(DATA))


def test_what_is_here_already_is_not_fetched_again(shelf, tmp_path):
    fetch_walk(shelf, tmp_path)
    fetch_walk(shelf, tmp_path)
    assert len(shelf.asked) == 1


def test_a_spoilt_copy_is_fetched_again(shelf, tmp_path):
    (found,) = fetch_walk(shelf, tmp_path)
    found.path.write_bytes(b"spoilt")
    (found,) = fetch_walk(shelf, tmp_path)
    assert found.path.read_bytes() == DATA


def test_a_connection_that_breaks_is_taken_up_where_it_was(shelf, tmp_path):
    shelf.breaks_after = [70_000, 50_000]
    (found,) = fetch_walk(shelf, tmp_path)
    assert found.path.read_bytes() == DATA
    assert [asked for _, asked in shelf.asked] == [None, "bytes=70000-", "bytes=120000-"]


def test_a_download_given_up_goes_on_in_the_next_call(shelf, tmp_path):
    shelf.breaks_after = [70_000, 0, 0, 0]
    with pytest.raises(FileError, match=r"70000 bytes have come, .* broke off .*; they are kept"):
        fetch_walk(shelf, tmp_path)
    shelf.asked.clear()
    (found,) = fetch_walk(shelf, tmp_path)
    assert shelf.asked == [(PATH, "bytes=70000-")]
    assert found.path.read_bytes() == DATA
    assert [path.name for path in found.path.parent.iterdir()] == ["walk 1.mot"]


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(shelf, tmp_path):
    shelf.knows_ranges = False
    shelf.breaks_after = [70_000]
    (found,) = fetch_walk(shelf, tmp_path)
    assert found.path.read_bytes() == DATA


@pytest.mark.parametrize("kept", [DATA, DATA + b"more"], ids=["all of it", "too much"])
def test_a_beginning_that_leaves_nothing_to_ask_for_is_no_trap(shelf, tmp_path, kept):
    (found,) = fetch_walk(shelf, tmp_path)
    found.path.unlink()
    found.path.with_name("walk 1.mot.part").write_bytes(kept)
    (found,) = fetch_walk(shelf, tmp_path)
    assert found.path.read_bytes() == DATA


def test_another_file_than_the_pinned_one_is_thrown_away(shelf, tmp_path):
    shelf.files[PATH] = DATA[:-1] + b"!"
    with pytest.raises(FileError, match="is not the file whose digest was pinned"):
        fetch_walk(shelf, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_that_is_not_there_is_said_in_one_line_and_asked_for_once(shelf, tmp_path):
    shelf.files.clear()
    with pytest.raises(FileError, match=r"walk%201\.mot: the server answers 404 Not Found") as caught:
        fetch_walk(shelf, tmp_path)
    assert "\n" not in str(caught.value)
    assert len(shelf.asked) == 1


def test_no_network_is_said_in_one_line(tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, not listening: a connection is refused
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(FileError, match=r"0 bytes have come, then .*refused") as caught:
            fetch("walk", registry=registry_of(url), cache=tmp_path, pause=SOON)
    assert "\n" not in str(caught.value)


def test_only_http_is_spoken(tmp_path):
    with pytest.raises(FileError, match="expected an address of http or https"):
        fetch("walk", registry=registry_of("file:///etc"), cache=tmp_path, pause=SOON)


def test_files_are_copied_to_a_folder(shelf, tmp_path):
    (found,) = fetch_walk(shelf, tmp_path / "cache", to=tmp_path / "here")
    assert found.path == tmp_path / "here" / "walk 1.mot"
    assert found.path.read_bytes() == DATA


def test_an_unverified_file_is_refused_before_anything_is_asked_for(shelf, tmp_path):
    with pytest.raises(ConfigError, match=r"nobody has compared .* --accept-unverified"):
        fetch("walk", registry=registry_of(shelf.url, None), cache=tmp_path)
    assert not shelf.asked


def test_an_unverified_file_that_is_accepted_says_what_it_is(shelf, tmp_path):
    registry = registry_of(shelf.url, None)
    (found,) = fetch("walk", registry=registry, cache=tmp_path, accept_unverified=True)
    assert not found.verified
    assert found.sha256 == sha256(DATA).hexdigest()


def test_the_cache_can_be_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path


def test_without_pooch_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ConfigError, match=r"pip install 'retrogait\[data\]'"):
        fetch("rajagopal2016", cache=tmp_path)
