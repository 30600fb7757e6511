"""Experiment files: TOML text to one checked, frozen value.

Degrees stay degrees here (`incline`), because `retrogait.load_trial` takes them; nothing below it
sees them. Paths start from the folder of the experiment file, ``bundled:NAME`` means a file that
comes with the package.
"""

import os
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from retrogait.errors import ConfigError
from retrogait.explain import explain
from retrogait.share import resolve
from retrogait.sweep import Prediction, expand
from retrogait.tables import TABLES, UNITS, Analysis, Direction, Document, Side, TrialTable, Variant

BASE = "base"
"""What the plain `[analysis]` is called beside its variants."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One trial and how the person walked; see `retrogait.load_trial` (files, s, m/s, deg)."""

    name: str
    model: Path
    coordinates: Path
    external_loads: Path | None
    data_file: Path | None
    start: float | None
    end: float | None
    direction: Direction
    speed: float | None
    incline: float
    axes: str
    origin: str
    hold: tuple[str, ...] = ()
    spline: str = "quintic"
    measured: Path | None = None
    measured_side: Side | None = None

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Files that an analysis of the trial reads, the model first."""
        files = (self.model, self.coordinates, self.external_loads, self.data_file)
        return tuple(path for path in files if path is not None)


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment file, every path resolved.

    Attributes
    ----------
    source
        The experiment file.
    name, description
        As written; the name is that of the file otherwise.
    trials
        Recorded ones, each with its own name.
    predictions
        Walks to predict, named unlike any other trial.
    analysis
        Settings for all trials.
    variants
        Other settings to compare with them, each with its own name.
    actuators
        OpenSim file with the strength of each reserve, or None.
    output
        Folder for what the run stores.
    knees
        Side to the name of its flexion coordinate, for models whose names do not tell.
    """

    source: Path
    name: str
    description: str
    trials: tuple[Trial, ...]
    predictions: tuple[Prediction, ...] = ()
    analysis: Analysis
    variants: tuple[Variant, ...] = ()
    actuators: Path | None
    output: Path
    knees: Mapping[str, str] = MappingProxyType({})

    @property
    def shared_inputs(self) -> list[Path]:
        """Files that every trial rests on, less the models."""
        return [path for path in (self.source, self.actuators) if path is not None]


def read_experiment(path: str | Path) -> Experiment:
    """Read and check an experiment file.

    Without ``[output]`` a run stores into ``results/NAME`` of the current folder, NAME being that
    of the file: bundled experiments lie where nobody should write.

    Raises
    ------
    ConfigError
        If the file cannot be used as written; one line with every missing file, or with the key
        at fault.
    """
    path = Path(path)
    document = _decode(path)
    folder = path.resolve().parent
    predictions: tuple[Prediction, ...] = ()
    if document.sweep is not None:
        try:
            predictions = expand(document.sweep, folder)
        except ConfigError as error:
            raise ConfigError(f"{path}: sweep: {error}") from error
    _refuse(path, list(_contradictions(document, predictions)))
    default = document.model.file if document.model else ""
    trials = tuple(_resolved(trial, default, folder) for trial in document.trial)
    reserves = document.analysis.reserves
    actuators = resolve(reserves, folder, "models") if isinstance(reserves, str) else None
    _refuse(path, list(_missing(trials, actuators, folder)))
    return Experiment(
        source=path,
        name=document.experiment.name or path.stem,
        description=document.experiment.description,
        trials=trials,
        predictions=predictions,
        analysis=document.analysis,
        variants=document.variant,
        actuators=actuators,
        output=folder / document.output.folder if document.output else Path("results", path.stem),
        knees={str(side): name for side, name in document.model.knees.items()} if document.model else {},
    )


def _resolved(trial: TrialTable, model: str, folder: Path) -> Trial:
    values = msgspec.structs.asdict(trial)
    values["model"] = resolve(trial.model or model, folder, "models")
    for key in ("coordinates", "external_loads", "data_file", "measured"):
        if values[key] is not None:
            values[key] = resolve(values[key], folder, "motions")
    return Trial(**values)


def _refuse(path: Path, problems: list[str]) -> None:
    if problems:
        raise ConfigError(f"{path}: {'; '.join(problems)}")


def _decode(path: Path) -> Document:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from error
    try:
        tables = tomllib.loads(text)
        return msgspec.convert(tables, Document)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: TOML syntax: {error}") from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {explain(str(error), tables, TABLES, UNITS)}") from error


def _contradictions(document: Document, predictions: tuple[Prediction, ...]) -> Iterator[str]:
    """Problems between keys that are each fine."""
    if not (document.trial or predictions):
        yield "nothing to do; add at least one [[trial]], or a [sweep] of walks to predict"
    if document.model and not document.trial:
        yield "[model] is for recorded trials, and there is no [[trial]]; predicted walks bring their own"
    names = [trial.name.casefold() for trial in document.trial] + [walk.name for walk in predictions]
    # File systems that ignore case would let two such trials share one result file.
    for name, count in Counter(names).items():
        if count > 1:
            yield f"trial name `{name}` is used {count} times; each names a result file"
    for trial in document.trial:
        if trial.start is not None and trial.end is not None and trial.end <= trial.start:
            yield (f"trial `{trial.name}`: end ({trial.end:g} s) is not after start ({trial.start:g} s)")
        if not (trial.model or document.model):
            yield f"trial `{trial.name}`: has no model; add `model`, or [model] for all trials"
        if (trial.measured is None) != (trial.measured_side is None):
            given, absent = "measured", "measured_side"
            if trial.measured is None:
                given, absent = absent, given
            yield f"trial `{trial.name}`: has `{given}` but no `{absent}`; add it"
    variants = Counter([BASE, *(variant.name for variant in document.variant)])
    for name, count in variants.items():
        if count > 1:
            taken = "stands for the plain [analysis]" if name == BASE else f"is used {count} times"
            yield f"variant name `{name}` {taken}; choose another"


def _missing(trials: tuple[Trial, ...], actuators: Path | None, folder: Path) -> Iterator[str]:
    """Every file that is named and does not exist, once; of a missing folder only its own name."""
    named = [path for trial in trials for path in trial.inputs]
    named += [trial.measured for trial in trials if trial.measured is not None]
    if actuators is not None:
        named.append(actuators)
    absent = [path for path in dict.fromkeys(named) if not path.is_file()]
    folders = dict.fromkeys(path.parent for path in absent if not path.parent.is_dir())
    files = [path for path in absent if path.parent not in folders]
    for kind, paths in (("file", files), ("folder", list(folders))):
        if paths:
            shown = ", ".join(os.path.relpath(path, folder) for path in paths)
            yield f"no such {kind}: {shown} (relative to the folder of the experiment file)"
