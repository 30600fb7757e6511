"""What the page is given is what was computed, to a tenth of a millimetre and every digit of a curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retrogait.report.explorer import SHOWN, SIDES, pack, page
from retrogait.report.explorer.pack import FORCE, PLACE, SHARE, Packer
from retrogait.scene import FORCES
from tests.explorer.walks import FORWARD, unpacked, walk, walks

LARGEST_PAGE = 6e6
"""Of 60 walks [bytes]; the four here must be below their share of it and what every page has."""


@given(arrays.arrays(np.float64, (7, 3), elements=st.floats(-3.0, 3.0) | st.just(np.nan)))
def test_steps_come_back_to_half_a_step(values):
    packer = Packer()
    spec = packer.steps(values, PLACE)
    _, read = unpacked(packer.finish({}))

    np.testing.assert_allclose(read(spec), values.T, atol=0.51 * PLACE)


def test_a_way_that_is_too_long_for_the_steps_is_stored_more_coarsely():
    packer = Packer()
    values = np.linspace(0.0, 1000.0, 50)[:, None]
    spec = packer.steps(values, PLACE)
    _, read = unpacked(packer.finish({}))

    np.testing.assert_allclose(read(spec)[0], values[:, 0], atol=0.51 * spec["step"])
    assert spec["step"] > PLACE


@given(arrays.arrays(np.float32, (3, 5), elements=st.floats(width=32)))
def test_curves_come_back_to_the_last_bit(values):
    packer = Packer()
    spec = packer.floats(values)
    _, read = unpacked(packer.finish({}))

    np.testing.assert_array_equal(read(spec), values)


def test_a_packed_walk_holds_the_walk():
    one = walk(FORWARD)
    header, read = unpacked(pack([one]))
    told = header["walks"][0]
    frames = one.percent.size

    clock = read(told["clock"])
    np.testing.assert_array_equal(clock, np.stack([one.percent, one.time]).astype(np.float32))
    curves = read(told["curves"]).reshape(len(SHOWN), len(SIDES), frames)
    for row, name in enumerate(SHOWN):
        np.testing.assert_array_equal(curves[row], one.curves[name].astype(np.float32))
    scene = told["scene"]
    points = read(scene["points"]).reshape(-1, 2, frames)
    np.testing.assert_allclose(points, one.scene.points.transpose(1, 2, 0), atol=0.51 * PLACE)
    force = read(scene["force"]).reshape(len(FORCES), 2, 2, frames)
    for row, name in enumerate(FORCES):
        np.testing.assert_allclose(force[row], one.scene.arrows[name].force.transpose(1, 2, 0), atol=FORCE)
    active = read(scene["active"])
    np.testing.assert_allclose(active[3], one.scene.muscles[3].activation, atol=SHARE)
    lines = read(scene["lines"])
    assert lines.shape[0] == sum(2 * count for _, _, count, _ in scene["muscles"])


def test_a_page_of_sixty_walks_stays_small():
    everything = page(walks())

    assert len(everything) < LARGEST_PAGE / 60 * len(walks()) + 1e5


def test_a_page_needs_no_network_and_says_that_nobody_walked_this():
    text = page(walks(), source="<made up>")

    assert "nobody walked this" in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
    assert "&lt;made up&gt;" in text
    assert 'id="live"' not in text


def test_the_control_that_predicts_stands_on_a_served_page_only():
    assert 'data-token="secret&quot;"' in page(walks()[:1], token='secret"')


@pytest.mark.parametrize(
    ("origins", "word"),
    [(["predicted"], "Predicted"), (["recorded"], "Recorded"), (["predicted", "recorded"], "Some of")],
)
def test_the_foreword_says_what_the_walks_are(origins, word):
    from dataclasses import replace  # noqa: PLC0415

    some = [replace(walk(FORWARD), name=origin, origin=origin) for origin in origins]

    assert f'<p id="foreword" class="notice">{word}' in page(some)
