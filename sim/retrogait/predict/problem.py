"""The optimal-control problem of one step: direct collocation with sparse exact derivatives.

A stride is two mirrored steps, so one step is enough. Its nodes form a ring: after the last node comes the
first one with the legs swapped, moved on by the length of a step. The end of the step is therefore no
variable, and periodicity no constraint. Jacobian and Hessian are put together from those of the blocks.
"""

from typing import NamedTuple

import casadi as ca
import numpy as np
from numpy.typing import NDArray

from retrogait.arrays import Floats
from retrogait.predict.blocks import Blocks
from retrogait.predict.derivatives import Derivatives
from retrogait.predict.figure import ROOT
from retrogait.predict.motion import Symbol

Index = NDArray[np.int64]


class Problem(NamedTuple):
    """A nonlinear program for IPOPT.

    Attributes
    ----------
    blocks     : it is made of
    nodes      : of one step
    lower, upper : (constraint,) bounds
    functions  : nlp, grad_f, jac_g, hess_lag
    variables  : number of them, the duration of the step [s] last
    parameters : number of them: those of the blocks, signed speed [m/s], tracking weight, tracked coordinates
    """

    blocks: Blocks
    nodes: int
    lower: Floats
    upper: Floats
    functions: dict[str, ca.Function]
    variables: int
    parameters: int

    def split(self, x: Floats) -> tuple[Floats, float]:
        """(node, variable) physical values and duration of the step [s]."""
        return x[:-1].reshape(self.nodes, -1) * self.blocks.layout.scale, float(x[-1])

    def join(self, values: Floats, duration: float) -> Floats:
        """Variables from physical values."""
        return np.append((values / self.blocks.layout.scale).ravel(), duration)


class _Part(NamedTuple):
    """Many copies of one block: values to scatter, rows and columns of every copy."""

    values: Symbol
    sparsity: ca.Sparsity
    rows: Index
    columns: Index


def mirrored(blocks: Blocks) -> Index:
    """(variable,) where a variable of the first node stands among those of the node after the last."""
    layout, figure = blocks.layout, blocks.figure
    order = np.arange(layout.size)
    for part in (layout.q, layout.v, layout.a):
        order[part] = part.start + np.array(figure.mirror)
    for part in (layout.ground, layout.activation, layout.tendon, layout.tendon_rate):
        order[part] = np.roll(order[part], (part.stop - part.start) // 2)
    return order


def transcribe(blocks: Blocks, derivatives: Derivatives, nodes: int) -> Problem:
    """Nonlinear program of one step with some number of nodes."""
    layout = blocks.layout
    size, n = layout.size, layout.q.stop
    count = len(blocks.parameters)
    tracked = [0, *range(2, n)]
    variables = nodes * size + 1
    x = ca.MX.sym("x", variables)
    p = ca.MX.sym("p", count + 2 + len(tracked) * nodes)
    shared, speed, pull = p[:count], p[count], p[count + 1]
    wanted = ca.reshape(p[count + 2 :], len(tracked), nodes)
    z, duration = ca.reshape(x[:-1], size, nodes), x[-1]
    following = ca.horzcat(z[:, 1:], z[mirrored(blocks).tolist(), 0])
    per_cost = 1.0 / (nodes * ca.fabs(speed))

    # columns of every copy
    node = np.arange(nodes)[:, None]
    skeleton_columns = node * size + np.arange(layout.ground.stop)
    leg_columns = [node * size + np.array(columns) for columns in blocks.leg_columns]
    after = np.vstack([(node[1:] * size) + np.arange(size), mirrored(blocks)[None]])
    step_columns = np.hstack([node * size + np.arange(size), after, np.full((nodes, 1), nodes * size)])

    # rows of every copy
    leg_rows = int(blocks.leg.size1_out(1))
    soft, leg = len(blocks.compliant), blocks.figure.leg
    skeleton_size, step_size = int(blocks.skeleton.size1_out(1)), int(blocks.step.size1_out(1))
    per_node = skeleton_size + 2 * soft
    skeleton_rows = node * per_node + np.arange(skeleton_size)
    legs = []
    for side in (0, 1):
        joints = len(ROOT) + side * leg + np.arange(leg)
        equilibria = skeleton_size + side * soft + np.arange(leg_rows - leg)
        legs.append(node * per_node + np.concatenate([joints, equilibria]))
    step_rows = nodes * per_node + node * step_size + np.arange(step_size)
    constraints = nodes * (per_node + step_size) + 1

    jump = ca.horzcat(ca.MX.zeros(1, nodes - 1), speed)

    def take(columns: Index) -> Symbol:
        return ca.reshape(x[columns.ravel().tolist()], columns.shape[1], nodes)

    def many(value: Symbol) -> Symbol:
        return ca.repmat(value, 1, nodes)

    step_inputs = (z, following, many(duration), jump, many(ca.MX(nodes)), many(shared))
    arguments = [
        (derivatives.skeleton, (take(skeleton_columns), many(shared)), skeleton_rows, skeleton_columns),
        *((derivatives.leg, (take(c), many(shared)), r, c) for r, c in zip(legs, leg_columns, strict=True)),
        (derivatives.step, step_inputs, step_rows, step_columns),
    ]
    pin, pin_columns = _legs_cross(blocks)
    off = z[tracked, :] - wanted

    cost: Symbol = 0.0
    residual = ca.MX.zeros(constraints)
    gradient = ca.MX.zeros(variables)
    jacobians = []
    for part, inputs, rows, columns in arguments:
        value, r = part.value.map(nodes)(*inputs)
        cost += ca.sum2(value) * per_cost
        residual += _spread(r, rows, constraints)
        g, j = part.jacobian.map(nodes)(*inputs)
        gradient += _spread(g * per_cost, columns, variables)
        jacobians.append(_Part(j, part.jacobian.sparsity_out(1), rows, columns))
    cost += pull * ca.sumsqr(off) / nodes
    tracked_columns = node * size + np.array(tracked)
    gradient += _spread(2.0 * pull / nodes * off, tracked_columns, variables)
    residual[constraints - 1] = ca.dot(ca.MX(pin), x[pin_columns])
    last = np.array([[constraints - 1]])
    line = ca.Sparsity.dense(1, len(pin_columns))
    jacobians.append(_Part(ca.MX(ca.DM(pin).T), line, last, np.array([pin_columns])))
    jacobian = _scatter(jacobians, (constraints, variables))

    lam_f, lam_g = ca.MX.sym("lam_f"), ca.MX.sym("lam_g", constraints)
    hessians = []
    for part, inputs, rows, columns in arguments:
        weights = ca.reshape(lam_g[rows.ravel().tolist()], rows.shape[1], nodes)
        h = part.hessian.map(nodes)(*inputs, many(lam_f * per_cost), weights)
        hessians.append(_Part(h, part.hessian.sparsity_out(0), columns, columns))
    diagonal = ca.Sparsity.diag(len(tracked))
    stiff = ca.repmat(lam_f * 2.0 * pull / nodes, 1, nodes * len(tracked))
    hessians.append(_Part(stiff, diagonal, tracked_columns, tracked_columns))
    hessian = _scatter(hessians, (variables, variables), upper=True)

    functions = {
        "nlp": ca.Function("nlp", {"x": x, "p": p, "f": cost, "g": residual}, ["x", "p"], ["f", "g"]),
        "grad_f": ca.Function("nlp_grad_f", [x, p], [cost, gradient], ["x", "p"], ["f", "grad_f_x"]),
        "jac_g": ca.Function("nlp_jac_g", [x, p], [residual, jacobian], ["x", "p"], ["g", "jac_g_x"]),
        "hess_lag": ca.Function(
            "nlp_hess_l", [x, p, lam_f, lam_g], [hessian], ["x", "p", "lam_f", "lam_g"],
            ["triu_hess_gamma_x_x"],
        ),
    }  # fmt: skip
    lower, upper = np.zeros(constraints), np.zeros(constraints)
    muscles = layout.activation.stop - layout.activation.start
    for row in step_rows:
        upper[row[-muscles:]] = 1.0
    return Problem(blocks, nodes, lower, upper, functions, variables, int(p.numel()))


def _legs_cross(blocks: Blocks) -> tuple[list[float], list[int]]:
    """Coefficients and variables of the first node: both legs point the same way.

    Any instant could be the first; this picks one, because a problem that may be shifted in time for nothing
    has no isolated answer. The direction of a leg is that of its thigh less half the flexion of its knee.
    """
    row = blocks.figure.row
    return [1.0, -0.5, -1.0, 0.5], [
        row("hip_flexion_r"), row("knee_angle_r"), row("hip_flexion_l"), row("knee_angle_l"),
    ]  # fmt: skip


def _spread(values: Symbol, rows: Index, size: int) -> Symbol:
    """Sum of columns of values into a vector, each at its own rows."""
    flat = rows.ravel()
    into = ca.DM.triplet(flat.tolist(), list(range(flat.size)), ca.DM.ones(flat.size), size, flat.size)
    return ca.mtimes(into, ca.densify(ca.vec(values)))


def _scatter(parts: list[_Part], shape: tuple[int, int], *, upper: bool = False) -> Symbol:
    """Sum of sparse blocks in one sparse matrix; ``upper`` folds what falls below the diagonal upwards."""
    rows, columns, values = [], [], []
    for part in parts:
        r, c = np.array(part.sparsity.row()), np.array(part.sparsity.get_col())
        rows.append(part.rows[:, r].ravel())
        columns.append(part.columns[:, c].ravel())
        values.append(ca.vec(part.values.nz[:]))
    row, column = np.concatenate(rows), np.concatenate(columns)
    if upper:
        row, column = np.minimum(row, column), np.maximum(row, column)
    key, where = np.unique(column.astype(np.int64) * shape[0] + row, return_inverse=True)
    pattern = ca.Sparsity.triplet(shape[0], shape[1], (key % shape[0]).tolist(), (key // shape[0]).tolist())
    add = ca.DM.triplet(where.tolist(), list(range(where.size)), ca.DM.ones(where.size), key.size, where.size)
    return ca.MX(pattern, ca.mtimes(add, ca.vertcat(*values)))
