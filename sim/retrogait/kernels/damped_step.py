"""One step of Levenberg and Marquardt's method within bounds, factored along the branches of a tree.

A variable at its bound that would go further is held for the step (Bertsekas 1982); the rest are solved for
leaves first, so that nothing fills in (Featherstone 2008, chapter 8).
"""

import math

from retrogait._jit import kernel
from retrogait.arrays import Floats

RIDGE = 1e-8
"""Added to the diagonal, so that what no marker sees stays where it is. It shortens steps, not the answer:
the least that markers tell, a forearm's turn from a wrist, weighs a hundred times more."""
FLOOR = 1e-6
"""Damped beside its own diagonal, so that a variable whose markers stand still for a moment does not leap."""


@kernel
def damped_step(
    x: Floats, lower: Floats, upper: Floats, slope: Floats, H: Floats, damping: float, L: Floats,
    hold: Floats, step: Floats,
) -> bool:  # fmt: skip
    """Levenberg-Marquardt step within bounds; False where the matrix is not positive.

    A variable that the step would carry over its bound goes to the bound instead, and the others are solved
    again with that, or they would follow a move that never happens.

    Parameters
    ----------
    x, lower, upper : (variable,) where it starts, and its bounds
    slope : (variable,) of the cost
    H     : (variable, variable) Gauss-Newton matrix, lower triangle
    L     : (variable, variable) room for its factor
    hold  : (variable,) move of a variable that is held, NaN of a free one; for the caller to read or forget
    step  : (variable,) the answer
    """
    n = x.shape[0]
    for i in range(n):
        g = slope[i]
        held = (x[i] <= lower[i] and g > 0.0) or (x[i] >= upper[i] and g < 0.0)
        hold[i] = 0.0 if held else math.nan
    crossing = True
    while crossing:  # each time round holds one variable more
        if not solve_free(slope, H, damping, L, hold, step):
            return False
        crossing = False
        for i in range(n):
            if math.isnan(hold[i]):
                if x[i] + step[i] < lower[i]:
                    hold[i] = lower[i] - x[i]
                    crossing = True
                elif x[i] + step[i] > upper[i]:
                    hold[i] = upper[i] - x[i]
                    crossing = True
    return True


@kernel
def solve_free(slope: Floats, H: Floats, damping: float, L: Floats, hold: Floats, step: Floats) -> bool:
    """Solve the damped equations for the variables that ``hold`` leaves free; False where it cannot.

    Elimination runs from the last variable to the first: parents precede children, so nothing fills in.
    """
    n = step.shape[0]
    for i in range(n):
        step[i] = -slope[i]
    for i in range(n):
        for j in range(i):
            if math.isnan(hold[i]) and math.isnan(hold[j]):
                L[i, j] = H[i, j]
            else:
                L[i, j] = 0.0
                if math.isnan(hold[i]):
                    step[i] -= H[i, j] * hold[j]
                elif math.isnan(hold[j]):
                    step[j] -= H[i, j] * hold[i]
        L[i, i] = H[i, i] + damping * (H[i, i] + FLOOR) + RIDGE if math.isnan(hold[i]) else 1.0
    for i in range(n):
        if not math.isnan(hold[i]):
            step[i] = hold[i]
    for k in range(n - 1, -1, -1):
        if not L[k, k] > 0.0:
            return False
        L[k, k] = math.sqrt(L[k, k])
        for i in range(k):
            L[k, i] /= L[k, k]
        for i in range(k):
            a = L[k, i]
            if a != 0.0:
                for j in range(i + 1):
                    L[i, j] -= a * L[k, j]
    for k in range(n - 1, -1, -1):
        step[k] /= L[k, k]
        for i in range(k):
            step[i] -= L[k, i] * step[k]
    for k in range(n):
        for i in range(k):
            step[k] -= L[k, i] * step[i]
        step[k] /= L[k, k]
    return True
