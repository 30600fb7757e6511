"""A quantity of a claim: a measure of gait, or a sum, difference, product or ratio of some."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from retrogait.errors import ConfigError
from retrogait.gait.measures import MEASURES
from retrogait.io.text import shown

_PAIRS: Mapping[type[ast.operator], Callable[[float, float], float]] = MappingProxyType(
    {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed quantity.

    Attributes
    ----------
    text
        As written.
    names
        Measures in it, each once, in their order.
    """

    text: str
    names: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names that are no measure of this version."""
        return tuple(name for name in self.names if name not in MEASURES)

    @property
    def unit(self) -> str:
        """Of a single known measure; empty otherwise."""
        alone = self.text.lstrip("-").strip() if len(self.names) == 1 else ""
        return MEASURES[alone].unit if alone in MEASURES else ""

    def missing(self, measures: Mapping[str, float]) -> str:
        """Why there is no number, in words; empty where there is one."""
        if self.unknown:
            return f"no measure is called {self.unknown[0]}"
        absent = [name for name in self.names if not math.isfinite(measures.get(name, math.nan))]
        if absent:
            return f"the walks have no {absent[0]}"
        return "" if math.isfinite(self.of(measures)) else f"{self.text} has no finite value"

    def of(self, measures: Mapping[str, float]) -> float:
        """Value; NaN where a measure has none or a divisor is zero."""
        try:
            return _value(ast.parse(self.text, mode="eval").body, measures)
        except ZeroDivisionError:
            return math.nan


def parse(text: str) -> Expression:
    """Parse a quantity.

    Raises
    ------
    ConfigError
        It is more than names, numbers, brackets and ``+ - * /``.
    """
    try:
        body = ast.parse(text, mode="eval").body
        _value(body, dict.fromkeys(_names(body), 1.0))
    except ZeroDivisionError:
        pass  # only with these numbers
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        raise ConfigError(
            f"{shown(text)} is no quantity, expected names of measures, numbers, brackets and + - * /"
        ) from None
    names = tuple(dict.fromkeys(_names(body)))
    if not names:
        raise ConfigError(f"{shown(text)} is a number, expected a measure")
    return Expression(text, names)


def _names(body: ast.expr) -> list[str]:
    nodes = [node for node in ast.walk(body) if isinstance(node, ast.Name)]
    return [node.id for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset))]


def _value(node: ast.expr, measures: Mapping[str, float]) -> float:
    match node:
        case ast.Name(id=name):
            return measures.get(name, math.nan)
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, measures)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _PAIRS:
            return _PAIRS[type(sign)](_value(left, measures), _value(right, measures))
    raise TypeError
