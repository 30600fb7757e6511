"""Plates: every type by its own formulas, and the conventions that files get wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrogait as rg
from retrogait.lab.plates import Plate, surface_wrench
from tests.lab.synthetic import MATRIX, ORIGIN, channels, rectangle, write_c3d
from tests.lab.test_c3d import FORCE, assert_same, assert_understood, recorded

EXACT = 1e-9  # N m, of moments of some 1000 N m: rounding
numbers = st.floats(-1.0, 1.0)


def three(scale):
    return st.lists(numbers, min_size=3, max_size=3).map(lambda x: scale * np.array(x))


@given(
    kind=st.sampled_from([1, 2, 3, 4]), force=three(900.0), place=three(0.4), twist=numbers,
    angle=st.floats(-np.pi, np.pi), tilt=st.floats(-0.3, 0.3),
)  # fmt: skip
def test_what_a_plate_of_any_type_sends_is_the_wrench_on_it(kind, force, place, twist, angle, tilt):
    flat = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    slope = np.array([[np.cos(tilt), -np.sin(tilt), 0], [np.sin(tilt), np.cos(tilt), 0], [0, 0, 1]])
    corners = rectangle((-0.6, 0.6), (-0.5, 0.5)) @ (slope @ flat).T + [1.0, 0.2, -3.0]
    plate = Plate(1, kind, corners, np.array(ORIGIN[kind]), MATRIX if kind == 4 else None)
    normal = -plate.axes[:, 2]
    np.testing.assert_allclose(plate.axes.T @ plate.axes, np.eye(3), atol=1e-12)
    assert np.linalg.det(plate.axes) == pytest.approx(1.0)
    lever = place - (place @ normal) * normal  # on the surface
    free = twist * normal
    sent = channels(kind, corners, force[None], (plate.center + lever)[None], free[None])
    if kind == 4:
        sent = sent @ MATRIX.T
    sensors = {1: np.zeros(3), 3: np.array([0.0, 0.0, ORIGIN[3][2]])}.get(kind, plate.origin)
    push, moment = surface_wrench(plate, sent, sensors)
    np.testing.assert_allclose(push[0], -plate.axes.T @ force, atol=EXACT)
    np.testing.assert_allclose(moment[0], -plate.axes.T @ (np.cross(lever, force) + free), atol=EXACT)


@pytest.mark.parametrize("kind", [2, 3, 4])
def test_an_origin_of_the_other_sign_is_turned_round_and_said(tmp_path, kind):
    lab = recorded(treadmill=True)
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab, kind=kind, flip_origin=True))
    assert_same(trial, lab)
    assert any("ORIGIN is stored with the other sign" in text for text in trial.findings)


@pytest.mark.parametrize("flip", [False, True])
def test_a_treadmill_that_measures_beside_its_belts_is_understood_either_way(tmp_path, flip):
    lab = recorded(treadmill=True)
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab, origin=(0.236, 0.813, 0.0), flip_origin=flip))
    assert_same(trial, lab)
    assert any("ORIGIN" in text for text in trial.findings) == flip


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_a_file_that_stores_the_force_on_the_person_is_the_same_trial(tmp_path, kind):
    lab = recorded()
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab, kind=kind, on_person=True))
    assert_same(trial, lab)
    assert any("stores the force on the person" in text for text in trial.findings)


@pytest.mark.parametrize("kind", [1, 2, 4])
@pytest.mark.parametrize(("unit", "moment"), [("mm", "Nmm"), ("m", "Nm"), ("mm", "Nm")])
def test_missing_units_are_found_from_the_person_and_said(tmp_path, kind, unit, moment):
    lab = recorded(treadmill=True)
    path = write_c3d(tmp_path / "walk.c3d", lab, kind=kind, unit=unit, moment=moment, say_units=False)
    trial = rg.import_c3d(path)
    assert_same(trial, lab)
    text = "\n".join(trial.findings)
    assert f"POINT:UNITS is missing: lengths are read in {unit}" in text
    assert f"plate 1: its moments have no unit and are read in {moment}" in text


@pytest.mark.parametrize("kind", [1, 2, 4])
def test_the_unit_of_all_plates_serves_where_channels_have_none(tmp_path, kind):
    lab = recorded(treadmill=True)

    def silent(c3d):
        c3d["parameters"]["ANALOG"]["UNITS"]["value"] = ("",) * 12
        c3d["parameters"]["FORCE_PLATFORM"]["UNITS"] = {"value": ("N", "Nmm")}

    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab, kind=kind, edit=silent))
    assert_same(trial, lab)
    assert not any("have no unit" in text for text in trial.findings)


@pytest.mark.parametrize(("said", "true"), [("Nm", "Nmm"), ("Nmm", "Nm")])
def test_a_wrong_unit_of_moments_is_refused_and_can_be_corrected(tmp_path, said, true):
    lab = recorded(treadmill=True)

    def lie(c3d):
        units = c3d["parameters"]["ANALOG"]["UNITS"]
        units["value"] = tuple(said if unit == true else unit for unit in units["value"])

    path = write_c3d(tmp_path / "walk.c3d", lab, moment=true, edit=lie)
    with pytest.raises(rg.FileError, match=rf"plate 1: .* said to be in {said}, but they look like {true}:"):
        rg.import_c3d(path)
    assert_same(rg.import_c3d(path, moment_unit=true), lab)


def test_a_wrong_unit_of_length_is_refused_and_can_be_corrected(tmp_path):
    lab = recorded()

    def lie(c3d):
        c3d["parameters"]["POINT"]["UNITS"]["value"] = ("m",)

    path = write_c3d(tmp_path / "walk.c3d", lab, edit=lie)
    with pytest.raises(rg.FileError, match=r"POINT:UNITS is m, so the markers span .* pass unit='mm'"):
        rg.import_c3d(path)
    assert_same(rg.import_c3d(path, unit="mm"), lab)


def drift(rows):
    return 12.0 + 3.0 * rows


def test_drift_is_said_by_default_and_taken_off_when_asked(tmp_path):
    lab = recorded(treadmill=True)
    path = write_c3d(tmp_path / "walk.c3d", lab, kind=2, offset=drift)
    plain = rg.import_c3d(path)
    assert any("while nobody stands on it; baseline='unloaded'" in text for text in plain.findings)
    clean = rg.import_c3d(path, baseline="unloaded")
    steady = slice(600, -600)  # before the first and behind the last empty span nobody knows the drift
    for column, (_, force, _, _) in enumerate(lab.plates):
        assert np.abs(clean.force[steady, column] - force[steady]).max() < 0.05  # N
        assert np.abs(plain.force[steady, column] - force[steady]).max() > 10.0  # N
    assert_understood(clean, lab)


def test_the_baseline_of_the_file_is_the_mean_of_its_frames(tmp_path):
    lab = recorded(treadmill=True)
    force = lab.plates[0][1][:, 1]
    empty = np.flatnonzero(force[:900] == 0.0)
    frames = int(np.ceil(empty[0] / 10)) + 1, int(empty[-1] / 10) - 1
    path = write_c3d(tmp_path / "walk.c3d", lab, offset=lambda rows: 9.0 + 0.0 * rows, zero=frames)
    trial = rg.import_c3d(path, baseline="file", ignore_plates=[2])
    np.testing.assert_allclose(trial.force[:, 0], lab.plates[0][1], atol=FORCE * lab.weight)
    nothing = write_c3d(tmp_path / "none.c3d", lab)
    with pytest.raises(rg.ConfigError, match="FORCE_PLATFORM:ZERO names no frames"):
        rg.import_c3d(nothing, baseline="file")
