"""Which distances between markers scale which bodies, for known ways to name markers.

The pairs are those of OpenSim's gait2392 example: pelvis by the iliac spines, thigh by spine to knee, shank
by knee to ankle, foot by heel to toe, torso by sacrum to head; where the head has no marker, by shoulder to
pelvis; the arm by shoulder, elbow and wrist.
"""

from collections.abc import Collection
from dataclasses import dataclass

_SIDES = ("R", "L")

# One landmark, many names; {s} is R or L and {l} the same in lower case. The first that is present counts.
_LANDMARKS = {
    "asis": ("{s}.ASIS", "{s}ASI", "{s}ASIS", "{s}_ASIS", "{l}.ASIS", "{l}.ASIS_study", "{s}IAS"),
    "knee": ("{s}.Knee.Lat", "{s}.Knee", "{s}KNE", "{s}LFC", "{s}KNEE", "{l}_knee_study", "{s}FLE"),
    "ankle": ("{s}.Ankle.Lat", "{s}.Ankle", "{s}ANK", "{s}LMAL", "{s}ANKLE", "{l}_ankle_study", "{s}FAL"),
    "heel": ("{s}.Heel", "{s}HEE", "{s}CAL", "{s}HEEL", "{l}_calc_study", "{s}FCC"),
    "toe": ("{s}.Toe.Tip", "{s}.Toe", "{s}TOE", "{l}_toe_study", "{s}FM2"),
    "shoulder": ("{s}.Acromium", "{s}.Acromion", "{s}.Shoulder", "{s}ACR", "{s}SHO", "{l}_shoulder_study"),
    "elbow": ("{s}.Elbow", "{s}LEL", "{s}ELB", "{l}_lelbow_study"),
    "wrist": ("{s}.Wrist", "{s}.Wrist.Lat", "{s}FAradius", "{s}WRA", "{l}_lwrist_study"),
}
_MEDIAL = (
    "{s}.Knee.Med", "{s}.MKnee", "{s}MFC", "{s}KNM", "{l}_mknee_study", "{s}TTC",
    "{s}.Ankle.Med", "{s}.MAnkle", "{s}MMAL", "{s}ANM", "{l}_mankle_study", "{s}TAM",
)  # fmt: skip
_LEGS = ("asis", "knee", "ankle", "heel", "toe")
_SACRUM = ("V.Sacral", "S2", "SACR", "Sacral", "SACRUM")
_HEAD = ("Top.Head", "TopHead", "HEAD")


@dataclass(frozen=True)
class Measurement:
    """Distances between markers that scale some bodies by their mean ratio to the model's.

    Attributes
    ----------
    name   : of the measurement
    pairs  : two markers each
    bodies : those scaled
    axes   : along which
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    bodies: tuple[str, ...]
    axes: str = "X Y Z"


def find_measurements(markers: Collection[str], bodies: Collection[str]) -> tuple[Measurement, ...]:
    """Measurements that some markers allow and some bodies need.

    Parameters
    ----------
    markers : that model and recording share
    bodies  : of the model
    """
    place = {
        (landmark, side): _first([name.format(s=side, l=side.lower()) for name in names], markers)
        for landmark, names in _LANDMARKS.items()
        for side in _SIDES
    }
    sides = {
        "thigh": ("asis", "knee", ("femur", "patella")),
        "shank": ("knee", "ankle", ("tibia", "talus")),
        "foot": ("heel", "toe", ("calcn", "toes")),
        "upper arm": ("shoulder", "elbow", ("humerus",)),
        "forearm": ("elbow", "wrist", ("ulna", "radius", "hand")),
    }
    found = []
    spines = place["asis", "R"], place["asis", "L"]
    if all(spines):
        found.append(_measure("pelvis", [spines], ["pelvis"], bodies))
    upright = _first(_SACRUM, markers), _first(_HEAD, markers)
    trunk = [upright] if all(upright) else [(place["asis", s], place["shoulder", s]) for s in _SIDES]
    found.append(_measure("torso", trunk, ["torso"], bodies))
    for name, (start, end, scaled) in sides.items():
        pairs = [(place[start, s], place[end, s]) for s in _SIDES]
        found.append(_measure(name, pairs, [f"{b}_{s.lower()}" for b in scaled for s in _SIDES], bodies))
    return tuple(measurement for measurement in found if measurement.pairs and measurement.bodies)


def landmarks(markers: Collection[str]) -> frozenset[str]:
    """Markers of pelvis and legs that sit on bone; shoulders and wrists move too much over theirs."""
    patterns = [*_MEDIAL, *(name for landmark in _LEGS for name in _LANDMARKS[landmark])]
    known = {name.format(s=side, l=side.lower()) for name in patterns for side in _SIDES}
    return frozenset((known | set(_SACRUM)) & set(markers))


def _first(names: Collection[str], present: Collection[str]) -> str:
    return next((name for name in names if name in present), "")


def _measure(
    name: str, pairs: list[tuple[str, str]], scaled: list[str], bodies: Collection[str]
) -> Measurement:
    whole = tuple(pair for pair in pairs if all(pair))
    return Measurement(name, whole, tuple(body for body in scaled if body in bodies))
