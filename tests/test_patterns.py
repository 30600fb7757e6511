"""File names with gaps are filled from rows, found on disk, and sorted as people sort."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.errors import ConfigError
from retrogait.patterns import fill, gaps_of, natural, search, split

WORDS = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=6)


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def test_gaps_are_filled_from_a_row():
    cells = {"subject": "P1", "trial": "fwd"}
    assert fill("{subject}/{trial}_ik.mot", cells) == "P1/fwd_ik.mot"
    assert gaps_of("{b}/{a}{b}") == ["b", "a"]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("{subjct}.mot", "`{subjct}.mot`: no column is called `subjct`; did you mean `subject`?"),
        ("{x}.mot", "no column is called `x`; known: subject, trial"),
        ("{trial}.mot", "the cell of column `trial` is empty"),
        ("{}.mot", "{} names nothing; write such as {subject}"),
        ("{a/b}.mot", "{a/b} names nothing"),
    ],
)
def test_a_gap_that_nothing_fills_is_named(pattern, says):
    with pytest.raises(ConfigError, match=re.escape(says)):
        fill(pattern, {"subject": "P1", "trial": ""})


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("a/b/{c}/d.mot", ("a/b", "{c}/d.mot")),
        ("../x/*_{c}.mot", ("../x", "*_{c}.mot")),
        ("*.mot", ("", "*.mot")),
        ("/data/P?/c.mot", ("/data", "P?/c.mot")),
        ("/{s}.mot", ("/", "{s}.mot")),
        ("a/b.mot", ("a", "b.mot")),
    ],
)
def test_the_certain_part_of_a_pattern_is_its_folder(pattern, parts):
    assert split(pattern) == parts


def test_files_are_found_in_natural_order_with_what_stood_in_the_gaps(tmp_path):
    touch(tmp_path, "P10/walk_ik.mot", "P2/walk_ik.mot", "p1/run_2_ik.mot", "P2/walk.mot", "P2/x/walk_ik.mot")
    found = list(search("{subject}/{trial}_ik.mot", tmp_path))
    assert [match.text for match in found] == ["p1/run_2_ik.mot", "P2/walk_ik.mot", "P10/walk_ik.mot"]
    assert found[0].gaps == {"subject": "p1", "trial": "run_2"}


def test_a_gap_named_twice_holds_the_same_twice(tmp_path):
    touch(tmp_path, "P1/P1_a.mot", "P1/P2_a.mot")
    assert [match.text for match in search("{s}/{s}_{t}.mot", tmp_path)] == ["P1/P1_a.mot"]


def test_two_stars_mean_any_number_of_folders(tmp_path):
    touch(tmp_path, "a.mot", "x/b.mot", "x/y/c.mot", "x/y/c.txt")
    assert [match.text for match in search("**/{t}.mot", tmp_path)] == ["a.mot", "x/b.mot", "x/y/c.mot"]


def test_hidden_files_and_folders_are_left_alone(tmp_path):
    touch(tmp_path, "._a.mot", "a.mot", ".old/b.mot")
    (tmp_path / "folder.mot").mkdir()
    assert [match.text for match in search("**/*.mot", tmp_path)] == ["a.mot"]
    assert [match.text for match in search(".old/*.mot", tmp_path)] == [".old/b.mot"]


def test_brackets_are_text(tmp_path):
    touch(tmp_path, "a[1].mot", "a1.mot")
    assert [match.text for match in search("{t}[1].mot", tmp_path)] == ["a[1].mot"]


@given(subject=WORDS, trial=WORDS)
def test_what_a_pattern_finds_fills_it_again(tmp_path_factory, subject, trial):
    folder = tmp_path_factory.mktemp("found")
    pattern = "{subject}/x_{trial}.mot"
    name = fill(pattern, {"subject": subject, "trial": trial})
    touch(folder, name)
    (match,) = search(pattern, folder)
    assert match.text == name
    assert fill(pattern, match.gaps) == name


@given(numbers=st.lists(st.integers(0, 10**6), unique=True), word=WORDS)
def test_numbers_in_names_count_as_numbers(numbers, word):
    word = word.rstrip(string.digits)
    names = [f"{word}{number}_ik" for number in numbers]
    assert sorted(names, key=natural) == [f"{word}{number}_ik" for number in sorted(numbers)]
