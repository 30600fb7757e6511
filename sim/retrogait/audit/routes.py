"""Which bodies each knee muscle pulls on, and whether the tibiofemoral reaction contains that pull."""

import re
from dataclasses import dataclass

from retrogait.audit.finding import Finding, Severity
from retrogait.audit.survey import arm_owners, crossing, listed
from retrogait.model import HEADS, Knee, Model
from retrogait.osim.knees import side_of
from retrogait.settings import GROUPS

_EXTENSORS = GROUPS["quadriceps"]
_FLEXORS = re.compile(r"(^|_)(gas|ham|semi|bf|bi(ceps)?_?fem|grac|sar)", re.I)
_LIGAMENT = re.compile(r"\(\w*Ligament\w*\)")


@dataclass(frozen=True)
class LoadPath:
    """Where one muscle's force goes at one knee.

    Attributes
    ----------
    muscle, side : which
    bodies       : that its path touches, in the order of the path
    patella      : body that stands for the patella on the way, "" for none
    held_by      : what holds that patella, "" for none
    in_reaction  : whether the tibiofemoral reaction contains the muscle's force
    """

    muscle: str
    side: str
    bodies: tuple[str, ...]
    patella: str
    held_by: str
    in_reaction: bool


def load_paths(model: Model) -> list[LoadPath]:
    """Load path of every muscle that crosses a knee or moves one.

    Parameters
    ----------
    model : compiled
    """
    found = []
    for knee in model.knees:
        across = set(crossing(model, knee.link))
        moving = {muscle for muscle, coordinate in arm_owners(model) if coordinate == knee.coordinate}
        for muscle in sorted(across | moving | set(knee.quadriceps)):
            links = _links(model, muscle)
            patella = next((link for link in links if _is_patella(model, knee, link)), -1)
            found.append(
                LoadPath(
                    model.muscle_names[muscle],
                    knee.side,
                    tuple(model.links[link] for link in links),
                    model.links[patella] if patella >= 0 else "",
                    holder(model, patella) if patella >= 0 else "",
                    muscle in across,
                )
            )
    return found


def holder(model: Model, link: int) -> str:
    """What holds a body in place, in words."""
    tree = model.tree
    joint = f"joint {model.joints[link - 1]} to {model.links[int(tree.parent[link])]}"
    moved = sorted({int(c) for c in tree.coordinate[tree.first[link] : tree.last[link]] if c >= 0})
    if not moved:
        return joint
    if all(tree.driver[c] >= 0 for c in moved):
        drivers = sorted({str(model.driver_of(c)) for c in moved})
        return f"{joint}, coupled to {', '.join(drivers)}"
    ligaments = sum(bool(_LIGAMENT.search(entry)) for entry in model.left_out)
    free = sum(int(tree.driver[c]) < 0 for c in moved)
    held = f"{joint} with {free} free coordinate{'s' * (free != 1)}"
    return held + (f" and by some of the model's {ligaments} ligaments" if ligaments else "")


def check_load_paths(model: Model) -> list[Finding]:
    """Muscles whose force never reaches the tibia, and muscles that should cross a knee and do not."""
    findings = []
    paths = load_paths(model)
    for knee in model.knees:
        lost = [path for path in paths if path.side == knee.side and not path.in_reaction]
        findings += [
            _lost(model, knee, [path for path in lost if path.patella == patella])
            for patella in dict.fromkeys(path.patella for path in lost)
        ]
        if not knee.quadriceps and not lost:
            findings.append(
                Finding(
                    Severity.CAREFUL, "load path", (f"{knee.side} knee",),
                    "no muscle of the quadriceps crosses this knee",
                    "the net joint force alone leaves out most of what presses on the knee",
                    "take the other leg, or add the quadriceps; here only net force and moments are given",
                )
            )  # fmt: skip
    return [*findings, *_not_crossing(model)]


def _lost(model: Model, knee: Knee, paths: list[LoadPath]) -> Finding:
    names = tuple(path.muscle for path in paths)
    strength = sum(
        float(model.muscles.maximum_isometric_force[model.muscle_names.index(name)]) for name in names
    )
    patella = paths[0].patella
    if patella:
        found = (
            f"end on {patella}, held by its {paths[0].held_by}; no path carries their pull "
            f"(up to {strength:.0f} N) to {model.links[knee.link]}"
        )
        remedy = (
            "end these paths on the tibia (last point at the tibial tuberosity, the patella's point before "
            "it), as Rajagopal's models do"
        )
    else:
        found = (
            f"have a moment arm about {model.coordinates[knee.coordinate]} but do not cross "
            f"{model.joints[knee.link - 1]} (up to {strength:.0f} N)"
        )
        remedy = "attach these paths to the tibia, or drop the coupling that gives them the arm"
    return Finding(
        Severity.WRONG, "load path", names, found,
        f"the {knee.side} tibiofemoral reaction leaves the pull of {listed(list(names))} out, in OpenSim "
        "without a word; here no contact force is given for that knee",
        remedy, strength, "N",
    )  # fmt: skip


def _not_crossing(model: Model) -> list[Finding]:
    """Muscles that a name puts at a knee and no path does."""
    findings = []
    about = {path.muscle for path in load_paths(model)}
    for knee in model.knees:
        for pattern, severity in ((_EXTENSORS, Severity.WRONG), (_FLEXORS, Severity.CAREFUL)):
            stray = tuple(
                name
                for name in model.muscle_names
                if name not in about and side_of(name) == knee.side and pattern.search(name)
            )
            whole = severity is Severity.WRONG and not knee.quadriceps
            if stray:
                findings.append(
                    Finding(
                        severity, "load path", stray,
                        f"cross no knee: their paths end on {_ends(model, stray[0])}",
                        f"the {knee.side} knee has to be moved by the other muscles, or by reserves"
                        + (f"; none of {', '.join(HEADS)} is left" if whole else ""),
                        "check the bodies of their path points; a patella welded to the femur does this",
                    )
                )  # fmt: skip
    return findings


def _ends(model: Model, name: str) -> str:
    links = _links(model, model.muscle_names.index(name))
    return " and ".join(model.links[link] for link in links)


def _links(model: Model, muscle: int) -> list[int]:
    """Links that a path touches, in its order, each once."""
    first, last = model.paths.first[muscle], model.paths.last[muscle]
    return list(dict.fromkeys(int(link) for link in model.paths.link[first:last]))


def _is_patella(model: Model, knee: Knee, link: int) -> bool:
    """Whether a link hangs from the thigh beside the tibia."""
    return link != knee.link and model.tree.parent[link] == model.tree.parent[knee.link]
