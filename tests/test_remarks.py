"""What a result says against itself."""

import dataclasses

import numpy as np
import pytest

import retrogait as rg
from retrogait.errors import ConfigError, ModelError, MotionError
from retrogait.osim.knees import flexion_coordinates
from tests.bodies import few, planar_leg
from tests.trials import columns, pushes, trial_of, walk

ROWS = few(61, 20)


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


def notes(model, trial, **choices):
    return rg.analyze(model, trial, **choices).attrs["notes"]


def says(found, *words):
    return any(all(word in note for word in words) for note in found)


def independent(leg):
    return [n for c, n in enumerate(leg.coordinates) if leg.tree.driver[c] < 0]


def test_reserves_that_stand_in_for_muscles_are_named_with_their_share(leg):
    muscles = leg.muscles._replace(maximum_isometric_force=leg.muscles.maximum_isometric_force * 0.02)
    trial = walk(leg, ROWS)
    assert says(
        notes(dataclasses.replace(leg, muscles=muscles), trial), "reserves carry more", "knee_angle_r"
    )
    strong = leg.muscles._replace(maximum_isometric_force=leg.muscles.maximum_isometric_force * 100.0)
    assert not says(notes(dataclasses.replace(leg, muscles=strong), trial), "reserves carry more")


def test_a_motion_outside_the_models_range_is_named_with_time_and_range(leg):
    bounded = dataclasses.replace(
        leg, lower=np.full(len(leg.coordinates), -3.0), upper=np.full(len(leg.coordinates), 3.0)
    )
    assert not says(notes(bounded, walk(leg, ROWS)), "the model allows")
    time, values = columns(independent(leg), ROWS)
    values[5, independent(leg).index("knee_angle_r")] = 4.0
    trial = trial_of(time, independent(leg), values, pushes(time, ("calcn_r",)), ("calcn_r",))
    assert says(
        notes(bounded, trial, cutoff=None), "knee_angle_r reaches 229 deg at t = 0.05 s", "-172 to 172"
    )


def test_gaps_are_named_with_their_times(leg):
    time, values = columns(independent(leg), ROWS)
    kept = np.r_[0:8, 14:ROWS]
    wrenches = pushes(time, ("calcn_r",))
    trial = trial_of(time[kept], independent(leg), values[kept], wrenches[kept], ("calcn_r",))
    assert says(notes(leg, trial), "walk.mot has gaps (0.07 to 0.14 s)")
    assert not says(notes(leg, walk(leg, ROWS)), "gaps")


def test_a_force_far_from_its_foot_is_named(leg):
    trial = walk(leg, ROWS)
    far = dataclasses.replace(trial, loads=dataclasses.replace(trial.loads, point=trial.loads.point * 1000.0))
    assert says(notes(leg, far), "plate1", "from calcn_r", "other foot, unit or axes?")
    assert says(notes(leg, far), "residual moment at the pelvis")


def test_an_incline_that_does_not_tilt_gravity_is_said(leg):
    inclined = dataclasses.replace(walk(leg, ROWS), incline=0.1)
    assert says(notes(leg, inclined), "for the record only")
    assert not says(notes(leg, dataclasses.replace(inclined, axes="surface")), "for the record only")


def test_a_pelvis_that_travels_against_the_stated_direction_is_named(leg):
    time, values = columns(independent(leg), ROWS)
    values[:, independent(leg).index("pelvis_tx")] += 1.2 * time / time[-1]
    trial = trial_of(time, independent(leg), values, pushes(time, ("calcn_r",)), ("calcn_r",))
    speed = 1.2 / time[-1]
    forward = dataclasses.replace(trial, speed=speed)
    assert not says(notes(leg, forward), "travels")
    assert says(notes(leg, dataclasses.replace(forward, direction="retro")), "1.2 m forward", "retro")
    assert says(notes(leg, dataclasses.replace(forward, speed=3.0 * speed)), "said to be at")


def test_forces_that_the_loads_file_switches_off_are_named(leg):
    trial = walk(leg, ROWS)
    trial = dataclasses.replace(trial, loads=dataclasses.replace(trial.loads, disabled=("plate2",)))
    assert says(notes(leg, trial), "switches off", "plate2")


def test_a_wrench_in_body_axes_is_not_called_filtered(leg):
    trial = walk(leg, ROWS)
    local = dataclasses.replace(trial.loads, force_frame=("calcn_r",))
    assert says(notes(leg, dataclasses.replace(trial, loads=local)), "not filtered", "plate1")


def test_a_coupled_coordinate_cannot_be_held(leg):
    with pytest.raises(MotionError, match="follows a coupler"):
        rg.analyze(leg, dataclasses.replace(walk(leg, ROWS), hold=("knee_angle_r_beta",)))


@pytest.mark.parametrize(
    ("knees", "words"),
    [
        ({"right": "pelvis_tx"}, "is not a free rotation"),
        ({"right": "knee_angle_r_beta"}, "is not a free rotation"),
        ({"left": "knee_angle_r"}, "named for the other side"),
        ({"right": "pelvis_tilt", "left": "pelvis_tilt"}, "already stands for the other side"),
    ],
)
def test_a_knee_must_be_a_free_rotation_of_its_own_side(leg, knees, words):
    with pytest.raises(ModelError, match=words):
        flexion_coordinates(leg.coordinates, leg.tree, knees)


@pytest.mark.parametrize(
    "choice",
    [
        {"passive": "no"},
        {"threads": 2.5},
        {"weights": 5},
        {"unshared": "knee_angle_r"},
        {"minimum_activation": "0.1"},
        {"cutoff": [6]},
    ],
    ids=str,
)
def test_a_choice_of_the_wrong_kind_is_refused_by_name(leg, choice):
    (name,) = choice
    with pytest.raises(ConfigError, match=name):
        rg.analyze(leg, walk(leg, ROWS), **choice)


def test_numpy_numbers_are_numbers(leg):
    result = rg.analyze(leg, walk(leg, ROWS), body_mass=np.int64(75), reserve=np.float32(2))
    assert result.attrs["body_mass"] == 75


def test_a_body_mass_divides_results_and_says_that_it_makes_nobody_heavier(leg):
    trial = walk(leg, ROWS)
    plain, divided = rg.analyze(leg, trial), rg.analyze(leg, trial, body_mass=2.0 * leg.mass)

    for name in ("tibiofemoral_force", "generalized_force", "muscle_force"):
        np.testing.assert_array_equal(divided[name], plain[name])
    assert divided.attrs["body_weight"] == pytest.approx(2.0 * plain.attrs["body_weight"])
    told = [note for note in divided.attrs["notes"] if note.startswith("body_mass")]
    assert told == [
        f"body_mass = {2.0 * leg.mass:g} kg only divides results, in BW and per kg: the model moves its own "
        f"{leg.mass:.1f} kg, and forces in N are what they are without it"
    ]
    same = rg.analyze(leg, trial, body_mass=leg.mass)
    assert not any(note.startswith("body_mass") for note in same.attrs["notes"])


def test_check_refuses_what_analyze_would_and_solves_nothing(leg):
    assert isinstance(rg.check(leg, walk(leg, ROWS), exponent=3), list)
    with pytest.raises(ConfigError, match="no coordinate 'foo'"):
        rg.check(leg, walk(leg, ROWS), reserves={"foo": 1.0})


@pytest.mark.parametrize(
    "argument", [{"speed": "1.2"}, {"incline": "5%"}, {"start": "a"}, {"end": True}], ids=str
)
def test_an_argument_that_is_no_number_is_refused_by_name(tmp_path, argument):
    (name,) = argument
    with pytest.raises(ConfigError, match=f"{name} is .* expected a number"):
        rg.load_trial(tmp_path / "absent.mot", **argument)
