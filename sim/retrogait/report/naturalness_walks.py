"""All walks together beside published values: on the screen, and as page, pictures and tables in a folder."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from retrogait.gait.measures import MEASURES
from retrogait.io.atomic import replacing
from retrogait.io.sheet import number, write_sheet
from retrogait.published import Condition, SignTest
from retrogait.report.naturalness import Grid, render, render_grid, signs_to_csv, to_csv
from retrogait.report.naturalness_curves import draw_walks
from retrogait.report.naturalness_grids import Walk, between_grid, cost_grid, inside_grid, orders_grid
from retrogait.report.naturalness_page import to_markdown

Signs = Mapping[Condition, Sequence[SignTest]]
"""Tested orders by the retro condition."""

ACCEPTED_SPEEDS = (1.2, 1.4)
"""Between which the acceptance bands of level forward walking hold [m/s]."""

PAIRED_SPEED = 1.0
"""At which the picture shows retro beside forward walking [m/s]: near what people choose backwards."""

PAGE, ROWS, SIGNS, NUMBERS = "naturalness.md", "published.csv", "signs.csv", "measures.csv"
FORWARD, RETRO = "naturalness_forward.svg", "naturalness_retro.svg"

FITTED = (
    "Fitted: the weights of the cost (models/prediction.toml), stiffness and dissipation of the ground, and "
    "the lean of the trunk, to published values of level forward walking at 0.8, 1.2 and 1.4 m/s. That level "
    "forward walks agree is no evidence."
)
PREDICTED = (
    "Predicted: everything else, every incline and all retro walking. No published value of these entered "
    "the fit, and where they disagree, they stay so. But two choices of the cost were made in view of a "
    "crouch uphill: energy counts by its sum, and the trunk leans into a slope as far as the slope rises. So "
    "the posture uphill is no independent evidence."
)
_FOREWORD = (
    "These walks were predicted for one planar adult of 1.75 m and 70 kg. Nobody walked them. Their strides "
    "are measured as recorded ones are, and stand here beside what was published about people.",
    FITTED,
    PREDICTED,
    "Muscle activations and knee forces are those of static optimisation on the predicted motion.",
)


def render_walks(walks: Sequence[Walk], signs: Signs, console: Console, *, whole: bool = False) -> None:
    """Print shares of inside, level forward walking in full, costs by incline, and orders.

    Parameters
    ----------
    walks
        Forward before retro; those between others last.
    signs
        As from `retrogait.published.compare_signs`.
    console
        Where to print.
    whole
        Whether to print every walk in full.
    """
    for text in (FITTED, PREDICTED):
        console.print(text, style="dim", markup=False, highlight=False)
    shown = {walk.condition: walk.rows for walk in walks if whole or _is_accepted(walk)}
    for grid in (inside_grid(walks), between_grid(walks)):
        if grid is not None:
            render_grid(grid, console)
    render(shown, console=console, beside=_other_costs(walks))
    for grid in _grids_of_findings(walks, signs):
        render_grid(grid, console)


def write_page(walks: Sequence[Walk], signs: Signs, folder: Path) -> None:
    """Write the page of all walks, and its pictures, to a folder that exists.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    pictures = {name: text for name, text in _pictures(walks).items() if text}
    for name, text in pictures.items():
        _store(folder / name, text)
    glance = [inside_grid(walks), between_grid(walks), *_grids_of_findings(walks, signs)]
    page = to_markdown(
        {walk.condition: walk.rows for walk in walks},
        signs,
        title="Predicted walks beside published values",
        foreword=[
            *_FOREWORD,
            *(
                f"![Joint angles and forces over the cycle with published values]({name})"
                for name in pictures
            ),
        ],
        grids=[grid for grid in glance if grid is not None],
        beside=_other_costs(walks),
        about={walk.condition: _heading(walk) for walk in walks},
    )
    _store(folder / PAGE, page)


def write_tables(walks: Sequence[Walk], signs: Signs, folder: Path) -> None:
    """Write comparisons, sign tests and every measure of what was walked, to a folder that exists.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    to_csv({walk.condition: walk.rows for walk in walks}, folder / ROWS)
    signs_to_csv(signs, folder / SIGNS)
    head = ("walk", "direction", "speed [m/s]", "incline [deg]", "measure", "unit", "value")
    write_sheet(folder / NUMBERS, head, _numbers(walks))


def _numbers(walks: Sequence[Walk]) -> Iterator[list[str]]:
    """Every measure and cost of what was walked."""
    unit_of_cost = MEASURES["cost_of_transport"].unit
    for walk in walks:
        if walk.strides is None:
            continue
        condition = walk.condition
        where = [walk.name, condition.direction, f"{condition.speed:g}", f"{condition.incline:g}"]
        for name, value in walk.measures.items():
            yield [*where, name, MEASURES[name].unit, number(value)]
        for name, value in walk.costs.items():
            yield [*where, f"cost_of_transport by {name}", unit_of_cost, number(value)]


def _is_accepted(walk: Walk) -> bool:
    """Whether the acceptance bands of level forward walking are for a walk."""
    condition, (low, high) = walk.condition, ACCEPTED_SPEEDS
    level = condition.direction == "forward" and condition.incline == 0.0
    return walk.strides is not None and level and low <= condition.speed <= high


def _grids_of_findings(walks: Sequence[Walk], signs: Signs) -> list[Grid]:
    grids = [cost_grid(walks), orders_grid(signs) if signs else None]
    return [grid for grid in grids if grid is not None]


def _other_costs(walks: Iterable[Walk]) -> dict[Condition, dict[str, str]]:
    """What to show beside the cost of transport: that of other models of muscle energy."""
    return {walk.condition: {"cost_of_transport": walk.other_costs} for walk in walks if walk.other_costs}


def _heading(walk: Walk) -> str:
    condition = walk.condition
    fitted = condition.direction == "forward" and condition.incline == 0.0
    between = ", between the walks around it" if walk.strides is None else ""
    return f"{condition}: {'level forward, as fitted' if fitted else 'prediction'}{between}"


def _pictures(walks: Sequence[Walk]) -> dict[str, str]:
    """Drawings that can be made of these walks, by file name."""
    level = [walk for walk in walks if _is_accepted(walk)]
    wanted = [Condition(direction, PAIRED_SPEED) for direction in ("forward", "retro")]
    pair = [walk for walk in walks if walk.condition in wanted and walk.strides is not None]
    beside = f"Forward and retro walking at {PAIRED_SPEED:.1f} m/s"
    return {
        FORWARD: draw_walks("Level forward walking beside published values", level) if level else "",
        RETRO: draw_walks(beside, pair) if len(pair) == 2 else "",
    }


def _store(path: Path, text: str) -> None:
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
