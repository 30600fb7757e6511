"""Files made in memory are what h5py reads, whether their structure is new or known."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from retrogait.io import image
from retrogait.io.image import LARGEST_TEMPLATE, TEMPLATES, Labelled, file_image

KINDS = st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.bool_])


@pytest.fixture(autouse=True)
def no_templates(monkeypatch):
    monkeypatch.setattr(image, "_templates", {})


def table(rows=3, value=0.0, **attributes):
    """A time axis, labels with an accent and one array over both."""
    return {
        "time": Labelled(("time",), np.arange(rows) / 100.0, {"units": "s"}),
        "side": Labelled(("side",), np.array(["right", "gauché"]), {}),
        "force": Labelled(("time", "side"), np.full((rows, 2), value), {"units": "N", **attributes}),
    }


def opened(data):
    return h5py.File(BytesIO(data))


def test_numbers_text_axes_and_attributes_come_back():
    with opened(file_image(table(value=7.5, scale=2.0, names=["a", "b"]), {"b": "é", "a": 3})) as file:
        assert (file["force"][...] == 7.5).all()
        assert file["side"].asstr()[...].tolist() == ["right", "gauché"]
        assert [axis[0].name for axis in file["force"].dims] == ["/time", "/side"]
        assert file["time"].is_scale
        assert list(file) == ["time", "side", "force"]
        assert file["force"].attrs["units"] == "N"
        assert file["force"].attrs["scale"] == 2.0
        assert file["force"].attrs["names"].tolist() == ["a", "b"]
        assert list(file.attrs.items()) == [("b", "é"), ("a", 3)]


def test_a_known_structure_gives_the_bytes_of_a_new_one():
    first = file_image(table(value=1.0), {"trial": "one"})
    assert len(image._templates) == 1
    again = file_image(table(value=2.0), {"trial": "two"})
    assert len(image._templates) == 1
    image._templates.clear()
    assert file_image(table(value=1.0), {"trial": "one"}) == first
    image._templates.clear()
    assert file_image(table(value=2.0), {"trial": "two"}) == again


@pytest.mark.parametrize(
    "other",
    [
        table(rows=4),
        table(units="kN"),
        table(scale=2),
        table(scale=2.0),
        table() | {"side": Labelled(("side",), np.array(["left", "gauché"]), {})},
        table() | {"force": Labelled(("time", "side"), np.zeros((3, 2), np.float32), {"units": "N"})},
        dict(reversed(table().items())),
    ],
    ids=["length", "unit", "integer", "float", "label", "type", "order"],
)
def test_a_structure_that_differs_anywhere_is_another_one(other):
    file_image(table(), {})
    data = file_image(other, {})
    assert len(image._templates) == 2
    image._templates.clear()
    assert data == file_image(other, {})


@given(
    values=npst.arrays(KINDS, npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)),
    backwards=st.booleans(),
)
def test_any_array_comes_back_from_either_path(values, backwards):
    values = values.T if backwards else values
    axes = {f"d{n}": Labelled((f"d{n}",), np.arange(size), {}) for n, size in enumerate(values.shape)}
    arrays = axes | {"values": Labelled(tuple(axes), values, {})}
    for _ in range(2):
        with opened(file_image(arrays, {})) as file:
            np.testing.assert_array_equal(file["values"][...], values)
            assert file["values"].dtype == (np.int8 if values.dtype == bool else values.dtype)


def test_only_so_many_structures_are_kept_and_no_large_one():
    for rows in range(2, 2 + 3 * TEMPLATES):
        file_image(table(rows), {})
    assert len(image._templates) == TEMPLATES
    kept = dict(image._templates)
    rows = LARGEST_TEMPLATE // 16
    with opened(file_image(table(rows, value=4.0), {})) as file:
        assert (file["force"][...] == 4.0).all()
    assert image._templates == kept


def test_threads_do_not_get_into_each_others_files():
    def value_of(value):
        with opened(file_image(table(rows=3 + value % 3, value=value), {"value": value})) as file:
            return file["force"][0, 0], file.attrs["value"]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(value_of, range(60))) == [(value, value) for value in range(60)]


def test_what_no_file_can_hold_is_refused():
    for bad in (np.array(["2026-11-21"], "datetime64[D]"), np.array(["nul\0inside"])):
        arrays = {"time": Labelled(("time",), bad, {})}
        with pytest.raises((TypeError, ValueError)):
            file_image(arrays, {})
    assert image._templates == {}
