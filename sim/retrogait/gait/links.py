"""Which link hangs from which: the root of a model, and the way from a link to the ground."""

import numpy as np

from retrogait.arrays import Floats
from retrogait.kernels.model import Tree


def carried_mass(tree: Tree) -> Floats:
    """(link,) mass of every link with all that hangs from it [kg]."""
    carried = tree.mass.copy()
    for link in range(carried.size - 1, 0, -1):
        carried[tree.parent[link]] += carried[link]
    return carried


def root_link(tree: Tree) -> int:
    """Link that hangs from ground and carries the most mass: the pelvis, or a trunk that holds it."""
    roots = np.flatnonzero(tree.parent == 0)
    return int(roots[carried_mass(tree)[roots].argmax()])


def links_to_ground(tree: Tree, link: int) -> list[int]:
    """Return a link and all it hangs from, but not ground."""
    found = []
    while link > 0:
        found.append(link)
        link = int(tree.parent[link])
    return found
