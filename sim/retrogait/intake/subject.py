"""The model of the person: scaled to a static trial, or as it is."""

import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from retrogait.errors import ConfigError
from retrogait.intake.names import with_names
from retrogait.intake.person import Mass, model_mass_finding, whole_names
from retrogait.intake.progress import Progress
from retrogait.io.markers import write_markers
from retrogait.lab.trial import LabTrial
from retrogait.model import Model
from retrogait.osim.load import load_model
from retrogait.osim.markers import MarkerSet, read_marker_set
from retrogait.osim.scale import ScaledModel, scale_model

SAME = 5e-4
"""Difference below which two factors are written as one [1]."""

UNSCALED = (1.0, 1.0, 1.0)

Window = tuple[float | None, float | None]


class Generic(NamedTuple):
    """A model before it is scaled.

    file        : ``.osim``
    marker_file : marker set of OpenSim that takes the place of its own; None for its own
    model       : compiled
    marker_set  : where it carries its markers
    """

    file: Path
    marker_file: Path | None
    model: Model
    marker_set: MarkerSet


class Subject(NamedTuple):
    """The model of the person.

    model      : compiled
    marker_set : where it carries its markers
    scaling    : None where the model is used as it is
    """

    model: Model
    marker_set: MarkerSet
    scaling: ScaledModel | None


def open_generic(progress: Progress, file: Path, marker_file: str | Path | None) -> Generic:
    """Read a model and its markers.

    Raises
    ------
    FileError, ModelError
        As `retrogait.load_model` and `retrogait.osim.markers.read_marker_set`.
    """
    model = load_model(file)
    markers = None if marker_file is None else Path(marker_file)
    progress.read(file, markers)
    return Generic(file, markers, model, read_marker_set(file, model, markers))


def copy_model(progress: Progress, generic: Generic, target: Path, person: Mass) -> Subject:
    """Take the model as it is."""
    if not (target.exists() and target.samefile(generic.file)):
        shutil.copyfile(generic.file, target)
    weighs = person.measured if math.isfinite(person.measured) else person.value
    progress.say(
        f"no static trial: {generic.file.name} is used as it is",
        model_mass_finding(generic.model.mass, weighs),
    )
    progress.keep(target)
    return Subject(load_model(target), generic.marker_set, None)


def fit_model(
    progress: Progress,
    generic: Generic,
    target: Path,
    standing: LabTrial,
    person: Mass,
    *,
    markers: str | Path | None,
    factors: Mapping[str, float],
    window: Window,
) -> Subject:
    """Scale the model to a static trial.

    Raises
    ------
    ConfigError
        Nobody knows the mass, or there is no body to scale by a factor.
    FileError, MotionError, SolveError
        As `retrogait.osim.scale.scale_model`.
    """
    if not math.isfinite(person.value):
        raise ConfigError(
            f"{standing.path}: scaling needs the mass of the person, and no plate tells it; give the mass"
        )
    chosen = whole_names(factors, generic.model.links, "body")
    standing, told = with_names(standing, generic.marker_set.labels, markers)
    progress.say(*(f"static trial: {line}" for line in told))
    static = target.with_name(f"{target.stem}_static.trc")
    write_markers(static, standing.markers, standing.time, standing.position, standing.rate)
    progress.keep(static)
    progress.stage(f"scaling {generic.file.name}")
    scaling = scale_model(
        generic.file, static, target, mass=person.value, marker_file=generic.marker_file,
        factors=chosen or None, start=window[0], end=window[1],
    )  # fmt: skip
    pairs = ", ".join(f"{one.name} by {len(one.pairs)}" for one in scaling.measurements)
    progress.say(
        f"{generic.file.name} is scaled to {scaling.mass:.2f} kg and to pairs of markers of the static trial "
        f"({pairs}): {_listed(scaling.factors)}",
        f"static pose: markers were {1e3 * scaling.rms_error:.1f} mm rms from those of the model before "
        "these were moved to the person",
        *scaling.notes,
    )
    if scaling.unscaled:
        progress.say(f"bodies that no measurement reaches keep their size: {', '.join(scaling.unscaled)}")
    progress.numbers["scaling"] = {
        "mass": scaling.mass,
        "factors": {body: list(three) for body, three in scaling.factors.items()},
        "static_error": scaling.error,
        "pose": {name: float(value) for name, value in scaling.pose.items()},
    }
    progress.keep(target, scaling.setup)
    model = load_model(target)
    return Subject(model, read_marker_set(target, model), scaling)


def _listed(factors: Mapping[str, tuple[float, float, float]]) -> str:
    """Factors in words, both sides together where they are alike."""
    words = {body: _three(three) for body, three in factors.items() if three != UNSCALED}
    said = []
    for body, word in words.items():
        stem, letter = body[:-2], body[-2:]
        if letter == "_l" and words.get(f"{stem}_r") == word:
            continue
        both = letter == "_r" and words.get(f"{stem}_l") == word
        said.append(f"{stem if both else body} {word}")
    return ", ".join(said)


def _three(factors: tuple[float, float, float]) -> str:
    if max(factors) - min(factors) < SAME:
        return f"{factors[0]:.3f}"
    return "/".join(f"{one:.3f}" for one in factors)
