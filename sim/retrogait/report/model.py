"""What a compiled model holds, for whoever is about to trust it."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from retrogait.model import Model


def render_model(model: "Model", console: Console | None = None) -> None:
    """Print joints and coordinates, muscles, knees, and what the model says that is not used.

    Parameters
    ----------
    model
        Compiled model.
    console
        Where to print; standard output when None.
    """
    from retrogait.model import model_facts  # noqa: PLC0415  # brings the compiler, as any model did before

    console = console or Console()
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, text in model_facts(model):
        table.add_row(Text(name, style="bold"), Text(text))
    console.print(table)
    for note in model.notes:
        console.print(Text(f"note: {note}"))
    console.print()
    console.print(_joints(model))


def _joints(model: "Model") -> Table:
    from retrogait.model import held_range  # noqa: PLC0415

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
            table.add_row(*first, model.coordinates[row], *held_range(model, row))
    return table
