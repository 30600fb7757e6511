"""Numbers that the page shows are those of the results, and differences are told with their spans."""

import csv
import io

import numpy as np
import pytest

from retrogait.gait.signals import leg_signals
from retrogait.scene import METHOD
from tests.browser import downloaded
from tests.explorer.opened import STILL, frame, picture
from tests.explorer.walks import FORWARD, RETRO, UPHILL, gait, walk

pytestmark = pytest.mark.browser

FLOAT32 = 6e-8
"""Curves are stored with all digits of float32 [1]."""


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

    tab.locator("#ghost").select_option("other")

    largest = max(walk(one).curves["tibiofemoral_force"].max() for one in (FORWARD, RETRO))
    assert tab.evaluate("figure.perWeight") < level
    assert tab.evaluate("figure.perWeight") * largest <= tab.evaluate("LONGEST")
