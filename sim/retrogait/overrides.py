"""What a command line changes in an experiment file: ``--set analysis.exponent=3``."""

import copy
import re
import tomllib
from collections.abc import Sequence
from typing import Any

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion

_STEP = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^.]+)')
_WORD = re.compile(r"""("[^"]*"|'[^']*')|(?<![\w.+-])([A-Za-z_][\w*.+-]*)(?=\s*[,\]}]|\s*$)""")
_LITERALS = {"true", "false", "inf", "nan"}


def override(tables: dict[str, Any], text: str) -> dict[str, Any]:
    """Tables of an experiment file with one value changed or added.

    Parameters
    ----------
    tables
        As read; stays as it is.
    text
        ``key=value``: a dotted key and a value in TOML, where a word needs no quotes. One of several tables
        is called by its name or its number: ``trial.ss1.speed=1.2``.

    Raises
    ------
    ConfigError
        The text is not of that form, or leads through something that is no table.
    """
    key, equals, value = text.partition("=")
    steps = [a or b or c for a, b, c in _STEP.findall(key.strip())]
    if not equals or not steps or ".".join(steps) != re.sub("[\"']", "", key.strip()):
        raise ConfigError("expected KEY=VALUE, such as analysis.exponent=3 or sweep.speed=[0.8,1.0]")
    changed = copy.deepcopy(tables)
    found: Any = changed
    for at, step in enumerate(steps[:-1]):
        whole = ".".join(steps[at:])
        if isinstance(found, dict) and whole in found:  # the file has it in quotes: "strength.vasti" = 0.7
            steps = [whole]
            break
        found = _one_of(found, step) if isinstance(found, list) else found.setdefault(step, {})
        if not isinstance(found, dict | list):
            raise ConfigError(f"`{step}` is {found!r}, which has no keys")
    if isinstance(found, list):
        raise ConfigError(
            f"`{'.'.join(steps[:-1])}` is a list; say which one, by name or number, and its key"
        )
    found[steps[-1]] = _value(value.strip())
    return changed


def _one_of(tables: Sequence[Any], step: str) -> Any:  # noqa: ANN401
    """Table of a list by its name or, from 1 on, its number."""
    names = [table.get("name") if isinstance(table, dict) else None for table in tables]
    if step in names:
        return tables[names.index(step)]
    if step.isdecimal() and 1 <= int(step) <= len(tables):
        return tables[int(step) - 1]
    known = [name for name in names if isinstance(name, str)]
    hint = suggestion(step, known) or f"; there are {len(tables)}"
    raise ConfigError(f"none is called `{step}`{hint}")


def _value(text: str) -> Any:  # noqa: ANN401
    """Value of a text in TOML, in TOML with words that lack quotes, or the text itself."""
    quoted = _WORD.sub(lambda m: m[0] if m[1] or m[2] in _LITERALS else f'"{m[2]}"', text)
    for candidate in (text, quoted):
        try:
            tables = tomllib.loads(f"value = {candidate}")
        except tomllib.TOMLDecodeError:
            continue
        if set(tables) == {"value"}:  # a line break may have brought in more
            return tables["value"]
    table = text.startswith("{") and "=" in text  # unlike {subject}/walk.mot
    if not text or table or text[0] in "[\"'" or "\n" in text:
        raise ConfigError(
            f"`{text}` is no value; expected a number, true, false, a word, [1, 2] or {{ a = 1 }}"
        )
    return text
