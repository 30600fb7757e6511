"""Which part of the foot comes down first, on the bundled walk and on recorded ones."""

from dataclasses import replace

import numpy as np
import pytest

import retrogait as rg
from retrogait.errors import MotionError
from retrogait.gait.forces import forces_of_result
from retrogait.gait.ground import PLACED_SHARE, footfalls, ground_forces
from retrogait.gait.strides import mean_measures, measure_gait
from retrogait.quantities import GRAVITY
from retrogait.share import share_folder
from tests.trials import bundled

SAME_CLOCK = 1e-4  # N: files round times to 1e-9 s, and a landing foot loads at up to 1e5 N/s
EXACT = 1e-6  # N: splines through the knots they were made of
BRIEF = 1e-6  # s: far less than a row
TURN = 1e-3  # rad: straight lines between rows
CLOSE = 0.01  # m: an ankle rolls on while the foot comes down


@pytest.fixture(scope="module")
def planar():
    return rg.load_model(share_folder("models") / "planar.osim")


@pytest.mark.parametrize(("name", "low", "high"), [("forward_1.0_0", -0.1, 0.35), ("retro_1.0_0", 0.6, 1.1)])
def test_forward_meets_the_ground_with_the_heel_and_retro_with_the_toes(planar, name, low, high):
    trial = bundled(name).trial
    falls = footfalls(planar, trial, ground_forces(planar, trial), planar.mass * GRAVITY)
    assert {fall.side for fall in falls} == {"right", "left"}
    for fall in falls:
        assert low < fall.first < high
        assert low < fall.next < high


def test_steps_of_the_bundled_walk_are_half_its_stride(planar):
    trial = bundled("forward_1.0_0").trial
    ground = ground_forces(planar, trial)
    result = rg.analyze(planar, trial, cutoff=None)
    gait = measure_gait(result, ground, falls=footfalls(planar, trial, ground, planar.mass * GRAVITY))
    means = mean_measures(gait)
    assert means["step_length"] == pytest.approx(0.5 * means["stride_length"], abs=CLOSE)
    assert means["ground_force_impulse"] == pytest.approx(0.5 * means["stride_time"], rel=0.01)


def test_ground_forces_are_those_of_the_file_and_those_of_an_unfiltered_result(planar):
    trial = bundled("forward_1.0_0").trial
    ground = ground_forces(planar, trial)
    time = trial.loads.time
    inside = (time > trial.start - BRIEF) & (time < trial.end + BRIEF)
    force, point = trial.loads.force[inside], trial.loads.point[inside]
    np.testing.assert_allclose(ground.force, force, atol=EXACT)
    loaded = force[:, :, 1] > 1.0
    np.testing.assert_allclose(ground.point[loaded], point[loaded], atol=1e-9)
    assert np.isnan(ground.point[force[:, :, 1] == 0.0]).all()
    result = rg.analyze(planar, trial, cutoff=None)
    np.testing.assert_allclose(forces_of_result(result).force, ground.force, atol=SAME_CLOCK)


def test_a_trial_without_loads_has_no_contacts(planar):
    trial = replace(bundled("forward_1.0_0").trial, name="walk", loads=None)
    with pytest.raises(MotionError, match="walk: has no external loads"):
        ground_forces(planar, trial)


@pytest.mark.shared
def test_a_recorded_level_walk_measures_like_walking(shared_data):
    folder = shared_data / "gait2392"
    model = rg.load_model(folder / "subject01_simbody_adjusted.osim")
    trial = rg.load_trial(folder / "subject01_walk1_ik.mot", folder / "subject01_walk1_grf.xml")
    ground = ground_forces(model, trial)
    result = rg.analyze(model, trial)
    falls = footfalls(model, trial, ground, float(result.attrs["body_weight"]))
    gait = measure_gait(result, ground, falls=falls)
    assert gait["side"].to_numpy().tolist() == ["right", "left"]
    # Wide bands that any adult's comfortable level walk lies in.
    for name, low, high in (
        ("stance_share", 58.0, 67.0),
        ("double_support", 15.0, 35.0),
        ("ground_force_first", 1.0, 1.25),
        ("ground_force_first_time", 10.0, 25.0),
        ("ground_force_second_time", 42.0, 54.0),
        ("knee_flexion_stance_peak", 10.0, 28.0),
        ("knee_flexion_swing_peak", 55.0, 75.0),
        ("knee_extension_moment_peak", 0.3, 1.2),
        ("ankle_plantarflexion_moment_peak", 1.2, 2.0),
        ("contact_place", -15.0, 35.0),
    ):
        values = gait[name].to_numpy()
        assert ((low < values) & (values < high)).all(), (name, values)
    filtered = measure_gait(result)
    assert mean_measures(filtered)["stance_share"] > mean_measures(gait)["stance_share"]


@pytest.mark.shared
def test_a_treadmill_walk_towards_minus_x_brakes_before_it_pushes(shared_data):
    folder = shared_data / "gc6_treadmill"
    model = rg.load_model(folder / "DM_nocontact.osim")
    trial = rg.load_trial(folder / "tm_1.0_ik.mot", folder / "tm_1.0_grf.xml", speed=1.0)
    ground = ground_forces(model, trial)
    result = rg.analyze(model, trial)
    falls = footfalls(model, trial, ground, float(result.attrs["body_weight"]))
    gait = measure_gait(result, ground, falls=falls)
    assert gait.sizes["stride"] >= 6
    assert (gait["braking_force_time"] < gait["propulsive_force_time"]).all()
    steps = gait["step_length"].to_numpy()
    np.testing.assert_allclose(np.nanmean(steps), 0.5 * gait["stride_length"].mean(), rtol=0.05)
    # In the first 30 ms the centre of pressure of a treadmill lies anywhere; a moment later it does not.
    assert (np.abs(gait["contact_place_next"]) < 25.0).all()


@pytest.mark.parametrize(
    ("name", "sign"), [("forward_1.0_0", 1.0), ("retro_1.0_0", -1.0), ("retro_1.0_+10", -1.0)]
)
def test_the_foot_comes_down_at_the_angle_that_the_joints_give_it(planar, name, sign):
    gait = bundled(name)
    ground = ground_forces(planar, gait.trial)
    falls = footfalls(planar, gait.trial, ground, planar.mass * GRAVITY, gait.result)
    value = gait.result["coordinate_value"]
    for fall in falls:
        side = fall.side[0]
        # A knee that flexes turns the shank back; the rest counts forward and up.
        turns = {
            "pelvis_tilt": 1.0,
            f"hip_flexion_{side}": 1.0,
            f"knee_angle_{side}": -1.0,
            f"ankle_angle_{side}": 1.0,
        }
        over_time = sum(factor * value.sel(coordinate=one).to_numpy() for one, factor in turns.items())
        upward = ground.force[:, ground.sides.index(fall.side), 1]
        loaded = ground.time[(ground.time >= fall.time) & (upward >= PLACED_SHARE * planar.mass * GRAVITY)][0]
        assert fall.angle == pytest.approx(np.interp(loaded, value["time"], over_time), abs=TURN)
        assert sign * fall.angle > 0.0


def test_a_slope_in_level_axes_is_taken_off_the_angle_of_the_foot(planar):
    trial = bundled("forward_1.0_0").trial
    ground = ground_forces(planar, trial)

    def angles(**changes):
        falls = footfalls(planar, replace(trial, **changes), ground, planar.mass * GRAVITY)
        return np.array([fall.angle for fall in falls])

    flat = angles(axes="level", incline=0.0)
    np.testing.assert_allclose(angles(axes="level", incline=0.1), flat - 0.1)
    np.testing.assert_allclose(angles(axes="level", incline=0.1, direction="retro"), flat + 0.1)
    np.testing.assert_allclose(angles(axes="surface", incline=0.1), flat)
