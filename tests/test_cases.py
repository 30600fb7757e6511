"""A study is every trial under every choice of settings, each with a name of its own."""

import pickle
import re
import shlex
from math import prod
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrogait.cases import cases_of
from retrogait.config import Experiment, read_experiment
from retrogait.errors import ConfigError
from retrogait.predict.condition import GRID, INCLINES
from retrogait.share import bundled_experiments, find_experiment
from retrogait.sweep import Prediction, expand
from retrogait.tables import Analysis, SweepTable
from retrogait.variations import Variation, combined, read_settings

RECORDED = """
[model]
file = "model.osim"
[[trial]]
name = "ss1"
coordinates = "ss1.mot"
labels = { subject = "P1", age = 70 }
[[trial]]
name = "ss2"
coordinates = "ss2.mot"
[analysis]
exponent = 2
strength = { soleus = 0.9 }
"""


@pytest.fixture
def study(tmp_path):
    """Cases of an experiment of two recorded trials and more."""
    for name in ("model.osim", "ss1.mot", "ss2.mot"):
        (tmp_path / name).write_text("x")

    def study(text, start=RECORDED):
        path = tmp_path / "study.toml"
        path.write_text(start + text, encoding="utf-8")
        return cases_of(read_experiment(path))

    return study


def names(cases):
    return [case.name for case in cases]


# ---- what is swept -------------------------------------------------------------------------------


def test_without_a_sweep_every_trial_is_one_case_with_the_analysis_as_written(study):
    first, second = study("")
    assert (first.name, second.name) == ("ss1", "ss2")
    assert first.analysis == second.analysis == Analysis(exponent=2, strength={"soleus": 0.9})
    assert first.labels == {"subject": "P1", "age": 70.0}
    assert second.labels == {}


def test_settings_vary_for_every_trial_recorded_or_predicted(study):
    cases = study("[sweep]\nspeed = [0.8, 1.0]\n[sweep.settings]\nexponent = [2, 3]\n")
    assert names(cases) == [
        "ss1__exponent-2", "ss1__exponent-3", "ss2__exponent-2", "ss2__exponent-3",
        "forward_0.8_0__exponent-2", "forward_0.8_0__exponent-3",
        "forward_1.0_0__exponent-2", "forward_1.0_0__exponent-3",
    ]  # fmt: skip
    assert [case.analysis.exponent for case in cases] == [2, 3] * 4
    assert cases[1].labels == {"subject": "P1", "age": 70.0, "exponent": 3.0}
    assert cases[-1].labels == {"exponent": 3.0}


@pytest.mark.parametrize(
    ("written", "suffixes", "options"),
    [
        (
            "strength.vasti = [1.0, 0.7]",
            ["strength.vasti-1", "strength.vasti-0.7"],
            [{"strength": {"soleus": 0.9, "vasti": 1.0}}, {"strength": {"soleus": 0.9, "vasti": 0.7}}],
        ),
        ('"strength.soleus" = 0.5', ["strength.soleus-0.5"], [{"strength": {"soleus": 0.5}}]),
        ('cutoff = [6, "none"]', ["cutoff-6", "cutoff-none"], [{"cutoff": 6.0}, {"cutoff": None}]),
        (
            "passive = [true, false]",
            ["passive-true", "passive-false"],
            [{"passive": True}, {"passive": False}],
        ),
        ('tendon = "compliant"', ["tendon-compliant"], [{"tendon": "compliant"}]),
        ('physics = "opensim"', ["physics-opensim"], [{"physics": "opensim"}]),
        (
            "body_mass = [70, 80.25]",
            ["body_mass-70", "body_mass-80.25"],
            [{"body_mass": 70.0}, {"body_mass": 80.25}],
        ),
        ('weights."gas*" = [7]', ["weights.gas_-7"], [{"weights": {"gas*": 7.0}}]),
        ("reserves.hip = 5", ["reserves.hip-5"], [{"reserves": {"hip": 5.0}}]),
        (
            'unshared = [["a", "b"], []]',
            ["unshared-a+b", "unshared-none"],
            [{"unshared": ("a", "b")}, {"unshared": ()}],
        ),
        ('unshared = ["a", "b"]', ["unshared-a+b"], [{"unshared": ("a", "b")}]),
    ],
    ids=lambda value: str(value)[:24],
)
def test_every_setting_of_an_analysis_may_be_swept(study, written, suffixes, options):
    cases = study(f"[sweep.settings]\n{written}\n")[: len(suffixes)]
    usual = {"exponent": 2, "strength": {"soleus": 0.9}}
    assert names(cases) == [f"ss1__{suffix}" for suffix in suffixes]
    assert [case.analysis.options() for case in cases] == [usual | given for given in options]


def test_zipped_lists_go_step_by_step_and_one_value_goes_with_all(study):
    cases = study(
        '[sweep]\ncombine = "zip"\nspeed = [0.8, 1.0]\nincline = [0, 5]\n'
        '[sweep.settings]\nexponent = [2, 3]\ntendon = "rigid"\n'
    )
    assert names(cases) == [
        "ss1__exponent-2__tendon-rigid", "ss1__exponent-3__tendon-rigid",
        "ss2__exponent-2__tendon-rigid", "ss2__exponent-3__tendon-rigid",
        "forward_0.8_0__exponent-2__tendon-rigid", "forward_1.0_+05__exponent-3__tendon-rigid",
    ]  # fmt: skip


def test_a_list_of_cases_is_exactly_what_it_lists(study):
    cases = study(
        "[[sweep.case]]\n[[sweep.case]]\nname = 'weak'\nsettings = { strength.vasti = 0.5, exponent = 3 }\n"
        "labels = { group = 'patients' }\n[[sweep.case]]\nsettings = { passive = true }\n"
    )
    assert names(cases) == ["ss1", "ss1__weak", "ss1__passive-true", "ss2", "ss2__weak", "ss2__passive-true"]
    assert cases[1].analysis.strength == {"soleus": 0.9, "vasti": 0.5}
    assert cases[1].labels == {
        "subject": "P1", "age": 70.0, "group": "patients",
        "strength.vasti": 0.5, "exponent": 3.0, "case": "weak",
    }  # fmt: skip


def test_a_listed_case_with_a_speed_is_walks_and_without_one_goes_for_all(study):
    cases = study(
        "[sweep]\nspeed = 1.0\n"
        "[[sweep.case]]\nname = 'slow'\nspeed = [0.4, 0.6]\ndirection = 'retro'\nlabels = { minutes = 10 }\n"
        "[[sweep.case]]\nsettings = { exponent = 3 }\n"
    )
    assert names(cases) == [
        "ss1__exponent-3", "ss2__exponent-3", "forward_1.0_0__exponent-3",
        "retro_0.4_0__slow", "retro_0.6_0__slow",
    ]  # fmt: skip
    assert cases[-1].analysis.exponent == 2
    assert cases[-1].labels == {"minutes": 10.0, "case": "slow"}


def test_a_case_can_be_sent_to_another_process(study):
    cases = study("[sweep]\nspeed = 1.0\n[sweep.settings]\nstrength.vasti = [1.0, 0.7]\n") + study("")
    assert pickle.loads(pickle.dumps(cases)) == cases


# ---- strength of predicted walks -----------------------------------------------------------------


def test_a_predicted_walk_is_analyzed_with_the_strength_that_it_was_predicted_with(study):
    cases = study(
        "[sweep]\nspeed = 1.0\nstrength = { gastroc = 0.8 }\n[sweep.settings]\nstrength.vasti = [1.0, 0.7]\n"
    )[-2:]
    for case, factor in zip(cases, (1.0, 0.7), strict=True):
        both = {"soleus": 0.9, "gastroc": 0.8, "vasti": factor}
        assert case.trial.strength == case.analysis.strength == both


def test_walks_of_one_condition_and_several_strengths_are_several_walks(study):
    cases = study(
        "[sweep]\nspeed = 1.0\n[sweep.settings]\nexponent = [2, 3]\nstrength.vasti = [1.0, 0.7]\n", ""
    )
    walks = [case.trial for case in cases]
    assert walks[0] == walks[2] != walks[1]


def test_two_strengths_of_one_muscle_contradict_each_other(study):
    with pytest.raises(ConfigError, match=r"sweep: strength.soleus is 0.8 in \[sweep\] and 0.9 elsewhere"):
        study("[sweep]\nspeed = 1.0\nstrength = { soleus = 0.8 }\n")


def test_predictions_are_every_walk_once(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(
        "[sweep]\nspeed = 1.0\n[sweep.settings]\nexponent = [2, 3]\nstrength.vasti = [1.0, 0.7]\n"
    )
    predictions = read_experiment(path).predictions
    assert [walk.strength for walk in predictions] == [{"vasti": 1.0}, {"vasti": 0.7}]


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (
            "[sweep.settings]\nexponant = [2]",
            "sweep: settings: unknown key `exponant`; did you mean `exponent`?",
        ),
        ("[sweep.settings]\nsped = [2]", "sweep: settings: unknown key `sped`; known: physics, exponent"),
        ("[sweep.settings]\nexponent = [2, 4]", "sweep: settings: exponent: expected `2` or `3`, found `4`"),
        ("[sweep.settings]\ncutoff = -1", "sweep: settings: cutoff: expected `float` > 0.0 Hz, found -1"),
        ("[sweep.settings]\ncutoff = []", "sweep: settings: cutoff: expected at least one value, found []"),
        (
            "[sweep.settings]\nstrength.vasti = [0.7, 0]",
            "settings: strength.vasti: expected `float` > 0.0, found 0",
        ),
        (
            "[sweep.settings]\nstrength = [0.7]",
            "settings: strength: vary one name at a time, such as strength.NAME",
        ),
        ("[sweep.settings]\nexponent.x = [2]", "settings: exponent.x: write exponent alone"),
        ('[sweep.settings]\nstrength.a = 1\n"strength.a" = 1', "settings: strength.a is given twice"),
        ("[sweep.settings]\nexponent = [2, 2]", "trial name `ss1__exponent-2` is used 2 times"),
        (
            "[sweep]\nspeed = 1\n[sweep.settings]\ncutoff = [6]",
            "sweep: cutoff changes nothing of a predicted walk",
        ),
        (
            "[sweep]\ntendon = 'rigid'",
            "sweep: nothing is swept; add `speed`, [sweep.settings] or [[sweep.case]]",
        ),
        (
            "[sweep]\ntendon = 'rigid'\n[sweep.settings]\nexponent = [2]",
            "`tendon` is for walks to predict, and there",
        ),
        (
            "[sweep]\nincline = 5\n[[sweep.case]]\nspeed = 1",
            "`incline` is for walks to predict, and there is no `spe",
        ),
        (
            "[sweep]\nspeed = [1, 1.2]\nincline = [0, 1, 2]\ncombine = 'zip'",
            "needs lists of one length, and incline",
        ),
        ("[[sweep.case]]\ndirection = 'retro'", "sweep: case 1: a walk to predict needs a `speed`"),
        (
            "[[sweep.case]]\nsettings = { exponent = [2, 3] }",
            "case 1: settings: exponent has 2 values, and a listed",
        ),
        (
            "[[sweep.case]]\nsettings = { exponent = 4 }",
            "sweep: case 1: settings: exponent: expected `2` or `3`",
        ),
        (
            "[[sweep.case]]\nname = 'a'\nsettngs = {}",
            "sweep case `a`: unknown key `settngs`; did you mean `settings",
        ),
        (
            "[[sweep.case]]\n[[sweep.case]]\nspeed = 'fast'",
            "sweep case 2: speed: expected `float | array`, got `str",
        ),
        ("[[sweep.case]]\nname = 'a b'", "sweep case `a b`: name: expected a name of a file: letters"),
        (
            "[[sweep.case]]\nlabels = { speed = 1 }",
            "label `speed`: results have a column of that name; rename it",
        ),
        ("[[sweep.case]]\nlabels = { tendon = 'x' }", "label `tendon`: is a setting of [analysis]"),
        ("[[sweep.case]]\nname = '" + "a" * 200 + "'", "has 205 characters, expected at most 180"),
        (
            "[sweep]\nspeed = 1\nstrength = { vastus = 1 }",
            "sweep: strength: no muscle is called `vastus`; did you",
        ),
    ],
    ids=lambda value: value[:40],
)
def test_a_wrong_entry_of_a_sweep_is_refused_in_one_line(study, written, says):
    with pytest.raises(ConfigError) as refusal:
        study(written)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_of_reserves_cannot_be_swept_by_name(study, tmp_path):
    (tmp_path / "reserves.xml").write_text("x")
    start = RECORDED.replace("exponent = 2", 'reserves = "reserves.xml"')
    with pytest.raises(
        ConfigError, match=r"reserves.hip: \[analysis\] takes its reserves from the file reserves.x"
    ):
        study("[sweep.settings]\nreserves.hip = [1, 2]\n", start)


def test_a_label_of_a_trial_may_not_stand_for_something_else(study):
    with pytest.raises(ConfigError, match="trial `ss1`: label `side`: results have a column of that name"):
        study("", RECORDED.replace("subject =", "side ="))


# ---- laws ----------------------------------------------------------------------------------------

CHOICES = {
    "exponent": st.sampled_from([2, 3]),
    "tendon": st.sampled_from(["rigid", "compliant"]),
    "passive": st.booleans(),
    "reserve": st.floats(0.001, 1e5),
    "body_mass": st.integers(1, 400),
    "strength.vasti": st.floats(0.1, 10.0),
    "strength.vasmed_r": st.integers(1, 10),
    'weights.g?s"*': st.floats(0.1, 10.0),
}


def different(values):
    """Values that a name tells apart, which shows twelve digits."""
    shown = {value if isinstance(value, str | bool) else f"{value:.12g}": value for value in values}
    return list(shown.values())


SETTINGS = st.lists(st.sampled_from(list(CHOICES)), unique=True, max_size=4).flatmap(
    lambda keys: st.fixed_dictionaries(
        {key: st.lists(CHOICES[key], min_size=1, max_size=4).map(different) for key in keys}
    )
)


@given(choices=SETTINGS)
@settings(deadline=None)
def test_a_product_has_every_combination_once_and_names_tell_them_apart(choices):
    rows = list(combined(read_settings(choices, "settings"), "product"))
    assert len(rows) == prod(len(values) for values in choices.values())
    called = [Variation.of(row).named("trial").casefold() for row in rows]
    assert len(set(called)) == len(rows)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_.+-]*", name) for name in called)


@given(lengths=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_zip_is_as_long_as_its_lists_or_refused(lengths):
    choices = {f"key{row}": tuple(range(length)) for row, length in enumerate(lengths)}
    longer = {length for length in lengths if length > 1}
    if len(longer) > 1:
        with pytest.raises(ConfigError, match='combine = "zip" needs lists of one length'):
            list(combined(choices, "zip"))
    else:
        rows = list(combined(choices, "zip"))
        assert len(rows) == max(lengths)
        for step, row in enumerate(rows):
            assert row == {key: values[step if len(values) > 1 else 0] for key, values in choices.items()}


@given(choices=SETTINGS)
@settings(deadline=None)
def test_a_variation_replaces_its_settings_and_nothing_else(choices):
    usual = Analysis(minimum_activation=0.01, strength={"soleus": 0.9}, weights={"soleus": 2.0})
    for row in combined(read_settings(choices, "settings"), "product"):
        changed = msgspec.to_builtins(Variation.of(row).put_into(usual))
        expected = msgspec.to_builtins(usual)
        for key, value in row.items():
            table, dot, name = key.partition(".")
            expected[table] = {**expected[table], name: value} if dot else value
        assert changed == expected


@given(
    speeds=st.lists(st.integers(30, 220), min_size=1, max_size=3, unique=True),
    inclines=st.lists(st.integers(-15, 15), min_size=1, max_size=3, unique=True),
    exponents=st.lists(st.sampled_from([2, 3]), max_size=2, unique=True),
)
@settings(deadline=None)
def test_walks_times_settings_are_the_cases_and_each_has_a_name(speeds, inclines, exponents):
    table = SweepTable(
        direction=("forward", "retro"),
        speed=tuple(speed / 100.0 for speed in speeds),
        incline=tuple(map(float, inclines)),
        settings={"exponent": exponents} if exponents else {},
    )
    sweep = expand(table, Analysis(), Path())
    experiment = Experiment(
        source=Path("x.toml"), name="x", description="", trials=(), walks=sweep.walks,
        variations=sweep.variations, analysis=Analysis(), actuators=None, output=Path(),
    )  # fmt: skip
    called = names(cases_of(experiment))
    assert len(called) == len(set(called)) == 2 * len(speeds) * len(inclines) * max(len(exponents), 1)


# ---- what comes with the package -----------------------------------------------------------------

BUNDLED = {
    "speed_sweep": 12,
    "incline_sweep": 10,
    "strength": 16,
    "pain_inhibition": 8,
    "exercise_dose": 12,
    "forward_vs_retro": 50,
}
"""Cases of every bundled experiment that needs no data."""


def test_every_bundled_experiment_is_looked_at_here():
    assert set(bundled_experiments()) == {*BUNDLED, "gc5_knee"}


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_experiment_can_be_read_and_says_how_to_run_it(name):
    path = find_experiment(name)
    cases = cases_of(read_experiment(path))
    assert len(cases) == BUNDLED[name]
    assert all(isinstance(case.trial, Prediction) for case in cases)
    assert path.read_text("utf-8").startswith("# ")


@pytest.mark.parametrize("name", BUNDLED)
def test_the_commands_that_an_experiment_advertises_can_be_read(name):
    text = find_experiment(name).read_text("utf-8")
    commands = re.findall(r"^#     retrogait run (\S+)(.*)$", text, re.M)
    assert commands[0] == (name, "")
    for experiment, rest in commands:
        overrides = [word for word in shlex.split(rest) if word != "--set"]
        assert cases_of(read_experiment(find_experiment(experiment), overrides))


@pytest.mark.parametrize("name", ["speed_sweep", "incline_sweep"])
def test_the_sweeps_over_speed_and_incline_need_no_solver(name):
    for case in cases_of(read_experiment(find_experiment(name))):
        assert case.trial == Prediction(condition=case.trial.condition)
        assert case.trial.condition.speed in GRID[case.trial.condition.direction]
        assert case.trial.condition.incline in INCLINES
