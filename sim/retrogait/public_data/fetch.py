"""Bring a public recording here: whole, checked, and only once."""

import logging
import os
import shutil
from collections.abc import Callable
from hashlib import blake2s, sha256
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from retrogait.errors import ConfigError, FileError
from retrogait.io.atomic import replacing
from retrogait.public_data.registry import Recording, RecordingFile, Registry, read_registry
from retrogait.public_data.resume import Resumable

INSTALL = "fetching public recordings needs pooch: pip install 'retrogait[data]'"

FOLDER_VARIABLE = "RETROGAIT_DATA"
"""Environment variable with the folder that fetched files are kept in."""

Report = Callable[[str, int, int | None], None]
"""Takes the name of a file, the bytes that are here, and the bytes that there will be if known."""


class Fetched(NamedTuple):
    """One file of a recording that is here now.

    path     : where
    sha256   : of its bytes, as they are
    verified : whether that is the pinned digest
    """

    path: Path
    sha256: str
    verified: bool


def cache_folder() -> Path:
    """Folder that fetched files are kept in: `FOLDER_VARIABLE`, else the system's place for caches.

    Raises
    ------
    ConfigError
        pooch, which knows that place, is not installed.
    """
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else Path(_pooch().os_cache("retrogait"))


def fetch(
    name: str,
    to: Path | None = None,
    *,
    accept_unverified: bool = False,
    cache: Path | None = None,
    registry: Registry | None = None,
    report: Report | None = None,
    pause: float | None = None,
) -> list[Fetched]:
    """Bring a recording here.

    What is here already and has the pinned digest is not fetched again. A file appears under its name when
    all of it has come and its digest is right; what has come of one that broke off is kept for the next time.

    Parameters
    ----------
    name
        Of the recording.
    to
        Folder to copy the files to; None leaves them in the cache.
    accept_unverified
        Take files whose digest nobody has pinned; without it they are refused before anything is fetched.
    cache
        Folder to keep files in; None is `cache_folder`.
    registry
        What there is; None is the list that comes with the package.
    report
        Told of progress.
    pause
        Wait before a broken connection is taken up again; None is the usual one [s].

    Returns
    -------
    list of Fetched
        In the order of the recording.

    Raises
    ------
    ConfigError
        No recording has this name, some of its files are unverified, or pooch is not installed.
    FileError
        A file cannot be fetched, or is not the one whose digest was pinned.
    """
    registry = registry or read_registry()
    recording = registry.find(name)
    if recording.unverified and not accept_unverified:
        raise ConfigError(
            f"{name}: nobody has compared the bytes of {', '.join(recording.unverified)} with a digest; "
            "--accept-unverified takes them as they come and prints what they are"
        )
    urls = [registry.address(recording, file) for file in recording.file]
    # Another commit is another file: neither its beginning nor a copy without a digest may pass for this one.
    version = blake2s("\n".join(urls).encode(), digest_size=4).hexdigest()
    folder = (cache or cache_folder()) / f"{name}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for file, url in zip(recording.file, urls, strict=True):
        path = _bring(recording, file, url, folder, report, pause)
        if to is not None:
            with replacing(to / file.name) as partial:
                shutil.copyfile(path, partial)
            path = to / file.name
        digest = sha256(path.read_bytes()).hexdigest()
        found.append(Fetched(path, digest, file.sha256 == digest))
    return found


def _bring(
    recording: Recording,
    file: RecordingFile,
    url: str,
    folder: Path,
    report: Report | None,
    pause: float | None,
) -> Path:
    pooch = _pooch()

    def told(here: int, total: int | None) -> None:
        if report is not None:
            report(file.name, here, total)

    downloader = Resumable(folder / f"{file.name}.part", told, *([] if pause is None else [pause]))
    pinned = None if file.sha256 is None else f"sha256:{file.sha256}"
    try:
        path = pooch.retrieve(url, pinned, fname=file.name, path=folder, downloader=downloader)
    except FileError:
        raise
    except ValueError as error:  # what pooch raises for a wrong digest
        raise FileError(
            f"{recording.name}: {url} is not the file whose digest was pinned ({file.sha256}); it was thrown "
            "away: try again, and if it stays so, the source has changed or somebody stands between"
        ) from error
    return Path(path)


def _pooch() -> Any:  # noqa: ANN401
    """The package, an extra, told to keep quiet: `fetch` says what there is to say."""
    try:
        pooch = import_module("pooch")
    except ImportError as error:
        raise ConfigError(f"{INSTALL} ({error})") from error
    pooch.get_logger().setLevel(logging.WARNING)
    return pooch
