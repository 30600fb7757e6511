"""Values from the command line take the place of those of the file, or are refused by name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.config import read_experiment
from retrogait.errors import ConfigError
from retrogait.overrides import override

FILE = """
[sweep]
speed = 1.0
[analysis]
exponent = 2
[[variant]]
name = "cubed"
exponent = 3
"""


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(FILE)
    return lambda *overrides: read_experiment(path, overrides)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=3", 3),
        ("a = 0.5", 0.5),
        ("a=true", True),
        ("a=retro", "retro"),
        ('a="3"', "3"),
        ("a='x y'", "x y"),
        ("a=two words", "two words"),
        ("a=../data/walk.mot", "../data/walk.mot"),
        ("a={subject}/{trial}.mot", "{subject}/{trial}.mot"),
        ("a=[0.8,1.0]", [0.8, 1.0]),
        ("a=[forward, retro]", ["forward", "retro"]),
        ('a=[6, none, "a b"]', [6, "none", "a b"]),
        ("a=[]", []),
        ("a={ vasti = 0.7 }", {"vasti": 0.7}),
        ("a=[{ name = weak, speed = 1 }]", [{"name": "weak", "speed": 1}]),
        ("a=x=y", "x=y"),
    ],
)
def test_a_value_is_toml_where_words_need_no_quotes(text, value):
    assert override({}, text) == {"a": value}


@given(
    st.one_of(st.integers(-(2**60), 2**60), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
)
def test_a_number_or_truth_is_what_it_was(value):
    assert override({}, f"a.b={str(value).lower()}") == {"a": {"b": value}}


def test_a_dotted_key_leads_through_tables_and_quotes_hold_a_dot_together():
    tables = {"analysis": {"exponent": 2}, "sweep": {"speed": 1.0}}
    changed = override(tables, 'analysis.weights."gas.*"=2')
    assert changed == {"analysis": {"exponent": 2, "weights": {"gas.*": 2}}, "sweep": {"speed": 1.0}}
    assert tables == {"analysis": {"exponent": 2}, "sweep": {"speed": 1.0}}


def test_a_key_that_the_file_has_in_quotes_is_found_without_them():
    tables = {"sweep": {"settings": {"strength.vasti": [1.0, 0.7], "exponent": 2}}}
    changed = override(tables, "sweep.settings.strength.vasti=0.9")
    assert changed == {"sweep": {"settings": {"strength.vasti": 0.9, "exponent": 2}}}


@pytest.mark.parametrize("which", ["ss3", "2"])
def test_one_of_several_tables_is_called_by_name_or_number(which):
    tables = {"trial": [{"name": "ss1"}, {"name": "ss3"}]}
    assert override(tables, f"trial.{which}.speed=1.2")["trial"] == [
        {"name": "ss1"}, {"name": "ss3", "speed": 1.2},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("analysis", "expected KEY=VALUE, such as analysis.exponent=3"),
        ("=3", "expected KEY=VALUE"),
        ("a..b=3", "expected KEY=VALUE"),
        ("a=", "`` is no value"),
        ("a=[1,", "`[1,` is no value; expected a number"),
        ("a={ b = }", "is no value"),
        ('a="b', "is no value"),
        ("a=1\nb=2", "is no value"),
        ("analysis.exponent.x=3", "`exponent` is 2, which has no keys"),
        ("trial.ss2.speed=1", "none is called `ss2`; did you mean `ss1`?"),
        ("trial.3.speed=1", "none is called `3`; there are 1"),
        ("trial.speed=1", "`trial` is a list; say which one, by name or number"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_line(text, says):
    tables = {"analysis": {"exponent": 2}, "trial": [{"name": "ss1"}]}
    with pytest.raises(ConfigError, match=re.escape(says)):
        override(tables, text)


def test_overrides_reach_the_experiment_and_are_recorded(read):
    changes = (
        "analysis.exponent=3",
        "sweep.speed=[0.8,1.0]",
        "sweep.direction=retro",
        "variant.cubed.tendon=rigid",
    )
    experiment = read(*changes)
    assert experiment.analysis.exponent == 3
    assert [walk.name for walk in experiment.predictions] == ["retro_0.8_0", "retro_1.0_0"]
    assert experiment.variants[0].tendon == "rigid"
    assert experiment.overrides == changes
    assert read().overrides == ()


def test_the_last_of_two_overrides_of_a_key_counts(read):
    assert read("analysis.exponent=3", "analysis.exponent=2").analysis.exponent == 2


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            ["analysis.exponent=4"],
            "--set analysis.exponent=4: analysis: exponent: expected `2` or `3`, found `4`",
        ),
        (
            ["analysis.exponant=3"],
            "--set analysis.exponant=3: analysis: unknown key `exponant`; did you mean",
        ),
        (
            ["analysys.exponent=3"],
            "--set analysys.exponent=3: unknown key `analysys`; did you mean `analysis`?",
        ),
        (
            ["analysis.exponent=3", "sweep.speed=fast", "sweep.incline=0"],
            "--set sweep.speed=fast: sweep: speed: ",
        ),
        (
            ["sweep.speed=9"],
            "sweep: speed is 9 m/s, expected 0.3 to 2.2 for a predicted walk (with --set sweep.sp",
        ),
        (["exponent"], "--set exponent: expected KEY=VALUE"),
    ],
)
def test_an_override_that_the_file_does_not_take_is_named(read, overrides, says):
    with pytest.raises(ConfigError) as refusal:
        read(*overrides)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_override_may_mend_a_file_and_is_not_blamed_for_it(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(FILE.replace("exponent = 2", "exponent = 4"))
    assert read_experiment(path, ["analysis.exponent=2"]).analysis.exponent == 2
    with pytest.raises(ConfigError) as refusal:
        read_experiment(path, ["analysis.tendon=rigid"])
    assert str(refusal.value) == f"{path}: analysis: exponent: expected `2` or `3`, found `4`"
