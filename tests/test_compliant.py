"""Load sharing with tendons that stretch: what must hold whatever the numbers."""

import dataclasses

import numpy as np
import pytest

import retrogait as rg
from retrogait.criteria import cost_of
from retrogait.kernels.equilibrium import equilibrate
from retrogait.kernels.frames import solve_frames
from retrogait.kernels.plan import new_answer, new_work
from retrogait.pipeline import prepare, solve
from retrogait.settings import Settings
from tests.bodies import few, planar_leg
from tests.trials import walk

ROWS = few(61, 12)
RESERVE = 20.0  # N m: the formulas of the trial ask for more than the leg has
FORCE_TOL = 1e-3  # N: what 1e-8 of activation, the solver's tolerance, moves several kN by, with a margin
PRICE_TOL = 2e-3  # relative: the curvature is taken over 1e-3 of activation, beside corners of tables
STILL_TOL = 1e-6  # relative: without motion the two tendons differ by rounding alone
DIFFERENCE = 1e-5  # activation


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


@pytest.fixture(scope="module", params=[2, 3])
def walked(request, leg):
    trial = walk(leg, ROWS)
    return request.param, rg.analyze(
        leg, trial, tendon="compliant", exponent=request.param, reserve=RESERVE, cutoff=None
    )


def fiber_and_tendon(leg, result, frame, muscle):
    """Tendon force [N] that equilibrium gives for a frame's own activation and fibre history."""
    time = result["time"].values
    return equilibrate(
        leg.muscles,
        muscle,
        float(result["activation"].values[frame, muscle]),
        float(result["muscle_length"].values[frame, muscle]),
        float(result["fiber_length"].values[frame - 1, muscle]),
        float(time[frame] - time[frame - 1]),
        False,
    )


def test_every_frame_is_solved(walked):
    _, result = walked
    assert (result["status"] == 0).all()


def test_fibre_and_tendon_carry_the_same_force(leg, walked):
    _, result = walked
    for frame in range(1, ROWS):
        for muscle in range(len(leg.muscle_names)):
            force, _, fiber, _, _ = fiber_and_tendon(leg, result, frame, muscle)
            assert force == pytest.approx(float(result["muscle_force"][frame, muscle]), abs=FORCE_TOL)
            assert fiber == pytest.approx(float(result["fiber_length"][frame, muscle]), abs=1e-9)


def test_no_cheaper_activation_exists_nearby(leg, walked):
    """At the optimum every free muscle's marginal cost is its marginal moment at the reserves' price."""
    exponent, result = walked
    shared = np.flatnonzero(result["coordinate_shared"].values)
    price = dict(zip(shared, result["reserve"].values[:, shared].T / RESERVE**2, strict=True))
    paths = leg.paths
    model_arms = arms(leg, result)
    cost = cost_of(result.attrs["sharing"], leg)
    checked = 0
    for frame in range(1, ROWS):
        for muscle in range(len(leg.muscle_names)):
            a = float(result["activation"].values[frame, muscle])
            if not 0.01 < a < 0.99:
                continue
            _, slope, _, _, _ = fiber_and_tendon(leg, result, frame, muscle)
            rows = range(paths.arm_first[muscle], paths.arm_first[muscle + 1])
            worth = slope * sum(
                model_arms[frame, row] * price[int(paths.arm_coordinate[row])][frame]
                for row in rows
                if int(paths.arm_coordinate[row]) in price
            )
            if abs(worth - cost[muscle] * a ** (exponent - 1)) > PRICE_TOL * max(1.0, worth):
                # beside a corner of a force curve the optimum has a range of prices
                assert lies_at_a_corner(leg, result, frame, muscle, slope)
            checked += 1
    assert checked > ROWS


def arms(leg, result):
    """(frame, arm) moment arms of the result's own poses."""
    body, plan, motion, _ = prepare(leg, walk(leg, ROWS), Settings(cutoff=None))
    answer = new_answer(result.sizes["time"], body, plan)
    solve(body, plan, motion, answer, 1)
    return answer.arm


def lies_at_a_corner(leg, result, frame, muscle, slope):
    """Whether the slope of tendon force jumps between just below and just above this activation."""
    slopes = []
    for step in (-DIFFERENCE, DIFFERENCE):
        moved = result.copy(deep=True)
        moved["activation"][frame, muscle] += step
        slopes.append(fiber_and_tendon(leg, moved, frame, muscle)[1])
    return abs(slopes[1] - slopes[0]) > 1e-3 * abs(slope)


def test_what_must_stay_zero_stays_zero(leg):
    """A frame after a failed one starts as the first does: from the plain cost, without an offset."""
    body, plan, motion, _ = prepare(leg, walk(leg, 12), Settings(tendon="compliant", reserve=RESERVE))
    work = new_work(body, plan)
    solve_frames(body, plan, motion, new_answer(12, body, plan), work, 0, 12, 12)
    assert not work.nothing.any()
    assert not work.path_wrench.any()
    assert not work.path_force.any()


def test_a_rigid_tendon_is_the_limit(leg):
    """Standing still, a tendon declared rigid gives what the rigid method gives."""
    muscles = leg.muscles._replace(ignore_tendon_compliance=np.ones(len(leg.muscle_names), np.int64))
    stiff = dataclasses.replace(leg, muscles=muscles)
    trial = walk(leg, 12, swing=0.0)
    compliant = rg.analyze(stiff, trial, tendon="compliant", reserve=RESERVE)
    rigid = rg.analyze(leg, trial, tendon="rigid", reserve=RESERVE)
    np.testing.assert_allclose(
        compliant["muscle_force"].values, rigid["muscle_force"].values, rtol=STILL_TOL, atol=FORCE_TOL
    )


def test_stretching_tendons_shorten_fibres(leg):
    trial = walk(leg, 12, swing=0.0)
    compliant = rg.analyze(leg, trial, tendon="compliant", reserve=RESERVE)
    rigid = rg.analyze(leg, trial, tendon="rigid", reserve=RESERVE)
    loaded = compliant["muscle_force"].values > 50.0
    assert loaded.any()
    assert (compliant["fiber_length"].values[loaded] < rigid["fiber_length"].values[loaded]).all()
