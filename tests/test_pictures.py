"""The pictures of a run show what can be told apart and say what they leave out."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from retrogait.report.loads import MOST_TRIALS, draw_loads, load_curves
from retrogait.report.peaks import MOST_LINES, draw_peaks
from retrogait.report.summary import summarize
from tests.fake_predict import SENSITIVITY
from tests.fake_result import fake_result

SVG = "{http://www.w3.org/2000/svg}"


def texts(text):
    return [element.text for element in ET.fromstring(text).iter(f"{SVG}text")]


def count(text, tag, key=None):
    return sum(key is None or element.get(key) is not None for element in ET.fromstring(text).iter(SVG + tag))


def loads_of(scale, **attributes):
    """A trial whose peak tibiofemoral force is 3 BW times `scale`."""
    dataset = fake_result(f"walk {scale:g}", **attributes)
    dataset["tibiofemoral_force"] *= scale
    return load_curves(dataset)


def walks(directions=("forward", "retro"), speeds=(0.8, 1.0, 1.2), inclines=(-5.0, 0.0), **attributes):
    rows = []
    for direction in directions:
        for speed in speeds:
            for incline in inclines:
                condition = {"direction": direction, "speed": speed, "incline": incline}
                name = f"{direction}_{speed}_{incline}"
                rows += summarize(fake_result(name, origin="predicted", **condition, **attributes))
    return rows


def test_of_many_trials_some_from_the_lowest_to_the_highest_peak_are_drawn():
    scales = np.random.default_rng(1).permutation(np.arange(1.0, 61.0))
    text = draw_loads("sixty", [loads_of(scale) for scale in scales])
    shown = [word for word in texts(text) if word.startswith("walk")]
    assert shown == [f"walk {k}" for k in (1, 13, 25, 36, 48, 60)]
    assert "6 of 60 trials, from the lowest to the highest tibiofemoral peak." in texts(text)


def test_a_few_trials_are_all_drawn_in_their_order():
    text = draw_loads("few", [loads_of(scale) for scale in range(MOST_TRIALS, 0, -1)])
    assert [word for word in texts(text) if word.startswith("walk")] == [
        f"walk {k}" for k in range(MOST_TRIALS, 0, -1)
    ]


def test_the_span_of_a_predicted_peak_stands_on_the_peak():
    text = draw_loads("one", [loads_of(1.0, origin="predicted", sensitivity=SENSITIVITY)])
    bars = [path for path in ET.fromstring(text).iter(f"{SVG}path") if path.get("stroke-opacity")]
    assert len(bars) == 4  # two joints, two sides
    lines = [line.get("points").split() for line in ET.fromstring(text).iter(f"{SVG}polyline")]
    summit = float(lines[0][50].split(",")[0])  # of 101 points of half a sine
    assert float(re.match(r"M([\d.]+)", bars[0].get("d"))[1]) + 3.0 == pytest.approx(summit, abs=0.1)
    assert "Upright bars: the peak with other tendons, weights, ground and strength." in texts(text)


def test_a_recorded_trial_has_no_bars():
    text = draw_loads("one", [loads_of(1.0)])
    assert count(text, "path", "stroke-opacity") == 0
    assert not any("bars" in word for word in texts(text))


def test_peaks_have_a_panel_per_joint_and_direction_and_a_line_per_incline():
    text = draw_peaks("sweep", walks(sensitivity=SENSITIVITY))
    found = texts(text)
    for words in ("tibiofemoral, forward", "tibiofemoral, retro", "speed [m/s]", "-5°", "level"):
        assert words in found
    assert count(text, "polyline") == 2 * 2 * 2
    assert count(text, "circle") == count(text, "path", "stroke-opacity") == 2 * 2 * 2 * 3
    assert any(word.startswith("Predicted: nobody walked this.") for word in found)


def test_a_walk_that_failed_is_a_gap_in_its_line():
    rows = [row for row in walks(["forward"], inclines=[0.0, 5.0]) if row.trial != "forward_1.0_5.0"]
    text = draw_peaks("sweep", rows)
    sizes = [len(line.get("points").split()) for line in ET.fromstring(text).iter(f"{SVG}polyline")]
    assert sizes == 2 * [3, 1, 1]
    assert count(text, "path", "stroke-opacity") == 0


def test_one_speed_is_drawn_over_the_incline():
    text = draw_peaks("slope", walks(["retro"], [1.0], [-10.0, 0.0, 10.0]))
    assert "incline [deg]" in texts(text)
    assert "1 m/s" in texts(text)
    assert count(text, "polyline") == 2


def test_of_many_inclines_some_are_drawn_and_it_says_so():
    text = draw_peaks("steep", walks(["retro"], [0.8, 1.0], np.linspace(-10.0, 10.0, 11)))
    assert count(text, "polyline") == 2 * MOST_LINES
    assert "6 of 11 inclines." in texts(text)


@pytest.mark.parametrize("rows", [[], summarize(fake_result()), walks(["retro"], [1.0], [0.0])])
def test_without_two_predicted_walks_there_is_no_picture_of_peaks(rows):
    assert draw_peaks("nothing", rows) is None
