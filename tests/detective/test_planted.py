"""Every planted mistake is named, with evidence and repair, and nothing else is."""

import dataclasses

import numpy as np
import pytest

import retrogait as rg
from retrogait.arrays import runs
from retrogait.detective import MISTAKES, Severity, inspect
from tests.trials import bundled

from . import planted

SIDEWAYS = np.array([0.0, 0.0, 0.12])  # m
Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])  # what was Y stands along Z


@pytest.fixture(scope="module")
def forward():
    return bundled("forward_1.2_0")


@pytest.fixture(scope="module")
def retro():
    return bundled("retro_1.0_0")


@pytest.fixture(scope="module")
def uphill():
    return bundled("forward_1.0_+10")


@pytest.fixture(scope="module")
def recorded(shared_data):
    folder = shared_data / "gait2392"
    model = rg.load_model(folder / "subject01_simbody_adjusted.osim")
    return model, rg.load_trial(folder / "subject01_walk1_ik.mot", folder / "subject01_walk1_grf.xml")


def named(model, trial, **more):
    """Names of what is found, after a look at how it is said."""
    findings = inspect(model, trial, **more)
    for finding in findings:
        assert finding.mistake in MISTAKES
        assert finding.evidence
        assert finding.repair
        assert "\n" not in finding.evidence + finding.repair
    return [finding.mistake for finding in findings]


def of_motion(change):
    return lambda gait: (gait.model, change(gait.trial))


IN_THE_BUNDLED = {
    "radians_as_degrees": of_motion(lambda trial: planted.converted(trial, np.pi / 180.0)),
    "degrees_as_radians": of_motion(lambda trial: planted.with_motion(trial, in_degrees=False)),
    "column_in_radians": of_motion(lambda trial: planted.converted(trial, np.pi / 180.0, ["knee_angle_r"])),
    "column_in_degrees": of_motion(
        lambda trial: planted.converted(planted.in_radians(trial), 180.0 / np.pi, ["hip_flexion_l"])
    ),
    "motion_in_millimetres": of_motion(
        lambda trial: planted.converted(trial, 1000.0, ["pelvis_tx", "pelvis_ty"])
    ),
    "points_in_millimetres": of_motion(
        lambda trial: planted.with_loads(trial, point=1000.0 * trial.loads.point)
    ),
    "moments_in_newton_millimetres": of_motion(
        lambda trial: planted.with_loads(
            trial, torque=trial.loads.torque + 5000.0 * np.array([0.0, 1.0, 0.0])
        )
    ),
    "forces_in_kilonewtons": of_motion(
        lambda trial: planted.with_loads(trial, force=1e-3 * trial.loads.force)
    ),
    "forces_in_kilograms": of_motion(
        lambda trial: planted.with_loads(trial, force=trial.loads.force / 9.80665)
    ),
    "force_axes": of_motion(lambda trial: planted.turned(trial, Z_UP)),
    "mass": lambda gait: (planted.heavier(gait.model, 0.93), gait.trial),
    "sides_swapped": of_motion(planted.plates_swapped),
    "out_of_step": of_motion(lambda trial: planted.late(trial, 0.06)),
    "centre_off_foot": of_motion(
        lambda trial: planted.with_loads(trial, point=trial.loads.point + np.array([0.0, 0.0, 0.15]))
    ),
    "forward_called_retro": of_motion(lambda trial: dataclasses.replace(trial, direction="retro")),
    "speed_label": of_motion(lambda trial: dataclasses.replace(trial, speed=1.2 * 3.6)),
    "incline_label": of_motion(lambda trial: dataclasses.replace(trial, incline=np.radians(8.0))),
}


@pytest.mark.parametrize("mistake", IN_THE_BUNDLED)
def test_a_mistake_in_a_predicted_walk_is_named(forward, mistake):
    model, trial = IN_THE_BUNDLED[mistake](forward)
    found = named(model, trial)
    assert set(found) == {mistake}


@pytest.mark.parametrize("name", ["retro_0.6_+10", "retro_1.4_-05", "forward_1.6_-10"])
@pytest.mark.parametrize(
    "mistake", ["column_in_radians", "points_in_millimetres", "force_axes", "out_of_step"]
)
def test_it_is_named_on_an_incline_and_backwards_too(name, mistake):
    model, trial = IN_THE_BUNDLED[mistake](bundled(name))
    assert set(named(model, trial)) == {mistake}


def test_retro_walking_that_is_called_forward_is_named(retro):
    trial = dataclasses.replace(retro.trial, direction="forward")
    assert named(retro.model, trial) == ["retro_called_forward"]


def test_gravity_along_another_axis_is_named(forward):
    tree = forward.model.tree._replace(gravity=np.array([0.0, 0.0, -9.80665]))
    assert named(dataclasses.replace(forward.model, tree=tree), forward.trial) == ["gravity_axis"]


def test_an_incline_that_nobody_mentioned_is_named(uphill):
    trial = dataclasses.replace(uphill.trial, incline=0.0)
    (finding,) = inspect(uphill.model, trial)
    assert finding.mistake == "incline_label"
    assert finding.repair == "set incline = 10"


def test_axes_that_stand_on_the_incline_and_are_called_level_are_named(uphill):
    trial = dataclasses.replace(uphill.trial, axes="level")
    (finding,) = inspect(uphill.model, trial)
    assert finding.repair == 'set axes = "surface" and incline = 10'


@pytest.mark.parametrize("at_start", [True, False])
def test_frames_at_an_end_without_a_plate_are_named_with_the_window_that_is_left(forward, at_start):
    trial, model = forward.trial, forward.model
    first, last = trial.start, trial.end
    span = (first - 1.0, first + 0.15) if at_start else (last - 0.15, last + 1.0)
    (finding,) = inspect(model, planted.without_forces(trial, *span))
    assert finding.mistake == ("no_plate_at_start" if at_start else "no_plate_at_end")
    edge = float(finding.repair.split("=")[1])
    assert abs(edge - (first + 0.15 if at_start else last - 0.15)) < 0.03  # s, two looks


def test_a_step_beside_the_plates_is_named(forward):
    trial = forward.trial
    middle = 0.5 * (trial.start + trial.end)
    assert named(forward.model, planted.without_forces(trial, middle, middle + 0.15)) == ["step_beside_plate"]


def a_step(trial, load):
    """When the longest push of a foot within the trial begins and ends [s]."""
    time = trial.loads.time
    pushes = runs((trial.loads.force[:, load, 1] > 20.0) & (time >= trial.start) & (time <= trial.end))
    return max(((time[a], time[b - 1]) for a, b in pushes), key=lambda push: push[1] - push[0])


def test_a_foot_partly_beside_its_plate_is_named_and_the_mass_is_not(forward):
    first, last = a_step(forward.trial, 0)
    trial = planted.partly_beside(forward.trial, 0, 0.02, first, last)

    (finding,) = inspect(forward.model, trial, body_mass=forward.model.mass)

    assert finding.mistake == "partly_beside_plate"
    assert finding.severity is Severity.DOUBT
    assert finding.where.startswith("right foot, t = ")
    assert "feels 75% of what" in finding.evidence


@pytest.mark.parametrize("name", ["retro_0.6_0", "retro_1.0_+10", "forward_1.4_-10"])
def test_it_is_named_at_other_speeds_and_inclines(name):
    gait = bundled(name)
    beside = planted.partly_beside(gait.trial, 1, 0.012, *a_step(gait.trial, 1))
    assert named(gait.model, beside) == ["partly_beside_plate"]


def test_a_wrong_mass_and_a_foot_partly_beside_its_plate_are_both_named(forward):
    trial = planted.partly_beside(forward.trial, 0, 0.02, *a_step(forward.trial, 0))
    found = named(planted.heavier(forward.model, 0.9), trial)
    assert sorted(found) == ["mass", "partly_beside_plate"]


def test_plates_that_all_read_low_are_a_matter_of_mass(forward):
    trial = planted.with_loads(forward.trial, force=0.85 * forward.trial.loads.force)
    assert named(forward.model, trial) == ["mass"]


@pytest.mark.parametrize(("given", "severity"), [(1.07, Severity.DOUBT), (2.2046, Severity.MISTAKE)])
def test_a_body_mass_typed_wrong_is_named(forward, given, severity):
    (finding,) = inspect(forward.model, forward.trial, body_mass=given * forward.model.mass)
    assert finding.mistake == "body_mass"
    assert finding.severity is severity
    assert ("pounds?" in finding.evidence) == (given > 2.0)


def test_several_mistakes_are_all_named(forward):
    trial = planted.late(dataclasses.replace(forward.trial, speed=3.0), 0.08)
    found = named(planted.heavier(forward.model, 0.8), trial)
    assert set(found) == {"mass", "out_of_step", "speed_label"}


def test_a_trial_that_does_not_fit_the_model_is_told_as_a_finding(forward):
    labels = tuple("thigh" if label == "hip_flexion_r" else label for label in forward.trial.motion.labels)
    (finding,) = inspect(forward.model, planted.with_motion(forward.trial, labels=labels))
    assert finding.mistake == "unreadable"
    assert "hip_flexion_r" in finding.evidence


def test_the_size_of_a_shift_in_time_is_found(forward):
    for seconds in (-0.08, 0.05):
        (finding,) = inspect(forward.model, planted.late(forward.trial, seconds))
        word, found, *_ = finding.repair.split()
        assert word == ("subtract" if seconds > 0.0 else "add")
        assert abs(float(found) - abs(seconds)) < 0.012  # s, a look and a half


RECORDED = {
    "legs_swapped": planted.legs_swapped,
    "plates_swapped": planted.plates_swapped,
    "force_axes": lambda trial: planted.turned(trial, Z_UP),
    "moments_in_newton_millimetres": lambda trial: planted.with_loads(
        trial, torque=1000.0 * trial.loads.torque
    ),
    "out_of_step": lambda trial: planted.late(trial, -0.05),
    "column_in_radians": lambda trial: planted.converted(trial, np.pi / 180.0, ["ankle_angle_l"]),
    "centre_off_foot": lambda trial: planted.with_loads(trial, point=trial.loads.point + SIDEWAYS),
    "forward_called_retro": lambda trial: dataclasses.replace(trial, direction="retro"),
    "speed_label": lambda trial: dataclasses.replace(trial, speed=1.8),
    "incline_label": lambda trial: dataclasses.replace(trial, incline=np.radians(5.0)),
}


@pytest.mark.shared
@pytest.mark.parametrize(("load", "overhang", "told"), [(0, 0.01, True), (1, 0.01, True), (1, 0.002, False)])
def test_in_a_recorded_walk_a_centimetre_beside_is_seen_and_two_millimetres_are_not(
    recorded, load, overhang, told
):
    model, trial = recorded
    beside = planted.partly_beside(trial, load, overhang, *a_step(trial, load))
    findings = inspect(model, beside)
    assert [finding.mistake for finding in findings] == ["partly_beside_plate"] * told
    assert all(("right" if load == 0 else "left") in finding.where for finding in findings)


@pytest.mark.shared
def test_forces_out_of_step_do_not_hide_it(recorded):
    model, trial = recorded
    beside = planted.partly_beside(trial, 0, 0.02, *a_step(trial, 0))
    assert sorted(named(model, planted.late(beside, 0.06))) == ["out_of_step", "partly_beside_plate"]


@pytest.mark.shared
@pytest.mark.parametrize("mistake", RECORDED)
def test_a_mistake_in_a_recorded_walk_is_named(recorded, mistake):
    model, trial = recorded
    assert set(named(model, RECORDED[mistake](trial))) == {mistake}
