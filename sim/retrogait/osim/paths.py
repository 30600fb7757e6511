"""Muscle paths of an OpenSim model to the arrays of `Paths`."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.model import Paths, Point, Surface, Tree
from retrogait.osim.functions import FunctionTable
from retrogait.osim.quiet import import_opensim
from retrogait.osim.tree import Skeleton, in_base, transform, vector

_RANGE_MARGIN = 1e-5
"""OpenSim widens a conditional point's range by this much [rad]."""

_METHODS = {"hybrid": 0, "midpoint": 1, "axial": 2}
_SURFACES = {
    "WrapCylinder": Surface.CYLINDER,
    "WrapSphere": Surface.SPHERE,
    "WrapEllipsoid": Surface.ELLIPSOID,
    "WrapTorus": Surface.TORUS,
}
_QUADRANTS = {
    **{sign + axis: (index, -1 if sign == "-" else 1)
       for index, axis in enumerate("xyz") for sign in ("", "+", "-")},
    **dict.fromkeys(("all", "All", "ALL", "Unassigned", ""), (0, 0)),
}  # fmt: skip


@dataclass
class _Columns:
    """Growing columns of `Paths`, by field name."""

    lists: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in Paths._fields})

    def add(self, **values: Any) -> None:
        for name, value in values.items():
            self.lists[name].append(value)

    def __getitem__(self, name: str) -> list[Any]:
        return self.lists[name]


class _PathReader:
    """Reads one model's paths; problems are collected, not raised."""

    def __init__(
        self,
        model: Any,
        skeleton: Skeleton,
        rows: dict[str, int],
        table: FunctionTable,
        problems: list[str],
    ) -> None:
        self.osim = import_opensim()
        self.state = model.getWorkingState()
        self.coordinates = model.getCoordinateSet()
        self.skeleton = skeleton
        self.rows = rows
        self.table = table
        self.problems = problems
        self.columns = _Columns()

    def locate(self, frame: Any) -> tuple[int, Floats, Floats]:
        """Link, rotation and offset of any physical frame in its link."""
        body, R, p = in_base(frame)
        link, R_body, p_body = self.skeleton.place[body]
        return link, R_body @ R, p_body + R_body @ p

    def read(self, muscle: Any) -> set[int]:
        """Append one muscle; coordinates that its moving points follow."""
        osim = self.osim
        columns = self.columns
        kind = muscle.getPath().getConcreteClassName()
        follows: set[int] = set()
        columns.add(first=len(columns["link"]), wrap_first=len(columns["surface"]))
        if kind == "GeometryPath":
            path = osim.GeometryPath.safeDownCast(muscle.getPath())
            points = path.getPathPointSet()
            for i in range(points.getSize()):
                follows |= self._point(muscle.getName(), points.get(i))
            wraps = path.getWrapSet()
            for i in range(wraps.getSize()):
                self._wrap(muscle.getName(), wraps.get(i), points.getSize())
        else:
            self.problems.append(
                f"muscle {muscle.getName()} ({kind}: a path without lines of action cannot load a joint)"
            )
        columns.add(last=len(columns["link"]), wrap_last=len(columns["surface"]))
        return follows

    def _point(self, muscle: str, point: Any) -> set[int]:
        osim = self.osim
        link, R, p = self.locate(point.getParentFrame())
        name = point.getConcreteClassName()
        entry: dict[str, Any] = {
            "link": link, "location": p, "kind": Point.FIXED, "coordinate": -1, "lower": -np.inf,
            "upper": np.inf, "moving": [FunctionTable.ZERO] * 3, "moving_rotation": R.ravel(),
        }  # fmt: skip
        follows: set[int] = set()
        if name == "MovingPathPoint":
            moving = osim.MovingPathPoint.safeDownCast(point)
            sockets = {self._coordinate(moving, f"{axis}_coordinate") for axis in "xyz"}
            functions = (
                moving.get_x_location(), moving.get_y_location(), moving.get_z_location(),
            )  # fmt: skip
            try:
                entry["moving"] = [self.table.add(function) for function in functions]
            except ValueError as error:
                self.problems.append(f"muscle {muscle}, moving point {point.getName()}: function {error}")
            if len(sockets) > 1:
                self.problems.append(
                    f"muscle {muscle}, moving point {point.getName()} follows {len(sockets)} coordinates"
                )
            follows = sockets
            row = min(sockets)
            coordinate = self.coordinates.get(row)
            entry |= {
                "kind": Point.MOVING,
                "coordinate": row,
                "lower": coordinate.getRangeMin(),
                "upper": coordinate.getRangeMax(),
            }
        elif name in {"PathPoint", "ConditionalPathPoint"}:
            entry["location"] = p + R @ vector(point.getLocation(self.state))
            if name == "ConditionalPathPoint":
                conditional = osim.ConditionalPathPoint.safeDownCast(point)
                entry |= {
                    "kind": Point.CONDITIONAL,
                    "coordinate": self._coordinate(conditional, "coordinate"),
                    "lower": conditional.get_range(0) - _RANGE_MARGIN,
                    "upper": conditional.get_range(1) + _RANGE_MARGIN,
                }
        else:
            self.problems.append(f"muscle {muscle}, point {point.getName()} ({name})")
        self.columns.add(**entry)
        return follows

    def _coordinate(self, point: Any, socket: str) -> int:
        return self.rows[point.getSocket(socket).getConnecteePath().rsplit("/", 1)[-1]]

    def _wrap(self, muscle: str, wrap: Any, points: int) -> None:
        osim = self.osim
        wrapped = wrap.getWrapObject()
        kind = wrapped.getConcreteClassName()
        quadrant = wrapped.get_quadrant()
        method = wrap.getMethodName()
        if kind not in _SURFACES or quadrant not in _QUADRANTS:
            self.problems.append(
                f"muscle {muscle}, wrap object {wrapped.getName()} ({kind}, quadrant {quadrant})"
            )
            return
        if not wrapped.get_active():
            return
        link, R, p = self.locate(wrapped.getFrame())
        R_wrap, p_wrap = transform(wrapped.getTransform())
        concrete = getattr(osim, kind).safeDownCast(wrapped)
        if kind == "WrapCylinder":
            size = [concrete.get_radius(), concrete.get_length(), 0.0]
        elif kind == "WrapSphere":
            size = [concrete.get_radius(), 0.0, 0.0]
        elif kind == "WrapEllipsoid":
            size = list(vector(concrete.get_dimensions()))
        else:
            size = [concrete.get_inner_radius(), concrete.get_outer_radius(), 0.0]
        axis, sign = _QUADRANTS[quadrant]
        first = self.columns["first"][-1]
        start, end = wrap.getStartPoint(), wrap.getEndPoint()
        self.columns.add(
            surface=_SURFACES[kind],
            wrap_link=link,
            wrap_rotation=(R @ R_wrap).ravel(),
            wrap_offset=p + R @ p_wrap,
            wrap_size=size,
            wrap_axis=axis,
            wrap_sign=sign,
            wrap_method=_METHODS.get(method, 0),
            wrap_start=first + max(start - 1, 0),
            wrap_end=first + (points - 1 if end < 1 else end - 1),
        )


def _ancestors(tree: Tree, link: int) -> list[int]:
    way = []
    while link > 0:
        way.append(link)
        link = int(tree.parent[link])
    return way


def _span(tree: Tree, links: set[int], follows: set[int]) -> tuple[list[int], list[int]]:
    """Joints (links, distal first) that a path crosses and the coordinates that it can move."""
    ways: list[set[int]] = [set(_ancestors(tree, link)) for link in links]
    common = ways[0].intersection(*ways)
    chain = sorted(ways[0].union(*ways) - common, reverse=True)
    moved = set(follows)
    for link in chain:
        moved.update(int(c) for c in tree.coordinate[tree.first[link] : tree.last[link]] if c >= 0)
    independent = {int(tree.driver[c]) if tree.driver[c] >= 0 else c for c in moved}
    return chain, sorted(independent)


def read_paths(
    model: Any,
    muscles: list[Any],
    skeleton: Skeleton,
    tree: Tree,
    rows: dict[str, int],
    table: FunctionTable,
    problems: list[str],
) -> Paths:
    """Paths of the given muscles; ``tree`` must already know the couplers."""
    reader = _PathReader(model, skeleton, rows, table, problems)
    columns = reader.columns
    chain_first, arm_first = [0], [0]
    capacity = 2
    for muscle in muscles:
        follows = reader.read(muscle)
        points = range(columns["first"][-1], columns["last"][-1])
        wraps = range(columns["wrap_first"][-1], columns["wrap_last"][-1])
        links = {columns["link"][i] for i in points} | {columns["wrap_link"][i] for i in wraps}
        chain, arms = _span(tree, links or {0}, follows)
        columns["chain"].extend(chain)
        columns["arm_coordinate"].extend(arms)
        chain_first.append(len(columns["chain"]))
        arm_first.append(len(columns["arm_coordinate"]))
        capacity = max(capacity, len(points) + 2 * len(wraps))
    columns.lists |= {"chain_first": chain_first, "arm_first": arm_first, "capacity": [capacity]}
    return Paths(**{name: _array(name, columns[name]) for name in Paths._fields})


_WIDTH = {
    "location": 3, "moving": 3, "moving_rotation": 9, "wrap_rotation": 9, "wrap_offset": 3, "wrap_size": 3,
}  # fmt: skip
_REAL = {"location", "lower", "upper", "moving_rotation", "wrap_rotation", "wrap_offset", "wrap_size"}


def _array(name: str, values: list[Any]) -> Any:
    array = np.array(values, np.float64 if name in _REAL else np.int64)
    return array.reshape(-1, _WIDTH[name]) if name in _WIDTH else array
