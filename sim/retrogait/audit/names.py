"""Names and signs that other tools, or readers, trip over."""

import re

from retrogait.audit.finding import Finding, Severity
from retrogait.audit.survey import crossing, listed
from retrogait.model import Model
from retrogait.osim.knees import side_of

_AWKWARD = re.compile(r"[^A-Za-z0-9_\-]")


def check_names(model: Model) -> list[Finding]:
    """Names without side, with marks that break files, and knees whose flexion counts down."""
    return [*_knees(model), *_sides(model), *_marks(model)]


def _knees(model: Model) -> list[Finding]:
    if not model.knees:
        return [
            Finding(
                Severity.CAREFUL, "names", (model.file,),
                "no coordinate is recognised as the flexion of a right or left knee",
                "no knee load is estimated at all",
                "name it, load_model(..., knees={'right': 'NAME'}), or add the side to its name",
            )
        ]  # fmt: skip
    down = tuple(model.coordinates[knee.coordinate] for knee in model.knees if knee.flexion_sign < 0.0)
    if not down:
        return []
    return [
        Finding(
            Severity.NOTE, "names", down,
            "knee flexion is negative in this model",
            "scripts that expect flexion to be positive read extension moments and peaks the wrong way round",
            "nothing here: flexion is positive in every result",
        )
    ]  # fmt: skip


def _sides(model: Model) -> list[Finding]:
    findings = []
    bare, swapped = [], []
    for knee in model.knees:
        for muscle in crossing(model, knee.link):
            name = model.muscle_names[muscle]
            side = side_of(name)
            if side is None:
                bare.append(name)
            elif side != knee.side:
                swapped.append(f"{name} ({knee.side} knee)")
    if bare:
        findings.append(
            Finding(
                Severity.NOTE, "names", tuple(bare),
                f"{len(bare)} muscles that cross a knee have names without a side",
                "tables by side, EMG and settings such as weights cannot tell the legs apart",
                "end the names with _r or _l",
            )
        )  # fmt: skip
    if swapped:
        findings.append(
            Finding(
                Severity.CAREFUL, "names", tuple(swapped),
                "cross the knee of the side they are not named for",
                "a load by muscle, or a strength set by name, lands on the wrong leg",
                "correct the name or the path",
            )
        )  # fmt: skip
    return findings


def _marks(model: Model) -> list[Finding]:
    awkward = [
        name for name in (*model.coordinates, *model.muscle_names, *model.links) if _AWKWARD.search(name)
    ]
    if not awkward:
        return []
    return [
        Finding(
            Severity.NOTE, "names", tuple(awkward),
            f"names with spaces, dots or other marks: {listed([repr(name) for name in awkward])}",
            "a space splits a column of a .mot file, a slash reads as a path, a dot ends a MATLAB field",
            "use letters, digits and _",
        )
    ]  # fmt: skip
