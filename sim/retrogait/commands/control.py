"""Play forward walks backwards: what force-velocity does, and what the motion does."""

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
    control = commands.add_parser(
        "control",
        help="play forward walks backwards and compare with true retro walks",
        description="Play every forward walk of an experiment backwards in time. The twin has the same poses "
        "and joint moments, so what differs is the force-velocity relation of the muscles alone; a true "
        "retro walk of the experiment at the same speed on the same ground differs from the twin by its "
        "kinematics and forces. Stores control.csv and control.json.",
    )
    add_experiment(control)
    add_run_options(control)
    control.set_defaults(command=_control)


def _control(arguments: argparse.Namespace) -> int:
    experiment = experiment_of(arguments)
    from retrogait.control import control  # noqa: PLC0415
    from retrogait.report.control import render  # noqa: PLC0415
    from retrogait.report.progress import stages  # noqa: PLC0415

    with stages(console(err=True)) as report:
        done = control(experiment, output=arguments.output, threads=arguments.threads, report=report)
    render(done.walks, done.remarks, console())
    sys.stdout.write(f"every number stored in {done.folder}: control.csv, control.json\n")
    return 0
