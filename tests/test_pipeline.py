"""A trial from arrays or files to a labelled result."""

import dataclasses
import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import retrogait as rg
from retrogait import pipeline
from retrogait.errors import ConfigError, MotionError
from retrogait.kernels.patellofemoral import closed_form_ratio, contact_area
from retrogait.kernels.plan import new_answer
from retrogait.kernels.status import Status
from retrogait.pipeline import prepare, solve, tilted_gravity
from retrogait.quantities import COORDINATES, GRAVITY, QUANTITIES, VARIABLES
from retrogait.settings import Settings
from tests.bodies import COMPILED, SLIDE, TURN, Sketch, X, Y, Z, any_rotation, few, planar_leg
from tests.trials import walk, write_trial

SAME = 1e-12  # relative: a product or a sum in another order
TEXT = 1e-7  # relative: through degrees, text and back, differentiated twice

ROWS = few(131, 20)  # three chunks of 64 frames, the last one short
CHUNK = few(64, 8)
FAILED = ("activation", "muscle_force", "fiber_length", "reserve", "joint_reaction_force",
          "joint_reaction_moment", "tibiofemoral_force", "tibiofemoral_contribution",
          "patellofemoral_force", "patellofemoral_stress", "quadriceps_activation")  # fmt: skip


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


@pytest.fixture(scope="module")
def result(leg):
    return rg.analyze(leg, walk(leg, ROWS), reserve=10.0, threads=1)


@pytest.fixture(autouse=True)
def _short_chunks(monkeypatch):
    monkeypatch.setattr(pipeline, "CHUNK", CHUNK)


ROUNDING = 1e-8  # relative: numpy's own products, which interpreted kernels use, round by where arrays lie


def assert_identical(a, b):
    """Bit for bit, not-a-number included; interpreted to rounding."""
    assert a.sizes == b.sizes
    for name in a.variables:
        x, y = a[name].values, b[name].values
        assert x.dtype == y.dtype
        same = x.tobytes() == y.tobytes() or (x == y).all()
        if not COMPILED and x.dtype.kind == "f":
            same = np.allclose(x, y, rtol=ROUNDING, atol=ROUNDING, equal_nan=True)
        assert same, name


def test_full_strength_is_no_strength_to_the_last_bit(leg, result):
    full = rg.analyze(leg, walk(leg, ROWS), reserve=10.0, threads=1, strength={"all": 1.0, "vasti": 1.0})
    assert_identical(full, result)
    assert full.attrs["notes"] == result.attrs["notes"]


@pytest.mark.parametrize("tendon", ["rigid", "compliant"])
def test_a_strength_is_a_model_with_stronger_muscles(leg, tendon):
    rows = few(40, 20)
    force = leg.muscles.maximum_isometric_force * np.where(
        np.char.startswith(leg.muscle_names, "vas"), 0.5, 1
    )
    weak = dataclasses.replace(leg, muscles=leg.muscles._replace(maximum_isometric_force=force))
    by_hand = rg.analyze(weak, walk(leg, rows), reserve=10.0, tendon=tendon)
    by_name = rg.analyze(leg, walk(leg, rows), reserve=10.0, tendon=tendon, strength={"vasti": 0.5})
    assert_identical(by_name, by_hand)
    usual = rg.analyze(leg, walk(leg, rows), reserve=10.0, tendon=tendon)
    assert (by_name["muscle_force"].values != usual["muscle_force"].values).any()


def test_a_check_refuses_the_strength_of_nobody(leg):
    with pytest.raises(ConfigError, match=r"no muscle .* is called 'deltoid'"):
        rg.check(leg, walk(leg, 12), strength={"deltoid": 0.5})


# ---- what comes out ------------------------------------------------------------------------------


def test_every_registered_quantity_is_there_with_unit_and_sentence(result):
    assert set(result.data_vars) == set(VARIABLES)
    assert set(result.coords) == set(COORDINATES)
    for name, variable in result.variables.items():
        assert variable.dims == QUANTITIES[str(name)].dims
        assert variable.attrs["units"] == QUANTITIES[str(name)].unit
        assert variable.attrs["long_name"] == QUANTITIES[str(name)].about
    assert_array_equal(result.status, Status.SOLVED)
    absent = {"quadriceps_activation", "compartment_force", "tibiofemoral_force_sharing"}
    assert all(np.isfinite(v).all() for n, v in result.data_vars.items() if n not in absent)


def test_attributes_say_what_was_done_and_to_whom(leg, result):
    attributes = result.attrs
    assert attributes["body_mass"] == pytest.approx(leg.mass)
    assert attributes["body_weight"] == pytest.approx(leg.mass * GRAVITY)
    assert attributes["model"] == "sketch"
    assert attributes["direction"] == "forward"
    provenance = json.loads(attributes["provenance"])
    assert provenance["inputs"] == {"sketch.osim": "0" * 64, "walk.mot": "1" * 64, "walk_grf.xml": "2" * 64}
    assert "the trial is synthetic, not recorded" in attributes["notes"]
    heavier = rg.analyze(leg, walk(leg, 8), body_mass=80.0)
    assert heavier.attrs["body_weight"] == pytest.approx(80.0 * GRAVITY)


def test_coordinates_say_their_unit_and_whether_they_are_shared(leg, result):
    units = dict(zip(result.coordinate.values, result.coordinate_unit.values, strict=True))
    assert units["pelvis_tx"] == "m"
    assert units["knee_angle_r"] == "rad"
    shared = result.coordinate.values[result.coordinate_shared.values == 1]
    assert set(shared) == {"hip_flexion_r", "knee_angle_r", "ankle_angle_r"}


def test_reserves_are_what_muscles_leave_and_small_where_they_are_strong(result):
    shared = result.sel(coordinate=["hip_flexion_r", "knee_angle_r", "ankle_angle_r"])
    assert float(np.abs(shared.reserve).max()) < 0.5 * float(np.abs(shared.generalized_force).max())
    assert_array_equal(result.reserve.sel(coordinate="knee_angle_r_beta"), 0.0)


def test_the_knees_moment_holds_the_share_of_the_coupled_patella(result):
    force = result.generalized_force
    whole = force.sel(coordinate="knee_angle_r") + force.sel(coordinate="knee_angle_r_beta")
    # flexion is positive here, so extension is minus the coordinate's force; the coupler's slope is one
    assert_allclose(result.knee_extension_moment.sel(side="right"), -whole, rtol=SAME, atol=1e-9)
    assert float(np.abs(force.sel(coordinate="knee_angle_r_beta")).max()) > 1e-3


def test_patellofemoral_force_follows_both_engines(leg, result):
    pull = result.muscle_force.sel(muscle=["recfem_r", "vasint_r"]).sum("muscle")
    flexion = result.knee_flexion.sel(side="right")
    closed = result.patellofemoral_force.sel({"side": "right", "method": "closed_form"})
    assert_allclose(closed, closed_form_ratio(flexion.values) * pull, rtol=SAME)
    geometry = result.patellofemoral_force.sel({"side": "right", "method": "geometry"})
    patella = leg.links.index("patella_r")
    # the joint carries the quadriceps' resultant and the patella's own small weight and inertia
    joint = result.joint_reaction_force.sel(joint=leg.joints[patella - 1])
    size = np.sqrt((joint**2).sum("axis"))
    assert float(np.abs(size - geometry).max()) < 0.1 * 3.0 * GRAVITY
    area = contact_area(flexion.values)
    assert_allclose(
        result.patellofemoral_stress.sel({"side": "right", "method": "geometry"}), geometry / area, rtol=SAME
    )


def test_ground_reaction_is_the_sum_of_what_acts_below_the_knee(leg):
    trial = walk(leg, 12, ("calcn_r", "tibia_r", "femur_r"))
    result = rg.analyze(leg, trial, cutoff=None)
    below = trial.loads.force[:, 0] + trial.loads.force[:, 1]
    assert_allclose(result.ground_reaction_force.sel(side="right"), below, rtol=1e-9, atol=1e-9)


def test_a_model_without_quadriceps_or_muscles_still_has_moments():
    s = planar_leg()
    s.muscles = s.muscles[2:]
    without_quadriceps = s.model()
    s.muscles = []
    without_muscles = s.model()
    for model in (without_quadriceps, without_muscles):
        result = rg.analyze(model, walk(model, 10))
        assert_array_equal(result.status, Status.SOLVED)
        assert np.isfinite(result.knee_extension_moment).all()
        assert np.isnan(result.patellofemoral_force).all()
        assert any("no quadriceps" in note for note in result.attrs["notes"])


def test_a_model_without_knees_has_forces_and_no_sides():
    s = Sketch()
    s.link(0, [(TURN, Z, s.coordinate("hip_flexion_r"))], mass=1.0, com=(0.0, -0.2, 0.0))
    model = s.model()
    result = rg.analyze(model, walk(model, 10, bodies=()))
    assert result.sizes["side"] == 0
    assert np.abs(result.generalized_force).max() > 0.01
    assert any("no knee coordinate" in note for note in result.attrs["notes"])


# ---- the same answer every time ------------------------------------------------------------------


@pytest.mark.parametrize("choices", [{}, {"exponent": 3}, {"physics": "opensim"}], ids=str)
def test_threads_do_not_change_a_bit(leg, choices):
    trial = walk(leg, ROWS)
    one, two, many = (rg.analyze(leg, trial, threads=n, **choices) for n in (1, 2, 7))
    assert_identical(one, two)
    assert_identical(one, many)


def test_what_ran_before_does_not_change_a_bit(leg):
    first = rg.analyze(leg, walk(leg, ROWS), threads=1)
    rg.analyze(leg, walk(leg, 30, swing=3.0), exponent=3, threads=1)
    rg.analyze(planar_leg().model(), walk(leg, 9), physics="opensim")
    assert_identical(rg.analyze(leg, walk(leg, ROWS), threads=1), first)


def test_a_chunk_does_not_know_the_chunk_before(leg):
    body, plan, motion, _ = prepare(leg, walk(leg, ROWS), Settings())
    whole, tail = new_answer(ROWS, body, plan), new_answer(ROWS - CHUNK, body, plan)
    solve(body, plan, motion, whole, 1)
    cut = motion._replace(
        **{k: getattr(motion, k)[CHUNK:].copy() for k in ("time", "q", "qd", "qdd", "load")}
    )
    solve(body, plan, cut, tail, 1)
    for name, a, b in zip(whole._fields, whole, tail, strict=True):
        assert_array_equal(a[CHUNK:], b, err_msg=name)


def test_no_input_is_written_to(leg):
    trial = walk(leg, 12)
    before = [x.copy() for x in (*leg.tree, *leg.paths, *leg.muscles, trial.motion.values, trial.loads.point)]
    rg.analyze(leg, trial)
    after = [*leg.tree, *leg.paths, *leg.muscles, trial.motion.values, trial.loads.point]
    for a, b in zip(before, after, strict=True):
        assert_array_equal(a, b)


def test_files_give_what_arrays_give(leg, tmp_path):
    trial = walk(leg, 30)
    read = rg.load_trial(*write_trial(tmp_path, trial, in_degrees=True), speed=1.2, origin="synthetic")
    a, b = (rg.analyze(leg, t, reserve=10.0, threads=1) for t in (trial, read))
    for name in ("generalized_force", "muscle_force", "tibiofemoral_force", "knee_adduction_moment"):
        size = float(np.abs(a[name]).max())
        assert_allclose(b[name], a[name], rtol=0.0, atol=TEXT * (1.0 + size))


def test_a_result_survives_its_file(result, tmp_path):
    rg.write_result(tmp_path / "walk.h5", result)
    assert_identical(rg.read_result(tmp_path / "walk.h5")[list(result.data_vars)], result)


# ---- frames that fail ----------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["q", "qd", "qdd", "load"])
def test_a_number_that_is_missing_costs_its_frame_and_no_other(leg, what):
    body, plan, motion, _ = prepare(leg, walk(leg, 12), Settings())
    clean, answer = (new_answer(12, body, plan) for _ in range(2))
    solve(body, plan, motion, clean, 1)
    broken = motion._replace(**{what: getattr(motion, what).copy()})
    getattr(broken, what)[5].flat[1] = np.nan
    solve(body, plan, broken, answer, 1)
    assert answer.status[5] == Status.NOT_FINITE
    assert np.isnan(answer.activation[5]).all()
    assert np.isnan(answer.reaction[5]).all()
    others = np.arange(12) != 5
    assert_array_equal(answer.status[others], Status.SOLVED)
    for name in ("force", "tension", "reaction", "reserve"):
        a, b = (getattr(x, name)[others] for x in (answer, clean))
        size = 1.0 + np.abs(b).max()
        assert_allclose(a, b, rtol=0.0, atol=1e-6 * size)  # sharing stops at 1e-9 of the largest moment


def test_a_failed_frame_is_marked_hollow_and_counted_in_the_notes(leg, monkeypatch):
    real = pipeline.prepare

    def prepare_badly(*arguments):
        body, plan, motion, notes = real(*arguments)
        motion.qdd[3] = np.nan
        return body, plan, motion, notes

    monkeypatch.setattr(pipeline, "prepare", prepare_badly)
    result = rg.analyze(leg, walk(leg, 12))
    assert result.status.values.tolist() == [0, 0, 0, Status.NOT_FINITE, *[0] * 8]
    for name in FAILED:
        if name not in {"patellofemoral_stress", "quadriceps_activation"}:
            assert np.isnan(result[name].isel(time=3)).all(), name
    assert any("1 of 12 frames failed" in note for note in result.attrs["notes"])


def test_absurd_moments_are_left_to_the_reserves_and_not_to_luck(leg):
    trial = walk(leg, 12)
    heavy = dataclasses.replace(trial.loads, force=1e3 * trial.loads.force)
    result = rg.analyze(leg, dataclasses.replace(trial, loads=heavy))
    assert_array_equal(result.status, Status.SOLVED)
    assert float(result.activation.max()) == 1.0
    assert float(np.abs(result.reserve.sel(coordinate="knee_angle_r")).max()) > 1e3


# ---- remarks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"origin": "predicted"}, "the trial is predicted"),
        ({"direction": "retro", "speed": 1.9}, "past the walk-run transition"),
        ({"loads": None}, "no external loads"),
    ],
    ids=["predicted", "fast retro", "no loads"],
)
def test_what_numbers_rest_on_is_remarked(leg, changes, words):
    result = rg.analyze(leg, walk(leg, 10, **changes))
    assert any(words in note for note in result.attrs["notes"])


def test_a_residual_that_nothing_carries_is_remarked(leg, result):
    slides = result.generalized_force.sel(coordinate=["pelvis_tx", "pelvis_ty"])
    peak = float(np.sqrt((slides**2).sum("coordinate")).max())
    assert result.attrs["residual_force_peak"] == pytest.approx(peak)
    assert any("residual force at the pelvis" in note for note in result.attrs["notes"])


def test_notes_of_the_motion_reach_the_result(leg):
    model = dataclasses.replace(leg, left_out=("stop (SpringGeneralizedForce)", "ligament (Ligament)"))
    trial = walk(leg, 10)
    motion = dataclasses.replace(
        trial.motion,
        labels=(*trial.motion.labels, "arm"),
        values=np.pad(trial.motion.values, ((0, 0), (0, 1))),
    )
    notes = rg.analyze(model, dataclasses.replace(trial, motion=motion)).attrs["notes"]
    assert any("arm" in note for note in notes)
    assert any("2 forces of the model are left out" in note for note in notes)


# ---- inclines ------------------------------------------------------------------------------------


def pelvis(turn=0.0, gravity=(0.0, -9.80665, 0.0), frame=None):
    """A body that is turned about the vertical."""
    s = Sketch(gravity=gravity)
    s.link(0, [(SLIDE, X, s.coordinate("pelvis_tx")), (TURN, Y, s.coordinate("pelvis_rotation"))],
           name="pelvis", mass=1.0)  # fmt: skip
    model = s.model(
        **({} if frame is None else {"body_rotation": np.array([np.eye(3).ravel(), frame.ravel()])})
    )
    trial = walk(model, 8, bodies=(), axes="surface", incline=0.1)
    trial.motion.values[:] = [0.0, turn]
    return model, trial


def gravity_of(model, trial):
    _, _, motion, _ = prepare(model, trial, Settings())
    return tilted_gravity(model, motion, trial)


@pytest.mark.parametrize(
    ("turn", "direction", "uphill"),
    [
        (0.0, "forward", (1, 0)),
        (0.0, "retro", (-1, 0)),
        (np.pi, "forward", (-1, 0)),
        (-np.pi / 2, "forward", (0, 1)),
    ],
)
def test_walking_uphill_has_part_of_the_weight_against_the_way(turn, direction, uphill):
    model, trial = pelvis(turn)
    gravity = gravity_of(model, dataclasses.replace(trial, direction=direction))
    along = 9.80665 * np.sin(0.1)
    expected = [-along * uphill[0], -9.80665 * np.cos(0.1), -along * uphill[1]]
    assert_allclose(gravity, expected, atol=1e-9)
    downhill = gravity_of(model, dataclasses.replace(trial, direction=direction, incline=-0.1))
    assert_allclose(downhill * [-1, 1, -1], gravity, atol=1e-9)


def test_the_pelvis_own_axes_say_where_ahead_is_whatever_frame_its_joint_has():
    frame = any_rotation(np.random.default_rng(4))
    model, trial = pelvis(frame=frame)
    gravity = gravity_of(model, trial)
    ahead = frame[:, 0] * [1.0, 0.0, 1.0]
    ahead /= np.linalg.norm(ahead)
    assert_allclose(gravity @ ahead, -9.80665 * np.sin(0.1), atol=1e-9)
    assert np.linalg.norm(gravity) == pytest.approx(9.80665)


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [0, -2])
def test_a_number_of_threads_below_one_is_refused(leg, threads):
    with pytest.raises(ConfigError, match="threads is"):
        rg.analyze(leg, walk(leg, 10), threads=threads)


def test_a_choice_that_does_not_exist_is_refused_by_python(leg):
    with pytest.raises(TypeError, match="exponant"):
        rg.analyze(leg, walk(leg, 10), exponant=3)


def test_a_trial_of_another_model_is_refused_with_its_columns(leg):
    model, other = pelvis()
    with pytest.raises(MotionError, match="have no column"):
        rg.analyze(leg, other)
    assert len(rg.analyze(model, other).coordinate) == 2
