"""Compare with published targets, or with measured knee forces."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import (
    FAILED,
    Subparsers,
    add_experiment,
    add_run_options,
    console,
    experiment_of,
)

TARGETS = Path("results", "validate")
"""Where the comparison with published targets is stored by default."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    validate = commands.add_parser(
        "validate",
        help="compare with published targets, or with measured knee forces",
        description="Without FILE: hold the bundled motions, and the instrumented knee where its recordings "
        "are at hand, to published targets, and store them as table and page. With FILE: analyze every trial "
        "of an experiment that names a measured knee force, under [analysis] and every [[variant]], and "
        "store scores, curves and a picture. Exit status: 0 all compared, whatever the verdicts, 1 some "
        "frames failed, 2 bad input.",
    )
    add_experiment(validate, optional=True)
    add_run_options(validate)
    validate.set_defaults(command=_validate)


def _validate(arguments: argparse.Namespace) -> int:
    if arguments.experiment is None:
        return _hold_to_targets(arguments)
    experiment = experiment_of(arguments)
    from retrogait.report.agreement import render  # noqa: PLC0415
    from retrogait.validation import validate  # noqa: PLC0415

    done = validate(experiment, output=arguments.output, threads=arguments.threads)
    render(done.rows, done.remarks, console())
    sys.stdout.write(f"scores, curves and picture stored in {done.folder}\n")
    return FAILED if done.failed else 0


def _hold_to_targets(arguments: argparse.Namespace) -> int:
    from retrogait.acceptance import check_targets  # noqa: PLC0415
    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.report.acceptance import CHECKS_CSV, PAGE, render, write  # noqa: PLC0415
    from retrogait.report.progress import stages  # noqa: PLC0415
    from retrogait.study import require_writable  # noqa: PLC0415

    if arguments.overrides:
        raise ConfigError("--set changes an experiment, and none is given")
    folder = arguments.output or TARGETS
    require_writable(folder)
    with stages(console(err=True)) as report:
        checks = check_targets(folder, report)
    write(checks, folder)
    render(checks, console())
    sys.stdout.write(f"stored in {folder}: {CHECKS_CSV}, {PAGE}\n")
    return 0
