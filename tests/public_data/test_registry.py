"""The list of public recordings holds together and says what it rests on."""

from hashlib import sha256
from pathlib import Path

import pytest

from retrogait.commands import data
from retrogait.commands.common import Parser
from retrogait.errors import ConfigError, FileError
from retrogait.public_data import read_registry

REGISTRY = read_registry()


def command(*arguments):
    parser = Parser(prog="retrogait")
    data.add(parser.add_subparsers())
    chosen = parser.parse_args(["data", *arguments])
    return chosen.command(chosen)


def test_recordings_come_from_github_over_https():
    for recording in REGISTRY.recording:
        for file in recording.file:
            url = REGISTRY.address(recording, file)
            assert url.startswith(f"https://raw.githubusercontent.com/{recording.repository}/{file.commit}/")


def test_some_data_set_has_people_walking_backward_on_inclines():
    assert any("retro" in one.directions and len(one.inclines) > 1 for one in REGISTRY.dataset)


def test_every_data_set_says_where_it_was_read_and_how_to_convert_it():
    for dataset in REGISTRY.dataset:
        assert dataset.source, dataset.name
        assert dataset.convert, dataset.name
        assert dataset.doi or dataset.data_doi, dataset.name


@pytest.mark.shared
def test_pinned_digests_are_those_of_the_copies_at_hand(shared_data):
    at_hand = {
        sha256(path.read_bytes()).hexdigest() for path in Path(shared_data).rglob("*") if path.is_file()
    }
    pinned = {file.sha256 for one in REGISTRY.recording for file in one.file if file.sha256}
    assert pinned
    assert pinned <= at_hand


def test_a_data_set_that_is_only_described_says_where_to_get_it():
    with pytest.raises(ConfigError, match=r"described, not fetched: get it from https://doi\.org/10\.35090/"):
        REGISTRY.find("scherpereel2023")


def test_a_misspelt_name_gets_a_hint():
    with pytest.raises(ConfigError, match="rajagopal2016"):
        REGISTRY.find("rajagopal2061")


def test_the_list_shows_everything(capsys):
    assert command("list") == 0
    printed = capsys.readouterr().out
    for name in REGISTRY.entries:
        assert name in printed


@pytest.mark.parametrize("name", list(REGISTRY.entries))
def test_one_entry_is_shown_in_full(capsys, name):
    assert command("list", name) == 0
    printed = "".join(capsys.readouterr().out.split())
    entry = REGISTRY.entries[name]
    assert "".join(entry.about.split()) in printed
    assert (entry.licence or "notseen").replace(" ", "") in printed


def test_the_command_refuses_unverified_files():
    with pytest.raises(ConfigError, match="--accept-unverified"):
        command("fetch", "moco_walk")


SOUND = """url = "https://raw.githubusercontent.com/{{repository}}/{{commit}}/{{path}}"
[[recording]]
name = "a"
about = "b"
licence = "c"
repository = "d/e"
use = "f"
[[recording.file]]
path = "{path}"
commit = "{commit}"
{more}
"""


@pytest.mark.parametrize(
    ("path", "commit", "more", "reason"),
    [
        ("x.mot", "main", "", "Expected `str` matching regex"),
        ("../x.mot", "0" * 40, "", "inside the repository"),
        ("x.mot", "0" * 40, f'sha256 = "{"0" * 64}"', "sha256 and evidence come together"),
        ("x.mot", "0" * 40, "sha = 1", "unknown field"),
    ],
)
def test_a_list_that_cannot_be_trusted_is_refused(tmp_path, path, commit, more, reason):
    file = tmp_path / "registry.toml"
    file.write_text(SOUND.format(path=path, commit=commit, more=more))
    with pytest.raises(FileError, match=reason):
        read_registry(file)
