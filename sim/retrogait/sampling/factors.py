"""What a sensitivity varies: names, units, ranges, and why the ranges are what they are.

Nothing here knows a model: what each factor changes is in `retrogait.sampling.changes`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from types import MappingProxyType

from retrogait.errors import ConfigError
from retrogait.io.text import suggestion

CUTOFF_STEPS = 16
"""Steps that a range of cut-offs is drawn in: every cut-off filters the whole trial anew, and a sixteenth of
a range moves no load that could be told from its neighbour's."""

WIDEST = 1e3
"""No factor goes further, in its own unit."""


@dataclass(frozen=True)
class Kind:
    """A family of factors.

    Attributes
    ----------
    unit     : of its values; of an offset, that of its coordinate
    about    : what it changes, in one sentence
    named    : what stands after the dot of its name, "" where nothing does
    positive : whether only values above 0 make sense
    choices  : the only values there are; empty for a range
    """

    unit: str
    about: str
    named: str = ""
    positive: bool = False
    choices: tuple[float, ...] = ()


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "body_mass": Kind(
            "times the model's",
            "Mass and inertia of every body, so forces in N change; a BW stays that of the plain analysis.",
            positive=True,
        ),
        "strength": Kind(
            "times the model's", "Maximum isometric force of a muscle or group.", "MUSCLE", positive=True
        ),
        "cutoff": Kind("Hz", "Low-pass cut-off of motion and ground forces.", positive=True),
        "exponent": Kind("1", "Power of activation in what load sharing minimises.", choices=(2.0, 3.0)),
        "offset": Kind("deg or m", "Constant error of a recorded coordinate.", "COORDINATE"),
        "cop_x": Kind("m", "Shift of every centre of pressure along X of the ground."),
        "cop_z": Kind("m", "Shift of every centre of pressure along Z of the ground."),
        "knee_x": Kind("m", "Knee joint centre forward in the femur; bones and muscles stay."),
        "knee_y": Kind("m", "Knee joint centre upward in the femur; bones and muscles stay."),
        "knee_z": Kind("m", "Knee joint centre outward in the femur; bones and muscles stay."),
        "patella_x": Kind(
            "m", "Patella forward; in a model without one, the quadriceps' points on the tibia."
        ),
    }
)
"""Every family, by the name or what stands before the dot of it."""

DEFAULTS: Mapping[str, tuple[tuple[float, ...], str]] = MappingProxyType(
    {
        "body_mass": (
            (0.97, 1.03),
            "a scaled model's mass against what force plates carry; beyond 3 % the analysis itself complains",
        ),
        "strength.quadriceps": ((0.8, 1.2), "assumed: generic strength is scaled to nobody in particular"),
        "strength.hamstrings": ((0.8, 1.2), "as the quadriceps"),
        "strength.gastrosoleus": ((0.8, 1.2), "as the quadriceps"),
        "cutoff": ((4.0, 8.0), "gait laboratories' habit of 6 Hz, two either way"),
        "exponent": ((2.0, 3.0), "the two that the field uses; nobody has measured one"),
        "offset.pelvis_tilt": (
            (-1.0, 1.0),
            "assumed: it turns the whole body, and moves the feet by 16 mm against the plates",
        ),
        "offset.pelvis_list": (
            (-0.5, 0.5),
            "assumed: half the tilt, as the markers stand twice as far apart",
        ),
        "cop_x": (
            (-0.005, 0.005),
            "McCaw ST, DeVita P (1995) J Biomech 28:985-988 shift it by 5 and 10 mm against the foot",
        ),
        "cop_z": ((-0.005, 0.005), "as along X"),
        "knee_x": (
            (-0.005, 0.005),
            "half of what Holden JP, Stanhope SJ (1998) Gait Posture 7:1-6 move it by, 10 mm either way",
        ),
        "patella_x": ((-0.003, 0.003), "assumed: some 7 % of the quadriceps' moment arm"),
    }
)
"""Ranges of a sensitivity that names none, and where each comes from."""

NOT_VARIED = (
    "fibre and tendon lengths",
    "maximum contraction velocity",
    "muscle paths but for the knee's geometry",
    "hip and ankle joint centres",
    "shares of the segments in the mass",
    "size of the ground forces and their time against the motion",
    "random noise of markers",
    "kind of tendon and passive force",
    "how muscles share the load (plain or weighted; a result holds the force by both)",
    "reserves and the form of the cost but for its exponent",
)
"""Assumptions that no factor changes, for whoever reads a band."""


@dataclass(frozen=True)
class Factor:
    """One thing that is varied.

    Attributes
    ----------
    name   : as in an experiment file, such as "cutoff" or "strength.vasti"
    low, high : ends of the range, drawn evenly in between
    levels : values that alone are drawn, equally often; empty for any in the range
    source : why this range
    """

    name: str
    low: float
    high: float
    levels: tuple[float, ...] = ()
    source: str = "as asked for"

    @property
    def family(self) -> str:
        """Key in `KINDS`."""
        return self.name.partition(".")[0]

    @property
    def detail(self) -> str:
        """What stands after the dot of its name."""
        return self.name.partition(".")[2]

    @property
    def kind(self) -> Kind:
        """Unit and meaning."""
        return KINDS[self.family]


def default_factors() -> tuple[Factor, ...]:
    """Every factor of `DEFAULTS`."""
    return tuple(_factor(name, values, source) for name, (values, source) in DEFAULTS.items())


def factors_of(vary: Mapping[str, object], where: str = "factors") -> tuple[Factor, ...]:
    """Factors as a user writes them.

    Parameters
    ----------
    vary
        Name to the two ends of its range, or for `exponent` to its choices. A table within stands for names
        with a dot: ``{"strength": {"vasti": [0.8, 1.2]}}`` is ``{"strength.vasti": [0.8, 1.2]}``.
    where
        Begins the messages.

    Raises
    ------
    ConfigError
        A name or a range that cannot be used.
    """
    given: object = vary
    if not isinstance(given, Mapping) or not given:
        raise ConfigError(f"{where}: expected at least one factor and its range, found {vary!r}")
    flat = list(_flat(vary))
    found: dict[str, Factor] = {}
    for name, values in flat:
        _check_name(name, where)
        if name in found:
            raise ConfigError(f"{where}.{name}: given twice; keep one")
        found[name] = _factor(name, _numbers(name, values, where), "as asked for", where)
    return tuple(found.values())


def _flat(vary: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, values in vary.items():
        if isinstance(values, Mapping):
            yield from ((f"{name}.{inner}", value) for inner, value in values.items())
        else:
            yield str(name), values


def _check_name(name: str, where: str) -> None:
    family, dot, detail = name.partition(".")
    known = [f"{key}.{kind.named}" if kind.named else key for key, kind in KINDS.items()]
    if family not in KINDS:
        hint = suggestion(name, [*DEFAULTS, *KINDS]) or f"; known: {', '.join(known)}"
        raise ConfigError(f"{where}: no factor is called `{name}`{hint}")
    named = KINDS[family].named
    if named and not detail:
        raise ConfigError(f"{where}: `{name}` needs the name of a {named.lower()}, as in `{family}.{named}`")
    if dot and not named:
        raise ConfigError(f"{where}: `{name}` takes no name after the dot; write `{family}`")


def _numbers(name: str, values: object, where: str) -> tuple[float, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ConfigError(f"{where}.{name}: is {values!r}, expected [LOW, HIGH] [{_unit(name)}]")
    for value in values:
        wrong = isinstance(value, bool) or not isinstance(value, Real)
        if wrong or not math.isfinite(float(value)) or abs(float(value)) > WIDEST:
            raise ConfigError(f"{where}.{name}: {value!r} is not a number up to {WIDEST:g} [{_unit(name)}]")
    return tuple(float(value) for value in values)


def _unit(name: str) -> str:
    return KINDS[name.partition(".")[0]].unit


def _factor(name: str, values: tuple[float, ...], source: str, where: str = "factors") -> Factor:
    kind = KINDS[name.partition(".")[0]]
    if kind.choices:
        if len(set(values)) < 2 or not set(values) <= set(kind.choices):
            listed = ", ".join(f"{choice:g}" for choice in kind.choices)
            raise ConfigError(f"{where}.{name}: is {_written(values)}, expected two of: {listed}")
        levels = tuple(sorted(set(values)))
        return Factor(name, levels[0], levels[-1], levels, source)
    if len(values) != 2 or not values[0] < values[1]:
        raise ConfigError(f"{where}.{name}: is {_written(values)}, expected [LOW, HIGH] with LOW below HIGH")
    if kind.positive and values[0] <= 0.0:
        raise ConfigError(f"{where}.{name}: starts at {values[0]:g}, expected more than 0 [{kind.unit}]")
    low, high = values
    steps = range(CUTOFF_STEPS + 1) if name == "cutoff" else ()
    levels = tuple(low + (high - low) * step / CUTOFF_STEPS for step in steps)
    return Factor(name, low, high, levels, source)


def _written(values: Sequence[float]) -> str:
    return f"[{', '.join(f'{value:g}' for value in values)}]"
