"""The page as text and numbers: every table equals the HDF5 it was made of."""

import base64
import gzip
import io
import json
import re
from html.parser import HTMLParser

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from retrogait import cli
from retrogait.commands import report as command
from retrogait.errors import ResultError
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.report.folder import open_folder
from retrogait.report.page.build import page, write_page
from retrogait.report.page.lines import MOST_LINES, across, default_pair, lines_of
from retrogait.report.page.parts import COLOURS, Column, Table, column
from retrogait.report.page.payload import pack
from tests.page.made import TOE_OFF, WEIGHT, both_ways, make_folder

SMALL = 5e6  # bytes, of a page of 28 conditions
LARGE = 20e6  # bytes, of a page of 1 000
VOID = {"meta", "link", "input", "br"}


def unpacked(text, name="data"):
    """What the page's script reads: header and tables as {id: {column: values}}."""
    holder = re.search(rf'<script type="application/octet-stream" id="{name}">([^<]*)</script>', text)
    data = gzip.decompress(base64.b64decode(holder[1]))
    start = 4 + int.from_bytes(data[:4], "little")
    header = json.loads(data[4:start])
    tables = {}
    for table in header["tables"]:
        columns = {}
        for one in table["columns"]:
            if "text" in one:
                columns[one["name"]] = one["text"]
                continue
            kind = np.dtype(f"<{one['kind']}")
            raw = np.frombuffer(data, np.uint8, one["length"] * kind.itemsize, start + one["at"])
            plain = np.ascontiguousarray(raw.reshape(kind.itemsize, -1).T).tobytes()
            columns[one["name"]] = np.frombuffer(plain, kind)
        tables[table["id"]] = columns
    return header, tables


class Reader(HTMLParser):
    """Ids, tags, and everything that a browser would fetch."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.fetched, self.open, self.tags, self.targets, self.buttons = [], [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.fetched += [found[key] for key in ("src", "srcset", "action", "data", "poster") if key in found]
        if tag == "link":
            self.fetched.append(found["href"])
        if tag == "a":
            self.targets.append(found["href"])
        if "id" in found:
            self.ids.append(found["id"])
        if "csv" in (found.get("class") or "").split():
            self.buttons.append(found["data-table"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    walks = both_ways()
    walks[-1] = ("retro", 1.2, 5.0, "predicted")
    return make_folder(tmp_path_factory.mktemp("study"), walks, failed={"walk1": [30, 31]}, lost=("gone",))


@pytest.fixture(scope="module")
def text(study):
    with open_folder(study) as folder:
        return page(folder)


def test_the_page_is_whole_and_fetches_nothing(text):
    read = Reader(text)
    assert read.open == []
    assert set(read.fetched) == {"data:,"}
    assert len(set(read.ids)) == len(read.ids)
    assert {target[1:] for target in read.targets} <= set(read.ids)
    assert {"header", "main", "footer", "nav", "h1"} <= set(read.tags)
    without_data = re.sub(r"(?s)<script.*?</script>", "", text)
    assert not re.search(r"https?://|url\(|@import", without_data)
    for needed in (
        'lang="en"',
        'name="viewport"',
        "prefers-color-scheme:dark",
        "@media print",
        'class="skip"',
    ):
        assert needed in text


def test_what_a_study_says_is_escaped(text):
    assert "<nobody>" not in text
    assert "A study of &lt;nobody&gt;." in text
    assert "walks &amp; more" in text
    assert "no &lt;ground&gt; forces" in text
    assert "the trial is &lt;predicted&gt;" in text


def test_every_curve_equals_the_hdf5(study, text):
    _, tables = unpacked(text)
    with h5py.File(study / "results.h5") as file:
        names = [str(name) for name in file["condition"].asstr()[...]]
        mean, deviation = file["curve_mean"][...], file["curve_sd"][...]
    drawn = {"tibiofemoral_force", "patellofemoral_force_geometry", "knee_extension_moment", "hip_power"}
    for name in sorted(drawn):
        columns = tables[f"curve-{name.replace('_', '-')}"]
        at = list(CURVES).index(name)
        for row, condition in enumerate(names[:-1]):
            for leg, side in enumerate(("right", "left")):
                for kind, stored in (("mean", mean), ("sd", deviation)):
                    found = columns[f"{condition} {side} {kind}"]
                    assert found.dtype == stored.dtype
                    np.testing.assert_array_equal(found, stored[row, leg, at])
    np.testing.assert_array_equal(columns["gait cycle"], np.arange(101.0))


def test_the_heads_of_the_quadriceps_come_from_the_conditions_own_files(study, text):
    _, tables = unpacked(text)
    with h5py.File(study / "walk4.h5") as file:
        row = list(file["muscle"].asstr()[...]).index("vasint_l")
        stored = file["activation_mean"][row]
    np.testing.assert_array_equal(tables["curve-vastus-intermedius"]["walk4 left mean"], stored)
    assert "curve-vastus-medialis" not in tables
    assert "Not in these results: Vastus medialis; Vastus lateralis." in text


def test_the_summary_equals_the_hdf5(study, text):
    _, tables = unpacked(text)
    columns = tables["conditions"]
    assert columns["condition"][:3] == ["walk0", "walk0", "walk1"]
    assert columns["condition"][-1] == "gone"
    assert columns["status"][-1] == "failed"
    assert columns["side"][-1] == ""
    with h5py.File(study / "results.h5") as file:
        peak = file["measure_mean"][:, :, list(MEASURES).index("tibiofemoral_peak")]
        window = file["window_patellofemoral_peak_geometry"][...]
    np.testing.assert_array_equal(columns["tibiofemoral peak"][:-1], peak[:-1].ravel())
    np.testing.assert_array_equal(
        columns["patellofemoral peak of the window, geometry"][:-1], window[:-1].ravel()
    )
    assert columns["frames failed"].tolist() == [0, 0, 2, 2, *[0] * 21]


def test_a_curve_that_no_condition_has_is_said_to_be_absent(text):
    _, tables = unpacked(text)
    assert "curve-medial-force" not in tables
    assert "Not in these results: Medial compartment." in text


def test_no_number_is_stored_beside_the_tables(text):
    header, _ = unpacked(text)

    def lists(thing):
        if isinstance(thing, dict):
            for value in thing.values():
                yield from lists(value)
        elif isinstance(thing, list):
            yield thing
            for value in thing:
                yield from lists(value)

    for chart in header["charts"]:
        longest = max((len(one) for one in lists(chart["traces"])), default=0)
        assert longest <= 25, chart["id"]  # corners of a frame and opacities of a grid's dots, but no curve


def test_failed_frames_are_placed_in_the_cycle_and_in_time(text):
    header, tables = unpacked(text)
    lines = {line["name"]: line for line in header["about"]["lines"]}
    # Contacts at 0.1 and 0.9 s; frames at 0.30 and 0.31 s failed: 25 to 26.25 %, and a frame either side.
    for side in ("right", "left"):
        (run,) = lines["walk1"]["failed"][side]
        assert run == pytest.approx([24.0, 27.0], abs=1.01)
    assert lines["walk0"]["failed"] == {}
    assert tables["failed-frames"]["condition"] == ["walk1"]
    np.testing.assert_allclose(tables["failed-frames"]["first failed"], [0.30])
    np.testing.assert_allclose(tables["failed-frames"]["last failed"], [0.31])
    chart = next(one for one in header["charts"] if one["id"] == "failed-chart")
    assert chart["traces"][0]["marker"]["pattern"]["shape"] == "/"


def test_reserves_leave_failed_frames_out(text):
    _, tables = unpacked(text)
    doubts = tables["doubts"]
    np.testing.assert_allclose(doubts["largest reserve"], 10.0)  # 3 of 30 N m at the knee
    assert set(doubts["coordinate of the largest reserve"]) == {"knee_angle_r"}
    # 12 N at the pelvis, of two feet that carry the whole weight each.
    np.testing.assert_allclose(doubts["residual force peak"], 100.0 * 12.0 / (2.0 * WEIGHT))


def test_the_first_pair_is_forward_and_retro_at_equal_speed_on_the_level(study):
    with open_folder(study) as folder:
        lines, grouped = lines_of(folder)
        first, second = (lines[row] for row in default_pair(lines))
    assert not grouped
    assert (first.direction, second.direction) == ("forward", "retro")
    assert (first.speed, first.incline) == (second.speed, second.incline) == (1.0, 0.0)


def test_published_values_stand_where_the_cycle_has_the_event(tmp_path):
    walks = [("forward", 1.3, 0.0, "recorded"), ("forward", 1.3, 40.0, "recorded")]
    with open_folder(make_folder(tmp_path / "one", walks)) as folder:
        header, _ = unpacked(page(folder))
    chart = next(one for one in header["charts"] if one["id"] == "curve-tibiofemoral-force")
    points = chart["extra"]["published"]
    assert {point["line"] for point in points} == {0}  # nothing was published at 40 deg
    assert {point["percent"] for point in points} == {15.0}
    assert all(point["low"] < point["high"] and point["source"] for point in points)


def test_mixed_origins_are_said_at_the_top(text):
    assert "motions of different origin (predicted, recorded)" in text


def test_a_study_of_predictions_says_that_nobody_walked_it(tmp_path):
    walks = both_ways(speeds=(1.0,), inclines=(0.0,), origin="predicted")
    with open_folder(make_folder(tmp_path / "p", walks, cycles=1)) as folder:
        text = page(folder)
    assert "Nobody walked this: every curve of this page is a prediction." in text
    _, tables = unpacked(text)
    assert "walk0 right sd" not in tables["curve-knee-flexion"]  # one cycle has no band


def test_provenance_names_software_settings_and_digests(text):
    for needed in ("retrogait 9.9", "2026-01-02T03:04:05+00:00", "numpy 2", "cd" * 32, "exponent"):
        assert needed in text
    _, tables = unpacked(text)
    assert tables["inputs"]["file"][0] == "model.osim"
    assert len(tables["inputs"]["SHA-256"]) == 13


def test_28_conditions_fit_a_small_page(tmp_path):
    walks = both_ways(speeds=np.linspace(0.4, 1.6, 7), inclines=(0.0, 5.0))
    with open_folder(make_folder(tmp_path / "s", walks)) as folder:
        size = write_page(folder, tmp_path / "page.html")
    assert size == (tmp_path / "page.html").stat().st_size < SMALL


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    draw = np.random.default_rng(1)
    walks = [
        ("retro" if k % 2 else "forward", float(draw.uniform(0.6, 1.6)), float(5 * (k % 5) - 10), "recorded")
        for k in range(1000)
    ]
    return make_folder(tmp_path_factory.mktemp("large"), walks, files=False)


@pytest.mark.slow
def test_a_thousand_conditions_are_drawn_by_groups(thousand, tmp_path):
    with open_folder(thousand) as folder:
        size = write_page(folder, tmp_path / "page.html")
        lines, grouped = lines_of(folder)
    assert size < LARGE
    assert grouped
    assert len(lines) <= MOST_LINES
    rows = sorted(row for line in lines for row in line.rows)
    assert rows == list(range(1000))  # everybody is in one group
    _, tables = unpacked((tmp_path / "page.html").read_text("utf-8"))
    line = lines[3]
    with h5py.File(thousand / "results.h5") as file:
        values = file["curve_mean"][line.rows, 0, list(CURVES).index("knee_flexion")].astype(float)
    columns = tables["curve-knee-flexion"]
    for kind, expected in (
        ("mean", values.mean(axis=0)),
        ("sd", values.std(axis=0, ddof=1)),
        ("5 %", np.percentile(values, 5, axis=0)),
        ("95 %", np.percentile(values, 95, axis=0)),
    ):
        np.testing.assert_array_equal(
            columns[f"{line.name} right {kind}"], expected.astype(np.float32), err_msg=kind
        )


@given(st.lists(st.lists(st.floats(-9, 9) | st.just(np.nan), min_size=3, max_size=3), min_size=1, max_size=7))
def test_quantiles_leave_what_has_no_answer_out(rows):
    values = np.array(rows)
    found = across(values)
    for place in range(3):
        known = values[np.isfinite(values[:, place]), place]
        for kind, share in (("5 %", 5), ("50 %", 50), ("95 %", 95)):
            expected = np.percentile(known, share) if known.size else np.nan
            np.testing.assert_allclose(found[kind][place], expected, rtol=1e-12, atol=1e-12)


@given(st.lists(st.floats(allow_infinity=False), max_size=30), st.lists(st.floats(width=32), max_size=30))
def test_packed_numbers_come_back_bit_for_bit(doubles, singles):
    tables = [
        Table("a", "a", [Column("x", "N", np.array(doubles))]),
        Table(
            "b", "b", [Column("y", "", np.array(singles, np.float32)), Column("t", "", ["é"] * len(singles))]
        ),
    ]
    data = pack(tables, [], {"nothing": float("nan")})
    holder = base64.b64encode(gzip.compress(data)).decode()
    header, found = unpacked(f'<script type="application/octet-stream" id="data">{holder}</script>')
    np.testing.assert_array_equal(found["a"]["x"], doubles)
    np.testing.assert_array_equal(found["b"]["y"], np.array(singles, np.float32))
    assert found["b"]["t"] == ["é"] * len(singles)
    assert header["about"] == {"nothing": None}


def test_a_table_that_cannot_be_told_apart_is_refused():
    with pytest.raises(ResultError, match="two columns share a name"):
        Table("t", "t", [Column("a", "", []), Column("a", "", [])])
    with pytest.raises(ResultError, match="differ in length"):
        Table("t", "t", [Column("a", "", ["x"]), Column("b", "", [])])


def test_a_reference_names_column_rows_and_shape():
    assert column("a") == {"$column": "a"}
    assert column("a", (2, 4), (1, 2)) == {"$column": "a", "rows": [2, 4], "shape": [1, 2]}


def test_every_table_can_be_downloaded_and_every_reference_resolved(text):
    header, tables = unpacked(text)
    assert set(Reader(text).buttons) == set(tables)

    def references(thing):
        if isinstance(thing, dict):
            if "$column" in thing:
                yield thing["$column"]
            for value in thing.values():
                yield from references(value)
        elif isinstance(thing, list):
            for value in thing:
                yield from references(value)

    for chart in header["charts"]:
        assert set(references(chart["traces"])) <= set(tables[chart["table"]]), chart["id"]


def test_every_colour_is_one_that_both_schemes_have(text):
    header, _ = unpacked(text)
    words = set(re.findall(r'"@([a-z0-9-]+)"', json.dumps(header["charts"])))
    assert words
    assert {word.removesuffix("-soft") for word in words} <= set(COLOURS)
    for word in COLOURS:
        assert text.count(f"--{word}:") >= 2, word


def test_a_study_without_a_complete_cycle_says_so_in_place_of_curves(tmp_path):
    made = make_folder(tmp_path / "n", both_ways(speeds=(1.0,), inclines=(0.0,)), cycles=0, hole=(0, 101))
    with open_folder(made) as folder:
        text = page(folder)
    assert "No condition has a complete cycle" in text
    assert 'id="controls"' not in text


def test_toe_off_is_that_of_the_stored_stance(text):
    header, _ = unpacked(text)
    for line in header["about"]["lines"]:
        assert line["toe_off"]["right"] == TOE_OFF[line["direction"]]


def test_a_damaged_file_of_a_condition_is_named(study, tmp_path):
    walks = both_ways(speeds=(1.0,), inclines=(0.0,))
    made = make_folder(tmp_path / "d", walks)
    (made / "walk1.h5").write_bytes(b"nothing")
    with open_folder(made) as folder, pytest.raises(ResultError, match=r"walk1\.h5: damaged"):
        page(folder)


@pytest.fixture
def run(monkeypatch, capsys):
    """The command line, with the command added where `cli` does not know it yet."""
    if command not in cli.COMMANDS:
        monkeypatch.setattr(cli, "COMMANDS", (*cli.COMMANDS, command))

    def run(*arguments):
        status = cli.main(["report", *map(str, arguments)])
        return status, capsys.readouterr()

    return run


def test_the_command_writes_the_page_beside_the_results_or_where_told(run, tmp_path):
    made = make_folder(tmp_path / "r", both_ways(speeds=(1.0,), inclines=(0.0,)))
    status, told = run(made)
    assert (status, told.err) == (0, "")
    assert told.out.startswith(f"{made / 'report.html'}: 2 conditions, ")
    elsewhere = tmp_path / "new" / "page.html"
    assert run(made, "-o", elsewhere)[0] == 0
    assert elsewhere.read_text("utf-8") == (made / "report.html").read_text("utf-8")


def test_a_terminal_is_told_what_goes_on(run, tmp_path, monkeypatch):
    made = make_folder(tmp_path / "r", both_ways(speeds=(1.0,), inclines=(0.0,)))
    screen = Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(command, "console", lambda **_: screen)
    assert run(made)[0] == 0
    assert "arranging" in screen.file.getvalue()


def test_the_command_says_in_one_line_what_it_cannot_use(run, tmp_path):
    made = make_folder(tmp_path / "r", both_ways(speeds=(1.0,), inclines=(0.0,)))
    file = tmp_path / "file"
    file.touch()
    for arguments in (
        (tmp_path / "absent",),
        (file,),
        (made, "-o", tmp_path),
        (made, "-o", file / "page.html"),
    ):
        status, told = run(*arguments)
        assert status == 2
        assert told.err.startswith("retrogait: ")
        assert told.err.count("\n") == 1
        assert told.out == ""
