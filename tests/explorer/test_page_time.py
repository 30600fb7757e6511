"""Time on the page: figure and cursor move together, by the clock, the pointer or the keyboard."""

import re

import pytest

from retrogait.explore import walk_of_gait
from tests.explorer.opened import PICTURE, STILL, frame, opened, picture
from tests.explorer.walks import FORWARD, gait, walk

pytestmark = pytest.mark.browser


def test_playing_moves_figure_and_cursor_together(go):
    tab = go(STILL)
    start, before = frame(tab), picture(tab)
    cursor = tab.locator("#charts line.cursor").first

    tab.locator("#play").click()
    # The picture of that moment: by the time of the second click the walk may have come round again.
    moved = tab.wait_for_function(
        f"document.getElementById('explorer').dataset.frame != '{start}' && {PICTURE}"
    ).json_value()
    tab.locator("#play").click()

    assert moved != before
    percent = float(tab.locator("#cursor").inner_text().split(" %")[0])
    box = tab.evaluate("[BOX.left, BOX.wide - BOX.left - BOX.right]")
    there = 100.0 * (float(cursor.get_attribute("x1")) - box[0]) / box[1]
    assert abs(there - percent) < 100.0 / walk(FORWARD).percent.size  # to the nearest frame


def test_everything_can_be_done_by_keyboard(go):
    tab = go(STILL)
    start = frame(tab)

    tab.keyboard.press(".")
    assert frame(tab) == start + 1
    tab.keyboard.press(",")
    assert frame(tab) == start
    chart = tab.get_by_role("slider", name="Tibiofemoral force, cursor")
    chart.press("ArrowRight")
    assert frame(tab) == start + 1
    assert re.fullmatch(r"\d+ %: \d\.\d\d BW", chart.get_attribute("aria-valuetext"))
    chart.press("Home")
    assert frame(tab) == 0
    tab.locator("#frame").press("ArrowRight")
    assert frame(tab) == 1
    tab.keyboard.press("Escape")
    tab.locator("h1").click()
    tab.keyboard.press(" ")
    assert tab.locator("#play-word").inner_text() == "Pause"
    tab.keyboard.press(" ")
    assert tab.locator("#play-word").inner_text() == "Play"


def test_a_curve_can_be_clicked(go):
    tab = go(STILL)
    chart = tab.locator("#charts svg").nth(3)
    box = chart.bounding_box()

    chart.click(position={"x": 0.8 * box["width"], "y": 0.5 * box["height"]})

    assert 70.0 < float(tab.locator("#cursor").inner_text().split(" %")[0]) < 85.0
    assert tab.locator("#play-word").inner_text() == "Play"


def test_it_plays_unless_the_reader_wants_less_motion(open_page, file):
    assert opened(open_page, file).locator("#play-word").inner_text() == "Pause"
    still = opened(open_page, file, reduced_motion=True)
    assert still.locator("#play-word").inner_text() == "Play"


def test_the_page_keeps_to_its_own_frames(go):
    tab = go(STILL)
    one = walk_of_gait(gait(FORWARD))

    wrong = tab.evaluate(
        """() => {
          const walk = view.walk;
          let wrong = 0;
          for (let percent = 0; percent < 100; percent += 0.37) {
            const at = walk.percents;
            const apart = (frame) =>
              Math.min(...[-100, 0, 100].map((turn) => Math.abs(at[frame] + turn - percent)));
            const found = apart(walk.frameAt(percent));
            if (at.some((_, frame) => apart(frame) < found - 1e-4)) wrong += 1;
          }
          return wrong;
        }"""
    )

    assert wrong == 0
    assert tab.evaluate("view.walk.frames") == one.percent.size
