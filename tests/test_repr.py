"""What models, trials and results look like in a notebook."""

import dataclasses
import math
from html.parser import HTMLParser

import pytest
import xarray as xr

from retrogait.card import grade
from retrogait.notebook import card, folded
from retrogait.predict.gait import planar_model
from retrogait.predict.library import bundled_conditions, bundled_gait

SHOUT = "<script>alert('x')</script> & co"

VOID = {"br"}

WEIGHT_ATOL = 1.0
"""Mean force of a stride of 129 rows, its last row the first again, shown to the newton [N]."""


class Reader(HTMLParser):
    """Text of a page by cell; refuses tags that do not close."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text, self.names = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if ("scope", "row") in attrs:
            self.names.append(len(self.text))
        if tag in ("td", "th", "li", "p", "summary"):
            self.text.append("")
        elif tag == "br":
            self.text[-1] += " / "

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text[-1] += data


def read(html):
    return parse(html).text


def facts(html):
    """Words by name, from rows that have a name."""
    reader = parse(html)
    return {reader.text[place]: reader.text[place + 1] for place in reader.names}


def parse(html):
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    assert "script" not in reader.tags
    return reader


@pytest.fixture(scope="module")
def gait():
    return bundled_gait(next(c for c in bundled_conditions() if c.name == "retro_1.0_+05"))


def test_whatever_is_shown_is_escaped():
    text = read(card(SHOUT, [(SHOUT, SHOUT)], notes=[SHOUT], tables=[folded(SHOUT, [SHOUT], [[SHOUT]])]))

    assert text == [SHOUT] * 7


def test_a_line_feed_begins_a_line():
    assert read(card("x", [("knees", "right\nleft")])) == ["x", "knees", "right / left"]


def test_a_model_shows_what_it_holds_and_what_is_left_out():
    model = dataclasses.replace(
        planar_model(), left_out=("acl (Ligament)", "pcl (Ligament)"), notes=("no patella",)
    )

    text, shown = read(model._repr_html_()), facts(model._repr_html_())

    assert text[0] == f"Model {model.name}"
    assert shown["coordinates"] == "11 free, 2 follow another"
    assert shown["muscles"] == f"{len(model.muscle_names)} {model.muscle_classes[0]}"
    assert shown["knees"].count("quadriceps muscles") == 2
    assert shown["left out"] == "2 Ligament: acl, pcl"
    assert "no patella" in text
    assert f"{len(model.coordinates)} coordinates" in text
    row = text.index("pelvis_tilt")
    assert text[row + 4] == "deg"


def test_a_trial_shows_the_walk_and_the_ground_forces(gait):
    text, shown = read(gait.trial._repr_html_()), facts(gait.trial._repr_html_())

    assert shown["origin"] == "predicted: nobody walked this"
    assert shown["walk"] == "retro, 1 m/s, 5 deg"
    assert "frames at" in shown["window"]
    weight = float(shown["ground forces"].split("mean force ")[1].split(" N")[0])
    assert weight == pytest.approx(planar_model().mass * 9.80665, abs=WEIGHT_ATOL)
    assert shown["axes"] == "stand on the surface"
    column = text.index("knee_angle_r")
    assert float(text[column + 1]) < float(text[column + 2])


def test_a_trial_of_unknown_speed_without_plates_says_so(gait):
    bare = dataclasses.replace(gait.trial, speed=math.nan, loads=None, reversed=True, hold=("mtp_angle_r",))

    shown = facts(bare._repr_html_())

    assert shown["walk"] == "retro, played backwards, speed unknown, 5 deg"
    assert shown["ground forces"] == "none"
    assert shown["held at default"] == "mtp_angle_r"


def test_a_predicted_walk_shows_its_peaks_with_their_span(gait):
    text, shown = read(gait._repr_html_()), facts(gait._repr_html_())
    cases = [case["peak_tibiofemoral"] for case in gait.sensitivity.values()]

    assert shown["origin"] == "predicted (bundled): nobody walked this"
    assert shown["peak tibiofemoral force"] == (
        f"predicted {gait.sensitivity['base']['peak_tibiofemoral']:.2f} BW, "
        f"{min(cases):.1f} to {max(cases):.1f} under {len(cases)} assumptions"
    )
    assert "rigid tendons" in text
    assert set(gait.notes) <= set(text)


def test_a_predicted_walk_without_a_sensitivity_shows_no_false_certainty(gait):
    bare = dataclasses.replace(gait, sensitivity=None)

    shown = facts(bare._repr_html_())

    assert "without a span" in shown["peak tibiofemoral force"]
    stated = float(shown["peak tibiofemoral force"].split()[1])
    assert stated == pytest.approx(gait.sensitivity["base"]["peak_tibiofemoral"], abs=0.01)


def test_a_result_shows_its_units_by_the_look_that_xarray_gives_it(gait):
    html = gait.result._repr_html_()

    assert isinstance(gait.result, xr.Dataset)
    assert "tibiofemoral_force" in html
    assert "units :" in html
    assert "nobody walked" in html or "no person" in html


def test_in_a_terminal_each_is_one_line(gait):
    assert repr(gait) == "<Gait retro_1.0_+05: predicted (bundled), nobody walked this>"
    assert repr(gait.model) == "<Model planar: 70.00 kg, 13 coordinates, 22 muscles>"
    assert repr(gait.trial).startswith("<Trial retro_1.0_+05: predicted, retro, 1 m/s, 5 deg, 0.04")


@pytest.mark.browser
@pytest.mark.parametrize("dark", [pytest.param(False, id="light"), pytest.param(True, id="dark")])
def test_a_reader_sees_them_by_day_and_night(open_page, screenshot, tmp_path, gait, dark):
    from tests.browser import serious_faults  # noqa: PLC0415

    page = tmp_path / "objects.html"
    ink, paper = ("#ddd", "#111") if dark else ("#111", "#fff")
    shown = "".join(thing._repr_html_() for thing in (gait.model, gait.trial, gait, grade(gait.result)))
    page.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Objects</title>'
        f'<body style="font:14px sans-serif;color:{ink};background:{paper}">'
        f"<main><h1>Objects</h1>{shown.replace('<details', '<details open')}</main></body></html>",
        encoding="utf-8",
    )

    opened = open_page(page, dark=dark, width=900)

    assert serious_faults(opened) == []
    screenshot(opened, f"objects_{'dark' if dark else 'light'}", whole=True)
