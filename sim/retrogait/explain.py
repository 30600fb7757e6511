"""What is wrong with an experiment file, in one line that names table, key and value."""

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from retrogait.io.text import suggestion

NAME = "[A-Za-z0-9_.+-]"
"""Letters of a name that a file gets, as in the pattern of `retrogait.tables.Name`."""

LARGEST = 1e6
"""Largest number that a table of numbers may hold, in any unit."""


def explain(
    error: str,
    tables: Mapping[str, Any],
    schema: Mapping[str, type[msgspec.Struct]],
    units: Mapping[str, str],
) -> str:
    """`rewrite`, or the message as it stands where a file is wrong in a way that it does not foresee."""
    try:
        return rewrite(error, tables, schema, units)
    except (LookupError, TypeError, ValueError):
        return error.replace(" - at `$.", " at `").replace(" - at `$", " at `")


def rewrite(
    error: str,
    tables: Mapping[str, Any],
    schema: Mapping[str, type[msgspec.Struct]],
    units: Mapping[str, str],
) -> str:
    """Rewrite a message of msgspec: table, key, what was expected with its unit, what was found.

    Parameters
    ----------
    error
        Message of `msgspec.ValidationError`.
    tables
        What the file holds.
    schema
        Struct of every table by dotted name; the whole document under the empty name.
    units
        Unit of every key that has one.
    """
    problem, _, at = error.partition(" - at `$")
    called, where, keys, found = _locate(re.findall(r"\w+|\.\.\.", at), tables, schema)
    table = schema[called]
    prefix = f"{' '.join(where)}: " if where else ""
    if unknown := re.match(r"Object contains unknown field `(.*)`", problem):
        known = table.__struct_fields__
        hint = suggestion(unknown[1], known) or f"; known: {', '.join(known)}"
        return f"{prefix}unknown key `{unknown[1]}`{hint}"
    if absent := re.match(r"Object missing required field `(.*)`", problem):
        return f"{prefix}missing {'key' if where else 'table'} `{absent[1]}`"
    name = f"{prefix}{'.'.join(keys)}: " if keys else prefix
    if problem.startswith("Invalid enum value"):
        kind = get_type_hints(table)[keys[0]]
        choices = [str(choice) for choice in dict.fromkeys(_choices(kind))]  # one or a list: both have them
        expected = " or ".join(f"`{choice}`" for choice in choices)
        return f"{name}expected {expected}, found `{found}`{suggestion(str(found), choices)}"
    if problem.startswith("Expected `str` matching regex"):
        return f"{name}expected {_name_of(problem)}, found {found!r}"
    expected, got, actual = problem.partition(", got ")
    expected = expected.replace(" | null`", "`")  # leaving a key out is how TOML says null
    if keys and keys[0] in units and "`float`" in expected:
        expected += f" {units[keys[0]]}"
    return f"{name}{expected[0].lower()}{expected[1:]}{got}{actual}, found {found!r}"


def _name_of(problem: str) -> str:
    """What the pattern of a name asks for, in words."""
    if NAME in problem:
        return "a name of a file: letters A to Z, digits, and _ . + - after the first"
    return "a name that does not begin or end with a space"


def _locate(
    steps: list[str],
    found: Any,  # noqa: ANN401
    schema: Mapping[str, type[msgspec.Struct]],
) -> tuple[str, list[str], list[str], Any]:
    """Name of the table, the same in words, keys inside it, and the value at the end of a path of msgspec."""
    table = ""
    where: list[str] = []
    keys: list[str] = []
    for name in steps:
        step = name
        if step == "...":  # one of a table of numbers: msgspec does not say which
            step = next((key for key, value in found.items() if not _is_positive(value)), "")
        listed = isinstance(found, list)
        found = found[int(step) if listed else step]
        inner = f"{table}.{step}" if table else step
        if not keys and inner in schema:
            table = inner
            where.append(step)
        elif listed and not keys:  # one of a list of tables
            called = found.get("name") if isinstance(found, dict) else None
            where.append(f"`{called}`" if isinstance(called, str) else str(int(step) + 1))
        elif not step.isdecimal():  # an entry of a list is told by its value
            keys.append(step)
    return table, where, keys, found


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LARGEST


def _choices(kind: object) -> tuple[object, ...]:
    """Literal values that a type admits, through unions and annotations."""
    parts = get_args(kind)
    if get_origin(kind) is Literal:
        return parts
    return tuple(choice for part in parts for choice in _choices(part))
