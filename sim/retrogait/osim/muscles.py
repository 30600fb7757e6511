"""Muscles of an OpenSim model as the arrays the kernels read."""

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
import opensim

from retrogait.arrays import Floats, Ints
from retrogait.kernels.muscles import INTERVALS, MuscleModel, Muscles
from retrogait.osim import curves

# Tables are stored once per key: the kind of curve and the parameters that shape it.
Key: TypeAlias = tuple[str | float, ...]
Request: TypeAlias = tuple[Key, Callable[[], Floats]]


class MuscleReading(NamedTuple):
    """What `read_muscles` found.

    muscles  : the rows that could be read
    names    : name of each row
    problems : one line per muscle that cannot be compiled; the model must then be refused
    notes    : one line per muscle left out on purpose
    """

    muscles: Muscles
    names: list[str]
    problems: list[str]
    notes: list[str]


class _Row(NamedTuple):
    """One muscle: its model, the numbers its class adds to those of all muscles, and its curves."""

    model: MuscleModel
    minimum_fiber_length: float
    resting_velocity: float
    tendon_strain: float
    active: Request
    velocity: Request
    passive: Request
    tendon: Request


def read_muscles(model: opensim.Model) -> MuscleReading:
    """Read every muscle of a model, in the order of the model's component tree.

    Parameters
    ----------
    model
        A model whose properties are final, as after loading it.

    Returns
    -------
    MuscleReading
        Thelen2003Muscle, Millard2012EquilibriumMuscle, DeGrooteFregly2016Muscle and
        RigidTendonMuscle, each with its own curves. A muscle whose ``appliesForce`` is false
        becomes a note; one of another class, or with a number that makes no sense, a problem.
    """
    names: list[str] = []
    problems: list[str] = []
    notes: list[str] = []
    commons: list[dict[str, float]] = []
    rows: list[_Row] = []
    for component in model.getMuscleList():
        muscle = opensim.Muscle.safeDownCast(component)
        name, kind = muscle.getName(), muscle.getConcreteClassName()
        if not muscle.get_appliesForce():
            notes.append(f"{name} ({kind}) is left out: its appliesForce is false")
            continue
        if kind not in _READERS:
            problems.append(f"{name} ({kind})")
            continue
        common = _common(muscle)
        wrong = _nonsense(common)
        if not wrong:
            typed = getattr(opensim, kind).safeDownCast(component)
            row = _READERS[kind](typed)
            if not (math.isfinite(row.minimum_fiber_length) and row.minimum_fiber_length >= 0.0):
                wrong = [f"minimum fiber length is {row.minimum_fiber_length:g}, expected >= 0"]
        if wrong:
            problems.append(f"{name} ({kind}): {'; '.join(wrong)}")
            continue
        names.append(name)
        commons.append(common)
        rows.append(row)
    return MuscleReading(_assemble(commons, rows), names, problems, notes)


def _common(muscle: opensim.Muscle) -> dict[str, float]:
    """Numbers every class of muscle has, by the name of their OpenSim property."""
    return {
        "max_isometric_force": muscle.get_max_isometric_force(),
        "optimal_fiber_length": muscle.get_optimal_fiber_length(),
        "tendon_slack_length": muscle.get_tendon_slack_length(),
        "max_contraction_velocity": muscle.get_max_contraction_velocity(),
        "pennation_angle_at_optimal": muscle.get_pennation_angle_at_optimal(),
        "min_control": muscle.get_min_control(),
        "max_control": muscle.get_max_control(),
        "ignore_tendon_compliance": float(muscle.get_ignore_tendon_compliance()),
    }


def _nonsense(common: dict[str, float]) -> list[str]:
    """One phrase per number no muscle can have."""
    positive = ("max_isometric_force", "optimal_fiber_length", "max_contraction_velocity")
    wrong = [
        f"{key} is {common[key]:g}, expected a positive number"
        for key in positive
        if not (math.isfinite(common[key]) and common[key] > 0.0)
    ]
    slack = common["tendon_slack_length"]
    if not (math.isfinite(slack) and slack >= 0.0):
        wrong.append(f"tendon_slack_length is {slack:g}, expected >= 0")
    angle = common["pennation_angle_at_optimal"]
    if not 0.0 <= angle < math.pi / 2:
        wrong.append(f"pennation_angle_at_optimal is {angle:g} rad, expected 0 to pi/2")
    least, most = common["min_control"], common["max_control"]
    if not (math.isfinite(most) and 0.0 <= least < most):
        wrong.append(f"min_control to max_control is {least:g} to {most:g}, expected 0 <= min < max")
    return wrong


def _assemble(commons: list[dict[str, float]], rows: list[_Row]) -> Muscles:
    tables = _Tables()
    column = partial(_column, commons)
    length = column("optimal_fiber_length")
    height = length * np.sin(column("pennation_angle_at_optimal"))
    return Muscles(
        maximum_isometric_force=column("max_isometric_force"),
        optimal_fiber_length=length,
        tendon_slack_length=column("tendon_slack_length"),
        fiber_height=height,
        # A fibre cannot be shorter than it is high.
        minimum_fiber_length=np.maximum(
            height, np.array([row.minimum_fiber_length for row in rows], dtype=np.float64)
        ),
        maximum_contraction_velocity=column("max_contraction_velocity"),
        resting_velocity=np.array([row.resting_velocity for row in rows], dtype=np.float64),
        minimum_control=column("min_control"),
        maximum_control=column("max_control"),
        tendon_strain=np.array([row.tendon_strain for row in rows], dtype=np.float64),
        ignore_tendon_compliance=np.array(
            [
                row.model == MuscleModel.RIGID_TENDON or common["ignore_tendon_compliance"] != 0.0
                for row, common in zip(rows, commons, strict=True)
            ],
            dtype=np.int64,
        ),
        model=np.array([row.model for row in rows], dtype=np.int64),
        active_curve=tables.rows(row.active for row in rows),
        velocity_curve=tables.rows(row.velocity for row in rows),
        passive_curve=tables.rows(row.passive for row in rows),
        tendon_curve=tables.rows(row.tendon for row in rows),
        curve_table=tables.stacked(),
    )


def _column(commons: list[dict[str, float]], key: str) -> Floats:
    return np.array([common[key] for common in commons], dtype=np.float64)


class _Tables:
    """Curve tables of a model; equal curves are stored once."""

    def __init__(self) -> None:
        self._row: dict[Key, int] = {}
        self._tables: list[Floats] = []

    def rows(self, requests: Iterable[Request]) -> Ints:
        """Table row of each curve asked for."""
        return np.array([self._find(*request) for request in requests], dtype=np.int64)

    def _find(self, key: Key, sample: Callable[[], Floats]) -> int:
        if key not in self._row:
            self._row[key] = len(self._tables)
            self._tables.append(sample())
        return self._row[key]

    def stacked(self) -> Floats:
        """(curve, interval, 4) table by table."""
        return np.array(self._tables, dtype=np.float64).reshape(-1, INTERVALS, 4)


def _thelen(muscle: opensim.Thelen2003Muscle) -> _Row:
    active = muscle.get_KshapeActive()
    passive = (muscle.get_KshapePassive(), muscle.get_FmaxMuscleStrain())
    velocity = (muscle.get_Af(), muscle.get_Flen(), muscle.get_fv_linear_extrap_threshold())
    tendon = muscle.get_FmaxTendonStrain()
    return _Row(
        model=MuscleModel.THELEN2003,
        minimum_fiber_length=muscle.getMinimumFiberLength(),
        resting_velocity=0.25,
        tendon_strain=tendon,
        active=(
            ("thelen active", active),
            lambda: curves.length_table(lambda l: curves.thelen_active(l, active), hold=True),
        ),
        velocity=(
            ("thelen velocity", *velocity),
            lambda: curves.velocity_table(lambda v: curves.thelen_velocity(v, *velocity)),
        ),
        passive=(
            ("thelen passive", *passive),
            lambda: curves.length_table(lambda l: curves.thelen_passive(l, *passive)),
        ),
        tendon=(
            ("thelen tendon", tendon),
            lambda: curves.tendon_table(lambda l: curves.thelen_tendon(l, tendon), tendon),
        ),
    )


def _millard(muscle: opensim.Millard2012EquilibriumMuscle) -> _Row:
    active = muscle.get_ActiveForceLengthCurve()
    velocity = muscle.get_ForceVelocityCurve()
    passive = muscle.get_FiberForceLengthCurve()
    tendon = muscle.get_TendonForceLengthCurve()
    strain = tendon.getStrainAtOneNormForce()
    return _Row(
        model=MuscleModel.MILLARD2012,
        minimum_fiber_length=muscle.getMinimumFiberLength(),
        resting_velocity=1.0,
        tendon_strain=strain,
        active=(_key(active), lambda: curves.length_table(_sampler(active), hold=True)),
        velocity=(_key(velocity), lambda: curves.velocity_table(_sampler(velocity))),
        passive=(_key(passive), lambda: curves.length_table(_sampler(passive))),
        tendon=(_key(tendon), lambda: curves.tendon_table(_sampler(tendon), strain)),
    )


def _degroote(muscle: opensim.DeGrooteFregly2016Muscle) -> _Row:
    tendon = muscle.get_tendon_strain_at_one_norm_force()
    width = muscle.get_active_force_width_scale()
    strain = muscle.get_passive_fiber_strain_at_one_norm_force()
    passive: Request = (
        ("degroote passive", strain),
        lambda: curves.length_table(lambda l: curves.degroote_passive(l, strain)),
    )
    if muscle.get_ignore_passive_fiber_force():
        passive = (("zero",), lambda: curves.length_table(lambda l: (0.0 * l, 0.0 * l)))
    return _Row(
        model=MuscleModel.DEGROOTE_FREGLY2016,
        minimum_fiber_length=0.0,
        resting_velocity=1.0,
        tendon_strain=tendon,
        active=(
            ("degroote active", width),
            lambda: curves.length_table(lambda l: curves.degroote_active(l, width), hold=True),
        ),
        velocity=(
            ("degroote velocity",),
            lambda: curves.velocity_table(curves.degroote_velocity),
        ),
        passive=passive,
        tendon=_degroote_tendon(tendon),
    )


def _degroote_tendon(strain: float) -> Request:
    return (
        ("degroote tendon", strain),
        lambda: curves.tendon_table(lambda l: curves.degroote_tendon(l, strain), strain),
    )


def _rigid(muscle: opensim.RigidTendonMuscle) -> _Row:
    active = muscle.get_active_force_length_curve()
    velocity = muscle.get_force_velocity_curve()
    passive = muscle.get_passive_force_length_curve()
    return _Row(
        model=MuscleModel.RIGID_TENDON,
        minimum_fiber_length=0.0,
        resting_velocity=1.0,
        tendon_strain=0.049,
        active=(_key(active), lambda: curves.length_table(_function_sampler(active), hold=True)),
        velocity=(_key(velocity), lambda: curves.velocity_table(_function_sampler(velocity))),
        passive=(_key(passive), lambda: curves.length_table(_function_sampler(passive))),
        # Its tendon is rigid by definition; the row has to hold some tendon and never reads it.
        tendon=_degroote_tendon(0.049),
    )


_READERS: dict[str, Callable[..., _Row]] = {
    "Thelen2003Muscle": _thelen,
    "Millard2012EquilibriumMuscle": _millard,
    "DeGrooteFregly2016Muscle": _degroote,
    "RigidTendonMuscle": _rigid,
}


def _key(function: opensim.Function) -> Key:
    """Class and every property of a function object, whatever its name."""
    properties = (
        function.getPropertyByIndex(index).toString() for index in range(function.getNumProperties())
    )
    return (function.getConcreteClassName(), *properties)


def _sampler(curve: opensim.Function) -> curves.Curve:
    """Make a curve object of Millard 2012 a function of an array."""

    def sample(arguments: Floats) -> tuple[Floats, Floats]:
        value = np.array([curve.calcValue(float(x)) for x in arguments])
        slope = np.array([curve.calcDerivative(float(x), 1) for x in arguments])
        return value, slope

    return sample


def _function_sampler(function: opensim.Function) -> curves.Curve:
    """Make any OpenSim function of one argument a function of an array."""
    first = opensim.StdVectorInt()
    first.push_back(0)

    def sample(arguments: Floats) -> tuple[Floats, Floats]:
        points = [opensim.Vector(1, float(x)) for x in arguments]
        value = np.array([function.calcValue(point) for point in points])
        slope = np.array([function.calcDerivative(first, point) for point in points])
        return value, slope

    return sample
