"""OpenSim's scalar functions to rows of one table."""

from itertools import pairwise
from typing import Any

import numpy as np

from retrogait.kernels.model import Function, Functions
from retrogait.osim.quiet import import_opensim

_MAX_ORDER = 20
"""A joint polynomial of higher order is a mistake in the model, not a joint."""


class FunctionTable:
    """Collects functions while a model is read; `build` gives the arrays.

    Row 0 is the identity and row 1 is zero, so that pins, sliders and unused axes need no search.
    """

    IDENTITY = 0
    ZERO = 1

    def __init__(self) -> None:
        self._kind: list[int] = []
        self._coefficients: list[list[float]] = []
        self._first: list[int] = []
        self._count: list[int] = []
        self._knots: list[float] = []
        self._cubic: list[list[float]] = []
        self._polynomial([0.0, 1.0])
        self._polynomial([0.0, 0.0])

    def add(self, function: Any, scale: float = 1.0) -> int:
        """Row of an OpenSim function times ``scale``.

        Raises
        ------
        ValueError
            The function has no place in the table; the message names its class.
        """
        osim = import_opensim()
        kind = function.getConcreteClassName()
        while kind == "MultiplierFunction":
            outer = osim.MultiplierFunction.safeDownCast(function)
            scale *= outer.getScale()
            function = outer.getFunction()
            kind = function.getConcreteClassName()
        if kind == "Constant":
            return self._polynomial([osim.Constant.safeDownCast(function).getValue() * scale, 0.0])
        if kind == "LinearFunction":
            line = osim.LinearFunction.safeDownCast(function)
            return self._polynomial([line.getIntercept() * scale, line.getSlope() * scale])
        if kind == "PolynomialFunction":
            vector = osim.PolynomialFunction.safeDownCast(function).getCoefficients()
            descending = [vector.get(i) * scale for i in range(vector.size())]
            if not 1 <= len(descending) <= _MAX_ORDER + 1:
                raise ValueError(f"PolynomialFunction of order {len(descending) - 1}")
            return self._polynomial([*reversed(descending), 0.0][: max(2, len(descending))])
        if kind in {"SimmSpline", "PiecewiseLinearFunction"}:
            concrete = getattr(osim, kind).safeDownCast(function)
            knots = [concrete.getX(i) for i in range(concrete.getNumberOfPoints())]
            return self._piecewise(function, knots, scale, straight=kind.startswith("Piecewise"))
        raise ValueError(kind)

    def constant(self, row: int) -> float | None:
        """Value of a row that does not depend on its variable, else None."""
        terms = self._coefficients[row]
        if self._kind[row] != Function.PIECEWISE and not any(terms[1:]):
            return terms[0]
        return None

    def build(self) -> Functions:
        """All rows as arrays."""
        order = max(map(len, self._coefficients))
        table = np.zeros((len(self._kind), order))
        for row, terms in enumerate(self._coefficients):
            table[row, : len(terms)] = terms
        return Functions(
            np.array(self._kind, np.int64),
            table,
            np.array(self._first, np.int64),
            np.array(self._count, np.int64),
            np.array(self._knots or [0.0], np.float64),
            np.array(self._cubic or [[0.0] * 4], np.float64),
        )

    def _polynomial(self, ascending: list[float]) -> int:
        self._kind.append(Function.LINEAR if len(ascending) <= 2 else Function.POLYNOMIAL)
        self._coefficients.append(ascending)
        self._first.append(0)
        self._count.append(0)
        return len(self._kind) - 1

    def _piecewise(self, function: Any, knots: list[float], scale: float, *, straight: bool) -> int:
        """Cubic pieces from value and slope at the knots, which determine a cubic exactly."""
        if len(knots) < 2 or any(b <= a for a, b in pairwise(knots)):
            raise ValueError(f"{function.getConcreteClassName()} whose x do not increase")
        osim = import_opensim()
        order = osim.StdVectorInt()
        order.append(0)

        def value(x: float) -> float:
            return float(function.calcValue(osim.Vector(1, x)))

        def slope(x: float) -> float:
            return float(function.calcDerivative(order, osim.Vector(1, x)))

        self._kind.append(Function.PIECEWISE)
        self._coefficients.append([0.0, 0.0])
        self._first.append(len(self._knots))
        self._count.append(len(knots))
        self._knots.extend(knots)
        y = [value(x) for x in knots]
        for i, (a, b) in enumerate(pairwise(knots)):
            h = b - a
            mean = (y[i + 1] - y[i]) / h
            if straight:
                row = [y[i], mean, 0.0, 0.0]
            else:
                s0, s1 = slope(a), slope(b)
                row = [y[i], s0, (3 * mean - 2 * s0 - s1) / h, (s0 + s1 - 2 * mean) / h**2]
            self._cubic.append([term * scale for term in row])
        end = self._cubic[-1][1] / scale if straight and scale else slope(knots[-1])
        self._cubic.append([y[-1] * scale, end * scale, 0.0, 0.0])
        return len(self._kind) - 1
