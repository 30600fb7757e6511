"""File names with gaps: ``{subject}/{trial}_ik.mot``, to be filled from a row or found on disk."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion

_GAP = re.compile(r"\{([^{}]*)\}")
_WILD = re.compile(r"[*?]|\{[^{}]*\}")
_TOKEN = re.compile(r"\{([^{}]*)\}|\*|\?")


class Match(NamedTuple):
    """A file that a pattern found: its name as the pattern writes it, and what stood in each gap."""

    text: str
    gaps: dict[str, str]


def gaps_of(pattern: str) -> list[str]:
    """Names of the gaps, each once, in order.

    Raises
    ------
    ConfigError
        A gap has no name that could be one.
    """
    names = list(dict.fromkeys(_GAP.findall(pattern)))
    for name in names:
        if not name.strip() or "/" in name:
            raise ConfigError(f"`{pattern}`: {{{name}}} names nothing; write such as {{subject}}")
    return names


def fill(pattern: str, cells: Mapping[str, str]) -> str:
    """Pattern with its gaps filled.

    Raises
    ------
    ConfigError
        There is no text for a gap.
    """
    for name in gaps_of(pattern):
        if name not in cells:
            hint = suggestion(name, cells) or f"; known: {', '.join(cells)}"
            raise ConfigError(f"`{pattern}`: no column is called `{name}`{hint}")
        if not cells[name]:
            raise ConfigError(f"`{pattern}`: the cell of column `{name}` is empty")
    return _GAP.sub(lambda gap: cells[gap[1]], pattern)


def is_wild(text: str) -> bool:
    """Whether a file name, filled, still has a wildcard."""
    return "*" in text or "?" in text


def split(pattern: str) -> tuple[str, str]:
    """Folder of a pattern, as far as it is certain, and the rest."""
    parts = pattern.split("/")
    certain = next((row for row, part in enumerate(parts) if _WILD.search(part)), len(parts) - 1)
    folder = "/".join(parts[:certain])
    return (folder or "/" if pattern.startswith("/") else folder), "/".join(parts[certain:])


def search(pattern: str, folder: Path) -> Iterator[Match]:
    """Every file below a folder that a pattern describes, in natural order: 2 before 10.

    A gap takes as little text as it can, from the left, and never a ``/``; a gap named twice must hold the
    same twice. Hidden files are found only by a pattern that names the dot.

    Parameters
    ----------
    pattern
        With ``{gaps}``, ``*``, ``?``, and ``**`` for any number of folders.
    folder
        Where the pattern starts.
    """
    described = re.compile(_expression(pattern))
    glob = _GAP.sub("*", pattern).replace("[", "[[]")
    hidden = any(part.startswith(".") for part in pattern.split("/"))
    found = []
    for path in folder.glob(glob):
        relative = path.relative_to(folder).as_posix()
        match = described.fullmatch(relative)
        if match is None or not path.is_file():
            continue
        if not hidden and any(part.startswith(".") for part in relative.split("/")):
            continue
        gaps = {name: match[f"gap{row}"] for row, name in enumerate(gaps_of(pattern))}
        found.append(Match(relative, gaps))
    yield from sorted(found, key=lambda match: natural(match.text))


def natural(text: str) -> list[tuple[int, int, str]]:
    """Key that sorts texts as people do: by the numbers in them, whatever their case."""
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts] + [
        (-1, 0, text)
    ]


def _expression(pattern: str) -> str:
    """Regular expression of a pattern, with a group ``gap0``, ``gap1``, ... for each name."""
    groups = {name: f"gap{row}" for row, name in enumerate(gaps_of(pattern))}
    opened: set[str] = set()
    *folders, last = pattern.split("/")
    parts = ["(?:[^/]+/)*" if part == "**" else _part(part, groups, opened) + "/" for part in folders]
    return "".join(parts) + _part(last, groups, opened)


def _part(part: str, groups: Mapping[str, str], opened: set[str]) -> str:
    written, at = "", 0
    for token in _TOKEN.finditer(part):
        written += re.escape(part[at : token.start()])
        at = token.end()
        if token[0] in "*?":
            written += "[^/]*" if token[0] == "*" else "[^/]"
        elif token[1] in opened:
            written += f"(?P={groups[token[1]]})"
        else:
            opened.add(token[1])
            written += f"(?P<{groups[token[1]]}>[^/]+?)"
    return written + re.escape(part[at:])
