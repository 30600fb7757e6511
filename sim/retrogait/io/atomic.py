"""Files that appear whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Path to write to, which takes the place of ``path`` once the block ends well.

    The temporary file lies in the same folder, because only within one file system is the last
    step a single rename. When the block fails or is interrupted, ``path`` stays as it was.

    Raises
    ------
    OSError
        If the folder cannot be made or the file cannot be moved.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid4().hex[:8]}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
