"""A reader chooses walks by sliders and names: only what was computed is shown, and what is not is said."""

from dataclasses import replace

import pytest

from retrogait.report.explorer import SHOWN, page
from tests.explorer.opened import STILL, curve, opened, picture, shown
from tests.explorer.walks import DOWNHILL, FORWARD, RETRO, UPHILL, walk

pytestmark = pytest.mark.browser


def test_a_forward_walk_has_the_retro_one_as_its_ghost(go, screenshot):
    tab = go(STILL)

    assert shown(tab) == FORWARD
    assert tab.locator("#key .ghost").inner_text() == "Retro, 1.2 m/s, level (ghost), predicted"
    assert "nobody walked this" in tab.locator("#foreword").inner_text()
    assert tab.locator("#charts path.curve.ghost").count() == len(SHOWN)
    screenshot(tab, "explorer", whole=True)


def test_sliders_change_curves_and_figure_and_stop_at_computed_walks_only(go):
    tab = go(STILL)
    before = curve(tab), picture(tab)

    tab.locator("#incline").press("ArrowRight")

    assert shown(tab) == UPHILL
    assert tab.locator("#incline").get_attribute("aria-valuetext") == "5\u00b0 uphill"
    assert curve(tab) != before[0]
    assert picture(tab) != before[1]
    assert int(tab.locator("#incline").get_attribute("max")) == 1  # level and 5 deg


def test_a_walk_that_was_not_computed_is_said_and_not_made_up(go):
    tab = go(f"#w={RETRO}&p=1")

    tab.locator("#speed").press("ArrowLeft")  # retro at 1.0 m/s was computed at -10 deg only

    said = tab.locator("#shown").inner_text()
    assert said.startswith("No walk was computed at retro, 1.0 m/s, level")
    assert said.endswith("Computed at this speed: 10\u00b0 downhill.")
    assert shown(tab) == ""
    assert tab.locator("#charts").is_hidden()
    assert tab.locator("#play").is_disabled()
    tab.locator("#incline").press("ArrowLeft")
    assert shown(tab) == DOWNHILL


def test_where_the_other_direction_was_not_computed_there_is_no_ghost(go):
    tab = go(f"#w={DOWNHILL}&p=1")

    assert "no ghost" in tab.locator("#shown").inner_text()
    assert tab.locator("path.curve.ghost").count() == 0


def test_another_direction_at_a_speed_that_it_lacks_says_which_speed_is_shown(go):
    tab = go(f"#w={DOWNHILL}&p=1")

    tab.get_by_label("Forward").check()

    assert "1.0 m/s was not computed for forward" in tab.locator("#shown").inner_text()


def test_walks_that_share_a_condition_are_chosen_by_name(open_page, tmp_path):
    path = tmp_path / "two.html"
    weak = replace(walk(RETRO), name="weak <b>vasti</b>")
    path.write_text(page([walk(RETRO), weak]))
    tab = opened(open_page, path, "#p=1")

    tab.locator("#walk").select_option("weak <b>vasti</b>")

    assert shown(tab) == "weak <b>vasti</b>"
    assert tab.locator("b b").count() == 0
