"""Knee loads of a prediction by its own muscle forces, beside those of static optimisation."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.predict.figure import Figure
from retrogait.predict.stride import Stride
from retrogait.quantities import GRAVITY


class Peaks(NamedTuple):
    """Largest forces of a stride on either knee [BW]."""

    tibiofemoral: float
    patellofemoral: float


def peaks(result: xr.Dataset) -> Peaks:
    """Peaks of an analyzed stride: tibiofemoral force by its size, patellofemoral by the closed form."""
    weight = float(result.attrs["body_weight"])
    size = np.linalg.norm(result["tibiofemoral_force"].values, axis=-1)
    contact = result["patellofemoral_force"].sel({"method": "closed_form"}).values
    return Peaks(float(np.nanmax(size)) / weight, float(np.nanmax(contact)) / weight)


def own_peaks(figure: Figure, stride: Stride, result: xr.Dataset) -> Peaks:
    """Peaks by the predictor's own muscle forces.

    Net joint force and ratio of patellofemoral to quadriceps force are those of the analysis; both do not
    depend on how muscles share the load.
    """
    weight = figure.mass * GRAVITY
    force = stride.tendon
    muscles = len(figure.strands)
    # Force on the tibia: muscles pull it towards the femur, which pushes back.
    pulled = (force[..., None] * knee_pull(figure, stride)).reshape(force.shape[0], 2, muscles, 2).sum(axis=2)
    net = result["tibiofemoral_net_force"].sel(axis=["x", "y"]).values
    size = np.linalg.norm(net - pulled, axis=-1)
    heads = [row for row, strand in enumerate(figure.strands) if strand.name in QUADRICEPS]
    names = figure.muscles
    contact = np.zeros_like(size)
    by_core = result["patellofemoral_force"].sel({"method": "closed_form"}).values
    for side in (0, 1):
        rows = [side * muscles + row for row in heads]
        core = result["muscle_force"].sel(muscle=[names[row] for row in rows]).values.sum(axis=1)
        ratio = by_core[:, side] / np.maximum(core, LEAST_FORCE)
        contact[:, side] = ratio * force[:, rows].sum(axis=1)
    return Peaks(float(size.max()) / weight, float(contact.max()) / weight)


QUADRICEPS = ("recfem", "vasmed", "vasint", "vaslat")

LEAST_FORCE = 1e-9
"""Quadriceps force that a ratio is taken of [N]."""


def knee_pull(figure: Figure, stride: Stride) -> Floats:
    """(row, muscle, 2) direction in which a muscle pulls tibia to femur, in tibia axes; 0 if it does not."""
    angles, origins = place_rows(figure, stride.q)
    muscles = len(figure.strands)
    pull = np.zeros((stride.time.size, 2 * muscles, 2))
    legs = (0, (len(figure.links) - 1) // 2)
    for side, shift in enumerate(legs):
        tibia = figure.link(f"tibia_{'rl'[side]}")
        below = _below(figure, tibia)
        cosine, sine = np.cos(angles[:, tibia]), np.sin(angles[:, tibia])
        for row, strand in enumerate(figure.strands):
            points = []
            for link, (x, y) in strand.path:
                own = link if link == 0 else link + shift
                c, s = np.cos(angles[:, own]), np.sin(angles[:, own])
                points.append((own, origins[:, own] + np.stack([c * x - s * y, s * x + c * y], axis=1)))
            for (one, a), (other, b) in pairwise(points):
                if (one in below) != (other in below):
                    direction = (a - b) if other in below else (b - a)
                    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
                    x, y = direction.T
                    pull[:, side * muscles + row, 0] += cosine * x + sine * y
                    pull[:, side * muscles + row, 1] += cosine * y - sine * x
    return pull


def _below(figure: Figure, tibia: int) -> set[int]:
    """Rows of a tibia and everything that hangs from it."""
    below = {tibia}
    for row, link in enumerate(figure.links):
        if link.parent in below:
            below.add(row)
    return below


def place_rows(figure: Figure, q: Floats) -> tuple[Floats, Floats]:
    """(row, link) angles [rad] and (row, link, 2) origins [m] of every link."""
    angles = np.zeros((q.shape[0], len(figure.links)))
    origins = np.zeros((q.shape[0], len(figure.links), 2))
    for row, link in enumerate(figure.links):
        if link.parent < 0:
            angles[:, row], origins[:, row] = q[:, 0], q[:, 1:3]
            continue
        parent = angles[:, link.parent]
        c, s = np.cos(parent), np.sin(parent)
        x, y = link.at
        origins[:, row] = origins[:, link.parent] + np.stack([c * x - s * y, s * x + c * y], axis=1)
        angles[:, row] = parent + link.turn * q[:, link.coordinate] + link.rest
    return angles, origins
