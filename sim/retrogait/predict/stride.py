"""A stride in numbers: everything that happens, row by row, for both legs."""

from typing import NamedTuple

import numpy as np

from retrogait.arrays import Floats


class Stride(NamedTuple):
    """One stride, from the legs crossing to the same again; the last row is the first one moved on.

    Attributes
    ----------
    time         : (row,) [s]
    q, v, a      : (row, coordinate) [rad or m], [/s], [/s2]
    muscle, passive, damping : (row, coordinate) moments of muscles, ligaments, springs and dampers [N m]
    activation   : (row, muscle), right leg first [1]
    tendon       : (row, muscle) force along the tendon [N]
    fiber        : (row, muscle) length in optimal lengths [1]
    shortening   : (row, muscle) fibre velocity in maximum velocities, lengthening positive [1]
    power        : (row, muscle) metabolic, of the smoothed model that was minimised [W]
    place, force, slip : (row, sphere, 2) lowest point [m], force on it [N], its velocity [m/s]
    """

    time: Floats
    q: Floats
    v: Floats
    a: Floats
    muscle: Floats
    passive: Floats
    damping: Floats
    activation: Floats
    tendon: Floats
    fiber: Floats
    shortening: Floats
    power: Floats
    place: Floats
    force: Floats
    slip: Floats

    @property
    def moment(self) -> Floats:
        """(row, coordinate) what muscles, ligaments, springs and dampers give together [N m]."""
        return self.muscle + self.passive + self.damping

    def ground(self, side: int) -> Floats:
        """(row, 2) force of the ground on the right (0) or left (1) foot [N]."""
        half = self.force.shape[1] // 2
        return np.asarray(self.force[:, side * half : (side + 1) * half].sum(axis=1))

    def ground_moment(self, side: int) -> Floats:
        """(row,) moment of these forces about the origin of the ground [N m]."""
        half = self.force.shape[1] // 2
        rows = slice(side * half, (side + 1) * half)
        x, y = self.place[:, rows, 0], self.place[:, rows, 1]
        return np.asarray((x * self.force[:, rows, 1] - y * self.force[:, rows, 0]).sum(axis=1))
