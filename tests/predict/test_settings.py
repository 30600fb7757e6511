"""Choices of a prediction, and the file of weights: what is taken, and every refusal."""

import math
from pathlib import Path

import pytest

from retrogait.errors import ConfigError
from retrogait.predict.settings import GROUPS, TENDONS, Choices, choices_of
from retrogait.predict.weights import TERMS, read_weights
from retrogait.share import share_folder

BUNDLED = share_folder("models") / "prediction.toml"


def edited(tmp_path: Path, old: str, new: str, count: int = 1) -> Path:
    text = BUNDLED.read_text("utf-8")
    assert old in text
    path = tmp_path / "cost.toml"
    path.write_text(text.replace(old, new, count), "utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_weights(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message


def test_the_bundled_weights_have_every_term_with_unit_and_reason():
    weights = read_weights()
    assert {term.name for term in weights.cost} == set(TERMS)
    assert all(term.unit and term.of and term.reason for term in weights.cost)
    by_name = {term.name: term.weight for term in weights.cost}
    assert weights.values == tuple(by_name[name] for name in TERMS)


def test_weights_that_are_no_file_are_refused(tmp_path):
    assert "cannot be read" in refusal(tmp_path / "absent.toml")
    assert "cannot be read" in refusal(tmp_path)


def test_weights_that_are_no_table_are_refused(tmp_path):
    path = tmp_path / "cost.toml"
    path.write_text("cost = ")
    assert "Invalid value" in refusal(path)
    path.write_bytes(b"\xff\xfe")
    refusal(path)
    path.write_text("[[cost]]\nname = 'energy'\n")
    assert "missing required field" in refusal(path)


@pytest.mark.parametrize("weight", ["-1.0", "1e7", "nan", "inf", '"much"', "true"])
def test_a_weight_that_is_no_size_is_refused(tmp_path, weight):
    term = read_weights().cost[0]
    path = edited(tmp_path, f"weight = {term.weight}", f"weight = {weight}")
    assert "cost" in refusal(path)


def test_a_term_that_nobody_knows_is_refused_with_the_nearest_that_exists(tmp_path):
    path = edited(tmp_path, 'name = "energy"', 'name = "enrgy"')
    told = refusal(path)
    assert "no cost is called `enrgy`" in told
    assert "energy" in told.split("enrgy", 1)[1]


def test_a_term_that_stands_there_twice_is_refused(tmp_path):
    path = edited(tmp_path, 'name = "energy"', 'name = "activation"')
    assert "cost `activation` stands there twice" in refusal(path)


def test_a_table_that_lacks_a_term_says_how_to_switch_it_off(tmp_path):
    head, *terms = BUNDLED.read_text("utf-8").split("[[cost]]")
    path = tmp_path / "cost.toml"
    path.write_text("[[cost]]".join([head, *terms[1:]]), "utf-8")
    assert "has no cost activation; weight = 0 switches one off" in refusal(path)


def test_an_unknown_key_is_refused(tmp_path):
    path = edited(tmp_path, "reason =", "why =")
    assert "unknown field" in refusal(path)


def test_the_digest_sees_numbers_and_not_words_or_order(tmp_path):
    usual = read_weights()
    words = edited(tmp_path, usual.cost[0].reason, "because")
    assert read_weights(words).digest == usual.digest
    assert type(usual)(usual.cost[::-1], usual.lean, usual.into_slope).digest == usual.digest
    assert usual.scaled(energy=2.0).digest != usual.digest
    assert usual.scaled(energy=1.0).digest == usual.digest


def test_scaling_touches_only_what_is_named():
    usual, heavier = read_weights(), read_weights().scaled(energy=2.0, head=0.5)
    for name, one, other in zip(TERMS, usual.values, heavier.values, strict=True):
        assert other == one * {"energy": 2.0, "head": 0.5}.get(name, 1.0)


def test_the_defaults_are_plain_and_need_no_remark():
    assert Choices().plain
    assert choices_of().plain
    assert choices_of(strength={"vasti": 1.0}).plain
    assert list(Choices().remarks()) == []


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"tendon": "rigid"}, "tendon = 'rigid' in place of 'achilles'"),
        ({"strength": {"vasti": 0.7}}, "the strength of vasti times 0.7"),
        ({"stiffness": 0.5}, "ground 0.5 times as stiff"),
        ({"weights": read_weights().scaled(energy=2.0)}, "weights of the cost other than"),
    ],
)
def test_whatever_is_not_usual_is_not_plain_and_said(choices, told):
    made = Choices(**choices)
    assert not made.plain
    (remark,) = made.remarks()
    assert told in remark
    assert made.cost_is_usual == ("weights" not in choices)


def test_tendons_that_stretch_are_those_of_the_choice(figure):
    names = tuple(strand.name for strand in figure.strands)
    soft = [Choices(tendon=tendon).compliant(figure) for tendon in TENDONS]
    assert soft == [(), ("gastroc", "soleus"), names]
    assert set(soft[1]) <= set(names)


@pytest.mark.parametrize("tendon", ["stiff", "", None, 1])
def test_an_unknown_tendon_is_refused(tendon):
    with pytest.raises(ConfigError, match="expected one of: 'rigid', 'achilles', 'compliant'"):
        Choices(tendon=tendon)


@pytest.mark.parametrize("factor", [0.0, 0.09, 11.0, -1.0, math.nan, "strong", True, None])
def test_a_strength_outside_its_bounds_is_refused(factor):
    with pytest.raises(ConfigError, match=r"strength.vasti is .*, expected a factor from 0.1 to 10"):
        choices_of(strength={"vasti": factor})


@pytest.mark.parametrize("strength", ["vasti", 0.8, [("vasti", 0.8, 1)], [1, 2]])
def test_strengths_that_are_no_table_are_refused(strength):
    with pytest.raises(ConfigError, match=r"strength is .*, expected factors by muscle or group"):
        choices_of(strength=strength)


def test_groups_name_muscles_of_the_model(figure):
    names = {strand.name for strand in figure.strands}
    for members in GROUPS.values():
        assert set(members) <= names


def test_the_more_particular_name_wins_whatever_the_order(figure):
    given = {"vasmed": 0.5, "vasti": 0.7, "quadriceps": 0.9, "all": 1.2}
    for strength in (given, dict(reversed(given.items()))):
        found = Choices(strength=strength).strengths(figure)
        assert (found["vasmed"], found["vaslat"], found["recfem"], found["soleus"]) == (0.5, 0.7, 0.9, 1.2)


def test_an_unknown_muscle_is_refused_with_the_nearest_that_exists(figure):
    with pytest.raises(ConfigError, match=r"strength: no muscle is called 'vastii'.*vasti"):
        Choices(strength={"vastii": 0.5}).strengths(figure)
