"""Baseline files: small, the same twice, readable by others, and not confused with anything else."""

import json

import h5py
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from retrogait.baseline.loads import ACTIVATION, loads_of, unit_of
from retrogait.baseline.store import FORMAT_VERSION, Review, _rounded, read_baseline, write_baseline
from retrogait.baseline.tolerances import QUANTITIES, Tolerances, grain
from retrogait.errors import ResultError
from retrogait.io.results import write_result
from tests.baseline.walks import HEIGHT, PEAK_AT, STANCE, walk, weaken
from tests.fake_result import fake_result

NAMES = ("forward_1.2_0", "retro_0.6_+05", "retro_1.0_-10")


def loads(*names, **attributes):
    return {name: loads_of(walk(name, **attributes)) for name in names}


def test_what_is_stored_comes_back_within_half_a_grain(tmp_path):
    given = loads(*NAMES)
    assert write_baseline(tmp_path / "loads.h5", given)
    found = read_baseline(tmp_path / "loads.h5").loads
    assert set(found) == set(NAMES)
    for name in NAMES:
        old, new = given[name], found[name]
        assert (new.kind, new.sides, new.muscles, new.record) == (
            old.kind,
            old.sides,
            old.muscles,
            old.record,
        )
        assert new.quantities.keys() == old.quantities.keys()
        for quantity, values in old.quantities.items():
            np.testing.assert_allclose(
                new.quantities[quantity], values, rtol=0.0, atol=0.5 * grain(unit_of(quantity))
            )
        assert new.stance.tolist() == [STANCE, STANCE]
        assert new.curves["tibiofemoral_force"][0, PEAK_AT] == HEIGHT  # a multiple of every grain


@given(quantity=st.sampled_from(QUANTITIES), value=st.floats(-60.0, 60.0))
@settings(max_examples=200)
def test_rounding_is_an_eighth_of_the_default_tolerance_at_most(quantity, value):
    rounded = float(_rounded(np.array([value]), unit_of(quantity))[0])
    assert abs(rounded - value) <= Tolerances().of(quantity) / 8.0


def test_no_answer_stays_no_answer(tmp_path):
    gap = walk()
    gap["curve_mean"].loc[{"side": "left"}] = np.nan
    write_baseline(tmp_path / "loads.h5", {"gap": loads_of(gap, "gap")})
    curves = read_baseline(tmp_path / "loads.h5").loads["gap"].curves
    assert all(np.isnan(curve[1]).all() and np.isfinite(curve[0]).all() for curve in curves.values())


def test_the_same_input_makes_the_same_bytes_in_any_order(tmp_path):
    review = Review("Ada", "2026-01-31", "first")
    for name, order in (("one.h5", NAMES), ("two.h5", NAMES[::-1])):
        write_baseline(tmp_path / name, loads(*order), review=review)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_a_baseline_that_holds_the_same_keeps_its_bytes_and_its_review(tmp_path):
    path = tmp_path / "loads.h5"
    write_baseline(path, loads(*NAMES), review=Review("Ada", "2026-01-31"))
    before = path.read_bytes()
    assert not write_baseline(path, loads(*NAMES), review=Review("Bob", "2026-02-01"))
    assert path.read_bytes() == before
    assert read_baseline(path).review == Review("Ada", "2026-01-31")
    changed = {**loads(*NAMES), NAMES[0]: loads_of(weaken(walk(NAMES[0]), by=1e-9))}
    assert write_baseline(path, changed, review=Review("Bob", "2026-02-01"))
    assert read_baseline(path).review.by == "Bob"


def test_xarray_opens_it_without_this_package(tmp_path):
    write_baseline(tmp_path / "loads.h5", loads(*NAMES))
    with xr.open_dataset(tmp_path / "loads.h5", engine="h5netcdf", group="cycle_0") as opened:
        assert opened["curves"].dims == ("condition", "curve", "side", "point")
        curve = opened["curves"].sel(curve=b"tibiofemoral_force", condition=NAMES[0].encode(), side=b"right")
        assert float(curve[PEAK_AT]) == HEIGHT
        assert json.loads(opened["record"].to_numpy()[0])["digests"]["model"] == "a" * 64


def test_trials_of_other_models_and_without_cycles_share_a_file(tmp_path):
    slow = fake_result("slow", model_file="m.osim")
    few = walk("few").isel(muscle=slice(0, 2), time=slice(0, 50))
    given = {d.attrs["trial"]: loads_of(d) for d in (walk("full"), few, slow)}
    write_baseline(tmp_path / "loads.h5", given)
    found = read_baseline(tmp_path / "loads.h5").loads
    assert {name: (one.kind, len(one.muscles)) for name, one in found.items()} == {
        "full": ("cycle", 4), "few": ("cycle", 2), "slow": ("window", 4),
    }  # fmt: skip
    assert found["slow"].at.tolist() == slow["time"].to_numpy().tolist()
    assert "ground_force_along" not in found["slow"].curves
    assert ACTIVATION in found["slow"].quantities


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "no such file; make it with"),
        (lambda path: path.mkdir(), "is a folder, expected a baseline file"),
        (lambda path: path.write_bytes(b"not HDF5"), "not an HDF5 file"),
        (lambda path: write_result(path, fake_result()), "results go first"),
        (lambda path: h5py.File(path, "w").close(), "`format` is None"),
    ],
    ids=["absent", "folder", "text", "result", "foreign"],
)
def test_another_file_is_refused_with_one_line(tmp_path, make, said):
    make(tmp_path / "loads.h5")
    with pytest.raises(ResultError, match=said) as error:
        read_baseline(tmp_path / "loads.h5")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0])
def test_another_version_is_refused(tmp_path, version):
    path = tmp_path / "loads.h5"
    write_baseline(path, loads("walk"))
    with h5py.File(path, "a") as file:
        file.attrs["format_version"] = version
    with pytest.raises(ResultError, match=f"version {version}, expected {FORMAT_VERSION}"):
        read_baseline(path)


def test_a_damaged_baseline_is_refused(tmp_path):
    path = tmp_path / "loads.h5"
    write_baseline(path, loads("walk"))
    with h5py.File(path, "a") as file:
        del file["cycle_0/curves"]
    with pytest.raises(ResultError, match="damaged"):
        read_baseline(path)


def test_another_kind_of_file_is_never_overwritten(tmp_path):
    path = tmp_path / "walk.h5"
    write_result(path, fake_result())
    before = path.read_bytes()
    with pytest.raises(ResultError, match="not a baseline"):
        write_baseline(path, loads("walk"))
    assert path.read_bytes() == before
