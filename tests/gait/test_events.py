"""Contacts and toe-offs come at the threshold, whatever flickers, and only complete cycles are cycles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.errors import MotionError
from retrogait.gait.events import SHORTEST_PHASE, Cycle, Events, complete_cycles, find_events

EXACT = 1e-9  # s: straight lines through straight lines
LEVEL = 20.0  # N
RATE = 200.0  # Hz
RAMP = 0.02  # s from nothing to full load
FULL = 700.0  # N


def record(stances, lasts, rate=RATE):
    """Trapezoids that cross the threshold at the given times, and the rows they are sampled at."""
    lead = RAMP * LEVEL / FULL
    knots, values = [0.0], [0.0]
    for down, up in stances:
        knots += [down - lead, down - lead + RAMP, up + lead - RAMP, up + lead]
        values += [0.0, FULL, FULL, 0.0]
    knots.append(lasts)
    values.append(0.0)
    time = np.union1d(np.arange(0.0, lasts, 1.0 / rate), knots)
    return time, np.interp(time, knots, values)


phases = st.lists(st.tuples(st.floats(0.2, 1.0), st.floats(0.2, 0.8)), min_size=1, max_size=5)


@given(phases=phases)
def test_every_contact_and_toe_off_is_found_at_its_threshold(phases):
    stances, now = [], 0.1
    for stance, swing in phases:
        stances.append((now, now + stance))
        now += stance + swing
    time, force = record(stances, now)

    events = find_events(time, force, LEVEL)

    np.testing.assert_allclose(events.contact, [down for down, _ in stances], atol=EXACT)
    np.testing.assert_allclose(events.toe_off, [up for _, up in stances], atol=EXACT)


def test_a_flicker_and_a_graze_are_no_steps():
    time, force = record([(0.2, 0.8), (1.2, 1.8)], 2.0)
    clean = find_events(time, force, LEVEL)
    force[(time > 0.5) & (time < 0.5 + 0.5 * SHORTEST_PHASE)] = 0.0
    force[(time > 1.0) & (time < 1.0 + 0.5 * SHORTEST_PHASE)] = 2.0 * LEVEL

    events = find_events(time, force, LEVEL)

    np.testing.assert_array_equal(events.contact, clean.contact)
    np.testing.assert_array_equal(events.toe_off, clean.toe_off)


def test_a_flicker_right_after_contact_leaves_the_contact_where_it_was():
    time, force = record([(0.2, 0.8)], 1.0)
    force[(time > 0.24) & (time < 0.27)] = 0.0
    np.testing.assert_allclose(find_events(time, force, LEVEL).contact, [0.2], atol=EXACT)


def test_a_foot_that_stands_from_the_first_row_on_has_no_contact_there():
    time, force = record([(0.2, 0.8), (1.2, 1.8)], 2.0)
    late = time > 0.5
    events = find_events(time[late], force[late], LEVEL)
    np.testing.assert_allclose(events.contact, [1.2], atol=EXACT)
    np.testing.assert_allclose(events.toe_off, [0.8, 1.8], atol=EXACT)


def test_a_foot_that_never_comes_down_has_no_events():
    events = find_events(np.arange(10.0), np.zeros(10), LEVEL)
    assert (events.contact.size, events.toe_off.size) == (0, 0)


def test_a_missing_force_is_named_with_its_time():
    time, force = record([(0.2, 0.8)], 1.0)
    force[3] = math.nan
    with pytest.raises(MotionError, match=r"t = 0\.015 s is nan"):
        find_events(time, force, LEVEL)


def walking(start, strides, stance=0.62, period=1.0):
    contact = start + period * np.arange(strides)
    return Events(contact, contact + stance * period)


def test_a_cycle_knows_both_double_supports():
    cycles = complete_cycles({"right": walking(0.0, 3), "left": walking(0.5, 2)})
    assert [(cycle.side, cycle.start, cycle.end) for cycle in cycles] == [
        ("right", 0.0, 1.0), ("left", 0.5, 1.5), ("right", 1.0, 2.0)]  # fmt: skip
    assert cycles[2] == Cycle("right", 1.0, pytest.approx(1.12), 1.5, pytest.approx(1.62), 2.0)


def test_a_foot_that_was_not_measured_leaves_double_support_open():
    (cycle,) = complete_cycles({"right": walking(0.0, 2)})
    assert math.isnan(cycle.opposite_toe_off)
    assert math.isnan(cycle.opposite_contact)


def test_a_step_beside_the_plate_makes_no_long_cycle():
    right = Events(np.array([0.0, 2.0]), np.array([0.62, 2.62]))
    assert [cycle.side for cycle in complete_cycles({"right": right, "left": walking(0.5, 2)})] == ["left"]
