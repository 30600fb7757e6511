"""A download that goes on where it broke off: what pooch leaves out.

The bytes that have arrived stay in a ``.part`` file beside the target. The next call, of this process or of
a later one, asks the server for the rest only (HTTP range requests, RFC 9110 section 14). A server that sends
everything again is taken at its word. Whether the whole is right, the digest says, which pooch checks.
"""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any, Protocol
from urllib.parse import urlsplit

from retrogait.errors import FileError

ATTEMPTS = 4
"""How often a connection that breaks is taken up again before the user hears of it."""

PAUSE = 0.5
"""Wait before the second attempt, twice as long before each further one [s]."""

PATIENCE = 30.0
"""How long a silent server is waited for [s]."""

CHUNK = 1 << 16
"""Bytes between two reports of progress."""

Report = Callable[[int, int | None], None]
"""Takes the bytes that are here and the bytes that there will be, None where the server does not say."""


class _Answer(Protocol):
    """What is used of an answer of `urllib`."""

    status: int
    headers: Any

    def read(self, amount: int) -> bytes: ...
    def __enter__(self) -> "_Answer": ...
    def __exit__(self, *told: object) -> None: ...


class Resumable:
    """Downloader for pooch that goes on where an earlier download broke off.

    Parameters
    ----------
    part
        Where the bytes wait until all have come.
    report
        Told of progress.
    pause
        Wait before the second attempt [s].
    """

    def __init__(self, part: Path, report: Report, pause: float = PAUSE) -> None:
        self._part = part
        self._report = report
        self._pause = pause

    def __call__(self, url: str, output_file: str | Path, pooch: object = None) -> None:
        """Bring a file here.

        Parameters
        ----------
        url
            Of http or https.
        output_file
            Where it goes once all of it has come.
        pooch
            What pooch says of itself.

        Raises
        ------
        FileError
            The server refuses, cannot be reached, or breaks off again and again; what has come stays.
        """
        if urlsplit(url).scheme not in {"http", "https"}:
            raise FileError(f"{url}: expected an address of http or https")
        reason = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                sleep(self._pause * 2 ** (attempt - 1))
            try:
                self._go_on(url)
            except urllib.error.HTTPError as error:
                raise FileError(_refusal(url, error)) from error
            except (OSError, http.client.HTTPException) as error:
                reason = str(getattr(error, "reason", "") or error) or type(error).__name__
                continue
            self._part.replace(output_file)
            return
        raise FileError(
            f"{url}: {self._here()} bytes have come, then {reason}; they are kept: the same command goes on "
            "from there once the network is back"
        )

    def _here(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _go_on(self, url: str) -> None:
        """Ask for what is missing and append it."""
        here = self._here()
        headers = {"Accept-Encoding": "identity"}
        if here:
            headers["Range"] = f"bytes={here}-"
        try:
            answer: _Answer = urllib.request.urlopen(
                urllib.request.Request(url, headers=headers), timeout=PATIENCE
            )
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not here:
                raise
            error.close()
            if error.headers.get("Content-Range") == f"bytes */{here}":  # all of it was here already
                return
            self._part.unlink()  # more than there is: not a beginning of this file
            self._go_on(url)
            return
        with answer:
            if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
                here = 0
            length = answer.headers.get("Content-Length")
            total = here + int(length) if length is not None else None
            with self._part.open("ab" if here else "wb") as stream:
                self._report(here, total)
                while block := answer.read(CHUNK):
                    stream.write(block)
                    here += len(block)
                    self._report(here, total)
        if total is not None and here < total:
            raise ConnectionError(f"the connection broke off at {here} of {total} bytes")


def _refusal(url: str, error: urllib.error.HTTPError) -> str:
    with error:
        said = f"{url}: the server answers {error.code} {error.reason}"
    if error.code == http.HTTPStatus.NOT_FOUND:
        return f"{said}: the file is not there, or no longer"
    return f"{said}; try again later"
