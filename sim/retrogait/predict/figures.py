"""Figures that tell how good a predicted gait is as a solution."""

from importlib.metadata import version
from typing import Any

import numpy as np

from retrogait.predict.energy import cost_of_transport
from retrogait.predict.figure import ROOT, Figure
from retrogait.predict.found import NODES, Found
from retrogait.predict.gait import Gait
from retrogait.predict.gates import weight_error, work_error


def figures_of(figure: Figure, found: Found, gait: Gait) -> dict[str, Any]:
    """Solver, balances, and agreement of the core's inverse dynamics with the predictor.

    Returns
    -------
    dict
        Plain numbers and words, with units in the keys.
    """
    condition = found.condition
    costs = cost_of_transport(figure, found.stride, condition.speed, found.choices.strengths(figure))
    return {
        "objective": round(found.objective, 6),
        "iterations": found.iterations,
        "seconds": round(found.seconds, 3),
        "tries": found.tries,
        "start": found.start,
        "nodes": NODES,
        "step_duration_s": round(found.duration, 6),
        "weight_error_BW": round(weight_error(figure, found.stride, condition), 7),
        "work_error_J": round(work_error(figure, found.stride, condition), 6),
        "moment_error_N_m": round(moment_error(figure, found, gait), 6),
        "cost_of_transport_J_per_kg_m": {name: round(value, 4) for name, value in costs.items()},
        "weights": found.choices.weights.digest,
        "tendon": found.choices.tendon,
        "solver": f"IPOPT with MUMPS in casadi {version('casadi')}",
    }


def moment_error(figure: Figure, found: Found, gait: Gait) -> float:
    """Largest root mean square over hip, knee and ankle of core less predictor [N m].

    The core reads the trial as files give it, fits its own splines and knows nothing of the predictor. Toes
    are left out: the files give one force per foot, as a plate does, and so cannot tell what toes carry.
    """
    result = gait.result
    errors = []
    for row, name in enumerate(figure.coordinates[len(ROOT) :], start=len(ROOT)):
        if name.startswith("mtp"):
            continue
        core = result["generalized_force"].sel(coordinate=name).values
        errors.append(float(np.sqrt(np.mean((core - found.stride.moment[:, row]) ** 2))))
    return max(errors)
