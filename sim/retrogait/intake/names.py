"""Markers of a recording under the names of a model."""

from pathlib import Path

from retrogait.errors import ConfigError, MotionError
from retrogait.io.text import shown, suggestion
from retrogait.lab.markerset import MarkerSet, bundled_marker_sets, match_markers, read_marker_set
from retrogait.lab.roles import find_roles
from retrogait.lab.trial import LabTrial

LETTERS = ("r", "l")


def choose_names(labels: tuple[str, ...], known: tuple[str, ...], path: Path) -> tuple[MarkerSet | None, str]:
    """Find which table of names fits a recording to a model; none where they speak the same language.

    Parameters
    ----------
    labels : markers of the recording
    known  : markers of the model
    path   : of the recording, for messages
    """
    own = len(set(labels) & set(known))
    best, most = None, own
    for name in bundled_marker_sets():
        table = read_marker_set(name)
        fitting = {marker: names for marker, names in table.aliases.items() if marker in known}
        try:
            found = len(match_markers(path, MarkerSet(name, fitting), labels).labels)
        except MotionError:
            continue
        if found > most:
            best, most = MarkerSet(name, fitting), found
    if best is None:
        return None, f"{own} of {len(labels)} markers have names that the model has too"
    return best, (
        f"names of markers are those that laboratories use for {best.name}: {most} fit the model, "
        f"{own} as they are"
    )


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")


def check_names(table: MarkerSet, known: tuple[str, ...]) -> None:
    """Refuse a table that is about markers the model does not have.

    Raises
    ------
    ConfigError
        With the first such marker and what it may have meant.
    """
    foreign = [marker for marker in table.aliases if marker not in known]
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise ConfigError(
            f"{table.name}.toml: the model has no marker {shown(foreign[0])}{more}"
            f"{suggestion(foreign[0], known)}"
        )


def with_names(
    trial: LabTrial, known: tuple[str, ...], given: str | Path | None
) -> tuple[LabTrial, list[str]]:
    """The trial with the model's names of its markers, and how they were found.

    What a table of one's own does not mention keeps its name, if the model has it; what neither knows is
    left as it is, and the fit does not use it.

    Parameters
    ----------
    trial : as recorded
    known : markers of the model
    given : table of one's own (``.toml``) or name of a bundled one; None finds one

    Raises
    ------
    ConfigError, FileError
        The table cannot be read, or is about another model.
    MotionError
        Too few markers are found.
    """
    if given is None:
        table, said = choose_names(trial.markers, known, trial.path)
        if table is None:
            if not set(trial.markers) & set(known):
                raise MotionError(
                    f"{trial.path}: the model has none of its markers ({_few(trial.markers)}), but "
                    f"{_few(known)}; say by a table of names (.toml) which these are, or name a marker set"
                )
            return trial, [said]
    else:
        table = read_marker_set(given)
        if Path(given).suffix == ".toml":
            check_names(table, known)
        said = f"names of markers are those of {Path(given).name}"
    mentioned = {name for marker, names in table.aliases.items() for name in (marker, *names)}
    alike = {label: () for label in trial.markers if label in known and label not in mentioned}
    own = {marker: names for marker, names in table.aliases.items() if marker in known}
    named = trial.with_markers(MarkerSet(table.name, own | alike))
    fresh = [line for line in named.findings[len(trial.findings) :] if " is missing" not in line]
    return named, [said, *fresh]


def ground_bodies(trial: LabTrial, carrier: dict[str, str], links: tuple[str, ...]) -> tuple[str, str]:
    """Bodies of the model that the ground pushes on: those that carry the heel markers.

    Parameters
    ----------
    trial   : with the model's names
    carrier : marker of the model to the body that carries it
    links   : bodies of the model

    Raises
    ------
    MotionError
        No heel marker tells, and the model has no calcn_r and calcn_l.
    """
    roles = find_roles(trial.markers)
    bodies = []
    for letter in LETTERS:
        body = carrier.get(roles.get(f"heel_{letter}", ""), f"calcn_{letter}")
        if body not in links:
            raise MotionError(
                f"{trial.path}: no marker at the heel tells which body of the model is the foot, and there "
                f"is no calcn_{letter} ({', '.join(links[1:6])}, ...); name the heel's in a table of names"
            )
        bodies.append(body)
    return bodies[0], bodies[1]
