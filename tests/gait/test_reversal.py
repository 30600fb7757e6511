"""A trial played backwards, as a trial: what changes place, what changes sign, what stays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import retrogait as rg
from tests.trials import pushes, trial_of

CLOCK = 1e-12  # s: a time subtracted from a sum of two others
NAMES = ("knee_angle_r", "pelvis_tx")


def trial(values, *, start=0.1, end=0.6, **changes):
    time = np.arange(len(values)) / 100.0
    loads = pushes(time, ("calcn_r", "calcn_l"))
    return trial_of(time, NAMES, values, loads, ("calcn_r", "calcn_l"), start=start, end=end, **changes)


RAMP = np.linspace([0.0, 1.0], [0.7, 2.0], 71)


def test_coordinates_wrenches_and_clocks_are_mirrored_about_the_middle_of_the_window():
    forward = trial(RAMP)
    twin = rg.reversed_trial(forward)
    pivot = forward.start + forward.end
    assert (twin.start, twin.end) == (forward.start, forward.end)
    np.testing.assert_allclose(twin.motion.time[::-1], pivot - forward.motion.time, atol=CLOCK)
    np.testing.assert_allclose(twin.loads.time[::-1], pivot - forward.loads.time, atol=CLOCK)
    np.testing.assert_array_equal(twin.motion.values[::-1], forward.motion.values)
    for name in ("force", "point", "torque"):
        np.testing.assert_array_equal(getattr(twin.loads, name)[::-1], getattr(forward.loads, name))
    assert (np.diff(twin.motion.time) > 0.0).all()


def test_direction_and_incline_turn_around_and_speed_origin_and_files_are_kept():
    forward = trial(RAMP, incline=0.1, origin="predicted", spline="cubic")
    twin = rg.reversed_trial(forward)
    assert (twin.direction, twin.incline, twin.reversed) == ("retro", -0.1, True)
    assert (twin.name, twin.speed, twin.origin, twin.spline, twin.axes) == (
        "walk_reversed", forward.speed, "predicted", "cubic", forward.axes,
    )  # fmt: skip
    assert twin.digests == forward.digests
    assert not forward.reversed


@given(values=arrays(np.float64, (71, 2), elements=st.floats(-1.0, 1.0)), start=st.floats(0.0, 0.3))
def test_the_twin_of_a_twin_is_the_original(values, start):
    forward = trial(values, start=start)
    again = rg.reversed_trial(rg.reversed_trial(forward))
    np.testing.assert_allclose(again.motion.time, forward.motion.time, atol=CLOCK)
    np.testing.assert_array_equal(again.motion.values, forward.motion.values)
    np.testing.assert_array_equal(again.loads.force, forward.loads.force)
    named = ("name", "start", "end", "direction", "incline", "reversed")
    assert [getattr(again, name) for name in named] == [getattr(forward, name) for name in named]


def test_a_trial_without_ground_forces_can_be_played_backwards():
    swing = replace(trial(RAMP), loads=None)
    assert rg.reversed_trial(swing).loads is None
    assert rg.reversed_trial(swing).motion.path == Path("walk.mot")
