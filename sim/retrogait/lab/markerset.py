"""Names of markers: a small table per model that says what laboratories call each of its markers.

```toml
# markersets/NAME.toml: NAME is the model's
[markers]
"R.ASIS" = ["RASI", "RASIS"]
```
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from retrogait.errors import ConfigError, FileError, MotionError
from retrogait.io.text import read_text_bytes, shown, suggestion
from retrogait.lab.roles import plain

FEWEST = 6
"""Markers below which no person is placed: two rigid segments of three."""

_FOLDER = Path(__file__).with_name("markersets")


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of marker names."""

    markers: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class MarkerSet:
    """Markers of a model and their other names.

    Attributes
    ----------
    name    : of the model
    aliases : the model's marker to the names laboratories give it, its own left out
    """

    name: str
    aliases: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Match:
    """Markers of a model found in a file.

    Attributes
    ----------
    labels   : the model's marker to the file's
    missing  : markers of the model that the file does not have
    unused   : markers of the file that the model does not have
    findings : the same as sentences, with the nearest names
    """

    labels: dict[str, str]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    findings: tuple[str, ...]


def bundled_marker_sets() -> list[str]:
    """Names of the marker sets that come with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def read_marker_set(source: str | Path) -> MarkerSet:
    """Read a marker set.

    Parameters
    ----------
    source
        Name of a bundled set, or a TOML file named after the model.

    Raises
    ------
    ConfigError
        There is no bundled set of that name, or the table is not what it should be.
    FileError
        The file cannot be read.
    """
    path = Path(source)
    if path.suffix != ".toml":
        known = bundled_marker_sets()
        if str(source) not in known:
            raise ConfigError(
                f"marker set {shown(str(source))} is neither bundled ({', '.join(known)}) nor a .toml file"
                f"{suggestion(str(source), known)}"
            )
        path = _FOLDER / f"{source}.toml"
    text, _ = read_text_bytes(path)
    try:
        table = msgspec.convert(tomllib.loads(text.decode("utf-8")), _Table)
    except UnicodeDecodeError:
        raise FileError(f"{path}: is not UTF-8 text") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from None
    owner: dict[str, str] = {}
    for marker, names in table.markers.items():
        for name in (marker, *names):
            other = owner.setdefault(plain(name), marker)
            if other != marker:
                raise ConfigError(f"{path}: {shown(name)} names both {shown(other)} and {shown(marker)}")
    return MarkerSet(path.stem, table.markers)


def match_markers(path: Path, markers: MarkerSet | str | Path, labels: Sequence[str]) -> Match:
    """Find a model's markers among those of a file.

    Parameters
    ----------
    path
        Of the file, for messages.
    markers
        The set, or what `read_marker_set` reads.
    labels
        Markers of the file. Case, punctuation and a subject's name before a colon do not count.

    Raises
    ------
    MotionError
        Fewer than `FEWEST` markers are found.
    """
    known = markers if isinstance(markers, MarkerSet) else read_marker_set(markers)
    there = {plain(label): label for label in reversed(labels)}
    found: dict[str, str] = {}
    for marker, names in known.aliases.items():
        label = next((there[plain(name)] for name in (marker, *names) if plain(name) in there), None)
        if label is not None:
            found[marker] = label
    missing = tuple(marker for marker in known.aliases if marker not in found)
    unused = tuple(label for label in labels if label not in found.values())
    if len(found) < FEWEST:
        raise MotionError(
            f"{path}: {len(found)} of {len(known.aliases)} markers of {known.name} are among its "
            f"{len(labels)} ({', '.join(map(shown, labels[:4]))}, ...), expected {FEWEST} or more; name "
            "them in a .toml of your own"
        )
    findings = [f"{len(found)} of {len(known.aliases)} markers of {known.name} are there"]
    for marker in missing:
        near = suggestion(marker, unused).replace("; did you mean", "; is it").replace("?", "")
        findings.append(f"marker {marker} of {known.name} is missing{near}")
    if unused:
        more = f" and {len(unused) - 8} more" if len(unused) > 8 else ""
        findings.append(f"markers that {known.name} does not have: {', '.join(unused[:8])}{more}")
    return Match(found, missing, unused, tuple(findings))
