"""No reader is left out: by ear, by keyboard, on a phone, in the dark, on paper."""

import re

import pytest

from tests.browser import serious_faults
from tests.explorer.opened import STILL
from tests.explorer.walks import RETRO

pytestmark = pytest.mark.browser


def test_every_control_is_reached_by_tabbing(go):
    tab = go(f"#w={RETRO}&p=1")
    reached = set()
    for _ in range(40):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("document.activeElement.id || document.activeElement.name || ''"))

    assert {
        "direction",
        "speed",
        "incline",
        "ghost",
        "play",
        "frame",
        "rate",
        "leg",
        "copy",
        "csv",
    } <= reached


def test_the_numbers_are_not_read_aloud_while_it_plays(go):
    tab = go(STILL)
    tab.wait_for_function("document.getElementById('heard').textContent != ''")
    heard = tab.locator("#heard").inner_text()
    assert re.match(r"\d+ %: Tibiofemoral force \d\.\d\d BW, ", heard)

    tab.locator("#play").click()
    tab.wait_for_timeout(900)

    assert tab.locator("#heard").inner_text() == heard


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_for_everybody(go, screenshot, scheme):
    tab = go(STILL)
    tab.emulate_media(color_scheme=scheme)
    paper = {"light": "#fff", "dark": "#0d1117"}[scheme]
    tab.wait_for_function(f"Colours.paper == '{paper}'")  # of the canvas, which follows the system

    for width in (360, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        assert serious_faults(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        screenshot(tab, f"explorer_{width}_{scheme}")


def test_a_printed_page_is_a_still_in_colours_of_paper(go):
    tab = go(STILL)
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_function("Colours.paper != '#fff'")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")

    assert tab.locator("#play").is_hidden()
    assert tab.locator("#figure").is_visible()
    assert tab.evaluate("Colours.paper") == "#fff"
    tab.evaluate("dispatchEvent(new Event('afterprint'))")


def test_the_numbers_of_both_walks_are_in_sight_on_a_phone(go):
    tab = go(STILL)
    before = tab.viewport_size
    tab.set_viewport_size({"width": 360, "height": 900})
    try:
        wide, frame = tab.locator(".numbers .wide").evaluate("one => [one.scrollWidth, one.clientWidth]")
    finally:
        tab.set_viewport_size(before)

    assert wide <= frame + 1  # px, by which a browser may round
