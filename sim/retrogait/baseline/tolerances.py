"""How far a load may move before somebody has to look, in physical units."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retrogait.baseline.loads import ACTIVATION, PEAKS, unit_of
from retrogait.errors import ConfigError
from retrogait.gait.measures import CURVES
from retrogait.io.text import suggestion

QUANTITIES = (*CURVES, *PEAKS, ACTIVATION)
"""Everything that has a tolerance, by name."""

BY_UNIT: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "BW": (
            1e-3,
            "0.7 N in an adult of 70 kg, far below what anybody can measure in a knee. In the bundled "
            "experiment other thread counts and another BLAS move nothing at all, code without fused "
            "multiply-add and AVX 4e-14 BW; 1 % of the strength of one muscle moves a contact force by "
            "0.00125 (short head of the biceps femoris) to 0.034 BW (soleus)",
        ),
        "N m/kg": (1e-3, "0.07 N m in an adult of 70 kg; only motion, mass or ground force can move it"),
        "W/kg": (5e-3, "a moment's tolerance at 5 rad/s, the fastest that a knee turns in walking"),
        "1": (1e-3, "a thousandth of full activation, which no EMG resolves; 1 % of the strength of one "
                    "muscle moves its own activation by 0.001 to 0.005"),
        "deg": (0.05, "a tenth of what the best marker systems repeat"),
        "BW s": (1e-3, "the force's tolerance for a second"),
        "N m s/kg": (1e-3, "the moment's tolerance for a second"),
        "BW/s": (5e-2, "the force's tolerance over the 20 ms in which a foot lands"),
    }
)  # fmt: skip
"""Unit to the default tolerance of every quantity in it, and its reason."""

GRAINS = 4.0
"""Grains per default tolerance, at least: a stored number is off by half a grain at most, an eighth of it."""


def grain(unit: str) -> float:
    """Power of two that stored numbers of a unit are multiples of, so that they compress and lose nothing."""
    return float(2.0 ** math.floor(math.log2(BY_UNIT[unit][0] / GRAINS)))


@dataclass(frozen=True)
class Tolerances:
    """Tolerance of every quantity.

    Attributes
    ----------
    given
        Name of a quantity, or a unit for all that have it, to its tolerance in that unit; the name wins.

    Raises
    ------
    ConfigError
        A name is no quantity, or a tolerance finer than what a baseline stores.
    """

    given: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse what cannot be compared."""
        for name, value in self.given.items():
            if name not in QUANTITIES and name not in BY_UNIT:
                known = (*QUANTITIES, *BY_UNIT)
                raise ConfigError(
                    f"tolerance of `{name}`: no such quantity or unit"
                    + (suggestion(name, known) or f"; units: {', '.join(BY_UNIT)}")
                )
            unit = name if name in BY_UNIT else unit_of(name)
            number: object = value
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                raise ConfigError(f"tolerance of `{name}`: is {number!r}, expected a number [{unit}]")
            if number < grain(unit):
                raise ConfigError(
                    f"tolerance of `{name}`: {number:g} is finer than what a baseline stores "
                    f"({grain(unit):.2g} {unit}); ask for every bit with `--exact`"
                )

    def of(self, quantity: str) -> float:
        """Tolerance of a quantity, in its unit."""
        unit = unit_of(quantity)
        return float(self.given.get(quantity, self.given.get(unit, BY_UNIT[unit][0])))


def read_tolerances(path: Path | None = None, given: Iterable[str] = ()) -> Tolerances:
    """Tolerances of a file and of the command line, which wins.

    Parameters
    ----------
    path
        TOML with ``[tolerance]``: quantity or unit to a number, such as ``tibiofemoral_force = 0.02``.
    given
        ``NAME=NUMBER`` each.

    Raises
    ------
    ConfigError
        The file cannot be read, or something in it or in ``given`` is no tolerance.
    """
    values: dict[str, float] = {}
    if path is not None:
        table = _table(path)
        try:
            values |= Tolerances(table).given
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from error
    for text in given:
        name, equals, number = text.rpartition("=")
        try:
            values[name.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise ConfigError(f"--tolerance {text}: expected NAME=NUMBER, such as tibiofemoral_force=0.02")
    return Tolerances(values)


def _table(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: TOML syntax: {error}") from error
    table = document.get("tolerance")
    if not isinstance(table, dict) or len(document) != 1:
        raise ConfigError(
            f"{path}: expected one table [tolerance], found: {', '.join(document) or 'nothing'}"
        )
    return table
