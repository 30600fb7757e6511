"""What a walk costs: the account by hand, the table that it rests on, and the predictor's own figures."""

import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import retrogait as rg
from retrogait.gait.energy import (
    METHODS,
    body_power,
    energy_muscles,
    fiber_states,
    has_both_legs,
    slow_fibers,
)
from retrogait.kernels.energetics import FiberStates
from retrogait.normalise import normalise
from retrogait.osim.curves import degroote_active, degroote_passive, degroote_velocity
from retrogait.osim.planar import read_planar
from retrogait.predict.figure import figure_of
from retrogait.share import share_folder
from tests.trials import bundled, columns, trial_of

EXACT = 1e-12  # relative
TABULATED = 1e-4  # relative to the strength: cubic tables of the curves
CHORD = 0.01  # of the strength: fibre velocity by central differences, 100 rows in a second of one wave
CHEAPER, DEARER = 0.6, 1.15  # cost by static optimisation over that by the predictor; see the module's head


@pytest.fixture(scope="module")
def planar():
    return rg.load_model(share_folder("models") / "planar.osim")


def moving(model, **changes):
    """A trial of the planar model in one wave per second, the toes held."""
    toes = ("mtp_angle_r", "mtp_angle_l")
    names = [n for c, n in enumerate(model.coordinates) if model.tree.driver[c] < 0 and n not in toes]
    time, values = columns(names, 60)
    return trial_of(time, names, values, hold=toes, **changes)


def test_mass_and_slow_fibres_are_those_of_the_table(planar):
    figure = figure_of(read_planar(share_folder("models") / "planar.toml"))
    muscles = energy_muscles(planar)
    for row, name in enumerate(planar.muscle_names):
        strand = next(s for s in figure.strands if s.name == name[:-2])
        assert muscles.mass[row] == pytest.approx(strand.mass, rel=EXACT)
        assert muscles.slow_fibers[row] == strand.slow, name
        assert muscles.maximum_contraction_velocity[row] == strand.velocity


@pytest.mark.parametrize(
    ("public", "share"),
    [("vas_lat_r", 0.45), ("vasmed_l", 0.5), ("bifemsh_r", 0.65), ("bflh_l", 0.65), ("glut_max2_r", 0.55),
     ("tib_ant_r", 0.75), ("glmed1_r", 0.5), ("med_gas_r", 0.5), ("soleus_l", 0.8)],
)  # fmt: skip
def test_the_share_of_slow_fibres_goes_by_the_public_name(public, share):
    assert slow_fibers(public) == share


def test_holding_still_costs_what_both_papers_say_by_hand(planar):
    muscles = energy_muscles(planar)
    shape = (1, muscles.mass.size)
    activation = 0.4
    fibers = FiberStates(
        excitation=np.full(shape, activation), activation=np.full(shape, activation),
        normalized_length=np.ones(shape), velocity=np.zeros(shape),
        active_force=activation * muscles.maximum_isometric_force[None], passive_force=np.zeros(shape),
        force_length=np.ones(shape),
    )  # fmt: skip
    slow = muscles.slow_fibers * math.sin(0.5 * math.pi * activation)
    fast = (1.0 - muscles.slow_fibers) * (1.0 - math.cos(0.5 * math.pi * activation))
    bhargava = muscles.mass * ((40.0 + 74.0) * slow + (133.0 + 111.0) * fast)
    # Heat of activation and maintenance, by the share of slow fibres, times 1.5 for minutes of walking.
    umberger = muscles.mass * 1.5 * (25.0 + 128.0 * (1.0 - muscles.slow_fibers)) * activation**0.6
    power = body_power(muscles, fibers, 70.0)
    assert set(power) == set(METHODS)
    assert_allclose(power["bhargava2004"], bhargava.sum() / 70.0 + 1.2, rtol=EXACT)
    assert_allclose(power["umberger2010"], umberger.sum() / 70.0 + 1.2, rtol=EXACT)


def test_fibres_give_what_the_curves_of_the_model_say(planar):
    result = rg.analyze(planar, moving(planar), cutoff=None)
    fibers = fiber_states(result, planar)
    strength = planar.muscles.maximum_isometric_force
    fastest = planar.muscles.maximum_contraction_velocity * planar.muscles.optimal_fiber_length
    by_length = degroote_active(fibers.normalized_length)[0]
    assert_allclose(fibers.force_length, by_length, atol=TABULATED)
    force = fibers.activation * by_length * degroote_velocity(fibers.velocity / fastest)[0] * strength
    inner = slice(2, -2)  # one-sided differences at the ends
    assert_allclose((fibers.active_force / strength)[inner], (force / strength)[inner], atol=CHORD)
    assert (fibers.passive_force == 0.0).all()


def test_passive_force_is_no_work_of_the_active_fibre(planar):
    result = rg.analyze(planar, moving(planar), cutoff=None, passive=True)
    fibers = fiber_states(result, planar)
    strength = planar.muscles.maximum_isometric_force
    stretched = strength * degroote_passive(fibers.normalized_length, 0.7)[0]
    cosine = np.sqrt(1.0 - (planar.muscles.fiber_height / result["fiber_length"].to_numpy()) ** 2)
    along = result["muscle_force"].to_numpy() / cosine
    assert_allclose(fibers.passive_force, np.minimum(stretched, along), atol=TABULATED * strength.max())
    assert_allclose(fibers.active_force + fibers.passive_force, along, rtol=EXACT)
    assert fibers.passive_force.max() > 0.0


def test_a_frame_without_an_answer_has_no_power(planar):
    result = rg.analyze(planar, moving(planar), cutoff=None)
    for name in ("activation", "muscle_force", "fiber_length"):
        result[name][7] = np.nan
    power = body_power(energy_muscles(planar), fiber_states(result, planar), 70.0)
    for watts in power.values():
        assert np.isnan(watts[7])
        assert np.isfinite(watts[:6]).all()
        assert (watts[:6] > 1.2).all()


def test_only_a_body_with_the_same_muscles_in_both_legs_has_a_power():
    assert has_both_legs(("soleus_r", "soleus_l", "ercspn"))
    assert not has_both_legs(("soleus_r", "gas_r", "soleus_l"))
    assert not has_both_legs(("soleus_r",))
    assert not has_both_legs(())


@pytest.mark.parametrize("name", ["forward_1.0_0", "retro_1.0_0", "forward_1.0_+10", "retro_1.0_-10"])
def test_the_cost_of_a_predicted_walk_is_near_its_predictors(planar, name):
    gait = bundled(name)
    done = normalise(gait.result, planar, gait.trial)
    given = gait.figures["cost_of_transport_J_per_kg_m"]
    for short, method in (("bhargava", "bhargava2004"), ("umberger", "umberger2010")):
        mean = done["measure_mean"].sel(measure=f"cost_of_transport_{short}").to_numpy()
        assert mean[0] == pytest.approx(mean[1], rel=CHORD)  # one body, cut at either leg's contact
        assert CHEAPER < mean.mean() / given[method] < DEARER
        power = done["measure_mean"].sel(measure=f"metabolic_power_{short}").to_numpy()
        speed = done["measure_mean"].sel(measure="speed").to_numpy()
        assert_allclose(power / speed, mean, rtol=1e-9)


def test_who_is_twice_as_strong_carries_twice_the_muscle(planar):
    strong = dataclasses.replace(
        planar,
        muscles=planar.muscles._replace(maximum_isometric_force=2.0 * planar.muscles.maximum_isometric_force),
    )
    assert_allclose(energy_muscles(strong).mass, 2.0 * energy_muscles(planar).mass)
