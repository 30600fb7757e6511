"""Muscles, ground and passive joints in symbols: against slow twins in numbers, and laws."""
# ruff: noqa: PLC0415  # casadi must not be imported with opensim

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from retrogait.kernels.energetics import BHARGAVA2004, EnergyMuscles, FiberStates, metabolic_power
from retrogait.osim.curves import degroote_active, degroote_tendon, degroote_velocity

pytestmark = pytest.mark.solver

CURVE_ATOL = 1e-12  # 1; the same closed forms
FORCE_RTOL = 1e-10  # 1; the same equations solved in the same order
MOMENT_ATOL = 0.5  # N m; figures read off curves
SMALL = 1e-9  # N; rounding
PULL = 1e-2  # N; what the smooth switch lets a sole stick, in OpenSim too


def function_of(make, *sizes):
    """Turn a function of symbols into one of numbers."""
    import casadi as ca

    symbols = [ca.SX.sym(f"x{row}", size) for row, size in enumerate(sizes)]
    made = ca.Function("made", symbols, [make(*symbols)])
    return lambda *numbers: np.array(made(*numbers)).squeeze()


@pytest.fixture(scope="module")
def muscle():
    from retrogait.predict import muscle

    return muscle


def test_muscle_curves_are_those_of_the_core(muscle):
    length, velocity = np.linspace(0.4, 1.7, 60), np.linspace(-1.0, 1.0, 60)
    active = function_of(muscle.active_length, 1)
    moving = function_of(muscle.force_velocity, 1)
    assert_allclose([active(x) for x in length], degroote_active(length)[0], atol=CURVE_ATOL)
    assert_allclose([moving(x) for x in velocity], degroote_velocity(velocity)[0], atol=CURVE_ATOL)


def contracted(muscle, strand, *, tendon):
    """Force, equilibrium, length and velocity of one muscle in numbers."""
    import casadi as ca

    def make(x):
        state = (x[4], x[5]) if tendon else None
        made = muscle.contract(strand, x[0], x[1], x[2], x[3], state)
        balance = ca.SX(0.0) if made.equilibrium is None else made.equilibrium
        return ca.vertcat(made.force, balance, made.length, made.velocity)

    return function_of(make, 6)


def fiber_of(strand, tendon_length, length, velocity):
    """Twin: fibre length and velocity, normalised, and the cosine of pennation at a tendon length."""
    along = length - tendon_length
    fiber = math.hypot(along, strand.fiber * math.sin(strand.pennation))
    speed = velocity * along / fiber
    return fiber / strand.fiber, speed / (strand.velocity * strand.fiber), along / fiber


def pulled(muscle, activation, length, velocity):
    """Twin: normalised fibre force."""
    active = activation * degroote_active(np.array([length]))[0] * degroote_velocity(np.array([velocity]))[0]
    return float(active[0]) + muscle.FIBER_DAMPING * velocity


@pytest.mark.parametrize("name", ["soleus", "recfem", "tibant"])
def test_a_muscle_with_a_rigid_tendon_pulls_as_its_fibre_does(muscle, figure, name):
    strand = next(s for s in figure.strands if s.name == name)
    ours = contracted(muscle, strand, tendon=False)
    rng = np.random.default_rng(5)
    for _ in range(20):
        strength, activation = rng.uniform(0.5, 2.0), rng.uniform(0.0, 1.0)
        length = strand.tendon + strand.fiber * rng.uniform(0.6, 1.4)
        velocity = strand.fiber * rng.uniform(-6.0, 6.0)
        l, v, cosine = fiber_of(strand, strand.tendon, length, velocity)
        force = pulled(muscle, activation, l, v) * cosine * strand.force * strength
        found = ours([strength, length, velocity, activation, 0.0, 0.0])
        assert_allclose(found, [force, 0.0, l, v], rtol=FORCE_RTOL, atol=SMALL)


def test_a_compliant_tendon_is_as_long_as_its_curve_says(muscle, figure):
    strand = next(s for s in figure.strands if s.name == "gastroc")
    ours = contracted(muscle, strand, tendon=True)
    rng = np.random.default_rng(6)
    step = 1e-6
    for _ in range(20):
        stretch = rng.uniform(0.002, strand.strain)
        force = float(degroote_tendon(np.array([1.0 + stretch]), strand.strain)[0][0])
        # Rate of the force by a central difference of the tendon's curve.
        pulling = rng.uniform(-0.3, 0.3)
        ends = degroote_tendon(1.0 + stretch + pulling * np.array([-step, step]), strand.strain)[0]
        rate = float(ends[1] - ends[0]) / (2.0 * step)
        length = strand.tendon * (1.0 + stretch) + strand.fiber * rng.uniform(0.7, 1.3)
        velocity = strand.fiber * rng.uniform(-3.0, 3.0)
        activation, strength = rng.uniform(0.0, 1.0), rng.uniform(0.5, 2.0)
        shortened = velocity - strand.tendon * pulling
        l, v, cosine = fiber_of(strand, strand.tendon * (1.0 + stretch), length, shortened)
        balance = pulled(muscle, activation, l, v) * cosine - force
        found = ours([strength, length, velocity, activation, force, rate])
        # 1e-6: the difference quotient above
        assert_allclose(found, [force * strand.force * strength, balance, l, v], rtol=1e-6, atol=1e-6)


def power_of(muscle, strand, activation, speed, force=None):
    """Predictor's and core's power of one muscle at optimal length over some velocities [m/s]."""
    velocity = speed / (strand.velocity * strand.fiber)
    factor = float(degroote_active(np.array([1.0]))[0][0])
    if force is None:
        force = activation * factor * degroote_velocity(velocity)[0] * strand.force
    smooth = function_of(
        lambda x: muscle.bhargava(strand, 1.0, x[0], factor, x[1], x[2], x[3]), 4
    )  # fmt: skip
    ours = [smooth([activation, f, s, v]) for f, s, v in zip(force, speed, velocity, strict=True)]
    muscles = EnergyMuscles(*(np.array([x]) for x in (
        strand.mass, strand.slow, strand.force, strand.fiber, strand.velocity,
    )))  # fmt: skip
    fibers = FiberStates(activation, activation, 1.0, speed[:, None], force[:, None], 0.0, factor)
    return np.array(ours), metabolic_power(muscles, fibers, BHARGAVA2004).total[:, 0]


@pytest.mark.parametrize("activation", [0.1, 0.5, 1.0])
def test_power_is_bhargavas_away_from_its_bends(muscle, figure, activation):
    strand = next(s for s in figure.strands if s.name == "vaslat")
    shares = np.array([-0.8, -0.5, -0.2, -0.12, 0.0])
    speed = shares * strand.velocity * strand.fiber
    ours, theirs = power_of(muscle, strand, activation, speed)
    assert theirs.min() > 5.0  # the floor at zero is far away
    # What the rounded floor adds to a power of some watts, and the switch between two heats at 0.12.
    assert_allclose(ours, theirs, rtol=1e-5, atol=0.25 / theirs.min())


def test_heat_of_lengthening_is_bhargavas(muscle, figure):
    """At a small force, because at a usual one what is done to the muscle outweighs its heat."""
    strand = next(s for s in figure.strands if s.name == "vaslat")
    speed = np.array([0.1, 0.2, 0.3]) * strand.velocity * strand.fiber
    ours, theirs = power_of(muscle, strand, 0.8, speed, force=np.full(3, 100.0))
    assert theirs.min() > 5.0
    assert_allclose(ours, theirs, rtol=1e-3, atol=0.25 / theirs.min())


def test_a_muscle_that_is_pulled_longer_spends_nearly_nothing_and_never_earns(muscle, figure):
    strand = next(s for s in figure.strands if s.name == "soleus")
    speed = np.linspace(0.2, 0.9, 8) * strand.velocity * strand.fiber
    ours, theirs = power_of(muscle, strand, 0.6, speed)
    assert np.all(ours > 0.0)
    assert np.all(ours < 0.5)  # W; the rounding of the floor
    assert_allclose(theirs, 0.0, atol=strand.mass)  # the core keeps the power at or above zero too


@pytest.fixture(scope="module")
def push():
    """Force of the ground on a sphere over height, two velocities and its share."""
    import casadi as ca

    from retrogait.predict.contact import Law, contact_force

    law = Law(1.5e6, 1.5, 0.8, 0.2)
    return function_of(
        lambda x: contact_force(ca.vertcat(0.0, x[0]), x[1:3], 0.03, x[3], law), 4
    )  # fmt: skip


def test_friction_opposes_sliding_and_reaches_its_share_of_the_normal_force(push):
    for sliding in (-1.0, -0.01, 0.01, 1.0):
        forward, upward = push([0.028, sliding, 0.0, 1.0])
        assert upward > 0.0
        assert forward * sliding < 0.0
        assert abs(forward) <= 0.8 * upward
    forward, upward = push([0.028, 5.0, 0.0, 1.0])
    assert forward == pytest.approx(-0.8 * upward)


def test_the_ground_pushes_harder_deeper_and_on_the_way_down_and_never_pulls(push):
    depth = np.array([push([y, 0.0, 0.0, 1.0])[1] for y in np.linspace(0.04, 0.015, 20)])
    assert np.all(np.diff(depth) > 0.0)
    assert depth[0] < 1.0  # N; a centimetre above the ground
    rates = np.array([push([0.025, 0.0, rate, 1.0])[1] for rate in np.linspace(-2.0, 5.0, 30)])
    assert np.all(np.diff(rates) < PULL)
    assert rates[0] > 2.0 * rates[-1] + 100.0
    assert rates.min() > -PULL


def test_half_the_share_is_half_the_stiffness(push):
    whole, half = push([0.025, 0.0, 0.0, 1.0])[1], push([0.025, 0.0, 0.0, 0.5])[1]
    # Hertz: force goes as k^(3/2), and k as stiffness^(2/3).
    assert half / whole == pytest.approx(0.5, rel=1e-9)


@pytest.fixture(scope="module")
def passive(figure):
    """Passive moment of a joint of the right leg over hip, knee and ankle [deg]."""
    import casadi as ca

    from retrogait.predict.blocks import passive_moment

    q = ca.SX.sym("q", len(figure.coordinates))
    names = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")
    made = ca.Function("passive", [q], [ca.vertcat(*[passive_moment(figure, name, q) for name in names])])

    def moments(hip=0.0, knee=0.0, ankle=0.0):
        state = np.zeros(len(figure.coordinates))
        for name, angle in zip(names, (hip, knee, ankle), strict=True):
            state[figure.row(name)] = math.radians(angle)
        return dict(zip(("hip", "knee", "ankle"), np.array(made(state))[:, 0], strict=True))

    return moments


def test_the_passive_ankle_is_that_of_riener_and_edrich(passive):
    assert passive(ankle=20.0)["ankle"] == pytest.approx(-42.0, abs=MOMENT_ATOL)
    assert passive(ankle=-40.0)["ankle"] == pytest.approx(2.3, abs=MOMENT_ATOL)
    # Gastrocnemius is slack behind a bent knee.
    assert abs(passive(ankle=20.0, knee=60.0)["ankle"]) < 0.5 * abs(passive(ankle=20.0)["ankle"])


@pytest.mark.parametrize(("hip", "knee"), [(0.0, 20.0), (-15.0, 40.0), (60.0, 80.0)])
def test_the_passive_hip_is_that_of_riener_and_edrich(passive, hip, knee):
    paper = (
        math.exp(1.4655 - 0.0034 * knee - 0.0750 * hip) - math.exp(1.3403 - 0.0226 * knee + 0.0305 * hip)
        + 8.072
    )  # fmt: skip
    assert passive(hip=hip, knee=knee)["hip"] == pytest.approx(paper, rel=1e-12)


def test_the_knee_stops_bending_backwards_and_moves_freely_in_between(passive):
    stop = [passive(knee=angle)["knee"] for angle in (0.0, -5.0, -10.0, -15.0)]
    assert np.all(np.diff(stop) > 0.0)
    assert stop[2] > 40.0  # N m; ten degrees backwards: bends it again as hard as a muscle
    assert all(abs(passive(knee=angle)["knee"]) < 5.0 for angle in (20.0, 40.0, 60.0))


def test_toes_are_a_damped_spring(figure):
    import casadi as ca

    from retrogait.predict.blocks import _damped

    size = len(figure.coordinates)
    q, v = ca.SX.sym("q", size), ca.SX.sym("v", size)
    moment = ca.Function("moment", [q, v], [_damped(figure, "mtp_angle_r", q, v)])
    row = figure.row("mtp_angle_r")
    unit = np.eye(size)[row]
    damper = next(d for d in figure.table.damper if d.coordinate == "mtp_angle")
    assert float(moment(unit, 0.0 * unit)) == pytest.approx(-damper.stiffness.value)
    assert float(moment(0.0 * unit, unit)) == pytest.approx(-damper.damping.value)
