"""Published targets: bands, verdicts, what is traced, and the table of the product itself."""

import csv
import math

import pytest

from retrogait import acceptance, cli
from retrogait.acceptance import Walks, check_targets, patellofemoral_by_arm
from retrogait.errors import FileError
from retrogait.published import Condition
from retrogait.published.targets import load_targets, read_targets
from retrogait.report.acceptance import CHECKS_CSV, PAGE, Check, Outcome, Part, write
from retrogait.share import share_folder

NAMES = [f"V{number}" for number in range(1, 15)]
PUBLISHED = 0.03  # relative: the box of the collection prints three digits


def part(value, band=(0.0, 1.0), **changes):
    return Part("number", value, band, "1", "somewhere", **changes)


def check(*parts, name="V1"):
    return Check(name, load_targets()[name], parts)


def test_the_targets_are_fourteen_and_every_one_was_seen_at_its_source():
    targets = load_targets()
    assert list(targets) == NAMES
    assert all(target.gates for target in targets.values())
    assert all(target.rows and target.sources for target in targets.values())


@pytest.mark.parametrize(
    ("value", "band", "outcome"),
    [
        (0.5, (0.0, 1.0), Outcome.PASS),
        (1.0, (0.0, 1.0), Outcome.PASS),
        (1.1, (0.0, 1.0), Outcome.FAIL),
        (math.nan, (0.0, 1.0), Outcome.UNTESTABLE),
        (0.1, (0.0, math.inf), Outcome.PASS),
        (0.0, (0.0, math.inf), Outcome.FAIL),
        (0.0, (-math.inf, 0.0), Outcome.FAIL),
    ],
)
def test_a_number_lies_in_its_band_and_a_tie_has_no_sign(value, band, outcome):
    assert part(value, band).outcome == outcome


def test_one_number_outside_fails_the_target_and_one_that_only_is_shown_does_not():
    assert check(part(0.5), part(2.0)).outcome == Outcome.FAIL
    assert check(part(0.5), part(2.0)).verdict == "fail, 1 of 2"
    assert check(part(0.5), part(2.0, gates=False)).outcome == Outcome.PASS
    assert check(part(0.5), part(math.nan)).verdict == "pass, 1 of 2"


def test_what_nothing_answers_neither_passes_nor_fails():
    assert check().outcome == Outcome.UNTESTABLE
    assert check(part(math.nan)).outcome == Outcome.UNTESTABLE
    assert check(part(0.5, gates=False)).outcome == Outcome.UNTESTABLE
    assert "no answer here: number" in check(part(math.nan)).remark


def test_a_target_that_was_not_seen_gates_nothing(tmp_path):
    path = tmp_path / "targets.toml"
    unseen = 'about = "a"\ntarget = "b"\nrows = "F"\nsources = ["winter1991"]\nvalues = { x = [0.0, 1.0] }\n'
    path.write_text(f"[V1]\n{unseen}")
    target = read_targets(path)["V1"]
    assert not target.gates
    for value in (0.5, 2.0):
        assert Check("V1", target, (part(value),)).outcome == Outcome.UNTESTABLE
    assert "gates nothing" in Check("V1", target, (part(0.5),)).remark


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("project", "projekt"), "V1: 'projekt' is no known source"),
        (("[0.0, 1.0]", "[1.0, 0.0]"), "V1: x is from 1 to 0, expected low before high"),
        (("about", "abuot"), "not a table of targets"),
    ],
)
def test_a_wrong_target_is_one_line_that_names_it(tmp_path, edit, says):
    text = '[V1]\nabout = "a"\ntarget = "b"\nrows = "D"\nsources = ["project"]\nvalues = { x = [0.0, 1.0] }\n'
    path = tmp_path / "targets.toml"
    path.write_text(text.replace(*edit))
    with pytest.raises(FileError) as refusal:
        read_targets(path)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("moment", "flexion", "force"), [(157.0, 44.0, 3366.0), (124.0, 41.0, 2516.0), (1.2, 20.0, 16.6)]
)
def test_the_patellofemoral_algebra_repeats_the_box_of_the_collection(moment, flexion, force):
    assert patellofemoral_by_arm(moment, flexion) == pytest.approx(force, rel=PUBLISHED)


def test_the_table_and_the_page_hold_every_number_with_its_origin_and_citation(tmp_path):
    checks = [check(part(0.25), part(math.nan)), check(name="V2")]
    write(checks, tmp_path)
    with (tmp_path / CHECKS_CSV).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["target"], row["value"], row["verdict"]) for row in rows] == [
        ("V1", "0.25", "pass"),
        ("V1", "", "not testable"),
    ]
    assert all(row["from"] == "somewhere" and "Kutzner" in row["source"] for row in rows)
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert "2 targets: 1 pass, 0 fail, 1 not testable" in page
    assert "| V2 |" in page


@pytest.fixture
def walked(monkeypatch):
    """Two forward and two retro walks, whose every measure is the speed, and a retro one twice that."""

    def measure(self, condition):
        factor = 2.0 if condition.direction == "retro" else 1.0
        return {"x": factor * condition.speed}

    conditions = {Condition(d, v, 0.0): None for d in ("forward", "retro") for v in (1.0, 1.2)}
    monkeypatch.setattr(Walks, "__init__", lambda self: setattr(self, "_asked", conditions))
    monkeypatch.setattr(Walks, "__getitem__", measure)
    return Walks()


def test_a_condition_between_walks_is_read_by_straight_lines_and_none_beyond(walked):
    assert walked.at("x", "forward", 1.1) == pytest.approx(1.1)
    assert walked.apart("x", 1.1) == pytest.approx(1.1)
    assert math.isnan(walked.at("x", "forward", 1.3))
    assert math.isnan(walked.at("x", "forward", 1.1, 5.0))


@pytest.mark.slow
def test_every_target_is_checked_and_nothing_bundled_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(acceptance, "find_experiment", lambda name: tmp_path / "absent.toml")
    checks = {check.name: check for check in check_targets(tmp_path)}
    assert list(checks) == NAMES
    untestable = [name for name, one in checks.items() if one.outcome == Outcome.UNTESTABLE]
    assert untestable == ["V14"]
    assert "not beside this installation" in checks["V14"].reason
    assert checks["V4"].outcome == checks["V13"].outcome == Outcome.PASS


@pytest.mark.shared
@pytest.mark.slow
def test_the_instrumented_knee_meets_the_bar_by_default(shared_data, tmp_path, monkeypatch):
    assert (share_folder("experiments") / "gc5_knee.toml").is_file()
    only = {"V14": load_targets()["V14"]}
    monkeypatch.setattr(acceptance, "load_targets", lambda: only)
    (one,) = check_targets(tmp_path)
    assert one.outcome == Outcome.PASS
    assert [part.what for part in one.parts] == ["total RMSE", "peak error", "medial RMSE", "lateral RMSE"]


def test_the_command_without_a_file_stores_table_and_page(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(acceptance, "check_targets", lambda folder, report: [check(part(0.25))])
    assert cli.main(["validate", "--output", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "V1" in out
    assert "1 targets: 1 pass" in out
    assert {file.name for file in (tmp_path / "out").iterdir()} == {CHECKS_CSV, PAGE}


def test_overrides_without_an_experiment_are_refused(capsys):
    assert cli.main(["validate", "--set", "analysis.exponent=3"]) == 2
    assert "--set changes an experiment, and none is given" in capsys.readouterr().err
