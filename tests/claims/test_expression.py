"""Quantities of claims: names, numbers, brackets and four signs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.claims.expression import parse
from retrogait.errors import ConfigError
from retrogait.gait.measures import MEASURES

NUMBERS = st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-3)


@given(a=NUMBERS, b=NUMBERS, c=NUMBERS)
def test_an_expression_is_what_python_says_it_is(a, b, c):
    text = "-(hip_range + 2 * knee_range) / ankle_range - knee_range"
    expression = parse(text)
    assert expression.names == ("hip_range", "knee_range", "ankle_range")
    values = {"hip_range": a, "knee_range": b, "ankle_range": c}
    assert expression.of(values) == eval(text, {}, values)


@pytest.mark.parametrize(
    "text",
    ["", "1 + 2", "knee_range ** 2", "knee_range(1)", "a.b", "knee_range if 1 else 2", "'x'", "knee +"],
)
def test_anything_else_is_no_quantity(text):
    with pytest.raises(ConfigError, match=r"is no quantity|is a number"):
        parse(text)


def test_a_single_measure_has_its_own_unit_and_an_expression_none():
    assert parse("knee_range").unit == MEASURES["knee_range"].unit
    assert parse("-knee_negative_work").unit == MEASURES["knee_negative_work"].unit
    assert parse("knee_range / hip_range").unit == ""


def test_what_is_missing_is_named():
    expression = parse("knee_range / knee_rnge")
    assert expression.unknown == ("knee_rnge",)
    assert expression.missing({"knee_range": 1.0}) == "no measure is called knee_rnge"
    assert parse("knee_range").missing({"knee_range": math.nan}) == "the walks have no knee_range"
    divided = parse("knee_range / hip_range")
    assert math.isnan(divided.of({"knee_range": 1.0, "hip_range": 0.0}))
    assert "no finite value" in divided.missing({"knee_range": 1.0, "hip_range": 0.0})
    assert divided.missing({"knee_range": 1.0, "hip_range": 2.0}) == ""
