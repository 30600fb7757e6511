"""What the product is held to: the table of targets, read once and checked."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from retrogait.errors import FileError
from retrogait.published.rows import FOLDER, Source, load_sources


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One check, as published.

    Attributes
    ----------
    about, target
        What is checked, and what it should come to, in words.
    rows
        Ids of the collection that the numbers were taken from.
    sources
        Keys in the table of sources.
    note
        What a reader must know.
    values
        Bands of the check, low and high.
    """

    about: str
    target: str
    rows: str
    sources: tuple[str, ...]
    note: str = ""
    values: dict[str, tuple[float, float]] = {}

    @property
    def cited(self) -> tuple[Source, ...]:
        """Where it comes from."""
        return tuple(load_sources()[key] for key in self.sources)

    @property
    def gates(self) -> bool:
        """Whether all of its numbers were seen at their sources."""
        return all(source.seen for source in self.cited)


@cache
def load_targets() -> dict[str, Target]:
    """Every target by id, V1 first.

    Raises
    ------
    FileError
        The table is not as described here.
    """
    return read_targets(FOLDER / "targets.toml")


def read_targets(path: Path) -> dict[str, Target]:
    """Targets of a file like ``targets.toml``; as `load_targets`."""
    try:
        table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[str, Target])
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise FileError(f"{path}: not a table of targets: {error}") from error
    for name, target in table.items():
        for key in target.sources:
            if key not in load_sources():
                raise FileError(f"{path}: {name}: {key!r} is no known source")
        for what, (low, high) in target.values.items():
            if low > high:
                raise FileError(
                    f"{path}: {name}: {what} is from {low:g} to {high:g}, expected low before high"
                )
    return table
