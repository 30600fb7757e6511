"""Files that appear whole or not at all, and stay once they have appeared.

A file is written under a temporary name in the same folder, brought to the disk, and only then given
its own name in one step. So neither a killed process nor a power cut leaves a torn file under a final
name; what they do leave is a temporary file, which `remove_stale` knows from those still in use.
"""

import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2s
from pathlib import Path
from time import time
from uuid import uuid4

STALE_AFTER = 86_400.0
"""Age at which a temporary file counts as left over, whoever made it: no file takes a day [s]."""

_KEPT_CHARACTERS = 40  # of the final name: with the rest it stays below the 255 bytes of file systems
_PARTIAL = re.compile(r"\..*\.(?P<machine>[0-9a-f]{8})-(?P<process>\d+)-[0-9a-f]{8}\.partial", re.DOTALL)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Path to write to, which takes the place of ``path`` once the block ends well.

    The temporary file lies in the same folder, because only within one file system is the last
    step a single rename. When the block fails or is interrupted, ``path`` stays as it was.

    Raises
    ------
    OSError
        If the folder cannot be made, or the file cannot be brought to the disk or moved.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    owner = f"{_machine()}-{os.getpid()}-{uuid4().hex[:8]}"
    partial = path.with_name(f".{path.name[:_KEPT_CHARACTERS]}.{owner}.partial")
    try:
        partial.touch()  # a file that cannot be made says why here, in plainer words than those of HDF5
        yield partial
        with partial.open("r+b") as written:  # Windows flushes only what is open for writing
            os.fsync(written.fileno())
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        if error.filename is None or Path(error.filename) != partial:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error  # the name that the user knows
    finally:
        partial.unlink(missing_ok=True)


def remove_stale(folder: Path) -> list[Path]:
    """Remove the temporary files that killed processes have left in a folder.

    A file goes if its process ran on this machine and is no more, or if nobody has written to it for
    `STALE_AFTER`. Files of living processes, here or on other machines, stay, as does everything that
    `replacing` has not made.

    Parameters
    ----------
    folder
        Searched itself, not what is below it; it need not exist.

    Returns
    -------
    list of Path
        What has been removed; a file that cannot be is passed over.
    """
    removed = []
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            with suppress(OSError):
                if _is_stale(path):
                    path.unlink()
                    removed.append(path)
    return removed


def _is_stale(path: Path) -> bool:
    made = _PARTIAL.fullmatch(path.name)
    if made is None:
        return False
    if made["machine"] == _machine() and not _is_alive(int(made["process"])):
        return True
    return time() - path.stat().st_mtime > STALE_AFTER


def _is_alive(process: int) -> bool:
    """Whether a process of this machine exists; True where only killing it would tell."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True


@cache
def _machine() -> str:
    """Digest of this machine's name: a process id means nothing on another node of a cluster."""
    return blake2s(platform.node().encode("utf-8", "replace"), digest_size=4).hexdigest()


def _sync_folder(folder: Path) -> None:
    """Bring a rename to the disk; a system that cannot do it for a folder does it by itself."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
