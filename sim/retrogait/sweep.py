"""Walks that are to be predicted, checked before anything slow is imported."""

import tomllib
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import msgspec

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.predict.condition import Condition
from retrogait.predict.settings import GROUPS, Choices
from retrogait.predict.weights import read_weights
from retrogait.share import resolve, share_folder
from retrogait.tables import SweepTable

_Value = TypeVar("_Value")


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """One walk to predict and what is assumed of the person.

    Attributes
    ----------
    condition
        Which way, how fast, how steep.
    tendon
        One of `retrogait.predict.settings.TENDONS`.
    weights
        File with the weights of the cost; None for the bundled ones.
    strength
        Muscle or group to a factor of its strength [1].
    sensitivity
        Whether to vary tendons, weights, ground and strength and say what that does to the knee.
    fresh
        Whether to solve it even where the motion is bundled.

    Raises
    ------
    ConfigError
        A tendon, muscle or factor that there is not.
    """

    condition: Condition
    tendon: str = "achilles"
    weights: Path | None = None
    strength: Mapping[str, float] = MappingProxyType({})
    sensitivity: bool = True
    fresh: bool = False

    def __post_init__(self) -> None:
        """Refuse what a prediction would refuse later."""
        weights = read_weights(self.weights)
        Choices(self.tendon, weights, self.strength)
        known = [*_muscles(), *GROUPS] if self.strength else []
        for name in self.strength:
            if name not in known:
                hint = suggestion(name, known) or f"; known: {', '.join(known)}"
                raise ConfigError(f"strength: no muscle is called `{name}`{hint}")

    @property
    def name(self) -> str:
        """Of the trial and its files."""
        return self.condition.name

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Files of the user that it reads."""
        return () if self.weights is None else (self.weights,)


def expand(table: SweepTable, folder: Path) -> tuple[Prediction, ...]:
    """Every walk of a sweep: incline by incline, each at every speed.

    Neighbours follow one another, so that a gait that has to be solved can start from the one before.

    Parameters
    ----------
    table
        ``[sweep]`` as written.
    folder
        Folder that a relative file name starts from.

    Raises
    ------
    ConfigError
        A walk that nobody walks, or an assumption that there is not.
    """
    conditions = [
        Condition(direction, speed, incline)
        for direction, incline, speed in product(
            _listed(table.direction), _listed(table.incline), _listed(table.speed)
        )
    ]
    shared = Prediction(
        condition=conditions[0],
        tendon=table.tendon,
        weights=None if table.weights is None else resolve(table.weights, folder, "models"),
        strength=dict(table.strength),
        sensitivity=table.sensitivity,
    )
    return tuple(msgspec.structs.replace(shared, condition=condition) for condition in conditions)


def _listed(given: _Value | tuple[_Value, ...]) -> tuple[_Value, ...]:
    return given if isinstance(given, tuple) else (given,)


def parse_strength(texts: list[str]) -> dict[str, float]:
    """Strength factors as a command line gives them.

    Parameters
    ----------
    texts
        Each ``MUSCLE=FACTOR``.

    Raises
    ------
    ConfigError
        One is not of that form.
    """
    factors = {}
    for text in texts:
        name, equals, number = text.partition("=")
        try:
            factors[name.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise ConfigError(f"strength: `{text}` is not MUSCLE=FACTOR, such as vasti=0.7")
    return factors


def _muscles() -> list[str]:
    """Names of the muscles of the bundled planar model, without side."""
    table = tomllib.loads((share_folder("models") / "planar.toml").read_text("utf-8"))
    return [muscle["name"] for muscle in table["muscle"]]
