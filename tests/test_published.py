"""Published values: whole, sourced, read at the condition and nowhere beyond it."""

import csv
import math
import statistics
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.errors import ConfigError, FileError
from retrogait.gait.measures import MEASURES
from retrogait.published import (
    Condition,
    Row,
    Sense,
    Sign,
    Verdict,
    compare,
    compare_signs,
    load_rows,
    load_signs,
    measures_between,
    rows_between,
    unpublished,
)
from retrogait.published.compare import INCLINE_SLACK, SPEED_SLACK
from retrogait.published.rows import load_sources, read_rows, read_signs
from retrogait.published.signs import NEAR, TIE
from retrogait.published.targets import load_targets

ROUNDED = 5e-5  # the tables keep four digits
LEVEL = Condition("forward", 1.3)


def band(**changes):
    about = {"id": "x", "measure": "stance_share", "kind": "reference", "direction": "forward"}
    about |= {"speed": (1.0, 1.5), "low": (50.0, 60.0), "high": (70.0, 80.0), "incline": (0.0, 0.0)}
    return Row(**about | {"source": "project"} | changes)


def verdict(value, condition=LEVEL, **changes):
    rows = compare({"stance_share": value}, condition, [band(**changes)])
    return rows[0].verdict if rows else None


def test_every_row_has_a_source_and_every_source_a_row():
    used = {row.source for row in load_rows()} | {sign.source for sign in load_signs()}
    used |= {key for target in load_targets().values() for key in target.sources}
    assert used == set(load_sources())
    for source in load_sources().values():
        assert source.citation
        assert source.seen or "memory" in source.note


def test_the_acceptance_bands_are_those_of_level_forward_walking():
    bars = {row.measure: row for row in load_rows() if row.kind == "bar" and row.source == "project"}
    assert {name: (bar.low[0], bar.high[0]) for name, bar in bars.items()} == {
        "stance_share": (58, 64),
        "ground_force_first": (1.0, 1.25),
        "ground_force_first_time": (12, 25),
        "ground_force_second": (1.0, 1.25),
        "ground_force_second_time": (42, 52),
        "tibiofemoral_peak": (2.0, 3.6),
        "patellofemoral_peak": (0.5, 1.3),
    }
    for bar in bars.values():
        assert (bar.direction, bar.speed, bar.incline) == ("forward", (1.2, 1.4), (0, 0))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(55.9, Verdict.BELOW), (56.0, Verdict.INSIDE), (76.0, Verdict.INSIDE), (76.1, Verdict.ABOVE)],
)
def test_a_band_is_read_at_the_speed_of_the_condition(value, expected):
    assert verdict(value) == expected  # 1.3 m/s: 56 to 76


@given(speed=st.floats(0.2, 3.0), incline=st.floats(-15.0, 15.0))
def test_nothing_is_read_beyond_the_range_of_a_row(speed, incline):
    found = verdict(65.0, Condition("forward", speed, incline))
    near = 1.0 - SPEED_SLACK <= speed <= 1.5 + SPEED_SLACK and abs(incline) <= INCLINE_SLACK
    assert (found is not None) == near
    assert verdict(65.0, Condition("retro", speed, incline)) is None


def test_a_stride_without_a_number_has_no_value_and_does_not_count():
    for measures in ({}, {"stance_share": math.nan}):
        (row,) = compare(measures, LEVEL, [band()])
        assert row.verdict == Verdict.NO_VALUE
        assert not row.counts


def test_a_number_that_nobody_saw_is_compared_and_does_not_count():
    (row,) = compare({"stance_share": 65.0}, LEVEL, [band(source="winter1991")])
    assert row.verdict == Verdict.INSIDE
    assert not row.counts


def test_a_condition_that_nobody_published_has_no_rows():
    assert compare({"stance_share": 60.0}, Condition("retro", 3.0, 20.0)) == []
    assert unpublished({"stance_share": 60.0}, Condition("retro", 3.0, 20.0)) == ["stance_share"]
    assert unpublished({"stance_share": 60.0, "hip_range": math.nan}, LEVEL) == []


CORNERS = {
    Condition("retro", speed, incline): {"stance_share": 60.0 + 10.0 * speed + incline, "hip_range": 1.0}
    for speed in (1.0, 1.2)
    for incline in (0.0, 5.0, 10.0)
}


@given(speed=st.floats(1.0, 1.2), incline=st.floats(0.0, 10.0))
def test_between_walks_measures_lie_on_straight_lines(speed, incline):
    found = measures_between(CORNERS, Condition("retro", speed, incline))
    assert found["stance_share"] == pytest.approx(60.0 + 10.0 * speed + incline, rel=1e-12)
    assert found["hip_range"] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    "condition", [Condition("forward", 1.1, 2.0), Condition("retro", 1.3, 2.0), Condition("retro", 1.1, -1.0)]
)
def test_beyond_the_walks_there_are_no_measures(condition):
    with pytest.raises(KeyError, match="does not lie among the walked conditions"):
        measures_between(CORNERS, condition)


def test_a_measure_that_one_corner_lacks_is_missing_between():
    holed = CORNERS | {Condition("retro", 1.0): {"stance_share": math.nan, "hip_range": 1.0}}
    assert math.isnan(measures_between(holed, Condition("retro", 1.1))["stance_share"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"speed": (1.1,)}, [Condition("retro", 1.1)]),
        ({"speed": (1.1,), "incline": (7.0, 7.0)}, [Condition("retro", 1.1, 7.0)]),
        ({"incline": (7.0, 7.0)}, [Condition("retro", 1.0, 7.0), Condition("retro", 1.2, 7.0)]),
        ({"speed": (1.02,)}, []),  # at a walked condition, within the slack
        ({"speed": (1.4,)}, []),  # beyond them
        ({}, []),  # a range of speeds that was walked in
        ({"speed": (1.1,), "incline": (0.0, 7.0)}, []),  # a range of inclines that was walked in
        ({"speed": (1.1,), "direction": "forward"}, []),
    ],
)
def test_a_value_published_between_walks_asks_for_its_condition(changes, expected):
    about = {"low": (50.0,), "high": (70.0,)} if len(changes.get("speed", (0, 0))) == 1 else {}
    found = rows_between(CORNERS, [band(**({"direction": "retro"} | about | changes))])
    assert list(found) == expected
    assert all(len(rows) == 1 for rows in found.values())


def test_a_missing_corner_leaves_nothing_between():
    corners = [condition for condition in CORNERS if condition != Condition("retro", 1.2, 5.0)]
    row = band(direction="retro", speed=(1.1,), low=(50.0,), high=(70.0,), incline=(7.0, 7.0))
    assert rows_between(corners, [row]) == {}


def test_an_unknown_measure_is_named():
    with pytest.raises(ConfigError, match="'stance' is no measure"):
        compare({"stance": 60.0}, LEVEL)


@pytest.mark.parametrize(
    ("direction", "speed", "said"),
    [("sideways", 1.0, "direction is 'sideways'"), ("retro", 0.0, "0.0 m/s"), ("retro", math.nan, "nan m/s")],
)
def test_a_condition_that_nobody_can_walk_is_refused(direction, speed, said):
    with pytest.raises(ConfigError, match=said):
        Condition(direction, speed)


@pytest.mark.shared
def test_means_over_people_are_those_of_the_people(shared_data):
    folder = shared_data.parent / "reference" / "measured"
    people = defaultdict(list)
    with (folder / "koelewijn2019.csv").open() as file:
        for line in csv.DictReader(file):
            key = float(line["grade_percent"]), float(line["speed_m_s"])
            people["stride_frequency", *key].append(float(line["stride_frequency_hz"]))
            people["cost_of_transport", *key].append(float(line["cost_of_transport_J_per_kg_m"]))
    with (folder / "vanderzee2022_stride_frequency.csv").open() as file:
        for line in csv.DictReader(file):
            people["zee", float(line["walkspeed"])].append(float(line["stridefreq"]))
    grades = {-4.57: -8.0, 0.0: 0.0, 4.57: 8.0}
    checked = 0
    for row in load_rows():
        for speed, value, low, high in zip(row.speed, row.value, row.low, row.high, strict=False):
            if row.source == "koelewijn2019":
                values = people[row.measure, grades[row.incline[0]], speed]
            elif row.source == "vanderzee2022":
                values = people["zee", speed]
            else:
                continue
            values = [one for one in values if math.isfinite(one)]
            mean, spread = statistics.mean(values), statistics.stdev(values)
            assert value == pytest.approx(mean, abs=ROUNDED)
            assert (low, high) == pytest.approx((mean - spread, mean + spread), abs=3.0 * ROUNDED)
            checked += 1
    assert checked == 12 + 7


# ---- signs ---------------------------------------------------------------------------------------


def sign(**changes):
    about = {"id": "x", "measure": "tibiofemoral_peak", "expect": "up", "speed": (0.8, 1.6)}
    return Sign(**about | {"incline": (0.0, 0.0), "source": "project"} | changes)


def sense(forward, retro, speed=1.2, **changes):
    conditions = Condition("forward", speed), Condition("retro", speed)
    (one,) = compare_signs(forward, retro, *conditions, [sign(**changes)])
    return one.sense, one.reason


def test_an_order_holds_fails_or_ties():
    low, high, same = ({"tibiofemoral_peak": value} for value in (2.0, 3.0, 2.0 * (1.0 + 0.5 * TIE)))
    assert sense(low, high) == (Sense.HOLDS, "")
    assert sense(high, low) == (Sense.FAILS, "")
    assert sense(high, low, expect="down") == (Sense.HOLDS, "")
    assert sense(low, same) == (Sense.FAILS, "")
    assert sense(same, low, expect="down") == (Sense.FAILS, "")


def test_an_order_within_one_stride_needs_all_its_measures():
    over = {"measure": "ankle_negative_share", "over": ("knee_negative_share", "hip_negative_share")}
    stride = {"ankle_negative_share": 0.4, "knee_negative_share": 0.35, "hip_negative_share": 0.25}
    assert sense({}, stride, **over) == (Sense.HOLDS, "")
    assert sense({}, stride | {"hip_negative_share": 0.5}, **over) == (Sense.FAILS, "")
    assert sense({}, stride | {"hip_negative_share": math.nan}, **over) == (Sense.UNTESTABLE, "no value")


@pytest.mark.parametrize("speed", [0.8 - 0.9 * NEAR, 1.6 + 0.9 * NEAR])
def test_an_order_holds_a_little_beyond_its_speeds(speed):
    low, high = {"tibiofemoral_peak": 2.0}, {"tibiofemoral_peak": 3.0}
    assert sense(low, high, speed=speed) == (Sense.HOLDS, "")


def test_an_order_beyond_its_speeds_is_not_testable_and_says_why():
    one = {"tibiofemoral_peak": 2.0}
    assert sense(one, one, speed=0.4) == (Sense.UNTESTABLE, "published at 0.8 to 1.6 m/s")
    assert sense(one, one, incline=(3.0, 3.0)) == (Sense.UNTESTABLE, "published at 3 deg")


@pytest.mark.parametrize(
    ("forward", "retro"),
    [
        (Condition("forward", 1.4), Condition("retro", 1.0)),
        (Condition("forward", 1.0, 5.0), Condition("retro", 1.0)),
        (Condition("retro", 1.0), Condition("forward", 1.0)),
    ],
)
def test_strides_that_differ_in_more_than_direction_are_refused(forward, retro):
    with pytest.raises(ConfigError, match=r"conditions are .*expected"):
        compare_signs({}, {}, forward, retro)


# ---- wrong tables --------------------------------------------------------------------------------

ROW = """[[row]]
id = "x"
measure = "stance_share"
kind = "bar"
direction = "forward"
speed = [1.0, 1.5]
incline = [0.0, 0.0]
low = [50.0, 60.0]
high = [70.0, 80.0]
source = "project"
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("stance_share", "stance_shares", "'stance_shares' is no known measure; did you mean"),
        ("project", "nobody", "'nobody' is no known source"),
        ("[1.0, 1.5]", "[1.5, 1.0]", "from low to high"),
        ("[50.0, 60.0]", "[50.0]", "one number for every speed"),
        ("[50.0, 60.0]", "[50.0, 90.0]", "low <= value <= high"),
        ("[1.0, 1.5]", "[]", "row x: .*length"),
        ('kind = "bar"', 'kind = "bar"\ncolour = "red"', "row x: .*colour"),
        ("[[row]]", "[[row", "not a table of published values"),
        (ROW, ROW + ROW, "two rows are called x"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, old, new, said):
    path = tmp_path / "values.toml"
    path.write_text(ROW.replace(old, new))
    with pytest.raises(FileError, match=said) as caught:
        read_rows(path)
    assert str(path) in str(caught.value)


def test_an_order_over_an_unknown_measure_is_named(tmp_path):
    path = tmp_path / "signs.toml"
    path.write_text(
        '[[row]]\nid = "x"\nmeasure = "hip_range"\nexpect = "up"\nover = ["knee"]\n'
        'speed = [1.0, 1.0]\nincline = [0.0, 0.0]\nsource = "project"\n'
    )
    with pytest.raises(FileError, match="row x: 'knee' is no known measure"):
        read_signs(path)


def test_every_published_measure_is_one_that_a_stride_can_have():
    for row in (*load_rows(), *load_signs()):
        assert row.measure in MEASURES
