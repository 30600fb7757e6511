"""The file of a whole study, read back as its readers read it."""

import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

from retrogait.collection import FORMAT, FORMAT_VERSION, NOT_RUN, Collection, Entry
from retrogait.errors import ResultError
from retrogait.gait.cycle import PERCENT
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.names import SIDES
from retrogait.gait.window import WINDOW_LOADS
from retrogait.normalise import Extract

SINGLE = 1e-6  # relative: curves are stored in single precision
ROOT = Path(__file__).resolve().parents[1]
MOST_GROWTH = 10.0  # MB: a kilobyte of name, key and labels of each of 1 200 conditions, and the allocator


def extract_of(number, *, sides=SIDES, cycles=2):
    """Numbers that say where they belong: condition, side, row."""
    legs = len(sides)
    draw = np.random.default_rng(number)
    measures = draw.normal(size=(2, legs, len(MEASURES)))
    curves = draw.normal(size=(2, legs, len(CURVES), PERCENT.size))
    if not cycles:
        measures[:], curves[:] = np.nan, np.nan
    return Extract(
        trial=f"walk{number}",
        direction="retro" if number % 2 else "forward",
        speed=0.5 + 0.1 * number,
        incline=-5.0,
        origin="recorded",
        sides=tuple(sides),
        frames=100,
        frames_failed=number,
        cycles=np.full(legs, cycles),
        measure_mean=measures[0],
        measure_sd=np.abs(measures[1]),
        curve_mean=curves[0],
        curve_sd=np.abs(curves[1]),
        window=draw.normal(size=(legs, len(WINDOW_LOADS))),
    )


def stored(path, names, added, attributes=None):
    """Dataset of a collection in memory; ``added`` are pairs of entry and extract, in their order."""
    with Collection(path, names, attributes) as whole:
        for entry, extract in added:
            whole.add(entry, extract)
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        return dataset.load()


def test_xarray_opens_it_whole_with_every_label(tmp_path):
    names = ["walk0", "walk1", "lost"]
    entries = [
        Entry(
            name=name,
            status="stored",
            key=f"k{k}",
            seconds=0.5,
            labels={"exponent": 2.0 + k, "subject": "Ada"},
        )
        for k, name in enumerate(names[:2])
    ]
    extracts = [extract_of(0), extract_of(1)]
    dataset = stored(
        tmp_path / "results.h5", names, list(zip(entries, extracts, strict=True)), {"experiment": "x"}
    )
    lengths = {"condition": 3, "side": 2, "curve": len(CURVES), "percent": 101, "measure": len(MEASURES)}
    assert dataset.sizes == lengths
    assert dataset["condition"].to_numpy().tolist() == names
    assert dataset["direction"].to_numpy().tolist() == ["forward", "retro", ""]
    assert dataset["status"].to_numpy().tolist() == ["stored", "stored", NOT_RUN]
    assert dataset["key"].to_numpy().tolist() == ["k0", "k1", ""]
    np.testing.assert_array_equal(dataset["speed"], [0.5, 0.6, np.nan])
    np.testing.assert_array_equal(dataset["exponent"], [2.0, 3.0, np.nan])
    assert dataset["subject"].to_numpy().tolist() == ["Ada", "Ada", ""]
    assert dataset["frames_failed"].to_numpy().tolist() == [0, 1, 0]
    assert dataset["cycles"].to_numpy().tolist() == [[2, 2], [2, 2], [0, 0]]
    labels = {"direction", "speed", "incline", "origin", "status", "key", "seconds", "exponent", "subject"}
    assert labels <= set(dataset.coords)
    assert (dataset.attrs["format"], dataset.attrs["format_version"]) == (FORMAT, FORMAT_VERSION)
    assert dataset.attrs["experiment"] == "x"
    for name, variable in dataset.variables.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"].endswith("."), name


def test_every_number_stands_where_its_labels_say(tmp_path):
    names = [f"walk{k}" for k in range(5)]
    order = [3, 0, 4, 2]  # as processes finish; one is never added
    added = [(Entry(name=names[k], status="stored"), extract_of(k)) for k in order]
    dataset = stored(tmp_path / "results.h5", names, added)
    for k in order:
        extract = extract_of(k)
        here = dataset.sel(condition=names[k])
        for row, side in enumerate(SIDES):
            leg = here.sel(side=side)
            peak = list(MEASURES).index("tibiofemoral_peak")
            assert (
                float(leg["measure_mean"].sel(measure="tibiofemoral_peak")) == extract.measure_mean[row, peak]
            )
            np.testing.assert_array_equal(leg["measure_sd"], extract.measure_sd[row])
            np.testing.assert_allclose(leg["curve_mean"], extract.curve_mean[row], rtol=SINGLE)
            np.testing.assert_allclose(leg["curve_sd"], extract.curve_sd[row], rtol=SINGLE)
            for column, load in enumerate(WINDOW_LOADS):
                assert float(leg[f"window_{load}"]) == extract.window[row, column]
    assert np.isnan(dataset["measure_mean"].sel(condition="walk1")).all()
    assert np.isnan(dataset["curve_mean"].sel(condition="walk1")).all()


def test_measures_make_a_tidy_table(tmp_path):
    entry = Entry(name="walk1", status="stored", labels={"subject": "Ada"})
    dataset = stored(tmp_path / "results.h5", ["walk0", "walk1"], [(entry, extract_of(1))])
    table = dataset[["measure_mean", "measure_sd"]].to_dataframe()
    assert len(table) == 2 * 2 * len(MEASURES)
    row = table.loc["walk1", "left", "cadence"]
    assert row["measure_mean"] == extract_of(1).measure_mean[1, list(MEASURES).index("cadence")]
    assert (row["measure_unit"], row["subject"], row["direction"]) == ("1/min", "Ada", "retro")


def test_a_condition_without_a_cycle_keeps_its_window(tmp_path):
    dataset = stored(
        tmp_path / "results.h5", ["walk2"], [(Entry(name="walk2", status="stored"), extract_of(2, cycles=0))]
    )
    assert np.isnan(dataset["measure_mean"]).all()
    np.testing.assert_array_equal(dataset["window_tibiofemoral_peak"][0], extract_of(2).window[:, 0])


def test_a_model_of_one_leg_leaves_the_other_empty(tmp_path):
    one = extract_of(3, sides=("left",))
    dataset = stored(tmp_path / "results.h5", ["walk3"], [(Entry(name="walk3", status="stored"), one)])
    assert dataset["cycles"].to_numpy().tolist() == [[0, 2]]
    assert np.isnan(dataset["measure_mean"].sel(side="right")).all()
    np.testing.assert_array_equal(dataset["measure_mean"].sel(side="left")[0], one.measure_mean[0])


def test_a_failed_condition_keeps_what_was_asked_of_it(tmp_path):
    lost = Entry(
        name="lost", status="failed", direction="retro", speed=1.1, incline=3.0, key="k", labels={"dose": 4}
    )
    dataset = stored(tmp_path / "results.h5", ["lost"], [(lost, None)])
    (row,) = (dataset.isel(condition=0),)
    assert (str(row["status"].item()), str(row["direction"].item())) == ("failed", "retro")
    assert (float(row["speed"]), float(row["incline"]), float(row["dose"])) == (1.1, 3.0, 4.0)
    assert math.isnan(row["seconds"])


def test_labels_with_units_blanks_and_taken_names_become_coordinates_of_their_own(tmp_path):
    labels = {"body mass [kg]": 70.0, "shoe (mm)": "12", "cycles": 9.0, "body mass": "heavy"}
    entry = Entry(name="walk0", status="stored", labels=labels)
    dataset = stored(tmp_path / "results.h5", ["walk0"], [(entry, extract_of(0))])
    assert (dataset["body_mass"].item(), dataset["body_mass"].attrs["units"]) == (70.0, "kg")
    assert (str(dataset["shoe"].item()), dataset["shoe"].attrs["units"]) == ("12", "mm")
    assert dataset["label_cycles"].item() == 9.0
    assert str(dataset["label_body_mass"].item()) == "heavy"
    assert {"body_mass", "shoe", "label_cycles", "label_body_mass"} <= set(dataset.coords)


def test_a_label_of_numbers_and_words_is_one_of_words(tmp_path):
    added = [
        (Entry(name="a", status="stored", labels={"cutoff": 6.0}), None),
        (Entry(name="b", status="stored", labels={"cutoff": "auto"}), None),
    ]
    dataset = stored(tmp_path / "results.h5", ["a", "b", "c"], added)
    assert dataset["cutoff"].to_numpy().tolist() == ["6.0", "auto", ""]


def test_nothing_is_left_when_the_study_breaks_off_and_an_older_file_stays(tmp_path):
    path = tmp_path / "results.h5"
    stored(path, ["walk0"], [(Entry(name="walk0", status="stored"), extract_of(0))])
    before = path.read_bytes()

    def broken():
        with Collection(path, ["other"]) as whole:
            whole.add(Entry(name="other", status="stored"), extract_of(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["results.h5"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ResultError, match=r"results\.h5: cannot be written"),
        Collection(tmp_path / "file" / "results.h5", ["a"]),
    ):
        pass


def test_an_unknown_condition_and_two_of_one_name_are_refused(tmp_path):
    with (
        Collection(tmp_path / "results.h5", ["a"]) as whole,
        pytest.raises(ResultError, match="no condition is called 'b'"),
    ):
        whole.add(Entry(name="b", status="stored"))
    with pytest.raises(ResultError, match="two conditions are called 'a'"):
        Collection(tmp_path / "results.h5", ["a", "b", "a"])


def test_a_study_without_conditions_still_opens(tmp_path):
    dataset = stored(tmp_path / "results.h5", [], [])
    assert dataset.sizes["condition"] == 0
    assert dataset["curve"].to_numpy().tolist() == list(CURVES)


def test_the_same_study_in_another_order_reads_the_same(tmp_path):
    names = [f"walk{k}" for k in range(70)]  # more than lie together
    pairs = [(Entry(name=name, status="stored"), extract_of(k)) for k, name in enumerate(names)]
    one = stored(tmp_path / "one.h5", names, pairs)
    other = stored(tmp_path / "other.h5", names, pairs[::-1])
    assert one.identical(other)


def test_a_curve_nobody_walked_takes_no_room(tmp_path):
    names = [f"walk{k}" for k in range(1000)]
    stored(tmp_path / "results.h5", names, [])
    with h5py.File(tmp_path / "results.h5") as file:
        assert file["curve_mean"].id.get_storage_size() == 0
        assert file["measure_mean"].id.get_storage_size() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="`resource` is a module of Unix")
def test_memory_does_not_grow_with_the_conditions_but_by_their_names(tmp_path):
    code = """
        import re, resource, sys
        from pathlib import Path
        from tests.test_collection import Collection, Entry, extract_of
        count = int(sys.argv[1])
        names = [f"walk{k}" for k in range(count)]
        made = [extract_of(k) for k in range(5)]
        with Collection(sys.argv[2], names) as whole:
            for k, name in enumerate(names):
                whole.add(Entry(name=name, status="stored", labels={"subject": "Ada"}), made[k % 5])
        # Linux counts what the process that started this one had in `ru_maxrss` too.
        own = Path("/proc/self/status")
        if own.exists():
            print(re.search(r"VmHWM:\\s+(\\d+)", own.read_text())[1])
        else:
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """
    few, many = (
        int(
            subprocess.run(
                [sys.executable, "-c", textwrap.dedent(code), str(count), str(tmp_path / f"{count}.h5")],
                check=True, capture_output=True, text=True, cwd=ROOT,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "sim")])},
            ).stdout
        ) / (1e6 if sys.platform == "darwin" else 1e3)
        for count in (3000, 4200)
    )  # fmt: skip
    # 1 200 more conditions hold 40 MB of curves and measures. Caches of HDF5 are full after 3 000.
    assert many - few < MOST_GROWTH
