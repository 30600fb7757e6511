"""What was published about walking, and how a measured stride stands against it."""

from retrogait.published.between import measures_between, rows_between
from retrogait.published.compare import (
    Comparison,
    Condition,
    Verdict,
    compare,
    unpublished,
)
from retrogait.published.rows import Row, Sign, Source, load_rows, load_signs
from retrogait.published.signs import Sense, SignTest, compare_signs

__all__ = [
    "Comparison",
    "Condition",
    "Row",
    "Sense",
    "Sign",
    "SignTest",
    "Source",
    "Verdict",
    "compare",
    "compare_signs",
    "load_rows",
    "load_signs",
    "measures_between",
    "rows_between",
    "unpublished",
]
