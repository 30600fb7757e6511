"""Rough seeds: textbook curves for a first gait of all, and gaits played backwards for a first retro one."""

import math
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta
from scipy.optimize import brentq

from retrogait.arrays import Floats
from retrogait.predict.condition import Condition
from retrogait.predict.figure import ROOT, SIDES, Figure
from retrogait.predict.seeds import Seed

TABLE = Path(__file__).with_name("textbook.toml")

REST = 0.1
"""Activation and tendon force of a muscle of which nothing is known [1]."""

SINK = 0.01
"""How far a textbook stride is let into the ground, so that the ground carries it [m]."""


class Series(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One coordinate over the phase of a stride; harmonics 1, 2, ... in the unit given."""

    unit: Literal["deg", "m"]
    mean: float
    cosine: tuple[float, ...]
    sine: tuple[float, ...]

    def at(self, phase: Floats) -> Floats:
        """Value at some phases [rad or m]."""
        scale = math.radians(1.0) if self.unit == "deg" else 1.0
        angle = 2.0 * np.pi * np.multiply.outer(phase, np.arange(1, len(self.cosine) + 1))
        return np.asarray(
            scale * (self.mean + np.cos(angle) @ np.array(self.cosine) + np.sin(angle) @ np.array(self.sine))
        )


class Textbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stride as textbooks draw it: duration [s], speed [m/s], curves."""

    stride_time: Annotated[float, Meta(gt=0.0)]
    speed: Annotated[float, Meta(gt=0.0)]
    series: dict[str, Series]


def textbook_seed(figure: Figure, nodes: int) -> Seed:
    """Level forward gait with the joint angles of textbooks and muscles at rest."""
    book = msgspec.convert(tomllib.loads(TABLE.read_text("utf-8")), Textbook)
    hip, knee = book.series["hip_flexion"], book.series["knee_angle"]

    def apart(phase: float) -> float:
        both = np.array([phase, phase + 0.5])
        direction = hip.at(both) - 0.5 * knee.at(both)
        return float(direction[0] - direction[1])

    # The legs cross in mid-stance of the right one; the first node is there (`problem._legs_cross`).
    crossing = brentq(apart, 0.2, 0.42)
    phase = crossing + 0.5 * np.arange(nodes) / nodes
    q = np.zeros((nodes, len(figure.coordinates)))
    for row, name in enumerate(figure.coordinates):
        side = name[-1] if row >= len(ROOT) else ""
        stem = name[:-2] if side else name
        if stem in book.series:
            q[:, row] = book.series[stem].at(phase + (0.5 if side == SIDES[1] else 0.0))
    duration = 0.5 * book.stride_time
    q[:, 1] = book.speed * duration * np.arange(nodes) / nodes
    q[:, 2] -= SINK
    muscles = np.full((nodes, len(figure.muscles)), REST)
    return Seed(Condition("forward", book.speed, 0.0), math.inf, duration, q, muscles, muscles.copy())


def backwards(figure: Figure, seed: Seed) -> Seed:
    """Return the same gait played backwards, which is a retro gait down where this one goes up.

    The first node stays the first; before it comes, seen backwards, the last one with the legs swapped.
    """
    order = [0, *range(seed.q.shape[0] - 1, 0, -1)]
    muscles = len(figure.muscles) // 2
    q = seed.q[order].copy()
    q[1:] = q[1:][:, figure.mirror]
    length = seed.condition.speed * seed.duration * seed.condition.sign
    q[1:, 1] -= length

    def turned(values: Floats) -> Floats:
        back = values[order].copy()
        back[1:] = np.roll(back[1:], muscles, axis=1)
        return np.asarray(back)

    condition = seed.condition
    other = Condition(
        "retro" if condition.direction == "forward" else "forward", condition.speed, -condition.incline
    )
    return Seed(other, math.inf, seed.duration, q, turned(seed.activation), turned(seed.tendon))
