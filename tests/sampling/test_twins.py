"""Every factor against the obvious slow way: edit the model or the trial, and analyze anew."""

import dataclasses
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import retrogait as rg
from retrogait.errors import ConfigError
from retrogait.pipeline import prepare
from retrogait.sampling.changes import bind
from retrogait.sampling.curves import Scale, new_curves
from retrogait.sampling.factors import factors_of
from retrogait.sampling.prepared import Prepared, Subject, coupler_gains
from retrogait.sampling.run import solve_sample
from retrogait.settings import Settings
from tests.bodies import few, planar_leg
from tests.builders import legs, write
from tests.trials import bundled, walk

CLOSE = 1e-6  # of the largest force: load sharing stops at 1e-6 of the largest moment
ROWS = few(40, 8)


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


@pytest.fixture(scope="module")
def both_legs(tmp_path_factory):
    path = write(legs(("r", "l")), tmp_path_factory.mktemp("model") / "legs.osim")
    return path, rg.load_model(path, cache=False)


def sampled(model, trial, changes, **choices):
    """Curves of one sample with factors at values."""
    settings = Settings(**choices)
    body, plan, motion, _ = prepare(model, trial, settings)
    subject = Subject(model, trial, settings)
    plain = Prepared(body, plan, motion, coupler_gains(model, motion))
    factors = factors_of({name: _around(name, value) for name, value in changes.items()})
    curves = new_curves(1, motion.time.size, model)
    solve_sample(
        0, subject, plain, [bind(factor, subject) for factor in factors], np.array([*changes.values()]),
        Scale(1.0, 1.0), curves,
    )  # fmt: skip
    return curves


def _around(name, value):
    """A range of which the value is one end, so that it is a level of a cut-off."""
    return [2, 3] if name == "exponent" else [value, value + 1.0]


def assert_twins(curves, result):
    """The sample's curves are those of a result [N], [N m]."""
    assert (result["status"] == 0).all()
    assert not curves.failed.any()
    pairs = [
        (curves.tibia, np.linalg.norm(result["tibiofemoral_force"], axis=-1)),
        (curves.patella, result["patellofemoral_force"]),
        (curves.extension, result["knee_extension_moment"]),
        (curves.adduction, result["knee_adduction_moment"]),
        (curves.force, result["generalized_force"].values.astype(np.float32)),
    ]
    for ours, twin in pairs:
        largest = max(float(np.nanmax(np.abs(twin))), 1.0)
        assert_allclose(ours[0], twin, rtol=0.0, atol=CLOSE * largest)
    assert_allclose(curves.activation[0], result["activation"], rtol=0.0, atol=1e-5)


def moved(trial, name, by):
    """The trial with a column of its motion shifted."""
    values = trial.motion.values.copy()
    values[:, trial.motion.labels.index(name)] += by
    return dataclasses.replace(trial, motion=dataclasses.replace(trial.motion, values=values))


def pushed(trial, axis, by):
    """The trial with every point of application shifted."""
    point = trial.loads.point.copy()
    point[..., axis] += by
    return dataclasses.replace(trial, loads=dataclasses.replace(trial.loads, point=point))


def test_a_sample_that_changes_nothing_is_the_analysis_to_the_last_digit(leg):
    trial = walk(leg, ROWS)
    nothing = {"body_mass": 1.0, "strength.all": 1.0, "offset.hip_flexion_r": 0.0, "cop_x": 0.0, "cop_z": 0.0,
               "knee_x": 0.0, "knee_y": 0.0, "knee_z": 0.0, "patella_x": 0.0, "exponent": 2.0}  # fmt: skip
    curves = sampled(leg, trial, nothing, reserve=10.0)
    result = rg.analyze(leg, trial, reserve=10.0)
    assert_array_equal(curves.tibia[0], np.linalg.norm(result["tibiofemoral_force"], axis=-1))
    assert_array_equal(curves.patella[0], result["patellofemoral_force"])
    assert_array_equal(curves.extension[0], result["knee_extension_moment"])
    assert_array_equal(curves.adduction[0], result["knee_adduction_moment"])
    assert_array_equal(curves.activation[0], result["activation"].astype(np.float32))
    assert_array_equal(curves.tension[0], result["muscle_force"].astype(np.float32))
    assert_array_equal(curves.force[0], result["generalized_force"].astype(np.float32))


def test_body_mass_scales_masses_and_inertias_alike(leg):
    tree = leg.tree._replace(mass=1.2 * leg.tree.mass, inertia=1.2 * leg.tree.inertia)
    heavier = dataclasses.replace(leg, tree=tree)
    trial = walk(leg, ROWS)
    assert_twins(sampled(leg, trial, {"body_mass": 1.2}), rg.analyze(heavier, trial))


@pytest.mark.parametrize("exponent", [2, 3])
def test_strength_is_that_of_the_analysis(leg, exponent):
    trial = walk(leg, ROWS)
    curves = sampled(leg, trial, {"strength.vasti": 0.7, "strength.soleus": 1.3}, exponent=exponent)
    strength = {"vasti": 0.7, "soleus": 1.3}
    assert_twins(curves, rg.analyze(leg, trial, exponent=exponent, strength=strength))


def test_a_strength_comes_on_top_of_that_of_the_analysis(leg):
    trial = walk(leg, ROWS)
    curves = sampled(leg, trial, {"strength.vasti": 0.8}, strength={"vasti": 0.5})
    assert_twins(curves, rg.analyze(leg, trial, strength={"vasti": 0.4}))


@pytest.mark.parametrize("physics", ["default", "opensim"])
def test_a_cutoff_filters_motion_and_forces_anew(leg, physics):
    trial = walk(leg, ROWS)
    curves = sampled(leg, trial, {"cutoff": 4.5}, physics=physics)
    assert_twins(curves, rg.analyze(leg, trial, cutoff=4.5, physics=physics))


def test_an_exponent_is_that_of_the_analysis(leg):
    trial = walk(leg, ROWS)
    assert_twins(sampled(leg, trial, {"exponent": 3.0}), rg.analyze(leg, trial, exponent=3))


@pytest.mark.parametrize("name", ["pelvis_tilt", "hip_flexion_r", "knee_angle_r"])
@pytest.mark.parametrize("physics", ["default", "opensim"])
def test_an_offset_of_an_angle_shifts_its_column_by_degrees(leg, name, physics):
    trial = walk(leg, ROWS)
    curves = sampled(leg, trial, {f"offset.{name}": 2.5}, physics=physics)
    assert_twins(curves, rg.analyze(leg, moved(trial, name, np.radians(2.5)), physics=physics))


def test_an_offset_of_a_length_shifts_its_column_by_metres(leg):
    trial = walk(leg, ROWS)
    curves = sampled(leg, trial, {"offset.pelvis_tx": 0.02})
    assert_twins(curves, rg.analyze(leg, moved(trial, "pelvis_tx", 0.02)))


@pytest.mark.parametrize(("name", "axis"), [("cop_x", 0), ("cop_z", 2)])
@pytest.mark.parametrize("physics", ["default", "opensim"])
def test_a_centre_of_pressure_moves_every_point_of_the_file(leg, name, axis, physics):
    trial = walk(leg, ROWS)
    curves = sampled(leg, trial, {name: 0.015}, physics=physics)
    assert_twins(curves, rg.analyze(leg, pushed(trial, axis, 0.015), physics=physics))


def test_an_offset_of_the_pelvis_on_a_slope_turns_gravity_with_the_person():
    gait = bundled("retro_1.0_+05")
    by = 1.5 if gait.trial.motion.in_degrees else np.radians(1.5)
    twin = rg.analyze(gait.model, moved(gait.trial, "pelvis_tilt", by), cutoff=None)
    assert_twins(sampled(gait.model, gait.trial, {"offset.pelvis_tilt": 1.5}, cutoff=None), twin)


def test_factors_act_together(leg):
    trial = walk(leg, ROWS)
    changes = {"cutoff": 5.0, "body_mass": 1.1, "offset.pelvis_tilt": -2.0, "cop_x": 0.01,
               "strength.vasti": 0.8, "exponent": 3.0}  # fmt: skip
    tree = leg.tree._replace(mass=1.1 * leg.tree.mass, inertia=1.1 * leg.tree.inertia)
    other = pushed(moved(trial, "pelvis_tilt", np.radians(-2.0)), 0, 0.01)
    twin = rg.analyze(
        dataclasses.replace(leg, tree=tree), other, cutoff=5.0, exponent=3, strength={"vasti": 0.8}
    )
    assert_twins(sampled(leg, trial, changes), twin)


def edited(path, model_file, joint, frames):
    """The model file with the translations of a joint's frames moved: name to three numbers."""
    text = model_file.read_text()
    start = text.index(f'name="{joint}"')
    end = text.index("</frames>", start)
    part = text[start:end]
    for name, by in frames.items():
        at = part.index(f'<PhysicalOffsetFrame name="{name}"')
        found = re.search(r"<translation>(.*?)</translation>", part[at:])
        new = " ".join(repr(float(x) + y) for x, y in zip(found[1].split(), by, strict=True))
        part = part[: at + found.start()] + f"<translation>{new}</translation>" + part[at + found.end() :]
    path.write_text(text[:start] + part + text[end:])
    return path


@pytest.mark.opensim
@pytest.mark.parametrize(("name", "axis"), [("knee_x", 0), ("knee_y", 1), ("knee_z", 2)])
def test_a_knee_centre_is_that_of_a_joint_whose_two_frames_were_moved(both_legs, tmp_path, name, axis):
    file, model = both_legs
    by = 0.008
    path = tmp_path / "legs.osim"
    path.write_text(file.read_text())
    for side in "rl":
        move = [0.0, 0.0, 0.0]
        move[axis] = -by if (side, name) == ("l", "knee_z") else by
        # At zero coordinates the tibia stands as the femur does, so both see the same move.
        frames = {f"femur_{side}_offset": move, f"tibia_{side}_offset": move}
        edited(path, path, f"walker_knee_{side}", frames)
    trial = walk(model, ROWS, ("calcn_r", "calcn_l"))
    assert_twins(
        sampled(model, trial, {name: by}, reserve=100.0),
        rg.analyze(rg.load_model(path, cache=False), trial, reserve=100.0),
    )


@pytest.mark.opensim
def test_a_patella_is_that_of_a_joint_whose_frame_on_the_femur_was_moved(both_legs, tmp_path):
    file, model = both_legs
    path = tmp_path / "legs.osim"
    path.write_text(file.read_text())
    for side in "rl":
        edited(path, path, f"patellofemoral_{side}", {f"femur_{side}_offset": [0.004, 0.0, 0.0]})
    trial = walk(model, ROWS, ("calcn_r", "calcn_l"))
    assert_twins(
        sampled(model, trial, {"patella_x": 0.004}, reserve=100.0),
        rg.analyze(rg.load_model(path, cache=False), trial, reserve=100.0),
    )


@pytest.mark.shared
@pytest.mark.opensim
def test_the_knee_centre_of_a_public_model_is_that_of_its_edited_file(shared_data, tmp_path):
    file = shared_data / "gait2392" / "subject01_simbody_adjusted.osim"
    path = tmp_path / "moved.osim"
    path.write_text(file.read_text())
    for side in "rl":
        frames = {f"femur_{side}_offset": [0.005, 0.0, 0.0], f"tibia_{side}_offset": [0.005, 0.0, 0.0]}
        edited(path, path, f"knee_{side}", frames)
    folder = shared_data / "gait2392"
    trial = rg.load_trial(
        folder / "subject01_walk1_ik.mot", folder / "subject01_walk1_grf.xml", start=0.6, end=0.9
    )
    assert_twins(
        sampled(rg.load_model(file), trial, {"knee_x": 0.005}),
        rg.analyze(rg.load_model(path, cache=False), trial),
    )


def test_without_a_patella_the_quadriceps_points_on_the_tibia_move(leg):
    [knee] = leg.knees
    model = dataclasses.replace(leg, knees=(dataclasses.replace(knee, patella=-1),))
    subject = Subject(model, walk(leg, ROWS), Settings())
    body, plan, motion, _ = prepare(*subject)
    plain = Prepared(body, plan, motion, coupler_gains(model, motion))
    [factor] = factors_of({"patella_x": [0.0, 0.004]})
    changed = bind(factor, subject)(plain, 0.004).body
    assert_array_equal(changed.tree.frame_offset, body.tree.frame_offset)
    by = changed.paths.location - body.paths.location
    for muscle in range(body.paths.first.size):
        for row in range(body.paths.first[muscle], body.paths.last[muscle]):
            moves = muscle in knee.quadriceps and body.paths.link[row] == knee.link
            assert_allclose(by[row], [0.004 if moves else 0.0, 0.0, 0.0], atol=1e-15)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("strength.biceps_brachii", "factor strength.biceps_brachii: strength: no muscle of .* is called"),
        ("offset.knee_angle", r"has no coordinate 'knee_angle'; did you mean `knee_angle_r`"),
        ("offset.knee_angle_r_beta", "follows a coupler; vary what drives it, offset.knee_angle_r"),
    ],
)
def test_a_factor_that_a_model_does_not_have_is_refused(leg, name, message):
    trial = walk(leg, ROWS)
    [factor] = factors_of({name: [0.8, 1.2]})
    with pytest.raises(ConfigError, match=message):
        bind(factor, Subject(leg, trial, Settings()))


def test_a_centre_of_pressure_needs_ground_forces(leg):
    trial = walk(leg, ROWS, ())
    [factor] = factors_of({"cop_x": [-0.01, 0.01]})
    with pytest.raises(ConfigError, match="walk has no ground forces to shift"):
        bind(factor, Subject(leg, trial, Settings()))


@pytest.mark.parametrize("name", ["offset.pelvis_tilt", "knee_x"])
def test_forces_in_the_axes_of_a_body_cannot_follow_it(leg, name):
    trial = walk(leg, ROWS)
    loads = dataclasses.replace(trial.loads, point_frame=("calcn_r",))
    trial = dataclasses.replace(trial, loads=loads)
    [factor] = factors_of({name: [-0.01, 0.01]})
    with pytest.raises(ConfigError, match="'plate1' stands in the axes of a body"):
        bind(factor, Subject(leg, trial, Settings()))


def test_failed_frames_have_no_loads(leg):
    trial = walk(leg, ROWS)
    settings = Settings()
    body, plan, motion, _ = prepare(leg, trial, settings)
    plain = Prepared(body, plan, motion, coupler_gains(leg, motion))
    subject = Subject(leg, trial, settings)
    curves = new_curves(1, motion.time.size, leg)
    motion.qdd[3] = np.nan
    solve_sample(0, subject, plain, [], np.zeros(0), Scale(1.0, 1.0), curves)
    assert np.flatnonzero(curves.failed[0]).tolist() == [3]
    for kept in (curves.tibia, curves.patella[..., 1], curves.extension, curves.activation):
        assert np.isnan(kept[0, 3]).all()
        assert np.isfinite(kept[0, 4]).all()
