"""Estimated knee forces against measured ones: every trial of an experiment under every set of choices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import retrogait as rg
from retrogait.comparison import CYCLE, Comparison, compare
from retrogait.config import BASE, Experiment, Trial
from retrogait.errors import ConfigError
from retrogait.execute.record import store_record
from retrogait.io.atomic import replacing
from retrogait.io.measured import read_measured
from retrogait.io.sheet import number, write_sheet
from retrogait.jobs import Models, choices_of, open_trial
from retrogait.report.agreement import (
    FIRST_PEAK,
    KINDS,
    MEAN,
    SECOND_PEAK,
    Agreement,
    Score,
    to_csv,
)
from retrogait.report.curves import Curve, Panel, draw
from retrogait.study import require_writable

SCORES, CURVES, PICTURE, RECORD = "validation.csv", "curves.csv", "curves.svg", "validation.json"


@dataclass(slots=True)
class Validation:
    """Every trial under every set of choices.

    Attributes
    ----------
    folder
        Where table, curves, picture and record were stored.
    comparisons
        Trials of the first set of choices first.
    remarks
        What the reader of the numbers must know, one line each.
    """

    folder: Path
    comparisons: list[Comparison] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[Agreement]:
        """Rows of the table; after the trials of each set of choices their mean."""
        found = [comparison.agreement for comparison in self.comparisons]
        rows = []
        for variant in dict.fromkeys(row.variant for row in found):
            trials = [row for row in found if row.variant == variant]
            rows += trials
            if len(trials) > 1:
                rows.append(_mean(trials))
        return rows

    @property
    def failed(self) -> int:
        """Frames that were left out."""
        return sum(comparison.agreement.frames_failed for comparison in self.comparisons)


def validate(experiment: Experiment, *, output: Path | None = None, threads: int | None = None) -> Validation:
    """Analyze every trial that names a measured force, under `[analysis]` and every variant of it.

    Stores ``validation.csv``, ``curves.csv``, ``curves.svg`` and ``validation.json``.

    Parameters
    ----------
    experiment
        Checked experiment.
    output
        Folder that overrides the one in the experiment.
    threads
        Threads for the frames of one trial; as many as the machine has when None.

    Raises
    ------
    ConfigError
        No trial names a measured force, or the output cannot be written.
    GaitError
        An input cannot be used.
    """
    trials = [trial for trial in experiment.trials if trial.measured is not None]
    if not trials:
        raise ConfigError(
            f"{experiment.source}: no trial names a measured force; add `measured` (a .csv file) "
            "and `measured_side`"
        )
    require_writable(output or experiment.output)
    measured = [read_measured(trial.measured) for trial in trials if trial.measured is not None]
    motions = [open_trial(trial) for trial in trials]
    models = Models(experiment)
    done = Validation(output or experiment.output)
    for variant, options in _choices(experiment):
        for trial, motion, force in zip(trials, motions, measured, strict=True):
            dataset = rg.analyze(models.of(trial), motion, threads=threads, **options)
            side = trial.measured_side or ""
            done.comparisons.append(compare(dataset, force, side, variant=variant))
    done.remarks = list(_remarks(experiment, done.comparisons))
    _store(experiment, trials, done)
    return done


def _choices(experiment: Experiment) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and keyword arguments of the plain analysis and of every variant."""
    base = choices_of(experiment).options
    yield BASE, base
    for variant in experiment.variants:
        yield variant.name, base | variant.options()


def _mean(rows: Sequence[Agreement]) -> Agreement:
    def mean(scores: list[Score]) -> Score:
        names = ("rmse", "first_peak", "second_peak", "peak", "r_squared")
        return Score(**{name: float(np.mean([getattr(s, name) for s in scores])) for name in names})

    sides = {row.side for row in rows}
    return Agreement(
        variant=rows[0].variant,
        trial=MEAN,
        side=sides.pop() if len(sides) == 1 else "both",
        **{kind: mean([getattr(row, kind) for row in rows]) for kind in KINDS},
        points=sum(row.points for row in rows),
        frames=sum(row.frames for row in rows),
        frames_failed=sum(row.frames_failed for row in rows),
    )


def _remarks(experiment: Experiment, comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Say what the numbers are and what they rest on."""
    masses = sorted({comparison.body_mass for comparison in comparisons})
    yield (
        f"BW = {' or '.join(f'{mass:.2f}' for mass in masses)} kg × 9.80665 N/kg, the body mass of "
        "the analysis. Errors are estimate less measurement. 0 % of the cycle is the first frame, "
        "100 % the last."
    )
    yield (
        "axial: force of the femur on the tibia along the tibia's y axis, compression positive; "
        "resultant: its magnitude; both against the measured total. 1st peak: "
        f"{FIRST_PEAK[0]:g} to {FIRST_PEAK[1]:g} %, "
        f"2nd: {SECOND_PEAK[0]:g} to {SECOND_PEAK[1]:g} %."
    )
    yield from (f"{v.name}: {v.description}" for v in experiment.variants if v.description)
    told: dict[str, list[str]] = {}
    common = {(c.agreement.trial, _shape(note)) for c in comparisons for note in c.notes if _is_base(c)}
    for comparison in comparisons:
        row = comparison.agreement
        name = row.trial if _is_base(comparison) else f"{row.variant}, {row.trial}"
        if row.frames_failed:
            yield (
                f"{name}: {row.frames_failed} of {row.frames} frames failed and are left out; "
                f"{row.points} of {CYCLE.size} points are compared"
            )
        for note in comparison.notes:
            if _is_base(comparison) or (row.trial, _shape(note)) not in common:
                told.setdefault(note, []).append(name)
    yield from (f"{'; '.join(names)}: {note}" for note, names in told.items())


def _shape(note: str) -> str:
    """Remark without its numbers: what a variant only says with others needs no second line."""
    return re.sub(r"\d[\d.]*", "#", note)


def _is_base(comparison: Comparison) -> bool:
    return comparison.agreement.variant == BASE


def _store(experiment: Experiment, trials: Sequence[Trial], done: Validation) -> None:
    try:
        to_csv(done.rows, done.folder / SCORES)
        _store_curves(done.comparisons, done.folder / CURVES)
        with replacing(done.folder / PICTURE) as partial:
            partial.write_text(picture(experiment.name, done.comparisons), encoding="utf-8")
        inputs = [path for t in trials for path in (*t.inputs, t.measured) if path is not None]
        inputs += experiment.shared_inputs
        store_record(done.folder / RECORD, experiment, inputs, remarks=done.remarks)
    except OSError as error:
        raise ConfigError(f"{done.folder}: cannot be written to ({error.strerror})") from error


def _store_curves(comparisons: Sequence[Comparison], path: Path) -> None:
    """Write every curve, one row per point of the cycle; an empty cell for no answer."""
    header = ("variant", "trial", "cycle [%]", "measured [BW]", "axial [BW]", "resultant [BW]")
    rows = (
        [one.agreement.variant, one.agreement.trial, *map(number, point)]
        for one in comparisons
        for point in zip(CYCLE, one.measured, one.axial, one.resultant, strict=True)
    )
    write_sheet(path, header, rows)


def picture(title: str, comparisons: Sequence[Comparison]) -> str:
    """SVG of the axial force, a panel per trial and a line per set of choices."""
    panels = []
    for trial in dict.fromkeys(comparison.agreement.trial for comparison in comparisons):
        mine = [c for c in comparisons if c.agreement.trial == trial]
        measured = Curve("measured total", CYCLE, mine[0].measured)
        lines = (Curve(f"estimated, {c.agreement.variant}", CYCLE, c.axial) for c in mine)
        panels.append(Panel(trial, (measured, *lines)))
    return draw(
        panels,
        title=title,
        x_label="gait cycle [%]",
        y_label="axial tibiofemoral force [BW]",
    )
