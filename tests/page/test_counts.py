"""What "n" counts: a walk is a condition, and several of them may be one person's."""

import re

import pytest

from retrogait.report.folder import open_folder
from retrogait.report.gathered.overlay import overlays
from retrogait.report.gathered.people import counted, people_of
from retrogait.report.page import lines
from retrogait.report.page.build import page
from tests.page.made import make_folder
from tests.page.test_page import unpacked

FORWARD = ("forward", 1.0, 0.0, "recorded")
RETRO = ("retro", 1.0, 0.0, "recorded")
NOBODY = {"body mass [kg]": 70.0}


def conditions_of(tmp_path, walks, **given):
    with open_folder(make_folder(tmp_path / "study", walks, **given)) as folder:
        return folder.stored


def test_conditions_are_counted_with_the_people_who_walked_them(tmp_path):
    four = conditions_of(tmp_path, [FORWARD] * 4)  # of three people, the first and the last are one
    assert counted(four) == "4 conditions (3 people)"
    assert counted(four[:1]) == "1 condition (1 person)"


@pytest.mark.parametrize(("walk", "labels"), [(FORWARD, NOBODY), (("forward", 1.0, 0.0, "predicted"), None)])
def test_nobody_is_counted_where_nobody_is_named_or_walked(tmp_path, walk, labels):
    two = conditions_of(tmp_path, [walk] * 2, labels=labels)
    assert people_of(two) is None
    assert counted(two) == "2 conditions"


def test_the_first_screen_says_conditions_and_people_and_never_a_bare_n(tmp_path):
    with open_folder(make_folder(tmp_path / "study", [FORWARD, FORWARD, FORWARD, FORWARD, RETRO])) as folder:
        text = page(folder)
    table = unpacked(text)[1]["glance-table"]
    assert "4 conditions (3 people)" in text
    assert "1 condition (1 person)" in text
    assert "of 1 pair (1 person)" in text  # the second person's forward walk, and the only retro one
    assert not re.search(r"\bn = \d", text)
    assert table["forward, conditions"][0] == 4
    assert table["forward, people"][0] == 3
    assert table["retro less forward, pairs"][0] == 1


def test_a_group_says_how_many_conditions_of_how_many_people_it_is_of(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "MOST_LINES", 2)
    with open_folder(make_folder(tmp_path / "study", [FORWARD] * 4 + [RETRO])) as folder:
        header, tables = unpacked(page(folder))
    forward, retro = header["about"]["lines"]
    assert forward["name"] == "forward 1 m/s, level, recorded: n = 4 conditions (3 people)"
    assert retro["name"] == "retro 1 m/s, level, recorded: n = 1 condition (1 person)"
    assert (forward["conditions"], forward["people"], forward["group"]) == (4, 3, True)
    assert f"{forward['name']} right mean" in tables["curve-knee-flexion"]


def test_a_figure_says_conditions_too(tmp_path):
    with open_folder(make_folder(tmp_path / "study", [FORWARD] * 4)) as folder:
        ((panel,),) = overlays(folder, folder.stored, ["knee_flexion"])
    assert panel.lines[0].over == "4 conditions (3 people)"
