"""A compiled model: what the kernels need, with the names that people use."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from retrogait.arrays import Floats, Ints
from retrogait.kernels.model import Functions, Paths, Tree
from retrogait.kernels.muscles import Muscles
from retrogait.notebook import card, folded

HEADS = ("rectus_femoris", "vastus_medialis", "vastus_intermedius", "vastus_lateralis")
"""The four heads of the quadriceps, in the order of every result."""


class Angle(IntEnum):
    """What a coordinate is to a file.

    NONE   : a length, never converted.
    PLAIN  : an angle, in degrees where the file says so.
    SCALED : turns a body, but not by its own value; OpenSim leaves it in radians when it writes degrees.
    """

    NONE = 0
    PLAIN = 1
    SCALED = 2


@dataclass(frozen=True, eq=False)
class Knee:
    """One tibiofemoral joint and the quadriceps that extends it.

    Attributes
    ----------
    side          : "right" or "left"
    coordinate    : row of the flexion coordinate
    flexion_sign  : +1 where the coordinate grows with flexion, -1 where it falls
    link          : the tibia's link
    patella       : the patella's link, -1 if the model has none
    heads         : muscles (rows) of each of `HEADS`; a lumped vasti stands under all three vasti
    reaches_tibia : False where the quadriceps ends on a patella that no path joins to the tibia
    compartments  : where the hinges of two explicit compartments are: how far from the joint's centre on the
                    medial and on the lateral side, and how high [m]; None where one joint carries the knee
    """

    side: str
    coordinate: int
    flexion_sign: float
    link: int
    patella: int
    heads: tuple[tuple[int, ...], ...]
    reaches_tibia: bool
    compartments: tuple[float, float, float] | None = None

    @property
    def quadriceps(self) -> tuple[int, ...]:
        """Rows of every muscle of the quadriceps, each once."""
        return tuple(sorted({muscle for head in self.heads for muscle in head}))


@dataclass(frozen=True, eq=False)
class Model:
    """An OpenSim model as flat arrays.

    Attributes
    ----------
    name, file, digest : of the source; the digest is the SHA-256 of its bytes
    tree, functions, paths, muscles : see `retrogait.kernels.model` and `retrogait.kernels.muscles`
    rates_opensim  : (link,) `Rates` that reproduce OpenSim, for physics = "opensim"
    links          : body names, "ground" first
    joints         : joint names, of links 1, 2, ...
    body_rotation  : (link, 9) body axes in the link frame, row major
    body_offset    : (link, 3) body origin in the link frame [m]
    coordinates    : coordinate names
    rotational     : (coordinate,) `Angle`
    default, lower, upper : (coordinate,) [rad or m]
    locked         : (coordinate,) 1 where the model holds the coordinate
    prescribed     : (coordinate,) row of the function of time that the model prescribes, -1 for none
    muscle_names, muscle_classes : of every compiled muscle
    knees          : tibiofemoral joints that were found
    left_out       : components that inverse dynamics leaves out: ligaments, springs, contacts, actuators
    notes          : remarks a user must see
    """

    name: str
    file: str
    digest: str
    tree: Tree
    functions: Functions
    paths: Paths
    muscles: Muscles
    rates_opensim: Ints
    links: tuple[str, ...]
    joints: tuple[str, ...]
    body_rotation: Floats
    body_offset: Floats
    coordinates: tuple[str, ...]
    rotational: Ints
    default: Floats
    lower: Floats
    upper: Floats
    locked: Ints
    prescribed: Ints
    muscle_names: tuple[str, ...]
    muscle_classes: tuple[str, ...]
    knees: tuple[Knee, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def mass(self) -> float:
        """Mass of all bodies [kg]."""
        return float(self.tree.mass.sum())

    def driver_of(self, coordinate: int) -> str | None:
        """Name of the coordinate that a coupler makes this one follow."""
        source = int(self.tree.driver[coordinate])
        return self.coordinates[source] if source >= 0 else None

    def __repr__(self) -> str:
        """One line, not the arrays."""
        return (
            f"<Model {self.name}: {self.mass:.2f} kg, {len(self.coordinates)} coordinates, "
            f"{len(self.muscle_names)} muscles>"
        )

    def _repr_html_(self) -> str:
        """Look of the model in a notebook."""
        rows = [(self.coordinates[row], *held_range(self, row)) for row in range(len(self.coordinates))]
        return card(
            f"Model {self.name}",
            model_facts(self),
            notes=self.notes,
            tables=[
                folded(
                    f"{len(rows)} coordinates",
                    ("coordinate", "held", "from", "to", "unit"),
                    [(name, held, low, high, unit) for name, low, high, unit, held in rows],
                    numbers=3,
                )
            ],
        )


_UNLIMITED = 1e3  # rad or m: models write 99999 for a range that is none


def model_facts(model: Model) -> list[tuple[str, str]]:
    """What a model holds: names and words, for whoever is about to trust it."""
    wrapped = int((model.paths.wrap_last > model.paths.wrap_first).sum())
    return [
        ("model", f"{model.name}, {model.mass:.2f} kg, {len(model.links) - 1} bodies"),
        ("coordinates", _freedom(model)),
        ("muscles", _counted(Counter(model.muscle_classes)) or "none"),
        ("wraps", f"{model.paths.surface.size} on the paths of {wrapped} muscles"),
        ("knees", "\n".join(_knee_words(model)) or "none found"),
        ("left out", "\n".join(_by_class(model.left_out)) or "nothing"),
    ]


def held_range(model: Model, row: int) -> tuple[str, str, str, str]:
    """Lower and upper bound of a coordinate, their unit, and what holds it (nothing where it is free)."""
    scale, unit = (math.degrees(1.0), "deg") if model.rotational[row] else (1.0, "m")
    lower, upper = (
        "–" if abs(bound) > _UNLIMITED else f"{scale * bound:.4g}"
        for bound in (float(model.lower[row]), float(model.upper[row]))
    )
    return lower, upper, unit, ", ".join(_holds(model, row))


def _holds(model: Model, row: int) -> list[str]:
    driver = model.driver_of(row)
    held = [f"follows {driver}"] if driver else []
    if model.locked[row]:
        held.append("locked")
    if model.prescribed[row] >= 0:
        held.append("prescribed")
    return held


def _freedom(model: Model) -> str:
    rows = range(len(model.coordinates))
    kinds = Counter(_holds(model, row)[0].split()[0] if _holds(model, row) else "free" for row in rows)
    words = {"free": "free", "follows": "follow another", "locked": "locked", "prescribed": "prescribed"}
    return ", ".join(f"{kinds[kind]} {word}" for kind, word in words.items() if kinds[kind]) or "none"


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())


def _by_class(components: Iterable[str]) -> list[str]:
    """One line per class for components that are written ``name (class)``."""
    names: dict[str, list[str]] = {}
    for component in components:
        name, _, kind = component.removesuffix(")").rpartition(" (")
        names.setdefault(kind, []).append(name)
    return [f"{len(some)} {kind}: {', '.join(some)}" for kind, some in names.items()]


def _knee_words(model: Model) -> list[str]:
    """One phrase per tibiofemoral joint, with which way its coordinate counts."""
    phrases = []
    for knee in model.knees:
        sign = "+" if knee.flexion_sign > 0 else "-"
        patella = model.links[knee.patella] if knee.patella >= 0 else "no patella"
        phrases.append(
            f"{knee.side}: {model.joints[knee.link - 1]} (flexion is {sign}"
            f"{model.coordinates[knee.coordinate]}, {patella}, "
            f"{len(knee.quadriceps)} quadriceps muscles)"
        )
    return phrases
