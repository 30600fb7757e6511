"""From a results folder to a comparison; people and strides of this file are made up."""

import numpy as np
import pytest
import xarray as xr

from retrogait.collection import Collection, Entry
from retrogait.errors import ConfigError, ResultError
from retrogait.io.results import read_result, write_result
from retrogait.statistics import compare, notes
from retrogait.statistics.compare import DEFAULT_CURVES, DEFAULT_MEASURES, compare_directions
from retrogait.statistics.values import paired_values
from tests.statistics.made_up import extract_of, made_up_strides, made_up_study

SINGLE = 1e-6  # relative: curves are stored in single precision
QUICK = {"permutations": 300}


def told(dataset):
    """All notes as one text."""
    return " ".join(dataset.attrs["notes"])


def test_people_are_compared_by_their_means_over_legs(tmp_path):
    made_up_study(tmp_path, 8)
    found = compare_directions(tmp_path, **QUICK)
    with xr.open_dataset(tmp_path / "results.h5", engine="h5netcdf") as stored:
        mean = stored["measure_mean"].sel(measure="tibiofemoral_peak").mean("side").load()
    forward, retro = (mean[mean["direction"] == name].to_numpy() for name in ("forward", "retro"))
    ours = paired_values(forward, retro, **QUICK)
    one = found.sel(measure="tibiofemoral_peak")
    assert float(one["measure_difference"]) == pytest.approx(ours.difference, rel=1e-12)
    assert float(one["measure_p"]) == ours.p
    np.testing.assert_allclose(one["measure_interval"], ours.interval, rtol=1e-12)
    np.testing.assert_allclose(one["person_forward"], forward, rtol=1e-12)
    assert found.attrs["design"] == "people"
    assert found["person"].to_numpy().tolist() == [f"P{k}" for k in range(8)]
    assert found["measure"].to_numpy().tolist() == list(DEFAULT_MEASURES)
    assert found["curve"].to_numpy().tolist() == list(DEFAULT_CURVES)
    assert "The unit is the person, n = 8" in told(found)
    assert "the smallest possible is 0.0078" in told(found)
    assert "adjusted (Holm) over 7 measures (tibiofemoral_peak, " in told(found)


def test_a_planted_difference_is_found_and_none_where_there_is_none(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    there = compare_directions(made_up_study(tmp_path / "a", 10, 0.5), **QUICK)
    assert (there["measure_p_holm"] < 0.05).all()
    assert (there["curve_p_holm"] < 0.05).all()
    middle = there["curve_difference"].sel(percent=50.0)
    np.testing.assert_allclose(middle, 0.5, atol=0.2)  # made up: 0.5, noise 0.1 over ten people
    absent = compare_directions(made_up_study(tmp_path / "b", 10, 0.0), **QUICK)
    assert (absent["measure_p_holm"] > 0.05).all()
    assert (absent["curve_p_holm"] > 0.05).all()


def test_failed_walks_and_half_pairs_are_left_out_and_listed(tmp_path):
    made_up_study(tmp_path, 8, without=["P2_retro_1"], failed=["P5_forward_1"])
    found = compare_directions(tmp_path, **QUICK)
    assert found["person"].to_numpy().tolist() == ["P0", "P1", "P3", "P4", "P6", "P7"]
    assert found.attrs["left_out"] == [
        "P5_forward_1: failed, no result",
        "P2_forward_1: no recorded retro walk of P2, 1 m/s, 0 deg",
        "P5_retro_1: no recorded forward walk of P5, 1 m/s, 0 deg",
    ]
    assert (found["measure_n_forward"] == 6).all()


def test_several_speeds_are_one_number_per_person_and_say_so(tmp_path):
    made_up_study(tmp_path, 6, speeds=(0.8, 1.2), without=["P4_retro_1.2"])
    found = compare_directions(tmp_path, **QUICK)
    assert (found["measure_n_forward"] == 6).all()
    assert "Pairs at 2 conditions (speed, incline, labels) are averaged within each person; P4 did" in told(
        found
    )
    alone = compare_directions(tmp_path, where={"speed": 1.2}, **QUICK)
    assert (alone["measure_n_forward"] == 5).all()
    assert "are averaged within each person" not in told(alone)
    assert "no p-value here can reach 0.05" in told(alone)


def test_legs_are_compared_with_the_same_legs(tmp_path):
    """A leg without a cycle in one direction counts in neither, or legs would differ for directions."""
    generator = np.random.default_rng(0)
    names = [f"P{k}_{direction}" for k in range(6) for direction in ("forward", "retro")]
    with Collection(tmp_path / "results.h5", names) as whole:
        for name in names:
            person, direction = name.split("_")
            sides = ("left",) if direction == "retro" else ("right", "left")
            extract = extract_of(generator, direction, shift=0.0, sides=sides)
            if direction == "forward":
                extract.measure_mean[0] += 100.0
                extract.curve_mean[0] += 100.0
            whole.add(Entry(name=name, status="stored", labels={"subject": person}), extract)
    found = compare_directions(tmp_path, **QUICK)
    assert float(abs(found["measure_difference"]).max()) < 1.0
    assert float(abs(found["curve_difference"]).max()) < 1.0


def test_a_measure_that_a_person_lacks_leaves_that_person_out_of_it_alone(tmp_path):
    generator = np.random.default_rng(0)
    names = [f"P{k}_{direction}" for k in range(7) for direction in ("forward", "retro")]
    with Collection(tmp_path / "results.h5", names) as whole:
        for name in names:
            person, direction = name.split("_")
            extract = extract_of(generator, direction, shift=0.3)
            if name == "P3_retro":
                extract.measure_mean[:] = np.nan
                extract.curve_mean[:, :, 40] = np.nan
            whole.add(Entry(name=name, status="stored", labels={"subject": person}), extract)
    found = compare_directions(tmp_path, measures=["knee_range"], curves=["vasti"], **QUICK)
    assert (found["measure_n_forward"].item(), found["curve_n_forward"].item()) == (6, 6)
    assert found.attrs["left_out"] == [
        "P3: no knee_range in both directions",
        "P3: no vasti in both directions",
    ]


def test_few_people_are_described_and_nothing_is_inferred(tmp_path):
    found = compare_directions(made_up_study(tmp_path, 4), **QUICK)
    assert np.isfinite(found["measure_difference"]).all()
    for name in ("measure_p", "measure_interval", "measure_gav", "curve_p", "curve_band"):
        assert np.isnan(found[name]).all()
    assert "Nothing is inferred from fewer than 5 people: with n = 4" in told(found)
    assert "p could not go below 0.125" in told(found)


def test_predicted_walks_get_no_p_value_but_their_span(tmp_path):
    generator = np.random.default_rng(0)
    shares = {"base": (1.0, 1.0), "stiff": (1.5, 1.0), "weak": (1.0, 1.1)}
    with Collection(tmp_path / "results.h5", ["f", "r"]) as whole:
        for row, (name, direction) in enumerate((("f", "forward"), ("r", "retro"))):
            extract = extract_of(generator, direction, shift=0.5, origin="predicted")
            whole.add(Entry(name=name, status="stored"), extract)
            cases = {case: {"peak_tibiofemoral": 2.0 * share[row]} for case, share in shares.items()}
            write_result(tmp_path / f"{name}.h5", xr.Dataset(attrs={"sensitivity": cases}))
    found = compare_directions(tmp_path, measures=["tibiofemoral_peak", "knee_range"], **QUICK)
    assert found.attrs["design"] == "predicted"
    assert not [name for name in found if "_p" in str(name).removeprefix("measure").removeprefix("curve")]
    assert found.attrs["notes"][0] == notes.REFUSAL
    forward, retro = (float(found[f"measure_{way}"][0, 0]) for way in ("forward", "retro"))
    every = [share[1] * retro - share[0] * forward for share in shares.values()]
    np.testing.assert_allclose(found["measure_span"][0, 0], [min(every), max(every)], rtol=1e-12)
    assert np.isnan(found["measure_span"][0, 1]).all()


def test_recorded_people_leave_predictions_out(tmp_path):
    generator = np.random.default_rng(0)
    names = [f"{who}_{way}" for who in ("A", "B", "model") for way in ("forward", "retro")]
    with Collection(tmp_path / "results.h5", names) as whole:
        for name in names:
            who, way = name.split("_")
            origin = "predicted" if who == "model" else "recorded"
            whole.add(
                Entry(name=name, status="stored", labels={"subject": who}),
                extract_of(generator, way, shift=0.5, origin=origin),
            )
    found = compare_directions(tmp_path, **QUICK)
    assert found["person"].to_numpy().tolist() == ["A", "B"]
    assert found.attrs["left_out"] == [
        "model, 1 m/s, 0 deg: predicted, not recorded; statistics are of people only"
    ]


def test_one_persons_strides_describe_that_person_only(tmp_path, monkeypatch):
    made_up_study(tmp_path, 1)
    generator = np.random.default_rng(5)

    def read(folder, names, side, measures, curves):
        count = 8 if side == "left" else 3
        return made_up_strides(generator, count, 0.4 * ("retro" in names[0]), len(measures), len(curves))

    monkeypatch.setattr(compare, "read_strides", read)
    found = compare_directions(tmp_path, **QUICK)
    assert found.attrs["design"] == "one person"
    assert "person" not in found.dims
    assert (found["measure_n_forward"] == 8).all()
    assert np.isnan(found["measure_dz"]).all()
    assert (found["measure_p"] < 0.05).all()
    assert "8 forward and 8 retro strides of the left leg describe subject P0 and nobody else" in told(found)
    assert "takes them as independent: p-values are too small" in told(found)


def test_one_person_at_several_speeds_has_to_choose(tmp_path):
    made_up_study(tmp_path, 1, speeds=(0.8, 1.2))
    with pytest.raises(
        ConfigError, match=r"walked at 2 conditions \(P0, 0\.8 m/s, 0 deg; P0, 1\.2 m/s, 0 deg\)"
    ):
        compare_directions(tmp_path)


def test_the_strides_of_an_open_dataset_are_nowhere(tmp_path):
    made_up_study(tmp_path, 1)
    with (
        xr.open_dataset(tmp_path / "results.h5", engine="h5netcdf") as dataset,
        pytest.raises(ResultError, match="give the folder of the study"),
    ):
        compare_directions(dataset)


def test_an_open_dataset_and_its_file_say_the_same_as_the_folder(tmp_path):
    made_up_study(tmp_path, 6)
    folder = compare_directions(tmp_path, **QUICK)
    file = compare_directions(tmp_path / "results.h5", **QUICK)
    with xr.open_dataset(tmp_path / "results.h5", engine="h5netcdf") as dataset:
        loose = compare_directions(dataset, **QUICK)
    xr.testing.assert_equal(folder, file)
    xr.testing.assert_equal(folder, loose)


def test_a_comparison_is_stored_and_read_back_whole(tmp_path):
    found = compare_directions(made_up_study(tmp_path, 6), **QUICK)
    write_result(tmp_path / "statistics.h5", found)
    again = read_result(tmp_path / "statistics.h5")
    xr.testing.assert_equal(again, found)
    assert again.attrs["notes"] == found.attrs["notes"]
    for name, variable in found.variables.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"].endswith("."), name


def test_spm1d_is_asked_only_when_wanted(tmp_path):
    pytest.importorskip("spm1d", reason="spm1d, the extra `spm`, is not installed")
    made_up_study(tmp_path, 9)
    assert "spm_threshold" not in compare_directions(tmp_path, **QUICK)
    found = compare_directions(tmp_path, spm=True, **QUICK)
    assert (found["spm_threshold"] > found["curve_threshold"]).all()
    assert (found["spm_p"].isel(spm_cluster=0) < 0.05).all()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"measures": ["knee_rang"]}, "no measure is called 'knee_rang'; did you mean `knee_range`"),
        ({"curves": ["vasty"]}, "no curve is called 'vasty'; did you mean `vasti`"),
        ({"permutations": 5}, "permutations = 5: expected at least 100"),
        ({"where": {"speed": 9}}, "no walk has speed = 9"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path, options, complaint):
    made_up_study(tmp_path, 3)
    with pytest.raises(ConfigError, match=complaint):
        compare_directions(tmp_path, **options)


def test_a_study_without_pairs_says_what_is_missing(tmp_path):
    made_up_study(tmp_path, 2, without=["P0_retro_1", "P1_retro_1"])
    with pytest.raises(
        ResultError, match=r"no forward walk has a retro counterpart alike in subject, speed, incline"
    ):
        compare_directions(tmp_path)


def test_what_is_no_study_is_refused(tmp_path):
    with pytest.raises(ResultError, match=r"holds no results\.h5"):
        compare_directions(tmp_path)
    with pytest.raises(ResultError, match="no such folder"):
        compare_directions(tmp_path / "nowhere")
    (tmp_path / "results.h5").write_text("no HDF5")
    with pytest.raises(ResultError, match="not an HDF5 file"):
        compare_directions(tmp_path)
    write_result(tmp_path / "results.h5", xr.Dataset())
    with pytest.raises(ResultError, match="not results of a study"):
        compare_directions(tmp_path)


def test_a_unit_that_has_changed_is_not_mislabelled(tmp_path):
    made_up_study(tmp_path, 6)
    with xr.open_dataset(tmp_path / "results.h5", engine="h5netcdf") as dataset:
        loaded = dataset.load()
    units = loaded["measure_unit"].to_numpy().astype(object)
    units[loaded.get_index("measure").get_loc("tibiofemoral_peak")] = "N"
    with pytest.raises(ResultError, match="`tibiofemoral_peak` is stored in 'N', expected 'BW'"):
        compare_directions(loaded.assign_coords(measure_unit=("measure", units)), **QUICK)
