"""What follows from a predicted stride: knee forces by the predictor's muscles, energy, sensitivity."""

import dataclasses
import math
from concurrent.futures import Future
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from retrogait.errors import SolveError
from retrogait.predict import sensitivity
from retrogait.predict.energy import cost_of_transport
from retrogait.predict.gait import Gait, trial_in_memory
from retrogait.predict.knee import own_peaks, peaks, place_rows
from retrogait.predict.settings import Choices
from tests.predict import paper

PEAK_RTOL = 1e-7  # 1; the file of the model gives the coupler of the patella to 6 digits
ENERGY_RTOL = 1e-9  # 1; the same sums by hand


@pytest.fixture(scope="module")
def result(figure):
    """Analysis of the walk on paper; nobody could walk it, but laws hold for any forces."""
    trial, _ = trial_in_memory(paper.CONDITION, figure, paper.stride(figure))
    return Gait(paper.CONDITION, trial, "solved", {}).result


@pytest.fixture
def same(figure, stride, result):
    """The analyzed rows as a stride whose muscle forces are those of static optimisation."""
    q = result["coordinate_value"].sel(coordinate=list(figure.coordinates)).values
    force = result["muscle_force"].sel(muscle=figure.muscles).values
    return stride._replace(time=result["time"].values, q=q, tendon=force)


def test_links_are_where_the_figure_hangs_them(figure, stride):
    """Upright, every joint stands where the table puts it."""
    q = np.zeros((1, len(figure.coordinates)))
    q[0, 1:3] = 0.3, 0.9
    angles, origins = place_rows(figure, q)
    tall = figure.table.upright()
    for row, link in enumerate(figure.links):
        x, y = tall[link.name.removesuffix("_r").removesuffix("_l")]
        assert_allclose(origins[0, row], [0.3 + x, 0.9 + y], atol=1e-12)
        assert angles[0, row] == pytest.approx(link.rest)


def test_peaks_by_the_forces_of_static_optimisation_are_those_of_the_analysis(figure, same, result):
    ours, theirs = own_peaks(figure, same, result), peaks(result)
    assert theirs.tibiofemoral > 1.0
    assert theirs.patellofemoral > 0.1
    assert_allclose(ours, theirs, rtol=PEAK_RTOL)


def test_stronger_pull_of_the_vasti_presses_both_joints_harder(figure, same, result):
    tendon = same.tendon.copy()
    for name in ("vasmed_r", "vaslat_l"):
        tendon[:, figure.muscles.index(name)] += 500.0
    ours, theirs = own_peaks(figure, same._replace(tendon=tendon), result), peaks(result)
    assert ours.tibiofemoral > theirs.tibiofemoral
    assert ours.patellofemoral > theirs.patellofemoral


def test_a_muscle_that_crosses_no_knee_presses_none(figure, same, result):
    tendon = same.tendon.copy()
    for name in ("soleus_r", "glmax_r", "iliopsoas_l", "tibant_l"):
        tendon[:, figure.muscles.index(name)] += 1000.0
    assert own_peaks(figure, same._replace(tendon=tendon), result) == own_peaks(figure, same, result)


def at_rest(figure, stride, activation):
    """Stride whose fibres stay at their optimal length."""
    return stride._replace(activation=np.full_like(stride.activation, activation))


def test_holding_costs_what_bhargava_says_by_hand(figure, stride):
    activation, speed = 0.3, 1.2
    power = 0.0
    for strand in figure.strands:
        slow = strand.slow * math.sin(0.5 * math.pi * activation)
        fast = (1.0 - strand.slow) * (1.0 - math.cos(0.5 * math.pi * activation))
        power += 2.0 * strand.mass * ((40.0 + 74.0) * slow + (133.0 + 111.0) * fast)
    cost = cost_of_transport(figure, at_rest(figure, stride, activation), speed)
    standing = 1.2  # W/kg, Umberger 2003
    assert cost["bhargava2004"] == pytest.approx((power / figure.mass + standing) / speed, rel=ENERGY_RTOL)
    assert cost["umberger2010"] > standing / speed


def test_the_same_power_at_twice_the_speed_is_half_the_cost(figure, stride):
    one, twice = (cost_of_transport(figure, stride, speed) for speed in (0.6, 1.2))
    assert one == pytest.approx({name: 2.0 * value for name, value in twice.items()})


def test_more_activation_costs_more_by_every_model(figure, stride):
    low, high = (cost_of_transport(figure, at_rest(figure, stride, a), 1.2) for a in (0.1, 0.4))
    assert all(low[name] < high[name] for name in low)


def test_stronger_muscles_are_heavier_and_cost_more(figure, stride):
    usual = cost_of_transport(figure, at_rest(figure, stride, 0.3), 1.2)
    factors = Choices(strength={"all": 2.0}).strengths(figure)
    strong = cost_of_transport(figure, at_rest(figure, stride, 0.3), 1.2, factors)
    standing = 1.2 / 1.2
    for name, value in usual.items():
        assert strong[name] - standing == pytest.approx(2.0 * (value - standing))


class OneByOne:
    """A team that knows the answers."""

    def __init__(self, figure, answers):
        self.figure, self.answers, self.asked = figure, answers, []

    def submit(self, condition, choices, near, *_, **__):
        self.asked.append((choices, near))
        future = Future()
        answer = self.answers(len(self.asked) - 1, choices)
        future.set_exception(answer) if isinstance(answer, Exception) else future.set_result(answer)
        return future


def test_every_assumption_is_changed_alone_and_a_case_without_gait_is_missing(
    monkeypatch, figure, stride, result
):
    found = SimpleNamespace(condition=paper.CONDITION, choices=Choices(), seed="seed", stride=stride)

    @dataclasses.dataclass
    class Loads:
        trial: object
        result: object
        strength: object = None

    team = OneByOne(figure, lambda row, _: SolveError("no walking found") if row == 1 else found)
    monkeypatch.setattr(sensitivity, "trial_in_memory", lambda *_: ("trial", {}))
    monkeypatch.setattr(sensitivity, "own_peaks", lambda *_: sensitivity.Peaks(99.0, 1.0))
    told = []
    made = sensitivity.sensitivity_of(
        figure, found, Loads("own", result), sensitivity.ask(team, found, ["other"]), told.append
    )
    names = list(sensitivity.CASES)
    assert list(made) == [sensitivity.BASE, sensitivity.OWN, *(name for name in names if name != names[1])]
    assert sensitivity.missing(made) == [names[1]]
    assert len(told) == len(names)
    assert all(near == ["seed", "other"] for _, near in team.asked)
    for choices, _ in team.asked:
        remarks = list(choices.remarks())
        assert remarks
        assert all(remark.startswith("predicted ") for remark in remarks)
    base = made[sensitivity.BASE]
    assert base["peak_tibiofemoral"] == pytest.approx(peaks(result).tibiofemoral, abs=1e-4)
    assert made[sensitivity.OWN]["peak_tibiofemoral"] == 99.0


def test_the_other_cost_stands_on_the_ground_that_it_was_fitted_with(figure):
    # models/prediction_squares.toml: 2.15e6 N/m2 and 2.03 s/m, whatever the usual ground is refitted to
    ground = figure.table.ground
    case = sensitivity.CASES["energy counts by squares"](Choices())
    assert case.stiffness * ground.stiffness.value == pytest.approx(2.15e6)
    assert case.dissipation * ground.dissipation.value == pytest.approx(2.03)


def test_every_case_is_analyzed_with_muscles_as_strong_as_it_was_predicted_with(monkeypatch, figure, result):
    def found(_, choices):
        return SimpleNamespace(condition=paper.CONDITION, choices=choices, seed="seed", stride=None)

    @dataclasses.dataclass
    class Loads:
        trial: object
        strength: object

        @property
        def result(self):
            analyzed.append(self.strength)
            return result

    analyzed = []
    usual = Choices(strength={"soleus": 0.5})
    team = OneByOne(figure, found)
    monkeypatch.setattr(sensitivity, "trial_in_memory", lambda *_: ("trial", {}))
    monkeypatch.setattr(sensitivity, "own_peaks", lambda *_: sensitivity.Peaks(99.0, 1.0))
    one, asked = found(0, usual), sensitivity.ask(team, found(0, usual), [])
    sensitivity.sensitivity_of(figure, one, Loads("own", usual.strength), asked, lambda _: None)
    weaker = {"all": pytest.approx(0.8), "soleus": pytest.approx(0.4)}
    assert [strength for strength in analyzed if strength != usual.strength] == [weaker]


def test_a_weak_walk_is_analyzed_with_weak_muscles(figure, result):
    trial, _ = trial_in_memory(paper.CONDITION, figure, paper.stride(figure))
    weak = Gait(paper.CONDITION, trial, "solved", {}, strength={"vasti": 0.5}).result
    assert (weak["generalized_force"] == result["generalized_force"]).all()
    assert (weak["muscle_force"] != result["muscle_force"]).any()
    assert "the strength of vasti is 0.5 times that of the model" in weak.attrs["notes"]


@pytest.mark.parametrize("strength", [{}, {"vasti": 0.5}, {"vasmed": 0.5, "all": 1.5}, {"soleus": 0.1}])
def test_a_fifth_weaker_is_a_fifth_weaker_whatever_was_chosen(figure, strength):
    usual = Choices(strength=strength)
    weaker = sensitivity.CASES["muscles a fifth weaker"](usual)
    before, after = usual.strengths(figure), weaker.strengths(figure)
    assert after == pytest.approx({name: max(0.8 * factor, 0.1) for name, factor in before.items()})


def test_a_trunk_upright_on_slopes_is_the_same_cost_on_the_level_and_another_on_a_slope():
    usual = Choices()
    upright = sensitivity.CASES["trunk upright on slopes"](usual)
    assert upright.weights.into_slope == 0.0 != usual.weights.into_slope
    assert (upright.weights.values, upright.weights.lean) == (usual.weights.values, usual.weights.lean)


def test_the_other_cost_is_of_the_same_terms_on_the_ground_that_it_was_fitted_with(figure):
    usual = Choices(stiffness=1.1)
    other = sensitivity.CASES["energy counts by squares"](usual)
    ground = figure.table.ground
    assert ground.stiffness.value * other.stiffness == pytest.approx(1.1 * 2.15e6)  # N/m2
    assert ground.dissipation.value * other.dissipation == pytest.approx(2.03)  # s/m
    same, else_ = ({t.name: (t.unit, t.of) for t in c.weights.cost} for c in (usual, other))
    assert same == else_
    weight = [{term.name: term.weight for term in c.weights.cost} for c in (usual, other)]
    assert [(w["energy"] > 0.0, w["power"] > 0.0) for w in weight] == [(True, False), (False, True)]
