"""What is written on a figure fits the size that it is made for."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from retrogait.report.figures.make import make_figure
from retrogait.report.figures.style import SIZES
from retrogait.report.gathered.labels import label

SLACK = 1.02  # of the height of an axis: half a letter

ESTIMATED = "Estimated with the settings of the experiment; the range: base; plain sharing."


def drawn(folder, kind, size, **given):
    """Panels of a figure with everything in its place, and what measures them."""
    sheet = make_figure(folder, kind, size=size, **given)
    canvas = FigureCanvasAgg(sheet.figure)
    canvas.draw()
    return sheet.figure, canvas.get_renderer()


def beyond(figure):
    """Labels of ticks beyond their axes, which are there and not drawn."""
    for panel in figure.axes:
        for axis in (panel.xaxis, panel.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low <= tick.get_loc() <= high:
                    yield from (tick.label1, tick.label2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["overlay", "contributions", "validation"])
def test_no_upright_label_is_longer_than_its_axis(walks, validation, kind, size):
    figure, renderer = drawn(validation if kind == "validation" else walks, kind, size)
    assert any(panel.get_ylabel() for panel in figure.axes)
    for panel in figure.axes:
        written = panel.yaxis.label.get_window_extent(renderer)
        assert written.height <= SLACK * panel.get_window_extent(renderer).height, panel.get_ylabel()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["overlay", "contributions", "surface", "validation"])
def test_nothing_is_written_beyond_the_edge(walks, validation, kind, size):
    figure, renderer = drawn(validation if kind == "validation" else walks, kind, size)
    hidden = set(beyond(figure))
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text() and text not in hidden:
            box = text.get_window_extent(renderer)
            assert figure.bbox.x0 <= box.x0, text.get_text()
            assert box.x1 <= figure.bbox.x1, text.get_text()
            assert figure.bbox.y0 <= box.y0, text.get_text()
            assert box.y1 <= figure.bbox.y1, text.get_text()


def test_a_label_in_two_lines_says_the_same_and_keeps_its_unit_whole(walks):
    figure, _ = drawn(walks, "overlay", "double", quantities=["knee_extension_moment", "tibiofemoral_force"])
    found = [panel.get_ylabel() for panel in figure.axes]
    assert any("\n" in text for text in found)
    for text, name in zip(found, ["knee_extension_moment", "tibiofemoral_force"], strict=True):
        assert text.replace("\n", " ") == label(name)
        assert "\n" not in text.partition("[")[2]


def test_measured_and_estimated_force_are_told_apart_without_colour(validation):
    figure, _ = drawn(validation, "validation", "double")
    measured, estimated = figure.axes[0].get_lines()[:2]
    assert measured.get_linewidth() > 1.5 * estimated.get_linewidth()


def test_the_sets_of_choices_behind_a_range_are_named(validation):
    figure, _ = drawn(validation, "validation", "double")
    assert ESTIMATED in [text.get_text() for text in figure.texts]


def test_panels_of_equal_axes_name_them_once(validation):
    figure, _ = drawn(validation, "validation", "double")
    first, second = figure.axes
    assert first.get_ylabel()
    assert not second.get_ylabel()
    assert first.get_xlabel() == second.get_xlabel() == label("percent")


def test_one_cycle_is_no_average(walks):
    figure, _ = drawn(walks, "overlay", "double")
    assert any("One cycle each." in text.get_text() for text in figure.texts)
