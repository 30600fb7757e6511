"""Compare activations with electromyograms."""

import argparse
import sys

from retrogait.commands.common import (
    Subparsers,
    add_experiment,
    add_run_options,
    console,
    experiment_of,
)


def add(commands: Subparsers) -> None:
    """Add the command."""
    emg = commands.add_parser(
        "emg",
        help="compare activations with electromyograms",
        description="Analyze every trial of an experiment that names electromyograms (`emg`), raw or as "
        "envelopes, and put them beside the computed activations: correlation, lag, and whether both are on "
        "at the same time. Stores emg.csv, emg_curves.csv, emg.json and a picture per trial.",
    )
    add_experiment(emg)
    add_run_options(emg)
    emg.set_defaults(command=_emg)


def _emg(arguments: argparse.Namespace) -> int:
    experiment = experiment_of(arguments)
    from retrogait.emg_study import compare_experiment  # noqa: PLC0415
    from retrogait.report.emg import render  # noqa: PLC0415

    done = compare_experiment(experiment, output=arguments.output, threads=arguments.threads)
    render(done.trials, done.remarks, console())
    sys.stdout.write(f"scores, curves and pictures stored in {done.folder}\n")
    return 0
