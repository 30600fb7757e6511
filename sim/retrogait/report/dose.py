"""A prescription in numbers: what one knee takes per step, minute, kilometre and day."""

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.io.text import many
from retrogait.report.answers import answer
from retrogait.report.summary import Row

MINUTES = "minutes"
"""Label of a case that makes it a dose: minutes of walking a day [min]."""

JOINTS: Mapping[str, str] = MappingProxyType({"knee": "tibiofemoral", "kneecap": "patellofemoral"})
"""What a table calls a joint, and how its measures begin."""

METRES_PER_KM, SECONDS_PER_MINUTE = 1000.0, 60.0


class Dose(NamedTuple):
    """What the knee that takes more up in a minute comes to.

    row     : of that side; loads per minute, step and km are among its measures [BW s]
    minutes : of walking a day [min]
    """

    row: Row
    minutes: float

    @property
    def distance(self) -> float:
        """Way of a day [km]."""
        return self.row.speed * SECONDS_PER_MINUTE * self.minutes / METRES_PER_KM

    def load(self, joint: str, per: str) -> float:
        """Load of a joint of `JOINTS` per ``step``, ``minute``, ``km`` or ``day``; NaN without one [BW s]."""
        measure = f"{JOINTS[joint]}_impulse_per_{'minute' if per == 'day' else per}"
        load = self.row.measures.get(measure, math.nan)
        return load * self.minutes if per == "day" else load


def doses_of(rows: Sequence[Row]) -> list[Dose]:
    """Doses among rows: one for each case with a label `MINUTES` and a load per minute, in their order."""
    found: dict[str, Dose] = {}
    for row in rows:
        minutes = row.labels.get(MINUTES)
        if not isinstance(minutes, int | float):
            continue
        dose = Dose(row, float(minutes))
        load, known = dose.load("knee", "minute"), found.get(row.trial)
        if math.isfinite(load) and (known is None or load > known.load("knee", "minute")):
            found[row.trial] = dose
    return list(found.values())


def render_doses(doses: Sequence[Dose], console: Console | None = None) -> None:
    """Print one line per dose, units in the headers, and retro against forward below.

    Parameters
    ----------
    doses
        At least one.
    console
        Where to print; standard output when None.
    """
    console = console or Console()
    table = Table(
        title="Dose: what one knee takes up [BW·s]", title_justify="left", pad_edge=False, box=None,
        padding=(0, 1, 0, 0),
    )  # fmt: skip
    table.add_column("\ntrial", overflow="fold")
    for header in ("minutes\na day", "km\na day"):
        table.add_column(header, justify="right", no_wrap=True)
    pers = ("step", "minute", "km", "day")
    for joint in JOINTS:
        for per in pers:
            table.add_column(f"{joint}\nper {per}", justify="right", no_wrap=True)
    for dose in doses:
        loads = [_shown(dose.load(joint, per), 2 if per == "step" else 0) for joint in JOINTS for per in pers]
        table.add_row(Text(dose.row.trial), f"{dose.minutes:g}", _shown(dose.distance, 2), *loads)
    console.print(table)
    for line in _verdicts(doses):
        console.print(Text(line))
    console.print(
        Text(
            "The side whose knee takes more; per step of either foot. Kneecap: patellofemoral, "
            "by the closed form. A sum says how much load there was, not what it does to a joint.",
            style="dim",
        )
    )


def _verdicts(doses: Sequence[Dose]) -> Iterator[str]:
    """Retro against forward in pairs of equal minutes, speed and incline, for each way to count."""
    pairs = [
        (forward, retro)
        for forward in doses
        for retro in doses
        if (forward.row.direction, retro.row.direction) == ("forward", "retro")
        and (forward.minutes, forward.row.speed, forward.row.incline)
        == (retro.minutes, retro.row.speed, retro.row.incline)
        and forward.row.labels.get("case") == retro.row.labels.get("case")
    ]
    for joint in JOINTS:
        told = []
        for per, words in (("day", "per day (and km)"), ("step", "per step")):
            ratios = sorted(retro.load(joint, per) / forward.load(joint, per) for forward, retro in pairs)
            if ratios and math.isfinite(sum(ratios)):
                low, high = f"{ratios[0]:.2f}", f"{ratios[-1]:.2f}"
                told.append(f"{low if low == high else f'{low} to {high}'} times {words}")
        if told:
            yield (
                f"Retro against forward, {many(len(pairs), 'pair')} of equal minutes, "
                f"speed and incline: {joint} {', '.join(told)}."
            )


def _shown(value: float, decimals: int) -> str:
    return answer(value, f".{decimals}f")
