"""The compiled model: flat arrays, parents before children.

A *link* is one body of the OpenSim model, placed by the joint that carries it. Its frame is the joint's
child frame, so that a joint's reaction is a link's own wrench. Link 0 is ground. A joint is a chain of
*primitives*: translations along fixed axes of the parent frame first, then rotations one after another,
each a scalar function of one coordinate. A rotation or translation that no coordinate drives is a
constant function.
"""

from enum import IntEnum
from typing import NamedTuple

from retrogait.arrays import Floats, Ints


class Function(IntEnum):
    """Kinds of scalar function; a constant is linear with slope zero."""

    LINEAR = 0
    POLYNOMIAL = 1
    PIECEWISE = 2


class Primitive(IntEnum):
    """One degree of freedom of a joint chain."""

    TRANSLATION = 0
    ROTATION = 1


class Rates(IntEnum):
    """How a joint's coordinate rates become angular velocity and acceleration.

    EXACT    : the chain rule (physics).
    FUNCTION : as Simbody's function-based mobilizer, which takes the wrong partial angular velocities when
               one coordinate drives several rotations (`OpenSim` parity only).
    QUASI    : the rates are components of the angular velocity in the parent frame, as OpenSim's
               inverse dynamics reads them on ball and free joints (`OpenSim` parity only).
    """

    EXACT = 0
    FUNCTION = 1
    QUASI = 2


class Functions(NamedTuple):
    """Scalar functions of one variable; piecewise ones continue linearly outside their knots.

    Attributes
    ----------
    kind        : (function,) `Function`
    coefficient : (function, order) ascending powers, for LINEAR and POLYNOMIAL
    first       : (function,) first row in ``knot``, for PIECEWISE
    knots       : (function,) number of knots
    knot        : (knot,) abscissae
    cubic       : (knot, 4) ascending powers of the distance from the knot on its left; the last row of a
                  function holds value and slope for what lies beyond
    """

    kind: Ints
    coefficient: Floats
    first: Ints
    knots: Ints
    knot: Floats
    cubic: Floats


class Tree(NamedTuple):
    """Bodies and joints.

    Attributes
    ----------
    parent         : (link,) row of the parent link, -1 for ground
    frame_rotation : (link, 9) joint's parent frame in the parent link, row major
    frame_aligned  : (link,) 1 where that rotation is the identity
    frame_offset   : (link, 3) its origin in the parent link [m]
    first, last    : (link,) range of the joint's primitives
    rates          : (link,) `Rates`
    mass           : (link,) [kg]
    com            : (link, 3) centre of mass in the link frame [m]
    inertia        : (link, 6) xx yy zz xy xz yz about the centre of mass, link axes [kg m2]
    kind           : (primitive,) `Primitive`
    axis           : (primitive, 3) unit vector in the frame before the primitive
    axis_code      : (primitive,) 1, 2, 3 for +x, +y, +z; negative for the opposite; 0 otherwise
    function       : (primitive,) row in `Functions`
    coordinate     : (primitive,) coordinate that drives it, -1 for none
    second_rate    : (primitive,) 1 where it enters the angular velocity that turns axis 2 (FUNCTION)
    third_rate     : (primitive,) 1 where it enters the one that turns axis 3 (FUNCTION)
    slot           : (primitive,) 0, 1, 2: which rotation of the joint it is
    driver         : (coordinate,) coordinate that a coupler makes this one follow, -1 for none
    driver_function: (coordinate,) the coupler's function
    coupled        : (coupled,) the coordinates that have a driver
    gravity        : (3,) [m/s2]
    """

    parent: Ints
    frame_rotation: Floats
    frame_aligned: Ints
    frame_offset: Floats
    first: Ints
    last: Ints
    rates: Ints
    mass: Floats
    com: Floats
    inertia: Floats
    kind: Ints
    axis: Floats
    axis_code: Ints
    function: Ints
    coordinate: Ints
    second_rate: Ints
    third_rate: Ints
    slot: Ints
    driver: Ints
    driver_function: Ints
    coupled: Ints
    gravity: Floats


class Point(IntEnum):
    """Kinds of path point."""

    FIXED = 0
    CONDITIONAL = 1
    MOVING = 2


class Surface(IntEnum):
    """Kinds of wrap object."""

    CYLINDER = 0
    SPHERE = 1
    ELLIPSOID = 2
    TORUS = 3


class Paths(NamedTuple):
    """Muscle paths, their wrap objects and what they can move.

    Attributes
    ----------
    first, last     : (muscle,) range of path points
    link            : (point,) link that carries the point
    location        : (point, 3) in the link frame; of a moving point, the origin of its own frame [m]
    kind            : (point,) `Point`
    coordinate      : (point,) what a conditional or moving point follows, -1 for none
    lower, upper    : (point,) range in which a conditional point is on the path; of a moving point, the
                      range at whose ends OpenSim stops it [rad or m]
    moving          : (point, 3) functions of a moving point's x, y, z
    moving_rotation : (point, 9) axes of a moving point's own frame in the link
    wrap_first, wrap_last : (muscle,) range of wraps
    surface         : (wrap,) `Surface`
    wrap_link       : (wrap,) link that carries the object
    wrap_rotation   : (wrap, 9) object axes in the link, row major
    wrap_offset     : (wrap, 3) object origin in the link [m]
    wrap_size       : (wrap, 3) radius, length, - | radius, -, - | three radii | inner, outer radius, - [m]
    wrap_axis       : (wrap,) 0, 1, 2: axis of the half space to which the wrap is held
    wrap_sign       : (wrap,) -1, +1: its side; 0 when free
    wrap_method     : (wrap,) 0 hybrid, 1 midpoint, 2 axial (ellipsoids)
    wrap_start, wrap_end : (wrap,) first and last path point between which the wrap may act
    chain_first     : (muscle + 1,) range in ``chain``
    chain           : (crossing,) links whose joint the muscle crosses, distal first
    arm_first       : (muscle + 1,) range in ``arm_coordinate``
    arm_coordinate  : (arm,) independent coordinates that the muscle can move
    capacity        : (1,) most points that any path can have, wraps included
    """

    first: Ints
    last: Ints
    link: Ints
    location: Floats
    kind: Ints
    coordinate: Ints
    lower: Floats
    upper: Floats
    moving: Ints
    moving_rotation: Floats
    wrap_first: Ints
    wrap_last: Ints
    surface: Ints
    wrap_link: Ints
    wrap_rotation: Floats
    wrap_offset: Floats
    wrap_size: Floats
    wrap_axis: Ints
    wrap_sign: Ints
    wrap_method: Ints
    wrap_start: Ints
    wrap_end: Ints
    chain_first: Ints
    chain: Ints
    arm_first: Ints
    arm_coordinate: Ints
    capacity: Ints
