"""A figure of any model: which of its links are drawn, between which points, and how thick."""

import re
from dataclasses import dataclass

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.model import Point
from retrogait.model import Model

SHORTEST = 0.02
"""Joints nearer than this make no segment worth drawing [m]."""

_KINDS = (
    ("trunk", r"torso|trunk|thorax|lumbar", (0.105, 0.10)),
    ("head", r"head|neck", (0.105, 0.105)),
    ("pelvis", r"pelvis|sacrum", (0.10, 0.085)),
    ("thigh", r"femur|thigh", (0.082, 0.055)),
    ("shank", r"tibia|shank", (0.056, 0.036)),
    ("foot", r"talus|calc|foot", (0.03, 0.025)),
    ("toes", r"toe|phalang", (0.022, 0.015)),
    ("arm", r"humerus|ulna|radius|hand|arm", (0.042, 0.03)),
)
"""Kind, what its bodies are called in public models, radii at either end, by eye [m]."""

_OTHER = ("other", (0.03, 0.03))

NECK = 0.13
"""From the end of a trunk without a head of its own to the middle of the one that is drawn, along it [m]."""


HEAVY_TOP = 1.6
"""Neck of a trunk that stands on a pelvis, head and arms with it, in distances of its centre of mass [1]."""


@dataclass(frozen=True, slots=True)
class Capsule:
    """A segment as drawn: two circles and what lies between them.

    Attributes
    ----------
    kind   : "trunk", "head", "pelvis", "thigh", "shank", "foot", "toes", "arm" or "other"
    side   : "right", "left" or ""
    start, end : rows of the figure's points
    radii  : of both circles [m]
    """

    kind: str
    side: str
    start: int
    end: int
    radii: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Skeleton:
    """What is drawn of a model.

    Attributes
    ----------
    link     : (point,) that carries a point
    place    : (point, 3) where in the frame of its link [m]
    capsules : between the points
    soles    : rows of the points of a foot that may touch the ground
    patellae : row of each knee's patella, -1 for none
    """

    link: tuple[int, ...]
    place: Floats
    capsules: tuple[Capsule, ...]
    soles: tuple[int, ...]
    patellae: tuple[int, ...]


def skeleton_of(model: Model) -> Skeleton:
    """Figure of a model: from each joint to the next ones; of a last segment, twice as far as its centre."""
    return _Builder(model).build()


def side_of(name: str) -> str:
    """Side that the name of a body or muscle says, "" for none."""
    found = re.search(r"(?:^|_)([rl])(?:_|$)", name)
    return {"r": "right", "l": "left"}[found.group(1)] if found else ""


def _kind_of(name: str) -> tuple[str, tuple[float, float]]:
    return next(
        ((kind, radii) for kind, pattern, radii in _KINDS if re.search(pattern, name, re.IGNORECASE)), _OTHER
    )


class _Builder:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.points: list[tuple[int, Floats]] = []
        self.capsules: list[Capsule] = []
        self.soles: list[int] = []
        tree = model.tree
        self.rest = new_pose(len(model.links), tree.kind.size)
        still = np.zeros(len(model.coordinates))
        place(tree, model.functions, model.default, still, still, self.rest)
        self.patellae = {knee.patella for knee in model.knees}
        self.headed = any(_kind_of(name)[0] == "head" for name in model.links)

    def build(self) -> Skeleton:
        tree = self.model.tree
        for link in range(1, len(self.model.links)):
            if link not in self.patellae:
                self._segment(link)
        rows = tuple(
            self._point(knee.patella, tree.com[knee.patella]) if knee.patella >= 0 else -1
            for knee in self.model.knees
        )
        return Skeleton(
            tuple(link for link, _ in self.points),
            np.array([where for _, where in self.points]).reshape(-1, 3),
            tuple(self.capsules),
            tuple(self.soles),
            rows,
        )

    def _point(self, link: int, where: Floats) -> int:
        self.points.append((link, where))
        return len(self.points) - 1

    def _segment(self, link: int) -> None:
        tree, name = self.model.tree, self.model.links[link]
        kind, radii = _kind_of(name)
        side, nothing = side_of(name), np.zeros(3)
        center = tree.com[link]
        if kind == "head":
            middle = self._point(link, center)
            self.capsules.append(Capsule(kind, side, middle, middle, radii))
            return
        children = [int(child) for child in np.flatnonzero(tree.parent == link)]
        tips = [
            # A segment ends where the next one begins, also where a joint slides.
            self._point(child, nothing)
            for child in children
            if child not in self.patellae and self._distance(link, child) > SHORTEST
        ]
        last = kind == "trunk" or not [child for child in children if child not in self.patellae]
        if last and 2.0 * np.linalg.norm(center) > SHORTEST:
            reach = self._reach(link, kind)
            tips.append(self._point(link, reach * center))
            if kind == "trunk" and not self.headed:
                top = self._point(link, center * (reach + NECK / np.linalg.norm(center)))
                self.capsules.append(Capsule("head", "", top, top, _KINDS[1][2]))
        root = self._point(link, self._between_hips(link, children) if kind == "pelvis" else nothing)
        self.capsules += [Capsule(kind, side, root, tip, radii) for tip in tips]
        if kind in {"foot", "toes"}:
            self.soles += tips
        if kind == "foot" and tips:
            self._heel(link, root, tips[-1], side, radii)

    def _between_hips(self, link: int, children: list[int]) -> Floats:
        """Middle of the hips: the origin of a pelvis lies at its front in most models, outside the body."""
        hips = [child for child in children if _kind_of(self.model.links[child])[0] == "thigh"]
        if not hips:
            return np.zeros(3)
        middle = self.rest.position[hips].mean(axis=0) - self.rest.position[link]
        return np.asarray(middle @ self.rest.rotation[link].reshape(3, 3))

    def _reach(self, link: int, kind: str) -> float:
        """How far a last segment is drawn, in distances of its centre of mass [1]."""
        above_pelvis = _kind_of(self.model.links[int(self.model.tree.parent[link])])[0] == "pelvis"
        return HEAVY_TOP if kind == "trunk" and above_pelvis and not self.headed else 2.0

    def _distance(self, link: int, child: int) -> float:
        return float(np.linalg.norm(self.rest.position[child] - self.rest.position[link]))

    def _heel(self, link: int, root: int, tip: int, side: str, radii: tuple[float, float]) -> None:
        """Add the heel: the rearmost place where a muscle holds the foot, that of the Achilles tendon."""
        paths = self.model.paths
        held = paths.location[(paths.link == link) & (paths.kind != Point.MOVING)]
        if not len(held):
            return
        carrier, where = self.points[tip]
        forward = where
        if carrier != link:
            R = self.rest.rotation[link].reshape(3, 3)
            forward = (self.rest.position[carrier] - self.rest.position[link]) @ R
        rear = held[np.argmin(held @ forward)]
        if rear @ forward >= 0.0:
            return
        heel = self._point(link, rear)
        self.capsules += [Capsule("foot", side, heel, end, radii) for end in (root, tip)]
        self.soles.append(heel)
