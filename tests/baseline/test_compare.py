"""Comparing with a baseline: what counts as moved, where, and by which muscle."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.baseline.compare import compare
from retrogait.baseline.gather import gather
from retrogait.baseline.loads import ACTIVATION, PEAKS, loads_of
from retrogait.baseline.store import Baseline, read_baseline, write_baseline
from retrogait.baseline.tolerances import BY_UNIT, Tolerances, read_tolerances
from retrogait.errors import ConfigError
from retrogait.gait.measures import CURVES
from tests.baseline.walks import PEAK_AT, PULL, hump, walk, weaken
from tests.fake_result import fake_result

FORCE = BY_UNIT["BW"][0]  # default tolerance [BW]


def held(*datasets):
    """Baseline in memory, not rounded."""
    loads = {dataset.attrs["trial"]: loads_of(dataset) for dataset in datasets}
    return Baseline(loads, {name: one.digests() for name, one in loads.items()})


def failing(comparison):
    return {(check.quantity, check.side) for check in comparison.moved}


def test_an_unchanged_result_passes_bit_for_bit_also_through_a_file(tmp_path):
    write_baseline(tmp_path / "loads.h5", gather(walk()).loads)
    comparison = compare(gather(walk()), read_baseline(tmp_path / "loads.h5"), exact=True)
    assert comparison.passed
    assert {check.quantity for check in comparison.checks} == {*CURVES, *PEAKS, ACTIVATION}
    assert all(check.moved == 0.0 for check in comparison.checks)


def test_a_force_that_moves_is_found_where_it_moved_most():
    comparison = compare(gather(weaken(walk(), by=0.05)), held(walk()))
    assert failing(comparison) == {
        ("tibiofemoral_force", "right"), ("patellofemoral_force", "right"), ("tibiofemoral_peak", "right"),
    }  # fmt: skip
    force = next(check for check in comparison.moved if check.quantity == "tibiofemoral_force")
    assert (force.at, force.phase, force.kind) == (PEAK_AT, "push-off", "cycle")
    assert force.new - force.old == pytest.approx(-0.05)
    assert force.mover is not None
    assert force.mover[:3] == ("vasint_r", PULL, pytest.approx(PULL - 0.05))


def test_a_peak_is_placed_on_its_curve():
    comparison = compare(gather(weaken(walk(), by=0.05)), held(walk()))
    peak = next(check for check in comparison.moved if check.quantity == "tibiofemoral_peak")
    assert (peak.at, peak.phase) == (PEAK_AT, "push-off")


@given(by=st.floats(-3.0 * FORCE, 3.0 * FORCE).filter(lambda by: abs(abs(by) - FORCE) > 1e-9))
def test_a_force_has_moved_where_it_moved_by_more_than_the_tolerance(by):
    comparison = compare(gather(weaken(walk(), by=by)), held(walk()))
    assert comparison.passed == (abs(by) < FORCE)


def test_exactly_asks_for_every_bit():
    touched = weaken(walk(), by=1e-12)
    assert compare(gather(touched), held(walk())).passed
    exact = compare(gather(touched), held(walk()), exact=True)
    assert not exact.passed
    assert ("tibiofemoral_force", "right") in failing(exact)


def test_the_muscle_that_changed_most_is_named_and_the_vasti_are_summed():
    def renamed(dataset):
        names = [{"recfem_r": "vasmed_r"}.get(str(name), str(name)) for name in dataset["muscle"].to_numpy()]
        return dataset.assign_coords(muscle=names)

    changed = weaken(walk(), muscle="vasint_r", by=0.05)
    changed["compression_mean"].loc[{"muscle": "recfem_r"}] += 0.02 * hump()
    mover = compare(gather(renamed(changed)), held(renamed(walk()))).moved[0].mover
    assert mover is not None
    assert mover.muscle == "vasint_r"
    assert mover.together == pytest.approx(0.02 - 0.05)


def test_an_answer_that_went_counts_as_moved_and_one_that_nobody_has_does_not():
    gap = walk()
    gap["curve_mean"].loc[{"side": "right", "curve": "tibiofemoral_force"}] = np.nan
    comparison = compare(gather(gap), held(walk()))
    assert failing(comparison) == {("tibiofemoral_force", "right")}
    assert math.isinf(comparison.moved[0].moved)
    assert compare(gather(gap), held(gap)).passed
    assert not compare(gather(walk()), held(gap)).passed


def test_conditions_that_went_came_and_failed_are_told_apart():
    results = gather([walk("kept"), walk("added")])
    results = type(results)(results.loads, {"broken": "no gait was found", "always": "no"})
    baseline = held(walk("kept"), walk("gone"), walk("broken"))
    baseline = Baseline(baseline.loads, baseline.digests, failed={"always": "no"})
    comparison = compare(results, baseline)
    assert dict(comparison.missing) == {"gone": "not among the results", "broken": "no gait was found"}
    assert comparison.new == ("added",)
    assert not comparison.passed
    assert comparison.conditions == ("kept",)


def test_a_trial_without_cycles_is_compared_over_its_time():
    slow = fake_result("slow")
    late = slow.copy(deep=True)
    late["tibiofemoral_force"][50, 0] *= 1.1
    comparison = compare(gather(late), held(slow))
    assert failing(comparison) == {("tibiofemoral_force", "right")}
    check = comparison.moved[0]
    assert (check.kind, check.at, check.phase) == ("window", 0.5, "")
    assert check.moved == pytest.approx(0.3)  # a tenth of the 3 BW of the fake


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (fake_result("a"), walk("a"), "no complete cycle, the result complete cycles"),
        (fake_result("a"), fake_result("a").isel(time=slice(0, 90)), "in 101 rows, are 0 to 0.89 s in 90"),
        (walk("a"), walk("a").isel(muscle=[0, 1, 2]), "had 4 muscles and has 3"),
    ],
    ids=["cycles", "window", "muscles"],
)
def test_what_cannot_be_compared_point_by_point_fails_and_says_why(old, new, said):
    comparison = compare(gather(new), held(old))
    assert not comparison.passed
    assert any(said in check.note for check in comparison.moved)


@pytest.mark.parametrize(
    ("direction", "percent", "phase"),
    [
        ("forward", 5, "loading"), ("forward", 30, "mid-stance"), ("forward", 59, "push-off"),
        ("forward", 70, "early swing"), ("forward", 95, "late swing"),
        ("retro", 5, "landing on the toes"), ("retro", 50, "lift-off"),
    ],
)  # fmt: skip
def test_phases_have_the_names_of_their_direction(direction, percent, phase):
    moved = walk(direction=direction)
    moved["curve_mean"].loc[{"side": "left", "curve": "knee_flexion", "percent": percent}] += 1.0
    (check,) = compare(gather(moved), held(walk(direction=direction))).moved
    assert (check.side, check.at, check.phase) == ("left", percent, phase)


def test_two_results_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="two results are called `walk`"):
        gather([walk("walk"), walk("walk")])


def test_a_tolerance_is_that_of_the_name_else_of_the_unit_else_the_default(tmp_path):
    (tmp_path / "loose.toml").write_text("[tolerance]\nBW = 0.02\ndeg = 1\n", "utf-8")
    tolerances = read_tolerances(tmp_path / "loose.toml", ["tibiofemoral_force=0.5", "deg = 2"])
    names = ("tibiofemoral_force", "patellofemoral_force", "knee_flexion", ACTIVATION)
    assert [tolerances.of(name) for name in names] == [0.5, 0.02, 2.0, BY_UNIT["1"][0]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("tibiofemoral_fores=1", "did you mean `tibiofemoral_force`"),
        ("tibiofemoral_force", "expected NAME=NUMBER"),
        ("deg=much", "expected NAME=NUMBER"),
        ("deg=nan", "expected a number [deg]"),
        ("BW=1e-9", "ask for every bit with `--exact`"),
        ("BW=-1", "finer than what a baseline stores"),
    ],
)
def test_what_is_no_tolerance_is_refused_with_a_hint(given, said):
    with pytest.raises(ConfigError) as error:
        read_tolerances(None, [given])
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("BW = 1", "expected one table [tolerance], found: BW"),
        ("", "found: nothing"),
        ("[tolerance", "TOML syntax"),
        ("[tolerance]\nBW = 'much'", "expected a number [BW]"),
    ],
)
def test_a_file_of_something_else_is_refused_by_its_name(tmp_path, text, said):
    path = tmp_path / "loose.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as error:
        read_tolerances(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_every_quantity_has_a_tolerance():
    assert all(Tolerances().of(name) > 0.0 for name in (*CURVES, *PEAKS, ACTIVATION))
