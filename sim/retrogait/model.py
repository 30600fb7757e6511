"""A compiled model: what the kernels need, with the names that people use."""

from dataclasses import dataclass
from enum import IntEnum

from retrogait.arrays import Floats, Ints
from retrogait.kernels.model import Functions, Paths, Tree
from retrogait.kernels.muscles import Muscles

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
