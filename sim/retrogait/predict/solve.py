"""One call of the solver: a problem, a condition and a start in, a gait that satisfies the equations out."""

import time
from typing import Any, NamedTuple

import casadi as ca
import numpy as np

from retrogait.arrays import Floats
from retrogait.predict.problem import Problem

_BASE: dict[str, Any] = {
    "print_time": False, "no_nlp_grad": True, "calc_lam_p": False,
    "ipopt.print_level": 0, "ipopt.sb": "yes", "ipopt.linear_solver": "mumps",
    "ipopt.nlp_scaling_method": "none",  # variables and residuals are scaled where they are made
    # METIS finds an order with a third of the operations of the automatic one; scaling again only costs time
    "ipopt.mumps_pivot_order": 5, "ipopt.mumps_permuting_scaling": 0, "ipopt.mumps_scaling": 0,
    "ipopt.min_refinement_steps": 0,  # a step is solved again only where its residual is too large
    "ipopt.tol": 1e-4, "ipopt.dual_inf_tol": 1e-2, "ipopt.constr_viol_tol": 1e-6, "ipopt.compl_inf_tol": 1e-3,
    "ipopt.acceptable_tol": 1e-3, "ipopt.acceptable_constr_viol_tol": 1e-6,
    "ipopt.acceptable_dual_inf_tol": 10.0, "ipopt.acceptable_iter": 12,
}  # fmt: skip

NEAR = {
    "ipopt.mu_strategy": "monotone", "ipopt.mu_init": 1e-4, "ipopt.bound_push": 1e-4,
    "ipopt.bound_frac": 1e-4, "ipopt.slack_bound_push": 1e-4, "ipopt.slack_bound_frac": 1e-4,
    "ipopt.constr_mult_init_max": 0.0,
}  # fmt: skip
"""From a neighbouring gait: a small barrier keeps it in its basin, where the adaptive one leaves it.
Multipliers start at zero, because the least-squares ones of another condition's gait cost some twenty
crawling iterations."""

WIDE = NEAR | {"ipopt.mu_init": 1e-2, "ipopt.bound_mult_init_method": "mu-based"}
"""The same with a wider barrier: half of the time it ends in another minimum, so it is worth a second try."""

FAR = {"ipopt.mu_strategy": "adaptive"}
"""From a rough guess."""


class Solution(NamedTuple):
    """What the solver returned.

    Attributes
    ----------
    x          : (variable,) of the problem
    parameters : (parameter,) of the blocks
    speed      : signed [m/s]
    objective  : cost per distance
    solved     : whether IPOPT says so; a gait has to pass gates besides
    status     : IPOPT's own words
    iterations : of IPOPT
    seconds    : wall time [s]
    """

    x: Floats
    parameters: Floats
    speed: float
    objective: float
    solved: bool
    status: str
    iterations: int
    seconds: float


class Bounds(NamedTuple):
    """Of variables: (variable,) each, scaled."""

    lower: Floats
    upper: Floats


def bounds(problem: Problem, duration: tuple[float, float], least_activation: float = 0.01) -> Bounds:
    """Limits of the variables: wide for the motion, physical for muscles."""
    blocks = problem.blocks
    layout, figure = blocks.layout, blocks.figure
    low, high = np.full(layout.size, -np.inf), np.full(layout.size, np.inf)
    limits = {"pelvis_tilt": (-0.6, 0.6), "pelvis_tx": (-2.0, 2.0), "pelvis_ty": (0.6, 1.2)}
    for joint in figure.table.joint:
        for side in "rl":
            limits[f"{joint.coordinate}_{side}"] = (np.radians(joint.range[0]), np.radians(joint.range[1]))
    for row, name in enumerate(figure.coordinates):
        low[row], high[row] = limits[name]
    low[layout.v], high[layout.v] = -4.0, 4.0
    low[layout.a], high[layout.a] = -8.0, 8.0
    low[layout.ground], high[layout.ground] = -0.1, 5.0
    low[layout.activation], high[layout.activation] = least_activation, 1.0
    low[layout.tendon], high[layout.tendon] = 0.0, 2.0
    low[layout.tendon_rate], high[layout.tendon_rate] = -5.0, 5.0
    scale = np.ones(layout.size)
    scale[layout.q] = layout.scale[layout.q]
    lower, upper = np.tile(low / scale, problem.nodes), np.tile(high / scale, problem.nodes)
    lower[1] = upper[1] = 0.0  # the step starts here
    return Bounds(np.append(lower, duration[0]), np.append(upper, duration[1]))


class Solver:
    """IPOPT on one problem; solver objects are kept, for making one takes longer than a warm solution."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._made: dict[str, ca.Function] = {}

    def __call__(
        self,
        start: Floats,
        parameters: Floats,
        speed: float,
        *,
        options: dict[str, Any] | None = None,
        limits: Bounds | None = None,
        track: float = 0.0,
        iterations: int = 300,
        patience: float = 30.0,
    ) -> Solution:
        """Solve from a start.

        Parameters
        ----------
        start      : (variable,) initial guess, which is also what is tracked
        parameters : (parameter,) of the blocks
        speed      : signed [m/s]
        options    : `NEAR` by default, or `FAR`
        track      : weight of staying at the start's coordinates [1/rad2]
        iterations, patience : when to give up; patience in s
        """
        problem = self.problem
        limits = limits or bounds(problem, (0.3, 1.2))
        n = problem.blocks.layout.q.stop
        reference = start[:-1].reshape(problem.nodes, -1)[:, [0, *range(2, n)]].ravel()
        p = np.concatenate([parameters, [speed, track], reference])
        chosen = dict(NEAR if options is None else options)
        chosen |= {"ipopt.max_iter": iterations, "ipopt.max_wall_time": patience}
        begun = time.perf_counter()
        solver = self._solver(chosen)
        answer = solver(
            x0=np.clip(start, limits.lower, limits.upper), p=p, lbx=limits.lower, ubx=limits.upper,
            lbg=problem.lower, ubg=problem.upper,
        )  # fmt: skip
        stats = solver.stats()
        return Solution(
            np.array(answer["x"]).ravel(), parameters, speed, float(answer["f"]), bool(stats["success"]),
            str(stats["return_status"]), int(stats["iter_count"]), time.perf_counter() - begun,
        )  # fmt: skip

    def _solver(self, options: dict[str, Any]) -> ca.Function:
        key = repr(sorted(options.items()))
        if key not in self._made:
            functions = self.problem.functions
            derivatives = {name: functions[name] for name in ("grad_f", "jac_g", "hess_lag")}
            self._made[key] = ca.nlpsol("gait", "ipopt", functions["nlp"], _BASE | derivatives | options)
        return self._made[key]
