"""How the muscles over a knee are called in words, and which moments they can serve."""

from typing import NamedTuple

from retrogait.gait.measures import GROUPS
from retrogait.gait.names import stem, without_leg


class Demand(NamedTuple):
    """A moment that a muscle can serve.

    curve : in `retrogait.gait.measures.CURVES`
    sign  : of that curve where the muscle helps
    joint : whose moment
    sense : of the moment, as a sentence says it
    """

    curve: str
    sign: float
    joint: str
    sense: str


class Anatomy(NamedTuple):
    """One muscle, or a lump of several.

    words   : its name in sentences and legends
    family  : muscles that a picture gives one colour
    demands : moments that it can serve, at the joints it crosses
    """

    words: str
    family: str
    demands: tuple[Demand, ...]


_KNEE_EXTENSION = Demand("knee_extension_moment", 1.0, "knee", "an extension")
_KNEE_FLEXION = Demand("knee_extension_moment", -1.0, "knee", "a flexion")
_HIP_EXTENSION = Demand("hip_extension_moment", 1.0, "hip", "an extension")
_HIP_FLEXION = Demand("hip_extension_moment", -1.0, "hip", "a flexion")
_PLANTARFLEXION = Demand("ankle_plantarflexion_moment", 1.0, "ankle", "a plantarflexion")

_CALF = (_PLANTARFLEXION, _KNEE_FLEXION)
_BACK = (_HIP_EXTENSION, _KNEE_FLEXION)

_KNOWN = {
    "recfem": Anatomy("rectus femoris", "rectus femoris", (_KNEE_EXTENSION, _HIP_FLEXION)),
    "rectfem": Anatomy("rectus femoris", "rectus femoris", (_KNEE_EXTENSION, _HIP_FLEXION)),
    "vaslat": Anatomy("vastus lateralis", "vastus lateralis", (_KNEE_EXTENSION,)),
    "vasmed": Anatomy("vastus medialis", "vastus medialis", (_KNEE_EXTENSION,)),
    "vasint": Anatomy("vastus intermedius", "vastus intermedius", (_KNEE_EXTENSION,)),
    "vasti": Anatomy("vasti", "vastus lateralis", (_KNEE_EXTENSION,)),
    "gasmed": Anatomy("medial gastrocnemius", "gastrocnemius", _CALF),
    "medgas": Anatomy("medial gastrocnemius", "gastrocnemius", _CALF),
    "gaslat": Anatomy("lateral gastrocnemius", "gastrocnemius", _CALF),
    "latgas": Anatomy("lateral gastrocnemius", "gastrocnemius", _CALF),
    "gas": Anatomy("gastrocnemius", "gastrocnemius", _CALF),
    "hamstrings": Anatomy("hamstrings", "hamstrings", _BACK),
    "bflh": Anatomy("biceps femoris, long head", "hamstrings", _BACK),
    "bifemlh": Anatomy("biceps femoris, long head", "hamstrings", _BACK),
    "semimem": Anatomy("semimembranosus", "hamstrings", _BACK),
    "semiten": Anatomy("semitendinosus", "hamstrings", _BACK),
    "bfsh": Anatomy("biceps femoris, short head", "biceps femoris, short head", (_KNEE_FLEXION,)),
    "bifemsh": Anatomy("biceps femoris, short head", "biceps femoris, short head", (_KNEE_FLEXION,)),
    "sar": Anatomy("sartorius", "other muscles", (_HIP_FLEXION, _KNEE_FLEXION)),
    "grac": Anatomy("gracilis", "other muscles", (_KNEE_FLEXION,)),
    "tfl": Anatomy("tensor fasciae latae", "other muscles", (_HIP_FLEXION,)),
}
"""What public models call the muscles over the knee, without side and underscores; the first that a name
begins with counts, so the particular stands before the general."""


def anatomy(muscle: str) -> Anatomy:
    """What is known of a muscle of a model by its name; of an unknown one its name alone."""
    bare = stem(muscle)
    for start, known in _KNOWN.items():
        if bare.startswith(start):
            return known
    return Anatomy(without_leg(muscle).replace("_", " "), "other muscles", ())


def is_quadriceps(muscle: str) -> bool:
    """Whether a muscle pulls at the patella, by its name."""
    return stem(muscle).startswith(GROUPS["quadriceps"])
