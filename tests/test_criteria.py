"""Two named sharing criteria: who is dear in which, which is in force, and both in every result."""

import dataclasses
import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import retrogait as rg
from retrogait.antagonists import HIP_MOMENT, KNEE_MOMENT, loop_force
from retrogait.criteria import CRITERIA, CUSTOM, DEAR, cost_of, lacking
from retrogait.gait.fit import fit_motion
from retrogait.gait.prepare import Preparation
from retrogait.kernels.plan import new_answer
from retrogait.pipeline import make_plan, prepare, share_otherwise, solve
from retrogait.predict.gait import planar_model
from retrogait.settings import Settings
from tests.bodies import few, planar_leg
from tests.trials import walk

ROWS = few(61, 12)
ROUNDING = 1e-9  # relative: the same arithmetic in another order


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


@pytest.fixture(scope="module")
def other(leg):
    """The leg with a gastrocnemius that nobody would recognise."""
    names = tuple(name.replace("gasmed", "calf") for name in leg.muscle_names)
    return dataclasses.replace(leg, muscle_names=names)


def renamed(leg, *names):
    size = len(leg.muscle_names)
    return dataclasses.replace(leg, muscle_names=(*names, *(f"other{i}" for i in range(size - len(names)))))


@pytest.mark.parametrize(
    ("name", "weight"),
    [
        ("gasmed_r", 7.0),
        ("gaslat_l", 7.0),
        ("med_gas_r", 7.0),
        ("lat_gas_l", 7.0),
        ("medgas_r", 7.0),
        ("gastroc_r", 7.0),
        ("r_gastroc", 7.0),
        ("bflh_r", 3.0),
        ("bifemlh_l", 3.0),
        ("semimem_r", 3.0),
        ("semiten_l", 3.0),
        ("hamstrings_r", 3.0),
        ("bfsh_r", 1.0),
        ("bifemsh_r", 1.0),
        ("soleus_r", 1.0),
        ("recfem_r", 1.0),
        ("glmax1_r", 1.0),
    ],
)
def test_the_muscles_of_every_public_model_get_their_weight(leg, name, weight):
    assert cost_of("weighted", renamed(leg, name))[0] == weight
    assert cost_of("plain", renamed(leg, name))[0] == 1.0


def test_a_recorded_walk_is_shared_by_weights_and_a_predicted_one_or_opensims_plainly(leg):
    assert Settings().criterion(leg) == "weighted"
    assert Settings().criterion(leg, "predicted") == "plain"
    assert Settings(physics="opensim").criterion(leg) == "plain"
    assert Settings(physics="opensim", sharing="weighted").criterion(leg) == "weighted"
    assert Settings(sharing="plain").criterion(leg) == "plain"
    assert Settings(weights={"soleus": 2.0}).criterion(leg) == CUSTOM


def test_the_criterion_reaches_the_plan(leg):
    assert_array_equal(make_plan(leg, Settings()).cost, cost_of("weighted", leg))
    assert_array_equal(make_plan(leg, Settings(), "predicted").cost, np.ones(len(leg.muscle_names)))


def test_weights_start_from_the_criterion_that_is_asked_for(leg):
    soleus = leg.muscle_names.index("soleus_r")
    for sharing in CRITERIA:
        cost = make_plan(leg, Settings(sharing=sharing, weights={"soleus_r": 2.0})).cost
        expected = cost_of(sharing, leg)
        expected[soleus] = 2.0
        assert_array_equal(cost, expected)


def test_a_model_without_the_muscles_is_shared_plainly_and_says_so(other):
    assert lacking(other) == ("gastrocnemius",)
    assert Settings(sharing="weighted").criterion(other) == "plain"
    result = rg.analyze(other, walk(other, ROWS), threads=1)
    force = result["tibiofemoral_force_sharing"]
    assert np.isfinite(force.sel(criterion="plain")).all()
    assert np.isnan(force.sel(criterion="weighted")).all()
    assert any("no muscle named as gastrocnemius" in note for note in result.attrs["notes"])


@pytest.mark.parametrize("tendon", ["rigid", "compliant"])
def test_either_criterion_in_force_gives_the_force_by_both(leg, tendon):
    trial = walk(leg, ROWS)
    results = {name: rg.analyze(leg, trial, sharing=name, tendon=tendon, threads=1) for name in CRITERIA}
    by_hand = [np.linalg.norm(results[name]["tibiofemoral_force"].to_numpy(), axis=2) for name in CRITERIA]
    assert np.abs(by_hand[0] - by_hand[1]).max() > 1.0  # N: the criteria differ
    for name in CRITERIA:
        assert results[name].attrs["sharing"] == name
        np.testing.assert_allclose(
            results[name]["tibiofemoral_force_sharing"].to_numpy(), np.stack(by_hand, axis=2), rtol=ROUNDING
        )


def test_weights_of_ones_own_leave_both_named_criteria_in_the_result(leg):
    trial = walk(leg, ROWS)
    named = rg.analyze(leg, trial, threads=1)["tibiofemoral_force_sharing"].to_numpy()
    custom = rg.analyze(leg, trial, weights={"soleus": 50.0}, threads=1)
    assert custom.attrs["sharing"] == CUSTOM
    assert_array_equal(custom["tibiofemoral_force_sharing"].to_numpy(), named)
    own = np.linalg.norm(custom["tibiofemoral_force"].to_numpy(), axis=2)
    assert np.abs(own[:, :, None] - named).max(axis=(0, 1)).min() > 1.0  # N


def test_opensim_has_one_criterion_unless_another_is_asked_for(leg):
    assert Settings(physics="opensim").beside(leg) == ()
    assert Settings(physics="opensim", sharing="plain").beside(leg) == ("weighted",)
    alone = rg.analyze(leg, walk(leg, ROWS), physics="opensim", threads=1)
    assert np.isnan(alone["tibiofemoral_force_sharing"].sel(criterion="weighted")).all()


def test_both_criteria_balance_the_same_moments(leg):
    trial = walk(leg, ROWS)
    settings = Settings(reserve=1e-3)
    body, plan, motion, _ = prepare(leg, trial, settings)
    answer = new_answer(motion.time.size, body, plan)
    solve(body, plan, motion, answer, 1)
    (plain,) = share_otherwise(leg, trial, settings, body, plan, motion, 1).values()
    assert_array_equal(plain.force, answer.force)
    for criterion, found in (("plain", plain), ("weighted", answer)):
        cost = (cost_of(criterion, leg) * found.activation**2).sum(axis=1)
        rival = (cost_of(criterion, leg) * (answer if criterion == "plain" else plain).activation ** 2).sum(
            axis=1
        )
        assert (cost <= rival * (1.0 + 1e-6) + 1e-9).all(), criterion  # nobody is cheaper by its own measure


@pytest.fixture(scope="module")
def push_off(leg):
    """A stance of the leg in which rectus femoris and gastrocnemius are told how hard to pull."""
    trial = walk(leg, ROWS)
    motion, _ = fit_motion(leg, trial, Preparation())
    settings = Settings(sharing="plain")
    body, plan, _, _ = prepare(leg, trial, settings)
    answer = new_answer(motion.time.size, body, plan)
    solve(body, plan, motion, answer, 1)
    mass = 10.0
    answer.force[:, leg.coordinates.index("hip_flexion_r")] = 2.0 * HIP_MOMENT * mass
    answer.force[:, leg.coordinates.index("knee_angle_r")] = 0.1 * KNEE_MOMENT * mass
    unit = np.where(answer.tension[:, None, :, None] > 0.0, answer.tension[:, None, :, None], np.nan)
    pull = np.nan_to_num(answer.contribution / unit)
    return motion, answer, pull, mass


def pulled(leg, push_off, **tension):
    motion, answer, pull, mass = push_off
    force = np.zeros_like(answer.tension)
    for name, size in tension.items():
        force[:, leg.muscle_names.index(name)] = size
    changed = answer._replace(tension=force, contribution=pull * force[:, None, :, None])
    return loop_force(leg, motion, changed, mass)


def test_one_muscle_alone_makes_no_loop(leg, push_off):
    assert not pulled(leg, push_off, recfem_r=500.0).any()
    assert not pulled(leg, push_off, gasmed_r=500.0).any()


def test_two_that_cancel_make_one_in_late_stance_that_grows_with_both(leg, push_off):
    once = pulled(leg, push_off, recfem_r=300.0, gasmed_r=300.0)
    twice = pulled(leg, push_off, recfem_r=600.0, gasmed_r=600.0)
    assert once.max() > 0.0
    np.testing.assert_allclose(twice, 2.0 * once, rtol=ROUNDING)
    more_than_needed = pulled(leg, push_off, recfem_r=300.0, gasmed_r=3000.0)
    most = 600.0 * 1.2  # N: what two muscles of 300 N can press, with some room for their lines of action
    assert more_than_needed.max() < 3000.0
    assert once.max() < most


def test_a_knee_or_hip_with_another_need_has_no_loop(leg, push_off):
    motion, answer, pull, mass = push_off
    for coordinate, moment in (("hip_flexion_r", 0.0), ("knee_angle_r", 2.0 * KNEE_MOMENT * mass)):
        force = answer.force.copy()
        force[:, leg.coordinates.index(coordinate)] = moment
        changed = motion, answer._replace(force=force), pull, mass
        assert not pulled(leg, changed, recfem_r=300.0, gasmed_r=300.0).any()


def test_the_bundled_model_has_the_muscles_of_weighted_sharing():
    assert lacking(planar_model()) == ()


def test_every_dear_group_costs_more_than_the_rest():
    assert set(DEAR) == {"gastrocnemius", "hamstrings"}
    assert all(weight > 1.0 for _, weight in DEAR.values())


@pytest.mark.shared
def test_the_loop_behind_the_second_peak_of_the_instrumented_knee_is_explained(shared_data):
    folder = shared_data / "gc5_knee"
    model = rg.load_model(folder / "Rajagopal2015-scaled.osim")
    trial = rg.load_trial(folder / "ss1_ik.mot", folder / "ss1_grf.xml", name="ss1")
    result = rg.analyze(model, trial)
    loops = json.loads(result.attrs["loop_force_peak"])
    # the study of these trials finds that the loop adds about 2.2 BW with plain sharing
    assert loops["plain"] == pytest.approx(2.2, abs=0.2)
    assert loops["weighted"] < 0.3 * loops["plain"]
    assert any(note.startswith("plain sharing: in late stance the rectus") for note in result.attrs["notes"])
