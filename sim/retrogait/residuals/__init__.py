"""Residual reduction, light: the least change of mass, trunk and motion that lets the ground forces carry it.

A person who stands on the ground is held by it alone, so the joint that hangs the model from ground should
carry nothing. What it does carry, the *residual*, is the disagreement of model, motion and force plates. Two
steps bring it down, each bounded and each told:

1. One factor of all masses and one level shift of the trunk's centre of mass, by least squares over all
   frames; OpenSim's RRA takes them from the mean residual.
2. A smooth correction of coordinates, quintic B-splines with a knot every `KNOT` seconds: of those that hang
   the model from ground, that carry the trunk and that move the legs. Its coefficients are bounded, and as
   the splines of a point sum to one, so is the correction. A foot that carries load resists being moved: its
   markers and its plate agree better than anybody knows the trunk. Of corrections that reach the target, the
   one that changes least is taken.

What reaches the target already is left alone, to the last digit.
"""

from retrogait.residuals.outcome import Bounds, Limits, Reduction, Size, reduction_notes
from retrogait.residuals.reduce import reduce_residuals

__all__ = ["Bounds", "Limits", "Reduction", "Size", "reduce_residuals", "reduction_notes"]
