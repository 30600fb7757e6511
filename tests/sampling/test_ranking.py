"""Shares of the variance of functions whose indices are known."""

import numpy as np
import pytest

from retrogait.sampling.draw import draw
from retrogait.sampling.factors import Factor
from retrogait.sampling.ranking import rank

EXACT = 1e-9  # share or unit: what the polynomials hold is fitted but for rounding
LEAST = 0.02  # share: factors that act together are noise to a fit of what each does alone
ISHIGAMI = 0.05  # share: the worst of 20 seeds is 0.022 with the Sobol sequence and 0.036 with Latin ones
SAMPLES = 1024


def box(low, high, count):
    return [Factor(f"offset.x{k}", low, high) for k in range(count)]


def ranked(factors, function, method="sobol", seed=0, samples=SAMPLES):
    values = draw(factors, samples, method, seed)
    return rank(factors, values, function(values)[:, None])


@pytest.mark.parametrize("method", ["sobol", "latin"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_sum_is_shared_by_the_squares_of_its_slopes(method, seed):
    slope = np.array([4.0, -2.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    ranking = ranked(box(-1.0, 3.0, 10), lambda x: x @ slope, method, seed)
    np.testing.assert_allclose(ranking.share[0], slope**2 / (slope @ slope), atol=EXACT)
    np.testing.assert_allclose(ranking.swing[0], 4.0 * slope, atol=EXACT)
    assert ranking.rest[0] == pytest.approx(0.0, abs=EXACT)


@pytest.mark.parametrize("method", ["sobol", "latin"])
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("idle", [0, 7])
def test_ishigamis_function_is_shared_as_its_formula_says(method, seed, idle):
    # Ishigami T, Homma T (1990); shares by Sobol' and Levitan (1999) for a = 7, b = 0.1.
    def ishigami(x):
        return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    ranking = ranked(box(-np.pi, np.pi, 3 + idle), ishigami, method, seed)
    expected = [0.3139, 0.4424, 0.0, *[0.0] * idle]
    np.testing.assert_allclose(ranking.share[0], expected, atol=ISHIGAMI)
    assert ranking.rest[0] == pytest.approx(0.2437, abs=ISHIGAMI)


@pytest.mark.parametrize("seed", range(4))
def test_the_error_covers_the_distance_to_the_truth(seed):
    def product(x):
        return x[:, 0] + x[:, 1] * x[:, 2]

    ranking = ranked(box(-1.0, 1.0, 5), product, "latin", seed)
    truth = np.array([0.75, 0.0, 0.0, 0.0, 0.0])  # variances 1/3 and 1/9
    assert (np.abs(ranking.share[0] - truth) < 4.0 * ranking.error[0]).all()
    assert (ranking.error[0] < 0.05).all()


def test_a_choice_counts_as_a_difference_of_means():
    factors = [Factor("exponent", 2.0, 3.0, (2.0, 3.0)), Factor("cop_x", -1.0, 1.0)]
    ranking = ranked(factors, lambda x: 3.0 * (x[:, 0] == 3.0) + x[:, 1])
    choice, line = 9.0 / 4.0, 1.0 / 3.0
    np.testing.assert_allclose(ranking.share[0], np.array([choice, line]) / (choice + line), atol=LEAST)
    np.testing.assert_allclose(ranking.swing[0], [3.0, 2.0], atol=1e-9)


def test_few_levels_of_a_curved_factor_are_followed():
    levels = tuple(np.linspace(4.0, 8.0, 17).tolist())
    factors = [Factor("cutoff", 4.0, 8.0, levels), Factor("cop_x", -1.0, 1.0)]
    ranking = ranked(factors, lambda x: (x[:, 0] - 6.0) ** 2 + x[:, 1])
    curved = np.var((np.array(levels) - 6.0) ** 2)
    np.testing.assert_allclose(ranking.share[0, 0], curved / (curved + 1.0 / 3.0), atol=LEAST)
    assert abs(ranking.swing[0, 0]) < 1e-9


def test_samples_without_an_answer_are_left_out():
    factors = box(0.0, 1.0, 2)
    values = draw(factors, SAMPLES)
    number = values @ [2.0, 1.0]
    number[::7] = np.nan
    ranking = rank(factors, values, np.column_stack([number, values[:, 1], np.full(SAMPLES, np.nan)]))
    np.testing.assert_allclose(ranking.share[:2], [[0.8, 0.2], [0.0, 1.0]], atol=LEAST)
    assert np.isnan(ranking.share[2]).all()
    assert np.isnan(ranking.rest[2])


def test_a_number_that_does_not_vary_has_no_causes():
    ranking = ranked(box(0.0, 1.0, 2), lambda x: np.full(x.shape[0], 3.3))
    assert np.isnan(ranking.share).all()


def test_a_large_constant_costs_no_digits():
    near = ranked(box(0.0, 1.0, 2), lambda x: x @ [2.0, 1.0])
    far = ranked(box(0.0, 1.0, 2), lambda x: 1e6 + x @ [2.0, 1.0])
    np.testing.assert_allclose(far.share, near.share, atol=1e-8)
