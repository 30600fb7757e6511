"""Preparation against OpenSim's own storage and splines, and against what must hold for any
trial."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from retrogait.errors import ConfigError, MotionError
from retrogait.gait.prepare import (
    METHODS,
    Preparation,
    prepare_motion,
    prepare_wrenches,
    wrench_about_origin,
)

OPENSIM_RTOL = 1e-9
"""Share of a column's range [1]: both add the same numbers in double precision, OpenSim through
B-spline coefficients; an acceleration divides by the square of the step, so rounding grows to about
1e-11."""
REVERSAL_RTOL = 1e-10
"""Share of the range [1]: the same sums in another order, differentiated twice at 100 Hz."""
WRENCH_ATOL = 1e-9
"""N or N·m: rounding of products of 1000 N."""
ROUNDED_TIME_RTOL = 5e-3
"""Share of the range [1]: first and last time of a record are themselves rounded to half a
millisecond."""


def read_columns(path):
    """Times and columns of a .mot file, and the column names."""
    lines = path.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip().lower() == "endheader") + 1
    names = lines[start].split()
    table = np.loadtxt(lines[start + 1 :])
    return table[:, 0], np.ascontiguousarray(table[:, 1:]), names[1:]


def walk(rows=100, rate=100.0, start=0.5):
    """Times and three coordinates of a cyclic motion with noise."""
    time = start + np.arange(rows) / rate
    phase = 2.0 * np.pi * np.array([0.9, 1.8, 4.0]) * time[:, np.newaxis]
    noise = 1e-3 * np.random.default_rng(0).normal(size=phase.shape)
    return time, np.sin(phase + np.array([0.0, 1.0, 2.0])) + noise


def plates(rows=400, rate=1000.0, wrenches=2):
    """Times and force, point and torque columns of plates that are loaded all the time."""
    time = np.arange(rows) / rate
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(1, wrenches, 9)) * np.sin(
        2.0 * np.pi * rng.uniform(0.5, 4.0, (1, wrenches, 9)) * time[:, np.newaxis, np.newaxis]
    )
    columns[..., :3] *= 700.0
    return time, columns


def assert_close_in_range(actual, expected, rtol):
    scale = np.ptp(expected, axis=0)
    assert np.all(np.abs(actual - expected) <= rtol * (scale + scale.max() * 1e-3))


# ---------------------------------------------------------------------------------- parity


@pytest.mark.shared
@pytest.mark.opensim
@pytest.mark.parametrize("cutoff", [6.0, None])
@pytest.mark.parametrize("trial", ["gait2392/subject01_walk1_ik.mot", "gait10dof18/subject01_walk_IK.mot"])
def test_opensim_mode_gives_what_opensim_gives(shared_data, trial, cutoff):
    import opensim as osim  # noqa: PLC0415 - half a second that other tests need not pay

    osim.Logger.setLevelString("Error")
    time, columns, names = read_columns(shared_data / trial)
    storage = osim.Storage(str(shared_data / trial))
    if cutoff is not None:
        storage.pad(storage.getSize() // 2)
        storage.lowpassIIR(cutoff)
    splines = osim.GCVSplineSet(5, storage)
    at = np.linspace(time[3], time[-4], 37)

    result = prepare_motion(time, columns, cutoff, "opensim", at)[1:]

    for derivative, ours in enumerate(result):
        theirs = np.array(
            [[splines.evaluate(i, derivative, float(t)) for i in range(len(names))] for t in at]
        )
        assert_close_in_range(ours, theirs, OPENSIM_RTOL)


@pytest.mark.shared
@pytest.mark.opensim
def test_opensim_mode_interpolates_forces_as_opensim_does(shared_data):
    import opensim as osim  # noqa: PLC0415 - half a second that other tests need not pay

    osim.Logger.setLevelString("Error")
    trial = shared_data / "gait2392/subject01_walk1_grf.mot"
    time, columns, _ = read_columns(trial)
    splines = osim.GCVSplineSet(3, osim.Storage(str(trial)))
    at = np.linspace(time[3], time[-4], 37)

    result = prepare_wrenches(time, columns[:, :18].reshape(-1, 2, 9), 6.0, "opensim", at)

    theirs = np.array([[splines.evaluate(i, 0, float(t)) for i in range(18)] for t in at])
    assert_close_in_range(result.reshape(len(at), 18), theirs, OPENSIM_RTOL)


# -------------------------------------------------------------------------------- motion laws


@pytest.mark.parametrize("cutoff", [6.0, None])
def test_time_reversal_of_the_record_reverses_the_result(cutoff):
    time, columns = walk()
    _, q, qd, qdd = prepare_motion(time, columns, cutoff)

    _, back_q, back_qd, back_qdd = prepare_motion(time, columns[::-1], cutoff)

    assert_close_in_range(back_q[::-1], q, REVERSAL_RTOL)
    assert_close_in_range(-back_qd[::-1], qd, REVERSAL_RTOL)
    assert_close_in_range(back_qdd[::-1], qdd, REVERSAL_RTOL)


@pytest.mark.parametrize("method", METHODS)
def test_a_parabola_far_below_the_cutoff_keeps_its_acceleration(method):
    time = np.arange(400) / 100.0
    columns = (1.0 - 2.0 * time + 0.5 * 3.0 * time**2)[:, np.newaxis]

    _, q, qd, qdd = prepare_motion(time, columns, 10.0, method, at=time[150:250])

    # A low-pass bends a parabola by q'' τ² with τ of some 10 ms; the ends are 1.5 s away.
    assert_allclose(q, columns[150:250], rtol=0.0, atol=3.0 * 0.01**2 * 10.0)
    assert_allclose(qd[:, 0], -2.0 + 3.0 * time[150:250], rtol=1e-6)
    assert_allclose(qdd, 3.0, rtol=1e-6)


def test_without_a_cutoff_the_recorded_values_come_back():
    time, columns = walk()

    for method in METHODS:
        for cutoff in (None, -1.0):
            frames, q, _, _ = prepare_motion(time, columns, cutoff, method)
            assert np.array_equal(frames, time)
            assert_allclose(q, columns, rtol=0.0, atol=1e-12)


def test_a_window_gives_the_rows_of_the_whole():
    time, columns = walk()
    whole = prepare_motion(time, columns, 6.0)

    part = prepare_motion(time, columns, 6.0, at=time[20:60])

    for piece, all_rows in zip(part, whole, strict=True):
        assert np.array_equal(piece, all_rows[20:60])


def test_frames_may_lie_between_the_rows():
    time, columns = walk()
    half_way = 0.5 * (time[40] + time[41])

    _, q, qd, _ = prepare_motion(time, columns, 6.0, at=[half_way])
    _, near, _, _ = prepare_motion(time, columns, 6.0, at=[half_way - 1e-4, half_way + 1e-4])

    assert_allclose(q[0], near.mean(axis=0), rtol=0.0, atol=1e-5)
    assert_allclose(qd[0], (near[1] - near[0]) / 2e-4, rtol=0.0, atol=1e-3)


@pytest.mark.parametrize("cutoff", [6.0, None])
def test_times_rounded_to_milliseconds_do_not_shake_the_acceleration(cutoff):
    time = np.arange(121) / 60.0
    columns = np.sin(2.0 * np.pi * np.array([0.9, 1.8]) * time[:, np.newaxis])
    exact = prepare_motion(time, columns, cutoff, at=time[30:90])[3]

    rounded = prepare_motion(np.round(time, 3), columns, cutoff, at=time[30:90])[3]

    assert_close_in_range(rounded, exact, ROUNDED_TIME_RTOL)


def test_a_dropped_row_is_bridged_before_the_filter():
    time, _ = walk()
    smooth = np.sin(2.0 * np.pi * 0.9 * time)[:, np.newaxis]
    kept = np.delete(np.arange(time.size), 50)
    whole = prepare_motion(time, smooth, 6.0)

    bridged = prepare_motion(time[kept], smooth[kept], 6.0, at=time)

    for actual, expected in zip(bridged[1:], whole[1:], strict=True):
        assert_close_in_range(actual, expected, 1e-5)  # a 0.9 Hz sine across 20 ms


# ------------------------------------------------------------------------------- wrench laws


@given(
    force=st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3),
    point=st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3),
    torque=st.lists(st.floats(-50.0, 50.0), min_size=3, max_size=3),
)
@settings(deadline=None)
def test_the_moment_about_the_origin_is_torque_plus_lever_times_force(force, point, torque):
    force, point, torque = np.array(force), np.array(point), np.array(torque)

    wrench = wrench_about_origin(force, point, torque)

    assert_allclose(wrench[:3], force, rtol=0.0, atol=0.0)
    assert_allclose(wrench[3:], torque + np.cross(point, force), rtol=0.0, atol=WRENCH_ATOL)


def test_an_unloaded_plate_needs_no_point():
    wrench = wrench_about_origin(np.zeros(3), np.full(3, np.nan), np.zeros(3))

    assert np.array_equal(wrench, np.zeros(6))


@pytest.mark.parametrize("cutoff", [6.0, None])
def test_filtered_wrenches_do_not_depend_on_where_along_the_force_the_point_is(cutoff):
    time, columns = plates()
    slid = columns.copy()
    slid[..., 3:6] += 0.01 * columns[..., :3] / 700.0

    result, moved = (prepare_wrenches(time, table, cutoff) for table in (columns, slid))

    assert_allclose(moved, result, rtol=0.0, atol=WRENCH_ATOL)
    assert np.array_equal(result[..., 3:6], np.zeros_like(result[..., 3:6]))


def test_a_steady_wrench_is_the_same_by_either_method():
    time = np.arange(500) / 1000.0
    steady = np.tile([10.0, 700.0, -20.0, 0.3, 0.0, 0.1, 0.0, 4.0, 0.0], (500, 1, 1))

    for method in METHODS:
        result = prepare_wrenches(time, steady, 6.0, method, at=np.arange(20) / 60.0)
        about = wrench_about_origin(result[..., :3], result[..., 3:6], result[..., 6:])
        expected = wrench_about_origin(steady[0, 0, :3], steady[0, 0, 3:6], steady[0, 0, 6:])
        assert_allclose(about[:, 0], np.tile(expected, (20, 1)), rtol=0.0, atol=WRENCH_ATOL)


def test_time_reversal_reverses_filtered_wrenches():
    time, columns = plates()

    result = prepare_wrenches(time, columns, 6.0)

    back = prepare_wrenches(time, columns[::-1], 6.0)
    assert_allclose(back[::-1], result, rtol=0.0, atol=WRENCH_ATOL)


def test_motion_and_wrench_are_filtered_alike():
    time, columns = walk(rows=200, rate=100.0, start=0.0)
    table = np.zeros((200, 1, 9))
    table[:, 0, :3] = columns

    force = prepare_wrenches(time, table, 6.0)[:, 0, :3]

    assert_allclose(force, prepare_motion(time, columns, 6.0)[1], rtol=0.0, atol=1e-12)


# ---------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"at": [0.4, 0.9]}, r"a\.mot: the window 0\.4 to 0\.9 s .* 0\.5 to 1\.49 s"),
        ({"at": [0.9, 2.0]}, r"a\.mot: the window 0\.9 to 2 s .* 0\.5 to 1\.49 s"),
        ({"at": [np.nan]}, r"a\.mot: the window nan to nan s"),
        ({"at": []}, r"a\.mot: no frame is asked for"),
        ({"cutoff": 70.0}, r"a\.mot: the cut-off 70 Hz .* Nyquist frequency 50 Hz"),
        ({"cutoff": 1e-3}, r"a\.mot: the cut-off 0\.001 Hz is below 0\.01 Hz"),
        ({"cutoff": 0.0}, r"a\.mot: the cut-off is 0 Hz"),
        ({"cutoff": np.nan}, r"a\.mot: the cut-off is nan Hz"),
    ],
)
def test_what_cannot_be_prepared_is_refused_with_both_numbers(method, change, message):
    time, columns = walk()
    arguments = {"cutoff": 6.0, "method": method, "source": "a.mot"} | change

    with pytest.raises(MotionError, match=message):
        prepare_motion(time, columns, **arguments)


def test_data_that_no_spline_fits_are_refused():
    time, columns = walk()

    with pytest.raises(MotionError, match=r"motion: 5 rows, a spline needs at least 6"):
        prepare_motion(time[:5], columns[:5], None)
    with pytest.raises(MotionError, match=r"wrenches: 3 rows, a spline needs at least 4"):
        prepare_wrenches(time[:3], np.zeros((3, 1, 9)), None)
    with pytest.raises(MotionError, match=r"time 0\.5 s in row 2 follows 1\.49 s"):
        prepare_motion(np.roll(time, 1), columns, 6.0)
    with pytest.raises(MotionError, match=r"columns have shape \(100,\) .* expected"):
        prepare_motion(time, columns[:, 0], 6.0)
    with pytest.raises(MotionError, match=r"shape \(100, 6\), expected \(row, wrench, 9\)"):
        prepare_wrenches(time, np.zeros((100, 6)), 6.0)


def test_a_missing_number_is_found():
    time, columns = walk()
    columns[17, 1] = np.nan
    table = np.ones((100, 2, 9))
    table[30, 1, 4] = np.inf

    with pytest.raises(MotionError, match=r"nan at time 0\.67 s in column 2"):
        prepare_motion(time, columns, 6.0)
    for method in METHODS:
        with pytest.raises(MotionError, match=r"inf at time 0\.8 s in wrench 2"):
            prepare_wrenches(time, table, 6.0, method)


def test_an_unknown_method_is_refused_with_the_known_ones():
    time, columns = walk()

    with pytest.raises(MotionError, match=r"'matlab', expected 'default' or 'opensim'"):
        prepare_motion(time, columns, 6.0, "matlab")
    with pytest.raises(ConfigError, match=r"'matlab', expected 'default' or 'opensim'"):
        Preparation("matlab", 6.0)


@pytest.mark.parametrize("cutoff", [0.0, -1.0, np.inf, np.nan])
def test_a_preparation_has_a_frequency_or_none(cutoff):
    with pytest.raises(ConfigError, match="expected a positive frequency"):
        Preparation("default", cutoff)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cutoff", [6.0, None])
def test_a_preparation_describes_itself_in_one_line(method, cutoff):
    text = Preparation(method, cutoff).describe()

    assert text.startswith(method)
    assert "\n" not in text
    assert ("6 Hz" in text) == (cutoff is not None)
