"""Tables of metadata as spreadsheets save them, or one line that says what is wrong with them."""

import pytest

from retrogait.errors import FileError
from retrogait.io.metadata import Column, read_metadata


def write(folder, text, encoding="utf-8"):
    path = folder / "walks.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_header_gives_names_and_units_and_every_row_its_number(tmp_path):
    table = read_metadata(write(tmp_path, "subject, speed [m/s],age (y)\n P1 ,1.2,70\n\n,,\nP2,,71\n"))
    assert table.columns == (
        Column("subject", "subject", ""),
        Column("speed", "speed [m/s]", "m/s"),
        Column("age", "age (y)", "y"),
    )
    assert [row.number for row in table.rows] == [2, 5]
    assert table.rows[1].cells == {"subject": "P2", "speed": "", "age": "71"}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_commas_semicolons_and_tabs_separate_cells(tmp_path, mark, end):
    text = end.join(mark.join(row) for row in (["subject", "trial"], ["P1", "a b"], ["P2", "c"])) + end
    table = read_metadata(write(tmp_path, text, "utf-8-sig"))
    assert [list(row.cells.values()) for row in table.rows] == [["P1", "a b"], ["P2", "c"]]


def test_a_quoted_cell_may_hold_the_mark_between_cells(tmp_path):
    table = read_metadata(write(tmp_path, 'subject,remark\nP1,"tired, limping"\n'))
    assert table.rows[0].cells["remark"] == "tired, limping"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("subject,trial\n", "has no rows below its header"),
        ("subject,trial\nP1\n", "row 2: 1 cells, expected 2 as in the header"),
        ("subject,\nP1,2\n", "row 1: a column has no name"),
        ("speed,speed [m/s]\n1,2\n", "row 1: 2 columns are called `speed`"),
        ('subject,trial\nP1,"a"b\n', "row 2: not a row of cells"),
        ("subject\n\0\n", "byte 8 is zero"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_row(tmp_path, text, says):
    path = write(tmp_path, text)
    with pytest.raises(FileError) as refusal:
        read_metadata(path)
    assert says in str(refusal.value)
    assert str(refusal.value).startswith(f"{path}: ")


def test_other_encodings_are_refused(tmp_path):
    with pytest.raises(FileError, match=r"not UTF-8 text \(byte 1\); save it as CSV UTF-8"):
        read_metadata(write(tmp_path, "aä,b\n1,2\n", "latin-1"))
