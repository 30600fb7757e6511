"""By which criterion the numbers of a page were shared, and what is said of the other one."""

import h5py
import pytest

from retrogait.report.folder import open_folder
from retrogait.report.page.inside import look_inside
from retrogait.report.page.sharing import sharing_facts
from tests.page.made import both_ways, make_folder

SOURCE = "weights were tuned by somebody"


def facts(tmp_path, *shown, **given):
    """What a page of one condition for each criterion says."""
    walks = both_ways(speeds=(1.0,), inclines=(0.0,))[: len(shown)]
    folder = make_folder(tmp_path / "study", walks)
    for number, name in enumerate(shown):
        with h5py.File(folder / f"walk{number}.h5", "a") as file:
            file.attrs["sharing"] = name
            file.attrs["sharing_source"] = SOURCE
            if "stored" in given:
                del file["criterion"]
                if given["stored"]:
                    file["criterion"] = given["stored"]
    with open_folder(folder) as opened:
        return dict(sharing_facts(look_inside(opened.stored)))


def test_numbers_of_plain_sharing_do_not_speak_of_weights_as_theirs(tmp_path):
    found = facts(tmp_path, "plain")
    assert found["load sharing"] == "plain (every muscle costs the same): every curve and peak of this page"
    assert found["load sharing, other"].startswith("weighted (gastrocnemius and hamstrings cost more)")
    assert found["weighted sharing"] == f"not what this page shows; {SOURCE}"


def test_numbers_of_weighted_sharing_have_the_source_of_its_weights(tmp_path):
    found = facts(tmp_path, "weighted")
    assert found["load sharing"].startswith("weighted (")
    assert found["weighted sharing"] == SOURCE


def test_a_study_of_both_says_how_many_conditions_are_of_each(tmp_path):
    found = facts(tmp_path, "plain", "weighted")["load sharing"]
    assert found.startswith("of the curves and peaks of this page: ")
    assert found.endswith("plain (every muscle costs the same) in 1 condition, "
                          "weighted (gastrocnemius and hamstrings cost more) in 1 condition")  # fmt: skip


def test_where_nothing_was_shared_by_weights_nothing_is_said_of_them(tmp_path):
    assert set(facts(tmp_path, "plain", stored=["plain"])) == {"load sharing"}


@pytest.mark.parametrize("shown", ["", "something new"])
def test_an_unknown_criterion_is_said_as_it_stands_and_none_not_at_all(tmp_path, shown):
    found = facts(tmp_path, shown, stored=[shown] if shown else [])
    assert found == ({"load sharing": f"{shown}: every curve and peak of this page"} if shown else {})
