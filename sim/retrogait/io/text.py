"""What every reader does first: take the bytes of a file, bounded, and quote them safely; and text back."""

import difflib
import hashlib
import stat
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from retrogait.errors import FileError
from retrogait.io.atomic import replacing

MAX_BYTES = 1 << 30
"""Largest file read [byte]; an hour of 2 kHz force plates as text is below it."""

MAX_LINE_BYTES = 1 << 20
"""Lines are cut into cells only if there is one end of line at least every so many bytes."""

_COMPARED = 1000  # names: a folder may hold a million files, and a hint is not worth the wait
_COMPARED_CHARACTERS = 200
_SHOWN_CHARACTERS = 40
_UTF8_MARK = b"\xef\xbb\xbf"


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a whole regular file.

    Parameters
    ----------
    path
        File to read.
    limit
        Largest accepted size [byte].

    Returns
    -------
    bytes
        The content, never empty.

    Raises
    ------
    FileError
        The file is missing, a folder, a pipe or device, empty, larger than `limit` or not readable.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise FileError(f"{path}: no such file{_neighbours(path)}") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise FileError(f"{str(path)!r}: cannot be a path ({error})") from None
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path}: is a folder, expected a file; name a file inside it")
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{path}: is a pipe or a device, expected a file; save the data first")
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)  # one more than allowed: the file may be growing
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror})") from None
    if not data:
        raise FileError(f"{path}: is empty; export or copy it again")
    if len(data) > limit:
        size = max(status.st_size, len(data)) / 2**20
        raise FileError(
            f"{path}: is too large, {size:.0f} MiB, expected at most {limit / 2**20:.0f} MiB; "
            "cut it into trials"
        )
    return data


def read_text_bytes(path: Path, limit: int = MAX_BYTES) -> tuple[bytes, str]:
    r"""Read a text file with its lines ended by ``\n`` and its byte order mark removed.

    Returns
    -------
    tuple of bytes and str
        The text, still encoded, and the SHA-256 of the file as it stands on disk.

    Raises
    ------
    FileError
        As `read_bytes`, or the file is not text.
    """
    raw = read_bytes(path, limit)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError(f"{path}: is UTF-16 text, expected ASCII or UTF-8; save it as UTF-8")
    if b"\0" in raw:
        raise FileError(
            f"{path}: byte {raw.index(0)} is zero, expected text; "
            "is this a binary file (.c3d, .xlsx, .h5) with another name?"
        )
    text = raw.removeprefix(_UTF8_MARK)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for start in range(0, len(text) - MAX_LINE_BYTES, MAX_LINE_BYTES):
        if text.find(b"\n", start, start + MAX_LINE_BYTES) < 0:
            raise FileError(
                f"{path}: no end of line for {MAX_LINE_BYTES} bytes after byte {start}, "
                "expected rows of numbers; is this another kind of file?"
            )
    return text, digest(raw)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all.

    Raises
    ------
    FileError
        It cannot be written.
    """
    try:
        with replacing(path) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror})") from None


def digest(data: bytes) -> str:
    """SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def shown(text: str | bytes) -> str:
    """Quote foreign text for a message: one line, printable, not too long."""
    if isinstance(text, bytes):
        text = text[: 8 * _SHOWN_CHARACTERS].decode("utf-8", "replace")
    text = text[: _SHOWN_CHARACTERS - 3] + "..." if len(text) > _SHOWN_CHARACTERS else text
    return "`" + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text) + "`"


def as_markdown(text: str) -> str:
    """Text in which names cannot become markup: underscores, stars, bars and tags."""
    for mark in "\\`*_|[":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("<", "&lt;")


def suggestion(name: str, known: Iterable[str]) -> str:
    """End of a message about an unknown `name`: the known names nearest to it, or nothing."""
    if len(name) > _COMPARED_CHARACTERS:
        return ""
    short = (other for other in dict.fromkeys(known) if len(other) <= _COMPARED_CHARACTERS)
    near = difflib.get_close_matches(name, list(islice(short, _COMPARED)), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(shown(match) for match in near)}?" if near else ""


def many(count: int, one: str, several: str = "") -> str:
    """Count with its noun, of which more than one end in s unless told: "1 pair", "2 people"."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def _neighbours(path: Path) -> str:
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), _COMPARED)]
    except OSError:
        return f"; the folder {path.parent} does not exist or cannot be listed"
    return suggestion(path.name, names) or "; check the name"
