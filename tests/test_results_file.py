"""Result files explain themselves, open anywhere, and exist whole or not at all."""

import json

import h5py
import numpy as np
import pytest
import xarray as xr

from retrogait.errors import ResultError
from retrogait.io import results
from retrogait.io.results import read_result, write_result
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
        for name in QUANTITIES:
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


def test_a_write_that_fails_halfway_leaves_the_older_file_and_nothing_else(stored, tmp_path, monkeypatch):
    before = stored.read_bytes()
    real, calls = results._store, []

    def fail_late(*arguments):
        calls.append(arguments)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(results, "_store", fail_late)
    with pytest.raises(KeyboardInterrupt):
        write_result(stored, fake_result("other"))
    assert stored.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["walk.h5"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResultError, match=r"walk\.h5: cannot be written \("):
        write_result(tmp_path / "file" / "walk.h5", fake_result())


def test_foreign_and_damaged_files_are_refused_in_one_line(stored, tmp_path):
    other = tmp_path / "other.h5"
    h5py.File(other, "w").close()
    text = tmp_path / "text.h5"
    text.write_text("time,force\n")
    cut = tmp_path / "cut.h5"
    cut.write_bytes(stored.read_bytes()[:-4096])
    for path, says in [
        (other, "not a result of this program"),
        (text, "not an HDF5 file, or a damaged one"),
        (cut, "not an HDF5 file, or a damaged one"),
        (tmp_path / "none.h5", "no such file"),
    ]:
        with pytest.raises(ResultError, match=says) as refusal:
            read_result(path)
        assert str(refusal.value).startswith(f"{path}: ")
        assert "\n" not in str(refusal.value)


def test_a_file_of_a_newer_format_asks_for_an_update(stored):
    with h5py.File(stored, "a") as file:
        file.attrs["format_version"] = FORMAT_VERSION + 1
    with pytest.raises(ResultError, match=r"version 2 is newer than version 1.*update retrogait"):
        read_result(stored)


def test_every_quantity_names_axes_that_are_quantities_themselves():
    for name, quantity in QUANTITIES.items():
        assert set(quantity.dims) <= QUANTITIES.keys(), name
        assert quantity.about.endswith("."), name
