"""Results of every kind as a page: with failed frames, without a model, and sixty at once."""

import pytest

from retrogait.explore import bundled_walks
from retrogait.explore.cycle import walk_of
from retrogait.report.explorer import page
from tests.explorer.opened import curve, opened
from tests.explorer.walks import FORWARD, gait
from tests.fake_result import fake_result

pytestmark = pytest.mark.browser

LARGEST_PAGE = 6e6
"""Of 60 walks [bytes]."""

OPENS = 3.0
"""Most that the page of 60 walks may cost a processor until it is ready [s]; some 0.3 on one of a laptop.

Not the time on the wall, which is that of everything else on the machine too.
"""


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


@pytest.mark.slow
def test_sixty_walks_open_in_three_seconds_of_work(open_page, tmp_path):
    path = tmp_path / "all.html"
    path.write_text(page(bundled_walks()), encoding="utf-8")
    assert path.stat().st_size < LARGEST_PAGE

    tab = opened(open_page, path, "#p=1")

    assert tab.evaluate("walks.length") == 60
    measured = tab.context.new_cdp_session(tab)
    measured.send("Performance.enable")
    metrics = measured.send("Performance.getMetrics")["metrics"]
    spent = {one["name"]: one["value"] for one in metrics}
    assert 0.0 < spent["ProcessTime"] < OPENS
