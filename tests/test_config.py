"""Experiment files are read whole or refused in one line that says what to change."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrogait as rg
from retrogait.config import read_experiment
from retrogait.errors import ConfigError
from retrogait.predict.condition import GRID, INCLINES
from retrogait.share import share_folder
from retrogait.sweep import Prediction, expand
from retrogait.tables import Analysis, SweepTable

SOURCES = Path(rg.__file__).parents[1]

GOOD = """
[experiment]
name = "Two ways to walk"

[model]
file = "subject.osim"

[[trial]]
name = "fwd"
coordinates = "fwd.mot"
external_loads = "fwd.xml"
start = 0.5
end = 2
speed = 1.2

[[trial]]
name = "retro"
coordinates = "retro.mot"
external_loads = "retro.xml"
data_file = "retro_grf.mot"
direction = "retro"
speed = 0.8
incline = -5.0
model = "other.osim"

[analysis]
exponent = 3
cutoff = 10.0
passive = false
weights = { "vas*" = 2.0 }
reserves = { hip_flexion_r = 10.0 }
unshared = ["mtp_angle_r"]

[output]
folder = "out"
"""

FILES = ["subject.osim", "other.osim", "fwd.mot", "fwd.xml", "retro.mot", "retro.xml"]


@pytest.fixture
def write(tmp_path):
    """Writes an experiment beside every file that the good one names."""
    for name in [*FILES, "retro_grf.mot"]:
        (tmp_path / name).write_text("x")

    def write(text):
        path = tmp_path / "retro.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_good_file_is_a_frozen_experiment_with_its_paths_resolved(write):
    path = write(GOOD)
    experiment = read_experiment(path)

    forward, retro = experiment.trials
    assert (experiment.name, experiment.output) == ("Two ways to walk", path.parent / "out")
    assert forward.model == path.parent / "subject.osim"
    assert (forward.start, forward.end, forward.direction) == (0.5, 2.0, "forward")
    assert retro.model == path.parent / "other.osim"
    assert (retro.direction, retro.speed, retro.incline) == ("retro", 0.8, -5.0)
    assert retro.inputs[-1] == path.parent / "retro_grf.mot"
    with pytest.raises(AttributeError):
        experiment.name = "other"


def test_only_the_settings_that_are_written_reach_the_analysis(write):
    options = read_experiment(write(GOOD)).analysis.options()
    assert options == {
        "exponent": 3,
        "cutoff": 10.0,
        "passive": False,
        "weights": {"vas*": 2.0},
        "reserves": {"hip_flexion_r": 10.0},
        "unshared": ("mtp_angle_r",),
    }


def test_no_filter_is_something_else_than_the_default_filter(write):
    none = read_experiment(write(GOOD.replace("cutoff = 10.0", 'cutoff = "none"')))
    default = read_experiment(write(GOOD.replace("cutoff = 10.0", "")))
    assert none.analysis.options()["cutoff"] is None
    assert "cutoff" not in default.analysis.options()


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("exponent", "exponant"), "analysis: unknown key `exponant`; did you mean `exponent`?"),
        (("[analysis]", "[analysys]"), "unknown key `analysys`; did you mean `analysis`?"),
        # `speed` is a key of a trial, so it is no suggestion for the table [analysis]
        (("exponent", "sped"), "analysis: unknown key `sped`; known: physics, "),
        (
            ("speed = 0.8", "sped = 0.8"),
            "trial `retro`: unknown key `sped`; did you mean `speed` or `spline`?",
        ),
        (('coordinates = "retro.mot"', ""), "trial `retro`: missing key `coordinates`"),
        (("speed = 0.8", 'origin = "dreamt"'), "origin: expected `recorded` or `synthetic` or "),
        (('name = "fwd"', ""), "trial 1: missing key `name`"),
        (('"fwd"', '"../fwd"'), "trial `../fwd`: name: expected a name of a file: letters A to Z, digits"),
        (("1.2", "-1.2"), "trial `fwd`: speed: expected `float` > 0.0 m/s, found -1.2"),
        (("-5.0", "60"), "trial `retro`: incline: expected `float` <= 45.0 deg, found 60"),
        (("0.5", "nan"), "trial `fwd`: start: expected `float` >= -1000000.0 s, found nan"),
        (("10.0", "0"), "analysis: cutoff: expected `float` > 0.0 Hz, found 0"),
        (("10.0", "true"), "analysis: cutoff: expected `float | str`, got `bool`, found"),
        (("hip_flexion_r = 10.0", "hip = -1.0"), "analysis: reserves.hip: expected `float` > 0.0"),
        (("exponent = 3", "exponent = 4"), "exponent: expected `2` or `3`, found `4`"),
        (
            ('direction = "retro"', 'direction = "retor"'),
            "trial `retro`: direction: expected `forward` or `retro`, found `retor`; did you mean",
        ),
        (("end = 2", "end = 0.5"), "trial `fwd`: end (0.5 s) is not after start (0.5 s)"),
        (('name = "retro"', 'name = "FWD"'), "trial name `fwd` is used 2 times"),
        (('file = "subject.osim"', ""), "model: missing key `file`"),
        (('[model]\nfile = "subject.osim"', ""), "trial `fwd`: has no model"),
        (("[output]", "[output"), "TOML syntax: "),
    ],
)
def test_a_wrong_entry_is_named_with_what_was_expected(write, edit, says):
    text = GOOD.replace(*edit)
    assert text != GOOD
    path = write(text)
    with pytest.raises(ConfigError) as refusal:
        read_experiment(path)
    message = str(refusal.value)
    assert says in message
    assert message.startswith(f"{path}: ")
    assert "\n" not in message


def test_a_syntax_error_names_its_line(write):
    with pytest.raises(ConfigError, match="line 5"):
        read_experiment(write(GOOD.replace("[model]", "[model")))


@pytest.mark.parametrize("text", ["", "trial = []", "[model]\nfile = 'subject.osim'"])
def test_an_experiment_without_trials_is_refused(write, text):
    with pytest.raises(ConfigError, match=r"add at least one \[\[trial\]\] or \[\[recordings\]\]"):
        read_experiment(write(text))


def test_every_missing_file_is_named_at_once(write, tmp_path):
    for name in ("subject.osim", "fwd.xml", "retro_grf.mot"):
        (tmp_path / name).unlink()
    with pytest.raises(ConfigError, match=r"no such file: subject.osim, fwd.xml, retro_grf.mot \("):
        read_experiment(write(GOOD))


def test_a_folder_in_the_place_of_a_file_is_told_to_be_one(write, tmp_path):
    path = write(GOOD)
    (tmp_path / "retro.mot").unlink()
    (tmp_path / "retro.mot").mkdir()
    with pytest.raises(ConfigError, match=r"no such file: retro\.mot \(that is a folder\)"):
        read_experiment(path)


def test_an_absent_or_binary_experiment_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        read_experiment(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        read_experiment(tmp_path / "latin.toml")


def test_a_bundled_name_points_into_the_package(write):
    path = write(GOOD.replace("subject.osim", "bundled:no_such.osim"))
    with pytest.raises(ConfigError, match=r"no such file: .*models.no_such\.osim"):
        read_experiment(path)
    assert share_folder("models").name == "models"


def test_without_an_output_folder_a_run_stores_in_the_current_folder(write):
    experiment = read_experiment(write(GOOD.replace('[output]\nfolder = "out"', "")))
    assert experiment.output.as_posix() == "results/retro"


def test_reserves_may_stand_in_an_openSim_file(write, tmp_path):
    (tmp_path / "reserves.xml").write_text("x")
    text = GOOD.replace("{ hip_flexion_r = 10.0 }", '"reserves.xml"')
    experiment = read_experiment(write(text))
    assert experiment.actuators == tmp_path / "reserves.xml"
    assert "reserves" not in experiment.analysis.options()


def test_analysis_options_name_only_settings_that_analyze_knows(write):
    fields = set(msgspec.structs.asdict(read_experiment(write(GOOD)).analysis))
    documented = "physics exponent sharing tendon passive cutoff filter_forces couplers reserve reserves"
    documented += " weights strength unshared residual_reduction"
    assert fields == {*documented.split(), "minimum_activation", "body_mass", "contact_points"}


SWEEP = """
[sweep]
direction = ["forward", "retro"]
speed = [0.8, 1.25]
incline = 5
strength = { vasti = 0.7 }
"""


def test_a_sweep_is_every_direction_at_every_speed_on_every_incline(write):
    experiment = read_experiment(write(SWEEP))
    names = ["forward_0.8_+05", "forward_1.25_+05", "retro_0.8_+05", "retro_1.25_+05"]
    assert [walk.name for walk in experiment.predictions] == names
    assert experiment.trials == ()
    last = experiment.predictions[-1]
    assert (last.condition.direction, last.condition.speed, last.condition.incline) == ("retro", 1.25, 5.0)
    assert (last.tendon, last.strength, last.sensitivity) == ("achilles", {"vasti": 0.7}, True)


def test_a_sweep_may_stand_beside_trials(write):
    experiment = read_experiment(write(GOOD + SWEEP))
    assert (len(experiment.trials), len(experiment.predictions)) == (2, 4)


def test_the_weights_of_a_sweep_lie_beside_the_experiment(write, tmp_path):
    (tmp_path / "cost.toml").write_bytes((share_folder("models") / "prediction.toml").read_bytes())
    (walk, *_) = read_experiment(write(SWEEP + 'weights = "cost.toml"')).predictions
    assert walk.inputs == (tmp_path / "cost.toml",)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (('"retro"]', '"sideways"]'), "sweep: direction: expected `forward` or `retro`, found `sideways`"),
        (("[0.8, 1.25]", "[0.8, 9]"), "sweep: speed is 9 m/s, expected 0.3 to 2.2"),
        (("[0.8, 1.25]", "0"), "sweep: speed is 0 m/s, expected 0.3 to 2.2"),
        (("[0.8, 1.25]", "[]"), "sweep: speed: expected `array` of length >= 1, found []"),
        (("[0.8, 1.25]", '"fast"'), "sweep: speed: expected `float | array`, got `str`, found 'fast'"),
        (("[0.8, 1.25]", '[0.8, "fast"]'), "sweep: speed: expected `float` m/s, got `str`, found 'fast'"),
        (("[0.8, 1.25]", "[0.8, 0.8]"), "trial name `forward_0.8_+05` is used 2 times"),
        (("speed = [0.8, 1.25]", ""), "sweep: nothing is swept; add `speed`, [sweep.settings] or [[sweep"),
        (("incline = 5", "incline = 45"), "sweep: incline is 45 deg, expected at most 15"),
        (("incline = 5", "inclines = 5"), "sweep: unknown key `inclines`; did you mean `incline`?"),
        (("incline = 5", 'tendon = "soft"'), "sweep: tendon: expected `rigid` or `achilles` or `compliant`"),
        (("incline = 5", 'weights = "no.toml"'), "no.toml: cannot be read"),
        (("vasti", "vastus"), "sweep: strength: no muscle is called `vastus`; did you mean `vasti`"),
        (("0.7", "0.0"), "sweep: strength.vasti: expected `float` > 0.0, found 0.0"),
        (("0.7", "0.05"), "sweep: strength.vasti is 0.05, expected a factor from 0.1 to 10"),
        (("[sweep]", '[model]\nfile = "subject.osim"\n[sweep]'), "[model] is for recorded trials"),
        (("[sweep]", "[swept]"), "unknown key `swept`; did you mean `sweep`?"),
    ],
)
def test_a_wrong_entry_of_a_sweep_is_named(write, edit, says):
    assert edit[0] in SWEEP
    with pytest.raises(ConfigError) as refusal:
        read_experiment(write(SWEEP.replace(*edit)))
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


HUNDREDTHS = st.integers(30, 220)  # of m/s, the speeds that a gait is looked for at
TENTHS = st.integers(-150, 150)  # of a degree, the inclines


@given(
    speeds=st.lists(HUNDREDTHS, min_size=1, max_size=4, unique=True),
    inclines=st.lists(TENTHS, min_size=1, max_size=4, unique=True),
)
def test_every_walk_of_a_sweep_has_a_name_of_its_own_that_a_file_may_have(speeds, inclines):
    table = SweepTable(
        direction=("forward", "retro"),
        speed=tuple(speed / 100.0 for speed in speeds),
        incline=tuple(incline / 10.0 for incline in inclines),
    )
    names = [walk.prediction.name for walk in expand(table, Analysis(), Path()).walks]
    assert len(set(names)) == 2 * len(speeds) * len(inclines)
    assert all(re.fullmatch(r"[a-z]+_[0-9.]+_[0-9.+-]+", name) for name in names)


def test_the_bundled_sweep_needs_no_solver():
    walks = read_experiment(share_folder("experiments") / "forward_vs_retro.toml").predictions
    assert len(walks) == 50
    for walk in walks:
        assert walk.condition.speed in GRID[walk.condition.direction]
        assert walk.condition.incline in INCLINES
        assert walk == Prediction(condition=walk.condition)
