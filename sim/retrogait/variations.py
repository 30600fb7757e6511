"""Settings that a study varies: which there may be, how they combine, and what they are called."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import msgspec

from retrogait.errors import ConfigError
from retrogait.explain import explain
from retrogait.io.text import suggestion
from retrogait.tables import UNITS, Analysis

Setting: TypeAlias = float | str | bool | tuple[str, ...] | tuple[float, float]
"""Value of one setting of an analysis."""

BY_NAME = ("strength", "weights", "reserves")
"""Settings that hold a number per name, varied one name at a time: ``strength.vasti``."""

LISTS = ("unshared", "contact_points")
"""Settings whose one value is a list, varied by a list of lists."""

TAKEN = ("case", "condition", "curve", "direction", "incline", "key", "measure", "name", "percent", "seconds",
         "side", "speed", "status")  # fmt: skip
"""What a table of results calls its own columns, so that no label may."""

LONGEST = 180
"""Most characters of a case's name: file systems allow 255, and files beside the result add to it."""


class Variation(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that take the place of those of ``[analysis]``.

    Attributes
    ----------
    name
        What it adds to the name of a trial: ``exponent-3__strength.vasti-0.7``; empty for no change.
    settings
        Dotted key to value.
    labels
        The same as a table shows it, and further labels of a listed case.
    """

    name: str = ""
    settings: Mapping[str, Setting] = {}
    labels: Mapping[str, float | str] = {}

    @classmethod
    def of(
        cls,
        settings: Mapping[str, Setting],
        name: str | None = None,
        labels: Mapping[str, float | str] = MappingProxyType({}),
    ) -> "Variation":
        """Variation with some settings, called after them unless it has a name of its own."""
        shown = {key: _label(value) for key, value in settings.items()}
        if name is None:
            called = "__".join(f"{key}-{_text(value)}" for key, value in shown.items())
            return cls(name=file_safe(called), settings=dict(settings), labels={**labels, **shown})
        return cls(name=name, settings=dict(settings), labels={**labels, **shown, "case": name})

    def named(self, trial: str) -> str:
        """Name of a trial under this variation."""
        return f"{trial}__{self.name}" if self.name else trial

    def put_into(self, analysis: Analysis) -> Analysis:
        """Analysis with these settings in the place of its own."""
        changed: dict[str, Any] = {}
        for key, value in self.settings.items():
            table, dot, name = key.partition(".")
            if not dot:
                changed[key] = value
                continue
            whole = changed.get(table, getattr(analysis, table)) or {}
            if isinstance(whole, str):
                raise ConfigError(f"settings: {key}: [analysis] takes its {table} from the file {whole}")
            changed[table] = {**whole, name: value}
        return msgspec.structs.replace(analysis, **changed)


PLAIN = Variation()
"""The ``[analysis]`` as it is written."""


def read_settings(table: Mapping[str, Any], where: str) -> dict[str, tuple[Setting, ...]]:
    """Values of every setting that a table varies.

    Parameters
    ----------
    table
        Key to one value or a list of them; ``strength.vasti`` may be a dotted key or a table in a table.
    where
        Name of the table, for messages.

    Raises
    ------
    ConfigError
        A key is no setting of an analysis, or a value is none that it may have.
    """
    found: dict[str, tuple[Setting, ...]] = {}
    for key, given in _flat(table):
        name, dot, inner = key.partition(".")
        known = Analysis.__struct_fields__
        if name not in known:
            hint = suggestion(name, known) or f"; known: {', '.join(known)}"
            raise ConfigError(f"{where}: unknown key `{key}`{hint}")
        if bool(dot) != (name in BY_NAME):
            example = f"vary one name at a time, such as {name}.NAME" if not dot else f"write {name} alone"
            raise ConfigError(f"{where}: {key}: {example}")
        if key in found:
            raise ConfigError(f"{where}: {key} is given twice")
        single = not isinstance(given, list) or (
            name in LISTS and not any(isinstance(g, list) for g in given)
        )
        choices = [given] if single else given
        if not choices:
            raise ConfigError(f"{where}: {key}: expected at least one value, found []")
        found[key] = tuple(_checked(name, inner, choice, where) for choice in choices)
    return found


def combined(
    choices: Mapping[str, Sequence[Any]], combine: Literal["product", "zip"]
) -> Iterator[dict[str, Any]]:
    """Every combination of choices, or the first of each with the first of each other, and so on.

    Parameters
    ----------
    choices
        Key to its values, none of them empty. One value alone goes with every value of the others.
    combine
        ``product``: the last key changes fastest. ``zip``: all lists are equally long.

    Raises
    ------
    ConfigError
        Lists to zip differ in length.
    """
    if combine == "zip":
        lengths = {key: len(values) for key, values in choices.items() if len(values) > 1}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{key} has {length}" for key, length in lengths.items())
            raise ConfigError(f'combine = "zip" needs lists of one length, and {told} values')
        rows = max(lengths.values(), default=1)
        for row in range(rows):
            yield {key: values[row if len(values) > 1 else 0] for key, values in choices.items()}
        return
    for values in product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def require_labels(names: Iterable[str]) -> None:
    """Refuse a label that stands for something else.

    Raises
    ------
    ConfigError
        A label is called as a column of results, or as a setting of an analysis.
    """
    for name in names:
        if name in TAKEN:
            raise ConfigError(f"label `{name}`: results have a column of that name; rename it")
        if name in Analysis.__struct_fields__:
            raise ConfigError(
                f"label `{name}`: is a setting of [analysis], which no label changes; rename it"
            )


def file_safe(text: str) -> str:
    """Text with an underscore for whatever a file name should not have."""
    return re.sub(r"[^A-Za-z0-9_.+-]+", "_", text)


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", deeper) for inner, deeper in value.items())
        else:
            yield key, value


def _checked(name: str, inner: str, value: object, where: str) -> Setting:
    """Value as the analysis takes it."""
    given = {name: {inner: value} if inner else value}
    try:
        taken = getattr(msgspec.convert(given, Analysis), name)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {explain(str(error), given, {'': Analysis}, UNITS)}") from error
    setting: Setting = taken[inner] if inner else taken
    return setting


def _label(value: Setting) -> float | str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return "+".join(map(str, value)) or "none"
        case str():
            return value
        case _:
            return float(value)


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"
