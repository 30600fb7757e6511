"""Factors as users write them, and the points drawn from their ranges."""

import numpy as np
import pytest

from retrogait.errors import ConfigError
from retrogait.sampling.draw import draw, fewest_samples, remarks
from retrogait.sampling.factors import CUTOFF_STEPS, DEFAULTS, KINDS, default_factors, factors_of

RANGES = {"body_mass": [0.97, 1.03], "exponent": [2, 3], "cutoff": [4, 8], "cop_x": [-0.01, 0.02]}
EVEN = 0.02  # share of the range: means of 512 points of a stratified sample


@pytest.mark.parametrize("method", ["sobol", "latin"])
def test_samples_fill_every_range_evenly(method):
    factors = factors_of(RANGES)
    values = draw(factors, 512, method, 3)
    assert values.shape == (512, 4)
    for factor, column in zip(factors, values.T, strict=True):
        assert factor.low <= column.min()
        assert column.max() <= factor.high
        middle, width = (factor.low + factor.high) / 2.0, factor.high - factor.low
        assert abs(column.mean() - middle) < EVEN * width, factor.name


@pytest.mark.parametrize("method", ["sobol", "latin"])
def test_a_seed_repeats_its_draws_and_another_does_not(method):
    factors = factors_of(RANGES)
    first = draw(factors, 64, method, 1)
    assert draw(factors, 64, method, 1).tobytes() == first.tobytes()
    assert not np.array_equal(draw(factors, 64, method, 2), first)


def test_exponents_are_drawn_equally_often_and_nothing_between():
    values, counts = np.unique(draw(factors_of({"exponent": [3, 2]}), 256)[:, 0], return_counts=True)
    assert values.tolist() == [2.0, 3.0]
    assert counts.tolist() == [128, 128]


def test_cutoffs_are_drawn_in_steps_that_reach_both_ends():
    values = np.unique(draw(factors_of({"cutoff": [4, 8]}), 512)[:, 0])
    np.testing.assert_array_equal(values, np.linspace(4.0, 8.0, CUTOFF_STEPS + 1))


def test_only_unbalanced_sobol_points_are_remarked_on():
    assert "512 or 1024" in remarks(1000, "sobol")[0]
    assert remarks(1024, "sobol") == []
    assert remarks(1000, "latin") == []


def test_a_table_within_names_factors_with_a_dot():
    nested = factors_of({"strength": {"vasti": [0.8, 1.2]}, "offset": {"pelvis_tilt": [-1, 1]}})
    dotted = factors_of({"strength.vasti": [0.8, 1.2], "offset.pelvis_tilt": [-1, 1]})
    assert nested == dotted


def test_every_default_is_a_factor_and_says_why_its_range():
    assert [factor.name for factor in default_factors()] == list(DEFAULTS)
    assert all(factor.source and factor.family in KINDS for factor in default_factors())


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({}, "factors: expected at least one factor"),
        ({"cutof": [4, 8]}, r"factors: no factor is called `cutof`; did you mean `cutoff`\?"),
        ({"strength": [0.8, 1.2]}, "needs the name of a muscle, as in `strength.MUSCLE`"),
        ({"cop_x.r": [-1, 1]}, "takes no name after the dot; write `cop_x`"),
        ({"cutoff": 6}, r"factors.cutoff: is 6, expected \[LOW, HIGH\] \[Hz\]"),
        ({"cutoff": "46"}, r"factors.cutoff: is '46', expected \[LOW, HIGH\]"),
        ({"cutoff": [8, 4]}, r"factors.cutoff: is \[8, 4\], expected \[LOW, HIGH\] with LOW below HIGH"),
        ({"cutoff": [4, 6, 8]}, r"is \[4, 6, 8\], expected \[LOW, HIGH\]"),
        ({"cutoff": [0, 6]}, r"starts at 0, expected more than 0 \[Hz\]"),
        ({"cop_x": [0, float("nan")]}, "nan is not a number up to 1000"),
        ({"cop_x": [0, True]}, "True is not a number"),
        ({"exponent": [2, 4]}, r"is \[2, 4\], expected two of: 2, 3"),
        ({"exponent": [2]}, r"is \[2\], expected two of: 2, 3"),
        ({"strength": {"vasti": [1, 2]}, "strength.vasti": [1, 3]}, "factors.strength.vasti: given twice"),
    ],
)
def test_a_factor_that_cannot_be_used_is_refused_in_one_line(vary, message):
    with pytest.raises(ConfigError, match=message) as caught:
        factors_of(vary)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"samples": 19}, r"samples is 19, expected a whole number from 20 \(for 4 factors\)"),
        ({"samples": 64.0}, "samples is 64.0, expected a whole number"),
        ({"samples": 2**21}, "samples is 2097152, expected a whole number"),
        ({"seed": -1}, "seed is -1, expected a whole number from 0 on"),
        ({"seed": True}, "seed is True, expected a whole number"),
        ({"method": "halton"}, "method is 'halton', expected one of: 'sobol', 'latin'"),
    ],
)
def test_draws_outside_their_bounds_are_refused(choices, message):
    with pytest.raises(ConfigError, match=message):
        draw(factors_of(RANGES), **{"samples": 64, **choices})


def test_the_fewest_samples_are_enough():
    factors = factors_of(RANGES)
    assert draw(factors, fewest_samples(len(factors))).shape == (20, 4)
