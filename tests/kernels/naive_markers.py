"""Slow and obvious twin of the fit to markers: matrices, finite differences, `scipy.optimize`."""

import numpy as np
from scipy.optimize import least_squares

from tests.kernels import naive

STEP = 1e-6  # rad or m; the central difference is then exact to about 1e-10


def places(tree, functions, sites, q):
    """Markers (marker, 3) of a pose, coupled coordinates put where they belong."""
    still = np.zeros_like(q)
    q = np.asarray(naive.couple(tree, functions, q, still, still)[0])
    jets = naive.transforms(tree, functions, q, still, still)
    return np.array(
        [(jets[link][0] @ [*place, 1.0])[:3] for link, place in zip(sites.link, sites.location, strict=True)]
    )


def jacobian(tree, functions, sites, variables, q):
    """Markers' derivatives (marker, 3, variable) by central differences."""
    columns = []
    for coordinate in variables.coordinate:
        ahead, behind = q.copy(), q.copy()
        ahead[coordinate] += STEP
        behind[coordinate] -= STEP
        difference = places(tree, functions, sites, ahead) - places(tree, functions, sites, behind)
        columns.append(difference / (2.0 * STEP))
    return np.moveaxis(np.array(columns), 0, -1)


def residual(tree, functions, sites, variables, observed, weight, q, x):
    """Square root of every term of the cost, whose half square sum is F."""
    q = q.copy()
    q[variables.coordinate] = x
    share = np.sqrt(weight / weight.sum())
    return (share[:, None] * (places(tree, functions, sites, q) - observed)).ravel()


def fit(tree, functions, sites, variables, observed, weight, q):
    """Variables at the minimum, from those in ``q``."""
    x = np.clip(q[variables.coordinate], variables.lower + 1e-9, variables.upper - 1e-9)
    found = least_squares(
        lambda x: residual(tree, functions, sites, variables, observed, weight, q, x),
        x, bounds=(variables.lower, variables.upper), xtol=1e-10, ftol=1e-12, gtol=1e-12, max_nfev=60,
    )  # fmt: skip
    return found.x, found.cost
