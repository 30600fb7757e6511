"""What a compiled model holds, for whoever is about to trust it."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from retrogait.model import Model

_UNLIMITED = 1e3  # rad or m: models write 99999 for a range that is none


def render_model(model: "Model", console: Console | None = None) -> None:
    """Print joints and coordinates, muscles, knees, and what the model says that is not used.

    Parameters
    ----------
    model
        Compiled model.
    console
        Where to print; standard output when None.
    """
    console = console or Console()
    wrapped = int((model.paths.wrap_last > model.paths.wrap_first).sum())
    kinds = Counter(model.muscle_classes)
    facts = (
        ("model", f"{model.name}, {model.mass:.2f} kg, {len(model.links) - 1} bodies"),
        ("muscles", _counted(kinds) or "none"),
        ("wraps", f"{model.paths.surface.size} on the paths of {wrapped} muscles"),
        ("knees", "\n".join(_knees(model)) or "none found"),
        ("left out", "\n".join(_by_class(model.left_out)) or "nothing"),
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, text in facts:
        table.add_row(Text(name, style="bold"), Text(text))
    console.print(table)
    for note in model.notes:
        console.print(Text(f"note: {note}"))
    console.print()
    console.print(_joints(model))


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())


def _by_class(components: Iterable[str]) -> list[str]:
    """One line per class for components that are written ``name (class)``."""
    names: dict[str, list[str]] = {}
    for component in components:
        name, _, kind = component.removesuffix(")").rpartition(" (")
        names.setdefault(kind, []).append(name)
    return [f"{len(some)} {kind}: {', '.join(some)}" for kind, some in names.items()]


def _knees(model: "Model") -> list[str]:
    """One phrase per tibiofemoral joint, with which way its coordinate counts."""
    phrases = []
    for knee in model.knees:
        sign = "+" if knee.flexion_sign > 0 else "-"
        patella = model.links[knee.patella] if knee.patella >= 0 else "no patella"
        phrases.append(
            f"{knee.side}: {model.joints[knee.link - 1]} (flexion is {sign}"
            f"{model.coordinates[knee.coordinate]}, {patella}, "
            f"{len(knee.quadriceps)} quadriceps muscles)"
        )
    return phrases


def _joints(model: "Model") -> Table:
    table = Table(box=None, pad_edge=False)
    for header in ("joint", "parent → child", "coordinate"):
        table.add_column(header, overflow="fold")
    for header in ("from", "to"):
        table.add_column(header, justify="right", no_wrap=True)
    for header in ("unit", "state"):
        table.add_column(header, no_wrap=True)
    tree = model.tree
    for link in range(1, len(model.links)):
        primitives = tree.coordinate[tree.first[link] : tree.last[link]]
        rows = list(dict.fromkeys(int(row) for row in primitives if row >= 0))
        title = (
            model.joints[link - 1],
            f"{model.links[int(tree.parent[link])]} → {model.links[link]}",
        )
        if not rows:
            table.add_row(*title, "welded", "", "", "", "")
        for place, row in enumerate(rows):
            first = title if place == 0 else ("", "")
            table.add_row(*first, model.coordinates[row], *_range(model, row), _state(model, row))
    return table


def _range(model: "Model", row: int) -> tuple[str, str, str]:
    """Lower and upper bound and their unit."""
    scale, unit = (math.degrees(1.0), "deg") if model.rotational[row] else (1.0, "m")
    lower, upper = (
        "–" if abs(bound) > _UNLIMITED else f"{scale * bound:.4g}"
        for bound in (float(model.lower[row]), float(model.upper[row]))
    )
    return lower, upper, unit


def _state(model: "Model", row: int) -> str:
    """Return what holds a coordinate, or nothing for a free one."""
    driver = model.driver_of(row)
    held = [f"follows {driver}"] if driver else []
    if model.locked[row]:
        held.append("locked")
    if model.prescribed[row] >= 0:
        held.append("prescribed")
    return ", ".join(held)
