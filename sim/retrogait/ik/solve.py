"""All frames of a fit: where each chunk of them starts, then the chunks in parallel."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.ik.problem import Flags, Problem, make_variables, root_coordinates
from retrogait.kernels.inverse_kinematics import SOLVED, Fit, Goal, new_fit, new_space, solve_frames
from retrogait.kernels.markers import Variables
from retrogait.model import Angle

CHUNK = 32
"""Frames that are solved one from another. Where a chunk starts is found beforehand, chunk after chunk, so
the answer does not depend on how many threads share the chunks."""
JUMP = 9.0
"""Where a chunk's first frame costs so many times what the one before did, it is also fitted from scratch."""
RIGID = 3
"""Markers that fix a body's place, unless they stand in line."""
IN_LINE = 0.02
"""Spread [m] across a line below which markers do not tell a turn about it."""
QUARTERS = (0.0, 0.5 * np.pi, np.pi, -0.5 * np.pi)


def solve(problem: Problem, threads: int | None = None) -> Fit:
    """Solve every frame of a problem: first one of each chunk, then the chunks in parallel."""
    count: object = threads
    if count is not None and not (isinstance(count, int) and count >= 1):
        raise ConfigError(f"threads is {threads!r}, expected a whole number from 1 on")
    frames = problem.held.shape[0]
    fit = new_fit(frames, problem.held.shape[1], problem.sites.link.size)
    fit.q[:] = problem.held
    edges = [*range(0, frames, CHUNK), frames]
    _find_starts(problem, fit, edges)
    workers = min(threads or os.cpu_count() or 1, len(edges) - 1)
    if workers == 1:
        _run_chunks(problem, fit, edges)
        return fit
    cuts = [(len(edges) - 1) * i // workers for i in range(workers + 1)]
    with ThreadPoolExecutor(workers) as pool:
        spans = [pool.submit(_run_chunks, problem, fit, edges[a : b + 1]) for a, b in pairwise(cuts)]
    for span in spans:
        span.result()
    return fit


def _run_chunks(problem: Problem, fit: Fit, edges: list[int]) -> None:
    model = problem.model
    space = new_space(model.tree, problem.sites, problem.variables)
    for first, last in pairwise(edges):
        solve_frames(
            model.tree, model.functions, problem.sites, problem.variables, problem.goal,
            fit, space, first, last,
        )  # fmt: skip


def _find_starts(problem: Problem, fit: Fit, edges: list[int]) -> None:
    """Write into the first row of every chunk from where its frames are solved."""
    rows = problem.variables.coordinate
    seen = _visible(problem)
    before = None
    for first, last in pairwise(edges):
        shown = first + np.flatnonzero(seen[first:last])
        if not shown.size:
            continue
        frame = int(shown[0])
        best = None if before is None else _solve_one(problem, frame, before.q[0])
        if best is None or before is None or best.status[0] != SOLVED or best.cost[0] > JUMP * before.cost[0]:
            fresh = _solve_one(problem, frame, _stand(problem, frame))
            if best is None or fresh.cost[0] < best.cost[0]:
                best = fresh
        fit.q[first, rows] = best.q[0, rows]
        before = best


def _solve_one(
    problem: Problem,
    frame: int,
    q: Floats,
    variables: Variables | None = None,
    goal: Goal | None = None,
) -> Fit:
    """Solve one frame from the coordinates ``q``, perhaps with fewer variables or another goal."""
    model = problem.model
    variables = variables or problem.variables
    goal = goal or problem.goal
    one = Goal(goal.observed[frame : frame + 1], goal.weight, goal.target[frame : frame + 1], goal.pull)
    fit = new_fit(1, q.size, problem.sites.link.size)
    fit.q[0] = problem.held[frame]
    fit.q[0, problem.variables.coordinate] = q[problem.variables.coordinate]
    space = new_space(model.tree, problem.sites, variables)
    solve_frames(model.tree, model.functions, problem.sites, variables, one, fit, space, 0, 1)
    return fit


def _stand(problem: Problem, frame: int) -> Floats:
    """The default pose, turned and moved so that the first body's markers fit, whatever the heading.

    A fit of six variables from far away may end in another minimum, so it starts from every quarter turn
    about every axis; of equal ones the least turned is taken.
    """
    model, variables = problem.model, problem.variables
    q: Floats = problem.held[frame]
    at_root = root_coordinates(model)
    free = np.zeros(q.size, np.bool_)
    free[variables.coordinate] = at_root[variables.coordinate]
    if not free.any():
        return q
    endless = np.full(q.size, np.inf)
    few = make_variables(model, free, -endless, endless)
    goal = problem.goal._replace(weight=_root_weight(problem, frame), pull=np.zeros(q.size))
    turning = [c for c in np.flatnonzero(free).tolist() if model.rotational[c] == Angle.PLAIN]
    best, best_key = q, (np.inf, np.inf)
    for axis in turning or [-1]:
        for quarter in QUARTERS if turning else (0.0,):
            guess = q.copy()
            if axis >= 0:
                guess[axis] += quarter
            fit = _solve_one(problem, frame, guess, few, goal)
            found = fit.q[0].copy()
            found[turning] = np.remainder(found[turning] + np.pi, 2.0 * np.pi) - np.pi
            key = (round(float(np.sqrt(2.0 * fit.cost[0])), 6), float(np.abs(found - q)[turning].sum()))
            if key < best_key:
                best, best_key = found, key
    return best


def _root_weight(problem: Problem, frame: int) -> Floats:
    """Weights with only the markers of the first moving body, or all where those do not fix its place."""
    model = problem.model
    weight: Floats = problem.goal.weight
    seen = ~np.isnan(problem.goal.observed[frame, :, 0])
    roots = np.flatnonzero((model.tree.parent == 0) & (np.diff(problem.variables.twist_first) > 0))
    here = seen & (weight > 0.0) & np.isin(problem.sites.link, roots[:1])
    if np.count_nonzero(here) >= RIGID:
        place = problem.sites.location[here]
        spread = np.linalg.svd(place - place.mean(axis=0), compute_uv=False)
        if spread[1] > IN_LINE:
            return np.where(here, weight, 0.0)
    return weight


def _visible(problem: Problem) -> Flags:
    """Frames with at least one marker that counts."""
    shown = ~np.isnan(problem.goal.observed[:, :, 0]) & (problem.goal.weight > 0.0)
    return np.asarray(shown.any(axis=1))
