"""A solved step made into a stride."""

import numpy as np

from retrogait.arrays import Floats
from retrogait.predict.blocks import Blocks
from retrogait.predict.figure import ROOT
from retrogait.predict.problem import Problem
from retrogait.predict.solve import Solution
from retrogait.predict.stride import Stride


def stride_of(problem: Problem, solution: Solution) -> Stride:
    """Stride of a solution: the step, and the step again with the legs swapped."""
    blocks = problem.blocks
    layout, figure = blocks.layout, blocks.figure
    values, duration = problem.split(solution.x)
    step = _step(blocks, values / layout.scale, solution.parameters)
    nodes, muscles, spheres = problem.nodes, len(figure.strands), len(figure.spheres) // 2
    length = solution.speed * duration
    swap = {
        "coordinate": np.array(figure.mirror),
        "muscle": np.roll(np.arange(2 * muscles), muscles),
        "sphere": np.roll(np.arange(2 * spheres), spheres),
    }
    kind = dict.fromkeys(("q", "v", "a", "muscle", "passive", "damping"), "coordinate")
    kind |= dict.fromkeys(("activation", "tendon", "fiber", "shortening", "power"), "muscle")
    kind |= dict.fromkeys(("place", "force", "slip"), "sphere")
    whole = {}
    for name, axis in kind.items():
        first = step[name]
        second = first[:, swap[axis]].copy()
        again = first[:1].copy()
        if name == "q":
            second[:, 1] += length
            again[:, 1] += 2.0 * length
        if name == "place":
            second[..., 0] += length
            again[..., 0] += 2.0 * length
        whole[name] = np.concatenate([first, second, again])
    return Stride(time=np.asarray(np.arange(2 * nodes + 1) * (duration / nodes), np.float64), **whole)


def _step(blocks: Blocks, scaled: Floats, parameters: Floats) -> dict[str, Floats]:
    """Everything at the nodes of the step, from scaled variables."""
    layout, figure = blocks.layout, blocks.figure
    nodes, n, leg = scaled.shape[0], len(figure.coordinates), figure.leg
    muscles = len(figure.strands)
    values = scaled * layout.scale
    made: dict[str, Floats] = {
        "q": values[:, layout.q], "v": values[:, layout.v], "a": values[:, layout.a],
        "activation": values[:, layout.activation],
    }  # fmt: skip
    _, passive, damping, soles = (
        np.array(part)
        for part in blocks.detail_skeleton.map(nodes)(scaled[:, : layout.ground.stop].T, parameters)
    )
    made["passive"], made["damping"] = passive.T, damping.T
    sole = soles.reshape(6, nodes, len(figure.spheres)).transpose(1, 2, 0)
    made["place"], made["force"], made["slip"] = sole[..., :2], sole[..., 2:4], sole[..., 4:]
    made["muscle"] = np.zeros((nodes, n))
    each: list[list[Floats]] = [[], [], [], []]
    for side, columns in enumerate(blocks.leg_columns):
        moment, *rest = (
            np.array(part).T for part in blocks.detail_leg.map(nodes)(scaled[:, columns].T, parameters)
        )
        first = len(ROOT) + side * leg
        made["muscle"][:, first : first + leg] = moment
        for pile, part in zip(each, rest, strict=True):
            pile.append(part)
    for name, pile in zip(("tendon", "fiber", "shortening", "power"), each, strict=True):
        made[name] = np.hstack(pile)
        assert made[name].shape == (nodes, 2 * muscles)
    return made
