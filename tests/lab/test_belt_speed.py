"""Speed of a belt from standing feet: predicted walks at every speed and incline, and a real treadmill."""

import numpy as np
import pytest

import retrogait as rg
from retrogait.gait.fit import fit_motion
from retrogait.gait.prepare import Preparation
from retrogait.kernels.kinematics import new_pose, place
from retrogait.lab.direction import facing_of, ground_velocity
from retrogait.lab.feet import Contact, Landmarks, find_contact, find_landmarks
from retrogait.lab.roles import find_roles
from retrogait.predict.library import bundled_conditions
from tests.lab.synthetic import walk

# The sole of the predictor creeps on the ground, most of all downhill and backwards, so these are not the
# error of the method: that is the one of the real belt below. Its friction is whole at the transition
# velocity of models/planar.toml, so a sole that holds creeps more slowly; the largest seen is 0.088 m/s.
EVERY_CREEP = 0.1  # m/s
MEAN_CREEP = 0.04  # share of the speed, rms
REAL = 0.006  # share of the speed of a treadmill
NOISE = 5e-4  # m; of each marker in each frame, as cameras have it

NAMES = [condition.name for condition in bundled_conditions()]


def speed_of(time, marks):
    contact = find_contact(time, marks, facing_of(marks)[0])
    return float(np.linalg.norm(ground_velocity(time, marks, contact)))


def noisy(marks, seed=5):
    draw = np.random.default_rng(seed)
    return Landmarks(*(part + NOISE * draw.standard_normal(part.shape) for part in marks))


@pytest.fixture(scope="module")
def belts():
    """Time, landmarks and speed of every bundled walk on a belt."""
    found = {}
    for name in NAMES:
        lab = walk(name, treadmill=True, strides=2)
        marks = find_landmarks(lab.markers, lab.position, find_roles(lab.markers, None))
        found[name] = lab.time, marks, lab.speed
    return found


@pytest.mark.parametrize("seen", [lambda marks: marks, noisy], ids=["exact", "noisy"])
def test_the_speed_of_a_belt_is_found_at_every_speed_and_incline(belts, seen):
    found = {name: (speed_of(time, seen(marks)), speed) for name, (time, marks, speed) in belts.items()}
    off = {name: one - speed for name, (one, speed) in found.items()}
    share = [one / speed - 1.0 for one, speed in found.values()]

    assert max(map(abs, off.values())) < EVERY_CREEP, off
    assert np.sqrt(np.mean(np.square(share))) < MEAN_CREEP


def test_a_recording_shorter_than_the_span_still_tells():
    speed = ground_velocity(*standing(lambda _heel, _toe: None, rows=4))

    np.testing.assert_allclose(speed, [-1.0, 0.0, 0.0], atol=1e-12)


def standing(foot_from, rows=40):
    """A right foot carried back at 1 m/s, seen as told; the left one is hidden."""
    time = np.arange(rows) / 100.0
    heel, toe = np.full((2, 2, rows, 3), np.nan)
    heel[0] = np.column_stack([-time, np.zeros(rows), np.zeros(rows)])
    toe[0] = heel[0] + [0.2, 0.0, 0.0]
    foot_from(heel, toe)
    pelvis = np.zeros((rows, 3))
    return time, Landmarks(heel, toe, pelvis, pelvis), Contact(np.ones((2, rows), dtype=bool), False, 0.05)


def test_heel_and_toe_that_are_never_seen_together_still_tell():
    def alternate(heel, toe):
        heel[0, :20] = np.nan
        toe[0, 20:] = np.nan

    np.testing.assert_allclose(ground_velocity(*standing(alternate)), [-1.0, 0.0, 0.0], atol=1e-12)


def test_a_foot_that_rolls_tells_while_it_is_flat():
    def roll(heel, toe):
        lifted = np.maximum(0.0, np.arange(40) - 25)
        heel[0, :, 0] += 2e-3 * lifted**1.5
        heel[0, :, 1] += 8e-3 * lifted

    np.testing.assert_allclose(ground_velocity(*standing(roll)), [-1.0, 0.0, 0.0], atol=1e-12)


@pytest.mark.shared
@pytest.mark.parametrize("speed", ["0.5", "0.8", "1.0", "1.2"])
def test_the_speed_of_a_real_treadmill_is_found(shared_data, speed):
    """Markers at heels, toes and pelvis of the model, moved by the recorded coordinates."""
    folder = shared_data / "gc6_treadmill"
    model = rg.load_model(folder / "DM_nocontact.osim")
    trial = rg.load_trial(folder / f"tm_{speed}_ik.mot", speed=float(speed))
    motion, _ = fit_motion(model, trial, Preparation("default", 12.0, trial.spline, forces=False))
    rows = np.arange(0, motion.time.size, max(1, round(0.01 / float(np.median(np.diff(motion.time))))))
    places = {
        "heel": [("calcn_r", (-0.02, 0.02, 0.0)), ("calcn_l", (-0.02, 0.02, 0.0))],
        "toe": [("calcn_r", (0.22, 0.005, 0.0)), ("calcn_l", (0.22, 0.005, 0.0))],
        "pelvis": [("pelvis", (0.02, 0.03, 0.0)), ("pelvis", (-0.16, 0.04, 0.0))],
    }
    found = {part: np.empty((2, rows.size, 3)) for part in places}
    pose, still = new_pose(model.tree.parent.size, model.tree.kind.size), np.zeros(motion.q.shape[1])
    for frame, row in enumerate(rows):
        place(model.tree, model.functions, motion.q[row], still, still, pose)
        for part, two in places.items():
            for k, (body, inside) in enumerate(two):
                link = model.links.index(body)
                at = model.body_rotation[link].reshape(3, 3) @ inside + model.body_offset[link]
                found[part][k, frame] = pose.position[link] + pose.rotation[link].reshape(3, 3) @ at
    front, back = found["pelvis"]
    marks = Landmarks(found["heel"], found["toe"], 0.5 * (front + back), front - back)

    assert speed_of(motion.time[rows], noisy(marks)) == pytest.approx(float(speed), rel=REAL)
