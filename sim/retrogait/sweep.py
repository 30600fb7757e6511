"""Walks that are to be predicted, checked before anything slow is imported."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion
from retrogait.predict.condition import Condition
from retrogait.predict.settings import GROUPS, Choices
from retrogait.predict.weights import read_weights
from retrogait.share import resolve, share_folder
from retrogait.tables import Analysis, SweepCase, SweepTable
from retrogait.variations import PLAIN, Variation, combined, read_settings, require_labels

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
    strength: Mapping[str, float] = {}
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


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """A walk to predict and the settings to analyze it with; a swept strength is in both."""

    prediction: Prediction
    variation: Variation


class Sweep(NamedTuple):
    """What a sweep comes to.

    walks      : each walk to predict under each of its variations
    variations : of every recorded trial
    """

    walks: tuple[Walk, ...] = ()
    variations: tuple[Variation, ...] = (PLAIN,)


def expand(table: SweepTable, analysis: Analysis, folder: Path) -> Sweep:
    """Every walk and every variation of a sweep.

    As a product, walks come incline by incline, each at every speed: neighbours follow one another, so that
    a gait that has to be solved can start from the one before. Each walk has all its variations in a row.

    Parameters
    ----------
    table
        ``[sweep]`` as written.
    analysis
        ``[analysis]``, whose strengths predicted walks have too.
    folder
        Folder that a relative file name starts from.

    Raises
    ------
    ConfigError
        A walk that nobody walks, a setting or an assumption that there is not, lists that do not go together.
    """
    _refuse_useless(table)
    settings = read_settings(table.settings, "settings")
    listed = [_variation_of(number, case) for number, case in enumerate(table.case, start=1)]
    alone = [new for case, new in zip(table.case, listed, strict=True) if case.speed is None]
    walking = _walking(table.direction, table.incline, table.speed)
    swept = [Variation.of(row) for row in combined(settings, table.combine)] if settings else []
    variations = (*swept, *alone) or (PLAIN,)
    conditions: list[tuple[dict[str, Any], Variation]] = []
    if walking["speed"] and table.combine == "zip":
        for row in combined(walking | settings, "zip"):
            condition = {key: row.pop(key) for key in walking}
            conditions.append((condition, Variation.of(row)))
        conditions += [(condition, new) for condition, _ in tuple(conditions) for new in alone]
    elif walking["speed"]:
        conditions = [(row, new) for row in combined(walking, "product") for new in variations]
    for case, new in zip(table.case, listed, strict=True):
        if case.speed is not None:
            incline = 0.0 if case.incline is None else case.incline
            rows = combined(_walking(case.direction or "forward", incline, case.speed), "product")
            conditions += [(row, new) for row in rows]
    walks = tuple(_walk(table, analysis, folder, Condition(**at), new) for at, new in conditions)
    return Sweep(walks, variations)


def _walking(
    direction: str | tuple[str, ...],
    incline: float | tuple[float, ...],
    speed: float | tuple[float, ...] | None,
) -> dict[str, tuple[Any, ...]]:
    """Values of what makes a walk, the one that changes fastest last; no speed, no walk."""
    return {
        "direction": _listed(direction),
        "incline": _listed(incline),
        "speed": () if speed is None else _listed(speed),
    }


def _refuse_useless(table: SweepTable) -> None:
    """Refuse keys that would change nothing."""
    if table.speed is None and not table.settings and not table.case:
        raise ConfigError("nothing is swept; add `speed`, [sweep.settings] or [[sweep.case]]")
    plain = SweepTable()
    walking = table.speed is not None or any(case.speed is not None for case in table.case)
    for key in ("direction", "incline", "tendon", "weights", "strength", "sensitivity"):
        given = getattr(table, key) != getattr(plain, key)
        if given and (table.speed is None if key in {"direction", "incline"} else not walking):
            where = " or [analysis]" if key in {"tendon", "weights", "strength"} else ""
            hint = f"; of recorded trials it belongs in [sweep.settings]{where}" if where else ""
            raise ConfigError(f"`{key}` is for walks to predict, and there is no `speed`{hint}")
    for number, case in enumerate(table.case, start=1):
        if case.speed is None and (case.direction or case.incline is not None):
            raise ConfigError(f"case {number}: a walk to predict needs a `speed`")


def _variation_of(number: int, case: SweepCase) -> Variation:
    where = f"case {number}: settings"
    values = read_settings(case.settings, where)
    for key, choices in values.items():
        if len(choices) > 1:
            raise ConfigError(f"{where}: {key} has {len(choices)} values, and a listed case has one of each")
    require_labels(case.labels)
    return Variation.of({key: choice for key, (choice,) in values.items()}, case.name, case.labels)


def _walk(
    table: SweepTable, analysis: Analysis, folder: Path, condition: Condition, variation: Variation
) -> Walk:
    if "cutoff" in variation.settings:
        raise ConfigError("cutoff changes nothing of a predicted walk, which has no noise; leave it out")
    strength = dict(variation.put_into(analysis).strength or {})
    for name, factor in table.strength.items():
        if strength.setdefault(name, factor) != factor:
            raise ConfigError(f"strength.{name} is {factor:g} in [sweep] and {strength[name]:g} elsewhere")
    prediction = Prediction(
        condition=condition,
        tendon=table.tendon,
        weights=None if table.weights is None else resolve(table.weights, folder, "models"),
        strength=strength,
        sensitivity=table.sensitivity,
    )
    return Walk(prediction=prediction, variation=variation)


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


@cache
def _muscles() -> list[str]:
    """Names of the muscles of the bundled planar model, without side."""
    table = tomllib.loads((share_folder("models") / "planar.toml").read_text("utf-8"))
    return [muscle["name"] for muscle in table["muscle"]]
