"""Every trial of an experiment that has electromyograms, analyzed and put beside them."""

from dataclasses import dataclass
from pathlib import Path

import xarray as xr

import retrogait as rg
from retrogait.config import Experiment
from retrogait.emg.compare import LONGEST_LAG, ON_SHARE, compare_emg
from retrogait.emg.record import read_emg
from retrogait.errors import ConfigError
from retrogait.execute.record import store_record
from retrogait.io.atomic import replacing
from retrogait.jobs import Models, choices_of, open_trial
from retrogait.report.emg import curves_to_csv, picture, scores_to_csv
from retrogait.study import require_writable

SCORES, CURVES, RECORD = "emg.csv", "emg_curves.csv", "emg.json"


@dataclass(frozen=True)
class Comparisons:
    """What an experiment's electromyograms say of its activations.

    Attributes
    ----------
    folder
        Where tables, pictures and record were stored.
    trials
        Of `retrogait.emg.compare.compare_emg`, one per trial.
    remarks
        What the reader of the numbers must know, one line each.
    """

    folder: Path
    trials: tuple[xr.Dataset, ...]
    remarks: tuple[str, ...]


def compare_experiment(
    experiment: Experiment, *, output: Path | None = None, threads: int | None = None
) -> Comparisons:
    """Analyze every trial that names electromyograms and compare both.

    Stores ``emg.csv``, ``emg_curves.csv``, ``emg.json`` and one ``emg_TRIAL.svg`` per trial.

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
        No trial names electromyograms, a leg is told by nobody, or the output cannot be written.
    GaitError
        An input cannot be used.
    """
    trials = [trial for trial in experiment.trials if trial.emg is not None]
    if not trials:
        raise ConfigError(
            f"{experiment.source}: no trial names electromyograms; add `emg` (a .sto file) and `emg_side`"
        )
    folder = output or experiment.output
    require_writable(folder)
    options = choices_of(experiment).options
    models = Models(experiment)
    compared = []
    for trial in trials:
        assert trial.emg is not None, "chosen above"
        emg = read_emg(trial.emg)
        result = rg.analyze(models.of(trial), open_trial(trial), threads=threads, **options)
        try:
            one = compare_emg(result, emg, side=trial.emg_side, muscles=trial.emg_muscles)
        except ConfigError as error:
            raise ConfigError(f"{experiment.source}: trial `{trial.name}`: emg: {error}") from error
        compared.append(one.assign_attrs(notes=[*one.attrs["notes"], *result.attrs["notes"]]))
    done = Comparisons(folder, tuple(compared), tuple(_remarks(compared)))
    _store(experiment, done)
    return done


def _remarks(compared: list[xr.Dataset]) -> list[str]:
    lines = [
        f"r: Pearson correlation of activation and envelope. lag: where it is largest within "
        f"{1e3 * LONGEST_LAG:.0f} ms (the end of the search where it is that), positive where the activation "
        "comes later; muscles pull 30 to 100 ms after their electromyogram (Cavanagh and Komi 1979), so a "
        "positive lag is expected.",
        f"on/off: share of frames in which both are above, or both below, {ON_SHARE:.0%} of their maximum. "
        "Shape and timing only: a relative envelope says nothing of how strongly a muscle pulls.",
    ]
    for one in compared:
        lines += [f"{one.attrs['trial']}: {note}" for note in one.attrs["notes"]]
    return lines


def _store(experiment: Experiment, done: Comparisons) -> None:
    chosen = [trial for trial in experiment.trials if trial.emg is not None]
    inputs = [path for trial in chosen for path in (*trial.inputs, trial.emg) if path is not None]
    inputs += experiment.shared_inputs
    try:
        scores_to_csv(done.trials, done.folder / SCORES)
        curves_to_csv(done.trials, done.folder / CURVES)
        for one in done.trials:
            with replacing(done.folder / f"emg_{one.attrs['trial']}.svg") as partial:
                partial.write_text(picture(one), encoding="utf-8")
        store_record(done.folder / RECORD, experiment, inputs, remarks=list(done.remarks))
    except OSError as error:
        raise ConfigError(f"{done.folder}: cannot be written to ({error.strerror})") from error
