"""Slow and obvious twins of the wrap kernels: a taut string, found by a general minimiser."""

import numpy as np
from scipy.optimize import minimize

PRECISION = 1e-12  # of the length [m]
VIOLATION = 1e-8  # of the constraint, in units of one


def path_length(bend, end1, end2):
    """Length from end to end of a wrapped piece: straight, arc, straight."""
    a, b = np.array(bend[1:4]), np.array(bend[4:7])
    return np.linalg.norm(a - end1) + bend[7] + np.linalg.norm(b - end2)


def shortest(length, outside, starts):
    """Smallest constrained minimum of ``length`` over several starts."""
    runs = [
        minimize(
            length,
            start,
            method="SLSQP",
            constraints={"type": "ineq", "fun": outside},
            options={"maxiter": 500, "ftol": PRECISION},
        )
        for start in starts
    ]
    # At the minimum SLSQP often reports a failed line search, so the answer is judged by itself.
    return min(run.fun for run in runs if outside(run.x).min() > -VIOLATION)


def taut_over_cylinder(end1, end2, radius):
    """Shortest way past a cylinder about z, on either side.

    Unknowns: angle and height of both tangent points. A point of the surface is in sight of an end
    outside when that end lies above its tangent plane.
    """

    def point(angle, height):
        return np.array([radius * np.cos(angle), radius * np.sin(angle), height])

    def length(x):
        a, b = point(x[0], x[1]), point(x[2], x[3])
        arc = np.hypot(radius * (x[2] - x[0]), x[3] - x[1])
        return np.linalg.norm(a - end1) + arc + np.linalg.norm(b - end2)

    def outside(x):
        sights = (point(angle, 0.0)[:2] @ end[:2] - radius**2 for angle, end in ((x[0], end1), (x[2], end2)))
        return np.array([*sights]) / radius**2

    first = np.arctan2(end1[1], end1[0])
    left = (np.arctan2(end2[1], end2[0]) - first) % (2.0 * np.pi)
    starts = [
        [first + share * turn, end1[2], first + (1.0 - share) * turn, end2[2]]
        for turn in (left, left - 2.0 * np.pi)
        for share in (0.05, 0.2, 0.4)
    ]
    return shortest(length, outside, starts)


def taut_over_sphere(end1, end2, radius):
    """Shortest way past a sphere; unknowns: longitude and latitude of both tangent points."""

    def point(longitude, latitude):
        flat = np.cos(latitude)
        return np.array([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])

    def length(x):
        a, b = point(x[0], x[1]), point(x[2], x[3])
        arc = np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)
        return np.linalg.norm(radius * a - end1) + radius * arc + np.linalg.norm(radius * b - end2)

    def outside(x):
        return np.array([point(x[0], x[1]) @ end1, point(x[2], x[3]) @ end2]) / radius - 1.0

    start = []
    for end in (end1, end2):
        start += [np.arctan2(end[1], end[0]), np.arcsin(end[2] / np.linalg.norm(end))]
    return shortest(length, outside, [start])


def mean_fan(semi_axes, start, chord, blades=300):
    """Mean unit vector from samples of the chord to their closest points."""
    share = np.arange(1, blades - 1)[:, None] / blades
    sample = start + share * chord
    away = closest_point(semi_axes, sample) - sample
    total = np.sum(away / np.linalg.norm(away, axis=1, keepdims=True), axis=0)
    return total / np.linalg.norm(total)


def closest_point(semi_axes, point):
    """Closest point of an ellipsoid to each row of ``point``: bisection on the multiplier."""
    square = semi_axes**2
    low = np.full((*point.shape[:-1], 1), -square.min())
    high = semi_axes.max() * np.linalg.norm(point, axis=-1, keepdims=True)
    for _ in range(80):
        middle = 0.5 * (low + high)
        below = np.sum((semi_axes * point / (middle + square)) ** 2, axis=-1, keepdims=True) > 1.0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return square * point / (high + square)
