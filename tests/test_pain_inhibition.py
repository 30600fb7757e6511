"""A quadriceps that is spared: a price in the sharing, not a strength."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import retrogait as rg
from retrogait.errors import ConfigError
from tests.bodies import few, planar_leg
from tests.trials import walk

ROWS = few(40, 10)
SLACK = 1e-6  # relative, of an impulse that the solver finds to 1e-9


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


def shared(leg, **weights):
    return rg.analyze(leg, walk(leg, ROWS), threads=1, weights=weights)


def test_a_weight_may_name_a_group_a_muscle_without_its_side_or_a_pattern(leg):
    whole = shared(leg, quadriceps=4.0)["activation"]
    for names in (("recfem_r", "vasint_r"), ("recfem", "vasint"), ("recfem*", "vas*")):
        assert_array_equal(shared(leg, **dict.fromkeys(names, 4.0))["activation"], whole)


def test_the_dearer_the_quadriceps_the_less_it_pulls_and_the_moment_stays(leg):
    results = [shared(leg, quadriceps=weight) for weight in (1.0, 2.0, 4.0, 8.0)]
    pulls = [float(r["muscle_force"].sel(muscle=["recfem_r", "vasint_r"]).mean()) for r in results]
    assert all(after <= before * (1.0 + SLACK) for before, after in pairwise(pulls))
    assert pulls[-1] < 0.95 * pulls[0]
    moments = [r["knee_extension_moment"].to_numpy() for r in results]
    for moment in moments[1:]:
        assert_array_equal(moment, moments[0])


def test_a_weight_of_one_is_the_plain_sharing(leg):
    plain = rg.analyze(leg, walk(leg, ROWS), threads=1, sharing="plain")
    assert_allclose(shared(leg, quadriceps=1.0)["activation"], plain["activation"], rtol=0.0, atol=1e-12)
    assert np.isfinite(plain["activation"]).all()


def test_a_weight_for_a_muscle_that_is_not_there_is_refused(leg):
    with pytest.raises(ConfigError, match=r"weights: no muscle of sketch\.osim is called 'popliteus'"):
        shared(leg, popliteus=2.0)
