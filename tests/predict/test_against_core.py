"""Figure, motion and paths of the predictor against the compiled core and OpenSim."""
# ruff: noqa: PLC0415  # casadi must not be imported with opensim

import numpy as np
import pytest
from numpy.testing import assert_allclose

from retrogait.predict.figure import ROOT
from retrogait.quantities import GRAVITY

pytestmark = [pytest.mark.solver, pytest.mark.opensim]

LENGTH_ATOL = 1e-9  # m; the file gives the coupler of the patella to 6 digits
MASS_RTOL = 1e-12  # 1; a sum of decimal numbers
ARM_ATOL = 1e-9  # m; the same
FORCE_RTOL = 1e-11  # of the largest: sums over twelve links in another order
CONTACT_ATOL = 1e-8  # N; the same closed form, of forces up to some hundred newtons


@pytest.fixture(scope="module")
def columns(core_side, figure):
    """Columns of the core's coordinates in the order of the figure, coupled ones left out."""
    names = core_side["coordinates"].tolist()
    return [names.index(name) for name in figure.coordinates]


@pytest.fixture(scope="module")
def paths(figure):
    """Lengths and their gradients of one leg's muscles over its angles."""
    import casadi as ca

    from retrogait.predict.muscle import path_length

    angles = ca.SX.sym("angles", figure.leg)
    lengths = ca.vertcat(*[path_length(figure, strand, angles) for strand in figure.strands])
    return ca.Function("paths", [angles], [lengths, ca.jacobian(lengths, angles)])


def test_the_figure_has_the_mass_the_free_coordinates_and_the_muscles_of_the_model(core_side, figure):
    assert figure.mass == pytest.approx(float(core_side["mass"]), rel=MASS_RTOL)
    free = core_side["coordinates"][core_side["free"]]
    assert sorted(free) == sorted(figure.coordinates)
    assert core_side["muscles"].tolist() == figure.muscles


@pytest.mark.parametrize("side", [0, 1], ids=["right", "left"])
def test_lengths_and_moment_arms_of_either_leg_are_those_of_the_core(core_side, columns, figure, paths, side):
    own = columns[len(ROOT) + side * figure.leg :][: figure.leg]
    rows = np.arange(len(figure.strands)) + side * len(figure.strands)
    assert core_side["length"].std(axis=0).min() > 1e-3  # every length changes over these poses
    for pose, q in enumerate(core_side["q"]):
        length, gradient = (np.array(part) for part in paths(q[own]))
        assert_allclose(length[:, 0], core_side["length"][pose, rows], rtol=0, atol=LENGTH_ATOL)
        assert_allclose(-gradient, core_side["arm"][pose][np.ix_(rows, own)], rtol=0, atol=ARM_ATOL)


def test_inverse_dynamics_is_that_of_the_core(core_side, columns, figure):
    import casadi as ca

    from retrogait.predict.motion import place, require

    q, v, a = (ca.SX.sym(name, len(columns)) for name in "qva")
    needed = require(figure, place(figure, q, v, a), ca.vertcat(0.0, -GRAVITY), [])
    dynamics = ca.Function("dynamics", [q, v, a], [ca.vertcat(*needed)])
    state = [core_side[name][:, columns].T for name in "qva"]
    ours = np.array(dynamics.map(state[0].shape[1])(*state)).T
    theirs = core_side["force"][:, columns]
    assert_allclose(ours, theirs, rtol=0, atol=FORCE_RTOL * np.abs(theirs).max())


def test_the_ground_pushes_as_in_opensim(core_side):
    import casadi as ca

    from retrogait.predict.contact import Law, contact_force

    radius, stiffness, dissipation = core_side["contact_law"]
    law = Law(stiffness, dissipation, 0.0, 0.2)
    center, velocity = ca.SX.sym("center", 2), ca.SX.sym("velocity", 2)
    push = ca.Function("push", [center, velocity], [contact_force(center, velocity, radius, 1.0, law)])
    state = zip(core_side["contact_height"], core_side["contact_velocity"], strict=True)
    ours = np.array([push([0.0, y], [0.0, rate]) for y, rate in state])[:, :, 0]
    assert core_side["contact_force"].max() > 100.0
    assert core_side["contact_force"].min() < 1.0
    assert_allclose(ours[:, 1], core_side["contact_force"], rtol=0, atol=CONTACT_ATOL)
    assert_allclose(ours[:, 0], 0.0)
