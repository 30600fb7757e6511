"""Markers that ride on links: where they are, and how they move with the variables of a fit.

A *variable* is a coordinate that is free to move; a coupled coordinate moves with its driver's variable. All
that one variable does to one link through the link's own joint is a *twist*: the velocity of a body point at
p is ``linear + angular x p``.
"""

from typing import NamedTuple

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import Pose
from retrogait.kernels.model import Functions, Primitive, Tree


class Sites(NamedTuple):
    """Points that ride on links.

    Attributes
    ----------
    link     : (marker,) link that carries the marker
    location : (marker, 3) in the link frame [m]
    """

    link: Ints
    location: Floats


class Variables(NamedTuple):
    """What a fit may move.

    Attributes
    ----------
    coordinate   : (variable,) the coordinate it is
    column       : (coordinate,) variable that moves it, itself or through a coupler; -1 where it is held
    lower, upper : (variable,) bounds [rad or m]
    leap         : (variable,) longest step of a fit [rad or m]
    twist_first  : (link + 1,) range of a link's twists
    twist        : (twist,) variable of each
    twist_row    : (primitive,) twist that it is part of, -1 where it is held
    """

    coordinate: Ints
    column: Ints
    lower: Floats
    upper: Floats
    leap: Floats
    twist_first: Ints
    twist: Ints
    twist_row: Ints


@kernel
def follow(tree: Tree, functions: Functions, variables: Variables, q: Floats, factor: Floats) -> None:
    """Put coupled coordinates where their drivers hold them, and say how fast each moves with its variable.

    Parameters
    ----------
    q      : (coordinate,) coupled ones overwritten
    factor : (coordinate,) overwritten: derivative with respect to its variable, 0 where held
    """
    kind, coefficient, first, count, knot, cubic = functions
    for coordinate in range(q.shape[0]):
        source = tree.driver[coordinate]
        if source < 0:
            factor[coordinate] = 1.0 if variables.column[coordinate] >= 0 else 0.0
            continue
        f, df, _ = evaluate(
            kind, coefficient, first, count, knot, cubic, tree.driver_function[coordinate], q[source]
        )
        q[coordinate] = f
        factor[coordinate] = df if variables.column[coordinate] >= 0 else 0.0


@kernel
def locate(sites: Sites, pose: Pose, out: Floats) -> None:
    """Markers in ground axes.

    Parameters
    ----------
    pose : placed links
    out  : (marker, 3) overwritten [m]
    """
    R = pose.rotation
    p = pose.position
    for marker in range(sites.link.shape[0]):
        link = sites.link[marker]
        x, y, z = sites.location[marker, 0], sites.location[marker, 1], sites.location[marker, 2]
        out[marker, 0] = p[link, 0] + R[link, 0] * x + R[link, 1] * y + R[link, 2] * z
        out[marker, 1] = p[link, 1] + R[link, 3] * x + R[link, 4] * y + R[link, 5] * z
        out[marker, 2] = p[link, 2] + R[link, 6] * x + R[link, 7] * y + R[link, 8] * z


@kernel
def twist_links(tree: Tree, variables: Variables, pose: Pose, factor: Floats, out: Floats) -> None:
    """Twist of every link by every variable of its joint.

    Parameters
    ----------
    pose   : placed links, with the slope and axis of every primitive
    factor : (coordinate,) from `follow`
    out    : (twist, 6) overwritten: angular, then linear of what passes through the ground origin
    """
    out[:] = 0.0
    p = pose.position
    u = pose.axis
    for link in range(1, tree.parent.shape[0]):
        for k in range(tree.first[link], tree.last[link]):
            row = variables.twist_row[k]
            if row < 0:
                continue
            s = pose.slope[k] * factor[tree.coordinate[k]]
            x, y, z = s * u[k, 0], s * u[k, 1], s * u[k, 2]
            if tree.kind[k] == Primitive.TRANSLATION:
                out[row, 3] += x
                out[row, 4] += y
                out[row, 5] += z
            else:  # every rotation of a joint passes through the origin of its link
                out[row, 0] += x
                out[row, 1] += y
                out[row, 2] += z
                out[row, 3] += p[link, 1] * z - p[link, 2] * y
                out[row, 4] += p[link, 2] * x - p[link, 0] * z
                out[row, 5] += p[link, 0] * y - p[link, 1] * x


@kernel
def differentiate(
    tree: Tree, variables: Variables, sites: Sites, twist: Floats, position: Floats, out: Floats
) -> None:
    """Jacobian of the markers.

    Parameters
    ----------
    twist    : (twist, 6) from `twist_links`
    position : (marker, 3) from `locate` [m]
    out      : (marker, 3, variable) overwritten [m/rad or 1]
    """
    out[:] = 0.0
    for marker in range(sites.link.shape[0]):
        x, y, z = position[marker, 0], position[marker, 1], position[marker, 2]
        link = sites.link[marker]
        while link > 0:
            for row in range(variables.twist_first[link], variables.twist_first[link + 1]):
                variable = variables.twist[row]
                out[marker, 0, variable] += twist[row, 3] + twist[row, 1] * z - twist[row, 2] * y
                out[marker, 1, variable] += twist[row, 4] + twist[row, 2] * x - twist[row, 0] * z
                out[marker, 2, variable] += twist[row, 5] + twist[row, 0] * y - twist[row, 1] * x
            link = tree.parent[link]
