"""Result files explain themselves, open anywhere, and exist whole or not at all."""

import errno
import json
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

from retrogait.errors import ResultError
from retrogait.io.results import read_attributes, read_result, stored_key, write_result
from retrogait.quantities import FORMAT, FORMAT_VERSION, QUANTITIES
from tests.fake_result import fake_result


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "walk.h5"
    write_result(path, fake_result())
    return path


def test_what_is_read_is_what_was_written(tmp_path):
    dataset = fake_result(notes=["élan – 5°", "second"], factor=np.float32(0.5))
    dataset["activation"][3] = np.nan
    path = tmp_path / "walk.h5"
    write_result(path, dataset)
    back = read_result(path)
    xr.testing.assert_equal(back, dataset)
    assert back.attrs == dataset.attrs | {"format": FORMAT, "format_version": FORMAT_VERSION}
    assert back["coordinate_unit"].to_numpy().tolist()[:2] == ["m", "rad"]


def test_a_result_survives_being_stored_twice(stored, tmp_path):
    once = read_result(stored)
    write_result(tmp_path / "again.h5", once)
    xr.testing.assert_identical(read_result(tmp_path / "again.h5"), once)


def test_xarray_alone_opens_the_file(stored):
    with xr.open_dataset(stored, engine="h5netcdf") as opened:
        opened.load()
    xr.testing.assert_equal(opened, fake_result())
    assert set(opened.coords) == set(fake_result().coords)
    assert opened["time"].dtype == np.float64  # not taken for a time span
    assert json.loads(opened.attrs["notes"]) == []


def test_h5py_alone_finds_numbers_units_sentences_and_axes(stored):
    with h5py.File(stored) as file:
        force = file["tibiofemoral_force"]
        assert force.attrs["units"] == "N"
        assert [axis[0].name for axis in force.dims] == ["/time", "/side", "/axis"]
        assert file["side"].asstr()[:].tolist() == ["right", "left"]
        assert h5py.check_string_dtype(file["side"].dtype).encoding == "utf-8"
        for name in fake_result().variables:
            assert file[name].attrs["units"] == QUANTITIES[name].unit
            assert file[name].attrs["long_name"] == QUANTITIES[name].about


def test_every_attribute_is_text_or_a_number(tmp_path):
    path = tmp_path / "walk.h5"
    write_result(path, fake_result(flag=True, nothing=None, table={"a": [1, None]}))
    with h5py.File(path) as file:
        for name, value in file.attrs.items():
            assert isinstance(value, str | np.integer | np.floating), name
        assert file.attrs["flag"] == 1
        assert "nothing" not in file.attrs
    assert read_result(path).attrs["table"] == {"a": [1, None]}


def test_an_attribute_of_a_kind_that_no_file_holds_is_refused(tmp_path):
    with pytest.raises(ResultError, match="attribute `model` is a object, expected text"):
        write_result(tmp_path / "walk.h5", fake_result(model=object()))
    assert list(tmp_path.iterdir()) == []


def test_a_variable_of_the_users_own_needs_a_unit_and_a_sentence(tmp_path):
    dataset = fake_result()
    dataset["work"] = ("time", np.zeros(dataset.sizes["time"]))
    with pytest.raises(ResultError, match=r"work: not a quantity of this program.*'units'"):
        write_result(tmp_path / "walk.h5", dataset)
    dataset["work"].attrs = {"units": "J", "long_name": "Work so far."}
    write_result(tmp_path / "walk.h5", dataset)
    assert read_result(tmp_path / "walk.h5")["work"].attrs["units"] == "J"


def test_wrong_or_unlabelled_axes_are_refused(tmp_path):
    dataset = fake_result()
    turned = dataset.assign(activation=dataset["activation"].transpose())
    with pytest.raises(ResultError, match=r"activation: has axes \('muscle', 'time'\), expected"):
        write_result(tmp_path / "walk.h5", turned)
    with pytest.raises(ResultError, match="axis `axis` has no labels"):
        write_result(tmp_path / "walk.h5", dataset.drop_vars("axis"))


def full_disk(self, data):
    with self.open("wb") as file:
        file.write(data[: len(data) // 2])
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(self, data):
    with self.open("wb") as file:
        file.write(data[: len(data) // 2])
    raise KeyboardInterrupt


def test_a_write_that_is_interrupted_leaves_the_older_file_and_nothing_else(stored, tmp_path, monkeypatch):
    before = stored.read_bytes()
    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_result(stored, fake_result("other"))
    assert stored.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["walk.h5"]


def test_a_full_disk_is_one_line_and_leaves_the_older_file_and_nothing_else(stored, tmp_path, monkeypatch):
    before = stored.read_bytes()
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(ResultError) as refusal:
        write_result(stored, fake_result("other"))
    assert str(refusal.value) == f"{stored}: cannot be written (No space left on device)"
    assert stored.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["walk.h5"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_file_that_the_system_cuts_off_leaves_nothing_behind(tmp_path):
    import resource  # noqa: PLC0415 - POSIX has it

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(ResultError, match=r"walk\.h5: cannot be written \(File too large\)"):
            write_result(tmp_path / "walk.h5", fake_result())
        assert list(tmp_path.iterdir()) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    write_result(tmp_path / "walk.h5", fake_result())  # and the library is none the worse for it
    xr.testing.assert_equal(read_result(tmp_path / "walk.h5"), fake_result())


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResultError, match=r"walk\.h5: cannot be written \("):
        write_result(tmp_path / "file" / "walk.h5", fake_result())


@pytest.mark.parametrize("read", [read_result, read_attributes, stored_key])
def test_foreign_and_damaged_files_are_refused_in_one_line(stored, tmp_path, read):
    whole = stored.read_bytes()
    damaged = "not an HDF5 file, or a damaged one"
    files = {
        "text": (b"time,force\n", damaged),
        "empty": (b"", damaged),
        "cut": (whole[:-4096], damaged),
        "half": (whole[: len(whole) // 2], damaged),
        "header": (whole[:40], damaged),
    }
    for name, (data, says) in files.items():
        path = tmp_path / f"{name}.h5"
        path.write_bytes(data)
        refused(read, path, says)
    h5py.File(tmp_path / "other.h5", "w").close()
    refused(read, tmp_path / "other.h5", "not a result of this program")
    refused(read, tmp_path / "none.h5", "no such file")
    refused(read, tmp_path, "no such file")


def refused(read, path, says):
    with pytest.raises(ResultError, match=says) as refusal:
        read(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_the_attributes_alone_are_those_of_the_result(tmp_path):
    path = tmp_path / "walk.h5"
    write_result(path, fake_result(key="0123abcd", notes=["élan", "second"], table={"a": [1, None]}))
    assert read_attributes(path) == read_result(path).attrs
    assert read_attributes(path)["notes"] == ["élan", "second"]
    assert stored_key(path) == "0123abcd"


def test_a_result_stored_without_a_key_has_none(stored):
    assert stored_key(stored) is None


def test_a_variable_without_its_axes_is_a_damaged_file(stored):
    with h5py.File(stored, "a") as file:
        del file["activation"].attrs["DIMENSION_LIST"]
    refused(read_result, stored, "or a damaged one")


def test_text_that_no_file_can_hold_is_refused(tmp_path):
    with pytest.raises(ResultError, match=r"walk\.h5: holds what no HDF5 file can hold"):
        write_result(tmp_path / "walk.h5", fake_result(trial="nul\0inside"))
    assert list(tmp_path.iterdir()) == []


def test_results_of_one_layout_do_not_share_numbers_or_labels(tmp_path):
    first, second = fake_result("first"), fake_result("second")
    second["activation"][:] = 0.25
    second = second.assign_coords(muscle=["a", "b", "c", "d"])
    write_result(tmp_path / "first.h5", first)
    write_result(tmp_path / "second.h5", second)
    write_result(tmp_path / "third.h5", first)
    xr.testing.assert_equal(read_result(tmp_path / "second.h5"), second)
    xr.testing.assert_equal(read_result(tmp_path / "third.h5"), first)


def test_a_file_of_a_newer_format_asks_for_an_update(stored):
    with h5py.File(stored, "a") as file:
        file.attrs["format_version"] = FORMAT_VERSION + 1
    with pytest.raises(ResultError, match=r"version 2 is newer than version 1.*update retrogait"):
        read_result(stored)


def test_every_quantity_names_axes_that_are_quantities_themselves():
    for name, quantity in QUANTITIES.items():
        assert set(quantity.dims) <= QUANTITIES.keys(), name
        assert quantity.about.endswith("."), name
