"""Compare with measured knee forces."""

import argparse
import sys

from retrogait.commands.common import (
    FAILED,
    Subparsers,
    add_experiment,
    add_run_options,
    console,
    experiment_file,
)


def add(commands: Subparsers) -> None:
    """Add the command."""
    validate = commands.add_parser(
        "validate",
        help="compare with measured knee forces",
        description="Analyze every trial of an experiment that names a measured knee force, under "
        "[analysis] and every [[variant]], and store scores, curves and a picture. Exit status: 0 "
        "all frames compared, 1 some frames failed, 2 bad input.",
    )
    add_experiment(validate)
    add_run_options(validate)
    validate.set_defaults(command=_validate)


def _validate(arguments: argparse.Namespace) -> int:
    from retrogait.config import read_experiment  # noqa: PLC0415

    experiment = read_experiment(experiment_file(arguments.experiment))
    from retrogait.report.agreement import render  # noqa: PLC0415
    from retrogait.validation import validate  # noqa: PLC0415

    done = validate(experiment, output=arguments.output, threads=arguments.threads)
    render(done.rows, done.remarks, console())
    sys.stdout.write(f"scores, curves and picture stored in {done.folder}\n")
    return FAILED if done.failed else 0
