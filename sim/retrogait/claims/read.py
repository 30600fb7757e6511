"""Reading a file of claims: what types can say is said by the tables, the rest is checked here."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from retrogait.claims.expression import parse
from retrogait.claims.table import Book, Bout, Claim, Literature, Protocol, Speeds, Test
from retrogait.errors import ConfigError
from retrogait.explain import explain
from retrogait.gait.measures import MEASURES
from retrogait.io.text import read_text_bytes, suggestion
from retrogait.tables import Table

_SCHEMA: Mapping[str, type[Table]] = MappingProxyType(
    {
        "": Book,
        "speeds": Speeds,
        "claim": Claim,
        "claim.test": Test,
        "claim.literature": Literature,
        "protocol": Protocol,
        "protocol.bout": Bout,
        "protocol.literature": Literature,
    }
)
_UNITS = MappingProxyType(
    {"speed": "m/s", "speeds": "m/s", "matched": "m/s", "forward": "m/s", "retro": "m/s"}
    | {"incline": "deg", "inclines": "deg", "minutes": "min"}
)


def read_claims(path: Path) -> Book:
    """Read and check a file of claims.

    A measure that this version does not compute is no mistake: its claim says so by name.

    Raises
    ------
    FileError
        The file cannot be read.
    ConfigError
        It is no TOML, or a table is not as described here; the message names table and key.
    """
    text, _ = read_text_bytes(path)
    try:
        tables = tomllib.loads(text.decode("utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    named = _with_names(tables)
    try:
        book = msgspec.convert(tables, Book)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {explain(str(error), named, _SCHEMA, _UNITS)}") from None
    for problem in _problems(book):
        raise ConfigError(f"{path}: {problem}")
    return book


def unknown_measures(book: Book) -> list[str]:
    """Names in a file of claims that are no measure of this version: a line each, with the nearest names."""
    return [
        f"{claim.id}: test {number}: no measure is called {name}{suggestion(name, MEASURES)}"
        for claim in book.claim
        for number, test in enumerate(claim.test, start=1)
        for name in parse(test.quantity).unknown
    ]


def _with_names(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The same with ids as names, which is how `explain` tells one of a list from another."""
    named = dict(tables)
    for key in ("claim", "protocol"):
        entries = tables.get(key)
        if isinstance(entries, list):
            named[key] = [
                {**one, "name": one["id"]}
                if isinstance(one, dict) and isinstance(one.get("id"), str)
                else one
                for one in entries
            ]
    return named


def _problems(book: Book) -> Iterable[str]:
    """What types cannot say, one line each."""
    seen: set[str] = set()
    for one in book.entries:
        if one.id in seen:
            yield f"two entries have the id {one.id}, expected one"
        seen.add(one.id)
        for what, names, known in (
            ("article", one.articles, book.article),
            ("weakness", one.touches, book.weakness),
        ):
            for name in names:
                if name not in known:
                    hint = suggestion(name, known) or f"; known: {', '.join(known) or 'none'}"
                    yield f"{one.id}: there is no [{what}.{name}]{hint}"
    parts: dict[str, tuple[str, Sequence[Table]]] = {
        **{claim.id: ("test", claim.test) for claim in book.claim},
        **{protocol.id: ("bout", protocol.bout) for protocol in book.protocol},
    }
    for one in book.entries:
        kind, found = parts[one.id]
        if bool(found) == bool(one.out_of_reach):
            yield (
                f"{one.id}: expected either `out_of_reach` or [[{kind}]] tables, found "
                f"{'both' if found else 'neither'}"
            )
    for claim in book.claim:
        for number, test in enumerate(claim.test, start=1):
            for problem in _problems_of(test):
                yield f"{claim.id}: test {number}: {problem}"
    for protocol in book.protocol:
        for number, bout in enumerate(protocol.bout, start=1):
            if (bout.minutes is None) == (bout.steps is None):
                yield f"{protocol.id}: bout {number}: expected either `minutes` or `steps`"


def _problems_of(test: Test) -> Iterable[str]:
    try:
        expression = parse(test.quantity)
    except ConfigError as error:
        yield f"quantity: {error}"
        return
    if len(expression.names) > 1 and not test.unit:
        yield f"`{test.quantity}` is an expression and needs a `unit`"
    bound = test.kind == "bound"
    if bound != (test.expect == "inside"):
        yield 'expect = "inside" goes with kind = "bound", and with no other'
    if bound != (test.low is not None or test.high is not None):
        yield '`low` or `high` go with kind = "bound", and with no other'
    if test.low is not None and test.high is not None and test.low >= test.high:
        yield f"`low` is {test.low:g}, expected less than `high`, which is {test.high:g}"
    if test.kind == "trend" and (len(test.speeds) > 1) == (len(test.inclines) > 1):
        yield "a trend runs over several `speeds` or over several `inclines`, one of the two"
