"""The extensor mechanism: what the patella makes of the quadriceps' pull, and on which area it rests.

The patella is no frictionless pulley. It is a lever on the femur, so the patellar ligament carries more than
the quadriceps near extension and less in flexion. A model whose muscle paths run over the patella has one
tension from end to end, but its moment arms follow from the whole path, patella included: what the ligament
must carry for that moment is then the ratio of two moment arms.
"""

from functools import lru_cache
from types import MappingProxyType

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.model import Point
from retrogait.kernels.patellofemoral import CONTACT_AREA, CONTACT_FLEXION
from retrogait.model import Knee, Model

MEASURED_FLEXION = np.array([10.0, 70.0])
"""Flexion of `MEASURED_RATIO`; outside, the ratio keeps its value at the end [deg]."""

MEASURED_RATIO = np.array([0.86, 1.55])
"""Quadriceps force over patellar ligament force, means of eight knees [1]."""

RATIO_SOURCE = (
    "quadriceps over patellar ligament force measured in eight cadaver knees at 10 and 70 deg, linear "
    "between (J Biomech 1988;21:17-23, doi 10.1016/0021-9290(88)90187-x)"
)

_BESIER = "Besier et al. 2005 (doi 10.1016/j.orthres.2004.08.003), upright MRI"
_MEN, _WOMEN = np.array([210.0, 414.0, 520.0]) * 1e-6, np.array([210.0, 269.0, 396.0]) * 1e-6
_LOADED = 1.24  # contact area at 0.45 over that at 0.15 body weight per leg, mean of all [1]

AREA_SOURCES = MappingProxyType(
    {
        "besier": f"{_BESIER}, mean of men and women at 0.15 body weight: the one of patellofemoral_stress",
        "besier_men": f"{_BESIER}, eight men at 0.15 body weight",
        "besier_women": f"{_BESIER}, eight women at 0.15 body weight",
        "besier_loaded": f"{_BESIER}, mean of men and women at 0.45 body weight, 24 % more at every angle",
        "connolly": (
            "0.0781 t^2 + 0.6763 t + 151.75 mm2, t in deg: Connolly et al. 2009 (J Biomech 42:2802) as later "
            "models of running quote it; not checked against the paper"
        ),
    }
)
"""Where each contact area comes from, by name."""

_GRID = np.radians(np.arange(-30.0, 151.0, 3.0))
"""Flexion at which a model's ligament arms are taken; straight lines between err by 1e-5 m [rad]."""

_STEP = 1e-4
"""Half the flexion over which a length is differentiated [rad]."""

_SHORTEST_ARM = 1e-3
"""Below this arm of the ligament [m] the ratio has no meaning."""


def contact_areas(flexion: Floats) -> Floats:
    """Patellofemoral contact area by every source.

    Parameters
    ----------
    flexion : (...)
        Knee flexion [rad]. Outside 0 to 60 deg (Besier) and 0 to 90 deg (Connolly) the area keeps its value
        at the end.

    Returns
    -------
    ndarray
        (..., source) [m2], in the order of `AREA_SOURCES`.
    """
    t = np.degrees(flexion)
    u = np.clip(t, 0.0, 90.0)
    curves = [np.interp(t, CONTACT_FLEXION, area) for area in (CONTACT_AREA, _MEN, _WOMEN)]
    curves += [_LOADED * curves[0], (0.0781 * u**2 + 0.6763 * u + 151.75) * 1e-6]
    return np.stack(curves, axis=-1)


def measured_ratio(flexion: Floats) -> Floats:
    """Patellar ligament force over quadriceps force as measured, for knee flexion [rad]; any shape."""
    return np.asarray(1.0 / np.interp(np.degrees(flexion), MEASURED_FLEXION, MEASURED_RATIO))


def ligament_ratio(model: Model, knee: Knee, flexion: Floats, arms: Floats) -> Floats:
    """Patellar ligament force over quadriceps force that a model's geometry makes.

    Parameters
    ----------
    model, knee
        The patella must have paths over it that end on the tibia.
    flexion : (frame,)
        Of this knee [rad].
    arms : (frame, arm)
        Moment arms of all muscles, as `retrogait.kernels.plan.Answer` has them [m].

    Returns
    -------
    ndarray
        (frame,) mean of the heads by strength [1]. NaN where the model has no patella, a coordinate other
        than flexion moves the knee, or the ligament has no fixed ends.

    Notes
    -----
    The moment of a head is its tension times its moment arm, found from the whole path and so with the
    patella carried along. The ligament alone acts on the tibia, at the arm by which its length changes when
    the tibia turns and the patella stays. Both moments are the same, so the forces are as the arms.
    """
    lines = _ligaments(model, knee)
    if not lines:
        return np.full(flexion.shape, np.nan)
    ligament = _ligament_arms(model, knee)
    paths = model.paths
    strength = model.muscles.maximum_isometric_force
    whole, alone = np.zeros(flexion.shape), np.zeros(flexion.shape)
    for column, muscle in enumerate(lines):
        rows = range(paths.arm_first[muscle], paths.arm_first[muscle + 1])
        own = [row for row in rows if paths.arm_coordinate[row] == knee.coordinate]
        if own:
            whole -= strength[muscle] * knee.flexion_sign * arms[:, own[0]]
            alone += strength[muscle] * np.interp(flexion, _GRID, ligament[:, column])
    total = strength[list(lines)].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(alone > _SHORTEST_ARM * total, whole / alone, np.nan))


@lru_cache(maxsize=16)
def _ligaments(model: Model, knee: Knee) -> dict[int, tuple[int, int]]:
    """Muscle to its last point on the patella and the first on the tibia; empty without an answer."""
    tree, paths = model.tree, model.paths
    driven = {
        int(tree.driver[c]) if tree.driver[c] >= 0 else int(c)
        for link in (knee.link, knee.patella)
        for c in tree.coordinate[tree.first[link] : tree.last[link]]
        if c >= 0
    }
    if knee.patella < 0 or not knee.reaches_tibia or driven != {knee.coordinate}:
        return {}
    found = {}
    for muscle in knee.quadriceps:
        points = range(paths.first[muscle], paths.last[muscle])
        on_patella = [p for p in points if paths.link[p] == knee.patella]
        if not on_patella or on_patella[-1] + 1 >= paths.last[muscle]:
            return {}
        ends = (on_patella[-1], on_patella[-1] + 1)
        if any(paths.kind[p] != Point.FIXED for p in ends):
            return {}
        found[muscle] = ends
    return found


@lru_cache(maxsize=16)
def _ligament_arms(model: Model, knee: Knee) -> Floats:
    """(angle, muscle) extension arm of each head's ligament on `_GRID`, the patella standing still [m]."""
    tree, paths = model.tree, model.paths
    pose = new_pose(tree.parent.size, tree.kind.size)
    still = np.zeros(len(model.coordinates))
    lines = _ligaments(model, knee)

    def point(index: int) -> Floats:
        link = int(paths.link[index])
        turned = pose.rotation[link].reshape(3, 3) @ paths.location[index]
        return np.asarray(pose.position[link] + turned)

    q = np.tile(model.default, (_GRID.size, 1))
    q[:, knee.coordinate] = knee.flexion_sign * _GRID
    couple(tree, model.functions, q, np.zeros_like(q), np.zeros_like(q))
    arms = np.zeros((_GRID.size, len(lines)))
    for angle, posture in enumerate(q):
        place(tree, model.functions, posture, still, still, pose)
        top = [point(upper) for upper, _ in lines.values()]
        for sign in (1.0, -1.0):
            turned = posture.copy()
            turned[knee.coordinate] += sign * knee.flexion_sign * _STEP
            place(tree, model.functions, turned, still, still, pose)
            ends = np.array([point(lower) for _, lower in lines.values()])
            arms[angle] += sign * np.linalg.norm(ends - np.array(top), axis=1) / (2.0 * _STEP)
    return arms
