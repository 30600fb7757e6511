"""Arrays of an analysis to the labelled `xarray.Dataset` that users get."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.compartments import COMPARTMENTS, contact_points, divide, is_planar
from retrogait.compartments import remarks as doubt_compartments
from retrogait.criteria import CRITERIA
from retrogait.extensor import AREA_SOURCES, RATIO_SOURCE, contact_areas, ligament_ratio, measured_ratio
from retrogait.gait.trial import Trial
from retrogait.kernels.kinematics import couple
from retrogait.kernels.patellofemoral import closed_form_ratio, contact_area
from retrogait.kernels.plan import Answer, Motion, Plan
from retrogait.kernels.status import Status
from retrogait.model import HEADS, Knee, Model
from retrogait.quantities import QUANTITIES
from retrogait.remarks import describe
from retrogait.settings import Settings

METHODS = ("geometry", "closed_form")
AXES = ("x", "y", "z")


def assemble(
    model: Model,
    trial: Trial,
    settings: Settings,
    motion: Motion,
    answer: Answer,
    plan: Plan,
    notes: Sequence[str],
    others: Mapping[str, Answer] = MappingProxyType({}),
) -> xr.Dataset:
    """Label, derive the knee's quantities and attach everything needed to judge and repeat them.

    Parameters
    ----------
    others : answers by the named sharing criteria that are not in force, by name
    """
    muscle = ("time", "muscle")
    coordinate = ("time", "coordinate")
    joint = ("time", "joint", "axis")
    data: dict[str, tuple[tuple[str, ...], Any]] = {
        "coordinate_value": (coordinate, motion.q),
        "coordinate_speed": (coordinate, motion.qd),
        "coordinate_acceleration": (coordinate, motion.qdd),
        "generalized_force": (coordinate, answer.force),
        "reserve": (coordinate, answer.reserve),
        "activation": (muscle, answer.activation),
        "muscle_force": (muscle, answer.tension),
        "muscle_length": (muscle, answer.length),
        "fiber_length": (muscle, answer.fiber_length),
        "joint_reaction_force": (joint, answer.reaction[:, 1:, :3]),
        "joint_reaction_moment": (joint, answer.reaction[:, 1:, 3:]),
        "status": (("time",), answer.status),
    }
    data |= _knee_quantities(model, motion, answer, plan)
    division, told = _compartments(model, settings, answer, plan)
    data["compartment_force"] = (("time", "side", "compartment"), division)
    by_criterion = {**others, settings.criterion(model, trial.origin): answer}
    data["tibiofemoral_force_sharing"] = _by_criterion(model, plan, by_criterion)
    data["ground_reaction_force"] = _ground_reaction(model, motion)
    time = xr.Coordinates({"time": _variable("time", ("time",), motion.time)})
    labels = _labels(
        model.coordinates, model.muscle_names, model.joints, tuple(knee.side for knee in model.knees)
    )
    units = ["rad" if turns else "m" for turns in model.rotational]
    shared = np.zeros(len(units), np.int64)
    shared[plan.shared] = 1
    beside = {
        "coordinate_unit": _variable("coordinate_unit", ("coordinate",), units),
        "coordinate_shared": _variable("coordinate_shared", ("coordinate",), shared),
    }
    dataset = xr.Dataset(
        {name: _variable(name, dims, values) for name, (dims, values) in data.items()},
        xr.Coordinates(
            {**time.variables, **labels.variables, **beside}, {**time.xindexes, **labels.xindexes}
        ),
    )
    dataset.attrs = describe(model, trial, settings, motion, answer, plan, [*notes, *told], by_criterion)
    dataset.attrs |= _sources(model, settings)
    return dataset


@lru_cache(maxsize=16)
def _labels(
    coordinates: tuple[str, ...], muscles: tuple[str, ...], joints: tuple[str, ...], sides: tuple[str, ...]
) -> xr.Coordinates:
    """Labels of all axes but time: their indexes take longer to make than the rest of a dataset.

    Nobody can change an index, and every dataset copies the attributes, so results may share them.
    """
    labels = {
        "coordinate": coordinates,
        "muscle": muscles,
        "joint": joints,
        "axis": AXES,
        "side": sides,
        "method": METHODS,
        "head": HEADS,
        "compartment": COMPARTMENTS,
        "area_source": tuple(AREA_SOURCES),
        "criterion": CRITERIA,
    }
    return xr.Coordinates({name: _variable(name, (name,), values) for name, values in labels.items()})


def _variable(name: str, dims: tuple[str, ...], values: Any) -> xr.Variable:  # noqa: ANN401
    quantity = QUANTITIES[name]
    attributes = {"units": quantity.unit, "long_name": quantity.about}
    return xr.Variable(dims, np.ascontiguousarray(values), attributes)


def _folded(model: Model, motion: Motion, answer: Answer, coordinate: int) -> Floats:
    """Generalised force of a coordinate with the shares of those coupled to it, by virtual work."""
    tree = model.tree
    total = answer.force[:, coordinate].copy()
    coupled = np.flatnonzero(tree.driver == coordinate)
    if coupled.size:
        gain = np.ones_like(motion.q)  # a driver that moves at one per second gives slopes as speeds
        direct = tree._replace(driver=np.where(tree.driver == coordinate, coordinate, -1))
        couple(direct, model.functions, motion.q.copy(), gain, np.zeros_like(motion.q))
        for follower in coupled:
            total += answer.force[:, follower] * gain[:, follower]
    return total


def _knee_quantities(
    model: Model, motion: Motion, answer: Answer, plan: Plan
) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Loads of each knee in anatomical signs."""
    frames, sides = motion.time.size, len(model.knees)
    force = np.full((frames, sides, 3), np.nan)
    contribution = np.full((frames, sides, len(model.muscle_names), 3), np.nan)
    flexion = np.zeros((frames, sides))
    extension = np.zeros((frames, sides))
    adduction = np.zeros((frames, sides))
    patella = np.full((frames, sides, len(METHODS)), np.nan)
    heads = np.full((frames, sides, len(HEADS)), np.nan)
    ratio = np.full((frames, sides, len(METHODS)), np.nan)
    for side, knee in enumerate(model.knees):
        flexion[:, side] = knee.flexion_sign * motion.q[:, knee.coordinate]
        extension[:, side] = -knee.flexion_sign * _folded(model, motion, answer, knee.coordinate)
        # A right tibia adducts about +X (forward), a left one about -X; external is minus internal.
        adduction[:, side] = answer.net[:, side, 3] * (-1.0 if knee.side == "right" else 1.0)
        if _has_contact(knee, side, plan):
            force[:, side] = answer.reaction[:, knee.link, :3]
            contribution[:, side] = answer.contribution[:, side]
        if knee.quadriceps and knee.reaches_tibia:
            pull = answer.tension[:, list(knee.quadriceps)].sum(axis=1)
            patella[:, side, 1] = closed_form_ratio(flexion[:, side]) * pull
            ratio[:, side, 1] = measured_ratio(flexion[:, side])
            if knee.patella >= 0:
                patella[:, side, 0] = answer.patella[:, side]
                ratio[:, side, 0] = ligament_ratio(model, knee, flexion[:, side], answer.arm)
            heads[:, side] = _head_activation(model, knee, answer)
    stress = patella / contact_area(flexion)[:, :, None]
    by_area = patella[..., None] / contact_areas(flexion)[:, :, None, :]
    by_side = ("time", "side")
    by_method = ("time", "side", "method")
    return {
        "tibiofemoral_force": (("time", "side", "axis"), force),
        "tibiofemoral_net_force": (("time", "side", "axis"), answer.net[:, :, :3]),
        "tibiofemoral_contribution": (("time", "side", "muscle", "axis"), contribution),
        "patellofemoral_force": (by_method, patella),
        "patellofemoral_stress": (by_method, stress),
        "patellofemoral_stress_by_area": ((*by_method, "area_source"), by_area),
        "patellar_ligament_ratio": (by_method, ratio),
        "knee_flexion": (by_side, flexion),
        "knee_extension_moment": (by_side, extension),
        "knee_adduction_moment": (by_side, adduction),
        "quadriceps_activation": (("time", "side", "head"), heads),
    }


def _compartments(model: Model, settings: Settings, answer: Answer, plan: Plan) -> tuple[Floats, list[str]]:
    """(frame, side, 2) medial and lateral compression, and remarks on them."""
    force = np.full((answer.status.size, len(model.knees), len(COMPARTMENTS)), np.nan)
    planar = []
    for side, knee in enumerate(model.knees):
        if is_planar(model, knee):
            planar.append(knee.side)
        elif _has_contact(knee, side, plan):
            points, _ = contact_points(knee, settings.contact_points)
            force[:, side] = divide(answer.reaction[:, knee.link], knee.side, points)
    sides = [knee.side for knee in model.knees]
    return force, doubt_compartments(sides, force, answer.status == Status.SOLVED, planar)


def _sources(model: Model, settings: Settings) -> dict[str, Any]:
    """Attributes that say where contact points, areas and ratios come from."""
    chosen = [contact_points(knee, settings.contact_points) for knee in model.knees]
    return {
        "contact_points": json.dumps({k.side: p for k, (p, _) in zip(model.knees, chosen, strict=True)}),
        "contact_points_source": "; ".join(dict.fromkeys(source for _, source in chosen)),
        "area_sources": json.dumps(dict(AREA_SOURCES)),
        "ligament_ratio_source": RATIO_SOURCE,
    }


def _has_contact(knee: Knee, side: int, plan: Plan) -> bool:
    """Whether a knee's contact force is known: muscles cross it, and the quadriceps' pull arrives."""
    return knee.reaches_tibia and bool(plan.knee_first[side + 1] > plan.knee_first[side])


def _by_criterion(model: Model, plan: Plan, answers: Mapping[str, Answer]) -> tuple[tuple[str, ...], Floats]:
    """Magnitude of each knee's contact force by each named criterion."""
    frames = next(iter(answers.values())).status.size
    size = np.full((frames, len(model.knees), len(CRITERIA)), np.nan)
    for column, criterion in enumerate(CRITERIA):
        for side, knee in enumerate(model.knees):
            if criterion in answers and _has_contact(knee, side, plan):
                force = answers[criterion].reaction[:, knee.link, :3]
                size[:, side, column] = np.linalg.norm(force, axis=1)
    return ("time", "side", "criterion"), size


def _head_activation(model: Model, knee: Knee, answer: Answer) -> Floats:
    """(frame, head): parts of one head are averaged by their strength."""
    out = np.full((answer.activation.shape[0], len(HEADS)), np.nan)
    strength = model.muscles.maximum_isometric_force
    for head, rows in enumerate(knee.heads):
        if rows:
            share = strength[list(rows)] / strength[list(rows)].sum()
            out[:, head] = answer.activation[:, list(rows)] @ share
    return out


def _ground_reaction(model: Model, motion: Motion) -> tuple[tuple[str, ...], Floats]:
    """Sum of the external forces on everything distal to each knee."""
    total = np.zeros((motion.time.size, len(model.knees), 3))
    for side, knee in enumerate(model.knees):
        for i, link in enumerate(motion.load_link):
            above = int(link)
            while above > knee.link:
                above = int(model.tree.parent[above])
            if above == knee.link:
                total[:, side] += motion.load[:, i, :3]
    return ("time", "side", "axis"), total
