"""What a result says about itself: settings, inputs, versions, and what a reader must know."""

import json
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from retrogait.antagonists import loop_force
from retrogait.arrays import Floats
from retrogait.criteria import SOURCE as CRITERIA_SOURCE
from retrogait.criteria import lacking
from retrogait.gait.heading import doubt_direction
from retrogait.gait.prepare import Preparation
from retrogait.gait.trial import Trial
from retrogait.io.provenance import record
from retrogait.kernels.model import Primitive
from retrogait.kernels.patellofemoral import CLOSED_FORM_SOURCE, CONTACT_AREA_SOURCE
from retrogait.kernels.plan import Answer, Motion, Plan
from retrogait.kernels.status import ADVICE, Status
from retrogait.model import Model
from retrogait.quantities import FORMAT, FORMAT_VERSION, GRAVITY, RETRO_TRANSITION
from retrogait.settings import Settings

RESIDUAL_LIMIT = 0.05
"""Residual force above this share of the largest ground force is worth a remark (Hicks et al. 2015,
doi 10.1115/1.4029304) [1]."""

RESERVE_LIMIT = 0.10
"""Reserve above this share of a coordinate's peak moment is worth a remark (OpenSim documentation,
checklist of "Simulation with OpenSim - Best Practices") [1]."""

RESERVE_FLOOR = 1.0
"""Reserves below this never are: toes and trunk have moments of that size [N m]."""

MOMENT_LIMIT = 75.0
"""Residual moment at the pelvis that OpenSim's checklist allows at the peak [N m]."""

LOOP_STEP = 0.5
"""A loop of rectus femoris and gastrocnemius that adds this is worth a remark, which rounds to it [BW]."""

SAME_MASS = 0.05
"""Masses that differ by less are written as one [kg]."""

MASS_LIMIT = 0.03
"""A model whose mass differs from what the plates carry by more than this is worth a remark [1]."""


def describe(
    model: Model,
    trial: Trial,
    settings: Settings,
    motion: Motion,
    answer: Answer,
    plan: Plan,
    notes: Sequence[str],
    by_criterion: Mapping[str, Answer] = MappingProxyType({}),
) -> dict[str, Any]:
    """Attributes of a result.

    Parameters
    ----------
    by_criterion : answers by sharing criterion, that in force among them

    Speed stands in m/s, incline in degrees, body mass in kg, body weight and residual in N; ``notes`` is a
    list of one-line remarks; ``versions``, ``input_digests``, ``provenance`` and ``loop_force_peak`` (body
    weights by sharing criterion, see `retrogait.antagonists`) are JSON.
    """
    mass = model.mass if settings.body_mass is None else settings.body_mass
    parity = settings.parity
    sharing = settings.criterion(model, trial.origin)
    preparation = Preparation(
        "opensim" if parity else "default", settings.filter_cutoff, trial.spline, settings.filter_forces
    )
    parameters = {
        "physics": settings.physics,
        "exponent": settings.exponent,
        "sharing": sharing,
        "tendon": settings.tendon,
        "passive": settings.passive,
        "cutoff": settings.filter_cutoff,
        "filter_forces": settings.filter_forces,
        "couplers": settings.couplers,
        "preparation": preparation.method,
        "spline": preparation.spline,
        "reserve": settings.reserve,
        "reserves": dict(settings.reserves),
        "weights": dict(settings.weights),
        "strength": dict(settings.strength),
        "minimum_activation": float(plan.lower.min(initial=0.0)),
        "contact_points": None if settings.contact_points is None else list(settings.contact_points),
        "shared_coordinates": [model.coordinates[c] for c in plan.shared],
        "start": trial.start,
        "end": trial.end,
        "axes": trial.axes,
    }
    if trial.cycle is not None:
        parameters["cycle"] = trial.cycle
    if trial.reversed:
        parameters["reversed"] = True
    if settings.residual_reduction:
        parameters["residual_reduction"] = True
    provenance = record(parameters, {model.file: model.digest} | trial.digests)
    software = {"retrogait": provenance["software"]["version"]}
    residual = _residual(model, answer)
    remarks = [*model.notes, *notes, *settings.notes(), *_judge(model, trial, motion, answer, plan, residual)]
    remarks += _lacks_criterion(model, settings)
    remarks += _divided_by(model, settings)
    loops = {name: _loop(model, motion, other, mass) for name, other in by_criterion.items()}
    remarks += [_explain_loop(name, force) for name, force in loops.items() if force >= LOOP_STEP]
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "trial": trial.name,
        "model": model.name,
        "model_file": model.file,
        "direction": trial.direction,
        "speed": trial.speed,
        "incline": math.degrees(trial.incline),
        "axes": trial.axes,
        "origin": trial.origin,
        **({"cycle": trial.cycle} if trial.cycle else {}),
        "body_mass": mass,
        "body_weight": mass * GRAVITY,
        "physics": settings.physics,
        "exponent": settings.exponent,
        "sharing": sharing,
        "sharing_source": CRITERIA_SOURCE,
        "loop_force_peak": json.dumps(loops),
        "tendon": settings.tendon,
        "passive": int(settings.passive),
        "preparation": preparation.describe(),
        "residual_force_peak": float(np.linalg.norm(residual, axis=1).max()),
        "patellofemoral_source": CLOSED_FORM_SOURCE,
        "contact_area_source": CONTACT_AREA_SOURCE,
        "versions": json.dumps(software | provenance["environment"]["libraries"]),
        "input_digests": json.dumps(provenance["inputs"]),
        "provenance": json.dumps(provenance, sort_keys=True),
        "notes": remarks,
    }


def _lacks_criterion(model: Model, settings: Settings) -> list[str]:
    groups = lacking(model)
    if not groups or (settings.parity and settings.sharing == "auto"):
        return []
    return [
        f"load sharing is plain only: the model has no muscle named as {' or '.join(groups)}, which weighted "
        "sharing makes dear"
    ]


def _loop(model: Model, motion: Motion, answer: Answer, mass: float) -> float:
    """Largest compression that rectus femoris and gastrocnemius add by cancelling each other [BW]."""
    force = loop_force(model, motion, answer, mass)
    return round(float(force.max(initial=0.0)) / (mass * GRAVITY), 4)


def _explain_loop(criterion: str, force: float) -> str:
    """Remark, rounded so that trials alike share it; ``loop_force_peak`` has the number."""
    about = round(force / LOOP_STEP) * LOOP_STEP
    return (
        f"{criterion} sharing: in late stance the rectus femoris helps to flex the hip and the gastrocnemius "
        f"takes back what it does to the knee; the loop adds up to about {about:g} BW of tibiofemoral force, "
        "which instrumented knees do not show"
    )


def _residual(model: Model, answer: Answer) -> Floats:
    """(frame, 3) force at the joints that hang the model from ground, which nothing should carry [N].

    Summed from the joint's sliding coordinates, whose axes stand still in ground; zero where it has none.
    """
    tree = model.tree
    force = np.zeros((answer.force.shape[0], 3))
    for link in np.flatnonzero(tree.parent == 0):
        frame = tree.frame_rotation[link].reshape(3, 3)
        for k in range(tree.first[link], tree.last[link]):
            if tree.kind[k] == Primitive.TRANSLATION and tree.coordinate[k] >= 0:
                force += np.outer(answer.force[:, tree.coordinate[k]], frame @ tree.axis[k])
    return force


def _residual_moment(model: Model, answer: Answer) -> float:
    """Largest moment about any rotation of the joints that hang the model from ground [N m]."""
    tree = model.tree
    largest = 0.0
    for link in np.flatnonzero(tree.parent == 0):
        for k in range(tree.first[link], tree.last[link]):
            if tree.kind[k] == Primitive.ROTATION and tree.coordinate[k] >= 0:
                largest = max(largest, float(np.abs(answer.force[:, tree.coordinate[k]]).max()))
    return largest


def _divided_by(model: Model, settings: Settings) -> list[str]:
    """Say that a mass that somebody gave is no mass of the model."""
    given = settings.body_mass
    if given is None or abs(given - model.mass) <= SAME_MASS:
        return []
    return [
        f"body_mass = {given:g} kg only divides results, in BW and per kg: the model moves its own "
        f"{model.mass:.1f} kg, and forces in N are what they are without it"
    ]


def _weigh(model: Model, residual: Floats) -> list[str]:
    """Compare the model's mass with what the ground forces carry beyond what the motion needs."""
    gravity = model.tree.gravity
    size = float(np.linalg.norm(gravity))
    if size == 0.0 or not residual.any():
        return []
    missing = float((residual @ gravity).mean()) / size**2
    if abs(missing) <= MASS_LIMIT * model.mass:
        return []
    return [
        f"on average the ground forces carry {model.mass + missing:.1f} kg, "
        f"and the model has {model.mass:.1f} kg"
    ]


def _doubt_reserves(model: Model, answer: Answer, plan: Plan) -> list[str]:
    """Name the coordinates where reserves carry what muscles should."""
    solved = answer.status == Status.SOLVED
    shares = {}
    for c in plan.shared[: plan.shared.size if solved.any() else 0]:
        moment = np.abs(answer.force[solved, c]).max()
        reserve = np.abs(answer.reserve[solved, c]).max()
        if reserve > max(RESERVE_LIMIT * moment, RESERVE_FLOOR):
            shares[model.coordinates[c]] = reserve / moment if moment > 0.0 else np.inf
    if not shares:
        return []
    listed = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    return [
        f"reserves carry more than {RESERVE_LIMIT:.0%} of the peak moment ({listed}): the muscles are too "
        "weak, their arms too short or the reserves too cheap, and loads come out too low"
    ]


def _judge(
    model: Model, trial: Trial, motion: Motion, answer: Answer, plan: Plan, residual: Floats
) -> list[str]:
    """Remarks on what the numbers rest on."""
    remarks = []
    if trial.origin != "recorded":
        remarks.append(f"the trial is {trial.origin}, not recorded")
    if trial.reversed:
        remarks.append("the trial is played backwards in time: nobody walked this way")
    if trial.direction == "retro" and trial.speed > RETRO_TRANSITION:
        remarks.append(
            f"retro at {trial.speed:g} m/s is past the walk-run transition ({RETRO_TRANSITION} m/s)"
        )
    ground = float(np.linalg.norm(motion.load[:, :, :3].sum(axis=1), axis=1).max(initial=0.0))
    peak = float(np.linalg.norm(residual, axis=1).max())
    if trial.loads is not None and peak > RESIDUAL_LIMIT * ground:
        remarks.append(
            f"residual force at the pelvis reaches {peak:.0f} N, more than {RESIDUAL_LIMIT:.0%} of the "
            f"largest ground force ({ground:.0f} N): model, motion and force plates disagree"
        )
    tilt = _residual_moment(model, answer)
    if trial.loads is not None and tilt > MOMENT_LIMIT:
        remarks.append(
            f"residual moment at the pelvis reaches {tilt:.0f} N m, more than {MOMENT_LIMIT:.0f}: check the "
            "points of application, which foot each force acts on, and the trunk"
        )
    if trial.loads is not None:
        remarks += _weigh(model, residual)
    else:
        remarks.append("no external loads: the feet are taken to touch nothing")
    for status in Status:
        failed = int((answer.status == status).sum())
        if failed and status != Status.SOLVED:
            remarks.append(f"{failed} of {answer.status.size} frames failed: {ADVICE[status]}")
    if trial.incline != 0.0 and trial.axes == "level":
        remarks.append(
            "the incline is for the record only: with axes = 'level' gravity follows the recording's Y axis"
        )
    remarks += doubt_direction(model, trial, motion)
    remarks += _doubt_reserves(model, answer, plan)
    if model.left_out:
        kinds = sorted({entry.rsplit("(", 1)[1].rstrip(")") for entry in model.left_out})
        remarks.append(
            f"{len(model.left_out)} forces of the model are left out of inverse dynamics ({', '.join(kinds)})"
        )
    return remarks
