"""C3D files of every plate type, unit and convention of axes come back as the trial that was recorded."""

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import retrogait as rg
from retrogait.lab.axes import axes_text
from tests.lab.synthetic import AXES, walk, write_c3d

# C3D keeps 24 bits of a number. A walk of 4 m so comes back to 2.4e-7 m, a force of 800 N to 3e-5 N; a moment
# is made of a force and of places on a plate of 2 m. Forces and moments are compared in body weights.
PLACE = 1e-6  # m
FORCE = 1e-6  # BW
MOMENT = 1e-6  # BW m
INCLINE = 0.2  # deg; the mean force of a predicted walk leans by up to 0.1 deg less than it should
WEIGHT = 0.004  # of the weight; forces under 25 N are not recorded
OVERGROUND = 0.005  # of the speed; the pelvis sways about its mean
BELT = 0.08  # of the speed; the sole of the predictor creeps 2 to 5 cm a step, which is most at 0.4 m/s


@cache
def recorded(name="forward_1.2_0", **how):
    return walk(name, **how)


def assert_same(trial, lab):
    np.testing.assert_allclose(trial.time, lab.time, atol=1e-12)
    np.testing.assert_allclose(trial.force_time, lab.rows, atol=1e-12)
    assert trial.markers == lab.markers
    np.testing.assert_allclose(trial.position, lab.position, rtol=0.0, atol=PLACE)
    for column, (_, force, point, twist) in enumerate(lab.plates):
        np.testing.assert_allclose(trial.force[:, column], force, rtol=0.0, atol=FORCE * lab.weight)
        np.testing.assert_allclose(trial.point[:, column], point, rtol=0.0, atol=PLACE)
        np.testing.assert_allclose(trial.torque[:, column], twist, rtol=0.0, atol=MOMENT * lab.weight)


def assert_understood(trial, lab):
    assert trial.direction == lab.direction
    assert trial.treadmill == lab.treadmill
    assert trial.axes == (lab.axes if lab.incline else "level")
    assert trial.incline == pytest.approx(lab.incline, abs=INCLINE)
    assert trial.speed == pytest.approx(lab.speed, rel=BELT if lab.treadmill else OVERGROUND)
    assert trial.body_weight == pytest.approx(lab.weight, rel=WEIGHT)


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("unit", "moment"), [("mm", "Nmm"), ("mm", "Nm"), ("m", "Nm"), ("m", "Nmm"), ("cm", "Nm")]
)
def test_every_plate_type_in_every_unit_is_the_same_trial(tmp_path, kind, unit, moment):
    lab = recorded()
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab, kind=kind, unit=unit, moment=moment))
    assert_same(trial, lab)
    assert_understood(trial, lab)


@pytest.mark.parametrize("how", ["found", "named"])
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("name", ["forward_1.2_0", "retro_1.0_+05"])
def test_every_convention_of_axes_is_the_same_trial(tmp_path, name, axes, how):
    lab = recorded(name, treadmill=name.startswith("retro"))
    path = write_c3d(tmp_path / "walk.c3d", lab, axes=axes)
    trial = rg.import_c3d(path, axes=axes if how == "named" else "found")
    assert axes_text(trial.turn) == axes
    assert np.linalg.det(trial.turn) == pytest.approx(1.0)
    assert_same(trial, lab)
    assert_understood(trial, lab)


@pytest.mark.parametrize(
    "name",
    ["forward_1.2_0", "forward_0.8_+10", "forward_1.4_-10", "retro_1.0_0", "retro_0.6_-10", "retro_1.2_+10"],
)
@pytest.mark.parametrize("treadmill", [False, True], ids=["overground", "treadmill"])
def test_forward_and_retro_on_any_incline_are_told_apart(tmp_path, name, treadmill):
    lab = recorded(name, treadmill=treadmill)
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab, axes="+Z up, -Y forward"))
    assert_same(trial, lab)
    assert_understood(trial, lab)


@pytest.mark.parametrize("name", ["forward_1.2_0", "retro_1.0_+05"])
def test_a_direction_does_not_depend_on_which_way_forward_is_said_to_be(tmp_path, name):
    lab = recorded(name)
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab), axes="+Z up, -X forward")
    turned = lab.position * [-1.0, 1.0, -1.0]
    np.testing.assert_allclose(trial.position, turned, rtol=0.0, atol=PLACE)
    assert_understood(trial, lab)


def test_reading_leaves_the_process_without_ezc3d_which_breaks_calls_of_opensim(tmp_path):
    rg.import_c3d(write_c3d(tmp_path / "walk.c3d", recorded()))
    assert "ezc3d" not in sys.modules


@pytest.mark.parametrize("name", ["forward_1.2_-10", "retro_0.8_+05"])
def test_axes_that_stand_on_an_inclined_treadmill_are_found_by_the_lean_of_the_mean_force(tmp_path, name):
    lab = recorded(name, treadmill=True, axes="surface")
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab))
    assert_same(trial, lab)
    assert_understood(trial, lab)


@pytest.mark.parametrize("treadmill", [False, True], ids=["overground", "treadmill"])
def test_every_stance_is_of_the_foot_that_made_it(tmp_path, treadmill):
    lab = recorded(treadmill=treadmill)
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab))
    for stance in trial.stances:
        corners = lab.plates[stance.plate - 1][0]
        assert stance.side == ("right" if corners[:, 2].mean() > 0.0 else "left")
    right = sum(force for corners, force, *_ in lab.plates if corners[:, 2].mean() > 0.0)
    np.testing.assert_allclose(trial.on_foot("right").force, right, rtol=0.0, atol=FORCE * lab.weight)
    steps = np.sort(np.concatenate([one.contact for one in trial.events.values()]))
    np.testing.assert_allclose(
        np.diff(steps), np.diff(steps).mean(), atol=0.01
    )  # s; a predicted walk limps not


def test_forces_at_the_rate_of_the_markers_are_means_that_lag_by_nothing(tmp_path):
    lab = recorded(treadmill=True)
    path = write_c3d(tmp_path / "walk.c3d", lab)
    fine, coarse = rg.import_c3d(path), rg.import_c3d(path, force_rate="point")
    np.testing.assert_array_equal(coarse.force_time, coarse.time)
    total, mean = fine.force[:, 0, 1], coarse.force[:, 0, 1]
    lags = [
        np.abs(total[20 + lag : -20 + lag : 10][: mean.size - 4] - mean[2:-2][: mean.size - 4]).sum()
        for lag in range(-8, 9)
    ]
    assert np.argmin(lags) == 8
    assert mean.sum() == pytest.approx(total.sum() / 10.0, rel=0.001)


def test_a_window_keeps_its_times(tmp_path):
    path = write_c3d(tmp_path / "walk.c3d", recorded())
    trial = rg.import_c3d(path, start=0.5, end=1.5)
    assert (trial.time[0], trial.time[-1]) == (0.5, 1.5)
    assert (trial.force_time[0], trial.force_time[-1]) == (0.5, 1.5)
    with pytest.raises(rg.MotionError, match=r"window 1 to 99 s is not within the markers' 0 to "):
        rg.import_c3d(path, start=1.0, end=99.0)


def test_the_findings_name_axes_units_direction_and_weight(tmp_path):
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", recorded("retro_1.0_+05", treadmill=True)))
    text = "\n".join(trial.findings)
    for part in ("heel_r is RHEE", "+Z up, +X forward", "retro: the pelvis moves", "on a treadmill",
                 "incline +5.00 deg, by the corners", "body weight 685"):  # fmt: skip
        assert part in text


def standing(lab, scale=0.5):
    """The first frame of a walk for good, with half the weight under either foot."""
    count = lab.rows.size
    force = np.tile([0.0, scale * lab.weight, 0.0], (count, 1))
    places = [np.tile([x, 0.0, z], (count, 1)) for x, z in ((0.15, 0.1), (-0.2, -0.1))]
    return replace(
        lab,
        position=np.repeat(lab.position[:1], lab.time.size, axis=0),
        plates=[
            (plate[0], force, place, 0.0 * force) for plate, place in zip(lab.plates, places, strict=True)
        ],
    )


def test_a_standing_person_gives_markers_and_weight(tmp_path):
    lab = standing(recorded(treadmill=True))
    path = write_c3d(tmp_path / "static.c3d", lab)
    trial = rg.import_c3d(path, static=True)
    assert trial.body_weight == pytest.approx(lab.weight, rel=1e-6)
    assert (trial.direction, trial.stances) == ("", ())
    assert_same(trial, lab)
    with pytest.raises(rg.MotionError, match=r"the feet do not swing.*static=True"):
        rg.import_c3d(path)
