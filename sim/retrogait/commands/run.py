"""Analyze every trial of an experiment; the demo is one."""

import argparse
import sys

from retrogait.commands.common import (
    BAD_INPUT,
    FAILED,
    Subparsers,
    add_experiment,
    add_run_options,
    console,
    experiment_file,
)

DEMO = "forward_vs_retro"
"""Bundled experiment that ``retrogait demo`` runs."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    run = commands.add_parser(
        "run",
        help="analyze every trial of an experiment",
        description="Analyze every trial of an experiment, predict every walk of its [sweep], and store one "
        "HDF5 file per trial, summary.csv, loads.svg, experiment.json, and peaks.svg of a sweep. Exit "
        "status: 0 all stored, 1 some trials failed, 2 bad input.",
    )
    add_experiment(run)
    run.add_argument("--dry-run", action="store_true", help="check the input and show what would be done")
    add_run_options(run)
    run.set_defaults(command=_run)

    demo = commands.add_parser(
        "demo",
        help="forward against retro walking on the bundled motions",
        description="Run the bundled experiment forward_vs_retro and print its knee loads over speed and "
        "incline; no data needed, nothing to solve.",
    )
    add_run_options(demo)
    demo.set_defaults(command=_run, experiment=DEMO, dry_run=False)


def _run(arguments: argparse.Namespace) -> int:
    from retrogait.config import read_experiment  # noqa: PLC0415

    experiment = read_experiment(experiment_file(arguments.experiment))
    from retrogait import study  # noqa: PLC0415
    from retrogait.report.overview import render_overview, suits_overview  # noqa: PLC0415
    from retrogait.report.plan import render_plan  # noqa: PLC0415
    from retrogait.report.table import render  # noqa: PLC0415

    if experiment.variants:
        sys.stderr.write("retrogait: the variants are left to `retrogait validate`; [analysis] is run\n")
    if arguments.dry_run:
        folder = arguments.output or experiment.output
        render_plan(experiment, study.plan(experiment, folder), folder, console())
        problems = study.check(experiment)
        for problem in problems:
            sys.stderr.write(f"retrogait: {experiment.source}: {problem}\n")
        return BAD_INPUT if problems else 0
    done = study.run(
        experiment, output=arguments.output, threads=arguments.threads, console=console(err=True)
    )
    if done.rows:
        show = render_overview if suits_overview(done.rows) else render
        show(done.rows, console())
    if experiment.description:
        console().print(experiment.description.strip(), style="dim", markup=False, highlight=False)
    stored = len(done.outcomes) - done.failed
    files = ", ".join(["HDF5", study.SUMMARY, *done.pictures])
    sys.stdout.write(f"{stored} of {len(done.outcomes)} trials stored in {done.folder}: {files}\n")
    return FAILED if done.failed else 0
