import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import brentq

from retrogait.kernels.equilibrium import Balance, compliant_tendon, equilibrate
from retrogait.kernels.muscles import (
    INTERVALS,
    MuscleModel,
    Muscles,
    cubic,
    locate,
    rigid_tendon,
    rigid_tendon_opensim,
)
from retrogait.osim import curves

TABLE_TOL = 3e-6  # max. isometric force: h^4 f''''/384 at h = 1/256, where Thelen's velocity bends most
SLOPE_TOL = 1e-5  # relative: central differences of a double at a step of 1e-6
FIBER_TOL = 1e-7  # m: what the error of the tables moves a fibre of 0.08 m
DIFFERENCE_TOL = 2e-6  # max. isometric force: central difference over 2e-5 of activation

THELEN = {
    "active": lambda l: curves.thelen_active(l, 0.45),
    "passive": lambda l: curves.thelen_passive(l, 5.0, 0.6),
    "velocity": lambda v: curves.thelen_velocity(v, 0.25, 1.4, 0.95),
    "tendon": lambda l: curves.thelen_tendon(l, 0.04),
}
DEGROOTE = {
    "active": curves.degroote_active,
    "passive": lambda l: curves.degroote_passive(l, 0.6),
    "velocity": curves.degroote_velocity,
    "tendon": lambda l: curves.degroote_tendon(l, 0.049),
}
FAMILIES = pytest.mark.parametrize("family", [THELEN, DEGROOTE], ids=["thelen", "degroote"])
STRAIN = {id(THELEN): 0.04, id(DEGROOTE): 0.049}


def one_muscle(family, *, pennation=0.3, optimal=0.08, slack=0.2, ignore=0, least=0.0):
    """A muscle of 1000 N at 10 optimal lengths per second."""
    tables = np.array(
        [
            curves.length_table(family["active"], hold=True),
            curves.velocity_table(family["velocity"]),
            curves.length_table(family["passive"]),
            curves.tendon_table(family["tendon"], STRAIN[id(family)]),
        ]
    )
    height = optimal * math.sin(pennation)
    return Muscles(
        maximum_isometric_force=np.array([1000.0]),
        optimal_fiber_length=np.array([optimal]),
        tendon_slack_length=np.array([slack]),
        fiber_height=np.array([height]),
        minimum_fiber_length=np.array([max(height, least)]),
        maximum_contraction_velocity=np.array([10.0]),
        resting_velocity=np.array([0.25 if family is THELEN else 1.0]),
        minimum_control=np.array([0.01]),
        maximum_control=np.array([1.0]),
        tendon_strain=np.array([STRAIN[id(family)]]),
        ignore_tendon_compliance=np.array([ignore]),
        model=np.array([MuscleModel.THELEN2003 if family is THELEN else 2], dtype=np.int64),
        active_curve=np.array([0]),
        velocity_curve=np.array([1]),
        passive_curve=np.array([2]),
        tendon_curve=np.array([3]),
        curve_table=tables,
    )


def value(family, name, x):
    return float(family[name](np.array([x]))[0][0])


def rigid_force(muscles, length, velocity, kernel=rigid_tendon):
    active, passive, fiber = np.empty((3, 1))
    kernel(muscles, np.array([length]), np.array([velocity]), active, passive, fiber)
    return active[0], passive[0], fiber[0]


def balance(family, muscles, activation, length, previous, step, x, passive=True):
    """Fibre force minus tendon force for a fibre of length x along the tendon, [N]."""
    h, optimal = muscles.fiber_height[0], muscles.optimal_fiber_length[0]
    l = math.hypot(x, h)
    rest = muscles.resting_velocity[0]
    pace = 10.0 * optimal * (rest + (1.0 - rest) * activation)
    v = 0.0 if math.isinf(step) else (l - previous) / (step * pace)
    fiber = activation * value(family, "active", l / optimal) * max(0.0, value(family, "velocity", v))
    if passive:
        fiber += value(family, "passive", l / optimal)
    slack = muscles.tendon_slack_length[0]
    return 1000.0 * (fiber * x / l - value(family, "tendon", (length - x) / slack))


def test_published_curves_pass_through_the_points_that_define_them():
    for family in (THELEN, DEGROOTE):
        assert value(family, "active", 1.0) == pytest.approx(1.0)
        assert value(family, "velocity", 0.0) == pytest.approx(1.0)
        assert value(family, "velocity", -1.0) == pytest.approx(0.0, abs=1e-12)
        assert value(family, "passive", 1.6) == pytest.approx(1.0)
        assert value(family, "tendon", 1.0) == pytest.approx(0.0, abs=1e-12)
        assert value(family, "tendon", 1.0 + STRAIN[id(family)]) == pytest.approx(1.0)


@FAMILIES
@pytest.mark.parametrize(
    ("name", "low", "high", "corners"),
    [
        ("active", 0.2, 2.5, ()),
        ("passive", 0.3, 1.8, (1.0,)),
        ("velocity", -1.4, 1.4, (-1.0, 0.0)),
        ("tendon", 1.0005, 1.1, ()),
    ],
)
def test_a_curve_reports_the_slope_of_its_values(family, name, low, high, corners):
    x = np.linspace(low, high, 201)
    for corner in corners:
        x = x[np.abs(x - corner) > 1e-5]
    delta = 1e-6

    difference = (family[name](x + delta)[0] - family[name](x - delta)[0]) / (2.0 * delta)

    assert_allclose(family[name](x)[1], difference, rtol=SLOPE_TOL, atol=SLOPE_TOL)


@FAMILIES
@pytest.mark.parametrize(
    ("name", "tabulate", "start", "end"),
    [
        ("active", lambda curve: curves.length_table(curve, hold=True), 0.01, 2.9),
        ("passive", curves.length_table, 0.01, 1.9),
        ("velocity", curves.velocity_table, -1.49, 1.49),
    ],
)
def test_a_table_holds_its_curve_corners_included(family, name, tabulate, start, end):
    table = tabulate(family[name])[None]
    origin = curves.FIRST_VELOCITY if name == "velocity" else 0.0
    x = np.concatenate([np.linspace(start, end, 1501), [-1.0, 0.0, 1.0]])
    x = x[(x >= start) & (x <= end)]

    tabulated = [cubic(table, 0, *locate((each - origin) * curves.PER_UNIT)) for each in x]

    expected = family[name](x)[0]
    assert_allclose(tabulated, expected, rtol=TABLE_TOL, atol=TABLE_TOL)


@FAMILIES
def test_a_tendon_table_holds_its_curve_and_is_slack_below_one(family):
    strain = STRAIN[id(family)]
    table = curves.tendon_table(family["tendon"], strain)[None]
    strains = np.linspace(-0.5, 2.9 * strain, 1001)

    tabulated = [cubic(table, 0, *locate(1.0 + s / strain * curves.PER_UNIT)) for s in strains]

    expected = family["tendon"](1.0 + strains)[0]
    assert_allclose(tabulated, expected, rtol=TABLE_TOL, atol=TABLE_TOL)


@given(position=st.floats(allow_nan=True, allow_infinity=True))
def test_no_argument_reaches_outside_a_table(position):
    interval, place = locate(position)

    assert 0 <= interval < INTERVALS
    assert math.isnan(place) == math.isnan(position)


def test_beyond_its_table_a_curve_is_straight_and_active_force_keeps_its_last_value():
    passive = curves.length_table(THELEN["passive"])[None]
    active = curves.length_table(THELEN["active"], hold=True)[None]

    beyond = [cubic(passive, 0, *locate(INTERVALS + 50.0 * k)) for k in range(4)]

    assert np.ptp(np.diff(beyond)) <= 1e-12 * beyond[-1]
    assert cubic(active, 0, *locate(5.0 * INTERVALS)) == cubic(active, 0, *locate(INTERVALS - 1.0))


@FAMILIES
@given(
    stretch=st.floats(0.3, 1.8),
    speed=st.floats(-1.2, 1.2),
    pennation=st.floats(0.0, 1.0),
)
def test_a_rigid_tendon_passes_on_the_force_of_its_fibre(family, stretch, speed, pennation):
    muscles = one_muscle(family, pennation=pennation)
    h, optimal = muscles.fiber_height[0], 0.08
    l = stretch * optimal
    assume(l > 1.05 * h)
    x = math.sqrt(l * l - h * h)

    active, passive, fiber = rigid_force(muscles, 0.2 + x, speed * 0.8)

    f_l, f_p = value(family, "active", stretch), value(family, "passive", stretch)
    f_v = max(0.0, value(family, "velocity", speed * x / l))
    assert active == pytest.approx(1000.0 * f_l * f_v * x / l, abs=1000.0 * TABLE_TOL)
    assert passive == pytest.approx(1000.0 * f_p * x / l, rel=1e-6, abs=1000.0 * TABLE_TOL)
    assert fiber == pytest.approx(l)


@FAMILIES
def test_at_optimal_length_and_rest_the_tendon_feels_the_cosine_of_pennation(family):
    muscles = one_muscle(family, pennation=0.4)

    active, _, fiber = rigid_force(muscles, 0.2 + 0.08 * math.cos(0.4), 0.0)

    assert fiber == pytest.approx(0.08)
    assert active == pytest.approx(1000.0 * math.cos(0.4), rel=1e-6)


@FAMILIES
def test_faster_shortening_never_gives_more_force(family):
    muscles = one_muscle(family)

    forces = [rigid_force(muscles, 0.275, v)[0] for v in np.linspace(-1.5, 1.5, 201)]

    assert forces[0] == 0.0
    assert np.all(np.diff(forces) >= 0.0)


@FAMILIES
@pytest.mark.parametrize("length", [0.0, 0.19, 0.2, 0.201])
def test_a_tendon_that_hangs_slack_carries_nothing(family, length):
    muscles = one_muscle(family, least=0.03)

    assert rigid_force(muscles, length, 0.1) == (0.0, 0.0, 0.03)


@pytest.mark.parametrize("kernel", [rigid_tendon, rigid_tendon_opensim])
def test_what_is_not_a_number_stays_so_and_harms_no_neighbour(kernel):
    one = one_muscle(DEGROOTE)
    columns = [np.repeat(field, 3) for field in one[:-1]]
    muscles = Muscles(*columns, one.curve_table)
    active, passive, fiber = np.empty((3, 3))
    length = np.array([0.27, math.nan, 0.27])

    kernel(muscles, length, np.array([math.nan, 0.0, 0.0]), active, passive, fiber)

    assert np.isnan(active).tolist() == [True, True, False]
    assert np.isnan(passive).tolist() == [False, True, False]
    assert np.isnan(fiber).tolist() == [False, True, False]


@FAMILIES
@given(
    activation=st.floats(0.01, 1.0),
    stretch=st.floats(0.5, 1.5),
    drift=st.floats(-0.05, 0.05),
    step=st.sampled_from([0.001, 0.01, 0.02]),
    pennation=st.floats(0.0, 0.6),
    passive=st.booleans(),
)
def test_a_step_of_the_fibre_balances_the_tendon(
    family, activation, stretch, drift, step, pennation, passive
):
    muscles = one_muscle(family, pennation=pennation)
    h = muscles.fiber_height[0]
    previous = max(stretch * 0.08, 1.2 * h)
    length = 0.2 * 1.01 + math.sqrt(previous**2 - h * h) * (1.0 + drift)

    force, _, fiber, _, status = equilibrate(muscles, 0, activation, length, previous, step, passive)

    def error(x):
        return balance(family, muscles, activation, length, previous, step, x, passive)

    assert status == Balance.FOUND
    if error(length - 0.2) <= 0.0:
        assert force == 0.0
        return
    x = brentq(error, 1e-6, length - 0.2, xtol=1e-15)
    # Beyond its table the force-velocity curve is a straight line, not the paper's.
    assume(math.hypot(x, h) - previous < 1.45 * step * 0.8)
    expected = 1000.0 * value(family, "tendon", (length - x) / 0.2)
    assert force == pytest.approx(expected, abs=1000.0 * TABLE_TOL, rel=1e-5)
    assert fiber == pytest.approx(math.hypot(x, h), abs=FIBER_TOL)


@FAMILIES
@given(
    activation=st.floats(0.02, 0.98),
    stretch=st.floats(0.6, 1.3),
    drift=st.floats(-0.03, 0.03),
    step=st.sampled_from([0.01, math.inf]),
    passive=st.booleans(),
)
def test_the_slope_is_how_force_follows_activation(family, activation, stretch, drift, step, passive):
    muscles = one_muscle(family)
    h, previous, delta = muscles.fiber_height[0], stretch * 0.08, 1e-5
    length = 0.2 * 1.02 + math.sqrt(previous**2 - h * h) * (1.0 + drift)

    def solve(a):
        return equilibrate(muscles, 0, a, length, previous, step, passive)

    _, slope, _, _, status = solve(activation)
    below, above = solve(activation - delta), solve(activation + delta)

    assert status == Balance.FOUND
    # Across a corner of Thelen's curves a difference quotient means nothing.
    assume(abs((above[1] - slope) - (slope - below[1])) <= 1e-3)
    assert (above[0] - below[0]) / (2.0 * delta) == pytest.approx(
        slope, abs=1000.0 * DIFFERENCE_TOL, rel=1e-5
    )


@FAMILIES
@pytest.mark.parametrize("step", [0.005, math.inf])
@pytest.mark.parametrize("passive", [True, False])
def test_more_activation_always_gives_more_force(family, step, passive):
    muscles = one_muscle(family)
    results = [equilibrate(muscles, 0, a, 0.285, 0.08, step, passive) for a in np.linspace(0.0, 1.0, 101)]

    assert all(result[4] == Balance.FOUND for result in results)
    assert all(after[0] > before[0] for before, after in pairwise(results))
    assert all(result[1] > 0.0 for result in results)


@FAMILIES
@pytest.mark.parametrize("step", [0.01, math.inf])
def test_without_activation_and_passive_force_there_is_no_force(family, step):
    force, slope, _, _, status = equilibrate(one_muscle(family), 0, 0.0, 0.28, 0.0775, step, False)

    assert (force, status) == (0.0, Balance.FOUND)
    assert slope > 0.0


@FAMILIES
def test_a_relaxed_fibre_takes_up_slack_no_faster_than_it_can_shorten(family):
    muscles = one_muscle(family, pennation=0.0)

    force, _, fiber, _, status = equilibrate(muscles, 0, 1.0, 0.26, 0.08, 0.01, False)

    assert (force, status) == (0.0, Balance.FOUND)
    assert fiber == pytest.approx(0.08 - 0.01 * 10.0 * 0.08)


@FAMILIES
@pytest.mark.parametrize("slack", [0.0, 1e-4])
def test_a_tendon_too_short_to_stretch_is_rigid(family, slack):
    muscles = one_muscle(family, slack=slack)
    active, passive, length = rigid_force(muscles, slack + 0.08, 0.0)

    force, slope, fiber, _, status = equilibrate(muscles, 0, 0.6, slack + 0.08, math.nan, math.inf, True)

    assert status == Balance.FOUND
    assert force == pytest.approx(0.6 * active + passive)
    assert slope == pytest.approx(active)
    assert fiber == pytest.approx(length)


@FAMILIES
def test_a_muscle_that_ignores_compliance_is_rigid_at_its_fibre_velocity(family):
    muscles = one_muscle(family, ignore=1, pennation=0.0)
    active, passive, _ = rigid_force(muscles, 0.28, -0.2)

    force, slope, _, _, _ = equilibrate(muscles, 0, 1.0, 0.28, 0.082, 0.01, True)

    assert force == pytest.approx(active + passive)
    if family is DEGROOTE:
        assert slope == pytest.approx(active)


@FAMILIES
def test_held_still_the_fibre_comes_to_rest_in_static_equilibrium(family):
    muscles = one_muscle(family)
    at_rest = equilibrate(muscles, 0, 0.5, 0.285, math.nan, math.inf, True)
    fiber = 0.075

    for _ in range(400):
        force, _, fiber, _, status = equilibrate(muscles, 0, 0.5, 0.285, fiber, 0.01, True)
        assert status == Balance.FOUND

    assert force == pytest.approx(at_rest[0], abs=1e-3)
    assert fiber == pytest.approx(at_rest[2], abs=1e-8)


@FAMILIES
def test_a_lengthening_muscle_is_stronger_than_a_shortening_one(family):
    muscles = one_muscle(family)
    rest = equilibrate(muscles, 0, 0.5, 0.285, math.nan, math.inf, True)

    forces = [
        equilibrate(muscles, 0, 0.5, 0.285 + change, rest[2], 0.01, True)[0]
        for change in (-0.001, 0.0, 0.001)
    ]

    assert forces[0] < rest[0] < forces[2]
    assert forces[1] == pytest.approx(rest[0])


@FAMILIES
def test_a_muscle_shorter_than_its_tendon_is_slack_without_failing(family):
    assert equilibrate(one_muscle(family), 0, 1.0, 0.15, 0.08, 0.01, True)[::4] == (
        0.0,
        Balance.SLACK,
    )


def test_a_fibre_at_its_minimum_length_leaves_the_force_to_the_tendon():
    muscles = one_muscle(THELEN, pennation=0.0, least=0.04)

    force, slope, fiber, _, status = equilibrate(muscles, 0, 1.0, 0.2402, math.nan, math.inf, False)

    assert status == Balance.SLACK
    assert slope == 0.0
    assert fiber == pytest.approx(0.04)
    assert force == pytest.approx(1000.0 * value(THELEN, "tendon", 1.001), rel=1e-5)


@pytest.mark.parametrize(
    ("activation", "length", "previous", "step"),
    [
        (math.nan, 0.28, 0.08, 0.01),
        (0.5, math.nan, 0.08, 0.01),
        (0.5, 0.28, math.nan, 0.01),
        (0.5, 0.28, 0.08, math.nan),
        (0.5, 0.28, 0.08, 0.0),
        (0.5, math.inf, 0.08, 0.01),
    ],
)
def test_a_meaningless_input_gives_no_answer_and_says_so(activation, length, previous, step):
    force, slope, fiber, _, status = equilibrate(
        one_muscle(THELEN), 0, activation, length, previous, step, True
    )

    assert status == Balance.FAILED
    assert np.isnan([force, slope, fiber]).all()


@FAMILIES
def test_the_search_takes_few_steps_over_the_whole_range(family):
    muscles = one_muscle(family)
    counts = [
        equilibrate(muscles, 0, a, length, math.nan, math.inf, True)[3]
        for a in (0.01, 0.1, 0.5, 1.0)
        for length in np.linspace(0.23, 0.34, 50)
    ]

    assert max(counts) <= 20


def test_a_frame_is_every_muscle_on_its_own_and_may_overwrite_its_past():
    one = one_muscle(THELEN)
    muscles = Muscles(*(np.repeat(field, 3) for field in one[:-1]), one.curve_table)
    activation, length = np.array([0.1, 0.5, 0.9]), np.array([0.27, 0.28, 0.29])
    fiber = np.array([0.07, 0.08, 0.09])
    expected = [equilibrate(one, 0, activation[k], length[k], fiber[k], 0.01, True) for k in range(3)]
    force, slope = np.empty((2, 3))
    status = np.empty(3, dtype=np.int64)

    compliant_tendon(muscles, activation, length, fiber, 0.01, True, force, slope, fiber, status)

    assert_allclose(force, [each[0] for each in expected], rtol=0.0)
    assert_allclose(slope, [each[1] for each in expected], rtol=0.0)
    assert_allclose(fiber, [each[2] for each in expected], rtol=0.0)
    assert status.tolist() == [Balance.FOUND] * 3
