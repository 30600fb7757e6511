"""Stored results are read back with their spans, and their files are named."""

import math

import numpy as np
import pytest
import xarray as xr

from retrogait.claims import open_walks
from retrogait.claims.walks import SHARING
from retrogait.errors import ResultError
from retrogait.io.results import write_result
from retrogait.published import Condition

CASES = {
    "base": {"peak_tibiofemoral": 4.0, "peak_patellofemoral": 1.0},
    "rigid tendons": {"peak_tibiofemoral": 3.0, "peak_patellofemoral": 1.5},
}
MEASURES = {
    "tibiofemoral_peak": (4.0, 4.2),
    "knee_range": (60.0, math.nan),
    "hip_range": (math.nan, math.nan),
}


def stored(folder, *, sharing=None, **attributes):
    """Store a result that has measures, and forces where ``sharing`` gives them."""
    data = {"measure_mean": (("side", "measure"), np.array(list(MEASURES.values())).T)}
    coords = {"side": ["right", "left"], "measure": list(MEASURES)}
    if sharing is not None:
        force = np.zeros((2, 2, 3))
        force[:, 0, 1] = [10.0, 20.0]
        data["tibiofemoral_force"] = (("time", "side", "axis"), force)
        data[SHARING] = (("time", "side", "criterion"), np.array(sharing))
        coords |= {"time": [0.0, 1.0], "axis": ["x", "y", "z"], "criterion": ["plain", "weighted"]}
    given = {"direction": "retro", "speed": 0.8, "incline": 5.0, "sensitivity": CASES, **attributes}
    path = folder / "walks" / "one.h5"
    write_result(path, xr.Dataset(data, coords=coords, attrs=given))
    return path


def only(folder, path):
    return open_walks([path], folder).at(Condition("retro", 0.8, 5.0))


def test_measures_are_the_mean_of_the_legs_that_have_them(tmp_path):
    reading = only(tmp_path, stored(tmp_path))
    assert reading.measures["tibiofemoral_peak"] == pytest.approx(4.1)
    assert reading.measures["knee_range"] == 60.0
    assert math.isnan(reading.measures["hip_range"])
    assert [str(part) for part in reading.parts] == ["walks/one.h5"]


def test_spans_are_shares_of_the_plain_case(tmp_path):
    reading = only(tmp_path, stored(tmp_path))
    assert reading.spans == {"tibiofemoral_peak": (0.75, 1.0), "patellofemoral_peak": (1.0, 1.5)}


def test_a_walk_without_a_sensitivity_has_no_span(tmp_path):
    assert only(tmp_path, stored(tmp_path, sensitivity=None)).spans == {}


def test_the_other_sharing_criterion_widens_the_span(tmp_path):
    sharing = [[[10.0, 6.0], [1.0, 1.0]], [[20.0, 12.0], [1.0, 1.0]]]
    reading = only(tmp_path, stored(tmp_path, sharing=sharing))
    assert reading.spans["tibiofemoral_peak"] == pytest.approx((0.6, 1.0))
    assert reading.spans["patellofemoral_peak"] == (1.0, 1.5)


def test_a_criterion_without_an_answer_says_nothing(tmp_path):
    sharing = [[[10.0, math.nan], [1.0, math.nan]], [[20.0, math.nan], [1.0, math.nan]]]
    assert only(tmp_path, stored(tmp_path, sharing=sharing)).spans["tibiofemoral_peak"] == (0.75, 1.0)


def test_a_result_without_cycles_is_refused(tmp_path):
    path = tmp_path / "none.h5"
    write_result(path, xr.Dataset(attrs={"direction": "retro", "speed": 1.0, "incline": 0.0}))
    with pytest.raises(ResultError, match="has no measures of cycles"):
        open_walks([path], tmp_path)
