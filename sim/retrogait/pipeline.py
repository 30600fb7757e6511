"""One trial: model and motion in, joint loads and muscle activations out. The method in one page."""

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import xarray as xr

from retrogait.arrays import Floats, Ints
from retrogait.criteria import cost_of
from retrogait.dataset import assemble
from retrogait.errors import ConfigError, MotionError
from retrogait.gait.fit import fit_motion
from retrogait.gait.heading import facing_of
from retrogait.gait.prepare import Preparation
from retrogait.gait.trial import Trial
from retrogait.kernels.frames import solve_frames
from retrogait.kernels.plan import Answer, Body, Motion, Plan, new_answer, new_work
from retrogait.kernels.status import Physics
from retrogait.model import Model
from retrogait.residuals import Reduction, reduce_residuals, reduction_notes
from retrogait.settings import DEFAULT_RESERVE, Settings

CHUNK = 64
"""Frames that one thread solves in a row: long enough to profit from the frame before, short enough that a
single stride keeps two threads busy. Independent of the number of threads, as every digit must be."""


def analyze(
    model: Model,
    trial: Trial,
    *,
    physics: Literal["default", "opensim"] = "default",
    exponent: Literal[2, 3] = 2,
    sharing: Literal["auto", "plain", "weighted"] = "auto",
    tendon: Literal["rigid", "compliant"] = "rigid",
    passive: bool | None = None,
    cutoff: float | Literal["auto"] | None = "auto",
    filter_forces: bool = True,
    couplers: Literal["recomputed", "read"] = "recomputed",
    reserve: float = DEFAULT_RESERVE,
    reserves: Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
    strength: Mapping[str, float] | None = None,
    unshared: Sequence[str] | None = None,
    minimum_activation: float | None = None,
    body_mass: float | None = None,
    contact_points: tuple[float, float] | None = None,
    residual_reduction: bool = False,
    threads: int | None = None,
) -> xr.Dataset:
    """Joint loads, muscle forces and knee loads of one trial.

    Parameters
    ----------
    model, trial : from `load_model` and `load_trial`
    physics, exponent, sharing, tendon, passive, cutoff, filter_forces, couplers, reserve, reserves,
    weights, strength, unshared, minimum_activation, body_mass, contact_points, residual_reduction : see
    `retrogait.settings.Settings`
    threads : how many to use, by default all; the answer is the same to the last digit

    Returns
    -------
    xarray.Dataset
        Every variable of `retrogait.quantities.VARIABLES`, with units and one sentence each.

    Raises
    ------
    ConfigError
        A choice is outside its bounds or names what the model does not have.
    MotionError
        The trial does not fit the model.
    """
    settings = Settings(
        physics=physics,
        exponent=exponent,
        sharing=sharing,
        tendon=tendon,
        passive=False if passive is None else passive,
        cutoff=cutoff,
        filter_forces=filter_forces,
        couplers=couplers,
        reserve=reserve,
        reserves=reserves or {},
        weights=weights or {},
        strength=strength or {},
        unshared=unshared,
        minimum_activation=minimum_activation,
        body_mass=body_mass,
        contact_points=contact_points,
        residual_reduction=residual_reduction,
    )
    body, plan, motion, notes = prepare(model, trial, settings)
    if settings.residual_reduction:
        recorded = new_answer(motion.time.size, body, plan)
        solve(body, plan, motion, recorded, threads)
        reduction = reduce_residuals(model, motion, body.tree)
        adjusted = adjusted_model(model, reduction)
        body, motion = body._replace(tree=reduction.tree), reduction.motion
        result = _analyze(adjusted, trial, settings, body, plan, motion, notes, threads)
        return tell_reduction(result, model, reduction, recorded)
    return _analyze(model, trial, settings, body, plan, motion, notes, threads)


def _analyze(
    model: Model,
    trial: Trial,
    settings: Settings,
    body: Body,
    plan: Plan,
    motion: Motion,
    notes: list[str],
    threads: int | None,
) -> xr.Dataset:
    answer = new_answer(motion.time.size, body, plan)
    solve(body, plan, motion, answer, threads)
    others = share_otherwise(model, trial, settings, body, plan, motion, threads)
    return assemble(settings.strengthened(model), trial, settings, motion, answer, plan, notes, others)


def adjusted_model(model: Model, reduction: Reduction) -> Model:
    """Model with the masses and the trunk that a reduction of residuals gave it."""
    tree = model.tree._replace(
        mass=reduction.tree.mass, inertia=reduction.tree.inertia, com=reduction.tree.com
    )
    return replace(model, tree=tree)


def tell_reduction(result: xr.Dataset, model: Model, reduction: Reduction, recorded: Answer) -> xr.Dataset:
    """Write into a result what the reduction of residuals changed, the knee's loads among it.

    Parameters
    ----------
    result : of the reduced trial
    model, recorded : as they were

    Returns
    -------
    xarray.Dataset
        With the attribute ``residual_reduction`` (JSON; SI units) and remarks.
    """
    told = reduction.describe()
    told["mass_before"], told["mass_after"] = model.mass, float(reduction.tree.mass.sum())
    told["tibiofemoral_peak"] = {}
    for row, knee in enumerate(model.knees):
        before = np.linalg.norm(recorded.reaction[:, knee.link, :3], axis=1)
        after = np.linalg.norm(result["tibiofemoral_force"].to_numpy()[:, row], axis=1)
        if np.isfinite(before).any() and np.isfinite(after).any():
            told["tibiofemoral_peak"][knee.side] = [float(np.nanmax(before)), float(np.nanmax(after))]
    notes = [*result.attrs["notes"], *reduction_notes(told)]
    return result.assign_attrs(residual_reduction=json.dumps(told), notes=notes)


def check(model: Model, trial: Trial, **choices: Any) -> list[str]:  # noqa: ANN401
    """Do all of `analyze` that can refuse its input, but solve nothing.

    Parameters
    ----------
    choices : as `analyze`

    Returns
    -------
    list of str
        Remarks that the motion itself gives rise to.

    Raises
    ------
    ConfigError, MotionError
        As `analyze`.
    """
    given = {key: value for key, value in choices.items() if value is not None or key == "cutoff"}
    settings = Settings(**given)
    _, _, _, notes = prepare(model, trial, settings)
    return [*notes, *settings.notes()]


def share_otherwise(
    model: Model,
    trial: Trial,
    settings: Settings,
    body: Body,
    plan: Plan,
    motion: Motion,
    threads: int | None = None,
) -> dict[str, Answer]:
    """Answers by the named criteria that are not the one in force, by name: all frames are solved again."""
    others = {}
    for criterion in settings.beside(model, trial.origin):
        answer = new_answer(motion.time.size, body, plan)
        solve(body, plan._replace(cost=cost_of(criterion, model)), motion, answer, threads)
        others[criterion] = answer
    return others


def solve(body: Body, plan: Plan, motion: Motion, answer: Answer, threads: int | None = None) -> None:
    """Run `solve_frames` over the whole trial, spans of frames on several threads.

    Parameters
    ----------
    threads : how many; None takes all processors

    Raises
    ------
    ConfigError
        ``threads`` is not positive.
    """
    count: object = threads
    if count is not None and not (isinstance(count, int) and count >= 1):
        raise ConfigError(f"threads is {threads!r}, expected a whole number from 1 on")
    frames = motion.time.size
    chunk = frames if plan.compliant[0] else CHUNK
    chunks = -(-frames // chunk)
    workers = min(threads or os.cpu_count() or 1, chunks)
    if workers == 1:
        solve_frames(body, plan, motion, answer, new_work(body, plan), 0, frames, chunk)
        return
    edges = [min(chunk * (chunks * i // workers), frames) for i in range(workers + 1)]
    with ThreadPoolExecutor(workers) as pool:
        spans = [
            pool.submit(solve_frames, body, plan, motion, answer, new_work(body, plan), first, last, chunk)
            for first, last in pairwise(edges)
        ]
    for span in spans:
        span.result()


def prepare(model: Model, trial: Trial, settings: Settings) -> tuple[Body, Plan, Motion, list[str]]:
    """Everything that `solve_frames` needs, and remarks a user must see."""
    tree = model.tree
    if settings.parity:
        tree = tree._replace(rates=model.rates_opensim)
    method = "opensim" if settings.parity else "default"
    preparation = Preparation(
        method, settings.filter_cutoff, trial.spline, settings.filter_forces, settings.couplers
    )
    motion, notes = fit_motion(model, trial, preparation)
    if trial.axes == "surface":
        tree = tree._replace(gravity=tilted_gravity(model, motion, trial))
    body = Body(tree, model.functions, model.paths, settings.strengthened(model).muscles)
    return body, make_plan(model, settings, trial.origin), motion, notes


def tilted_gravity(model: Model, motion: Motion, trial: Trial) -> Floats:
    """Gravity in axes that stand on the inclined surface [m/s2].

    The person faces along X of the body that hangs from ground (the pelvis), averaged over the trial and
    taken level; forward travel goes that way, retro travel the other. Uphill travel has a part of the weight
    against it.
    """
    size = float(np.linalg.norm(model.tree.gravity))
    if size == 0.0:
        raise ConfigError(f"{model.file}: has no gravity, so axes = 'surface' has nothing to tilt")
    facing = facing_of(model, motion)
    if not facing.any():
        raise MotionError(
            f"{trial.name}: the pelvis faces straight up or down, so nobody can tell what is uphill"
        )
    travel = facing if trial.direction == "forward" else -facing
    up = -model.tree.gravity / size
    return np.asarray(-size * (np.sin(trial.incline) * travel + np.cos(trial.incline) * up))


def make_plan(model: Model, settings: Settings, origin: str = "recorded") -> Plan:
    """`Plan` for a trial of some origin: who balances what, at which price, within which bounds."""
    shared = settings.shared_coordinates(model)
    paths = model.paths
    row_of = np.full(len(model.coordinates), -1, np.int64)
    row_of[shared] = np.arange(len(shared))
    rows = row_of[paths.arm_coordinate]
    arms = np.flatnonzero(rows >= 0)
    lower = model.muscles.minimum_control if settings.parity else np.zeros(paths.first.size)
    if settings.minimum_activation is not None:
        lower = np.full(paths.first.size, settings.minimum_activation)
    upper = np.maximum(model.muscles.maximum_control if settings.parity else np.ones(lower.size), lower)
    everyone = range(paths.first.size)
    knee_first, knee_crossing, knee_muscle = _crossings(
        model, [(knee.link, everyone) for knee in model.knees]
    )
    patella_first, patella_crossing, patella_muscle = _crossings(
        model, [(knee.patella, knee.quadriceps) for knee in model.knees]
    )
    return Plan(
        physics=np.array([Physics.OPENSIM if settings.parity else Physics.DEFAULT], np.int64),
        exponent=np.array([settings.exponent], np.int64),
        compliant=np.array([settings.tendon == "compliant"], np.int64),
        passive=np.array([settings.passive], np.int64),
        shared=np.array(shared, np.int64),
        share_first=np.searchsorted(arms, paths.arm_first),
        share_arm=arms,
        share_row=rows[arms],
        reserve=settings.reserve_of(model, shared),
        cost=settings.muscle_cost(model, origin),
        lower=np.ascontiguousarray(lower),
        upper=np.ascontiguousarray(upper),
        knee_link=np.array([knee.link for knee in model.knees], np.int64),
        knee_first=knee_first,
        knee_crossing=knee_crossing,
        knee_muscle=knee_muscle,
        patella_first=patella_first,
        patella_crossing=patella_crossing,
        patella_muscle=patella_muscle,
        body_rotation=model.body_rotation,
    )


def _crossings(model: Model, wanted: list[tuple[int, Any]]) -> tuple[Ints, Ints, Ints]:
    """Rows of the muscles' chains at the wanted links: range per side, crossing, muscle."""
    paths = model.paths
    owner = np.repeat(np.arange(paths.first.size), np.diff(paths.chain_first))
    each = []
    for link, candidates in wanted:
        asked = np.zeros(paths.first.size, np.bool_)
        asked[list(candidates)] = True
        each.append(np.flatnonzero((paths.chain == link) & asked[owner]))
    crossings = np.concatenate([np.zeros(0, np.int64), *each])
    first = np.cumsum([0, *(rows.size for rows in each)])
    return first, crossings, owner[crossings]
