import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.kernels.sharing import new_sharing_work, share_loads
from tests.bodies import law, seeds
from tests.kernels import naive

KKT = 1e-6  # N m of balance relative to the moment; cost per activation of stationarity
TWIN_COST = 1e-6  # relative: what the general-purpose solver can resolve
TWIN_ACTIVATION = {2: 1e-6, 3: 2e-3}  # 1: with p = 3 the cost is flat around zero
START = 1e-7  # 1: a warm and a cold start stop at different residuals below the tolerance

both = pytest.mark.parametrize("exponent", [2, 3])


class Problem:
    """One frame's sharing problem; ``A`` is (coordinate, muscle), zero where a muscle does not cross."""

    def __init__(self, A, b, *, cost=None, lower=0.0, upper=1.0, reserve=1.0, exponent=2):
        n, m = A.shape
        self.A, self.b = np.asarray(A, float), np.asarray(b, float)
        self.cost = np.ones(m) if cost is None else np.asarray(cost, float)
        self.lower, self.upper = np.full(m, float(lower)), np.full(m, float(upper))
        self.reserve = np.full(n, float(reserve))
        self.exponent = exponent
        self.offset = np.zeros(m)
        self.price = np.zeros(n)

    @property
    def data(self):
        return self.A, self.b, self.cost, self.lower, self.upper, self.reserve, self.exponent

    def solve(self):
        """Whether it converged; activations in ``activation``, prices in ``price``."""
        crosses = self.A.T != 0.0
        first = np.concatenate([[0], np.cumsum(crosses.sum(1))])
        row = np.nonzero(crosses)[1]
        self.activation = np.full(self.A.shape[1], np.nan)
        done, self.left, self.steps = share_loads(
            first, row, np.ascontiguousarray(self.A.T[crosses]), self.b, self.cost, self.offset,
            self.lower, self.upper, self.reserve, self.exponent, self.price, self.activation,
            new_sharing_work(self.b.size),
        )  # fmt: skip
        return done

    @property
    def carried(self):
        return self.reserve**2 * self.price

    def assert_optimal(self):
        assert self.solve()
        balance, slope, outside = naive.kkt(*self.data, self.offset, self.activation, self.price)
        assert balance <= KKT * max(1.0, np.abs(self.b).max())
        assert slope <= KKT
        assert outside == 0.0


def leg(seed, *, muscles=24, coordinates=6, effort=0.3, **choices):
    """A problem of the size and sparsity of one leg, and the moments of some activation."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(coordinates, muscles)) * rng.uniform(10.0, 150.0, muscles)
    A[rng.random(A.shape) < 0.6] = 0.0
    b = A @ np.clip(rng.normal(effort, 0.3, muscles), 0.0, 1.0) + rng.normal(size=coordinates)
    return Problem(A, b, cost=rng.uniform(0.2, 5.0, muscles), **choices)


@both
@law(60)
@given(seed=seeds, lower=st.sampled_from([0.0, 0.01]))
def test_the_optimality_conditions_hold(exponent, seed, lower):
    leg(seed, exponent=exponent, lower=lower).assert_optimal()


@law(20)
@given(seed=seeds)
def test_the_optimality_conditions_hold_with_a_linear_part_of_the_cost(seed):
    problem = leg(seed)
    problem.offset[:] = np.random.default_rng(seed).normal(size=24)
    problem.assert_optimal()


@both
@law(8)
@given(seed=seeds)
def test_a_general_solver_finds_nothing_cheaper(exponent, seed):
    problem = leg(seed, muscles=8, coordinates=3, exponent=exponent, lower=0.01, reserve=5.0)
    problem.assert_optimal()
    activation, _, cost = naive.share(*problem.data)
    own = np.sum(problem.cost * problem.activation**exponent) / exponent
    own += 0.5 * np.sum((problem.reserve * problem.price) ** 2)
    assert own <= cost * (1.0 + TWIN_COST)
    assert_allclose(problem.activation, activation, atol=TWIN_ACTIVATION[exponent])


@both
def test_muscles_that_saturate_stop_at_their_bounds_and_the_others_take_over(exponent):
    A = np.array([[50.0, 40.0, 30.0, -20.0]])
    problem = Problem(A, [100.0], cost=[0.1, 1.0, 1.0, 1.0], lower=0.01, exponent=exponent)
    problem.assert_optimal()
    assert problem.activation[0] == 1.0
    assert problem.activation[3] == 0.01
    assert 0.01 < problem.activation[2] < problem.activation[1] < 1.0


@both
def test_what_muscles_cannot_carry_is_left_to_the_reserves(exponent):
    A = np.array([[50.0, -40.0], [0.0, 10.0]])
    problem = Problem(A, [400.0, -30.0], exponent=exponent)
    problem.assert_optimal()
    assert_array_equal(problem.activation, [1.0, 0.0])
    assert_allclose(problem.carried, [350.0, -30.0], rtol=1e-9)


def test_one_muscle_and_a_reserve_share_as_worked_out_on_paper():
    # minimise a^2/2 + r^2/2 with 30 a + 2 r = 20: a = 30 b / (30^2 + 2^2)
    problem = Problem(np.array([[30.0]]), [20.0], reserve=2.0)
    problem.assert_optimal()
    assert problem.activation[0] == pytest.approx(600.0 / 904.0, rel=1e-9)
    assert problem.carried[0] == pytest.approx(80.0 / 904.0, rel=1e-9)


def test_twins_share_alike_and_a_dearer_muscle_does_less():
    for exponent, ratio in ((2, 4.0), (3, 2.0)):
        problem = Problem(np.array([[30.0, 30.0, 30.0]]), [30.0], cost=[1.0, 1.0, 4.0], exponent=exponent)
        problem.assert_optimal()
        a = problem.activation
        assert a[0] == a[1]
        assert a[0] / a[2] == pytest.approx(ratio, rel=1e-6)


@both
@law(20)
@given(seed=seeds)
def test_where_the_search_starts_does_not_matter(exponent, seed):
    cold, warm = (leg(seed, exponent=exponent, lower=0.01) for _ in range(2))
    warm.price[:] = 0.05 * np.random.default_rng(seed).normal(size=6)
    assert cold.solve()
    assert warm.solve()
    assert_allclose(warm.activation, cold.activation, atol=START if exponent == 2 else 1e-4)
    again = leg(seed, exponent=exponent, lower=0.01)
    again.price[:] = cold.price
    assert again.solve()
    assert again.steps == 0
    assert_array_equal(again.activation, cold.activation)


@both
@law(15)
@given(seed=seeds)
def test_the_unit_of_moment_does_not_matter(exponent, seed):
    plain, scaled = leg(seed, exponent=exponent), leg(seed, exponent=exponent)
    for name in ("A", "b", "reserve"):
        setattr(scaled, name, getattr(scaled, name) * 1024.0)  # a power of two: no rounding
    assert plain.solve()
    assert scaled.solve()
    assert_allclose(scaled.activation, plain.activation, atol=START if exponent == 2 else 1e-4)


@both
def test_a_muscle_without_capacity_rests_at_its_lower_bound(exponent):
    A = np.array([[50.0, 0.0, 40.0], [10.0, 0.0, -20.0]])
    problem = Problem(A, [30.0, 5.0], lower=0.01, exponent=exponent)
    problem.assert_optimal()
    assert problem.activation[1] == 0.01
    alone = Problem(A[:, [0, 2]], [30.0, 5.0], lower=0.01, exponent=exponent)
    alone.assert_optimal()
    assert_allclose(problem.activation[[0, 2]], alone.activation, rtol=1e-12)


@both
def test_nothing_to_carry_costs_nothing(exponent):
    problem = leg(1, exponent=exponent)
    problem.b = np.zeros(6)
    problem.assert_optimal()
    assert_array_equal(problem.activation, 0.0)
    assert problem.steps == 0


@both
def test_a_model_without_muscles_leaves_everything_to_reserves(exponent):
    problem = Problem(np.zeros((2, 0)), [7.0, -3.0], exponent=exponent, reserve=10.0)
    assert problem.solve()
    assert_allclose(problem.carried, [7.0, -3.0], rtol=1e-12)


@both
@pytest.mark.parametrize("where", ["b", "A"])
def test_a_number_that_is_missing_ends_the_search_without_an_answer(exponent, where):
    problem = leg(2, exponent=exponent)
    array = getattr(problem, where)
    array.flat[int(np.flatnonzero(array)[0])] = np.nan
    assert not problem.solve()
    assert not np.isfinite(problem.left)


@both
@pytest.mark.parametrize("place", [0, 1])
def test_a_missing_moment_is_never_taken_for_nothing_to_carry(exponent, place):
    problem = Problem(np.diag([30.0, 30.0]), [0.0, 0.0], exponent=exponent)
    problem.b[place] = np.nan
    assert not problem.solve()
