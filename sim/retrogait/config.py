"""Experiment files: TOML text to one checked, frozen value.

Degrees stay degrees here (`incline`), because `retrogait.load_trial` takes them; nothing below it
sees them. Paths start from the folder of the experiment file, ``bundled:NAME`` means a file that
comes with the package.
"""

import os
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from retrogait.errors import ConfigError
from retrogait.explain import explain
from retrogait.overrides import override
from retrogait.recordings import trials_of
from retrogait.sampling.factors import factors_of
from retrogait.share import resolve
from retrogait.sweep import Prediction, Sweep, Walk, expand
from retrogait.tables import (
    TABLES,
    UNITS,
    Analysis,
    Direction,
    Document,
    SensitivityTable,
    Side,
    TrialTable,
    Variant,
)
from retrogait.variations import LONGEST, PLAIN, Variation, require_labels

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
    cycle: Side | None = None
    measured: Path | None = None
    measured_side: Side | None = None
    emg: Path | None = None
    emg_side: Side | None = None
    emg_muscles: Mapping[str, tuple[str, ...]] = {}
    labels: Mapping[str, float | str] = {}

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
    variations
        Settings that each recorded trial is analyzed with.
    walks
        Walks to predict, each with settings that it is analyzed with.
    analysis
        Settings for all trials.
    variants
        Other settings to compare with them, each with its own name.
    sensitivity
        What `retrogait sensitivity` varies, and how it draws.
    actuators
        OpenSim file with the strength of each reserve, or None.
    output
        Folder for what the run stores.
    knees
        Side to the name of its flexion coordinate, for models whose names do not tell.
    overrides
        What the command line changed in the file: ``key=value``.
    """

    source: Path
    name: str
    description: str
    trials: tuple[Trial, ...]
    variations: tuple[Variation, ...] = (PLAIN,)
    walks: tuple[Walk, ...] = ()
    analysis: Analysis
    variants: tuple[Variant, ...] = ()
    sensitivity: SensitivityTable = SensitivityTable()
    actuators: Path | None
    output: Path
    knees: Mapping[str, str] = {}
    overrides: tuple[str, ...] = ()

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """Every walk to predict once, however many settings it is analyzed with."""
        different: dict[str, list[Prediction]] = {}
        for walk in self.walks:
            alike = different.setdefault(walk.prediction.name, [])
            if walk.prediction not in alike:
                alike.append(walk.prediction)
        return tuple(prediction for alike in different.values() for prediction in alike)

    @property
    def shared_inputs(self) -> list[Path]:
        """Files that every trial rests on, less the models."""
        return [path for path in (self.source, self.actuators) if path is not None]


def read_experiment(path: str | Path, overrides: Sequence[str] = ()) -> Experiment:
    """Read and check an experiment file.

    Without ``[output]`` a run stores into ``results/NAME`` of the current folder, NAME being that
    of the file: bundled experiments lie where nobody should write.

    Parameters
    ----------
    path
        Experiment file.
    overrides
        Values that take the place of those of the file, each ``key=value`` with a dotted key and a
        value in TOML: ``analysis.exponent=3``.

    Raises
    ------
    ConfigError
        If the file cannot be used as written; one line with every missing file, or with the key
        at fault.
    """
    path = Path(path)
    document = _decode(path, overrides)
    folder = path.resolve().parent
    try:
        return _experiment(path, document, folder, tuple(overrides))
    except ConfigError as error:
        told = f" (with {', '.join(f'--set {text}' for text in overrides)})" if overrides else ""
        raise ConfigError(f"{path}: {error}{told}") from error


def _experiment(path: Path, document: Document, folder: Path, overrides: tuple[str, ...]) -> Experiment:
    """Experiment of a document; errors do not name the file."""
    default = document.model.file if document.model else ""
    listed = list(document.trial)
    for trial in listed:
        with _naming(f"trial `{trial.name}`"):
            require_labels(trial.labels)
    for number, table in enumerate(document.recordings, start=1):
        with _naming(f"recordings {number}"):
            listed += trials_of(table, default, folder)
    sweep = Sweep()
    if document.sweep is not None:
        with _naming("sweep"):
            sweep = expand(document.sweep, document.analysis, folder)
    if document.sensitivity is not None and document.sensitivity.vary is not None:
        with _naming("sensitivity"):
            factors_of(document.sensitivity.vary, "vary")
    _refuse(_contradictions(document, listed, sweep))
    trials = tuple(_resolved(trial, default, folder) for trial in listed)
    reserves = document.analysis.reserves
    actuators = resolve(reserves, folder, "models") if isinstance(reserves, str) else None
    _refuse(_missing(trials, actuators, folder))
    return Experiment(
        source=path,
        name=document.experiment.name or path.stem,
        description=document.experiment.description,
        trials=trials,
        variations=sweep.variations,
        walks=sweep.walks,
        analysis=document.analysis,
        variants=document.variant,
        sensitivity=document.sensitivity or SensitivityTable(),
        actuators=actuators,
        output=folder / document.output.folder if document.output else Path("results", path.stem),
        knees={str(side): name for side, name in document.model.knees.items()} if document.model else {},
        overrides=overrides,
    )


def _resolved(trial: TrialTable, model: str, folder: Path) -> Trial:
    values = msgspec.structs.asdict(trial)
    values["model"] = resolve(trial.model or model, folder, "models")
    for key in ("coordinates", "external_loads", "data_file", "measured", "emg"):
        if values[key] is not None:
            values[key] = resolve(values[key], folder, "motions")
    return Trial(**values)


@contextmanager
def _naming(table: str) -> Iterator[None]:
    """Put the name of a table before whatever is wrong in it."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{table}: {error}") from error


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise ConfigError("; ".join(found))


def _decode(path: Path, overrides: Sequence[str]) -> Document:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: TOML syntax: {error}") from error
    stages = [tables]
    for change in overrides:
        with _naming(f"{path}: --set {change}"):
            stages.append(override(stages[-1], change))
    try:
        return _converted(stages[-1])
    except ConfigError:
        # The file alone may be at fault, or the first change that it does not take.
        for where, stage in zip(["", *(f" --set {change}:" for change in overrides)], stages, strict=True):
            with _naming(f"{path}:{where}".removesuffix(":")):
                _converted(stage)
        raise


def _converted(tables: dict[str, Any]) -> Document:
    try:
        return msgspec.convert(tables, Document)
    except msgspec.ValidationError as error:
        raise ConfigError(explain(str(error), tables, TABLES, UNITS)) from error


def _contradictions(document: Document, trials: Sequence[TrialTable], sweep: Sweep) -> Iterator[str]:
    """Problems between keys that are each fine."""
    if not (trials or sweep.walks):
        yield "nothing to do; add at least one [[trial]] or [[recordings]], or a [sweep] of walks to predict"
    if document.model and not trials:
        yield "[model] is for recorded trials, and there is none; predicted walks bring their own"
    names = [variation.named(trial.name) for trial in trials for variation in sweep.variations]
    names += [walk.variation.named(walk.prediction.name) for walk in sweep.walks]
    # File systems that ignore case would let two such trials share one result file.
    for name, count in Counter(map(str.casefold, names)).items():
        if count > 1:
            yield f"trial name `{name}` is used {count} times; each names a result file"
        if len(name) > LONGEST:
            yield f"trial name `{name}` has {len(name)} characters, expected at most {LONGEST}"
    for trial in trials:
        if trial.start is not None and trial.end is not None and trial.end <= trial.start:
            yield (f"trial `{trial.name}`: end ({trial.end:g} s) is not after start ({trial.start:g} s)")
        if not (trial.model or document.model):
            yield f"trial `{trial.name}`: has no model; add `model`, or [model] for all trials"
        if (trial.measured is None) != (trial.measured_side is None):
            given, absent = "measured", "measured_side"
            if trial.measured is None:
                given, absent = absent, given
            yield f"trial `{trial.name}`: has `{given}` but no `{absent}`; add it"
        if trial.emg is None and (trial.emg_side or trial.emg_muscles):
            given = "emg_side" if trial.emg_side else "emg_muscles"
            yield f"trial `{trial.name}`: has `{given}` but no `emg`; add it"
    variants = Counter([BASE, *(variant.name for variant in document.variant)])
    for name, count in variants.items():
        if count > 1:
            taken = "stands for the plain [analysis]" if name == BASE else f"is used {count} times"
            yield f"variant name `{name}` {taken}; choose another"


def _missing(trials: tuple[Trial, ...], actuators: Path | None, folder: Path) -> Iterator[str]:
    """Every file that is named and does not exist, once; of a missing folder only its own name."""
    named = [path for trial in trials for path in trial.inputs]
    named += [path for trial in trials for path in (trial.measured, trial.emg) if path is not None]
    if actuators is not None:
        named.append(actuators)
    absent = [path for path in dict.fromkeys(named) if not path.is_file()]
    folders = dict.fromkeys(path.parent for path in absent if not path.parent.is_dir())
    files = [path for path in absent if path.parent not in folders]
    for kind, paths in (("file", files), ("folder", list(folders))):
        if paths:
            shown = ", ".join(
                os.path.relpath(path, folder) + (" (that is a folder)" if path.is_dir() else "")
                for path in paths
            )
            yield f"no such {kind}: {shown} (relative to the folder of the experiment file)"
