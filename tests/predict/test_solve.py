"""Real solutions: from kept starts and from textbook curves, by compiled and by evaluated derivatives."""
# ruff: noqa: PLC0415  # casadi must not be imported with opensim

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose

from retrogait.errors import SolveError
from retrogait.predict.condition import Condition
from retrogait.predict.found import NODES
from retrogait.predict.gates import WEIGHT_ERROR, WORK_ERROR, failures, weight_error, work_error
from retrogait.predict.library import seeds_path
from retrogait.predict.rough import textbook_seed
from retrogait.predict.seeds import nearest, read_seeds
from retrogait.predict.settings import Choices

pytestmark = [pytest.mark.solver, pytest.mark.slow]

BETWEEN = Condition("forward", 1.3, 2.0)  # between four conditions of the grid
OBJECTIVE_RTOL = 1e-4  # 1; two solutions within the solver's tolerance
KNEE = np.radians(0.1)  # rad; the same
FLAT = np.radians(0.5)  # rad; from another start: the cost is flat about its minimum
RESIDUAL = 1e-3  # N m; the solver's feasibility of 1e-6, in its units of 50 N m, with room
POWER_RTOL = 0.02  # 1; a start takes rates of tendon force from differences between nodes
SPEED, ACCELERATION = 1e-4, 1e-2  # rad/s, rad/s2; the same feasibility over a step of 11 ms


@pytest.fixture(scope="module")
def search(figure):
    from retrogait.predict.search import Search

    return Search(figure)


@pytest.fixture(scope="module")
def near(figure, search):
    """Kept starts, or a gait found from textbook curves where there are none yet."""
    seeds = nearest(read_seeds(seeds_path(), figure), BETWEEN, 2)
    if seeds:
        return seeds
    level = Condition("forward", 1.2, 0.0)
    return [search.find(level, Choices(), [textbook_seed(figure, NODES)], rough=True).seed]


@pytest.fixture(scope="module")
def found(search, near):
    return search.find(BETWEEN, Choices(), near)


def test_a_gait_between_the_kept_ones_is_walking(figure, found):
    assert list(failures(figure, found.stride, BETWEEN, found.objective, None)) == []
    assert weight_error(figure, found.stride, BETWEEN) <= WEIGHT_ERROR
    assert abs(work_error(figure, found.stride, BETWEEN)) <= WORK_ERROR
    length = found.stride.q[-1, 1] - found.stride.q[0, 1]
    assert length / found.stride.time[-1] == pytest.approx(BETWEEN.speed)


def test_its_figures_say_what_it_is(found, near):
    assert (found.condition, found.seed.condition) == (BETWEEN, BETWEEN)
    assert found.start in {seed.condition.name for seed in near}
    assert found.tries >= 1
    assert found.iterations > 0
    assert found.seconds > 0.0
    assert found.seed.objective == found.objective
    assert 0.4 < found.duration < 0.7


def test_its_motion_is_the_spline_through_its_nodes(figure, found):
    from retrogait.predict.start import spline_ring

    seed = found.seed
    q, v, a = spline_ring(seed.q, seed.duration, BETWEEN.speed, figure.mirror, NODES)
    assert_allclose(q, found.stride.q[:NODES], atol=1e-12)
    assert_allclose(v, found.stride.v[:NODES], atol=SPEED)
    assert_allclose(a, found.stride.a[:NODES], atol=ACCELERATION)


def test_joints_give_what_the_motion_needs_and_the_trunk_needs_nothing(search, figure, found):
    """Newton and Euler at every node: the moments of the stride leave nothing over."""
    from retrogait.predict.parameters import parameters_of
    from retrogait.predict.start import from_nodes

    problem = search.solver(Choices()).problem
    layout = problem.blocks.layout
    x = from_nodes(problem, found.seed)
    scaled = x[:-1].reshape(NODES, -1)[:, : layout.ground.stop]
    parameters = parameters_of(problem, BETWEEN, Choices())
    needed = np.array(problem.blocks.detail_skeleton.map(NODES)(scaled.T, parameters)[0]).T
    assert_allclose(needed, found.stride.moment[:NODES], atol=20.0 * RESIDUAL)


@pytest.mark.parametrize(
    ("term", "count"), [("energy", np.sum), ("power", lambda w, axis: np.sum(w**2, axis))]
)
def test_energy_counts_by_its_sum_or_by_squares_per_distance(search, figure, found, term, count):
    """With every other weight at zero the first is the cost of transport, of the model that is minimised."""
    from retrogait.predict.parameters import parameters_of
    from retrogait.predict.start import from_nodes

    problem = search.solver(Choices()).problem
    usual = Choices().weights
    weights = [msgspec.structs.replace(one, weight=float(one.name == term)) for one in usual.cost]
    alone = msgspec.structs.replace(usual, cost=tuple(weights))
    parameters = parameters_of(problem, BETWEEN, Choices(weights=alone))
    pull = np.zeros(problem.parameters - parameters.size - 1)
    cost, _ = problem.functions["nlp"](
        from_nodes(problem, found.seed), np.concatenate([parameters, [BETWEEN.speed], pull])
    )

    expected = count(found.stride.power[:NODES] / figure.mass, axis=1).mean() / BETWEEN.speed
    assert float(cost) == pytest.approx(expected, rel=POWER_RTOL)


def test_machine_code_and_casadi_find_the_same_gait(figure, found, near):
    from retrogait.predict.derivatives import compiler
    from retrogait.predict.search import Search

    plain = Search(figure, compiled=compiler() is None).find(BETWEEN, Choices(), near)
    assert plain.objective == pytest.approx(found.objective, rel=OBJECTIVE_RTOL)
    knee = figure.row("knee_angle_r")
    assert_allclose(plain.stride.q[:, knee], found.stride.q[:, knee], atol=KNEE)


def test_solving_again_from_the_answer_gives_it_again(search, figure, found):
    again = search.find(BETWEEN, Choices(), [found.seed])
    assert again.objective == pytest.approx(found.objective, rel=OBJECTIVE_RTOL)
    knee = figure.row("knee_angle_r")
    assert_allclose(again.stride.q[:, knee], found.stride.q[:, knee], atol=FLAT)
    assert again.iterations <= found.iterations


def test_what_is_refused_by_the_gates_says_what_was_tried(search, found):
    with pytest.raises(SolveError) as caught:
        search.find(BETWEEN, Choices(), [found.seed], usual=1e-3)
    message = str(caught.value)
    assert message.startswith("forward_1.3_+02: no walking found (from forward_1.3_+02: cost ")
    assert "times that of its neighbour" in message
    assert "\n" not in message


def test_weaker_muscles_cost_more(search, found):
    weaker = search.find(BETWEEN, Choices(strength={"all": 0.8}), [found.seed])
    assert weaker.objective > found.objective


def test_every_choice_of_tendons_walks(search, figure, found):
    for tendon in ("rigid", "compliant"):
        made = search.find(BETWEEN, Choices(tendon=tendon), [found.seed])
        assert list(failures(figure, made.stride, BETWEEN, made.objective, None)) == []
