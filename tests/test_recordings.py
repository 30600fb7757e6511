"""Many recordings come from a table of metadata or from the names of files, or are refused by their row."""

import pytest

from retrogait.config import read_experiment
from retrogait.errors import ConfigError

SUBJECTS = ("P1", "P2", "P10")
TRIALS = ("fwd", "retro")

TABLE = """subject,trial,direction,speed [m/s],incline,age (y),knee
P10,fwd,forward,1.2,,71,
P10,retro,retro,0.8,-5,71,left
P1,fwd,forward,1.1,0,68,right
P1,retro,retro,,,68,right
P2,fwd,forward,1.3,0,07,none
P2,retro,retro,0.7,0,07,none
"""

EXPERIMENT = """
[[recordings]]
table = "walks.csv"
coordinates = "{subject}/{trial}_ik.mot"
external_loads = "{subject}/{trial}_grf.xml"
model = "{subject}/model.osim"
"""

FOUND = """
[[recordings]]
coordinates = "{subject}/{trial}_ik.mot"
external_loads = "{subject}/{trial}_grf.xml"
model = "{subject}/model.osim"
incline = 2.0
"""


@pytest.fixture
def read(tmp_path):
    """Reads an experiment beside a table and the files of three people."""
    for subject in SUBJECTS:
        (tmp_path / subject).mkdir()
        for name in ("model.osim", *(f"{trial}_{end}" for trial in TRIALS for end in ("ik.mot", "grf.xml"))):
            (tmp_path / subject / name).write_text("x")

    def read(text=EXPERIMENT, table=TABLE):
        (tmp_path / "walks.csv").write_text(table, encoding="utf-8")
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return read_experiment(tmp_path / "study.toml")

    return read


def test_every_row_is_a_trial_with_its_own_model_in_the_order_of_the_table(read, tmp_path):
    trials = read().trials
    assert [trial.name for trial in trials] == [
        "P10_fwd", "P10_retro", "P1_fwd", "P1_retro", "P2_fwd", "P2_retro",
    ]  # fmt: skip
    one = trials[1]
    assert (one.direction, one.speed, one.incline) == ("retro", 0.8, -5.0)
    assert one.model == tmp_path / "P10" / "model.osim"
    assert one.coordinates == tmp_path / "P10" / "retro_ik.mot"
    assert one.external_loads == tmp_path / "P10" / "retro_grf.xml"
    assert trials[3].speed is None


def test_other_columns_are_labels_and_numbers_only_where_every_cell_is_one(read):
    first, second, *_, last = read().trials
    assert first.labels == {"subject": "P10", "trial": "fwd", "age (y)": "71"}  # 07 is no number
    assert second.labels["knee"] == "left"
    assert last.labels == {"subject": "P2", "trial": "retro", "age (y)": "07", "knee": "none"}
    assert read(table=TABLE.replace("07", "70")).trials[0].labels["age (y)"] == 71.0


def test_a_unit_in_a_label_is_safe_in_a_file(read):
    assert "force [N per kg]" in read(table=TABLE.replace("age (y)", "force [N/kg]")).trials[0].labels


def test_an_empty_cell_takes_what_the_table_of_the_experiment_says(read):
    trials = read(EXPERIMENT + 'incline = 3.0\nspeed = 0.9\naxes = "surface"\n').trials
    assert [trial.incline for trial in trials[:4]] == [3.0, -5.0, 0.0, 3.0]
    assert trials[3].speed == 0.9
    assert {trial.axes for trial in trials} == {"surface"}


def test_without_a_table_the_names_of_files_are_the_metadata(read):
    trials = read(FOUND).trials
    assert [trial.name for trial in trials] == [
        "P1_fwd", "P1_retro", "P2_fwd", "P2_retro", "P10_fwd", "P10_retro",
    ]  # fmt: skip
    assert trials[-1].labels == {"subject": "P10", "trial": "retro"}
    assert trials[-1].external_loads.name == "retro_grf.xml"
    assert {trial.incline for trial in trials} == {2.0}


def test_a_name_of_a_file_may_say_how_the_person_walked(read, tmp_path):
    (tmp_path / "P1" / "retro_0.80_+05_a_ik.mot").write_text("x")
    text = FOUND.replace("{trial}_ik", "{direction}_{speed}_{incline}_{trial}_ik")
    (trial,) = read(text.replace("{trial}_grf", "retro_grf")).trials
    assert (trial.name, trial.direction, trial.speed, trial.incline) == (
        "P1_retro_0.8_5_a",
        "retro",
        0.8,
        5.0,
    )
    assert trial.labels == {"subject": "P1", "trial": "a"}


def test_names_may_be_composed_and_are_made_safe_for_files(read):
    trials = read(EXPERIMENT + 'name = "{subject}-{trial} {age}/y"\n').trials
    assert trials[0].name == "P10-fwd_71_y"
    (named,) = read(table="name,subject,trial\nvisit 2 (left),P1,fwd\n").trials
    assert named.name == "visit_2_left_"


def test_a_wildcard_in_a_row_means_the_one_file_that_fits(read):
    trials = read(EXPERIMENT.replace("{trial}_ik.mot", "{trial}_*.mot")).trials
    assert trials[0].coordinates.name == "fwd_ik.mot"
    with pytest.raises(ConfigError, match=r"row 2: `P10/\*_ik.mot` finds 2 files \(fwd_ik.mot, retro_"):
        read(EXPERIMENT.replace("{trial}_ik.mot", "*_ik.mot"))
    with pytest.raises(ConfigError, match=r"row 2: `P10/fwd\*.c3d` finds no file, expected one"):
        read(EXPERIMENT.replace("{trial}_ik.mot", "{trial}*.c3d"))


def test_the_model_of_the_experiment_serves_rows_without_one(read, tmp_path):
    text = EXPERIMENT.replace('model = "{subject}/model.osim"', "")
    trials = read('[model]\nfile = "P1/model.osim"\n' + text).trials
    assert {trial.model for trial in trials} == {tmp_path / "P1" / "model.osim"}
    with pytest.raises(ConfigError, match=r"recordings 1: has no model; add `model`, or \[model\]"):
        read(text)


def test_columns_may_name_the_files_themselves(read, tmp_path):
    table = "coordinates,model,direction\nP1/fwd_ik.mot,P2/model.osim,forward\n"
    (trial,) = read('[[recordings]]\ntable = "walks.csv"\n', table).trials
    assert (trial.name, trial.coordinates) == ("fwd_ik", tmp_path / "P1" / "fwd_ik.mot")
    assert trial.model == tmp_path / "P2" / "model.osim"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("0.8,-5", "fast,-5"), "walks.csv: row 3: speed: expected a number of m/s, found `fast`"),
        (
            ("0.8,-5", '"0,8",-5'),
            "walks.csv: row 3: speed: expected a number of m/s, found `0,8`; write it with a decimal point",
        ),
        (("0.8,-5", "0.8,60"), "walks.csv: row 3: incline: expected `float` <= 45.0 deg, found '60'"),
        (("retro,0.8", "back,0.8"), "row 3: direction: expected `forward` or `retro`, found `back`"),
        (("[m/s]", "[km/h]"), "walks.csv: column `speed` is in km/h, expected m/s; convert it"),
        (("incline", "incline (%)"), "walks.csv: column `incline` is in %, expected deg; convert it"),
        (("incline", "inclin"), "column `inclin`: did you mean `incline`? A label needs another name"),
        (("speed [m/s]", "Speed"), "column `Speed`: did you mean `speed`?"),
        (("age (y)", "cutoff"), "label `cutoff`: is a setting of [analysis]"),
        (("age (y)", "side"), "label `side`: results have a column of that name; rename it"),
        (
            ("subject", "person"),
            "row 2: `{subject}/{trial}_ik.mot`: no column is called `subject`; known: person",
        ),
        (("P1,fwd", ",fwd"), "row 4: `{subject}/{trial}_ik.mot`: the cell of column `subject` is empty"),
        (("P1,fwd", "P10,retro"), "row 3 and row 4 are both called `P10_retro`; add a column to `name`"),
        (
            ("P1,fwd", "P3,fwd"),
            "no such file: row 4: P3/fwd_ik.mot (coordinates = `{subject}/{trial}_ik.mot`), ",
        ),
        ((TABLE, "subject,trial\n"), "walks.csv: has no rows below its header"),
    ],
)
def test_a_wrong_row_is_named_with_what_was_expected(read, edit, says):
    assert edit[0] in TABLE
    with pytest.raises(ConfigError) as refusal:
        read(table=TABLE.replace(*edit, 1))
    message = str(refusal.value)
    assert says in message
    assert "study.toml: recordings 1: " in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (('"walks.csv"', '"none.csv"'), "none.csv: no such file"),
        (("coordinates", "coordinate"), "recordings 1: unknown key `coordinate`; did you mean `coordinates`"),
        (
            ('coordinates = "{subject}/{trial}_ik.mot"', ""),
            "walks.csv: says nothing of the motion; add `coord",
        ),
        (
            ('table = "walks.csv"\ncoordinates = "{subject}/{trial}', 'coordinates = "P1/fwd'),
            "needs a `table`",
        ),
        (('table = "walks.csv"', 'direction = "sideways"'), "recordings 1: direction: expected `forward` or"),
        (
            ("{subject}/{trial}_ik.mot", "{subject}/{tril}_ik.mot"),
            "column is called `tril`; did you mean `trial`",
        ),
    ],
)
def test_a_wrong_entry_of_recordings_is_named(read, edit, says):
    assert edit[0] in EXPERIMENT
    with pytest.raises(ConfigError) as refusal:
        read(EXPERIMENT.replace(*edit))
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_pattern_that_finds_nothing_is_named_with_its_folder(read, tmp_path):
    with pytest.raises(
        ConfigError, match=r"no file is called `\{subject\}/\{trial\}.c3d` in the folder "
    ) as one:
        read(FOUND.replace("_ik.mot", ".c3d"))
    assert str(tmp_path) in str(one.value)
    with pytest.raises(ConfigError, match=r"in the folder .*nowhere, which does not exist"):
        read(FOUND.replace('"{subject}/{trial}_ik', '"nowhere/{subject}/{trial}_ik'))


def test_the_same_motion_twice_is_refused_whatever_its_name(read):
    text = EXPERIMENT + 'name = "{n}"\n'
    lines = TABLE.strip().split("\n")
    table = "\n".join(["n," + lines[0], "a," + lines[1], "b," + lines[1]])
    with pytest.raises(ConfigError, match=r"row 2 and row 3 are the same motion, P10/fwd_ik.mot"):
        read(text, table)
    window = "\n".join(["n,start," + lines[0], "a,0.5," + lines[1], "b,1.5," + lines[1]])
    assert [trial.start for trial in read(text, window).trials] == [0.5, 1.5]


def test_missing_files_of_a_long_table_are_counted_not_all_listed(read):
    rows = "\n".join(f"Q{row},fwd" for row in range(300))
    with pytest.raises(ConfigError, match=r"row 2: Q0/fwd_ik.mot .* and 895 more$"):
        read(table=f"subject,trial\n{rows}\n")


def test_recordings_stand_beside_trials_and_names_stay_unique(read):
    trial = '[[trial]]\nname = "p1_FWD"\ncoordinates = "P1/fwd_ik.mot"\nmodel = "P1/model.osim"\n'
    assert len(read(trial.replace("p1_FWD", "one") + FOUND).trials) == 7
    with pytest.raises(ConfigError, match="trial name `p1_fwd` is used 2 times"):
        read(trial + FOUND)
