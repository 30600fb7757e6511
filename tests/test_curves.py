"""The picture is well-formed, says what its axes are, and shows every curve where it belongs."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.report.curves import Curve, Panel, draw

SVG = "{http://www.w3.org/2000/svg}"
X = np.linspace(0.0, 100.0, 101)
PIXEL = 0.06  # coordinates are written to a tenth of a pixel


def picture(*panels):
    text = draw(panels, title="Left knee", x_label="gait cycle [%]", y_label="force [BW]")
    return ET.fromstring(text)


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def points(root):
    """Points of every line, in the order they are drawn [px]."""
    return [
        np.array([point.split(",") for point in line.get("points").split()], dtype=float)
        for line in root.iter(f"{SVG}polyline")
    ]


def test_axes_title_panels_and_legend_are_written_in_words_with_units():
    walk = Panel("walk 1", (Curve("measured", X, X / 50), Curve("base", X, X / 40)))
    root = picture(walk, Panel("walk 2", (Curve("measured", X, X / 60),)))
    found = texts(root)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Left knee"
    assert found.count("gait cycle [%]") == 2
    for word in ("Left knee", "force [BW]", "walk 1", "walk 2"):
        assert found.count(word) == 1, word
    assert [word for word in found if word in {"measured", "base"}] == ["measured", "base"]


def test_curves_of_one_label_look_alike_and_others_differ():
    pair = (Curve("measured", X, X), Curve("base", X, 2 * X))
    root = picture(Panel("a", pair), Panel("b", pair))
    look = [(line.get("stroke"), line.get("stroke-dasharray")) for line in root.iter(f"{SVG}polyline")]
    assert look[0] == look[2] != look[1] == look[3]


def test_a_gap_breaks_the_line_instead_of_being_bridged():
    y = np.sin(X)
    y[40:45] = np.nan
    lines = points(picture(Panel("walk", (Curve("base", X, y),))))
    assert [len(line) for line in lines] == [40, 56]


def test_a_tick_stands_where_its_value_is_drawn():
    root = picture(Panel("walk", (Curve("base", X, X / 25.0),)))  # 0 to 4, a tick at each
    (line,) = points(root)
    heights = {
        element.text: float(element.get("y")) - 4.0  # text hangs 4 px below its tick
        for element in root.iter(f"{SVG}text")
        if element.get("text-anchor") == "end"
    }
    for value, index in (("0", 0), ("1", 25), ("4", 100)):
        assert heights[value] == pytest.approx(line[index, 1], abs=PIXEL)


def test_foreign_names_cannot_break_out_of_the_document():
    root = picture(Panel('<b>&"', (Curve("</text><script>", X, X),)))
    assert {'<b>&"', "</text><script>"} <= set(texts(root))
    assert root.find(f".//{SVG}script") is None


@given(
    low=st.floats(-1e4, 1e4),
    span=st.floats(1e-3, 1e4),
    panels=st.integers(1, 7),
    curves=st.integers(1, 8),
)
def test_every_point_and_word_stays_on_the_page(low, span, panels, curves):
    y = low + span * np.linspace(0.0, 1.0, X.size) ** 2
    root = picture(
        *(
            Panel(f"walk {i}", tuple(Curve(f"choices {k}", X, y) for k in range(curves)))
            for i in range(panels)
        )
    )
    width, height = float(root.get("width")), float(root.get("height"))
    for line in points(root):
        # a twentieth of a step may leave the plot, and a step is half a plot at most
        assert (line >= -8.3).all()
        assert (line[:, 0] <= 338.3).all()
        assert (line[:, 1] <= 246.1).all()
    for group in root.findall(f"{SVG}g"):
        x, top = map(float, group.get("transform")[len("translate(") : -1].split())
        assert 0.0 < x < width
        assert 0.0 < top < height
    for element in root.findall(f"{SVG}text"):
        assert 0.0 < float(element.get("x")) < width
        assert 0.0 < float(element.get("y")) < height


@pytest.mark.parametrize("y", [np.full(X.size, 2.0), np.full(X.size, np.nan)])
def test_a_flat_curve_and_one_without_numbers_still_have_axes(y):
    root = picture(Panel("walk", (Curve("base", X, y),)))
    assert "force [BW]" in texts(root)
    assert np.isfinite(np.concatenate([np.zeros((1, 2)), *points(root)])).all()


def test_whiskers_end_where_their_values_are_and_stand_on_their_point():
    whiskers = np.full((5, 2), np.nan)
    whiskers[2] = 1.0, 4.0
    x = np.arange(5.0)
    curve = Curve("base", x, np.array([0.0, 1.0, 2.0, 3.0, 4.0]), whiskers, marked=True, shift=4.0)
    root = picture(Panel("walk", (curve,)))
    (line,) = points(root)
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(f"{SVG}circle")]
    np.testing.assert_allclose(dots, line, atol=PIXEL)
    (bar,) = (path.get("d") for path in root.iter(f"{SVG}path") if path.get("stroke-opacity"))
    left, bottom, top = map(float, re.match(r"M([\d.]+) ([\d.]+)h6m-3 0V([\d.]+)m-3 0h6", bar).groups())
    assert left + 3.0 == pytest.approx(line[2, 0], abs=PIXEL)
    assert (bottom, top) == (pytest.approx(line[1, 1], abs=PIXEL), pytest.approx(line[4, 1], abs=PIXEL))


def test_a_whisker_that_leaves_the_curves_makes_room_for_itself():
    whiskers = np.tile([-50.0, 300.0], (X.size, 1))
    found = texts(picture(Panel("walk", (Curve("base", X, X / 50.0, whiskers),))))
    assert {"-100", "300"} <= set(found)


def test_panels_of_one_scale_share_their_axis_and_others_have_their_own():
    big, small = (Curve("a", X, X),), (Curve("a", X, X / 100.0),)
    apart = points(picture(Panel("big", big, "N"), Panel("small", small, "BW")))
    np.testing.assert_array_equal(*apart)
    large, little = points(picture(Panel("big", big), Panel("small", small)))
    assert large[:, 1].min() < little[:, 1].min()


def test_a_long_remark_is_broken_and_stays_on_the_page():
    text = draw(
        [Panel("walk", (Curve("a", X, X),))],
        title="t",
        x_label="x",
        y_label="y",
        remarks=["one " * 40, "last"],
    )
    root = ET.fromstring(text)
    lines = [element for element in root.findall(f"{SVG}text") if element.text.startswith(("one", "last"))]
    assert len(lines) > 2
    assert sum(line.text.count("one") for line in lines) == 40
    heights = [float(line.get("y")) for line in lines]
    assert heights == sorted(set(heights))
    assert heights[-1] < float(root.get("height"))


def test_a_title_too_long_for_its_panel_is_broken_and_at_last_cut():
    title = "Subject_12_Walk_no_3__exponent-2: muscle activation, tibpost_r"
    (curve,) = (Curve("now", X, X),)
    first, second = (line for line in texts(picture(Panel(title, (curve,)))) if line in title)
    assert {f"{first} {second}", f"{second} {first}"} >= {title}
    cut = [line for line in texts(picture(Panel(3 * f"{title} ", (curve,)))) if line.split()[0] in title]
    assert len(cut) == 2
    assert cut[0].endswith("…")
    assert all(len(line) <= len(title) for line in cut)
