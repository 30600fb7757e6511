"""Weights of the cost, read from ``models/prediction.toml``."""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.share import share_folder

TERMS = (
    "activation", "energy", "power", "acceleration", "ground_force", "loading_rate", "head", "trunk",
    "clearance", "passive", "tendon_rate", "activation_rate",
)  # fmt: skip
"""Names of the terms, in the order of the parameter vector."""


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One term of the cost, with its unit and reason."""

    name: str
    weight: Annotated[float, Meta(ge=0.0, le=1e6)]
    unit: str
    of: str
    reason: str


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of a cost.

    Attributes
    ----------
    cost       : its terms
    lean       : of the trunk that costs nothing on the level, backwards of vertical positive [rad]
    into_slope : how far it leans towards a hill besides, as a share of the slope [1]
    """

    cost: tuple[Term, ...]
    lean: Annotated[float, Meta(ge=-0.5, le=0.5)]
    into_slope: Annotated[float, Meta(ge=-1.0, le=2.0)]

    @property
    def values(self) -> tuple[float, ...]:
        """Weights in the order of `TERMS`."""
        given = {term.name: term.weight for term in self.cost}
        return tuple(given[name] for name in TERMS)

    @property
    def digest(self) -> str:
        """Of the numbers alone: two files that say the same have the same."""
        return hashlib.sha256(repr((self.values, self.lean, self.into_slope)).encode()).hexdigest()[:16]

    def scaled(self, **factors: float) -> "Weights":
        """Return the same cost with single weights multiplied."""
        return msgspec.structs.replace(
            self,
            cost=tuple(
                msgspec.structs.replace(term, weight=term.weight * factors.get(term.name, 1.0))
                for term in self.cost
            ),
        )


def read_weights(path: Path | None = None) -> Weights:
    """Read the weights of a cost; the bundled ones without a path.

    Raises
    ------
    ConfigError
        The file is not such a table, or lacks a term.
    """
    path = path or share_folder("models") / "prediction.toml"
    try:
        weights = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Weights)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from error
    names = [term.name for term in weights.cost]
    for name in names:
        if name not in TERMS:
            raise ConfigError(f"{path}: no cost is called `{name}`{suggestion(name, TERMS)}")
        if names.count(name) > 1:
            raise ConfigError(f"{path}: cost `{name}` stands there twice")
    if absent := [name for name in TERMS if name not in names]:
        raise ConfigError(f"{path}: has no cost {', '.join(absent)}; weight = 0 switches one off")
    return weights
