"""The limits that a trial is graded by: one file, every limit with its source."""

import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from retrogait.errors import FileError

FILE = Path(__file__).with_name("limits.toml")

GRADES = "ABCDF"
"""Best first; there is no E, as in schools that grade so."""


PROJECT = "project"
"""Key of what no publication says."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a limit comes from; ``seen`` says whether it was read there."""

    citation: str
    seen: bool
    doi: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Citation, and that it is one from memory."""
        return self.citation if self.seen else f"{self.citation}, from memory"


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that is graded.

    Attributes
    ----------
    id, title
        For programs and for readers.
    unit
        Of the limits.
    about
        What is measured.
    limits
        Largest value of A, B, C and D, ascending; beyond the last stands F.
    sources
        Of each limit, keys of the table of sources.
    decides
        Whether it counts in the grade of the trial.
    advice
        What to do about a bad grade.
    """

    id: str
    title: str
    unit: str
    about: str
    limits: tuple[float, float, float, float]
    sources: tuple[str, str, str, str]
    decides: bool
    advice: str

    def grade_of(self, value: float) -> str:
        """Letter of a value."""
        return next(
            (letter for letter, limit in zip(GRADES, self.limits, strict=False) if value <= limit), GRADES[-1]
        )

    def bounds_of(self, letter: str) -> tuple[float | None, float | None]:
        """Limit that a letter lies beyond, and the one that it keeps; None for neither of the two."""
        place = GRADES.index(letter)
        beyond = self.limits[place - 1] if place else None
        kept = self.limits[place] if place < len(self.limits) else None
        return beyond, kept

    def published_for(self, letter: str) -> tuple[float, str] | None:
        """Published limit that a letter is to be read against, and the key of its source.

        The loosest that is broken, or the strictest where none is; None where nobody published one.
        """
        known = [
            (place, limit, key)
            for place, (limit, key) in enumerate(zip(self.limits, self.sources, strict=True))
            if key != PROJECT
        ]
        broken = [one for one in known if one[0] < GRADES.index(letter)]
        return (broken[-1] if broken else known[0])[1:] if known else None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    source: dict[str, Source]
    check: tuple[Check, ...]


@cache
def load_limits() -> tuple[tuple[Check, ...], dict[str, Source]]:
    """Every check, and every source by key.

    Raises
    ------
    FileError
        The file is not as described here.
    """
    return read_limits(FILE)


def read_limits(path: Path) -> tuple[tuple[Check, ...], dict[str, Source]]:
    """Checks and sources of a file like ``limits.toml``; as `load_limits`."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
    except (OSError, ValueError) as error:  # msgspec's and TOML's errors are ValueErrors
        raise FileError(f"{path}: not a table of limits: {error}") from error
    for check in found.check:
        if any(a > b for a, b in pairwise(check.limits)):
            raise FileError(f"{path}: check {check.id}: expected limits from A to D that do not fall")
        for key in check.sources:
            if key not in found.source:
                raise FileError(
                    f"{path}: check {check.id}: no source {key!r}; known: {', '.join(found.source)}"
                )
    return found.check, found.source
