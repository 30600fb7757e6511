"""What every reader owes to a hostile file: an answer or one line, soon."""

import contextlib
import time

import pytest
from hypothesis import strategies as st

from retrogait.errors import FileError

PATIENCE = 5.0  # s of this process: a small file reads in milliseconds; the rest is a slow machine


@st.composite
def damaged(draw, valid: bytes):
    """`valid` after a few edits: bytes replaced, inserted, cut out or moved."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 40))
        piece = draw(st.binary(max_size=8) | st.sampled_from(FRAGMENTS))
        if draw(st.booleans()):
            data[at : at + length] = piece
        else:
            data[at:at] = data[:length]
    return bytes(data)


FRAGMENTS = [
    b"",
    b"\n",
    b"\r",
    b"\t",
    b"\t\t",
    b"nan",
    b"inf",
    b"1e999",
    b"-",
    b"1_0",
    b",",
    b"[",
    b"\0",
    b"\xff\xfe",
    b"endheader\n",
    b"nRows=",
    b"<",
    b"</",
    b"&x;",
    b"]]>",
    b"<!DOCTYPE a>",
    b"9" * 400,
]


def survives(read, path):
    """Call `read(path)`; fail unless it returns or raises a one-line FileError in time."""
    start = time.process_time()  # what others do on the same cores is not the reader's doing
    with contextlib.suppress(FileError):
        try:
            read(path)
        except FileError as error:
            assert_one_line(error)
            raise
    assert time.process_time() - start < PATIENCE


def assert_one_line(error):
    message = str(error)
    assert message
    assert len(message.splitlines()) == 1, message
    assert all(character.isprintable() for character in message), message


def refusal(read, *arguments, **options):
    """The message of the FileError which `read` must raise."""
    with pytest.raises(FileError) as caught:
        read(*arguments, **options)
    assert_one_line(caught.value)
    return str(caught.value)
