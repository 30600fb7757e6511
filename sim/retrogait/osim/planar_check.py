"""What is wrong with a table of a planar model that has the right shape: all of it, in words."""

import math
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, get_type_hints

import msgspec

if TYPE_CHECKING:
    from retrogait.osim.planar import PlanarTable

_Entry = tuple[str, float | msgspec.Struct, tuple[str, ...]]


def problems_of(table: "PlanarTable") -> list[str]:
    """Every unit, number, source, segment and coordinate of a table that is not what its place wants."""
    return [*_entry_problems(table), *_tree_problems(table), *_name_problems(table)]


def _entry_problems(table: "PlanarTable") -> Iterator[str]:
    """What is wrong with single entries: units, sources, numbers that are none."""
    for where, item, units in _entries(table):
        if isinstance(item, float):
            if not math.isfinite(item):
                yield f"{where}: {item} is not a number to build with"
            continue
        unit = getattr(item, "unit", None)
        if units and unit not in units:
            yield f"{where}: unit `{unit}`, expected {' or '.join(units)}"
        source = getattr(item, "source", None)
        if isinstance(source, str) and source not in table.source:
            yield f"{where}: source `{source}` is not in [source]"


def _entries(item: object, where: str = "", units: tuple[str, ...] = ()) -> Iterator[_Entry]:
    """Every number and every entry of a table, with its place in words and the units it may have."""
    if isinstance(item, float):
        yield where, item, units
    elif isinstance(item, tuple):
        for index, entry in enumerate(item, start=1):
            label = getattr(entry, "name", None) or getattr(entry, "coordinate", None) or index
            yield from _entries(entry, f"{where} {label}", units)
    elif isinstance(item, msgspec.Struct):
        yield where, item, units
        allowed = _units(type(item))
        for key in item.__struct_fields__:
            yield from _entries(getattr(item, key), f"{where} {key}".strip(), allowed.get(key, ()))


@cache
def _units(table: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """Units that the fields of a table name in their annotations."""
    hints = get_type_hints(table, include_extras=True)
    return {
        key: tuple(extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, str))
        for key, hint in hints.items()
    }


def _tree_problems(table: "PlanarTable") -> Iterator[str]:
    """Whether the joints make one tree of the segments, each parent before its children."""
    roots = [segment.name for segment in table.segment if not segment.paired]
    if len(roots) != 1:
        yield f"segment: one with `paired = false` carries the rest, found {', '.join(roots) or 'none'}"
    known, standing = {segment.name for segment in table.segment}, set(roots)
    for joint in table.joint:
        for name in (joint.parent, joint.child):
            if name not in known:
                yield f"joint {joint.name}: no segment `{name}`"
        if joint.parent in known - standing:
            yield f"joint {joint.name}: nothing carries its parent `{joint.parent}` yet"
        if joint.child in standing:
            yield f"joint {joint.name}: `{joint.child}` is carried already"
        if not joint.range[0] < joint.range[1]:
            yield f"joint {joint.name}: range {joint.range[0]:g} to {joint.range[1]:g} deg is empty"
        standing.add(joint.child)
    for name in sorted(known - standing):
        yield f"segment {name}: no joint carries it"


def _name_problems(table: "PlanarTable") -> Iterator[str]:
    """Names used twice, and names of nothing."""
    segments = {segment.name for segment in table.segment}
    legs = {segment.name for segment in table.segment if segment.paired}
    free = {joint.coordinate for joint in table.joint if joint.follows is None}
    for what, names in (
        ("segment", [segment.name for segment in table.segment]),
        ("joint", [joint.name for joint in table.joint]),
        ("coordinate", [joint.coordinate for joint in table.joint]),
        ("contact", [contact.name for contact in table.contact]),
        ("muscle", [muscle.name for muscle in table.muscle]),
        ("passive", [passive.coordinate for passive in table.passive]),
        ("damper", [damper.coordinate for damper in table.damper]),
    ):
        yield from (f"{what} {name} stands {n} times" for name, n in Counter(names).items() if n > 1)
    for contact in table.contact:
        if contact.segment not in legs:
            yield f"contact {contact.name}: no segment `{contact.segment}` of a leg"
    for muscle in table.muscle:
        for key in muscle.aim_source:
            if key not in table.source:
                yield f"muscle {muscle.name}: source `{key}` is not in [source]"
        for point in muscle.path:
            if point.segment not in segments:
                yield f"muscle {muscle.name}: no segment `{point.segment}`"
    for where, name in (
        *((f"joint {j.name} follows", j.follows.coordinate) for j in table.joint if j.follows),
        *(("passive", passive.coordinate) for passive in table.passive),
        *(("damper", damper.coordinate) for damper in table.damper),
    ):
        if name not in free:
            yield f"{where}: no free coordinate `{name}` (there are {', '.join(sorted(free))})"
