"""Name the likely mistakes in recorded trials."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from retrogait.commands.common import FAILED, Subparsers, add_experiment, console, experiment_of

if TYPE_CHECKING:
    from retrogait.config import Experiment, Trial
    from retrogait.detective import Finding
    from retrogait.model import Model


def add(commands: Subparsers) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "inspect",
        help="name the likely mistakes in recorded trials",
        description="Look every recorded trial of an experiment over for the mistakes that cost days: units, "
        "degrees and radians, left and right, plates, axes, mass, time, missing plates, labels. Each comes "
        "with its evidence in numbers and a repair, which is never made. Exit status: 0 nothing found, "
        "1 something was, 2 bad input.",
    )
    add_experiment(parser)
    parser.add_argument("--trial", metavar="NAME", help="look at this trial only")
    parser.add_argument("--markers", type=Path, metavar="FILE", help="markers of the trial (.trc)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the findings as JSON")
    parser.set_defaults(command=_inspect)


def _inspect(arguments: argparse.Namespace) -> int:
    experiment = experiment_of(arguments)
    from retrogait.io.markers import read_markers  # noqa: PLC0415
    from retrogait.jobs import Models  # noqa: PLC0415
    from retrogait.report.detective import render_findings, write_findings  # noqa: PLC0415

    chosen = _chosen(experiment, arguments.trial, arguments.markers)
    if arguments.markers is not None:
        read_markers(arguments.markers)  # a file that is none is no mistake in the trial
    models = Models(experiment)
    body_mass = experiment.analysis.body_mass
    found = {trial.name: _look(models.of(trial), trial, arguments.markers, body_mass) for trial in chosen}
    screen = console()
    for name, findings in found.items():
        render_findings(name, findings, screen)
    if arguments.json:
        write_findings(arguments.json, found)
    return FAILED if any(found.values()) else 0


def _chosen(experiment: "Experiment", name: str | None, markers: Path | None) -> "list[Trial]":
    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.io.text import suggestion  # noqa: PLC0415

    names = [trial.name for trial in experiment.trials]
    if not names:
        raise ConfigError(f"{experiment.source}: has no recorded trial to look at")
    if name is not None and name not in names:
        raise ConfigError(f"{experiment.source}: has no trial {name!r}{suggestion(name, names)}")
    chosen = [trial for trial in experiment.trials if name in {None, trial.name}]
    if markers is not None and len(chosen) > 1:
        raise ConfigError("--markers belongs to one trial: name it with --trial")
    return chosen


def _look(model: "Model", trial: "Trial", markers: Path | None, body_mass: float | None) -> "list[Finding]":
    from retrogait.detective import Finding, Severity, inspect  # noqa: PLC0415
    from retrogait.errors import FileError, MotionError  # noqa: PLC0415
    from retrogait.jobs import open_trial  # noqa: PLC0415

    try:
        recorded = open_trial(trial)
    except (FileError, MotionError) as error:
        return [Finding("unreadable", Severity.MISTAKE, trial.name, str(error), "mend it and look again")]
    return inspect(model, recorded, markers=markers, body_mass=body_mass)
