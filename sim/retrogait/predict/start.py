"""Starts: the variables of a problem from a seed."""

import numpy as np
from scipy.interpolate import CubicSpline

from retrogait.arrays import Floats
from retrogait.predict.parameters import plain_parameters
from retrogait.predict.problem import Problem
from retrogait.predict.seeds import Seed
from retrogait.quantities import GRAVITY


def retimed(problem: Problem, x: Floats, speed: float, duration: float | None = None) -> Floats:
    """Same poses at another speed: rates follow the duration, the path the speed.

    Parameters
    ----------
    speed    : signed [m/s]
    duration : of the step [s]; by default the one it has
    """
    layout = problem.blocks.layout
    values, old = problem.split(x)
    new = duration or old
    values = values.copy()
    pace = old / new
    mean = values[:, layout.v][:, 1].mean() * pace
    values[:, layout.v] *= pace
    values[:, layout.a] *= pace**2
    values[:, layout.tendon_rate] *= pace
    values[:, layout.v.start + 1] += speed - mean
    share = np.arange(problem.nodes) / problem.nodes
    values[:, 1] += (speed - mean) * new * share
    return problem.join(values, new)


def from_nodes(problem: Problem, seed: Seed, sign: int = 1) -> Floats:
    """Gait from a seed.

    Speeds and accelerations are those of the periodic cubic spline, which is what the problem itself uses.

    Parameters
    ----------
    sign : of the velocity, -1 for retro walking
    """
    duration = seed.duration
    speed = sign * seed.condition.speed
    blocks = problem.blocks
    layout, figure = blocks.layout, blocks.figure
    nodes, muscles = problem.nodes, len(figure.strands)
    activation, tendon = (_resampled(part, nodes) for part in (seed.activation, seed.tendon))
    values = np.zeros((nodes, layout.size))
    made = spline_ring(seed.q, duration, speed, figure.mirror, nodes)
    for part, array in zip((layout.q, layout.v, layout.a), made, strict=True):
        values[:, part] = array
    values[:, layout.activation] = activation
    columns = [
        side * muscles + [strand.name for strand in figure.strands].index(name)
        for side in range(2)
        for name in blocks.compliant
    ]
    if columns:
        force = tendon[:, columns]
        values[:, layout.tendon] = force
        half = len(blocks.compliant)
        ahead = np.vstack([force[1:], np.roll(force[:1], half, axis=1)])
        behind = np.vstack([np.roll(force[-1:], half, axis=1), force[:-1]])
        values[:, layout.tendon_rate] = (ahead - behind) * (0.5 * nodes / duration)
    values[:, layout.ground] = _ground(problem, values)
    return problem.join(values, duration)


def _resampled(values: Floats, nodes: int) -> Floats:
    """(node, muscle) values of a ring at another number of nodes, in straight lines."""
    count, muscles = values.shape
    if count == nodes:
        return values
    ring = np.vstack([values, np.roll(values[:1], muscles // 2, axis=1)])
    place = np.arange(nodes) * (count / nodes)
    return np.column_stack([np.interp(place, np.arange(count + 1), column) for column in ring.T])


def spline_ring(
    q: Floats, duration: float, speed: float, mirror: list[int], count: int
) -> tuple[Floats, Floats, Floats]:
    """Coordinates, speeds and accelerations of the cubic spline through a mirrored ring of nodes.

    Parameters
    ----------
    q        : (node, coordinate) at evenly spaced nodes of a step [rad or m]
    duration : of the step [s]
    speed    : signed [m/s]
    mirror   : row of every coordinate on the other side
    count    : number of evenly spaced nodes of the answer
    """
    nodes = q.shape[0]
    length = speed * duration
    stride = np.vstack([q, q[:, mirror], q[:1]])
    stride[:, 1] = np.concatenate([q[:, 1], q[:, 1] + length, q[:1, 1] + 2.0 * length])
    time = np.arange(2 * nodes + 1) * (duration / nodes)
    stride[:, 1] -= speed * time  # periodic, as a spline that closes demands
    stride[-1] = stride[0]
    spline = CubicSpline(time, stride, bc_type="periodic")
    at = np.arange(count) * (duration / count)
    place, v, a = (np.asarray(spline(at, order)) for order in range(3))
    place[:, 1] += speed * at
    v[:, 1] += speed
    return place, v, a


def _ground(problem: Problem, values: Floats) -> Floats:
    """(node, 2) vertical ground force that the contact law gives [BW]; a start must be near, not exact."""
    layout, blocks = problem.blocks.layout, problem.blocks
    parameters = plain_parameters(problem)
    scaled = (values / layout.scale)[:, : layout.ground.stop]
    soles = np.array(blocks.detail_skeleton.map(problem.nodes)(scaled.T, parameters)[3])
    half = len(blocks.figure.spheres) // 2
    vertical = soles.reshape(6, problem.nodes, 2 * half)[3]
    weight = blocks.figure.mass * GRAVITY
    return np.column_stack([vertical[:, :half].sum(axis=1), vertical[:, half:].sum(axis=1)]) / weight
