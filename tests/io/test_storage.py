"""Tables (.mot, .sto): what is read, what is refused and how it is said."""

import hashlib
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrogait.io import text
from retrogait.io.storage import MAX_HEADER_LINES, read_table, short_label, write_table
from tests.io.broken import damaged, refusal, survives

OLD = (
    "walk\nversion=1\nnRows=3\nnColumns=3\ninDegrees=yes\nendheader\n"
    "time\tknee\thip\n0.0\t1.5\t-2\n0.1\t2.5\t3e-2\n0.2\t3.5\t4\n"
)
NEW = (
    "inDegrees=no\nnColumns=3\nnRows=3\nDataType=double\nversion=3\nOpenSimVersion=4.5\nendheader\n"
    "time\t/jointset/k/knee/value\t/jointset/h/hip/value\n0\t1\t2\n1\t3\t4\n2\t5\t6\n"
)
SIMM = "name walk\ndatacolumns 3\ndatarows 2\nrange 0 1\nendheader\ntime a b\n 0  1 2\n 1  3 4\n"
VALUES = [[1.5, -2.0], [2.5, 0.03], [3.5, 4.0]]


@pytest.fixture
def write(tmp_path):
    def write(content, name="table.mot"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_an_old_header_gives_name_unit_labels_and_numbers(write):
    path = write(OLD)

    table = read_table(path)

    assert (table.path, table.name, table.labels) == (path, "walk", ("knee", "hip"))
    assert table.in_degrees is True
    assert table.digest == hashlib.sha256(OLD.encode()).hexdigest()
    np.testing.assert_array_equal(table.time, [0.0, 0.1, 0.2])
    np.testing.assert_array_equal(table.values, VALUES)
    assert table.values.flags.c_contiguous


def test_a_new_header_without_a_name_takes_the_name_of_the_file(write):
    table = read_table(write(NEW, "states.sto"))

    assert (table.name, table.in_degrees) == ("states", False)
    np.testing.assert_array_equal(table.values, [[1, 2], [3, 4], [5, 6]])


def test_a_simm_header_separated_by_spaces_is_read(write):
    table = read_table(write(SIMM))

    assert (table.name, table.labels, table.in_degrees) == ("walk", ("a", "b"), None)
    np.testing.assert_array_equal(table.values, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(OLD.replace("\n", "\r\n"), id="windows lines"),
        pytest.param(OLD.replace("\n", "\r"), id="old mac lines"),
        pytest.param("\ufeff" + OLD, id="byte order mark"),
        pytest.param(OLD.replace("\n", "\t\n"), id="a tab ends every line"),
        pytest.param(OLD.replace("\n", "\t\t\t\n"), id="tabs end every line"),
        pytest.param(OLD.replace("\t", "   "), id="spaces between cells"),
        pytest.param(OLD.replace("\t", "\t   "), id="padded cells"),
        pytest.param(OLD.rstrip("\n"), id="no last newline"),
        pytest.param(OLD + "\n\n  \n", id="blank lines at the end"),
        pytest.param(OLD.replace("endheader\n", "\nUnits are S.I.\n\nendheader\n\n"), id="comments"),
        pytest.param(OLD.replace("\t-2", "\t-2."), id="a number JSON does not know"),
        pytest.param(OLD.replace("1.5", "+01.5"), id="a sign and a leading zero"),
        pytest.param(OLD.replace("time", "Time"), id="capital time"),
        pytest.param(OLD.replace("nColumns=3", "nColumns=9"), id="columns were dropped"),
        pytest.param(OLD.replace("walk\n", "walk\nrecorded by Jos\xe9\n"), id="a comment"),
    ],
)
def test_every_way_to_write_the_same_table_reads_the_same(write, variant):
    table = read_table(write(variant))

    np.testing.assert_array_equal(table.time, [0.0, 0.1, 0.2])
    np.testing.assert_array_equal(table.values, VALUES)


def test_a_comment_in_another_encoding_does_no_harm(write):
    content = OLD.encode().replace(b"walk\n", b"walk\nJos\xe9\n")

    np.testing.assert_array_equal(read_table(write(content)).values, VALUES)


def test_a_missing_in_degrees_is_left_to_the_reader_of_the_table(write):
    assert read_table(write(OLD.replace("inDegrees=yes\n", ""))).in_degrees is None


def test_columns_come_in_the_order_asked_for(write):
    table = read_table(write(OLD))

    np.testing.assert_array_equal(table.column("hip"), [-2.0, 0.03, 4.0])
    np.testing.assert_array_equal(table.columns(("hip", "knee")), np.array(VALUES)[:, ::-1])


def test_an_absent_column_is_answered_with_its_nearest_names(write):
    assert "did you mean `knee`?" in refusal(read_table(write(OLD)).column, "kne")


def test_nan_is_kept_only_on_request(write):
    path = write(OLD.replace("2.5", "NaN"))

    table = read_table(path, allow_nan=True)

    np.testing.assert_array_equal(np.isnan(table.values), [[0, 0], [1, 0], [0, 0]])
    message = refusal(read_table, path)
    assert "line 9, t = 0.1 s, column `knee`: the value is NaN" in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["is empty"]),
        ("\n", ["endheader"]),
        (OLD.replace("endheader\n", ""), ["endheader", "among the first 9"]),
        (OLD.split("time", maxsplit=1)[0], ["nothing after `endheader`", "cut off"]),
        (OLD.replace("time\tknee\thip\n", ""), ["line 7", "`0.0`", "expected `time`", "labels"]),
        (OLD.replace("\t", ","), ["line 7", "expected `time`", "tabs"]),
        (OLD.replace("time\t", "frame\t"), ["line 7", "`frame`", "expected `time`"]),
        (OLD.replace("hip", "knee"), ["line 7", "`knee`", "more than once"]),
        (OLD.split("0.0", maxsplit=1)[0], ["no rows"]),
        (SIMM.replace(" a b", "").replace("  1 2", ""), ["line 6", "no label after `time`"]),
        (OLD.replace("2.5\t3e-2", "2.5"), ["line 9", "found 2 cells", "expected 3", "cut off"]),
        (OLD.replace("3e-2", "3e-2\t7"), ["line 9", "found 4 cells", "expected 3"]),
        (OLD.replace("2.5\t", "2,5\t"), ["line 9, column `knee`", "`2,5`", "not a comma"]),
        (OLD.replace("2.5\t", "2,5 "), ["line 9", "not a comma"]),
        (OLD.replace("2.5", "abc"), ["line 9, column `knee`", "`abc`", "expected a number"]),
        (OLD.replace("2.5", "1_0"), ["line 9, column `knee`", "`1_0`"]),
        (OLD.replace("2.5", "-1.#IND"), ["line 9, column `knee`", "`-1.#IND`"]),
        (OLD.replace("2.5", "inf"), ["line 9, t = 0.1 s, column `knee`", "infinite"]),
        (OLD.replace("2.5", "1e999"), ["line 9, t = 0.1 s, column `knee`", "infinite"]),
        (OLD.replace("0.1", "nan"), ["line 9, column `time`", "nan"]),
        (OLD.replace("0.2", "inf"), ["line 10, column `time`", "inf"]),
        (OLD.replace("0.1", "0.0"), ["line 9", "repeats 0 s", "strictly increasing"]),
        (OLD.replace("0.2", "-1"), ["line 10", "-1 s comes after 0.1 s"]),
        (OLD.replace("0.2\t3.5\t4\n", ""), ["found 2 rows", "expected `3`", "cut off"]),
        (OLD.replace("nRows=3", "nRows=2"), ["found 3 rows", "expected `2`"]),
        (OLD.replace("nRows=3", "nRows=many"), ["found 3 rows", "expected `many`"]),
        (OLD.replace("nRows=3", "nRows=" + "9" * 9000), ["found 3 rows"]),
        (SIMM.replace("datarows 2", "datarows 5"), ["found 2 rows", "expected `5`"]),
        (NEW.replace("double", "Vec3"), ["DataType is `Vec3`", "expected double", "flatten"]),
        (OLD.replace("=yes", "=maybe"), ["inDegrees is `maybe`", "expected yes or no"]),
        (OLD.encode().replace(b"knee", b"kn\xffe"), ["line 7", "not UTF-8"]),
        (OLD.encode("utf-16"), ["UTF-16", "save it as UTF-8"]),
        (b"\x7fELF" + bytes(64), ["byte 4 is zero", "binary"]),
        ("x\n" * (MAX_HEADER_LINES + 5) + OLD, ["endheader", f"first {MAX_HEADER_LINES}"]),
        (OLD + "x" * 5_000_000, ["no end of line", "another kind of file"]),
        (OLD.replace("2.5", "\x1b[31m" * 99), ["line 9, column `knee`", "`\\x1b[31m"]),
    ],
)
def test_a_broken_table_gets_one_line_that_says_where_and_what(write, content, words):
    path = write(content)

    message = refusal(read_table, path)

    assert message.startswith(str(path))
    for word in words:
        assert word in message


def test_a_line_number_counts_blank_lines_and_every_chunk(write, monkeypatch):
    monkeypatch.setattr("retrogait.io.cells._CHUNK_BYTES", 8)
    content = OLD.replace("0.1\t", "\n\n0.1\t")

    np.testing.assert_array_equal(read_table(write(content)).values, VALUES)
    assert "line 12, column `hip`" in refusal(read_table, write(content.replace("\t4\n", "\tx\n")))
    assert "line 12, t = 0.2" in refusal(read_table, write(content.replace("\t4\n", "\tnan\n")))


def test_a_missing_file_is_answered_with_its_nearest_neighbour(write):
    path = write(OLD, "walk_1.mot")

    assert "did you mean `walk_1.mot`?" in refusal(read_table, path.with_name("walk1.mot"))
    assert "does not exist" in refusal(read_table, path.parent / "nowhere" / "walk.mot")


def test_what_is_not_a_file_is_refused_at_once(tmp_path):
    pipe = tmp_path / "pipe.mot"
    os.mkfifo(pipe)

    assert "is a folder" in refusal(read_table, tmp_path)
    assert "is a pipe or a device" in refusal(read_table, pipe)
    assert "cannot be a path" in refusal(read_table, tmp_path / "a\0b")
    assert "cannot be read" in refusal(read_table, tmp_path / ("a" * 5000))


def test_a_file_beyond_the_bound_is_refused_before_it_fills_the_memory(write):
    assert "too large" in refusal(text.read_bytes, write(OLD), limit=10)
    assert text.read_bytes(write(OLD), limit=len(OLD)) == OLD.encode()


cells = st.floats(-1e300, 1e300)  # room below infinity for a form that rounds up
forms = st.sampled_from(["{!r}", "{:.17g}", "{:.8f}", "{:.18e}", "{:14.8f}", "{:+.3e}", "{:.0f}."])


@given(values=st.lists(st.tuples(cells, forms, cells, forms), min_size=1, max_size=20))
def test_every_number_is_read_as_python_reads_it(tmp_path_factory, values):
    rows = [(form.format(x), other.format(y)) for x, form, y, other in values]
    lines = [f"{row}\t{x}\t{y}" for row, (x, y) in enumerate(rows)]
    path = tmp_path_factory.mktemp("numbers") / "numbers.sto"
    path.write_text("\n".join(["numbers", "endheader", "time\tx\ty", *lines]))

    table = read_table(path)

    np.testing.assert_array_equal(table.values, [[float(x), float(y)] for x, y in rows])


@given(values=st.lists(st.tuples(cells, cells | st.just(float("nan"))), min_size=1, max_size=20))
def test_what_is_written_reads_back_bit_for_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("written") / "table.sto"
    time = np.arange(len(values)) * 0.1

    write_table(path, ("a", "b"), time, values, in_degrees=False, name="walk")
    table = read_table(path, allow_nan=True)

    assert (table.name, table.labels, table.in_degrees) == ("walk", ("a", "b"), False)
    np.testing.assert_array_equal(table.time, time)
    np.testing.assert_array_equal(table.values, values)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ("a",)},
        {"labels": ("a", "a")},
        {"labels": ("a", "time")},
        {"labels": ("a", "b c")},
        {"labels": ("a", "")},
        {"time": (0.0, 0.0)},
        {"time": (0.0, np.nan)},
        {"time": (0.0,)},
        {"values": ((1.0, np.inf), (2.0, 3.0))},
        {"name": "two\nlines"},
        {"name": "a=b"},
        {"name": "endheader"},
        {"name": ""},
    ],
)
def test_a_table_that_could_not_be_read_back_is_not_written(tmp_path, change):
    arguments = {"labels": ("a", "b"), "time": (0.0, 1.0), "values": ((1.0, 2.0), (3.0, 4.0))}
    arguments |= {"in_degrees": True, "name": "walk"} | change
    path = tmp_path / "table.mot"

    assert "cannot write" in refusal(write_table, path, **arguments)
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "table.mot"

    message = refusal(write_table, path, ("a",), [0.0], [[1.0]], in_degrees=True, name="walk")

    assert "cannot be written" in message


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("/jointset/knee_r/knee_angle_r/value", ("knee_angle_r", "value")),
        ("/jointset/knee_r/knee_angle_r/speed", ("knee_angle_r", "speed")),
        ("knee_r/knee_angle_r/speed", ("knee_angle_r", "speed")),
        ("/forceset/soleus_r/activation", ("soleus_r", "activation")),
        ("/forceset/soleus_r", ("soleus_r", "value")),
        ("soleus_r/activation", ("soleus_r", "activation")),
        ("knee_angle_r", ("knee_angle_r", "value")),
        ("value", ("value", "value")),
        ("", ("", "value")),
    ],
)
def test_a_state_path_is_cut_to_name_and_quantity(label, expected):
    assert short_label(label) == expected


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=damaged(OLD.encode()) | damaged(NEW.encode()))
def test_a_damaged_table_reads_or_is_refused_in_one_line(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "table.mot"
    path.write_bytes(data)

    survives(read_table, path)


@pytest.mark.shared
@pytest.mark.opensim
@pytest.mark.parametrize(
    "name",
    [
        "rajagopal_walk/coordinates.sto",
        "rajagopal_walk/electromyography.sto",
        "rajagopal_walk/grf_walk.mot",
        "gait2392/subject01_walk1_ik.mot",
        "gait2392/subject01_walk1_grf.mot",
        "gc5_knee/ss1_grf.mot",
        "gc6_treadmill/tm_1.0_ik.mot",
    ],
)
def test_recorded_tables_read_as_opensim_reads_them(shared_data, name):
    import opensim  # noqa: PLC0415

    path = shared_data / name
    opensim.Logger.setLevelString("Off")

    table = read_table(path)
    oracle = opensim.TimeSeriesTable(str(path))

    assert table.labels == oracle.getColumnLabels()
    np.testing.assert_array_equal(table.time, oracle.getIndependentColumn())
    np.testing.assert_array_equal(table.values, oracle.getMatrix().to_numpy())


@pytest.mark.opensim
def test_opensim_reads_back_what_is_written(tmp_path):
    import opensim  # noqa: PLC0415

    path = tmp_path / "table.mot"
    time = [0.1, 0.2, 0.3]
    values = np.array([[1.0, -1 / 3], [1e-17, 2e300], [np.pi, -0.0]])
    opensim.Logger.setLevelString("Off")

    write_table(path, ("knee_angle_r", "/a/b/value"), time, values, in_degrees=True, name="walk")
    table = opensim.TimeSeriesTable(str(path))
    storage = opensim.Storage(str(path))

    assert table.getColumnLabels() == ("knee_angle_r", "/a/b/value")
    np.testing.assert_array_equal(table.getIndependentColumn(), time)
    np.testing.assert_array_equal(table.getMatrix().to_numpy(), values)
    assert storage.isInDegrees()
    assert storage.getSize() == len(time)
