"""`retrogait.sensitivity` from a trial to a labelled, stored result and its pictures."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from rich.console import Console

import retrogait as rg
from retrogait.errors import ConfigError
from retrogait.gait.window import WINDOW_LOADS, window_loads
from retrogait.report.bands import draw_bands
from retrogait.report.spread import render_spread
from retrogait.sampling import run
from retrogait.sampling.api import sensitivity
from retrogait.sampling.factors import DEFAULTS, NOT_VARIED
from retrogait.sampling.result import COORDINATES, VARIABLES
from tests.bodies import few, planar_leg
from tests.trials import walk

SAME = 1e-12  # relative: sums in another order
ROWS = few(70, 8)
SAMPLES = few(64, 20)
VARY = {"body_mass": [0.9, 1.1], "strength.vasti": [0.5, 1.5], "exponent": [2, 3], "cop_x": [-0.02, 0.02]}


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


@pytest.fixture(scope="module")
def trial(leg):
    return walk(leg, ROWS)


@pytest.fixture(scope="module")
def result(leg, trial):
    return sensitivity(leg, trial, samples=SAMPLES, factors=VARY, seed=5, threads=1, reserve=10.0)


def test_the_plain_analysis_is_in_it_to_the_last_digit(leg, trial, result):
    plain = rg.analyze(leg, trial, reserve=10.0)
    for name, variable in plain.variables.items():
        assert_array_equal(result[name].values, variable.values)
    for name, value in plain.attrs.items():
        if name not in {"notes", "provenance"}:
            assert result.attrs[name] == value or name == "speed"
    [loads] = window_loads(plain)
    for name in set(WINDOW_LOADS) & set(result["number"].values):
        ours = float(result["plain_number"].sel(side="right", number=name))
        assert_allclose(ours, loads[name], rtol=SAME)


def test_no_digit_depends_on_the_threads(leg, trial, result):
    again = sensitivity(leg, trial, samples=SAMPLES, factors=VARY, seed=5, threads=3, reserve=10.0)
    for name in VARIABLES:
        assert again[name].values.tobytes() == result[name].values.tobytes(), name


def test_another_seed_gives_other_samples(leg, trial, result):
    again = sensitivity(leg, trial, samples=SAMPLES, factors=VARY, seed=6, reserve=10.0)
    assert not np.array_equal(again["factor_value"], result["factor_value"])
    assert not np.array_equal(again["tibiofemoral_band"], result["tibiofemoral_band"])


def test_numbers_are_those_of_every_sample_analyzed_alone(leg, trial, result):
    row = 7
    values = dict(zip(result["factor"].values, result["factor_value"].values[row], strict=True))
    point = trial.loads.point.copy()
    point[..., 0] += values["cop_x"]
    tree = leg.tree._replace(
        mass=leg.tree.mass * values["body_mass"], inertia=leg.tree.inertia * values["body_mass"]
    )
    alone = rg.analyze(
        replace(leg, tree=tree),
        replace(trial, loads=replace(trial.loads, point=point)),
        strength={"vasti": values["strength.vasti"]},
        exponent=int(values["exponent"]),
        body_mass=leg.mass,
        reserve=10.0,
    )
    ours = result["sample_number"].sel(sample=row, side="right")
    [loads] = window_loads(alone)
    for name in set(WINDOW_LOADS) & set(result["number"].values):
        assert_allclose(float(ours.sel(number=name)), loads[name], rtol=1e-6)


def test_bands_hold_what_they_say(result):
    band = result["number_band"].sel(side="right", number="tibiofemoral_peak").values
    peaks = result["sample_number"].sel(side="right", number="tibiofemoral_peak").values
    assert_allclose(band, np.quantile(peaks, [0.05, 0.25, 0.5, 0.75, 0.95]), rtol=SAME)
    for name in ("tibiofemoral_band", "activation_band", "generalized_force_band"):
        assert (np.diff(result[name].values, axis=-1) >= 0.0).all(), name
    assert_array_equal(result["quantile"].values, [5.0, 25.0, 50.0, 75.0, 95.0])


def test_everything_added_is_labelled_and_says_what_it_is(result):
    for name in (*VARIABLES, *COORDINATES):
        assert result[name].attrs["units"], name
        assert result[name].attrs["long_name"].endswith("."), name
    assert result.attrs["not_varied"] == list(NOT_VARIED)
    assert result.attrs["sampling"] == {"method": "sobol", "samples": SAMPLES, "seed": 5}


def test_it_is_stored_and_read_back_whole(result, tmp_path):
    rg.write_result(tmp_path / "one.h5", result)
    again = rg.read_result(tmp_path / "one.h5")
    for name in (*VARIABLES, *COORDINATES):
        assert_array_equal(again[name].values, result[name].values)
    assert again.attrs["sampling"] == result.attrs["sampling"]


def test_a_stronger_muscle_is_a_cause_only_where_it_pulls(leg, trial):
    vary = {"strength.tibant": [0.5, 1.5], "body_mass": [0.8, 1.2]}
    result = sensitivity(leg, trial, samples=SAMPLES, factors=vary, reserve=10.0)
    share = result["share"].sel(side="right", number="extension_moment_peak")
    assert_allclose(share.sel(factor="strength.tibant"), 0.0, atol=1e-6)
    assert_allclose(share.sel(factor="body_mass"), 1.0, atol=1e-3)


def test_defaults_that_a_trial_does_not_have_are_left_out_and_named(leg, trial):
    result = sensitivity(leg, trial, samples=few(64, 48), reserve=10.0)
    chosen = set(result["factor"].values)
    assert set(DEFAULTS) - chosen == {"offset.pelvis_list"}
    [note] = [note for note in result.attrs["notes"] if "offset.pelvis_list is not varied" in note]
    assert "no coordinate 'pelvis_list'" in note


def test_without_a_cycle_its_curves_are_empty_and_a_note_says_so(result):
    assert np.isnan(result["tibiofemoral_cycle_band"]).all()
    assert any(note.startswith("no bands over the cycle: ") for note in result.attrs["notes"])


def test_failed_samples_are_counted_and_said(leg, trial, monkeypatch):
    solved = run.solve

    def broken(body, plan, motion, answer, threads):
        solved(body, plan, motion, answer, threads)
        if plan.exponent[0] == 3:
            answer.status[2] = 2

    monkeypatch.setattr(run, "solve", broken)
    result = sensitivity(leg, trial, samples=SAMPLES, factors=VARY, reserve=10.0)
    failed = result["sample_failed"].values
    half = int((result["factor_value"].sel(factor="exponent") == 3.0).sum())
    assert failed.sum() == half
    assert f"{half} of {SAMPLES} samples have frames without an answer" in result.attrs["notes"][-2]
    assert np.isfinite(result["tibiofemoral_band"]).all()


def test_progress_reaches_the_end(leg, trial):
    told = []
    sensitivity(
        leg, trial, samples=SAMPLES, factors=VARY, reserve=10.0, progress=lambda *done: told.append(done)
    )
    assert told[-1] == (SAMPLES, SAMPLES)
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"threads": 0}, "threads is 0, expected a whole number from 1 on"),
        ({"samples": 10}, r"samples is 10, expected a whole number from 20 \(for 4 factors\)"),
        ({"cutoff": -1.0}, "cutoff is -1.0, expected a positive number"),
    ],
)
def test_choices_outside_their_bounds_are_refused(leg, trial, choices, message):
    with pytest.raises(ConfigError, match=message):
        sensitivity(leg, trial, **{"samples": SAMPLES, "factors": VARY, **choices})


def test_a_fault_in_one_sample_ends_the_others(leg, trial, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("of the test")

    monkeypatch.setattr(run, "solve", broken)
    with pytest.raises(ZeroDivisionError, match="of the test"):
        sensitivity(leg, trial, samples=SAMPLES, factors=VARY, threads=2, reserve=10.0)


def test_a_trial_without_a_knee_force_has_no_picture(result):
    blind = result.copy()
    blind["plain_number"] = result["plain_number"] * np.nan
    assert draw_bands(blind) is None
    console = Console(width=120)
    with console.capture() as captured:
        render_spread(blind, console)
    assert "no knee force to rank causes for" in captured.get()
