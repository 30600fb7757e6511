"""Tables for a spreadsheet."""

import csv
import math

import pytest

from retrogait.io.sheet import number, write_sheet


def test_a_table_reads_back_whatever_its_cells_hold(tmp_path):
    path = tmp_path / "new" / "table.csv"
    rows = [["a, b", 'say "c"'], ["two\nlines", ""]]
    write_sheet(path, ["first [m]", "second"], iter(rows))
    with path.open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["first [m]", "second"], *rows]


def test_a_table_that_breaks_off_leaves_no_file(tmp_path):
    def rows():
        yield ["1"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_sheet(tmp_path / "table.csv", ["a"], rows())
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_answer_is_an_empty_cell():
    assert [number(value) for value in (math.nan, math.inf, -math.inf)] == ["", "", ""]
    assert (number(math.pi), number(math.pi, 9)) == ("3.14159", "3.14159265")
