"""Forward against retro walking across people: what differs, by how much, and how surely.

The unit of inference is the person. Strides of one person are alike, so many strides of few people say much
about these people and little about others.

`compare_directions` reads the results of a study. `paired_curves` and `paired_values`, and their unpaired
counterparts, take arrays from anywhere.
"""

from retrogait.statistics.compare import compare_directions
from retrogait.statistics.curves import CurveTest, paired_curves, unpaired_curves
from retrogait.statistics.families import holm
from retrogait.statistics.values import ValueTest, paired_values, unpaired_values

__all__ = [
    "CurveTest",
    "ValueTest",
    "compare_directions",
    "holm",
    "paired_curves",
    "paired_values",
    "unpaired_curves",
    "unpaired_values",
]
