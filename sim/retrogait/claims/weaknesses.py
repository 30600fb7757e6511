"""What the predictions are known to do wrong, each with the number that the bundled walks have now."""

import math
from dataclasses import dataclass

from retrogait.claims.expression import parse
from retrogait.claims.table import Book
from retrogait.claims.walks import Part, Walks
from retrogait.published import Condition


@dataclass(frozen=True, slots=True)
class Weakness:
    """A known weakness.

    Attributes
    ----------
    id, text
        As the file has it.
    published
        What people do there.
    condition, value, unit, parts
        What the walks do there; None, NaN and nothing where the weakness is not about a number.
    """

    id: str
    text: str
    published: str
    condition: Condition | None
    value: float
    unit: str
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        """One line: what is wrong, the number of the walks, and that of people."""
        if self.condition is None or not math.isfinite(self.value):
            return self.text
        here = f"{self.value:.3g} {self.unit} here ({self.condition})"
        return f"{self.text}: {here}" + (f", {self.published}" if self.published else "")


def weaknesses(book: Book, walks: Walks) -> dict[str, Weakness]:
    """Every weakness of a file of claims, by id."""
    found = {}
    for name, table in book.weakness.items():
        condition, value, unit = None, math.nan, ""
        parts: tuple[Part, ...] = ()
        if table.measure:
            condition = Condition(table.direction, table.speed, table.incline)
            reading = walks.at(condition)
            expression = parse(table.measure)
            unit = expression.unit
            if reading is not None:
                value, parts = expression.of(reading.measures), reading.parts
        found[name] = Weakness(name, table.text, table.published, condition, value, unit, parts)
    return found
