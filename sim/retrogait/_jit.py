"""The one door to numba: every compiled function goes through `kernel`.

numba notices an edited function but not an edited callee in another file, so the on-disk cache lives
in a folder named by the digest of all kernel sources: a stale number becomes impossible.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

# `contract` lets a*b + c become one fused instruction; nothing that assumes away NaN or reorders sums.
_FLAGS = {"contract"}


def cache_folder() -> Path:
    """Folder of everything this package may throw away and make again."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "retrogait"


def _source_digest(folder: Path) -> str:
    """Digest of every kernel source and of what changes compiled code without changing a source."""
    digest = hashlib.sha256(numba.__version__.encode())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "0").encode())
    for path in [Path(__file__), *sorted(folder.rglob("*.py"))]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


_CACHE = str(cache_folder() / "kernels" / _source_digest(Path(__file__).with_name("kernels")))


def kernels_cached() -> bool:
    """Whether the longest kernel has been compiled before, so that a first call takes no minute."""
    return any(Path(_CACHE).glob("**/frames.solve_frames-*.nbi"))


def _compile(function: Callable[P, R], *, counts: bool, inline: str = "never") -> Callable[P, R]:
    """Compile into our cache folder, which is set only while numba picks one."""
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = _CACHE  # type: ignore[attr-defined]
    try:
        # `_nrt` is numba's own name for reference counting; its stubs leave it out
        compiled: Callable[P, R] = numba.njit(  # type: ignore[call-overload]
            cache=True, error_model="numpy", nogil=True, fastmath=_FLAGS,
            _nrt=counts, inline=inline,
        )(function)  # fmt: skip
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
    return compiled


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function``, which allocates nothing; it keeps its name, docstring and signature.

    It runs without the interpreter lock, so threads are ordinary Python threads, and without numba's
    reference counts: every array belongs to the caller, and counting a record of a hundred of them at
    each call cost ten times the arithmetic (204 against 19 us a frame on the Rajagopal model).
    """
    return _compile(function, counts=False)


def section(function: Callable[P, R]) -> Callable[P, R]:
    """As `kernel`, for a function with one caller, into which numba copies it.

    A compiled call passes every array of every record as eight words; a section of a long kernel that is
    written apart for the reader's sake should not cost that for each muscle.
    """
    return _compile(function, counts=False, inline="always")


def allocating_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """As `kernel`, for a function that makes arrays of its own."""
    return _compile(function, counts=True)
