"""Marker kernels against matrices, finite differences and `scipy.optimize`."""

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from retrogait.ik.problem import make_variables
from retrogait.kernels.damped_step import FLOOR, RIDGE, damped_step
from retrogait.kernels.inverse_kinematics import (
    SOLVED,
    UNSEEN,
    Goal,
    linearise,
    new_fit,
    new_space,
    share_weights,
    solve_frames,
)
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.markers import Sites, differentiate, follow, locate, twist_links
from tests.bodies import any_state, few, grow, law, seeds
from tests.kernels import naive_markers
from tests.lab.figure import figure, pose

SAME = 1e-11  # relative to the largest number: rounding along a few links
DIFFERENCE = 1e-7  # relative; what a central difference of a spline's second derivative leaves
SCIPY_ATOL = 1e-5  # rad or m; scipy works from inside its bounds with differences for slopes
LINKS = few(5, 3)
MARKERS = 6


def problem(seed):
    """A model, its markers, what may move and a pose."""
    model = grow(seed, links=LINKS)
    rng = np.random.default_rng([seed, 7])
    sites = Sites(rng.integers(1, len(model.links), MARKERS), 0.3 * rng.normal(size=(MARKERS, 3)))
    free = (model.tree.driver < 0) & (rng.random(len(model.coordinates)) < 0.8)
    endless = np.full(len(model.coordinates), np.inf)
    variables = make_variables(model, free, -endless, endless)
    return model, sites, variables, any_state(model, seed)[0][0]


def linearised(model, sites, variables, q, observed, weight, pull, target):
    space = new_space(model.tree, sites, variables)
    space.q[:] = q
    share_weights(observed, weight, space.share)
    x = np.ascontiguousarray(q[variables.coordinate])
    cost = linearise(model.tree, model.functions, sites, variables, observed, target, pull, x, space)
    return cost, space


@law()
@given(seed=seeds)
def test_markers_stand_and_move_as_matrices_and_finite_differences_say(seed):
    model, sites, variables, q = problem(seed)
    tree, functions = model.tree, model.functions
    posed, factor = q.copy(), np.empty_like(q)
    follow(tree, functions, variables, posed, factor)
    pose, still = new_pose(tree.parent.size, tree.kind.size), np.zeros_like(q)
    place(tree, functions, posed, still, still, pose)
    where, twist = np.empty((MARKERS, 3)), np.empty((variables.twist.size, 6))
    locate(sites, pose, where)
    twist_links(tree, variables, pose, factor, twist)
    slopes = np.empty((MARKERS, 3, variables.coordinate.size))
    differentiate(tree, variables, sites, twist, where, slopes)

    expected = naive_markers.places(tree, functions, sites, q)
    assert_allclose(where, expected, rtol=0.0, atol=SAME * (1.0 + np.abs(expected).max()))
    if variables.coordinate.size:
        moved = naive_markers.jacobian(tree, functions, sites, variables, q)
        assert_allclose(slopes, moved, rtol=0.0, atol=DIFFERENCE * (1.0 + np.abs(moved).max()))


@law()
@given(seed=seeds)
def test_the_matrix_summed_by_composite_bodies_is_that_of_the_jacobian(seed):
    model, sites, variables, q = problem(seed)
    rng = np.random.default_rng([seed, 8])
    weight, pull = rng.uniform(0.1, 2.0, MARKERS), rng.uniform(0.0, 1.0, q.size)
    observed, target = rng.normal(size=(MARKERS, 3)), rng.normal(size=q.size)
    observed[0] = np.nan
    cost, space = linearised(model, sites, variables, q, observed, weight, pull, target)

    share = np.where(np.arange(MARKERS) == 0, 0.0, weight) / weight[1:].sum()
    slopes = np.empty((MARKERS, 3, variables.coordinate.size))
    differentiate(model.tree, variables, sites, space.twist, space.position, slopes)
    off = np.nan_to_num(space.position - observed)
    along = np.zeros((q.size, variables.coordinate.size))
    moved = variables.column >= 0
    along[moved, variables.column[moved]] = space.factor[moved]
    away = space.q - target
    expected = np.einsum("m,mai,maj->ij", share, slopes, slopes) + (pull[:, None] * along).T @ along
    slope = np.einsum("m,mai,ma->i", share, slopes, off) + along.T @ (pull * away)
    size = 1.0 + np.abs(expected).max(initial=0.0)
    assert_allclose(space.matrix, np.tril(expected), rtol=0.0, atol=SAME * size)
    assert_allclose(space.slope, slope, rtol=0.0, atol=SAME * (1.0 + np.abs(slope).max(initial=0.0)) * size)
    half = 0.5 * share @ (off**2).sum(axis=1) + 0.5 * pull @ away**2
    assert_allclose(cost, half, rtol=SAME)


@law()
@given(seed=seeds)
def test_a_step_solves_the_damped_equations_of_the_variables_that_are_not_held(seed):
    model, sites, variables, q = problem(seed)
    rng = np.random.default_rng([seed, 9])
    x = np.ascontiguousarray(q[variables.coordinate])
    at_lower = rng.random(x.size) < 0.3
    variables = variables._replace(lower=np.where(at_lower, x, -np.inf))
    observed = rng.normal(size=(MARKERS, 3))
    pull = np.full(q.size, 0.1)  # or what no marker sees leaves the equations without an answer
    _, space = linearised(model, sites, variables, q, observed, np.ones(MARKERS), pull, np.zeros(q.size))
    assert damped_step(
        x, variables.lower, variables.upper, space.slope, space.matrix, 0.01, space.factored, space.hold,
        space.step,
    )  # fmt: skip
    free = ~(at_lower & (space.step == 0.0))
    assert (space.step[at_lower] >= 0.0).all()
    assert (~free)[at_lower & (space.slope > 0.0)].all()
    whole = np.tril(space.matrix) + np.tril(space.matrix, -1).T
    ridge = 0.01 * (np.diag(whole) + FLOOR) + RIDGE
    damped = (whole + np.diag(ridge))[np.ix_(free, free)]
    size = 1.0 + np.abs(space.slope).max(initial=0.0)
    assert_allclose(damped @ space.step[free], -space.slope[free], rtol=0.0, atol=1e-8 * size)


@pytest.mark.parametrize("seed", range(few(3, 1)))
def test_a_fit_ends_where_scipy_does_within_bounds(seed):
    model, marker_set = figure()
    rng = np.random.default_rng(seed)
    q = pose(model, rng)
    sites = marker_set.sites
    observed = naive_markers.places(model.tree, model.functions, sites, q) + 0.02 * rng.normal(
        size=(len(marker_set.labels), 3)
    )
    weight = rng.uniform(0.1, 2.0, sites.link.size)
    variables = make_variables(model, model.tree.driver < 0, q - 0.1, q + 0.02)
    goal = Goal(observed[None], weight, np.zeros((1, q.size)), np.zeros(q.size))
    fit = new_fit(1, q.size, sites.link.size)
    fit.q[0] = q - 0.03
    solve_frames(
        model.tree,
        model.functions,
        sites,
        variables,
        goal,
        fit,
        new_space(model.tree, sites, variables),
        0,
        1,
    )
    assert fit.status[0] == SOLVED
    x, cost = naive_markers.fit(model.tree, model.functions, sites, variables, observed, weight, q - 0.03)
    assert_allclose(fit.q[0, variables.coordinate], x, rtol=0.0, atol=SCIPY_ATOL)
    assert_allclose(fit.cost[0], cost, rtol=1e-7)
    assert (fit.q[0, variables.coordinate] == variables.upper).any()
    off = np.linalg.norm(
        naive_markers.places(model.tree, model.functions, sites, fit.q[0]) - observed, axis=1
    )
    assert_allclose(fit.error[0], off, rtol=0.0, atol=SAME)


def test_a_frame_without_markers_has_no_answer_and_the_next_goes_on_from_the_one_before():
    model, sites, variables, q = problem(3)
    observed = np.repeat(naive_markers.places(model.tree, model.functions, sites, q)[None], 3, axis=0)
    observed[1] = np.nan
    goal = Goal(observed, np.ones(MARKERS), np.zeros((3, q.size)), np.zeros(q.size))
    fit = new_fit(3, q.size, MARKERS)
    fit.q[:] = q
    solve_frames(
        model.tree,
        model.functions,
        sites,
        variables,
        goal,
        fit,
        new_space(model.tree, sites, variables),
        0,
        3,
    )
    assert fit.status.tolist() == [SOLVED, UNSEEN, SOLVED]
    assert np.isnan(fit.q[1]).all()
    assert np.isnan(fit.error[1]).all()
    assert_allclose(fit.q[2], fit.q[0], rtol=0.0, atol=1e-7)
