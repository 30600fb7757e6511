"""Choices of a prediction beside its condition, checked once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.predict.weights import Weights, read_weights

if TYPE_CHECKING:
    from retrogait.predict.figure import Figure

ACHILLES = ("gastroc", "soleus")
TENDONS = ("rigid", "achilles", "compliant")
"""Which tendons stretch: none; those of gastrocnemius and soleus; all."""

GROUPS = MappingProxyType(
    {
        "vasti": ("vasmed", "vasint", "vaslat"),
        "quadriceps": ("recfem", "vasmed", "vasint", "vaslat"),
        "gastrosoleus": ("gastroc", "soleus"),
        "all": (),  # whatever the figure has
    }
)
"""Names that stand for several muscles; `all` for every one."""

WEAKEST, STRONGEST = 0.1, 10.0
"""Factors of a maximum force that a gait is looked for at [1]."""


@dataclass(frozen=True)
class Choices:
    """What a prediction assumes beside the condition.

    Attributes
    ----------
    tendon      : one of `TENDONS`
    weights     : of the cost
    strength    : muscle or group name to a factor of its maximum force
    stiffness   : factor of the ground's stiffness
    dissipation : factor of the ground's dissipation
    """

    tendon: str = "achilles"
    weights: Weights = field(default_factory=read_weights)
    strength: Mapping[str, float] = field(default_factory=dict)
    stiffness: float = 1.0
    dissipation: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is outside its bounds."""
        if self.tendon not in TENDONS:
            raise ConfigError(f"tendon is {self.tendon!r}, expected one of: {', '.join(map(repr, TENDONS))}")
        for name, factor in self.strength.items():
            number: object = factor
            known = isinstance(number, Real) and not isinstance(number, bool)
            if not known or not WEAKEST <= float(factor) <= STRONGEST:
                raise ConfigError(
                    f"strength.{name} is {factor!r}, expected a factor from {WEAKEST:g} to {STRONGEST:g}"
                )

    @property
    def plain(self) -> bool:
        """Whether these are the defaults, which the bundled motions were predicted with."""
        default = Choices()
        return (
            self.tendon == default.tendon and self.weights.digest == default.weights.digest
            and all(factor == 1.0 for factor in self.strength.values())
            and self.stiffness == self.dissipation == 1.0
        )  # fmt: skip

    @property
    def cost_is_usual(self) -> bool:
        """Whether costs compare with those of the bundled motions."""
        return self.weights.digest == Choices().weights.digest

    def remarks(self) -> Iterator[str]:
        """Say which assumptions are not the usual ones."""
        default = Choices()
        if self.tendon != default.tendon:
            yield f"predicted with tendon = {self.tendon!r} in place of {default.tendon!r}"
        if not self.cost_is_usual:
            yield "predicted with weights of the cost other than the fitted ones"
        for name, factor in self.strength.items():
            if factor != 1.0:
                yield f"predicted with the strength of {name} times {factor:g}"
        if self.stiffness != 1.0:
            yield f"predicted on ground {self.stiffness:g} times as stiff"
        if self.dissipation != 1.0:
            yield f"predicted on ground that dissipates {self.dissipation:g} times as much"

    def compliant(self, figure: "Figure") -> tuple[str, ...]:
        """Names of muscles whose tendons stretch."""
        names = tuple(strand.name for strand in figure.strands)
        return {"rigid": (), "achilles": ACHILLES, "compliant": names}[self.tendon]

    def strengths(self, figure: "Figure") -> dict[str, float]:
        """Factor of every muscle; of several names that mean it, the one that means fewest wins.

        Raises
        ------
        ConfigError
            A name is neither a muscle nor a group.
        """
        names = [strand.name for strand in figure.strands]
        factors = dict.fromkeys(names, 1.0)
        meant: dict[str, Sequence[str]] = {**GROUPS, "all": names} | {name: (name,) for name in names}
        for name in self.strength:
            if name not in meant:
                raise ConfigError(f"strength: no muscle is called {name!r}{suggestion(name, meant)}")
        for name in sorted(self.strength, key=lambda name: -len(meant[name])):
            factors |= dict.fromkeys(meant[name], float(self.strength[name]))
        return factors


def choices_of(
    tendon: str = "achilles", weights: Path | str | None = None, strength: Mapping[str, float] | None = None
) -> Choices:
    """Choices from what a user gives.

    Raises
    ------
    ConfigError
        One of them cannot be used.
    """
    if strength is not None and not isinstance(strength, Mapping):
        raise ConfigError(f"strength is {strength!r}, expected factors by muscle or group: {{'vasti': 0.8}}")
    return Choices(tendon, read_weights(Path(weights) if weights else None), dict(strength or {}))
