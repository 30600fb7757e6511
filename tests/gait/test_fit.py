"""A trial's columns onto a model: every trap of the files is settled or refused by name."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.errors import ConfigError, MotionError
from retrogait.gait import load_trial
from retrogait.gait.fit import _nearest, fit_motion
from retrogait.gait.prepare import Preparation
from tests.bodies import SLIDE, TURN, Sketch, X, Y, Z, few, planar_leg
from tests.trials import columns, pushes, trial_of, walk, write_trial

EXACT = 1e-12  # rad, m: a spline through its own knots
TEXT = 1e-9  # rad: through degrees and text and back
PLACE = 1e-12  # m: a product of rotations
ROWS = few(20, 8)

RAW = Preparation("default", None)


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


def fitted(model, trial, preparation=RAW, at=None):
    return fit_motion(model, trial, preparation, at)


def relabelled(trial, old, new):
    labels = tuple(new if label == old else label for label in trial.motion.labels)
    return dataclasses.replace(trial, motion=dataclasses.replace(trial.motion, labels=labels))


def with_column(trial, label, values):
    motion = trial.motion
    table = np.column_stack([motion.values, np.broadcast_to(values, motion.time.size)])
    return dataclasses.replace(
        trial, motion=dataclasses.replace(motion, labels=(*motion.labels, label), values=table)
    )


def without_column(trial, label):
    motion = trial.motion
    keep = [i for i, other in enumerate(motion.labels) if other != label]
    return dataclasses.replace(
        trial,
        motion=dataclasses.replace(
            motion, labels=tuple(motion.labels[i] for i in keep), values=motion.values[:, keep]
        ),
    )


def refusal(model, trial, kind=MotionError):
    with pytest.raises(kind) as caught:
        fitted(model, trial)
    message = str(caught.value)
    assert "\n" not in message
    assert "walk" in message  # the file
    return message


# ---- names ---------------------------------------------------------------------------------------


def test_columns_in_any_order_find_their_coordinates(leg):
    trial = walk(leg, ROWS)
    order = np.random.default_rng(0).permutation(len(trial.motion.labels))
    shuffled = dataclasses.replace(
        trial,
        motion=dataclasses.replace(
            trial.motion,
            labels=tuple(trial.motion.labels[i] for i in order),
            values=trial.motion.values[:, order],
        ),
    )
    plain, notes = fitted(leg, trial)
    other, _ = fitted(leg, shuffled)
    assert notes == []
    for a, b in zip(plain, other, strict=True):
        assert_array_equal(a, b)
    c = leg.coordinates.index("hip_flexion_r")
    assert_allclose(
        plain.q[:, c], trial.motion.values[:, trial.motion.labels.index("hip_flexion_r")], atol=EXACT
    )


@pytest.mark.parametrize("path", ["/jointset/hip_r/{}/value", "hip_r/{}/value", "/jointset/hip_r/{}"])
def test_state_paths_name_coordinates_too(leg, path):
    trial = walk(leg, ROWS)
    plain, _ = fitted(leg, trial)
    labelled, notes = fitted(leg, relabelled(trial, "hip_flexion_r", path.format("hip_flexion_r")))
    assert notes == []
    assert_array_equal(labelled.q, plain.q)


def test_speeds_and_activations_beside_the_values_are_no_coordinates(leg):
    trial = walk(leg, ROWS)
    more = with_column(trial, "/jointset/hip_r/hip_flexion_r/speed", 9.0)
    more = with_column(more, "/forceset/soleus_r/activation", 0.5)
    motion, notes = fitted(leg, more)
    assert_array_equal(motion.q, fitted(leg, trial)[0].q)
    assert notes == []


def test_a_missing_coordinate_is_named_with_the_column_that_looks_like_it(leg):
    trial = walk(leg, ROWS)
    message = refusal(leg, relabelled(trial, "hip_flexion_r", "hip_flex_r"))
    assert "1 of the model's coordinates have no column: hip_flexion_r" in message
    assert "did you mean `hip_flex_r`" in message
    assert "hip_flexion_r" in refusal(leg, without_column(trial, "hip_flexion_r"))


def test_all_missing_coordinates_stand_in_one_message(leg):
    trial = without_column(without_column(walk(leg, ROWS), "hip_flexion_r"), "pelvis_tx")
    message = refusal(leg, trial)
    assert "2 of the model's coordinates" in message
    assert "pelvis_tx, hip_flexion_r" in message


def test_two_columns_for_one_coordinate_are_refused(leg):
    trial = with_column(walk(leg, ROWS), "/jointset/hip_r/hip_flexion_r/value", 0.0)
    message = refusal(leg, trial)
    assert "both give coordinate 'hip_flexion_r'" in message


def test_columns_that_are_no_coordinates_are_noted_and_not_used(leg):
    trial = with_column(walk(leg, ROWS), "lumbar_extension", 5.0)
    motion, notes = fitted(leg, trial)
    assert_array_equal(motion.q, fitted(leg, walk(leg, ROWS))[0].q)
    assert len(notes) == 1
    assert "lumbar_extension" in notes[0]


# ---- units ---------------------------------------------------------------------------------------


def test_degrees_are_converted_and_metres_are_not(leg, tmp_path):
    trial = walk(leg, ROWS)
    plain, _ = fitted(leg, trial)
    files = write_trial(tmp_path, trial, in_degrees=True)
    motion, notes = fitted(leg, load_trial(*files))
    assert notes == []
    assert_allclose(motion.q, plain.q, atol=TEXT)
    assert_allclose(motion.load, plain.load, rtol=1e-12)


def test_a_header_that_does_not_say_the_unit_is_refused(leg):
    message = refusal(leg, walk(leg, ROWS, motion=unitless(walk(leg, ROWS).motion)))
    assert "inDegrees" in message


def unitless(table):
    return dataclasses.replace(table, in_degrees=None)


def test_a_unit_does_not_matter_to_a_model_that_only_slides():
    s = Sketch()
    s.link(0, [(SLIDE, X, s.coordinate("pelvis_tx")), (SLIDE, Y, s.coordinate("pelvis_ty"))], mass=1.0)
    model = s.model()
    trial = walk(model, ROWS, bodies=())
    motion, _ = fitted(model, dataclasses.replace(trial, motion=unitless(trial.motion)))
    assert_allclose(motion.q, trial.motion.values, atol=EXACT)


def test_radians_too_large_for_a_joint_are_degrees_and_refused_with_column_and_time(leg):
    trial = walk(leg, ROWS)
    column = trial.motion.labels.index("knee_angle_r")
    trial.motion.values[:, column] = np.degrees(trial.motion.values[:, column])
    message = refusal(leg, trial)
    assert "'knee_angle_r'" in message
    assert "stands in degrees" in message
    worst = trial.motion.time[np.abs(trial.motion.values[:, column]).argmax()]
    assert f"t = {worst:g} s" in message


def test_degrees_too_small_for_a_gait_are_questioned(leg):
    trial = walk(leg, ROWS)
    small = dataclasses.replace(trial, motion=dataclasses.replace(trial.motion, in_degrees=True))
    _, notes = fitted(leg, small)
    assert any("inDegrees=yes" in note and "radians" in note for note in notes)


@pytest.mark.parametrize("in_degrees", [True, False])
def test_an_angle_cut_at_half_a_turn_is_put_together_again(leg, in_degrees):
    trial = walk(leg, ROWS)
    column = trial.motion.labels.index("pelvis_tilt")
    whole = np.linspace(3.0, 3.4, ROWS)
    cut = (whole + np.pi) % (2.0 * np.pi) - np.pi
    assert np.abs(np.diff(cut)).max() > 6.0
    values = trial.motion.values.copy()
    values[:, column] = cut
    turns = [label not in {"pelvis_tx", "pelvis_ty"} for label in trial.motion.labels]
    if in_degrees:
        values[:, turns] = np.degrees(values[:, turns])
    motion = dataclasses.replace(trial.motion, values=values, in_degrees=in_degrees)
    answer, _ = fitted(leg, dataclasses.replace(trial, motion=motion))
    c = leg.coordinates.index("pelvis_tilt")
    assert_allclose(np.diff(answer.q[:, c]), np.diff(whole), atol=TEXT)
    assert np.abs(answer.qd[:, c]).max() < 10.0


# ---- couplers, locks, prescriptions --------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (lambda knee: knee, None),
        (np.degrees, "stands in degrees"),
        (lambda knee: knee + 0.3, "differs"),
        (lambda knee: 0.0 * knee, "differs"),
    ],
    ids=["right", "degrees", "shifted", "zero"],
)
def test_a_coupled_column_is_recomputed_and_what_it_said_is_noted(leg, column, words):
    trial = walk(leg, ROWS)
    knee = trial.motion.values[:, trial.motion.labels.index("knee_angle_r")]
    motion, notes = fitted(leg, with_column(trial, "knee_angle_r_beta", column(knee)))
    beta, driver = (leg.coordinates.index(name) for name in ("knee_angle_r_beta", "knee_angle_r"))
    for values in (motion.q, motion.qd, motion.qdd):
        assert_array_equal(values[:, beta], values[:, driver])
    if words is None:
        assert notes == []
    else:
        (note,) = notes
        assert note.startswith("knee_angle_r_beta in walk.mot")
        assert words in note
        assert "recomputed from knee_angle_r" in note


def test_a_coupled_column_is_read_as_it_stands_only_by_request(leg):
    beta = leg.coordinates.index("knee_angle_r_beta")
    trial = with_column(walk(leg, ROWS), "knee_angle_r_beta", 15.4)
    asked, notes = fitted(leg, trial, Preparation("default", None, couplers="read"))
    assert_allclose(asked.q[:, beta], 15.4, atol=TEXT)
    assert not any("recomputed" in note for note in notes)
    plain, _ = fitted(leg, trial)
    assert np.abs(plain.q[:, beta]).max() < 4.0
    others = np.delete(np.arange(len(leg.coordinates)), beta)
    assert_array_equal(asked.q[:, others], plain.q[:, others])


def test_ground_forces_may_be_left_raw_while_the_motion_is_filtered(leg):
    trial = walk(leg, few(61, 20))
    raw, _ = fitted(leg, trial, Preparation("default", 6.0, forces=False))
    alike, _ = fitted(leg, trial, Preparation("default", 6.0))
    unfiltered, _ = fitted(leg, trial)
    assert_array_equal(raw.q, alike.q)
    assert_array_equal(raw.load, unfiltered.load)
    assert np.abs(alike.load - raw.load).max() > 1.0  # N
    assert "wrenches unfiltered" in Preparation("default", 6.0, forces=False).describe()


def test_a_coupled_column_may_be_missing(leg):
    motion, notes = fitted(leg, walk(leg, ROWS))
    beta = leg.coordinates.index("knee_angle_r_beta")
    assert np.ptp(motion.q[:, beta]) > 0.1
    assert notes == []


def changed(model, name, **fields):
    """A model in which arrays hold another value for one coordinate."""
    row = model.coordinates.index(name)
    arrays = {}
    for key, value in fields.items():
        arrays[key] = getattr(model, key).copy()
        arrays[key][row] = value
    return dataclasses.replace(model, **arrays)


def test_a_locked_coordinate_without_column_stays_at_its_default(leg):
    model = changed(leg, "ankle_angle_r", locked=1, default=0.17)
    motion, notes = fitted(model, without_column(walk(leg, ROWS), "ankle_angle_r"))
    c = model.coordinates.index("ankle_angle_r")
    assert_allclose(motion.q[:, c], 0.17, atol=EXACT)
    assert_allclose(motion.qd[:, c], 0.0, atol=1e-9)
    assert notes == []


def test_a_locked_coordinate_that_moves_in_the_file_is_followed_and_noted(leg):
    model = changed(leg, "ankle_angle_r", locked=1)
    motion, notes = fitted(model, walk(leg, ROWS))
    assert np.ptp(motion.q[:, model.coordinates.index("ankle_angle_r")]) > 0.05
    assert len(notes) == 1
    assert "ankle_angle_r is locked" in notes[0]


def test_a_prescribed_coordinate_without_column_follows_its_function_of_time():
    s = planar_leg()
    row = s.polynomial(0.3, 1.2)
    model = changed(s.model(), "pelvis_tx", prescribed=row)
    motion, _ = fitted(model, without_column(walk(model, ROWS), "pelvis_tx"))
    c = model.coordinates.index("pelvis_tx")
    assert_allclose(motion.q[:, c], 0.3 + 1.2 * motion.time, atol=1e-9)
    assert_allclose(motion.qd[:, c], 1.2, atol=1e-7)


# ---- windows -------------------------------------------------------------------------------------


def test_a_window_keeps_the_motions_own_frames(leg):
    trial = walk(leg, 40, start=0.1, end=0.25)
    motion, _ = fitted(leg, trial)
    assert_allclose(motion.time, np.arange(10, 26) / 100.0, atol=EXACT)
    whole, _ = fitted(leg, walk(leg, 40))
    assert_allclose(motion.q, whole.q[10:26], atol=EXACT)  # the whole record was splined


@pytest.mark.parametrize(("start", "end"), [(-0.1, 0.1), (0.0, 9.0)])
def test_a_window_outside_the_motion_names_both_spans(leg, start, end):
    message = refusal(leg, walk(leg, 40, start=start, end=end))
    assert f"{start:g} to {end:g} s" in message
    assert "0 to 0.39 s" in message


def test_a_window_with_too_few_frames_asks_to_be_widened(leg):
    assert "widen the window" in refusal(leg, walk(leg, 40, start=0.101, end=0.109))


def test_a_window_outside_the_loads_is_refused(leg):
    trial = walk(leg, 40)
    loads = trial.loads
    short = dataclasses.replace(
        loads, time=loads.time[:20], force=loads.force[:20], point=loads.point[:20], torque=loads.torque[:20]
    )
    message = refusal(leg, dataclasses.replace(trial, loads=short))
    assert "outside the data" in message


def test_a_window_read_from_files_is_what_both_cover(leg, tmp_path):
    files = write_trial(tmp_path, walk(leg, 40))
    trial = load_trial(*files)
    assert (trial.start, trial.end) == (0.0, 0.39)
    with pytest.raises(MotionError, match=r"the window 0\.3 to 0\.2 s is empty"):
        load_trial(*files, start=0.3, end=0.2)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"direction": "backward"}, "'forward' or 'retro'"),
        ({"axes": "tilted"}, "'level' or 'surface'"),
        ({"speed": -1.0}, "positive"),
        ({"incline": 80.0}, "at most 45"),
        ({"incline": float("nan")}, "at most 45"),
    ],
    ids=str,
)
def test_a_wrong_description_of_a_trial_is_refused(leg, tmp_path, choice, words):
    files = write_trial(tmp_path, walk(leg, 8))
    with pytest.raises(ConfigError, match=words):
        load_trial(*files, **choice)


def test_an_incline_is_given_in_degrees_and_kept_in_radians(leg, tmp_path):
    trial = load_trial(*write_trial(tmp_path, walk(leg, 8)), incline=10.0, axes="surface", direction="retro")
    assert trial.incline == pytest.approx(np.radians(10.0))
    assert (trial.direction, trial.axes, trial.name) == ("retro", "surface", "walk")
    assert set(trial.digests) == {"walk.mot", "walk_grf.xml", "walk_grf.mot"}


# ---- loads ---------------------------------------------------------------------------------------


def with_loads(trial, **fields):
    return dataclasses.replace(trial, loads=dataclasses.replace(trial.loads, **fields))


@pytest.mark.parametrize("field", ["body", "force_frame", "point_frame"])
def test_a_load_on_an_unknown_body_is_refused_with_the_nearest_name(leg, field):
    message = refusal(leg, with_loads(walk(leg, ROWS), **{field: ("calcn_R",)}))
    assert "force 'plate1' names body 'calcn_R'" in message
    assert "did you mean `calcn_r`" in message


def about_origin(load):
    """Force and moment about the ground origin (frame, load, 6) of prepared wrenches."""
    return np.concatenate([load[..., :3], load[..., 6:] + np.cross(load[..., 3:6], load[..., :3])], axis=-1)


def test_loads_arrive_on_their_link_with_their_moment_about_the_origin(leg):
    trial = walk(leg, ROWS)
    motion, _ = fitted(leg, trial)
    assert [leg.links[link] for link in motion.load_link] == ["calcn_r"]
    recorded = pushes(trial.motion.time, ["calcn_r"])
    assert_allclose(about_origin(motion.load), about_origin(recorded), rtol=1e-12, atol=1e-9)


def still_block(angle):
    """A block that is held at (0.4, 0.7) and turned about Z, its body frame turned and moved in its link."""
    s = Sketch()
    turn, tx, ty = (s.coordinate(name) for name in ("pelvis_tilt", "pelvis_tx", "pelvis_ty"))
    s.link(0, [(SLIDE, X, tx), (SLIDE, Y, ty), (TURN, Z, turn)], name="block", mass=1.0)
    B = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    model = s.model(
        body_rotation=np.array([np.eye(3).ravel(), B.ravel()]),
        body_offset=np.array([[0.0] * 3, [0.1, 0.0, 0.0]]),
    )
    c, n = np.cos(angle), np.sin(angle)
    R = np.array([[c, -n, 0.0], [n, c, 0.0], [0.0, 0.0, 1.0]])
    time = np.arange(8) / 100.0
    values = np.tile([angle, 0.4, 0.7], (8, 1))
    push = np.tile([30.0, 500.0, -20.0, 0.02, 0.03, 0.04, 1.0, 2.0, 3.0], (8, 1, 1))
    trial = trial_of(time, model.coordinates, values, push, ["block"])
    origin = np.array([0.4, 0.7, 0.0]) + R @ [0.1, 0.0, 0.0]
    return model, trial, R @ B, origin, push[0, 0]


@pytest.mark.parametrize("force_frame", ["ground", "block"])
@pytest.mark.parametrize("point_frame", ["ground", "block", None])
@pytest.mark.parametrize("cutoff", [None, 6.0])
def test_loads_in_a_bodys_axes_are_turned_into_ground(force_frame, point_frame, cutoff):
    model, trial, R, origin, push = still_block(0.6)
    trial = with_loads(
        trial, force_frame=(force_frame,), point_frame=(point_frame or "ground",),
        has_point=(point_frame is not None,),
    )  # fmt: skip
    motion, _ = fitted(model, trial, Preparation("default", cutoff))
    turn = R if force_frame == "block" else np.eye(3)
    force, torque = turn @ push[:3], turn @ push[6:]
    point = {"ground": push[3:6], "block": origin + R @ push[3:6], None: origin}[point_frame]
    expected = np.concatenate([force, torque + np.cross(point, force)])
    assert_allclose(about_origin(motion.load)[:, 0], np.tile(expected, (8, 1)), rtol=1e-9, atol=1e-9)


def test_a_trial_without_loads_pushes_on_nothing(leg):
    motion, _ = fitted(leg, walk(leg, ROWS, bodies=()))
    assert motion.load.shape == (ROWS, 0, 9)
    assert motion.load_link.size == 0


def test_every_row_of_time_is_reached_when_other_times_are_asked_for(leg):
    trial = walk(leg, 40)
    at = np.linspace(0.05, 0.3, 7)
    motion, _ = fitted(leg, trial, at=at)
    time, values = columns(["knee_angle_r"], 40)
    c = leg.coordinates.index("knee_angle_r")
    assert_array_equal(motion.time, at)
    assert_allclose(
        motion.q[:, c], np.interp(at, time, values[:, 0]), atol=1e-3
    )  # rad: chord of a 1 Hz swing


@given(
    time=st.lists(st.integers(-50, 50), min_size=2, max_size=20, unique=True).map(sorted),
    wanted=st.lists(st.integers(-120, 120).map(lambda half: half / 2.0), min_size=1, max_size=10),
)
def test_the_nearest_row_is_the_one_that_a_search_of_all_finds(time, wanted):
    time, wanted = np.array(time, float), np.array(wanted)
    assert_array_equal(_nearest(time, wanted), [np.abs(time - t).argmin() for t in wanted])


def test_remarks_follow_the_order_of_the_models_coordinates(leg):
    model = dataclasses.replace(leg, lower=leg.lower.copy(), upper=leg.upper.copy(), locked=leg.locked.copy())
    names = ("hip_flexion_r", "knee_angle_r")
    for name in names:
        c = model.coordinates.index(name)
        model.lower[c], model.upper[c], model.locked[c] = -1.0, -0.9, 1
    _, notes = fitted(model, walk(leg, ROWS))
    said = [note for note in notes if note.startswith(names)]
    assert ["reaches" in note for note in said] == [True, False, True, False]
    assert [note.split()[0] for note in said] == sorted(2 * names, key=model.coordinates.index)
