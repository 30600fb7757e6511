"""How a factor changes what is solved: as editing model or trial by hand would, on the compiled arrays.

Every function here takes a prepared trial and gives another; nothing is changed in place, so that threads may
share what they start from. A value that changes nothing leaves every digit as it was.
"""

from collections.abc import Callable, Mapping

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.gait.fit import fit_motion
from retrogait.gait.prepare import Preparation
from retrogait.io.text import suggestion
from retrogait.kernels.kinematics import couple
from retrogait.kernels.plan import Motion
from retrogait.model import Model
from retrogait.sampling.factors import Factor
from retrogait.sampling.geometry import move_knee, move_patella
from retrogait.sampling.prepared import Change, Prepared, Subject, coupler_gains, need_ground_axes
from retrogait.settings import Settings


def bind(factor: Factor, subject: Subject) -> Change:
    """Find out what a factor changes in this model and trial.

    Raises
    ------
    ConfigError
        The model or trial has nothing that the factor could change; the message says what it has.
    """
    return _BINDERS[factor.family](factor, subject)


def nominal(factor: Factor, settings: Settings) -> float:
    """Value of a factor at which the plain analysis stands; NaN where nothing is filtered."""
    match factor.family:
        case "cutoff":
            return float("nan") if settings.filter_cutoff is None else float(settings.filter_cutoff)
        case "exponent":
            return float(settings.exponent)
        case "body_mass" | "strength":
            return 1.0
        case _:
            return 0.0


def unit_of(factor: Factor, model: Model) -> str:
    """Unit of a factor's values."""
    if factor.family == "offset":
        return "deg" if model.rotational[model.coordinates.index(factor.detail)] else "m"
    return factor.kind.unit


def _mass(_factor: Factor, _subject: Subject) -> Change:
    def change(prepared: Prepared, value: float) -> Prepared:
        tree = prepared.body.tree
        tree = tree._replace(mass=tree.mass * value, inertia=tree.inertia * value)
        return prepared._replace(body=prepared.body._replace(tree=tree))

    return change


def _strength(factor: Factor, subject: Subject) -> Change:
    try:
        changed = Settings(strength={factor.detail: 2.0}).strengths(subject.model) == 2.0
    except ConfigError as error:
        raise ConfigError(f"factor {factor.name}: {error}") from error

    def change(prepared: Prepared, value: float) -> Prepared:
        muscles = prepared.body.muscles
        force = muscles.maximum_isometric_force * np.where(changed, value, 1.0)
        muscles = muscles._replace(maximum_isometric_force=force)
        return prepared._replace(body=prepared.body._replace(muscles=muscles))

    return change


def _cutoff(factor: Factor, subject: Subject) -> Change:
    model, trial, settings = subject
    method = "opensim" if settings.parity else "default"
    filtered: dict[float, tuple[Motion, Floats]] = {}
    for level in factor.levels:
        preparation = Preparation(method, level, trial.spline, settings.filter_forces, settings.couplers)
        motion, _ = fit_motion(model, trial, preparation)
        filtered[level] = motion, coupler_gains(model, motion)

    def change(prepared: Prepared, value: float) -> Prepared:
        if value not in filtered:  # the plain analysis, whose cut-off need not be a level
            return prepared
        motion, gains = filtered[value]
        return prepared._replace(motion=motion, gains=gains)

    return change


def _exponent(_factor: Factor, _subject: Subject) -> Change:
    def change(prepared: Prepared, value: float) -> Prepared:
        return prepared._replace(plan=prepared.plan._replace(exponent=np.array([int(value)], np.int64)))

    return change


def _offset(factor: Factor, subject: Subject) -> Change:
    model = subject.model
    if factor.detail not in model.coordinates:
        raise ConfigError(
            f"factor {factor.name}: {model.file} has no coordinate {factor.detail!r}"
            + suggestion(factor.detail, model.coordinates)
        )
    need_ground_axes(factor.name, subject)
    column = model.coordinates.index(factor.detail)
    driver = model.driver_of(column)
    if driver is not None:
        raise ConfigError(f"factor {factor.name}: it follows a coupler; vary what drives it, offset.{driver}")
    turns = bool(model.rotational[column])
    drives = bool((model.tree.driver == column).any())

    def change(prepared: Prepared, value: float) -> Prepared:
        if value == 0.0:
            return prepared
        q = prepared.motion.q.copy()
        q[:, column] += np.radians(value) if turns else value
        motion = prepared.motion._replace(q=q)
        if not drives:
            return prepared._replace(motion=motion)
        motion = motion._replace(qd=motion.qd.copy(), qdd=motion.qdd.copy())
        couple(model.tree, model.functions, motion.q, motion.qd, motion.qdd)
        return prepared._replace(motion=motion, gains=coupler_gains(model, motion))

    return change


def _pressure(factor: Factor, subject: Subject) -> Change:
    if subject.trial.loads is None:
        raise ConfigError(f"factor {factor.name}: {subject.trial.name} has no ground forces to shift")
    axis = "xyz".index(factor.name[-1])

    def change(prepared: Prepared, value: float) -> Prepared:
        load = prepared.motion.load.copy()
        load[:, :, 3 + axis] += value
        return prepared._replace(motion=prepared.motion._replace(load=load))

    return change


_BINDERS: Mapping[str, Callable[[Factor, Subject], Change]] = {
    "body_mass": _mass,
    "strength": _strength,
    "cutoff": _cutoff,
    "exponent": _exponent,
    "offset": _offset,
    "cop_x": _pressure,
    "cop_z": _pressure,
    "knee_x": move_knee,
    "knee_y": move_knee,
    "knee_z": move_knee,
    "patella_x": move_patella,
}
