"""Made-up walks and a made-up file of claims, small enough to check by hand."""

import textwrap

from retrogait.claims.walks import Part, Reading, Walks
from retrogait.published import Condition

SPAN = (0.9, 1.1)
"""Ends of the made-up sensitivity, as shares of the plain peak."""

HEAD = """
[speeds]
matched = [0.8, 1.2]
forward = 1.2
retro = 0.8
source = "made up"
undecided = 0.05

[article.S0]
title = "Made up"

[weakness.knee]
text = "the knee is too stiff"
measure = "knee_range"
direction = "retro"
speed = 0.8
published = "60 deg in people"
"""

CLAIM = """
[[claim]]
id = "K01"
text = "Backwards is easier."
articles = ["S0"]
touches = ["knee"]
literature = { verdict = "contradicted", words = "It is not.", rows = ["A01"] }
"""

TEST = """
[[claim.test]]
quantity = "tibiofemoral_peak"
about = "peak lower"
expect = "lower"
"""

PROTOCOL = """
[[protocol]]
id = "P1"
text = "Ten minutes."
articles = ["S0"]
literature = { verdict = "no data", words = "Nothing." }
bout = [{ direction = "retro", speed = 0.8, minutes = 10 }]
"""


def written(folder, *parts):
    """Write a file of claims."""
    path = folder / "claims.toml"
    path.write_text(textwrap.dedent("\n".join(parts)), "utf-8")
    return path


def walk(direction, speed, incline=0.0, *, spans=None, **measures):
    """One stored walk."""
    condition = Condition(direction, speed, incline)
    known = {"tibiofemoral_peak": SPAN} if spans is None else spans
    return Reading(condition, measures, known, (Part(f"walks/{direction}_{speed}_{incline:g}.h5", 1.0),))


def pairs_of(measure, *, spans=None, **values):
    """Walks from ``forward=(at 0.8, at 1.2)`` and ``retro=(at 0.8, at 1.2)`` of one measure."""
    return Walks(
        walk(direction, speed, spans=spans, **{measure: value})
        for direction, both in values.items()
        for speed, value in zip((0.8, 1.2), both, strict=True)
    )
