"""The bundled walks beside published values: which hold and which do not, and the command that says so."""

import csv
import math
import re
import xml.etree.ElementTree as ET

import pytest

from retrogait import cli, naturalness
from retrogait.errors import ConfigError
from retrogait.naturalness import MAIN_COST, matched_signs, measure_walks, open_gaits, write_naturalness
from retrogait.predict.condition import (
    KNEECAP_OF_PEOPLE,
    QUIET_KNEECAP,
    RETRO_KNEE,
    RETRO_KNEE_OF_PEOPLE,
    UPHILL_KNEE,
)
from retrogait.predict.library import MANIFEST, library_folder
from retrogait.published import Condition, Sense, Verdict, load_rows
from retrogait.report.naturalness_walks import FITTED, FORWARD, NUMBERS, PAGE, PREDICTED, RETRO, ROWS, SIGNS

OUTSIDE: dict[float, set[str]] = {1.2: set(), 1.4: set()}
"""Acceptance bands of level forward walking that the bundled walks, fitted to them, miss, by speed."""

FAILING = {
    "A07-A10": {1.0, 1.2, 1.4},
    "A35-tibialis": {1.2},
    "A36-biceps": {0.6, 0.8, 1.0, 1.2, 1.4},
    "A36-tibialis": {0.6, 0.8, 1.0, 1.2, 1.4},
    "A19-propels": {1.4},
    "A20-knee": {0.8, 1.0, 1.2, 1.4},
    "A22-swing": {1.4},
    "C40-C42": {0.6},
}
"""Published orders of retro against forward walking that do not hold, by speed. Nothing is fitted to them."""

ISSUE = {"A18", "A35-gastrocnemius", "A19-absorbs", "A11", "A01-A05"}
"""Vasti up, gastrocnemius down, the ankle absorbs most, cost up, tibiofemoral peak up."""

LAST_DIGIT = (
    0.011  # relative: the page shows three digits, and the last may fall either way on another machine
)


def words_and_numbers(page):
    """What a page says, and the numbers that it says it with."""
    number = re.compile(r"(?<![\w.])-?\d+\.\d+")
    text = page.read_text("utf-8")
    return number.sub("#", text), [float(one) for one in number.findall(text)]


needs_bundle = pytest.mark.skipif(
    not (library_folder() / MANIFEST).is_file(),
    reason="the bundled motions are not there; make them with `python -m retrogait.predict.bundle`",
)


@pytest.fixture(scope="module")
def walks():
    return measure_walks(open_gaits())


@pytest.fixture(scope="module")
def signs(walks):
    return matched_signs(walks)


@needs_bundle
@pytest.mark.parametrize("speed", sorted(OUTSIDE))
def test_level_forward_walking_misses_these_acceptance_bands_and_no_other(walks, speed):
    rows = next(walk.rows for walk in walks if walk.condition == Condition("forward", speed))
    bars = {row.row: row.verdict for row in rows if row.kind == "bar"}
    assert set(bars) == {
        row.id
        for row in load_rows()
        if row.kind == "bar" and row.direction == "forward" and row.incline[0] <= 0.0 <= row.incline[1]
    }
    assert Verdict.NO_VALUE not in bars.values()
    assert {row for row, verdict in bars.items() if verdict != Verdict.INSIDE} == OUTSIDE[speed]


@needs_bundle
def test_these_published_orders_do_not_hold_and_no_other(signs):
    failing: dict[str, set[float]] = {}
    for condition, tests in signs.items():
        for one in tests:
            if one.sense == Sense.FAILS:
                failing.setdefault(one.row, set()).add(condition.speed)
    assert failing == FAILING


@needs_bundle
def test_every_order_that_the_issue_names_is_tested_somewhere(signs):
    tested = {one.row for tests in signs.values() for one in tests if one.sense != Sense.UNTESTABLE}
    assert tested >= ISSUE
    assert len(signs) == 25  # five common speeds on five inclines


@needs_bundle
def test_what_remarks_say_of_posture_is_what_the_walks_do(walks):
    knee = {
        walk.condition: walk.measures["knee_flexion_contact"] for walk in walks if walk.strides is not None
    }
    for incline, (low, high) in UPHILL_KNEE.items():
        uphill = [angle for c, angle in knee.items() if (c.direction, c.incline) == ("forward", incline)]
        assert (math.floor(min(uphill)), math.ceil(max(uphill))) == (low, high)
    assert round(knee[Condition("retro", 1.0)]) == RETRO_KNEE
    published = {row.id: row for row in load_rows()}
    assert round(published["A24"].value[0]) == RETRO_KNEE_OF_PEOPLE
    slow = next(walk for walk in walks if walk.condition == Condition("forward", 1.0))
    assert round(slow.measures["patellofemoral_peak"], 2) == QUIET_KNEECAP
    assert (published["E01"].low[0], published["E01"].high[0]) == KNEECAP_OF_PEOPLE


@needs_bundle
def test_every_walk_has_both_costs_and_every_measure(walks):
    for walk in walks:
        assert next(iter(walk.costs)) == MAIN_COST
        assert len(walk.costs) == 2
        assert walk.measures["cost_of_transport"] == pytest.approx(walk.costs[MAIN_COST])
        if walk.strides is not None:
            assert sorted(walk.strides["side"].values) == ["left", "right"]
            assert walk.measures["speed"] == pytest.approx(walk.condition.speed, abs=1e-3)


@needs_bundle
def test_published_retro_values_between_the_walks_are_compared(walks):
    between = {row.row for walk in walks if walk.strides is None for row in walk.rows}
    assert between >= {"A24", "A25", "A26", "A27", "A30", "A31", "C21", "C23"}


@needs_bundle
def test_the_command_stores_a_page_that_tells_fitted_from_predicted_first(tmp_path, capsys):
    assert cli.main(["naturalness", "--output", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out.index("Fitted:") < out.index("Predicted:") < out.index("Inside published bands")
    assert "umberger2010" in out
    assert "tibiofemoral_peak up" in out
    assert "measuring forward_" in err
    page = (tmp_path / PAGE).read_text("utf-8")
    assert page.index(FITTED) < page.index(PREDICTED) < page.index("## ")
    assert {path.name for path in tmp_path.iterdir()} == {PAGE, FORWARD, RETRO, ROWS, SIGNS, NUMBERS}
    for name in (FORWARD, RETRO):
        assert f"]({name})" in page
        ET.fromstring((tmp_path / name).read_text("utf-8"))
    with (tmp_path / ROWS).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert f"| {row['row']} [" in page
        assert row["seen"] in {"yes", "no"}
        assert row["citation"]


@needs_bundle
def test_named_walks_are_shown_in_full(tmp_path, capsys):
    assert cli.main(["naturalness", "retro_1.0_*", "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "retro 1.0 m/s +5 deg" in out
    assert "forward" not in out.split("Inside published bands")[1].split("bar-contact")[0]
    assert not (tmp_path / FORWARD).exists()


@needs_bundle
def test_a_walk_that_is_not_bundled_is_one_line_and_status_2(tmp_path, capsys):
    assert cli.main(["naturalness", "retro_1.0_6", "--output", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("retrogait: retro_1.0_6: no bundled motion is called so; did you mean")
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_motions_of_this_model_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setattr(naturalness, "bundled_conditions", list)
    with pytest.raises(ConfigError, match=r": no motions .* `python -m retrogait\.predict\.bundle`"):
        open_gaits()


@needs_bundle
def test_the_page_of_the_bundle_is_that_of_its_motions(tmp_path):
    """Made again from the motions it must say the same, or somebody forgot to make it again."""
    write_naturalness(tmp_path)
    (words, numbers), (said, found) = (
        words_and_numbers(folder / PAGE) for folder in (tmp_path, library_folder())
    )
    assert words == said
    assert numbers == pytest.approx(found, rel=LAST_DIGIT)
    for name in (FORWARD, RETRO):
        assert (library_folder() / name).is_file()
