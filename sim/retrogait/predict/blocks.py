"""The three small functions that an optimal-control problem of walking is made of, in symbols.

At every node the skeleton and each of two legs (the same function twice), between two nodes a step. Their
residuals and costs add up, so their derivatives do: compiling three small functions takes a third of the time
of one large one, and the skeleton is the same for every choice of compliant tendons.
"""

from itertools import pairwise
from typing import NamedTuple

import casadi as ca
import numpy as np

from retrogait.arrays import Floats
from retrogait.predict.contact import Law, contact_force
from retrogait.predict.figure import ROOT, SIDES, Figure, degrees
from retrogait.predict.motion import Push, Symbol, acceleration_of, across, place, require, rotated
from retrogait.predict.muscle import contract, path_length
from retrogait.predict.weights import TERMS
from retrogait.quantities import GRAVITY

HEAD = (0.0, 0.70)
"""Middle of the head above the hip, standing [m]; Winter 2009 figure 4.1: 0.93 less 0.53 of 1.75 m."""

BEARABLE = 1.1
"""Vertical ground force on one foot above which landing counts as hard [BW]."""

LOADING = 10.0
"""Rate of the ground force that counts 1: people's first peak of 1.1 BW takes about 0.12 s [BW/s]."""

ACTIVATION_TIME, DEACTIVATION_TIME = 0.015, 0.060
"""Time constants of activation dynamics [s]; De Groote F et al. (2009) Multibody Syst Dyn 22:283-297."""

NEAR_GROUND = 0.01
"""Height over which the price of a fast low foot falls by a factor e [m]."""

CONDITION = ("gravity_x", "gravity_y", "lean", "stiffness", "dissipation", "friction", "transition_velocity")


class Layout(NamedTuple):
    """Where things stand among the variables of one node.

    Attributes
    ----------
    q, v, a    : coordinates, speeds, accelerations
    ground     : vertical ground force on the right and left foot [BW]
    activation : right leg, then left
    tendon, tendon_rate : force of every compliant tendon [F0] and its rate [F0/s], right leg first
    scale      : (variable,) physical value of a variable at 1
    """

    q: slice
    v: slice
    a: slice
    ground: slice
    activation: slice
    tendon: slice
    tendon_rate: slice
    scale: Floats

    @property
    def size(self) -> int:
        """Number of variables of a node."""
        return int(self.tendon_rate.stop)


class Blocks(NamedTuple):
    """Symbolic functions and what they take.

    Attributes
    ----------
    figure     : of the person
    compliant  : names of muscles with compliant tendons, without side
    layout     : of the variables of a node
    parameters : names in the order of the parameter vector
    skeleton, leg, step : casadi functions (values, residuals); their variables are scaled
    detail_skeleton, detail_leg : the same with everything a reader of the solution wants
    leg_columns : per side, variables of the node that the leg function takes
    """

    figure: Figure
    compliant: tuple[str, ...]
    layout: Layout
    parameters: tuple[str, ...]
    skeleton: ca.Function
    leg: ca.Function
    step: ca.Function
    detail_skeleton: ca.Function
    detail_leg: ca.Function
    leg_columns: tuple[list[int], list[int]]


def build(figure: Figure, compliant: tuple[str, ...]) -> Blocks:
    """Symbolic functions of a figure, with compliant tendons in some muscles."""
    layout = _layout(figure, len(compliant))
    strands = [strand.name for strand in figure.strands]
    names = (*CONDITION, *(f"strength_{name}" for name in strands), *TERMS)
    p = ca.SX.sym("p", len(names))
    given = {name: p[i] for i, name in enumerate(names)}
    skeleton, detail = _skeleton(figure, layout, p, given)
    leg, detail_leg = _leg(figure, compliant, layout, p, given)
    return Blocks(
        figure, compliant, layout, names, skeleton, leg, _step(figure, layout, p, given), detail, detail_leg,
        (_leg_columns(figure, layout, 0), _leg_columns(figure, layout, 1)),
    )  # fmt: skip


def _layout(figure: Figure, compliant: int) -> Layout:
    n, leg, muscles = len(figure.coordinates), figure.leg, len(figure.strands)
    sizes = (n, n, n, 2, 2 * muscles, 2 * compliant, 2 * compliant)
    ends = np.cumsum(sizes)
    slices = [slice(int(end - size), int(end)) for end, size in zip(ends, sizes, strict=True)]
    # Sizes that walking reaches: they make every variable about 1.
    speed = [3.0, 2.0, 1.0, *2 * [6.0] * leg]
    acceleration = [40.0, 10.0, 10.0, *2 * [100.0] * leg]
    for row, name in enumerate(figure.coordinates):
        if name.startswith("mtp"):
            speed[row], acceleration[row] = 10.0, 300.0
    scale = np.concatenate(
        [
            np.ones(n),
            speed,
            acceleration,
            np.ones(2 + 2 * muscles + 2 * compliant),
            np.full(2 * compliant, 10.0),
        ]
    )
    return Layout._make([*slices, scale])


def _leg_columns(figure: Figure, layout: Layout, side: int) -> list[int]:
    """Variables of a node that belong to one leg: angles, speeds, activations, tendons and their rates."""
    first = len(ROOT) + side * figure.leg
    columns = [*range(first, first + figure.leg)]
    columns += [layout.v.start + c for c in range(first, first + figure.leg)]
    for part in (layout.activation, layout.tendon, layout.tendon_rate):
        half = (part.stop - part.start) // 2
        columns += range(part.start + side * half, part.start + (side + 1) * half)
    return columns


def passive_moment(figure: Figure, coordinate: str, q: Symbol) -> Symbol:
    """Moment of ligaments and relaxed tissue along a coordinate [N m]; Riener & Edrich 1999."""
    table = figure.table
    if coordinate in ROOT:
        return ca.SX(0.0)
    stem, side = coordinate[:-2], coordinate[-2:]
    angle = {
        joint: degrees(q[figure.row(f"{name}{side}")])
        for joint, name in (("hip", "hip_flexion"), ("knee", "knee_angle"), ("ankle", "ankle_angle"))
    }
    total = ca.SX(0.0)
    for passive in table.passive:
        if passive.coordinate == stem:
            total += table.si(passive.offset)
            for term in passive.terms:
                power = term.hip * angle["hip"] + term.knee * angle["knee"] + term.ankle * angle["ankle"]
                total += term.sign * ca.exp(term.constant + power)
    return total


def _damped(figure: Figure, coordinate: str, q: Symbol, v: Symbol) -> Symbol:
    """Moment of springs and dampers along a coordinate [N m]."""
    total = ca.SX(0.0)
    for damper in figure.table.damper:
        if damper.coordinate == coordinate[:-2]:
            row = figure.row(coordinate)
            stiffness, damping = figure.table.si(damper.stiffness), figure.table.si(damper.damping)
            total -= stiffness * q[row] + damping * v[row]
    return total


def _skeleton(
    figure: Figure, layout: Layout, p: Symbol, given: dict[str, Symbol]
) -> tuple[ca.Function, ca.Function]:
    """Newton and Euler with the ground: residuals per coordinate and per foot, and the costs of motion."""
    n = len(figure.coordinates)
    size = layout.ground.stop
    x = ca.SX.sym("x", size)
    full = x * layout.scale[:size]
    q, v, a = full[layout.q], full[layout.v], full[layout.a]
    ground = full[layout.ground]
    gravity: Symbol = ca.vertcat(given["gravity_x"], given["gravity_y"])
    law = Law(given["stiffness"], given["dissipation"], given["friction"], given["transition_velocity"])
    poses = place(figure, q, v, a)
    pushes, heights, slips, soles = [], [], [], []
    for sphere in figure.spheres:
        pose = poses[sphere.link]
        arm = rotated(pose.angle, sphere.center)
        low = arm - ca.vertcat(0.0, sphere.radius)
        velocity = pose.velocity + pose.rate * across(low)
        force = contact_force(pose.origin + arm, velocity, sphere.radius, sphere.share, law)
        pushes.append(Push(sphere.link, low, force))
        heights.append(pose.origin[1] + low[1])
        slips.append(velocity[0])
        soles.append(ca.vertcat(pose.origin + low, force, velocity))
    needed = ca.vertcat(*require(figure, poses, gravity, pushes))
    passive = ca.vertcat(*[passive_moment(figure, name, q) for name in figure.coordinates])
    damped = ca.vertcat(*[_damped(figure, name, q, v) for name in figure.coordinates])
    half = len(figure.spheres) // 2
    weight = figure.mass * GRAVITY
    vertical = [sum(push.force[1] for push in pushes[s * half : (s + 1) * half]) / weight for s in (0, 1)]
    residual = ca.vertcat(
        (needed - passive - damped) / _unit_of_force(figure), ground - ca.vertcat(*vertical)
    )
    usual = layout.scale[layout.a] * np.array([1.0, 2.0, 2.0, *[1.5] * (n - 3)])
    for row, name in enumerate(figure.coordinates):
        if name.startswith("mtp"):
            usual[row] = 2.0 * layout.scale[layout.a][row]
    head = acceleration_of(poses[0], rotated(poses[0].angle, HEAD))
    lean = q[0] - given["lean"] - ca.atan2(gravity[0], -gravity[1])
    near = sum(
        ca.exp(-rounded(height, 200.0) / NEAR_GROUND) * slip**2
        for height, slip in zip(heights, slips, strict=True)
    )
    cost = (
        given["acceleration"] * ca.sumsqr(a / usual)
        + given["ground_force"] * sum(rounded(ground[s] - BEARABLE, 20.0) ** 2 for s in (0, 1))
        + given["head"] * ca.sumsqr(head / 10.0)
        + given["trunk"] * lean**2
        + given["clearance"] * near
        + given["passive"] * ca.sumsqr(passive / 10.0)
    )
    detail = ca.Function("detail_skeleton", [x, p], [needed, passive, damped, ca.horzcat(*soles)])
    return ca.Function("skeleton", [x, p], [cost, residual]), detail


def rounded(x: Symbol, sharpness: float) -> Symbol:
    """max(x, 0) with a bend of 1/sharpness."""
    return 0.5 * (x + ca.sqrt(x**2 + sharpness**-2))


def _unit_of_force(figure: Figure) -> Floats:
    """(coordinate,) generalized force that counts 1 in a residual [N m, N]."""
    units = [50.0, 300.0, 300.0]
    units += [20.0 if name.startswith("mtp") else 50.0 for name in figure.coordinates[len(ROOT) :]]
    return np.array(units)


def _leg(
    figure: Figure, compliant: tuple[str, ...], layout: Layout, p: Symbol, given: dict[str, Symbol]
) -> tuple[ca.Function, ca.Function]:
    """Muscles of one leg: moments to take off the skeleton's residuals, equilibria, and their costs."""
    leg, muscles, soft = figure.leg, len(figure.strands), len(compliant)
    columns = _leg_columns(figure, layout, 0)
    x = ca.SX.sym("x", len(columns))
    full = x * layout.scale[columns]
    ends = np.cumsum([leg, leg, muscles, soft, soft]).tolist()
    parts: list[Symbol] = [full[first:last] for first, last in pairwise([0, *ends])]
    angle, speed, activation, tendon, rate = parts  # the last two empty where no tendon stretches
    symbol = ca.SX.sym("angle", leg)
    moments = ca.SX.zeros(leg)
    equilibria, forces, lengths, velocities, powers = [], [], [], [], []
    for row, strand in enumerate(figure.strands):
        length = path_length(figure, strand, symbol)
        length, arm = ca.substitute([length, ca.gradient(length, symbol)], [symbol], [angle])
        state = None
        if strand.name in compliant:
            place_ = compliant.index(strand.name)
            state = (tendon[place_], rate[place_])
        strength = given[f"strength_{strand.name}"]
        made = contract(strand, strength, length, ca.dot(arm, speed), activation[row], state)
        moments -= made.force * arm
        if made.equilibrium is not None:
            equilibria.append(made.equilibrium)
        forces.append(made.force)
        lengths.append(made.length)
        velocities.append(made.velocity)
        powers.append(made.power)
    # By volume, which is what fatigues and burns: else a strong muscle works as cheaply as a small one.
    share = np.array([strand.mass for strand in figure.strands])
    share /= share.mean()
    power: Symbol = ca.vertcat(*powers)
    # In people energy is counted by its sum; by squares it depends on how muscles are lumped.
    cost = given["activation"] * ca.dot(share, activation**2)
    cost += given["energy"] * ca.sum1(power) / figure.mass
    cost += given["power"] * ca.sumsqr(power / figure.mass)
    if soft:
        cost += given["tendon_rate"] * ca.sumsqr(rate / 10.0)
    units = _unit_of_force(figure)[len(ROOT) : len(ROOT) + leg]
    residual = ca.vertcat(-moments / units, *[5.0 * e for e in equilibria])
    detail = ca.Function(
        "detail_leg", [x, p],
        [moments, ca.vertcat(*forces), ca.vertcat(*lengths), ca.vertcat(*velocities), power],
    )  # fmt: skip
    return ca.Function("leg", [x, p], [cost, residual]), detail


def _step(figure: Figure, layout: Layout, p: Symbol, given: dict[str, Symbol]) -> ca.Function:
    """From one node to the next: defects (zero), rates of activation from fastest fall (0) to rise (1).

    Accelerations are linear in time within a step, so the coordinates are cubic splines through the nodes
    with exactly these speeds and accelerations: who fits splines to the motion gets the accelerations back.
    """
    size = layout.size
    x0, x1 = ca.SX.sym("x0", size), ca.SX.sym("x1", size)
    duration, jump, count = ca.SX.sym("T"), ca.SX.sym("jump"), ca.SX.sym("N")
    z0, z1 = x0 * layout.scale, x1 * layout.scale
    h = duration / count
    scale = layout.scale
    shift = ca.SX.zeros(layout.q.stop)
    shift[1] = jump * duration
    q0, q1, v0, v1, a0, a1 = (
        z0[layout.q],
        z1[layout.q],
        z0[layout.v],
        z1[layout.v],
        z0[layout.a],
        z1[layout.a],
    )
    position = 10.0 * (q1 + shift - q0 - h * v0 - h**2 * (a0 / 3.0 + a1 / 6.0))
    velocity = (v1 - v0 - 0.5 * h * (a0 + a1)) / scale[layout.v]
    f0, f1 = z0[layout.tendon], z1[layout.tendon]
    tendon = f1 - f0 - 0.5 * h * (z0[layout.tendon_rate] + z1[layout.tendon_rate])
    u0, u1 = z0[layout.activation], z1[layout.activation]
    change = (u1 - u0) * count
    middle = 0.5 * (u0 + u1)
    # Both limits of a rate in one row, in place of a row for each: a fifth less time to solve.
    fastest_rise, fastest_fall = (1.0 - middle) / ACTIVATION_TIME, middle / DEACTIVATION_TIME
    rate = (change / duration + fastest_fall) / (fastest_fall + fastest_rise)
    loading = (z1[layout.ground] - z0[layout.ground]) / (h * LOADING)
    cost = given["activation_rate"] * ca.sumsqr(change) + given["loading_rate"] * ca.sumsqr(loading)
    residual = ca.vertcat(position, velocity, tendon, rate)
    return ca.Function("step", [x0, x1, duration, jump, count, p], [cost, residual])


def muscle_names(figure: Figure) -> list[str]:
    """Names with side in the order of activations: right leg first."""
    return [f"{strand.name}_{side}" for side in SIDES for strand in figure.strands]
