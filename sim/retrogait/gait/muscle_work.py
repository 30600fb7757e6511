"""Groups of muscles over a trial: what work they do with their tendons, how long they are, who is at work."""

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.gait.measures import GROUPS, STRETCHED, TRUNK_MUSCLES
from retrogait.gait.signals import array_of, labels_of
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.paths import measure_paths
from retrogait.kernels.status import Physics
from retrogait.kernels.strand import new_strand
from retrogait.model import Angle, Model

ACTIVE = 0.1
"""Activation above which a muscle counts as active [1]."""

_TOLD = (*(name for name in GROUPS if name != "quadriceps"), *TRUNK_MUSCLES)


def upright_lengths(model: Model) -> Floats:
    """(muscle,) muscle-tendon lengths of a body that stands upright: every free angle at zero [m].

    Locked angles, and lengths of joints, stay at the model's default.
    """
    free = (model.rotational != Angle.NONE) & (model.locked == 0)
    q = np.where(free, 0.0, model.default)
    still = np.zeros_like(q)
    couple(model.tree, model.functions, q[None], still[None].copy(), still[None].copy())
    links = model.tree.parent.size
    pose = new_pose(links, model.tree.kind.size)
    place(model.tree, model.functions, q, still, still, pose)
    length = np.empty(model.paths.first.size)
    measure_paths(
        model.tree, model.functions, model.paths, q, pose, int(Physics.DEFAULT),
        new_strand(int(model.paths.capacity[0])), np.zeros((links, 6)), np.zeros(q.size), length,
        np.empty(model.paths.arm_coordinate.size), np.empty((model.paths.chain.size, 6)),
    )  # fmt: skip
    return length


def muscle_signals(result: xr.Dataset, upright: Floats) -> dict[str, dict[str, Floats]]:
    """Work, length and activity of the muscles of each leg.

    Parameters
    ----------
    result
        Of `retrogait.analyze`.
    upright
        From `upright_lengths`.

    Returns
    -------
    dict
        Side to name to (frame,). ``GROUP_concentric`` and ``GROUP_eccentric``, the power of a group's muscles
        and tendons that shorten, and of those that lengthen [W/kg]; ``GROUP_length`` [upright lengths] and
        ``GROUP_lengthening`` [upright lengths/s], means over its parts; ``GROUP_activation`` [1];
        ``vastus_medialis``, ``vastus_lateralis``, ``muscles_active`` and ``activation_squared`` [1]. NaN in a
        failed frame, and where a leg has no such muscle.
    """
    failed = array_of(result, "status") != 0
    sides, names = labels_of(result, "side"), tuple(labels_of(result, "muscle"))
    groups = {side: groups_of(names, side) for side in sides}
    moved = [row for found in groups.values() for group in GROUPS for row in found[group]]
    long = array_of(result, "muscle_length")[:, moved]
    rate = np.gradient(long, array_of(result, "time"), axis=0, edge_order=2)
    power = -array_of(result, "muscle_force")[:, moved] * rate / float(result.attrs["body_mass"])
    power[failed] = math.nan
    stretch, lengthening = long / upright[moved], rate / upright[moved]
    shortening, giving = np.maximum(power, 0.0), np.minimum(power, 0.0)
    activation = array_of(result, "activation").copy()
    activation[failed] = math.nan
    heads = array_of(result, "quadriceps_activation")
    nothing = np.full(failed.size, math.nan)
    out: dict[str, dict[str, Floats]] = {}
    first = 0
    for row, side in enumerate(sides):
        mine = out[side] = {}
        for group, rows in groups[side].items():
            if group in _TOLD:
                mine[f"{group}_activation"] = activation[:, rows].mean(axis=1) if rows else nothing
            if group not in GROUPS:
                continue
            of = slice(first, first + len(rows))
            first = of.stop
            mine[f"{group}_concentric"] = shortening[:, of].sum(axis=1) if rows else nothing
            mine[f"{group}_eccentric"] = giving[:, of].sum(axis=1) if rows else nothing
            if group in STRETCHED:
                mine[f"{group}_length"] = stretch[:, of].mean(axis=1) if rows else nothing
                mine[f"{group}_lengthening"] = lengthening[:, of].mean(axis=1) if rows else nothing
        leg, vasti = _of_leg(names, side)
        # Of a lumped vasti, which stands under all three heads, there is no ratio to tell.
        for head, name in ((1, "vastus_medialis"), (3, "vastus_lateralis")):
            mine[name] = np.where(failed, math.nan, heads[:, row, head]) if vasti > 1 else nothing
        own = activation[:, leg]
        active = np.where(failed, math.nan, (own > ACTIVE).sum(axis=1))
        mine["muscles_active"] = active if leg else nothing
        mine["activation_squared"] = (own**2).sum(axis=1) if leg else nothing
    return out


@lru_cache(maxsize=32)
def groups_of(names: tuple[str, ...], side: str) -> Mapping[str, list[int]]:
    """Rows of the muscles of one side in each of `GROUPS` and `TRUNK_MUSCLES`; none where there are none."""
    rows = [(row, _plain(names[row])) for row in _of_leg(names, side)[0]]
    return {
        group: [row for row, plain in rows if plain.startswith(stems)]
        for group, stems in (GROUPS | TRUNK_MUSCLES).items()
    }


@lru_cache(maxsize=32)
def _of_leg(names: tuple[str, ...], side: str) -> tuple[list[int], int]:
    """Rows of the muscles of one side, and how many vasti there are among them."""
    rows = [row for row, name in enumerate(names) if name.endswith(f"_{side[0]}")]
    return rows, sum(_plain(names[row]).startswith("vas") for row in rows)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
