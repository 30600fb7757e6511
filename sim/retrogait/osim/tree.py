"""Joints and bodies of an OpenSim model to the arrays of `Tree`."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.model import Primitive, Rates, Tree
from retrogait.osim.functions import FunctionTable
from retrogait.osim.quiet import import_opensim

_X, _Y, _Z = np.eye(3)
_ALIGNED = 1e-14
"""Below this a rotation matrix is the identity, and using it would only add rounding."""


@dataclass
class _Chain:
    """Primitives of one joint, in the order they are applied."""

    kind: list[int] = field(default_factory=list)
    axis: list[Floats] = field(default_factory=list)
    function: list[int] = field(default_factory=list)
    coordinate: list[int] = field(default_factory=list)
    slot: list[int] = field(default_factory=list)

    def add(self, kind: Primitive, axis: Floats, function: int, coordinate: int, slot: int) -> None:
        self.kind.append(kind)
        self.axis.append(axis / np.linalg.norm(axis))
        self.function.append(function)
        self.coordinate.append(coordinate)
        self.slot.append(slot)


@dataclass
class Skeleton:
    """What reading the joints gives.

    ``place`` maps a body name to its link and to the body frame in that link (rotation, offset). ``loops``
    are welds that join two bodies which the tree already holds: name of the joint and of both bodies.
    """

    tree: Tree
    rates_opensim: list[int]
    links: list[str]
    joints: list[str]
    place: dict[str, tuple[int, Floats, Floats]]
    loops: list[tuple[str, str, str]]


def vector(value: Any) -> Floats:
    """A Vec3 as an array."""
    return np.array([value.get(0), value.get(1), value.get(2)])


def transform(value: Any) -> tuple[Floats, Floats]:
    """Rotation matrix and translation of a SimTK transform."""
    R, p = value.R(), value.p()
    return np.array([[R.get(i, j) for j in range(3)] for i in range(3)]), vector(p)


def in_base(frame: Any) -> tuple[str, Floats, Floats]:
    """Body that carries a frame, and the frame in it."""
    osim = import_opensim()
    physical = osim.PhysicalFrame.safeDownCast(frame)
    rotation, offset = transform(physical.findTransformInBaseFrame())
    return str(physical.findBaseFrame().getName()), rotation, offset


def _custom(
    joint: Any, rows: dict[str, int], table: FunctionTable, problems: list[str]
) -> tuple[_Chain, bool]:
    """Primitives of a custom joint; True where Simbody's velocity product differs from the chain rule."""
    osim = import_opensim()
    custom = osim.CustomJoint.safeDownCast(joint)
    spatial = custom.getSpatialTransform()
    own = [custom.get_coordinates(i).getName() for i in range(custom.numCoordinates())]
    chain = _Chain()
    for index in (3, 4, 5, 0, 1, 2):
        axis = spatial.getTransformAxis(index)
        names = axis.getCoordinateNamesInArray()
        try:
            function = table.add(axis.getFunction())
        except ValueError as error:
            problems.append(f"joint {joint.getName()}, {axis.getName()}: function {error}")
            continue
        constant = table.constant(function)
        if constant == 0.0:
            continue
        if names.getSize() > 1:
            problems.append(
                f"joint {joint.getName()}, {axis.getName()}: function of {names.getSize()} coordinates"
            )
            continue
        driven = constant is None and names.getSize() == 1
        chain.add(
            Primitive.TRANSLATION if index >= 3 else Primitive.ROTATION,
            vector(axis.getAxis()),
            function,
            rows[names.get(0)] if driven else -1,
            index % 3,
        )
    return chain, _differs_from_chain_rule(chain, [rows[name] for name in own])


def rate_masks(chain_coordinate: list[int], own: list[int]) -> tuple[list[int], list[int]]:
    """Which primitives Simbody lets turn the second and third axis of a function-based joint.

    It takes the first coordinate's part of the angular velocity for axis 2, and for axis 3 that of all
    coordinates but the third, instead of the parts of rotations 1 and of rotations 1 and 2 (seen in
    OpenSim 4.6, tests/parity)
    """
    second = [int(c >= 0 and c == own[0]) for c in chain_coordinate]
    third = [int(c >= 0 and not (len(own) > 2 and c == own[2])) for c in chain_coordinate]
    return second, third


def _differs_from_chain_rule(chain: _Chain, own: list[int]) -> bool:
    turning = [
        (slot, coordinate)
        for kind, slot, coordinate in zip(chain.kind, chain.slot, chain.coordinate, strict=True)
        if kind == Primitive.ROTATION and coordinate >= 0
    ]
    second, third = rate_masks([c for _, c in turning], own)
    for (slot, _), in_second, in_third in zip(turning, second, third, strict=True):
        if bool(in_second) != (slot == 0) and any(other == 1 for other, _ in turning):
            return True
        if bool(in_third) != (slot < 2) and any(other == 2 for other, _ in turning):
            return True
    return False


def _chain_of(
    joint: Any, rows: dict[str, int], table: FunctionTable, problems: list[str]
) -> tuple[_Chain, Rates]:
    """Primitives of any supported joint, and the rates that reproduce OpenSim."""
    kind = joint.getConcreteClassName()
    own = [rows[joint.get_coordinates(i).getName()] for i in range(joint.numCoordinates())]
    chain = _Chain()

    def turn(axis: Floats, index: int) -> None:
        chain.add(Primitive.ROTATION, axis, table.IDENTITY, own[index], index)

    def slide(axis: Floats, index: int) -> None:
        chain.add(Primitive.TRANSLATION, axis, table.IDENTITY, own[index], 0)

    if kind == "CustomJoint":
        chain, differs = _custom(joint, rows, table, problems)
        return chain, Rates.FUNCTION if differs else Rates.EXACT
    if kind == "WeldJoint":
        return chain, Rates.EXACT
    if kind == "PinJoint":
        turn(_Z, 0)
    elif kind == "SliderJoint":
        slide(_X, 0)
    elif kind == "UniversalJoint":
        turn(_X, 0)
        turn(_Y, 1)
    elif kind == "PlanarJoint":
        slide(_X, 1)
        slide(_Y, 2)
        turn(_Z, 0)
    elif kind in {"GimbalJoint", "BallJoint", "FreeJoint"}:
        if kind == "FreeJoint":
            for index, axis in enumerate((_X, _Y, _Z), start=3):
                slide(axis, index)
        for index, axis in enumerate((_X, _Y, _Z)):
            turn(axis, index)
        return chain, Rates.EXACT if kind == "GimbalJoint" else Rates.QUASI
    else:
        problems.append(f"joint {joint.getName()} ({kind})")
    return chain, Rates.EXACT


def _ordered(
    model: Any, loops: list[tuple[str, str, str]], problems: list[str]
) -> list[tuple[Any, tuple[Any, ...], tuple[Any, ...]]]:
    """Joints with their two frames, parents before children; welds that close a loop go to ``loops``."""
    pending = []
    carried: dict[str, str] = {}
    for joint in model.getJointList():
        parent = in_base(joint.getParentFrame())
        child = in_base(joint.getChildFrame())
        if child[0] == "ground":
            problems.append(f"joint {joint.getName()} carries ground: swap its parent and child")
        elif child[0] in carried and joint.getConcreteClassName() == "WeldJoint":
            loops.append((f"joint {joint.getName()} (WeldJoint)", parent[0], child[0]))
        elif child[0] in carried:
            problems.append(
                f"body {child[0]} closes a loop (joints {carried[child[0]]} and {joint.getName()})"
            )
        else:
            carried[child[0]] = joint.getName()
            pending.append((joint, parent, child))
    placed = {"ground"}
    ordered = []
    while pending:
        ready = [entry for entry in pending if entry[1][0] in placed]
        if not ready:
            names = ", ".join(entry[0].getName() for entry in pending)
            problems.append(f"joints not connected to ground: {names}")
            break
        ordered.extend(ready)
        placed.update(entry[2][0] for entry in ready)
        pending = [entry for entry in pending if entry not in ready]
    return ordered


def _axis_code(axis: Floats) -> int:
    for index in range(3):
        for sign in (1, -1):
            if np.array_equal(axis, sign * np.eye(3)[index]):
                return sign * (index + 1)
    return 0


def _inertia_about(R: Floats, body: Any) -> tuple[float, Floats, Floats]:
    """Mass, and inertia about the centre of mass in axes ``R`` of the body, as six numbers."""
    six = body.get_inertia()
    xx, yy, zz, xy, xz, yz = (six.get(i) for i in range(6))
    turned = R @ np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]) @ R.T
    packed = turned[[0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
    return float(body.getMass()), vector(body.getMassCenter()), packed


def read_tree(model: Any, rows: dict[str, int], table: FunctionTable, problems: list[str]) -> Skeleton:
    """Every body and joint of an initialised OpenSim model.

    Parameters
    ----------
    model    : opensim.Model
    rows     : coordinate name to row
    table    : takes the joints' functions
    problems : gets one line for everything that cannot be expressed
    """
    bodies = {body.getName(): body for body in model.getBodyList()}
    place: dict[str, tuple[int, Floats, Floats]] = {"ground": (0, np.eye(3), np.zeros(3))}
    links, joints, rates = ["ground"], [], [int(Rates.EXACT)]
    parent, rotation, offset = [-1], [np.eye(3)], [np.zeros(3)]
    first, last = [0], [0]
    mass, com, inertia = [0.0], [np.zeros(3)], [np.zeros(6)]
    chain = _Chain()
    loops: list[tuple[str, str, str]] = []
    second: list[int] = []
    third: list[int] = []
    for joint, (parent_name, Rp, pp), (child_name, Rc, pc) in _ordered(model, loops, problems):
        up, R_up, p_up = place[parent_name]
        one, rate = _chain_of(joint, rows, table, problems)
        own = [rows[joint.get_coordinates(i).getName()] for i in range(joint.numCoordinates())]
        a, b = rate_masks(one.coordinate, own) if rate == Rates.FUNCTION else ([], [])
        second += a or [0] * len(one.kind)
        third += b or [0] * len(one.kind)
        for name in ("kind", "axis", "function", "coordinate", "slot"):
            getattr(chain, name).extend(getattr(one, name))
        place[child_name] = (len(links), Rc.T, -Rc.T @ pc)
        m, c, packed = _inertia_about(Rc.T, bodies[child_name])
        links.append(child_name)
        joints.append(joint.getName())
        rates.append(int(rate))
        parent.append(up)
        rotation.append(R_up @ Rp)
        offset.append(p_up + R_up @ pp)
        first.append(last[-1])
        last.append(len(chain.kind))
        mass.append(m)
        com.append(Rc.T @ (c - pc))
        inertia.append(packed)
    frames = np.array(rotation)
    tree = Tree(
        parent=np.array(parent, np.int64),
        frame_rotation=frames.reshape(-1, 9),
        frame_aligned=(np.abs(frames - np.eye(3)).max((1, 2)) < _ALIGNED).astype(np.int64),
        frame_offset=np.array(offset),
        first=np.array(first, np.int64),
        last=np.array(last, np.int64),
        rates=np.full(len(links), Rates.EXACT, np.int64),
        mass=np.array(mass),
        com=np.array(com),
        inertia=np.array(inertia),
        kind=np.array(chain.kind, np.int64),
        axis=np.array(chain.axis, np.float64).reshape(-1, 3),
        axis_code=np.array([_axis_code(axis) for axis in chain.axis], np.int64),
        function=np.array(chain.function, np.int64),
        coordinate=np.array(chain.coordinate, np.int64),
        second_rate=np.array(second, np.int64),
        third_rate=np.array(third, np.int64),
        slot=np.array(chain.slot, np.int64),
        driver=np.full(len(rows), -1, np.int64),
        driver_function=np.zeros(len(rows), np.int64),
        coupled=np.zeros(0, np.int64),
        gravity=vector(model.getGravity()),
    )
    return Skeleton(tree, rates, links, joints, place, loops)
