"""The page in a real browser: it draws, listens to mouse and keyboard, prints, and hands its numbers out."""

import csv
import io

import h5py
import numpy as np
import pytest

from retrogait.gait.measures import CURVES
from retrogait.report.folder import open_folder
from retrogait.report.page.build import write_page
from tests.browser import Tabs, downloaded, serious_faults
from tests.page.made import TOE_OFF, both_ways, make_folder

pytestmark = pytest.mark.browser

READY = "html[data-ready]"
FORCE = "#curve-tibiofemoral-force"
STOPS = 100  # of the Tab key up to the first chart: contents, headings of the summary, the form
A4 = 794  # px, the width of the sheet
PIXEL = 1  # px, by which a browser may round a width


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    walks = both_ways()
    walks[-1] = ("retro", 1.2, 5.0, "predicted")
    return make_folder(tmp_path_factory.mktemp("study"), walks, failed={"walk2": [30, 31, 32]})


@pytest.fixture(scope="module")
def page_file(study):
    with open_folder(study) as folder:
        write_page(folder, study / "report.html")
    return study / "report.html"


@pytest.fixture
def opened(open_page, page_file):
    """Function that opens the page and waits until it has drawn what is in sight."""

    def opened(**window):
        page = open_page(page_file, **window)
        page.wait_for_selector(READY)
        return page

    return opened


@pytest.fixture(scope="module")
def once(chromium, page_file):
    """The page, opened once for all tests that work it by its form alone: opening takes longer than they."""
    tabs = Tabs(chromium)
    page = tabs.open(page_file)
    page.wait_for_selector(READY)
    yield page, tabs.faults
    tabs.close()


@pytest.fixture
def shown(once):
    """That page as it is when it is new; what goes wrong in it fails the test at its end."""
    page, faults = once
    page.emulate_media(color_scheme="light")
    page.evaluate(
        """() => {
            const form = document.getElementById('controls');
            form.reset();
            form.dispatchEvent(new Event('change'));
            window.scrollTo({top: 0, behavior: 'instant'});
        }"""
    )
    yield page
    told, faults[:] = faults[:], []
    assert told == []


def scroll_to(page, selector=FORCE):
    page.locator(selector).scroll_into_view_if_needed()
    page.wait_for_selector(f"{selector} .plot .main-svg")


def traces(page, selector=FORCE):
    """What Plotly was given: name, x, y, dash of each line, without bands."""
    return page.evaluate(
        """selector => document.querySelector(selector + ' .plot').data.map(one => ({
            name: one.name ?? '', type: one.type, mode: one.mode, x: Array.from(one.x), y: Array.from(one.y),
            dash: one.line?.dash ?? '', colour: one.line?.color ?? '', fill: one.fill ?? '',
            pattern: one.marker?.pattern?.shape ?? ''}))""",
        selector,
    )


def lines(page, selector=FORCE):
    return [one for one in traces(page, selector) if one["mode"] == "lines" and one["name"]]


def test_forward_and_retro_are_drawn_as_stored_and_told_apart_twice(shown, study):
    page = shown
    scroll_to(page)
    forward, retro = lines(page)
    assert (forward["name"], retro["name"]) == ("walk2", "walk8")
    assert forward["dash"] == "solid" != retro["dash"]
    assert forward["colour"] != retro["colour"]
    with h5py.File(study / "results.h5") as file:
        stored = file["curve_mean"][[2, 8], 0, list(CURVES).index("tibiofemoral_force")].astype(float)
    np.testing.assert_array_equal([forward["y"], retro["y"]], stored)
    bands = [one for one in traces(page) if one["fill"] == "tonexty"]
    np.testing.assert_allclose(np.array(bands[0]["y"]) - forward["y"], 0.05, rtol=1e-5)


def test_failed_frames_are_hatched(shown):
    page = shown
    scroll_to(page)
    hatches = [one for one in traces(page) if one["pattern"]]
    assert len(hatches) == 1
    assert hatches[0]["pattern"] == "/"
    # Contacts at 0.09 and 0.89 s; frames from 0.30 to 0.32 s failed, and a frame either side has no curve.
    assert hatches[0]["x"] == [25, 26, 27, 28]
    assert (
        "walk2: forward 1 m/s, level, 3 cycles, 3 frames failed (hatched)"
        in page.locator("ul.legend").first.inner_text()
    )


def test_another_condition_another_leg_and_more_lines_change_the_curves(shown, study):
    page = shown
    scroll_to(page)
    before = lines(page)
    page.get_by_label("First condition").select_option("0")
    page.get_by_label("left").check()
    first, second = lines(page)
    assert (first["name"], second["name"]) == ("walk0", "walk8")
    with h5py.File(study / "results.h5") as file:
        stored = file["curve_mean"][0, 1, list(CURVES).index("tibiofemoral_force")].astype(float)
    np.testing.assert_array_equal(first["y"], stored)
    assert first["y"] != before[0]["y"]
    page.get_by_text("More conditions").click()
    for row in range(2, 6):
        page.locator(f'input[name="more"][value="{row}"]').check()
    drawn = lines(page)
    assert len(drawn) == 6
    assert len({one["dash"] + one["colour"] for one in drawn[:1] + drawn[1:2]}) == 2
    assert page.locator('input[name="more"][value="7"]').is_disabled()
    assert "untick one" in page.locator("#told").inner_text()


@pytest.mark.parametrize(("align", "said"), [("percent", False), ("events", True), ("reversed", True)])
def test_a_mean_that_is_moved_and_not_made_anew_says_so_beside_the_curves(shown, align, said):
    page = shown
    page.locator(f'input[name="align"][value="{align}"]').check()
    told = page.locator("ul.legend").first.inner_text()
    moved = "no average made anew: the mean over per cent of the cycle, its points moved by the mean toe-off"
    assert (moved in told) == said
    assert ("which varies by ± 0.10 % of the cycle" in told) == said  # as made


def test_alignments_move_points_and_never_a_value(shown):
    page = shown
    scroll_to(page)
    by_percent = lines(page)
    page.get_by_label("by events").check()
    by_events = lines(page)
    for one, other, direction in zip(by_percent, by_events, ("forward", "retro"), strict=True):
        assert one["y"] == other["y"]
        toe_off = TOE_OFF[direction]
        assert other["x"][int(toe_off)] == pytest.approx(60.0)
        assert other["x"][-1] == 100.0
        assert np.all(np.diff(other["x"]) > 0.0)
    page.get_by_label("retro in reversed time").check()
    forward, retro = lines(page)
    assert (forward["x"], forward["y"]) == (by_percent[0]["x"], by_percent[0]["y"])
    toe_off = int(TOE_OFF["retro"])
    assert retro["x"][0] == 0.0
    assert retro["y"][0] == by_percent[1]["y"][toe_off]  # what was toe-off comes first
    assert retro["x"][toe_off] == toe_off
    assert retro["y"][toe_off] == by_percent[1]["y"][0]
    assert sorted(y for y in retro["y"] if y is not None) == sorted(by_percent[1]["y"])


def test_predictions_say_so_in_title_and_legend(shown):
    page = shown
    scroll_to(page)
    assert page.locator(f"{FORCE} .origin").inner_text() == ""
    page.get_by_label("Second condition").select_option("11")
    assert page.locator(f"{FORCE} .origin").inner_text() == "predicted and recorded"
    assert "walk11 (predicted)" in page.locator("ul.legend").first.inner_text()
    assert "predicted and recorded" in page.locator(f"{FORCE} .plot").get_attribute("aria-label")


def test_a_line_without_a_curve_is_named(open_page, tmp_path):
    walks = [("forward", 1.0, 0.0, "recorded"), ("retro", 1.0, 0.0, "recorded")]
    made = make_folder(tmp_path / "hole", walks, hole=(40, 60))
    with open_folder(made) as folder:
        write_page(folder, tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    page.wait_for_selector(READY)
    scroll_to(page)
    hatches = [one for one in traces(page) if one["pattern"]]
    assert [one["x"] for one in hatches] == [list(range(40, 60))] * 2
    for one in lines(page):
        assert one["y"][40:60] == [None] * 20


def test_the_keyboard_reaches_and_works_every_control(opened):
    page = opened()
    reached = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.className"))
        if reached[-1] == "csv" and "published" in reached:
            break
    assert [name for name in ("first", "second", "side", "align", "published") if name not in reached] == []
    scroll_to(page)
    page.get_by_label("First condition").focus()
    page.keyboard.press("ArrowDown")
    assert lines(page)[0]["name"] == "walk3"
    page.get_by_label("per cent of the cycle").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("by events").is_checked()


def test_the_first_tab_stop_skips_to_the_content(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_csv_of_a_chart_equals_the_hdf5(shown, study):
    page = shown
    scroll_to(page)
    data = downloaded(page, page.locator(f"{FORCE} button.csv").click).decode("utf-8")
    head, *rows = csv.reader(io.StringIO(data))
    assert head[:3] == ["gait cycle [%]", "walk0 right mean [BW]", "walk0 right sd [BW]"]
    at = list(CURVES).index("tibiofemoral_force")
    with h5py.File(study / "results.h5") as file:
        for number in range(12):
            for leg, side in enumerate(("right", "left")):
                for kind in ("mean", "sd"):
                    column = head.index(f"walk{number} {side} {kind} [BW]")
                    found = np.array([float(row[column]) for row in rows])
                    np.testing.assert_array_equal(found, file[f"curve_{kind}"][number, leg, at])


def test_a_csv_has_units_above_full_precision_below_and_quotes_where_it_must(opened):
    text = opened().evaluate(
        """() => csvOf({columns: [
            {name: 'a "b", c', unit: "", values: ["x,y", "z"]},
            {name: "force", unit: "N", values: new Float64Array([0.1 + 0.2, NaN])}]})"""
    )
    assert list(csv.reader(io.StringIO(text))) == [
        ['a "b", c', "force [N]"],
        ["x,y", repr(0.1 + 0.2)],
        ["z", ""],
    ]


def test_the_summary_sorts_by_stored_numbers_and_downloads(shown, study):
    page = shown
    table = page.locator('table[data-table="conditions"]')
    table.get_by_role("button", name="speed [m/s]").click()
    speeds = [float(text) for text in table.locator("tbody td:nth-child(4)").all_inner_texts()]
    assert speeds == sorted(speeds)
    table.get_by_role("button", name="speed [m/s]").press("Enter")
    assert table.locator("th").nth(3).get_attribute("aria-sort") == "descending"
    assert float(table.locator("tbody td:nth-child(4)").first.inner_text()) == max(speeds)
    button = page.locator('figure.table button.csv[data-table="conditions"]')
    rows = list(csv.DictReader(io.StringIO(downloaded(page, button.click).decode("utf-8"))))
    with h5py.File(study / "results.h5") as file:
        np.testing.assert_array_equal([float(row["speed [m/s]"]) for row in rows[::2]], file["speed"][...])
        np.testing.assert_array_equal(
            [float(row["quadriceps activation peak of the window"]) for row in rows],
            file["window_quadriceps_activation_peak"][...].ravel(),
        )


def test_drawings_follow_the_scheme_while_the_page_is_open(shown):
    page = shown
    scroll_to(page)
    light = lines(page)[0]["colour"]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "([at, was]) => document.querySelector(at + ' .plot').data.every(one => one.line?.color !== was)",
        arg=[FORCE, light],
    )
    ink = page.evaluate(f"document.querySelector('{FORCE} .plot').layout.font.color")
    assert ink == "#e6edf3"


def test_paper_is_light_shows_every_chart_and_no_control(opened):
    page = opened(dark=True, width=A4)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("figure.chart").count() == page.locator("figure.chart .plot:has(.main-svg)").count()
    page.add_style_tag(content=".broad{display:none}")  # on sheets of their own, turned: see test_paper
    assert page.evaluate("document.documentElement.scrollWidth") <= A4 + PIXEL
    assert not page.locator("#controls").is_visible()
    assert page.evaluate(f"document.querySelector('{FORCE} .plot').layout.font.color") == "#1b1f24"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (360, True)], ids=["desktop", "phone in the dark"]
)
def test_it_is_whole_and_accessible_on_every_screen(opened, screenshot, width, dark):
    page = opened(width=width, dark=dark, reduced_motion=True)  # else every scroll takes its time
    for figure in page.locator("figure.chart").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".plot .main-svg").first.wait_for()
    assert page.locator("figure.chart").count() > 15
    assert page.evaluate("document.documentElement.scrollWidth") <= width + PIXEL
    page.evaluate("window.scrollTo(0, 0)")
    assert serious_faults(page) == []
    screenshot(page, f"report-{width}", whole=True)


def test_without_a_script_tables_and_remarks_are_there(open_page, page_file):
    page = open_page(page_file, javascript=False)
    assert page.get_by_text("Curves are drawn by a script").is_visible()
    assert page.locator('table[data-table="conditions"] tbody tr').count() == 24
    assert page.get_by_text("the trial is <predicted>").is_visible()
