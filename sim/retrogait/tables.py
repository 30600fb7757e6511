"""Tables of an experiment file: which keys they have and what each may hold."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from retrogait.explain import LARGEST

Direction = Literal["forward", "retro"]
Side = Literal["right", "left"]
Speed = Annotated[float, Meta(gt=0.0, le=12.0)]
Incline = Annotated[float, Meta(ge=-45.0, le=45.0)]
Time = Annotated[float, Meta(ge=-1e6, le=1e6)]
Positive = Annotated[float, Meta(gt=0.0, le=LARGEST)]
Offset = Annotated[float, Meta(ge=-0.1, le=0.1)]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$")]  # it names a file
Some = Meta(min_length=1)

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
        "contact_points": "m",
    }
)
"""Unit of every key that has one."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table whose every key is known."""


class LabelTable(Table, frozen=True):
    """``[experiment]``: what it is called."""

    name: str | None = None
    description: str = ""


class ModelTable(Table, frozen=True):
    """``[model]``: the model of every recorded trial that names none of its own."""

    file: str
    knees: dict[Side, str] = {}


class WalkTable(Table, frozen=True):
    """How the person walked, and the files beside the motion."""

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
    spline: Literal["quintic", "cubic"] = "quintic"
    cycle: Side | None = None
    measured: str | None = None
    measured_side: Side | None = None


class TrialTable(WalkTable, frozen=True, kw_only=True):
    """``[[trial]]``: the files of one walk, and how the person walked."""

    name: Name
    coordinates: str
    emg: str | None = None
    emg_side: Side | None = None
    emg_muscles: dict[str, Annotated[tuple[str, ...], Some]] = {}
    labels: dict[str, float | str] = {}


class RecordingsTable(WalkTable, frozen=True):
    """``[[recordings]]``: many walks, one per row of a table or per file that a pattern finds.

    ``{column}`` in a file name stands for a cell of the row; without a table it stands for any text, which
    becomes a label. What is written here goes for every walk whose row does not say otherwise.
    """

    table: str | None = None
    coordinates: str | None = None
    name: str | None = None


class SweepCase(Table, frozen=True):
    """``[[sweep.case]]``: one of a list; with a speed it is a walk to predict, or several."""

    name: Name | None = None
    direction: Direction | Annotated[tuple[Direction, ...], Some] | None = None
    speed: float | Annotated[tuple[float, ...], Some] | None = None
    incline: float | Annotated[tuple[float, ...], Some] | None = None
    settings: dict[str, Any] = {}
    labels: dict[str, float | str] = {}


class SweepTable(Table, frozen=True):
    """``[sweep]``: walks to predict, and settings to vary for every trial, recorded or predicted.

    How fast and how steep a walk may be is for `retrogait.predict.condition.Condition` to say, and what a
    setting may be for `Analysis`.
    """

    combine: Literal["product", "zip"] = "product"
    speed: float | Annotated[tuple[float, ...], Some] | None = None
    direction: Direction | Annotated[tuple[Direction, ...], Some] = "forward"
    incline: float | Annotated[tuple[float, ...], Some] = 0.0
    tendon: Literal["rigid", "achilles", "compliant"] = "achilles"
    weights: str | None = None
    strength: dict[str, Positive] = {}
    sensitivity: bool = True
    settings: dict[str, Any] = {}
    case: tuple[SweepCase, ...] = ()


class Analysis(Table, frozen=True):
    """Settings of `retrogait.analyze`; None leaves its own default.

    ``body_mass`` divides results and makes nobody heavier, in a ``[sweep]`` too: see `retrogait.settings`.
    """

    physics: Literal["default", "opensim"] | None = None
    exponent: Literal[2, 3] | None = None
    sharing: Literal["auto", "plain", "weighted"] | None = None
    tendon: Literal["rigid", "compliant"] | None = None
    passive: bool | None = None
    cutoff: Annotated[float, Meta(gt=0.0, le=500.0)] | Literal["none", "auto"] | None = None
    filter_forces: bool | None = None
    couplers: Literal["recomputed", "read"] | None = None
    reserve: Positive | None = None
    reserves: dict[str, Positive] | str | None = None
    weights: dict[str, Positive] | None = None
    strength: dict[str, Positive] | None = None
    unshared: tuple[str, ...] | None = None
    minimum_activation: Annotated[float, Meta(ge=0.0, lt=1.0)] | None = None
    body_mass: Annotated[float, Meta(gt=0.0, le=500.0)] | None = None
    contact_points: tuple[Offset, Offset] | None = None
    residual_reduction: bool | None = None

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


class SensitivityTable(Table, frozen=True):
    """``[sensitivity]``: how `retrogait sensitivity` draws, and what it varies.

    Which factors there are and what their ranges may be is for `retrogait.sampling.factors` to say; without
    ``[sensitivity.vary]`` it varies its defaults.
    """

    samples: Annotated[int, Meta(ge=1)] = 1024
    method: Literal["sobol", "latin"] = "sobol"
    seed: Annotated[int, Meta(ge=0)] = 0
    vary: dict[str, Any] | None = None


class OutputTable(Table, frozen=True):
    """``[output]``: where a run stores what it makes."""

    folder: str


class Document(Table, frozen=True):
    """A whole experiment file."""

    trial: tuple[TrialTable, ...] = ()
    recordings: tuple[RecordingsTable, ...] = ()
    sweep: SweepTable | None = None
    experiment: LabelTable = LabelTable()
    model: ModelTable | None = None
    analysis: Analysis = Analysis()
    variant: tuple[Variant, ...] = ()
    sensitivity: SensitivityTable | None = None
    output: OutputTable | None = None


TABLES: Mapping[str, type[Table]] = MappingProxyType(
    {
        "": Document,
        "experiment": LabelTable,
        "model": ModelTable,
        "trial": TrialTable,
        "recordings": RecordingsTable,
        "sweep": SweepTable,
        "sweep.case": SweepCase,
        "analysis": Analysis,
        "variant": Variant,
        "sensitivity": SensitivityTable,
        "output": OutputTable,
    }
)
"""Every table by its dotted name in the file; the whole file under the empty name."""
