"""Least squares within bounds."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from retrogait.arrays import Floats

STEPS = 60  # of Newton; ten are usual
HALVINGS = 40  # of one step
DONE = 1e-10  # of the largest slope at the start: what rounding leaves


def least(curvature: Floats, slope: Floats) -> Floats:
    """Minimum of ``x.curvature.x / 2 + slope.x`` over all |x| <= 1.

    Newton's method projected onto the bounds (Bertsekas 1982, doi 10.1137/0320018): what stands at its bound
    and is pushed outwards is held, the others take Newton's step, cut at the bounds and halved until it pays.

    Parameters
    ----------
    curvature : (unknown, unknown) symmetric and positive definite
    slope     : (unknown,)
    """
    x = np.zeros(slope.size)
    push = slope
    for _ in range(STEPS):
        free = ~((x >= 1.0) & (push < 0.0) | (x <= -1.0) & (push > 0.0))
        if not np.abs(push[free]).max(initial=0.0) > DONE * np.abs(slope).max():
            break
        step = np.zeros(slope.size)
        step[free] = -cho_solve(cho_factor(curvature[np.ix_(free, free)]), push[free])
        for _ in range(HALVINGS):
            tried = np.clip(x + step, -1.0, 1.0)
            gone = tried - x
            if gone @ (push + 0.5 * curvature @ gone) < 0.0:
                break
            step *= 0.5
        else:
            break
        x = tried
        push = curvature @ x + slope
    return x
