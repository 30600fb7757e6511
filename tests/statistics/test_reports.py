"""What a comparison looks like: terminal, table, picture, page, command. People of this file are made up."""

import csv
import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from retrogait.commands import statistics as command
from retrogait.commands.common import Parser
from retrogait.errors import ConfigError, ResultError
from retrogait.gait.measures import CURVES
from retrogait.io.results import read_result
from retrogait.report.figures.statistics import draw_statistics
from retrogait.report.folder import open_folder
from retrogait.report.page import statistics as page
from retrogait.report.statistics import (
    CSV,
    H5,
    PICTURE,
    clusters_of,
    p_said,
    p_text,
    render,
    titled,
    write_csv,
)
from retrogait.statistics import compare, notes
from retrogait.statistics.compare import compare_directions
from tests.statistics.made_up import made_up_strides, made_up_study

QUICK = {"permutations": 300}


def run(*arguments):
    """The command, as the command line calls it."""
    parser = Parser(prog="retrogait")
    command.add(parser.add_subparsers())
    parsed = parser.parse_args(["statistics", *map(str, arguments)])
    return parsed.command(parsed)


def printed(dataset, width=126):
    console = Console(file=io.StringIO(), width=width)
    render(dataset, console)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = made_up_study(tmp_path_factory.mktemp("people"), 9, 0.3, failed=["P3_retro_1"])
    return folder, compare_directions(folder, **QUICK)


@pytest.fixture(scope="module")
def predicted(tmp_path_factory):
    folder = made_up_study(
        tmp_path_factory.mktemp("predicted"), 1, 0.3, speeds=(0.8, 1.2), origin="predicted"
    )
    return folder, compare_directions(folder, **QUICK)


def test_the_terminal_shows_numbers_units_clusters_and_what_was_left_out(people):
    out = printed(people[1])
    assert out.startswith("Retro less forward walking, 8 people")
    for words in (
        "peak tibiofemoral force [BW]",
        "knee range [deg]",
        "vasti activation",
        "95% interval",
        "d_z",
    ):
        assert words in out
    assert "retro larger" in out
    assert "left out: P3_retro_1: failed, no result" in out
    assert "The unit is the person, n = 8" in out
    row = next(line for line in out.splitlines() if line.startswith("peak tibiofemoral"))
    one = people[1].sel(measure="tibiofemoral_peak")
    assert f"{float(one['measure_difference']):+.3g}" in row
    assert p_text(float(one["measure_p_holm"])) in row


def test_a_narrow_terminal_loses_no_digit(people):
    narrow = "".join(printed(people[1], 80).split())
    assert p_text(float(people[1]["measure_p"][0])) in narrow
    assert "…" not in narrow


def test_predictions_say_so_and_show_no_p_value(predicted):
    out = printed(predicted[1])
    assert "predicted: nobody walked this (2 pairs)" in out
    assert notes.REFUSAL in out
    assert "Holm" not in out


def test_the_table_holds_what_the_dataset_holds(people, tmp_path):
    write_csv(people[1], tmp_path / CSV)
    with (tmp_path / CSV).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [*people[1]["measure"].values, *people[1]["curve"].values]
    for row in rows[:7]:
        one = people[1].sel(measure=row["name"])
        assert float(row["difference"]) == float(one["measure_difference"])
        assert float(row["interval, high"]) == float(one["measure_interval"][1])
        assert float(row["p holm"]) == float(one["measure_p_holm"])
        assert row["unit"] == one["measure_unit"].item()
    curve = rows[7]
    assert float(curve["p"]) == float(people[1]["curve_p"][0])
    assert curve["difference"] == ""
    assert curve["clusters"].count("p=") == len(clusters_of(people[1], "tibiofemoral_force"))


def test_the_table_of_predictions_has_a_row_per_pair_and_measure(predicted, tmp_path):
    write_csv(predicted[1], tmp_path / CSV)
    with (tmp_path / CSV).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 7
    assert not any(name == "p" for name in rows[0])
    assert float(rows[0]["difference"]) == float(predicted[1]["measure_difference"][0, 0])
    assert rows[0]["span, low"] == ""


@pytest.mark.parametrize("which", ["people", "predicted"])
def test_the_picture_has_two_panels_per_curve_with_units_and_notes(which, request):
    dataset = request.getfixturevalue(which)[1]
    figure = draw_statistics(dataset)
    assert isinstance(figure, Figure)
    panels = figure.axes
    assert len(panels) == 2 * 5
    for panel, name in zip(panels[::2], dataset["curve"].values, strict=True):
        assert panel.get_ylabel().endswith(f"[{CURVES[name].unit}]")
    written = " ".join(text.get_text() for text in figure.texts)
    assert " ".join(dataset.attrs["notes"][0].split()) in written
    line = panels[1].get_lines()[0]
    expected = (
        dataset["curve_difference"].values[0]
        if which == "people"
        else dataset["curve_difference"].values[0, 0]
    )
    np.testing.assert_array_equal(line.get_ydata(), expected)
    marked = [text.get_text() for panel in panels[1::2] for text in panel.texts]
    assert marked == (
        [p_said(p) for name in dataset["curve"].values for *_, p in clusters_of(dataset, name)]
        if which == "people"
        else []
    )


def test_strides_of_one_person_say_so_wherever_they_are_shown(tmp_path, monkeypatch):
    generator = np.random.default_rng(6)

    def read(folder, names, side, measures, curves):
        retro = "retro" in names[0]
        return made_up_strides(generator, 9 - 2 * retro, 0.5 * retro, len(measures), len(curves))

    monkeypatch.setattr(compare, "read_strides", read)
    dataset = compare_directions(made_up_study(tmp_path, 1), **QUICK)
    out = printed(dataset)
    assert out.startswith("Retro less forward walking, strides of one person only")
    assert "9 + 7" in out
    assert "d_z" not in out
    assert "strides of one person only" in " ".join(
        text.get_text() for text in draw_statistics(dataset).texts
    )
    assert "strides of one person only" in page.section_of(dataset).html


def test_without_a_curve_there_is_no_picture(people):
    assert draw_statistics(compare_directions(people[0], curves=[], **QUICK)) is None


def test_p_values_are_rounded_to_what_can_be_read():
    assert [p_text(p) for p in (1.0, 0.5432, 0.0432, 0.0011, 0.0002)] == [
        "1",
        "0.54",
        "0.043",
        "0.001",
        "<0.001",
    ]
    assert (p_said(0.043), p_said(0.0002)) == ("p = 0.043", "p <0.001")


def test_the_command_stores_table_dataset_and_picture(people, tmp_path, capsys):
    status = run(
        people[0],
        "--curve",
        "vasti",
        "--measure",
        "knee_range",
        "stride_time",
        "--permutations",
        300,
        "-o",
        tmp_path,
    )
    out = capsys.readouterr().out
    assert status == 0
    assert out.endswith(f"stored in {tmp_path}: {CSV}, {H5}, {PICTURE}\n")
    stored = read_result(tmp_path / H5)
    assert stored["measure"].values.tolist() == ["knee_range", "stride_time"]
    assert stored["curve"].values.tolist() == ["vasti"]
    assert stored.attrs["permutations"] == 300
    assert (tmp_path / PICTURE).read_text("utf-8").count("<svg") == 1


def test_the_command_stores_inside_the_results_by_default(tmp_path, capsys):
    made_up_study(tmp_path, 5, speeds=(0.8, 1.2))
    run(
        tmp_path,
        "--permutations",
        300,
        "--where",
        "speed=0.8",
        "--seed",
        4,
        "--pair-by",
        "subject",
        "--match",
    )
    assert "5 people" in capsys.readouterr().out
    stored = read_result(tmp_path / "statistics" / H5)
    assert stored.attrs["where"] == {"speed": "0.8"}
    assert stored.attrs["seed"] == 4
    assert stored.attrs["matched"] == []


def test_a_wrong_argument_is_one_line(people):
    with pytest.raises(ConfigError, match=r"--where speed: expected COLUMN=VALUE, such as speed=1\.0"):
        run(people[0], "--where", "speed")
    with pytest.raises(ResultError, match="no such folder"):
        run(people[0] / "nowhere")


def test_the_page_has_a_chart_per_curve_whose_numbers_are_in_its_table(people):
    with open_folder(people[0]) as folder:
        section = page.statistics(folder)
    assert [chart.id for chart in section.charts] == [
        f"statistics-{name.replace('_', '-')}" for name in people[1]["curve"].values
    ]
    for chart in section.charts:
        for trace in chart.traces:
            for axis in ("x", "y"):
                chart.table[trace[axis]["$column"]]  # raises KeyError where a trace has no numbers
        name = chart.id.removeprefix("statistics-").replace("-", "_")
        assert len(chart.layout["shapes"]) == len(chart.layout["annotations"])
        assert chart.table["difference"].unit == CURVES[name].unit
    assert "p holm" not in {one.name for one in section.charts[0].table.columns}
    assert "left out" in section.html.casefold()
    np.testing.assert_array_equal(section.tables[0]["forward"].values, people[1]["measure_forward"])


def test_the_page_of_predictions_has_spans_and_no_p_value(predicted):
    with open_folder(predicted[0]) as folder:
        section = page.statistics(folder)
    assert section.charts == []  # these have no sensitivity
    assert notes.REFUSAL in section.html
    assert not any(one.name == "p" for table in section.tables for one in table.columns)


def test_the_page_of_predictions_draws_spans_where_there_are_any(predicted):
    spans = np.full(predicted[1]["measure_span"].shape, np.nan)
    spans[:, 0] = [[-1.0, 2.0], [0.1, 3.0]]  # made up
    dataset = predicted[1].assign(measure_span=(predicted[1]["measure_span"].dims, spans))
    (chart,) = page.section_of(dataset).charts
    assert chart.id == "statistics-tibiofemoral-peak"
    assert "The span leaves out 0 in 1 of 2 pairs." in chart.caption
    assert "predicted" in chart.title
    table = chart.table
    for part, end, sign in (("below", "span, low", -1.0), ("above", "span, high", 1.0)):
        reached = table["difference"].values + sign * table[part].values
        np.testing.assert_allclose(reached, table[end].values, rtol=1e-12)


def test_the_page_shows_what_the_command_stored_unless_the_results_are_newer(tmp_path):
    made_up_study(tmp_path, 6)
    run(tmp_path, "--permutations", 300, "--curve", "knee_flexion", "--measure", "stance_share")
    with open_folder(tmp_path) as folder:
        section = page.statistics(folder)
        assert [chart.id for chart in section.charts] == ["statistics-knee-flexion"]
    made_up_study(tmp_path, 6)
    with open_folder(tmp_path) as folder:
        assert len(page.statistics(folder).charts) == 5


def test_the_page_of_a_study_without_pairs_has_no_such_section(tmp_path):
    made_up_study(tmp_path, 2, without=["P0_retro_1", "P1_retro_1"])
    with open_folder(tmp_path) as folder:
        assert page.statistics(folder) is None


def test_names_from_a_study_are_escaped_on_the_page(people):
    dataset = people[1].assign_attrs(left_out=["<b>P1</b>: lost"], notes=["a < b"])
    html = page.section_of(dataset).html
    assert "&lt;b&gt;P1" in html
    assert "a &lt; b" in html
    assert titled(dataset) in html


@pytest.mark.parametrize("origin", ["recorded", "predicted"])
def test_what_would_take_long_is_left_to_the_command(tmp_path, monkeypatch, origin):
    made_up_study(tmp_path, 1, speeds=(1.0, 1.1, 1.2), origin=origin)
    monkeypatch.setitem(page.MOST_FILES, origin, 5)
    with open_folder(tmp_path) as folder:
        section = page.statistics(folder)
    assert "reads 6 result files" in section.html
    assert not section.charts


def test_more_pairs_than_fit_are_in_the_table_alone(predicted, monkeypatch):
    dataset = predicted[1].assign(measure_span=predicted[1]["measure_span"].fillna(1.0))
    assert len(page.section_of(dataset).charts) == 7
    monkeypatch.setattr(page, "MOST_PAIRS", 1)
    section = page.section_of(dataset)
    assert (section.charts, len(section.tables[0].columns[0].values)) == ([], 2)
