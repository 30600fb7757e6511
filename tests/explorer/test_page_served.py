"""A served page predicts a walk and shows it in the browser."""

import pytest

from retrogait.explore.task import Predictor
from retrogait.predict.api import predict
from tests.browser import serious_faults
from tests.explorer.opened import shown
from tests.explorer.test_live import serving
from tests.explorer.walks import DOWNHILL, RETRO, gait

pytestmark = pytest.mark.browser


def test_a_served_page_predicts_a_walk_and_shows_it(open_page, screenshot):
    with serving(Predictor(predict)) as server:
        tab = open_page(server.address)
        tab.wait_for_selector("html[data-ready]")
        tab.get_by_label("Speed [m/s]").fill("12")
        tab.locator("#predict-go").click()
        tab.get_by_text("expected 0.3 to 2.2").wait_for()
        tab.get_by_label("Speed [m/s]").fill("1.2")
        tab.get_by_label("Incline [deg]").fill("0")
        tab.locator("#predict-go").click()
        tab.get_by_text("added to this page").wait_for()

        assert shown(tab) == RETRO
        assert serious_faults(tab) == []
        screenshot(tab, "live")


def test_after_a_walk_alone_the_other_direction_is_offered(open_page):
    with serving(Predictor(lambda *_, report: gait(DOWNHILL))) as server:
        tab = open_page(server.address)
        tab.wait_for_selector("html[data-ready]")
        tab.locator("#predict-go").click()
        tab.get_by_text("the other direction to compare it with?").wait_for()

        given = tab.locator("#predict [name]").evaluate_all("all => all.map((one) => one.value)")
        assert given == ["forward", "1", "-10"]
