"""Where the links of the figure are and how they move, and what moves them, in symbols.

Planar recursive Newton-Euler in absolute angles. The answer is the generalized force that every coordinate
needs, which a test holds against the compiled three-dimensional core.
"""

from typing import Any, NamedTuple

import casadi as ca

from retrogait.predict.figure import Figure, Pair

Symbol = Any
"""A casadi SX; casadi has no types."""


class Pose(NamedTuple):
    """One link: angle, rate and acceleration about Z; origin with velocity and acceleration."""

    angle: Symbol
    rate: Symbol
    acceleration: Symbol
    origin: Symbol
    velocity: Symbol
    origin_acceleration: Symbol


def rotated(angle: Symbol, vector: Pair) -> Symbol:
    """Vector of a link in ground axes."""
    c, s = ca.cos(angle), ca.sin(angle)
    x, y = vector
    return ca.vertcat(c * x - s * y, s * x + c * y)


def across(vector: Symbol) -> Symbol:
    """Vector turned by a quarter, the velocity it gets from a unit rate."""
    return ca.vertcat(-vector[1], vector[0])


def moment(arm: Symbol, force: Symbol) -> Symbol:
    """Moment of a force about Z."""
    return arm[0] * force[1] - arm[1] * force[0]


def acceleration_of(pose: Pose, arm: Symbol) -> Symbol:
    """Acceleration of a point at some arm from the link's origin, in ground axes."""
    return pose.origin_acceleration + pose.acceleration * across(arm) - pose.rate**2 * arm


def place(figure: Figure, q: Symbol, v: Symbol, a: Symbol) -> list[Pose]:
    """Pose of every link."""
    poses: list[Pose] = []
    for link in figure.links:
        if link.parent < 0:
            poses.append(Pose(q[0], v[0], a[0], q[1:3], v[1:3], a[1:3]))
            continue
        parent = poses[link.parent]
        arm = rotated(parent.angle, link.at)
        c, turn = link.coordinate, link.turn
        poses.append(
            Pose(
                parent.angle + turn * q[c] + link.rest,
                parent.rate + turn * v[c],
                parent.acceleration + turn * a[c],
                parent.origin + arm,
                parent.velocity + parent.rate * across(arm),
                acceleration_of(parent, arm),
            )
        )
    return poses


class Push(NamedTuple):
    """A force on a link at some arm from its origin, both in ground axes."""

    link: int
    arm: Symbol
    force: Symbol


def require(
    figure: Figure, poses: list[Pose], gravity: Symbol, pushes: list[Push]
) -> list[Symbol]:  # fmt: skip
    """Generalized force that every coordinate must supply, external pushes taken off [N m, N].

    Newton and Euler from the ends inwards: every link hands force and moment at its joint to its parent.
    """
    zero = ca.SX.zeros(2)
    force = [zero] * len(figure.links)
    torque = [ca.SX(0.0)] * len(figure.links)
    needed: list[Symbol] = [ca.SX(0.0)] * len(figure.coordinates)
    for push in pushes:
        force[push.link] = force[push.link] - push.force
        torque[push.link] = torque[push.link] - moment(push.arm, push.force)
    for row in range(len(figure.links) - 1, -1, -1):
        link, pose = figure.links[row], poses[row]
        arm = rotated(pose.angle, link.center)
        inertial = link.mass * (acceleration_of(pose, arm) - gravity)
        force[row] = force[row] + inertial
        torque[row] = torque[row] + link.inertia * pose.acceleration + moment(arm, inertial)
        if link.parent < 0:
            needed[0], needed[1], needed[2] = torque[row], force[row][0], force[row][1]
            continue
        needed[link.coordinate] = needed[link.coordinate] + link.turn * torque[row]
        reach = poses[row].origin - poses[link.parent].origin
        force[link.parent] = force[link.parent] + force[row]
        torque[link.parent] = torque[link.parent] + torque[row] + moment(reach, force[row])
    return needed
