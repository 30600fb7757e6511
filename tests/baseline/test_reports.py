"""JUnit, Markdown, terminal and picture of a comparison."""

import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from retrogait.baseline.compare import compare
from retrogait.baseline.gather import Gathered, gather
from retrogait.baseline.junit import to_junit, write_junit
from retrogait.baseline.markdown import DETAILS, ROWS, to_markdown
from retrogait.baseline.picture import CONDITIONS, to_picture, write_picture
from retrogait.baseline.terminal import render
from tests.baseline.test_compare import held
from tests.baseline.walks import walk, weaken

CASE_ATTRIBUTES = {"classname", "name", "time"}
SUITE_ATTRIBUTES = {"name", "tests", "failures", "errors", "skipped", "time"}


@pytest.fixture(scope="module")
def comparison():
    """One condition that moved, one that did not, one missing, one that did not run and one new."""
    results = gather([weaken(walk("moved")), walk("calm"), walk("added")])
    results = Gathered(results.loads, {"broken": "no <gait> was found"}, ("later",))
    return compare(results, held(walk("moved"), walk("calm"), walk("broken")))


def test_junit_has_the_structure_that_its_readers_expect(comparison):
    root = ET.fromstring(to_junit(comparison))  # our own text
    assert root.tag == "testsuites"
    suites = list(root)
    assert [suite.get("name") for suite in suites] == ["moved", "calm", "broken", "later", "added"]
    for suite in suites:
        assert suite.tag == "testsuite"
        assert set(suite.keys()) == SUITE_ATTRIBUTES
        cases = suite.findall("testcase")
        assert {child.tag for child in suite} <= {"testcase", "system-out"}
        assert int(suite.get("tests")) == len(cases) > 0
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert len({case.get("name") for case in cases}) == len(cases)
        for case in cases:
            assert set(case.keys()) == CASE_ATTRIBUTES
            assert case.get("classname") == suite.get("name")
            assert all(failure.get("message") and failure.get("type") for failure in case)
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
    for total in ("tests", "failures", "errors"):
        assert int(root.get(total)) == sum(int(suite.get(total)) for suite in suites)


def test_junit_tells_what_moved_and_why_a_condition_has_no_result(comparison):
    root = ET.fromstring(to_junit(comparison))
    messages = {f.get("type"): f.get("message") for f in root.iter("failure")}
    assert set(messages) == {"LoadMoved", "NoResult", "NotInBaseline"}
    assert "no <gait> was found" in messages["NoResult"]
    failed = [case.get("name") for case in root[0] if case.find("failure") is not None]
    assert "tibiofemoral force [BW]" in failed


@given(reason=st.text())
def test_junit_is_xml_whatever_a_reason_says(reason):
    results = Gathered(gather(walk("calm")).loads, {"broken": reason})
    text = to_junit(compare(results, held(walk("calm"), walk("broken"))))
    assert ET.fromstring(text.encode()).find(".//failure") is not None


def test_junit_of_an_unchanged_study_has_no_failure(tmp_path):
    write_junit(compare(gather(walk()), held(walk())), tmp_path / "loads.xml")
    root = ET.parse(tmp_path / "loads.xml").getroot()
    assert root.get("failures") == "0"
    assert int(root.get("tests")) > 0
    assert root.find(".//failure") is None


def test_markdown_begins_with_the_verdict_and_folds_the_details(comparison):
    lines = to_markdown(comparison).splitlines()
    assert lines[0] == "### ❌ Knee loads: loads moved, not every condition ran"
    text = "\n".join(lines)
    assert text.index("likely cause") < text.index("| condition |") < text.index("<details>")
    assert text.count("<details>") == text.count("</details>") == 2
    header, rule, *rows = [line for line in lines if line.startswith("|")]
    assert header.count("|") == rule.count("|")
    assert all(row.replace("\\|", "").count("|") == header.count("|") for row in rows)


def test_a_table_shows_the_contact_force_that_moved_rather_than_a_curve_without_answer():
    gap = weaken(walk())
    gap["curve_mean"].loc[{"side": "left", "curve": "knee_power"}] = np.nan
    rows = [
        line for line in to_markdown(compare(gather(gap), held(walk()))).splitlines() if line[:3] == "| f"
    ]
    assert len(rows) == 1
    assert "| tibiofemoral force, right |" in rows[0]
    alone = walk()
    alone["curve_mean"].loc[{"side": "left", "curve": "knee_power"}] = np.nan
    assert "| none |" in to_markdown(compare(gather(alone), held(walk())))


def test_markdown_of_an_unchanged_study_is_short():
    text = to_markdown(compare(gather(walk()), held(walk())))
    assert text.startswith("### ✅ Knee loads: no load moved")
    assert "<details>" not in text
    assert len(text.splitlines()) < 8


def test_markdown_escapes_names_and_stays_short_in_a_large_study():
    names = [f"walk_{number:03d}" for number in range(80)]
    comparison = compare(gather([weaken(walk(name)) for name in names]), held(*map(walk, names)))
    text = to_markdown(comparison)
    assert "walk\\_000" in text
    assert text.count("\n| walk") == ROWS
    assert "70 more conditions" in text
    assert text.count("\n- walk") == DETAILS
    assert f"and {len(comparison.moved) - DETAILS} more" in text
    assert len(text) < 65536  # what a comment on GitHub holds


def test_the_terminal_is_quiet_when_nothing_moved_and_shows_a_table_when_something_did(comparison):
    def shown(comparison):
        console = Console(file=io.StringIO(), width=200)
        render(comparison, console)
        return console.file.getvalue()

    assert len(shown(compare(gather(walk()), held(walk()))).splitlines()) == 1
    loud = shown(comparison)
    assert "Worst load of each condition" in loud
    assert "vasint_r" in loud
    assert "at 45 % of the cycle (push-off)" in loud


def test_the_picture_lays_new_over_old(comparison, tmp_path):
    assert write_picture(comparison, tmp_path / "loads.svg")
    root = ET.parse(tmp_path / "loads.svg").getroot()
    text = " ".join(root.itertext())
    assert "moved: tibiofemoral force, right" in text
    assert "baseline" in text
    assert "now" in text
    assert "now less baseline" in text
    assert (
        len(root.findall(".//{*}polyline")) == 5
    )  # old, new, their difference, and the tolerance either way


def test_the_picture_shows_the_worst_few_conditions():
    names = [f"walk_{number}" for number in range(CONDITIONS + 3)]
    results = [weaken(walk(name), by=0.01 * (number + 1)) for number, name in enumerate(names)]
    picture = to_picture(compare(gather(results), held(*map(walk, names))))
    assert picture is not None
    assert all((f"{name}:" in picture) == (number >= 3) for number, name in enumerate(names))


def test_the_picture_shows_the_force_that_the_headline_tells_of_before_what_moved_further():
    changed = weaken(walk("walk"))
    changed["curve_mean"].loc[{"side": "left", "curve": "knee_flexion"}] += 50.0
    comparison = compare(gather(changed), held(walk("walk")))
    assert comparison.moved[0].quantity == "knee_flexion"
    picture = to_picture(comparison)
    assert picture is not None
    assert "walk: tibiofemoral force, right" in picture


def test_without_a_curve_that_moved_there_is_no_picture_not_even_an_old_one(tmp_path):
    path = tmp_path / "loads.svg"
    path.write_text("old", "utf-8")
    assert not write_picture(compare(gather(walk()), held(walk())), path)
    assert not path.exists()
