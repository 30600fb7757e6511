"""Marker files (.trc): what is read, what is refused and how it is said."""

import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from retrogait.io.markers import read_markers
from tests.io.broken import damaged, refusal, survives

WALK = (
    "PathFileType\t4\t(X/Y/Z)\twalk.trc\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
    "OrigNumFrames\n"
    "100.0\t100.0\t2\t2\tmm\t100.0\t1\t2\n"
    "Frame#\tTime\tR.ASIS\t\t\tL heel\t\t\n"
    "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n"
    "\n"
    "1\t0.00\t1\t2\t3\t4\t5\t6\n"
    "2\t0.01\t7\t8\t9\t10\t11\t12\n"
)
POSITION = np.arange(1.0, 13.0).reshape(2, 2, 3)  # mm
ROUNDING = 1e-15  # 1: one multiplication by the unit


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "walk.trc"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_positions_are_metres_and_everything_else_is_kept(write):
    path = write(WALK)

    markers = read_markers(path)

    assert (markers.path, markers.labels) == (path, ("R.ASIS", "L heel"))
    assert (markers.unit, markers.data_rate) == ("mm", 100.0)
    assert markers.digest == hashlib.sha256(WALK.encode()).hexdigest()
    np.testing.assert_array_equal(markers.time, [0.0, 0.01])
    np.testing.assert_allclose(markers.position, 1e-3 * POSITION, rtol=ROUNDING)


@pytest.mark.parametrize(
    ("unit", "metres"), [("mm", 1e-3), ("cm", 1e-2), ("m", 1.0), ("MM", 1e-3), ("meters", 1.0)]
)
def test_every_unit_of_length_gives_metres(write, unit, metres):
    markers = read_markers(write(WALK.replace("\tmm\t", f"\t{unit}\t")))

    assert markers.unit == unit
    np.testing.assert_allclose(markers.position, metres * POSITION, rtol=ROUNDING)


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(WALK.replace("\n", "\r\n"), id="windows lines"),
        pytest.param("\ufeff" + WALK, id="byte order mark"),
        pytest.param(WALK.replace("Z2\n\n", "Z2\n"), id="no blank line before the frames"),
        pytest.param(WALK.replace("Z2\n\n", "Z2\n\t\t\t\n"), id="a line of tabs"),
        pytest.param(WALK.replace("6\n", "6\t\n").replace("12\n", "12\t\n"), id="tabs at the end"),
        pytest.param(WALK.replace("\t", " ").replace("L ", "L"), id="spaces between cells"),
        pytest.param(WALK.replace("100.0\t2\t", "  100.0\t\t 2\t\t"), id="padded header"),
    ],
)
def test_every_way_to_write_the_same_markers_reads_the_same(write, variant):
    np.testing.assert_allclose(read_markers(write(variant)).position, 1e-3 * POSITION, rtol=ROUNDING)


@pytest.mark.parametrize("blank", ["\t\t\t", "\t \t \t ", "\tnan\tNaN\tnan"])
@pytest.mark.parametrize("row", ["\t4\t5\t6", "\t7\t8\t9", "\t10\t11\t12"])
def test_a_marker_that_is_not_seen_is_nan_in_that_frame_only(write, row, blank):
    markers = read_markers(write(WALK.replace(row, blank)))

    expected = np.isin(POSITION, np.array(row.split(), dtype=float))
    assert expected.sum() == 3
    np.testing.assert_array_equal(np.isnan(markers.position), expected)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["is empty"]),
        (WALK.split("Frame#", maxsplit=1)[0], ["4 lines", "cut off"]),
        ("time\tx\n" * 9, ["line 1", "PathFileType"]),
        (WALK.replace("\tUnits", "\tYards"), ["no Units"]),
        (WALK.replace("DataRate", "Rate", 1), ["no DataRate"]),
        (WALK.replace("\tmm\t", "\tfurlong\t"), ["line 3", "`furlong`", "mm, cm or m"]),
        (WALK.replace("100.0\t100.0\t2", "0\t100.0\t2"), ["line 3", "DataRate is `0`"]),
        (WALK.replace("100.0\t100.0\t2", "fast\t100.0\t2"), ["line 3", "DataRate is `fast`"]),
        (WALK.replace("\t2\t2\tmm", "\t2\t3\tmm"), ["found 2 marker names", "NumMarkers=`3`"]),
        (WALK.replace("\t2\t2\tmm", "\t9\t2\tmm"), ["found 2 frames", "NumFrames=`9`", "cut off"]),
        (WALK.replace("L heel", "R.ASIS"), ["line 4", "`R.ASIS`", "more than once"]),
        (WALK.replace("Frame#\tTime\tR.ASIS\t\t\tL heel\t\t", ""), ["line 4", "`Frame#`"]),
        (WALK.replace("Frame#", "R.ASIS"), ["line 4", "expected `Frame#`"]),
        (WALK.replace("R.ASIS\t\t\tL heel", ""), ["line 4", "names of markers"]),
        (WALK.encode().replace(b"ASIS", b"AS\xff"), ["line 4", "not UTF-8"]),
        (WALK.replace("\tZ2", ""), ["line 5", "found 5 axes", "2 markers"]),
        (WALK.split("1\t0.00", maxsplit=1)[0], ["no rows"]),
        (WALK.replace("\t12\n", ""), ["line 8", "found 7 cells", "expected 8", "cut off"]),
        (WALK.replace("\t12", "\t12\t13"), ["line 8", "found 9 cells", "expected 8"]),
        (WALK.replace("\t11", "\tx"), ["line 8, column `L heel y`", "`x`", "expected a number"]),
        (WALK.replace("\t11", "\t"), ["line 8, t = 0.01 s, column `L heel y`", "all or none"]),
        (WALK.replace("\t11", "\tinf"), ["line 8, t = 0.01 s, column `L heel y`", "infinite"]),
        (WALK.replace("0.01", ""), ["line 8, column `Time`", "nan"]),
        (WALK.replace("0.01", "0.00"), ["line 8", "repeats 0 s"]),
        (WALK.replace("0.01", "-0.5"), ["line 8", "comes after 0 s"]),
        (b"\x80\x02" + bytes(700), ["binary"]),
    ],
)
def test_a_broken_marker_file_gets_one_line_that_says_where_and_what(write, content, words):
    message = refusal(read_markers, write(content))

    for word in words:
        assert word in message


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=damaged(WALK.encode()))
def test_a_damaged_marker_file_reads_or_is_refused_in_one_line(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "walk.trc"
    path.write_bytes(data)

    survives(read_markers, path)


@pytest.mark.shared
@pytest.mark.opensim
@pytest.mark.parametrize(
    "name",
    [
        "gait2392/subject01_static.trc",
        "gait2392/subject01_walk1.trc",
        "gait10dof18/subject01_walk.trc",
        "rajagopal_walk/markers_walk.trc",
    ],
)
def test_recorded_markers_read_as_opensim_reads_them(shared_data, name):
    import opensim  # noqa: PLC0415

    opensim.Logger.setLevelString("Off")

    markers = read_markers(shared_data / name)
    oracle = opensim.TimeSeriesTableVec3(str(shared_data / name))
    flat = oracle.flatten()  # kept: its matrix is a view that does not keep it alive

    assert markers.labels == oracle.getColumnLabels()
    np.testing.assert_array_equal(markers.time, oracle.getIndependentColumn())
    expected = flat.getMatrix().to_numpy().reshape(markers.position.shape)
    np.testing.assert_allclose(markers.position, 1e-3 * expected, rtol=ROUNDING)
