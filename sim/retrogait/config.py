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
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from retrogait.errors import ConfigError
from retrogait.explain import LARGEST, explain
from retrogait.share import resolve

Direction = Literal["forward", "retro"]
Side = Literal["right", "left"]
Speed = Annotated[float, Meta(gt=0.0, le=12.0)]
Incline = Annotated[float, Meta(ge=-45.0, le=45.0)]
Time = Annotated[float, Meta(ge=-1e6, le=1e6)]
Positive = Annotated[float, Meta(gt=0.0, le=LARGEST)]

BASE = "base"
"""What the plain `[analysis]` is called beside its variants."""

UNITS = MappingProxyType(
    {
        "speed": "m/s",
        "incline": "deg",
        "start": "s",
        "end": "s",
        "cutoff": "Hz",
        "reserve": "N m per unit",
        "reserves": "N m per unit",
        "body_mass": "kg",
    }
)
"""Unit of every key that has one."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class _Label(_Table, frozen=True):
    name: str | None = None
    description: str = ""


class _Model(_Table, frozen=True):
    file: str
    knees: dict[Side, str] = {}


class _Trial(_Table, frozen=True):
    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$")]  # it names a file
    coordinates: str
    external_loads: str | None = None
    data_file: str | None = None
    model: str | None = None
    start: Time | None = None
    end: Time | None = None
    direction: Direction = "forward"
    speed: Speed | None = None
    incline: Incline = 0.0
    axes: Literal["level", "surface"] = "level"
    origin: Literal["recorded", "synthetic", "predicted"] = "recorded"
    hold: tuple[str, ...] = ()
    measured: str | None = None
    measured_side: Side | None = None


class Analysis(_Table, frozen=True):
    """Settings of `retrogait.analyze`; None leaves its own default."""

    physics: Literal["default", "opensim"] | None = None
    exponent: Literal[2, 3] | None = None
    tendon: Literal["rigid", "compliant"] | None = None
    passive: bool | None = None
    cutoff: Annotated[float, Meta(gt=0.0, le=500.0)] | Literal["none", "auto"] | None = None
    reserve: Positive | None = None
    reserves: dict[str, Positive] | str | None = None
    weights: dict[str, Positive] | None = None
    unshared: tuple[str, ...] | None = None
    minimum_activation: Annotated[float, Meta(ge=0.0, lt=1.0)] | None = None
    body_mass: Annotated[float, Meta(gt=0.0, le=500.0)] | None = None

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments for `retrogait.analyze`, less a reserves file."""
        given = msgspec.structs.asdict(self)
        options = {key: value for key, value in given.items() if value is not None}
        if self.cutoff == "none":
            options["cutoff"] = None
        if isinstance(self.reserves, str):
            del options["reserves"]
        return options


class Variant(Analysis, frozen=True, kw_only=True):
    """Settings that replace those of `[analysis]`; `retrogait validate` compares the two."""

    name: Annotated[str, Meta(pattern=r"^\S(.*\S)?$")]
    description: str = ""
    reserves: dict[str, Positive] | None = None

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments for `retrogait.analyze` that it replaces."""
        options = super().options()
        return {key: value for key, value in options.items() if key not in {"name", "description"}}


class _Output(_Table, frozen=True):
    folder: str


class _Document(_Table, frozen=True):
    trial: Annotated[tuple[_Trial, ...], Meta(min_length=1)]
    experiment: _Label = _Label()
    model: _Model | None = None
    analysis: Analysis = Analysis()
    variant: tuple[Variant, ...] = ()
    output: _Output | None = None


_TABLES: Mapping[str, type[_Table]] = MappingProxyType(
    {
        "": _Document,
        "experiment": _Label,
        "model": _Model,
        "trial": _Trial,
        "analysis": Analysis,
        "variant": Variant,
        "output": _Output,
    }
)


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
        At least one, each with its own name.
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
    analysis: Analysis
    variants: tuple[Variant, ...] = ()
    actuators: Path | None
    output: Path
    knees: Mapping[str, str] = MappingProxyType({})


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
    _refuse(path, list(_contradictions(document)))
    folder = path.resolve().parent
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
        analysis=document.analysis,
        variants=document.variant,
        actuators=actuators,
        output=folder / document.output.folder if document.output else Path("results", path.stem),
        knees={str(side): name for side, name in document.model.knees.items()} if document.model else {},
    )


def _resolved(trial: _Trial, model: str, folder: Path) -> Trial:
    values = msgspec.structs.asdict(trial)
    values["model"] = resolve(trial.model or model, folder, "models")
    for key in ("coordinates", "external_loads", "data_file", "measured"):
        if values[key] is not None:
            values[key] = resolve(values[key], folder, "motions")
    return Trial(**values)


def _refuse(path: Path, problems: list[str]) -> None:
    if problems:
        raise ConfigError(f"{path}: {'; '.join(problems)}")


def _decode(path: Path) -> _Document:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from error
    try:
        tables = tomllib.loads(text)
        return msgspec.convert(tables, _Document)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: TOML syntax: {error}") from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {explain(str(error), tables, _TABLES, UNITS)}") from error


def _contradictions(document: _Document) -> Iterator[str]:
    """Problems between keys that are each fine."""
    # File systems that ignore case would let two such trials share one result file.
    for name, count in Counter(trial.name.casefold() for trial in document.trial).items():
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
    names = Counter([BASE, *(variant.name for variant in document.variant)])
    for name, count in names.items():
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
