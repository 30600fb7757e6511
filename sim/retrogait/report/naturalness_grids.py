"""Many walks beside published values at one glance: shares of inside, cost by incline, orders by speed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xarray as xr

from retrogait.published import Comparison, Condition, Sense, SignTest
from retrogait.report.answers import NO_ANSWER
from retrogait.report.naturalness import UNSEEN, Grid, inside_share

MEASURED_SLOPES = "Koelewijn"
"""Author of the people whose cost was measured on slopes at two speeds."""


@dataclass(frozen=True, eq=False)
class Walk:
    """One walk, measured and compared.

    Attributes
    ----------
    name
        Of its trial.
    condition
        What was walked.
    strides
        Of `retrogait.gait.strides.measure_gait`; None between other walks, where only measures are known.
    measures
        Means over its strides.
    costs
        Cost of transport by model of muscle energy [J/(kg m)]; the first is that of ``measures``.
    rows
        Of `retrogait.published.compare`.
    """

    name: str
    condition: Condition
    strides: xr.Dataset | None
    measures: Mapping[str, float]
    costs: Mapping[str, float]
    rows: Sequence[Comparison]

    @property
    def other_costs(self) -> str:
        """Cost by the models of muscle energy after the first."""
        return ", ".join(f"{name} {cost:.3g}" for name, cost in list(self.costs.items())[1:])


def inside_grid(walks: Sequence[Walk]) -> Grid:
    """How many of the published values that count hold each walk: speeds down, inclines across."""
    found = {walk.condition: _share(walk) for walk in walks if walk.strides is not None}
    inclines = sorted({condition.incline for condition in found})
    rows = [
        (f"{direction} {speed} m/s", *(found.get(Condition(direction, speed, i), "") for i in inclines))
        for direction, speed in dict.fromkeys((c.direction, c.speed) for c in found)
    ]
    return Grid("Inside published bands, of those that count", ("walk", *map(_slope, inclines)), tuple(rows))


def between_grid(walks: Sequence[Walk]) -> Grid | None:
    """Return the same for published conditions between those that were walked; None without one."""
    rows = tuple((str(walk.condition), _share(walk)) for walk in walks if walk.strides is None)
    if not rows:
        return None
    return Grid(
        "The same where something was published between these walks",
        ("condition", "inside"),
        rows,
        ("Measures there are read by straight lines between the walks around.",),
    )


def _share(walk: Walk) -> str:
    inside, counted = inside_share(walk.rows)
    return f"{inside}/{counted}"


def _slope(incline: float) -> str:
    return f"{incline:+g} deg" if incline else "level"


def cost_grid(walks: Sequence[Walk]) -> Grid | None:
    """Cost of transport by incline where people were measured on slopes; None where nobody walks there."""
    known = {
        walk.condition: (walk, row)
        for walk in walks
        for row in walk.rows
        if row.measure == "cost_of_transport" and row.source.citation.startswith(MEASURED_SLOPES)
    }
    if not known:
        return None
    inclines = sorted({condition.incline for condition in known})
    rows = []
    for direction, speed in dict.fromkeys((c.direction, c.speed) for c in known):
        here = [known.get(Condition(direction, speed, incline)) for incline in inclines]
        models = next(one for one in here if one is not None)[0].costs
        label = f"{direction} {speed} m/s"
        rows.append((label, "people", *(_band(one[1]) if one else "" for one in here)))
        rows += [
            ("", model, *(f"{one[0].costs[model]:.2f} ({_gap(one, model)})" if one else "" for one in here))
            for model in models
        ]
    return Grid(
        "Cost of transport by incline [J/(kg m)]",
        ("walk", "by", *map(_slope, inclines)),
        tuple(rows),
        (
            "people: mean and one standard deviation either way, Koelewijn 2019, by straight lines between "
            "their 0.8 and 1.3 m/s; their slope of 8 % is 4.57 deg and stands for 5, where uphill costs "
            "about 0.4 J/(kg m) more. In brackets: model less mean, in standard deviations.",
        ),
    )


def _band(row: Comparison) -> str:
    return f"{row.published:.2f} ({row.low:.2f} to {row.high:.2f})"


def _gap(one: tuple[Walk, Comparison], model: str) -> str:
    walk, row = one
    return f"{2.0 * (walk.costs[model] - row.published) / (row.high - row.low):+.1f}"


def orders_grid(signs: Mapping[Condition, Sequence[SignTest]]) -> Grid:
    """Where every published order of retro against forward holds, and where it does not."""
    found: dict[str, list[tuple[Condition, SignTest]]] = {}
    for condition, tests in signs.items():
        for one in tests:
            found.setdefault(one.row, []).append((condition, one))
    cells = []
    for row, of_row in found.items():
        first = of_row[0][1]
        holds, fails = (
            _places(condition for condition, one in of_row if one.sense == sense)
            for sense in (Sense.HOLDS, Sense.FAILS)
        )
        over = "" if first.against == "forward" else ", over the other joints"
        untested = "" if holds or fails else f"not testable: {first.reason}"
        cells.append(
            (
                f"{first.measure} {first.expect}{over}",
                holds or untested or NO_ANSWER,
                fails or NO_ANSWER,
                row + ("" if first.source.seen else UNSEEN),
            )
        )
    return Grid(
        "Retro against forward at one speed and incline: published orders",
        ("retro measure", "holds at [m/s]", "does not hold at [m/s]", "row"),
        tuple(cells),
        ("Nothing was fitted to any of these. A walk that a publication says nothing about is left out.",),
    )


def _places(conditions: Iterable[Condition]) -> str:
    """Speeds of conditions, those of one incline together."""
    speeds: dict[float, list[str]] = {}
    for condition in conditions:
        speeds.setdefault(condition.incline, []).append(str(condition.speed))
    return "; ".join(
        ", ".join(some) + (f" at {incline:+g} deg" if incline else "") for incline, some in speeds.items()
    )
