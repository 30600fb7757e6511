"""The optimal-control problem: the sum of its blocks, with derivatives that are those of its values."""
# ruff: noqa: PLC0415  # casadi must not be imported with opensim

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from retrogait.errors import SolveError
from retrogait.predict.condition import Condition
from retrogait.predict.settings import Choices

pytestmark = pytest.mark.solver

SUM_RTOL = 1e-10  # 1; the same sums in another order
STEP = 1e-6  # scaled variables; balances truncation against rounding of central differences
GRADIENT_RTOL = 1e-6  # 1; of such a difference quotient
HESSIAN_RTOL = 1e-6  # 1; the same
ORDER = 1e-10  # of the largest; the compiler may sum in any order
LEAN_RTOL = 1e-12  # 1; one product and one quotient of it
DEFECT = 1e-9  # scaled; a spline solved by another program


@pytest.fixture(scope="module")
def case(small):
    """Somewhere in the problem: variables, parameters."""
    from retrogait.predict.parameters import parameters_of

    rng = np.random.default_rng(1)
    layout = small.blocks.layout
    nodes = 0.05 + 0.1 * rng.random((small.nodes, layout.size))
    nodes[:, 2] = 0.85
    x = np.append(nodes.ravel(), 0.55)
    shared = parameters_of(small, Condition("retro", 1.3, 4.0), Choices())
    tracked = rng.standard_normal(small.parameters - shared.size - 2)
    return x, np.concatenate([shared, [-1.3, 0.7], tracked])


def dense(matrix):
    return matrix.full()


def evaluated(small, name, *inputs):
    return [np.array(part).squeeze() for part in small.functions[name](*inputs)]


def test_cost_and_residuals_are_those_of_the_blocks_one_by_one(small, case):
    from retrogait.predict.figure import ROOT
    from retrogait.predict.problem import mirrored

    x, p = case
    blocks, nodes = small.blocks, small.nodes
    layout, leg, soft = blocks.layout, blocks.figure.leg, len(blocks.compliant)
    shared, (speed, pull, *wanted) = np.split(p, [len(blocks.parameters)])
    wanted = np.reshape(wanted, (nodes, -1))
    z, duration = x[:-1].reshape(nodes, -1), x[-1]
    cost, first, second = 0.0, [], []
    for node in range(nodes):
        made = blocks.skeleton(z[node, : layout.ground.stop], shared)
        value, residual = (np.array(part).ravel() for part in made)
        cost += value[0]
        equilibria = []
        for side, columns in enumerate(blocks.leg_columns):
            value, muscles = (np.array(r).ravel() for r in blocks.leg(z[node, columns], shared))
            cost += value[0]
            joints = len(ROOT) + side * leg
            residual[joints : joints + leg] += muscles[:leg]
            equilibria.append(muscles[leg:])
        first.append(np.concatenate([residual, *equilibria]))
        assert first[-1].size == residual.size + 2 * soft
        last = node == nodes - 1
        after = z[0, mirrored(blocks)] if last else z[node + 1]
        jump = speed if last else 0.0
        made = blocks.step(z[node], after, duration, jump, nodes, shared)
        value, defects = (np.array(part).ravel() for part in made)
        cost += value[0]
        second.append(defects)
    n = layout.q.stop
    off = z[:, [0, *range(2, n)]] - wanted
    cost = cost / (nodes * abs(speed)) + pull / nodes * (off**2).sum()
    row = blocks.figure.row
    pointing = [z[0, row(f"hip_flexion_{s}")] - 0.5 * z[0, row(f"knee_angle_{s}")] for s in "rl"]
    f, g = evaluated(small, "nlp", x, p)
    assert f == pytest.approx(cost, rel=SUM_RTOL)
    expected = np.concatenate([*first, *second, [pointing[0] - pointing[1]]])
    assert_allclose(g, expected, rtol=SUM_RTOL, atol=SUM_RTOL)


def test_gradient_and_jacobian_are_those_of_difference_quotients(small, case):
    x, p = case
    direction = np.random.default_rng(2).standard_normal(x.size)
    ahead, behind = (evaluated(small, "nlp", x + s * STEP * direction, p) for s in (1.0, -1.0))
    gradient = np.array(small.functions["grad_f"](x, p)[1]).ravel()
    jacobian = small.functions["jac_g"](x, p)[1].sparse()
    assert gradient @ direction == pytest.approx((ahead[0] - behind[0]) / (2 * STEP), rel=GRADIENT_RTOL)
    change = jacobian @ direction
    quotient = (ahead[1] - behind[1]) / (2 * STEP)
    assert_allclose(change, quotient, rtol=0, atol=GRADIENT_RTOL * np.abs(change).max())


def test_the_hessian_is_that_of_difference_quotients_of_the_gradient(small, case):
    x, p = case
    rng = np.random.default_rng(3)
    direction, multipliers = rng.standard_normal(x.size), rng.standard_normal(small.lower.size)

    def slope(x):
        gradient = np.array(small.functions["grad_f"](x, p)[1]).ravel()
        return 0.7 * gradient + small.functions["jac_g"](x, p)[1].sparse().T @ multipliers

    upper = small.functions["hess_lag"](x, p, 0.7, multipliers).sparse().toarray()
    assert_array_equal(upper, np.triu(upper))
    change = (upper + upper.T - np.diag(upper.diagonal())) @ direction
    quotient = (slope(x + STEP * direction) - slope(x - STEP * direction)) / (2 * STEP)
    assert_allclose(change, quotient, rtol=0, atol=HESSIAN_RTOL * np.abs(change).max())


def test_compiled_and_evaluated_derivatives_are_the_same(small, case):
    from retrogait.predict.derivatives import compiler, derive
    from retrogait.predict.problem import transcribe

    if compiler() is None:
        pytest.skip("this machine has no C compiler")
    fast = transcribe(small.blocks, derive(small.blocks, compiled=True), small.nodes)
    x, p = case
    multipliers = np.random.default_rng(4).standard_normal(small.lower.size)
    cases = {"nlp": (x, p), "grad_f": (x, p), "jac_g": (x, p), "hess_lag": (x, p, 1.0, multipliers)}
    for name, inputs in cases.items():
        ours, theirs = (made.functions[name].call(list(inputs)) for made in (fast, small))
        for one, other in zip(map(dense, ours), map(dense, theirs), strict=True):
            assert_allclose(one, other, rtol=0, atol=ORDER * (1.0 + np.abs(other).max()))


@pytest.fixture
def empty_cache(monkeypatch, tmp_path):
    """Where compiled equations go, with nothing in it yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.usefixtures("empty_cache")
def test_without_a_compiler_casadi_evaluates_and_who_insists_is_told(monkeypatch, blocks):
    from retrogait.predict import derivatives

    monkeypatch.setattr(derivatives, "compiler", lambda: None)
    assert not derivatives.derive(blocks).compiled
    with pytest.raises(SolveError, match="no C compiler"):
        derivatives.derive(blocks, compiled=True)


def test_a_compiler_that_fails_is_no_compiler(monkeypatch, blocks, empty_cache):
    from retrogait.predict import derivatives

    monkeypatch.setenv("CC", "false")
    assert derivatives.pending(blocks) == 3
    assert not derivatives.derive(blocks).compiled
    with pytest.raises(SolveError, match=r"\.so: the equations of walking cannot be compiled"):
        derivatives.derive(blocks, compiled=True)
    assert list((empty_cache / "retrogait" / "prediction").iterdir()) == []


def test_mirroring_twice_changes_nothing_and_once_swaps_the_sides(blocks):
    from retrogait.predict.problem import mirrored

    layout, figure = blocks.layout, blocks.figure
    order = mirrored(blocks)
    assert_array_equal(order[order], np.arange(layout.size))
    names = [f"{kind} {name}" for kind in "qva" for name in figure.coordinates]
    names += ["ground _r", "ground _l"] + [f"activation {name}" for name in figure.muscles]
    for kind in ("tendon", "rate"):
        names += [f"{kind} {name}_{side}" for side in "rl" for name in blocks.compliant]
    assert len(names) == layout.size
    swapped = {"_r": "_l", "_l": "_r"}
    for row, name in enumerate(names):
        other = name[:-2] + swapped.get(name[-2:], name[-2:])
        assert names[order[row]] == other


def seed_of(figure, nodes, speed=1.1):
    """A smooth mirrored step of some nodes, not a gait."""
    from retrogait.predict.rough import textbook_seed

    seed = textbook_seed(figure, nodes)
    return seed._replace(condition=Condition("forward", speed, 0.0))


def defects(problem, x, speed):
    """Defects of positions and velocities over every step of a node."""
    blocks = problem.blocks
    from retrogait.predict.parameters import plain_parameters
    from retrogait.predict.problem import mirrored

    z = x[:-1].reshape(problem.nodes, -1)
    after = np.vstack([z[1:], z[:1, mirrored(blocks)]])
    jump = np.append(np.zeros(problem.nodes - 1), speed)
    parameters = plain_parameters(problem)
    rows = [
        np.array(blocks.step(one, other, x[-1], j, problem.nodes, parameters)[1]).ravel()
        for one, other, j in zip(z, after, jump, strict=True)
    ]
    return np.array(rows)[:, : 2 * blocks.layout.q.stop]


@pytest.mark.parametrize("sign", [1, -1], ids=["forward", "retro"])
def test_a_start_is_the_spline_that_the_problem_asks_for(small, figure, sign):
    from retrogait.predict.start import from_nodes

    x = from_nodes(small, seed_of(figure, small.nodes), sign=sign)
    assert np.abs(x).max() > 0.1
    assert np.abs(defects(small, x, sign * 1.1)).max() < DEFECT


def test_a_start_at_another_speed_is_still_such_a_spline(small, figure):
    from retrogait.predict.start import from_nodes, retimed

    x = from_nodes(small, seed_of(figure, small.nodes))
    assert_allclose(retimed(small, x, 1.1), x, atol=DEFECT)
    faster = retimed(small, x, 1.4, duration=0.45)
    assert faster[-1] == 0.45
    assert np.abs(defects(small, faster, 1.4)).max() < DEFECT
    ours, theirs = small.split(faster)[0], small.split(x)[0]
    poses = [0, *range(2, small.blocks.layout.q.stop)]
    assert_array_equal(ours[:, poses], theirs[:, poses])


def test_a_seed_with_other_nodes_lies_on_the_same_curve(small, figure):
    from retrogait.predict.start import from_nodes

    seed = seed_of(figure, 2 * small.nodes)
    ramp = np.linspace(0.1, 0.3, seed.q.shape[0])[:, None]
    x = from_nodes(small, seed._replace(activation=ramp + 0.0 * seed.activation))
    values, _ = small.split(x)
    assert_allclose(values[:, small.blocks.layout.q], seed.q[::2], atol=1e-12)
    assert_allclose(values[:, small.blocks.layout.activation][:, 0], ramp[::2, 0], atol=1e-12)


def test_a_gait_played_backwards_has_opposite_speeds_and_the_same_accelerations(figure):
    from retrogait.predict.rough import backwards
    from retrogait.predict.start import spline_ring

    seed = seed_of(figure, 12)
    back = backwards(figure, seed)
    q, v, a = spline_ring(seed.q, seed.duration, 1.1, figure.mirror, 12)
    _, speed, acceleration = spline_ring(back.q, back.duration, -1.1, figure.mirror, 12)
    assert_allclose(q, seed.q, atol=1e-12)
    order = [0, *range(11, 0, -1)]
    v, a = v[order], a[order]
    v[1:], a[1:] = v[1:][:, figure.mirror], a[1:][:, figure.mirror]
    assert_allclose(speed, -v, atol=1e-9)
    assert_allclose(acceleration, a, atol=1e-8)


def solution_of(problem, x, speed):
    from retrogait.predict.parameters import plain_parameters
    from retrogait.predict.solve import Solution

    return Solution(x, plain_parameters(problem), speed, 1.0, True, "", 1, 0.1)


def test_a_stride_closes_and_its_second_half_is_the_mirrored_first(small, figure):
    from retrogait.predict.start import from_nodes
    from retrogait.predict.unfold import stride_of

    x = from_nodes(small, seed_of(figure, small.nodes))
    stride = stride_of(small, solution_of(small, x, 1.1))
    nodes, length = small.nodes, 1.1 * x[-1]
    muscles, spheres = len(figure.strands), len(figure.spheres) // 2
    assert stride.time.size == 2 * nodes + 1
    assert stride.time[-1] == pytest.approx(2.0 * x[-1])
    moved = {"q": (slice(None), 1), "place": (slice(None), slice(None), 0)}
    for name, part in stride._asdict().items():
        if name == "time":
            continue
        first, second = part[:nodes].copy(), part[nodes:-1].copy()
        last = part[-1:].copy()
        if name in moved:
            second[moved[name]] -= length
            last[moved[name]] -= 2.0 * length
        assert_allclose(last, part[:1], atol=1e-12)
        width = part.shape[1]
        swap = {
            len(figure.coordinates): figure.mirror,
            2 * muscles: np.roll(np.arange(2 * muscles), muscles),
            2 * spheres: np.roll(np.arange(2 * spheres), spheres),
        }[width]
        assert_allclose(second, first[:, swap], rtol=0, atol=1e-12)


def test_what_a_stride_says_balances_the_residuals_of_the_problem(small, figure):
    """Needed less muscle, passive and damping moments is what the solver drives to zero."""
    from retrogait.predict.blocks import _unit_of_force
    from retrogait.predict.start import from_nodes
    from retrogait.predict.unfold import stride_of

    x = from_nodes(small, seed_of(figure, small.nodes))
    solution = solution_of(small, x, 1.1)
    stride = stride_of(small, solution)
    p = np.zeros(small.parameters)
    p[: solution.parameters.size], p[solution.parameters.size] = solution.parameters, 1.1
    residual = evaluated(small, "nlp", x, p)[1][: small.nodes * (len(figure.coordinates) + 2 + 4)]
    residual = residual.reshape(small.nodes, -1)[:, : len(figure.coordinates)] * _unit_of_force(figure)
    blocks = small.blocks
    scaled = x[:-1].reshape(small.nodes, -1)[:, : blocks.layout.ground.stop]
    for node in range(small.nodes):
        needed = np.array(blocks.detail_skeleton(scaled[node], solution.parameters)[0]).ravel()
        assert_allclose(residual[node], needed - stride.moment[node], atol=1e-8 * np.abs(needed).max())


def test_limits_hold_the_step_at_its_start_and_every_activation_between_its_bounds(small):
    from retrogait.predict.solve import bounds

    limits = bounds(small, (0.3, 1.2))
    lower, upper = limits.lower[:-1].reshape(small.nodes, -1), limits.upper[:-1].reshape(small.nodes, -1)
    assert lower[0, 1] == upper[0, 1] == 0.0
    assert np.all(limits.lower <= limits.upper)
    assert np.all(lower[:, small.blocks.layout.activation] == 0.01)
    assert np.all(upper[:, small.blocks.layout.activation] == 1.0)
    assert (limits.lower[-1], limits.upper[-1]) == (0.3, 1.2)


RATE = 1e-9  # of the way from fastest fall to fastest rise; a quotient of a few sums


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_rates_of_activation_end_at_the_time_constants_of_the_literature(small, share):
    # De Groote 2009: du/dt from -u / 60 ms to (1 - u) / 15 ms, here at the middle of a step
    from retrogait.predict.parameters import plain_parameters

    layout, duration, nodes = small.blocks.layout, 0.55, small.nodes
    before = np.random.default_rng(5).uniform(0.3, 0.6, layout.activation.stop - layout.activation.start)
    h = duration / nodes
    slope = (1.0 - share) / 0.060 + share / 0.015  # rate = share / 15 ms - slope * middle
    after = (before * (1.0 - 0.5 * h * slope) + h * share / 0.015) / (1.0 + 0.5 * h * slope)
    one, other = np.zeros((2, layout.size))
    one[layout.activation], other[layout.activation] = before, after
    _, residual = small.blocks.step(one, other, duration, 0.0, nodes, plain_parameters(small))
    rates = np.array(residual).ravel()[-before.size :]
    assert_allclose(rates, share, atol=RATE)
    rows = slice(-1 - before.size, -1)  # of the last step, before the row that says when a step begins
    assert_array_equal(small.lower[rows], 0.0)
    assert_array_equal(small.upper[rows], 1.0)


@pytest.mark.parametrize("direction", ["forward", "retro"])
def test_the_trunk_that_costs_nothing_leans_towards_the_hill_whichever_way_it_faces(small, direction):
    from retrogait.predict.parameters import parameters_of

    choices = Choices()
    names = small.blocks.parameters

    def given(incline):
        values = parameters_of(small, Condition(direction, 1.0, incline), choices)
        return dict(zip(names, values, strict=True))

    level = given(0.0)["lean"]
    assert level == choices.weights.lean
    for incline in (-5.0, 8.0):
        told = given(incline)
        vertical = np.arctan2(told["gravity_x"], -told["gravity_y"])  # of the trunk, in the axes of the slope
        share = (told["lean"] - level) / vertical
        assert share == pytest.approx(choices.weights.into_slope, rel=LEAN_RTOL)
