import math

import numpy as np
import opensim
import pytest
from numpy.testing import assert_allclose

from retrogait.kernels.equilibrium import Balance, equilibrate
from retrogait.kernels.muscles import (
    FIRST_VELOCITY,
    PER_UNIT,
    MuscleModel,
    cubic,
    locate,
    rigid_tendon,
    rigid_tendon_opensim,
)
from retrogait.osim.muscles import read_muscles

pytestmark = pytest.mark.opensim

CURVE_TOL = 5e-6  # max. isometric force: cubic on 1/256 of a length against OpenSim's own curve
PARITY_TOL = 1e-5  # max. isometric force: tables, and Thelen's own Newton stops at 1e-6 of velocity
EQUILIBRIUM_TOL = 1e-6  # max. isometric force: OpenSim stops at 1e-8, its curves differ by the tables

CLASSES = (
    "Thelen2003Muscle",
    "Millard2012EquilibriumMuscle",
    "DeGrooteFregly2016Muscle",
    "RigidTendonMuscle",
)
COMPLIANT = CLASSES[:3]


@pytest.fixture(autouse=True, scope="module")
def _quiet():
    level = opensim.Logger.getLevelString()
    opensim.Logger.setLevelString("Off")
    yield
    opensim.Logger.setLevelString(level)


def bench(kind, *, pennation=0.3, change=lambda muscle: None):
    """A block on a slider, pulled along the slider by one muscle: its length is the coordinate."""
    model = opensim.Model()
    block = opensim.Body("block", 1.0, opensim.Vec3(0), opensim.Inertia(1.0))
    slider = opensim.SliderJoint("slider", model.getGround(), block)
    model.addBody(block)
    model.addJoint(slider)
    muscle = getattr(opensim, kind)()
    muscle.setName("puller")
    muscle.set_max_isometric_force(1000.0)
    muscle.set_optimal_fiber_length(0.08)
    muscle.set_tendon_slack_length(0.2)
    muscle.set_pennation_angle_at_optimal(pennation)
    muscle.addNewPathPoint("origin", model.getGround(), opensim.Vec3(0))
    muscle.addNewPathPoint("insertion", block, opensim.Vec3(0))
    change(muscle)
    model.addForce(muscle)
    model.finalizeConnections()
    return model


def pose(model, state, length, speed=0.0):
    coordinate = model.getCoordinateSet().get(0)
    coordinate.setValue(state, length)
    coordinate.setSpeedValue(state, speed)
    model.realizeVelocity(state)


def muscles_of(model, names):
    found = {muscle.getName(): muscle for muscle in model.getMuscleList()}
    return [found[name] for name in names]


def capacities(model, state, names):
    return np.array(
        [
            opensim.Muscle.safeDownCast(muscle).calcInextensibleTendonActiveFiberForce(state, 1.0)
            for muscle in muscles_of(model, names)
        ]
    )


def rigid(kernel, muscles, length, speed):
    active, passive, fiber = np.empty((3, len(length)))
    kernel(muscles, length, speed, active, passive, fiber)
    return active, passive, fiber


def wander(model, state, rng, *, reach, speed):
    """A random pose and speed of every free coordinate."""
    for coordinate in model.getCoordinateSet():
        if coordinate.isDependent(state) or coordinate.getLocked(state):
            continue
        low, high = max(coordinate.getRangeMin(), -1.2), min(coordinate.getRangeMax(), 1.2)
        coordinate.setValue(state, reach * rng.uniform(low, high), False)
        coordinate.setSpeedValue(state, speed * rng.normal())
    model.assemble(state)
    model.realizeVelocity(state)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_muscle_is_read_with_its_numbers_and_model(kind):
    reading = read_muscles(bench(kind))

    muscles = reading.muscles
    assert (reading.names, reading.problems, reading.notes) == (["puller"], [], [])
    assert muscles.model[0] == MuscleModel(CLASSES.index(kind))
    assert muscles.maximum_isometric_force[0] == 1000.0
    assert muscles.fiber_height[0] == pytest.approx(0.08 * math.sin(0.3))
    assert muscles.ignore_tendon_compliance[0] == (kind == "RigidTendonMuscle")
    assert muscles.curve_table.shape[0] == 4
    assert all(np.isfinite(field).all() for field in muscles)


@pytest.mark.parametrize("pennation", [0.0, 0.4])
@pytest.mark.parametrize("kind", CLASSES)
def test_parity_gives_the_capacity_of_static_optimisation(kind, pennation):
    model = bench(kind, pennation=pennation)
    state = model.initSystem()
    muscles = read_muscles(model).muscles
    rng = np.random.default_rng(1)

    for _ in range(200):
        length, speed = rng.uniform(0.21, 0.36), rng.uniform(-1.0, 1.0)
        pose(model, state, length, speed)
        active, _, _ = rigid(rigid_tendon_opensim, muscles, np.array([length]), np.array([speed]))
        expected = capacities(model, state, ["puller"])
        assert_allclose(active, expected, rtol=0.0, atol=1000.0 * PARITY_TOL)


def test_thelen_agrees_with_opensim_without_parity():
    model = bench("Thelen2003Muscle")
    state = model.initSystem()
    muscles = read_muscles(model).muscles

    for length in (0.2, 0.205, 0.23, 0.28, 0.35):
        pose(model, state, length, -0.3)
        active, _, _ = rigid(rigid_tendon, muscles, np.array([length]), np.array([-0.3]))
        expected = capacities(model, state, ["puller"])
        assert_allclose(active, expected, rtol=0.0, atol=1000.0 * PARITY_TOL)


def shape_thelen(muscle):
    muscle.set_KshapeActive(0.5)
    muscle.set_KshapePassive(4.0)
    muscle.set_FmaxMuscleStrain(0.5)
    muscle.set_FmaxTendonStrain(0.06)
    muscle.set_Af(0.3)
    muscle.set_Flen(1.5)
    muscle.set_fv_linear_extrap_threshold(0.9)


def shape_millard(muscle):
    muscle.upd_FiberForceLengthCurve().set_strain_at_one_norm_force(0.55)
    muscle.upd_TendonForceLengthCurve().set_strain_at_one_norm_force(0.07)
    muscle.upd_ForceVelocityCurve().set_max_eccentric_velocity_force_multiplier(1.5)
    muscle.upd_ActiveForceLengthCurve().set_minimum_value(0.0)


def shape_degroote(muscle):
    muscle.set_active_force_width_scale(1.3)
    muscle.set_passive_fiber_strain_at_one_norm_force(0.5)
    muscle.set_tendon_strain_at_one_norm_force(0.08)


SHAPES = dict(zip(COMPLIANT, (shape_thelen, shape_millard, shape_degroote), strict=True))


@pytest.mark.parametrize("shaped", [False, True], ids=["stock", "own"])
@pytest.mark.parametrize("kind", COMPLIANT)
def test_static_equilibrium_is_the_one_opensim_finds(kind, shaped):
    model = bench(kind, change=SHAPES[kind] if shaped else lambda muscle: None)
    state = model.initSystem()
    reading = read_muscles(model)
    (muscle,) = muscles_of(model, reading.names)

    for length in np.linspace(0.25, 0.33, 17):
        for activation in (0.02, 0.3, 1.0):
            muscle.setActivation(state, activation)
            pose(model, state, length)
            muscle.computeEquilibrium(state)
            model.realizeDynamics(state)
            force, _, fiber, _, status = equilibrate(
                reading.muscles, 0, activation, length, math.nan, math.inf, True
            )
            assert status == Balance.FOUND
            assert force == pytest.approx(
                muscle.getTendonForce(state), abs=1000.0 * EQUILIBRIUM_TOL, rel=EQUILIBRIUM_TOL
            )
            assert fiber == pytest.approx(muscle.getFiberLength(state), abs=1e-7)


@pytest.mark.parametrize("shaped", [False, True], ids=["stock", "own"])
def test_the_curves_of_millard_are_those_of_the_muscle(shaped):
    model = bench("Millard2012EquilibriumMuscle", change=shape_millard if shaped else lambda muscle: None)
    muscles = read_muscles(model).muscles
    muscle = opensim.Millard2012EquilibriumMuscle.safeDownCast(model.getMuscles().get(0))
    strain = muscle.getTendonForceLengthCurve().getStrainAtOneNormForce()
    cases = (
        (muscle.getActiveForceLengthCurve(), muscles.active_curve, 0.0, 1.0, 0.2, 2.4),
        (muscle.getFiberForceLengthCurve(), muscles.passive_curve, 0.0, 1.0, 0.2, 2.4),
        (muscle.getForceVelocityCurve(), muscles.velocity_curve, FIRST_VELOCITY, 1.0, -1.4, 1.4),
        (
            muscle.getTendonForceLengthCurve(),
            muscles.tendon_curve,
            1.0 - strain / PER_UNIT,
            strain,
            0.9,
            1.15,
        ),
    )

    for curve, rows, start, unit, low, high in cases:
        x = np.linspace(low, high, 401)
        ours = [cubic(muscles.curve_table, rows[0], *locate((each - start) / unit * PER_UNIT)) for each in x]
        assert_allclose(ours, [curve.calcValue(each) for each in x], rtol=0.0, atol=CURVE_TOL)


@pytest.mark.parametrize("shaped", [False, True], ids=["stock", "own"])
def test_the_curves_of_degroote_are_those_of_the_muscle(shaped):
    model = bench("DeGrooteFregly2016Muscle", change=shape_degroote if shaped else lambda muscle: None)
    muscles = read_muscles(model).muscles
    (muscle,) = model.getMuscleList()
    strain = muscle.get_tendon_strain_at_one_norm_force()
    table = muscles.curve_table

    for l in np.linspace(0.21, 1.8, 201):
        place = locate(l * PER_UNIT)
        active = cubic(table, muscles.active_curve[0], *place)
        passive = cubic(table, muscles.passive_curve[0], *place)
        assert active == pytest.approx(muscle.calcActiveForceLengthMultiplier(l), abs=CURVE_TOL)
        assert passive == pytest.approx(muscle.calcPassiveForceMultiplier(l), abs=CURVE_TOL)
    for v in np.linspace(-1.4, 1.4, 201):
        velocity = cubic(table, muscles.velocity_curve[0], *locate((v - FIRST_VELOCITY) * PER_UNIT))
        assert velocity == pytest.approx(muscle.calcForceVelocityMultiplier(v), abs=CURVE_TOL)
    for l in np.linspace(1.0, 1.0 + 1.5 * strain, 201):
        tendon = cubic(table, muscles.tendon_curve[0], *locate(1.0 + (l - 1.0) / strain * PER_UNIT))
        assert tendon == pytest.approx(muscle.calcTendonForceMultiplier(l), abs=CURVE_TOL)


@pytest.mark.parametrize("shaped", [False, True], ids=["stock", "own"])
def test_the_curves_of_thelen_are_those_of_the_muscle(shaped):
    model = bench("Thelen2003Muscle", pennation=0.0, change=shape_thelen if shaped else lambda muscle: None)
    state = model.initSystem()
    muscles = read_muscles(model).muscles
    (muscle,) = model.getMuscleList()
    table = muscles.curve_table

    for l, v in zip(np.linspace(0.4, 1.7, 101), np.linspace(-1.1, 1.1, 101), strict=True):
        fiber, stretch = 0.08 * l, 1.0 + 0.08 * (l - 0.4) / 1.3
        pose(model, state, fiber + 0.2 * stretch)
        muscle.setFiberLength(state, fiber)
        model.realizeDynamics(state)
        place = locate(l * PER_UNIT)
        f_l = cubic(table, muscles.active_curve[0], *place)
        f_v = cubic(table, muscles.velocity_curve[0], *locate((v - FIRST_VELOCITY) * PER_UNIT))
        f_p = cubic(table, muscles.passive_curve[0], *place)
        f_t = cubic(
            table,
            muscles.tendon_curve[0],
            *locate(1.0 + (stretch - 1.0) / muscles.tendon_strain[0] * PER_UNIT),
        )
        active = muscle.calcActiveFiberForceAlongTendon(1.0, fiber, v * 0.8) / 1000.0
        assert f_l * max(f_v, 0.0) == pytest.approx(active, abs=PARITY_TOL)
        assert f_p == pytest.approx(muscle.getPassiveFiberForce(state) / 1000.0, abs=CURVE_TOL)
        assert f_t == pytest.approx(muscle.getTendonForce(state) / 1000.0, abs=CURVE_TOL)


def test_a_muscle_told_to_ignore_its_passive_force_has_none():
    def change(muscle):
        muscle.set_ignore_passive_fiber_force(True)

    muscles = read_muscles(bench("DeGrooteFregly2016Muscle", change=change)).muscles
    _, passive, _ = rigid(rigid_tendon, muscles, np.array([0.33]), np.array([0.0]))

    assert passive[0] == 0.0


def test_equal_curves_are_stored_once():
    model = bench("Thelen2003Muscle")
    twin = opensim.Thelen2003Muscle.safeDownCast(model.getMuscles().get(0)).clone()
    twin.setName("twin")
    twin.set_FmaxTendonStrain(0.05)
    model.addForce(twin)
    model.finalizeConnections()

    muscles = read_muscles(model).muscles

    assert muscles.curve_table.shape[0] == 5
    assert muscles.active_curve.tolist() == [0, 0]
    assert muscles.tendon_curve[0] != muscles.tendon_curve[1]


def test_a_muscle_of_another_class_is_named_as_a_problem():
    reading = read_muscles(bench("Millard2012AccelerationMuscle"))

    assert reading.problems == ["puller (Millard2012AccelerationMuscle)"]
    assert (reading.names, len(reading.muscles.model)) == ([], 0)


def test_a_muscle_switched_off_is_left_out_and_noted():
    model = bench("Thelen2003Muscle", change=lambda muscle: muscle.set_appliesForce(False))

    reading = read_muscles(model)

    assert (reading.names, reading.problems) == ([], [])
    assert reading.notes == ["puller (Thelen2003Muscle) is left out: its appliesForce is false"]


@pytest.mark.parametrize(
    ("setter", "number", "line"),
    [
        ("max_isometric_force", -5.0, "max_isometric_force is -5, expected a positive number"),
        ("optimal_fiber_length", math.nan, "optimal_fiber_length is nan, expected a positive"),
        ("tendon_slack_length", -0.1, "tendon_slack_length is -0.1, expected >= 0"),
        ("pennation_angle_at_optimal", 2.0, "pennation_angle_at_optimal is 2 rad, expected 0 to"),
        ("max_control", 0.0, "min_control to max_control is 0.01 to 0, expected 0 <= min < max"),
    ],
)
def test_a_number_no_muscle_can_have_is_a_problem(setter, number, line):
    model = bench("RigidTendonMuscle" if setter != "max_control" else "Thelen2003Muscle")
    (muscle,) = model.getMuscleList()
    getattr(muscle, f"set_{setter}")(number)

    (problem,) = read_muscles(model).problems

    assert problem.startswith("puller (")
    assert line in problem


RECORDED = (
    "gait2392/subject01_simbody.osim",
    "gait10dof18/subject01.osim",
    "gc5_knee/Rajagopal2015-scaled.osim",
    "models/Rajagopal2016.osim",
    "models/RajagopalLaiUhlrich2023.osim",
    "models/2D_gait.osim",
)


@pytest.mark.shared
@pytest.mark.parametrize("name", RECORDED)
def test_parity_holds_for_every_muscle_of_a_real_model(shared_data, name):
    model = opensim.Model(str(shared_data / name))
    state = model.initSystem()
    reading = read_muscles(model)
    rng = np.random.default_rng(2)
    assert (reading.problems, reading.notes) == ([], [])

    for _ in range(15):
        wander(model, state, rng, reach=0.8, speed=3.0)
        muscles = muscles_of(model, reading.names)
        length = np.array([muscle.getLength(state) for muscle in muscles])
        speed = np.array([muscle.getLengtheningSpeed(state) for muscle in muscles])
        active, _, _ = rigid(rigid_tendon_opensim, reading.muscles, length, speed)
        gap = np.abs(active - capacities(model, state, reading.names))
        assert np.max(gap / reading.muscles.maximum_isometric_force) <= PARITY_TOL


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "gait2392/subject01_simbody.osim",
        "models/RajagopalLaiUhlrich2023.osim",
        "models/2D_gait.osim",
    ],
)
def test_every_muscle_of_a_real_model_finds_its_static_equilibrium(shared_data, name):
    model = opensim.Model(str(shared_data / name))
    for muscle in model.getMuscleList():
        muscle.set_ignore_tendon_compliance(False)
    model.finalizeFromProperties()
    state = model.initSystem()
    reading = read_muscles(model)
    rng = np.random.default_rng(3)

    for _ in range(4):
        wander(model, state, rng, reach=0.5, speed=0.0)
        for row, muscle in enumerate(muscles_of(model, reading.names)):
            activation = rng.uniform(0.02, 1.0)
            muscle.setActivation(state, activation)
            model.realizeVelocity(state)
            muscle.computeEquilibrium(state)
            model.realizeDynamics(state)
            force, _, _, _, status = equilibrate(
                reading.muscles,
                row,
                activation,
                muscle.getLength(state),
                math.nan,
                math.inf,
                True,
            )
            assert status != Balance.FAILED
            assert force == pytest.approx(
                muscle.getTendonForce(state),
                abs=EQUILIBRIUM_TOL * reading.muscles.maximum_isometric_force[row],
                rel=EQUILIBRIUM_TOL,
            )
