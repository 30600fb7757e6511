"""A window that somebody says is one whole cycle: measured where the forces agree, refused elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrogait as rg
from retrogait.gait.forces import forces_of_result
from retrogait.gait.measures import MEASURES
from retrogait.gait.record import LIFTED_SHARE
from retrogait.gait.strides import measure_gait
from retrogait.jobs import open_trial
from retrogait.normalise import normalise
from retrogait.predict.gait import planar_model
from tests.fake_walk import PERIOD, STANCE, fake_walk

LATE = 0.01  # s: when a force rises through 0.03 BW, between rows
SAME = 0.02  # relative: a window starts a few milliseconds before a threshold is crossed
HAND = 0.6  # of the last digit that was written down
IMPULSE = 0.02  # BW s: the same, and a model that is mended now and then


def stated(begin, end, side="right", **changes):
    return fake_walk(begin, end, origin="recorded", cycle=side, **changes)


def test_the_window_is_the_cycle_and_the_forces_say_the_rest():
    gait = measure_gait(stated(0.0, PERIOD))
    assert gait["side"].to_numpy().tolist() == ["right"]
    assert (float(gait["start"][0]), float(gait["end"][0])) == (0.0, PERIOD)
    assert float(gait["toe_off"][0]) == pytest.approx(STANCE, abs=LATE)
    # The left foot leaves at 0.1 and lands at 0.5 s: two tenths of double support.
    assert float(gait["double_support"][0]) == pytest.approx(20.0, abs=200.0 * LATE)


def test_a_stated_cycle_has_the_measures_of_the_same_cycle_found_in_a_longer_record():
    found = measure_gait(fake_walk(-0.2, 2.7, origin="recorded")).isel(stride=0)
    one = measure_gait(stated(0.0, PERIOD)).isel(stride=0)
    for name in ("cadence", "stance_share", "tibiofemoral_peak", "tibiofemoral_impulse", "stride_length"):
        assert name in MEASURES
        assert float(one[name]) == pytest.approx(float(found[name]), rel=SAME)


def test_cycles_of_the_other_leg_are_found_as_ever():
    gait = measure_gait(stated(0.0, 2.0 * PERIOD, "right").isel(time=slice(0, 101)))
    assert gait["side"].to_numpy().tolist() == ["right"]
    both = stated(-0.5, 0.5, "left")
    assert measure_gait(both)["side"].to_numpy().tolist() == ["left"]


@given(begin=st.floats(0.04, 0.55))
def test_a_window_that_begins_in_stance_is_refused(begin):
    with pytest.raises(
        rg.ConfigError, match=r"walk: cycle = 'right', but at the start of the window.*body w"
    ):
        measure_gait(stated(begin, begin + PERIOD))


@pytest.mark.parametrize(
    ("begin", "end", "message"),
    [
        (0.0, 0.4, "at the end of the window, t = 0.4 s, the right foot carries"),
        (0.7, 1.7, "at t = 0.75 s, 0.05 s into the window, the right foot is still in the air"),
        (0.0, 2.0, "leaves the ground 2 times in the window, expected once"),
    ],
)
def test_a_window_that_is_no_cycle_is_refused_in_one_line(begin, end, message):
    with pytest.raises(rg.ConfigError) as caught:
        measure_gait(stated(begin, end))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_foot_without_a_ground_force_has_no_cycle():
    walk = stated(0.0, PERIOD, "left")
    ground = forces_of_result(walk)
    right = ground._replace(force=ground.force[:, :1], sides=("right",))
    with pytest.raises(rg.ConfigError, match="no ground force acts on the left foot"):
        measure_gait(walk, right)


def test_the_first_row_of_a_plate_may_carry_a_little():
    """As in records that were cut at a threshold of 20 to 50 N."""
    walk = stated(0.008, PERIOD + 0.008)
    first = float(walk["ground_reaction_force"][0, 0, 1]) / walk.attrs["body_weight"]
    assert 0.03 < first < LIFTED_SHARE
    assert measure_gait(walk).sizes["stride"] == 1


def test_a_cycle_is_refused_where_it_says_nothing(tmp_path):
    with pytest.raises(rg.ConfigError, match="cycle is 'both', expected one of: 'right', 'left'"):
        rg.load_trial("a.mot", "a.xml", cycle="both")
    with pytest.raises(rg.ConfigError, match="no external loads"):
        rg.load_trial("a.mot", cycle="left")
    with pytest.raises(rg.ConfigError, match="the trial is predicted; leave it out"):
        rg.load_trial("a.mot", "a.xml", cycle="left", origin="predicted")


EXPERIMENT = """
[model]
file = "bundled:planar.osim"
[[trial]]
name = "walk"
coordinates = "bundled:predicted/forward_1.2_0.mot"
external_loads = "bundled:predicted/forward_1.2_0_grf.xml"
cycle = "left"
"""


def test_an_experiment_can_state_a_cycle_which_is_written_in_the_result_and_ends_with_the_direction(tmp_path):
    from retrogait.config import read_experiment  # noqa: PLC0415

    path = tmp_path / "walk.toml"
    path.write_text(EXPERIMENT)
    trial = open_trial(read_experiment(path).trials[0])
    assert trial.cycle == "left"
    assert rg.reversed_trial(trial).cycle is None
    model = planar_model()
    assert rg.analyze(model, trial, threads=1).attrs["cycle"] == "left"
    assert "cycle" not in rg.analyze(model, rg.reversed_trial(trial), threads=1).attrs


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "stance", "cadence", "impulse"),
    [("ss1", 64.0, 110.0, 1.72), ("ss3", 64.0, 112.0, 1.67), ("ss8", 66.0, 113.0, 1.71)],
)
def test_the_strides_of_the_instrumented_knee_are_those_measured_by_hand(
    shared_data, name, stance, cadence, impulse
):
    folder = shared_data / "gc5_knee"
    model = rg.load_model(folder / "Rajagopal2015-scaled.osim")
    trial = rg.load_trial(folder / f"{name}_ik.mot", folder / f"{name}_grf.xml", cycle="left")
    stored = normalise(rg.analyze(model, trial, sharing="plain"), model, trial).sel(side="left")
    mean = stored["measure_mean"]
    assert int(stored["cycles"]) == 1
    assert float(mean.sel(measure="stance_share")) == pytest.approx(stance, abs=HAND)
    assert float(mean.sel(measure="cadence")) == pytest.approx(cadence, abs=HAND)
    assert float(mean.sel(measure="tibiofemoral_impulse")) == pytest.approx(impulse, abs=IMPULSE)
    assert np.isfinite(mean.sel(measure="double_support"))
