"""Scalar functions of one variable, with two derivatives."""

from retrogait._jit import kernel
from retrogait.arrays import Floats, Ints
from retrogait.kernels.model import Function


@kernel
def evaluate(
    kind: Ints,
    coefficient: Floats,
    first: Ints,
    count: Ints,
    knot: Floats,
    cubic: Floats,
    function: int,
    x: float,
) -> tuple[float, float, float]:
    """Value, first and second derivative of one row of `Functions` at ``x``.

    The fields of `Functions` are passed one by one because taking a field out of a tuple costs a
    reference count, and this runs for every primitive of every frame.
    """
    if kind[function] == Function.LINEAR:
        slope = coefficient[function, 1]
        return coefficient[function, 0] + slope * x, slope, 0.0
    if kind[function] == Function.POLYNOMIAL:
        y = 0.0
        dy = 0.0
        half = 0.0
        for power in range(coefficient.shape[1] - 1, -1, -1):
            half = half * x + dy
            dy = dy * x + y
            y = y * x + coefficient[function, power]
        return y, dy, 2.0 * half
    low = first[function]
    end = low + count[function] - 1
    if x < knot[low]:
        h = x - knot[low]
        return cubic[low, 0] + h * cubic[low, 1], cubic[low, 1], 0.0
    if not x < knot[end]:  # also where x is not a number, which then propagates
        h = x - knot[end]
        return cubic[end, 0] + h * cubic[end, 1], cubic[end, 1], 0.0
    high = end
    while high - low > 1:
        middle = (low + high) // 2
        if x < knot[middle]:
            high = middle
        else:
            low = middle
    h = x - knot[low]
    c1 = cubic[low, 1]
    c2 = cubic[low, 2]
    c3 = cubic[low, 3]
    return (
        cubic[low, 0] + h * (c1 + h * (c2 + h * c3)),
        c1 + h * (2.0 * c2 + 3.0 * h * c3),
        2.0 * c2 + 6.0 * h * c3,
    )
