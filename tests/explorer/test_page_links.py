"""A link says what is shown, and brings it back."""

import json

import pytest

from tests.explorer.opened import STILL, frame, opened, picture, shown
from tests.explorer.walks import RETRO, UPHILL

pytestmark = pytest.mark.browser


def test_a_link_reproduces_the_view(open_page, file):
    tab = opened(open_page, file, STILL)
    tab.get_by_label("Retro (backward)").check()
    tab.locator("#ghost").select_option(UPHILL)
    tab.get_by_label("left", exact=True).check()
    tab.locator("#rate").select_option("0.25")
    tab.get_by_label("ghost behind, not beside").check()
    tab.locator("#on").click()
    tab.locator("#copy").click()
    tab.wait_for_function("document.getElementById('done').textContent == 'copied'")
    link = tab.evaluate("navigator.clipboard.readText()")

    again = open_page(link)
    again.wait_for_selector("html[data-ready]")

    state = "({...view, walk: view.walk.name, percent: view.percent.toFixed(2)})"
    assert json.dumps(again.evaluate(state)) == json.dumps(tab.evaluate(state))
    assert again.evaluate(state)["ghost"] == UPHILL
    assert frame(again) == frame(tab)
    assert picture(again) == picture(tab)


def test_a_link_may_name_direction_speed_and_incline_alone(go):
    tab = go("#d=retro&v=1.2&i=0&p=1")
    assert shown(tab) == RETRO
    # A moment after each change the page writes its own address, which must not be over the next one.
    tab.wait_for_function("location.hash.includes('&w=')")

    tab.evaluate("location.hash = '#d=forward&v=1.2&i=5&t=50&p=1'")
    tab.wait_for_function(f"document.getElementById('explorer').dataset.shown == '{UPHILL}'")

    assert abs(float(tab.locator("#cursor").inner_text().split(" %")[0]) - 50.0) < 1.0


def test_a_link_to_what_this_page_does_not_have_is_said(open_page, file):
    tab = opened(open_page, file, "#w=retro_9.9_0&p=1&t=abc&leg=middle&x=7")

    assert "has no walk retro_9.9_0" in tab.locator("#shown").inner_text()
    assert tab.evaluate("[view.percent == view.walk.percents[0], view.leg, view.rate]") == [True, "right", 1]
