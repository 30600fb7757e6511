"""The explorer in a real browser: what a reader can do with it, and that no reader is left out."""

import csv
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from retrogait.explore import bundled_walks, walk_of_gait
from retrogait.explore.cycle import walk_of
from retrogait.explore.task import Predictor
from retrogait.gait.signals import leg_signals
from retrogait.predict.api import predict
from retrogait.report.explorer import SHOWN, page
from retrogait.scene import METHOD
from tests.browser import Tabs, downloaded, serious_faults
from tests.explorer.test_live import serving
from tests.explorer.walks import DOWNHILL, FORWARD, RETRO, UPHILL, gait, walk, walks
from tests.fake_result import fake_result

pytestmark = pytest.mark.browser

FLOAT32 = 6e-8
"""Curves are stored with all digits of float32 [1]."""

LARGEST_PAGE = 6e6
"""Of 60 walks [bytes]."""

OPENS = 3.0
"""Longest wait for the page of 60 walks [s]."""

STILL = f"#w={FORWARD}&t=25&p=1"

USUAL = "&g=other&leg=right&x=1&o=0"
"""What an address does not say stays as it is on an open page."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(page(walks()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shared_tab(chromium, file):
    """One open page and its faults, for the tests that need no fresh one."""
    tabs = Tabs(chromium)
    tab = tabs.open(f"{file}{STILL}")
    tab.wait_for_selector("html[data-ready]")
    yield tab, tabs.faults
    tabs.close()


@pytest.fixture
def go(shared_tab):
    """Function that shows a view of the shared page, all else as usual. Its faults fail the test."""
    tab, faults = shared_tab

    def to(view):
        tab.emulate_media(media="screen", color_scheme="light")
        tab.evaluate(
            """async (view) => {
              document.activeElement.blur();
              scrollTo(0, 0);
              for (const id of ["done", "heard"]) $(id).textContent = "";
              history.replaceState(null, "", view);
              follow();
            }""",
            view + USUAL,
        )
        return tab

    yield to
    said, faults[:] = list(faults), []
    assert not said, "the page did what it must not:\n" + "\n".join(said)


def opened(open_page, file, view="", **choices):
    tab = open_page(f"{file}{view}", **choices)
    tab.wait_for_selector("html[data-ready]")
    return tab


def picture(tab):
    """What the figure shows, as text that differs where the picture does."""
    return tab.evaluate("document.getElementById('figure').toDataURL()")


def curve(tab, number=0):
    return tab.locator("#charts svg path.curve:not(.ghost)").nth(number).get_attribute("d")


def shown(tab):
    return tab.locator("#explorer").get_attribute("data-shown")


def frame(tab):
    return int(tab.locator("#explorer").get_attribute("data-frame"))


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


def test_playing_moves_figure_and_cursor_together(go):
    tab = go(STILL)
    start, before = frame(tab), picture(tab)
    cursor = tab.locator("#charts line.cursor").first

    tab.locator("#play").click()
    tab.wait_for_function(f"document.getElementById('explorer').dataset.frame != '{start}'")
    tab.locator("#play").click()

    assert picture(tab) != before
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


def test_a_curve_can_be_clicked(go):
    tab = go(STILL)
    chart = tab.locator("#charts svg").nth(3)
    box = chart.bounding_box()

    chart.click(position={"x": 0.8 * box["width"], "y": 0.5 * box["height"]})

    assert 70.0 < float(tab.locator("#cursor").inner_text().split(" %")[0]) < 85.0
    assert tab.locator("#play-word").inner_text() == "Play"


def test_the_file_of_curves_holds_the_numbers_of_the_result(go):
    tab = go(f"#w={RETRO}&p=1")

    text = downloaded(tab, tab.locator("#csv").click).decode()
    rows = list(csv.DictReader(io.StringIO(text)))

    result, mine = gait(RETRO).result, walk(RETRO)
    assert len(rows) == mine.percent.size
    assert {row["origin"] for row in rows} == {"predicted"}
    frames = np.searchsorted(result["time"].to_numpy(), mine.time)
    for side in ("right", "left"):
        signals = leg_signals(result, side, METHOD)
        for name, unit in (("tibiofemoral_force", " [BW]"), ("knee_flexion", " [deg]"), ("vasti", "")):
            told = [float(row[f"{name}_{side}{unit}"]) for row in rows]
            np.testing.assert_allclose(told, signals[name][frames], rtol=FLOAT32, atol=1e-30)


def test_the_number_at_the_cursor_is_that_of_the_result_and_its_peak_carries_its_span(go):
    tab = go(STILL)
    mine = walk(FORWARD)
    row = tab.locator("#numbers tr").first

    cells = row.locator("td").all_inner_texts()
    assert cells[0] == f"{mine.curves['tibiofemoral_force'][0, frame(tab)]:.2f}"
    span = mine.spans["tibiofemoral_force"]["right"]
    assert cells[1].split() == [
        f"{mine.curves['tibiofemoral_force'][0].max():.2f}",
        *f"span {span.low:.2f} to {span.high:.2f}".split(),
    ]
    assert span.over in tab.locator("#spans").inner_text()
    before = picture(tab)
    tab.get_by_label("left", exact=True).check()
    assert picture(tab) != before  # the arrows of that leg have names now
    assert row.locator("td").first.inner_text() == f"{mine.curves['tibiofemoral_force'][1, frame(tab)]:.2f}"


def test_what_the_knee_feels_now_is_said_in_body_weights_and_in_kilograms(go):
    tab = go(STILL)
    mine, other = walk(FORWARD), walk(RETRO)
    now = mine.curves["tibiofemoral_force"][0, frame(tab)]

    rows = tab.locator("#feel .felt").first.locator(".feels")

    assert rows.locator(".who").all_text_contents() == ["forward", "retro"]
    assert rows.locator(".felt-now").first.inner_text() == (
        f"{now:.1f} \u00d7 body weight = {now * mine.mass:.0f} kg"
    )
    share = rows.locator(".bar").first.evaluate("bar => parseFloat(bar.style.width) / 100")
    most = max(one.spans["tibiofemoral_force"]["right"].high for one in (mine, other))
    assert share == pytest.approx(now / most, rel=1e-3)
    assert "What the right knee feels, predicted" in tab.locator(".feel").inner_text()


@pytest.mark.parametrize(
    ("ghost", "says"),
    [
        pytest.param("other", "too near to tell, for the spans overlap", id="overlap"),
        pytest.param(UPHILL, "5\u00b0 uphill presses more under every assumption", id="apart"),
        pytest.param("none", "Largest: forward", id="alone"),
    ],
)
def test_a_difference_is_told_only_where_no_assumption_undoes_it(go, ghost, says):
    tab = go(STILL)
    tab.locator("#ghost").select_option(ghost)

    verdict = tab.locator("#feel .verdict").first.inner_text()

    assert says in verdict
    mine = walk(FORWARD)
    peak, span = mine.curves["tibiofemoral_force"][0].max(), mine.spans["tibiofemoral_force"]["right"]
    assert f"{peak:.1f} ({span.low:.1f} to {span.high:.1f})" in verdict


def test_arrows_are_scaled_to_the_walks_that_are_shown(go):
    tab = go(STILL)
    tab.locator("#ghost").select_option("none")
    level = tab.evaluate("figure.perWeight")

    tab.locator("#ghost").select_option(UPHILL)

    largest = max(walk(one).curves["tibiofemoral_force"].max() for one in (FORWARD, UPHILL))
    assert tab.evaluate("figure.perWeight") < level
    assert tab.evaluate("figure.perWeight") * largest <= tab.evaluate("LONGEST")


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

    tab.evaluate("location.hash = '#d=forward&v=1.2&i=5&t=50&p=1'")
    tab.wait_for_function(f"document.getElementById('explorer').dataset.shown == '{UPHILL}'")

    assert abs(float(tab.locator("#cursor").inner_text().split(" %")[0]) - 50.0) < 1.0


def test_a_link_to_what_this_page_does_not_have_is_said(open_page, file):
    tab = opened(open_page, file, "#w=retro_9.9_0&p=1&t=abc&leg=middle&x=7")

    assert "has no walk retro_9.9_0" in tab.locator("#shown").inner_text()
    assert tab.evaluate("[view.percent == view.walk.percents[0], view.leg, view.rate]") == [True, "right", 1]


def test_it_plays_unless_the_reader_wants_less_motion(open_page, file):
    assert opened(open_page, file).locator("#play-word").inner_text() == "Pause"
    still = opened(open_page, file, reduced_motion=True)
    assert still.locator("#play-word").inner_text() == "Play"


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


def test_failed_frames_are_hatched_and_leave_a_gap(open_page, tmp_path):
    result = gait(FORWARD).result.copy(deep=True)
    result["status"][40:43] = 1
    path = tmp_path / "failed.html"
    path.write_text(page([walk_of(result.assign_attrs(trial="walk"), gait(FORWARD).model, None)]))
    tab = opened(open_page, path, "#g=none&p=1")
    lost = tab.evaluate("[...walks[0].lost]")

    assert len(lost) == 3
    assert tab.locator("#charts figure").first.locator("rect.lost").count() == 3
    assert curve(tab).count("M") == 2
    tab.evaluate(f"scrub(walks[0].percents[{lost[1]}])")
    assert tab.locator("#numbers td").first.inner_text() == "no answer"


def test_a_result_without_its_model_is_shown_as_curves_alone(open_page, tmp_path, screenshot):
    path = tmp_path / "curves.html"
    bare = walk_of(fake_result(origin="recorded"), None, None, ["no figure: gone.osim was not found"])
    path.write_text(page([bare]))
    tab = opened(open_page, path)

    assert "gone.osim" in tab.locator("#remarks").inner_text()
    assert curve(tab)
    assert tab.locator("#shown").inner_text() == "Shown: Forward, 1.2 m/s, level. Recorded."
    screenshot(tab, "curves")


def test_walks_that_share_a_condition_are_chosen_by_name(open_page, tmp_path):
    path = tmp_path / "two.html"
    weak = replace(walk(RETRO), name="weak <b>vasti</b>")
    path.write_text(page([walk(RETRO), weak]))
    tab = opened(open_page, path, "#p=1")

    tab.locator("#walk").select_option("weak <b>vasti</b>")

    assert shown(tab) == "weak <b>vasti</b>"
    assert tab.locator("b b").count() == 0


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


@pytest.mark.slow
def test_sixty_walks_open_within_three_seconds(open_page, tmp_path):
    path = tmp_path / "all.html"
    path.write_text(page(bundled_walks()), encoding="utf-8")
    assert path.stat().st_size < LARGEST_PAGE

    tab = opened(open_page, path, "#p=1")

    assert tab.evaluate("walks.length") == 60
    assert tab.evaluate("performance.now()") < 1000.0 * OPENS
