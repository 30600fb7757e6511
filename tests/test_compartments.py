"""How the tibiofemoral force divides between compartments: statics worked out on paper, one measured knee."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import retrogait as rg
from retrogait.compartments import DEFAULT_POINTS, Points, contact_points, divide, is_planar, remarks
from retrogait.errors import ConfigError
from retrogait.io.measured import read_measured
from retrogait.variations import Variation, read_settings
from tests.bodies import IDENTITY, TURN, X, few, law, planar_leg
from tests.trials import walk

SAME = 1e-9  # N, of sums of some thousand newtons
WINNERS = {"medial": 312.0, "lateral": 326.0}
"""Largest error among the winners of the Grand Challenges, who did not know the answer [N]; Kinney et al.
2013, doi 10.1115/1.4023255."""

SIDES = ("right", "left")
reactions = st.lists(st.floats(-3e3, 3e3), min_size=3, max_size=3).flatmap(
    lambda force: st.lists(st.floats(-80.0, 80.0), min_size=3, max_size=3).map(
        lambda moment: np.array([[*force, *moment]])
    )
)
points = st.builds(Points, st.floats(0.01, 0.04), st.floats(0.01, 0.04), st.floats(-0.03, 0.03))


def pushed(side, point, compression, shear=0.0):
    """Reaction of a femur that pushes down, and along z, at a point of the tibia (z outward, height)."""
    outward, height = point
    z = outward if side == "right" else -outward
    force = np.array([0.0, -compression, shear])
    return np.concatenate([force, np.cross([0.0, height, z], force)])[None]


@law()
@given(reaction=reactions, where=points, side=st.sampled_from(SIDES))
def test_both_compartments_sum_to_the_compression_of_the_knee(reaction, where, side):
    assert_allclose(divide(reaction, side, where).sum(axis=1), -reaction[:, 1], atol=SAME)


@law()
@given(where=points, load=st.floats(1.0, 3e3), shear=st.floats(-300.0, 300.0), side=st.sampled_from(SIDES))
def test_a_push_at_one_contact_point_loads_that_compartment_alone(where, load, shear, side):
    inner = divide(pushed(side, (-where.medial, where.height), load, shear), side, where)
    outer = divide(pushed(side, (where.lateral, where.height), load, shear), side, where)
    assert_allclose(inner, [[load, 0.0]], atol=SAME)
    assert_allclose(outer, [[0.0, load]], atol=SAME)


@law()
@given(reaction=reactions, where=points, side=st.sampled_from(SIDES), shift=st.floats(-0.005, 0.005))
def test_moving_both_points_outward_is_moving_the_load_inward(reaction, where, side, shift):
    moved = Points(where.medial - shift, where.lateral + shift, where.height)
    z = shift if side == "right" else -shift
    about = reaction.copy()  # the same force, taken about a centre that has moved with the points
    about[:, 3:] -= np.cross([0.0, 0.0, z], reaction[:, :3])
    assert_allclose(divide(reaction, side, moved), divide(about, side, where), atol=SAME)


@law()
@given(reaction=reactions, where=points)
def test_a_left_knee_is_the_mirror_image_of_a_right_one(reaction, where):
    mirrored = reaction * [1.0, 1.0, -1.0, -1.0, -1.0, 1.0]
    assert_allclose(divide(mirrored, "left", where), divide(reaction, "right", where), atol=SAME)


def test_a_load_outside_both_points_lifts_one_compartment_off_and_nothing_is_clipped():
    medial, lateral = divide(pushed("right", (-0.03, 0.0), 900.0), "right", Points(0.02, 0.02))[0]
    assert medial == pytest.approx(1125.0)
    assert lateral == pytest.approx(-225.0)


def test_a_setting_wins_over_the_hinges_of_the_model_and_these_over_the_default():
    whole = planar_leg().model().knees[0]
    hinged = dataclasses.replace(whole, compartments=(0.023, 0.017, -0.01))
    assert contact_points(whole, None)[0] == DEFAULT_POINTS
    assert contact_points(hinged, None)[0] == Points(0.023, 0.017, -0.01)
    for knee in (whole, hinged):
        assert contact_points(knee, (0.03, 0.01))[0] == Points(0.03, 0.01, 0.0)


# ---- what an analysis says -----------------------------------------------------------------------


def spatial_leg():
    """The planar leg on a hip that adducts, too."""
    sketch = planar_leg()
    adduction = sketch.coordinate("hip_adduction_r")
    hip = sketch.links.index("femur_r")
    at = sketch.last[hip]
    sketch.primitives.insert(at, (TURN, X, adduction, IDENTITY, 1))
    sketch.first = [row + (row >= at) for row in sketch.first]
    sketch.last = [row + (row >= at) for row in sketch.last]
    return sketch.model()


def test_a_leg_in_a_plane_has_no_compartments_and_says_so():
    model = planar_leg().model()
    assert is_planar(model, model.knees[0])
    result = rg.analyze(model, walk(model, few(12, 6)), threads=1)
    assert np.isnan(result["compartment_force"]).all()
    assert sum("sagittal plane only" in note for note in result.attrs["notes"]) == 1


def test_a_leg_that_adducts_has_compartments_that_follow_the_setting():
    model = spatial_leg()
    assert not is_planar(model, model.knees[0])
    trial = walk(model, few(12, 6))
    plain = rg.analyze(model, trial, threads=1)
    wide = rg.analyze(model, trial, threads=1, contact_points=(0.03, 0.03))
    total = -plain["tibiofemoral_force"].sel(axis="y")
    for result in (plain, wide):
        assert_allclose(result["compartment_force"].sum("compartment"), total, atol=SAME)
    apart = [float(abs(r["compartment_force"].diff("compartment")).max()) for r in (plain, wide)]
    assert apart[1] == pytest.approx(apart[0] * 0.02 / 0.03)
    assert json.loads(wide.attrs["contact_points"]) == {"right": [0.03, 0.03, 0.0]}
    assert "setting" in wide.attrs["contact_points_source"]
    assert "Lerner" in plain.attrs["contact_points_source"]


def test_a_compartment_that_lifts_off_is_named_with_its_share_of_the_frames_that_have_an_answer():
    force = np.array([[[900.0, 100.0]], [[900.0, -40.0]], [[900.0, -10.0]], [[-1e6, -1e6]]])
    solved = np.array([True, True, True, False])
    (note,) = remarks(["left"], force, solved, [])
    assert "left knee" in note
    assert "lateral compartment in 67% of the frames (to -40 N)" in note
    assert "medial" not in note
    assert remarks(["left"], np.abs(force), solved, []) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (0.02, "expected the medial and the lateral distance"),
        ((0.02,), "expected the medial and the lateral distance"),
        ((0.02, float("nan")), "expected the medial and the lateral distance"),
        ((20.0, 20.0), "within 0.1 m"),
        ((0.02, -0.03), "medial point on the medial side"),
    ],
)
def test_contact_points_that_no_knee_has_are_refused(given, words):
    model = planar_leg().model()
    with pytest.raises(ConfigError, match=words):
        rg.analyze(model, walk(model, 6), contact_points=given)


@pytest.mark.shared
@pytest.mark.opensim
def test_the_compartments_of_an_instrumented_knee_are_as_close_as_the_winners_of_the_challenges(shared_data):
    folder = shared_data / "gc5_knee"
    model = rg.load_model(folder / "Rajagopal2015-scaled.osim")
    errors = {name: [] for name in WINNERS}
    for name in ("ss1", "ss3", "ss8"):
        trial = rg.load_trial(folder / f"{name}_ik.mot", folder / f"{name}_grf.xml")
        result = rg.analyze(model, trial, sharing="weighted")
        measured = read_measured(folder / f"{name}_measured_knee_force.csv")
        time = result["time"].to_numpy()
        cycle = 100.0 * (time - time[0]) / (time[-1] - time[0])
        for compartment, found in errors.items():
            force = result["compartment_force"].sel(side="left", compartment=compartment).to_numpy()
            truth = np.interp(cycle, measured.cycle, getattr(measured, compartment))
            found.append(np.sqrt(np.mean((force - truth) ** 2)))
    for compartment, limit in WINNERS.items():
        assert np.mean(errors[compartment]) < limit, (compartment, errors[compartment])


def test_a_sweep_takes_one_pair_of_contact_points_or_a_list_of_pairs():
    one = read_settings({"contact_points": [0.02, 0.025]}, "sweep.settings")
    several = read_settings({"contact_points": [[0.02, 0.02], [0.03, 0.03]]}, "sweep.settings")
    assert one == {"contact_points": ((0.02, 0.025),)}
    assert several == {"contact_points": ((0.02, 0.02), (0.03, 0.03))}
    assert Variation.of({"contact_points": (0.02, 0.025)}).name == "contact_points-0.02+0.025"
    with pytest.raises(ConfigError, match="contact_points"):
        read_settings({"contact_points": [[20.0, 20.0]]}, "sweep.settings")
