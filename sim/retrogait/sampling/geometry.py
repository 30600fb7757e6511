"""Changes of the knee's geometry: where its centre lies, and where the patella leads the quadriceps."""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats, Ints
from retrogait.errors import ConfigError
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.kernels.plan import Body
from retrogait.model import Knee, Model
from retrogait.sampling.factors import Factor
from retrogait.sampling.prepared import Change, Prepared, Subject, need_ground_axes


def move_knee(factor: Factor, subject: Subject) -> Change:
    """Move the centre of both knees in the femur, while the straight leg's bones and muscles stay.

    The same as editing both frames of the joint: the femur's by the move, the tibia's by the same as seen
    from the tibia at zero coordinates.

    Raises
    ------
    ConfigError
        The model has no knee, or the ground forces stand in a body's axes.
    """
    model = subject.model
    _need_knees(factor, model)
    need_ground_axes(factor.name, subject)
    moves = [_Centre.of(model, knee, _direction(factor, knee)) for knee in model.knees]

    def change(prepared: Prepared, value: float) -> Prepared:
        if value == 0.0:
            return prepared
        body = prepared.body
        for move in moves:
            body = move.shifted(body, value)
        return prepared._replace(body=body)

    return change


class _Centre(NamedTuple):
    """How to move a knee's centre while the straight leg's bones and muscles stay where they are.

    link     : the tibia
    in_femur, in_tibia : (3,) unit of the move in the frames of both links
    children : links that hang from the tibia
    points, wraps : rows of path points and wrap objects on the tibia
    """

    link: int
    in_femur: Floats
    in_tibia: Floats
    children: Ints
    points: Ints
    wraps: Ints

    @classmethod
    def of(cls, model: Model, knee: Knee, direction: Floats) -> "_Centre":
        tree, link = model.tree, knee.link
        femur = int(tree.parent[link])
        pose = new_pose(tree.parent.size, tree.kind.size)
        straight = np.zeros((1, len(model.coordinates)))
        still = np.zeros_like(straight)
        couple(tree, model.functions, straight, still, still.copy())
        place(tree, model.functions, straight[0], still[0], still[0], pose)
        in_femur = model.body_rotation[femur].reshape(3, 3) @ direction
        in_ground = pose.rotation[femur].reshape(3, 3) @ in_femur
        return cls(
            link,
            in_femur,
            pose.rotation[link].reshape(3, 3).T @ in_ground,
            np.flatnonzero(tree.parent == link),
            np.flatnonzero(model.paths.link == link),
            np.flatnonzero(model.paths.wrap_link == link),
        )

    def shifted(self, body: Body, value: float) -> Body:
        offset, com = body.tree.frame_offset.copy(), body.tree.com.copy()
        location, wrap_offset = body.paths.location.copy(), body.paths.wrap_offset.copy()
        offset[self.link] += value * self.in_femur
        back = value * self.in_tibia
        com[self.link] -= back
        offset[self.children] -= back
        location[self.points] -= back
        wrap_offset[self.wraps] -= back
        return body._replace(
            tree=body.tree._replace(frame_offset=offset, com=com),
            paths=body.paths._replace(location=location, wrap_offset=wrap_offset),
        )


def move_patella(factor: Factor, subject: Subject) -> Change:
    """Move the patella's joint forward in the body that carries it.

    In a model without patellae, the quadriceps' points on the tibia, which stand for it.

    Raises
    ------
    ConfigError
        The model has neither.
    """
    model = subject.model
    _need_knees(factor, model)
    tree, paths = model.tree, model.paths
    forward = np.array([1.0, 0.0, 0.0])
    links = np.zeros((tree.parent.size, 3))
    points = np.zeros((paths.link.size, 3))
    for knee in model.knees:
        if knee.patella >= 0:
            carrier = int(tree.parent[knee.patella])
            links[knee.patella] = model.body_rotation[carrier].reshape(3, 3) @ forward
            continue
        for muscle in knee.quadriceps:
            rows = np.arange(paths.first[muscle], paths.last[muscle])
            points[rows[paths.link[rows] == knee.link]] = (
                model.body_rotation[knee.link].reshape(3, 3) @ forward
            )
    if not links.any() and not points.any():
        raise ConfigError(f"factor {factor.name}: {model.file} has no quadriceps that reaches a tibia")

    def change(prepared: Prepared, value: float) -> Prepared:
        tree, paths = prepared.body.tree, prepared.body.paths
        body = prepared.body._replace(
            tree=tree._replace(frame_offset=tree.frame_offset + value * links),
            paths=paths._replace(location=paths.location + value * points),
        )
        return prepared._replace(body=body)

    return change


def _direction(factor: Factor, knee: Knee) -> Floats:
    """Unit vector of a knee factor in the axes of the femur, X forward, Y up, Z right."""
    direction = np.zeros(3)
    direction["xyz".index(factor.name[-1])] = 1.0
    if factor.name == "knee_z" and knee.side == "left":
        direction = -direction
    return direction


def _need_knees(factor: Factor, model: Model) -> None:
    if not model.knees:
        raise ConfigError(f"factor {factor.name}: no knee was found in {model.file}")
