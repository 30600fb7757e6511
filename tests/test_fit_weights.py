"""The fit of the cost: its penalty, its steps, and where the bundled weights stand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from retrogait import fit_weights
from retrogait.fit_weights import (
    INSIDE,
    REACH,
    UNKNOWNS,
    WALKS,
    choices_at,
    fit,
    penalty,
    slopes_at,
    told,
    towards,
    walk_at,
)
from retrogait.predict.api import planar_figure
from retrogait.predict.library import seeds_path
from retrogait.predict.seeds import read_seeds
from retrogait.predict.settings import Choices
from tests.test_naturalness_bundle import OUTSIDE

BAR, OTHER = np.array([1.0]), np.array([0.0])
HERE = np.zeros(len(UNKNOWNS))
ROOM = 0.05  # half widths of a band: the penalty of a value just inside is small, that of a step is not zero
SLOPE_RTOL = 0.5  # 1; a slope is over a step, and gaits are not linear in weights


@pytest.fixture(scope="module")
def near():
    return {seed.condition: seed for seed in read_seeds(seeds_path(), planar_figure())}


def test_at_zero_a_point_is_the_bundled_cost_on_the_bundled_ground():
    assert choices_at(HERE).plain


@pytest.mark.parametrize("name", UNKNOWNS)
def test_every_unknown_moves_what_it_is_called_after_and_nothing_else(name):
    row = UNKNOWNS.index(name)
    before = told(HERE)
    after = told(np.where(np.arange(len(UNKNOWNS)) == row, 0.25, 0.0))
    assert list(before) == list(UNKNOWNS)
    moved = {one for one in before if after[one] != before[one]}
    assert moved == {name}
    expected = before[name] + 0.25 if name == "lean" else before[name] * np.exp(0.25)
    assert after[name] == pytest.approx(expected, rel=1e-12)


def test_ground_that_dissipates_more_is_said_and_is_not_the_default():
    choices = Choices(dissipation=1.5)
    assert not choices.plain
    assert list(choices.remarks()) == ["predicted on ground that dissipates 1.5 times as much"]


@pytest.mark.parametrize("kind", [BAR, OTHER])
def test_the_penalty_is_least_in_the_middle_even_and_never_falls_outwards(kind):
    places = np.linspace(0.0, 6.0, 200)
    values = [penalty(np.array([z]), kind) for z in places]
    assert values[0] == 0.0
    assert np.all(np.diff(values) >= 0.0)
    assert [penalty(np.array([-z]), kind) for z in places] == values


def test_an_acceptance_band_missed_counts_more_than_any_other_value():
    assert penalty(np.array([1.3]), BAR) > penalty(np.array([30.0]), OTHER)


def test_a_step_leads_into_the_bands_where_slopes_are_straight():
    rng = np.random.default_rng(3)
    slopes = 4.0 * rng.normal(size=(6, len(UNKNOWNS)))
    away = rng.uniform(-0.5, 0.5, len(UNKNOWNS)) * REACH
    z = slopes @ away
    bars = np.ones(6)
    assert np.abs(z).max() > 1.0
    step = towards(z, bars, slopes, REACH)
    assert np.all(np.abs(step) <= REACH)
    assert np.abs(z + slopes @ step).max() < INSIDE + ROOM


def test_a_step_keeps_within_reach_and_leaves_what_is_held():
    reach = np.where(np.array(UNKNOWNS) == "lean", 0.0, 0.1 * REACH)
    step = towards(np.full(2, 3.0), np.ones(2), np.full((2, len(UNKNOWNS)), -1.0), reach)
    assert np.all(np.abs(step) <= reach)
    assert step[UNKNOWNS.index("lean")] == 0.0
    assert_allclose(step[:-1], reach[:-1])  # all that can be done is not enough


@pytest.mark.slow
def test_the_bundled_walks_are_where_the_fit_stands(near, capsys):
    assert fit_weights.main(["--turns", "0"]) == int(any(OUTSIDE.values()))
    point = walk_at(HERE, near)
    missed = {(speed, row) for speed, row, _ in point.missed}
    assert missed == {(speed, row) for speed, rows in OUTSIDE.items() for row in rows}
    assert {speed for speed, _, _ in point.where} == {condition.speed for condition in WALKS}
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["activation", f"{told(HERE)['activation']:.4g}"]


@pytest.mark.slow
def test_a_slope_tells_what_a_step_along_it_does(near):
    point = walk_at(HERE, near)
    keys = list(point.where)
    slopes = slopes_at(point, keys, ["head"])
    row = UNKNOWNS.index("head")
    assert not np.delete(slopes, row, axis=1).any()
    step = np.where(np.arange(len(UNKNOWNS)) == row, -0.1, 0.0)  # the other way
    other = walk_at(point.at + step, {condition: found.seed for condition, found in point.found.items()})
    change = np.array([other.where[key] - point.where[key] for key in keys])
    expected = slopes @ step
    assert np.linalg.norm(change - expected) < SLOPE_RTOL * np.linalg.norm(change)


@pytest.mark.slow
def test_a_fit_ends_where_it_began_when_nothing_may_move(near):
    steps = []
    point = fit(near, 1, steps.append, free=())
    assert_allclose(point.at, HERE)
    assert steps[0].startswith("step 0: penalty ")


def test_an_unknown_that_is_not_fitted_is_one_line_and_status_2(capsys):
    assert fit_weights.main(["--only", "heads"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err
        == "retrogait.fit_weights: --only: nothing that is fitted is called 'heads'; did you mean `head`?\n"
    )
