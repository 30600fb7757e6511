"""Where a model's knees are, which way they bend and what extends them."""

import re
from collections.abc import Mapping

import numpy as np

from retrogait.errors import ModelError
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.model import Functions, Paths, Primitive, Tree
from retrogait.model import HEADS, Knee

_SIDES = {"right": re.compile(r"(^r_|_r$|_r_|right)", re.I), "left": re.compile(r"(^l_|_l$|_l_|left)", re.I)}
_KNEE = re.compile(r"knee", re.I)
_FLEXION = re.compile(r"flex|angle|extension", re.I)
_OTHER_AXES = re.compile(r"add|abd|rot|var|tx|ty|tz|tilt|beta", re.I)
_HEAD_NAMES = {
    "rectus_femoris": re.compile(r"rec(tus)?(t)?_?fem", re.I),
    "vastus_medialis": re.compile(r"vas(tus)?_?med", re.I),
    "vastus_intermedius": re.compile(r"vas(tus)?_?int", re.I),
    "vastus_lateralis": re.compile(r"vas(tus)?_?lat", re.I),
}
_LUMPED = re.compile(r"vasti", re.I)


def side_of(name: str) -> str | None:
    """Tell "right" or "left" from a prefix or suffix; None where the name does not say."""
    for side, pattern in _SIDES.items():
        if pattern.search(name):
            return side
    return None


def flexion_coordinates(
    coordinates: tuple[str, ...], tree: Tree, named: Mapping[str, str] | None
) -> dict[str, int]:
    """Flexion coordinate (row) of each side.

    Parameters
    ----------
    named : side to coordinate name, overriding what names suggest

    Raises
    ------
    ModelError
        ``named`` holds an unknown side or coordinate.
    """
    found: dict[str, int] = {}
    for side, name in (named or {}).items():
        if side not in _SIDES:
            raise ModelError(f"knees: side {side!r} is not one of: right, left")
        if name not in coordinates:
            raise ModelError(f"knees.{side}: the model has no coordinate {name!r}")
        row = coordinates.index(name)
        turning = (tree.coordinate == row) & (tree.kind == Primitive.ROTATION)
        if tree.driver[row] >= 0 or not turning.any():
            raise ModelError(f"knees.{side}: {name!r} is not a free rotation, so it bends no knee")
        if row in found.values():
            raise ModelError(f"knees.{side}: {name!r} already stands for the other side")
        if side_of(name) not in {None, side}:
            raise ModelError(f"knees.{side}: {name!r} is named for the other side")
        found[side] = row
    for row, name in enumerate(coordinates):
        bends = _KNEE.search(name) and _FLEXION.search(name) and not _OTHER_AXES.search(name)
        where = side_of(name)
        if bends and where is not None and where not in found and tree.driver[row] < 0:
            found[where] = row
    return {side: found[side] for side in _SIDES if side in found}


def _flexion_sign(tree: Tree, functions: Functions, row: int, link: int) -> float:
    """+1 where the coordinate grows with flexion.

    A shank that turns about the thigh's +Z (to the right, X forward, Y up) swings forward: extension.
    """
    n = tree.driver.shape[0]
    q, rate, still = np.zeros(n), np.zeros(n), np.zeros(n)
    rate[row] = 1.0
    pose = new_pose(tree.parent.size, tree.kind.size)
    place(tree, functions, q, rate, still, pose)
    thigh = pose.rotation[tree.parent[link]].reshape(3, 3)
    return -1.0 if (thigh.T @ pose.spin[link])[2] > 0.0 else 1.0


def _descendants(tree: Tree, link: int) -> set[int]:
    family = {link}
    for other in range(link + 1, tree.parent.size):
        if int(tree.parent[other]) in family:
            family.add(other)
    return family


def find_knees(
    tree: Tree,
    functions: Functions,
    paths: Paths,
    coordinates: tuple[str, ...],
    muscles: tuple[str, ...],
    named: Mapping[str, str] | None = None,
) -> tuple[tuple[Knee, ...], list[str]]:
    """Knees of a model, and remarks on what is missing.

    Names tell which coordinate bends which knee and which muscles are the quadriceps; which muscles belong
    to a side, which body is the patella and whether its pull reaches the tibia is read off the paths.
    """
    knees = []
    remarks = []
    for side, row in flexion_coordinates(coordinates, tree, named).items():
        owners = [
            link
            for link in range(1, tree.parent.size)
            if row in tree.coordinate[tree.first[link] : tree.last[link]]
        ]
        shank = _descendants(tree, owners[0])
        thigh = int(tree.parent[owners[0]])
        above = set()
        link = thigh
        while link >= 0:
            above.add(link)
            link = int(tree.parent[link])
        heads: list[tuple[int, ...]] = [() for _ in HEADS]
        patellas: set[int] = set()
        touching = False
        for muscle, name in enumerate(muscles):
            matches = [i for i, head in enumerate(HEADS) if _HEAD_NAMES[head].search(name)]
            if _LUMPED.search(name):
                matches = [1, 2, 3]
            links = {int(link) for link in paths.link[paths.first[muscle] : paths.last[muscle]]}
            beside = {link for link in links - shank - above if int(tree.parent[link]) == thigh}
            if matches and (links & shank or beside):
                for i in matches:
                    heads[i] += (muscle,)
                patellas |= beside
                touching = touching or bool(links & shank)
        if len(patellas) > 1:
            raise ModelError(f"{side} quadriceps: more than one body stands for the patella")
        reaches = touching or not any(heads)
        knees.append(
            Knee(side, row, _flexion_sign(tree, functions, row, owners[0]), owners[0],
                 patellas.pop() if patellas else -1, tuple(heads), reaches)
        )  # fmt: skip
        remarks += _remarks(knees[-1])
    if not knees:
        remarks.append("no knee coordinate was recognised: name it, load_model(..., knees={'right': 'NAME'})")
    return tuple(knees), remarks


def _remarks(knee: Knee) -> list[str]:
    if not knee.quadriceps:
        return [
            f"{knee.side} knee: the model has no quadriceps, so only its net force and moments are estimated"
        ]
    remarks = []
    if not knee.reaches_tibia:
        remarks.append(
            f"{knee.side} knee: the quadriceps ends on the patella and no path carries its pull to the "
            "tibia (ligaments are left out), so neither its contact forces nor the quadriceps are estimated"
        )
    if knee.patella < 0:
        remarks.append(
            f"{knee.side} knee: the model has no patella, so patellofemoral force by geometry is not "
            "available"
        )
    return remarks
