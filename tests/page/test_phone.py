"""The page on a phone: cells that share a row on a desk stand below one another, and names stay in sight."""

import pytest

from retrogait.report.folder import open_folder
from retrogait.report.page.build import write_page
from tests.browser import PATIENCE
from tests.page.made import both_ways, make_folder

pytestmark = pytest.mark.browser

PHONE = 360  # px
PIXEL = 1  # px, by which a browser may round a width


@pytest.fixture
def phone(open_page, tmp_path):
    study = make_folder(tmp_path / "study", both_ways(inclines=(0.0,)))
    with open_folder(study) as folder:
        write_page(folder, study / "report.html")
    page = open_page(study / "report.html", width=PHONE)
    page.wait_for_selector("html[data-ready]", timeout=PATIENCE)
    return page


def test_loads_at_a_glance_are_whole_and_named_without_scrolling(phone):
    table = phone.locator("table.glance")
    box = table.evaluate("one => [one.parentElement.scrollWidth, one.parentElement.clientWidth]")
    assert box[0] <= box[1] + PIXEL
    cells = table.locator("tbody tr").first.locator("td")
    names = cells.evaluate_all("all => all.map(one => getComputedStyle(one, '::before').content)")
    assert names == ['"forward"', '"retro"', '"retro less forward"']
    tops = cells.evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert tops == sorted(set(tops))


def test_names_of_conditions_stay_where_a_table_is_scrolled(phone):
    frame = phone.locator("#summary .wide")
    cell = frame.locator("tbody td").first
    before = cell.bounding_box()["x"]
    assert frame.evaluate("one => { one.scrollLeft = 200; return one.scrollLeft; }") == 200
    assert cell.bounding_box()["x"] == pytest.approx(before, abs=PIXEL)
