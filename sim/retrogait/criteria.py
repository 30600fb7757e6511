"""The two named criteria by which muscles share a load, and why there are two.

Static optimisation has to say what a body minimises, and nobody knows. `plain` is the sum of activations to
the power of the exponent. `weighted` makes the biarticular flexors of the knee dear, because with `plain` the
gastrocnemius works against the rectus femoris in late stance, which instrumented knees do not show. Every
analysis is shared by both, and the gap between them is the least that is not known of a tibiofemoral force.
"""

import re
from types import MappingProxyType

import numpy as np

from retrogait.arrays import Floats
from retrogait.model import Model

CRITERIA = ("plain", "weighted")
"""Names of the criteria, in the order of every result."""

CUSTOM = "custom"
"""Criterion of an analysis with weights of its own."""

GASTROCNEMIUS = re.compile(r"(^|_)((med|lat)_?)?gas", re.I)
HAMSTRINGS = re.compile(r"(^|_)(ham|semi_?(mem|ten)|b(i(ceps)?)?_?f(em(oris)?)?_?(lh|long))", re.I)
"""How public models call them. The short head of the biceps femoris does not cross the hip: no hamstring."""

DEAR = MappingProxyType({"gastrocnemius": (GASTROCNEMIUS, 7.0), "hamstrings": (HAMSTRINGS, 3.0)})
"""Groups that `weighted` makes dear: name of the muscles and weight in the cost, 1 for all others [1]."""

SOURCE = (
    "weighted static optimisation is published practice (Lerner et al. 2014, doi 10.1123/jab.2012-0206); the "
    "weights 7 for the gastrocnemius and 3 for the hamstrings were not verified in print and are taken as "
    "tuned on instrumented knees, so agreement with one is partly circular"
)
"""What a reader of `weighted` must know."""


def lacking(model: Model) -> tuple[str, ...]:
    """Groups of `DEAR` that the model has no muscle of; with one of them missing `weighted` means nothing."""
    return tuple(
        group
        for group, (called, _) in DEAR.items()
        if not any(called.search(name) for name in model.muscle_names)
    )


def cost_of(criterion: str, model: Model) -> Floats:
    """(muscle,) weight of every muscle in the cost of a named criterion [1]."""
    cost = np.ones(len(model.muscle_names))
    if criterion == "weighted":
        for called, weight in DEAR.values():
            cost[[row for row, name in enumerate(model.muscle_names) if called.search(name)]] = weight
    return cost
