"""How natural the predicted walks are: all bundled motions beside what was published about people.

The weights of the prediction were fitted to level forward walking only. Everything else that is compared here
is a prediction; no weight is tuned on it, but two choices of the cost were made in view of slopes
(``models/prediction.toml``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from retrogait.errors import ConfigError
from retrogait.gait.ground import footfalls, ground_forces
from retrogait.gait.strides import mean_measures, measure_gait
from retrogait.io.text import suggestion
from retrogait.predict.gait import Gait
from retrogait.predict.library import bundled_conditions, bundled_gait, library_folder
from retrogait.published import (
    Condition,
    SignTest,
    compare,
    compare_signs,
    measures_between,
    rows_between,
)
from retrogait.report.naturalness_grids import Walk
from retrogait.report.naturalness_walks import write_page

MAIN_COST = "bhargava2004"
"""Model of muscle energy whose cost is compared; the others stand beside it."""


def open_gaits(names: Sequence[str] = ()) -> list[Gait]:
    """Bundled gaits by name, forward before retro, slow before fast, downhill before uphill.

    Parameters
    ----------
    names
        As their files are called, such as ``retro_1.0_+05``; ``*`` stands for anything. All without one.

    Raises
    ------
    ConfigError
        A name is none of them, or there are no bundled motions of this model and these weights.
    """
    conditions = sorted(bundled_conditions(), key=lambda c: (c.direction, c.speed, c.incline))
    if not conditions:
        raise ConfigError(
            f"{library_folder()}: no motions that were predicted with this planar model and these weights; "
            "make them again with `python -m retrogait.predict.bundle`"
        )
    known = [condition.name for condition in conditions]
    for name in names:
        if not any(fnmatchcase(one, name) for one in known):
            raise ConfigError(
                f"{name}: no bundled motion is called so{suggestion(name, known)} (there are {len(known)}, "
                f"from {known[0]} to {known[-1]})"
            )
    wanted = [c for c in conditions if not names or any(fnmatchcase(c.name, name) for name in names)]
    return [gait for gait in map(bundled_gait, wanted) if gait is not None]


def measure_walk(gait: Gait) -> Walk:
    """Measure a predicted gait and put it beside published values.

    Raises
    ------
    MotionError
        The gait has no complete cycle.
    """
    result = gait.result
    ground = ground_forces(gait.model, gait.trial)
    given = gait.figures["cost_of_transport_J_per_kg_m"]
    costs = {name: float(given[name]) for name in sorted(given, key=lambda name: name != MAIN_COST)}
    strides = measure_gait(
        result,
        ground,
        falls=footfalls(gait.model, gait.trial, ground, float(result.attrs["body_weight"])),
        cost_of_transport=costs[MAIN_COST],
    )
    measures = mean_measures(strides)
    asked = gait.condition
    condition = Condition(asked.direction, asked.speed, asked.incline)
    return Walk(asked.name, condition, strides, measures, costs, compare(measures, condition))


def measure_walks(gaits: Iterable[Gait], report: Callable[[str], None] | None = None) -> list[Walk]:
    """Measure gaits, and read measures between them where something was published there.

    Parameters
    ----------
    gaits
        In any order.
    report
        Told in words about every gait.

    Returns
    -------
    list of Walk
        Forward before retro, slow before fast, downhill before uphill; then those between them.
    """
    walks = []
    for gait in gaits:
        if report is not None:
            report(f"measuring {gait.condition.name}")
        walks.append(measure_walk(gait))
    walks.sort(key=lambda walk: (walk.condition.direction, walk.condition.speed, walk.condition.incline))
    measures = {walk.condition: walk.measures for walk in walks}
    costs = {walk.condition: walk.costs for walk in walks}
    for condition, rows in rows_between(measures).items():
        here = measures_between(measures, condition)
        cost = measures_between(costs, condition)
        walks.append(Walk(str(condition), condition, None, here, cost, compare(here, condition, rows)))
    return walks


def matched_signs(walks: Iterable[Walk]) -> dict[Condition, list[SignTest]]:
    """Test the published orders wherever a retro walk has a forward one at its speed and incline.

    Returns
    -------
    dict
        Retro condition to its tests, level walking first: it is what most was published about.
    """
    measures = {walk.condition: walk.measures for walk in walks if walk.strides is not None}
    signs = {}
    for retro in sorted(measures, key=lambda c: (abs(c.incline), c.incline, c.speed)):
        forward = replace(retro, direction="forward")
        if retro.direction == "retro" and forward in measures:
            signs[retro] = compare_signs(measures[forward], measures[retro], forward, retro)
    return signs


def write_naturalness(folder: Path, gaits: Iterable[Gait] | None = None) -> None:
    """Write the page that stands beside the bundled motions, and its pictures.

    Parameters
    ----------
    folder
        Of the bundled motions.
    gaits
        To compare; those of the library when None.

    Raises
    ------
    ConfigError
        ``gaits`` is None and there are no bundled motions of this model and these weights.
    OSError
        If a file cannot be written.
    """
    walks = measure_walks(open_gaits() if gaits is None else gaits)
    write_page(walks, matched_signs(walks), folder)
