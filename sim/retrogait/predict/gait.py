"""A predicted gait as users hold it: a trial like any other, and how far to trust it."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import xarray as xr

from retrogait.gait import Trial, load_trial
from retrogait.io.atomic import replacing
from retrogait.model import Model
from retrogait.notebook import card, folded
from retrogait.osim import load_model
from retrogait.pipeline import analyze
from retrogait.predict.condition import Condition
from retrogait.predict.figure import Figure
from retrogait.predict.files import window, write_files
from retrogait.predict.knee import peaks
from retrogait.predict.stride import Stride
from retrogait.share import share_folder

MODEL = "planar.osim"

ASSUMED = (
    "predicted by optimal control for one planar adult of 1.75 m and 70 kg, not measured: it shows what the "
    "model would do, and no person"
)

PLAIN_SHARING = (
    "muscle forces come from static optimisation on the predicted motion; the predictor's own, with "
    "stretching tendons, are one case of the sensitivity"
)

PEAKS = {
    "peak_tibiofemoral": "peak tibiofemoral force",
    "peak_patellofemoral": "peak patellofemoral force, closed form",
}
"""Keys of a case of the sensitivity [BW], and what they are."""


@dataclass(frozen=True, eq=False)
class Gait:
    """A predicted walk.

    Attributes
    ----------
    condition   : direction, speed and incline
    trial       : one stride, `origin` "predicted"; its axes stand on the surface
    source      : "bundled" where it was read, "solved" where it was computed now
    figures     : objective, iterations, seconds, tries and more of the solver
    sensitivity : case name to peak forces [BW] under other assumptions; None where nobody asked
    remarks     : beside those that every prediction carries
    files       : name to content of its OpenSim files
    strength    : muscle or group to the factor of strength that it was predicted with and is analyzed with
    """

    condition: Condition
    trial: Trial
    source: str
    figures: Mapping[str, Any]
    sensitivity: Mapping[str, Mapping[str, float]] | None = None
    remarks: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    strength: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def model(self) -> Model:
        """The bundled planar model."""
        return planar_model()

    @cached_property
    def result(self) -> xr.Dataset:
        """Joint loads by the same core that analyzes recorded trials; nothing is filtered."""
        dataset = analyze(self.model, self.trial, cutoff=None, strength=self.strength, sharing="plain")
        return dataset.assign_attrs(notes=[*dataset.attrs["notes"], *self.notes])

    @property
    def notes(self) -> list[str]:
        """What a reader of its numbers must know."""
        return [ASSUMED, PLAIN_SHARING, *self.condition.notes(), *self.remarks]

    def __repr__(self) -> str:
        """One line, not the arrays."""
        return f"<Gait {self.condition.name}: predicted ({self.source}), nobody walked this>"

    def _repr_html_(self) -> str:
        """Look of the walk in a notebook: peaks with their span, and that nobody walked it."""
        cases = self.sensitivity or {}
        peak = cases.get("base") or dict(zip(PEAKS, peaks(self.result), strict=True))
        condition = self.condition
        return card(
            f"Predicted walk {condition.name}",
            [
                ("origin", f"predicted ({self.source}): nobody walked this"),
                ("walk", f"{condition.direction}, {condition.speed:g} m/s, {condition.incline:g} deg"),
                ("stride", f"{self.trial.end - self.trial.start:.3g} s"),
                *(
                    (words, _spanned(peak[key], [case[key] for case in cases.values()]))
                    for key, words in PEAKS.items()
                ),
            ],
            notes=self.notes,
            tables=[
                folded(
                    f"Peaks under {len(cases)} assumptions [BW]",
                    ("assumption", *PEAKS.values()),
                    [(name, *(f"{case[key]:.2f}" for key in PEAKS)) for name, case in cases.items()],
                    numbers=2,
                )
            ]
            if cases
            else [],
        )

    def write(self, folder: str | Path) -> list[Path]:
        """Write the trial as OpenSim files: motion, ground forces, external loads.

        Returns
        -------
        list of Path
            ``NAME.mot``, ``NAME_grf.mot``, ``NAME_grf.xml`` in ``folder``.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, content in self.files.items():
            path = folder / name
            with replacing(path) as partial:
                partial.write_bytes(content)
            written.append(path)
        return written


def _spanned(peak: float, others: Sequence[float]) -> str:
    """Peak force and what other assumptions make of it."""
    if len(others) < 2:
        return f"predicted {peak:.2f} BW, without a span: nobody asked for its sensitivity"
    return f"predicted {peak:.2f} BW, {min(others):.1f} to {max(others):.1f} under {len(others)} assumptions"


_MODELS: dict[Path, Model] = {}


def planar_model() -> Model:
    """Load the bundled planar model, once."""
    path = share_folder("models") / MODEL
    if path not in _MODELS:
        _MODELS[path] = load_model(path)
    return _MODELS[path]


def trial_of(condition: Condition, motion: Path, loads: Path, span: tuple[float, float]) -> Trial:
    """Trial of a predicted stride's files."""
    return load_trial(
        motion, loads, start=span[0], end=span[1], direction=condition.direction, speed=condition.speed,
        incline=condition.incline, axes="surface", name=condition.name, origin="predicted",
        spline="cubic",
    )  # fmt: skip


def trial_in_memory(condition: Condition, figure: Figure, stride: Stride) -> tuple[Trial, dict[str, bytes]]:
    """Trial of a stride, read back from files as everybody else's is, and the files themselves."""
    folder = Path(tempfile.mkdtemp(prefix="retrogait-"))
    try:
        title = f"{condition.name}, predicted by retrogait: nobody walked this"
        motion, forces, loads = write_files(folder, condition.name, figure, stride, title)
        trial = trial_of(condition, motion, loads, window(stride))
        return trial, {path.name: path.read_bytes() for path in (motion, forces, loads)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
