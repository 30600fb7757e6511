"""Numbers in tables to read, and what stands where there is none."""

import math

NO_ANSWER = "–"
"""What a table shows where there is no number."""


def answer(value: float, form: str) -> str:
    """Write a number in a format such as ``.3g``; a dash for NaN and infinity."""
    return format(value, form) if math.isfinite(value) else NO_ANSWER
