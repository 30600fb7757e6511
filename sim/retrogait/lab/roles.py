"""Markers that a trial is understood by: heels, toes and the pelvis, known by the names laboratories use."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from retrogait.errors import ConfigError
from retrogait.gait.names import SIDES
from retrogait.io.text import shown, suggestion

SIDED = ("heel", "toe", "asis", "psis")
ROLES = (*(f"{part}_{side[0]}" for part in SIDED for side in SIDES), "sacrum")
"""What a marker can be to the importer."""

FEET = ("heel_r", "toe_r", "heel_l", "toe_l")

_FILE = Path(__file__).with_name("roles.toml")
_IGNORED = re.compile(r"[^a-z0-9]")


def plain(label: str) -> str:
    """Label without what laboratories vary: case, punctuation, and the subject's name before a colon."""
    return _IGNORED.sub("", label.rpartition(":")[2].lower())


def find_roles(labels: Sequence[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Find heels, toes and pelvis among a file's markers.

    Parameters
    ----------
    labels
        Names of the markers.
    given
        Role to label, for markers that have names of their own.

    Returns
    -------
    dict
        Role to label, for every role that some marker has.

    Raises
    ------
    ConfigError
        A role or a label that is given does not exist.
    """
    found: dict[str, str] = {}
    known = {plain(label): label for label in reversed(labels)}
    for role, names in _names().items():
        label = next((known[name] for name in names if name in known), None)
        if label is not None:
            found[role] = label
    for role, label in (given or {}).items():
        if role not in ROLES:
            raise ConfigError(
                f"roles: {shown(role)} is none, expected one of: {', '.join(ROLES)}{suggestion(role, ROLES)}"
            )
        if label not in labels:
            raise ConfigError(
                f"roles: {role}: the file has no marker {shown(label)}{suggestion(label, labels)}"
            )
        found[role] = label
    return found


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Names of each role as `plain` leaves them, best first."""
    table = tomllib.loads(_FILE.read_text("utf-8"))
    names = {"sacrum": tuple(plain(name) for name in table["sacrum"])}
    for part in SIDED:
        for side in SIDES:
            names[f"{part}_{side[0]}"] = tuple(
                plain(name.replace("?", word)) for word in (side[0], side) for name in table[part]
            )
    return names
