"""A stride drawn by hand that every gate lets pass: smooth, mirrored, its forces carry the weight."""

import numpy as np

from retrogait.predict.condition import Condition
from retrogait.predict.figure import ROOT
from retrogait.predict.stride import Stride
from retrogait.quantities import GRAVITY

CONDITION = Condition("forward", 1.2, 0.0)
STEP = 0.55  # s
ROWS = 100  # of a stride, the last left out
STANCE = 0.62  # of the stride


def stride(figure, condition=CONDITION):
    """Stride with the legs swapped half way, moments and slips zero, ground forces that carry the weight."""
    phase = np.arange(ROWS) / ROWS
    time = np.arange(ROWS + 1) * (2.0 * STEP / ROWS)
    n, muscles, half = len(figure.coordinates), 2 * len(figure.strands), len(figure.spheres) // 2
    q, v, a = np.zeros((3, ROWS, n))
    velocity = condition.sign * condition.speed
    rate = np.pi / STEP
    for row, name in enumerate(figure.coordinates):
        if row < len(ROOT):
            continue
        angle = 2.0 * np.pi * (phase + (0.5 if name.endswith("_l") else 0.0))
        mean = 0.3 if name.startswith("knee") else 0.0
        q[:, row] = mean + 0.2 * np.cos(angle)
        v[:, row], a[:, row] = -0.2 * rate * np.sin(angle), -0.2 * rate**2 * np.cos(angle)
    q[:, 1], q[:, 2] = velocity * time[:-1], 0.93
    v[:, 1] = velocity
    incline = np.radians(condition.incline)
    weight = figure.mass * GRAVITY * np.array([condition.sign * np.sin(incline), np.cos(incline)])
    force = np.zeros((ROWS, 2 * half, 2))
    place = np.zeros((ROWS, 2 * half, 2))
    shape = [_stance((phase + shift) % 1.0) for shift in (0.0, 0.5)]
    for side, share in enumerate(shape):
        portion = share / sum(shape)
        for sphere in range(half):
            row = side * half + sphere
            force[:, row] = portion[:, None] * weight / half
            place[:, row, 0] = 0.1 * sphere + 0.0512345 * (1 + side) + velocity * time[:-1]
    activation = 0.2 + 0.1 * np.sin(2.0 * np.pi * phase)[:, None] * np.ones(muscles)
    nothing = np.zeros((ROWS, n))
    parts = {
        "q": q, "v": v, "a": a, "muscle": nothing, "passive": nothing, "damping": nothing,
        "activation": activation, "tendon": 500.0 * activation, "fiber": np.ones((ROWS, muscles)),
        "shortening": np.zeros((ROWS, muscles)), "power": np.ones((ROWS, muscles)),
        "place": place, "force": force, "slip": np.zeros_like(force),
    }  # fmt: skip
    whole = {name: np.concatenate([part, part[:1]]) for name, part in parts.items()}
    whole["q"][-1, 1] += velocity * 2.0 * STEP
    whole["place"][-1, :, 0] += velocity * 2.0 * STEP
    return Stride(time=time, **whole)


def _stance(phase):
    """Share that a foot would carry: a hump in stance, nothing in swing."""
    return np.where(phase < STANCE, np.sin(np.pi * np.clip(phase / STANCE, 0.0, 1.0)) ** 2 + 0.2, 0.0)
