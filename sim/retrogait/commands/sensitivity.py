"""How far the loads of trials move with what nobody knows exactly."""

import argparse
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from retrogait.commands.common import (
    BAD_INPUT,
    FAILED,
    Subparsers,
    add_experiment,
    add_run_options,
    console,
    count,
    experiment_of,
)

if TYPE_CHECKING:
    import xarray as xr

    from retrogait.cases import Case
    from retrogait.config import Experiment
    from retrogait.jobs import Report
    from retrogait.sampling.run import Progress

FOLDER = "sensitivity"
"""Below the output folder: what lies there is no result of the run."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sensitivity",
        help="bands and causes: how far loads move with inputs and assumptions",
        description="Analyze trials of an experiment over and over, with body mass, strengths, cut-off, "
        "exponent, pelvis, centre of pressure and knee geometry drawn from the ranges of [sensitivity.vary] "
        "or from documented ones, and store bands of every curve, every sample and a ranked list of causes: "
        "NAME.h5, NAME.csv and NAME.svg in the folder `sensitivity` of the output. Here body mass is that of "
        "the model's bodies, inertia with it, while ground forces stay and loads stay in body weights of the "
        "plain analysis; the setting analysis.body_mass only divides. A predicted walk keeps "
        "its motion; what its prediction assumes is varied by `retrogait predict`. Exit status: 0 all done, "
        "1 some trials failed, 2 bad input.",
    )
    add_experiment(parser)
    parser.add_argument("trials", metavar="TRIAL", nargs="*", help="only these (default: all)")
    parser.add_argument("--samples", type=count, metavar="N", help="in place of what the file says")
    add_run_options(parser)
    parser.set_defaults(command=_sensitivity)


def _sensitivity(arguments: argparse.Namespace) -> int:
    experiment = experiment_of(arguments)
    from retrogait.cases import cases_of  # noqa: PLC0415
    from retrogait.errors import ConfigError, FileError, GaitError, ResultError  # noqa: PLC0415
    from retrogait.report.progress import stages  # noqa: PLC0415
    from retrogait.report.spread import render_spread  # noqa: PLC0415

    cases = _chosen(list(cases_of(experiment)), arguments.trials)
    folder = (arguments.output or experiment.output) / FOLDER
    failed = bad = 0
    for number, case in enumerate(cases, start=1):
        started = perf_counter()
        try:
            screen = console(err=True)
            with stages(screen) as report:
                steps = 100 if screen.is_terminal else 4
                progress = _progress(report, f"[{number}/{len(cases)}] {case.name}", steps)
                dataset = _sample(experiment, case, arguments, progress)
            _store(dataset, folder, case.name)
        except ResultError:
            raise  # no room, or no right to write: so it would be for all
        except GaitError as error:
            failed += 1
            bad += isinstance(error, ConfigError | FileError)
            sys.stderr.write(f"retrogait: {case.name}: {' '.join(str(error).split())}\n")
            continue
        render_spread(dataset, console())
        sys.stdout.write(f"{dataset.sizes['sample']} samples in {perf_counter() - started:.1f} s\n\n")
    if failed < len(cases):
        sys.stdout.write(f"bands, samples and pictures stored in {folder}\n")
    if bad == len(cases):
        return BAD_INPUT
    return FAILED if failed else 0


def _chosen(cases: "list[Case]", names: list[str]) -> "list[Case]":
    """Cases of the named trials, or the named cases, in the order of the experiment."""
    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.io.text import suggestion  # noqa: PLC0415

    known = [name for case in cases for name in (case.name, case.trial.name)]
    for name in names:
        if name not in known:
            listed = ", ".join(dict.fromkeys(known))
            raise ConfigError(f"no trial is called `{name}`{suggestion(name, known) or f'; known: {listed}'}")
    return [case for case in cases if not names or {case.name, case.trial.name} & set(names)]


def _progress(report: "Report", what: str, steps: int) -> "Progress":
    """Say so many times how far it is."""
    told = 0

    def progress(done: int, samples: int) -> None:
        nonlocal told
        reached = steps * done // samples
        if reached > told:
            told = reached
            report(f"{what}: {done} of {samples} samples")

    return progress


def _sample(
    experiment: "Experiment", case: "Case", arguments: argparse.Namespace, progress: "Progress"
) -> "xr.Dataset":
    """Sensitivity of one case; of a walk to predict, after its prediction."""
    import retrogait as rg  # noqa: PLC0415
    from retrogait.jobs import choices_of, open_trial, predict_walk  # noqa: PLC0415
    from retrogait.sampling.api import sensitivity  # noqa: PLC0415
    from retrogait.sweep import Prediction  # noqa: PLC0415

    table = experiment.sensitivity
    options = case.analysis.options()
    if experiment.actuators is not None:
        options["reserves"] = choices_of(experiment).options["reserves"]
    notes: list[str] = []
    vary = table.vary
    if isinstance(case.trial, Prediction):
        gait = predict_walk(case.trial)
        model, trial = gait.model, gait.trial
        options |= {"cutoff": None, "strength": dict(case.trial.strength)}
        notes = gait.notes
        if vary is not None and "cutoff" in vary:
            vary = {name: values for name, values in vary.items() if name != "cutoff"}
            notes = [*notes, "cutoff is not varied: a predicted motion has no noise to filter"]
    else:
        model = rg.load_model(case.trial.model, knees=experiment.knees)
        trial = open_trial(case.trial)
    dataset = sensitivity(
        model,
        trial,
        samples=arguments.samples or table.samples,
        method=table.method,
        seed=table.seed,
        factors=vary,
        threads=arguments.threads,
        progress=progress,
        **options,
    )
    return dataset.assign_attrs(
        trial=case.name, experiment=experiment.name, notes=[*notes, *dataset.attrs["notes"]]
    )


def _store(dataset: "xr.Dataset", folder: Path, name: str) -> None:
    from retrogait.io.atomic import replacing  # noqa: PLC0415
    from retrogait.io.results import write_result  # noqa: PLC0415
    from retrogait.report.bands import draw_bands  # noqa: PLC0415
    from retrogait.report.samples import write_samples  # noqa: PLC0415

    write_result(folder / f"{name}.h5", dataset)
    write_samples(folder / f"{name}.csv", dataset)
    picture = draw_bands(dataset)
    if picture is not None:
        with replacing(folder / f"{name}.svg") as partial:
            partial.write_text(picture, encoding="utf-8")
